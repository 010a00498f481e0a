"""The price at which profit is highest, for each form of demand, also where capacity is short.

At the optimum the margin is one over the elasticity: (p - c) / p = -1 / E, Lerner's rule.  Where
demand at that price exceeds what can be served, the best price is the one at which it just fills
the capacity, for profit falls on either side of a single peak.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from lmprice.chapters.demand.quantities import (
    BestQuantity,
    Capacity,
    CapacityPrice,
    DemandIntercept,
    DemandSlope,
    ElasticElasticity,
    ExponentialScale,
    ExponentialSlope,
    FallingLogitSlope,
    LogitIntercept,
    MarginalUnitCost,
    MarketSize,
    OptimalPrice,
    PowerScale,
    ScheduleCost,
    SchedulePrice,
    ScheduleQuantity,
)
from lmprice.language.expression import log, maximum, nan, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import UnitCost
from lmprice.language.terms import Column

CATEGORY = "strategy"


# Optimal prices ----------------------------------------------------------------------------------


@pricing_function("LMLERNER", CATEGORY)
def markup_price(marginal_cost: MarginalUnitCost, elasticity: ElasticElasticity) -> OptimalPrice:
    """Optimal price where demand has a constant elasticity: Lerner's markup on marginal cost.

    Notes
    -----
    c E / (1 + E), E below -1: demand less elastic than that brings more profit at every higher
    price.  The margin at the optimum (Lerner's index) is -1 / E.  NaN without marginal cost, where
    every lower price brings more revenue.

    References
    ----------
    A. P. Lerner, "The concept of monopoly and the measurement of monopoly power", Review of
    Economic Studies 1 (1934).

    Examples
    --------
    >>> markup_price(9, -4)
    12.0
    """
    return where(marginal_cost > 0, marginal_cost * elasticity / (1 + elasticity), nan)


@pricing_function("LMOPTLINEAR", CATEGORY)
def optimal_price_linear(
    intercept: DemandIntercept, slope: DemandSlope, unit_cost: UnitCost
) -> OptimalPrice:
    """Optimal price where demand is a straight line: half-way from the cost to the choke price.

    Notes
    -----
    (a / b + c) / 2 for demand a - b p.  NaN where the unit cost is not below the choke price a / b:
    no price sells at a profit.

    Examples
    --------
    >>> optimal_price_linear(100, 2, 3)
    26.5
    """
    return where(slope * unit_cost < intercept, (intercept / slope + unit_cost) / 2, nan)


@pricing_function("LMOPTEXP", CATEGORY)
def optimal_price_exponential(slope: ExponentialSlope, unit_cost: UnitCost) -> OptimalPrice:
    """Optimal price where demand is exponential: the cost and the mean willingness to pay.

    Notes
    -----
    c + 1 / b for demand A e^(-b p), whatever A.

    Examples
    --------
    >>> optimal_price_exponential(0.1, 5)
    15.0
    """
    return unit_cost + 1 / slope


def _logit_optimum(intercept: Any, slope: Any, unit_cost: Any) -> Any:
    from scipy.special import wrightomega

    # The Wright omega function of x is W(e^x), without the exponential that could overflow.
    return unit_cost + (1 + wrightomega(intercept + slope * unit_cost - 1)) / -slope


@pricing_function("LMOPTLOGIT", CATEGORY, has_formula=False)
def optimal_price_logit(
    intercept: LogitIntercept, slope: FallingLogitSlope, unit_cost: UnitCost
) -> OptimalPrice:
    """Optimal price where each buyer buys with the probability of a logit.

    Notes
    -----
    c + (1 + W(e^(b0 + b1 c - 1))) / |b1| with Lambert's W, for the purchase probability
    1 / (1 + e^-(b0 + b1 p)), whatever the size of the market.

    Examples
    --------
    >>> round(optimal_price_logit(8.3, -0.97, 3), 4)
    7.351
    """
    return cast(float, _logit_optimum(intercept, slope, unit_cost))


# Within a capacity -------------------------------------------------------------------------------


@pricing_function("LMCAPLINEAR", CATEGORY)
def capacity_price_linear(
    intercept: DemandIntercept, slope: DemandSlope, unit_cost: UnitCost, capacity: Capacity
) -> CapacityPrice:
    """Optimal price where demand is a straight line and capacity is limited.

    Notes
    -----
    The larger of (a / b + c) / 2 and the price (a - K) / b at which demand fills the capacity.  NaN
    where the unit cost is not below the choke price a / b.

    Examples
    --------
    >>> capacity_price_linear(100, 2, 3, 40)
    30.0
    >>> capacity_price_linear(100, 2, 3, 60)
    26.5
    """
    optimum = (intercept / slope + unit_cost) / 2
    best = maximum(optimum, (intercept - capacity) / slope)
    return where(slope * unit_cost < intercept, best, nan)


@pricing_function("LMCAPELASTIC", CATEGORY)
def capacity_price_elastic(
    demand_scale: PowerScale, elasticity: ElasticElasticity, unit_cost: UnitCost, capacity: Capacity
) -> CapacityPrice:
    """Optimal price where demand has a constant elasticity and capacity is limited.

    Notes
    -----
    The larger of c E / (1 + E) and the price (A / K)^(-1/E) at which demand A p^E fills the
    capacity.  Without unit cost that price is the best one.

    Examples
    --------
    >>> capacity_price_elastic(400, -2, 3, 4)
    10.0
    >>> capacity_price_elastic(400, -2, 3, 100)
    6.0
    """
    optimum = unit_cost * elasticity / (1 + elasticity)
    return maximum(optimum, (demand_scale / capacity) ** (-1 / elasticity))


@pricing_function("LMCAPEXP", CATEGORY)
def capacity_price_exponential(
    demand_scale: ExponentialScale, slope: ExponentialSlope, unit_cost: UnitCost, capacity: Capacity
) -> CapacityPrice:
    """Optimal price where demand is exponential and capacity is limited.

    Notes
    -----
    The larger of c + 1 / b and the price ln(A / K) / b at which demand A e^(-b p) fills the
    capacity.

    Examples
    --------
    >>> capacity_price_exponential(1000, 0.1, 5, 500)
    15.0
    >>> round(capacity_price_exponential(1000, 0.1, 5, 100), 4)
    23.0259
    """
    return maximum(unit_cost + 1 / slope, log(demand_scale / capacity) / slope)


@pricing_function("LMCAPLOGIT", CATEGORY, has_formula=False)
def capacity_price_logit(
    intercept: LogitIntercept,
    slope: FallingLogitSlope,
    unit_cost: UnitCost,
    capacity: Capacity,
    market_size: MarketSize = 1,
) -> CapacityPrice:
    """Optimal price where each buyer buys with the probability of a logit and capacity is limited.

    Notes
    -----
    The larger of `optimal_price_logit` and the price (b0 - ln(K / (N - K))) / |b1| at which the
    demand of N buyers fills the capacity.  A capacity of N or more is no limit.

    Examples
    --------
    >>> capacity_price_logit(6, -2, 1, 50, 100)
    3.0
    >>> round(capacity_price_logit(6, -2, 1, 80, 100), 4)
    2.604
    """
    optimum = _logit_optimum(intercept, slope, unit_cost)
    unserved = np.maximum(market_size - capacity, 0)
    return maximum(optimum, (intercept - np.log(capacity / unserved)) / -slope)


# From a schedule ---------------------------------------------------------------------------------


@pricing_function("LMBESTQTY", CATEGORY, has_formula=False)
def best_quantity(
    quantities: Column[ScheduleQuantity],
    prices: Column[SchedulePrice],
    total_costs: Column[ScheduleCost],
) -> BestQuantity:
    """Quantity with the highest profit in a schedule of quantities, prices and total costs.

    Notes
    -----
    The largest p x - C among the rows, where marginal revenue no longer exceeds marginal cost.  Of
    rows with the same profit it is the first.

    Examples
    --------
    >>> best_quantity([1, 2, 3, 4], [10, 9, 8, 6], [4, 9, 15, 22])
    2.0
    """
    given = np.broadcast_arrays(quantities, prices, total_costs)
    profits: Any = given[0] * given[1] - given[2]
    best = np.argmax(profits, axis=0, keepdims=True)
    return cast(float, np.take_along_axis(given[0], best, axis=0)[0])
