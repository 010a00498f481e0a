"""From what falls due to what is billed: coupons, tax and credits on running sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from tests.billing.oracle.agreements import Holding, held_days
from tests.billing.oracle.calendar import DAY, FAR, Calendar
from tests.billing.oracle.charges import ZERO
from tests.billing.oracle.money import rounded
from tests.billing.oracle.pricing import Due


@dataclass(frozen=True)
class Coupon:
    """A share or a sum off, of its own days."""

    name: str
    start: datetime
    end: datetime = FAR
    rate: Fraction | None = None
    amount: Fraction = ZERO
    each_period: bool = False
    used: Fraction = ZERO

    def has(self, day: date, calendar: Calendar) -> bool:
        """Whether a day is one of its own: it holds at its start, or begins in it."""
        midnight, end = calendar.midnight(day), calendar.midnight(day + DAY)
        return self.start <= midnight < self.end or midnight < self.start < min(end, self.end)


@dataclass(frozen=True)
class PlanDiscount(Coupon):
    """A share off on the days of a plan."""

    holding: Holding | None = None
    holdings: tuple[Holding, ...] = ()

    def has(self, day: date, calendar: Calendar) -> bool:
        """Whether a day is one of the plan."""
        assert self.holding
        return day in held_days(self.holding, self.holdings, day, day + DAY, calendar)


@dataclass(frozen=True)
class Credit:
    """Prepaid money, valid for a time."""

    name: str
    amount: Fraction
    start: datetime
    end: datetime = FAR
    priority: int | None = None
    covers: frozenset[str] = frozenset({"usage"})
    taxed_when_bought: bool = False
    used: Fraction = ZERO

    def covers_due(self, due: Due) -> bool:
        """Whether it is valid when an amount falls due; what ends belongs to the time before."""
        kind = "minimum" if due.kind == "true-up" else due.kind
        valid = (
            self.start < due.moment <= self.end if due.ends else self.start <= due.moment < self.end
        )
        return valid and kind in self.covers


@dataclass(frozen=True)
class Tax:
    """A rate on top of prices, or inside them."""

    rate: Fraction
    inclusive: bool = False


@dataclass
class Bill:
    """A period's sums, by what they are."""

    usage: Fraction = ZERO
    fees: Fraction = ZERO
    minimums: Fraction = ZERO
    true_ups: Fraction = ZERO
    coupons: Fraction = ZERO
    tax: Fraction = ZERO
    tax_inside: Fraction = ZERO
    credits: Fraction = ZERO
    lines: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    days: dict[date, Fraction] = field(default_factory=dict)

    @property
    def contracted(self) -> Fraction:
        """What usage, fees and minimums cost by contract."""
        return self.usage + self.fees + self.minimums

    @property
    def effective(self) -> Fraction:
        """What is owed, by money or by credit."""
        return self.contracted - self.coupons + self.true_ups + self.tax

    @property
    def billed(self) -> Fraction:
        """What is to be paid."""
        return self.effective - self.credits

    def book(self, category: str, name: str, amount: Fraction) -> None:
        """Adds an amount to a line."""
        self.lines[category, name] = self.lines.get((category, name), ZERO) + amount


@dataclass
class Till:
    """The running sums of a customer's coupons and credits."""

    coupons: Sequence[Coupon]
    credits: Sequence[Credit]
    calendar: Calendar
    digits: int
    rule: str
    taken: dict[tuple[int, date | None], tuple[Fraction, Fraction]] = field(default_factory=dict)
    drawn: dict[int, tuple[Fraction, Fraction]] = field(default_factory=dict)

    def coupon(self, number: int, due: Due, amount: Fraction) -> Fraction:
        """What a coupon takes off an amount, as a difference of its running sum."""
        coupon = self.coupons[number]
        if due.kind not in ("usage", "fee", "minimum") or not coupon.has(due.day, self.calendar):
            return ZERO
        anew = coupon.rate is not None or coupon.each_period
        key = (number, due.period if anew else None)
        base, before = self.taken.get(key, (ZERO, ZERO))
        base += amount
        if coupon.rate is not None:
            now = rounded(max(base, ZERO) * coupon.rate, self.digits, self.rule)
        else:
            left = rounded(coupon.amount - coupon.used, self.digits, self.rule)
            now = max(min(base, left), ZERO)
        self.taken[key] = (base, now)
        return now - before

    def draw(self, due: Due, amount: Fraction, bill: Bill) -> Fraction:
        """Draws an amount from the credits, books the rest; what those taxed when bought gave."""
        taxed = ZERO
        order = sorted(
            range(len(self.credits)),
            key=lambda n: (
                self.credits[n].priority is None,
                self.credits[n].priority or 0,
                self.credits[n].end,
                n,
            ),
        )
        for number in order:
            credit = self.credits[number]
            if not credit.covers_due(due):
                continue
            base, before = self.drawn.get(number, (ZERO, ZERO))
            whole = rounded(credit.amount - credit.used, self.digits, self.rule)
            base, now = base + amount, min(max(base + amount, ZERO), whole)
            self.drawn[number] = base, now
            part = now - before
            amount -= part
            bill.credits += part
            bill.book("credit", credit.name, part)
            taxed += part if credit.taxed_when_bought else ZERO
        bill.days[due.day] = bill.days.get(due.day, ZERO) + amount
        return taxed


def settle(dues: Sequence[Due], till: Till, tax: Tax | None) -> dict[date, Bill]:
    """The bill of each period that anything falls due in."""
    bills: dict[date, Bill] = {}
    for period in sorted({due.period for due in dues}):
        bill = bills[period] = Bill()
        mine = sorted((d for d in dues if d.period == period), key=lambda due: due.order)
        base = ZERO
        for due in mine:
            left = due.amount
            sums = {"usage": "usage", "fee": "fees", "minimum": "minimums", "true-up": "true_ups"}
            name = sums[due.kind]
            setattr(bill, name, getattr(bill, name) + due.amount)
            bill.book(due.kind, due.name, due.amount)
            for number, coupon in enumerate(till.coupons):
                off = till.coupon(number, due, left)
                left -= off
                bill.coupons += off
                bill.book("coupon", coupon.name, off)
            base += left - till.draw(due, left, bill)
        if tax is not None:
            last = till.calendar.period(period)[1]
            share = tax.rate / (1 + tax.rate) if tax.inclusive else tax.rate
            amount = rounded(base * share, till.digits, till.rule)
            if tax.inclusive:
                bill.tax_inside = amount
                continue
            bill.tax = amount
            moment = till.calendar.midnight(last)
            due = Due("tax", "tax", moment, True, last - DAY, period, amount)
            till.draw(due, amount, bill)
    return bills
