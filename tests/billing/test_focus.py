"""FOCUS out: every rule that the specification has for the columns that are filled.

The rules are those under "Requirements" of each column in the FOCUS specification,
github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec: specification/columns/<column>.md of the tag
v1.2, and specification/datasets/cost_and_usage/columns/<column>.md for 1.4; which columns there
must be, is from dataset.md beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lmprice.billing import rate
from lmprice.billing.book import PriceBook
from lmprice.billing.focus import focus_table
from lmprice.billing.rating import COSTS, Rating
from lmprice.billing.report import Report
from lmprice.output.focus_versions import VERSIONS, Version
from tests.billing.books import book, standard, tokens, usage

Row = dict[str, Any]

# Mandatory in both versions (dataset.md, "column presence"), then what each names differently.
MANDATORY = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency"),
    *("BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost"),
    *("EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit"),
    *("ServiceCategory", "ServiceName"),
}
OWN = {
    "1.2": {"ProviderName", "PublisherName"},
    "1.4": {"ServiceProviderName", "HostProviderName"},
}
# Conditional ones whose condition holds here: unit prices, usage, other currencies, tags.
CONDITIONAL = {
    *("ConsumedQuantity", "ConsumedUnit", "ContractedUnitPrice", "ListUnitPrice"),
    *("PricingCategory", "PricingCurrency", "PricingCurrencyContractedUnitPrice"),
    *("PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice", "SkuId", "SkuMeter"),
    *("SkuPriceDetails", "SkuPriceId", "Tags"),
}
RECOMMENDED = {"ChargeFrequency", "ServiceSubcategory"}

NOT_NULL = {
    *("BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd"),
    *("BillingPeriodStart", "ChargeCategory", "ChargeFrequency", "ChargePeriodEnd"),
    *("ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost"),
    *("PricingCurrency", "PricingCurrencyEffectiveCost", "ServiceCategory", "ServiceName"),
    *("ServiceSubcategory", "ProviderName", "PublisherName"),
    *("ServiceProviderName", "HostProviderName"),
}
ALLOWED: dict[str, set[str | None]] = {
    "ChargeCategory": {"Usage", "Purchase", "Tax", "Credit", "Adjustment"},
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"},
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other", None},
    "ChargeClass": {"Correction", None},
    "ServiceCategory": {"AI and Machine Learning"},
    "ServiceSubcategory": {"Generative AI"},  # its one parent is the category above
}


def is_priced(row: Row) -> bool:
    return row["ChargeCategory"] in ("Usage", "Purchase") and row["ChargeClass"] != "Correction"


def is_tax(row: Row) -> bool:
    return bool(row["ChargeCategory"] == "Tax")


# Of these: null for tax, not null for usage and purchases.
OF_PRICE = (
    *("SkuId", "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingQuantity"),
    *("PricingCategory", "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"),
)
OF_SKU_PRICE = (
    *("ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingCategory"),
    *("ConsumedQuantity", "SkuPriceDetails"),
)
CENT = Decimal("0.01")


def _times(price: str, cost: str) -> Callable[[Row], bool]:
    """A cost is the product of unit price and quantity, up to the cent that a bill rounds to."""

    def holds(row: Row) -> bool:
        if row[price] is None or row["PricingQuantity"] is None:
            return True
        return bool(abs(row[price] * row["PricingQuantity"] - row[cost]) <= CENT)

    return holds


RULES: dict[str, Callable[[Row], bool]] = {
    "null when SkuPriceId is null": lambda r: (
        r["SkuPriceId"] is not None or all(r[n] is None for n in OF_SKU_PRICE)
    ),
    "null when Tax": lambda r: not is_tax(r) or all(r[n] is None for n in OF_PRICE),
    "not null when Usage or Purchase": lambda r: (
        not is_priced(r) or all(r[n] is not None for n in OF_PRICE)
    ),
    "SkuMeter null when SkuId is": lambda r: (r["SkuId"] is None) == (r["SkuMeter"] is None),
    "ConsumedQuantity of usage only": lambda r: (
        (r["ChargeCategory"] == "Usage") == (r["ConsumedQuantity"] is not None)
    ),
    "PricingUnit with PricingQuantity": lambda r: (
        (r["PricingUnit"] is None) == (r["PricingQuantity"] is None)
    ),
    "ConsumedUnit with ConsumedQuantity": lambda r: (
        (r["ConsumedUnit"] is None) == (r["ConsumedQuantity"] is None)
    ),
    "no purchase is usage-based": lambda r: (
        r["ChargeCategory"] != "Purchase" or r["ChargeFrequency"] != "Usage-Based"
    ),
    "unit prices are not negative": lambda r: all(
        r[n] is None or r[n] >= 0 for n in ("ListUnitPrice", "ContractedUnitPrice")
    ),
    "ListCost is the product": _times("ListUnitPrice", "ListCost"),
    "ContractedCost is the product": _times("ContractedUnitPrice", "ContractedCost"),
    "ContractedCost of a credit is billed": lambda r: (
        r["ChargeCategory"] != "Credit" or r["ContractedCost"] == r["BilledCost"] == r["ListCost"]
    ),
    "currency of three letters": lambda r: bool(re.fullmatch("[A-Z]{3}", r["BillingCurrency"])),
    "periods have a length": lambda r: (
        r["BillingPeriodStart"] <= r["ChargePeriodStart"] < r["ChargePeriodEnd"]
        and r["ChargePeriodEnd"] <= r["BillingPeriodEnd"]
    ),
    "key-value columns are flat objects": lambda r: all(
        r[n] is None or all(isinstance(v, (str, bool, int)) for v in json.loads(r[n]).values())
        for n in ("Tags", "SkuPriceDetails")
    ),
    "keys of SkuPriceDetails begin with x_": lambda r: all(
        key.startswith("x_") for key in json.loads(r["SkuPriceDetails"] or "{}")
    ),
    "unit format: a size and a capitalized unit": lambda r: all(
        r[n] is None or re.fullmatch(r"(\d+ )?[A-Z][A-Za-z ]+", r[n])
        for n in ("PricingUnit", "ConsumedUnit")
    ),
    "no empty strings": lambda r: all(v != "" for v in r.values()),
}


def rich_book() -> PriceBook:
    """One line of each category: usage in tiers and classes, fee, minimum, top-up, coupon, ..."""
    return book(
        *tokens(input=3, output=15, cached=0.3),
        standard(7, meter="output", model="cny", per=1e6, currency="CNY"),
        standard(2, meter="web_searches", per=1000, list_unit_price=4),
        {
            "charge_model": "graduated", "meter": "quantity", "minimum": 50.0,
            "tiers": [{"up_to": 10, "unit_price": 1}, {"unit_price": 0.5}],
        },
        standard(1, meter="gpu_hours", discount=0.25),
        rates=[{"currency": "CNY", "rate": 0.14, "valid_from": "2026-01-01"}],
        models=[{"name": "cny", "vendor": "DeepSeek"}],
        plans=[{"name": "pro", "fees": [{"name": "Seat", "amount": 20, "per_seat": True}]}],
        accounts=[
            {
                "customer": "acme", "time_zone": "Asia/Shanghai",
                "tags": {"cost_center": "R1", "部门": "研发"},
                "plans": [{"plan": "pro", "seats": 3, "valid_from": "2026-01-01"}],
                "tax": {"name": "VAT", "rate": 0.19},
                "coupons": [
                    {"kind": "rate", "name": "Launch", "rate": 0.1, "valid_from": "2026-01-01"}
                ],
                "credits": [{"name": "Prepaid", "amount": 5, "valid_from": "2026-01-01"}],
                "commitments": [{"name": "Floor", "minimum": 500, "valid_from": "2026-01-01"}],
            },
            {"customer": "in", "tax": {"name": "VAT", "rate": 0.19, "inclusive": True}},
        ],
    )  # fmt: skip


ROWS = usage(
    {"input_tokens": 2_000_000, "cached_tokens": 400_000, "output_tokens": 123_456},
    {"model": "cny", "output_tokens": 1_000_000},
    {"web_searches": 250, "gpu_hours": 8, "quantity": 30},
    {"customer": "small", "input_tokens": 7},
    {"customer": "in", "output_tokens": 1_000_000},
)


@pytest.fixture(scope="module")
def rated() -> Rating:
    return rate(ROWS, rich_book())


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> Version:
    found: Version = request.param
    return found


def rows_of(rated: Rating, version: Version = "1.4") -> list[Row]:
    return list(focus_table(rated, version).iter_rows(named=True))


def test_every_kind_of_line_is_there(rated: Rating) -> None:
    assert set(rated.lines["category"]) == {
        *("usage", "fee", "minimum", "true-up", "coupon", "credit", "tax"),
    }
    assert {row["ChargeCategory"] for row in rows_of(rated)} == ALLOWED["ChargeCategory"]


def test_the_columns_are_those_of_the_version_in_order(rated: Rating, version: Version) -> None:
    names = focus_table(rated, version).columns
    assert set(names) == MANDATORY | CONDITIONAL | RECOMMENDED | OWN[version]
    assert names == sorted(names)


@pytest.mark.parametrize("column", sorted(NOT_NULL))
def test_what_must_not_be_null(column: str, rated: Rating, version: Version) -> None:
    table = focus_table(rated, version)
    if column in table.columns:
        assert table[column].null_count() == 0
    else:
        assert column in OWN["1.2"] | OWN["1.4"]


@pytest.mark.parametrize("column", sorted(ALLOWED))
def test_allowed_values(column: str, rated: Rating, version: Version) -> None:
    assert set(focus_table(rated, version)[column]) <= ALLOWED[column]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rules_of_a_row(rule: str, rated: Rating, version: Version) -> None:
    broken = [row for row in rows_of(rated, version) if not RULES[rule](row)]
    assert not broken


def test_one_sku_to_a_price(rated: Rating) -> None:
    parents: dict[str, set[str]] = {}
    for row in rows_of(rated):
        if row["SkuPriceId"]:
            parents.setdefault(row["SkuPriceId"], set()).add(row["SkuId"])
    assert parents
    assert all(len(skus) == 1 for skus in parents.values())


def test_costs_are_those_of_the_bill(rated: Rating) -> None:
    table = focus_table(rated)
    for ours, theirs in zip(COSTS, ("List", "Contracted", "Effective", "Billed"), strict=True):
        rows = table
        lines = rated.lines
        if theirs in ("List", "Contracted"):  # those of other categories follow rules of their own
            rows = table.filter(pl.col("ChargeCategory").is_in(["Usage", "Purchase"]))
            lines = lines.filter(pl.col("category").is_in(["usage", "fee"]))
        assert rows[f"{theirs}Cost"].sum() == lines[ours].sum()
    assert table["BilledCost"].sum() == rated.bill["billed_cost"].sum()


def test_a_row_by_hand(rated: Rating) -> None:
    rows = {row["SkuPriceId"]: row for row in rows_of(rated) if row["BillingAccountId"] == "acme"}
    row = rows["chat/input/chat input"]
    # 2,000,000 tokens less 400,000 cached ones at $3 per million.
    assert (row["ConsumedQuantity"], row["ConsumedUnit"]) == (Decimal(1_600_000), "Tokens")
    assert (row["PricingQuantity"], row["PricingUnit"]) == (Decimal("1.6"), "1000000 Tokens")
    assert row["ListUnitPrice"] == row["ContractedUnitPrice"] == 3
    assert row["ListCost"] == row["BilledCost"] == Decimal("4.80")
    assert row["SkuMeter"] == "Input"
    assert json.loads(row["Tags"]) == {"cost_center": "R1", "部门": "研发"}
    # The account's months are those of Shanghai.
    assert row["BillingPeriodStart"] == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert row["BillingPeriodEnd"] == datetime(2026, 1, 31, 16, tzinfo=UTC)
    # A price of 7 yuan at 0.14 dollars a yuan; its model has a vendor.
    row = rows["cny/output/cny output"]
    assert (row["PricingCurrency"], row["BillingCurrency"]) == ("CNY", "USD")
    assert (row["ListUnitPrice"], row["PricingCurrencyListUnitPrice"]) == (Decimal("0.98"), 7)
    assert row["PricingCurrencyEffectiveCost"] == 7
    assert row["ServiceProviderName"] == row["HostProviderName"] == "DeepSeek"
    assert row["InvoiceIssuerName"] == "Test"
    # Negotiated: 250 searches at $2 a thousand, listed at $4; 8 hours with a quarter off.
    row = rows["chat/web_searches/chat web_searches"]
    assert (row["ListCost"], row["ContractedCost"]) == (Decimal(1), Decimal("0.5"))
    row = rows["chat/gpu_hours/chat gpu_hours"]
    assert (row["ListUnitPrice"], row["ContractedUnitPrice"]) == (1, Decimal("0.75"))
    # The mean of tiers: 10 at 1 and 20 at 0.5.
    row = rows["chat/quantity/chat quantity"]
    assert row["ListUnitPrice"].quantize(Decimal("1e-9")) == Decimal("0.666666667")
    # Three seats of 20.
    row = rows["fee/Seat/Seat"]
    assert (row["PricingQuantity"], row["ListUnitPrice"], row["PricingUnit"]) == (1, 60, "Units")
    assert (row["ChargeCategory"], row["ChargeFrequency"]) == ("Purchase", "Recurring")


def test_prepaid_money_is_effective_where_it_is_used(rated: Rating) -> None:
    (drawn,) = [row for row in rows_of(rated) if row["ChargeDescription"] == "Prepaid"]
    assert (drawn["BilledCost"], drawn["EffectiveCost"]) == (-5, 0)


def test_tax_is_on_each_cost(rated: Rating) -> None:
    (tax,) = [row for row in rows_of(rated) if is_tax(row)]
    own = [row for row in rows_of(rated) if row["BillingAccountId"] == "acme"]
    taxed = [row for row in own if row["ChargeCategory"] in ("Usage", "Purchase", "Adjustment")]
    for name in ("ListCost", "ContractedCost"):
        assert tax[name] == round(sum(row[name] for row in taxed) * Decimal("0.19"), 2)


def test_small_amounts_keep_their_price(rated: Rating) -> None:
    """Seven tokens cost nothing that can be billed, yet their price is known."""
    (row,) = [r for r in rows_of(rated) if r["ConsumedQuantity"] == 7]
    assert (row["BilledCost"], row["ListUnitPrice"]) == (0, 3)


def test_a_price_that_begins_within_the_period() -> None:
    rising = book(
        standard(1), {**standard(2), "valid_from": "2026-01-11"}, {**standard(3), "meter": "seats"}
    )
    table = focus_table(
        rate(usage({"quantity": 5}, {"quantity": 5, "timestamp": "2026-01-12T00:00:00Z"}), rising)
    )
    assert table["ChargePeriodStart"].to_list() == [
        datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 11, tzinfo=UTC)
    ]  # fmt: skip


def test_another_version() -> None:
    with pytest.raises(ValueError, match=r"^FOCUS is written as 1\.4 or 1\.2, not 1\.5$"):
        focus_table(rate(ROWS, rich_book()), "1.5")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_the_file(kind: str, rated: Rating, tmp_path: Path) -> None:
    path = tmp_path / f"bill.focus.{kind}"
    with Report(path) as report:
        report.write(rated)
    assert {p.name for p in tmp_path.iterdir()} == {path.name}
    if kind == "parquet":
        assert pl.read_parquet(path).equals(focus_table(rated))
        return
    text = path.read_text("utf-8")
    assert text.startswith("BilledCost,BillingAccountId,BillingAccountName,")
    table = pl.read_csv(path, infer_schema=False)
    # DateTimeFormat: YYYY-MM-DDTHH:mm:ssZ; NumericFormat: no signs, no commas, E notation.
    assert table["BillingPeriodStart"].str.contains(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$").all()
    for name in ("ListUnitPrice", "PricingQuantity", "BilledCost"):
        assert table[name].drop_nulls().str.contains(r"^-?\d+(\.\d+)?$").all()


def test_names_that_do_not_say_focus(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^bill\.csv: FOCUS is written to a name such as bill"):
        Report(tmp_path / "bill.csv", focus="1.2")
    with pytest.raises(ValueError, match=r"^bill\.focus\.xlsx: FOCUS is written as \.focus\.csv"):
        Report(tmp_path / "bill.focus.xlsx")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Our reader of FOCUS gives the same bill from the file."""
    prices = book(*tokens(input=3, output=15, cached=0.3))
    rows = usage({"input_tokens": 2_000_000, "cached_tokens": 400_000, "output_tokens": 123_456})
    once = rate(rows, prices)
    path = tmp_path / "bill.focus.csv"
    with Report(path) as report:
        report.write(once)
    again = rate(path, prices)
    assert again.sources == ("focus",)
    assert again.bill["billed_cost"].to_list() == once.bill["billed_cost"].to_list()
