"""What is in a template workbook."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from lmprice.language.terms import Choice, Term
from lmprice.output.files import write
from lmprice.scenarios import SCENARIOS, Breakeven, Inference, Scenario
from lmprice.scenarios.tables import MAX_ROWS
from lmprice.workbook import build, texts
from lmprice.workbook.building import make_book
from lmprice.workbook.package import package
from lmprice.workbook.settings import settings
from tests.workbook.conftest import cell_named
from tests.workbook.made import made, opened

EDITIONS = [(s, lang) for s in SCENARIOS.values() for lang in ("en", "zh")]


@pytest.mark.engine
def test_formulas_read_like_the_textbook(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    formulas = {
        name: workbook[place.partition("!")[0]][place.partition("!")[2]].value
        for name in Breakeven().evaluate()
        for place in [cell_named(breakeven, name)]
    }
    assert formulas["profit"] == "=price*quantity-unit_cost*quantity-fixed_cost"
    assert formulas["cost"] == "=unit_cost*quantity+fixed_cost"
    assert formulas["quadratic_cost"] == "=quadratic*quantity^2+linear*quantity+fixed_cost"
    # Later results refer to earlier ones.
    assert formulas["chosen_cost"] == '=IF(cost_curve="quadratic",quadratic_cost,cost)'
    both_curves = formulas.pop("profit_quantity")  # a choice of two formulas
    assert max(len(f) for f in formulas.values()) < 200
    assert len(both_curves) < 2 * 200


def test_numbers_are_there_without_any_recalculation(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven, data_only=True)
    results = {row[0].value: row[1].value for row in workbook["Results"].iter_rows(min_row=5)}
    # The article's numbers, corrected.
    assert (results["Profit"], results["Cost, quadratic"], results["Profit, quadratic"]) == (
        900,
        2100,
        -100,
    )
    assert results["Upper breakeven quantity"] == pytest.approx(88.7298334621)
    for sheet in workbook.worksheets[2:5]:
        cells = [c for row in sheet.iter_rows() for c in row if c.style == "lmprice result"]
        assert all(isinstance(c.value, (int, float)) for c in cells)


@pytest.mark.engine
def test_the_bytes_do_not_depend_on_how_openpyxl_writes_xml(tmp_path: Path) -> None:
    code = (
        "import sys, lmprice.scenarios as s, openpyxl.xml as x; "
        "from lmprice.workbook.building import workbook_bytes; "
        "sys.stdout.buffer.write(str(x.LXML).encode() + workbook_bytes(s.Inference(), lang='zh'))"
    )
    outputs = {}
    for choice in ("True", "False"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"OPENPYXL_LXML": choice},
            capture_output=True,
            check=True,
        )
        assert done.stdout.startswith(choice.encode())
        outputs[choice] = done.stdout.removeprefix(choice.encode())
    assert outputs["True"] == outputs["False"]


@pytest.mark.parametrize(("scenario", "lang"), EDITIONS)
def test_every_input_has_name_unit_status_help_prompt_and_validation(
    scenario: type[Scenario], lang: str
) -> None:
    workbook = opened(scenario(), lang)
    sheet = workbook[texts.INPUTS(lang)]
    validations: dict[str, DataValidation] = {
        str(v.sqref): v for v in sheet.data_validations.dataValidation
    }
    rows = range(5, 5 + len(scenario.terms()))
    for row, (key, term) in zip(rows, scenario.terms().items(), strict=True):
        assert workbook.defined_names[key].attr_text.endswith(f"$F${row}")
        shown = [sheet.cell(row, column).value for column in (1, 2, 7, 8, 9)]
        assert shown[0] == term.title(lang)
        assert shown[2] == ("%" if isinstance(term, Term) and term.is_fraction else term.unit(lang))
        assert str(shown[3]).startswith(f"=IF(ISNA({key}),")
        assert shown[4] == term.help(lang)
        assert not sheet.cell(row, 2).protection.locked
        validation = validations[f"B{row}:E{row}"]
        assert validation.promptTitle == term.title(lang)
        assert term.help(lang) in str(validation.prompt)
        assert validation.type == ("list" if isinstance(term, Choice) else "custom")
        assert validation.showErrorMessage
    unlocked = [c for s in workbook for r in s.iter_rows() for c in r if not c.protection.locked]
    in_tables = sum(MAX_ROWS * len(table.columns) for table in scenario.tables().values())
    # Four cases and a source for each input, a source for each table, and the settings.
    terms, tables = scenario.terms(), scenario.tables()
    merged = 1  # the cell beside the choice of the result that drivers move
    expected = 5 * len(terms) + len(tables) + in_tables + len(settings(scenario)) + 3 + merged
    assert len(unlocked) == expected
    assert all(s.protection.sheet and s.protection.password is None for s in workbook)


@pytest.mark.parametrize(("scenario", "lang"), EDITIONS)
def test_page_set_up_and_properties(scenario: type[Scenario], lang: str) -> None:
    workbook = opened(scenario(), lang)
    template = scenario.template
    extras = [template.comparison, template.waterfall]
    sheets = 11 + len(scenario.tables()) + sum(map(bool, extras)) + len(template.more)
    sheets += template.timeline is not None
    assert len(workbook.sheetnames) == sheets + bool(scenario.trace(lang).iterations)
    assert workbook.sheetnames[:2] == [texts.ANSWER(lang), texts.INPUTS(lang)]
    for sheet in workbook:
        page: Any = sheet.sheet_properties.pageSetUpPr
        assert page.fitToPage
        assert sheet.print_area
    for title in (texts.INPUTS, texts.RESULTS, texts.SENSITIVITY):
        assert workbook[title(lang)].freeze_panes
    properties = workbook.properties
    assert properties.title == template.title(lang)
    assert properties.version == str(template.version)
    assert f"template {template.name}" in str(properties.keywords)
    charted: Any = workbook[(template.curves.sheet or texts.CHART)(lang)]
    (chart,) = charted._charts
    assert len(chart.series) == len(template.curves.series) + len(template.curves.marks)
    points = chart.series[0].xVal.numRef.f
    first, last = (int(part.rpartition("$")[2]) for part in points.split(":"))
    assert last - first + 1 >= 20
    assert chart.x_axis.delete is False
    assert chart.y_axis.delete is False


@pytest.mark.parametrize(("scenario", "lang"), EDITIONS)
def test_nothing_in_the_package_that_a_template_must_not_have(
    scenario: type[Scenario], lang: str
) -> None:
    with zipfile.ZipFile(BytesIO(made(scenario(), lang).content)) as archive:
        names = archive.namelist()
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())
        text = b"".join(archive.read(n) for n in names)
    for part in ("vba", "external", "comments", "calcChain"):
        assert not [n for n in names if part in n]
    # Functions that Excel 2016 does not have are stored with this prefix.
    assert b"_xlfn" not in text
    # Without tables there is no range to compute on.
    assert scenario.tables() or b't="array"' not in text


def test_a_blank_template_has_no_inputs_and_no_results(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "blank.xlsx", blank=True)
    sheet = openpyxl.load_workbook(path, data_only=True)["Inputs"]
    assert [sheet.cell(row, 2).value for row in range(5, 15)] == [None] * 10
    assert [sheet.cell(row, 8).value for row in range(5, 15)] == ["is empty"] * 10
    results = openpyxl.load_workbook(path, data_only=True)["Results"]
    assert results["B6"].value == "#N/A"
    assert str(results["A2"].value).startswith("Nodes: is empty (and 17 more).")


def test_tiny_numbers_are_not_shown_as_zero() -> None:
    day = Inference(input_price=1.5e-6, gpu_hour_price=1e-6)
    sheet = opened(day)["Results"]
    formats = {row[0].value: row[1].number_format for row in sheet.iter_rows(min_row=5)}
    assert formats["Cost per million tokens"] == "0.00E+00;[Red]-0.00E+00"
    assert formats["Revenue, uncached input"] == "0.0000;[Red]-0.0000"
    assert formats["GPU hours"] == "#,##0;[Red]-#,##0"
    assert formats["Gross margin"] == "0.0%;[Red]-0.0%"
    assert opened(day)["Inputs"]["B12"].number_format == "General"


def test_files_are_not_overwritten_unless_forced(tmp_path: Path, breakeven: Path) -> None:
    before = breakeven.read_bytes()
    with pytest.raises(FileExistsError, match=r"breakeven\.xlsx exists"):
        build(Inference(), breakeven)
    with pytest.raises(FileExistsError, match=r"breakeven\.xlsx exists"):
        write(b"", breakeven)
    assert breakeven.read_bytes() == before
    build(Inference(), breakeven, force=True)
    assert breakeven.read_bytes() != before
    assert [p.name for p in tmp_path.iterdir()] == ["breakeven.xlsx"]


@pytest.mark.parametrize("force", [False, True])
def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool
) -> None:
    def fails(*_: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "link", fails)  # how a new file gets its name, where there are links
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="no space"):
        build(Breakeven(), tmp_path / "b.xlsx", force=force)
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", fails)
    path = build(Breakeven(), tmp_path / "b.xlsx")
    assert path.read_bytes() == made(Breakeven()).content
    with pytest.raises(FileExistsError, match=r"b\.xlsx exists already"):
        build(Inference(), path)
    assert [p.name for p in tmp_path.iterdir()] == ["b.xlsx"]


def test_wrong_requests(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lang 'de' is not one of en, zh"):
        build(Breakeven(), tmp_path / "b.xlsx", lang="de")


def test_a_formula_without_a_stored_value_is_noticed() -> None:
    book = make_book(Breakeven(), lang="en")
    book.workbook["Guide"]["H1"] = "=1+1"
    with pytest.raises(RuntimeError, match="formulas and stored values do not match"):
        package(book.workbook, book.values)
    book = make_book(Breakeven(), lang="en")
    book.values["Results", "Z99"] = 1.0
    with pytest.raises(RuntimeError, match="Z99"):
        package(book.workbook, book.values)
