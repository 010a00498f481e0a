"""Price books as workbooks, to be filled in: from a book to sheets and back, nothing lost."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.billing.book import FORMAT, PriceBook
from lmprice.billing.book_fields import (
    BOOK,
    CHARGE,
    CHARGES,
    ENTRIES,
    IN_COMMAS,
    IN_TOML,
    LISTS,
    OF_ACCOUNT,
    PLAN_ENTRIES,
    STATUS,
    TABLES,
    Sheet,
    options,
    used_by,
)
from lmprice.billing.book_help import help_of
from lmprice.billing.parsing import BookError
from lmprice.language.errors import shown
from lmprice.language.terms import Text
from lmprice.output.foreign import NO_CELL, fits_cell
from lmprice.workbook import style
from lmprice.workbook.package import CellKey, package
from lmprice.workbook.rows import Value

HEADER_ROW, FIRST_ROW = 3, 5  # between them, what each column means
SPARE_ROWS = 30
_TIMES = ("start", "end")  # of a day, as text: 24:00 is no time in a sheet
_WIDTHS = {"charge_model": 22, "model": 22, "name": 22, "customer": 22, "valid_from": 20}

_TITLE = Text("Price book", "价目表")
_FILL_IN = Text(
    "Fill in the yellow cells; an empty cell is the default. Then: lmprice rate usage.csv --book "
    "FILE -o bill.xlsx",
    "填写黄色单元格；空白即默认值。然后运行：lmprice rate usage.csv --book 文件 -o bill.xlsx",
)
_STATUS_HELP = Text("What a row still needs", "该行还缺什么")
_MISSING = Text("{} is missing", "缺少 {}")
_GUIDE = Text("Guide", "说明")
_GUIDE_HEADER = (
    Text("Charge model", "计费方式"),
    Text("Needs, beyond model, meter and valid_from", "除 model、meter、valid_from 外必填"),
    Text("May have", "可选"),
)


def example_book() -> PriceBook:
    """The book that the template is filled in with."""
    from lmprice.billing.parsing import parse_book

    return parse_book(tomllib.loads(Path(__file__).with_name("example.toml").read_text("utf-8")))


def book_workbook(book: PriceBook | None, lang: str = "en") -> bytes:
    """A price book as the bytes of an .xlsx file, from which the same book is read again.

    Without a book the workbook is empty, to be filled in.
    """
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    style.add_styles(workbook, lang)
    plain: dict[str, Any] = {} if book is None else book.model_dump(exclude_defaults=True)
    values: dict[CellKey, Value] = {}
    _add_fields(workbook, {"format": FORMAT, **plain}, lang)
    rows = _rows(plain)
    for sheet in TABLES:
        _add_table(workbook, sheet, rows[sheet.key], values, lang)
    _add_guide(workbook, lang)
    workbook.properties.title = _TITLE(lang)
    workbook.properties.creator = "lmprice"
    return package(workbook, values)


def _rows(plain: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table."""
    rows: dict[str, list[dict[str, Any]]] = {sheet.key: [] for sheet in TABLES}
    owned: list[tuple[dict[str, Any], Any]] = [({}, plain.get("charges", ()))]
    owned += [({"plan": p["name"]}, p.get("charges", ())) for p in plain.get("plans", ())]
    owned += [
        ({"customer": a["customer"]}, a.get("charges", ())) for a in plain.get("accounts", ())
    ]
    for owner, charges in owned:
        for charge in charges:
            number = len(rows["charges"]) + 1
            own = {name: value for name, value in charge.items() if name not in LISTS}
            rows["charges"].append({CHARGE: number, **own, **owner})
            for name in LISTS:
                rows[name] += [{CHARGE: number, **element} for element in charge.get(name, ())]
    rows["factors"] += plain.get("factors", ())
    for name in ("rates", "models", "sources"):
        rows[name] += plain.get(name, ())
    for plan in plain.get("plans", ()):
        entries = _entries(plan, PLAN_ENTRIES)
        rows["plans"] += [{"plan": plan["name"], **e} for e in entries] or [{"plan": plan["name"]}]
    for account in plain.get("accounts", ()):
        who = {"customer": account["customer"]}
        own = {name: account[name] for name in OF_ACCOUNT if name in account}
        entries = _entries(account, ENTRIES)
        rows["accounts"] += [{**who, **own}] if own or not entries else []
        rows["accounts"] += [{**who, **entry} for entry in entries]
    return rows


