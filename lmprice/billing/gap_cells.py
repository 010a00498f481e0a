"""The cells of a reconciliation, each a day, a model and a meter, and what they say in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.pricing import as_decimal

PARTS: tuple[str, ...] = (
    "only on the bill", "only in the usage", "counts", "unit price", "tier or batch", "region",
    "counts and price", "rounding", "tax and credits", "unexplained",
)  # fmt: skip

_WHY = {
    "only on the bill": "on the bill and not in the usage",
    "only in the usage": "in the usage and not on the bill",
    "counts and price": "counts and unit price differ, and this is of both",
}


@dataclass
class Side:
    """One side of a cell."""

    cost: int = 0  # in units of 10^-12
    quantity: Fraction | None = None
    rows: int = 0


@dataclass
class Cell:
    """A day, model and meter with its parts."""

    day: date
    model: str
    meter: str
    ours: Side | None = None
    theirs: Side | None = None
    parts: dict[str, int] = field(default_factory=dict)
    cause: str = ""

    @property
    def gap(self) -> int:
        """Theirs less ours."""
        return (self.theirs.cost if self.theirs else 0) - (self.ours.cost if self.ours else 0)


def amount(units: int) -> Decimal:
    """Units of 10^-12 as an amount."""
    return Decimal(units).scaleb(-12)


def table_of(cells: Iterable[Cell]) -> pl.DataFrame:
    """The cells as a table, a column for each part of the gap."""
    money, count = pl.Decimal(38, 12), pl.Decimal(38, 9)
    rows = [
        (
            *(cell.day, cell.model, cell.meter, _units(cell.ours), _units(cell.theirs)),
            *(None if side is None else amount(side.cost) for side in (cell.ours, cell.theirs)),
            *(amount(cell.gap), cell.cause or None),
            *(amount(cell.parts.get(name, 0)) for name in PARTS),
        )
        for cell in cells
    ]
    schema: dict[str, Any] = {
        "day": pl.Date,
        "model": pl.String,
        "meter": pl.String,
        "our_quantity": count,
        "their_quantity": count,
        "ours": money,
        "theirs": money,
        "gap": money,
        "cause": pl.String,
        **dict.fromkeys(PARTS, money),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _units(side: Side | None) -> Decimal | None:
    quantity = None if side is None else side.quantity
    return None if quantity is None else as_decimal(quantity, 9)


def in_words(cell: Cell, part: str, units: int) -> str:
    """A part of a cell in words."""
    return f"{cell.day} {cell.model} {cell.meter}: {_why(cell, part)}, {signed(units)}"


def _why(cell: Cell, part: str) -> str:
    if part in _WHY:
        return _WHY[part]
    if part in ("tier or batch", "region"):
        return f"{part}, charged as {cell.cause}"
    ours, theirs = cell.ours, cell.theirs
    if not (ours and theirs and ours.quantity and theirs.quantity):
        return part
    if part == "counts":
        return f"the bill counts {_count(theirs.quantity)}, the usage {_count(ours.quantity)}"
    return _price(ours, theirs) if part == "unit price" else part


def _price(ours: Side, theirs: Side) -> str:
    if not (ours.cost and ours.quantity and theirs.quantity):
        return "the book charges nothing for it"
    ratio = Fraction(theirs.cost) / theirs.quantity / (Fraction(ours.cost) / ours.quantity)
    return f"the unit price is {float(ratio):.6g} times that of the book"


def _count(quantity: Fraction) -> str:
    return f"{float(quantity):,.15g}"


def signed(units: int) -> str:
    """An amount with its sign; below a cent with all of its decimals."""
    value = amount(units)
    return f"{value:+,.2f}" if abs(value) >= Decimal("0.01") else f"{value.normalize():+f}"
