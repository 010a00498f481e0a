"""Our side of a reconciliation: what the usage costs and how many units are charged for.

The counts are those of the rating itself: the usage is rated once more under a copy of the book in
which every unit of every charge costs 1, so that contained meters, patterns of models and dates are
dealt with in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from lmprice.billing.backtesting import read_once
from lmprice.billing.book import MAX_DIGITS, PriceBook
from lmprice.billing.charges import CountedCharge
from lmprice.billing.parsing import parse_book
from lmprice.billing.rating import Rating, UsageTable, rate
from lmprice.billing.taking import Taken
from lmprice.billing.usage import UsageError

SCALE = 10**12
_GRAIN = ("day", "model", "meter")
_KEPT = ("model", "meter", "name", "when", "valid_from", "valid_until")
_DATE_AT_END = re.compile(r"-(20\d{6}|20\d\d-\d\d-\d\d|latest)$")


@dataclass(frozen=True)
class Ours:
    """What the usage costs by day, model and meter, and what belongs to no model."""

    rating: Rating
    cells: tuple[tuple[date, str, str, int, Fraction], ...]
    other: tuple[tuple[date, str, int], ...]

    def priced_as(self, model: str) -> str:
        """The model of the book that a model of the usage is priced as."""
        rows = self.rating.matches.select("model", self.rating.matches.columns[1]).iter_rows()
        return next((priced for name, priced in rows if name == model), model)


def model_key(name: str) -> str:
    """What the names of one model have in common.

    >>> {model_key(n) for n in ("Claude Haiku 4.5", "claude-haiku-4-5-20251001")}
    {'claude-haiku-4-5'}
    """
    plain = re.sub(r"[^a-z0-9*/:]+", "-", name.strip().lower()).strip("-")
    return _DATE_AT_END.sub("", plain)


def our_side(
    usage: UsageTable | Taken,
    book: PriceBook,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Ours:
    """The cost and the counts of the usage, with nine decimals, by days of UTC."""
    for _, charges in book.lists():
        for charge in charges:
            kind = charge.aggregation if isinstance(charge, CountedCharge) else "sum"
            if kind != "sum":
                raise UsageError(f"{charge.title} is priced by its {kind}, which has no days")
    once = read_once(usage, book, source, columns=columns)
    accounts = tuple(one.model_copy(update={"time_zone": None}) for one in book.accounts)
    fine = book.model_copy(update={"digits": MAX_DIGITS, "time_zone": "UTC", "accounts": accounts})
    rating = rate(once, fine, by=_GRAIN)
    counted = rate(once, counting_book(book), by=_GRAIN)
    counts: dict[tuple[date, str, str], Fraction] = {}
    assert rating.detail is not None
    assert counted.detail is not None
    for row in counted.detail.iter_rows(named=True):
        place = (row["day"], row["model"], row["meter"])
        counts[place] = counts.get(place, Fraction(0)) + Fraction(row["effective_cost"])
    costs: dict[tuple[date, str, str], int] = {}
    other = []
    for row in rating.detail.iter_rows(named=True):
        units = round(Fraction(row["effective_cost"]) * SCALE)
        if row["category"] == "usage" and row["model"]:
            place = (row["day"], row["model"], row["meter"])
            costs[place] = costs.get(place, 0) + units
        elif units:
            other.append((row["day"], row["category"], units))
    places = dict.fromkeys([*counts, *costs])
    cells = ((*p, costs.get(p, 0), counts.get(p, Fraction(0))) for p in places)
    return Ours(rating, tuple(cells), tuple(other))


def counting_book(book: PriceBook) -> PriceBook:
    """A book under which each metered unit costs 1, and nothing else costs anything."""
    data = book.model_dump(exclude_unset=True)
    data |= {"digits": MAX_DIGITS, "time_zone": "UTC", "factors": [], "rates": []}
    for plan in data.get("plans", ()):
        plan |= {"fees": [], "allowances": []}
        plan["charges"] = [_counting(charge) for charge in plan.get("charges", ())]
    kept = ("customer", "period_day", "plans")
    data["accounts"] = [
        {name: account[name] for name in kept if name in account}
        | {"charges": [_counting(charge) for charge in account.get("charges", ())]}
        for account in data.get("accounts", ())
    ]
    data["charges"] = [_counting(charge) for charge in data.get("charges", ())]
    return parse_book(data)


def _counting(charge: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: charge[name] for name in _KEPT if name in charge}
    return {"charge_model": "standard", "unit_price": 1, **kept}
