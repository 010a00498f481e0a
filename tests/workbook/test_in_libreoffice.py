"""What people do to a file in a spreadsheet program: delete and sort rows, choose, print, wait."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from lmprice.scenarios import (
    SCENARIOS,
    Competition,
    Discounts,
    Plan,
    PriceDecline,
    Pricing,
    Scenario,
)
from lmprice.workbook import check, read, texts
from lmprice.workbook.book import FIRST_ROW
from lmprice.workbook.checking import summary
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.in_libreoffice import saved_by_libreoffice
from tests.workbook.made import build, made

LONGEST, LARGEST = 5.0, 1.5e6  # seconds of recalculation, bytes
TABLES = [
    pytest.param(kind, name, id=f"{kind.__name__}-{name}")
    for kind in SCENARIOS.values()
    for name in kind.tables()
]


@pytest.mark.parametrize(("scenario", "table"), TABLES)
def test_a_row_is_deleted_and_the_low_scenario_chosen(
    soffice: Office, tmp_path: Path, scenario: type[Scenario], table: str
) -> None:
    path = build(scenario(), tmp_path / "t.xlsx")
    sheet = scenario.tables()[table].title.en
    saved = tmp_path / "saved.xlsx"
    soffice.change(path, [("delete", sheet, FIRST_ROW + 1), ("type", "Inputs", "B3", "Low")], saved)
    first, _, *others = getattr(scenario(), table)
    assert getattr(read(saved), table) == [first, *others]
    assert check(saved) == ()


@pytest.mark.parametrize(("scenario", "table"), TABLES)
def test_rows_are_sorted(
    soffice: Office, tmp_path: Path, scenario: type[Scenario], table: str
) -> None:
    path = build(scenario(), tmp_path / "t.xlsx")
    spec, rows = scenario.tables()[table], getattr(scenario(), table)
    last = f"{get_column_letter(len(spec.columns))}{FIRST_ROW + len(rows) - 1}"
    saved = tmp_path / "saved.xlsx"
    soffice.change(path, [("sort", spec.title.en, f"A{FIRST_ROW}:{last}")], saved)
    if scenario is Discounts and table == "tiers":  # limits rise from row to row
        assert str(check(saved)[0]) == "Tiers!A6 Up to: 200 is not above 1000"
        return
    ordered = sorted(rows, key=lambda row: next(value for _, value in row), reverse=True)
    assert getattr(read(saved), table) == ordered
    assert check(saved) == ()


def test_an_inserted_row_has_no_formulas_and_that_is_said(soffice: Office, tmp_path: Path) -> None:
    path, saved = build(Competition(), tmp_path / "t.xlsx"), tmp_path / "saved.xlsx"
    soffice.change(path, [("insert", "Rivals", FIRST_ROW + 1)], saved)
    assert read(saved) == Competition()
    lines = summary(check(saved))
    assert lines[0] == (
        "Rivals: rows inserted: 1; they have no formulas, so copy those of a row beside them"
    )
    assert len(lines) <= 20


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_template_is_small_and_quick(
    soffice: Office, scenario: type[Scenario], lang: str
) -> None:
    assert len(made(scenario(), lang).content) < LARGEST
    assert saved_by_libreoffice(soffice, scenario, lang).seconds < LONGEST


@pytest.fixture(scope="module")
def lazy_office(
    soffice_command: str, uno_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """A LibreOffice as people have it, which computes what it needs when it shows it."""
    folder = tmp_path_factory.mktemp("lazy")
    with Office(soffice_command, uno_python, folder, recalculate=False) as office:
        yield office


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_an_empty_template_prints(
    lazy_office: Office, tmp_path: Path, scenario: type[Scenario], lang: str
) -> None:
    path = build(scenario(), tmp_path / "t.xlsx", lang=lang, blank=True)
    pdf = lazy_office.convert(path, "pdf", tmp_path)
    command = ["pdftotext", "-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert texts.PROMPT(lang)[:12] in text
    assert "###" not in text


@pytest.mark.parametrize("scenario", [Plan, PriceDecline, Pricing], ids=lambda kind: kind.__name__)
def test_an_empty_template_says_what_is_missing_and_nothing_else(
    soffice: Office, tmp_path: Path, scenario: type[Scenario]
) -> None:
    path = build(scenario(), tmp_path / "t.xlsx", blank=True)
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    workbook = openpyxl.load_workbook(saved, data_only=True)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    # There is no answer yet; a sum over no rows is not an error of another kind.
    assert {cell.value for cell in cells if cell.data_type == "e"} == {"#N/A"}
    assert workbook["Answer"]["A3"].value == f"? {texts.PROMPT('en')}"
    assert not workbook["Results"]["A3"].value  # no notes on what is not there
    swings = [row[3].value for row in workbook["Drivers"].iter_rows(min_row=5, max_row=9)]
    assert swings == ["#N/A"] * 5


def test_a_result_that_is_zero_but_for_rounding(soffice: Office, tmp_path: Path) -> None:
    # At 60 % off a price of 10 is the unit cost of 4: LibreOffice has 0, others 1E-11.
    path = build(Discounts(flat_discount=0.6), tmp_path / "t.xlsx")
    assert check(libreoffice(soffice, path, "xlsx", tmp_path)) == ()
