"""What strategies do with a workload: for each customer, for winners and losers, side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from lmprice.chapters.discounts.offers.strategy import Cliff, Strategy
from lmprice.language.arrays import Array
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import plain_text, text_table

LARGE = 10_000  # from here on cents are noise


class Customers(NamedTuple):
    """The outcome for each customer, in the order of the workload: one array a field.

    ``pandas.DataFrame(customers._asdict())`` makes a table of it.

    Parameters
    ----------
    customer : tuple
        Their names: labels of a column of pandas, or places from 0.
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

    customer: tuple[Any, ...]
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
class Outcome(Framed):
    """What one strategy does with a workload; as a frame, a row for each customer.

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

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a customer."""
        return rows(strategy=self.name, **self.customers._asdict())

    def __str__(self) -> str:
        return str(Comparison((self,)))


@dataclass(frozen=True, eq=False)
class Comparison(Framed):
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
        digits = 0 if max(row.revenue for row in self.rows) >= LARGE else 2
        money = ("Revenue", "Cost", "Profit")
        shares = ("Margin", "Discount", "Volume\nlift", "Breakeven\nlift")
        groups = ("Pay less\n(our gain)", "Pay more\n(our gain)")
        table = text_table("Strategy", *money, *shares, *groups)
        for row in self.rows:
            table.add_row(
                row.name,
                *(_money(value, digits) for value in (row.revenue, row.cost, row.profit)),
                *(_percent(value) for value in (row.margin, row.effective_discount)),
                *(_percent(value, "+") for value in (row.quantity_change, row.breakeven_lift)),
                *(_group(group, digits) for group in (row.winners, row.losers)),
            )
        lines = [plain_text(table)]
        best, base = self.best, self.rows[0]
        gain = (
            ""
            if best is base
            else f", {_money(best.profit - base.profit, digits)} more than at the list price"
        )
        lines += ["", f"Best by profit: {best.name}{gain}."]
        lines += [f"{row.name}: {_fall(c, digits)}" for row in self.rows for c in row.cliffs]
        return "\n".join(lines)


def _money(value: float, digits: int, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{round(value, digits) + 0.0:{sign},.{digits}f}"


def _percent(value: float, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{round(value, 3) + 0.0:{sign}.1%}".replace("%", " %")


def _group(group: Group, digits: int) -> str:
    if not group.customers:
        return "0"
    return f"{group.customers:,} ({_money(group.profit_change, digits, '+')})"


def _fall(cliff: Cliff, digits: int) -> str:
    bill, above = _money(cliff.bill, digits), _money(cliff.bill_above, digits)
    back = "never again" if math.isinf(cliff.end) else f"again at {cliff.end:,.6g}"
    return (
        f"above {cliff.bound:,.6g} units the bill falls from {bill} to {above}\n"
        f"  (from {cliff.start:,.6g} on it is cheaper to buy more; the bill is {bill} {back})"
    )
