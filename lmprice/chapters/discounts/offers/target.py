"""The inverse question: the tier prices that earn a target margin."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated

import numpy as np

from lmprice.chapters.discounts.offers.comparison import quantity_under
from lmprice.chapters.discounts.offers.response import Demand
from lmprice.chapters.discounts.offers.tiers import TierTable
from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.chapters.profit.functions import gross_margin
from lmprice.language.checks import check_kind, single_number
from lmprice.language.terms import FRACTION, Term, Text, term

# fmt: off
TargetMargin = Annotated[float, Term(
    Text("Target margin", "目标利润率"), FRACTION,
    Text("Profit as a share of revenue", "利润占收入的比例"), lt=1)]
# fmt: on

# Where the factor is looked for: around the one that holds without a response of demand.
SEARCH = np.geomspace(1e-2, 1e2, 161)
ACCURACY = 1e-9


def factor_for_margin(
    workload: Workload, tiers: TierTable, target_margin: float, demand: Demand | None = None
) -> float:
    """The one common factor on all tier prices that earns a target margin.

    ``tiers.scaled(factor)`` is the table with all its prices, unit prices and flat fees, times that
    factor.

    Parameters
    ----------
    workload : Workload
        The customers, their usage at the list price, and the cost of serving them.
    tiers : GraduatedTiers or VolumeTiers
        The table whose shape is kept.
    target_margin : float
        Profit after fixed cost as a share of revenue (below 1).
    demand : Demand, optional
        How usage answers to the price, as in :func:`compare_strategies`; without it usage stays
        as it is.

    Returns
    -------
    float
        The factor; the lowest one where several earn the margin.  NaN where none does.

    Raises
    ------
    PricingError
        The target margin is not a number below 1, or the demand does not fit the customers.

    Notes
    -----
    Without a response of demand the margin is 1 - C / (f R) at cost C and revenue R, so that
    f = C / (R (1 - margin)).  With it quantities move with the factor, and the factor is found by
    bisection, to a margin within 1e-9, in steps of 6 % between a hundredth and a hundred times the
    closed form.  There may be no answer: where demand is elastic, a higher price may leave too
    little revenue for the fixed cost; and the margin may jump past the target where customers cross
    the bound of a volume tier.

    Examples
    --------
    Revenue of 600 at a cost of 300 is a margin of 50 %; 0.8 of the prices earn 37.5 %:

    >>> from lmprice.offers import GraduatedTiers, Workload
    >>> tiers = GraduatedTiers([1000, 10000, math.inf], [0.1, 0.05, 0.01])
    >>> round(factor_for_margin(Workload(15000, price=0.1, unit_cost=0.02), tiers, 0.375), 9)
    0.8
    """
    check_kind("factor_for_margin", "workload", workload, Workload)
    check_kind("factor_for_margin", "tiers", tiers, TierTable)
    kind = term(TargetMargin)
    wanted = single_number("factor_for_margin", "target_margin", target_margin, kind)

    revenue, cost = _revenue_and_cost(workload, tiers, None)
    if revenue == 0 or cost == 0:  # without cost the margin is 1 at any price
        return math.nan
    closed_form = cost / (revenue * (1 - wanted))
    if demand is None:
        return closed_form

    def gap(factor: float) -> float:
        return gross_margin(*_revenue_and_cost(workload, tiers.scaled(factor), demand)) - wanted

    for low, high in pairwise((factor, gap(factor)) for factor in (closed_form * SEARCH).tolist()):
        if low[1] * high[1] <= 0:
            factor = _bisect(gap, low[0], high[0])
            if abs(gap(factor)) <= ACCURACY:
                return factor
    return math.nan


def _revenue_and_cost(
    workload: Workload, tiers: TierTable, demand: Demand | None
) -> tuple[float, float]:
    quantity = quantity_under(tiers, workload, demand)
    revenue, variable_cost = tiers.bill(workload, quantity), tiers.cost(workload, quantity)
    return float(revenue.sum()), float(variable_cost.sum()) + workload.fixed_cost


def _bisect(gap: Callable[[float], float], low: float, high: float) -> float:
    """Where ``gap`` changes its sign, to the last bit.

    Only halving is sure to end at the jump of a function that jumps, as it does with volume tiers,
    where faster methods need a continuous one.
    """
    is_below = gap(low) < 0
    while low < (middle := (low + high) / 2) < high:
        if (gap(middle) < 0) == is_below:
            low = middle
        else:
            high = middle
    return min(low, high, key=lambda factor: abs(gap(factor)))
