"""Two-way tables: every cell is what the changed scenario shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lmprice
from lmprice import PricingError
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Scenario
from lmprice.simulation import two_way
from tests.simulation.changed import changed, some_inputs


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_cells_of_any_scenario(scenario: type[Scenario]) -> None:
    base = scenario()
    inputs = list(some_inputs(base).items())
    (down, start), (across, step) = inputs[0], inputs[-1]
    rows, columns = [0.9 * start, start], [0.9 * step, 0.95 * step, step]
    tables = {key: two_way(base, key, {down: rows}, {across: columns}) for key in base.evaluate()}
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            one = changed(base, {down: row, across: column}).evaluate()
            found = {key: table.values[i, j] for key, table in tables.items()}
            assert found == pytest.approx(dict(one), rel=1e-12, abs=1e-9, nan_ok=True)


@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=4),
    st.lists(st.floats(0, 1e4), min_size=1, max_size=4),
)
def test_profit_is_linear_in_both(prices: list[float], quantities: list[float]) -> None:
    table = two_way(Breakeven(), "profit", {"price": prices}, {"quantity": quantities})
    expected = np.outer(np.array(prices) - 10, quantities) - 100
    assert table.values == pytest.approx(expected, abs=1e-4)


def test_a_table() -> None:
    table = two_way(Breakeven(), "breakeven_quantity", {"price": [8, 20]}, {"fixed_cost": 100})
    assert np.isnan(table.values[0, 0])
    assert table.values[1, 0] == 10
    assert table.to_rows()[0] == ["price \\ fixed_cost", 100]
    assert table.to_rows()[2] == [20, 10]
    assert (table.rows.name, table.columns.term.title.en) == ("price", "Fixed cost")
    lines = str(table).splitlines()
    assert lines[0] == "Breakeven quantity (units)"
    assert lines[2].split() == ["Price", "\\", "Fixed", "cost", "100.00"]
    assert lines[4].split() == ["8.00", "no", "answer"]
    assert lines[5].split() == ["20.00", "10.00"]
    margin = two_way(Inference(), "gross_margin", {"hours": [24.0]}, {"nodes": [226.75]})
    assert str(margin).splitlines()[-1].split() == ["24.00", "84.5", "%"]
    assert lmprice.two_way is two_way


@pytest.mark.parametrize(
    ("result", "rows", "columns", "message"),
    [
        ("x", {"price": [1]}, {"quantity": [1]}, "two_way: result 'x' is no result; there are: "),
        ("profit", {}, {"quantity": [1]}, "two_way: rows [] names no input"),
        ("profit", "price", {"quantity": [1]}, "two_way: rows 'price' is not a mapping by name"),
        ("profit", {"price": [1]}, None, "two_way: columns None is not a mapping by name"),
        (
            "profit",
            {"price": [1], "quantity": [1]},
            {"quantity": [1]},
            "rows ['price', 'quantity'] names more than one input",
        ),
        ("profit", {"price": [1]}, {"price": [1]}, "columns 'price' is the input of the rows"),
        ("profit", {"price": [1, -1]}, {"quantity": [1]}, "price[1] -1 is below 0"),
        ("profit", {"price": []}, {"quantity": [1]}, "price [] has no values"),
        ("profit", {"pric": [1]}, {"quantity": [1]}, "rows 'pric' is no input of breakeven"),
    ],
)
def test_what_is_refused(result: str, rows: Any, columns: Any, message: str) -> None:
    with pytest.raises(PricingError) as caught:
        two_way(Breakeven(), result, rows, columns)
    assert message in str(caught.value)


def test_a_table_of_a_scenario_cannot_vary() -> None:
    with pytest.raises(PricingError, match="rows 'tiers' is a table; what can vary: list_price"):
        two_way(Discounts(), "flat_profit", {"tiers": [1]}, {"unit_cost": [1]})
