"""Demand and its elasticity: published numbers, hand arithmetic and laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import PricingError
from tests.chapters.strategy.chapters import FUNCTIONS, function

constant_elasticity_demand = function("constant_elasticity_demand")
elasticity = function("elasticity")
exponential_demand = function("exponential_demand")
exponential_elasticity = function("exponential_elasticity")
linear_demand = function("linear_demand")
linear_elasticity = function("linear_elasticity")
logit_demand = function("logit_demand")
logit_elasticity = function("logit_elasticity")

price = st.floats(0.01, 100)
STEP = 1e-5


def test_midpoint_elasticity() -> None:
    # OpenStax, Principles of Economics, chapter 5.1: demand (printed as 0.56, without its
    # sign) and supply (3.53, from rounded changes).
    assert elasticity(2800, 2600, 70, 80) == pytest.approx(-0.555555555556)
    assert elasticity(10_000, 13_000, 650, 700) == pytest.approx(3.52173913043)


def test_limits_of_demand() -> None:
    assert linear_demand([0, 50, 1e6], 100, 2).tolist() == [100, 0, 0]
    assert logit_demand([0, 3, 1e6], [2000, 6, 6], -2).tolist() == [1, 0.5, 0]
    # The probability e^-650 of a utility of -650, where one over it would be near the limit.
    assert logit_demand(650, 0, -1) == pytest.approx(math.exp(-650), rel=1e-12, abs=0)
    assert exponential_demand(1e6, 5, 1) == 0
    assert math.isnan(constant_elasticity_demand(0, 1, -2))
    assert math.isnan(constant_elasticity_demand(1e-3, 1, -100))
    assert constant_elasticity_demand([0.5, 2], 8, -1).tolist() == [16, 4]


def test_no_elasticity() -> None:
    assert math.isnan(elasticity(10, 12, 5, 5))
    assert math.isnan(elasticity(10, 12, 0, 0))
    assert math.isnan(elasticity(0, 0, 5, 6))
    assert np.isnan(linear_elasticity([50, 60], 100, 2)).all()
    assert math.isnan(linear_elasticity(0, 0, 2))
    # Everybody buys, and nobody does.
    assert logit_elasticity(1000, 3000, -2) == 0
    assert logit_elasticity(1000, 0, -2) == -2000


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("linear_demand", (-1, 1, 1), "price -1 is below 0"),
        ("linear_demand", (1, 1, 0), "slope 0 is not above 0"),
        ("constant_elasticity_demand", (1, 1, 0.5), "elasticity 0.5 is above 0"),
        ("exponential_demand", (1, 0, 1), "demand_scale 0 is not above 0"),
        ("logit_demand", (1, 0, 1), "slope 1 is above 0"),
        ("elasticity", (1, -1, 1, 1), "quantity_after -1 is below 0"),
    ],
)
def test_invalid(name: str, arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(PricingError) as raised:
        function(name)(*arguments)
    assert str(raised.value) == f"{name}: {message}"


def slope_in_logs(demand: Any, at: float) -> float:
    """The elasticity as the definition has it: the slope of ln Q over ln p."""
    around = np.log(demand(np.array([at * (1 - STEP), at * (1 + STEP)])))
    return float((around[1] - around[0]) / (math.log1p(STEP) - math.log1p(-STEP)))


@given(price, st.floats(1, 1e4), st.floats(0.01, 100))
def test_elasticity_of_linear_demand(at: float, intercept: float, slope: float) -> None:
    assume(slope * at < 0.99 * intercept)
    found = slope_in_logs(lambda p: linear_demand(p, intercept, slope), at)
    assert linear_elasticity(at, intercept, slope) == pytest.approx(found, rel=1e-4, abs=1e-9)


@given(price, st.floats(0.01, 5))
def test_elasticity_of_exponential_demand(at: float, slope: float) -> None:
    found = slope_in_logs(lambda p: exponential_demand(p, 7, slope), at)
    assert exponential_elasticity(at, slope) == pytest.approx(found, rel=1e-4, abs=1e-9)


@given(price, st.floats(-20, 20), st.floats(-5, -0.01))
def test_elasticity_of_logit_demand(at: float, intercept: float, slope: float) -> None:
    found = slope_in_logs(lambda p: logit_demand(p, intercept, slope, 7), at)
    assert logit_elasticity(at, intercept, slope) == pytest.approx(found, rel=1e-4, abs=1e-9)


@given(price, st.floats(1, 1e4), st.floats(-10, -0.01))
def test_elasticity_of_power_demand(at: float, scale: float, e: float) -> None:
    found = slope_in_logs(lambda p: constant_elasticity_demand(p, scale, e), at)
    assert found == pytest.approx(e, rel=1e-4)


@given(price, st.floats(0.001, 0.5), st.floats(-5, -0.1))
def test_midpoint_elasticity_is_the_same_both_ways(at: float, up: float, e: float) -> None:
    prices = at, at * (1 + up)
    sold = [constant_elasticity_demand(p, 1000, e) for p in prices]
    there = elasticity(*sold, *prices)
    assert elasticity(*reversed(sold), *reversed(prices)) == pytest.approx(there)
    # Close to the constant one for a small change, and never of another sign.
    assert there < 0
    near = [constant_elasticity_demand(p, 1000, e) for p in (at, at * 1.0001)]
    assert elasticity(*near, at, at * 1.0001) == pytest.approx(e, rel=1e-4)


@given(price, st.floats(0, 50), st.sampled_from(["linear", "power", "exponential", "logit"]))
def test_demand_falls_with_the_price(at: float, more: float, form: str) -> None:
    demand: dict[str, Callable[[float], float]] = {
        "linear": lambda p: linear_demand(p, 100, 2),
        "power": lambda p: constant_elasticity_demand(p, 100, -2),
        "exponential": lambda p: exponential_demand(p, 100, 0.1),
        "logit": lambda p: logit_demand(p, 6, -2, 100),
    }
    assert demand[form](at + more) <= demand[form](at)


@pytest.mark.parametrize("name", ["linear_demand", "exponential_demand", "logit_elasticity"])
def test_arrays_broadcast(name: str) -> None:
    slope = -2.0 if name.startswith("logit") else 2.0
    table = function(name)([[5.0], [7.0]], [20.0, 30.0, 40.0], slope)
    assert table.shape == (2, 3)
    assert table[1, 2] == function(name)(7.0, 40.0, slope)


def test_the_chapter_is_registered() -> None:
    chapter = [f for f in FUNCTIONS if f.category == "demand"]
    assert len(chapter) == 9
    assert all(f.has_formula for f in chapter)
