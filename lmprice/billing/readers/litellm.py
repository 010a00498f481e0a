"""LiteLLM: the table of spend logs (a row a call), and the daily tables of spend.

Prompt tokens include cached and written ones.  The log has those in the JSON of its ``metadata``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.readers.source import Notes, Records, Source
from lmprice.billing.usage import REASON
from lmprice.output.strict_json import DECODER, text_of

_LOG = ("request_id", "call_type", "prompt_tokens", "completion_tokens", "startTime")
_DAILY = ("date", "api_key", "prompt_tokens", "completion_tokens", "api_requests")
_FOUND = ("cached", "written", "reasoning")


def _is_log(value: Any) -> bool:
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(isinstance(r, Mapping) and set(_LOG) <= set(r) for r in rows)


def _records(value: Any) -> Records:
    yield from value if isinstance(value, list) else [value]


def _prepared(table: pl.DataFrame, _: Notes) -> pl.DataFrame:
    if "metadata" not in table.columns:
        return table
    found = [_details(text) for text in table["metadata"].to_list()]
    columns = [
        pl.Series(name, [row[i] for row in found], dtype=pl.String)
        for i, name in enumerate((*_FOUND, REASON))
    ]
    if REASON in table.columns:
        columns[-1] = table.select(pl.coalesce(REASON, columns[-1])).to_series()
    return table.drop("metadata").with_columns(columns)


def _details(text: str | None) -> tuple[str | None, str | None, str | None, str | None]:
    """Cached, written and reasoning tokens of the metadata of a call, or why they are not known."""
    try:
        usage = _part(DECODER.decode(text or "{}"), "usage_object")
        prompt = _part(usage, "prompt_tokens_details")
        output = _part(usage, "completion_tokens_details")
    except (ValueError, RecursionError):
        return None, None, None, f"metadata {str(text)[:60]!r} does not say what was cached"
    read = usage.get("cache_read_input_tokens") or prompt.get("cached_tokens")
    write = usage.get("cache_creation_input_tokens") or prompt.get("cache_creation_tokens")
    return text_of(read), text_of(write), text_of(output.get("reasoning_tokens")), None


def _part(whole: Any, name: str) -> Mapping[str, Any]:
    """A record in a record; an empty one where it has none, or nothing."""
    if whole is None:
        return {}
    found = whole.get(name) if isinstance(whole, Mapping) else whole
    if not isinstance(found, Mapping | None):
        raise ValueError
    return found or {}


_CUSTOMER = ("end_user", "team_id", "organization_id", "user", "user_id", "tag", "api_key")
_SAID = frozenset({"total_tokens", "spend", "model_id", "custom_llm_provider", "api_base"})

LOG = Source(
    name="litellm",
    title="LiteLLM spend logs",
    header=frozenset(_LOG),
    time="startTime",
    model=("model", "model_group"),
    customer=_CUSTOMER,
    meters={
        "input_tokens": ("prompt_tokens",),
        "cached_tokens": ("cached",),
        "cache_write_tokens": ("written",),
        "output_tokens": ("completion_tokens",),
        "reasoning_tokens": ("reasoning",),
    },
    repeated=_SAID,
    records=_records,
    shape=_is_log,
    prepare=_prepared,
)
DAILY = Source(
    name="litellm-daily",
    title="LiteLLM daily spend",
    header=frozenset(_DAILY),
    time="date",
    model=("model", "model_group"),
    customer=_CUSTOMER,
    meters={
        "input_tokens": ("prompt_tokens",),
        "cached_tokens": ("cache_read_input_tokens",),
        "cache_write_tokens": ("cache_creation_input_tokens",),
        "output_tokens": ("completion_tokens",),
    },
    requests="api_requests",
    is_bucket=True,
    repeated=_SAID | {"successful_requests", "failed_requests"},
)
SOURCES = (LOG, DAILY)
