"""Scopes: which prices hold when for one account, or for everyone without one.

The versions of a charge are its entries in book, plan and account.  At each moment the most
specific level that has a valid one gives the price, and of two of one level the later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from lmprice.billing.accounts import Account, Plan
from lmprice.billing.book import PriceBook
from lmprice.billing.calendar import Calendar
from lmprice.billing.charges import AnyCharge, CountedCharge
from lmprice.billing.fields import exact
from lmprice.billing.money import money, rounder
from lmprice.billing.parsing import BookError
from lmprice.billing.pricing import ONE, Price
from lmprice.billing.timeline import ALWAYS, NEVER, Timeline

BOOK, PLAN, ACCOUNT = 0, 1, 2
LEVELS = ("the book", "a plan", "an account")


@dataclass(frozen=True, eq=False)
class Version:
    """One entry of a charge at one rate of its currency, with the level it stands at."""

    price: Price
    level: int
    since: int
    path: str


@dataclass(frozen=True, eq=False)
class Stint:
    """An account on one plan, from a moment to another."""

    plan: Plan
    seats: Fraction
    start: int
    end: int


@dataclass(eq=False)
class Identity:
    """One charge, whatever its versions: model, meter and conditions."""

    number: int
    entry: AnyCharge  # its first version; model, meter and conditions are those of all
    aggregation: str = "sum"
    count_by: tuple[str, ...] = ()
    title: str = ""

    @property
    def is_sum(self) -> bool:
        """Whether its quantity is the sum of rows."""
        return self.aggregation == "sum"


@dataclass(eq=False)
class Scope:
    """An account in its calendar, and the versions of each charge for it."""

    number: int
    account: Account
    calendar: Calendar
    stints: tuple[Stint, ...]
    versions: dict[Identity, Timeline[Version]] = field(default_factory=dict)
    prices: int = 0  # scopes with the same number have the same prices at the same moments

    @cached_property
    def owing(self) -> list[Identity]:
        """The charges that cost something without usage."""
        return [
            identity
            for identity, timeline in self.versions.items()
            if any(v is not None and v.price.owes_without_usage for v in timeline.values)
        ]

    @cached_property
    def plans(self) -> Timeline[Stint]:
        """The plan over time."""
        spans = [(stint.start, stint.end, stint) for stint in self.stints]
        return Timeline.of(spans, lambda span: span[0])


class Scopes:
    """The charges of a book, and the scopes of its accounts."""

    def __init__(self, book: PriceBook) -> None:
        self.book = book
        self.identities: list[Identity] = []
        self._by_key: dict[Any, Identity] = {}
        for _, charges in book.lists():
            for charge in charges:
                self._identity(charge)
        self._prices: dict[Any, Price] = {}
        self._shared: dict[Any, dict[Identity, Timeline[Version]]] = {}
        self._calendars: dict[Any, Calendar] = {}
        self.round = rounder(book)
        self.plans = {plan.name: (number, plan) for number, plan in enumerate(book.plans)}

    def scope(self, number: int, account: Account, place: int | None) -> Scope:
        """The scope of an account, which stands at a place of the book."""
        book = self.book
        where = (account.time_zone or book.time_zone, account.period_day or book.period_day)
        calendar = self._calendars.setdefault(where, Calendar(*where))
        stints = tuple(self._stints(account, calendar))
        scope = Scope(number, account, calendar, stints)
        own = (s for s in stints if s.plan.charges or s.plan.allowances)
        plans = tuple((s.plan.name, s.start, s.end) for s in own)
        shared = (calendar, plans, place if account.charges else None)
        if shared not in self._shared:
            self._shared[shared] = self._versions(account, calendar, stints, place)
        scope.versions = self._shared[shared]
        scope.prices = list(self._shared).index(shared)
        return scope

    def rates(self, currency: str | None, calendar: Calendar) -> Timeline[Fraction]:
        """What a currency is worth in the book's, over time."""
        if currency is None or currency == self.book.currency:
            return Timeline([ALWAYS], [ONE])
        spans = [
            (calendar.instant(rate.valid_from), _end(rate.valid_until, calendar), exact(rate.rate))
            for rate in self.book.rates
            if rate.currency == currency
        ]
        starts = [start for start, *_ in spans]
        if len(set(starts)) < len(starts):
            raise BookError([f"rates: two of {currency} begin at one moment in {calendar.zone}"])
        return Timeline.of(spans, lambda span: span[0])

    def _identity(self, charge: AnyCharge) -> Identity:
        key = charge.identity
        if key not in self._by_key:
            found = Identity(len(self.identities), charge, title=charge.title)
            if isinstance(charge, CountedCharge):
                found.aggregation, found.count_by = charge.aggregation, charge.count_by
            self._by_key[key] = found
            self.identities.append(found)
        return self._by_key[key]

    def _stints(self, account: Account, calendar: Calendar) -> Iterator[Stint]:
        owned = sorted(account.plans, key=lambda own: calendar.instant(own.valid_from))
        starts = [calendar.instant(own.valid_from) for own in owned]
        if len(set(starts)) < len(starts):
            whose = f"accounts: two plans of {account.customer}"
            raise BookError([f"{whose} begin at one moment in {calendar.zone}"])
        for own, start, following in zip(owned, starts, [*starts[1:], NEVER], strict=False):
            end = min(_end(own.valid_until, calendar), following)
            if start < end:
                seats = ONE if own.seats is None else exact(own.seats)
                yield Stint(self.plans[own.plan][1], seats, start, end)

    def _versions(
        self, account: Account, calendar: Calendar, stints: tuple[Stint, ...], place: int | None
    ) -> dict[Identity, Timeline[Version]]:
        spans: dict[Identity, list[tuple[int, int, Version]]] = {}
        since: dict[Any, int] = {}

        def add(
            level: int, path: str, charges: tuple[AnyCharge, ...], start: int, end: int
        ) -> None:
            for number, charge in enumerate(charges):
                own = _start(charge, calendar)
                twin = since.setdefault((self._identity(charge), level, path, own), number)
                if twin != number:
                    raise BookError(
                        [f"{path}charges[{number}].valid_from: is that of {path}charges[{twin}] "
                         f"in {calendar.zone}"]
                    )  # fmt: skip
                first, last = max(start, own), min(end, _end(charge.valid_until, calendar))
                if first >= last:
                    continue
                spans.setdefault(self._identity(charge), []).extend(
                    (s, e, Version(price, level, own, f"{path}charges[{number}]"))
                    for s, e, price in self._at_rates(charge, calendar, first, last)
                )

        add(BOOK, "", self.book.charges, ALWAYS, NEVER)
        for stint in stints:
            path = f"plans[{self.plans[stint.plan.name][0]}]."
            add(PLAN, path, stint.plan.charges, stint.start, stint.end)
        add(ACCOUNT, f"accounts[{place}].", account.charges, ALWAYS, NEVER)
        return {
            identity: Timeline.of(found, lambda span: (span[2].level, span[2].since))
            for identity, found in sorted(spans.items(), key=lambda item: item[0].number)
        }

    def _at_rates(
        self, charge: AnyCharge, calendar: Calendar, start: int, end: int
    ) -> Iterator[tuple[int, int, Price]]:
        """The entry under each rate of its currency."""
        rates = self.rates(charge.currency, calendar)
        cuts = [start, *rates.changes(start, end), end]
        for first, last in pairwise(cuts):
            yield first, last, self._price(charge, rates.at(first))

    def _price(self, charge: AnyCharge, rate: Fraction | None) -> Price:
        key = (id(charge), rate)
        if key not in self._prices:
            self._prices[key] = Price(
                charge, rate, self._tier if self.book.round_tier_lines else None
            )
        return self._prices[key]

    def _tier(self, line: Fraction) -> Fraction:
        return Fraction(money(self.round(line), self.book.digits))


def _start(charge: AnyCharge, calendar: Calendar) -> int:
    return ALWAYS if charge.valid_from is None else calendar.instant(charge.valid_from)


def _end(until: Any, calendar: Calendar) -> int:
    return NEVER if until is None else calendar.instant(until)
