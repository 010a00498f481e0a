"""How prices and costs fall: with time, and with experience.

A price that falls by the same factor every year is an exponential: p(t) = p0 / f^t.  A cost that
falls by the same share with every doubling of output is a power law, Wright's experience curve.
Sahal showed that the two are one where output grows at a constant rate.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lmprice.chapters.decline.quantities import (
    Ahead,
    AnnualDecline,
    AnnualFactor,
    CostAfter,
    CostBefore,
    CumulativeQuantity,
    DeclinedPrice,
    DiscountRate,
    EndPrice,
    ExperienceCost,
    ExperienceTotal,
    Factor,
    FirstCost,
    FoundLearningRate,
    HalfLife,
    LearningRate,
    OutputGrowth,
    PresentValue,
    PriceFloor,
    QuantityAfter,
    QuantityBefore,
    Span,
    StartPrice,
    TotalledQuantity,
)
from lmprice.language.expression import Expr, exp, log, maximum, nan, where
from lmprice.language.formula import pricing_function

CATEGORY = "decline"

# A power that large is no price: a sheet would stop at #NUM!, so there is no answer instead.
_LARGEST_LOG = 600
# Below this product of rate and time, 1 - exp(-x) has lost digits that its series still has.
_SMALL_SQUARED = 1e-8
# So many units are added up one by one before the rest is integrated.
_SINGLE_UNITS = 64


def _log_of_two(beside: float) -> float:
    """The logarithm of 2, which a formula shows as LN(2) instead of sixteen digits."""
    two: Any = Expr.lift(2) if isinstance(beside, Expr) else 2.0
    return log(two)


# With time ---------------------------------------------------------------------------------------


@pricing_function("LMDECLINE", CATEGORY)
def annual_factor(start_price: StartPrice, end_price: EndPrice, years: Span) -> AnnualFactor:
    """How many times cheaper something gets in a year, from two prices.

    Notes
    -----
    f = (p0 / p1)^(1 / T).  Below 1 where the price rises.  NaN where the factor is beyond e^600,
    which only a span of almost no time gives.

    Examples
    --------
    >>> round(annual_factor(60, 0.06, 3), 12)
    10.0

    A total of 285.7 times in 23 months is 19.1 times a year, not 285.7 / 23 * 12.

    >>> round(annual_factor(20, 0.07, 23 / 12), 1)
    19.1
    """
    change = start_price / end_price
    return where(log(change) < _LARGEST_LOG * years, change ** (1 / years), nan)


@pricing_function("LMDECLINERATE", CATEGORY)
def annual_decline(factor: Factor) -> AnnualDecline:
    """Share by which the price falls in a year: 10 times cheaper is a fall by 90 %.

    Notes
    -----
    1 - 1 / f, the `decline` that `payback_periods` asks for.  Below 0 where the price rises.

    Examples
    --------
    >>> annual_decline(10)
    0.9
    """
    return 1 - 1 / factor


@pricing_function("LMHALFLIFE", CATEGORY)
def half_life(factor: Factor) -> HalfLife:
    """Years in which the price halves.

    Notes
    -----
    ln 2 / ln f.  NaN where the price does not fall (a factor of 1 or less).

    Examples
    --------
    >>> round(12 * half_life(10), 2)
    3.61
    """
    return where(factor > 1, _log_of_two(factor) / log(factor), nan)


@pricing_function(
    "LMDECLINEPRICE",
    CATEGORY,
    require={"floor": lambda floor, start_price: floor <= start_price},
)
def declined_price(
    start_price: StartPrice, factor: Factor, years: Ahead, floor: PriceFloor = 0
) -> DeclinedPrice:
    """Price after so many years of falling by the same factor, but not below the floor.

    Notes
    -----
    The larger of p0 / f^t and the floor.  NaN where a price that rises is beyond e^600 times the
    start price.

    Examples
    --------
    >>> declined_price(10, 10, 2)
    0.1
    >>> declined_price(10, 10, [0, 1, 2, 3], 0.5)
    array([10. ,  1. ,  0.5,  0.5])
    """
    price = maximum(start_price * factor ** (-years), floor)
    return where(years * log(factor) > -_LARGEST_LOG, price, nan)


@pricing_function("LMDECLINEPV", CATEGORY)
def declining_price_value(
    start_price: StartPrice, factor: Factor, years: Ahead, discount_rate: DiscountRate = 0
) -> PresentValue:
    """Present value of buying one unit a year, evenly, at a price that falls.

    Notes
    -----
    The integral of p0 f^-t (1+r)^-t over the years, p0 T (1 - e^-x) / x with
    x = T ln(f (1 + r)).  With a factor of 1 it is the value of a price locked in, so the two
    compared say what a lock-in is worth.  NaN where a price that rises is beyond e^600.

    Examples
    --------
    >>> round(declining_price_value(10, 10, 1), 4)
    3.9087
    >>> declining_price_value(10, 1, 3)
    30.0
    """
    decay = years * log(factor * (1 + discount_rate))
    mean = where(decay**2 < _SMALL_SQUARED, 1 - decay / 2 + decay**2 / 6, (1 - exp(-decay)) / decay)
    return where(decay > -_LARGEST_LOG, start_price * years * mean, nan)


# With experience ---------------------------------------------------------------------------------


def _experience_power(learning_rate: float) -> float:
    """The power b of an experience curve: 2^b is what a doubling leaves of the cost."""
    return log(1 - learning_rate) / _log_of_two(learning_rate)


def _power_law(first_cost: float, quantity: float, power: float) -> float:
    return where(power * log(quantity) < _LARGEST_LOG, first_cost * quantity**power, nan)


@pricing_function("LMWRIGHT", CATEGORY)
def experience_curve_cost(
    first_cost: FirstCost, quantity: CumulativeQuantity, learning_rate: LearningRate
) -> ExperienceCost:
    """Cost of the n-th unit on an experience curve (unit convention, Crawford's).

    Notes
    -----
    c(n) = c1 n^b with b = ln(1 - learning rate) / ln 2: each doubling of the cumulative quantity
    takes the learning rate off the cost of a unit.  Under the other convention the same power is
    the average of all units: `cumulative_average_cost`.  NaN where a quantity next to nothing
    makes it beyond e^600.

    The curve has no unit of its own: through a known cost of the m-th unit, the n-th costs
    `experience_curve_cost(cost_of_m, n / m, learning_rate)`, also where n is before m.

    References
    ----------
    T. P. Wright, "Factors affecting the cost of airplanes", J. Aeronautical Sciences 3 (1936);
    J. R. Crawford, *Learning curve, ship curve, ratios, related data* (Lockheed, 1944).

    Examples
    --------
    >>> round(experience_curve_cost(100, 125, 0.15), 5)
    32.23647

    The unit before, where the second one costs 80:

    >>> round(experience_curve_cost(80, 1 / 2, 0.2), 12)
    100.0
    """
    return _power_law(first_cost, quantity, _experience_power(learning_rate))


@pricing_function("LMWRIGHTTOTAL", CATEGORY, has_formula=False)
def experience_curve_total(
    first_cost: FirstCost, quantity: TotalledQuantity, learning_rate: LearningRate
) -> ExperienceTotal:
    """Cost of the units 1 to n on an experience curve (unit convention), all added up.

    Notes
    -----
    The sum of c1 i^b over whole units; a quantity between two units counts the finished ones, and
    without any the total is 0.  The cost of a later batch is the difference of two totals.
    The first 64 are added one by one, the rest by the Euler-Maclaurin formula, which is exact to
    rounding.  `cumulative_average_total` is the total of the other convention; it is smaller.

    Examples
    --------
    >>> round(experience_curve_total(100, 125, 0.15), 3)
    5201.085
    """
    power = np.log(1 - learning_rate) / np.log(2)
    units = np.floor(quantity)
    single = np.minimum(units, _SINGLE_UNITS)
    total = sum(
        np.where(unit <= single, float(unit) ** power, 0.0) for unit in range(1, _SINGLE_UNITS + 1)
    )
    rest: Any = np.where(units > _SINGLE_UNITS, _sum_of_powers(_SINGLE_UNITS, units, power), 0)
    cost: float = first_cost * (total + rest)
    return cost


def _sum_of_powers(low: Any, high: Any, power: Any) -> Any:
    """The sum of i^power for low < i <= high, by the Euler-Maclaurin formula."""
    rise = power + 1
    span = np.log(high / low)
    # The integral of x^power is a logarithm at power -1, and expm1 keeps its digits near there.
    grown = np.where(rise == 0, span, np.expm1(rise * span) / np.where(rise == 0, 1, rise))
    area = low**rise * grown
    slopes = power * (high ** (power - 1) - low ** (power - 1))
    bends = power * (power - 1) * (power - 2) * (high ** (power - 3) - low ** (power - 3))
    return area + (high**power - low**power) / 2 + slopes / 12 - bends / 720


@pricing_function("LMWRIGHTAVG", CATEGORY)
def cumulative_average_cost(
    first_cost: FirstCost, quantity: CumulativeQuantity, learning_rate: LearningRate
) -> ExperienceCost:
    """Average cost of the first n units on an experience curve (cumulative-average convention).

    Notes
    -----
    Wright's own reading of c1 n^b: each doubling takes the learning rate off the average of all
    units so far.  `experience_curve_cost` takes it off the cost of the last one.  NaN where a
    quantity next to nothing makes it beyond e^600.

    Examples
    --------
    >>> round(cumulative_average_cost(100, 4, 0.2), 12)
    64.0
    """
    return _power_law(first_cost, quantity, _experience_power(learning_rate))


@pricing_function("LMWRIGHTAVGTOTAL", CATEGORY)
def cumulative_average_total(
    first_cost: FirstCost, quantity: TotalledQuantity, learning_rate: LearningRate
) -> ExperienceTotal:
    """Cost of the units 1 to n on an experience curve (cumulative-average convention).

    Notes
    -----
    n times the average, c1 n^(1 + b), and 0 for no units.  The cost of a later batch is the
    difference of two totals.  NaN where a quantity next to nothing makes it beyond e^600.

    Examples
    --------
    >>> round(cumulative_average_total(75, 250, 0.15) - cumulative_average_total(75, 200, 0.15), 3)
    806.772
    """
    total = _power_law(first_cost, quantity, 1 + _experience_power(learning_rate))
    return where(quantity > 0, total, 0)


@pricing_function("LMLEARNRATE", CATEGORY)
def learning_rate(
    quantity_before: QuantityBefore,
    quantity_after: QuantityAfter,
    cost_before: CostBefore,
    cost_after: CostAfter,
) -> FoundLearningRate:
    """Learning rate of an experience curve through two points.

    Notes
    -----
    1 - 2^b with b = ln(c2 / c1) / ln(n2 / n1).  Below 0 where cost rises with experience.  NaN
    where the two quantities are the same, or so close that 2^b is beyond 2^600.

    Examples
    --------
    >>> round(learning_rate(100, 400, 10, 6.4), 12)
    0.2
    """
    experience = log(quantity_after / quantity_before)
    power = log(cost_after / cost_before) / experience
    rate = where(power < _LARGEST_LOG, 1 - 2**power, nan)
    return where(experience != 0, rate, nan)


@pricing_function("LMSAHAL", CATEGORY)
def experience_factor(output_growth: OutputGrowth, learning_rate: LearningRate) -> AnnualFactor:
    """How many times cheaper a year makes it, where output grows and cost falls with experience.

    Notes
    -----
    Sahal's link: with cumulative output growing by the share g a year, Wright's power law is an
    exponential in time, f = (1 + g)^-b with b = ln(1 - learning rate) / ln 2.  NaN beyond e^600.

    References
    ----------
    D. Sahal, "A theory of progress functions", AIIE Transactions 11 (1979); B. Nagy et al.,
    "Statistical basis for predicting technological progress", PLoS ONE 8 (2013) e52669.

    Examples
    --------
    >>> round(experience_factor(1, 0.2), 12)
    1.25
    """
    power = -_experience_power(learning_rate)
    growth = 1 + output_growth
    return where(power * log(growth) < _LARGEST_LOG, growth**power, nan)


@pricing_function("LMSAHALRATE", CATEGORY)
def implied_learning_rate(factor: Factor, output_growth: OutputGrowth) -> FoundLearningRate:
    """Learning rate that explains a yearly decline, where output grows at a constant rate.

    Notes
    -----
    Sahal's link the other way: 1 - 2^(-ln f / ln(1 + g)).  NaN where output does not grow, or so
    little that the power is beyond 2^600.

    Examples
    --------
    >>> round(implied_learning_rate(1.25, 1), 12)
    0.2
    """
    growth = 1 + output_growth
    power = -(log(factor) / log(growth))
    rate = where(power < _LARGEST_LOG, 1 - 2**power, nan)
    return where(growth > 1, rate, nan)
