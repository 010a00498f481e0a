"""A row of usage: its texts, its meters and what contains what, and how long it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.billing.oracle.calendar import FAR
from tests.billing.oracle.charges import ZERO

INPUT = (
    *("input", "cached", "cache_write", "cache_write_30m", "cache_write_1h", "cache_write_12h"),
    *("input_audio", "input_image", "input_video", "cached_audio"),
)
OUTPUT = ("output", "reasoning", "output_audio", "output_image", "output_video")
CONTAINED = {
    "input": [name for name in INPUT if name not in ("input", "cached_audio")],
    "cached": ["cached_audio"],
    "output": list(OUTPUT[1:]),
}
SIDES = {"input_length": INPUT, "output_length": OUTPUT}


class RefusedError(Exception):
    """A row that cannot be priced, with the reason."""


def number(value: Any) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(Decimal(repr(value)) if isinstance(value, float) else str(value))


def moment(value: Any, zone: str) -> datetime:
    """A moment; a date is its midnight, and what has no offset is read in the zone."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    if read.year >= 9999:
        return FAR
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def plain(value: Any) -> str:
    """A text as conditions compare it: without case, blanks and the spelling of at most.

    A whole number is the same with and without its point.
    """
    text = re.sub(r"\s", "", str(value)).casefold().replace("≤", "<=")
    return re.sub(r"^(-?[0-9]+)[.]0+$", r"\1", text)


def fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern, where a star stands for any letters."""
    parts = [re.escape(part) for part in pattern.split("*")]
    return re.fullmatch(".*".join(parts), name) is not None


def column_of(meter: str) -> str:
    """The column that holds a meter's amounts."""
    return f"{meter}_tokens" if meter in (*INPUT, *OUTPUT) else meter


@dataclass(frozen=True)
class Row:
    """A row's cells, with the moment and the customer it belongs to."""

    cells: Mapping[str, str]
    moment: datetime

    @property
    def customer(self) -> str:
        return self.cells["customer"]

    @property
    def model(self) -> str:
        return self.cells["model"]

    def order(self) -> tuple[str, ...]:
        """The cells as texts, by the names of their columns."""
        return tuple(self.cells[name] for name in sorted(self.cells))

    def text(self, column: str) -> str:
        """The text of a cell; of a column that is not there, nothing."""
        return self.cells.get(column, "")

    def amount(self, meter: str) -> Fraction | None:
        """What a meter's cell says, if anything."""
        text = self.text(column_of(meter))
        return Fraction(text) if text else None

    def requests(self) -> Fraction:
        """How many requests the row stands for."""
        return Fraction(self.text("requests") or 1)

    def length(self, side: str, contains: Mapping[str, list[str]]) -> Fraction:
        """The whole length of the input or output: uncached, cached and written."""
        if self.text(side):
            return Fraction(self.text(side))
        if self.requests() != 1:
            raise RefusedError(f"{side} of a row of many requests")
        within = {child for children in contains.values() for child in children}
        return sum(
            (self.amount(meter) or ZERO for meter in SIDES[side] if meter not in within), ZERO
        )

    def meets(self, when: Mapping[str, Any], contains: Mapping[str, list[str]]) -> bool:
        """Whether every condition holds."""
        lengths_last = sorted(when.items(), key=lambda one: one[0] in SIDES)
        return all(self.holds(column, wanted, contains) for column, wanted in lengths_last)

    def holds(self, column: str, wanted: Any, contains: Mapping[str, list[str]]) -> bool:
        """Whether one condition holds: a text, one of several, or bounds of a number."""
        if isinstance(wanted, Mapping):
            if column in SIDES:
                size = self.length(column, contains)
            elif not self.text(column):
                return False
            elif re.fullmatch(r"[-+]?[0-9.]+", self.text(column)):
                size = Fraction(self.text(column))
            else:
                raise RefusedError(f"{column} is no number")
            return all(BOUNDS[name](size, number(bound)) for name, bound in wanted.items())
        allowed = wanted if isinstance(wanted, list) else [wanted]
        return plain(self.text(column)) in [plain(value) for value in allowed]


BOUNDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "above": lambda size, bound: size > bound,
    "at_least": lambda size, bound: size >= bound,
    "below": lambda size, bound: size < bound,
    "at_most": lambda size, bound: size <= bound,
}


def units(
    row: Row, apart: set[str], meters: set[str], contains: Mapping[str, list[str]]
) -> dict[str, Fraction]:
    """The units of each meter that stands apart: its cell less those within it that do."""
    above = {child: parent for parent, children in contains.items() for child in children}
    found = {meter: row.amount(meter) for meter in meters}
    made = {meter: amount for meter, amount in found.items() if amount is not None}
    left = {meter: amount for meter, amount in made.items() if meter in apart}
    for meter, amount in made.items():
        parent = above.get(meter)
        while parent is not None and parent not in apart:
            parent = above.get(parent)
        if meter in apart and parent is not None:
            left[parent] = left.get(parent, ZERO) - amount
    for parent, children in contains.items():
        within = sum((made.get(child, ZERO) for child in children), ZERO)
        if within > made.get(parent, ZERO):
            raise RefusedError(f"more than all {parent}")
    if any(left.get(parent, ZERO) < 0 for parent in contains):
        raise RefusedError("the parts are more than the whole")
    return left
