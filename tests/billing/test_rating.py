"""Rating: laws of a bill, prices by time, refused rows, and totals that reconcile."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice.billing.money import round_money
from lmprice.billing.pricing import Price
from lmprice.billing.rating import COSTS, Rating, rate
from lmprice.billing.usage import UsageError
from tests.billing.books import SINCE, book, standard, tokens, usage

TIERS = [{"up_to": 100, "unit_price": 0.3}, {"up_to": 1000, "unit_price": 0.2}, {"unit_price": 0.1}]
GRADUATED = {"charge_model": "graduated", "tiers": TIERS}


def billed(rated: Rating) -> dict[tuple[str, str], Decimal]:
    """What each customer pays in each month."""
    rows = rated.bill.select("customer", pl.col("period").dt.strftime("%Y-%m"), "billed_cost")
    return {(customer, month): cost for customer, month, cost in rows.iter_rows()}


parts = st.lists(st.integers(0, 10**12), min_size=1, max_size=20)


@pytest.mark.engine
@given(parts, st.sampled_from(["graduated", "volume", "package"]), st.integers(1, 7))
def test_splitting_usage_does_not_change_the_bill(
    thousandths: list[int], model: str, rows: int
) -> None:
    charge: dict[str, Any] = {"charge_model": model, "tiers": TIERS}
    if model == "package":
        charge = {"charge_model": model, "package_size": 7, "package_price": 3, "free_units": 2}
    exact = book(charge, digits=9)
    split = usage(*({"quantity": str(Decimal(part) / 1000)} for part in thousandths))
    whole = usage({"quantity": str(Decimal(sum(thousandths)) / 1000)})
    assert billed(rate(split, exact, batch_rows=rows)) == billed(rate(whole, exact))


@pytest.mark.engine
@given(
    st.decimals(-100, 1000, places=2),
    st.lists(
        st.one_of(
            st.builds(lambda a: {"kind": "amount", "amount": a}, st.floats(0.001, 500)),
            st.builds(lambda r: {"kind": "rate", "rate": r}, st.floats(0, 1)),
        ),
        max_size=5,
    ),
)
def test_coupons_never_go_below_zero(amount: Decimal, coupons: list[dict[str, Any]]) -> None:
    own = [{"name": "c", **SINCE, **coupon} for coupon in coupons]
    prices = book(standard(), accounts=[{"customer": "acme", "coupons": own}])
    rated = rate(usage({"quantity": str(amount)}), prices)
    (left,) = billed(rated).values()
    assert min(amount, Decimal(0)) <= left <= amount


@given(st.integers(0, 10**12), st.sampled_from(["graduated", "volume"]))
def test_a_credit_is_the_charge_negated(thousandths: int, model: str) -> None:
    charge = book({"charge_model": model, "tiers": TIERS, "discount": 0.1}).charges[0]
    there = Price(charge).whole(Fraction(thousandths, 1000))
    back = Price(charge).whole(-Fraction(thousandths, 1000))
    assert there.negotiated == -back.negotiated
    assert there.public == -back.public


def test_a_volume_that_was_taken_back() -> None:
    # F(-10) = 2 F(0) - F(10) = 2 x 3 - (10 x 1 + 7), as for every other way to price
    tiers = [{"up_to": 5, "unit_price": 2, "flat_fee": 3}, {"unit_price": 1, "flat_fee": 7}]
    volume = {"charge_model": "volume", "tiers": tiers}
    assert list(billed(rate(usage({"quantity": -10}), book(volume))).values()) == [-11]
    owed_with_usage = {**volume, "bill_zero_quantity": False}
    assert list(billed(rate(usage({"quantity": -10}), book(owed_with_usage))).values()) == [-17]


def test_a_minimum_is_owed_whatever_was_taken_back() -> None:
    rated = rate(usage({"quantity": -3}), book(standard(minimum=10)))
    assert list(billed(rated).values()) == [10]


@given(st.integers(-(10**12), 10**12))
def test_halves_are_rounded_away_from_zero(tenths: int) -> None:
    cents = math.floor(abs(tenths) / 10 + 0.5) * (1 if tenths > 0 else -1)
    assert round_money(tenths / 1000) == Decimal(cents) / 100


def test_rounding_rules() -> None:
    for rule, cents in {"half_even": "0.12", "up": "0.13", "down": "0.12"}.items():
        assert round_money(0.125, 2, rule) == Decimal(cents)  # type: ignore[arg-type]
    assert str(round_money(-0.001)) == "0.00"
    assert round_money(0.1 + 0.2, 9) == Decimal("0.3")


def test_each_row_has_the_price_of_its_time_on_one_count_of_the_month() -> None:
    dated = book(GRADUATED, {**GRADUATED, "valid_from": "2026-01-15", "discount": 0.5})
    rows = [{"quantity": 150, "timestamp": f"2026-01-{day}"} for day in ("01", "15", "31")]
    rated = rate(usage(*rows, {"quantity": 150, "timestamp": "2026-02-01"}), dated)
    # 100 at 0.30 and 50 at 0.20; then 300 at 0.20 and half price; February begins anew.
    assert rated.lines["billed_cost"].to_list() == [Decimal(40), Decimal(30), Decimal(20)]
    assert billed(rated) == {("acme", "2026-01"): 70, ("acme", "2026-02"): 20}


def test_a_promotion_ends_and_the_price_before_it_returns() -> None:
    promotion = standard(0.5, valid_from="2026-03-01", valid_until="2026-04-01")
    days = ("2026-02-28", "2026-03-01", "2026-03-31T23:59:59.999999Z", "2026-04-01")
    rows = usage(*({"quantity": 1, "timestamp": day} for day in days))
    rated = rate(rows, book(standard(2), promotion))
    assert list(billed(rated).values()) == [2, 1, 2]


def test_costs_of_focus() -> None:
    accounts = [
        {
            "customer": "acme",
            "coupons": [{"kind": "rate", "name": "a tenth", "rate": 0.1, **SINCE}],
            "credits": [{"name": "prepaid", "amount": 100, **SINCE}],
            "commitments": [{"name": "yearly", "minimum": 200, **SINCE}],
        }
    ]
    rated = rate(
        usage(
            {"quantity": 100},
            {"quantity": 100, "timestamp": "2026-02-01"},
            {"quantity": 1, "customer": "other", "timestamp": "2026-03-01"},
        ),
        book(standard(2, discount=0.2), accounts=accounts),
    )
    # 200 at list price, 160 by contract, 16 off by coupon, 100 from credit, 40 to the commitment
    assert rated.bill.select(COSTS).rows()[:3] == [
        (200, 160, 160 - 16 + 40, 160 - 16 - 100 + 40),
        (200, 160, 160 - 16 + 40, 160 - 16 + 40),
        (0, 0, 200, 200),  # nothing used, still committed
    ]
    assert rated.lines["category"].to_list() == [
        *("usage", "coupon", "credit", "true-up"),
        *("usage", "coupon", "true-up"),
        *("true-up", "usage"),
    ]
    assert rated.lines.select(COSTS).sum().row(0) == rated.bill.select(COSTS).sum().row(0)


def test_what_is_left_of_a_coupon_goes_to_the_next_month() -> None:
    once = {"kind": "amount", "name": "welcome", "amount": 15, **SINCE}
    months = [{"quantity": 10, "timestamp": f"2026-0{month}-01"} for month in (1, 2, 3)]
    rated = rate(usage(*months), book(standard(), accounts=[{"customer": "*", "coupons": [once]}]))
    assert list(billed(rated).values()) == [0, 5, 10]
    monthly = {**once, "each_month": True, "valid_until": "2026-02-02"}
    rated = rate(
        usage(*months), book(standard(), accounts=[{"customer": "*", "coupons": [monthly]}])
    )
    assert list(billed(rated).values()) == [0, 0, 10]


def test_what_holds_in_another_month_only() -> None:
    later = {"valid_from": "2026-02-01"}
    entries = {
        "coupons": [{"kind": "rate", "name": "half", "rate": 0.5, **later}],
        "credits": [{"name": "prepaid", "amount": 3, **later}],
        "commitments": [{"name": "yearly", "minimum": 280, **later, "valid_until": "2026-02-11"}],
    }
    rows = usage(*({"quantity": 40, "timestamp": f"2026-0{month}-01"} for month in (1, 2)))
    rated = rate(rows, book(standard(), accounts=[{"customer": "acme", **entries}]))
    # Ten of the 28 days of February: at least 100.
    assert list(billed(rated).values()) == [40, 40 - 20 - 3 + 60]


def test_everyone_has_coupons_of_their_own() -> None:
    once = {"kind": "amount", "name": "welcome", "amount": 6, **SINCE}
    accounts = [{"customer": "*", "coupons": [once]}, {"customer": "c"}]
    rows = usage(*({"quantity": 10, "customer": customer} for customer in "abc"))
    rated = rate(rows, book(standard(), accounts=accounts))
    assert list(billed(rated).values()) == [4, 4, 10]


def test_the_first_tier_is_owed_with_or_without_usage() -> None:
    flat = {"charge_model": "graduated", "tiers": [{"unit_price": 1, "flat_fee": 5}]}
    assert billed(rate(usage({"quantity": 0}), book(flat))) == {("acme", "2026-01"): 5}
    rated = rate(usage({"input_tokens": 0}), book({**flat, "meter": "input"}))
    assert billed(rated) == {("acme", "2026-01"): 5}
    unless = {**flat, "bill_zero_quantity": False}
    assert billed(rate(usage({"quantity": 0}), book(unless))) == {("acme", "2026-01"): 0}
    assert rated.totals.rated_rows == 1


def test_tables_that_cannot_be_priced() -> None:
    rows = usage({"quantity": 1})
    for table, message in (
        (rows.drop("model"), "the usage table has no column model"),
        (rows.drop("quantity"), "the usage table has none of the columns quantity"),
        (rows.with_columns(row=1), "the usage table has a column row; refused rows"),
    ):
        with pytest.raises(UsageError, match=f"^{message}"):
            rate(table, book(standard()))


def test_lazy_tables_and_types() -> None:
    """Times with and without zones, dates, floats with NaN for nothing, as files hold them."""
    rows = pl.DataFrame(
        {
            "timestamp": ["2026-01-31T23:30:00", "2026-01-31T23:30:00"],
            "customer": pl.Series(["a", "b"], dtype=pl.Categorical),
            "model": ["chat", "chat"],
            "quantity": [0.1, 0.2],
            "input_tokens": [math.nan, 1e6],
        }
    ).with_columns(pl.col("timestamp").str.to_datetime(time_unit="ms"))
    prices = book(standard(), *tokens(input=3))
    naive = rate(rows.lazy(), prices)
    assert billed(naive) == {("a", "2026-01"): Decimal("0.1"), ("b", "2026-01"): Decimal("3.2")}
    zoned = rows.with_columns(pl.col("timestamp").dt.replace_time_zone("America/New_York"))
    assert [month for _, month in billed(rate(zoned, prices))] == ["2026-02", "2026-02"]
    dates = rows.with_columns(pl.col("timestamp").cast(pl.Date))
    assert billed(rate(dates, prices)) == billed(naive)
    bad = rows.with_columns(pl.lit(5).alias("timestamp"), pl.lit(True).alias("quantity"))
    refused = rate(bad, prices).refused
    assert refused["reason"].unique().to_list() == ["timestamp 5 is no date or time"]


def test_tiers_are_rounded_one_by_one_where_the_book_says_so() -> None:
    """Two tiers of 0.005 each are 0.01 together, and 0.02 rounded line by line."""
    tiers = [{"up_to": 1, "unit_price": 0.005}, {"unit_price": 0.005}]
    charges = [
        {"charge_model": "graduated", "tiers": tiers},
        {
            "charge_model": "graduated_percentage",
            "meter": "output",
            "tiers": [{"up_to": 1, "rate": 0.005}, {"rate": 0.005}],
        },
        {
            "charge_model": "block",
            "meter": "input",
            "tiers": [
                {"block_size": 1, "max_blocks": 1, "block_price": 0.005},
                {"block_size": 1, "block_price": 0.005},
            ],
        },
    ]
    table = usage({"quantity": 2, "output_tokens": 2, "input_tokens": 2})
    for round_tier_lines, billed in ((False, "0.01"), (True, "0.02")):
        rating = rate(table, book(*charges, round_tier_lines=round_tier_lines))
        assert set(rating.lines["billed_cost"]) == {Decimal(billed)}


def test_rows_of_two_factors_across_tiers() -> None:
    # 60; (40 x 1 + 20 x 0.5) x 0.5; 60 x 0.5; 60 x 0.5 x 0.5; 60 x 0.5
    tiers = [{"up_to": 100, "unit_price": 1}, {"unit_price": 0.5}]
    prices = book(
        {"charge_model": "graduated", "tiers": tiers}, factors=[{"factor": 0.5, "when": {"b": 1}}]
    )
    rows = [{"timestamp": f"2026-01-0{day}", "b": day % 2, "quantity": 60} for day in range(2, 7)]
    expected = [60, 25, 30, 15, 30]
    for count in range(1, 6):
        found = rate(usage(*rows[:count]), prices)
        assert list(billed(found).values()) == [sum(expected[:count])]
        (line,) = found.lines["quantity"]
        assert line == 60 * count
    by_row = rate(usage(*rows), prices, rows=True).rows
    assert by_row is not None
    assert by_row["billed_cost"].to_list() == expected
