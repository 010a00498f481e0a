"""Accounts: the plan of a customer, prices of its own, tax, coupons, credit and commitments."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from lmprice.billing.charges import AnyCharge
from lmprice.billing.fields import Amount, Dated, Fraction, Model, Name, Positive, broken

EVERYONE = "*"
Span = Literal["month", "quarter", "year"]
MONTHS: dict[Span, int] = {"month": 1, "quarter": 3, "year": 12}


# What a system has beside the zones of IANA: its own, and copies with other rules.
_OF_SYSTEMS = re.compile(r"(posix|right)/.*|posixrules|localtime|Factory")


def _zone(name: str) -> str:
    try:
        if _OF_SYSTEMS.fullmatch(name):
            raise ValueError
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise PydanticCustomError("time_zone", "{value} is no IANA time zone", {}) from None
    return name


Zone = Annotated[Name, AfterValidator(_zone)]
PeriodDay = Annotated[int, Field(ge=1, le=31)]


class Fee(Model):
    """A sum that is owed for the time of a plan, with or without usage."""

    name: Name = Field(description="How a bill names it")
    amount: Amount = Field(description="Sum of a whole month, quarter or year")
    per_seat: bool = Field(default=False, description="Whether it is the sum of one seat")
    period: Span = Field(default="month", description="What the sum is for")
    due: Literal["advance", "arrears"] = Field(
        default="advance", description="Whether it falls due on the first day or at the end"
    )


class Allowance(Model):
    """Metered units of a period that a plan includes."""

    meter: Name = Field(description="What is included")
    amount: Positive = Field(description="Metered units of a whole period")


class Discount(Model):
    """A share off all that falls due on the days of a plan: usage, fees, minimums of charges."""

    name: Name = Field(description="How a bill names it")
    rate: Fraction = Field(description="A fraction: 0.2 is 20 % off")


class Plan(Model):
    """What an account subscribes to: fees, included units, discounts, prices."""

    name: Name = Field(description="Name by which accounts refer to it")
    fees: Annotated[tuple[Fee, ...], Field(strict=False)] = Field(
        default=(), description="Recurring fees"
    )
    allowances: Annotated[tuple[Allowance, ...], Field(strict=False)] = Field(
        default=(), description="Included units"
    )
    discounts: Annotated[tuple[Discount, ...], Field(strict=False)] = Field(
        default=(), description="Shares off, taken before the coupons of the account"
    )
    charges: Annotated[tuple[AnyCharge, ...], Field(strict=False)] = Field(
        default=(), description="Prices that go before those of the book"
    )

    @model_validator(mode="after")
    def _meters_once(self) -> Self:
        meters = [allowance.meter for allowance in self.allowances]
        for number, meter in enumerate(meters):
            if meter in meters[:number]:
                raise broken(["allowances", number, "meter"], f"{meter!r} stands twice")
        return self


class Subscription(Dated):
    """The plan of an account from one moment on, until its end or the next plan."""

    plan: Name = Field(description="Name of a plan of the book")
    seats: Amount | None = Field(default=None, description="Seats, for fees of a seat")


class AmountCoupon(Dated):
    """A sum off: what is left of it goes on to later periods; or anew each period."""

    kind: Literal["amount"] = Field(description="A sum off")
    name: Name = Field(description="How a bill names it")
    amount: Positive = Field(description="Sum off")
    used: Amount = Field(default=0.0, description="What of it was used up before valid_from")
    each_month: bool = Field(default=False, description="Whether the sum is anew each period")


class RateCoupon(Dated):
    """A share off what falls due on its days."""

    kind: Literal["rate"] = Field(description="A share off")
    name: Name = Field(description="How a bill names it")
    rate: Fraction = Field(description="A fraction: 0.2 is 20 % off")


Coupon = Annotated[AmountCoupon | RateCoupon, Field(discriminator="kind")]
Covered = Literal["usage", "fees", "minimum", "tax"]


class Credit(Dated):
    """Money paid in advance, drawn by what falls due while it is valid."""

    name: Name = Field(description="How a bill names it")
    amount: Positive = Field(description="Sum, in currency")
    currency: Name | None = Field(
        default=None, description="Currency or unit of amount and used, with a rate at valid_from"
    )
    used: Amount = Field(default=0.0, description="What of it was used up before valid_from")
    priority: int | None = Field(
        default=None, description="The smaller number is drawn first; none comes last"
    )
    covers: Annotated[tuple[Covered, ...], Field(min_length=1, strict=False)] = Field(
        default=("usage",), description="What it pays: usage, fees, minimum (and true-ups), tax"
    )
    taxed_when_bought: bool = Field(
        default=False, description="Whether its draws on usage, fees and top-ups bear no tax again"
    )


class Commitment(Dated):
    """The least that usage of a month, quarter or year costs, by days where it is cut short."""

    name: Name = Field(description="How a bill names it")
    minimum: Positive = Field(description="Least for a whole month, quarter or year")
    period: Span = Field(
        default="month",
        description="A month is a period of the bill; the others run from valid_from",
    )
    counts: Annotated[tuple[Literal["usage", "fees"], ...], Field(min_length=1, strict=False)] = (
        Field(default=("usage",), description="What counts towards it")
    )


class Tax(Model):
    """A last line of each bill."""

    name: Name = Field(description="How a bill names it")
    rate: Amount = Field(description="A fraction: 0.19 is 19 %")
    inclusive: bool = Field(default=False, description="Whether prices include it already")


class Account(Model):
    """What applies to one customer; ``*`` is everyone without an own account."""

    customer: Name = Field(description="Customer; * for everyone without an account")
    time_zone: Zone | None = Field(default=None, description="IANA zone; without one the book's")
    period_day: PeriodDay | None = Field(
        default=None,
        description="Day of the month on which its periods begin; without one the book's",
    )
    tags: dict[Name, Name] = Field(
        default={}, description="Tags of the account, as FOCUS shows them: { cost_center = 'R1' }"
    )
    tax: Tax | None = Field(default=None, description="Tax on its bills")
    plans: Annotated[tuple[Subscription, ...], Field(strict=False)] = Field(
        default=(), description="Its plans, one after another"
    )
    charges: Annotated[tuple[AnyCharge, ...], Field(strict=False)] = Field(
        default=(), description="Prices that go before those of plan and book"
    )
    coupons: Annotated[tuple[Coupon, ...], Field(strict=False)] = Field(
        default=(), description="Coupons, in the order in which they are taken"
    )
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = Field(
        default=(), description="Prepaid money"
    )
    commitments: Annotated[tuple[Commitment, ...], Field(strict=False)] = Field(
        default=(), description="Minimum spend"
    )

    @model_validator(mode="after")
    def _everyone_has_months_only(self) -> Self:
        # Their quarters would begin before the customer did.
        if self.customer == EVERYONE:
            for number, commitment in enumerate(self.commitments):
                if commitment.period != "month":
                    raise broken(
                        ["commitments", number, "period"],
                        f"{commitment.period!r} needs an account of the customer's own",
                    )
        return self
