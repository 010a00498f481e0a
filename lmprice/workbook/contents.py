"""What is in a workbook file: cells as formulas and as stored values, and problems with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from openpyxl.utils.cell import (
    column_index_from_string,
    coordinate_from_string,
    get_column_interval,
)

from lmprice.language.errors import InputError
from lmprice.scenarios import Scenario
from lmprice.workbook.counting import Counting
from lmprice.workbook.raw import RawWorkbook

# A template is small.  A name that points beyond this was not written by it.
MAX_ROW, MAX_COLUMN = 1000, 100

CellAddress = tuple[str, str]  # title of the sheet, address of the cell


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a workbook, and where."""

    message: str
    sheet: str = ""
    cell: str = ""
    label: str = ""
    kind: str = ""  # of many alike: a formula that was changed, a number that is stale

    def __str__(self) -> str:
        place = f"{self.sheet}!{self.cell} " if self.cell else ""
        return f"{place}{self.label}: {self.message}" if self.label else f"{place}{self.message}"


class WorkbookError(InputError):
    """A workbook that cannot be used; ``problems`` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        message = "\n".join(f"{path}: {problem}" for problem in self.problems)
        super().__init__(message, "path", str(path))


def unreadable(path: Path, error: Exception) -> WorkbookError:
    """One line for whatever the parsers of a damaged file raise, in words of our own."""
    line = getattr(error, "lineno", None)  # of XML that breaks off or does not fit together
    place = "" if line is None else f" (XML, line {line}, column {getattr(error, 'offset', 0)})"
    return WorkbookError(path, [Problem(f"cannot be read: it is damaged{place}")])


class ColumnAddress(NamedTuple):
    """A range of one column."""

    sheet: str
    letter: str
    first: int
    last: int


@dataclass(frozen=True)
class Cells:
    """The cells of a file, as formulas or as stored values; read from the file when asked for."""

    path: Path
    workbook: RawWorkbook
    kind: Literal["formulas", "values"]

    def of(self, sheet: str, addresses: Iterable[str]) -> dict[str, Any]:
        """The contents of some cells of a sheet, without those that are empty."""
        found = self._of(sheet)
        return {address: found[address] for address in addresses if address in found}

    def _of(self, sheet: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = getattr(self.workbook.sheet(sheet), self.kind)
        except Exception as error:  # whatever a malformed part leads the parsers to
            raise unreadable(self.path, error) from error
        return found

    def filled(self, sheet: str, columns: int) -> dict[tuple[int, int], Any]:
        """What stands in a sheet, by row and column, as far as so many columns."""
        found: dict[tuple[int, int], Any] = {}
        for address, value in self._of(sheet).items():
            letters, row = coordinate_from_string(address)
            column = column_index_from_string(letters)
            if column <= columns:
                found[row, column] = value
        return found

    def at(self, places: Mapping[str, CellAddress | None]) -> dict[str, Any]:
        """The contents of cells that stand under keys; None where there is no cell or nothing."""
        by_sheet: dict[str, list[str]] = {}
        for place in places.values():
            if place is not None:
                by_sheet.setdefault(place[0], []).append(place[1])
        found = {sheet: self.of(sheet, addresses) for sheet, addresses in by_sheet.items()}
        return {key: place and found[place[0]].get(place[1]) for key, place in places.items()}

    def named(self, name: str) -> CellAddress | None:
        """The cell that a defined name points to; None when it is not one cell of the file."""
        try:
            sheet, address = self._target(name)
            letters, row = coordinate_from_string(address)
        except Exception:  # a formula, a range, a deleted cell, or nonsense
            return None
        return (sheet, f"{letters}{row}") if self._is_here(sheet, letters, row) else None

    def named_column(self, name: str) -> ColumnAddress | None:
        """The column that a defined name points to; None when it is not one column of the file."""
        try:
            sheet, address = self._target(name)
            (letters, first), (same, last) = map(coordinate_from_string, address.split(":"))
        except Exception:  # a formula, one cell, a deleted range, or nonsense
            return None
        if letters != same or not self._is_here(sheet, letters, last):
            return None
        return ColumnAddress(sheet, letters, first, last)

    def named_row(self, name: str) -> tuple[CellAddress, ...] | None:
        """The cells of one row that a defined name points to; None when it is no such row."""
        try:
            sheet, address = self._target(name)
            (first, row), (last, same) = map(coordinate_from_string, address.split(":"))
        except Exception:  # a formula, one cell, a deleted range, or nonsense
            return None
        if row != same or not self._is_here(sheet, last, row):
            return None
        letters = get_column_interval(first, last)
        return tuple((sheet, f"{letter}{row}") for letter in letters)

    def _target(self, name: str) -> CellAddress:
        ((sheet, address),) = self.workbook.defined_names[name].destinations
        return sheet, address.replace("$", "")

    def _is_here(self, sheet: str, letters: str, row: int) -> bool:
        is_near = row <= MAX_ROW and column_index_from_string(letters) <= MAX_COLUMN
        return is_near and sheet in self.workbook.sheetnames


class TablePlace(NamedTuple):
    """How many rows a table has in a file, and which of them are filled in, counted from 0."""

    rows: int
    filled: tuple[int, ...]


@dataclass(frozen=True)
class Contents:
    """What is in a file that names a template: cells as formulas and as stored values."""

    template: type[Scenario]
    version: int  # an older one has other sheets, but the same names
    lang: str
    counting: Counting
    formulas: Cells
    values: Cells
