"""What a quantity costs under one version of a charge, exactly.

All numbers are fractions of the decimals that a book and a usage table are written in, so that
whether a block is full or a tier reached is never decided by the traces of binary arithmetic.

>>> block = BlockCharge(
...     charge_model="block", model="chat", meter="quantity", per=1_000_000, tiers=[
...         {"block_size": 0.1, "max_blocks": 3, "block_price": 1},
...         {"block_size": 1, "block_price": 0},
...     ],
... )
>>> Price(block).cost(Fraction(300_000)).negotiated
Fraction(3, 1)
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, cast

from lmprice.billing.charges import (
    AnyCharge,
    BlockCharge,
    ContextCharge,
    CountedCharge,
    EventCharge,
    OffPeakCharge,
    PackageCharge,
    PercentageCharge,
    RateTieredCharge,
    StandardCharge,
    TieredCharge,
)
from lmprice.billing.fields import exact
from lmprice.billing.money import money

ZERO, ONE = Fraction(0), Fraction(1)
Round = Callable[[Fraction], Fraction]


class Cost(NamedTuple):
    """FOCUS: list cost is the public price, contracted cost has the negotiated discounts."""

    public: Fraction
    negotiated: Fraction

    def __sub__(self, other: tuple[Fraction, Fraction]) -> Cost:
        return Cost(self.public - other[0], self.negotiated - other[1])

    def __add__(self, other: tuple[object, ...]) -> Cost:
        public, negotiated = cast("tuple[Fraction, Fraction]", other)
        return Cost(self.public + public, self.negotiated + negotiated)

    def times(self, factor: Fraction) -> Cost:
        """Both costs under a factor."""
        own = self.negotiated * factor
        return Cost(own if self.public == self.negotiated else self.public * factor, own)


NOTHING = Cost(ZERO, ZERO)
_ENDLESS = Fraction(10**40)  # more than all units there are
Function = Callable[[Fraction], Cost]  # what a count costs


class _Tier(NamedTuple):
    bound: Fraction | None
    price: Fraction
    fee: Fraction


class Price:
    """The cost function of one version of a charge: its entry, and the rate of its currency."""

    def __init__(
        self, charge: AnyCharge, rate: Fraction | None = ONE, round_tier: Round | None = None
    ) -> None:
        self.charge, self.has_rate = charge, rate is not None
        rate = ONE if rate is None else rate
        self.rate = rate
        self._round_tier = round_tier
        self.per = exact(charge.per)
        self.share = (1 - exact(charge.discount)) * rate
        self.factor = exact(charge.factor)
        counted = charge if isinstance(charge, CountedCharge) else None
        self._free = ZERO if counted is None else exact(counted.free_units)
        self._multiple = ONE if counted is None else exact(counted.unit_multiple)
        self._rounds = None if counted is None else counted.round_units
        self.minimum = None if counted is None else _money(counted.minimum, rate)
        self.maximum = None if counted is None else _money(counted.maximum, rate)
        self.needs_total = (
            isinstance(charge, TieredCharge) and charge.charge_model == "volume"
        ) or (isinstance(charge, BlockCharge) and charge.mode == "top_tier")
        self.has_events = isinstance(charge, EventCharge) and charge.has_events
        self.has_factors = bool(charge.factors)
        self.tiers = _tiers(charge)
        # Whether a unit costs the same whichever units were before it.
        self.is_linear = (
            isinstance(charge, (ContextCharge, OffPeakCharge))
            or (
                isinstance(charge, (StandardCharge, PercentageCharge))
                and not self._free
                and self._rounds is None
            )
        ) and not self.has_events
        self.prices = _unit_prices(charge)
        self.at_zero = NOTHING if self.needs_total else self.cost(ZERO)

    def units(self, count: Fraction) -> Fraction:
        """Units to be priced: converted, rounded, and less the free ones, in this order."""
        units = count / self.per
        if self._rounds is not None:
            units = _rounded(units / self._multiple, self._rounds) * self._multiple
        return max(units - self._free, ZERO)

    def unit_cost(self, price_class: int = 0) -> Cost:
        """The cost of one metered unit where all cost the same."""
        return self._unit_costs[price_class]

    @cached_property
    def _unit_costs(self) -> tuple[Cost, ...]:
        return tuple(
            Cost(public * self.rate / self.per, own * self.share / self.per)
            for public, own in self.prices
        )

    @cached_property
    def is_plain(self) -> bool:
        """Whether its cost is that of its units alone: no bounds, no fee owed without usage."""
        bounds = (self.minimum, self.maximum)
        return (
            bounds == (None, None)
            and not (self.needs_total or self.has_events)
            and (self.at_zero == NOTHING)
        )

    @cached_property
    def steps(self) -> tuple[tuple[Fraction, ...], ...]:
        """From which count on a unit costs how much: start, list and own price, list and own fee.

        The fee is that of passing the start.  None where a cost is not made of steps: with
        rounding, in packages and blocks, and where the total or the single row decides.
        """
        is_whole = self._rounds is not None or self._round_tier is not None
        if is_whole or self.needs_total or self.has_events:
            return ()
        if self.tiers and self.tiers[-1].bound is None:
            starts = [ZERO, *(tier.bound or ZERO for tier in self.tiers[:-1])]
            found = [((t.price, t.price), (t.fee, t.fee)) for t in self.tiers]
        elif not self.tiers and len(self.prices) == 1:
            starts, found = [ZERO], [(self.prices[0], (ZERO, ZERO))]
        else:
            return ()
        return tuple(
            ((start + self._free) * self.per, price[0] * self.rate / self.per,
             price[1] * self.share / self.per, fee[0] * self.rate, fee[1] * self.share)
            for start, (price, fee) in zip(starts, found, strict=True)
        )  # fmt: skip

    def cost(self, count: Fraction) -> Cost:
        """What a count costs; a negative one takes back what as many units cost."""
        if count < 0:
            back = self.cost(-count)
            return self.at_zero + self.at_zero - back
        return self._of(self._price(self.units(count)))

    def within_tier(self, count: Fraction) -> tuple[Fraction, Cost] | None:
        """The count up to which every further unit costs the same, and that cost.

        None where it is not known at once: at a bound, with rounding, in packages and blocks.
        """
        units = count / self.per - self._free
        if not self.tiers or self.needs_total or self._rounds or self._round_tier or units <= 0:
            return None
        tier = next(t for t in self.tiers if t.bound is None or units <= t.bound)
        if tier.bound == units:
            return None
        end = _ENDLESS if tier.bound is None else (tier.bound + self._free) * self.per
        price = tier.price / self.per
        return end, self._of((price, price))

    def of_total(self, total: Fraction) -> tuple[Function, Cost]:
        """The cost function of the tier that a total falls in, and its flat fee."""
        units = self.units(abs(total))
        charge = self.charge
        if isinstance(charge, BlockCharge):
            size, price = self._top_block(units)
            return self._signed(lambda u: _ceil(u / size) * price), NOTHING
        tier = next(t for t in self.tiers if t.bound is None or units <= t.bound)
        fee = self._fee(tier, units)
        if total < 0:  # takes back what as many units cost, as `cost` does
            at_zero = self._fee(self.tiers[0], ZERO)
            fee = at_zero + at_zero - fee
        return self._signed(lambda u: u * tier.price), fee

    def _fee(self, tier: _Tier, units: Fraction) -> Cost:
        """The flat fee of the volume tier that units fall in."""
        charge = self.charge
        owes = units > 0 or not isinstance(charge, TieredCharge) or charge.bill_zero_quantity
        return self._of((tier.fee, tier.fee)) if owes else NOTHING

    def whole(self, quantity: Fraction) -> Cost:
        """What a quantity of a whole period costs, such as its maximum."""
        if not self.needs_total:
            return self.cost(quantity)
        function, fee = self.of_total(quantity)
        return function(quantity) + fee

    def event(self, added: Fraction) -> Cost:
        """What an event costs that adds so many units to be priced."""
        charge = self.charge
        assert isinstance(charge, EventCharge)
        if added <= 0:
            return NOTHING
        public, own = self.prices[0]
        fee = exact(charge.fixed_fee)
        cost = added * own + fee
        if charge.event_minimum is not None:
            cost = max(cost, exact(charge.event_minimum))
        if charge.event_maximum is not None:
            cost = min(cost, exact(charge.event_maximum))
        return self._of((added * public + fee, cost))

    @property
    def owes_without_usage(self) -> bool:
        """Whether a period costs something that has no usage."""
        return self.minimum is not None or self.whole(ZERO) != NOTHING

    def _of(self, price: tuple[Fraction, Fraction]) -> Cost:
        return Cost(price[0] * self.rate, price[1] * self.share)

    def _signed(self, price: Callable[[Fraction], Fraction]) -> Function:
        def function(count: Fraction) -> Cost:
            amount = price(self.units(abs(count)))
            cost = self._of((amount, amount))
            return cost if count >= 0 else NOTHING - cost

        return function

    def _price(self, units: Fraction) -> tuple[Fraction, Fraction]:
        """The price of units, public and negotiated, before discount and rate."""
        charge = self.charge
        if isinstance(charge, PackageCharge):
            price = _ceil(units / exact(charge.package_size)) * exact(charge.package_price)
        elif isinstance(charge, BlockCharge):
            price = self._blocks(units)
        elif self.tiers:
            price = self._graduated(units)
        else:
            return units * self.prices[0][0], units * self.prices[0][1]
        return price, price

    def _graduated(self, units: Fraction) -> Fraction:
        """The units in each tier at its price, and the flat fee of every tier entered."""
        total, below = ZERO, ZERO
        charge = self.charge
        owes = not isinstance(charge, TieredCharge) or charge.bill_zero_quantity
        for number, tier in enumerate(self.tiers):
            if number and units <= below:
                break
            top = units if tier.bound is None else min(units, tier.bound)
            line = (top - below) * tier.price
            if number or owes or units > 0:
                line += tier.fee
            total += line if self._round_tier is None else self._round_tier(line)
            below = top if tier.bound is None else tier.bound
        return total

    def _blocks(self, units: Fraction) -> Fraction:
        total, above = ZERO, ZERO
        for size, most, price in self._block_tiers():
            held = max(units - above, ZERO)
            if most is not None:
                held = min(held, size * most)
            line = _ceil(held / size) * price
            total += line if self._round_tier is None else self._round_tier(line)
            if most is None:
                break
            above += size * most
        return total

    def _top_block(self, units: Fraction) -> tuple[Fraction, Fraction]:
        """Size and price of the blocks of the tier that units fall in."""
        above = ZERO
        found = None
        for size, most, price in self._block_tiers():
            if found is None or units > above:
                found = (size, price)
            if most is None:
                break
            above += size * most
        assert found is not None
        return found

    def _block_tiers(self) -> list[tuple[Fraction, Fraction | None, Fraction]]:
        assert isinstance(self.charge, BlockCharge)
        last = len(self.charge.tiers) - 1
        return [
            (
                exact(tier.block_size),
                None if tier.max_blocks is None or number == last else exact(tier.max_blocks),
                exact(tier.block_price),
            )
            for number, tier in enumerate(self.charge.tiers)
        ]


def price_classes(charge: AnyCharge) -> tuple[str | None, ...]:
    """The names of the unit prices between which single requests fall."""
    if isinstance(charge, ContextCharge):
        names = (f"above {step.above:.15g}" for step in charge.steps)
        return (f"up to {charge.steps[0].above:.15g}", *names)
    if isinstance(charge, OffPeakCharge):
        return ("peak", "off-peak")
    return (None,)


def _unit_prices(charge: AnyCharge) -> tuple[tuple[Fraction, Fraction], ...]:
    """Public and negotiated price of a unit in each price class; () where units differ."""
    match charge:
        case StandardCharge():
            own = exact(charge.unit_price)
            listed = charge.list_unit_price
            return ((own if listed is None else exact(listed), own),)
        case PercentageCharge():
            found = [charge.rate]
        case ContextCharge():
            found = [charge.unit_price, *(step.unit_price for step in charge.steps)]
        case OffPeakCharge():
            found = [charge.unit_price, charge.off_peak_price]
        case _:
            return ()
    return tuple((exact(price), exact(price)) for price in found)


def _tiers(charge: AnyCharge) -> list[_Tier]:
    """The tiers of a graduated or volume charge, after its allowance."""
    if isinstance(charge, RateTieredCharge):
        return [_Tier(_bound(t.up_to), exact(t.rate), exact(t.flat_fee)) for t in charge.tiers]
    if not isinstance(charge, TieredCharge):
        return []
    free = exact(charge.allowance)
    tiers = [
        _Tier(
            None if tier.up_to is None else exact(tier.up_to) + free,
            exact(tier.unit_price),
            exact(tier.flat_fee),
        )
        for tier in charge.tiers
    ]
    return [_Tier(free, ZERO, ZERO), *tiers] if free else tiers


def _bound(up_to: float | None) -> Fraction | None:
    return None if up_to is None else exact(up_to)


def _money(amount: float | None, rate: Fraction) -> Fraction | None:
    return None if amount is None else exact(amount) * rate


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def _rounded(value: Fraction, how: str) -> int:
    if how == "up":
        return _ceil(value)
    return (value if how == "down" else value + Fraction(1, 2)).__floor__()


def as_decimal(value: Fraction, digits: int) -> Decimal:
    """A fraction with so many decimals, cut off."""
    size = abs(value.numerator) * 10**digits // value.denominator
    return money(size if value >= 0 else -size, digits)
