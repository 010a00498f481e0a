"""Templates in real spreadsheet programs: the numbers there are the library's."""

from __future__ import annotations

import datetime
import itertools
import math
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ironcalc
import openpyxl
import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from lmprice.language.dates import serial
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Plan, Pricing, Scenario
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.scenarios.discounts.tiers import Tier
from lmprice.scenarios.plan.scenario import Customer as Customers
from lmprice.scenarios.pricing.scenario import Segment
from lmprice.workbook import check, read, style
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.in_ironcalc import filled_in_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice, saved_by_libreoffice
from tests.workbook.made import build, computed
from tests.workbook.test_read import _rewrite

LAST = Tier(unit_price=2.0)
EXAMPLES: list[Scenario] = [
    Breakeven(),
    Breakeven(cost_curve="quadratic", quantity=3, price=12.5, fixed_cost=7),
    Breakeven(price=5, linear=30, unit_cost=8),  # nothing breaks even
    Breakeven(quantity=0, price=0),
    Breakeven(quantity=2e6, price=1.5e-6, unit_cost=1e-6, quadratic=1e-9, linear=-0.5),
    Inference(),
    Inference(gpu_hour_price=1e-6, input_price=1.5e-6, cached_mtok=0),
    Inference(uncached_mtok=0, cached_mtok=0, output_mtok=0),  # nothing served, nothing earned
    Inference(nodes=0),
    Discounts(),
    Discounts(quantity=0, tiers=[Tier(up_to=10.0, unit_price=3.0, flat_fee=5.0), LAST]),
    Discounts(
        elasticity=0.0,  # a free tier and no response of demand
        tiers=[Tier(up_to=100.0, unit_price=0.0), LAST],
        workload=[Customer(customer="A", usage=0.0), Customer(customer="B", usage=100.0)],
    ),
    Discounts(tiers=[Tier(up_to=100.0, unit_price=0.0), LAST]),  # no answer to a price of 0
    Discounts(
        tiers=[*(Tier(up_to=n * 10.0, unit_price=300.0 - n) for n in range(1, 200)), LAST],
        workload=[Customer(customer=f"{n}", usage=n * 7.5) for n in range(200)],
    ),
    Pricing(),
    Pricing(ceiling_price=2, market_size=9999, differentiation=-5, markup=-1, investment=0),
    Pricing(
        price=1.5e-6,
        trial_price=2e-6,
        unit_cost=1e-6,
        elasticity=-3.7,
        utilization=1,
        segments=[Segment(segment=f"{n}", share=0.01, elasticity=-2 - n / 64) for n in range(200)],
    ),
    Plan(),
    Plan(
        fee_change=-0.4,
        overage_change=0.3,
        churn=0.3,
        volume_growth=-0.5,
        price_decline=0.8,
        horizon=36.0,
        first_month=datetime.date(2027, 12, 31),
        customers=[
            Customers(customer="A", count=3.0, seats=2.5, active=1.0, tokens=40.0, plan=1.0),
            Customers(customer="@B", count=0.0, seats=1.0, active=0.0, tokens=0.0),
            Customers(customer="+1", count=9.0, seats=1e4, active=0.7, tokens=3e-4, plan=3.0),
        ],
    ),
]

# In Chinese the formulas differ in the words of choices alone.
CASES = [(scenario, "en") for scenario in EXAMPLES]
CASES += [
    (scenario, "zh") for scenario in (*EXAMPLES[:2], Inference(), Discounts(), Pricing(), Plan())
]
SHIPPED = [(scenario, "en") for scenario in SCENARIOS.values()] + [(Breakeven, "zh")]


def agrees(found: Any, expected: float | str) -> bool:
    if isinstance(expected, str):
        return bool((found or "") == expected)
    if math.isnan(expected):
        return bool(found == "#N/A")
    if isinstance(found, datetime.date):
        found = serial(found)
    return isinstance(found, (int, float)) and math.isclose(
        found, expected, rel_tol=1e-9, abs_tol=1e-9
    )


def disagreements(cells: Mapping[tuple[str, str], Any], scenario: Scenario, lang: str) -> list[str]:
    return [
        f"{key}: {cells[key]!r} is not {value!r}"
        for key, value in computed(scenario, lang).items()
        if not agrees(cells[key], value)
    ]


def stored_cells(path: Path) -> Mapping[tuple[str, str], Any]:
    """What a file has stored in its cells; an empty cell has None."""
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells: dict[tuple[str, str], Any] = defaultdict(lambda: None)
    for sheet in workbook:
        for cell in itertools.chain.from_iterable(sheet.iter_rows()):
            if cell.value is not None:
                cells[sheet.title, cell.coordinate] = cell.value
    workbook.close()
    return cells


@pytest.mark.parametrize(("scenario", "lang"), CASES, ids=range(len(CASES)))
def test_libreoffice_recalculates_to_the_librarys_numbers(
    soffice: Office, tmp_path: Path, scenario: Scenario, lang: str
) -> None:
    recalculated = filled_in_by_libreoffice(soffice, scenario, lang, tmp_path)
    assert disagreements(stored_cells(recalculated), scenario, lang) == []
    assert read(recalculated) == scenario
    assert check(recalculated) == ()


