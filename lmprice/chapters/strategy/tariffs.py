"""Two-part tariffs: a fee to take part, and a price for each unit.

A customer with demand a - b p enjoys the surplus (a - b p)^2 / (2 b) at the unit price p and pays a
fee up to that.  With customers of one type the unit price is the unit cost and the fee takes the
whole surplus.  With several types the fee is the surplus of the lowest type that is to be served,
and the unit price takes part of what the higher types enjoy beyond it; or the low types are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.strategy.checks import (
    Customers,
    DemandIntercept,
    DemandSlope,
    column,
    matching,
)
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import moderate, single_number
from lmprice.language.labels import paired, row_names
from lmprice.language.quantities import UnitCost
from lmprice.language.terms import term
from lmprice.output.framed import Framed, figures, named
from lmprice.output.printing import amounts, plain_text, text_table

_OWNER = "two_part_tariff"
# Surpluses that are equal by definition, such as a type's with itself, differ by rounding.
_TIE = 1e-12


@dataclass(frozen=True, eq=False)
class Tariff(Framed):
    """A fee and a unit price, and what they bring.

    Attributes
    ----------
    price : float
        Price of one unit (USD per unit).
    fee : float
        Fee that each customer pays once (USD).
    profit : float
        Profit over all customers (USD).
    served : array of bools
        Which types take part; one that gains nothing by it does.
    """

    price: float
    fee: float
    profit: float
    served: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TwoPartTariff(Tariff):
    """The best tariff, and the best one for each lowest type to be served.

    Attributes
    ----------
    options : tuple of Tariff
        For each type, in the order given, the best tariff whose fee is that type's whole surplus.
    names : tuple
        The types: labels of a column of pandas, or places from 0.
    """

    options: tuple[Tariff, ...]
    names: tuple[Any, ...]

    def __str__(self) -> str:
        table = text_table("Lowest type served", "Unit price", "Fee", "Profit", "Types served")
        for name, option in zip(self.names, self.options, strict=True):
            served = ", ".join(str(self.names[j]) for j in option.served.nonzero()[0])
            table.add_row(str(name), *amounts((option.price, option.fee, option.profit)), served)
        price, fee, profit = amounts((self.price, self.fee, self.profit))
        best = f"Best: {price} a unit and a fee of {fee}, profit {profit}."
        if np.isnan(self.price):
            best = "No tariff earns anything."
        return f"{plain_text(table)}\n\n{best}"

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row an option: the best tariff for each lowest type to be served."""
        return [
            {"lowest_type": name, **figures(option), **named("serves", self.names, option.served)}
            for name, option in zip(self.names, self.options, strict=True)
        ]


@paired("intercepts", "slopes", "counts")
def two_part_tariff(
    intercepts: Values, slopes: Values, unit_cost: float, counts: Values = 1
) -> TwoPartTariff:
    """Best fee and unit price for types of customers with linear demand.

    Parameters
    ----------
    intercepts : column of floats
        Units a_i that a customer of each type buys at a price of 0 (above 0).
    slopes : column of floats
        Units b_i that each further USD costs, for each type or one for all (above 0).
    unit_cost : float
        Variable cost of one unit (at least 0).
    counts : float or column of floats, default 1
        Customers of each type (above 0).

    Returns
    -------
    TwoPartTariff
        Unit price, fee, profit and who is served; ``options`` has the best tariff for each lowest
        type served.  Price and fee are NaN where no tariff earns anything.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, or columns have different lengths.

    Notes
    -----
    Exact, also where demands cross.  The root of the surplus is linear in the price, so the order
    of the types changes only where two lines cross; between such prices the buyers stay the same
    and profit is a parabola, best at its top or at an end.  The unit price is at least 0.

    Examples
    --------
    >>> tariff = two_part_tariff([5, 5], [0.25, 0.2], 8)
    >>> round(tariff.price, 9), round(tariff.fee, 9), round(tariff.profit, 9)
    (9.0, 15.125, 36.2)

    Serving only the second type, at cost and for a fee, earns less:

    >>> high = tariff.options[1]
    >>> round(high.price, 9), round(high.fee, 9), round(high.profit, 9), high.served
    (8.0, 28.9, 28.9, array([False,  True]))
    """
    a = column(_OWNER, "intercepts", intercepts, DemandIntercept)
    b = matching(_OWNER, "slopes", slopes, DemandSlope, a.size)
    c = single_number(_OWNER, "unit_cost", unit_cost, term(UnitCost), moderate)
    n = matching(_OWNER, "counts", counts, Customers, a.size)
    names = row_names(a.size, intercepts, slopes, counts)
    options = tuple(_best_for(lowest, a, b, c, n) for lowest in range(a.size))
    best = max(options, key=lambda option: option.profit)
    if best.profit <= 0:
        nobody = np.zeros(a.size, dtype=bool)
        return TwoPartTariff(float("nan"), float("nan"), 0.0, nobody, options, names)
    return TwoPartTariff(**vars(best), options=options, names=names)


def _best_for(lowest: int, a: Array, b: Array, c: float, n: Array) -> Tariff:
    """The best tariff whose fee is the whole surplus of the type ``lowest``."""
    ends = _ends(lowest, a, b)
    tried = [*ends]
    for low, high in pairwise(ends):
        buys = _buyers(lowest, a, b, (low + high) / 2)
        # Profit is k0 + k1 p + k2 p^2 while these buy.
        k2 = n[buys].sum() * b[lowest] / 2 - (n * b)[buys].sum()
        k1 = (n * (a + b * c))[buys].sum() - n[buys].sum() * a[lowest]
        if k2 < 0 and low < -k1 / (2 * k2) < high:
            tried.append(-k1 / (2 * k2))
    tariffs = [_tariff(lowest, a, b, c, n, price) for price in tried]
    return max(tariffs, key=lambda tariff: tariff.profit)


def _ends(lowest: int, a: Array, b: Array) -> list[float]:
    """Prices, from 0 to the choke price of the lowest type, between which its buyers stay."""
    height, fall = a / np.sqrt(b), np.sqrt(b)  # the root of twice the surplus is a line
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = (height - height[lowest]) / (fall - fall[lowest])
    choke = float(a[lowest] / b[lowest])
    inside = crossings[(crossings > 0) & (crossings < choke)]
    return [0.0, *np.unique(inside).tolist(), choke]


def _buyers(lowest: int, a: Array, b: Array, price: float) -> NDArray[np.bool_]:
    """The types that enjoy at least the surplus of the lowest one."""
    lines = (a - b * price) / np.sqrt(b)
    buys: NDArray[np.bool_] = lines >= lines[lowest] - _TIE * (a / np.sqrt(b))
    return buys


def _tariff(lowest: int, a: Array, b: Array, c: float, n: Array, price: float) -> Tariff:
    served = _buyers(lowest, a, b, price)
    quantities = np.maximum(a - b * price, 0)
    fee = float(quantities[lowest] ** 2 / (2 * b[lowest]))
    profit = float((n * (fee + (price - c) * quantities))[served].sum())
    return Tariff(float(price), fee, profit, served)
