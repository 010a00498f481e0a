"""AUDR: agent usage detail records, JSON lines.

Input tokens are the uncached ones and output tokens are without the reasoning; a record that says
what it corrects takes the place of that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.billing.readers.source import Entry, Notes, Source

_LLM = (
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
    "reasoning_tokens", "images_processed", "audio_input_seconds", "audio_output_seconds",
)  # fmt: skip
_WHO = ("account_id", "user_id", "subscription_id", "feature_id", "environment")


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping) and {"spec_version", "record_id", "timing"} <= set(value)


def _entries(lines: Iterator[Any], _: Notes) -> Iterator[Entry]:
    for record in lines:
        if not isinstance(record, Mapping):
            continue
        usage, resource = record.get("usage") or {}, record.get("resource") or {}
        llm, tool = usage.get("llm") or {}, usage.get("tool") or {}
        who = record.get("attribution") or {}
        row = {
            "event_time": (record.get("timing") or {}).get("event_time"),
            "model": resource.get("name"),
            **{k: resource.get(k) for k in ("provider", "region", "operation")},
            **{k: who.get(k) for k in _WHO},
            **{k: llm.get(k) for k in _LLM},
            "llm requests": llm.get("requests"),
            "call_count": tool.get("call_count"),
        }
        yield Entry(row, record.get("record_id"), record.get("corrects"))


SOURCE = Source(
    name="audr",
    title="Agent usage detail records",
    header=frozenset(),
    time="event_time",
    model=("model",),
    customer=("account_id", "user_id", "subscription_id"),
    meters={
        "input_tokens": ("input_tokens", "cache_read_tokens", "cache_write_tokens"),
        "cached_tokens": ("cache_read_tokens",),
        "cache_write_tokens": ("cache_write_tokens",),
        "output_tokens": ("output_tokens", "reasoning_tokens"),
        "reasoning_tokens": ("reasoning_tokens",),
        "images": ("images_processed",),
    },
    requests="llm requests",
    conditions={"region": "region"},
    log=_entries,
    repeats="repeats of a record",
    shape=_is_record,
)
