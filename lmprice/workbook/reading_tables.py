"""Reading the tables of a filled workbook: row by row, every problem with its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openpyxl.utils.cell import coordinate_from_string

from lmprice.scenarios.tables import MAX_ROWS, Column, Label, Row, TableSpec
from lmprice.workbook import texts
from lmprice.workbook.contents import MAX_ROW, Contents, Problem, TablePlace
from lmprice.workbook.values import NOT_RECALCULATED, validated

ERRORS = {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"}


@dataclass(frozen=True)
class _Place:
    """Where a table stands: its sheet, its rows, the letter of each column."""

    sheet: str
    first: int
    last: int
    letters: dict[str, str]  # by key, in the order of the columns


def read_table(contents: Contents, table: TableSpec) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, and what is wrong with them; the rows count when nothing is."""
    title = table.title(contents.lang)
    place = _place(contents, table)
    if isinstance(place, Problem):
        return [], [place]
    grid = _Grid(contents, table, place)
    rows = grid.filled_rows()
    if not rows:
        cell = f"{next(iter(place.letters.values()))}{place.first}"
        return [], [Problem(texts.IS_EMPTY(contents.lang), place.sheet, cell, title)]
    problems: list[Problem] = []
    inside = [row for row in rows if row <= place.last]  # rows between them may be empty
    values = [grid.row(row, problems) for row in inside]
    for number, key, rule in table.problems(values):
        problems.append(grid.problem(inside[number], key, rule(contents.lang)))
    beyond = texts.BEYOND_THE_TABLE(contents.lang).format(rows=MAX_ROWS)
    problems += [
        grid.problem(row, grid.filled_key(row), beyond)
        for row in rows
        if row > place.last or row in inside[MAX_ROWS:]
    ]
    problems.sort(key=lambda problem: coordinate_from_string(problem.cell)[1])
    return [] if problems else [table.row(**row) for row in values], problems


def table_place(contents: Contents, table: TableSpec) -> TablePlace | None:
    """How many rows a table has in the file, and which are filled in; None without its names."""
    place = _place(contents, table)
    if isinstance(place, Problem):
        return None
    rows = [row for row in _Grid(contents, table, place).filled_rows() if row <= place.last]
    return TablePlace(place.last - place.first + 1, tuple(row - place.first for row in rows))


def _place(contents: Contents, table: TableSpec) -> _Place | Problem:
    found = {column.key: contents.values.named_column(column.name) for column in table.columns}
    names = {column.key: column.name for column in table.columns}
    title = table.title(contents.lang)
    for key, place in found.items():
        if place is None:
            return Problem(f"the name {names[key]} does not point to a column", label=title)
    places = [place for place in found.values() if place is not None]
    if len({(p.sheet, p.first, p.last) for p in places}) > 1:
        message = f"the names {', '.join(names.values())} do not point to the same rows"
        return Problem(message, label=title)
    letters = {key: place.letter for key, place in zip(found, places, strict=True)}
    return _Place(places[0].sheet, places[0].first, places[0].last, letters)


class _Grid:
    """The cells of a table, and of what stands below it."""

    def __init__(self, contents: Contents, table: TableSpec, place: _Place) -> None:
        self._lang = contents.lang
        self._columns = {column.key: column for column in table.columns}
        self._place = place
        addresses = [
            f"{letter}{row}"
            for row in range(place.first, MAX_ROW + 1)
            for letter in place.letters.values()
        ]
        self._formulas = contents.formulas.of(place.sheet, addresses)
        self._values = contents.values.of(place.sheet, addresses)

    def filled_rows(self) -> list[int]:
        """The rows with something in them."""
        return sorted({coordinate_from_string(address)[1] for address in self._formulas})

    def filled_key(self, row: int) -> str:
        """The first column with something in a row."""
        letters = self._place.letters
        return next(key for key in letters if f"{letters[key]}{row}" in self._formulas)

    def row(self, row: int, problems: list[Problem]) -> dict[str, Any]:
        """The valid values of a row; what is wrong with the others goes to the problems."""
        values = {}
        for key, column in self._columns.items():
            value, message = self._value(row, column)
            if message is None:
                values[key] = value
            else:
                problems.append(self.problem(row, key, message))
        return values

    def problem(self, row: int, key: str, message: str) -> Problem:
        """A problem with one cell."""
        cell = f"{self._place.letters[key]}{row}"
        title = self._columns[key].term.title(self._lang)
        return Problem(message, self._place.sheet, cell, title)

    def _value(self, row: int, column: Column) -> tuple[Any, str | None]:
        address = f"{self._place.letters[column.key]}{row}"
        value = self._values.get(address)
        if value is None and address in self._formulas:
            return None, NOT_RECALCULATED(self._lang)
        if value is None:
            empty = texts.IS_EMPTY(self._lang) if column.default is None else None
            return column.default, empty
        if isinstance(column.term, Label):
            if value in ERRORS:
                return None, f"{value} {texts.IS_AN_ERROR(self._lang)}"
            return _as_text(value), None
        return validated(value, column.term, self._lang)


def _as_text(value: Any) -> str:
    """A name as the sheet shows it: a number without decimals is one that was typed that way."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
