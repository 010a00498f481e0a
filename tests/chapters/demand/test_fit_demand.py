"""Demand fits: exact curves, SciPy's line, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import lmprice
from lmprice import PricingError, fit_demand

PRICES = np.array([10, 12, 14, 16, 18, 20.0])
SOLD = [160, 118, 97, 78, 66, 55]


def test_constant_elasticity_is_recovered() -> None:
    # OpenStax, log-log regression: the slope of ln q on ln p is the elasticity.
    fit = fit_demand(PRICES, 5000 * PRICES**-1.5)
    assert fit.elasticity.value == pytest.approx(-1.5)
    assert fit.level == pytest.approx(5000)
    assert fit.quantity(15).value == pytest.approx(5000 * 15**-1.5)


def test_log_log_as_scipy_has_it() -> None:
    other = stats.linregress(np.log(PRICES), np.log(SOLD))
    half = stats.t.ppf(0.95, 4) * other.stderr
    fit = fit_demand(PRICES, SOLD)
    assert fit.elasticity == pytest.approx((other.slope, other.slope - half, other.slope + half))
    assert fit.level == pytest.approx(math.exp(other.intercept))
    assert "elasticity -1.515 (90 % interval -1.574 to -1.456)" in str(fit)


def test_linear_as_scipy_has_it() -> None:
    other = stats.linregress(PRICES, SOLD)
    fit = fit_demand(PRICES, SOLD, "linear", confidence=0.95)
    assert (fit.level, -fit.slope) == pytest.approx((other.intercept, other.slope))
    share = 15 / np.mean(SOLD)
    half = stats.t.ppf(0.975, 4) * other.stderr
    assert fit.elasticity == pytest.approx(
        (other.slope * share, (other.slope - half) * share, (other.slope + half) * share)
    )
    # The textbook's prediction interval.
    left = np.array(SOLD) - other.intercept - other.slope * PRICES
    error = math.sqrt(left @ left / 4)
    gap = (17 - 15) ** 2 / np.sum((PRICES - 15) ** 2)
    reach = stats.t.ppf(0.975, 4) * error * math.sqrt(1 + 1 / 6 + gap)
    middle = other.intercept + other.slope * 17
    assert fit.quantity(17) == pytest.approx((middle, middle - reach, middle + reach))
    assert fit.quantity(17, confidence=0.5).low > fit.quantity(17).low
    assert "at the mean price" in str(fit)


def test_little_evidence_is_said() -> None:
    said = str(fit_demand([1, 2, 3, 4], [5, 7, 4, 6], "linear"))
    assert "too little evidence that a price matters" in said
    assert "(no interval)" in str(fit_demand([1, 2], [5, 4]))


def test_point_elasticity() -> None:
    # q = 4200 - 30 p: 2,100 at a price of 70, elasticity -30 x 70 / 2100.
    assert lmprice.point_elasticity(70, 2100, -30) == -1
    assert lmprice.point_elasticity(70, 2100, -30) == lmprice.linear_elasticity(70, 4200, 30)
    assert math.isnan(lmprice.point_elasticity(70, 0, -30))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 1], [2, 3]), "prices 1 is the only price"),
        (([1, 2], [2, 0]), r"quantities\[1\] 0 is not above 0, as a log-log curve"),
        (([1, 2], [2]), "quantities 1 is the number of rows, but prices has 2"),
        ((5, [2]), "prices 5 is not a column of numbers"),
        (([], []), r"prices \[\] has no rows"),
        (([1, 2], [2, 1], "cubic"), "form 'cubic' is none of log-log, linear"),
        (([1, "a"], [2, 1]), r"prices\[1\] 'a' is not a number"),
    ],
)
def test_refusals(arguments: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        fit_demand(*arguments)
    with pytest.raises(PricingError, match="confidence 1 is not below 1"):
        fit_demand([1, 2], [2, 1], confidence=1)
    with pytest.raises(PricingError, match="price 0 is not above 0"):
        fit_demand([1, 2], [2, 1]).quantity(0)
