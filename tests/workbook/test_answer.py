"""The first sheet: the answer in words, the same in Python, in the file and in every program."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import lmprice
from lmprice.language.dates import date_term
from lmprice.language.quantities import RATIO, USD
from lmprice.language.terms import FRACTION, Term, Text
from lmprice.scenarios import SCENARIOS, Breakeven, Competition, Discounts, Inference, Scenario
from lmprice.scenarios.pricing.scenario import Pricing, Segment
from lmprice.scenarios.verdicts import NO_ANSWER, number_text
from lmprice.workbook import build, check, read
from lmprice.workbook.building import make_book
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.made import made, opened

MONEY = Term(Text("Profit", "利润"), USD, Text("", ""))
SHARE = Term(Text("Share", "份额"), FRACTION, Text("", ""))
COUNT = Term(Text("Count", "数量"), RATIO, Text("", ""), is_whole=True)
DAY = date_term(Text("Day", "日期"), Text("", ""))
EDITIONS = [(scenario, lang) for scenario in SCENARIOS.values() for lang in ("en", "zh")]


@pytest.mark.parametrize(
    ("value", "term", "text"),
    [
        (0.0, MONEY, "0"),
        (1.7, MONEY, "1.70"),
        (20.0, MONEY, "20"),
        (1.005, MONEY, "1.01"),  # half away from zero, on the shortest decimal
        (-2.675, MONEY, "-2.68"),
        (999.995, MONEY, "1,000"),
        (475028.5, MONEY, "475,029"),
        (-1234567.0, MONEY, "-1,234,567"),
        (0.5, MONEY, "0.500"),
        (0.0000015, MONEY, "0.00000150"),
        (1e-9, MONEY, "0.0000000010"),
        (-9e-10, MONEY, "0"),  # what 6,000 less 6,000 may leave
        (-0.0000000000004, MONEY, "0"),
        (1e15, MONEY, "very much"),
        (float("nan"), MONEY, "no answer"),
        (0.155, SHARE, "15.5 %"),
        (1.0, SHARE, "100 %"),
        (-0.0004, SHARE, "0 %"),
        (10.0, SHARE, "1,000 %"),
        (12.4, COUNT, "12"),
        (45933.0, DAY, "2025-10-03"),
    ],
)
def test_numbers_in_sentences(value: float, term: Term, text: str) -> None:
    assert number_text(value, term, "en") == text


@pytest.mark.parametrize(
    ("scenario", "tone", "text"),
    [
        # DeepSeek's day: 87,072 / 562,100 of the load, and 562,100 - 87,072 a day.
        (Inference(), "good", "Earns its hardware from 15.5 % of the load on; you run at 100 %: "
         "475,028 USD a day."),
        # Hand: 100 · (20 - 10) - 100 and 100 / (20 - 10).
        (Breakeven(), "good", "Earns 900 USD at 100 units; it breaks even at 10."),
        (Breakeven(quantity=5), "bad", "Loses 50 USD at 5 units: it breaks even at 10."),
        (Breakeven(price=8), "bad",
         "Loses 300 USD at 100 units, and selling more does not earn it back."),
        # Profits of the answers as `price_war` gives them.
        (Competition(), "good", "Take 1.70 USD: 3,904 USD a month more than holding; matching "
         "would cost 88,615."),
        # Hand: the segments at 2 · 1.5 / 0.5 = 6 and 2 · 2.5 / 1.5 = 10/3 earn 23,586.
        (Pricing(), "good", "Ask each segment its own price, 3.91 USD on average: 3,586 USD a "
         "month more than today."),
        # Hand: 2,690 million tokens at 10 less 13, whatever the strategy at most.
        (Discounts(elasticity=0.0, unit_cost=13), "bad", "No strategy earns: the best of them "
         "loses 8,070 USD a month."),
        # Hand: today's 10,000 earn 30,000 before a fixed cost of 60,000; none doubles that.
        (Pricing(fixed_cost=60_000), "bad", "No mechanism earns: the best of them loses 26,414 USD "
         "a month."),
        (Discounts(elasticity=0.0), "caution", "Offer no discount: none earns more than the list "
         "price, 16,140 USD a month."),  # 2,690 million tokens at 10 less 4
    ],
)  # fmt: skip
def test_verdicts(scenario: Scenario, tone: str, text: str) -> None:
    verdict = scenario.evaluate().verdict
    assert verdict is not None
    assert (verdict.tone.value, verdict.text.en) == (tone, text)


@pytest.mark.parametrize(("scenario", "lang"), EDITIONS)
def test_the_first_sheet_says_what_python_says(scenario: type[Scenario], lang: str) -> None:
    sheet = opened(scenario(), lang, data_only=True).worksheets[0]
    verdict = scenario().evaluate().verdict
    assert verdict is not None
    assert sheet["A3"].value == f"{verdict.tone.sign} {verdict.text(lang)}"
    titles = {row.term.title(lang) for row in scenario().evaluate().rows}
    shown = [cell.value for cell in sheet[5] if cell.value is not None]
    assert shown
    assert set(shown) <= titles
    assert str(sheet["A2"].value).startswith(("✓", "!"))
    (chart,) = sheet._charts  # type: ignore[attr-defined]
    assert chart.series


@pytest.mark.parametrize(
    "scenario",
    [
        Inference(gpu_hour_price=1.5e-6, input_price=1e-6, output_price=2e-6, cached_price=0),
        Inference(uncached_mtok=0, cached_mtok=0, output_mtok=0),
        Breakeven(quantity=1e7, price=123.456, cost_curve="quadratic", quadratic=1e-5),
        Pricing(ceiling_price=2, segments=[Segment(segment="All", share=0.9, elasticity=-2)]),
        Discounts(elasticity=-0.5),
    ],
    ids=range(5),
)
def test_every_program_says_the_same(soffice: Office, tmp_path: Path, scenario: Scenario) -> None:
    path = build(type(scenario)(), tmp_path / "t.xlsx")
    cells: dict[str, Any] = {}
    for row, key in enumerate(type(scenario).terms(), 5):
        cells[f"Inputs!B{row}"] = getattr(scenario, key)
    if isinstance(scenario, Pricing):
        cells |= {"Segments!A5": "All", "Segments!B5": 0.9, "Segments!C5": -2}
        cells |= {"Segments!A6": None, "Segments!B6": None, "Segments!C6": None}
    edit(path, cells)
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert read(saved) == scenario
    assert check(saved) == ()
    verdict = scenario.evaluate().verdict
    assert verdict is not None
    sheet = openpyxl.load_workbook(saved, data_only=True)["Answer"]
    assert sheet["A3"].value == f"{verdict.tone.sign} {verdict.text.en}"


def test_a_blank_template_prompts(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "b.xlsx", blank=True)
    sheet = openpyxl.load_workbook(path, data_only=True)["Answer"]
    assert sheet["A3"].value == (
        "? Fill in the yellow cells of the sheet Inputs: the answer appears here."
    )
    assert sheet["A2"].value == (
        "Nodes: is empty (and 17 more). There are no results until the sheet Inputs is right."
    )


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_nothing_is_volatile_and_charts_have_titles_and_points(scenario: type[Scenario]) -> None:
    with zipfile.ZipFile(BytesIO(made(scenario()).content)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    formulas = "".join(
        found
        for name, part in parts.items()
        if "worksheets/sheet" in name
        for found in re.findall(r"<f[^>]*>([^<]*)</f>", part)
    )
    assert not re.search(r"\b(OFFSET|INDIRECT|NOW|TODAY|RAND|RANDBETWEEN|CELL|INFO)\(", formulas)
    charts = [part for name, part in parts.items() if name.startswith("xl/charts/chart")]
    assert len(charts) >= 3
    on_answer = [part for part in charts if "<title><tx>" not in part.split("<plotArea>")[0]]
    assert len(on_answer) == 1  # its title is the cell above it, which follows the inputs
    for part in charts:
        assert '<roundedCorners val="0">' in part
        deleted = "1" if part in on_answer else "0"
        assert f'<autoTitleDeleted val="{deleted}">' in part
        assert "<numCache>" in part
        assert "<strCache>" in part or "<tx><v>" in part


def test_points_that_matter_are_in_sight() -> None:
    book = make_book(Breakeven(quantity=10, fixed_cost=1000), lang="en")
    sheet = book.workbook["Chart"]
    points = [book.values["Chart", f"A{row}"] for row in range(30, 56)]
    # Breaks even at 1000 / 10 = 100 units, far beyond the 10 that are sold.
    assert max(float(point) for point in points) == 125
    labels = {str(cell.value): cell.row for cell in sheet["A"] if cell.value}
    assert book.values["Chart", f"B{labels['Breakeven']}"] == 100
    assert book.values["Chart", f"C{labels['You are here']}"] == -900


@pytest.mark.engine
def test_the_currency_changes_words_alone(tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "c.xlsx", currency="CNY", lang="zh")
    assert check(path) == ()
    assert read(path) == Inference()
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    assert str(sheet["A3"].value).endswith("每天盈利 475,028 元。")
    formulas = openpyxl.load_workbook(path)["结果"]
    plain = opened(Inference(), "zh")["结果"]
    assert [c.value for c in formulas["B"]][5:] == [c.value for c in plain["B"]][5:]
    assert NO_ANSWER.en == "no answer"
    assert lmprice.check(build(Breakeven(), tmp_path / "b.xlsx", currency="EUR")) == ()
