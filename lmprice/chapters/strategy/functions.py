"""Rules that set a price: from the cost, from the value to the customer, from rivals.

A rule asks for less than an optimum does: it needs no demand curve.  What each of them says stands
beside the optimal prices of `lmprice.chapters.demand.optimal_prices`, which do.
"""

from __future__ import annotations

from typing import Annotated

from lmprice.chapters.demand.quantities import (
    Capital,
    Ceiling,
    CostLever,
    CustomerShare,
    Differentiation,
    FailureRate,
    Floor,
    Load,
    MarkupRate,
    PriceLever,
    ReferencePrice,
    RivalPrice,
    RivalWeight,
    RulePrice,
    Speed,
    TargetMargin,
    TargetReturn,
    Undercut,
    ValueInUse,
)
from lmprice.language.expression import maximum, minimum, nan, ratio, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import FixedCost, Quantity, UnitCost, UnitPrice
from lmprice.language.terms import FRACTION, Term, Text

CATEGORY = "strategy"

# fmt: off
ProfitChange = Annotated[float, Term(
    Text("Change of profit", "利润变化"), FRACTION,
    Text("Share by which profit is to change; 0.1 is 10 % more",
         "利润的目标变化比例；0.1 即增加 10%"))]
NeededChange = Annotated[float, Term(
    Text("Change", "变化"), FRACTION,
    Text("Share by which it has to change", "所需的变化比例"))]
# fmt: on


# From the cost -----------------------------------------------------------------------------------


@pricing_function("LMCOSTPLUS", CATEGORY)
def cost_plus_price(unit_cost: UnitCost, markup: MarkupRate) -> RulePrice:
    """Cost-plus price: the unit cost and a markup on it.

    Notes
    -----
    c (1 + m).  The markup is a share of the cost; a share of the price is a margin, as
    `margin_price` takes it.

    Examples
    --------
    >>> cost_plus_price(50, 0.5)
    75.0
    """
    return unit_cost * (1 + markup)


@pricing_function("LMMARGINPRICE", CATEGORY)
def margin_price(unit_cost: UnitCost, margin: TargetMargin) -> RulePrice:
    """Price that earns a target margin: the unit cost over one less the margin.

    Notes
    -----
    c / (1 - m).  A margin below 0 sells below cost.

    Examples
    --------
    >>> margin_price(50, 0.75)
    200.0
    """
    return unit_cost / (1 - margin)


@pricing_function("LMTARGETRETURN", CATEGORY)
def target_return_price(
    unit_cost: UnitCost, investment: Capital, target_return: TargetReturn, quantity: Quantity
) -> RulePrice:
    """Price that earns a target return on an investment, spread over the expected quantity.

    Notes
    -----
    c + r I / x: the return is on top of the cost, which has to hold all cost of a unit.  NaN at
    quantity 0.

    Examples
    --------
    >>> target_return_price(50, 100000, 0.1, 1000)
    60.0
    """
    return where(quantity > 0, unit_cost + target_return * investment / quantity, nan)


# From the value ----------------------------------------------------------------------------------


@pricing_function("LMVALUEPRICE", CATEGORY)
def value_based_price(
    reference_price: ReferencePrice,
    differentiation: Differentiation,
    customer_share: CustomerShare = 0,
) -> RulePrice:
    """Value-based price: the best alternative's price and what the product is worth beyond it.

    Notes
    -----
    reference + (1 - share) differentiation.  The differentiation is the positive less the negative
    one, and the customer keeps a share of a gain.  A product worth less than the alternative has no
    gain to share: its price goes down by the whole drawback, or the customer would be better off
    with the alternative.  NaN where the drawback exceeds the reference price: no price sells it.

    References
    ----------
    T. Nagle, G. Müller, *The Strategy and Tactics of Pricing*, chapter on value.

    Examples
    --------
    >>> round(value_based_price(10, 4.2), 12)
    14.2
    >>> value_based_price(10, [4, -4], 0.25)
    array([13.,  6.])
    """
    value = reference_price + differentiation
    return where(value >= 0, value - customer_share * maximum(differentiation, 0), nan)


@pricing_function("LMREPEATVALUE", CATEGORY)
def repeat_purchase_value(
    reference_price: ReferencePrice, differentiation: Differentiation, failure_rate: FailureRate
) -> ValueInUse:
    """Value in use of a product of which a share fails and is bought again at that very value.

    Notes
    -----
    v = reference + differentiation - f v, so v = (reference + differentiation) / (1 + f): a part
    that breaks, a call that must be made again.  Failures that are made good at another price are a
    negative differentiation instead.  NaN where the drawback exceeds the reference price.

    Examples
    --------
    >>> round(repeat_purchase_value(10, 4.7, 0.05), 12)
    14.0
    """
    value = reference_price + differentiation
    return where(value >= 0, value / (1 + failure_rate), nan)


# From rivals and utilization ---------------------------------------------------------------------


@pricing_function("LMUNDERCUT", CATEGORY)
def undercut_price(rival_price: RivalPrice, undercut: Undercut, floor: Floor) -> RulePrice:
    """Price that matches or undercuts a rival, but never below the floor.

    Notes
    -----
    The larger of r (1 - u) and the floor; u = 0 matches the rival.

    Examples
    --------
    >>> undercut_price(10, 0.05, 4)
    9.5
    >>> undercut_price([10, 2.5], 0, 4)
    array([10.,  4.])
    """
    return maximum(rival_price * (1 - undercut), floor)


