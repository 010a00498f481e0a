"""One charge: from a quantity through the modifiers to its costs.

All functions take arrays, one element for each customer and month.  A negative quantity is a
credit: the charge of the same quantity, negated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmprice import (
    block_charge,
    graduated_charge,
    graduated_percentage_charge,
    package_charge,
    percentage_charge,
    volume_charge,
)
from lmprice.billing.charges import (
    AnyCharge,
    BlockCharge,
    Charge,
    ContextCharge,
    CountedCharge,
    OffPeakCharge,
    PackageCharge,
    PercentageCharge,
    RateTier,
    RateTieredCharge,
    StandardCharge,
    Tier,
    TieredCharge,
)

Floats = NDArray[np.float64]

_ROUND: dict[str, Callable[[Floats], Floats]] = {
    "up": np.ceil,
    "down": np.floor,
    "nearest": lambda units: np.floor(units + 0.5),
}


class Costs(NamedTuple):
    """FOCUS: list cost is the public price, contracted cost has the negotiated discounts."""

    list_cost: Floats
    contracted_cost: Floats


def price_classes(charge: AnyCharge) -> tuple[tuple[str, float], ...]:
    """The unit prices between which single requests fall, with their names; () for one price."""
    if isinstance(charge, ContextCharge):
        steps = tuple((f"above {step.above:.15g}", step.unit_price) for step in charge.steps)
        return ((f"up to {charge.steps[0].above:.15g}", charge.unit_price), *steps)
    if isinstance(charge, OffPeakCharge):
        return (("peak", charge.unit_price), ("off-peak", charge.off_peak_price))
    return ()


def billable_units(charge: Charge, quantity: ArrayLike) -> Floats:
    """Units to be priced: converted, rounded, and less the free ones, in this order."""
    units = _divided(np.abs(np.asarray(quantity, dtype=np.float64)), charge.per)
    if not isinstance(charge, CountedCharge):
        return units
    if charge.round_units is not None:
        multiples = _divided(units, charge.unit_multiple)
        units = _ROUND[charge.round_units](multiples) * charge.unit_multiple
    return np.maximum(units - charge.free_units, 0.0)


def price(
    charge: AnyCharge,
    quantity: ArrayLike,
    events: ArrayLike = 0.0,
    price_class: ArrayLike = 0,
    spent_before: ArrayLike = 0.0,
    round_line: Callable[[float], Decimal] | None = None,
) -> Costs:
    """List and contracted cost of quantities under one charge, not rounded.

    Parameters
    ----------
    charge : charge of a price book
        What is charged.
    quantity : array-like
        Units as they were metered; negative for a credit.
    events : array-like
        Rows of usage behind each quantity, for a fee by event.
    price_class : array-like of int
        Which of `price_classes` a quantity falls in.
    spent_before : array-like
        Contracted cost that was billed in the same period already; maximum and minimum hold for
        the period.
    round_line : callable, optional
        Rounds what each tier of a charge costs before the tiers are added up.

    Examples
    --------
    >>> charge = StandardCharge(
    ...     charge_model="standard", model="chat", meter="quantity", valid_from="2026-01-01",
    ...     per=1000, round_units="up", free_units=0.5, unit_price=10.0,
    ... )
    >>> float(price(charge, 1400).contracted_cost)
    15.0
    """
    amounts = np.asarray(quantity, dtype=np.float64)
    sign = np.where(amounts < 0, -1.0, 1.0)
    units = billable_units(charge, amounts)
    if round_line is not None and isinstance(charge, TieredCharge | RateTieredCharge | BlockCharge):
        public = negotiated = _rounded_tiers(charge, units, round_line)
    else:
        public, negotiated = _prices(charge, units, events, price_class)
    contracted = negotiated * (1.0 - charge.discount)
    if isinstance(charge, CountedCharge):
        before = np.asarray(spent_before, dtype=np.float64)
        contracted = contracted + before
        if charge.maximum is not None:
            contracted = np.minimum(contracted, charge.maximum)
        if charge.minimum is not None:
            # A minimum tops up what was used; it does not make a credit larger.
            contracted = np.where(sign > 0, np.maximum(contracted, charge.minimum), contracted)
        contracted = contracted - before
    return Costs(sign * public, sign * contracted)


def prorated_cost(charge: TieredCharge, full_units: float, billed_units: float) -> float:
    """Cost of units of which some were there for a part of the period only.

    All units choose the tier and pay its flat fee; its unit price is paid for the billed ones.
    """
    up_to = _bounds(charge.tiers)
    prices = [tier.unit_price for tier in charge.tiers]
    fees = [tier.flat_fee for tier in charge.tiers]
    tiered = volume_charge if charge.charge_model == "volume" else graduated_charge
    units = float(tiered(full_units, up_to, prices))
    share = billed_units / full_units if full_units else 0.0
    fee = float(tiered(full_units, up_to, [0.0] * len(fees), fees, charge.bill_zero_quantity))
    return units * share + fee


def _rounded_tiers(
    charge: TieredCharge | RateTieredCharge | BlockCharge,
    units: Floats,
    round_line: Callable[[float], Decimal],
) -> Floats:
    """The sum of what each tier costs, rounded tier by tier."""
    costs = np.zeros(units.shape)
    for number in range(len(charge.tiers)):
        line, _ = _prices(_only_tier(charge, number), units, 0.0, 0)
        costs += np.reshape([float(round_line(cost)) for cost in np.ravel(line)], units.shape)
    return costs


def _only_tier(
    charge: TieredCharge | RateTieredCharge | BlockCharge, number: int
) -> TieredCharge | RateTieredCharge | BlockCharge:
    """The same charge where all other tiers cost nothing."""
    free = {"unit_price": 0.0, "rate": 0.0, "block_price": 0.0, "flat_fee": 0.0}
    tiers = tuple(
        tier
        if k == number
        else tier.model_copy(update={f: free[f] for f in free if f in type(tier).model_fields})
        for k, tier in enumerate(charge.tiers)
    )
    return charge.model_copy(update={"tiers": tiers})


def _prices(
    charge: AnyCharge, units: Floats, events: ArrayLike, price_class: ArrayLike
) -> tuple[Floats, Floats]:
    """Cost of units at the public price and, where a charge has one, at the negotiated one."""
    cost: Floats
    match charge:
        case StandardCharge():
            public = charge.unit_price if charge.list_unit_price is None else charge.list_unit_price
            return units * public, units * charge.unit_price
        case TieredCharge():
            cost = _tiered(charge, units)
        case RateTieredCharge():
            rates = [tier.rate for tier in charge.tiers]
            fees = [tier.flat_fee for tier in charge.tiers]
            cost = graduated_percentage_charge(units, _bounds(charge.tiers), rates, fees)
        case PercentageCharge():
            cost = percentage_charge(
                units, charge.rate, fixed_fee=charge.fixed_fee, paid_events=np.asarray(events)
            )
        case PackageCharge():
            cost = package_charge(units, charge.package_size, charge.package_price)
        case BlockCharge():
            sizes = [tier.block_size for tier in charge.tiers]
            counts = [tier.max_blocks or math.inf for tier in charge.tiers[:-1]]
            block_prices = [tier.block_price for tier in charge.tiers]
            is_top = charge.mode == "top_tier"
            cost = block_charge(units, sizes, [*counts, math.inf], block_prices, is_top)
        case ContextCharge() | OffPeakCharge():
            prices = np.array([unit_price for _, unit_price in price_classes(charge)])
            cost = units * prices[np.asarray(price_class, dtype=np.intp)]
        case _:
            assert_never(charge)
    return cost, cost


def _tiered(charge: TieredCharge, units: Floats) -> Floats:
    up_to = _bounds(charge.tiers)
    prices = [tier.unit_price for tier in charge.tiers]
    fees = [tier.flat_fee for tier in charge.tiers]
    if charge.allowance:
        up_to = [charge.allowance, *(charge.allowance + bound for bound in up_to)]
        prices = [0.0, *prices]
        fees = [0.0, *fees]
    tiered = volume_charge if charge.charge_model == "volume" else graduated_charge
    return tiered(units, up_to, prices, fees, charge.bill_zero_quantity)


def _divided(units: Floats, divisor: float) -> Floats:
    """A quotient with the fifteen digits that a sheet keeps: 1.1 / 0.1 opens no twelfth unit."""
    if divisor == 1:
        return units
    read = [float(f"{quotient:.15g}") for quotient in np.ravel(units / divisor)]
    return np.array(read).reshape(units.shape)


def _bounds(tiers: Sequence[Tier | RateTier]) -> list[float]:
    return [math.inf if tier.up_to is None else tier.up_to for tier in tiers]
