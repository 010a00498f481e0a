"""DeepSeek: the archive that the platform exports, with one row for each kind of amount.

``amount-*.csv`` has the usage; ``cost-*.csv`` beside it has what was charged and is no usage.
"""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.meters import BY_COLUMN
from lmprice.billing.readers.source import Notes, Source
from lmprice.billing.usage import REASON, REQUIRED, ROW

_HIT, _MISS, _OUTPUT = "input_cache_hit_tokens", "input_cache_miss_tokens", "output_tokens"
_REQUESTS = "request_count"


def _prepared(table: pl.DataFrame, _: Notes) -> pl.DataFrame:
    """A column for each kind; an unknown kind is a column of its own name, never lost."""
    table = _with_requests(table)
    kind = pl.col("type").str.strip_chars()
    kinds = [k for k in table.select(kind.unique()).to_series().to_list() if k]
    columns: dict[str, pl.Expr] = {
        _named(k, table): pl.when(kind == k).then(pl.col("amount")) for k in sorted(kinds)
    }
    if _REQUESTS in kinds:
        columns[_REQUESTS] = pl.coalesce(columns[_REQUESTS], _REQUESTS)
    return table.with_columns(**columns).drop("type", "amount")


def _named(kind: str, table: pl.DataFrame) -> str:
    """The column of a kind, never one that the table has or is given."""
    known = (_HIT, _MISS, _OUTPUT, _REQUESTS)
    taken = {*table.columns, *REQUIRED, *BY_COLUMN, REASON, ROW}
    return f"usage {kind}" if kind in taken and kind not in known else kind


def _with_requests(table: pl.DataFrame) -> pl.DataFrame:
    """The count of requests beside the first amount of its bucket: alone it would be no usage."""
    keys = [name for name in table.columns if name not in ("type", "price", "amount", "reason")]
    is_count = pl.col("type").str.strip_chars() == _REQUESTS
    counts = table.filter(is_count).group_by(keys).agg(
        pl.len().alias("rows"), pl.col("amount").first().alias(_REQUESTS)
    ).filter(pl.col("rows") == 1).drop("rows")  # fmt: skip
    rest = table.filter(~is_count.fill_null(value=False))
    joined = rest.join(counts, on=keys, how="left", nulls_equal=True, maintain_order="left")
    first = pl.int_range(pl.len()).over(keys) == 0
    beside = joined.with_columns(pl.when(first).then(pl.col(_REQUESTS)))
    alone = table.filter(is_count).join(
        rest.join(counts, on=keys, how="semi", nulls_equal=True),
        on=keys, how="anti", nulls_equal=True, maintain_order="left",
    )  # fmt: skip
    return pl.concat([beside, alone], how="diagonal")


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
