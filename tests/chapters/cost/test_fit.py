"""Cost curves: exact data, a published regression, both methods, laws and refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lmprice import PricingError, fit_cost_curve, quadratic_cost

# The cost curve of the source article, 0.1 x² + 10 x + 100.
QUANTITIES = np.arange(0, 210, 10.0)
EXACT = np.asarray(quadratic_cost(QUANTITIES, 0.1, 10, 100))

# NIST StRD, Norris: the certified regression of y on x.
NORRIS_Y = [
    0.1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1,
    668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888.0,
    998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
]  # fmt: skip
NORRIS_X = [
    0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, 0.4, 0.6, 775.5,
    666.9, 338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2,
    999.0, 779.0, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
]  # fmt: skip

METHODS = ["least squares", "gradient descent"]

rows = st.lists(
    st.tuples(st.integers(0, 1000), st.floats(0, 1e5)),
    min_size=5,
    max_size=20,
    unique_by=lambda row: row[0],
)


@pytest.mark.parametrize("method", METHODS)
def test_the_articles_curve_comes_back(method: Any) -> None:
    found = fit_cost_curve(QUANTITIES, EXACT, "quadratic", method)
    assert (found.quadratic, found.linear, found.fixed_cost) == pytest.approx((0.1, 10, 100))
    assert found.r_squared == pytest.approx(1)
    assert found.residual_error == pytest.approx(0, abs=1e-9)
    assert found.cost(100) == pytest.approx(2100)
    assert found.cost([0, 10]) == pytest.approx([100, 210])
    assert found.method == method


@pytest.mark.parametrize("method", METHODS)
def test_certified_values(method: Any) -> None:
    found = fit_cost_curve(NORRIS_X, NORRIS_Y, method=method)
    assert found.fixed_cost == pytest.approx(-0.262323073774029, rel=1e-10)
    assert found.linear == pytest.approx(1.00211681802045, rel=1e-12)
    assert found.standard_errors == pytest.approx(
        (0.232818234301152, 0.429796848199937e-03, 0), rel=1e-10
    )
    assert found.residual_error == pytest.approx(0.884796396144373, rel=1e-10)
    assert found.r_squared == pytest.approx(0.999993745883712, rel=1e-12)
    assert found.quadratic == 0
    assert found.rows == 36


def test_high_and_low_month() -> None:
    # The high-low method by hand: (2100 - 1100) / (200 - 100) = 10 a unit, and 100 fixed.
    found = fit_cost_curve([100, 200], [1100, 2100])
    assert (found.linear, found.fixed_cost) == pytest.approx((10, 100))
    assert math.isnan(found.residual_error)
    assert all(map(math.isnan, found.standard_errors[:2]))
    assert "an exact fit (2 observations): nothing is known of its error" in str(found)


def test_what_it_says() -> None:
    # By hand, with orthogonal polynomials: residuals of -0.1, 0.3, -0.3 and 0.1.
    found = fit_cost_curve([0, 1, 2, 3], [-3, 2, 8, 17], "quadratic")
    assert str(found) == (
        "cost = -2.9 + 3.6 x + 1 x²: R² 0.9991, residual error 0.4472 (4 observations)\n"
        "The fixed cost is below 0: the curve does not hold for small quantities."
    )
    falling = fit_cost_curve([0, 1, 2, 3], [10, 8, 7, 4])
    assert str(falling) == "cost = 10.1 - 1.9 x: R² 0.9627, residual error 0.5916 (4 observations)"


def test_cost_that_does_not_vary_has_nothing_to_explain() -> None:
    found = fit_cost_curve([1, 2, 3], [5, 5, 5])
    assert math.isnan(found.r_squared)
    assert found.fixed_cost == pytest.approx(5)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("curve", ["linear", "quadratic"])
def test_a_constant_cost_is_said_to_be_one(curve: Any, method: Any) -> None:
    found = fit_cost_curve([1, 2, 3, 5], [3, 3, 3, 3], curve, method)
    assert str(found) == "cost = 3: the cost does not vary (4 observations)"
    assert (found.linear, found.quadratic) == (0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_rounding_is_no_coefficient(method: Any) -> None:
    found = fit_cost_curve([1, 2, 3, 7], [2, 4, 6, 14], "quadratic", method)
    assert (found.fixed_cost, found.quadratic) == (0, 0)
    assert str(found).startswith("cost = 0 + 2 x: R² 1.0000, residual error ")
    # A small part is no rounding.
    small = fit_cost_curve([1, 2, 3, 7], [1e6 + 1e-6 * x for x in (1, 2, 3, 7)], method=method)
    assert small.linear == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([5, 5], [1, 2]), r"quantities 1 is the number of different quantities: .* at least 2"),
        (([1, 2], [1, 2], "quadratic"), r"quantities 2 is the number .* at least 3"),
        (([0, 1e-12, 1], [1, 2, 3], "quadratic"), r"quantities 3 .* too close to tell them apart"),
        (([1, 2], [1, 2, 3]), r"costs \[1, 2, 3\] is not as long as the 2 quantities"),
        ((3, 4), r"quantities 3 is not a column"),
        (([1, 2, 3], [1e308] * 3), r"costs\[0\] 1e\+308 is beyond 1e\+100, too .* \(3 of 3"),
        (([1, 2, 1e200], [1, 2, 3], "quadratic"), r"quantities\[2\] 1e\+200 is beyond 1e\+100"),
        (([1e-200, 2e-200, 3e-200], [1, 2, 3]), r"quantities 3 .* too close to tell them apart"),
        (([-1, 2], [1, 2]), r"quantities\[0\] -1 is below 0"),
        (([1, 2], [1, math.nan]), r"costs\[1\] nan is not a number"),
        (([1, 2], [1, 2], "cubic"), r"curve 'cubic' is not one of linear, quadratic"),
        (([1, 2], [1, 2], "linear", "guess"), r"method 'guess' is not one of least squares"),
    ],
)
def test_invalid(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(PricingError, match=f"fit_cost_curve: {message}"):
        fit_cost_curve(*arguments)


@given(rows, st.sampled_from(["linear", "quadratic"]))
def test_gradient_descent_gives_least_squares(table: list[tuple[int, float]], curve: Any) -> None:
    quantities, costs = zip(*table, strict=True)
    direct = fit_cost_curve(quantities, costs, curve)
    walked = fit_cost_curve(quantities, costs, curve, "gradient descent")
    size = max(costs) + 1
    at = np.array(quantities, dtype=float)
    assert walked.cost(at) == pytest.approx(direct.cost(at), rel=1e-6, abs=1e-9 * size)
    for name in ("fixed_cost", "linear", "quadratic"):
        found, known = getattr(walked, name), getattr(direct, name)
        # Where a coefficient is next to nothing, its size on the curve counts.
        scale = {"fixed_cost": 1, "linear": 1e3, "quadratic": 1e6}[name]
        assert found == pytest.approx(known, rel=1e-6, abs=1e-9 * size / scale)


@given(rows, st.floats(0.01, 100), st.floats(0.01, 100))
def test_other_units_give_the_same_curve(
    table: list[tuple[int, float]], by_quantity: float, by_cost: float
) -> None:
    quantities, costs = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    one = fit_cost_curve(quantities, costs, "quadratic")
    other = fit_cost_curve(by_quantity * quantities, by_cost * costs, "quadratic")
    assert other.cost(by_quantity * quantities) == pytest.approx(
        by_cost * np.asarray(one.cost(quantities)), rel=1e-7, abs=1e-7 * by_cost * (max(costs) + 1)
    )


@given(rows, st.floats(-1, 1), st.floats(-0.01, 0.01))
def test_no_other_line_is_closer(
    table: list[tuple[int, float]], fixed: float, linear: float
) -> None:
    quantities, costs = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    found = fit_cost_curve(quantities, costs)

    def error(fixed_cost: float, unit_cost: float) -> float:
        return float(np.sum((costs - fixed_cost - unit_cost * quantities) ** 2))

    best = error(found.fixed_cost, found.linear)
    assert best <= error(found.fixed_cost + fixed, found.linear + linear) * (1 + 1e-9) + 1e-6


def test_prediction_interval_of_the_textbook() -> None:
    units, costs = np.array([10.0, 50, 100, 200]), np.array([205.0, 590, 1110, 2095])
    line = stats.linregress(units, costs)
    left = costs - line.intercept - line.slope * units
    error = math.sqrt(left @ left / 2)
    gap = (150 - units.mean()) ** 2 / np.sum((units - units.mean()) ** 2)
    reach = stats.t.ppf(0.95, 2) * error * math.sqrt(1 + 1 / 4 + gap)
    middle = line.intercept + line.slope * 150
    found = fit_cost_curve(units, costs).prediction(150)
    assert found == pytest.approx((middle, middle - reach, middle + reach))
    assert math.isnan(fit_cost_curve([1, 2], [3, 4]).prediction(3).low)
    with pytest.raises(PricingError, match="confidence 1 is not below 1"):
        fit_cost_curve(units, costs).prediction(150, 1)
