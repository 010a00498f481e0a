"""Dirty price histories: what is set aside, what is kept, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmprice import PricingError
from lmprice.chapters.decline.fit import fit_decline
from lmprice.chapters.decline.rows import LONG_HISTORY
from lmprice.chapters.decline.trend_fit import TrendFit
from tests.chapters.decline.histories import dates_of, exponential

# What makes dirt of a price, or of a date.
BAD_PRICES: dict[str, Callable[[float], Any]] = {
    "missing": lambda _: None,
    "text": lambda _: "n/a",
    "currency": lambda price: f"€{price:.2f}",
    "nan": lambda _: math.nan,
    "infinite": lambda _: math.inf,
    "negative": lambda price: -price,
    "zero": lambda _: 0,
    "too high": lambda price: 100 * price,
    "too low": lambda price: price / 100,
    "per thousand": lambda price: price / 1000,
}
BAD_DATES: dict[str, Callable[[date], Any]] = {
    "no date": lambda _: None,
    "no such date": lambda _: "2024-13-45",
    "far date": lambda day: day.replace(year=day.year + 70, day=1),
}
DIRT = [*BAD_PRICES, *BAD_DATES]


def soiled(rows: int, seed: int, kinds: list[str]) -> tuple[list[Any], list[Any], set[int]]:
    """A clean exponential with dirt in rows at random, and which."""
    found, prices = exponential(seed, rows)
    dates: list[Any] = [*found]
    places = np.random.default_rng(seed).choice(rows, len(kinds), replace=False).tolist()
    for place, kind in zip(places, kinds, strict=True):
        if kind in BAD_PRICES:
            prices[place] = BAD_PRICES[kind](prices[place])
        else:
            dates[place] = BAD_DATES[kind](dates[place])
    return dates, prices, set(places)


def rows_of(fit: TrendFit) -> set[int]:
    return {s.row for s in fit.set_aside}


def repeated(dates: list[Any], prices: list[Any]) -> set[int]:
    """Rows that say what an earlier one said."""
    seen: set[Any] = set()
    again = set()
    for row, pair in enumerate(zip(dates, prices, strict=True)):
        if pair in seen:
            again.add(row)
        seen.add(pair)
    return again


@pytest.mark.engine
@settings(max_examples=40, deadline=None)
@given(
    st.integers(LONG_HISTORY, 600),
    st.integers(0, 10_000),
    st.lists(st.sampled_from(DIRT), max_size=5),
)
def test_all_injected_dirt_is_named_and_nothing_else(
    rows: int, seed: int, kinds: list[str]
) -> None:
    dates, prices, dirty = soiled(rows, seed, kinds)
    fit = fit_decline(dates, prices)
    assert rows_of(fit) == dirty
    assert fit.n == rows - len(dirty)
    clean = [i for i in range(rows) if i not in dirty]
    other = fit_decline([dates[i] for i in clean], [prices[i] for i in clean])
    assert fit.annual_factor == pytest.approx(other.annual_factor, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_thousands_of_dirty_rows(seed: int) -> None:
    kinds = DIRT * 15
    dates, prices, dirty = soiled(4000, seed, kinds)
    again = repeated(dates, prices) - dirty
    copies = np.random.default_rng(seed).choice(4000, 100).tolist()
    copies = [c for c in copies if c not in dirty]
    dates += [dates[c] for c in copies]
    prices += [prices[c] for c in copies]
    fit = fit_decline(dates, prices)
    assert rows_of(fit) == dirty | again | set(range(4000, len(dates)))
    assert fit.annual_factor == pytest.approx(6, rel=0.02)
    assert f"Set aside {len(fit.set_aside):,} of {len(dates):,} rows:" in str(fit)
    reasons = {s.row: s.reason for s in fit.set_aside}
    assert reasons[4000] == "repeats an earlier row"
    for row in dirty:
        assert reasons[row]
        assert not fit.set_aside[0].reason.startswith("repeats") or fit.set_aside[0].row in again


def test_reasons_and_values_are_those_of_the_row() -> None:
    dates: list[Any]
    prices: list[Any]
    clean = exponential(3, 200)
    dates, prices = [*clean[0]], [*clean[1]]
    slip = 100 * prices[80]
    prices[10], prices[20], prices[80] = -1, "tbd", slip
    dates[30], dates[40] = "2024-02-30", date(2124, 5, 1)
    fit = fit_decline(dates, prices)
    assert [tuple(s) for s in fit.set_aside] == [
        (10, -1, "is not above 0"),
        (20, "tbd", "is not a number"),
        (30, "2024-02-30", "is not a date"),
        (40, date(2124, 5, 1), "is a date far beyond the others"),
        (80, slip, "is far from the prices before and after it: a typo, it seems"),
    ]
    assert "  1: is not above 0 (row 10)" in str(fit)


def test_rows_are_counted_as_they_were_given() -> None:
    dates, prices = exponential(3, 200)
    prices[150] = -1
    fit = fit_decline(dates[::-1], prices[::-1])
    assert [s.row for s in fit.set_aside] == [49]


def test_a_short_history_is_refused_and_a_long_one_cleaned() -> None:
    for rows, refused in ((LONG_HISTORY - 1, True), (LONG_HISTORY, False)):
        dates, prices = exponential(1, rows)
        prices[7] = 0
        if refused:
            with pytest.raises(PricingError, match=r"prices\[7\] 0 is not above 0"):
                fit_decline(dates, prices)
        else:
            assert rows_of(fit_decline(dates, prices)) == {7}


def test_the_policy_can_be_chosen() -> None:
    dates, prices = exponential(1, 30)
    prices[7] = 0
    assert rows_of(fit_decline(dates, prices, dirty="set aside")) == {7}
    dates, prices = exponential(1, 300)
    prices[7] = 0
    with pytest.raises(PricingError, match=r"prices\[7\] 0 is not above 0"):
        fit_decline(dates, prices, dirty="refuse")
    # Nor does it set typos aside then.
    prices[7] = 1e6
    assert rows_of(fit_decline(dates, prices, dirty="refuse")) == set()


def test_more_dirt_than_prices_is_refused() -> None:
    dates, prices = exponential(1, 400)
    for row in range(0, 400, 5):
        prices[row] = -1
    assert len(fit_decline(dates, prices).set_aside) == 80
    for row in range(0, 400, 3):
        prices[row] = -1
    with pytest.raises(PricingError, match=r"prices\[0\] -1 is not above 0 \(187 of 400"):
        fit_decline(dates, prices)


def test_the_first_bad_row_is_named() -> None:
    with pytest.raises(PricingError, match=r"dates\[1\] 'x' is not a date"):
        fit_decline(["2024-01-01", "x", "2024-03-01"], [1, 2, -1])
    with pytest.raises(PricingError, match=r"prices\[0\] -1 is not above 0"):
        fit_decline(["2024-01-01", "x", "2024-03-01"], [-1, 2, 1])


# What is no typo -------------------------------------------------------------------------------


def daily(level: np.ndarray) -> TrendFit:
    noise = np.exp(0.05 * np.random.default_rng(0).normal(size=len(level)))
    return fit_decline(dates_of(np.arange(len(level))), level * noise)


def test_a_rise_that_stays_is_kept() -> None:
    for times in (5, 30, 1000):
        level = np.where(np.arange(600) < 400, 1.0, times)
        fit = daily(level)
        assert fit.set_aside == ()
        assert fit.breaks == (dates_of([400])[0],)


def test_a_fall_that_stays_is_kept_and_so_is_a_short_one() -> None:
    level = np.where(np.arange(600) < 400, 30.0, 1)
    level[200:210] = 3
    assert daily(level).set_aside == ()


def test_the_last_price_may_be_a_rise() -> None:
    level = np.ones(300)
    level[-1] = 20
    assert daily(level).set_aside == ()
    level[-1] = 100
    assert rows_of(daily(level)) == {299}


def test_a_doubling_for_a_day_is_kept() -> None:
    level = np.ones(300)
    level[150] = 2
    assert daily(level).set_aside == ()


def test_a_mix_of_cheap_and_dear_is_kept() -> None:
    random = np.random.default_rng(4)
    level = np.where(random.uniform(size=1000) < 0.2, 0.01, 1.0)
    fit = daily(level)
    assert fit.set_aside == ()
    # But not in silence.
    cheap = np.flatnonzero(level < 1)
    assert len(set(fit.far_off) & set(cheap.tolist())) > 0.9 * len(cheap)
    assert list(fit.far_off) == sorted(fit.far_off)
    first = ", ".join(map(str, fit.far_off[:5]))
    assert (
        f"{len(fit.far_off)} prices far off the trend were kept: too many to be typos "
        f"(row {first}, ...)."
    ) in str(fit)


def test_a_tenth_of_typos_is_set_aside_and_more_are_kept() -> None:
    for count, is_kept in ((30, False), (31, True)):
        level = np.ones(300)
        off = np.arange(5, 5 + 9 * count, 9)
        level[off] = 50
        fit = daily(level)
        assert list(fit.far_off) == (off.tolist() if is_kept else [])
        assert ("were kept" in str(fit)) == is_kept
        assert rows_of(fit) == (set() if is_kept else set(off.tolist()))


def test_far_off_prices_that_the_running_minimum_leaves_out_are_not_kept() -> None:
    dates, prices = exponential(1, 200, noise=0.01)
    for row in range(5, 200, 6):
        prices[row] *= 50
    assert set(range(5, 190, 6)) <= set(fit_decline(dates, prices).far_off)
    assert fit_decline(dates, prices, basis="running minimum").far_off == ()


def test_wide_spread_is_kept() -> None:
    dates, prices = exponential(2, 2000, noise=1.5)
    assert not [s for s in fit_decline(dates, prices).set_aside if "typo" in s.reason]


def test_a_gap_is_kept() -> None:
    days = np.concatenate([np.arange(0, 300), np.arange(900, 1200)])
    fit = fit_decline(dates_of(days), 40 * 3.0 ** (-days / 365))
    assert fit.set_aside == ()
    assert fit.annual_factor == pytest.approx(3)


def test_a_few_early_prices_are_kept() -> None:
    days = np.concatenate([[0, 400, 800, 1200], np.arange(1600, 1700)])
    fit = fit_decline(dates_of(days), 40 * 3.0 ** (-days / 365))
    assert fit.set_aside == ()


def test_prices_of_several_products_are_no_typos() -> None:
    # A line of models at $15 to $60, and two in between at $300 and $600: list prices, too.
    dates, prices = exponential(3, 120, factor=1.3, noise=0.3)
    prices[40], prices[80] = 300, 600
    lineage = fit_decline(dates, prices, basis="lineage")
    assert lineage.n == 120
    assert lineage.set_aside == ()
    assert lineage.far_off == (40, 80)
    assert "2 prices far off the trend were kept: they may be other products" in str(lineage)
    assert rows_of(fit_decline(dates, prices, basis="product")) == {40, 80}


def test_typos_beside_quality_are_told_from_quality() -> None:
    random = np.random.default_rng(9)
    dates, prices = exponential(9, 500)
    quality = random.uniform(0, 10, 500)
    prices = (np.array(prices) * np.exp(quality)).tolist()  # a span of e^10 in one week
    prices[100] *= 1000
    fit = fit_decline(dates, prices, quality=quality)
    assert rows_of(fit) == {100}
    assert fit.annual_factor == pytest.approx(6, rel=0.05)


def test_bad_qualities_are_set_aside() -> None:
    dates, prices = exponential(9, 200)
    quality: list[Any] = np.random.default_rng(1).uniform(0, 10, 200).tolist()
    quality[5], quality[6] = "unknown", math.nan
    fit = fit_decline(dates, prices, quality=quality)
    assert [(s.row, s.reason) for s in fit.set_aside] == [
        (5, "is not a number"),
        (6, "is not a number"),
    ]


# Text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "price"),
    [
        (" 3.0 ", 3), ("3", 3), ("3e-1", 0.3), (".5", 0.5),
        ("$3.00", 3), ("US$ 3", 3), ("USD 3.5", 3.5), (" $ .5 ", 0.5), ("$3e-2", 0.03),
        ("2,000.50", 2000.5), ("$1,234,567", 1_234_567), ("1,000,000.5", 1_000_000.5),
    ],
)  # fmt: skip
def test_text_that_can_be_one_price_only(text: str, price: float) -> None:
    fit = fit_decline(["2024-01-01", "2025-01-01"], [text, 1])
    assert fit.prices[0] == price


@pytest.mark.parametrize(
    "text",
    [
        "2,000", "$2,000", "2.000,50", "3,5", "20,00.5", "1,2345.5", "€3", "3 €", "3 $", "$", "$$3",
        "-$3", "$-3", "three", "", "1_000", "nan", "inf", "٣", "USD", "$ USD 3",
    ],
)  # fmt: skip
def test_text_that_is_no_price_or_may_be_two(text: str) -> None:
    with pytest.raises(PricingError, match=r"prices\[0\] '.*' is not a number"):
        fit_decline(["2024-01-01", "2025-01-01"], [text, 1])


def test_a_quality_is_no_amount_of_money() -> None:
    with pytest.raises(PricingError, match=r"quality\[1\] '\$3' is not a number"):
        fit_decline(["2024-01-01", "2024-06-01", "2025-01-01"], [3, 2, 1], quality=[1, "$3", 2])


@pytest.mark.parametrize("text", ["2024/06/01", "2024/6/1", " 2024/06/01 ", "2024-06-01"])
def test_text_that_can_be_one_date_only(text: str) -> None:
    fit = fit_decline([text, "2025-01-01"], [2, 1])
    assert fit.first == date(2024, 6, 1)
    assert fit.forecast(text).price == pytest.approx(2)


@pytest.mark.parametrize(
    "text", ["01.06.2024", "06/01/2024", "2024-06", "2024/06", "24/06/01", "2024/13/01", "2024"]
)
def test_text_that_is_no_date_or_may_be_two(text: str) -> None:
    with pytest.raises(PricingError, match=r"dates\[0\] '.*' is not a date"):
        fit_decline([text, "2025-01-01"], [2, 1])


@pytest.mark.parametrize("unit", ["D", "s", "us"])
def test_arrays_are_read_like_lists(unit: str) -> None:
    found, prices = exponential(3, 300)
    dates = np.array(found, dtype=f"datetime64[{unit}]")
    if unit != "D":
        dates += np.random.default_rng(1).integers(0, 86_400, 300).astype("timedelta64[s]")
    dates[5] = np.datetime64("NaT")
    values = np.array(prices, dtype=np.float64)
    values[[7, 40, 41, 90]] = math.nan, math.inf, -1.0, 0.0
    values[120] *= 1000
    at_once = fit_decline(dates, values)
    one_by_one = fit_decline([d.item() for d in dates], values.tolist())
    assert {s.row: s.reason for s in at_once.set_aside} == {
        s.row: s.reason for s in one_by_one.set_aside
    }
    assert {s.row for s in at_once.set_aside} == {5, 7, 40, 41, 90, 120}
    assert at_once.annual_factor == one_by_one.annual_factor
    assert at_once.interval == one_by_one.interval


def test_arrays_of_serial_numbers_and_of_whole_prices() -> None:
    serials = np.arange(45_000, 45_200)
    prices = np.repeat([8, 4, 2, 1], 50)
    at_once = fit_decline(serials, prices, basis="lineage", quality=np.linspace(1, 2, 200) ** 2)
    lists = fit_decline(
        serials.tolist(), prices.tolist(), basis="lineage", quality=[*np.linspace(1, 2, 200) ** 2]
    )
    assert at_once.annual_factor == lists.annual_factor
    with pytest.raises(PricingError, match=r"dates.*12.* is not a date"):
        fit_decline(np.array([12.0, 45_000.0]), np.array([2.0, 1.0]))
    with pytest.raises(PricingError, match=r"prices.*-1.* is not above 0"):
        fit_decline(serials[:2], np.array([-1, 1]))
