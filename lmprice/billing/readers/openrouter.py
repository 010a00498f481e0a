"""OpenRouter: the activity export (CSV, a row a request), and its activity API (JSON, a day each).

Prompt tokens include cached ones, completion tokens the reasoning.  Replayed requests may say more
cached tokens than prompt tokens: at most the prompt counts as cached there.
"""

from __future__ import annotations

from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.readers.source import Notes, Records, Source, filled, total

_RENAMED = {
    "prompt_tokens": "tokens_prompt",
    "completion_tokens": "tokens_completion",
    "reasoning_tokens": "tokens_reasoning",
    "cached_tokens": "tokens_cached",
    "date": "created_at",
}


def _is_activity(value: Any) -> bool:
    rows = value.get("data") if isinstance(value, dict) else None
    return (
        isinstance(rows, list)
        and bool(rows)
        and all(
            isinstance(r, dict) and {"model_permaslug", "prompt_tokens"} <= set(r) for r in rows
        )
    )


def _records(value: Any) -> Records:
    rows: list[dict[str, Any]] = value["data"]
    for row in rows:
        yield {_RENAMED.get(name, name): cell for name, cell in row.items()}


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    if "tokens_cached" not in table.columns:
        return table
    table = filled(table, "tokens_prompt")
    number = pl.Decimal(38, 9)
    cached = total(["tokens_cached"]).cast(number, strict=False)
    prompt = total(["tokens_prompt"]).cast(number, strict=False)
    is_replay = (cached > prompt).fill_null(value=False)
    notes.add("rows with more cached than prompt tokens, of which the prompt counts",
              table.select(is_replay.sum()).item())  # fmt: skip
    capped = pl.when(is_replay).then(pl.col("tokens_prompt")).otherwise(pl.col("tokens_cached"))
    return table.with_columns(capped.alias("tokens_cached"))


SOURCE = Source(
    name="openrouter",
    title="OpenRouter activity",
    header=frozenset({"generation_id", "created_at", "tokens_prompt", "tokens_completion"}),
    time="created_at",
    model=("model_permaslug", "model"),
    customer=("user", "api_key_name", "app_name", "workspace_id"),
    meters={
        "input_tokens": ("tokens_prompt",),
        "cached_tokens": ("tokens_cached",),
        "output_tokens": ("tokens_completion",),
        "reasoning_tokens": ("tokens_reasoning",),
    },
    requests="requests",
    conditions={"variant": "variant"},
    records=_records,
    shape=_is_activity,
    prepare=_prepared,
)
