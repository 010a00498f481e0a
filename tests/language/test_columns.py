"""Functions whose result is a column, on every route."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

import lmprice
from lmprice.cli.main import app
from lmprice.language.errors import PricingError
from lmprice.language.formula import PricingFunction, pricing_function
from lmprice.language.quantities import Quantity, UnitPrice
from lmprice.language.terms import Column
from lmprice.workbook.functions_edition import functions_text, functions_workbook
from tests.dialects.test_parity import (
    assert_invalid_is_refused,
    assert_nan_goes_through,
    assert_parity_always,
    sheets,
)
from tests.dialects.test_vectors import assert_native
from tests.engines import ironcalc_workbook
from tests.excel import sheet
from tests.excel.calls import across, down, run, texts
from tests.excel.com_host import excel
from tests.excel.test_office_js import OfficeJs
from tests.excel.test_vectors import assert_cells_give, assert_computed, assert_values_give
from tests.vector import Vector
from tests.workbook.test_lambda_edition import assert_vectors

NO_OUTSIDE = -1e200
LN3 = math.log(3)
# Hand: the weights of qualities 0 and ln 3 are 1 and 3, that of an outside option of 0 is 1.
SHARES = [
    Vector("LMTOYSHARES", ([0, LN3], 1, None), [0.2, 0.6]),
    Vector("LMTOYSHARES", ([0, LN3], 1, NO_OUTSIDE), [0.25, 0.75]),
    Vector("LMTOYSHARES", ([0, 2 * LN3], 2, NO_OUTSIDE), [0.25, 0.75]),  # twice the spread
    Vector("LMTOYSHARES", ([-1e6, -1e6, -1e6], 1, NO_OUTSIDE), [1 / 3] * 3),  # no underflow
    Vector("LMTOYSHARES", ([7], 1, NO_OUTSIDE), [1]),
    Vector("LMTOYSHARES", ([7, math.nan], 1, 0), [math.nan] * 2),
]
FIGURES = [
    Vector("LMTOYFIGURES", ([3, 1, 2], 2), [0.5, 1.5, 3]),  # 1 / 2, 3 / 2, 6 / 2
    Vector("LMTOYFIGURES", ([3], 1), [3, 3, 3]),
    Vector("LMTOYFIGURES", ([1, 2, 3, 4], 1), [1, 4, 10]),
]
VECTORS = SHARES[:-1] + FIGURES  # a cell of a sheet cannot be NaN


@pytest.fixture
def shares(toys: ModuleType) -> PricingFunction:
    return next(f for f in lmprice.functions() if f.name == "toy_shares")


def test_rows_first_and_samples_behind(toys: ModuleType) -> None:
    values = toys.toy_shares([0, LN3], [1, 2, 4], None)
    assert values.shape == (2, 3)
    assert values.sum(axis=0) == pytest.approx([1, 1, 1])
    for k, spread in enumerate((1, 2, 4)):
        assert values[:, k].tolist() == toys.toy_shares([0, LN3], spread, None).tolist()
    assert toys.toy_shares([0, LN3], [[1], [2]], [[0, 1, 2]]).shape == (2, 2, 3)
    # Two samples of the column itself.
    both = toys.toy_shares([[0, 0], [LN3, 0]], 1, None)
    assert both.tolist() == [[0.25, 0.5], [0.75, 0.5]]
    # One row remains a column, and so does a number given for one.
    assert toys.toy_shares(7, 1, None).tolist() == [1]
    assert toys.toy_shares(np.empty((2, 0)), 1).shape == (2, 0)  # no samples are no mistake


@pytest.mark.parametrize("empty", [[], (), np.empty((0, 3))])
def test_a_column_has_rows(empty: Any) -> None:
    given = {p.name: p for f in lmprice.functions() for p in f.parameters if p.is_column}
    assert {"cash_flows", "unit_costs", "rival_prices"} < set(given)
    for f in lmprice.functions():
        columns = [p.name for p in f.parameters if p.is_column]
        if not columns:
            continue
        others: dict[str, Any] = {p.name: 1 for p in f.parameters if not p.is_column}
        with pytest.raises(PricingError) as caught:
            f.function(**others, **dict.fromkeys(columns, empty))
        assert caught.value.rule == "has no rows", f.name
        assert caught.value.parameter == columns[0]


def test_an_unknown_sample_is_unknown_in_all_its_rows(toys: ModuleType) -> None:
    values = toys.toy_shares([0, LN3], [1, math.nan], None)
    assert np.isnan(values).tolist() == [[False, True], [False, True]]
    assert np.isnan(toys.toy_figures([1, math.nan], [1, 2])).all()


def test_several_figures(toys: ModuleType) -> None:
    assert toys.toy_figures([3, 1, 2], 2).tolist() == [0.5, 1.5, 3]
    assert toys.toy_figures([3, 1, 2], [1, 2]).tolist() == [[1, 0.5], [3, 1.5], [6, 3]]


@pytest.mark.usefixtures("clean_registry")
def test_what_a_formula_hands_on_is_the_callers_own() -> None:
    @pricing_function("LMSAME", "dummy")
    def same(prices: Column[UnitPrice], quantity: Quantity = 1) -> Column[UnitPrice]:
        """The prices."""
        return prices

    @pricing_function("LMTWICE", "dummy", has_formula=False)
    def twice(quantity: Quantity, price: UnitPrice = 1) -> Column[UnitPrice]:
        """Two figures without a column among the arguments."""
        return np.array([quantity, 2 * quantity])  # type: ignore[return-value]

    call: Any = same
    prices = np.array([1.0, 2.0])
    call(prices)[0] = 5
    assert prices.tolist() == [1, 2]
    assert call(prices, [1, 2, 3]).tolist() == [[1, 1, 1], [2, 2, 2]]
    figures: Any = twice
    assert figures(3).tolist() == figures(3.0).tolist() == [3, 6]
    assert figures([3, 4]).tolist() == [[3, 4], [6, 8]]
    assert figures(3, [1, 2]).tolist() == [[3, 3], [6, 6]]


@pytest.mark.parametrize("vector", SHARES + FIGURES, ids=repr)
def test_python(toys: ModuleType, vector: Vector) -> None:
    f = next(f for f in lmprice.functions() if f.excel_name == vector.excel_name)
    given = [a for a in vector.arguments if a is not None]
    found: Any = f.function(*given)
    assert found.tolist() == pytest.approx(vector.rows, rel=1e-14, nan_ok=True)


def test_native_formulas(shares: PricingFunction) -> None:
    assert str(shares.formula).startswith("EXP((qualities-IF(MAX(qualities)>outside,")
    for vector in SHARES[:-1]:
        assert_native(shares, vector)


@pytest.mark.engine
def test_native_formulas_and_lambdas_on_any_arguments(shares: PricingFunction) -> None:
    assert_parity_always(shares, *sheets(shares))
    assert_nan_goes_through(shares)
    assert_invalid_is_refused(shares)


@pytest.mark.engine
@pytest.mark.usefixtures("toys")
def test_the_lambda_edition(tmp_path: Path) -> None:
    @pricing_function("LMTOYLAST", "toys")
    def toy_last(quantity: Quantity) -> UnitPrice:
        """What stands below the others.

        Examples
        --------
        >>> toy_last(3)
        6.0
        """
        return 2 * quantity

    assert toy_last(3) == 6
    path = tmp_path / "functions.xlsx"
    path.write_bytes(functions_workbook())
    assert_vectors(SHARES[:-1], path, tmp_path)
    assert "LMTOYSHARES =LAMBDA(qualities,spread,[outside]," in functions_text()
    assert "LMTOYFIGURES" not in functions_text()
    # The example spills: its cells below are part of the formula's range and hold its numbers.
    stored = openpyxl.load_workbook(path, data_only=True)["Functions"]
    names = [cell.value for cell in stored["A"]]
    top = names.index("LMTOYSHARES(qualities, spread, [outside])") + 1
    assert [stored.cell(top + k, 5).value for k in (0, 1)] == [0.5, 0.5]
    assert [stored.cell(top + 1, column).value for column in (1, 2, 3, 4)] == [None] * 4
    assert names[top + 1] == "LMTOYLAST(quantity)"
    assert stored.cell(top + 2, 5).value == 6
    with zipfile.ZipFile(path) as archive:
        written = archive.read("xl/worksheets/sheet1.xml").decode()
    assert f' cm="1"><f t="array" ref="E{top}:E{top + 1}">LMTOYSHARES(' in written
    model = ironcalc_workbook(path)
    assert [model.get_cell_value(0, top + k, 5) for k in (0, 1)] == [0.5, 0.5]


@pytest.mark.usefixtures("toys")
def test_excel_through_xlwings() -> None:
    with excel() as host:
        for vector in VECTORS:
            assert_cells_give(host, vector)
            assert_values_give(host, vector)


@pytest.mark.usefixtures("toys")
def test_office_js() -> None:
    with excel() as host:
        office = OfficeJs(host)
        assert office.call("LMTOYFIGURES", [[3], [1], [2]], [[2]]) == [[0.5], [1.5], [3]]
        assert office.call("LMTOYFIGURES", [[3, 1, 2]], [[2]]) == [[0.5, 1.5, 3]]
        found = office.call("LMTOYSHARES", [[0], [LN3]], [[1]], [[""]])
        assert [row for (row,) in found] == pytest.approx([0.2, 0.6])


@pytest.mark.usefixtures("toys")
def test_a_column_lies_as_its_table_does() -> None:
    assert run("LMTOYFIGURES", down(3.0, 1.0, 2.0), 2.0) == [[0.5], [1.5], [3]]
    assert run("LMTOYFIGURES", across(3.0, 1.0, 2.0), 2.0) == [[0.5, 1.5, 3]]
    assert run("LMTOYFIGURES", 3.0, 1.0) == [[3], [3], [3]]
    message = "#NUM! LMTOYFIGURES: spread 0 is not above 0"
    assert texts(run("LMTOYFIGURES", down(3.0, 1.0), 0.0)) == message


@pytest.mark.usefixtures("toys")
def test_a_workbook_that_calls_python(tmp_path: Path) -> None:
    computed = sheet.compute_all(VECTORS, tmp_path / "book.xlsx")
    for found, vector in zip(computed, VECTORS, strict=True):
        assert_computed(found, vector)


@pytest.mark.usefixtures("toys")
def test_the_command_line_explains_them() -> None:
    shown = CliRunner().invoke(app, ["functions", "LMTOYSHARES"]).output
    assert "=LMTOYSHARES(qualities, spread, [outside])" in shown
    assert "column of floats, samples behind its rows" in shown
    assert "-1E+200: none" in shown
