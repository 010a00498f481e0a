"""Price books: what is charged, from when, to whom, and in which order a bill is worked out.

A book is a flat list of dated charges, each for one meter of one model, with the plans and accounts
of customers.  Entries of the same model, meter and conditions are versions of one charge; of those
that are valid the one with the latest ``valid_from`` holds.  So a price change is one more entry,
and a promotion is one with an end, after which the earlier price returns.

The order of a charge: convert units, round them, subtract free units, price (a book may round each
tier), discount, factors; maximum, then minimum.  Then for the customer coupons, tax, prepaid credit
and the top-up to a commitment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from lmprice.billing.accounts import (
    EVERYONE,
    Account,
    AmountCoupon,
    Commitment,
    Coupon,
    Credit,
    PeriodDay,
    Plan,
    RateCoupon,
    Tax,
    Zone,
)
from lmprice.billing.charges import AnyCharge, Charge, CountedCharge, Factor
from lmprice.billing.conditions import LENGTHS, When, check_when
from lmprice.billing.fields import Dated, Model, Name, Positive, broken, moment

__all__ = [
    "EVERYONE",
    "FORMAT",
    "MAX_DIGITS",
    "Account",
    "AmountCoupon",
    "Commitment",
    "Coupon",
    "Credit",
    "PriceBook",
    "RateCoupon",
    "Rounding",
    "Tax",
]

FORMAT = 2
Rounding = Literal["half_away_from_zero", "half_even", "up", "down"]
MAX_DIGITS = 9


class ModelNames(Model):
    """The other names of a model, and who sells it."""

    name: Name = Field(description="Name by which charges refer to it")
    aliases: Annotated[tuple[Name, ...], Field(strict=False)] = Field(
        default=(), description="Other names in the usage; one with * is a pattern"
    )
    vendor: Name | None = Field(
        default=None, description="Who sells it, for the factors of a vendor"
    )


class Source(Model):
    """Where rows come from: what their counts contain."""

    name: Name = Field(description="Name by which a column source of the usage refers to it")
    model: Name = Field(default="*", description="Name of the models, or a pattern with *")
    when: When = Field(
        default={}, description="Conditions on the columns of a row; none: every row"
    )
    contains: dict[Name, Annotated[tuple[Name, ...], Field(strict=False)]] = Field(
        description="Meters that are counted within another: { input = ['cached'] }; {}: none"
    )
    vendor: Name | None = Field(default=None, description="Who sells its models")

    @model_validator(mode="after")
    def _can_be_followed(self) -> Self:
        check_when(self.when)
        for column in self.when:
            if column in LENGTHS:
                raise broken(["when", column], "is made of what the source says")
        parents: dict[str, str] = {}
        for parent, children in self.contains.items():
            for child in children:
                if child in parents or child == parent:
                    raise broken(["contains", parent], f"{child!r} is contained twice")
                parents[child] = parent
        for child in parents:
            at, steps = child, 0
            while at in parents:
                at, steps = parents[at], steps + 1
                if steps > len(parents):
                    raise broken(["contains"], f"{child!r} contains itself")
        return self


class BookFactor(Factor):
    """A factor of a model, of a vendor, or of the whole book."""

    model: Name | None = Field(default=None, description="Its models: a name, or a pattern with *")
    vendor: Name | None = Field(default=None, description="Its vendor")
    meter: Name | None = Field(default=None, description="Its meter; without one every meter")

    @property
    def level(self) -> str:
        """Whose factor it is."""
        if self.model is not None:
            return "model"
        return "book" if self.vendor is None else "vendor"

    @model_validator(mode="after")
    def _one_level(self) -> Self:
        if self.model is not None and self.vendor is not None:
            raise broken(["vendor"], "cannot stand beside model: a factor has one level")
        return self


class Rate(Dated):
    """What one unit of another currency is worth in the book's."""

    currency: Name = Field(description="Currency or unit that prices are written in")
    rate: Positive = Field(description="What one of it is worth in the book's currency")


