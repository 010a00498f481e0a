"""The template on the decline of a price: published figures, the library's fit, thin evidence."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lmprice import fit_decline
from lmprice.chapters.decline.trend_fit import Errors
from lmprice.cli.main import app
from lmprice.language.dates import day
from lmprice.scenarios import PriceDecline
from lmprice.scenarios.price_decline.scenario import HISTORY, PastPrice
from lmprice.scenarios.price_decline.terms import NOT_SORTED
from lmprice.workbook import check, read
from tests.office import Office
from tests.workbook.conftest import cell_named, edit
from tests.workbook.in_ironcalc import filled_in_by_ironcalc, recalculated_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice
from tests.workbook.made import build
from tests.workbook.test_engines import disagreements, stored_cells
from tests.workbook.test_read import problems


def history(*rows: tuple[str, float]) -> list[PastPrice]:
    return [PastPrice(date=datetime.date.fromisoformat(day), price=price) for day, price in rows]


# Epoch AI, "LLM inference prices have fallen rapidly but unequally across tasks" (2025),
# results/default of its repository: annual factor, 90 % interval, R².
GPT_4_ON_MMLU = history(
    ("2023-03-14", 37.5),
    ("2023-11-06", 15.0),
    ("2024-05-13", 7.5),
    ("2024-05-23", 2.19),
    ("2025-02-05", 0.175),
)
GPT_4O_ON_MATH = history(
    ("2024-05-13", 7.5), ("2024-07-18", 0.26), ("2024-09-24", 0.13), ("2024-12-13", 0.1225)
)
PUBLISHED = [
    (HISTORY, 15.8309, 8.054664913158714, 31.114623003717604, 0.93),
    (GPT_4_ON_MMLU, 15.8568, 4.085681392676409, 61.54099237048954, 0.88),
    (GPT_4O_ON_MATH, 689.08, 0.1197002513598262, 3966834.7104518856, 0.71),
]
# The list price of OpenAI's flagship line, as in the tests of the trend.
FLAGSHIP = history(
    ("2024-08-06", 2.5),
    ("2023-03-14", 30.0),
    ("2023-11-06", 10.0),
    ("2025-04-14", 2.0),
    ("2024-05-13", 5.0),
    ("2025-08-07", 1.25),
)
TWO = PriceDecline(history=history(("2024-01-01", 10.0), ("2024-12-31", 1.0)))
ONE_DATE = PriceDecline(history=history(*[("2024-01-01", price) for price in (1.0, 2.0, 3.0)]))
CONSTANT = PriceDecline(
    history=history(*[(f"2024-0{month}-01", 2.0) for month in range(1, 7)]), discount_rate=0.0
)
RISING = PriceDecline(
    history=history(("2025-08-07", 1.25), ("2025-12-11", 1.75), ("2026-03-05", 2.5)),
    confidence=0.5,
    months=0.0,
)
FULL = PriceDecline(
    confidence=0.99,
    history=[
        PastPrice(
            date=datetime.date(2010, 1, 1) + datetime.timedelta(days=9 * n),
            price=round(50.0 / (n + 1), 4),
            note=f"{n}" if n % 2 else "",
        )
        for n in range(200)
    ],
)
EXAMPLES = [PriceDecline(), TWO, ONE_DATE, CONSTANT, RISING, FULL, PriceDecline(history=FLAGSHIP)]
IDS = ["example", "two", "one date", "constant", "rising", "full", "flagship"]


@pytest.mark.parametrize(("rows", "factor", "low", "high", "r_squared"), PUBLISHED)
def test_the_published_figures(
    rows: list[PastPrice], factor: float, low: float, high: float, r_squared: float
) -> None:
    found = PriceDecline(history=rows, errors="independent").evaluate()
    assert found["factor"] == pytest.approx(factor, rel=5e-6)
    assert found["factor_low"] == pytest.approx(low, rel=1e-6)
    assert found["factor_high"] == pytest.approx(high, rel=1e-6)
    assert round(found["r_squared"], 2) == r_squared


@pytest.mark.engine
@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("errors", ["autocorrelated", "independent"])
@pytest.mark.parametrize("scenario", [*EXAMPLES[:2], *EXAMPLES[3:]], ids=[*IDS[:2], *IDS[3:]])
def test_it_is_the_fit_of_the_library(
    scenario: PriceDecline, confidence: float, errors: Errors
) -> None:
    scenario = scenario.model_copy(update={"confidence": confidence, "errors": errors})
    dates = [row.date for row in scenario.history]
    fit = fit_decline(
        dates,
        [row.price for row in scenario.history],
        confidence=confidence,
        basis="lineage",
        errors=errors,
    )
    found = scenario.evaluate()
    ahead = fit.forecast(scenario.forecast_date)
    end = fit.forecast(scenario.start_date + datetime.timedelta(days=365 * scenario.months / 12))
    expected = {
        "price_count": fit.n,
        "factor": fit.annual_factor,
        "factor_low": fit.interval.low,
        "factor_high": fit.interval.high,
        "half_life": fit.half_life,
        "half_life_days": fit.half_life_days,
        "r_squared": fit.r_squared,
        "residual_error": fit.residual_error,
        "forecast_price": ahead.price,
        "forecast_low": ahead.low,
        "forecast_high": ahead.high,
        "end_price": end.price,
        "end_low": end.low,
        "end_high": end.high,
    }
    assert {key: found[key] for key in expected} == pytest.approx(
        expected, rel=1e-9, abs=1e-12, nan_ok=True
    )
    is_sorted = dates == sorted(dates)
    expected_warnings = [caution.text for caution in fit.cautions]
    assert [w for w in found.warnings if w != NOT_SORTED] == expected_warnings
    assert (NOT_SORTED in found.warnings) == (not is_sorted)
    if is_sorted:
        assert found["autocorrelation"] == pytest.approx(fit.autocorrelation, nan_ok=True)


def test_thin_evidence_is_said() -> None:
    assert PriceDecline(errors="independent").evaluate().warnings == ()
    assert [w.en[:30] for w in PriceDecline().evaluate().warnings] == [
        "Fewer than ten prices hardly s"
    ]
    assert [w.en[:30] for w in TWO.evaluate().warnings] == ["Evidence is thin: so few price"]
    of_math = PriceDecline(history=GPT_4O_ON_MATH, errors="independent").evaluate().warnings
    assert "across 1" in of_math[-1].en
    assert len(of_math) == 2
    assert "shorter than a quarter" in ONE_DATE.evaluate().warnings[1].en
    # Four days more than a quarter of a year is not short.
    long = PriceDecline(history=history(("2024-01-01", 9.0), ("2024-04-01", 1.0)))
    assert len(long.evaluate().warnings) == 1


def test_one_date_has_no_trend() -> None:
    found = ONE_DATE.evaluate()
    for key in ("slope", "factor", "factor_low", "forecast_price", "lock_saving"):
        assert math.isnan(found[key])
    assert found["level_value"] > 0


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [  # by the calendar
        ("2026-11-28", 36.0, "2029-11-28"),
        ("2026-01-31", 1.0, "2026-02-28"),
        ("2027-12-31", 2.0, "2028-02-29"),
        ("2026-05-31", 0.0, "2026-05-31"),
        ("2026-06-01", 1.5, "2026-07-16"),  # half of July's 31 days
    ],
)
def test_months_are_those_of_the_calendar(
    tmp_path: Path, start: str, months: float, end: str
) -> None:
    scenario = PriceDecline(start_date=datetime.date.fromisoformat(start), months=months)
    assert day(scenario.evaluate()["end_date"]).isoformat() == end
    if months == 1.5:
        path = build(scenario, tmp_path / "t.xlsx")
        assert disagreements(recalculated_by_ironcalc(path, scenario, "en"), scenario, "en") == []


def test_locking_in_by_hand() -> None:
    # The price falls to a tenth in a year of 365 days; 1 unit a month; no discounting.  Its mean
    # over the year is (1 - 1/10) / ln 10 of the start.
    found = TWO.model_copy(
        update={"current_price": 10.0, "usage": 1.0, "discount_rate": 0.0, "lock_discount": 0.25}
    ).evaluate()
    mean = 0.9 / math.log(10)
    assert found["factor"] == pytest.approx(10)
    assert found["breakeven_discount"] == pytest.approx(1 - mean)
    assert found["breakeven_price"] == pytest.approx(10 * mean)
    assert found["lock_trend"] == pytest.approx(12 * 7.5)
    assert found["market_trend"] == pytest.approx(12 * 10 * mean)
    assert found["lock_saving"] == pytest.approx(12 * 10 * mean - 90)
    assert found["market_saving"] == -found["lock_saving"]
    assert found["locked_price"] == 7.5


def test_at_the_breakeven_discount_both_choices_cost_the_same() -> None:
    base = PriceDecline()
    for months in (1.0, 7.5, 36.0):
        least = base.model_copy(update={"months": months}).evaluate()["breakeven_discount"]
        same = base.model_copy(update={"months": months, "lock_discount": least})
        assert same.evaluate()["lock_saving"] == pytest.approx(0, abs=1e-9)
    assert math.isnan(base.model_copy(update={"months": 0.0}).evaluate()["breakeven_discount"])


@given(
    st.lists(
        st.tuples(st.integers(0, 2000), st.floats(1e-3, 1e3)),
        min_size=3,
        max_size=12,
        unique_by=lambda row: row[0],
    )
)
@example([(0, 1.0), (1, 1.0), (2, 1.0), (3, 2.0), (43, 2.0)])  # days of which one is far off
@settings(max_examples=60, deadline=None)
def test_any_history_is_fitted_as_by_the_library(rows: list[tuple[int, float]]) -> None:
    first = datetime.date(2022, 1, 1)
    quotes = [
        PastPrice(date=first + datetime.timedelta(days=day), price=price) for day, price in rows
    ]
    fit = fit_decline([q.date for q in quotes], [q.price for q in quotes], basis="lineage")
    found = PriceDecline(history=quotes, forecast_date=fit.last).evaluate()
    expected = (*fit.interval, *fit.forecast(fit.last))
    keys = ("factor_low", "factor_high", "forecast_price", "forecast_low", "forecast_high")
    for key, value in zip(keys, expected, strict=True):
        # Beyond e^300 the library and the sheet may stop a little apart.
        if 1e-120 < value < 1e120:
            assert math.log(found[key]) == pytest.approx(math.log(value), rel=1e-9, abs=1e-8)


def test_the_order_of_the_rows_does_not_matter() -> None:
    found = PriceDecline(history=FLAGSHIP).evaluate()
    ordered = PriceDecline(history=sorted(FLAGSHIP, key=lambda row: row.date)).evaluate()
    # Only what follows what is not known of rows out of order, and the sheet says so.
    known = {**ordered, "autocorrelation": math.nan}
    assert dict(found) == pytest.approx(known, rel=1e-12, abs=1e-12, nan_ok=True)
    assert found.warnings[0] == NOT_SORTED
    assert NOT_SORTED not in ordered.warnings


def test_a_sweep_agrees_with_one_scenario_after_the_other() -> None:
    months = np.array([0.0, 1.0, 24.0])
    swept = PriceDecline().evaluate_at({"months": months})
    for key in ("end_high", "breakeven_discount", "lock_saving"):
        single = [PriceDecline(months=m).evaluate()[key] for m in months]
        np.testing.assert_allclose(np.broadcast_to(swept[key], 3), single, rtol=1e-12)


@pytest.mark.parametrize(("scenario", "lang"), [(FULL, "en"), (TWO, "zh"), (RISING, "en")])
def test_libreoffice_computes_the_same(
    soffice: Office, tmp_path: Path, scenario: PriceDecline, lang: str
) -> None:
    recalculated = filled_in_by_libreoffice(soffice, scenario, lang, tmp_path)
    cells = stored_cells(recalculated)
    assert disagreements(cells, scenario, lang) == []
    assert read(recalculated) == scenario
    assert check(recalculated) == ()
    warned = "".join(w(lang) for w in scenario.evaluate().warnings).replace(" ", "")
    title = "Results" if lang == "en" else "结果"
    assert str(cells[title, "A3"] or "").replace(" ", "") == warned


@pytest.mark.engine
@pytest.mark.parametrize("scenario", EXAMPLES, ids=IDS)
def test_ironcalc_computes_the_same(scenario: PriceDecline) -> None:
    assert disagreements(filled_in_by_ironcalc(scenario, "zh"), scenario, "zh") == []


@pytest.fixture
def decline(tmp_path: Path) -> Path:
    return build(PriceDecline(), tmp_path / "decline.xlsx")


def test_a_changed_workbook_is_read_and_a_row_added(decline: Path) -> None:
    edit(
        decline,
        {"Inputs!B9": 6, "History!A12": datetime.date(2025, 2, 5), "History!B12": 0.05},
    )
    found = read(decline)
    assert isinstance(found, PriceDecline)
    assert found.months == 6
    assert found.history[-1] == PastPrice(date=datetime.date(2025, 2, 5), price=0.05)
    assert found.evaluate()["price_count"] == 8


def test_what_is_wrong_in_the_history_is_named(decline: Path) -> None:
    edit(decline, {"History!B6": 0, "History!A7": "March", "History!C8": None, "Inputs!B5": 1})
    assert problems(decline) == [
        "Inputs!B5 Confidence: 1 is not below 1",
        "History!B6 Price: 0 is not above 0",
        "History!A7 Date: 'March' is text, not a date",
    ]


def test_the_chart_names_the_forecast_and_its_trend_once(decline: Path) -> None:
    sheet: Any = openpyxl.load_workbook(decline)["Trend"]
    (chart,) = sheet._charts
    assert len(chart.series) == 7
    assert [entry.idx for entry in chart.legend.legendEntry] == [3, 4, 5]
    dashes = [s.graphicalProperties.line.prstDash for s in chart.series[:6]]
    assert dashes[:3] == dashes[3:]
    assert chart.y_axis.scaling.logBase == 10


def test_points_of_a_sweep_and_counts_have_no_needless_decimals(decline: Path) -> None:
    workbook = openpyxl.load_workbook(decline)
    assert workbook["Sensitivity"]["A5"].number_format == "General"
    address = cell_named(decline, "price_count").partition("!")[2]
    assert workbook["Results"][address].number_format == "#,##0;[Red]-#,##0"
    formats: Any = workbook["Results"].conditional_formatting
    rules = formats._cf_rules
    sized = {str(c.sqref) for c, own in rules.items() for r in own if "ABS(" in r.formula[0]}
    assert sized
    assert address not in sized


def test_the_command_line(decline: Path) -> None:
    run = CliRunner()
    results = json.loads(run.invoke(app, ["evaluate", str(decline), "--json"]).stdout)["results"]
    assert results["end_date"] == "2025-10-03"
    assert results["factor"] == pytest.approx(15.8309, rel=5e-6)
    assert run.invoke(app, ["check", str(decline)]).exit_code == 0
    swings = run.invoke(app, ["sensitivity", str(decline), "breakeven_discount"])
    assert swings.exit_code == 0, swings.output
    assert "Contract length" in swings.stdout


def test_dates_among_simulated_results(decline: Path) -> None:
    run = CliRunner()
    vary = ["--vary", "months=uniform:6,18", "--draws", "1000"]
    drawn = run.invoke(app, ["simulate", str(decline), *vary]).stdout
    (line,) = [line for line in drawn.splitlines() if line.startswith("End of the contract")]
    # Twelve months, evenly spread by six to either side: 365 / sqrt(12) days.
    assert float(line.split(" days")[1].split()[-1]) == pytest.approx(105.4, rel=0.05)
    swings = run.invoke(app, ["sensitivity", str(decline), "end_date"]).stdout
    (line,) = [line for line in swings.splitlines() if line.startswith("Contract length")]
    # From 10.8 months to 13.2: 27.8 August to 9 November.
    assert "73.2 days" in line
    refused = run.invoke(app, ["simulate", str(decline), "--vary", "forecast_date=uniform:1,2"])
    assert "'forecast_date' is a date; what can vary" in refused.stderr


def test_numbers_are_never_cut_off(decline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = CliRunner().invoke(app, ["evaluate", str(decline)]).stdout
    assert "…" not in shown
    assert "0.003882" in shown
