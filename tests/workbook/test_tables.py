"""Tables in workbooks: rows added by hand, rows that are wrong, formulas over their ranges."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

import lmprice
from lmprice.language.expression import maximum, total, where
from lmprice.language.quantities import Cost
from lmprice.language.terms import Text, term
from lmprice.scenarios import SCENARIOS, Discounts, PriceDecline, Scenario
from lmprice.scenarios.base import Out
from lmprice.scenarios.discounts.scenario import TIERS, Customer
from lmprice.scenarios.discounts.terms import TierPrice, Usage
from lmprice.scenarios.discounts.tiers import Tier
from lmprice.scenarios.tables import Table, columns
from lmprice.scenarios.template import Answer, Around, Curves, Sensitivity, Span, Template
from lmprice.workbook import check, read
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit, fill_in
from tests.workbook.in_ironcalc import recalculated_by_ironcalc
from tests.workbook.made import build, opened
from tests.workbook.test_engines import disagreements, stored_cells
from tests.workbook.test_read import problems

# Functions that take a range as it is: those that add up, and those that pick from it.
WITH_RANGES = {"SUMPRODUCT(", "COUNT(", "COUNTA(", "COUNTIF(", "ROWS(", "INDEX(", "OFFSET("}
WITH_RANGES |= {"MIN(", "MAX("}  # of a column as it stands

TABLES = [
    TIERS,
    [Tier(unit_price=3.0)],
    [Tier(unit_price=3.0, flat_fee=4.0)],
    [Tier(up_to=5.0, unit_price=7.0), Tier(up_to=10.0, unit_price=6.5), Tier(unit_price=6.0)],
    [
        Tier(up_to=5.0, unit_price=7.0, flat_fee=1.0),
        Tier(up_to=10.0, unit_price=0.0, flat_fee=20.0),
        Tier(unit_price=8.0, flat_fee=3.0),
    ],
    [Tier(up_to=0.5, unit_price=0.000002), Tier(unit_price=0.0000015)],
]


def quantities(tiers: list[Tier]) -> list[float]:
    """At every bound, just below and just above it, and elsewhere."""
    bounds = [tier.up_to for tier in tiers[:-1]]
    around = itertools.chain.from_iterable((b - 0.001, b, b + 0.001) for b in bounds)
    return [0.0, 0.25, 7.0, 123456.0, *around]


@pytest.mark.parametrize("tiers", TABLES, ids=range(len(TABLES)))
def test_charges_at_all_bounds_in_a_sheet(
    soffice: Office, tmp_path: Path, tiers: list[Tier]
) -> None:
    used = quantities(tiers)
    # Without a response of demand each customer is billed for the quantity that stands beside it.
    scenario = Discounts(
        elasticity=0.0,
        tiers=tiers,
        workload=[Customer(customer=str(n), usage=q) for n, q in enumerate(used)],
    )
    path = build(scenario, tmp_path / "t.xlsx")
    expected = scenario.evaluate().columns
    found = stored_cells(libreoffice(soffice, path, "xlsx", tmp_path))
    sheet = openpyxl.load_workbook(path)
    table: tuple[Any, ...] = tuple(
        [getattr(tier, key) for tier in tiers] for key in ("up_to", "unit_price", "flat_fee")
    )
    for name, charge in (
        ("graduated", lmprice.graduated_charge),
        ("volume", lmprice.volume_charge),
    ):
        column = next(c for c in expected if c.name == f"workload_{name}_bill")
        np.testing.assert_allclose(column.value, charge(used, *table), rtol=1e-14)
        letter = str(sheet.defined_names[column.name].attr_text).partition("$")[2][:1]
        cells = [found["Workload", f"{letter}{row}"] for row in range(5, 5 + len(used))]
        np.testing.assert_allclose(np.array(cells, float), charge(used, *table), rtol=1e-12)
    assert disagreements(recalculated_by_ironcalc(path, scenario, "en"), scenario, "en") == []


def test_rows_added_by_hand_count(soffice: Office, tmp_path: Path, discounts: Path) -> None:
    before = Discounts().evaluate()
    edit(
        discounts,
        {
            "Tiers!A8": 5000,
            "Tiers!B9": 6,
            "Tiers!C9": 100,
            "Workload!A17": "M",
            "Workload!B17": 20000,
            "Inputs!C8": None,  # only the example has a low and a high case
            "Inputs!D8": None,
        },
    )
    path = libreoffice(soffice, discounts, "xlsx", tmp_path)
    scenario = read(path)
    assert isinstance(scenario, Discounts)
    assert scenario.tiers[3:] == [
        Tier(up_to=5000.0, unit_price=7.0),
        Tier(unit_price=6.0, flat_fee=100.0),
    ]
    assert scenario.workload[12:] == [Customer(customer="M", usage=20000.0)]
    assert disagreements(stored_cells(path), scenario, "en") == []
    assert check(path) == ()
    assert scenario.evaluate()["volume_usage"] > before["volume_usage"] + 20000
    cells = stored_cells(path)
    assert (cells["Inputs", "F16"], cells["Inputs", "F17"]) == (5, 13)


@pytest.mark.engine
def test_all_rows_can_be_filled_in(tmp_path: Path) -> None:
    full = Discounts(workload=[Customer(customer=f"C{n}", usage=float(n)) for n in range(200)])
    path = fill_in(build(Discounts(), tmp_path / "t.xlsx"), full)
    assert read(path) == full


@pytest.mark.engine
def test_words_that_look_like_something_else(tmp_path: Path) -> None:
    names = ["=1+1", "#1", "00123", "真", "a, b"]
    scenario = Discounts(workload=[Customer(customer=name, usage=1.0) for name in names])
    path = build(scenario, tmp_path / "t.xlsx", lang="zh")
    assert read(path) == scenario
    edit(path, {"用量!A5": 2024, "用量!A6": 1.5})
    found = read(path)
    assert isinstance(found, Discounts)
    assert [row.customer for row in found.workload[:2]] == ["2024", "1.5"]


def test_every_problem_of_a_table_with_its_cell(discounts: Path) -> None:
    edit(
        discounts,
        {
            "Tiers!A6": 50,
            "Tiers!B6": None,
            "Tiers!C6": -1,
            "Tiers!A8": 2000,
            "Tiers!B7": "cheap",
            "Workload!A7": None,
            "Workload!B8": "=1+",
            "Workload!A9": "#N/A",
        },
    )
    assert problems(discounts) == [
        "Tiers!B6 Unit price: is empty",
        "Tiers!C6 Flat fee: -1 is below 0",
        "Tiers!A6 Up to: 50 is not above 50",
        "Tiers!B7 Unit price: 'cheap' is text, not a number",
        "Tiers!A8 Up to: 2000 stands in the last row, which has no limit: leave it empty",
        "Workload!A7 Customer: is empty",
        "Workload!B8 Usage: holds a formula without a stored value: recalculate and save the "
        "workbook",
        "Workload!A9 Customer: #N/A is an error",
    ]


def test_gaps_missing_limits_and_rows_below_the_table(discounts: Path) -> None:
    edit(
        discounts,
        {
            "Tiers!A5": None,
            "Workload!A6": None,
            "Workload!B6": None,
            "Workload!B300": 7,
        },
    )
    assert problems(discounts) == [
        "Tiers!A5 Up to: is empty, as only the last row may be",
        "Workload!B300 Usage: stands below the table, which has 200 rows",
    ]


@pytest.mark.engine
def test_problems_in_chinese(tmp_path: Path) -> None:
    path = build(Discounts(), tmp_path / "t.xlsx", lang="zh")
    edit(path, {"阶梯!A6": 10, "阶梯!A8": 2000, "用量!B5": None})
    assert problems(path) == [
        "阶梯!A6 上限: 10 不大于 50",
        "阶梯!A8 上限: 2000 位于最后一行，最后一行没有上限，应留空",
        "用量!B5 用量: 为空",
    ]


@pytest.mark.engine
def test_an_empty_table(tmp_path: Path) -> None:
    path = build(Discounts(), tmp_path / "t.xlsx", blank=True)
    assert problems(path)[-2:] == ["Tiers!A5 Tiers: is empty", "Workload!A5 Workload: is empty"]
    cells = stored_cells(path)
    assert [cells["Tiers", f"E{row}"] for row in (5, 6)] == ["is empty", None]
    assert (cells["Inputs", "F16"], cells["Inputs", "H16"]) == (0, "see the sheet Tiers")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("Tiers!$B$5", "the name tiers_unit_price does not point to a column"),
        ("Tiers!$B$5:$C$204", "the name tiers_unit_price does not point to a column"),
        ("Tiers!$B$5:$B$2000", "the name tiers_unit_price does not point to a column"),
        ("Nowhere!$B$5:$B$204", "the name tiers_unit_price does not point to a column"),
        (
            "Tiers!$B$6:$B$204",
            "the names tiers_up_to, tiers_unit_price, tiers_flat_fee do not point to the same rows",
        ),
    ],
)
def test_names_that_point_elsewhere(discounts: Path, target: str, message: str) -> None:
    workbook = openpyxl.load_workbook(discounts)
    name = "tiers_unit_price"
    workbook.defined_names[name] = DefinedName(name, attr_text=target)
    workbook.save(discounts)
    assert problems(discounts) == [f"Tiers: {message}"]


def test_status_cells_say_the_same(soffice: Office, tmp_path: Path, discounts: Path) -> None:
    edit(
        discounts,
        {
            "Tiers!A6": 50,
            "Tiers!B7": "cheap",
            "Tiers!A8": 2000,
            "Workload!A5": None,
            "Workload!B6": -1,
            "Workload!A7": None,
            "Workload!B7": None,
            "Workload!A8": "#N/A",
        },
    )
    cells = stored_cells(libreoffice(soffice, discounts, "xlsx", tmp_path))
    assert [cells["Tiers", f"E{row}"] for row in range(5, 10)] == [
        "ok",
        "Up to: is not above the row before",
        "Unit price: is not a number",
        "Up to: must be empty in the last row",
        None,
    ]
    assert [cells["Workload", f"D{row}"] for row in range(5, 10)] == [
        "Customer: is empty",
        "Usage: is below 0",
        None,
        "Customer: is an error",
        "ok",
    ]
    assert cells["Inputs", "H16"] == "see the sheet Tiers"
    for sheet in ("Tiers", "Results", "Strategies", "Waterfall"):
        assert str(cells[sheet, "A2"]).startswith("Tiers: see the sheet Tiers (and 1 more)")


def test_overwritten_formulas_beside_a_table(discounts: Path) -> None:
    edit(discounts, {"Workload!E5": 1, "Strategies!E6": "=1+1"})
    found = [str(problem) for problem in check(discounts)]
    formula = '=IF(COUNTA($A5:$B5)>0,list_price*$B5,"")'
    assert found[:2] == [
        f"Workload!E5 List price: bill: the formula {formula} was overwritten by 1",
        "Strategies!E6 Flat cut: profit: the formula =flat_revenue-flat_cost was changed to =1+1",
    ]


class Counted(Scenario):
    """A scenario that chooses from the rows of a table in one cell."""

    template: ClassVar[Template] = dataclasses.replace(
        Discounts.template,
        comparison=None,
        waterfall=None,
        sensitivity=Sensitivity("dear", Around(("least",), 0.2), Around(("factor",), 0.2)),
        curves=Curves(Text("Dear", "高价"), Span(("least",), 0.0, 6.0, 4), ("dear",)),
        answer=Answer(("dear", "excess")),
        low={},
        high={},
    )
    least: TierPrice = 3.0
    factor: Usage = 2.0
    workload: Annotated[list[Customer], Table(Text("Workload", "用量"), Text("Usage", "用量"))]

    def results(self, out: Out) -> None:
        workload = columns(self.workload)
        dear = total(where(workload.usage >= self.least, workload.usage, 0))
        out("dear", dear * self.factor, term(Cost))
        out("excess", total(maximum(workload.usage - self.least, 0)), term(Cost))


def filled(scenario: type[Scenario]) -> Scenario:
    """A scenario with its example, or with rows of its own."""
    if scenario is not Counted:
        return scenario()
    usage = (1.0, 3.0, 4.5, 6.0)
    return Counted(workload=[Customer(customer=str(u), usage=u) for u in usage])


def test_choosing_from_rows_in_one_cell(soffice: Office, tmp_path: Path) -> None:
    scenario = filled(Counted)
    assert scenario.evaluate()["dear"] == 2 * (3 + 4.5 + 6)
    path = build(scenario, tmp_path / "t.xlsx")
    found = stored_cells(libreoffice(soffice, path, "xlsx", tmp_path))
    assert disagreements(found, scenario, "en") == []
    assert disagreements(recalculated_by_ironcalc(path, scenario, "en"), scenario, "en") == []


def _ranges_within_if(formula: str, columns: set[str]) -> list[str]:
    """The ranges that are computed on right within an IF."""
    inside: list[str] = []
    found = []
    for token in Tokenizer(formula).items:
        if token.subtype == "OPEN":
            inside.append(token.value)
        elif token.subtype == "CLOSE":
            inside.pop()
        elif token.subtype == "RANGE" and (token.value in columns or ":" in token.value):
            around = [head for head in inside if head in WITH_RANGES | {"IF("}]
            found += [token.value] if around and around[-1] == "IF(" else []
    return found


@pytest.mark.parametrize("scenario", [*SCENARIOS.values(), Counted], ids=[*SCENARIOS, "counted"])
def test_if_over_a_range_is_an_array_formula_and_nothing_else_is(
    scenario: type[Scenario],
) -> None:
    """Excel 2016 takes one cell of the range otherwise, while other programs take all."""
    workbook = opened(filled(scenario))
    names = scenario.trace("en").names
    columns = {*names.filled_in, *names.calculated}
    arrays = 0
    for cell in (c for sheet in workbook for row in sheet.iter_rows() for c in row):
        if isinstance(cell.value, ArrayFormula):
            arrays += 1
            assert cell.value.ref == cell.coordinate
            assert _ranges_within_if(str(cell.value.text), columns)
        elif cell.data_type == "f":
            assert not _ranges_within_if(str(cell.value), columns)
    assert arrays or scenario not in (Counted, PriceDecline)


def test_formulas_of_the_rows_are_plain_and_readable(discounts: Path) -> None:
    workbook = openpyxl.load_workbook(discounts)
    tiers, workload = workbook["Tiers"], workbook["Workload"]
    for row in (5, 6, 204):  # the row before is the one filled in before, wherever it stands
        filled, first = f"COUNTA($A{row}:$C{row})>0", f"$D{row}=1"
        before = f"MATCH($D{row}-1,tiers_row_number,0)"
        above = f"IF({first},0,INDEX(tiers_up_to,{before}))"
        step = f"$B{row}-IF({first},0,INDEX(tiers_unit_price,{before}))"
        assert tiers[f"D{row}"].value == f'=IF({filled},COUNT(D$4:D{row - 1})+1,"")'
        assert tiers[f"F{row}"].value == f'=IF({filled},{above},"")'
        assert tiers[f"G{row}"].value == f'=IF({filled},{step},"")'
    assert workload["G6"].value == '=IF(COUNTA($A6:$B6)>0,list_price*$F6*(1-flat_discount),"")'
    assert workbook.defined_names["tiers_up_to"].attr_text == "'Tiers'!$A$5:$A$204"
    lengths = {
        sheet.title: max(
            len(str(getattr(cell.value, "text", cell.value)))
            for row in sheet.iter_rows()
            for cell in row
        )
        for sheet in workbook
    }
    # Helper cells put names in place; a cell of Excel takes 8192 characters.
    assert lengths.pop("Cases") < 4096
    assert max(lengths.values()) < 1000
