"""Iteration, dates, steps tables and charts of tables in the workbooks of a test scenario."""

from __future__ import annotations

import datetime
import functools
import json
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH
from openxml_audit import FileFormat, OpenXmlValidator
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.scenarios import SCENARIOS
from lmprice.workbook import check, guard, read, style
from lmprice.workbook.building import workbook_bytes
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import cell_named, edit
from tests.workbook.in_ironcalc import filled_in_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice
from tests.workbook.made import build, made
from tests.workbook.rivals import HISTORY, MARKET, Quote, Rival, Rivals
from tests.workbook.test_engines import disagreements, stored_cells
from tests.workbook.test_read import _rewrite, problems

FULL = Rivals(
    scale=0.5,
    cut=0.6,
    signed_on=datetime.date(2024, 2, 29),
    firms=[
        Rival(name=f"F{n}", quality=n / 100, unit_cost=round(1 + n / 400, 4), price=2.0)
        for n in range(200)
    ],
    history=[
        Quote(
            date=datetime.date(2010, 1, 1) + datetime.timedelta(days=9 * n),
            price=round(50.0 / (n + 1), 4),
        )
        for n in range(200)
    ],
)
ONE = Rivals(firms=MARKET[:1], history=HISTORY[:1])


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario of these tests among the templates."""
    monkeypatch.setitem(SCENARIOS, "rivals", Rivals)


@functools.cache
def _rivals() -> bytes:
    return made(Rivals()).content


@pytest.fixture
def rivals(tmp_path: Path) -> Path:
    path = tmp_path / "rivals.xlsx"
    path.write_bytes(_rivals())
    return path


@pytest.mark.parametrize(("scenario", "lang"), [(Rivals(), "en"), (FULL, "zh"), (ONE, "en")])
def test_libreoffice_takes_the_same_steps(
    soffice: Office, tmp_path: Path, scenario: Rivals, lang: str
) -> None:
    recalculated = filled_in_by_libreoffice(soffice, scenario, lang, tmp_path)
    assert disagreements(stored_cells(recalculated), scenario, lang) == []
    assert read(recalculated) == scenario
    assert check(recalculated) == ()


@pytest.mark.engine
@pytest.mark.parametrize("scenario", [Rivals(), FULL, ONE], ids=["example", "full", "one"])
def test_ironcalc_takes_the_same_steps(scenario: Rivals) -> None:
    assert disagreements(filled_in_by_ironcalc(scenario, "zh"), scenario, "zh") == []


def test_the_published_nash_price_is_in_the_sheet(rivals: Path) -> None:
    # Calvano et al. (2020), table of baseline parameters: 1.4729.
    workbook = openpyxl.load_workbook(rivals, data_only=True)
    prices = [workbook["Firms"].cell(row, 7).value for row in (5, 6, 7)]
    assert prices[:2] == pytest.approx([1.4729, 1.4729], abs=5e-5)
    assert prices[2] is None
    residual = cell_named(rivals, "nash_residual").partition("!")[2]
    assert abs(workbook["Results"][residual].value) < 1e-12


def test_a_step_reads_like_the_formula_in_the_cells_of_the_step_before(rivals: Path) -> None:
    workbook = openpyxl.load_workbook(rivals)
    sheet = workbook["Iteration"]
    assert [sheet.cell(4, column).value for column in (1, 2, 3, 4, 43, 44)] == [
        "Nash price", "Filled in", 0, 1, 40, "Last change",
    ]  # fmt: skip
    assert sheet["C5"].value == "=SUMPRODUCT(C$208:C$407)"
    filled = "IF(ISNUMBER(INDEX(firms_row_number,$A7)),1,0)"
    assert sheet["B7"].value == f"=IF($A7>ROWS(firms_row_number),0,{filled})"
    cost = "INDEX(firms_unit_cost,$A7)"
    assert sheet["C7"].value == f'=IF($B7>0,{cost}+scale,"")'
    assert sheet["D7"].value == f'=IF($B7>0,{cost}+scale+C208/(C$5+1)*(C7-{cost}),"")'
    assert sheet["C208"].value == '=IF($B208>0,EXP((INDEX(firms_quality,$A208)-C7)/scale),"")'
    assert sheet["AR7"].value == '=IF($B7>0,ABS(AQ7-AP7),"")'
    last = "INDEX(firms_nash_last,ROWS($A$5:$A5))"
    assert workbook["Firms"]["G5"].value == f'=IF(COUNTA($A5:$D5)>0,{last},"")'
    # What is added up over the rows of its own table stays a range.
    formula = '=IF(COUNTA($A5:$D5)>0,$I5/SUMPRODUCT(firms_attraction),"")'
    assert workbook["Firms"]["J5"].value == formula
    assert workbook["Results"][cell_named(rivals, "monopoly").partition("!")[2]].value == (
        "=monopoly_last"
    )


@pytest.mark.engine
def test_a_full_table_stays_below_what_a_reader_opens() -> None:
    content = made(FULL).content
    assert guard.refusal(content) is None
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert max(info.file_size for info in archive.infolist()) < guard.MAX_PART * 0.75


def test_an_overwritten_step_is_named(rivals: Path) -> None:
    edit(rivals, {"Iteration!D7": 1.5})
    assert str(check(rivals)[0]).startswith("Iteration!D7 Nash price: the formula =IF($B7>0,")


@pytest.mark.engine
def test_two_builds_are_the_same_bytes() -> None:
    assert workbook_bytes(Rivals(), lang="zh") == made(Rivals(), "zh").content


def test_an_unfinished_iteration_warns_in_the_sheet(soffice: Office, tmp_path: Path) -> None:
    # Shares close to 1 make the steps short of contracting: forty are too few.
    dear = Rivals(firms=[Rival(name="A", quality=60.0, unit_cost=1.0, price=2.0)])
    (warning,) = dear.evaluate().warnings
    assert warning.en == "Nash price has not come to rest: see its residual."
    cells = stored_cells(filled_in_by_libreoffice(soffice, dear, "en", tmp_path))
    assert str(cells["Results", "A3"]).strip() == warning.en
    assert disagreements(cells, dear, "en") == []


@pytest.mark.engine
def test_a_blank_template(tmp_path: Path) -> None:
    path = build(Rivals(), tmp_path / "t.xlsx", blank=True)
    cells = stored_cells(path)
    assert (cells["Iteration", "D7"], cells["Iteration", "B7"]) == (None, 0)
    assert cells["Trend", "J30"] == "#N/A"
    assert cells["Inputs", "B6"] is None
    assert "Inputs!B6 Signed on: is empty" in problems(path)


# Dates --------------------------------------------------------------------------------------------


def test_dates_are_shown_as_dates_and_read_back(rivals: Path) -> None:
    workbook = openpyxl.load_workbook(rivals)
    assert workbook["Inputs"]["B6"].value == datetime.datetime(2025, 8, 7)
    for place in ("Inputs!B6", "History!A5", "History!A204", cell_named(rivals, "ahead_date")):
        sheet, _, address = place.partition("!")
        assert workbook[sheet][address].number_format == "yyyy-mm-dd"
    assert str(workbook["Inputs"]["H6"].value) == (
        '=IF(ISNA(signed_on),"is empty",IF(ISNUMBER(signed_on),IF(INT(signed_on)=signed_on,'
        'IF(signed_on>=43831,IF(signed_on<=2958465,"ok","is after 9999-12-31"),'
        '"is before 2020-01-01"),"has a time of day"),"is not a date"))'
    )
    # No format for large numbers lies over a date.
    ranges = [str(cells.sqref) for cells in workbook["Inputs"].conditional_formatting]
    assert "B5:F5 B7:F11" in ranges
    assert read(rivals) == Rivals()
    # A number of days in a cell that shows numbers is a date as well.
    edit(rivals, {"Inputs!B6": 45877})
    found = read(rivals)
    assert isinstance(found, Rivals)
    assert found.signed_on == datetime.date(2025, 8, 8)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2025-08-07", "'2025-08-07' is text, not a date"),
        ("#REF!", "#REF! is an error"),
        (True, "TRUE is not a date"),
        (datetime.time(12), "is not a date"),
        (datetime.date(2019, 12, 31), "2019-12-31 is before 2020-01-01"),
        (43830, "2019-12-31 is before 2020-01-01"),
        (datetime.datetime(2025, 8, 7, 6), "2025-08-07 06:00:00 has a time of day"),
        (3e6, "#VALUE! is an error"),
        (None, "is empty"),
    ],
)
def test_what_is_no_date(rivals: Path, value: Any, message: str) -> None:
    edit(rivals, {"Inputs!B6": value})
    (problem,) = problems(rivals)
    assert problem.startswith("Inputs!B6 Signed on: ")
    assert problem.endswith(message)


def test_a_number_beyond_all_dates_in_a_cell_for_numbers(rivals: Path) -> None:
    workbook = openpyxl.load_workbook(rivals)
    workbook["Inputs"]["B6"].value = 3e6
    workbook["Inputs"]["B6"].number_format = "General"
    workbook.save(rivals)
    assert problems(rivals) == ["Inputs!B6 Signed on: 3000000 is after 9999-12-31"]


def test_dates_of_a_table(rivals: Path) -> None:
    edit(rivals, {"History!A6": "today", "History!A7": None, "History!A8": 60})
    assert problems(rivals) == [
        "History!A6 Date: 'today' is text, not a date",
        "History!A7 Date: is empty",
        "History!A8 Date: 1900-02-28 is before 1900-03-01",
    ]


def test_status_of_dates(soffice: Office, rivals: Path, tmp_path: Path) -> None:
    moment = datetime.datetime(2025, 8, 7, 6)
    wrong = {"History!A5": "today", "History!A6": moment, "History!A7": 59, "Inputs!B6": moment}
    edit(rivals, wrong)
    cells = stored_cells(libreoffice(soffice, rivals, "xlsx", tmp_path))
    assert [cells["History", f"D{row}"] for row in (5, 6, 7, 8)] == [
        "Date: is not a date",
        "Date: has a time of day",
        "Date: is before 1900-03-01",
        "ok",
    ]
    assert cells["Inputs", "H6"] == "has a time of day"


def test_a_workbook_that_counts_from_1904(rivals: Path) -> None:
    workbook = openpyxl.load_workbook(rivals)
    workbook.epoch = MAC_EPOCH
    workbook.save(rivals)
    assert problems(rivals)[0].startswith("counts dates from 1904")


# Charts and tables --------------------------------------------------------------------------------


def test_a_chart_of_a_table_draws_nothing_for_empty_rows(rivals: Path) -> None:
    workbook = openpyxl.load_workbook(rivals)
    sheet: Any = workbook["Trend"]
    assert [sheet.cell(30, column).value for column in (9, 10, 11)] == [
        "=IF(ROWS($A$30:$A30)>ROWS(history_row_number),INDEX(history_date,MATCH(1,"
        "history_row_number,0)),IF(ISNUMBER(INDEX(history_row_number,ROWS($A$30:$A30))),"
        "INDEX(history_date,ROWS($A$30:$A30)),INDEX(history_date,MATCH(1,history_row_number,0))))",
        *(
            f"=IF(ROWS($A$30:$A30)>ROWS(history_row_number),NA(),IF(ISNUMBER(INDEX("
            f"history_row_number,ROWS($A$30:$A30))),INDEX(history_{name},ROWS($A$30:$A30)),NA()))"
            for name in ("price", "fitted")
        ),
    ]
    cells = stored_cells(rivals)
    assert cells["Trend", "I229"] == cells["Trend", "I30"] == datetime.datetime(2023, 3, 14)
    assert (cells["Trend", "J35"], cells["Trend", "J36"]) == (1.25, "#N/A")
    (chart,) = sheet._charts
    assert chart.y_axis.scaling.logBase == 10
    assert chart.x_axis.number_format.formatCode == "yyyy-mm"
    *lines, points = chart.series
    assert points.yVal.numRef.f == "'Trend'!$J$30:$J$229"
    assert (points.marker.symbol, points.graphicalProperties.line.noFill) == ("circle", True)
    assert [line.yVal.numRef.f for line in lines] == [
        "'Trend'!$K$30:$K$229", "'Trend'!$C$30:$C$38", "'Trend'!$D$30:$D$38",
    ]  # fmt: skip
    assert [line.xVal.numRef.f[9] for line in lines] == ["I", "B", "B"]
    # What is filled in is printed with its table: here the chart and the forecast are.
    assert sheet.print_area == "'Trend'!$A$1:$G$41"


def test_a_steps_table(rivals: Path) -> None:
    cells = stored_cells(rivals)
    assert [cells["Price war", f"{column}4"] for column in "ABCD"] == [
        "Cut", "Share", "Hold (USD)", "Match (USD)",
    ]  # fmt: skip
    # The first row is the cut of the inputs.
    rows = (5, 6, 7, 15)
    assert [cells["Price war", f"A{row}"] for row in rows] == pytest.approx(
        [0.25, 0, 0.1, 0.9], abs=1e-15
    )
    # Hand: 1000 units, half a dollar each, times the cut.
    assert [cells["Price war", f"D{row}"] for row in rows] == pytest.approx(
        [125, 0, 50, 450], abs=1e-12
    )
    sheet: Any = openpyxl.load_workbook(rivals)["Price war"]
    assert sheet["A6"].number_format == "0.0%;[Red]-0.0%"
    assert sheet["B6"].value == (
        "=EXP(1/scale)/(EXP(1/scale)+SUMPRODUCT(IF(firms_price>0,"
        "EXP((firms_quality-firms_price*(1-$A6))/scale),0)))"
    ) or sheet["B6"].value.text.startswith("=EXP(1/scale)/")
    best = {str(f.sqref): [r.formula for r in f.rules] for f in sheet.conditional_formatting}
    largest = 'IF(COUNT(C5)>0,COUNTIF($C5:$D5,">"&(C5+ABS(C5)*1E-9))=0,FALSE)'
    assert largest in best["C5:C15"][0][0]
    (chart,) = sheet._charts
    assert [s.yVal.numRef.f for s in chart.series] == [
        "'Price war'!$C$6:$C$15", "'Price war'!$D$6:$D$15",
    ]  # fmt: skip


def test_a_logarithmic_axis(rivals: Path) -> None:
    sheet: Any = openpyxl.load_workbook(rivals)["Chart"]
    assert sheet._charts[0].y_axis.scaling.logBase == 10
    assert sheet._charts[0].x_axis.scaling.logBase is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_show_no_overflow(soffice: Office, tmp_path: Path, lang: str) -> None:
    path = build(Rivals(), tmp_path / "t.xlsx", lang=lang)
    pdf = libreoffice(soffice, path, "pdf", tmp_path)
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "###" not in text
    assert "2025-08-07" in text


@pytest.mark.engine
def test_the_file_format_is_as_clean_as_openpyxls(tmp_path: Path, rivals: Path) -> None:
    empty = openpyxl.Workbook()
    style.add_styles(empty, "en")
    empty.save(tmp_path / "empty.xlsx")
    found = []
    for path in (tmp_path / "empty.xlsx", rivals):
        validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2016, max_errors=0)
        found.append({(e.description, e.part_uri) for e in validator.validate(str(path)).errors})
    assert found[1] - found[0] == set()


def test_the_stored_value_of_a_date_is_checked(rivals: Path) -> None:
    results = "xl/worksheets/sheet5.xml"
    _rewrite(rivals, results, lambda b: b.replace(b"<v>46241.25</v>", b"<v>46242.25</v>"))
    (problem,) = check(rivals)
    assert problem.cell == cell_named(rivals, "ahead_date").partition("!")[2]


def test_the_command_line_prints_dates(rivals: Path) -> None:
    done = CliRunner().invoke(app, ["evaluate", str(rivals), "--json"])
    results = json.loads(done.stdout)["results"]
    # 365.25 days after 2025-08-07.
    assert (results["ahead_date"], results["never"]) == ("2026-08-07", None)
    assert "2026-08-07" in CliRunner().invoke(app, ["evaluate", str(rivals)]).stdout
