"""Settling: coupons, commitments, tax and prepaid credit on what falls due, in order of time.

Money is in whole smallest units here.  Coupons and credits are worked out on running sums, so that
refunds and rounding do not depend on where a period is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from lmprice.billing.accounts import AmountCoupon, Tax
from lmprice.billing.entries import DatedCoupon, DatedCredit, Entries, Window, left_of
from lmprice.billing.fields import exact

Category = Literal["usage", "fee", "minimum", "true-up", "tax"]
ORDER: dict[str, int] = {"usage": 0, "fee": 1, "minimum": 2, "true-up": 3, "tax": 4}
_COVERS = {
    "usage": "usage",
    "fee": "fees",
    "minimum": "minimum",
    "true-up": "minimum",
    "tax": "tax",
}
Rounder = Callable[[Fraction], int]


class Due(NamedTuple):
    """A sum that falls due at a moment; at an end it belongs to the day that ends."""

    at: int
    starts: bool  # False: due at an end
    category: Category
    amount: int
    name: str = ""

    def order(self) -> tuple[int, bool, int]:
        """At one moment first what ends, then by category."""
        return self.at, self.starts, ORDER[self.category]


class Adjustment(NamedTuple):
    """A line of a bill that is no usage; negative where it takes off."""

    category: Literal["coupon", "credit", "true-up", "tax"]
    name: str
    amount: int
    at: int
    starts: bool
    tax: int = 0


@dataclass
class _RunningCoupon:
    """What a coupon has taken off, on the running sum of what reached it."""

    entry: DatedCoupon
    rounded: Rounder
    unit: int
    reached: int = 0
    taken: int = 0

    def begin_period(self) -> None:
        """A share, and a sum that is anew each period, begin again."""
        coupon = self.entry.coupon
        if not isinstance(coupon, AmountCoupon) or coupon.each_month:
            self.reached = self.taken = 0

    def take(self, amount: int) -> int:
        """What it takes off an amount."""
        self.reached += amount
        coupon, reached = self.entry.coupon, max(self.reached, 0)
        if isinstance(coupon, AmountCoupon):
            off = min(max(self.rounded(left_of(coupon)), 0), reached)
        else:
            off = self.rounded(exact(coupon.rate) * reached / self.unit)
        step, self.taken = off - self.taken, off
        return step


@dataclass
class _RunningCredit:
    """What of a credit is drawn, on the running sum of what reached it."""

    entry: DatedCredit
    reached: int = 0
    drawn: int = 0

    def draw(self, amount: int) -> int:
        """What of an amount it pays."""
        self.reached += amount
        drawn = min(self.entry.amount, max(self.reached, 0))
        step, self.drawn = drawn - self.drawn, drawn
        return step


@dataclass
class Settlement:
    """The money of one customer, from its first period on; periods are settled in their order."""

    entries: Entries
    rounded: Rounder
    unit: int  # smallest units in one of the currency
    counted: dict[Window, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._coupons = [
            _RunningCoupon(entry, self.rounded, self.unit) for entry in self.entries.coupons
        ]
        self._credits = [_RunningCredit(entry) for entry in self.entries.credits]

    def settle(
        self, dues: Iterable[Due], windows: Iterable[Window], start: int, end: int
    ) -> list[Adjustment]:
        """The adjustments to what falls due in a period."""
        for coupon in self._coupons:
            coupon.begin_period()
        own = list(windows)
        ends = [window for window in own if start < window.end <= end]
        tax = self.entries.scope.account.tax
        waiting = sorted(
            [*dues, *(Due(w.end, False, "true-up", n) for n, w in enumerate(ends))],
            key=Due.order,
        )
        lines: list[Adjustment] = []
        base = 0
        for due in waiting:
            name, amount = due.name, due.amount
            if due.category == "true-up":
                window = ends[due.amount]
                name, amount = window.name, self.owed(window)
                if not amount:
                    continue
                lines.append(Adjustment("true-up", name, amount, due.at, due.starts))
            else:
                self._count(due, own)
            amount -= self._take_off(due, amount, lines)
            base += amount - self._pay(due, amount, lines)
        if tax is not None:
            self._add_tax(tax, base, end, lines)
        return lines

    def owed(self, window: Window) -> int:
        """What is missing from a commitment now."""
        counted = Fraction(self.counted.get(window, 0), self.unit)
        return max(self.rounded(window.minimum - counted), 0)

    def left(self, end: int) -> list[tuple[str, int]]:
        """What each credit holds that is still valid at a moment."""
        return [
            (c.entry.credit.name, c.entry.amount - c.drawn)
            for c in self._credits
            if c.entry.start < end < c.entry.end and c.entry.amount > c.drawn
        ]

    def _count(self, due: Due, windows: Iterable[Window]) -> None:
        kind = "fees" if due.category == "fee" else "usage"
        for window in windows:
            if kind in window.counts and window.holds(due.at, at_end=not due.starts):
                self.counted[window] = self.counted.get(window, 0) + due.amount

    def _take_off(self, due: Due, amount: int, lines: list[Adjustment]) -> int:
        """What the coupons take off a sum, each from what the ones before it left."""
        taken = 0
        if due.category in ("true-up", "tax"):
            return 0
        for coupon in self._coupons:
            if coupon.entry.holds(due.at, at_end=not due.starts):
                off = coupon.take(amount - taken)
                taken += off
                if off:
                    name = coupon.entry.coupon.name
                    lines.append(Adjustment("coupon", name, -off, due.at, due.starts))
        return taken

    def _pay(self, due: Due, amount: int, lines: list[Adjustment]) -> int:
        """What credits pay of a sum; of it what bore tax when the credit was bought."""
        taxed = 0
        for credit in self._credits:
            entry = credit.entry
            covers = _COVERS[due.category] in entry.credit.covers
            if covers and entry.holds(due.at, at_end=not due.starts):
                drawn = credit.draw(amount)
                amount -= drawn
                if entry.credit.taxed_when_bought and due.category != "tax":
                    taxed += drawn
                if drawn:
                    name = entry.credit.name
                    lines.append(Adjustment("credit", name, -drawn, due.at, due.starts))
        return taxed

    def _add_tax(self, tax: Tax, base: int, end: int, lines: list[Adjustment]) -> None:
        rate = exact(tax.rate)
        money = Fraction(base, self.unit)
        if tax.inclusive:
            share = self.rounded(money * rate / (1 + rate))
            lines.append(Adjustment("tax", tax.name, 0, end, False, share))
            return
        amount = self.rounded(money * rate)
        due = Due(end, False, "tax", amount, tax.name)
        lines.append(Adjustment("tax", tax.name, amount, end, False, amount))
        self._pay(due, amount, lines)