class PriceBook(Model):
    """Dated charges in one currency, with the accounts they are billed to.

    A cost book is the same thing with costs for prices.
    """

    format: Literal[2] = Field(default=2, description="Version of this format")
    name: Name = Field(description="Name, as a bill shows it")
    version: Name = Field(description="Version of the book")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        description="Three letters, such as USD or CNY"
    )
    digits: Annotated[int, Field(ge=0, le=MAX_DIGITS)] = Field(
        default=2, description="Decimals that are billed"
    )
    rounding: Rounding = Field(default="half_away_from_zero", description="How money is rounded")
    round_tier_lines: bool = Field(
        default=False, description="Whether each tier is rounded before the charge as a whole"
    )
    time_zone: Zone = Field(default="UTC", description="IANA zone of days, months and times")
    period_day: PeriodDay = Field(
        default=1,
        description="Day of the month on which a period begins; a shorter month's last day",
    )
    unpriced: Literal["refuse", "list"] = Field(
        default="refuse", description="What becomes of usage without a price"
    )
    columns: dict[Name, Name] = Field(
        {}, description="Columns of a usage table: { customer = 'project_id' } is read from there"
    )
    ignore: Annotated[tuple[Name, ...], Field(strict=False)] = Field(
        default=(), description="Columns of the usage that no price is about"
    )
    unique: Annotated[tuple[Name, ...], Field(strict=False)] = Field(
        default=(),
        description="Columns that tell a request; of equal ones of a customer one counts",
    )
    keep: Literal["first", "last"] = Field(
        default="last", description="Which of them: by time, then in the order of content"
    )
    rates: Annotated[tuple[Rate, ...], Field(strict=False)] = Field(
        default=(), description="Rates of other currencies and units"
    )
    models: Annotated[tuple[ModelNames, ...], Field(strict=False)] = Field(
        default=(), description="Other names of models"
    )
    sources: Annotated[tuple[Source, ...], Field(strict=False)] = Field(
        default=(), description="What contains what, by the source of a row"
    )
    factors: Annotated[tuple[BookFactor, ...], Field(strict=False)] = Field(
        default=(), description="Factors of models, vendors and the book"
    )
    charges: Annotated[tuple[AnyCharge, ...], Field(strict=False)] = Field(
        default=(), description="Prices"
    )
    plans: Annotated[tuple[Plan, ...], Field(strict=False)] = Field(
        default=(), description="Plans that accounts may have"
    )
    accounts: Annotated[tuple[Account, ...], Field(strict=False)] = Field(
        default=(), description="Customers with something of their own"
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        check_book(self)
        return self

    def lists(self) -> list[tuple[tuple[str | int, ...], tuple[AnyCharge, ...]]]:
        """Each list of charges, with the path to it."""
        plans = ((("plans", n, "charges"), p.charges) for n, p in enumerate(self.plans))
        own = ((("accounts", n, "charges"), a.charges) for n, a in enumerate(self.accounts))
        return [(("charges",), self.charges), *plans, *own]


def check_book(book: PriceBook) -> None:
    """Refuse what two parts of a book say against each other."""
    if not any(charges for _, charges in book.lists()) and not any(p.fees for p in book.plans):
        raise broken(["charges"], "is empty")
    _no_name_twice([(("plans", n, "name"), p.name) for n, p in enumerate(book.plans)])
    _no_name_twice([(("sources", n, "name"), s.name) for n, s in enumerate(book.sources)])
    _no_name_twice([(("accounts", n, "customer"), a.customer) for n, a in enumerate(book.accounts)])
    names = [(("models", n, "name"), m.name) for n, m in enumerate(book.models)]
    aliases = [
        (("models", n, "aliases", k), alias)
        for n, m in enumerate(book.models)
        for k, alias in enumerate(m.aliases)
    ]
    _no_name_twice([*names, *aliases])
    kinds: dict[Any, tuple[str, tuple[str, ...]]] = {}
    known = {rate.currency for rate in book.rates} | {book.currency}
    for path, charges in book.lists():
        seen: dict[Any, int] = {}
        for number, charge in enumerate(charges):
            first = seen.setdefault((charge.identity, _start(charge.valid_from)), number)
            if first != number:
                other = f"{'.'.join(map(str, path))}[{first}]" if len(path) == 1 else f"[{first}]"
                raise broken([*path, number, "valid_from"], f"is that of {other} too")
            kind = _counting(charge)
            if kinds.setdefault(charge.identity, kind) != kind:
                where = "aggregation" if kinds[charge.identity][0] != kind[0] else "count_by"
                raise broken([*path, number, where], "differs from another version of the charge")
            if charge.currency is not None and charge.currency not in known:
                raise broken([*path, number, "currency"], f"{charge.currency!r} has no rate")
    _check_rates(book)
    _check_accounts(book, known)
    _check_allowances(book)


def _start(value: date | None) -> object:
    """What equal moments have in common; of those with and without an offset none are."""
    if value is None:
        return None
    return moment(value), isinstance(value, datetime) and value.tzinfo is not None


def _counting(charge: Charge) -> tuple[str, tuple[str, ...]]:
    if isinstance(charge, CountedCharge):
        return charge.aggregation, charge.count_by
    return "sum", ()


def _no_name_twice(names: Sequence[tuple[tuple[str | int, ...], str]]) -> None:
    seen: set[str] = set()
    for path, name in names:
        if name in seen:
            raise broken(path, f"{name!r} stands twice")
        seen.add(name)


def _check_rates(book: PriceBook) -> None:
    seen: dict[Any, int] = {}
    for number, rate in enumerate(book.rates):
        if rate.currency == book.currency:
            raise broken(["rates", number, "currency"], f"{rate.currency!r} is that of the book")
        first = seen.setdefault((rate.currency, _start(rate.valid_from)), number)
        if first != number:
            raise broken(["rates", number, "valid_from"], f"is that of rates[{first}] too")


def _check_accounts(book: PriceBook, currencies: set[str]) -> None:
    plans = {plan.name: plan for plan in book.plans}
    for number, account in enumerate(book.accounts):
        for place, own in enumerate(account.plans):
            path = ("accounts", number, "plans", place)
            if own.plan not in plans:
                raise broken([*path, "plan"], f"{own.plan!r} is no plan of the book")
            fees = plans[own.plan].fees
            if own.seats is None and any(fee.per_seat for fee in fees):
                raise broken([*path, "seats"], f"is missing: {own.plan!r} has a fee of a seat")
            if account.customer == EVERYONE and any(fee.period != "month" for fee in fees):
                raise broken(
                    [*path, "plan"],
                    f"{own.plan!r} has a fee of more than a month, which needs an account of the "
                    "customer's own",
                )
        starts = [moment(own.valid_from) for own in account.plans]
        if len(set(starts)) < len(starts):
            raise broken(["accounts", number, "plans"], "two begin at one moment")
        for place, credit in enumerate(account.credits):
            if credit.currency is not None and credit.currency not in currencies:
                path = ("accounts", number, "credits", place)
                raise broken([*path, "currency"], f"{credit.currency!r} has no rate")


def _check_allowances(book: PriceBook) -> None:
    """An allowance is taken off sums; what a quantity of a whole period includes is its price's."""
    included = {
        allowance.meter: ("plans", n, "allowances", k)
        for n, plan in enumerate(book.plans)
        for k, allowance in enumerate(plan.allowances)
    }
    for _, charges in book.lists():
        for charge in charges:
            kind, _ = _counting(charge)
            if charge.meter in included and kind != "sum":
                raise broken(
                    [*included[charge.meter], "meter"],
                    f"{charge.meter!r} is priced by its {kind}: write free_units",
                )
