"""Workbooks in other currencies and of other numbers of tokens: new words, the same formulas."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

import lmprice
from lmprice.language.errors import PricingError
from lmprice.scenarios import (
    SCENARIOS,
    ApiVsSelfhost,
    Breakeven,
    Competition,
    Discounts,
    Inference,
    Scenario,
)
from lmprice.scenarios.competition.scenario import Rival
from lmprice.workbook import WorkbookError, build, check, read
from lmprice.workbook.building import make_book, workbook_bytes
from lmprice.workbook.counting import Counting
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.made import made

BILLIONS = [s for name, s in SCENARIOS.items() if name not in ("breakeven", "api-vs-selfhost")]
EDITIONS = [*((scenario, "en") for scenario in BILLIONS), (Competition, "zh"), (Inference, "zh")]


def texts_of(content: bytes) -> str:
    """All that a person reads in a workbook, without the formulas that the guide explains."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return "\n".join(
            archive.read(name).decode()
            for name in archive.namelist()
            if name == "xl/sharedStrings.xml" or name.startswith(("xl/charts/", "xl/worksheets/"))
        )


def formulas_of(content: bytes) -> list[str]:
    """All formulas of the cells of a workbook, each text in them left out."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [
            archive.read(name).decode()
            for name in sorted(archive.namelist())
            if name.startswith("xl/worksheets/sheet")
        ]
    found = [formula for sheet in sheets for formula in re.findall("<f[^>]*>([^<]*)</f>", sheet)]
    return [re.sub('"[^"]*"', '""', formula) for formula in found]


@pytest.mark.parametrize(("scenario", "lang"), EDITIONS)
def test_words_change_and_formulas_do_not(scenario: type[Scenario], lang: str) -> None:
    changed = workbook_bytes(scenario(), lang=lang, currency="CNY", tokens="billion")
    words = texts_of(changed)
    # What is left stands in the story of the example, which was published for a million tokens.
    example = scenario.template.example(lang).replace("USD", "CNY").replace("美元", "元")
    words = words.replace(example, "")
    assert not re.search(r"\bUSD\b|美元|\bMtok\b|百万 token|million tokens", words)
    before = formulas_of(made(scenario(), lang).content)
    assert len(before) > 300
    assert formulas_of(changed) == before


@pytest.mark.parametrize("scenario", BILLIONS, ids=lambda s: str(s.template.name))
def test_results_are_those_of_a_million_in_other_units(scenario: type[Scenario]) -> None:
    counting = Counting(tokens="billion")
    million, billion = scenario().evaluate(), counting.into(scenario()).evaluate()
    for row in million.rows:
        unit, key = row.term.unit.en, row.key
        # A price is a thousand times that of a million, a volume a thousandth, money the same.
        if "log price" in unit or unit in {"sum of squares", "per USD"}:
            continue  # of the numbers, not of the things counted
        factor = 1.0
        if "per million tokens" in unit or "for one million tokens" in unit:
            factor = 1e3
        elif unit.startswith("million tokens"):
            factor = 1e-3
        elif unit.startswith("Mtok"):
            factor = 1e-6  # a volume for a price
        assert billion[key] == pytest.approx(row.value * factor, rel=1e-8, abs=1e-7, nan_ok=True), (
            key
        )
    assert million.verdict is not None
    assert billion.verdict is not None
    assert million.verdict.tone == billion.verdict.tone


@pytest.mark.engine
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_it_is_read_back_and_fine(tmp_path: Path, scenario: type[Scenario]) -> None:
    tokens = "billion" if scenario in BILLIONS else "million"
    path = build(scenario(), tmp_path / "b.xlsx", currency="EUR", tokens=tokens)
    assert check(path) == ()
    assert read(path) == scenario()


@pytest.mark.engine
def test_prices_are_those_of_a_billion(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "b.xlsx", tokens="billion")
    sheet = openpyxl.load_workbook(path, data_only=True)["Inputs"]
    rows = {str(row[0].value): row for row in sheet.iter_rows(min_row=5)}
    cell = rows["Cached input price"]
    # Hand: $0.14 a million are $140 a billion; 266,000 million tokens are 266 billion.
    assert (cell[1].value, cell[6].value) == (140, "USD per billion tokens")
    assert rows["Uncached input tokens"][1].value == 266
    low = openpyxl.load_workbook(build(Inference(), tmp_path / "m.xlsx"))["Inputs"]
    for row in low.iter_rows(min_row=5):
        if row[2].value is not None and row[6].value == "million tokens":
            million = float(str(row[2].value))
            assert rows[str(row[0].value)][2].value == pytest.approx(million / 1000, rel=1e-15)


@pytest.mark.engine
def test_marks_stay_when_other_programs_save(soffice: Office, tmp_path: Path) -> None:
    path = build(Competition(), tmp_path / "c.xlsx", lang="zh", currency="CNY", tokens="billion")
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert check(saved) == ()
    assert read(saved) == Competition()


@pytest.mark.engine
def test_marks_stay_when_the_guide_is_deleted(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "c.xlsx", currency="CNY", tokens="billion")
    workbook = openpyxl.load_workbook(path)
    del workbook["Guide"]
    workbook.save(path)
    assert read(path) == Inference()
    del workbook.defined_names["lmprice_mark"]
    workbook.save(path)
    assert read(path) == Inference()


@pytest.mark.engine
def test_names_of_others_stay_as_they_are(tmp_path: Path) -> None:
    rivals = [Rival(name="USD million tokens", price=2, unit_cost=1, quality=3)]
    market = Competition(rivals=rivals)
    path = build(market, tmp_path / "c.xlsx", currency="CNY", tokens="billion")
    assert read(path) == market
    assert check(path) == ()


@pytest.mark.parametrize(
    ("scenario", "options", "message"),
    [
        (Inference(), {"currency": "yuan"}, "currency 'yuan' is not three capital letters"),
        (Inference(), {"tokens": "dozen"}, "tokens 'dozen' is not one of million, billion"),
        (Breakeven(), {"tokens": "billion"}, "breakeven, which has no price of tokens"),
        (ApiVsSelfhost(), {"tokens": "billion"}, "api-vs-selfhost, which counts single tokens too"),
    ],
)
def test_what_does_not_go_is_refused(
    tmp_path: Path, scenario: Scenario, options: dict[str, str], message: str
) -> None:
    with pytest.raises(PricingError, match=message):
        build(scenario, tmp_path / "x.xlsx", **options)  # type: ignore[arg-type]


@pytest.mark.engine
def test_marks_that_make_no_sense(tmp_path: Path) -> None:
    path = build(Breakeven(), tmp_path / "b.xlsx")
    guide = openpyxl.load_workbook(path)["Guide"]
    (row,) = (c.row for c in guide["B"] if c.value == "USD")
    edit(path, {f"Guide!B{row}": "dollars"})
    with pytest.raises(WorkbookError, match="currency 'dollars' is not three capital letters"):
        lmprice.read(path)


def test_no_line_of_the_book_says_dollars(tmp_path: Path) -> None:
    book = make_book(Discounts(), lang="en", counting=Counting("JPY"))
    stored = [value for value in book.values.values() if isinstance(value, str)]
    assert any("JPY" in value for value in stored)
    assert not any("USD" in value for value in stored)
