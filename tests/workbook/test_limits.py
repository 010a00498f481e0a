"""What Excel takes in a file: beyond its limits it repairs the file, or cuts what it shows.

The limits are those of "Excel specifications and limits" (support.microsoft.com) and of the classes
DataValidation and PageSetup of its object model.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from openpyxl.formula import Tokenizer
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.scenarios import SCENARIOS, Discounts, Scenario
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.workbook.building import make_book

LARGEST_ROW = 409.5  # points
WIDEST_COLUMN = 255  # characters
LONGEST_TEXT, LONGEST_FORMULA = 32_767, 8_192
DEEPEST, MOST_ARGUMENTS = 64, 255
TITLE, MESSAGE = 32, 255  # of what a validated cell says
FONTS, FILLS, NUMBER_FORMATS, CELL_FORMATS = 1_024, 256, 200, 65_490
NAME = re.compile(r"[A-Za-z_\\][\w.\\]{0,254}")
LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[RrCc]|[Rr]\d*[Cc]\d*")

FULL = Discounts(workload=[Customer(customer=f"C{n}", usage=n * 7.5) for n in range(200)])
BOOKS: list[tuple[Scenario, str, bool]] = [
    *((kind(), "en", False) for kind in SCENARIOS.values()),
    *((kind(), "zh", True) for kind in SCENARIOS.values()),
    (FULL, "zh", False),
]


@pytest.mark.parametrize(("scenario", "lang", "is_blank"), BOOKS, ids=range(len(BOOKS)))
def test_a_workbook_stays_within_excels_limits(
    scenario: Scenario, lang: str, is_blank: bool
) -> None:
    workbook = make_book(scenario, lang=lang, blank=is_blank).workbook
    for names in (workbook.defined_names, *(sheet.defined_names for sheet in workbook)):
        for name, defined in names.items():
            plain = name.removeprefix("_xlnm.")
            assert NAME.fullmatch(plain), name
            assert not LIKE_A_CELL.fullmatch(plain), name
            assert len(str(defined.attr_text)) < LONGEST_FORMULA
    assert len({name.casefold() for name in workbook.defined_names}) == len(workbook.defined_names)
    styles: Any = workbook
    assert len(styles._fonts) <= FONTS
    assert len(styles._fills) <= FILLS
    assert len(styles._number_formats) <= NUMBER_FORMATS
    assert len(styles._cell_styles) <= CELL_FORMATS
    for sheet in workbook:
        _check_sheet(sheet)
        _check_cells(sheet)


def _check_sheet(sheet: Worksheet) -> None:
    assert 0 < len(sheet.title) <= 31
    assert not set(sheet.title) & set("[]:*?/\\")
    for row in sheet.row_dimensions.values():
        assert (row.height or 0) <= LARGEST_ROW, (sheet.title, row.index)
    for letter, column in sheet.column_dimensions.items():
        assert column.width <= WIDEST_COLUMN, (sheet.title, letter)
    merged = sheet.merged_cells.ranges
    assert all(a.isdisjoint(b) for a, b in itertools.combinations(merged, 2))
    for rule in sheet.data_validations.dataValidation:
        assert len(rule.promptTitle or "") <= TITLE
        assert len(rule.errorTitle or "") <= TITLE
        assert len(rule.prompt or "") <= MESSAGE
        assert len(rule.error or "") <= MESSAGE
        assert len(rule.formula1 or "") <= MESSAGE, rule.formula1
    for cells in sheet.conditional_formatting:
        for shown in cells.rules:
            assert all(len(formula) < LONGEST_FORMULA for formula in shown.formula)


def _check_cells(sheet: Worksheet) -> None:
    for cell in itertools.chain.from_iterable(sheet.iter_rows()):
        content = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
        if not isinstance(content, str):
            continue
        assert len(content) <= LONGEST_TEXT
        if cell.data_type == "f" and len(content) > MESSAGE:  # a shorter one reaches no limit
            assert len(content) <= LONGEST_FORMULA, (sheet.title, cell.coordinate)
            deepest, arguments = _shape(content)
            assert deepest <= DEEPEST, (sheet.title, cell.coordinate)
            assert arguments <= MOST_ARGUMENTS, (sheet.title, cell.coordinate)


def _shape(formula: str) -> tuple[int, int]:
    """How deep functions are nested, and the most arguments that one of them has."""
    arguments, deepest, most = [0], 0, 0
    for token in Tokenizer(formula).items:
        if token.type == "FUNC" and token.subtype == "OPEN":
            arguments.append(1)
        elif token.type == "FUNC":
            most = max(most, arguments.pop())
        elif token.type == "SEP" and token.subtype == "ARG":
            arguments[-1] += 1
        deepest = max(deepest, len(arguments) - 1)
    return deepest, most
