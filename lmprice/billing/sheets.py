"""The bill as a workbook: the bill, the margins where costs are known, and the reconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.billing.lazy import pl
from lmprice.billing.rating import COSTS, Rating
from lmprice.billing.usage import AMOUNTS
from lmprice.workbook.package import CellKey, Value, package
from lmprice.workbook.style import add_styles

MAX_ROWS = 200_000  # a workbook is made in memory; a longer bill is a table, not a sheet

_HEADERS = {
    "customer": "Customer",
    "period": "Month",
    "model": "Model",
    "list_cost": "List cost",
    "contracted_cost": "Contracted cost",
    "effective_cost": "Effective cost",
    "billed_cost": "Billed cost",
    "revenue": "Revenue",
    "cost": "Cost",
    "profit": "Profit",
    "margin": "Margin",
}


def bill_workbook(rating: Rating, margins: pl.DataFrame | None = None) -> bytes:
    """The bill as an .xlsx file; its totals are formulas over the rows above them.

    Raises
    ------
    ValueError
        Where the bill has more rows than a sheet.
    """
    if rating.bill.height > MAX_ROWS:
        raise ValueError(
            f"{rating.bill.height:,} rows are too many for a workbook; write .csv or .parquet"
        )
    book = rating.book
    money = "#,##0" + ("." + "0" * book.digits if book.digits else "")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook, "en")
    values: dict[CellKey, Value] = {}
    title = f"{book.name} {book.version}, {book.currency}"
    _table(workbook.create_sheet("Bill"), title, rating.bill, money, COSTS, values)
    if margins is not None:
        totals = ("revenue", "cost", "profit")
        _table(workbook.create_sheet("Margin"), title, margins, money, totals, values)
    _reconciliation(workbook.create_sheet("Reconciliation"), rating)
    return package(workbook, values)


def _table(
    sheet: Worksheet,
    title: str,
    table: pl.DataFrame,
    money: str,
    totals: Sequence[str],
    values: dict[CellKey, Value],
) -> None:
    _begin(sheet, title, [_HEADERS[name] for name in table.columns])
    formats = {"period": "yyyy-mm", "margin": "0.0%", **dict.fromkeys(totals, money)}
    for number, row in enumerate(table.iter_rows(), 3):
        for column, (name, value) in enumerate(zip(table.columns, row, strict=True), 1):
            _put(sheet, number, column, value, formats.get(name))
    last = table.height + 3
    _put(sheet, last, 1, "Total", style="lmprice section")
    for column, name in enumerate(table.columns[1:], 2):
        cell = sheet.cell(last, column)
        cell.style = "lmprice axis"
        if name in totals:
            letter = get_column_letter(column)
            # SUM of a header row only, where nobody used anything, is 0.
            _put(sheet, last, column, f"=SUM({letter}2:{letter}{last - 1})", money, "lmprice axis")
            cell.data_type = "f"
            values[sheet.title, cell.coordinate] = float(table[name].sum() or 0)


def _reconciliation(sheet: Worksheet, rating: Rating) -> None:
    _begin(sheet, "All usage is rated or refused", ["", "Rated", "Refused", "All"])
    totals = rating.totals
    rows: list[tuple[Any, ...]] = [
        ("Rows", totals.rated_rows, totals.refused_rows, totals.rows),
        *(
            (
                name.replace("_", " ").capitalize(),
                totals.rated_amounts[name],
                totals.refused_amounts[name],
                totals.amounts[name],
            )
            for name in AMOUNTS
        ),
    ]
    for number, row in enumerate(rows, 3):
        for column, value in enumerate(row, 1):
            _put(sheet, number, column, value, "#,##0.#########" if column > 1 else None)


def _begin(sheet: Worksheet, title: str, headers: Sequence[str]) -> None:
    _put(sheet, 1, 1, title, style="lmprice title")
    for column, header in enumerate(headers, 1):
        _put(sheet, 2, column, header, style="lmprice header")
        sheet.column_dimensions[get_column_letter(column)].width = 30 if column == 1 else 18
    sheet.freeze_panes = "A3"
    sheet.sheet_view.showGridLines = False


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int | float | date | Decimal | None,
    number_format: str | None = None,
    style: str = "",
) -> None:
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a customer called "=1+1" is no formula
    cell.style = style or ("lmprice label" if isinstance(value, str) else "lmprice result")
    if number_format:
        cell.number_format = number_format
