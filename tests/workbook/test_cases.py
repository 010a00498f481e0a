"""Scenarios side by side, what moves a result most, questions beside inputs, tables with gaps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.language.terms import Term
from lmprice.scenarios import (
    SCENARIOS,
    Breakeven,
    Competition,
    Discounts,
    Inference,
    Pricing,
    Scenario,
)
from lmprice.scenarios.discounts.tiers import Tier
from lmprice.scenarios.pricing.scenario import Segment
from lmprice.simulation.tornado import sensitivity
from lmprice.workbook import Problem, WorkbookError, check, read, texts
from lmprice.workbook.building import make_book
from lmprice.workbook.checking import summary
from lmprice.workbook.contents import TablePlace
from lmprice.workbook.package import package
from lmprice.workbook.reading import open_template, read_cases
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.made import build


def stored(path: Path, sheet: str) -> Any:
    return openpyxl.load_workbook(path, data_only=True)[sheet]


@pytest.mark.engine
def test_the_scenario_in_use_is_read(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!B3": "Low", "Inputs!C5": 80, "Inputs!C6": 19})
    assert read(breakeven) == Breakeven(quantity=80, price=19)
    edit(breakeven, {"Inputs!E4": "Ours", "Inputs!B3": "ours", "Inputs!E7": 50})
    assert read(breakeven) == Breakeven(fixed_cost=50)
    cases, problems = read_cases(open_template(breakeven))
    assert (cases.chosen, cases.own, problems) == (3, "Ours", [])


@pytest.mark.engine
def test_a_wrong_cell_counts_where_it_is_in_use(breakeven: Path) -> None:
    edit(breakeven, {"Inputs!C5": -1})
    assert read(breakeven) == Breakeven()
    edit(breakeven, {"Inputs!B3": "Low"})
    problems = [str(problem) for problem in check(breakeven)]
    assert "Inputs!C5 Quantity: -1 is below 0" in problems


def test_scenarios_side_by_side(soffice: Office, tmp_path: Path) -> None:
    path = build(Breakeven(), tmp_path / "b.xlsx")
    edit(path, {"Inputs!C5": 80, "Inputs!D5": 120, "Inputs!C6": 19, "Inputs!D6": None,
                "Inputs!E8": 12, "Inputs!B3": "High"})  # fmt: skip
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert check(saved) == ()
    sheet = stored(saved, "Scenarios")
    # Hand: 100·10-100, 80·9-100, 120·10-100, 100·8-100, and their distance to the first.
    assert [cell.value for cell in sheet[5][2:]] == [900, 620, 1100, 700, -280, 200, -200]
    assert stored(saved, "Results")["B8"].value == 1100


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_low_scenario_is_in_use(
    soffice: Office, tmp_path: Path, scenario: type[Scenario]
) -> None:
    saved = tmp_path / "low.xlsx"
    path = build(scenario(), tmp_path / "l.xlsx")
    soffice.change(path, [("type", "Inputs", "B3", "Low")], saved)
    assert check(saved) == ()
    low = {
        key: float(f"{getattr(scenario(), key) * share:.12g}")
        for key, share in scenario.template.low.items()
    }
    assert low
    assert read(saved) == scenario(**low)
    verdict = scenario(**low).evaluate().verdict
    assert verdict is not None
    said = stored(saved, "Answer")["A3"].value
    assert said == f"{verdict.tone.sign} {verdict.text.en}"


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_drivers_are_those_of_sensitivity(scenario: type[Scenario]) -> None:
    book = make_book(scenario(), lang="en")
    sheet = book.workbook["Drivers"]
    title = str(sheet["B3"].value)
    key = next(k for k, row in book.results.items() if row.term.title.en == title)
    bars = {bar.term.title.en: bar for bar in sensitivity(scenario(), key).bars}
    found = 0
    for row in range(5, 40):
        name = book.values.get(("Drivers", f"A{row}"))
        if name is None:
            break
        low, high = (float(book.values["Drivers", f"{letter}{row}"]) for letter in "BC")
        bar = bars[str(name)]
        base = book.results[key].value
        assert low == pytest.approx(bar.at_low - base, rel=1e-9, abs=1e-9, nan_ok=True)
        assert high == pytest.approx(bar.at_high - base, rel=1e-9, abs=1e-9, nan_ok=True)
        found += 1
    assert found >= 2
    swings = [float(book.values["Drivers", f"D{row}"]) for row in range(5, 5 + found)]
    # Of two that differ by a rounding, either may come first.
    assert swings == pytest.approx(sorted(swings, reverse=True), rel=1e-9)


def test_a_percentage_without_its_sign_is_asked_about(soffice: Office, tmp_path: Path) -> None:
    cells = {"Inputs!B10": 10, "Inputs!B13": 12.5, "Inputs!B19": 1}
    path = edit(build(Pricing(), tmp_path / "p.xlsx"), cells)
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert check(saved) == ()
    sheet = stored(saved, "Inputs")
    statuses = {str(row[0].value): row[7].value for row in sheet.iter_rows(min_row=5, max_row=26)}
    assert statuses["Markup"] == "Check: 1,000 %: meant 10 %?"
    assert statuses["Target return"] == "Check: is not between 0 % and 100 %, as usual"
    assert statuses["Price today"] == "ok"
    assert read(saved).evaluate()["cost_plus_price"] == 22  # it counts as it stands


def test_every_share_that_may_be_more_than_all_of_it_says_what_is_usual() -> None:
    without = {
        f"{name}: {key}"
        for name, scenario in SCENARIOS.items()
        for key, term in scenario.terms().items()
        if isinstance(term, Term) and term.is_fraction and term.usual is None
        if all(bound.is_lower for bound in term.bounds)
    }
    assert without == set()


@pytest.mark.engine
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.25, "ok"),
        (1.25, "Check: is not between 0 % and 100 %, as usual"),
        (10.0, "Check: 1,000 %: meant 10 %?"),
        (12.5, "Check: is not between 0 % and 100 %, as usual"),
        (100.0, "Check: 10,000 %: meant 100 %?"),
    ],
)
def test_what_is_asked_of_a_target_return(value: float, said: str) -> None:
    book = make_book(Pricing(target_return=value), lang="en")
    assert book.values["Inputs", "H13"] == said


def test_a_share_above_its_bound_is_asked_about_too(soffice: Office, tmp_path: Path) -> None:
    path = edit(build(Pricing(), tmp_path / "p.xlsx"), {"Inputs!B11": 75})
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert (
        stored(saved, "Inputs")["H11"].value
        == "is not below 1: no finite price earns that margin (meant 75 %?)"
    )


def test_rules_between_inputs_stand_beside_them(soffice: Office, tmp_path: Path) -> None:
    halves = [
        Segment(segment="A", share=0.5, elasticity=-2),
        Segment(segment="B", share=0.4, elasticity=-2),
    ]
    wrong = Pricing(ceiling_price=2, market_size=9999, segments=halves)
    path = build(wrong, tmp_path / "p.xlsx")
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert check(saved) == ()
    sheet = stored(saved, "Inputs")
    statuses = {str(row[0].value): row[7].value for row in sheet.iter_rows(min_row=5, max_row=40)}
    assert statuses["Ceiling"] == "Check: below the floor price"
    assert statuses["Market size"] == "Check: no larger than the quantity of today"
    assert statuses["Segments"] == "Check: the shares do not add up to 100 %"
    # The best of the mechanisms is still marked and named, though one has no answer.
    assert str(stored(saved, "Answer")["A3"].value).startswith("✓")
    assert str(stored(saved, "Answer")["A2"].value) == "! 3 to look at: see the sheet Checks"


def test_rows_may_stay_empty(soffice: Office, tmp_path: Path) -> None:
    path = build(Discounts(), tmp_path / "d.xlsx")
    edit(path, {f"Tiers!{letter}6": None for letter in "ABC"} | {"Workload!A8": None,
                "Workload!B8": None, "Tiers!A10": None})  # fmt: skip
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    found = read(saved)
    assert isinstance(found, Discounts)
    assert found.tiers == [
        Tier(up_to=50.0, unit_price=10.0),
        Tier(up_to=1000.0, unit_price=8.0),
        Tier(unit_price=7.0),
    ]
    assert check(saved) == ()
    # Hand: 50 at 10 and 550 at 8.
    assert found.evaluate()["graduated_charge"] == 50 * 10 + 550 * 8
    results = {row[0].value: row[1].value for row in stored(saved, "Results").iter_rows(min_row=5)}
    assert results["Graduated tiers: charge"] == pytest.approx(4900)


@pytest.mark.engine
@pytest.mark.parametrize("scenario", [Discounts(), Competition()])
def test_a_table_that_lost_a_row_is_fine(tmp_path: Path, scenario: Scenario) -> None:
    """A file as a spreadsheet leaves it when a row is deleted: names and rows are one less."""
    places = {
        name: TablePlace(199, tuple(range(len(getattr(scenario, name)))))
        for name in type(scenario).tables()
    }
    book = make_book(scenario, lang="en", places=places)
    path = tmp_path / "t.xlsx"
    path.write_bytes(package(book.workbook, book.values))
    assert read(path) == scenario
    assert check(path) == ()


def test_what_check_says_is_grouped() -> None:
    many = [
        Problem("the formula was overwritten by 1", "Rivals", f"{letter}{row}", letter, "formula")
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for row in range(5, 205)
    ]
    lines = summary(many)
    assert len(lines) == 20
    assert lines[0] == (
        "Rivals!A5 A: the formula was overwritten by 1 (and 199 more like it, to A204)"
    )
    assert lines[-1] == "and 7 more lines like these"
    assert summary(many[:3]) == tuple(map(str, many[:3]))


@pytest.mark.parametrize(
    ("cells", "lang", "message"),
    [
        # The name of the scenario was changed, and not where it is chosen.
        (
            {"B3": "Own", "E4": "Board 2027"},
            "en",
            "'Own' is none of the scenarios in the row below",
        ),
        ({"B3": "Low "}, "en", "'Low ' is none of the scenarios in the row below"),
        ({"E4": "base"}, "en", "'Base' is the name of two scenarios"),
        ({"B3": None}, "en", "is empty"),
        ({"B3": "Low"}, "zh", "'Low' 不是下一行中的情景"),
    ],
)
def test_a_scenario_that_is_not_there_is_no_base(
    soffice: Office, tmp_path: Path, cells: dict[str, Any], lang: str, message: str
) -> None:
    path = build(Inference(), tmp_path / "i.xlsx", lang=lang)
    inputs, answer = texts.INPUTS(lang), texts.ANSWER(lang)
    edit(path, {f"{inputs}!{address}": value for address, value in cells.items()})
    with pytest.raises(WorkbookError) as caught:
        read(path)
    label = texts.CASE_IN_USE(lang)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{inputs}!B3 {label}: {message}"
    ]
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    said = message.rpartition("' ")[2]
    assert stored(saved, inputs)["H3"].value == said
    assert str(stored(saved, answer)["A2"].value).startswith(texts.about(label, said, lang))
    assert str(stored(saved, answer)["A3"].value).startswith("? ")
    headline = Inference.template.curves.title(lang)
    assert stored(saved, answer)["A9"].value == headline  # and no number in it


def test_steps_can_be_set(soffice: Office, tmp_path: Path) -> None:
    path = build(Inference(), tmp_path / "i.xlsx")
    edit(path, {"Sensitivity!B13": 0.2, "Sensitivity!B14": 0.05})
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert check(saved) == ()
    sheet = stored(saved, "Sensitivity")
    assert [sheet[f"A{row}"].value for row in (5, 8, 11)] == pytest.approx([0.8, 2, 3.2])
    assert [sheet[f"{letter}4"].value for letter in "BEH"] == pytest.approx([0.85, 1, 1.15])
    edit(path, {"Sensitivity!B13": -1})
    assert "Sensitivity!B13 Step: -1 is not above 0" in [str(p) for p in check(path)]


def test_an_older_version_is_read_and_not_checked(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    place = str(workbook.defined_names["lmprice_version"].attr_text).partition("!")[2]
    workbook["Guide"][place.replace("$", "")].value = "1"
    workbook.save(breakeven)
    assert read(breakeven) == Breakeven()
    (problem,) = check(breakeven)
    assert "was made from version 1 of the template breakeven" in str(problem)


@pytest.mark.engine
def test_an_older_version_without_an_input_takes_it_from_the_example(breakeven: Path) -> None:
    workbook = openpyxl.load_workbook(breakeven)
    place = str(workbook.defined_names["lmprice_version"].attr_text).partition("!")[2]
    workbook["Guide"][place.replace("$", "")].value = "2"
    workbook["Inputs"]["B5"].value = 80
    for name in ("target_margin", "target_margin_cases"):
        del workbook.defined_names[name]
    workbook.save(breakeven)
    assert read(breakeven) == Breakeven(quantity=80)
    (problem,) = check(breakeven)
    assert str(problem).endswith("; it had no Target margin: taken from the example")
