"""The comparison of strategies: what each brings in, and for whom the bill rises or falls."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.discounts.functions import effective_discount
from lmprice.chapters.discounts.offers.outcomes import Comparison, Customers, Group, Outcome
from lmprice.chapters.discounts.offers.response import Demand, for_customers
from lmprice.chapters.discounts.offers.strategies import ListPrice
from lmprice.chapters.discounts.offers.strategy import Strategy
from lmprice.chapters.discounts.offers.tiers import ROUNDING
from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.chapters.profit.breakeven import required_sales_change
from lmprice.chapters.profit.functions import gross_margin
from lmprice.language.arrays import Array
from lmprice.language.checks import check_kind, check_mapping
from lmprice.language.errors import PricingError

LIST_PRICE = "List price"


def compare_strategies(
    workload: Workload, strategies: Mapping[str, Strategy], demand: Demand | None = None
) -> Comparison:
    """Compare discount strategies on one workload: revenue, cost, profit, and who wins or loses.

    Parameters
    ----------
    workload : Workload
        The customers, their usage at the list price, and the cost of serving them.
    strategies : mapping of str to Strategy
        The strategies by name.
    demand : Demand, optional
        How usage answers to the price; without it usage stays as it is.

    Returns
    -------
    Comparison
        A row for the list price and one for each strategy, and the best by profit.

    Raises
    ------
    PricingError
        A strategy has the name of the list price, or a demand does not fit the customers.

    Notes
    -----
    Demand responds once, at baseline usage: a customer that uses q0 at the list price p0 uses
    q1 = q0 (p1 / p0)^E under a strategy (constant elasticity), where p1 is its bill for q0 under
    the strategy, over q0.  Its bill is then that of q1.  A customer without usage stays without.

    The breakeven lift is the breakeven sales change of Nagle and Müller, *The Strategy and Tactics
    of Pricing*: contribution of the baseline usage at the list price, over its contribution under
    the strategy, less 1.  A flat cut pays where the change in volume is above it.  Under tiers and
    commitments a customer's further units are not billed at its average price, so that where the
    two are close only the profit decides.

    Examples
    --------
    Half price to a customer who then uses four times as much.  To keep the profit of 100 (10 - 2) =
    800, volume must rise by 8 / 3 - 1 = 167 %; it rises by 300 %:

    >>> from lmprice.offers import ConstantElasticity, FlatCut, Workload
    >>> comparison = compare_strategies(
    ...     Workload(100, price=10, unit_cost=2), {"Half": FlatCut(0.5)}, ConstantElasticity(-2)
    ... )
    >>> half = comparison["Half"]
    >>> half.quantity, half.revenue, half.cost, half.profit, half.winners.customers
    (400.0, 2000.0, 800.0, 1200.0, 1)
    >>> round(half.breakeven_lift, 4), comparison.best.name
    (1.6667, 'Half')
    """
    owner = "compare_strategies"
    check_kind(owner, "workload", workload, Workload)
    check_mapping(owner, "strategies", strategies)
    for strategy in strategies.values():
        check_kind(owner, "strategies", strategy, Strategy)
    if demand is not None and not callable(getattr(demand, "response", None)):
        check_kind(owner, "demand", demand, Demand)
    if LIST_PRICE in strategies:
        raise PricingError(
            "compare_strategies", "strategies", LIST_PRICE, "is the name of the base"
        )
    offers: dict[str, Strategy] = {LIST_PRICE: ListPrice(), **strategies}
    return Comparison(tuple(_outcome(n, s, workload, demand) for n, s in offers.items()))


def quantity_under(strategy: Strategy, workload: Workload, demand: Demand | None) -> Array:
    """Usage of each customer under a strategy; NaN where demand has no finite answer."""
    before = workload.quantity
    if demand is None:
        return before
    with np.errstate(all="ignore"):
        base_price = ListPrice().bill(workload, before) / before
        new_price = strategy.bill(workload, before) / before
        own = for_customers(demand, workload.names)
        try:
            change = np.broadcast_to(own.response(base_price, new_price), before.shape)
        except ValueError:
            rule = f"is not one number, nor one for each of {workload.customers} customers"
            raise PricingError("compare_strategies", "demand", demand, rule) from None
        after = before * change
    return np.where(before > 0, np.where(np.isfinite(after), after, math.nan), 0.0)


def _outcome(name: str, strategy: Strategy, workload: Workload, demand: Demand | None) -> Outcome:
    base = workload.quantity
    list_bill, list_cost = ListPrice().bill(workload, base), ListPrice().cost(workload, base)
    base_bill, base_cost = strategy.bill(workload, base), strategy.cost(workload, base)

    quantity = quantity_under(strategy, workload, demand)
    bill, variable_cost = strategy.bill(workload, quantity), strategy.cost(workload, quantity)
    revenue, cost = float(bill.sum()), float(variable_cost.sum()) + workload.fixed_cost
    customers = Customers(
        customer=workload.names,
        quantity=quantity,
        bill=bill,
        profit=bill - variable_cost,
        bill_change=base_bill - list_bill,
        profit_change=bill - variable_cost - (list_bill - list_cost),
    )
    same = np.abs(customers.bill_change) <= ROUNDING * np.maximum(base_bill, list_bill)
    # One unit here is the whole workload: its bills are the price, its variable cost the cost.
    lift = required_sales_change(
        1, list_bill.sum(), list_cost.sum(), base_bill.sum(), base_cost.sum()
    )
    total, base_total = float(quantity.sum()), float(base.sum())
    return Outcome(
        name=name,
        strategy=strategy,
        quantity=total,
        quantity_change=total / base_total - 1 if base_total else math.nan,
        revenue=revenue,
        cost=cost,
        profit=revenue - cost,
        margin=gross_margin(revenue, cost),
        effective_discount=effective_discount(ListPrice().bill(workload, quantity).sum(), revenue),
        breakeven_lift=lift,
        winners=_group(customers, ~same & (customers.bill_change < 0)),
        losers=_group(customers, ~same & (customers.bill_change > 0)),
        unchanged=_group(customers, same),
        cliffs=strategy.cliffs(),
        customers=customers,
    )


def _group(customers: Customers, members: NDArray[np.bool_]) -> Group:
    return Group(
        customers=int(members.sum()),
        bill_change=float(customers.bill_change[members].sum()),
        profit=float(customers.profit[members].sum()),
        profit_change=float(customers.profit_change[members].sum()),
    )
