"""What a charge costs in one period, piece by piece in order of time, and its minimum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby

from tests.billing.oracle.calendar import DAY, Calendar, days
from tests.billing.oracle.charges import AT_THE_END, ONE, ZERO, Charge, Price, Use
from tests.billing.oracle.money import rounded


@dataclass(frozen=True)
class Due:
    """An amount with the moment at which it falls due, and the day that moment belongs to."""

    kind: str
    name: str
    moment: datetime
    ends: bool
    day: date
    period: date
    amount: Fraction

    @property
    def order(self) -> tuple[datetime, bool, int]:
        """Time; at one moment what ends before what begins, and usage before fees and so on."""
        kinds = ("usage", "fee", "minimum", "true-up", "tax")
        return self.moment, not self.ends, kinds.index(self.kind)


@dataclass(frozen=True)
class Cost:
    """An unrounded part of a charge's cost, and the version it belongs to."""

    moment: datetime
    amount: Fraction
    price: Price


def price_charge(
    charge: Charge, period: tuple[date, date], calendar: Calendar, digits: int, rule: str
) -> list[Due]:
    """A charge's amounts due in a period: usage as it happens, a minimum at the end."""
    first, after = period
    since, until = calendar.midnight(first), calendar.midnight(after)
    uses = sorted((u for u in charge.uses if since <= u.moment < until), key=lambda use: use.key)
    held = [(day, charge.on(day, calendar)) for day in days(first, after)]
    share = Fraction(1, len(held))
    costs = costs_of(charge, uses, held, (since, until), calendar)
    costs.sort(key=lambda cost: cost.moment)
    capped = cap(costs, [p.maximum * share for _, p in held if p and p.maximum is not None])
    dues = [
        Due("usage", charge.name, c.moment, False, calendar.day(c.moment), first, c.amount)
        for c in capped
    ]
    minimums = [p.minimum * share for _, p in held if p and p.minimum is not None]
    if minimums:
        used = sum((c.amount for c in capped if c.price.minimum is not None), ZERO)
        lacking = max(sum(minimums, ZERO) - used, ZERO)
        dues.append(Due("minimum", charge.name, until, True, after - DAY, first, lacking))
    return round_running(dues, digits, rule)


def costs_of(
    charge: Charge,
    uses: list[Use],
    held: list[tuple[date, Price | None]],
    span: tuple[datetime, datetime],
    calendar: Calendar,
) -> list[Cost]:
    """The costs of the rows and what is owed without them, before maximum and minimum."""
    share = Fraction(1, len(held))
    costs = []
    parts: dict[tuple[str, ...], list[Use]] = {}
    for use in uses:
        parts.setdefault(use.part, []).append(use)
    if charge.aggregation != "sum":
        for members in parts.values() or [[]]:
            total = aggregate(charge.aggregation, members, span)
            costs += [
                Cost(calendar.midnight(day), whole(price, total) * share, price)
                for day, price in held
                if price
            ]
        return costs
    for members in parts.values() or [[]]:
        total = sum((use.quantity for use in members), ZERO)
        start = charge.begins(*span)
        opening = charge.at(start) if start is not None else None
        if start is not None and opening and opening.kind not in AT_THE_END:
            costs.append(Cost(start, opening.cost(ZERO), opening))
        count = ZERO
        for moment, together in groupby(members, key=lambda use: use.moment):
            rows = list(together)
            price = charge.at(moment)
            assert price, f"{charge.name} has no price at {moment}"
            if price.by_event:
                for row in rows:
                    amount = event(price, row, count) * row.factor
                    costs.append(Cost(moment, amount, price))
                    count += row.quantity
                continue
            added = sum((row.quantity for row in rows), ZERO)
            cost = step(price, count, count + added, total)
            count += added
            weight = sum((r.quantity * r.factor for r in rows), ZERO) / added if added else ONE
            costs.append(Cost(moment, cost * weight, price))
        for day, price in held:
            if price and price.kind in AT_THE_END:
                fee = price.fee_of(total) * share
                costs.append(Cost(calendar.midnight(day), fee, price))
    return costs


def step(price: Price, before: Fraction, after: Fraction, total: Fraction) -> Fraction:
    """What a running count adds to the cost as it rises."""
    if price.kind in AT_THE_END:
        tier = price.tier(total)
        return price.priced(after, tier) - price.priced(before, tier)
    return price.cost(after) - price.cost(before)


def event(price: Price, row: Use, count: Fraction) -> Fraction:
    """A row priced by itself: at its own price, or a rate with fee, least and most."""
    paid = price.units(count + row.quantity) - price.units(count)
    if price.kind == "by_row":
        return paid * row.price * price.net
    if paid <= 0:
        return ZERO
    cost = paid * price.tiers[0].price + price.fee
    if price.least is not None:
        cost = max(cost, price.least)
    if price.most is not None:
        cost = min(cost, price.most)
    return cost * price.net


def whole(price: Price, total: Fraction) -> Fraction:
    """The whole cost of a total under one version."""
    if price.kind in AT_THE_END:
        tier = price.tier(total)
        return price.priced(total, tier) + price.fee_of(total)
    return price.cost(total)


def aggregate(how: str, uses: list[Use], span: tuple[datetime, datetime]) -> Fraction:
    """One number of a period's rows where they are not added up; 0 before the first."""
    if not uses:
        return ZERO
    if how == "max":
        return max(use.quantity for use in uses)
    if how == "last":
        return uses[-1].quantity
    if how == "unique":
        return Fraction(len({use.value for use in uses}))
    assert how == "time_weighted", how
    ends = [use.moment for use in uses[1:]] + [span[1]]
    area = sum(
        (use.quantity * seconds(use.moment, end) for use, end in zip(uses, ends, strict=True)),
        ZERO,
    )
    return area / seconds(*span)


def seconds(start: datetime, end: datetime) -> Fraction:
    """The real seconds between two moments."""
    gone = end - start
    return gone.days * 86400 + gone.seconds + Fraction(gone.microseconds, 10**6)


def cap(costs: list[Cost], maximums: list[Fraction]) -> list[Cost]:
    """The costs of the versions with a maximum, their running sum cut at it: the latest go."""
    if not maximums:
        return costs
    running = before = ZERO
    kept = []
    for cost in costs:
        amount = cost.amount
        if cost.price.maximum is not None:
            running += amount
            now = min(running, sum(maximums, ZERO))
            amount, before = now - before, now
        kept.append(replace(cost, amount=amount))
    return kept


def round_running(dues: list[Due], digits: int, rule: str) -> list[Due]:
    """The amounts as differences of the rounded running sum, where they are not nothing."""
    running = before = ZERO
    made = []
    for due in sorted(dues, key=lambda due: due.order):
        running += due.amount
        now = rounded(running, digits, rule)
        if now != before:
            made.append(replace(due, amount=now - before))
        before = now
    return made


def take_allowance(
    charges: list[Charge], amount: Fraction, since: datetime, until: datetime
) -> None:
    """Takes a period's allowance off the rows of all charges of a meter, in order of time."""
    inside = [
        (use.moment, charge, number)
        for charge in charges
        for number, use in enumerate(charge.uses)
        if since <= use.moment < until
    ]
    inside.sort(key=lambda entry: entry[0])
    for _, together in groupby(inside, key=lambda entry: entry[0]):
        rows = list(together)
        total = sum((charge.uses[number].quantity for _, charge, number in rows), ZERO)
        taken = min(amount, total)
        amount -= taken
        for _, charge, number in rows:
            use = charge.uses[number]
            if total:
                left = use.quantity * (1 - taken / total)
                charge.uses[number] = replace(use, quantity=left)
