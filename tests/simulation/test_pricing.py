"""Cost and profit over a range of quantities: figures by hand and laws of the curve."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lmprice
from lmprice import PricingError
from lmprice.simulation import simulate_pricing


def test_constant_unit_cost() -> None:
    curve = simulate_pricing(range(101), 20, 10, 100)
    assert (curve.cost[100], curve.revenue[100], curve.profit[100]) == (1100, 2000, 900)
    assert (curve.profit[1], curve.profit[10]) == (-90, 0)
    assert curve.breakevens == (10,)
    assert (curve.best_quantity, curve.maximum_profit) == (100, 900)


def test_quadratic_cost() -> None:
    curve = simulate_pricing(np.arange(101), 20, 10, 100, quadratic=0.1)
    assert (curve.cost[100], curve.profit[100]) == pytest.approx((2100, -100))
    # 0.1 x² - 10 x + 100 = 0 at 50 ± sqrt(1500)
    assert curve.breakevens == pytest.approx((50 - math.sqrt(1500), 50 + math.sqrt(1500)))
    assert (curve.best_quantity, curve.maximum_profit) == (50, 150)
    below = simulate_pricing([0, 30], 20, 10, 100, quadratic=0.1)
    assert (below.best_quantity, below.maximum_profit) == pytest.approx((30, 110))


def test_curves_without_breakeven() -> None:
    dear = simulate_pricing([0, 10], 8, 10, 100)
    assert dear.breakevens == ()
    assert (dear.best_quantity, dear.maximum_profit) == (0, -100)
    assert simulate_pricing([0, 10], 20, 10, 300, quadratic=0.1).breakevens == ()
    # A curve that just touches zero does so once: 0.1 x² - 10 x + 250 = 0.1 (x - 50)²
    assert simulate_pricing([0, 100], 20, 10, 250, quadratic=0.1).breakevens == (50,)
    # A linear coefficient may be below 0.
    assert simulate_pricing([0, 9], 1, -1, 0, quadratic=1).breakevens == (0, 2)


money = st.floats(0, 1000)


@given(
    st.lists(st.floats(0, 1e4), min_size=2, max_size=30),
    money,
    money,
    money,
    st.sampled_from([0.0]) | st.floats(1e-3, 10),
)
def test_laws_of_the_curve(
    quantities: list[float], price: float, unit_cost: float, fixed: float, quadratic: float
) -> None:
    curve = simulate_pricing(quantities, price, unit_cost, fixed, quadratic)
    size = float(np.max(curve.revenue + curve.cost))
    assert curve.profit == pytest.approx(curve.revenue - curve.cost, abs=1e-9 * (size + 1))
    assert curve.maximum_profit >= curve.profit.max() - 1e-9 * (size + 1)
    assert min(quantities) <= curve.best_quantity <= max(quantities)
    assert list(curve.breakevens) == sorted(curve.breakevens)


def test_the_report() -> None:
    text = str(simulate_pricing(range(1, 101), 20, 10, 100, quadratic=0.1))
    lines = text.splitlines()
    assert lines[0].split() == ["Quantity", "Revenue", "Cost", "Profit"]
    assert lines[2].split() == ["1", "20.00", "110.10", "-90.10"]
    assert lines[-4].split() == ["100", "2,000", "2,100", "-100.00"]
    assert len(lines) == 2 + 21 + 3
    assert lines[-2:] == [
        "Breakeven at 11.2702 and 88.7298.",
        "Maximum profit 150.00 at 50.",
    ]
    linear = str(simulate_pricing([1, 5], 20, 10, 100)).splitlines()
    assert len(linear) == 2 + 2 + 3
    assert linear[-2:] == [
        "Breakeven at 10 (outside the range).",
        "Maximum profit -50.00 at 5, the end of the range.",
    ]
    assert "No quantity breaks even." in str(simulate_pricing([1, 5], 8, 10, 100))
    assert lmprice.simulate_pricing is simulate_pricing


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, -2], 20, 10), "simulate_pricing: quantities[1] -2 is below 0"),
        (([1], 20, 10), "quantities [1] is not two quantities or more"),
        ((3, 20, 10), "quantities 3 is not two quantities or more"),
        (([1, 2], -20, 10), "price -20 is below 0"),
        (([1, 2], 20, -10), "unit_cost -10 is below 0"),
        (([1, 2], 20, 10, -1), "fixed_cost -1 is below 0"),
        (([1, 2], 20, 10, 0, -0.1), "quadratic -0.1 is not above 0"),
        (([1, 2], [20, 30], 10), "price [20, 30] is not a single number"),
    ],
)
def test_what_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(PricingError) as caught:
        simulate_pricing(*arguments)
    assert message in str(caught.value)
