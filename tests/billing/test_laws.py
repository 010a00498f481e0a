"""Laws that every bill keeps, on random books and logs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import polars as pl
import pytest

from lmprice.billing import PriceBook, parse_book, rate
from lmprice.billing.rating import Rating
from lmprice.billing.reconciling import KINDS
from tests.billing.random_books import Case, draw_case

SEEDS = range(2000, 2012)
SPAN = (date(2023, 1, 1), date(2027, 1, 1))


def table(case: Case) -> pl.DataFrame:
    """The log of a case."""
    columns = sorted({column for row in case.rows for column in row})
    rows = [[row.get(column, "") for column in columns] for row in case.rows]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def book_of(case: Case) -> PriceBook:
    return parse_book(case.book)


def billed(found: Rating) -> dict[tuple[str, date], Decimal]:
    """What is billed, where anything is."""
    rows = found.bill.select("customer", "period", "billed_cost").iter_rows()
    return {(customer, period): cost for customer, period, cost in rows if cost}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    case = draw_case(seed)
    rows = table(case)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=seed)
    assert billed(rate(rows, book_of(case))) == billed(rate(shuffled, book_of(case)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bill_does_not_depend_on_others(seed: int) -> None:
    case = draw_case(seed)
    rows, book = table(case), book_of(case)
    all_bills = billed(rate(rows, book, period=SPAN))
    for customer in rows["customer"].str.strip_chars().unique():
        own = rows.filter(pl.col("customer").str.strip_chars() == customer)
        alone = billed(rate(own, book, period=SPAN))
        mine = {key: cost for key, cost in all_bills.items() if key[0] == customer}
        assert {key: cost for key, cost in alone.items() if key[0] == customer} == mine


@pytest.mark.parametrize("seed", SEEDS)
def test_spans_add_up(seed: int) -> None:
    case = draw_case(seed)
    rows, book = table(case), book_of(case)
    whole = billed(rate(rows, book, period=(date(2023, 12, 1), date(2027, 3, 1))))
    middle = Random(seed).choice([date(2024, 9, 1), date(2025, 6, 10), date(2026, 1, 31)])
    parts = billed(rate(rows, book, period=(date(2023, 12, 1), middle)))
    later = billed(rate(rows, book, period=(middle, date(2027, 3, 1))))
    assert not parts.keys() & later.keys()
    # A period across the cut lies in neither part.
    assert all(whole[key] == cost for key, cost in {**parts, **later}.items())
    missing = whole.keys() - parts.keys() - later.keys()
    assert all(abs((key[1] - middle).days) <= 31 for key in missing)


@pytest.mark.parametrize("seed", SEEDS)
def test_grains_add_up_and_all_is_accounted_for(seed: int) -> None:
    case = draw_case(seed)
    found = rate(table(case), book_of(case), by=["day", "tier"], rows=True)
    plain = rate(table(case), book_of(case))
    assert billed(found) == billed(plain)
    assert found.detail is not None
    assert found.rows is not None
    for grain in (found.detail, found.rows, found.lines):
        for cost in ("effective_cost", "billed_cost"):
            sums = grain.group_by("customer", "period").agg(pl.col(cost).sum())
            there = {(c, p): v for c, p, v in sums.iter_rows() if v}
            bill = found.bill.select("customer", "period", cost).iter_rows()
            assert there == {(c, p): v for c, p, v in bill if v}
    totals = found.totals
    assert sum(totals.rows_by_kind[kind] for kind in KINDS) == totals.rows
    for name, amount in totals.amounts.items():
        assert sum(totals.amounts_by_kind[kind][name] for kind in KINDS) == amount


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_of_price_to_the_same_price_changes_nothing(seed: int) -> None:
    case = draw_case(seed)
    before = billed(rate(table(case), book_of(case)))
    charges = case.book["charges"]
    moments = sorted({row["timestamp"][:10] for row in case.rows})
    for charge in list(charges):
        if "valid_until" not in charge:
            again = {**charge, "valid_from": moments[len(moments) // 2]}
            others = [c for c in charges if (c["model"], c["meter"], c.get("when")) == (
                charge["model"], charge["meter"], charge.get("when"))]  # fmt: skip
            if len(others) == 1 and "valid_from" not in charge:
                charges.append(again)
    assert billed(rate(table(case), book_of(case))) == before
