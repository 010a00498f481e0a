"""How much to buy at once: the economic order quantity, and quantity discounts.

Capacity that is reserved or tokens that are prepaid are an inventory: a purchase costs effort, and
what lies unused ties up money.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from lmprice.chapters.discounts.quantities import UpTo
from lmprice.language.expression import rows, sqrt
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import UNITS, USD, UnitPrice
from lmprice.language.terms import FRACTION, Column, Term, Text

CATEGORY = "discounts"

# fmt: off
PeriodDemand = Annotated[float, Term(
    Text("Demand", "需求量"), Text("units per period", "单位/期"),
    Text("Units used in a period, evenly", "每期均匀使用的数量"), gt=0)]
OrderCost = Annotated[float, Term(
    Text("Cost of an order", "每次订购成本"), USD,
    Text("What each purchase costs beside its price", "每次采购除价款外的成本"), gt=0)]
HoldingCost = Annotated[float, Term(
    Text("Holding cost", "持有成本"), Text("USD per unit and period", "美元/单位/期"),
    Text("What one unit costs that is held for a period", "持有一单位一期的成本"), gt=0)]
HoldingRate = Annotated[float, Term(
    Text("Holding rate", "持有费率"), FRACTION,
    Text("Share of its price that holding a unit for a period costs",
         "持有一单位一期的成本占价格的比例"), gt=0)]
OrderQuantity = Annotated[float, Term(
    Text("Order quantity", "订购量"), UNITS,
    Text("Units to buy at once", "每次购买的数量"))]
# fmt: on


@pricing_function("LMEOQ", CATEGORY)
def economic_order_quantity(
    demand: PeriodDemand, order_cost: OrderCost, holding_cost: HoldingCost
) -> OrderQuantity:
    """Economic order quantity: what to buy at once so that ordering and holding cost least.

    Notes
    -----
    sqrt(2 D S / H): ordering costs D S / Q, holding Q H / 2, and both are equal there.

    References
    ----------
    F. W. Harris, "How many parts to make at once", Factory 10 (1913).

    Examples
    --------
    >>> economic_order_quantity(1000, 10, 0.5)
    200.0
    """
    return sqrt(2 * demand * order_cost / holding_cost)


@pricing_function("LMORDERQTY", CATEGORY, has_formula=False)
def discounted_order_quantity(
    demand: PeriodDemand,
    order_cost: OrderCost,
    holding_rate: HoldingRate,
    up_to: Column[UpTo],
    unit_prices: Column[UnitPrice],
) -> OrderQuantity:
    """Quantity to buy at once where larger orders have lower prices on all their units.

    Notes
    -----
    In each price tier the economic order quantity at its price, or the tier's end nearest to it;
    of these the one of the lowest total D p + D S / Q + Q r p / 2.  A tier begins one unit above
    the end of the one below it.

    Examples
    --------
    Up to 999 at $5, from 1,000 at $4.80 and from 2,000 at $4.75; 5,000 a year, $49 an order, 20 %
    a year:

    >>> from math import inf
    >>> discounted_order_quantity(5000, 49, 0.2, [999, 1999, inf], [5, 4.8, 4.75])
    1000.0
    """
    best: Any = np.inf
    found: Any = np.nan
    start: Any = 0.0
    for end, price in rows(up_to, unit_prices):
        ideal = np.sqrt(2 * demand * order_cost / (holding_rate * price))
        amount = np.clip(ideal, start, end)
        total = demand * price + demand * order_cost / amount + amount * holding_rate * price / 2
        found = np.where(total < best, amount, found)
        best = np.minimum(total, best)
        start = end + 1
    return found  # type: ignore[no-any-return]
