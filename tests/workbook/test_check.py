"""Checking workbooks against their templates."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.scenarios import (
    SCENARIOS,
    Breakeven,
    Competition,
    Discounts,
    Inference,
    Pricing,
    Scenario,
)
from lmprice.workbook import WorkbookError, check
from lmprice.workbook.checking import _tokens
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.in_libreoffice import saved_by_libreoffice
from tests.workbook.made import build
from tests.workbook.test_read import _rewrite


def messages(path: Path) -> list[str]:
    return [str(problem) for problem in check(path)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_fresh_template_is_fine(tmp_path: Path, scenario: type[Scenario], lang: str) -> None:
    assert check(build(scenario(), tmp_path / "t.xlsx", lang=lang)) == ()


def test_an_overwritten_formula_is_named(breakeven: Path) -> None:
    edit(breakeven, {"Results!B8": 905, "Results!B6": None, "Sensitivity!C6": "=1+1"})
    assert messages(breakeven) == [
        "Results!B6 Revenue: the formula =price*quantity was overwritten by nothing",
        "Results!B8 Profit: the formula =price*quantity-unit_cost*quantity-fixed_cost was "
        "overwritten by 905",
        'Sensitivity!C6 Profit, chosen curve: the formula =IF(cost_curve="quadratic",C$4*$A6-'
        "(quadratic*$A6^2+linear*$A6+fixed_cost),C$4*$A6-unit_cost*$A6-fixed_cost) was changed "
        "to =1+1",
        "has no stored numbers: recalculate and save it in a spreadsheet",
    ]


def test_stored_numbers_that_are_wrong_or_stale(breakeven: Path) -> None:
    results = "xl/worksheets/sheet3.xml"
    _rewrite(breakeven, results, lambda b: b.replace(b"<v>2100</v>", b"<v>10100</v>"))
    assert messages(breakeven) == [
        "Results!B16 Cost, quadratic: 10100 is stored, but the inputs give 2100"
    ]
    # An input changed by a program: every number that depends on it is out of date.
    inputs = "xl/worksheets/sheet2.xml"
    _rewrite(breakeven, inputs, lambda b: b.replace(b"<v>20</v>", b"<v>10</v>", 1))
    stale = messages(breakeven)
    assert "Results!B8 Profit: 900 is stored, but the inputs give -100" in stale
    assert "Results!B11 Breakeven quantity: 10 is stored, but the inputs give #N/A" in stale
    assert len(stale) > 60


def test_text_where_a_number_is_stored(breakeven: Path) -> None:
    results = "xl/worksheets/sheet3.xml"
    wrong = b"</f><v>true</v>"
    _rewrite(breakeven, results, lambda b: b.replace(b"</f><v>1100</v>", wrong, 1))
    with pytest.raises(WorkbookError, match="cannot be read"):
        check(breakeven)
    as_text = b' t="str"><f>unit_cost*quantity+fixed_cost</f><v>much</v>'
    plain = b"><f>unit_cost*quantity+fixed_cost</f><v>true</v>"
    _rewrite(breakeven, results, lambda b: b.replace(plain, as_text, 1))
    assert messages(breakeven) == ["Results!B7 Cost: 'much' is stored, but the inputs give 1100"]


def test_invalid_inputs_and_formulas_are_reported_together(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!B5": "abc", "Results!B8": 905})
    assert messages(breakeven)[:2] == [
        "Inputs!B5 Quantity: 'abc' is text, not a number",
        "Results!B8 Profit: the formula =price*quantity-unit_cost*quantity-fixed_cost was "
        "overwritten by 905",
    ]


def test_a_missing_sheet(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    del workbook["Sensitivity"]
    workbook.save(breakeven)
    assert "the sheet Sensitivity is missing" in messages(breakeven)


def test_spelling_is_not_a_difference() -> None:
    assert _tokens("=IF(a>0, 1E+300 ,'Inputs'!$B$5)") == _tokens("=if(A>0,1e300,Inputs!B5)")
    assert _tokens("=_xlfn.LET(a,1)") == _tokens("=LET(a,1)")
    assert _tokens('="Quadratic"') != _tokens('="quadratic"')
    assert _tokens("=a+b") != _tokens("=a-b")


def test_other_files_are_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "theirs.xlsx")
    with pytest.raises(WorkbookError, match="is not an lmprice template: "):
        check(tmp_path / "theirs.xlsx")


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_workbook_saved_by_libreoffice_is_fine(
    soffice: Office, tmp_path: Path, scenario: type[Scenario]
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(saved_by_libreoffice(soffice, scenario, "zh").xlsx)
    assert check(path) == ()


@pytest.mark.engine
def test_blanks_at_the_ends_of_a_stored_text_do_not_count(tmp_path: Path) -> None:
    path = build(Pricing(), tmp_path / "p.xlsx")
    note = b"see the column Price to value. "
    _rewrite(
        path, "xl/worksheets/sheet3.xml", lambda b: b.replace(note + b"</v>", note[:-1] + b"</v>")
    )
    assert check(path) == ()


@pytest.mark.engine
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_what_if_stays_within_the_bounds_of_its_input(tmp_path: Path, share: float) -> None:
    path = build(Discounts(flat_discount=share), tmp_path / "d.xlsx")
    assert check(path) == ()
    sheet = openpyxl.load_workbook(path, data_only=True)["Sensitivity"]
    cuts = [float(str(cell.value)) for cell in sheet[4][1:]]
    assert max(cuts) == pytest.approx(min(0.999, share + 0.06))
    assert cuts == sorted(cuts)
    assert cuts[3] == share


def test_a_name_that_was_moved(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    workbook.defined_names["price"] = DefinedName("price", attr_text="Inputs!$B$5")
    workbook.save(breakeven)
    assert messages(breakeven)[:2] == [
        "Inputs!B5 Price: the name price points here, not to the cell of this input",
        "the name price points to Inputs!$B$5; in the template it is 'Inputs'!$F$6",
    ]


def test_messages_in_the_language_of_the_workbook(tmp_path: Path) -> None:
    path = build(Breakeven(), tmp_path / "b.xlsx", lang="zh")
    edit(path, {"结果!B6": 7})
    assert messages(path)[0] == "结果!B6 收入: 公式 =price*quantity 已被 7 覆盖"


@pytest.mark.engine
def test_many_of_one_kind_and_long_formulas_in_the_language_of_the_workbook(
    tmp_path: Path,
) -> None:
    path = build(Competition(), tmp_path / "c.xlsx", lang="zh")
    found = CliRunner().invoke(app, ["check", str(path)])
    assert found.output == f"{path}: 所有公式均与模板一致，所有数值均为最新\n"
    sheet = "竞争对手"
    written = openpyxl.load_workbook(path)[sheet]
    long = {f"{sheet}!F{row}": written[f"F{row}"].value for row in range(5, 12)}
    assert min(map(len, long.values())) > 150
    edit(path, {place: formula.replace('"正常"', '"好"') for place, formula in long.items()})
    (line, *_) = CliRunner().invoke(app, ["check", str(path)]).stderr.splitlines()
    assert line.endswith("（另有 6 处类似，至 F11）")
    assert "…" in line
    assert '"好"' in line  # what was changed is in sight
    assert len(line) < 420


def test_numbers_too_large_for_a_spreadsheet(tmp_path: Path) -> None:
    path = build(Breakeven(quantity=1e308), tmp_path / "b.xlsx")
    assert check(path) == ()
    assert check(build(Inference(nodes=1e308), tmp_path / "i.xlsx")) == ()


def test_an_overwritten_axis_is_named(tmp_path: Path) -> None:
    path = edit(build(Inference(), tmp_path / "i.xlsx"), {"Sensitivity!B4": 0.2, "Chart!A30": 1})
    assert messages(path)[:2] == [
        "Sensitivity!B4 Share of the load: the formula =1-3*step_across was overwritten by 0.2",
        "Chart!A30 Share of the load: the formula =axis1_from+(axis1_to-axis1_from)*0/25 was "
        "overwritten by 1",
    ]
