"""From the entries of a book to the versions of each charge of one customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.billing.oracle.calendar import FAR
from tests.billing.oracle.charges import ONE, ZERO, Charge, Price, Tier, Version
from tests.billing.oracle.rows import moment, number

EARLY = datetime(1900, 1, 1, tzinfo=UTC)
BOOK, PLAN, ACCOUNT = range(3)
Stretch = tuple[datetime, datetime]
Table = Mapping[str, Any]


@dataclass
class Priced(Charge):
    """A charge with the entry fields that are the same in all its versions."""

    model: str = ""
    meter: str = ""
    when: Table = field(default_factory=dict)
    count_by: Sequence[str] = ()


def stretch(entry: Table, zone: str) -> Stretch:
    """The moments between which an entry is valid."""
    start, end = entry.get("valid_from"), entry.get("valid_until")
    return moment(start, zone) if start else EARLY, moment(end, zone) if end else FAR


def exchange(
    book: Table, currency: str | None, zone: str, within: Stretch
) -> list[tuple[Any, ...]]:
    """The stretches of one rate to the book's currency, and the rate."""
    if currency in (None, book["currency"]):
        return [(*within, ONE)]
    rates = [
        (*stretch(r, zone), number(r["rate"])) for r in book["rates"] if r["currency"] == currency
    ]
    inner = {t for start, end, _ in rates for t in (start, end) if within[0] < t < within[1]}
    points = sorted({*within, *inner})
    found = []
    for start, end in pairwise(points):
        holding = [rate for rate in rates if rate[0] <= start < rate[1]]
        if holding:
            found.append((start, end, max(holding)[2]))
    return found


def rate_at(book: Table, currency: str | None, zone: str, when: datetime) -> Fraction:
    """What 1 of a currency is worth at a moment."""
    found = exchange(book, currency, zone, (EARLY, FAR))
    rate: Fraction = next(rate for start, end, rate in found if start <= when < end)
    return rate


def charges_of(
    book: Table, zone: str, subscriptions: Sequence[tuple[str, Stretch]], account: Table
) -> list[Priced]:
    """Every charge of a customer, its versions from the book, its plans and itself."""
    levels: list[tuple[int, Table, Stretch]] = []
    levels += [(BOOK, entry, (EARLY, FAR)) for entry in book.get("charges", [])]
    for name, held in subscriptions:
        plan = next(plan for plan in book["plans"] if plan["name"] == name)
        levels += [(PLAN, entry, held) for entry in plan.get("charges", [])]
    levels += [(ACCOUNT, entry, (EARLY, FAR)) for entry in account.get("charges", [])]
    found: dict[tuple[str, str, str], Priced] = {}
    for level, entry, held in levels:
        when = entry.get("when", {})
        identity = (entry["model"], entry["meter"], json.dumps(when, sort_keys=True, default=str))
        if identity not in found:
            found[identity] = Priced(
                " ".join(identity),
                [],
                entry.get("aggregation", "sum"),
                model=entry["model"],
                meter=entry["meter"],
                when=when,
                count_by=entry.get("count_by", []),
            )
        since, until = stretch(entry, zone)
        within = max(since, held[0]), min(until, held[1])
        if within[0] >= within[1]:
            continue
        for start, end, rate in exchange(book, entry.get("currency"), zone, within):
            version = Version(price_of(entry, rate, book), start, end, level, since, entry)
            found[identity].versions = [*found[identity].versions, version]
    return list(found.values())


def price_of(entry: Table, rate: Fraction, book: Table) -> Price:
    """A charge's entry as a price."""
    optional = {
        field: number(entry[name])
        for field, name in (("least", "event_minimum"), ("most", "event_maximum"))
        if name in entry
    }
    bounds = {name: number(entry[name]) * rate for name in ("minimum", "maximum") if name in entry}
    lines = (book.get("digits", 2), book.get("rounding", "half_away_from_zero"))
    return Price(
        kind="top_tier" if entry.get("mode") == "top_tier" else KINDS[entry["charge_model"]],
        tiers=tiers_of(entry),
        per=number(entry.get("per", 1)),
        rounding=entry.get("round_units"),
        multiple=number(entry.get("unit_multiple", 1)),
        free=number(entry.get("free_units", 0)),
        shift=number(entry.get("allowance", 0)),
        discount=number(entry.get("discount", 0)),
        fee=number(entry.get("fixed_fee", 0)),
        at_zero=entry.get("bill_zero_quantity", True),
        round_lines=lines if book.get("round_tier_lines") else None,
        exchange=rate,
        **optional,
        **bounds,
    )


KINDS = {
    **{name: name for name in ("standard", "graduated", "volume", "package", "block")},
    "percentage": "standard",
    "graduated_percentage": "graduated",
    "context": "by_row",
    "off_peak": "by_row",
}


def tiers_of(entry: Table) -> tuple[Tier, ...]:
    """The tiers of an entry; a single price is one tier without end."""
    model = entry["charge_model"]
    if model == "package":
        size, price = number(entry["package_size"]), number(entry["package_price"])
        return (Tier(None, price, ZERO, size),)
    if model == "block":
        return tuple(
            Tier(optional(t, "max_blocks"), number(t["block_price"]), ZERO, number(t["block_size"]))
            for t in entry["tiers"]
        )
    if "tiers" in entry:
        name = "rate" if model == "graduated_percentage" else "unit_price"
        return tuple(
            Tier(optional(t, "up_to"), number(t[name]), number(t.get("flat_fee", 0)))
            for t in entry["tiers"]
        )
    return (Tier(None, number(entry["rate" if model == "percentage" else "unit_price"])),)


def optional(table: Table, name: str) -> Fraction | None:
    """A number that need not be there."""
    return number(table[name]) if name in table else None
