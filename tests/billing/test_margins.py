"""Margin, who loses money, and the same usage under two books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lmprice.billing.margins import ComparisonError, losing_customers, margin, what_if
from lmprice.billing.rating import rate
from tests.billing.books import SINCE, book, standard, usage

ROWS = usage(
    {"quantity": 10},
    {"quantity": 10, "model": "small"},
    {"quantity": 10, "model": "small", "customer": "loser"},
    {"quantity": 0, "customer": "idle"},
)
COUPONS = [{"kind": "amount", "name": "welcome", "amount": 5, **SINCE}]
PRICES = book(
    standard(3),
    standard(1, model="small"),
    accounts=[{"customer": "acme", "coupons": COUPONS}],
)
COSTS = book(standard(1), standard(1.0625, model="small"), digits=9)


def test_margin_by_customer_and_model() -> None:
    found = margin(rate(ROWS, PRICES), rate(ROWS, COSTS))
    assert found.columns == ["customer", "model", "revenue", "cost", "profit", "margin"]
    assert found.rows() == [
        ("acme", None, Decimal(-5), 0, Decimal(-5), 1.0),
        ("acme", "chat", 30, 10, 20, pytest.approx(2 / 3)),
        ("acme", "small", 10, Decimal("10.625"), Decimal("-0.625"), -0.0625),
        ("idle", "chat", 0, 0, 0, None),
        ("loser", "small", 10, Decimal("10.625"), Decimal("-0.625"), -0.0625),
    ]


def test_customers_who_lose_money() -> None:
    found = losing_customers(rate(ROWS, PRICES), rate(ROWS, COSTS))
    assert found["customer"].to_list() == ["loser"]
    assert found["profit"].to_list() == [Decimal("-0.625")]


def test_what_if() -> None:
    dearer = book(standard(4), standard(1, model="small"))
    assert what_if(ROWS, PRICES, dearer).rows() == [
        ("acme", 35, 50, 15),
        ("idle", 0, 0, 0),
        ("loser", 10, 10, 0),
    ]


def test_what_cannot_be_compared() -> None:
    rated = rate(ROWS, PRICES)
    with pytest.raises(ComparisonError, match=r"^Test is in USD, Test in CNY$"):
        margin(rated, rate(ROWS, book(standard(), currency="CNY")))
    with pytest.raises(ComparisonError, match=r"refuses 0 rows, Test 2: they do not price the"):
        margin(rated, rate(ROWS, book(standard())))
