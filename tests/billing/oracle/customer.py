"""All bills of one customer, from its first period to the end of the span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.billing.oracle.agreements import (
    Commitment,
    Holding,
    fees_due,
    held_days,
    true_ups,
)
from tests.billing.oracle.calendar import DAY, Calendar, days
from tests.billing.oracle.charges import ZERO, Charge
from tests.billing.oracle.pricing import Due, price_charge, take_allowance
from tests.billing.oracle.settling import Bill, Coupon, Credit, Tax, Till, settle


@dataclass
class Contract:
    """All that one customer's bills depend on."""

    calendar: Calendar = field(default_factory=Calendar)
    charges: Sequence[Charge] = ()
    meters: Sequence[str] = ()
    holdings: Sequence[Holding] = ()
    commitments: Sequence[Commitment] = ()
    coupons: Sequence[Coupon] = ()
    credits: Sequence[Credit] = ()
    tax: Tax | None = None
    digits: int = 2
    rule: str = "half_away_from_zero"

    def first_day(self) -> date | None:
        """The first date of its plans, commitments, coupons and credits."""
        starts = [
            *(holding.start for holding in self.holdings),
            *(commitment.start for commitment in self.commitments),
            *(coupon.start for coupon in self.coupons),
            *(credit.start for credit in self.credits),
        ]
        return self.calendar.day(min(starts)) if starts else None


def bills(contract: Contract, first: date, after: date) -> dict[date, Bill]:
    """The bill of each period between two days, of which the first begins a period."""
    calendar, digits, rule = contract.calendar, contract.digits, contract.rule
    periods = list(calendar.periods(first, after - DAY))
    dues: list[Due] = []
    for period in periods:
        allow(contract, period)
        for charge in contract.charges:
            dues += price_charge(charge, period, calendar, digits, rule)
        dues += fees_due(contract.holdings, period, calendar, digits, rule)
    if periods:
        span = (periods[0][0], periods[-1][1])
        dues += true_ups(contract.commitments, dues, span, calendar, digits, rule)
    till = Till(contract.coupons, contract.credits, calendar, digits, rule)
    made = settle(dues, till, contract.tax)
    return {begin: made.get(begin, Bill()) for begin, _ in periods}


def allow(contract: Contract, period: tuple[date, date]) -> None:
    """Takes what plans include off the rows of a period, meter by meter."""
    calendar = contract.calendar
    begin, end = period
    share = Fraction(1, len(days(begin, end)))
    included: dict[str, Fraction] = {}
    for holding in contract.holdings:
        held = len(held_days(holding, contract.holdings, begin, end, calendar))
        for meter, amount in holding.allowances:
            included[meter] = included.get(meter, ZERO) + amount * held * share
    for meter, amount in included.items():
        of_meter = [
            charge
            for charge, its in zip(contract.charges, contract.meters, strict=True)
            if its == meter
        ]
        take_allowance(of_meter, amount, calendar.midnight(begin), calendar.midnight(end))
