"""Langfuse: observations as the blob export and the page write them (CSV, JSON, JSON lines).

The keys of ``usage_details`` are free.  Its parts do not contain each other: the input is what is
left of it beside cached, written and audio tokens, and the output beside the reasoning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.meters import BY_COLUMN, METERS
from lmprice.billing.readers.source import Notes, Records, Source
from lmprice.output.strict_json import DECODER, TwiceError, text_of

# The page writes in camel case what the export writes with underscores.
_NAMES = {
    "startTime": "start_time",
    "model": "provided_model_name",
    "usageDetails": "usage_details",
    "usagePricingTierName": "usage_pricing_tier_name",
}
_KEYS = {
    "cached_tokens": (
        "input_cached_tokens", "input_cache_read", "cache_read_input_tokens", "input_cached",
    ),
    "cache_write_tokens": (
        "input_cache_creation", "input_cache_creation_5m", "cache_creation_input_tokens",
    ),
    "cache_write_1h_tokens": ("input_cache_creation_1h",),
    "input_audio_tokens": ("input_audio_tokens", "input_audio"),
    "input_image_tokens": ("input_image_tokens", "input_image"),
    "reasoning_tokens": ("output_reasoning_tokens", "output_reasoning", "reasoning_tokens"),
    "output_audio_tokens": ("output_audio_tokens", "output_audio"),
}  # fmt: skip
_IN = ("input", "input_text_tokens", "prompt_tokens", "input_tokens")
_OUT = ("output", "output_text_tokens", "completion_tokens", "output_tokens")
# Names of one thing, of which an observation may have one.
_ALIKE = (
    {*_IN} - {"input_text_tokens"},
    {*_OUT} - {"output_text_tokens"},
    *map(set, _KEYS.values()),
)
_KNOWN = {key for names in (*_KEYS.values(), _IN, _OUT) for key in names} | {"total"}
_OUTPUT_PARTS = ("reasoning_tokens", "output_audio_tokens")


def _is_export(value: Any) -> bool:
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(
        isinstance(r, Mapping)
        and ("usage_details" in r or "usageDetails" in r)
        and ("start_time" in r or "startTime" in r)
        for r in rows
    )


def _records(value: Any) -> Records:
    yield from value if isinstance(value, list) else [value]


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    written = {old: new for old, new in _NAMES.items() if old in table.columns}
    table = table.drop(written.values(), strict=False).rename(written)
    cells = table["usage_details"].to_list()
    details = [_details(cell) for cell in cells]
    is_usage = pl.Series([bool(row) or reason is not None for row, reason in details])
    notes.add("observations without usage", table.height - int(is_usage.sum()))
    keys = dict.fromkeys(key for row, _ in details for key in row)
    columns = [
        pl.Series(f"usage {key}", [row.get(key) for row, _ in details], dtype=pl.String)
        for key in keys
        if key in _KNOWN
    ]
    # An unknown kind of usage is a column of its own name, for nobody to overlook it.
    columns += [
        pl.Series(key if key.endswith("_tokens") else f"{key}_tokens",
                  [row.get(key) for row, _ in details], dtype=pl.String)
        for key in keys if key not in _KNOWN
    ]  # fmt: skip
    reasons = pl.Series("reason", [reason for _, reason in details], dtype=pl.String)
    return table.drop("usage_details").with_columns(*columns, reasons).filter(is_usage)


def _details(cell: str | None) -> tuple[dict[str, str], str | None]:
    """The amounts of an observation, and why it cannot be read."""
    try:
        found = DECODER.decode(cell or "{}")
    except TwiceError as error:
        return {}, f"usage_details {str(cell)[:60]!r}: {error}"
    except (ValueError, RecursionError):
        return {}, f"usage_details {str(cell)[:60]!r} is no JSON"
    if not isinstance(found, dict):
        return {}, f"usage_details {str(cell)[:60]!r} is no map of amounts"
    amounts = {str(key): str(text_of(n)) for key, n in found.items() if n is not None}
    return amounts, _ambiguous(amounts)


def _ambiguous(amounts: Mapping[str, str]) -> str | None:
    """Why it is not known what the amounts are of, where it is not."""
    for names in _ALIKE:
        there = [key for key in amounts if key in names]
        if len(there) > 1:
            return f"usage_details has {there[0]} and {there[1]}, which may say the same"
    for key in amounts:
        meter = BY_COLUMN.get(key)
        if key not in _KNOWN and meter is not None and METERS[meter].within is not None:
            return f"usage_details has {key}: it is not known whether others have them in them"
    return None


def _columns(*names: str) -> tuple[str, ...]:
    return tuple(f"usage {name}" for name in names)


_INPUT_PARTS = [m for m in _KEYS if m not in _OUTPUT_PARTS]
SOURCE = Source(
    name="langfuse",
    title="Langfuse observations",
    header=frozenset({"usage_details", "start_time", "provided_model_name"}),
    time="start_time",
    model=("provided_model_name", "model_id"),
    customer=("user_id", "userId", "trace_name", "traceName", "project_id", "projectId"),
    meters={
        "input_tokens": _columns(*_IN, *(key for part in _INPUT_PARTS for key in _KEYS[part])),
        "output_tokens": _columns(*_OUT, *(key for part in _OUTPUT_PARTS for key in _KEYS[part])),
        **{meter: _columns(*keys) for meter, keys in _KEYS.items()},
    },
    repeated=frozenset({
        *_columns("total"), "input", "output", "metadata", "cost_details", "total_cost",
        *("costDetails", "totalCost", "inputCost", "outputCost", "inputUsage", "outputUsage"),
        *("totalUsage", "promptTokens", "completionTokens", "totalTokens", "model_parameters"),
    }),
    records=_records,
    shape=_is_export,
    prepare=_prepared,
)  # fmt: skip
