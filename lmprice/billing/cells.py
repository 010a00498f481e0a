"""Cells of the workbooks about bills: texts are never formulas, numbers have their format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.output.foreign import in_cell


def begin(sheet: Worksheet, title: str, headers: Sequence[str]) -> None:
    """The title and the header of a sheet with one table."""
    put(sheet, 1, 1, title, style="lmprice title")
    for column, header in enumerate(headers, 1):
        put(sheet, 2, column, header, style="lmprice header")
        sheet.column_dimensions[get_column_letter(column)].width = 30 if column == 1 else 18
    sheet.freeze_panes = "A3"
    sheet.sheet_view.showGridLines = False


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int | float | date | Decimal | None,
    number_format: str | None = None,
    style: str = "",
) -> None:
    """Fill a cell."""
    if isinstance(value, str):
        value = in_cell(value)
    cell = sheet.cell(row, column, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a customer called "=1+1" is no formula
    cell.style = style or ("lmprice label" if isinstance(value, str) else "lmprice result")
    if number_format:
        cell.number_format = number_format
