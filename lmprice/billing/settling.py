"""What happens to a month's charges of a customer: coupons, prepaid credit, commitment.

Sums of money are exact decimals here, and every step is rounded as the book says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from lmprice.billing.book import (
    Account,
    AmountCoupon,
    Commitment,
    Coupon,
    Credit,
    PriceBook,
    Rounding,
)
from lmprice.billing.money import book_money, round_money

_NONE = Decimal(0)
_Entry = TypeVar("_Entry", AmountCoupon, Credit)


class Adjustment(NamedTuple):
    """A line of a bill that is no usage; negative where it takes off."""

    category: Literal["coupon", "credit", "true-up"]
    name: str
    amount: Decimal


def apply_coupons(
    amount: Decimal,
    coupons: Sequence[Coupon],
    digits: int = 2,
    rounding: Rounding = "half_away_from_zero",
) -> list[Decimal]:
    """What each coupon takes off, in their order, each from what the ones before it left.

    Never more than is left: a bill does not fall below zero, and a credit note takes no coupon.

    >>> from lmprice.billing import AmountCoupon, RateCoupon
    >>> since = {"valid_from": "2026-01-01"}
    >>> ten = AmountCoupon(kind="amount", name="10 off", amount=10.0, **since)
    >>> fifth = RateCoupon(kind="rate", name="20 % off", rate=0.2, **since)
    >>> apply_coupons(Decimal(100), [ten, fifth])
    [Decimal('10.00'), Decimal('18.00')]
    """
    taken = []
    for coupon in coupons:
        off = (
            exact(coupon.amount) - exact(coupon.used)
            if isinstance(coupon, AmountCoupon)
            else amount * exact(coupon.rate)
        )
        off = max(min(round_money(off, digits, rounding), amount), _NONE)
        taken.append(off)
        amount -= off
    return taken


def true_up(
    minimum: Decimal,
    used: Decimal,
    days: int,
    period_days: int,
    digits: int = 2,
    rounding: Rounding = "half_away_from_zero",
) -> Decimal:
    """The top-up to a minimum that holds for ``days`` of the ``period_days``.

    >>> true_up(Decimal(10000), Decimal("36.90"), days=2, period_days=29)
    Decimal('652.76')
    """
    return max(round_money(minimum * days / period_days - used, digits, rounding), _NONE)


def settle(
    book: PriceBook, account: Account, month: date, usage: Decimal
) -> tuple[list[Adjustment], Account]:
    """The adjustments to a month's usage, and the account as it stands after them.

    What is left of a coupon or credit goes to the next month, so months are settled in their order.
    A commitment counts usage before coupons and credit, and its top-up takes neither.
    """
    start, end = month_bounds(month)
    lines: list[Adjustment] = []
    due = usage
    coupons = list(account.coupons)
    for place, coupon in enumerate(coupons):
        if coupon.holds(start, end):
            (off,) = apply_coupons(due, [coupon], book.digits, book.rounding)
            lines.append(Adjustment("coupon", coupon.name, -off))
            due -= off
            if isinstance(coupon, AmountCoupon) and not coupon.each_month:
                coupons[place] = _spend(coupon, off)
    prepaid = list(account.credits)
    for place, credit in enumerate(prepaid):
        if credit.holds(start, end):
            left = book_money(book, exact(credit.amount) - exact(credit.used))
            drawn = max(min(left, due), _NONE)
            lines.append(Adjustment("credit", credit.name, -drawn))
            due -= drawn
            prepaid[place] = _spend(credit, drawn)
    for commitment in account.commitments:
        if commitment.holds(start, end):
            minimum, days = exact(commitment.minimum), _days(commitment, start, end)
            topped = true_up(minimum, usage, days, (end - start).days, book.digits, book.rounding)
            lines.append(Adjustment("true-up", commitment.name, topped))
    after = account.model_copy(update={"coupons": tuple(coupons), "credits": tuple(prepaid)})
    return [line for line in lines if line.amount], after


def exact(value: float) -> Decimal:
    """A number of a price book as it was written."""
    return Decimal(repr(value))


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next."""
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    later = start + timedelta(days=31)
    return start, later.replace(day=1)


def _days(commitment: Commitment, start: datetime, end: datetime) -> int:
    """The days of the month on which it holds, the first and a started last one counted whole."""
    first = max(start, commitment.valid_from).date()
    last = end if commitment.valid_until is None else min(end, commitment.valid_until)
    return (last - timedelta(microseconds=1)).date().toordinal() - first.toordinal() + 1


def _spend(entry: _Entry, amount: Decimal) -> _Entry:
    return entry.model_copy(update={"used": float(exact(entry.used) + amount)})
