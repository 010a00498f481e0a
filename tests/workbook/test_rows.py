"""The rows of a sheet, beside those that openpyxl writes itself."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from lmprice.workbook.package import package

CELLS: dict[str, Any] = {
    "A1": 'a & b < c > "d"',
    "B1": "  blanks around  ",
    "C1": "two\nlines",
    "A3": 1,
    "B3": 0.1,
    "C3": -1e-300,
    "D3": 12345678901234567.0,
    "A4": True,
    "B4": datetime(2026, 3, 1, 12),
    "C4": date(2026, 3, 1),
    "A5": "价格",
    "B5": "#N/A",
}


def workbook() -> Workbook:
    """One sheet with a cell of each kind."""
    made = Workbook()
    sheet = made.worksheets[0]
    for address, value in CELLS.items():
        sheet[address] = value
    sheet["A7"].font = Font(bold=True)
    sheet.row_dimensions[9].height = 30
    sheet["A1"].hyperlink = "https://example.com/"
    return made


def test_cells_are_those_that_openpyxl_writes() -> None:
    by_openpyxl = io.BytesIO()
    workbook().save(by_openpyxl)
    expected = openpyxl.load_workbook(by_openpyxl).worksheets[0]
    found = openpyxl.load_workbook(io.BytesIO(package(workbook(), {}))).worksheets[0]
    assert found.dimensions == expected.dimensions
    for row in expected.iter_rows():
        for cell in row:
            same = found[cell.coordinate]
            assert (same.value, same.data_type) == (cell.value, cell.data_type), cell.coordinate
            assert same.number_format == cell.number_format
    assert found["A7"].font.b
    assert found.row_dimensions[9].height == 30
    assert found["A1"].hyperlink.target == "https://example.com/"


def test_formulas_have_their_values() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["A3"] = "=1+1", '="a"&"<"', "=NA()"
    sheet["A4"] = ArrayFormula("A4", "=SUM({1,2}*2)")
    values: dict[str, float | str] = {"A1": 2.0, "A2": "a<", "A3": float("nan"), "A4": 6.0}
    file = package(made, {(sheet.title, address): value for address, value in values.items()})
    stored = openpyxl.load_workbook(io.BytesIO(file), data_only=True).worksheets[0]
    assert [stored[address].value for address in values] == [2, "a<", "#N/A", 6]
    written = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    assert written["A2"].value == '="a"&"<"'
    assert written["A4"].value.text == "=SUM({1,2}*2)"


@pytest.mark.parametrize(
    ("formulas", "values", "named"),
    [(["A1"], {}, "A1"), ([], {"B2": 1.0}, "B2")],
)
def test_each_formula_has_a_value(
    formulas: list[str], values: dict[str, float], named: str
) -> None:
    made = Workbook()
    for address in formulas:
        made.worksheets[0][address] = "=1"
    with pytest.raises(RuntimeError, match=named):
        package(made, {("Sheet", address): value for address, value in values.items()})