@pytest.mark.engine
@pytest.mark.parametrize(("scenario", "lang"), CASES, ids=range(len(CASES)))
def test_ironcalc_recalculates_to_the_librarys_numbers(scenario: Scenario, lang: str) -> None:
    assert disagreements(filled_in_by_ironcalc(scenario, lang), scenario, lang) == []


def test_the_comparison_sees_a_wrong_stored_number(
    soffice: Office, soffice_command: str, uno_python: str, tmp_path: Path
) -> None:
    """LibreOffice keeps stored numbers unless it is made to recalculate; these tests make it."""
    path = build(Breakeven(), tmp_path / "t.xlsx")
    results = "xl/worksheets/sheet3.xml"
    _rewrite(path, results, lambda b: b.replace(b"<v>2100</v>", b"<v>10100</v>"))
    with Office(soffice_command, uno_python, tmp_path, recalculate=False) as keeping:
        kept = libreoffice(keeping, path, "xlsx", tmp_path)
    assert disagreements(stored_cells(kept), Breakeven(), "en") == [
        "('Results', 'B16'): 10100 is not 2100.0"
    ]
    recalculated = libreoffice(soffice, path, "xlsx", tmp_path)
    assert disagreements(stored_cells(recalculated), Breakeven(), "en") == []


def test_table_and_chart_follow_the_inputs(soffice: Office, tmp_path: Path) -> None:
    path = build(Breakeven(), tmp_path / "t.xlsx")
    edit(path, {"Inputs!B5": 200, "Inputs!B6": 40})
    cells = stored_cells(libreoffice(soffice, path, "xlsx", tmp_path))
    # Hand: quantities around 200 down, prices around 40 across; 200 · (40 - 10) - 100 = 5900.
    assert [cells["Sensitivity", f"A{row}"] for row in (5, 8, 11)] == pytest.approx([140, 200, 260])
    assert [cells["Sensitivity", f"{column}4"] for column in "BEH"] == pytest.approx([28, 40, 52])
    assert cells["Sensitivity", "E8"] == 5900
    assert cells["Sensitivity", "B5"] == pytest.approx(140 * 18 - 100)
    # The curves run to 125 % of the quantity.
    assert (cells["Chart", "A30"], cells["Chart", "A55"]) == (0, 250)
    assert (cells["Chart", "B55"], cells["Chart", "C55"]) == (250 * 40, 250 * 10 + 100)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_pages_show_no_overflow(soffice: Office, scenario: type[Scenario], lang: str) -> None:
    pdf = saved_by_libreoffice(soffice, scenario, lang).pdf
    command = ["pdftotext", "-layout", "-", "-"]
    text = subprocess.run(command, input=pdf, check=True, capture_output=True).stdout.decode()
    assert "###" not in text
    for term in scenario.terms().values():
        assert term.help(lang)[:12] in text


def test_an_invalid_input_is_flagged_beside_it_and_above_the_results(
    soffice: Office, tmp_path: Path
) -> None:
    path = build(Breakeven(), tmp_path / "t.xlsx")
    edit(path, {"Inputs!B5": -5, "Inputs!B6": "abc", "Inputs!B7": None, "Inputs!B11": "cubic"})
    cells = stored_cells(libreoffice(soffice, path, "xlsx", tmp_path))
    assert [cells["Inputs", f"H{row}"] for row in (5, 6, 7, 8, 11)] == [
        "is below 0",
        "is not a number",
        "is empty",
        "ok",
        "is not one of: linear, quadratic",
    ]
    for sheet in ("Results", "Sensitivity", "Chart"):
        assert str(cells[sheet, "A2"]).startswith("Quantity: is below 0 (and 3 more)")


@pytest.mark.engine
@pytest.mark.parametrize(("scenario", "lang"), SHIPPED, ids=range(len(SHIPPED)))
def test_the_file_format_is_as_clean_as_openpyxls(
    tmp_path: Path, scenario: type[Scenario], lang: str
) -> None:
    empty = openpyxl.Workbook()
    style.add_styles(empty, lang)
    empty.save(tmp_path / "empty.xlsx")
    build(scenario(), tmp_path / "t.xlsx", lang=lang)
    found = {}
    for name in ("empty", "t"):
        validator = OpenXmlValidator(file_format=FileFormat.OFFICE_2016, max_errors=0)
        result = validator.validate(str(tmp_path / f"{name}.xlsx"))
        found[name] = {(e.description, e.part_uri) for e in result.errors}
    assert found["t"] - found["empty"] == set()


@pytest.mark.engine
def test_ironcalc_is_the_engine_we_think() -> None:
    model = ironcalc.create("t")
    model.set_user_input(0, 1, 1, "=2^3^2")
    model.evaluate()
    assert model.get_cell_value(0, 1, 1) == 64  # as in Excel; Python says 512
