"""Laws of the optimal prices: nothing near is better, and capacity is kept."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import gross_margin, profit
from tests.chapters.strategy.chapters import function

capacity_price_elastic = function("capacity_price_elastic")
capacity_price_exponential = function("capacity_price_exponential")
capacity_price_linear = function("capacity_price_linear")
capacity_price_logit = function("capacity_price_logit")
constant_elasticity_demand = function("constant_elasticity_demand")
exponential_demand = function("exponential_demand")
linear_demand = function("linear_demand")
logit_demand = function("logit_demand")
markup_price = function("markup_price")
optimal_price_exponential = function("optimal_price_exponential")
optimal_price_linear = function("optimal_price_linear")
optimal_price_logit = function("optimal_price_logit")

amount = st.floats(0.01, 1e4)
cost = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
elastic = st.floats(-20, -1.01)

# Each form of demand: its parameters, the demand, the best price and the one within a capacity.
linear = st.tuples(amount, amount).map(
    lambda d: (
        lambda p: linear_demand(p, *d),
        lambda c: optimal_price_linear(*d, c),
        lambda c, k: capacity_price_linear(*d, c, k),
    )
)
power = st.tuples(amount, elastic).map(
    lambda d: (
        lambda p: constant_elasticity_demand(p, *d),
        lambda c: markup_price(c, d[1]),
        lambda c, k: capacity_price_elastic(*d, c, k),
    )
)
exponential = st.tuples(amount, st.floats(0.01, 10)).map(
    lambda d: (
        lambda p: exponential_demand(p, *d),
        lambda c: optimal_price_exponential(d[1], c),
        lambda c, k: capacity_price_exponential(*d, c, k),
    )
)
logit = st.tuples(st.floats(-20, 20), st.floats(-10, -0.01), amount).map(
    lambda d: (
        lambda p: logit_demand(p, *d),
        lambda c: optimal_price_logit(d[0], d[1], c),
        lambda c, k: capacity_price_logit(d[0], d[1], c, k, d[2]),
    )
)
demands = st.one_of(linear, power, exponential, logit)


@given(demands, cost)
def test_no_price_a_hundredth_away_is_better(demand: Any, unit_cost: float) -> None:
    quantity, optimum, _ = demand
    price = optimum(unit_cost)
    assume(not math.isnan(price))
    best = profit(quantity(price), price, unit_cost)
    for near in (0.99 * price, 1.01 * price):
        earned = profit(quantity(near), near, unit_cost)
        assert earned <= best + 1e-12 * (price + unit_cost) * quantity(near)


@given(demands, cost, st.floats(0.001, 1e4))
def test_capacity_is_kept_and_well_used(demand: Any, unit_cost: float, capacity: float) -> None:
    quantity, optimum, within = demand
    price = within(unit_cost, capacity)
    assume(not math.isnan(price) and quantity(price) > 1e-250)
    sold = quantity(price)
    assert sold <= capacity * (1 + 1e-6) + 1e-9
    free = optimum(unit_cost)
    if price == free:
        return
    # Above the price that is best without a limit, only to fill the capacity.
    assert not price < free
    assert sold == pytest.approx(capacity, rel=1e-6, abs=1e-9)
    # A higher price would earn less.
    higher = 1.01 * price
    slack = 1e-9 * (price + unit_cost) * sold
    assert profit(quantity(higher), higher, unit_cost) <= profit(sold, price, unit_cost) + slack


@given(st.floats(0.01, 1e3), elastic)
def test_lerners_index_is_one_over_the_elasticity(unit_cost: float, e: float) -> None:
    assert gross_margin(markup_price(unit_cost, e), unit_cost) == pytest.approx(-1 / e)


@pytest.mark.parametrize("intercept", [-1e6, -700.0, 0.0, 30.0, 1e4, 1e6])
@pytest.mark.parametrize("slope", [-100.0, -1.0, -1e-3])
def test_logit_optimum_far_out(intercept: float, slope: float) -> None:
    # The condition of the optimum, |b1| (p - c) = 1 + w with w + ln w = b0 + b1 c - 1, in logs.
    price = optimal_price_logit(intercept, slope, 2)
    beyond = -slope * (price - 2) - 1
    if beyond > 1e-6:
        assert beyond + math.log(beyond) == pytest.approx(intercept + 2 * slope - 1, rel=1e-6)
    else:  # nearly nobody buys: the margin is that of exponential demand
        assert intercept + 2 * slope - 1 < -10
        assert price == pytest.approx(2 - 1 / slope, rel=1e-5)


def test_logit_without_a_limit() -> None:
    assert capacity_price_logit(6, -2, 2, [100, 1000], 100).tolist() == [3, 3]
