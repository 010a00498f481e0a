"""DeepSeek: the archive that the platform exports, with one row for each kind of amount.

``amount-*.csv`` has the usage; ``cost-*.csv`` beside it has what was charged and is no usage.
"""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.readers.source import Notes, Source

_HIT, _MISS, _OUTPUT = "input_cache_hit_tokens", "input_cache_miss_tokens", "output_tokens"
_REQUESTS = "request_count"


def _prepared(table: pl.DataFrame, _: Notes) -> pl.DataFrame:
    """A column for each kind; an unknown kind is a column of its own name, never lost."""
    kind = pl.col("type").str.strip_chars()
    kinds = [k for k in table.select(kind.unique()).to_series().to_list() if k]
    columns = [pl.when(kind == k).then(pl.col("amount")).alias(k) for k in sorted(kinds)]
    return table.with_columns(columns).drop("type", "amount")


SOURCE = Source(
    name="deepseek",
    title="DeepSeek usage export",
    header=frozenset({"start_time_iso", "end_time_iso", "model", "api_key_name", "type", "amount"}),
    time="start_time_iso",
    day_ends="end_time_iso",
    model=("model",),
    customer=("api_key_name", "user_id"),
    meters={
        "input_tokens": (_HIT, _MISS),
        "cached_tokens": (_HIT,),
        "output_tokens": (_OUTPUT,),
    },
    requests=_REQUESTS,
    is_bucket=True,
    repeated=frozenset({"price", "api_key"}),
    prepare=_prepared,
    member=r"(.*/)?amount[-_].*\.csv",
)
