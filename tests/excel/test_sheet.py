"""Workbook files whose cells call the functions, computed by a spreadsheet engine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Profit, Quantity
from tests.excel import sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def test_one_cell(path: Path) -> None:
    assert sheet.compute([("LMPROFIT", [100, 20, 10, 100])], path) == [900]


def test_a_column_against_a_row_spills(path: Path) -> None:
    book = openpyxl.Workbook()
    cells: Any = book.active
    cells.title = sheet.SHEET
    for i in range(3):
        cells.cell(2 + i, 1, i + 1)
    for i in range(4):
        cells.cell(1, 2 + i, 11 + i)
    cells["G1"] = "=LMPROFIT(A2:A4,B1:E1,10)"
    book.save(path)
    workbook = sheet.calculated(path)
    table = [[workbook.evaluate_cell(sheet.SHEET, r, c) for c in range(7, 11)] for r in (1, 2, 3)]
    assert table == [[1, 2, 3, 4], [2, 4, 6, 8], [3, 6, 9, 12]]


def test_cells_of_every_kind(path: Path) -> None:
    book = openpyxl.Workbook()
    cells: Any = book.active
    cells.title = sheet.SHEET
    given = [1, -1, None, "12", True, "=1/0", dt.date(2024, 1, 1), 0.00000015, 3]
    for i, value in enumerate(given, start=1):
        cells.cell(i, 1, value)
    cells["A8"].number_format = '"$"#,##0.00'
    cells["B1"] = "=LMCM(A1:A9,0)"
    cells["D1"] = "=IFERROR(SUM(B1:B2),-1)"
    book.save(path)
    workbook = sheet.calculated(path)
    assert [workbook.evaluate_cell(sheet.SHEET, r, 2) for r in range(1, 10)] == [
        1,
        sheet.error("#NUM!"),
        *[sheet.error("#VALUE!")] * 3,
        sheet.error("#DIV/0!"),
        45292,
        0.00000015,
        3,
    ]
    assert workbook.evaluate_cell(sheet.SHEET, 1, 4) == -1


@pytest.mark.usefixtures("clean_registry")
def test_a_new_function_is_there_by_its_decorator_alone(path: Path) -> None:
    @pricing_function("LMNEWCOMER", "test")
    def newcomer(quantity: Quantity, price: Quantity = 3) -> Profit:
        """A function that arrives late."""
        return quantity * price

    assert sheet.compute([("LMNEWCOMER", [2]), ("LMNEWCOMER", [2, 4])], path) == [6, 8]
