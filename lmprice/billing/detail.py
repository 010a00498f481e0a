"""Detail: the bill taken apart by day, model or any column, and row by row, to the same cent.

Rows and days are differences of the rounded running cost of a charge.  At any other grain the parts
of a charge are rounded so that they add up to it: by largest remainder, ties by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from lmprice.billing.invoicing import Piece
from lmprice.billing.lazy import pl
from lmprice.billing.money import money
from lmprice.billing.scopes import Scope, Scopes
from lmprice.billing.usage import REASON, ROW

Pieces = Iterable[tuple[str, Piece]]
_NO_KEY = ""


def detailed(
    table: pl.DataFrame, pieces: Pieces, by: Sequence[str], scopes: Scopes,
    of: Mapping[str, Scope],
) -> pl.DataFrame:  # fmt: skip
    """What falls due by customer, period and the columns asked for."""
    names = [name for name in by if name not in ("day", "meter", "customer")]
    cells = _cells(table, names)
    groups: dict[tuple[Any, ...], dict[tuple[str, ...], list[Any]]] = {}
    for customer, piece in pieces:
        key = cells.get(piece.row, (_NO_KEY,) * len(names)) if names else ()
        day = piece.day if "day" in by else 0
        meter = piece.meter if "meter" in by else None
        group = groups.setdefault(
            (customer, piece.period, piece.category, piece.name, day, meter), {}
        )
        own = group.setdefault(key, [Fraction(0), 0, 0])
        own[0] += piece.exact
        own[1] += piece.effective
        own[2] += piece.billed
    sums: dict[tuple[Any, ...], list[int]] = {}
    unit = 10**scopes.book.digits
    for (customer, number, category, _, day, meter), group in groups.items():
        for place in (1, 2):
            exact = {key: own[0] if own[place] else Fraction(0) for key, own in group.items()}
            if names:
                exact = {key: own[0] for key, own in group.items()}
            parts = largest_remainder(exact, sum(own[place] for own in group.values()), unit)
            for key, amount in parts.items():
                whole = sums.setdefault((customer, number, category, day, meter, key), [0, 0])
                whole[place - 1] += amount
    rows = []
    for (customer, number, category, day, meter, key), (effective, billed) in sums.items():
        values = dict(zip(names, key, strict=True))
        first = of[customer].calendar.first_day(number)
        asked = [
            date.fromordinal(day) if name == "day" else meter if name == "meter" else values[name]
            for name in by
            if name != "customer"
        ]
        amounts = (money(amount, scopes.book.digits) for amount in (effective, billed))
        rows.append((customer, first, *asked, category, *amounts))
    schema: dict[str, Any] = {
        "customer": pl.String,
        "period": pl.Date,
        **{n: pl.Date if n == "day" else pl.String for n in by if n != "customer"},
        "category": pl.String,
        "effective_cost": pl.Decimal(38, scopes.book.digits),
        "billed_cost": pl.Decimal(38, scopes.book.digits),
    }
    found = pl.DataFrame(rows, schema=schema, orient="row")
    return found.sort(found.columns[:-2], nulls_last=True)


def row_costs(
    table: pl.DataFrame, pieces: Pieces, scopes: Scopes, of: Mapping[str, Scope]
) -> pl.DataFrame:
    """Each row with its cost, and what is of no row on lines of its own; together the bill."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for customer, piece in pieces:
        name = "" if piece.row >= 0 else piece.name
        key = (piece.row, customer, piece.period, piece.category, name)
        own = sums.setdefault(key, [0, 0])
        own[0] += piece.effective
        own[1] += piece.billed
    digits = scopes.book.digits
    rows = [
        (row if row >= 0 else None, customer, of[customer].calendar.first_day(number), category,
         name or None, money(effective, digits), money(billed, digits))
        for (row, customer, number, category, name), (effective, billed) in sums.items()
    ]  # fmt: skip
    schema: dict[str, Any] = {
        ROW: pl.Int64,
        "customer": pl.String,
        "period": pl.Date,
        "category": pl.String,
        "name": pl.String,
        "effective_cost": pl.Decimal(38, digits),
        "billed_cost": pl.Decimal(38, digits),
    }
    found = pl.DataFrame(rows, schema=schema, orient="row")
    cells = table.drop(REASON, "customer").rename(
        {n: f"usage {n}" for n in table.columns if n in schema and n not in (ROW, "customer")}
    )  # fmt: skip
    found = found.join(cells, on=ROW, how="left")
    return found.sort(pl.col(ROW).is_null(), ROW, "customer", "period", "category", "name")


def largest_remainder(
    exact: Mapping[tuple[str, ...], Fraction], total: int, unit: int
) -> dict[tuple[str, ...], int]:
    """Whole units for parts so that they add up to a total.

    >>> thirds = dict.fromkeys([("a",), ("b",), ("c",)], Fraction(1, 3))
    >>> largest_remainder(thirds, 100, 100)
    {('a',): 34, ('b',): 33, ('c',): 33}
    """
    scaled = {key: value * unit for key, value in exact.items()}
    floors = {key: value.__floor__() for key, value in scaled.items()}
    missing = total - sum(floors.values())
    order = sorted(scaled, key=lambda key: (floors[key] - scaled[key], key))
    each, more = divmod(missing, len(order))
    return {
        key: floors[key] + each + (place < more)
        for key, place in sorted((key, place) for place, key in enumerate(order))
    }


def _cells(table: pl.DataFrame, names: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The texts of the columns asked for, by row."""
    texts = [pl.col(n).cast(pl.String, strict=False).fill_null("").str.strip_chars() for n in names]
    return {row: tuple(key) for row, *key in table.select(ROW, *texts).iter_rows()}
