"""The bills of providers by their header: where day, model, meter, amount and quantity stand.

Consoles of vendors write a line for each model and meter.  Clouds write one for each price of any
product, in whose name model and meter are taken apart as in the readers of usage; lines of other
products are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from lmprice.billing.readers import aws, azure, google
from lmprice.billing.readers.skus import parsed, tokens_per

Cells = Mapping[str, str]
NOT_SAID = "(not said)"
USAGE = "usage"

# What providers call the meters of a price book; other names stay what they are.
_METERS = {
    **dict.fromkeys(("input_no_cache", "uncached_input", "input_cache_miss"), "input"),
    **dict.fromkeys(("input_cache_read", "cache_read", "cached_input", "input_cached"), "cached"),
    **dict.fromkeys(("input_cache_hit", "cache_read_input"), "cached"),
    **dict.fromkeys(("input_cache_write_5m", "cache_write_5m", "input_cache_write"), "cache_write"),
    **dict.fromkeys(("input_cache_write_1h", "cache_write_1h"), "cache_write_1h"),
    "web_search": "web_searches",
}


class Item(NamedTuple):
    """What a line of a bill is about."""

    model: str
    meter: str | None  # None where the bill does not split by meter
    kind: str = USAGE  # or what else it is: tax, credit, ...
    size: int | None = 1  # of a unit of its quantity, in tokens; None: it counts something else


@dataclass(frozen=True)
class BillFormat:
    """Where the parts of a bill stand; of several columns the first that is there."""

    name: str
    header: frozenset[str]
    day: tuple[str, ...]
    amount: tuple[str, ...]
    quantity: tuple[str, ...]
    currency: tuple[str, ...]
    item: Callable[[Cells], Item | None]  # None for another product
    always: str | None = None  # its currency, where no column says it
    member: str | None = None  # which file of an archive is the table, a regular expression
    credits: str | None = None  # a column with credits beside the amount, as JSON


def meter_named(name: str) -> str:
    """The meter of a price book that a provider's name stands for.

    >>> [meter_named(n) for n in ("input_no_cache", "cached input tokens", "output", "")]
    ['input', 'cached', 'output', '(not said)']
    """
    plain = re.sub(r"[\s-]+", "_", name.strip().lower()).removesuffix("_tokens")
    return _METERS.get(plain, plain) or NOT_SAID


def _openai(cells: Cells) -> Item:
    model, comma, meter = cells["line_item"].rpartition(",")
    if not comma:
        return Item(meter.strip() or NOT_SAID, NOT_SAID)
    return Item(model.strip(), meter_named(meter))


def _anthropic(cells: Cells) -> Item:
    name = cells["token_type"] or cells.get("cost_type", "")
    return Item(cells["model"] or NOT_SAID, meter_named(name))


def _of_sku(text: str, kind: str, size: int | None) -> Item:
    """A line whose price has a name; one that cannot be told stands under all of its name."""
    if kind != USAGE:
        return Item(NOT_SAID, NOT_SAID, kind, None)
    sku = parsed(text)
    if sku.reason is not None or sku.model is None:
        return Item(text or NOT_SAID, NOT_SAID, kind, None)
    return Item(sku.model, sku.meter, kind, size)


def _aws(cells: Cells) -> Item | None:
    if not re.search("(?i)bedrock", cells["line_item_product_code"]):
        return None
    kind = cells.get("line_item_line_item_type", "")
    is_usage = kind in ("", "Usage", "DiscountedUsage", "SavingsPlanCoveredUsage")
    name = re.sub(aws.REGION, "", cells["line_item_usage_type"])
    unit = tokens_per(cells.get("pricing_unit"))
    return _of_sku(name, USAGE if is_usage else kind.lower(), unit)


def _azure(cells: Cells) -> Item | None:
    product = f"{cells['MeterCategory']} {cells.get('MeterSubCategory', '')}"
    if not re.search(azure.OPENAI, product):
        return None
    kind = cells.get("ChargeType", "").lower() or USAGE
    return _of_sku(cells["MeterName"], kind, tokens_per(cells["UnitOfMeasure"]))


def _google(cells: Cells) -> Item | None:
    if not re.search(google.SERVICES, cells["service.description"]):
        return None
    kind = cells.get("cost_type", "")
    size = google.COUNTS.get(cells.get("usage.unit", "").lower())
    name = re.sub(google.LENGTH, "", cells["sku.description"])
    return _of_sku(name, USAGE if kind in ("", "regular") else kind, size)


def _focus(cells: Cells) -> Item | None:
    if cells.get("ServiceCategory", "AI and Machine Learning") != "AI and Machine Learning":
        return None
    name = f"{cells.get('SkuMeter', '')} {cells.get('ChargeDescription', '')}".strip()
    unit = tokens_per(cells.get("ConsumedUnit"))
    return _of_sku(name, cells["ChargeCategory"].lower(), unit)


FORMATS = (
    BillFormat(
        "openai",
        frozenset({"amount_value", "amount_currency", "line_item"}),
        ("start_time_iso",), ("amount_value",), ("quantity",), ("amount_currency",), _openai,
    ),
    BillFormat(
        "anthropic",
        frozenset({"usage_date_utc", "model", "token_type", "cost_usd"}),
        ("usage_date_utc",), ("cost_usd",), (), (), _anthropic, always="USD",
    ),
    BillFormat(
        "deepseek",
        frozenset({"model", "wallet_type", "cost", "currency"}),
        ("start_time_iso", "utc_date"), ("cost",), (), ("currency",),
        lambda cells: Item(cells["model"] or NOT_SAID, None),
        member=r"(.*/)?cost[-_].*\.csv",
    ),
    BillFormat(
        "focus",
        frozenset({"ChargePeriodStart", "BilledCost", "ChargeCategory", "BillingCurrency"}),
        ("ChargePeriodStart",), ("BilledCost",), ("ConsumedQuantity",), ("BillingCurrency",),
        _focus,
    ),
    BillFormat(
        "aws",
        frozenset({"line_item_product_code", "line_item_usage_type", "line_item_unblended_cost"}),
        ("line_item_usage_start_date",), ("line_item_unblended_cost",),
        ("line_item_usage_amount",), ("line_item_currency_code",), _aws,
    ),
    BillFormat(
        "azure",
        frozenset({"MeterCategory", "MeterName", "UnitOfMeasure"}),
        ("Date", "UsageDateTime"), ("CostInBillingCurrency", "PreTaxCost", "Cost"),
        ("Quantity", "UsageQuantity"), ("BillingCurrencyCode", "BillingCurrency", "Currency"),
        _azure,
    ),
    BillFormat(
        "google",
        frozenset({"service.description", "sku.description", "usage_start_time", "cost"}),
        ("usage_start_time",), ("cost",), ("usage.amount",), ("currency",), _google,
        credits="credits",
    ),
)  # fmt: skip


def quantity_of(item: Item, number: Decimal) -> Fraction | None:
    """A quantity of a bill in tokens, or whatever its meter counts."""
    return None if item.size is None else Fraction(number) * item.size
