"""Charges: what a quantity costs under tiers, packages, percentages and blocks.

The bounds of tiers stand in one column, ``up_to``.  They are inclusive and increasing, and the last
one is infinite (in a sheet: empty), for the last tier has no limit.  Nothing is rounded here; that
is for a bill.  Sources of the rules: the documents and test suites of Lago, OpenMeter, Stripe and
Kill Bill.
"""

from __future__ import annotations

from typing import Any

from lmprice.chapters.discounts.quantities import (
    Amount,
    AmountUpTo,
    BillZero,
    BlockPrice,
    BlockSize,
    Charge,
    EventFee,
    FlatFee,
    FreeAmount,
    FreeUnits,
    MaxBlocks,
    PackagePrice,
    PackageSize,
    PaidEvents,
    Rate,
    TierPrice,
    TierRate,
    TopTier,
    UpTo,
)
from lmprice.language.expression import (
    Expr,
    ceil,
    following,
    is_zero,
    maximum,
    minimum,
    nan,
    nth,
    rows,
    total,
    weighted_total,
    where,
)
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Quantity
from lmprice.language.terms import Column

CATEGORY = "discounts"

# 0.07 / 0.01 is a little above 7 in binary, which would start an eighth package.  So many packages
# are not there, of a quantity that is known to fifteen digits; a whole number of them is itself.
BINARY_DUST = 5e-16
LARGEST_DUST = 0.4


def started(units: Any, size: Any, quantity: Any) -> Any:
    """Packages of a size that these units start, of a quantity that stands at fifteen digits."""
    dust = minimum(quantity / size * BINARY_DUST, LARGEST_DUST)
    return ceil(units / size - dust)


def _over_tiers(
    quantity: Any, up_to: Any, unit_prices: Any, flat_fees: Any, at_zero: Any = True
) -> float:
    """The units in each tier at its price, and the flat fee of every tier entered."""
    bounds = up_to[:-1]
    reached: Any = [*(minimum(quantity, bound) for bound in bounds), quantity]
    charge: float = reached[0] * unit_prices[0]
    for below, here, price in rows(reached[:-1], reached[1:], unit_prices[1:]):
        charge = charge + (here - below) * price
    if is_zero(flat_fees):
        return charge
    charge = charge + ((quantity > 0) | at_zero) * flat_fees[0]
    for bound, fee in rows(bounds, flat_fees[1:]):
        charge = charge + (quantity > bound) * fee
    return charge


def _over_tiers_in_a_sheet(
    quantity: Any, up_to: Any, unit_prices: Any, flat_fees: Any, at_zero: Any = True
) -> Any:
    """The same: all at the first price, and beyond each bound the difference to the next one."""
    # The last bound, empty or 1E+300, is never passed: that row counts for nothing.
    is_passed = (up_to > 0) & (quantity > up_to)
    beyond = is_passed * (quantity - up_to)
    charge = quantity * nth(unit_prices, 1) + weighted_total(beyond, following(unit_prices))
    charge -= total(beyond * unit_prices)
    if Expr.lift(flat_fees).is_number(0):
        return charge
    is_charged: Any = 1 if at_zero is True else where(quantity > 0, 1, at_zero)
    fees = is_charged * nth(flat_fees, 1) + weighted_total(is_passed, following(flat_fees))
    return charge + fees


@pricing_function("LMGRADUATED", CATEGORY, sheet_form=_over_tiers_in_a_sheet)
def graduated_charge(
    quantity: Quantity,
    up_to: Column[UpTo],
    unit_prices: Column[TierPrice],
    flat_fees: Column[FlatFee] = 0.0,
    bill_zero_quantity: BillZero = True,
) -> Charge:
    """Graduated charge: the units in each tier at its price, plus the fee of every tier entered.

    Notes
    -----
    Σ price (min(quantity, up_to) - lower bound) + flat fee, over the tiers entered.  Bounds are
    inclusive: at 5 the second tier is not entered yet, at 5.001 it is.  ``flat_fees`` may be one
    number for all tiers.  Quantity 0 is charged the flat fee of the first tier unless
    ``bill_zero_quantity`` is false.

    Examples
    --------
    Five units at $7 and one at $6.50:

    >>> from math import inf
    >>> graduated_charge(6, [5, 10, inf], [7, 6.5, 6])
    41.5
    """
    return _over_tiers(quantity, up_to, unit_prices, flat_fees, bill_zero_quantity)


def _volume_in_a_sheet(
    quantity: Any, up_to: Any, unit_prices: Any, flat_fees: Any, bill_zero_quantity: Any
) -> Any:
    """The same: one tier more than there are bounds passed."""
    tier = total((up_to > 0) & (quantity > up_to)) + 1
    charge = quantity * nth(unit_prices, tier)
    if Expr.lift(flat_fees).is_number(0):
        return charge
    return charge + where(quantity > 0, 1, bill_zero_quantity) * nth(flat_fees, tier)


