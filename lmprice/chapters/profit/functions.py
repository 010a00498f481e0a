"""Profit: what is left of revenue, as an amount, a margin and a risk."""

from __future__ import annotations

from lmprice.language.expression import maximum, nan, ratio, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import (
    BreakevenQuantity,
    ContributionMargin,
    FixedCost,
    GrossMargin,
    Linear,
    MarginOfSafety,
    Markup,
    OperatingLeverage,
    Profit,
    ProfitLinear,
    ProfitQuadratic,
    Quadratic,
    Quantity,
    Revenue,
    UnitCost,
    UnitPrice,
)

CATEGORY = "profit"


@pricing_function("LMREVENUE", CATEGORY)
def revenue(quantity: Quantity, price: UnitPrice) -> Revenue:
    """Revenue: price times quantity.

    Examples
    --------
    >>> revenue(100, 20)
    2000.0
    """
    return price * quantity


@pricing_function("LMPROFIT", CATEGORY)
def profit(
    quantity: Quantity, price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost = 0
) -> Profit:
    """Profit: revenue less variable and fixed cost.

    Notes
    -----
    Cost-volume-profit analysis: P(x) = p x - c x - F, with cost subtracted once.

    Examples
    --------
    >>> profit(100, 20, 10, 100)
    900.0
    >>> profit([1, 10, 100], 20, 10, 100)
    array([-90.,   0., 900.])
    """
    return price * quantity - unit_cost * quantity - fixed_cost


@pricing_function("LMPROFITQUAD", CATEGORY)
def quadratic_profit(
    quantity: Quantity,
    price: UnitPrice,
    quadratic: Quadratic,
    linear: Linear,
    fixed_cost: FixedCost = 0,
) -> Profit:
    """Profit when cost is a quadratic function of the quantity.

    Notes
    -----
    P(x) = p x - (a x² + b x + F).

    Examples
    --------
    >>> quadratic_profit(100, 20, 0.1, 10, 100)
    -100.0
    """
    return price * quantity - (quadratic * quantity**2 + linear * quantity + fixed_cost)


@pricing_function("LMPROFITPOLY", CATEGORY)
def polynomial_profit(
    quantity: Quantity,
    quadratic: ProfitQuadratic,
    linear: ProfitLinear,
    fixed_cost: FixedCost = 0,
) -> Profit:
    """Profit when the profit curve itself is given as a polynomial of the quantity.

    Notes
    -----
    P(x) = a x² + b x - F.  Here the coefficients are those of profit; for coefficients of cost use
    ``quadratic_profit``.

    Examples
    --------
    >>> polynomial_profit(100, 0.1, 10, 100)
    1900.0
    """
    return quadratic * quantity**2 + linear * quantity - fixed_cost


@pricing_function("LMCM", CATEGORY)
def contribution_margin(price: UnitPrice, unit_cost: UnitCost) -> ContributionMargin:
    """Contribution margin of one unit: price less unit cost.

    Examples
    --------
    >>> contribution_margin(20, 10)
    10.0
    """
    return price - unit_cost


@pricing_function("LMMARGIN", CATEGORY)
def gross_margin(price: UnitPrice, unit_cost: UnitCost) -> GrossMargin:
    """Gross margin: price less unit cost, as a share of the price.

    Notes
    -----
    NaN at price 0.  Totals serve as well as unit figures: revenue for price, cost for unit cost.

    Examples
    --------
    >>> gross_margin(20, 10)
    0.5
    """
    return ratio(price - unit_cost, price)


@pricing_function("LMMARKUP", CATEGORY)
def markup(price: UnitPrice, unit_cost: UnitCost) -> Markup:
    """Markup: price less unit cost, as a share of the unit cost.

    Notes
    -----
    NaN at unit cost 0.  A markup of 300 % is a gross margin of 75 %.

    Examples
    --------
    >>> markup(75, 50)
    0.5
    """
    return ratio(price - unit_cost, unit_cost)


@pricing_function("LMDOL", CATEGORY)
def operating_leverage(
    quantity: Quantity, price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost
) -> OperatingLeverage:
    """Degree of operating leverage: total contribution margin over profit.

    Notes
    -----
    The per cent that profit moves when sales move by one per cent.  NaN at zero profit.

    Examples
    --------
    >>> round(operating_leverage(100, 20, 10, 100), 4)
    1.1111
    """
    contribution = (price - unit_cost) * quantity
    income = contribution - fixed_cost
    # In decimals, zero profit is often a rounding error: 0.3 - 0.2 - 0.1 is not quite 0.
    is_profit = maximum(income, -income) > 1e-12 * fixed_cost
    return where(is_profit, contribution / income, nan)


@pricing_function("LMSAFETY", CATEGORY)
def margin_of_safety(quantity: Quantity, breakeven: BreakevenQuantity) -> MarginOfSafety:
    """Margin of safety: the share of the quantity that can be lost before there is a loss.

    Notes
    -----
    NaN at quantity 0; negative below the breakeven quantity.

    Examples
    --------
    >>> margin_of_safety(100, 10)
    0.9
    """
    return ratio(quantity - breakeven, quantity)
