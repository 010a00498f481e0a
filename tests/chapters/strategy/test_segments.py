"""Segments and two-part tariffs: published exercises, hand arithmetic, and a plain search."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lmprice
from lmprice import PricingError

segment_prices: Any = lmprice.segment_prices
two_part_tariff: Any = lmprice.two_part_tariff

# What is masked is unknown, whatever number stands behind the mask.
HALF_KNOWN = np.ma.array([1000, 600], mask=[False, True])
intercepts = st.floats(1, 100)
slopes = st.floats(0.1, 10)
segments = st.lists(st.tuples(intercepts, slopes), min_size=1, max_size=4)
costs = st.floats(0, 30)


# Segments --------------------------------------------------------------------------------------


def test_two_counties() -> None:
    # brainmass 417066: demands 1000 - P and 600 - P at a marginal cost of 200.
    found = segment_prices([1000, 600], [1, 1], 200)
    assert found.prices.tolist() == [600, 400]
    assert found.quantities.tolist() == [400, 200]
    assert found.profits.tolist() == [160_000, 40_000]
    assert found.elasticities.tolist() == [-1.5, -2]
    assert found.consumer_surpluses.tolist() == [80_000, 20_000]
    # Hand: 1600 - 2 P together, so the middle of 800 and 200; (500 - 200) * (500 + 100).
    assert found.uniform_price == 500
    assert (found.uniform.profit, found.gain, found.excluded) == (180_000, 20_000, ())
    assert found.uniform.consumer_surplus == 500**2 / 2 + 100**2 / 2


def test_one_price_leaves_a_segment_out() -> None:
    # Hand: both at (160 / 2 + 50) / 2 = 65 is above the second choke price of 60.
    found = segment_prices([100, 60], 1, 50)
    assert (found.uniform_price, found.uniform.profit) == (75, 625)
    assert found.excluded == (1,)
    assert found.uniform.served.tolist() == [True, False]
    assert math.isnan(found.uniform.elasticities[1])
    assert found.gain == 25  # (55 - 50) * 5
    # Both tops are feasible: 100 - p alone earns 2500 at 50, with 40 - p also 70 * 35 * 2 = 2450.
    assert segment_prices([100, 40], 1, 0).uniform_price == 50


def test_segments_that_cost_more_than_they_pay() -> None:
    found = segment_prices([100, 60], 1, [10, 70])
    assert found.prices[0] == 55
    assert math.isnan(found.prices[1])
    assert found.profits.tolist() == [2025, 0]
    # Hand: the single price that serves the first alone is 55, and the second would buy 5 at 15
    # less than cost; at its choke price of 60 the first brings 2000 without that loss.
    assert (found.uniform_price, found.uniform.profit) == (60, 2000)
    nothing = segment_prices([10, 20], 1, 30)
    assert math.isnan(nothing.uniform_price)
    assert nothing.profit == nothing.uniform.profit == nothing.consumer_surplus == 0


@given(segments, costs)
def test_apart_is_never_worse_and_each_price_is_best(
    drawn: list[tuple[float, float]], cost: float
) -> None:
    a, b = np.array(drawn).T
    found = segment_prices(a, b, cost)
    assert found.profit >= found.uniform.profit - 1e-9 * found.profit

    def profit(price: Any) -> Any:
        return (price - cost) * np.maximum(a - b * price, 0)

    for price, own in zip(found.prices, found.profits, strict=True):
        if not math.isnan(price):
            assert np.all(profit(price).max() >= own - 1e-9)
    for step in (0.99, 1.01):
        moved = np.where(np.isnan(found.prices), cost, found.prices * step)
        assert (profit(moved) <= found.profits + 1e-9).all()
    grid = np.linspace(0, (a / b).max(), 400)[:, None]
    best = ((grid - cost) * np.maximum(a - b * grid, 0)).sum(axis=1).max()
    assert found.uniform.profit >= best - 1e-9 * max(best, 1)


# Two-part tariffs ------------------------------------------------------------------------------


def test_two_types() -> None:
    # techwhiff 396705: demands 5 - 0.25 P and 5 - 0.2 P at a marginal cost of 8.
    found = two_part_tariff([5, 5], [0.25, 0.2], 8)
    assert (found.price, found.fee, found.profit) == pytest.approx((9, 15.125, 36.2))
    assert found.served.all()
    high = found.options[1]
    assert (high.price, high.fee, high.profit) == pytest.approx((8, 28.9, 28.9))
    assert high.served.tolist() == [False, True]


def test_one_type_pays_cost_and_all_its_surplus() -> None:
    found = two_part_tariff([100], 1, 20, 3)
    assert (found.price, found.fee, found.profit) == pytest.approx((20, 3200, 9600))


def test_few_low_types_are_left_out() -> None:
    # Hand: 40 high types with 10 - p at cost pay 8^2 / 2 = 32 each; one low type is not worth it.
    found = two_part_tariff([4, 10], 1, 2, [1, 40])
    assert (found.price, found.fee, found.profit) == pytest.approx((2, 32, 1280))
    assert found.served.tolist() == [False, True]


def test_nobody_pays_the_cost() -> None:
    found = two_part_tariff([4, 10], 1, 20)
    assert math.isnan(found.price)
    assert math.isnan(found.fee)
    assert found.profit == 0
    assert not found.served.any()


@given(segments, costs, st.lists(st.integers(1, 20), min_size=4, max_size=4))
def test_no_tariff_earns_more(
    drawn: list[tuple[float, float]], cost: float, many: list[int]
) -> None:
    a, b = np.array(drawn).T
    counts = np.array(many[: a.size], dtype=float)
    found = two_part_tariff(a, b, cost, counts)
    for price in [*np.linspace(0, (a / b).max(), 60), cost]:
        quantities = np.maximum(a - b * price, 0)
        surplus = quantities**2 / (2 * b)
        for fee in surplus:
            joins = (surplus >= fee) & (quantities > 0)
            profit = (counts * (fee + (price - cost) * quantities))[joins].sum()
            assert found.profit >= profit - 1e-7 * max(abs(profit), 1)
    if found.profit > 0:
        joined = a[found.served] - b[found.served] * found.price
        surplus = joined**2 / (2 * b[found.served])
        assert (surplus >= found.fee * (1 - 1e-6) - 1e-9).all()


def test_large_and_small_numbers_bring_no_infinite_ones() -> None:
    found = segment_prices([1e60, 600], [1e-60, 1e60], [1e60, 0])
    assert np.isfinite([found.profit, found.uniform.profit, found.consumer_surplus]).all()
    assert found.prices[0] == pytest.approx(1e120 / 2)
    tariff = two_part_tariff([1e60, 600], [1e-60, 1e60], 1e60, [1e60, 1])
    assert np.isfinite([tariff.price, tariff.fee, tariff.profit]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: segment_prices([1, -1], 1, 0), r"segment_prices: intercepts\[1\] -1 is not above"),
        (lambda: segment_prices([1, 2], [1, 0], 0), r"slopes\[1\] 0 is not above 0"),
        (lambda: segment_prices([1, 2], [1, 1, 1], 0), "slopes 3 is the number of rows, but"),
        (lambda: segment_prices([], 1, 0), r"intercepts \[\] has no rows"),
        (lambda: segment_prices([1], 1, -2), "unit_cost -2 is below 0"),
        (lambda: segment_prices(HALF_KNOWN, 1, 200), r"intercepts\[1\] nan is not a number"),
        (lambda: two_part_tariff(HALF_KNOWN, 1, 200), r"intercepts\[1\] nan is not a number"),
        (lambda: segment_prices([1e308, 6], 1, 2), r"intercepts\[0\] 1e\+308 is too large to comp"),
        (lambda: segment_prices([1], 1e-308, 2), "slopes 1e-308 is too small to compute with"),
        (lambda: segment_prices([1], 1, 1e308), r"unit_cost 1e\+308 is too large to compute with"),
        (lambda: two_part_tariff([1], 1, 1e308), r"unit_cost 1e\+308 is too large to compute"),
        (lambda: two_part_tariff([1], 1, 1, 1e308), r"counts 1e\+308 is too large to compute"),
        (lambda: two_part_tariff([1], 1, [1, 2]), r"unit_cost \[1, 2\] is not a single number"),
        (lambda: two_part_tariff([1], 1, 1, 0), "two_part_tariff: counts 0 is not above 0"),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()
