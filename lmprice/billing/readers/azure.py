"""Azure: meters of OpenAI models in a cost export; what the unit says is how many tokens."""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.readers.skus import SKU_CONDITIONS, SKU_METERS, with_meters
from lmprice.billing.readers.source import Notes, Source, filled

_ANY = {"UsageQuantity": "Quantity", "UsageDateTime": "Date", "InstanceId": "ResourceId"}
OPENAI = "(?i)openai|foundry|cognitive"


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    renamed = {old: new for old, new in _ANY.items() if old in table.columns}
    table = table.rename({old: new for old, new in renamed.items() if new not in table.columns})
    table = filled(table, "Date", "Quantity")
    # An enterprise agreement's export writes its days the American way: 01/31/2026.
    american = pl.col("Date").str.replace(r"^(\d\d)/(\d\d)/(\d{4})$", "$3-$1-$2")
    table = table.with_columns(american)
    parts = [pl.col(n) for n in ("MeterCategory", "MeterSubCategory") if n in table.columns]
    product = pl.concat_str([part.fill_null("") for part in parts], separator=" ")
    is_ours = product.str.contains(OPENAI)
    notes.add("rows of other products", table.height - table.select(is_ours.sum()).item())
    return with_meters(table.filter(is_ours), "MeterName", "Quantity", "UnitOfMeasure")


SOURCE = Source(
    name="azure",
    title="Azure cost export (OpenAI)",
    header=frozenset({"MeterCategory", "MeterName", "UnitOfMeasure"}),
    time="Date",
    model=("sku model",),
    customer=("SubscriptionName", "SubscriptionId", "ResourceGroup", "ResourceId"),
    meters=SKU_METERS,
    is_bucket=True,
    conditions=SKU_CONDITIONS,
    repeated=frozenset({"MeterName", "Quantity", "UnitOfMeasure"}),
    prepare=_prepared,
)
