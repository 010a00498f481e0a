"""The comparison of strategies: what each brings in, and for whom the bill rises or falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.discounts.functions import effective_discount
from lmprice.chapters.discounts.offers.response import Demand
from lmprice.chapters.discounts.offers.strategies import ListPrice, Strategy
from lmprice.chapters.discounts.offers.tiers import ROUNDING, Cliff
from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.chapters.profit.breakeven import required_sales_change
from lmprice.chapters.profit.functions import gross_margin
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError

LIST_PRICE = "List price"


class Customers(NamedTuple):
    """The outcome for each customer, in the order of the workload: one array a field.

    ``pandas.DataFrame(customers._asdict())`` makes a table of it.

    Parameters
    ----------
    quantity : array
        Units used under the strategy (units of the workload).
    bill : array
        What the customer pays for them (USD).
    profit : array
        The bill less the variable cost (USD).
    bill_change : array
        Change of the bill for the usage of today, against the list price (USD; below 0 it saves).
    profit_change : array
        Change of the profit against the list price, with the response of demand (USD).
    """

    quantity: Array
    bill: Array
    profit: Array
    bill_change: Array
    profit_change: Array


class Group(NamedTuple):
    """Customers whose bills move the same way.

    Parameters
    ----------
    customers : int
        How many they are.
    bill_change : float
        Change of their bills for the usage they have today (USD; below 0 they save).
    profit : float
        What is earned from them under the strategy, before fixed cost (USD).
    profit_change : float
        Change of that profit against the list price, with the response of demand (USD).
    """

    customers: int
    bill_change: float
    profit: float
    profit_change: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one strategy does with a workload.

    Parameters
    ----------
    name : str
        Name of the strategy.
    strategy : Strategy
        The strategy itself.
    quantity : float
        Units used (units of the workload).
    quantity_change : float
        Change of the units used against the list price, as a fraction.
    revenue, cost, profit : float
        Sum of the bills, variable and fixed cost, and revenue less cost (USD).
    margin : float
        Profit as a share of revenue; NaN at no revenue.
    effective_discount : float
        Discount that the strategy gives on average: 1 less revenue over the list price of the
        units used; NaN where nothing is used.
    breakeven_lift : float
        Change in volume, as a fraction, that would keep the profit: that many more customers of
        the same kind, each at its bill for the baseline usage.  NaN when no volume recovers the
        profit.  It does not depend on the demand; ``quantity_change`` is what demand brings.
    winners, losers, unchanged : Group
        Customers who pay less, more or the same for the usage they have today.
    cliffs : tuple of Cliff
        Where a bill falls as usage rises.
    customers : Customers
        The outcome for each customer.
    """

    name: str
    strategy: Strategy
    quantity: float
    quantity_change: float
    revenue: float
    cost: float
    profit: float
    margin: float
    effective_discount: float
    breakeven_lift: float
    winners: Group
    losers: Group
    unchanged: Group
    cliffs: tuple[Cliff, ...]
    customers: Customers

    def to_dict(self) -> dict[str, Any]:
        """The outcome as one flat row: numbers, texts, and how many cliffs there are."""
        names = ["quantity", "quantity_change", "revenue", "cost", "profit", "margin"]
        names += ["effective_discount", "breakeven_lift"]
        row: dict[str, Any] = {"name": self.name}
        row |= {name: getattr(self, name) for name in names}
        for group in ("winners", "losers", "unchanged"):
            for field, value in getattr(self, group)._asdict().items():
                row[group if field == "customers" else f"{group}_{field}"] = value
        return row | {"cliffs": len(self.cliffs)}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Strategies side by side; ``print`` shows them as a table.

    Parameters
    ----------
    rows : tuple of Outcome
        The list price, then the strategies in the order they were given.
    """

    rows: tuple[Outcome, ...]

    def __getitem__(self, name: str) -> Outcome:
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    @property
    def best(self) -> Outcome:
        """The row with the highest profit; the first of them, so a tie keeps the list price."""
        return max(self.rows, key=lambda row: -math.inf if math.isnan(row.profit) else row.profit)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat row a strategy: ``pandas.DataFrame(comparison.to_dicts())``."""
        return [row.to_dict() for row in self.rows]

    def __str__(self) -> str:
        from lmprice.chapters.discounts.offers.table import comparison_table

        return comparison_table(self)


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
        try:
            change = np.broadcast_to(demand.response(base_price, new_price), before.shape)
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
