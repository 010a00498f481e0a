"""Anthropic: the usage export of the console (CSV, two headers), and the Admin API's reports.

The input that is counted there excludes cached and written tokens; here the input has them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmprice.billing.readers.source import Records, Source

_INPUT = "usage_input_tokens_no_cache"
_READ = "usage_input_tokens_cache_read"
_WRITE, _WRITE_1H = "usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h"
_PLAIN = {
    _INPUT: "uncached_input_tokens",
    _READ: "cache_read_input_tokens",
    "usage_output_tokens": "output_tokens",
    "model_version": "model",
    "usage_type": "service_tier",
    "workspace": "workspace_id",
    "api_key": "api_key_id",
}
_NESTED = {
    _WRITE: ("cache_creation", "ephemeral_5m_input_tokens"),
    _WRITE_1H: ("cache_creation", "ephemeral_1h_input_tokens"),
    "web_search_count": ("server_tool_use", "web_search_requests"),
}


def _is_report(value: Any) -> bool:
    buckets = value.get("data") if isinstance(value, Mapping) else None
    if not isinstance(buckets, list):
        return False
    results = [r for b in buckets if isinstance(b, Mapping) for r in b.get("results") or ()]
    return bool(results) and all("uncached_input_tokens" in r for r in results)


def _records(value: Any) -> Records:
    for bucket in value["data"]:
        for result in bucket["results"]:
            rest = dict(result)
            row = {"usage_date_utc": bucket["starting_at"], "usage_end_utc": bucket["ending_at"]}
            row |= {name: rest.pop(old, None) for name, old in _PLAIN.items()}
            for name, (outer, inner) in _NESTED.items():
                row[name] = (rest.get(outer) or {}).get(inner)
            tools = rest.pop("server_tool_use", None) or {}
            rest.pop("cache_creation", None)
            others = {k: v for k, v in tools.items() if k != "web_search_requests"}
            yield {**row, **rest, **others}


SOURCE = Source(
    name="anthropic",
    title="Anthropic usage export",
    header=frozenset({"usage_date_utc", "model_version", _INPUT}),
    time="usage_date_utc",
    day_ends="usage_end_utc",
    model=("model_version",),
    customer=("workspace", "api_key"),
    meters={
        "input_tokens": (_INPUT, _WRITE, _WRITE_1H, _READ),
        "cached_tokens": (_READ,),
        "cache_write_tokens": (_WRITE,),
        "cache_write_1h_tokens": (_WRITE_1H,),
        "output_tokens": ("usage_output_tokens",),
        "web_searches": ("web_search_count",),
    },
    is_bucket=True,
    conditions={
        "service_tier": "usage_type",
        "context_window": "context_window",
        "region": "inference_geo",
        "speed": "speed",
    },
    records=_records,
    shape=_is_report,
)