def _entries(owner: Mapping[str, Any], kinds: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of an account or plan, each with its kind; a coupon says it itself."""
    found: list[dict[str, Any]] = []
    lists: dict[str, str] = {}
    for kind, (name, _) in kinds.items():
        lists.setdefault(name, kind)  # a coupon says itself of which kind it is
    for name, kind in lists.items():
        entries = owner.get(name, ())
        for entry in [entries] if isinstance(entries, dict) else entries:
            found.append({"kind": kind, **entry})
    return found


def _add_fields(workbook: Workbook, plain: Mapping[str, Any], lang: str) -> None:
    sheet = _sheet(workbook, BOOK.title(lang), _TITLE(lang), lang)
    for number, width in enumerate((26, 30, 70), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, name in enumerate(BOOK.columns, HEADER_ROW):
        sheet.cell(row, 1, name).style = "lmprice label"
        _put(sheet, row, 2, name, plain.get(name))
        sheet.cell(row, 3, help_of(BOOK.key, name)(lang)).style = "lmprice note"
        _offer(sheet, name, f"B{row}")


def _add_table(
    workbook: Workbook,
    spec: Sheet,
    rows: list[dict[str, Any]],
    values: dict[CellKey, Value],
    lang: str,
) -> None:
    sheet = _sheet(workbook, spec.title(lang), spec.title(lang), lang)
    last = FIRST_ROW + len(rows) + SPARE_ROWS - 1
    texts = [help_of(spec.key, name)(lang) for name in spec.columns]
    for column, (name, text) in enumerate(zip(spec.columns, texts, strict=True), 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 16)
        sheet.cell(HEADER_ROW, column, name).style = "lmprice header"
        sheet.cell(HEADER_ROW + 1, column, text).style = "lmprice note"
        for row in range(FIRST_ROW, last + 1):
            number = row - FIRST_ROW
            _put(sheet, row, column, name, rows[number].get(name) if number < len(rows) else None)
        _offer(sheet, name, f"{letter}{FIRST_ROW}:{letter}{last}", spec.key)
    _add_status(sheet, spec, rows, values, lang)
    widths = [float(_WIDTHS.get(name, 16)) for name in spec.columns]
    sheet.row_dimensions[HEADER_ROW + 1].height = style.row_height(zip(texts, widths, strict=True))
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _add_status(
    sheet: Worksheet,
    spec: Sheet,
    rows: list[dict[str, Any]],
    values: dict[CellKey, Value],
    lang: str,
) -> None:
    """A column that says of each filled row whether a cell that it needs is empty."""
    column = len(spec.columns) + 1
    letter, end = get_column_letter(column), get_column_letter(column - 1)
    sheet.column_dimensions[letter].width = 22
    sheet.cell(HEADER_ROW, column, STATUS(lang)).style = "lmprice header"
    sheet.cell(HEADER_ROW + 1, column, _STATUS_HELP(lang)).style = "lmprice note"
    places = {name: get_column_letter(spec.columns.index(name) + 1) for name in spec.needed}
    for row in range(FIRST_ROW, FIRST_ROW + len(rows) + SPARE_ROWS):
        formula = '"OK"'
        for name, place in reversed(places.items()):
            formula = f'IF({place}{row}="","{_MISSING(lang).format(name)}",{formula})'
        cell = sheet.cell(row, column, f'=IF(COUNTA(A{row}:{end}{row})=0,"",{formula})')
        cell.style = "lmprice result"
        own = rows[row - FIRST_ROW] if row - FIRST_ROW < len(rows) else {}
        missing = next((name for name in spec.needed if own.get(name) is None), None)
        said = "OK" if missing is None else _MISSING(lang).format(missing)
        values[sheet.title, cell.coordinate] = said if own else ""


def _add_guide(workbook: Workbook, lang: str) -> None:
    sheet = _sheet(workbook, _GUIDE(lang), _TITLE(lang), lang)
    for column, (text, width) in enumerate(zip(_GUIDE_HEADER, (34, 60, 70), strict=True), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(HEADER_ROW, column, text(lang)).style = "lmprice header"
    for row, model in enumerate(CHARGES, HEADER_ROW + 1):
        needed, optional = used_by(model)
        words = [word for word in options("charge_model") if _is_model(model, word)]
        for column, names in enumerate((words, [n for n in needed if n != "charge_model"],
                                        optional), 1):  # fmt: skip
            sheet.cell(row, column, ", ".join(names)).style = "lmprice note"
        texts = [(", ".join(needed), 60.0), (", ".join(optional), 70.0)]
        sheet.row_dimensions[row].height = style.row_height(texts)


def _is_model(model: type[Any], word: str) -> bool:
    return word in model.model_fields["charge_model"].annotation.__args__


def _sheet(workbook: Workbook, title: str, heading: str, lang: str) -> Worksheet:
    sheet: Worksheet = workbook.create_sheet(title)
    sheet.sheet_view.showGridLines = False
    sheet.cell(1, 1, heading).style = "lmprice title"
    sheet.row_dimensions[1].height = 30
    sheet.cell(2, 1, _FILL_IN(lang)).style = "lmprice text"
    sheet["A2"].alignment = Alignment(vertical="center")  # it runs on over the columns beside it
    sheet.protection.sheet = True  # without a password; rows may be added and deleted
    for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows",
                    "sort", "autoFilter"):  # fmt: skip
        setattr(sheet.protection, allowed, False)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return sheet


def _put(sheet: Worksheet, row: int, column: int, name: str, value: Any) -> None:
    """Write one field as it is typed into a cell."""
    cell: Any = sheet.cell(row, column)
    cell.style = "lmprice input"
    if name in _TIMES or name in IN_COMMAS or name in IN_TOML:
        cell.number_format = "@"
    if isinstance(value, datetime):
        value = value.isoformat()
        cell.number_format = "@"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, tuple):
        value = ", ".join(map(str, value))
    elif isinstance(value, dict):
        value = inline_toml(value)
    if isinstance(value, str) and not fits_cell(value):
        where = f"{sheet.title}!{cell.coordinate} {name}"
        raise BookError([f"{where}: {shown(value)} {NO_CELL}; write a .toml or .json file"])
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a model called "=1+1" is no formula


def inline_toml(value: Any) -> str:
    """A table as TOML writes it on one line."""
    if isinstance(value, Mapping):
        parts = (f"{_toml_key(k)} = {inline_toml(v)}" for k, v in value.items() if v is not None)
        return "{ " + ", ".join(parts) + " }" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(inline_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _toml_key(name: str) -> str:
    plain = name.replace("_", "").replace("-", "")
    return name if plain.isascii() and plain.isalnum() else json.dumps(name, ensure_ascii=False)


def _offer(sheet: Worksheet, name: str, cells: str, key: str = "") -> None:
    """Let the cells of a column with a few words offer them."""
    words = options(name, key)
    if words:
        rule = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
        rule.add(cells)
        sheet.add_data_validation(rule)
