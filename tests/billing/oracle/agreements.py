"""What a customer's account holds beside prices: plans' fees and commitments, by days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from tests.billing.oracle.calendar import DAY, FAR, Calendar, days, runs, windows
from tests.billing.oracle.charges import ONE, ZERO
from tests.billing.oracle.money import rounded
from tests.billing.oracle.pricing import Due, round_running

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Fee:
    """A recurring fee of a plan."""

    name: str
    amount: Fraction
    every: str = "month"
    in_advance: bool = True
    per_seat: bool = False


@dataclass(frozen=True)
class Holding:
    """A plan that an account has for some time, with its seats."""

    plan: str
    start: datetime
    end: datetime = FAR
    seats: Fraction = ONE
    fees: tuple[Fee, ...] = ()
    allowances: tuple[tuple[str, Fraction], ...] = ()
    discounts: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class Commitment:
    """Something to spend in each month, quarter or year."""

    name: str
    minimum: Fraction
    start: datetime
    end: datetime = FAR
    every: str = "month"
    counts: frozenset[str] = frozenset({"usage", "minimum"})


Dated = Holding | Commitment


def held_days(
    one: Dated, others: Sequence[Dated], first: date, after: date, calendar: Calendar
) -> list[date]:
    """The days of an entry: where it holds at the start, or begins and none of its kind holds."""
    found = []
    for day in days(first, after):
        midnight, end = calendar.midnight(day), calendar.midnight(day + DAY)
        holding = [other for other in others if other.start <= midnight < other.end]
        beginning = [other for other in others if midnight < other.start < min(end, other.end)]
        earliest = min(beginning, key=lambda other: other.start, default=None)
        if one in holding or (not holding and one is earliest):
            found.append(day)
    return found


def fees_due(
    holdings: Sequence[Holding],
    period: tuple[date, date],
    calendar: Calendar,
    digits: int,
    rule: str,
) -> list[Due]:
    """The fees that fall due in a period."""
    first, after = period
    found: dict[str, list[Due]] = {}
    for holding in holdings:
        for fee in holding.fees:
            full = fee.amount * (holding.seats if fee.per_seat else 1)
            for begin, end in fee_windows(fee, holdings, period, calendar):
                mine = held_days(holding, holdings, begin, end, calendar)
                for run_begin, run_end in runs(mine):
                    day = run_begin if fee.in_advance else run_end - DAY
                    if first <= day < after:
                        moment = calendar.midnight(run_begin if fee.in_advance else run_end)
                        part = full * Fraction((run_end - run_begin).days, (end - begin).days)
                        due = Due("fee", fee.name, moment, not fee.in_advance, day, first, part)
                        found.setdefault(fee.name, []).append(due)
    return [due for dues in found.values() for due in round_running(dues, digits, rule)]


def fee_windows(
    fee: Fee, holdings: Sequence[Holding], period: tuple[date, date], calendar: Calendar
) -> Iterator[tuple[date, date]]:
    """The stretches a fee is for: periods, or quarters and years from the first plan on."""
    if fee.every == "month":
        yield period
    else:
        anchor = calendar.day(min(holding.start for holding in holdings))
        for begin, end in windows(anchor, MONTHS[fee.every], period[1]):
            if end > period[0]:
                yield begin, end


def joined(commitments: Sequence[Commitment]) -> list[Commitment]:
    """Entries of one name and equal terms that touch, as one."""
    made: list[Commitment] = []
    for new in sorted(commitments, key=lambda c: c.start):
        for number, old in enumerate(made):
            if replace(old, start=new.start, end=new.end) == new and old.end == new.start:
                made[number] = replace(old, end=new.end)
                break
        else:
            made.append(new)
    return made


def true_ups(
    commitments: Sequence[Commitment],
    dues: Sequence[Due],
    span: tuple[date, date],
    calendar: Calendar,
    digits: int,
    rule: str,
) -> list[Due]:
    """What is missing of each commitment's windows that end within a stretch of periods."""
    found = []
    commitments = joined(commitments)
    for one in commitments:
        alike = [other for other in commitments if other.every == one.every]
        for begin, end in commitment_windows(one, span, calendar):
            for first, after in runs(held_days(one, alike, begin, end, calendar)):
                if not span[0] < after <= span[1]:
                    continue
                minimum = one.minimum * Fraction((after - first).days, (end - begin).days)
                used = sum(
                    (d.amount for d in dues if d.kind in one.counts and first <= d.day < after),
                    ZERO,
                )
                lacking = max(rounded(minimum - used, digits, rule), ZERO)
                last = after - DAY
                period = calendar.period(last)[0]
                due = Due(
                    "true-up", one.name, calendar.midnight(after), True, last, period, lacking
                )
                found.append(due)
    return found


def commitment_windows(
    one: Commitment, span: tuple[date, date], calendar: Calendar
) -> Iterator[tuple[date, date]]:
    """The windows of a commitment: periods, or quarters and years from where it begins."""
    if one.every == "month":
        yield from calendar.periods(span[0], span[1] - DAY)
        return
    yield from windows(calendar.day(one.start), MONTHS[one.every], span[1])
