"""Charging: what one charge costs a customer in one period, and when it falls due.

The period is cut where something changes.  The pieces are priced in order of time on one running
count: a piece costs F(count at its end) - F(count at its start), F the whole cost function of the
version in force.  What depends on the total, and what is no sum, is priced at the end.  A charge is
rounded once a period; pieces, days and rows are differences of the rounded running cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from lmprice.billing.calendar import Calendar
from lmprice.billing.pricing import NOTHING, ZERO, Cost, Price
from lmprice.billing.scopes import Identity, Scope, Version

Rounder = Callable[[Fraction], int]


class Use(NamedTuple):
    """What rows add to a charge: all of one slot, of one moment, or one row."""

    slot: int
    at: int  # the moment, where single moments matter
    part: str
    price_class: int
    factor: Fraction
    units: Fraction  # what counts, after rules of the row and allowances
    quantity: Fraction  # what was metered
    row: int = -1


class Slot(NamedTuple):
    """A piece of a period in which nothing changes."""

    number: int
    start: int
    end: int


class _Added(NamedTuple):
    """A part of the running cost."""

    slot: int
    version: Version
    price_class: int
    cost: Cost
    quantity: Fraction
    row: int = -1
    at: int = 0


@dataclass
class Line:
    """A line of a bill: one version of a charge, and one of its unit prices."""

    version: Version
    price_class: int
    quantity: Fraction = ZERO
    exact: Cost = NOTHING
    public: int = 0
    due: int = 0


@dataclass
class Charged:
    """What a charge costs in a period, in smallest units."""

    identity: Identity
    lines: list[Line] = field(default_factory=list)
    dues: dict[int, int] = field(default_factory=dict)  # by slot
    minimum: int = 0  # what the minimum adds, at the end of the period
    exact_minimum: Fraction = ZERO
    # Of each part in order of time: slot, row (-1: of none), what falls due, unrounded.
    rows: list[tuple[int, int, int, Fraction]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All that falls due for usage."""
        return sum(self.dues.values())


class Period:
    """A period of a scope with its slots."""

    def __init__(self, scope: Scope, number: int, slots: Sequence[Slot]) -> None:
        self.scope, self.number, self.slots = scope, number, slots
        self.days = scope.calendar.days(number)
        self.start, self.end = scope.calendar.start(number), scope.calendar.start(number + 1)
        self._places = {slot.number: slot for slot in slots}

    def start_of(self, slot: int) -> int:
        """The first moment of a slot."""
        return self._places[slot].start

    def slot_at(self, moment: int) -> int:
        """The slot in which a moment lies."""
        return next(s.number for s in reversed(self.slots) if s.start <= moment)

    def by_days(self, days: range) -> list[tuple[int, int]]:
        """How many of some days begin in each slot."""
        if len(self.slots) == 1:
            return [(self.slots[0].number, len(days))]
        calendar = self.scope.calendar
        found = []
        for slot in self.slots:
            first, last = (_first_day(calendar, moment) for moment in (slot.start, slot.end))
            count = min(days.stop, last) - max(days.start, first)
            if count > 0:
                found.append((slot.number, count))
        return found


def _first_day(calendar: Calendar, moment: int) -> int:
    """The first day that begins at a moment or after it."""
    day = calendar.day_of(moment)
    return day if calendar.midnight(day) == moment else day + 1


def charged(
    period: Period,
    identity: Identity,
    uses: Iterable[Use],
    totals: dict[str, Fraction],
    rounded: Rounder,
    *,
    with_rows: bool = False,
) -> Charged:
    """What a charge costs a customer in a period.

    ``uses`` are in order of time; ``totals`` has, of a charge that is no sum, the quantity of each
    part.
    """
    timeline = period.scope.versions[identity]
    uses = list(uses)
    if len(period.slots) == 1 and identity.is_sum and not with_rows:
        version = timeline.at(period.start)
        if version is not None and version.price.is_plain:
            return _plainly(identity, version, uses, period.slots[0].number, rounded)
    owned = list(timeline.days(period.scope.calendar, period.days))
    if identity.is_sum:
        added = _of_sum(period, identity, uses, owned)
    else:
        added = _of_quantity(period, identity, totals, owned)
    return _collected(period, identity, added, owned, rounded, with_rows=with_rows)


