"""FOCUS 1.0 to 1.4: rows of usage of a Cost and Usage table.

The name of a price is ``SkuMeter`` where it is there (from 1.1 on), else the description; the
amount is the consumed quantity.  Rows that are no usage (tax, credits, purchases) are counted.
"""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.readers.skus import SKU_CONDITIONS, SKU_METERS, with_meters
from lmprice.billing.readers.source import Notes, Source, filled

_COSTS = frozenset({
    "BilledCost", "EffectiveCost", "ContractedCost", "ListCost", "ListUnitPrice",
    "ContractedUnitPrice", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit",
    "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost", "CommitmentDiscountQuantity", "CommitmentDiscountUnit",
    "ChargeCategory", "ChargeDescription", "SkuMeter", "ChargePeriodEnd", "BillingPeriodStart",
    "BillingPeriodEnd",
})  # fmt: skip


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    is_usage = pl.col("ChargeCategory").str.strip_chars().str.to_lowercase() == "usage"
    others = table.height - table.select(is_usage.sum()).item()
    notes.add("rows that are no usage (tax, credits, purchases)", others)
    table = table.filter(is_usage)
    table = filled(table, "SkuMeter", "ChargeDescription")
    described = [pl.col(n) for n in ("SkuMeter", "ChargeDescription")]
    name = pl.concat_str([c.fill_null("") for c in described], separator=" ").alias("price name")
    return with_meters(table.with_columns(name), "price name", "ConsumedQuantity", "ConsumedUnit")


SOURCE = Source(
    name="focus",
    title="FOCUS cost and usage",
    header=frozenset({"ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ChargeCategory"}),
    time="ChargePeriodStart",
    day_ends="ChargePeriodEnd",
    model=("sku model",),
    customer=("SubAccountName", "SubAccountId", "BillingAccountName", "BillingAccountId"),
    meters=SKU_METERS,
    is_bucket=True,
    conditions=SKU_CONDITIONS | {"region": "RegionId"},
    repeated=_COSTS | {"price name", "sku scope", "RegionName"},
    prepare=_prepared,
)
