"""What a price says, and what it makes of a number of units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

from tests.billing.oracle.calendar import DAY, FAR, Calendar
from tests.billing.oracle.money import rounded, to_multiple

ZERO = Fraction(0)
ONE = Fraction(1)
AT_THE_END = ("volume", "top_tier")


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
    at_zero: bool = True
    round_lines: tuple[int, str] | None = None
    exchange: Fraction = ONE

    @property
    def net(self) -> Fraction:
        """What is left of a list price by contract, in the currency of the bill."""
        return (1 - self.discount) * self.exchange

    @property
    def by_event(self) -> bool:
        """Whether each row has its own price or its own fee, least or most."""
        limited = self.fee or self.least is not None or self.most is not None
        return self.kind == "by_row" or bool(limited)

    def units(self, count: Fraction) -> Fraction:
        """Convert, round, take the free units off."""
        units = count / self.per
        if self.rounding:
            units = to_multiple(units, self.rounding, self.multiple)
        return max(units - self.free, ZERO)

    def cost(self, count: Fraction) -> Fraction:
        """F: the whole cost of a running count, of prices that do not wait for the end."""
        if count < 0:  # a correction mirrors the charge about its cost of nothing
            return 2 * self.cost(ZERO) - self.cost(-count)
        return sum(map(self.line, self.parts(self.units(count))), ZERO) * self.net

    def parts(self, units: Fraction) -> list[Fraction]:
        """What each tier, or the only price, costs."""
        if self.kind == "package":
            return [ceil(units / self.tiers[0].size) * self.tiers[0].price]
        if self.kind == "block":
            begun = self.blocks(units)
            return [n * tier.price for n, tier in zip(begun, self.tiers, strict=True)]
        parts, below = [], ZERO
        for number, tier in enumerate(self.bounds()):
            above = units if tier.up_to is None else min(units, tier.up_to)
            entered = units > below or (number == 0 and self.at_zero)
            within = max(above - below, ZERO)
            parts.append(within * tier.price + (tier.flat_fee if entered else ZERO))
            below = units if tier.up_to is None else tier.up_to
        return parts

    def line(self, cost: Fraction) -> Fraction:
        """A tier's cost, rounded where the book says so; a single price is none."""
        if self.round_lines and self.kind in ("graduated", "block"):
            return rounded(cost, *self.round_lines)
        return cost

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
        units, below = self.units(abs(total)), ZERO
        tiers = self.bounds()
        for tier in tiers:
            if tier.up_to is None:
                return tier
            below = below + tier.up_to * tier.size if self.kind == "top_tier" else tier.up_to
            if units <= below:
                return tier
        return tiers[-1]

    def fee_of(self, total: Fraction) -> Fraction:
        """The flat fee of the tier of the total; of a negative one it is mirrored."""
        if total < 0:
            return 2 * self.fee_of(ZERO) - self.fee_of(-total)
        owed = self.at_zero or self.units(total) > 0
        return self.tier(total).flat_fee * self.net if owed else ZERO

    def priced(self, count: Fraction, tier: Tier) -> Fraction:
        """What a running count costs in the tier of the total."""
        if count < 0:
            return -self.priced(-count, tier)
        units = self.units(count)
        if self.kind == "top_tier":
            units = Fraction(ceil(units / tier.size))
        return units * tier.price * self.net


@dataclass(frozen=True)
class Version:
    """A price and the moments between which it holds, with its rank among those that do."""

    price: Price
    start: datetime
    end: datetime = FAR
    level: int = 0
    since: datetime | None = None
    entry: Any = None

    @property
    def rank(self) -> tuple[int, datetime]:
        """Account before plan before book, then the later beginning of the entry."""
        return self.level, self.since or self.start


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

    def version(self, moment: datetime) -> Version | None:
        """The version in force at a moment."""
        holding = [v for v in self.versions if v.start <= moment < v.end]
        return max(holding, key=lambda v: v.rank, default=None)

    def at(self, moment: datetime) -> Price | None:
        """The price in force at a moment."""
        version = self.version(moment)
        return version.price if version else None

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
