"""Sensitivity: bars that are what single changes show, bounds, order, elasticities."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lmprice
from lmprice import PricingError
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Scenario
from lmprice.simulation import Bar, sensitivity
from tests.simulation.changed import changed, some_inputs


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_bar_is_what_one_change_shows(scenario: type[Scenario]) -> None:
    base = scenario()
    results = base.evaluate()
    keys = {base.template.sensitivity.result, *list(results)[::5]}  # all of them take too long
    found = {key: sensitivity(base, key, change=0.02) for key in keys}
    moved: dict[tuple[str, float], Any] = {}
    for key in keys:
        assert found[key].base == pytest.approx(results[key], nan_ok=True)
        assert {bar.name for bar in found[key].bars} >= set(some_inputs(base))
        for bar in found[key].bars:
            for at, shown in ((bar.low, bar.at_low), (bar.high, bar.at_high)):
                if (bar.name, at) not in moved:
                    moved[bar.name, at] = changed(base, {bar.name: at}).evaluate()
                expected = moved[bar.name, at][key]
                assert shown == pytest.approx(expected, rel=1e-12, abs=1e-9, nan_ok=True)


@given(st.floats(0.001, 0.9), st.floats(1, 100), st.floats(1, 100), st.floats(0, 100))
def test_laws_of_bars(change: float, price: float, unit_cost: float, fixed: float) -> None:
    base = Breakeven(price=price, unit_cost=unit_cost, fixed_cost=fixed, quantity=10)
    bars = sensitivity(base, "profit", change=change).bars
    swings = [bar.swing for bar in bars]
    assert swings == sorted(swings, reverse=True)
    # A linear result: the swing is twice the change of what the input contributes.
    sizes = {"price": 10 * price, "unit_cost": 10 * unit_cost, "fixed_cost": fixed}
    tolerance = 1e-12 * sum(sizes.values())
    for bar in bars:
        size = sizes.get(bar.name, 10 * abs(price - unit_cost) if bar.name == "quantity" else 0)
        assert bar.swing == pytest.approx(2 * change * size, rel=1e-9, abs=tolerance)
        assert bar.low <= bar.base <= bar.high


def test_numbers_by_hand() -> None:
    # 100 units at 20 that cost 10 each and 100 in all earn 900.
    tornado = sensitivity(Breakeven(), "profit", ranges={"price": (15, 21), "fixed_cost": (0, 500)})
    price, fixed = tornado.bars
    assert (price.name, price.at_low, price.at_high, price.swing) == ("price", 400, 1000, 600)
    assert (fixed.name, fixed.at_low, fixed.at_high, fixed.swing) == ("fixed_cost", 1000, 500, 500)
    assert price.elasticity == pytest.approx((600 / 900) / (6 / 20))
    assert fixed.elasticity == pytest.approx(-(500 / 900) / (500 / 100))
    # Ranges beside inputs that move by a share.
    both = sensitivity(Breakeven(), "profit", ["quantity"], ranges={"price": (15, 21)}, change=0.5)
    assert [(bar.name, bar.low, bar.high) for bar in both.bars] == [
        ("quantity", 50, 150),
        ("price", 15, 21),
    ]
    # A breakeven quantity falls as the price rises; at no profit there is no elasticity.
    breakeven = sensitivity(Breakeven(), "breakeven_quantity", ["price"])["price"]
    assert (breakeven.at_low, breakeven.at_high) == pytest.approx((12.5, 100 / 12))
    flat = sensitivity(Breakeven(quantity=10.0), "profit", ["price"])["price"]
    assert flat.swing == 40
    assert math.isnan(flat.elasticity)


def bar_of(scenario: Scenario, key: str, name: str) -> Bar:
    return sensitivity(scenario, key, [name])[name]


def test_bounds_cut_a_range_short_and_it_is_said() -> None:
    rebate = bar_of(Discounts(rebate=0.95), "price_pocket", "rebate")
    assert (rebate.low, rebate.high) == pytest.approx((0.855, 1))
    assert rebate.note == "ends at 1: 1.045 is above 1"
    # A bound that is no valid value itself cannot be an end.
    cut = bar_of(Discounts(flat_discount=0.95), "flat_charge", "flat_discount")
    assert (cut.low, cut.high) == pytest.approx((0.855, 0.95))
    assert cut.note == "stays: 1.045 is not below 1"
    zero = bar_of(Breakeven(fixed_cost=0.0), "profit", "fixed_cost")
    assert (zero.swing, zero.low, zero.high) == (0, 0, 0)
    assert zero.note == "is 0, which no relative change moves: give a range"
    assert math.isnan(zero.elasticity)
    negative = bar_of(Discounts(elasticity=-2.0), "flat_profit", "elasticity")
    assert (negative.low, negative.high, negative.note) == pytest.approx((-2.2, -1.8, ""))


def test_no_answer_comes_last_and_is_shown() -> None:
    # 2 % less than 10.1 is below the unit cost of 10, where nothing breaks even.
    tornado = sensitivity(Breakeven(price=10.1), "breakeven_quantity", change=0.02)
    names = [bar.name for bar in tornado.bars]
    assert names[-2:] == ["price", "unit_cost"]
    assert math.isnan(tornado["price"].swing)
    line = next(line for line in str(tornado).splitlines() if line.startswith("Price "))
    assert "no answer" in line
    assert "█" not in line


def test_the_report() -> None:
    text = str(sensitivity(Discounts(rebate=0.95), "price_pocket"))
    lines = text.splitlines()
    assert lines[0] == "Pocket price (USD per million tokens): 0.2565 as it is"
    assert lines[2].split() == ["Input", "Low", "High", "At", "low", "At", "high", "Swing"]
    assert lines[4].startswith("Rebate")
    assert lines[4].endswith("█" * 30)
    assert lines[-1] == "Rebate ends at 1: 1.045 is above 1."
    assert "Tiers" not in text
    still = str(sensitivity(Inference(), "gpu_hours", ["input_price"]))
    assert still.splitlines()[-1].split() == [
        *("Input", "price", "(USD", "per", "million", "tokens)"),
        *("0.495", "0.605", "43,536", "43,536", "0"),
    ]


def test_rows_and_export() -> None:
    assert lmprice.sensitivity is sensitivity
    tornado = sensitivity(Breakeven(), "profit", ["price"])
    (row,) = tornado.to_dicts()
    assert (row["name"], row["swing"], row["note"]) == ("price", 400, "")
    with pytest.raises(KeyError, match="cost"):
        tornado["cost"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("profits",), {}, "sensitivity: result 'profits' is no result; there are: revenue, cost,"),
        (("profit", ["pric"]), {}, "inputs 'pric' is no input of breakeven; what can vary: quan"),
        (("profit", ["cost_curve"]), {}, "inputs 'cost_curve' is a choice; what can vary: "),
        (("profit", []), {}, "inputs [] names no input"),
        (("profit",), {"change": 1}, "change 1 is not below 1"),
        (("profit",), {"change": 0}, "change 0 is not above 0"),
        (("profit",), {"ranges": [1]}, "sensitivity: ranges [1] is not a mapping by name"),
        (("profit",), {"ranges": {"pric": (1, 2)}}, "ranges 'pric' is no input of breakeven"),
        (("profit",), {"ranges": {"price": (2, 1)}}, "price 1 is not above the low value 2"),
        (("profit",), {"ranges": {"price": (-1, 1)}}, "price -1 is below 0"),
        (("profit",), {"ranges": {"price": 3}}, "ranges 3 is no pair of a low and a high price"),
        (("profit",), {"ranges": {"price": (1, 2, 3)}}, "is no pair of a low and a high price"),
    ],
)
def test_what_is_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(PricingError) as caught:
        sensitivity(Breakeven(), *arguments, **options)
    assert message in str(caught.value)


def test_bars_by_derivative_are_those_of_the_tangent() -> None:
    # profit = (p - c) q - F is a straight line in each input: both ways say the same.
    plan = Breakeven()
    names = ["price", "unit_cost", "quantity", "fixed_cost"]
    anew, straight = (sensitivity(plan, "profit", names, by=by) for by in ("change", "derivative"))
    assert [b.name for b in straight.bars] == [b.name for b in anew.bars]
    for one, other in zip(straight.bars, anew.bars, strict=True):
        assert (one.at_low, one.at_high) == pytest.approx((other.at_low, other.at_high))
        assert one.note == ""
    # The breakeven F / (p - c) bends: its slope by the price is -F / (p - c)², here -1.
    bar = sensitivity(plan, "breakeven_quantity", ["price"], by="derivative")["price"]
    slope = -plan.fixed_cost / (plan.price - plan.unit_cost) ** 2
    assert bar.at_high - bar.at_low == pytest.approx(slope * (bar.high - bar.low))


def test_through_earlier_results_functions_and_what_has_none() -> None:
    def earned(price: float = 3.0, sold: float = 20.0) -> dict[str, float]:
        margin = price - 1
        return {"margin": margin, "profit": margin * sold**2}

    # d profit / d sold = 2 · margin · sold = 80, d profit / d price = sold² = 400
    found = sensitivity(earned, "profit", by="derivative", change=0.5)
    assert found["sold"].swing == pytest.approx(80 * 20)
    assert found["price"].swing == pytest.approx(400 * 3)
    plan = Discounts()
    bar = sensitivity(plan, "flat_profit", ["unit_cost"], by="derivative")["unit_cost"]
    assert bar.note == "is computed anew: no derivative in closed form"
    assert bar.swing == sensitivity(plan, "flat_profit", ["unit_cost"])["unit_cost"].swing
    with pytest.raises(PricingError, match=r"by 'slope' is not one of change, derivative"):
        sensitivity(plan, "flat_profit", by="slope")  # type: ignore[arg-type]
