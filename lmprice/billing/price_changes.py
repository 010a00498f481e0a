"""What changed between two price lists or books, and what it does to a bill.

A price is the same where a unit costs the same on the same days, however it is written: 2.5 for a
million tokens is 0.0025 for a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import AnyCharge, StandardCharge
from lmprice.billing.conditions import in_words, key
from lmprice.billing.explaining import versions_in_words
from lmprice.billing.lazy import pl
from lmprice.billing.margins import ComparisonError, check_alike
from lmprice.billing.rating import Rating, UsageTable, rate
from lmprice.billing.tabular import Tabular
from lmprice.billing.taking import Taken, take

# What a book is called is no price; charges and factors are compared one by one.
_NAMES = frozenset({"format", "name", "version", "digits", "charges", "factors", "columns"})
_SAME = ("unit_price", "list_unit_price", "per", "valid_from", "valid_until")


@dataclass(frozen=True)
class PriceChange:
    """One price that changed, came or went.

    Attributes
    ----------
    model, meter, when : str
        What is priced, and the conditions in words ("" for none).
    old, new : str or None
        The price in words with its dates; None where there is none.
    share : float or None
        The change of the last unit price over the old one, where both are one number.
    """

    model: str
    meter: str
    when: str
    old: str | None
    new: str | None
    share: float | None


def price_changes(old: PriceBook, new: PriceBook) -> list[PriceChange]:
    """The prices that are not the same in two books, in order of models.

    Raises
    ------
    ComparisonError
        Where the books are in two currencies.

    Examples
    --------
    >>> from lmprice.billing import parse_book
    >>> def at(price):
    ...     charge = {"charge_model": "standard", "model": "chat", "meter": "input",
    ...               "per": 1_000_000, "unit_price": price}
    ...     return parse_book({"name": "List", "version": "1", "currency": "USD",
    ...                        "charges": [charge]})
    >>> (change,) = price_changes(at(2.5), at(2))
    >>> change.old, change.new, f"{change.share:+.0%}"
    ('$2.5 per million input tokens', '$2 per million input tokens', '-20%')
    """
    if old.currency != new.currency:
        raise ComparisonError(f"{old.name} is in {old.currency}, {new.name} in {new.currency}")
    before, after = _by_identity(old), _by_identity(new)
    found = list(_factors(old, new))
    for identity in {**before, **after}:
        left, right = before.get(identity, []), after.get(identity, [])
        if _substance(left) == _substance(right):
            continue
        first = (left or right)[0]
        found.append(
            PriceChange(
                first.model, first.meter, in_words(first.when),
                versions_in_words(left, old.currency) if left else None,
                versions_in_words(right, new.currency) if right else None,
                _share(left, right),
            )
        )  # fmt: skip
    return sorted(found, key=lambda change: (change.model, change.when, change.meter))


def other_changes(old: PriceBook, new: PriceBook) -> list[str]:
    """The fields of a book that differ beside its charges, its factors and its name."""
    names = [name for name in PriceBook.model_fields if name not in _NAMES]
    return [name for name in names if getattr(old, name) != getattr(new, name)]


@dataclass(frozen=True)
class BillChange(Tabular):
    """A usage table under the old and the new prices.

    Attributes
    ----------
    old, new : Rating
        The usage under each; what has no price is listed.
    models : polars.DataFrame
        ``model``, ``old``, ``new`` and ``change``: costs before rounding, the largest change first.
    """

    old: Rating
    new: Rating
    models: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """The costs of each model."""
        return {"models": self.models}

    @property
    def totals(self) -> tuple[Decimal, Decimal]:
        """What all usage costs under the old prices, and under the new ones."""
        return Decimal(self.models["old"].sum() or 0), Decimal(self.models["new"].sum() or 0)


def bill_change(
    usage: UsageTable | Taken,
    old: PriceBook,
    new: PriceBook,
    *,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> BillChange:
    """What two price lists make of one usage table; what they have no price for is listed.

    Raises
    ------
    ComparisonError
        Where the books are in two currencies, or refuse other rows.
    UsageError
        Where the table as a whole cannot be priced.
    """
    named = {**old.columns, **new.columns, **(columns or {})}
    taken = (usage if isinstance(usage, Taken) else take(usage, source, customer, named)).here()
    both = [rate(taken, book.model_copy(update={"unpriced": "list"})) for book in (old, new)]
    check_alike(*both)
    sides = [
        rating.lines.filter(pl.col("category") != "tax")
        .group_by("model")
        .agg(pl.col("unrounded").sum().alias(name))
        for rating, name in zip(both, ("old", "new"), strict=True)
    ]
    table = sides[0].join(sides[1], on="model", how="full", coalesce=True, nulls_equal=True)
    table = table.with_columns(pl.col("old", "new").fill_null(0))
    table = table.with_columns((pl.col("new") - pl.col("old")).alias("change"))
    table = table.sort([pl.col("change").abs(), "model"], descending=[True, False])
    return BillChange(both[0], both[1], table)


def _by_identity(book: PriceBook) -> dict[Any, list[AnyCharge]]:
    found: dict[Any, list[AnyCharge]] = {}
    for charge in book.charges:
        found.setdefault(charge.identity, []).append(charge)
    return found


def _substance(versions: Sequence[AnyCharge]) -> list[tuple[object, ...]]:
    """What the versions of a charge ask and when, however it is written."""
    return sorted((_asked(charge) for charge in versions), key=repr)


def _asked(charge: AnyCharge) -> tuple[object, ...]:
    if not isinstance(charge, StandardCharge):
        return (charge.valid_from, charge.valid_until, charge.model_dump_json(exclude={"name"}))
    rest = charge.model_dump_json(exclude={*_SAME, "name"})
    prices = [charge.unit_price, charge.list_unit_price]
    per_unit = tuple(None if p is None else f"{p / charge.per:.12g}" for p in prices)
    return (charge.valid_from, charge.valid_until, per_unit, rest)


def _share(left: Sequence[AnyCharge], right: Sequence[AnyCharge]) -> float | None:
    """The change of the unit price, as of the last versions."""
    if not (left and right):
        return None
    before, after = left[-1], right[-1]
    if not (isinstance(before, StandardCharge) and isinstance(after, StandardCharge)):
        return None
    first, last = before.unit_price / before.per, after.unit_price / after.per
    return last / first - 1 if first and first != last else None


def _factors(old: PriceBook, new: PriceBook) -> Iterator[PriceChange]:
    """Factors of models, vendors and the book that are not the same."""
    sides: list[dict[Any, str]] = []
    for book in (old, new):
        said: dict[Any, str] = {}
        for factor in book.factors:
            who = factor.model or factor.vendor or "all models"
            dates = "".join(
                f" {word} {day}"
                for word, day in (("from", factor.valid_from), ("to", factor.valid_until))
                if day is not None
            )
            place = (who, in_words(factor.when), key(factor.when))
            said[place] = (f"{said[place]}, " if place in said else "") + (
                f"times {factor.factor:g}{dates}"
            )
        sides.append(said)
    before, after = sides
    for place in {**before, **after}:
        if before.get(place) != after.get(place):
            who, when, _ = place
            yield PriceChange(who, "factor", when, before.get(place), after.get(place), None)
