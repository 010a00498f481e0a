"""Cells of a headless LibreOffice Calc that has the add-in installed."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from string import ascii_uppercase
from typing import Any, NamedTuple

import pytest

import lmprice
from lmprice_excel.text_functions import MODEL_PRICE
from tests.language.test_columns import VECTORS as COLUMNS
from tests.libreoffice_addin.conftest import Calc
from tests.office import Answer
from tests.vectors import VECTORS, Vector

PRICES = {"F1": 20, "G1": 21, "H1": 22, "I1": 23}
QUANTITIES = {"A1": 100, "A2": -1, "A3": 300}


class Sheet(NamedTuple):
    """What is typed into a sheet, and where the formulas of the vectors stand."""

    cells: dict[str, float | str]
    arrays: dict[str, str]
    formulas: list[str]


def on_a_sheet(vectors: list[Vector]) -> Sheet:
    """All calls, one below the other.

    A formula stands in column A and its arguments beside it, a table column in a range; where the
    result is a column, it is an array formula.
    """
    cells: dict[str, float | str] = {}
    arrays: dict[str, str] = {}
    formulas = []
    top = 1
    for vector in vectors:
        references = []
        for column, argument in zip(ascii_uppercase[1:], vector.arguments, strict=False):
            numbers = argument if isinstance(argument, list) else [argument]
            placed = {f"{column}{row}": n for row, n in enumerate(numbers, top) if n is not None}
            cells |= placed
            references.append(":".join(dict.fromkeys([*placed][:1] + [*placed][-1:])))
        formula = f"={vector.excel_name}({';'.join(references).rstrip(';')})"
        if isinstance(vector.expected, list):
            formulas.append(f"A{top}:A{top + len(vector.rows) - 1}")
            arrays[formulas[-1]] = formula
        else:
            formulas.append(f"A{top}")
            cells[formulas[-1]] = formula
        top += vector.height
    return Sheet(cells, arrays, formulas)


@pytest.fixture(scope="module")
def every_function(calc: Calc, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    sheet = on_a_sheet(VECTORS + COLUMNS)
    saved = tmp_path_factory.mktemp("saved") / "functions.xlsx"
    return calc.compute(sheet.cells, sheet.arrays, saved=saved)


# LibreOffice's own Python may have a SciPy whose quantiles of Student's t are good to ten digits.
OLDER_SCIPY = {"LMTREND": 1e-9, "LMTRENDPRICE": 1e-9}


def assert_expected(found: dict[str, Any]) -> None:
    vectors = VECTORS + COLUMNS
    for vector, address in zip(vectors, on_a_sheet(vectors).formulas, strict=True):
        shown = found[address] if isinstance(vector.expected, list) else [[found[address]]]
        for (cell,), number in zip(shown, vector.rows, strict=True):
            if math.isnan(number):
                assert cell == "#N/A", vector
            else:
                digits = OLDER_SCIPY.get(vector.excel_name, 1e-12)
                assert cell == pytest.approx(number, rel=digits, abs=0 if number else 1e-15), vector


def test_every_function_gives_the_expected_numbers(every_function: Answer) -> None:
    assert {v.excel_name for v in VECTORS} == {f.excel_name for f in lmprice.functions()}
    assert_expected(every_function.cells)


def test_formulas_survive_in_a_file_of_excel(every_function: Answer) -> None:
    assert_expected(every_function.again)


def test_a_column_against_a_row_gives_a_table(calc: Calc) -> None:
    cells = {**PRICES, **QUANTITIES, "A2": 200}
    found = calc.compute(cells, {"K1:N3": "=LMPROFIT(A1:A3;F1:I1;10;100)"}).cells["K1:N3"]
    assert found == [[q * (p - 10) - 100 for p in PRICES.values()] for q in (100, 200, 300)]


def test_a_bad_element_gives_an_error_in_its_place_alone(calc: Calc) -> None:
    arrays = {
        "K1:K3": "=LMPROFIT(A1:A3;20;10;100)",
        "L1:O3": "=LMPROFIT(A1:A3;F1:I1;10;100)",
        "P1:P3": "=IFERROR(LMPROFIT(A1:A3;20;10;100);0)",
    }
    found = calc.compute({**PRICES, **QUANTITIES}, arrays).cells
    assert found["K1:K3"] == [[900], ["#NUM!"], [2900]]
    assert found["L1:O3"][1] == ["#NUM!"] * 4
    assert found["L1:O3"][2] == [2900, 3200, 3500, 3800]
    assert found["P1:P3"] == [[900], [0], [2900]]


FORMULAS: dict[str, float | str] = {
    "LMPROFIT(100;20;10;100)": 900,
    "LMPROFIT(100;20;10)": 1000,
    "LMPROFIT(100;20;10;)": 1000,
    "LMPROFIT(LMSAFETY(100;10);20;10)": 9,
    "LMPROFIT(100;20;10;100)+1": 901,
    "SUM(LMPROFIT({1|10|100};20;10;100))": 810,
    "ORG.LMPRICE.SHEET.ADDIN.LMPROFIT(100;20;10;100)": 900,
    # Invalid numbers, no answer, and what is not a number.
    "LMPROFIT(-1;20;10;100)": "#NUM!",
    "LMPROFIT(-1;20;10;100)+1": "#NUM!",
    "LMTOKENCOST(1;1;1;1;2)": "#NUM!",
    "LMBREAKEVEN(8;10;100)": "#N/A",
    "ISNA(LMBREAKEVEN(8;10;100))": 1,
    'LMPROFIT("100";20;10;100)': "#VALUE!",
    "LMPROFIT(100;20)": "#VALUE!",
    "LMPROFIT(100;;10;100)": "#VALUE!",
    "LMPROFIT({1;2};{1;2;3};10;100)": "#VALUE!",
    "LMPROFIT(LMPROFIT(-1;1;1);20;10;100)": "#NUM!",
    # Cells: Z1 is 100, Z2 an error, Z3 is empty, Z4 a text.
    "LMPROFIT(Z1;20;10;100)": 900,
    "LMPROFIT(Z1:Z1;20;10;100)": 900,
    "LMPROFIT(100;20;10;Z3:Z3)": 1000,
    "LMPROFIT(Z2;20;10;100)": "#DIV/0!",
    "LMPROFIT(Z4;20;10;100)": "#VALUE!",
    "LMPROFIT(Z3:Z3;20;10;100)": "#VALUE!",
    # What Calc does before the add-in is asked: an empty cell is 0, TRUE is 1, and an error inside
    # a range is an error of the whole call.
    "LMPROFIT(Z3;20;10;100)": -100,
    "LMPROFIT(TRUE();20;10;0)": 10,
    "LMPROFIT(Z1:Z3;20;10;100)": "Err:504",
}


def test_what_a_cell_shows(calc: Calc) -> None:
    cells: dict[str, float | str] = {"Z1": 100, "Z2": "=1/0", "Z4": "text"}
    addresses = {f"A{n}": formula for n, formula in enumerate(FORMULAS, 1)}
    cells |= {address: f"={formula}" for address, formula in addresses.items()}
    found = calc.compute(cells).cells
    assert {formula: found[address] for address, formula in addresses.items()} == FORMULAS


def test_empty_and_text_cells_in_a_range_are_errors_in_their_place(calc: Calc) -> None:
    cells: dict[str, float | str] = {"A1": 100, "A3": "text", "A4": "'100", "A5": 300}
    found = calc.compute(cells, {"C1:C5": "=LMPROFIT(A1:A5;20;10;100)"}).cells["C1:C5"]
    assert found == [[900], ["#VALUE!"], ["#VALUE!"], ["#VALUE!"], [2900]]


def test_a_function_that_is_registered_appears(calc: Calc) -> None:
    answer = calc.compute({"A1": "=LMSURCHARGED(10;2)", "A2": "=LMSURCHARGED(10;2;3)"})
    assert answer.cells == {"A1": 30, "A2": 50}
    about, arguments = answer.wizard["LMSURCHARGED"]
    assert about == "Revenue with a surcharge on every unit."
    assert [name for name, _ in arguments] == ["quantity", "price", "surcharge"]


def test_market_prices(calc: Calc, uno_python: str) -> None:
    # The add-in finds genai-prices in the Python that built it, if LibreOffice's is of its version.
    version = "import sys; print(sys.implementation.cache_tag)"
    found = subprocess.run([uno_python, "-c", version], capture_output=True, text=True, check=True)
    is_there = found.stdout.strip() == sys.implementation.cache_tag
    cells: dict[str, float | str] = {"A1": "gpt-4o", "A2": "no-such-model", "C1": "=1/0"}
    cells["E1"] = '=LMMODELPRICE("gpt-4o";"output";DATE(2025;1;1))'
    cells["E2"] = '=LMMODELPRICE(C1;"output")'
    cells["E3"] = "=LMMODELPRICE(5;6)"
    arrays = {"F1:G2": '=LMMODELPRICE(A1:A2;{"input";"output"};DATE(2025;1;1))'}
    answer = calc.compute(cells, arrays)
    first, second = (2.5, 10) if is_there else ("#VALUE!", "#VALUE!")
    unknown = "#N/A" if is_there else "#VALUE!"
    assert answer.cells["E1"] == second
    assert answer.cells["E2"] == "#DIV/0!"
    assert answer.cells["E3"] == "#VALUE!"
    assert answer.cells["F1:G2"] == [[first, second], [unknown, unknown]]
    about, arguments = answer.wizard["LMMODELPRICE"]
    assert about == MODEL_PRICE.help.en
    assert [name for name, _ in arguments] == ["model", "kind", "at", "provider"]


def test_the_wizard_helps_with_every_function(every_function: Answer) -> None:
    wizard = every_function.wizard
    for f in lmprice.functions():
        about, arguments = wizard[f.excel_name]
        assert about == f.summary
        assert [name for name, _ in arguments] == [p.name for p in f.parameters]
        for (_, text), p in zip(arguments, f.parameters, strict=True):
            assert text.startswith(p.term.help.en)


def test_ten_thousand_cells_recalculate(
    calc: Calc, record_property: Callable[[str, object], None]
) -> None:
    numbers = range(1, 10_001)
    rows = [[str(n), f"=LMPROFIT(A{n};20;10;100)"] for n in numbers]
    answer = calc.compute({}, rows={"A1:B10000": rows})
    assert answer.cells["A1:B10000"] == [[n, n * 10 - 100] for n in numbers]
    record_property("seconds", answer.seconds)
    print(f"10,000 cells recalculated in {answer.seconds:.2f} s")
