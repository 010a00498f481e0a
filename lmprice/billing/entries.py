"""What an account has beside its usage, in its calendar: fees, commitments, coupons, credits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import count

from lmprice.billing.accounts import (
    MONTHS,
    Account,
    AmountCoupon,
    Commitment,
    Coupon,
    Credit,
    Discount,
    Fee,
    Span,
)
from lmprice.billing.calendar import Calendar
from lmprice.billing.fields import exact
from lmprice.billing.parsing import BookError
from lmprice.billing.scopes import Scope, Scopes, Stint
from lmprice.billing.timeline import NEVER


@dataclass(frozen=True)
class DueFee:
    """A fee for the days of a plan in one window."""

    name: str
    amount: Fraction
    at: int
    at_end: bool  # whether it belongs to the day that ends then


@dataclass(frozen=True)
class Window:
    """The time that a commitment looks at: usage of its own days, and what it owes for them."""

    number: int  # of its commitment
    name: str
    counts: frozenset[str]
    start: int
    end: int
    minimum: Fraction

    def holds(self, at: int, *, at_end: bool) -> bool:
        """Whether what falls due at a moment is of its days."""
        return self.start < at <= self.end if at_end else self.start <= at < self.end


@dataclass(frozen=True, eq=False)
class DatedCoupon:
    """A coupon of the account, or a discount of its plan, with the time of its own days."""

    coupon: Coupon | Discount
    start: int
    end: int

    def holds(self, at: int, *, at_end: bool) -> bool:
        """Whether what falls due at a moment is of its days."""
        return self.start < at <= self.end if at_end else self.start <= at < self.end


@dataclass(frozen=True, eq=False)
class DatedCredit:
    """A credit with the time in which it is valid, and what it holds in smallest units."""

    credit: Credit
    start: int
    end: int
    amount: int

    def holds(self, at: int, *, at_end: bool) -> bool:
        """Whether it is valid when something falls due."""
        return self.start < at <= self.end if at_end else self.start <= at < self.end


class Entries:
    """The entries of an account, dated."""

    def __init__(self, scope: Scope, scopes: Scopes) -> None:
        self.scope, account = scope, scope.account
        calendar = scope.calendar
        self.coupons = list(self._discounts())
        self.coupons += [
            DatedCoupon(coupon, *_days_of(coupon.valid_from, coupon.valid_until, calendar))
            for coupon in account.coupons
        ]
        dated = [self._dated(credit, scopes) for credit in account.credits]
        self.credits = [
            entry
            for _, entry in sorted(
                enumerate(dated),
                key=lambda one: (
                    one[1].credit.priority is None, one[1].credit.priority or 0, one[1].end, one[0],
                ),
            )
        ]  # fmt: skip
        self.commitments = list(_commitments(account, calendar))

    @property
    def first(self) -> int | None:
        """The first date of its plans, coupons, credits and commitments."""
        starts = [stint.start for stint in self.scope.stints]
        starts += [coupon.start for coupon in self.coupons]
        starts += [credit.start for credit in self.credits]
        starts += [self.scope.calendar.midnight(days.start) for _, days, _ in self.commitments]
        return min(starts, default=None)

    @property
    def has_state(self) -> bool:
        """Whether what happened earlier matters later."""
        return bool(self.coupons or self.credits or self.commitments)

    @property
    def are_none(self) -> bool:
        """Whether there is nothing to owe or to take off but usage."""
        has_fees = any(stint.plan.fees for stint in self.scope.stints)
        return not (self.has_state or has_fees or self.scope.account.tax)

    def cuts(self, first: int, last: int) -> set[int]:
        """The moments within periods at which the money that falls due is treated otherwise."""
        calendar = self.scope.calendar
        start, end = calendar.start(first), calendar.start(last + 1)
        found = {t for coupon in self.coupons for t in (coupon.start, coupon.end)}
        found |= {t for credit in self.credits for t in (credit.start, credit.end)}
        for window in self.windows(first, last):
            found |= {window.start, window.end}
        for fee in self.fees(first, last):
            found |= {fee.at} if fee.at_end else {fee.at, fee.at + 1}
        return {t for t in found if start < t < end}

    def fees(self, first: int, last: int) -> Iterator[DueFee]:
        """The fees that fall due in periods, in order of their plans."""
        calendar = self.scope.calendar
        days = range(calendar.days(first).start, calendar.days(last).stop)
        for stint, own in self._stint_days(days):
            for fee in stint.plan.fees:
                yield from self._fee(fee, stint, own, days)

    def _discounts(self) -> Iterator[DatedCoupon]:
        """The discounts of the plans, each of the days of its plan."""
        midnight = self.scope.calendar.midnight
        for stint, own in self._stint_days(range(date.max.toordinal())):
            for discount in stint.plan.discounts:
                yield DatedCoupon(discount, midnight(own.start), midnight(own.stop))

    def _stint_days(self, days: range) -> Iterator[tuple[Stint, range]]:
        """The own days of each plan, as far as they reach into some days."""
        calendar, ends = self.scope.calendar, -1
        for stint in self.scope.stints:
            own = calendar.own_days(stint.start, None if stint.end == NEVER else stint.end)
            own = range(max(own.start, ends), max(own.stop, ends))
            ends = max(ends, own.stop)
            if own and own.start < days.stop and own.stop > days.start:
                yield stint, own

    def _fee(self, fee: Fee, stint: Stint, own: range, days: range) -> Iterator[DueFee]:
        calendar = self.scope.calendar
        amount = exact(fee.amount) * (stint.seats if fee.per_seat else 1)
        first_day = date.fromordinal(calendar.day_of(self.scope.stints[0].start))
        for window in _windows(fee.period, first_day, calendar, _since(fee.period, own, days)):
            if window.start >= min(days.stop, own.stop):
                return
            part = range(max(own.start, window.start), min(own.stop, window.stop))
            at_end = fee.due == "arrears"
            due = part.stop - 1 if at_end else part.start
            if part and due in days:
                yield DueFee(
                    fee.name,
                    amount * len(part) / len(window),
                    calendar.midnight(part.stop if at_end else part.start),
                    at_end,
                )

    def windows(self, first: int, last: int) -> Iterator[Window]:
        """The windows of commitments that touch periods."""
        calendar = self.scope.calendar
        days = range(calendar.days(first).start, calendar.days(last).stop)
        for number, (commitment, own, begin) in enumerate(self.commitments):
            since = _since(commitment.period, own, days)
            for window in _windows(commitment.period, begin, calendar, since):
                if window.start >= min(days.stop, own.stop):
                    break
                part = range(max(own.start, window.start), min(own.stop, window.stop))
                if part and part.stop > days.start:
                    yield Window(
                        number,
                        commitment.name,
                        frozenset(commitment.counts),
                        calendar.midnight(part.start),
                        calendar.midnight(part.stop),
                        exact(commitment.minimum) * len(part) / len(window),
                    )

    def _dated(self, credit: Credit, scopes: Scopes) -> DatedCredit:
        calendar = self.scope.calendar
        start = calendar.instant(credit.valid_from)
        end = NEVER if credit.valid_until is None else calendar.instant(credit.valid_until)
        rate = scopes.rates(credit.currency, calendar).at(start)
        if rate is None:
            raise BookError(
                [f"rates: the credit {credit.name!r} of {self.scope.account.customer} is in "
                 f"{credit.currency}, which has no rate at {credit.valid_from}"]
            )  # fmt: skip
        left = (exact(credit.amount) - exact(credit.used)) * rate
        return DatedCredit(credit, start, end, max(scopes.round(left), 0))


def left_of(coupon: AmountCoupon) -> Fraction:
    """What of a sum off was not used before."""
    return exact(coupon.amount) - exact(coupon.used)


def _days_of(start: date, end: date | None, calendar: Calendar) -> tuple[int, int]:
    """The time of the days of a coupon."""
    days = calendar.own_days(
        calendar.instant(start), None if end is None else _bounded(calendar.instant(end))
    )
    return calendar.midnight(days.start), calendar.midnight(days.stop)


def _bounded(end: int) -> int | None:
    return None if end >= NEVER else end


def _since(period: Span, own: range, days: range) -> int:
    """A day in or before the first window that matters to some days."""
    return max(own.start, days.start if period == "month" else days.start - 400)


def _windows(period: Span, begin: date, calendar: Calendar, since: int) -> Iterator[range]:
    """The windows of a period of time, from the one on that holds a day or ends before it."""
    if period == "month":
        first = calendar.period_of(calendar.midnight(since))
        for number in count(first):
            yield calendar.days(number)
    months = MONTHS[period]
    passed = max(date.fromordinal(max(since, begin.toordinal())).year - begin.year - 1, 0)
    for number in count(passed * 12 // months):
        yield calendar.window(begin, months, number)


def _commitments(account: Account, calendar: Calendar) -> Iterator[tuple[Commitment, range, date]]:
    """Each commitment with its own days and the day from which its windows run."""
    merged = list(_merged(account, calendar))
    for commitment, start, end in merged:
        day = calendar.day_of(start)
        others = [
            other
            for other in merged
            if other[0].period == commitment.period and other[0] is not commitment
        ]
        midnight = calendar.midnight(day)
        # A day counts once: for what holds at its start or else for what begins first in it.
        is_taken = start != midnight and any(
            s <= midnight < e or midnight < s < start for _, s, e in others
        )
        own = calendar.own_days(start, _bounded(end), with_first=not is_taken)
        yield commitment, own, date.fromordinal(day)


def _merged(account: Account, calendar: Calendar) -> Iterator[tuple[Commitment, int, int]]:
    """Commitments with start and end; those of one name and equal terms that touch are one."""
    spans: list[tuple[Commitment, int, int]] = []
    for entry in account.commitments:
        end = NEVER if entry.valid_until is None else calendar.instant(entry.valid_until)
        spans.append((entry, calendar.instant(entry.valid_from), end))
    spans.sort(key=lambda span: span[1])
    while spans:
        entry, start, end = spans.pop(0)
        touching = True
        while touching:
            touching = False
            for place, (other, begins, ends) in enumerate(spans):
                if begins == end and _terms(other) == _terms(entry):
                    del spans[place]
                    end, touching = ends, True
                    break
        yield entry, start, end


def _terms(entry: Commitment) -> tuple[object, ...]:
    return entry.name, entry.minimum, entry.period, frozenset(entry.counts)
