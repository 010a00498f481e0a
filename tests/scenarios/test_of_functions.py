"""Functions of named numbers as scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lmprice
from lmprice import PricingError, monte_carlo, scenario_of, sensitivity, two_way
from lmprice.language.expression import where
from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import term
from lmprice.simulation import Normal
from tests.workbook.in_ironcalc import recalculated_by_ironcalc
from tests.workbook.test_engines import disagreements


def margin(price: float = 3, tokens: float = 20, gpu_hours: float = 10) -> float:
    """What is left of a price after the hardware."""
    return price * tokens - 2.5 * gpu_hours


def plan(price: float, customers: float = 100, churn: float = 0.1) -> dict[str, float]:
    kept = customers * (1 - churn)
    return {"kept": kept, "revenue": where(price > 0, price * kept, 0)}


def test_a_function_is_moved_tabulated_and_drawn() -> None:
    tornado = sensitivity(margin, "margin")
    largest = tornado.bars[:2]
    assert [bar.name for bar in largest] == ["price", "tokens"]
    assert [bar.at_low for bar in largest] == pytest.approx([29, 29])
    assert [bar.at_high for bar in largest] == pytest.approx([41, 41])
    table = two_way(margin, "margin", {"price": [1, 2]}, {"tokens": [10, 20]})
    assert table.values.tolist() == [[-15, -5], [-5, 15]]
    drawn = monte_carlo(margin, {"price": Normal(3, 0.1)}, draws=20_000)["margin"]
    assert drawn.mean == pytest.approx(35, abs=0.1)


def test_several_results_with_terms_of_their_own() -> None:
    scenario = scenario_of(plan, {"price": term(UnitPrice)}, price=5)
    found = scenario.evaluate()
    assert dict(found) == {"kept": 90, "revenue": 450}
    assert sensitivity(scenario, "revenue")["price"].term.unit.en == "USD per unit"
    assert lmprice.plots.tornado(sensitivity(scenario, "revenue")) is not None


def test_a_workbook_of_a_function(tmp_path: Path) -> None:
    scenario = scenario_of(plan, price=5)
    path = lmprice.build(scenario, tmp_path / "plan.xlsx")
    assert disagreements(recalculated_by_ironcalc(path, scenario, "en"), scenario, "en") == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scenario_of(5), "function 5 is no function of named numbers"),  # type: ignore[arg-type]
        (lambda: scenario_of(plan), "price None is needed: it has no default"),
        (lambda: scenario_of(plan, price=1, cost=2), "values 'cost' is no argument of plan"),
        (lambda: scenario_of(plan, price="2"), "price '2' is not a number"),  # type: ignore[arg-type]
        (lambda: sensitivity(plan, "revenue"), "price None is needed"),
        (lambda: sensitivity(5, "revenue"), "scenario 5 is not a scenario"),  # type: ignore[arg-type]
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()
