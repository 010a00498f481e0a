"""Cost: what a quantity costs in all, on average, and at the margin."""

from __future__ import annotations

from lmprice.language.expression import ratio
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    AverageCost,
    Cost,
    FixedCost,
    Linear,
    MarginalCost,
    Quadratic,
    Quantity,
    UnitCost,
)

CATEGORY = "cost"


@pricing_function("LMCOST", CATEGORY)
def cost(quantity: Quantity, unit_cost: UnitCost, fixed_cost: FixedCost = 0) -> Cost:
    """Total cost of a quantity when every unit costs the same.

    Notes
    -----
    The linear cost function of the textbooks, C(x) = c x + F.

    Examples
    --------
    >>> cost(100, 10, 100)
    1100.0
    """
    return unit_cost * quantity + fixed_cost


@pricing_function("LMCOSTQUAD", CATEGORY)
def quadratic_cost(
    quantity: Quantity, quadratic: Quadratic, linear: Linear, fixed_cost: FixedCost = 0
) -> Cost:
    """Total cost of a quantity when each further unit costs more (or less) than the one before.

    Notes
    -----
    The quadratic cost function, C(x) = a x² + b x + F.

    Examples
    --------
    >>> quadratic_cost(100, 0.1, 10, 100)
    2100.0
    """
    return quadratic * quantity**2 + linear * quantity + fixed_cost


@pricing_function("LMCOSTAVG", CATEGORY)
def average_cost(quantity: Quantity, unit_cost: UnitCost, fixed_cost: FixedCost = 0) -> AverageCost:
    """Average cost: total cost divided by the quantity.

    Notes
    -----
    NaN at quantity 0, where there is nothing to average over.

    Examples
    --------
    >>> average_cost(100, 10, 100)
    11.0
    """
    return ratio(unit_cost * quantity + fixed_cost, quantity)


@pricing_function("LMCOSTMARG", CATEGORY)
def marginal_cost(quantity: Quantity, quadratic: Quadratic, linear: Linear) -> MarginalCost:
    """Marginal cost: what one more unit costs under a quadratic cost function.

    Notes
    -----
    The derivative of the quadratic cost function, 2 a x + b.

    Examples
    --------
    >>> marginal_cost(50, 0.1, 10)
    20.0
    """
    return 2 * quadratic * quantity + linear
