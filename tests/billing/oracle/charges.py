"""What a price says, and what it makes of a number of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import ceil

from tests.billing.oracle.calendar import DAY, FAR, Calendar
from tests.billing.oracle.money import to_multiple

ZERO = Fraction(0)
ONE = Fraction(1)
AT_THE_END = ("volume", "top_tier")
BY_EVENT = ("percentage", "by_row")


@dataclass(frozen=True)
class Tier:
    """Units up to a bound (None: without end) at a price; of blocks: how many of which size."""

    up_to: Fraction | None
    price: Fraction
    flat_fee: Fraction = ZERO
    size: Fraction = ONE


@dataclass(frozen=True)
class Price:
    """One version of a charge."""

    kind: str
    tiers: tuple[Tier, ...] = (Tier(None, ZERO),)
    per: Fraction = ONE
    rounding: str | None = None
    multiple: Fraction = ONE
    free: Fraction = ZERO
    shift: Fraction = ZERO
    discount: Fraction = ZERO
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    fee: Fraction = ZERO
    least: Fraction | None = None
    most: Fraction | None = None

    def units(self, count: Fraction) -> Fraction:
        """Convert, round, take the free units off."""
        units = count / self.per
        if self.rounding:
            units = to_multiple(units, self.rounding, self.multiple)
        return max(units - self.free, ZERO)

    def cost(self, count: Fraction) -> Fraction:
        """F: the whole cost of a running count, of prices that do not wait for the end."""
        units = self.units(count)
        tiers = self.bounds()
        if self.kind == "package":
            cost = ceil(units / tiers[0].size) * tiers[0].price
        elif self.kind == "block":
            cost = sum((b * t.price for b, t in zip(self.blocks(units), tiers, strict=True)), ZERO)
        else:
            cost = below = ZERO
            for number, tier in enumerate(tiers):
                if number == 0 or units > below:
                    above = units if tier.up_to is None else min(units, tier.up_to)
                    cost += (above - below) * tier.price + tier.flat_fee
                below = units if tier.up_to is None else tier.up_to
        return cost * (1 - self.discount)

    def bounds(self) -> tuple[Tier, ...]:
        """The tiers; a shift puts so many units at no price in front of them."""
        if not self.shift:
            return self.tiers
        moved = [
            Tier(None if t.up_to is None else t.up_to + self.shift, t.price, t.flat_fee)
            for t in self.tiers
        ]
        return (Tier(self.shift, ZERO), *moved)

    def blocks(self, units: Fraction) -> list[int]:
        """How many blocks of each tier are begun, one tier filled after the other."""
        begun = []
        for tier in self.tiers:
            blocks = ceil(units / tier.size)
            if tier.up_to is not None:
                blocks = min(blocks, int(tier.up_to))
            begun.append(blocks)
            units = max(units - blocks * tier.size, ZERO)
        return begun

    def tier(self, total: Fraction) -> Tier:
        """The tier in which a total falls; above the last bound, the last."""
        units, below = self.units(total), ZERO
        tiers = self.bounds()
        for tier in tiers:
            if tier.up_to is None:
                return tier
            below = below + tier.up_to * tier.size if self.kind == "top_tier" else tier.up_to
            if units <= below:
                return tier
        return tiers[-1]

    def priced(self, count: Fraction, tier: Tier) -> Fraction:
        """What a running count costs in the tier of the total."""
        units = self.units(count)
        if self.kind == "top_tier":
            units = Fraction(ceil(units / tier.size))
        return units * tier.price * (1 - self.discount)


@dataclass(frozen=True)
class Version:
    """A price and the moments between which it holds, with its rank among those that do."""

    price: Price
    start: datetime
    end: datetime = FAR
    rank: int = 0


@dataclass(frozen=True)
class Use:
    """A row's quantity of a charge, with what the row itself says about its price."""

    moment: datetime
    quantity: Fraction
    order: tuple[str, ...] = ()
    factor: Fraction = ONE
    part: tuple[str, ...] = ()
    price: Fraction = ZERO
    value: str = ""

    @property
    def key(self) -> tuple[datetime, Fraction, tuple[str, ...]]:
        """Time, then the smaller quantity, then the row's cells."""
        return self.moment, self.quantity, self.order


@dataclass
class Charge:
    """All versions of the price of one meter for one customer."""

    name: str
    versions: Sequence[Version]
    aggregation: str = "sum"
    uses: list[Use] = field(default_factory=list)

    def at(self, moment: datetime) -> Price | None:
        """The version in force at a moment."""
        holding = [v for v in self.versions if v.start <= moment < v.end]
        return max(holding, key=lambda v: (v.rank, v.start)).price if holding else None

    def begins(self, since: datetime, until: datetime) -> datetime | None:
        """The first moment of a stretch at which any version holds."""
        if self.at(since):
            return since
        return min(
            (v.start for v in self.versions if since < v.start < min(until, v.end)), default=None
        )

    def on(self, day: date, calendar: Calendar) -> Price | None:
        """The version a day counts for: that at its start, or the first that begins in it."""
        first = self.begins(calendar.midnight(day), calendar.midnight(day + DAY))
        return self.at(first) if first is not None else None
