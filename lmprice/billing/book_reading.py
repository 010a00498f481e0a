"""Reading a price book from a workbook: every problem at once, each with its cell.

What a file says of its own size is not believed, and a header is found where it stands, so that a
book survives other programs, inserted rows and deleted notes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
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
    FACTOR_SHEET,
    IN_COMMAS,
    IN_TOML,
    LIST_SHEETS,
    NEW_SHEETS,
    OF_ACCOUNT,
    PLAN_ENTRIES,
    PLAN_SHEET,
    SIMPLE_SHEETS,
    STATUS,
    TABLES,
    WEEKDAYS,
    Sheet,
    options,
)
from lmprice.billing.book_help import help_of
from lmprice.billing.parsing import BookError, Place, parsed, path_text
from lmprice.language.errors import shown
from lmprice.language.terms import LANGUAGES
from lmprice.workbook import WorkbookError
from lmprice.workbook.contents import Cells
from lmprice.workbook.reading import open_cells
from lmprice.workbook.values import NOT_RECALCULATED

MAX_ROWS, MAX_COLUMNS = 20_000, 100
_FORMER = "input_includes_cached"  # a field of format 1
Grid = dict[tuple[int, int], Any]  # row and column: what stands there


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
        self._check_unread()
        tables = {sheet.key: list(self._table(sheet)) for sheet in TABLES}
        for sheet in SIMPLE_SHEETS:
            self._add_simple(sheet, tables[sheet.key], data)
        plans = self._owners("plan", tables[PLAN_SHEET.key], PLAN_ENTRIES, "plans")
        accounts = self._owners("customer", tables[ACCOUNT_SHEET.key], ENTRIES, "accounts")
        numbers = self._add_charges(tables[CHARGE_SHEET.key], data, plans, accounts)
        for sheet in (*LIST_SHEETS, FACTOR_SHEET):
            self._add_list(sheet, tables[sheet.key], data, numbers)
        data["plans"] = [
            {"name": plan.pop("plan", None), **plan} if "plan" in plan else plan
            for plan in plans.values()
        ]
        data["accounts"] = list(accounts.values())
        for name in ("plans", "accounts", *(sheet.key for sheet in SIMPLE_SHEETS), "factors"):
            if not data.get(name):
                data.pop(name, None)
        book, wrong = parsed(data)
        self._problems += [f"{self._where(place)}: {message}" for place, message in wrong]
        if book is None or self._problems:
            raise BookError(self._problems)
        return book

    def _check_unread(self) -> None:
        """What is called otherwise, or stands twice, is not left out without a word."""
        names = self._values.workbook.sheetnames
        titles = {sheet.title(lang) for sheet in (BOOK, *TABLES) for lang in LANGUAGES}
        unread = [name for name in names if name not in titles]
        for sheet in (BOOK, *TABLES):
            there = [title for lang in LANGUAGES if (title := sheet.title(lang)) in names]
            if len(there) > 1:
                self._problems.append(f"{there[1]}: stands beside {there[0]}: one of them counts")
            if there or sheet.key not in NEW_SHEETS:
                continue  # that it is missing is told where it is read
            for name in unread:
                grid, _ = self._grid(name)
                header = _header_row(grid, sheet)
                said = {str(v).strip() for (row, _), v in grid.items() if row == header}
                if header is not None and said >= set(sheet.needed):
                    self._problems.append(
                        f"{name}: has the columns of the sheet {sheet.title.en}: call it that"
                    )

    def _title(self, sheet: Sheet) -> str | None:
        """The title of a sheet in this file, in whichever language."""
        names = self._values.workbook.sheetnames
        title = next((t for lang in LANGUAGES if (t := sheet.title(lang)) in names), None)
        if title is None and sheet.key not in NEW_SHEETS:
            self._problems.append(f"the sheet {sheet.title.en} is missing")
        return title

    def _grid(self, title: str) -> tuple[Grid, Grid]:
        """The stored values of the cells of a sheet, and its formulas."""
        values = self._values.filled(title, MAX_COLUMNS)
        return values, self._formulas.filled(title, MAX_COLUMNS)

    def _check_stored(self, title: str, at: tuple[int, int], values: Grid, formulas: Grid) -> None:
        """A formula without a stored value, and an error, are problems."""
        value, formula = values.get(at), formulas.get(at)
        place = f"{title}!{get_column_letter(at[1])}{at[0]}"
        if value is None and isinstance(formula, str) and formula.startswith("="):
            self._problems.append(f"{place}: {NOT_RECALCULATED.en}")
        elif isinstance(value, str) and value.startswith("#") and value.isupper():
            self._problems.append(f"{place}: holds the error {value}")

    def _book_fields(self) -> dict[str, Any]:
        title = self._title(BOOK)
        if title is None:
            return {}
        grid, formulas = self._grid(title)
        known = {*BOOK.columns, _FORMER}
        fields: dict[str, Any] = {}
        cells: dict[str, str] = {}
        for (row, column), value in sorted(grid.items()):
            name = str(value).strip()
            if column != 1 or (name not in known and not cells):
                continue  # what stands above the first field is the heading
            place = f"{title}!B{row}"
            if name not in known:
                self._problems.append(
                    f"{title}!A{row}: {shown(name)} is not a field of a price book"
                )
            elif name in cells:
                self._problems.append(f"{title}!A{row}: {shown(name)} stands twice")
            else:
                cells[name] = place
                self._check_stored(title, (row, 2), grid, formulas)
                given = _typed(name, grid.get((row, 2)), BOOK.key)
                if given is not None:
                    fields[name] = given
        self._places[()] = _Line(fields, cells or {"name": f"{title}!B3"})
        return fields

    def _table(self, sheet: Sheet) -> Iterator[_Line]:  # noqa: PLR0912
        """The filled rows of a sheet."""
        title = self._title(sheet)
        if title is None:
            return
        grid, formulas = self._grid(title)
        last = max((row for row, _ in grid), default=0)
        if last > MAX_ROWS:
            self._problems.append(f"{title}: has {last} rows, more than the {MAX_ROWS} allowed")
            return
        header = _header_row(grid, sheet)
        if header is None:
            self._problems.append(
                f"{title}: has no header with {', '.join(sheet.columns[:3])}, ..."
            )
            return
        status = {STATUS(lang) for lang in LANGUAGES}
        columns: dict[int, str] = {}
        for (row, column), value in sorted(grid.items()):
            name = str(value).strip()
            if row != header or name in status:
                continue
            place = f"{title}!{get_column_letter(column)}{row}"
            if name in columns.values():
                self._problems.append(f"{place}: {shown(name)} stands twice")
                continue
            if name not in sheet.columns:
                self._problems.append(f"{place}: {shown(name)} is not a field of a price book")
            columns[column] = name
        first = header + (2 if _is_help(grid, header + 1, columns, sheet) else 1)
        for row, column in sorted(formulas):
            if row >= first and column in columns:
                self._check_stored(title, (row, column), grid, formulas)
        rows: dict[int, dict[str, Any]] = {}
        for (row, column), value in sorted(grid.items()):
            if row >= first and column in columns:
                given = _typed(columns[column], value, sheet.key)
                if given is not None:
                    rows.setdefault(row, {})[columns[column]] = given
        for row, fields in sorted(rows.items()):
            cells = {name: f"{title}!{get_column_letter(c)}{row}" for c, name in columns.items()}
            yield _Line(fields, cells)

    def _add_simple(self, sheet: Sheet, lines: list[_Line], data: dict[str, Any]) -> None:
        for line in lines:
            own = data.setdefault(sheet.key, [])
            self._places[sheet.key, len(own)] = line
            own.append(dict(line.fields))

    def _owners(
        self, name: str, lines: list[_Line], kinds: Mapping[str, tuple[str, Any]], key: str
    ) -> dict[Any, dict[str, Any]]:
        """Accounts or plans with their entries, by name."""
        owners: dict[Any, dict[str, Any]] = {}
        for line in lines:
            fields = dict(line.fields)
            # The plan of an account is a column of it too.
            owner = fields.pop(name, None)
            found = owners.setdefault(owner, {} if owner is None else {name: owner})
            place: tuple[str | int, ...] = (key, list(owners).index(owner))
            self._places.setdefault(place, line)
            if name == "customer":
                for own in OF_ACCOUNT:
                    if own in fields:
                        found[own] = fields.pop(own)
            kind = fields.get("kind")
            if kind is None and not fields:
                continue
            if not isinstance(kind, str) or kind not in kinds:
                what = (
                    "is empty" if kind is None else f"{shown(kind)} is none of {', '.join(kinds)}"
                )
                self._problems.append(f"{line.cell('kind')} kind: {what}")
                continue
            list_name, model = kinds[kind]
            if "kind" not in model.model_fields:
                del fields["kind"]
            if list_name == "tax":
                if "tax" in found:
                    self._problems.append(f"{line.cell('kind')} kind: 'tax' stands twice")
                found["tax"] = fields
                self._places[*place, "tax"] = line
                continue
            entries = found.setdefault(list_name, [])
            self._places[*place, list_name, len(entries)] = line
            entries.append(fields)
        return owners

    def _add_charges(
        self, lines: list[_Line], data: dict[str, Any], plans: dict[Any, dict[str, Any]],
        accounts: dict[Any, dict[str, Any]],
    ) -> dict[Any, tuple[list[Any], int, tuple[str | int, ...]]]:  # fmt: skip
        """Put the charges where they belong; each number with the list and the place in it."""
        numbers: dict[Any, tuple[list[Any], int, tuple[str | int, ...]]] = {}
        data["charges"] = []
        for line in lines:
            fields = dict(line.fields)
            number = fields.pop(CHARGE, None)
            plan, customer = fields.pop("plan", None), fields.pop("customer", None)
            path: tuple[str | int, ...] = ("charges",)
            own: list[Any] = data["charges"]
            if customer is not None:
                owner = accounts.setdefault(customer, {"customer": customer})
                path = ("accounts", list(accounts).index(customer), "charges")
                own = owner.setdefault("charges", [])
            elif plan is not None:
                owner = plans.setdefault(plan, {"plan": plan})
                path = ("plans", list(plans).index(plan), "charges")
                own = owner.setdefault("charges", [])
            place = (*path, len(own))
            if number is None:
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: is empty")
            elif number in numbers:
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: {shown(number)} stands twice")
            else:
                numbers[number] = (own, len(own), place)
            self._places[place] = line
            own.append(fields)
        return numbers

    def _add_list(
        self, sheet: Sheet, lines: list[_Line], data: dict[str, Any],
        numbers: dict[Any, tuple[list[Any], int, tuple[str | int, ...]]],
    ) -> None:  # fmt: skip
        """Put the rows of a list into the charges that they belong to."""
        for line in lines:
            fields = dict(line.fields)
            number = fields.pop(CHARGE, None)
            if number is None and sheet is FACTOR_SHEET:
                own = data.setdefault("factors", [])
                self._places["factors", len(own)] = line
                own.append(fields)
                continue
            if number not in numbers:
                what = "is empty" if number is None else f"{shown(number)} is no charge's number"
                self._problems.append(f"{line.cell(CHARGE)} {CHARGE}: {what}")
                continue
            charges, place, path = numbers[number]
            own = charges[place].setdefault(sheet.key, [])
            self._places[*path, sheet.key, len(own)] = line
            own.append(fields)

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


def _header_row(grid: Grid, sheet: Sheet) -> int | None:
    """The row that names columns of a sheet: the first with most of those it needs."""
    named: dict[int, int] = {}
    for (row, _), value in grid.items():
        if isinstance(value, str) and value.strip() in sheet.columns:
            named[row] = named.get(row, 0) + 1
    rows = [row for row, count in named.items() if count >= min(2, len(sheet.columns))]
    return min(rows, default=None)


def _is_help(grid: Grid, row: int, columns: dict[int, str], sheet: Sheet) -> bool:
    """Whether a row explains the columns."""
    texts = {c: str(grid[row, c]).strip() for c in columns if (row, c) in grid}
    known = [c for c in texts if columns[c] in sheet.columns]
    said = [c for c in known if any(texts[c] == help_of(sheet.key, columns[c])(lang).strip()
                                    for lang in LANGUAGES)]  # fmt: skip
    return len(said) * 2 > len(known) or any(len(texts[c]) > 40 for c in known[:1])


def _typed(name: str, value: Any, sheet: str) -> Any:  # noqa: PLR0911
    """A stored value as a TOML file would give it."""
    if value is None:
        return None
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        words = {word.lower(): word for word in options(name, sheet)}
        if value.lower() in words:
            value = words[value.lower()]
            return value == "TRUE" if value in ("TRUE", "FALSE") else value
    if name == WEEKDAYS:
        return _weekdays(value)
    if name in IN_COMMAS:
        return [part.strip() for part in str(value).split(",") if part.strip()]
    if name in IN_TOML:
        return _toml(value)
    if name == "version" and not isinstance(value, str):
        midnight = isinstance(value, datetime) and value.time() == time()
        return str(value.date() if midnight else value)
    if name in ("valid_from", "valid_until") and isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if name in ("start", "end"):
        return _clock(value)
    return value


def _clock(value: Any) -> Any:
    """A time of day as text; 24:00 is a whole day in a spreadsheet."""
    if isinstance(value, datetime) and value.date() in (date(1899, 12, 31), date(1900, 1, 1)):
        return "24:00" if value.time() == time() else f"{value:%H:%M}"
    if isinstance(value, time) and not value.second:
        return f"{value:%H:%M}"
    return "24:00" if value == 1 and not isinstance(value, bool) else value


def _toml(value: Any) -> Any:
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _weekdays(value: Any) -> Any:
    """The days in a text like "1, 2, 3"; anything else as it is, for the book to refuse."""
    try:
        return [int(day) for day in str(value).split(",")]
    except ValueError:
        return value
