"""Google: rows of Vertex AI and Gemini in a billing export, columns flattened with dots."""

from __future__ import annotations

from lmprice.billing.lazy import pl
from lmprice.billing.readers.skus import SKU_CONDITIONS, SKU_METERS, with_meters
from lmprice.billing.readers.source import Notes, Records, Source, filled, flat

_SKU, _AMOUNT, _UNIT = "sku.description", "usage.amount", "usage.unit"
SERVICES = "(?i)vertex|generative language|gemini"
LENGTH = r"\s*\((?:text|image|video|audio|,|\s|[<>≤]=?\s*\d+k tokens)*\)"
# The export counts some prices in characters or in requests: those are not tokens.
COUNTS = {"count": 1, "tokens": 1, "token": 1, "1k tokens": 1_000}


def _prepared(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = filled(table, "service.description", _SKU, _AMOUNT, _UNIT)
    is_ours = pl.col("service.description").str.contains(SERVICES).fill_null(value=False)
    notes.add("rows of other services", table.height - table.select(is_ours.sum()).item())
    window = pl.col(_SKU).str.extract(r"([<>≤]=?\s*\d+k) tokens").alias("length window")
    name = pl.col(_SKU).str.replace(LENGTH, "").alias("price name")
    made = with_meters(
        table.filter(is_ours).with_columns(window, name), "price name", _AMOUNT, _UNIT,
        lambda unit: COUNTS.get((unit or "").strip().lower()),
    )  # fmt: skip
    return made.drop("sku window").rename({"length window": "sku window"})


def _is_export(value: object) -> bool:
    return isinstance(value, dict) and {"sku", "usage", "service", "usage_start_time"} <= set(value)


def _records(value: dict[str, object]) -> Records:
    yield dict(flat(value))


SOURCE = Source(
    name="google",
    title="Google Cloud billing export",
    header=frozenset({"service.description", _SKU, "usage_start_time", _AMOUNT}),
    time="usage_start_time",
    day_ends="usage_end_time",
    model=("sku model",),
    customer=("project.id", "project.name", "billing_account_id"),
    meters=SKU_METERS,
    is_bucket=True,
    conditions=SKU_CONDITIONS,
    repeated=frozenset({_AMOUNT, _UNIT, "usage.amount_in_pricing_units", "usage.pricing_unit",
                        "price name", _SKU}),
    records=_records,
    shape=_is_export,
    prepare=_prepared,
)  # fmt: skip