def _plainly(
    identity: Identity, version: Version, uses: list[Use], slot: int, rounded: Rounder
) -> Charged:
    """The most common case at once: one price through the period, and nothing but units."""
    result = Charged(identity)
    lines: dict[tuple[int, int], Line] = {}
    if version.price.is_linear:
        for use in uses:
            key = (0, use.price_class)
            line = lines.get(key)
            units = use.units if use.factor == 1 else use.units * use.factor
            unit_cost = version.price.unit_cost(use.price_class)
            own = unit_cost.negotiated * units
            equal = unit_cost.public == unit_cost.negotiated
            cost = Cost(own if equal else unit_cost.public * units, own)
            if line is None:
                lines[key] = Line(version, use.price_class, use.quantity, cost)
            else:
                line.quantity += use.quantity
                line.exact += cost
    else:
        for one in _of_part_by_part(uses, {slot: version}):
            line = lines.setdefault((0, 0), Line(version, 0))
            line.quantity += one.quantity
            line.exact += one.cost
    total = _round_lines(lines, rounded)
    result.lines = [lines[key] for key in sorted(lines)]
    result.dues[slot] = total
    return result


def _of_part_by_part(uses: list[Use], holding: dict[int, Version | None]) -> Iterator[_Added]:
    """The costs of each running count."""
    parts: dict[str, list[Use]] = {}
    for use in uses:
        parts.setdefault(use.part, []).append(use)
    for own in parts.values():
        yield from _of_part(own, sum((use.units for use in own), ZERO), holding)


def _of_sum(
    period: Period, identity: Identity, uses: list[Use], owned: list[tuple[Version, range]]
) -> list[_Added]:
    timeline = period.scope.versions[identity]
    added: list[_Added] = []
    first = timeline.first_in(period.start, period.end)
    if first is not None and first[1].price.at_zero != NOTHING:
        slot = period.slot_at(first[0])
        added.append(_Added(slot, first[1], 0, first[1].price.at_zero, ZERO))
    parts: dict[str, list[Use]] = {}
    for use in uses:
        parts.setdefault(use.part, []).append(use)
    totals = {part: sum((u.units for u in own), ZERO) for part, own in parts.items()}
    holding = {slot.number: timeline.at(slot.start) for slot in period.slots}
    for part, own in parts.items():
        added += _of_part(own, totals[part], holding)
    for version, days in owned:
        if version.price.needs_total:
            each = totals.values() if totals or identity.count_by else [ZERO]
            fee = sum((version.price.of_total(total)[1] for total in each), NOTHING)
            added += _daily(period, version, fee, days)
    return added


def _of_part(uses: list[Use], total: Fraction, holding: dict[int, Version | None]) -> list[_Added]:
    """The costs of one running count."""
    added: list[_Added] = []
    count = ZERO
    place = 0
    functions: dict[int, Callable[[Fraction], Cost]] = {}
    # Up to which count of which version each unit costs the same, as for most rows it does.
    tier: tuple[Version | None, Fraction, Cost] = (None, ZERO, NOTHING)
    while place < len(uses):
        use = uses[place]
        version = holding[use.slot]
        assert version is not None
        price = version.price
        if price.is_linear:
            cost = price.unit_cost(use.price_class).times(use.units * use.factor)
            together = [use]
            costs = [cost]
        elif price.has_events:
            together = [use]
            step = price.units(count + use.units) - price.units(count)
            costs = [price.event(step).times(use.factor)]
        else:
            function = functions.get(id(version))
            if function is None:
                function = price.of_total(total)[0] if price.needs_total else price.cost
                functions[id(version)] = function
            together = [use]
            while place + len(together) < len(uses) and _alike(use, uses[place + len(together)]):
                together.append(uses[place + len(together)])
            units = use.units if len(together) == 1 else sum((u.units for u in together), ZERO)
            after = count + units
            if version is tier[0] and units >= 0 and after <= tier[1]:
                step_cost = tier[2].times(units)
            else:
                step_cost = function(after) - function(count)
                known = None if price.needs_total else price.within_tier(after)
                tier = (None, ZERO, NOTHING) if known is None else (version, *known)
                rest = uses[place + len(together) :]
                if tier[0] is not None and total <= tier[1] and _only_adds(rest, holding):
                    added += _in_one_tier(version, tier[2], rest)
                    uses = uses[: place + len(together)]
            costs = _shared(step_cost, units, together)
        for one, cost in zip(together, costs, strict=True):
            count += one.units
            added.append(
                _Added(one.slot, version, one.price_class, cost, one.quantity, one.row, one.at)
            )
        place += len(together)
    return added


def _only_adds(uses: list[Use], holding: dict[int, Version | None]) -> bool:
    """Whether uses are of one piece, of no single rows, and take nothing back."""
    return len(holding) == 1 and all(u.row < 0 and u.units.numerator >= 0 for u in uses)


