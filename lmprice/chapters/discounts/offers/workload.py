"""The workload: what customers use at the list price, and what it costs to serve them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from lmprice.language.arrays import Array, Scalar, Values
from lmprice.language.checks import numbers, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired, row_names
from lmprice.language.quantities import USD_PER_UNIT, FixedCost, Quantity, UnitCost
from lmprice.language.terms import FRACTION, Term, Text, term

PER_CUSTOMER = (
    "quantity", "price", "unit_cost", "cached_share", "batch_share", "off_peak_share",
)  # fmt: skip

# fmt: off
ListUnitPrice = Annotated[float, Term(
    Text("List price", "目录价"), USD_PER_UNIT,
    Text("Price of one unit before any discount", "折扣前的每单位价格"), gt=0)]
Share = Annotated[float, Term(
    Text("Share", "占比"), FRACTION,
    Text("Share of the usage of a customer", "占客户用量的比例"), ge=0, le=1)]
# fmt: on


@dataclass(frozen=True, eq=False, init=False)
class Workload:
    """Customers: their usage over one period at the list price, and what serving them costs.

    Each argument but the fixed cost is one number for all customers or one number for each.  The
    labels of a column of pandas are the ``names`` of the customers; without any, places from 0 are.

    Parameters
    ----------
    quantity : float or array
        Baseline usage: the units that each customer uses at the list price (million tokens for
        token prices; at least 0).
    price : float or array
        List price (USD per unit; above 0).
    unit_cost : float or array
        Variable cost of one unit (USD per unit; at least 0).
    fixed_cost : float, default 0
        Cost of the period that does not depend on the quantity (USD; at least 0).
    cached_share, batch_share, off_peak_share : float or array, default 0
        Share of the usage that can be read from a cache, can wait for a batch, or falls into
        off-peak hours (0 to 1).  Only the strategy that prices such usage looks at it.

    Raises
    ------
    PricingError
        An argument is not a finite number or out of its range, or its length does not fit.

    Examples
    --------
    Three customers who use 100, 2,000 and 30,000 million tokens a month at $2 per million:

    >>> Workload([100, 2000, 30000], price=2, unit_cost=0.8, batch_share=[0, 0.1, 0.5]).customers
    3
    """

    quantity: Array
    price: Array
    unit_cost: Array
    fixed_cost: float
    cached_share: Array
    batch_share: Array
    off_peak_share: Array
    names: tuple[Any, ...]

    @paired(*PER_CUSTOMER)
    def __init__(
        self,
        quantity: Values,
        price: Values,
        unit_cost: Values,
        fixed_cost: Scalar = 0.0,
        *,
        cached_share: Values = 0.0,
        batch_share: Values = 0.0,
        off_peak_share: Values = 0.0,
    ) -> None:
        fixed = single_number("Workload", "fixed_cost", fixed_cost, term(FixedCost))
        object.__setattr__(self, "fixed_cost", fixed)
        given = {
            "quantity": (quantity, Quantity),
            "price": (price, ListUnitPrice),
            "unit_cost": (unit_cost, UnitCost),
            "cached_share": (cached_share, Share),
            "batch_share": (batch_share, Share),
            "off_peak_share": (off_peak_share, Share),
        }
        columns = {n: numbers("Workload", n, v, term(kind)) for n, (v, kind) in given.items()}
        customers = max(column.size for column in columns.values())
        for name, column in columns.items():
            if column.size not in (1, customers):
                rule = f"is the number of customers, but another argument has {customers}"
                raise PricingError("Workload", name, column.size, rule)
            object.__setattr__(self, name, np.broadcast_to(column, customers))
        labelled = (value for value, _ in given.values())
        object.__setattr__(self, "names", row_names(customers, *labelled))

    @property
    def customers(self) -> int:
        """Number of customers."""
        return self.quantity.size

    def __repr__(self) -> str:
        return f"Workload({self.customers} customers, {self.quantity.sum():,.6g} units)"
