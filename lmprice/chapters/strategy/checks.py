"""Checks of the tables that segments, tariffs, bundles and surveys are made of."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from lmprice.language.arrays import Array, Values
from lmprice.language.checks import as_array, moderate
from lmprice.language.errors import PricingError
from lmprice.language.quantities import UNITS, USD_PER_UNIT
from lmprice.language.terms import Term, Text, term

# fmt: off
DemandIntercept = Annotated[float, Term(
    Text("Demand at price 0", "价格为 0 时的需求"), UNITS,
    Text("Units a customer or segment takes at a price of 0", "价格为 0 时的购买数量"), gt=0)]
DemandSlope = Annotated[float, Term(
    Text("Demand slope", "需求斜率"), Text("units per USD", "单位/美元"),
    Text("Units that each further USD of the price costs", "价格每提高 1 美元减少的数量"), gt=0)]
Customers = Annotated[float, Term(
    Text("Customers", "顾客数"), Text("customers", "人"),
    Text("Customers of the type", "该类顾客的数量"), gt=0)]
Reservation = Annotated[float, Term(
    Text("Reservation price", "保留价格"), USD_PER_UNIT,
    Text("Most that a customer would pay", "顾客愿意支付的最高价格"), ge=0)]
# fmt: on


def column(owner: str, name: str, values: Values, annotation: Any) -> Array:
    """A column of one or more valid numbers."""
    found = np.atleast_1d(moderate(owner, name, values, term(annotation)))
    if not found.size:
        raise PricingError(owner, name, values, "has no rows")
    return found


def matching(owner: str, name: str, values: Values, annotation: Any, rows: int) -> Array:
    """A column of valid numbers of that many rows; one number stands for all rows."""
    found = moderate(owner, name, values, term(annotation))
    if found.ndim and found.size != rows:
        raise PricingError(
            owner, name, found.size, f"is the number of rows, but the columns before it have {rows}"
        )
    return np.broadcast_to(found, (rows,)).astype(np.float64)


def table(owner: str, name: str, values: Values, annotation: Any) -> Array:
    """A table of valid numbers with one or more rows and columns."""
    found = as_array(owner, name, values)
    if found.ndim != 2 or not found.size:
        raise PricingError(owner, name, found.shape, "is not a shape of rows and columns")
    try:
        flat = moderate(owner, name, found.ravel(), term(annotation))
    except PricingError as error:
        if not error.index:
            raise
        mask = error.mask.reshape(found.shape)
        index = tuple(int(i) for i in np.argwhere(mask)[0])
        raise PricingError(owner, name, error.value, error.rule, index, mask) from None
    return flat.reshape(found.shape)
