"""Tabs in order and colour, links there and back, one light on every sheet, pages that fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.output.printing import text_width
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Plan, Scenario
from lmprice.workbook import build, check, texts
from lmprice.workbook.book import Book
from lmprice.workbook.building import make_book
from lmprice.workbook.style import Tab
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit

SCENARIO_KINDS = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)


@pytest.fixture(scope="module", params=["en", "zh"])
def plan(request: pytest.FixtureRequest) -> Book:
    return make_book(Plan(), lang=request.param)


def test_tabs_in_order_and_colour(plan: Book) -> None:
    kinds = [plan.tabs[title] for title in plan.workbook.sheetnames]
    order = list(Tab)
    assert kinds == sorted(kinds, key=order.index)
    assert (kinds[0], kinds[1], kinds[-1]) == (Tab.ANSWER, Tab.INPUT, Tab.WORKING)
    for sheet in plan.workbook.worksheets:
        colour = sheet.sheet_properties.tabColor
        assert colour is not None
        assert str(colour.rgb).endswith(plan.tabs[sheet.title].value)


def test_links_there_and_back(plan: Book) -> None:
    answer, *others = plan.workbook.worksheets
    targets = [
        cell.hyperlink.location
        for row in answer.iter_rows()
        for cell in row
        if cell.hyperlink is not None
    ]
    assert targets == [f"'{sheet.title}'!A1" for sheet in others]
    for sheet in others:
        (back,) = (cell.hyperlink for cell in sheet[1] if cell.hyperlink is not None)
        assert back.location == f"'{answer.title}'!A1"


def test_one_light_on_every_sheet(plan: Book) -> None:
    for sheet in plan.workbook.worksheets:
        lights = [c for row in sheet["A1:J3"] for c in row if c.value == "=check_line"]
        assert len(lights) == 1, sheet.title
        assert plan.values[sheet.title, lights[0].coordinate] == plan.light(plan.number_of_checks)


def test_sorting_filtering_and_widening_are_allowed(plan: Book) -> None:
    for sheet in plan.workbook.worksheets:
        protection: Any = sheet.protection
        assert protection.sheet
        # In the file these say what is locked.
        assert not any(
            (
                protection.sort,
                protection.autoFilter,
                protection.formatColumns,
                protection.formatRows,
            )
        )


@pytest.mark.parametrize("scenario", [Breakeven, Plan])
def test_helper_sheets_may_be_hidden(tmp_path: Path, scenario: type[Scenario]) -> None:
    path = build(scenario(), tmp_path / "h.xlsx")
    workbook = openpyxl.load_workbook(path)
    for title in (texts.WORDS, texts.CASE_CELLS):
        workbook[title.en].sheet_state = "hidden"
    workbook.save(path)
    lines = [str(problem) for problem in check(path)]
    assert lines == ["has no stored numbers: recalculate and save it in a spreadsheet"]


def test_a_name_of_ones_own_stands_over_every_column_of_it(soffice: Office, tmp_path: Path) -> None:
    path = edit(build(Breakeven(), tmp_path / "o.xlsx"), {"Inputs!E4": "Board, May"})
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    workbook = openpyxl.load_workbook(saved, data_only=True)
    assert [cell.value for cell in workbook["Scenarios"][4]][2:9] == [
        "Base", "Low", "High", "Board, May", "Low - Base", "High - Base", "Board, May - Base",
    ]  # fmt: skip
    assert workbook["Answer"]["K28"].value == "Board, May"
    assert check(saved) == ()


def test_whole_months_are_plain_in_the_guide() -> None:
    guide = make_book(Inference(), lang="en").workbook["Guide"]
    cells = {str(row[1].value): str(row[2].value) for row in guide.iter_rows(min_row=5)}
    assert cells["breakeven_date"].count("EDATE(") == 3
    assert max(map(len, cells.values())) < 400


def test_no_line_of_a_heading_begins_with_a_bracket_that_closes() -> None:
    sheet = make_book(Discounts(), lang="zh").workbook["阶梯"]
    heads = [str(cell.value) for cell in sheet[4]]
    assert heads[2] == "固定费\n（美元）"
    assert not any("（" in head.partition("\n")[0] for head in heads)
    assert sheet.row_dimensions[4].height >= 3 * 15


@pytest.mark.engine
def test_no_word_of_a_heading_is_broken() -> None:
    """Chinese has no blanks, so that programs break it anywhere."""
    for kind in SCENARIOS.values():
        book = make_book(kind(), lang="zh")
        for table in book.tables.values():
            sheet: Any = book.workbook[table.title.zh]
            for cell in sheet[4]:
                width = sheet.column_dimensions[cell.column_letter].width
                for word in str(cell.value or "").split():
                    assert text_width(word) < width - 2, (kind, word)


def test_a_column_of_zeros_has_the_format_of_a_few() -> None:
    sheet = make_book(Discounts(), lang="en").workbook["Tiers"]
    (cells,) = (c for c in sheet.conditional_formatting if str(c.sqref) == "I5:I204")
    rules = [(r.formula[0], r.dxf.numFmt.formatCode) for r in cells.rules if r.dxf.numFmt]
    none, below = (
        next(
            n
            for n, (formula, _) in enumerate(rules)
            if f'NOT(COUNTIF($I$5:$I$204,">="&{limit})' in formula
        )
        for limit in ("1e-300", "1e-07")
    )
    assert none < below
    assert rules[none][1] == "#,##0.00;[Red]-#,##0.00"
