"""One price, however it is asked for: our list, genai-prices, a book made of it, and a cell.

Our list has a page for each row; genai-prices is a package of others.  Where the two differ, the
reason stands here.  The hour is one of the peak, which our list is about.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from lmprice.billing import market_book, model_price, rate
from lmprice.billing.market import MarketError
from lmprice.data import DatedPrice, list_prices
from lmprice_excel import model_prices
from tests.billing.books import usage

TODAY = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # of the snapshot of genai-prices
NOT_KNOWN = {
    *("curie", "davinci", "mistral-large-2402", "llama-3.1-8b-instant"),
    *("llama-3.3-70b-versatile", "llama3-70b-8192", "llama3-8b-8192"),
}
ONE_DATE = "genai-prices has one price of it for all time, ours is dated"
NOW = "the sources differ on the price of that day"
REASONS = {
    ("claude-3-5-haiku", "2024-11-04"): ONE_DATE,  # it was lowered within a month
    ("deepseek-chat", "2024-11-24"): ONE_DATE,
    ("deepseek-chat", "2025-09-05"): ONE_DATE,
    ("deepseek-v4-flash", "2026-04-24"): ONE_DATE,
    ("deepseek-v4-pro", "2026-04-24"): ONE_DATE,
    ("deepseek-v4-pro", "2026-05-30"): ONE_DATE,
    ("o3", "2025-04-16"): ONE_DATE,  # of cached tokens
    ("claude-sonnet-5-5", "2026-09-28"): NOW,  # of cached tokens
    ("deepseek-chat", "2025-09-29"): NOW,
    ("deepseek-v4-flash", "2026-08-21"): NOW,
    ("gpt-3.5-turbo", "2023-03-01"): NOW,
    ("gpt-5.6-sol", "2026-07-09"): NOW,
    ("grok-4.5", "2026-07-08"): NOW,  # of cached tokens
}


def last_moment(row: DatedPrice) -> datetime:
    """A moment of the last day on which a row holds."""
    dates = [other.valid_from for other in list_prices() if other.model == row.model]
    later = [day for day in dates if day > row.valid_from]
    if not later:
        return TODAY
    day = min(later) - timedelta(days=1)
    return datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC)


def prices(row: DatedPrice) -> dict[str, float]:
    own = {"input": row.input_price, "output": row.output_price, "cached": row.cached_price}
    return {kind: price for kind, price in own.items() if price is not None}


def test_our_list_is_that_of_others_or_says_why_not() -> None:
    different, unknown, alike = set(), set(), 0
    for row in list_prices():
        for kind, price in prices(row).items():
            try:
                found = model_price(row.model, kind, last_moment(row))  # type: ignore[arg-type]
            except MarketError:
                unknown.add(row.model)
                continue
            if math.isclose(found, price, rel_tol=1e-12):
                alike += 1
            else:
                different.add((row.model, row.valid_from.isoformat()))
    assert unknown == NOT_KNOWN
    assert different == set(REASONS)
    assert alike == 157


MODELS = sorted({row.model for row in list_prices()} - NOT_KNOWN)


@pytest.mark.parametrize("model", MODELS)
def test_a_book_and_a_cell_have_the_price_of_the_package(model: str) -> None:
    """Ten thousand tokens of each kind, below all steps of length, by the book of the market."""
    kinds = ("input", "output")
    rows = [
        {"timestamp": TODAY, "customer": kind, "model": model, f"{kind}_tokens": 10_000}
        for kind in kinds
    ]
    rated = rate(usage(*rows), market_book([model]))
    costs = dict(rated.lines.select("customer", "unrounded").iter_rows())
    day = (TODAY - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    for kind in kinds:
        price = model_price(model, kind, TODAY)  # type: ignore[arg-type]
        assert math.isclose(float(costs[kind]) * 100, price, rel_tol=1e-12)
        assert model_prices.evaluate(model, kind, day) == price


def test_a_thousand_small_customers_pay_what_they_use() -> None:
    """A hundred tokens at $2.50 a million are 0.00025, of a thousand customers 0.25 together."""
    rows = [{"customer": str(n), "model": "gpt-4o", "input_tokens": 100} for n in range(1000)]
    rated = rate(usage(*rows), market_book(["gpt-4o"]))
    assert float(rated.bill["billed_cost"].sum()) == 0.25
