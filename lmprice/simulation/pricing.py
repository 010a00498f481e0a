"""Cost, revenue and profit over a range of quantities, and where profit begins, peaks and ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.cost.functions import cost, quadratic_cost
from lmprice.chapters.profit.breakeven import (
    breakeven_quantity,
    profit_maximizing_quantity,
    quadratic_breakeven_high,
    quadratic_breakeven_low,
)
from lmprice.chapters.profit.functions import profit, quadratic_profit, revenue
from lmprice.language.arrays import Array, Scalar, Values
from lmprice.language.checks import numbers, single_number
from lmprice.language.errors import PricingError
from lmprice.language.quantities import (
    FixedCost,
    Linear,
    PositiveQuadratic,
    Quantity,
    UnitCost,
    UnitPrice,
)
from lmprice.language.terms import term
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import plain_text, text_table
from lmprice.simulation.figures import money, some_rows

NAME = "simulate_pricing"


@dataclass(frozen=True, eq=False)
class PricingCurve(Framed):
    """Cost, revenue and profit over a range of quantities; ``print`` shows them as a table.

    Parameters
    ----------
    quantity, revenue, cost, profit : array
        The quantities (units) and what each costs and earns (USD).
    breakevens : tuple of float
        Quantities at which profit is 0, within the range or not: none, one, or two under a
        quadratic cost, between which there is profit.
    best_quantity, maximum_profit : float
        Quantity within the range with the highest profit, and that profit.
    """

    quantity: Array
    revenue: Array
    cost: Array
    profit: Array
    breakevens: tuple[float, ...]
    best_quantity: float
    maximum_profit: float

    def __str__(self) -> str:
        table = text_table("Quantity", "Revenue", "Cost", "Profit")
        for i in some_rows(self.quantity.size):
            amounts = (float(array[i]) for array in (self.revenue, self.cost, self.profit))
            table.add_row(f"{self.quantity[i]:,.6g}", *map(money, amounts))
        return "\n".join([plain_text(table), "", self._where_even(), self._where_highest()])

    def _where_even(self) -> str:
        if not self.breakevens:
            return "No quantity breaks even."
        least, most = self.quantity.min(), self.quantity.max()
        texts = [
            f"{x:,.6g}{'' if least <= x <= most else ' (outside the range)'}"
            for x in self.breakevens
        ]
        return f"Breakeven at {' and '.join(texts)}."

    def _where_highest(self) -> str:
        best = self.best_quantity
        at_end = best in (self.quantity.min(), self.quantity.max())
        where = f"{best:,.6g}{', the end of the range' if at_end else ''}"
        return f"Maximum profit {money(self.maximum_profit)} at {where}."

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a quantity."""
        return rows(
            quantity=self.quantity, revenue=self.revenue, cost=self.cost, profit=self.profit
        )


def simulate_pricing(
    quantities: Values,
    price: Scalar,
    unit_cost: Scalar,
    fixed_cost: Scalar = 0.0,
    quadratic: Scalar = 0.0,
) -> PricingCurve:
    """Cost, revenue and profit over a range of quantities, with breakevens and the best quantity.

    Parameters
    ----------
    quantities : array
        Quantities (units; at least 0), two or more.
    price : float
        Price of a unit (USD per unit; at least 0).
    unit_cost : float
        Cost of a unit (USD per unit; at least 0); under a quadratic cost the linear coefficient,
        which may be below 0.
    fixed_cost : float, default 0
        Cost that does not depend on the quantity (USD; at least 0).
    quadratic : float, default 0
        Quadratic coefficient of cost (at least 0): above 0, each further unit costs more.

    Returns
    -------
    PricingCurve
        Arrays over the quantities, the breakevens and the maximum.

    Raises
    ------
    PricingError
        An argument is not a finite number or out of its range.

    Notes
    -----
    Cost is C(x) = a x² + c x + F, revenue p x and profit their difference: cost is subtracted once.

    Examples
    --------
    >>> linear = simulate_pricing(range(1, 101), price=20, unit_cost=10, fixed_cost=100)
    >>> linear.cost[-1], linear.profit[0], linear.profit[-1], linear.breakevens
    (np.float64(1100.0), np.float64(-90.0), np.float64(900.0), (10.0,))
    >>> quadratic = simulate_pricing([1, 100], 20, 10, fixed_cost=100, quadratic=0.1)
    >>> [round(x, 4) for x in quadratic.breakevens]
    [11.2702, 88.7298]
    >>> quadratic.best_quantity, quadratic.maximum_profit
    (50.0, 150.0)
    """
    amounts = numbers(NAME, "quantities", quantities, term(Quantity))
    if amounts.ndim != 1 or amounts.size < 2:
        raise PricingError(NAME, "quantities", quantities, "is not two quantities or more")
    p = single_number(NAME, "price", price, term(UnitPrice))
    fixed = single_number(NAME, "fixed_cost", fixed_cost, term(FixedCost))
    if quadratic == 0:
        c = single_number(NAME, "unit_cost", unit_cost, term(UnitCost))
        spent, left = cost(amounts, c, fixed), profit(amounts, p, c, fixed)
        found: tuple[float, ...] = (breakeven_quantity(p, c, fixed),)
        peak = math.inf if p > c else 0.0
        best = float(np.clip(peak, amounts.min(), amounts.max()))
        most = profit(best, p, c, fixed)
    else:
        a = single_number(NAME, "quadratic", quadratic, term(PositiveQuadratic))
        b = single_number(NAME, "unit_cost", unit_cost, term(Linear))
        spent, left = (
            quadratic_cost(amounts, a, b, fixed),
            quadratic_profit(amounts, p, a, b, fixed),
        )
        found = (
            quadratic_breakeven_low(p, a, b, fixed),
            quadratic_breakeven_high(p, a, b, fixed),
        )
        peak = profit_maximizing_quantity(p, a, b)
        best = float(np.clip(peak, amounts.min(), amounts.max()))
        most = quadratic_profit(best, p, a, b, fixed)
    breakevens = tuple(dict.fromkeys(x for x in found if not math.isnan(x)))
    return PricingCurve(amounts, revenue(amounts, p), spent, left, breakevens, best, most)