@pricing_function(
    "LMREPRICE",
    CATEGORY,
    require={"ceiling": lambda ceiling, floor: ceiling >= floor},
)
def reprice(
    price: UnitPrice,
    utilization: Load,
    rival_price: RivalPrice,
    floor: Floor,
    ceiling: Ceiling,
    rival_weight: RivalWeight = 0.5,
    speed: Speed = 0.5,
) -> RulePrice:
    """Next price of a rule by which utilization and rivals move it between a floor and a ceiling.

    Notes
    -----
    The target weighs the rival's price, taken between floor and ceiling, against the price that
    the utilization asks for: the floor when idle, the ceiling at full load, in step between.  The
    price goes the share `speed` of the way there and stays between floor and ceiling:

        target = w rival + (1 - w) (floor + (ceiling - floor) utilization)
        next = price + speed (target - price)

    The target does not depend on the price, so that while the inputs stay as they are, the price
    goes straight to the target and never past it: no oscillation.

    Examples
    --------
    >>> reprice(10, 0.9, 6, 4, 12)
    9.3
    >>> reprice(10, 0.9, 6, 4, 12, 0, 1)
    11.2
    """
    rival = minimum(maximum(rival_price, floor), ceiling)
    asked = floor + (ceiling - floor) * utilization
    target = rival_weight * rival + (1 - rival_weight) * asked
    return minimum(maximum(price + speed * (target - price), floor), ceiling)


# What a change of the price is worth -------------------------------------------------------------


def _over_profit(
    amount: float, quantity: float, price: float, unit_cost: float, fixed_cost: float
) -> float:
    income = (price - unit_cost) * quantity - fixed_cost
    # In decimals, zero profit is often a rounding error: 0.3 - 0.2 - 0.1 is not quite 0.
    is_profit = maximum(income, -income) > 1e-12 * fixed_cost
    return where(is_profit, amount / income, nan)


@pricing_function("LMPRICELEVER", CATEGORY)
def price_lever(
    quantity: Quantity, price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost
) -> PriceLever:
    """Price lever: the per cent that profit moves when the price alone moves by one per cent.

    Notes
    -----
    Revenue over profit, one over the operating margin.  The volume lever is `operating_leverage`;
    it and `unit_cost_lever` add up to the price lever.  NaN at zero profit.

    References
    ----------
    M. Marn, R. Rosiello, "Managing price, gaining profit", Harvard Business Review (1992).

    Examples
    --------
    >>> price_lever(100, 20, 10, 800)
    10.0
    """
    return _over_profit(price * quantity, quantity, price, unit_cost, fixed_cost)


@pricing_function("LMCOSTLEVER", CATEGORY)
def unit_cost_lever(
    quantity: Quantity, price: UnitPrice, unit_cost: UnitCost, fixed_cost: FixedCost
) -> CostLever:
    """Unit cost lever: the per cent that profit rises when the unit cost falls by one per cent.

    Notes
    -----
    Variable cost over profit.  NaN at zero profit.

    Examples
    --------
    >>> unit_cost_lever(100, 20, 10, 800)
    5.0
    """
    return _over_profit(unit_cost * quantity, quantity, price, unit_cost, fixed_cost)


@pricing_function("LMPRICEFORPROFIT", CATEGORY)
def price_change_for_profit(
    quantity: Quantity,
    price: UnitPrice,
    unit_cost: UnitCost,
    fixed_cost: FixedCost,
    profit_change: ProfitChange,
) -> NeededChange:
    """Change of the price alone that changes profit by a share: the inverse of `price_lever`.

    Notes
    -----
    The change of profit over the price lever, exact for any change.  NaN without revenue.

    Examples
    --------
    A tenth more profit takes a hundredth more price:

    >>> price_change_for_profit(100, 20, 10, 800, 0.1)
    0.01
    """
    profit = (price - unit_cost) * quantity - fixed_cost
    return ratio(profit_change * profit, price * quantity)


@pricing_function("LMCOSTFORPROFIT", CATEGORY)
def unit_cost_change_for_profit(
    quantity: Quantity,
    price: UnitPrice,
    unit_cost: UnitCost,
    fixed_cost: FixedCost,
    profit_change: ProfitChange,
) -> NeededChange:
    """Change of the unit cost alone that changes profit by a share, below 0 for more profit.

    Notes
    -----
    The inverse of `unit_cost_lever`.  NaN without variable cost.

    Examples
    --------
    >>> unit_cost_change_for_profit(100, 20, 10, 800, 0.1)
    -0.02
    """
    profit = (price - unit_cost) * quantity - fixed_cost
    return -ratio(profit_change * profit, unit_cost * quantity)


@pricing_function("LMQTYFORPROFIT", CATEGORY)
def quantity_change_for_profit(
    quantity: Quantity,
    price: UnitPrice,
    unit_cost: UnitCost,
    fixed_cost: FixedCost,
    profit_change: ProfitChange,
) -> NeededChange:
    """Change of the quantity alone that changes profit by a share: inverse of `operating_leverage`.

    Notes
    -----
    NaN without a contribution margin.

    Examples
    --------
    >>> quantity_change_for_profit(100, 20, 10, 800, 0.1)
    0.02
    """
    margin = (price - unit_cost) * quantity
    return ratio(profit_change * (margin - fixed_cost), margin)
