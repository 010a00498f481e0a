"""While an input is wrong, what is computed is grey; labels and what is to be filled in are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.scenarios import SCENARIOS, Breakeven
from lmprice.workbook.greying import areas
from tests.workbook.made import opened

NUMBERS = ("lmprice result", "lmprice tile", "lmprice axis")
WRONG = "SUM(input_wrong)>0"


def _rules(sheet: Worksheet) -> Iterator[tuple[int, Any, Any]]:
    rules: Any = sheet.conditional_formatting
    for cells, own in rules._cf_rules.items():
        for part in str(cells.sqref).split():
            bounds: Any = range_boundaries(part)
            for rule in own:
                yield rule.priority, bounds, rule


def _first(sheet: Worksheet, column: int, row: int) -> Any:
    """The first rule for a cell that asks for nothing but whether an input is wrong."""
    found = [
        (priority, rule)
        for priority, (left, top, right, bottom), rule in _rules(sheet)
        if left <= column <= right and top <= row <= bottom
    ]
    ordered = [rule for _, rule in sorted(found, key=lambda pair: pair[0])]
    return next((r for r in ordered if not r.formula[0].startswith("AND(SUM(input")), None)


@pytest.mark.engine
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_numbers_turn_grey_before_any_other_rule(name: str) -> None:
    """The first rule that holds is the last one looked at, so that of wrong inputs stands first."""
    workbook = opened(SCENARIOS[name]())
    seen = 0
    for title in ("Answer", "Results", "Sensitivity", "Scenarios"):
        sheet: Any = workbook[title]
        for cell in (c for cells in sheet.iter_rows() for c in cells):
            is_formula = cell.data_type == "f"
            if cell.style not in NUMBERS or not is_formula:
                continue
            seen += 1
            rule = _first(sheet, cell.column, cell.row)
            assert rule.formula == [WRONG], (title, cell.coordinate)
            code = rule.dxf.numFmt.formatCode if rule.dxf.numFmt else cell.number_format
            assert "Red" not in code, (title, cell.coordinate)  # grey, whatever the sign
    assert seen > 40


@pytest.mark.engine
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_labels_and_settings_stay_as_they_are(name: str) -> None:
    workbook = opened(SCENARIOS[name]())
    for sheet in workbook:
        grey = [place for _, place, rule in _rules(sheet) if rule.formula == [WRONG]]
        for cell in (c for cells in sheet.iter_rows() for c in cells):
            if cell.value is None or cell.data_type == "f":
                continue
            assert not any(
                left <= cell.column <= right and top <= cell.row <= bottom
                for left, top, right, bottom in grey
            ), (sheet.title, cell.coordinate)


def test_what_says_that_an_input_is_wrong_is_not_grey() -> None:
    sheet = opened(Breakeven())["Checks"]
    labels = {str(cell.value): cell.row for cell in sheet["A"]}
    for row in (labels["Inputs that cannot be used"], labels["The line that every sheet shows"]):
        rule = _first(sheet, 2, row)
        assert rule is None or WRONG not in rule.formula
    assert _first(sheet, 2, labels["Inputs that cannot be used"] + 1).formula == [WRONG]


def test_cells_make_rectangles() -> None:
    assert areas([(2, 5), (2, 6), (3, 5), (3, 6), (3, 9), (5, 5)]) == ["B5:B6", "C5:C6", "C9:C9",
                                                                       "E5:E5"]  # fmt: skip
    assert areas([(1, 1), (2, 1), (3, 1)]) == ["A1:C1"]
