"""Price books: what is charged, from when, and in which order a bill is worked out.

A book is a flat list of dated charges, each for one meter of one model, and the accounts of the
customers who have coupons, prepaid credit or a commitment.  One rule says which charge holds: of
those that are valid at the time of use, the one with the latest ``valid_from``.  So a price change
is one more charge, and a promotion is one with an end, after which the earlier price returns.

The order of a bill: convert units, round the quantity, subtract free units, price (a book may round
each tier), percentage discount, maximum, minimum; then for the customer and month coupons in
sequence, prepaid credit, and the top-up to a commitment.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from lmprice.billing.charges import AnyCharge, Meter
from lmprice.billing.fields import Amount, Dated, Fraction, Model, Name, Positive, broken

Rounding = Literal["half_away_from_zero", "half_even", "up", "down"]
EVERYONE = "*"
MAX_DIGITS = 9


class AmountCoupon(Dated):
    """A sum off: once, what is left of it goes to the next month; or anew each month."""

    kind: Literal["amount"]
    name: Name
    amount: Positive
    used: Amount = 0.0
    each_month: bool = False


class RateCoupon(Dated):
    """A share off every bill of a month in which it holds."""

    kind: Literal["rate"]
    name: Name
    rate: Fraction


Coupon = Annotated[AmountCoupon | RateCoupon, Field(discriminator="kind")]


class Credit(Dated):
    """Money paid in advance, used up by bills until it expires."""

    name: Name
    amount: Positive
    used: Amount = 0.0


class Commitment(Dated):
    """The least that usage of a month costs, by days where it holds for part of a month."""

    name: Name
    minimum: Positive


class Account(Model):
    """What applies to the whole bill of a customer; ``*`` is everyone without an own account."""

    customer: Name
    coupons: Annotated[tuple[Coupon, ...], Field(strict=False)] = ()
    credits: Annotated[tuple[Credit, ...], Field(strict=False)] = ()
    commitments: Annotated[tuple[Commitment, ...], Field(strict=False)] = ()


class PriceBook(Model):
    """Dated charges in one currency, with the accounts they are billed to.

    A cost book is the same thing with costs for prices.
    """

    name: Name
    version: Name
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    digits: Annotated[int, Field(ge=0, le=MAX_DIGITS)] = 2  # of the smallest unit that is billed
    rounding: Rounding = "half_away_from_zero"
    round_tier_lines: bool = False  # each tier of a charge, before the charge as a whole
    input_includes_cached: bool = True  # whether a row's input tokens count cached ones too
    charges: Annotated[tuple[AnyCharge, ...], Field(min_length=1, strict=False)]
    accounts: Annotated[tuple[Account, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        seen: dict[Any, int] = {}
        for number, charge in enumerate(self.charges):
            first = seen.setdefault((charge.model, charge.meter, charge.valid_from), number)
            if first != number:
                raise broken(["charges", number, "valid_from"], f"is that of charges[{first}] too")
        customers: set[str] = set()
        for number, account in enumerate(self.accounts):
            if account.customer in customers:
                raise broken(["accounts", number, "customer"], f"{account.customer!r} stands twice")
            customers.add(account.customer)
        return self

    def timeline(self, meter: Meter) -> Iterator[tuple[str, datetime, int | None]]:
        """Model, moment, and the number of the charge that holds from then on (None: none)."""
        by_model: dict[str, list[tuple[int, AnyCharge]]] = {}
        for number, charge in enumerate(self.charges):
            if charge.meter == meter:
                by_model.setdefault(charge.model, []).append((number, charge))
        for model, charges in by_model.items():
            moments = {c.valid_from for _, c in charges} | {c.valid_until for _, c in charges}
            for moment in sorted(m for m in moments if m is not None):
                valid = [(c.valid_from, number) for number, c in charges if c.holds(moment)]
                yield model, moment, max(valid)[1] if valid else None
