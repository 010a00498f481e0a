"""OpenAI: the usage export of the console (CSV), and pages of the Admin API (JSON).

Input counts cached and written tokens, and audio and image input count their cached tokens, too;
so what is cached of audio is taken off the audio here, for every token to be counted once.
"""

from __future__ import annotations

from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.readers.source import Notes, Records, Source, filled, total
from lmprice.billing.usage import REASON

_USAGE = "organization.usage."
_TRUE, _FALSE = ["true", "1", "yes"], ["false", "0", "no", ""]
_FILLED = ("model", "num_model_requests", "input_tokens", "output_tokens")


def _is_page(value: Any) -> bool:
    pages = value if isinstance(value, list) else [value]
    return any(_kind(page).startswith(_USAGE) for page in pages)


def _kind(page: Any) -> str:
    buckets = page.get("data") if isinstance(page, dict) else None
    for bucket in buckets if isinstance(buckets, list) else ():
        for result in (bucket.get("results") or ()) if isinstance(bucket, dict) else ():
            return str(result.get("object", ""))
    return ""


def _records(value: Any) -> Records:
    for page in value if isinstance(value, list) else [value]:
        for bucket in page["data"]:
            span = {"start_time": bucket["start_time"], "end_time": bucket["end_time"]}
            for result in bucket["results"]:
                row = {**span, **result}
                if row.pop("object", "").endswith("web_searches.result"):
                    row["web_searches"] = row.get("num_requests")
                yield row


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    there = [name for name in (*_FILLED, "object") if name in table.columns]
    if there == []:
        notes.add("empty buckets", table.height)
        return table.clear().with_columns(pl.lit(None, pl.String).alias("model"))
    is_empty = pl.all_horizontal(_blank(name) for name in there)
    if "images" not in table.columns and "characters" not in table.columns:
        notes.add("empty buckets", table.select(is_empty.sum()).item())
        table = table.filter(~is_empty)
    for rest, whole, parts in _DISJOINT:
        found = [part for part in parts if part in table.columns]
        if whole in table.columns:
            table = table.with_columns(_less(whole, found).alias(rest))
    if "batch" in table.columns:
        said = pl.col("batch").str.strip_chars().str.to_lowercase().fill_null("")
        table = filled(table, "service_tier", REASON)
        why = pl.format("batch {} is neither true nor false", pl.col("batch"))
        table = table.with_columns(
            pl.when(said.is_in(_TRUE)).then(pl.lit("batch")).otherwise("service_tier")
            .alias("service_tier"),
            pl.when(~said.is_in(_TRUE + _FALSE)).then(pl.coalesce(REASON, why)).otherwise(REASON)
            .alias(REASON),
        )  # fmt: skip
    return table


# What is left of a column without the parts of it that are counted apart.
_DISJOINT = (
    (
        "rest of cache write",
        "input_cache_write_tokens",
        ("input_cache_write_30m_tokens", "input_cache_write_12h_tokens"),
    ),
    ("uncached audio", "input_audio_tokens", ("input_cached_audio_tokens",)),
    ("uncached image", "input_image_tokens", ("input_cached_image_tokens",)),
)


def _less(whole: str, parts: list[str]) -> pl.Expr:
    if not parts:
        return pl.col(whole)
    number = pl.Decimal(38, 9)
    rest = total([whole]).cast(number, strict=False) - total(parts).cast(number, strict=False)
    return pl.coalesce(rest.cast(pl.String), pl.col(whole))


def _blank(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().fill_null("").is_in(["", "0", "0.0"])


SOURCE = Source(
    name="openai",
    title="OpenAI usage export",
    header=frozenset({"start_time", "end_time", "start_time_iso"}),
    lacks=frozenset({"amount_value"}),
    time="start_time",
    day_ends="end_time",
    model=("model",),
    customer=("project_id", "api_key_id", "user_id"),
    meters={
        "input_tokens": ("input_tokens",),
        "cached_tokens": ("input_cached_tokens",),
        "cache_write_tokens": ("rest of cache write",),
        "cache_write_30m_tokens": ("input_cache_write_30m_tokens",),
        "cache_write_12h_tokens": ("input_cache_write_12h_tokens",),
        "input_audio_tokens": ("uncached audio",),
        "cached_audio_tokens": ("input_cached_audio_tokens",),
        "input_image_tokens": ("uncached image",),
        "output_tokens": ("output_tokens",),
        "output_audio_tokens": ("output_audio_tokens",),
        "output_image_tokens": ("output_image_tokens",),
        "web_searches": ("web_searches",),
    },
    requests="num_model_requests",
    conditions={"service_tier": "service_tier"},
    repeated=frozenset({
        *("start_time_iso", "end_time_iso", "batch", "input_uncached_tokens"),
        *("input_text_tokens", "input_cached_text_tokens", "output_text_tokens"),
        *("input_cache_write_tokens", "input_audio_tokens", "input_image_tokens", "num_requests"),
        "input_cached_image_tokens",
    }),
    records=_records,
    shape=_is_page,
    prepare=_prepared,
)  # fmt: skip