def _in_one_tier(version: Version, unit_cost: Cost, uses: list[Use]) -> Iterator[_Added]:
    """The costs of uses that stay within a tier: only their units and factors matter."""
    alike: dict[tuple[int, Fraction], list[Use]] = {}
    for use in uses:
        alike.setdefault((use.price_class, use.factor), []).append(use)
    for (price_class, factor), own in alike.items():
        cost = unit_cost.times(sum((u.units for u in own), ZERO) * factor)
        quantity = sum((u.quantity for u in own), ZERO)
        yield _Added(own[0].slot, version, price_class, cost, quantity)


def _alike(one: Use, other: Use) -> bool:
    """Whether two uses are priced together: of one moment, or of one slot and factor."""
    return one.slot == other.slot and one.at == other.at


def _shared(cost: Cost, units: Fraction, uses: list[Use]) -> list[Cost]:
    """The cost of uses of one moment, by their shares of its units, under their factors."""
    if units == 0:
        return [cost, *([NOTHING] * (len(uses) - 1))]
    if len(uses) == 1:
        return [cost.times(uses[0].factor)]
    return [cost.times(use.units / units * use.factor) for use in uses]


def _of_quantity(
    period: Period, identity: Identity, totals: dict[str, Fraction],
    owned: list[tuple[Version, range]],
) -> list[_Added]:  # fmt: skip
    """The costs of what is no sum: each version's price of the whole, by days."""
    each = list(totals.values()) if totals or identity.count_by else [ZERO]
    added: list[_Added] = []
    for version, days in owned:
        cost = sum((version.price.whole(quantity) for quantity in each), NOTHING)
        added += _daily(period, version, cost, days, sum(each, ZERO))
    return added


def _daily(
    period: Period, version: Version, cost: Cost, days: range, quantity: Fraction = ZERO
) -> list[_Added]:
    """A cost of a whole period, by days, each due at its start."""
    if cost == NOTHING and not quantity:
        return []
    share = Fraction(1, len(period.days))
    found = []
    for slot, count in period.by_days(days):
        found.append(_Added(slot, version, 0, cost.times(share * count), quantity))
        quantity = ZERO
    return found


def _by_days(
    owned: list[tuple[Version, range]], days: int, bound: Callable[[Price], Fraction | None]
) -> Fraction | None:
    """A minimum or maximum of a period: the sum of those of its versions, by days."""
    found = [(value, len(own)) for v, own in owned if (value := bound(v.price)) is not None]
    return sum((value * n for value, n in found), ZERO) / days if found else None


def _collected(
    period: Period, identity: Identity, added: list[_Added], owned: list[tuple[Version, range]],
    rounded: Rounder, *, with_rows: bool,
) -> Charged:  # fmt: skip
    """The running cost, cut at the maximum, rounded, and lifted to the minimum."""
    result = Charged(identity)
    most = _by_days(owned, len(period.days), lambda price: price.maximum)
    least = _by_days(owned, len(period.days), lambda price: price.minimum)
    if len(period.slots) > 1 or with_rows:
        added.sort(key=lambda one: (one.slot, one.at))
    lines: dict[tuple[int, int], Line] = {}
    orders: dict[int, int] = {}
    bounded = total = towards_least = ZERO
    due = 0
    for one in added:
        price = one.version.price
        cost = one.cost.negotiated
        if most is not None and price.maximum is not None:
            cost = min(bounded + cost, most) - min(bounded, most)
            bounded += one.cost.negotiated
        total += cost
        if price.minimum is not None:
            towards_least += cost
        order = orders.setdefault(id(price), len(orders))
        line = lines.setdefault((order, one.price_class), Line(one.version, one.price_class))
        line.quantity += one.quantity
        line.exact += Cost(one.cost.public, cost)
        if len(period.slots) > 1 or with_rows:
            now = rounded(total)
            result.dues[one.slot] = result.dues.get(one.slot, 0) + now - due
            if with_rows:
                result.rows.append((one.slot, one.row, now - due, cost))
            due = now
    if not (len(period.slots) > 1 or with_rows) and added:
        result.dues[added[0].slot] = due = rounded(total)
    _round_lines(lines, rounded)
    result.lines = [lines[key] for key in sorted(lines)]
    if least is not None and towards_least < least:
        result.exact_minimum = least - towards_least
        result.minimum = rounded(total + result.exact_minimum) - due
    return result


def _round_lines(lines: dict[tuple[int, int], Line], rounded: Rounder) -> int:
    """Round lines so that they add up to the rounded cost of the charge."""
    public = own = ZERO
    public_due = own_due = 0
    for key in sorted(lines):
        line = lines[key]
        before, own = own, own + line.exact.negotiated
        own_now = rounded(own)
        if line.exact.public == line.exact.negotiated and public == before:
            public, public_now = own, own_now
        else:
            public += line.exact.public
            public_now = rounded(public)
        line.public, line.due = public_now - public_due, own_now - own_due
        public_due, own_due = public_now, own_now
    return own_due
