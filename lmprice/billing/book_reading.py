"""Reading a price book from a workbook: every problem at once, each with its cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from lmprice.billing.book import PriceBook
from lmprice.billing.book_fields import (
    ACCOUNT_SHEET,
    BOOK,
    CHARGE,
    CHARGE_SHEET,
    ENTRIES,
    LIST_SHEETS,
    TABLES,
    WEEKDAYS,
    Sheet,
)
from lmprice.billing.book_workbook import FIRST_ROW, HEADER_ROW
from lmprice.billing.files import BookError, Place, parsed, path_text
from lmprice.language.errors import shown
from lmprice.workbook import WorkbookError
from lmprice.workbook.contents import Cells
from lmprice.workbook.reading import open_cells
from lmprice.workbook.texts import LANGUAGES
from lmprice.workbook.values import NOT_RECALCULATED

MAX_ROWS, MAX_COLUMNS = 20_000, 100


class _Line(NamedTuple):
    """One filled row: its fields, and the cell of each column."""

    fields: dict[str, Any]
    cells: dict[str, str]

    def cell(self, name: Any) -> str:
        """The cell of a field; of one without a column the first of the row."""
        return self.cells.get(str(name)) or next(iter(self.cells.values()))


def read_book(path: Path) -> PriceBook:
    """The price book in a workbook."""
    try:
        formulas, values = open_cells(path)
        return _Reader(formulas, values).book()
    except WorkbookError as error:
        raise BookError(f"{path.name}: {problem}" for problem in error.problems) from None


class _Reader:
    """Turns sheets into the plain data of a book, and paths into its fields into cells."""

    def __init__(self, formulas: Cells, values: Cells) -> None:
        self._formulas, self._values = formulas, values
        self._places: dict[tuple[str | int, ...], _Line] = {}
        self._problems: list[str] = []

    def book(self) -> PriceBook:
        data = self._book_fields()
        tables = {sheet.key: list(self._table(sheet)) for sheet in TABLES}
        data["charges"], numbers = self._charges(tables[CHARGE_SHEET.key])
        for sheet in LIST_SHEETS:
            self._add_list(sheet, tables[sheet.key], data["charges"], numbers)
        data["accounts"] = self._accounts(tables[ACCOUNT_SHEET.key])
        book, wrong = parsed(data)
        self._problems += [f"{self._where(place)}: {message}" for place, message in wrong]
        if book is None or self._problems:
            raise BookError(self._problems)
        return book

    def _book_fields(self) -> dict[str, Any]:
        title = self._title(BOOK)
        if title is None:
            return {}
        rows = range(HEADER_ROW, HEADER_ROW + len(BOOK.columns))
        names = self._values.of(title, [f"A{row}" for row in rows])
        cells = {str(names.get(f"A{row}", "")): f"{title}!B{row}" for row in rows}
        found = self._contents(title, [f"B{row}" for row in rows])
        by_cell = {f"{title}!{address}": value for address, value in found.items()}
        fields = {name: by_cell[cell] for name, cell in cells.items() if cell in by_cell}
        self._places[()] = _Line(fields, cells)
        return fields

    def _title(self, sheet: Sheet) -> str | None:
        """The title of a sheet in this file, in whichever language."""
        names = self._values.workbook.sheetnames
        title = next((t for lang in LANGUAGES if (t := sheet.title(lang)) in names), None)
        if title is None:
            self._problems.append(f"the sheet {sheet.title.en} is missing")
        return title

    def _table(self, sheet: Sheet) -> Iterator[_Line]:
        """The filled rows of a sheet."""
        title = self._title(sheet)
        if title is None:
            return
        last = self._values.last_row(title)
        if last > MAX_ROWS:
            self._problems.append(f"{title}: has {last} rows, more than the {MAX_ROWS} allowed")
            return
        letters = [get_column_letter(number) for number in range(1, MAX_COLUMNS + 1)]
        heads = self._values.of(title, [f"{letter}{HEADER_ROW}" for letter in letters])
        columns = {a.rstrip("0123456789"): str(name) for a, name in heads.items()}
        for letter, name in columns.items():
            if name not in sheet.columns:
                cell = f"{title}!{letter}{HEADER_ROW}"
                self._problems.append(f"{cell}: {shown(name)} is not a field of a price book")
        wanted = [f"{c}{row}" for row in range(FIRST_ROW, last + 1) for c in columns]
        contents = self._contents(title, wanted) if wanted else {}
        for row in range(FIRST_ROW, last + 1):
            cells = {name: f"{title}!{letter}{row}" for letter, name in columns.items()}
            named = ((name, f"{letter}{row}") for letter, name in columns.items())
            fields = {name: contents[address] for name, address in named if address in contents}
            if fields:
                yield _Line(fields, cells)

    def _contents(self, title: str, addresses: list[str]) -> dict[str, Any]:
        """The stored values of cells; a formula without one, and an error, are problems."""
        values = self._values.of(title, addresses)
        for address in self._formulas.of(title, addresses):
            value = values.get(address)
            if value is None:
                self._problems.append(f"{title}!{address}: {NOT_RECALCULATED.en}")
            elif isinstance(value, str) and value.startswith("#") and value.isupper():
                self._problems.append(f"{title}!{address}: holds the error {value}")
        return {address: _plain(value) for address, value in values.items()}

    def _charges(self, lines: list[_Line]) -> tuple[list[dict[str, Any]], dict[Any, int]]:
        """The charges, and the place of each number in their list."""
        numbers: dict[Any, int] = {}
        charges: list[dict[str, Any]] = []
        for line in lines:
            fields = dict(line.fields)
            number = fields.pop(CHARGE, None)
            if number is None:
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: is empty")
            elif numbers.setdefault(number, len(charges)) != len(charges):
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: {shown(number)} stands twice")
            if WEEKDAYS in fields:
                fields[WEEKDAYS] = _weekdays(fields[WEEKDAYS])
            self._places["charges", len(charges)] = line
            charges.append(fields)
        return charges, numbers

    def _add_list(
        self, sheet: Sheet, lines: list[_Line], charges: list[dict[str, Any]],
        numbers: dict[Any, int],
    ) -> None:  # fmt: skip
        """Put the rows of a list into the charges that they belong to."""
        for line in lines:
            fields = dict(line.fields)
            number = fields.pop(CHARGE, None)
            if number not in numbers:
                what = "is empty" if number is None else f"{shown(number)} is no charge's number"
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: {what}")
                continue
            own = charges[numbers[number]].setdefault(sheet.key, [])
            self._places["charges", numbers[number], sheet.key, len(own)] = line
            own.append(fields)

    def _accounts(self, lines: list[_Line]) -> list[dict[str, Any]]:
        accounts: dict[Any, dict[str, Any]] = {}
        for line in lines:
            fields = dict(line.fields)
            customer = fields.pop("customer", None)
            account = accounts.setdefault(
                customer, {} if customer is None else {"customer": customer}
            )
            place: tuple[str | int, ...] = ("accounts", list(accounts).index(customer))
            self._places.setdefault(place, line)
            kind = fields.get("kind")
            if kind is None and not fields:
                continue
            if kind not in ENTRIES:
                what = (
                    "is empty" if kind is None else f"{shown(kind)} is none of {', '.join(ENTRIES)}"
                )
                self._problems.append(f"{line.cell('kind')} kind: {what}")
                continue
            name, model = ENTRIES[kind]
            if "kind" not in model.model_fields:
                del fields["kind"]
            own = account.setdefault(name, [])
            self._places[*place, name, len(own)] = line
            own.append(fields)
        return list(accounts.values())

    def _where(self, path: Place) -> str:
        """The cell that a path leads to, and the field."""
        if len(path) == 1 and path[0] == CHARGE_SHEET.key:
            return str(self._title(CHARGE_SHEET))
        for end in range(len(path), -1, -1):
            line = self._places.get(tuple(path[:end]))
            if line is not None:
                rest = path[end:] or path[-1:]
                return f"{line.cell(rest[0] if rest else '')} {path_text(rest)}".rstrip()
        return path_text(path)


def _plain(value: Any) -> Any:
    """A stored value as a TOML file would give it."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return value


def _weekdays(value: Any) -> Any:
    """The days in a text like "1, 2, 3"; anything else as it is, for the book to refuse."""
    try:
        return [int(day) for day in str(value).split(",")]
    except ValueError:
        return value
