"""Paper: print that can be read, no page for the last few rows, no chart or head that is cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.language.terms import Term, Text
from lmprice.scenarios import SCENARIOS, Discounts, Scenario
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.workbook import texts
from lmprice.workbook.building import make_book
from lmprice.workbook.pages import fit, set_up_page
from tests.workbook.made import opened

EDITIONS = pytest.mark.parametrize(
    ("scenario", "lang"),
    [(kind, lang) for kind in SCENARIOS.values() for lang in ("en", "zh")],
    ids=[f"{name}-{lang}" for name in SCENARIOS for lang in ("en", "zh")],
)
A4 = (8.27, 11.69)  # inches
EMU = 12700  # of the file format in a point
READABLE = 7.0  # points
FEW = 6  # rows, fewer than which are no page


def _width(sheet: Worksheet, column: int) -> float:
    # A digit of 11 points of Calibri is 7 dots wide, a column has 5 more; a dot is 3/4 of a point.
    return (float(sheet.column_dimensions[get_column_letter(column)].width) * 7 + 5) * 0.75


def _height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or 15)


def _area(sheet: Worksheet) -> CellRange:
    return CellRange(sheet.print_area.split("!")[-1])


def _room(sheet: Worksheet) -> tuple[float, float]:
    short, long = A4
    is_upright = sheet.page_setup.orientation == "portrait"
    across, down = (short, long) if is_upright else (long, short)
    margins = sheet.page_margins
    across -= margins.left + margins.right
    return across * 72, (down - margins.top - margins.bottom) * 72


def _scale(sheet: Worksheet) -> float:
    """The scale at which a program prints a sheet on so many pages, without the repeated head."""
    across, down = _room(sheet)
    area, wide = _area(sheet), int(sheet.page_setup.fitToWidth or 1)
    widths = sum(_width(sheet, column) for column in range(1, area.max_col + 1))
    repeated = sheet.print_title_cols
    labels = CellRange(f"{repeated.replace(':', '1:')}1").max_col if repeated else 0
    widths += (wide - 1) * sum(_width(sheet, column) for column in range(1, labels + 1))
    scale = min(1.0, across * wide / widths)
    high = int(sheet.page_setup.fitToHeight or 0)
    if high:
        scale = min(scale, down * high / sum(_height(sheet, r) for r in range(1, area.max_row + 1)))
    return scale


@EDITIONS
def test_print_can_be_read(scenario: type[Scenario], lang: str) -> None:
    for sheet in opened(scenario(), lang):
        scale = _scale(sheet)
        area = _area(sheet)
        looks = {cell.style for row in sheet.iter_rows(max_col=area.max_col) for cell in row}
        sizes = {11.0}
        if looks & {"lmprice note", "lmprice formula"}:
            sizes.add(10.0)
        if sheet.title == texts.ANSWER(lang):  # whose smallest print only says what is below it
            sizes = {10.0}
        assert min(sizes) * scale >= READABLE, (sheet.title, scale)
        assert not sheet.HeaderFooter.scaleWithDoc


def _rows_of_the_last_page(sheet: Worksheet) -> int:
    room = _room(sheet)[1] / _scale(sheet)
    head = sheet.print_title_rows
    repeated = _height(sheet, int(head.split(":")[-1].strip("$"))) if head else 0.0
    breaks = {item.id for item in sheet.row_breaks.brk}
    used, rows = 0.0, 0
    for row in range(1, _area(sheet).max_row + 1):
        if used + _height(sheet, row) > room or row - 1 in breaks:
            used, rows = repeated, 0
        used, rows = used + _height(sheet, row), rows + 1
    return rows


@EDITIONS
def test_no_page_for_the_last_few_rows(scenario: type[Scenario], lang: str) -> None:
    tables = {table.title(lang) for table in scenario.tables().values()}  # print what is filled in
    for sheet in opened(scenario(), lang):
        # Where so many pages are asked for, programs shrink a sheet until they are full.
        if sheet.title not in tables and not sheet.page_setup.fitToHeight:
            rows = _rows_of_the_last_page(sheet)
            assert rows >= min(FEW, _area(sheet).max_row), sheet.title


@pytest.mark.parametrize(
    ("width", "rows", "pages", "break_after"),
    [
        # 8.27 inches less 1.1 of margins are 516 points: 34 rows of 15 points.
        (146, 34, 0, None),
        (146, 35, 1, None),
        (146, 46, 1, None),
        (146, 47, 0, None),
        (146, 70, 2, None),
        # At 77 % there are 44 rows on a page; to have 50 on it they would be too small to read.
        (194, 44, 0, None),
        (194, 45, 1, None),
        (194, 50, 0, 38),
    ],
)
def test_an_orphan_is_kept_with_its_page(
    width: int, rows: int, pages: int, break_after: int | None
) -> None:
    sheet = openpyxl.Workbook().worksheets[0]
    set_up_page(sheet, "")
    sheet.column_dimensions["A"].width = width  # too wide for a page that stands upright
    sheet.print_area = f"A1:A{rows}"
    fit(sheet)
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == pages
    assert [item.id for item in sheet.row_breaks.brk] == [break_after] * bool(break_after)


@EDITIONS
def test_no_chart_is_cut(scenario: type[Scenario], lang: str) -> None:
    for sheet in opened(scenario(), lang):
        area = _area(sheet)
        for chart in cast(Any, sheet)._charts:
            start = chart.anchor._from
            columns = range(start.col + 1, area.max_col + 1)
            assert sum(_width(sheet, c) for c in columns) >= chart.anchor.ext.width / EMU - 1
            below = range(start.row + 1, area.max_row + 1)
            assert sum(_height(sheet, r) for r in below) >= chart.anchor.ext.height / EMU - 1


def _heads(sheet: Worksheet) -> Iterator[str]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.style.startswith("lmprice header") and isinstance(cell.value, str):
                yield cell.value


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_no_head_breaks_before_its_bracket(scenario: type[Scenario]) -> None:
    found = 0
    for sheet in opened(scenario(), "zh"):
        for head in _heads(sheet):
            before, bracket, _ = head.partition("（")
            if bracket:
                found += 1
                assert before.endswith("\n"), head
    assert found


@EDITIONS
def test_a_number_on_a_chart_keeps_its_sign(scenario: type[Scenario], lang: str) -> None:
    # With a condition in a format programs differ in whether -3 is shown as 3.
    for sheet in opened(scenario(), lang):
        for chart in cast(Any, sheet)._charts:
            codes = [axis.number_format for axis in (chart.x_axis, chart.y_axis)]
            codes += [s.dLbls.numFmt for s in chart.series if s.dLbls is not None]
            assert not [code for code in codes if code and ("[" in code or ";" in code)]
            for series in chart.series:
                name = series.tx.v if series.tx is not None else ""
                assert "\n" not in (name or "")


@pytest.mark.engine
def test_a_wide_table_repeats_its_labels() -> None:
    sheet = opened(Discounts())["Workload"]
    assert sheet.page_setup.fitToWidth == 2
    assert sheet.print_title_cols == "$A:$A"
    assert sheet["A3"].value is None  # a long text would be on both pages, and cut on the second
    assert str(sheet["B3"].value).startswith("Customers and what they use")
    assert (sheet["A2"].value, sheet["B2"].value) == (None, "=check_line")


def test_a_table_prints_what_is_filled_in() -> None:
    customers = [Customer(customer=f"C{n}", usage=1.0) for n in range(60)]
    workbook = make_book(Discounts(workload=customers), lang="en").workbook
    area = workbook["Workload"].defined_names["_xlnm.Print_Area"].attr_text
    assert area == "IF(TRUE,printed_rows_Workload,Workload!$A$1:$P$204)"
    assert workbook.defined_names["printed_rows_Workload"].attr_text == (
        "Workload!$A$1:INDEX(Workload!$P$1:$P$204,"
        "MAX(28,IFERROR(MATCH(9999,workload_row_number),0)+4))"
    )


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_point_stands_below_the_name_of_its_own_quantity(scenario: type[Scenario]) -> None:
    results = {row.key: row.term for row in scenario.trace("en").rows}
    curves = scenario.template.curves
    sheet = opened(scenario())[(curves.sheet or texts.CHART)("en")]
    row = next(r for r in range(1, 99) if sheet.cell(r, 1).value == texts.MARKED("en"))
    head = str(sheet.cell(row, 3).value)
    titles = {results[m.y].title("en") for m in curves.marks if m.y in results}
    unit = texts.unit(results[curves.series[0]], "en")
    assert head == unit or [head.partition(" (")[0]] == list(titles)


def test_a_unit_is_said_once() -> None:
    days = Term(Text("Days", "天数"), Text("days", "天"), Text("", ""))
    assert texts.labelled(days, "en") == "Days"
    assert texts.labelled(days, "zh") == "天数（天）"
    assert texts.headed(days, "zh") == "天数\n（天）"
