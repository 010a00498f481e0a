"""AWS: rows of Amazon Bedrock in a cost and usage report, under the names of either version."""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.readers.skus import SKU_CONDITIONS, SKU_METERS, with_meters
from lmprice.billing.readers.source import Notes, Source

_TYPE, _AMOUNT = "line_item_usage_type", "line_item_usage_amount"
_UNIT, _PRODUCT = "pricing_unit", "line_item_product_code"
_USAGE = ["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"]
REGION = r"^[A-Z]{2,4}\d?-"


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    is_ours = pl.col(_PRODUCT).str.contains("(?i)bedrock")
    if "line_item_line_item_type" in table.columns:
        is_ours &= pl.col("line_item_line_item_type").is_in(_USAGE)
    is_ours = is_ours.fill_null(value=False)
    notes.add("rows of other products, and rows that are no usage",
              table.height - table.select(is_ours.sum()).item())  # fmt: skip
    table = table.filter(is_ours)
    if _UNIT not in table.columns:
        table = table.with_columns(pl.lit(None, pl.String).alias(_UNIT))
    kind = pl.col(_TYPE).str.replace(REGION, "").alias("price name")
    region = pl.col(_TYPE).str.extract(r"^([A-Z]{2,4}\d?)-").alias("region code")
    return with_meters(table.with_columns(kind, region), "price name", _AMOUNT, _UNIT)


SOURCE = Source(
    name="aws",
    title="AWS cost and usage report (Bedrock)",
    header=frozenset({"line_item_usage_start_date", _TYPE, _AMOUNT, _PRODUCT}),
    time="line_item_usage_start_date",
    day_ends="line_item_usage_end_date",
    model=("sku model",),
    customer=("line_item_usage_account_id", "bill_payer_account_id"),
    meters=SKU_METERS,
    is_bucket=True,
    conditions=SKU_CONDITIONS | {"region": "region code"},
    repeated=frozenset({_TYPE, _AMOUNT, _UNIT, "price name", "sku scope"}),
    prepare=_prepared,
)