@pricing_function("LMVOLUME", CATEGORY, sheet_form=_volume_in_a_sheet)
def volume_charge(
    quantity: Quantity,
    up_to: Column[UpTo],
    unit_prices: Column[TierPrice],
    flat_fees: Column[FlatFee] = 0.0,
    bill_zero_quantity: BillZero = True,
) -> Charge:
    """Volume charge: all units at the price of the tier the total falls in, plus its flat fee.

    Notes
    -----
    Bounds are inclusive.  A bill can fall as the quantity rises: just above a bound all units get
    the next price.  ``flat_fees`` may be one number for all tiers.  Quantity 0 is charged the flat
    fee of the first tier unless ``bill_zero_quantity`` is false.

    Examples
    --------
    Six units at $6.50:

    >>> from math import inf
    >>> volume_charge(6, [5, 10, inf], [7, 6.5, 6])
    39.0
    """
    price: Any = nan
    fee: Any = nan
    for until, tier_price, tier_fee in reversed([*rows(up_to, unit_prices, flat_fees)]):
        price = where(quantity <= until, tier_price, price)
        fee = where(quantity <= until, tier_fee, fee)
    charge: float = quantity * price + where((quantity > 0) | bill_zero_quantity, fee, 0)
    return charge


@pricing_function("LMGRADUATEDPERCENT", CATEGORY, sheet_form=_over_tiers_in_a_sheet)
def graduated_percentage_charge(
    amount: Amount,
    up_to: Column[AmountUpTo],
    rates: Column[TierRate],
    flat_fees: Column[FlatFee] = 0.0,
) -> Charge:
    """Graduated percentage: each tier's rate on the amount within it, plus the fees of the tiers.

    Notes
    -----
    Σ rate (min(amount, up_to) - lower bound) + flat fee, over the tiers entered; amount 0 enters
    the first.

    Examples
    --------
    1 % of the first 10 and 2 % of the next 2, with fees of 200 and 300:

    >>> from math import inf
    >>> round(graduated_percentage_charge(12, [10, inf], [0.01, 0.02], [200, 300]), 9)
    500.14
    """
    return _over_tiers(amount, up_to, rates, flat_fees)


@pricing_function("LMPACKAGE", CATEGORY)
def package_charge(
    quantity: Quantity,
    package_size: PackageSize,
    package_price: PackagePrice,
    free_units: FreeUnits = 0.0,
) -> Charge:
    """Package charge: the price of each package started, after the free units.

    Notes
    -----
    ceil((quantity - free units) / size) × price.  The quantity is taken at fifteen digits, so that
    0.07 in packages of 0.01 is seven of them, and whole numbers stay what they are.

    Examples
    --------
    The first hundred free, then two packages:

    >>> package_charge(201, 100, 5, 100)
    10.0
    """
    billed = maximum(quantity - free_units, 0)
    return maximum(started(billed, package_size, quantity), 0) * package_price


@pricing_function("LMPERCENT", CATEGORY)
def percentage_charge(
    amount: Amount,
    rate: Rate,
    free_amount: FreeAmount = 0.0,
    fixed_fee: EventFee = 0.0,
    paid_events: PaidEvents = 0.0,
) -> Charge:
    """Percentage charge: a rate on an amount beyond what is free, plus a fee for each paid event.

    Notes
    -----
    max(amount - free amount, 0) × rate + fixed fee × paid events.

    Examples
    --------
    1.3 % of 800 beyond 250, with two events of $2:

    >>> round(percentage_charge(800, 0.013, 250, 2, 2), 9)
    11.15
    """
    return maximum(amount - free_amount, 0) * rate + fixed_fee * paid_events


@pricing_function("LMBLOCK", CATEGORY, has_formula=False)
def block_charge(
    quantity: Quantity,
    block_sizes: Column[BlockSize],
    max_blocks: Column[MaxBlocks],
    block_prices: Column[BlockPrice],
    top_tier: TopTier = False,
) -> Charge:
    """Block charge: blocks of units, a started one charged whole, in tiers of a number of blocks.

    Notes
    -----
    The rules of Kill Bill.  A tier holds ``max_blocks`` blocks of ``block_sizes`` units, the last
    any number.  By default each tier charges the blocks within it (ALL_TIERS); with ``top_tier``
    the tier that the total falls in charges all units in its own blocks (TOP_TIER).

    Examples
    --------
    Ten blocks of 100 units, then five of 1000:

    >>> from math import inf
    >>> block_charge(5325, [100, 1000], [10, inf], [1, 1])
    15.0
    """
    taken: Any = quantity
    every: Any = 0.0
    top: Any = 0.0
    above: Any = 0.0
    for size, blocks, price in rows(block_sizes, max_blocks, block_prices):
        within = started(minimum(maximum(taken - above, 0), size * blocks), size, taken)
        every = every + maximum(within, 0) * price
        has_reached = started(taken - above, size, taken) > 0
        top = where(has_reached, started(taken, size, taken) * price, top)
        above = above + size * blocks
    return where(top_tier, top, every)
