"""Derivatives against differences of the functions themselves, by hand, and in a sheet."""

from __future__ import annotations

import math
import pickle
from typing import Any, cast

import numpy as np
import pytest

import lmprice
from lmprice import PricingError, derivative, gradient, uncertainty
from lmprice.language.formula import PricingFunction

CLOSED = [f for f in lmprice.functions() if f.has_formula and not f.returns_column]


def numbers(f: PricingFunction) -> list[str]:
    return [p.name for p in f.parameters if not p.is_column and not p.term.is_flag]


def test_by_hand() -> None:
    assert derivative("profit", "price")(100, 20, 10, 100) == 100
    assert derivative("profit", "price").formula == "quantity"
    assert derivative(lmprice.profit, "fixed_cost")(100, 20, 10) == -1
    # 100 / (p - 10) falls by 100 / (p - 10)².
    assert derivative("LMBREAKEVEN", "price")(20, 10, 100) == -1
    assert math.isnan(derivative("LMBREAKEVEN", "price")(8, 10, 100))
    # q = A p^E: dq/dp = E q / p.
    slope = derivative("constant_elasticity_demand", "price")
    arguments = {"price": 4.0, "scale": 100.0, "elasticity": -1.5}
    names = [p.name for p in slope.parameters]
    given = [arguments.get(name, 100.0) for name in names]
    demand: Any = lmprice.constant_elasticity_demand
    assert slope(*given) == pytest.approx(-1.5 * demand(*given) / 4)
    assert slope.excel_name == "LMDEMANDPOWER"
    assert str(slope.lambda_text).startswith("=LAMBDA(")


def test_no_derivative_at_a_kink_or_step() -> None:
    package = derivative("package_charge", "quantity")
    assert package(150, 100, 5) == 0
    context = derivative("context_price", "tokens")
    names = [p.name for p in context.parameters]
    assert names[:2] == ["tokens", "threshold"]
    assert context(100, 200, 1, 2) == 0
    assert math.isnan(context(200, 200, 1, 2))  # a step
    assert context(200, 200, 1, 1) == 0  # none
    share = derivative("percentage_charge", "amount")
    assert [share(100, 0.1, 250), share(800, 0.1, 250)] == [0, 0.1]
    assert math.isnan(share(250, 0.1, 250))
    # A whole number of packages is a step, of a million of them too.
    assert package([0.5, 1.5, 1e6 + 0.5], 1, 5).tolist() == [0, 0, 0]
    assert np.isnan(package([1, 2, 1e6], 1, 5)).all()


def test_the_price_of_one_more_unit_is_that_of_its_tier() -> None:
    bounds, prices = [5, 10, math.inf], [7, 6.5, 6]
    for name in ("graduated_charge", "volume_charge"):
        slope = derivative(name, "quantity")
        assert slope([3, 7, 20], bounds, prices).tolist() == [7, 6.5, 6]
        assert slope([3, 7, 20], bounds, prices, [0, 10, 20]).tolist() == [7, 6.5, 6]
        assert math.isnan(slope(5, bounds, prices))  # a kink, or a cliff
    # Where a formula writes the tiers out: Excel's rows and columns.
    assert "INDEX(unit_prices,1)" in str(derivative("graduated_charge", "quantity").formula)


def test_an_answer_on_one_side_only_has_its_slope_there() -> None:
    slope = derivative("breakeven_quantity", "price")
    assert slope.formula == "IF(price-unit_cost>0,-(fixed_cost/(price-unit_cost)^2),NA())"
    assert [slope(p, 10, 100) for p in (20, 12)] == [-1, -25]
    assert math.isnan(slope(10, 10, 100))
    assert math.isnan(slope(9, 10, 100))
    # And again: F/(p - c) has 2 F/(p - c)³, 200/1000.
    again = slope.derivative("price")
    assert again(20, 10, 100) == pytest.approx(0.2)
    assert pickle.loads(pickle.dumps(again))(20, 10, 100) == again(20, 10, 100)
    assert pickle.loads(pickle.dumps(again.function))(20, 10, 100) == again(20, 10, 100)


def test_by_the_function_itself_and_in_databases() -> None:
    f = next(f for f in lmprice.functions() if f.name == "profit")
    assert f.gradient(100, 20, 10, 100) == gradient("profit", 100, 20, 10, 100)
    assert f.derivative("price").formula == "quantity"
    assert repr(f) == "PricingFunction(profit: LMPROFIT(quantity, price, unit_cost, [fixed_cost]))"
    assert repr(f.derivative("price")) == "Derivative(profit_by_price: quantity)"
    assert "CAST(quantity AS DOUBLE)" in lmprice.sql(f.derivative("price"), "duckdb")
    with pytest.raises(TypeError, match=r"profit\(\) takes from 3 to 4 positional arguments"):
        f.derivative("price")(1, 2, 3, 4, 5)


def test_arrays_and_errors_are_those_of_the_function() -> None:
    assert derivative("profit", "price")([1, 2, 3], 20, 10).tolist() == [1, 2, 3]
    assert derivative("profit", "fixed_cost")([1, 2], 20, 10).tolist() == [-1, -1]
    with pytest.raises(PricingError, match="quantity -1 is below 0"):
        derivative("profit", "price")(-1, 20, 10)


def _difference(f: PricingFunction, given: list[Any], place: int, step: float) -> float:
    values = []
    for moved in (given[place] - step, given[place] + step):
        try:
            values.append(float(f.function(*given[:place], moved, *given[place + 1 :])))
        except PricingError:
            values.append(math.nan)
    return (values[1] - values[0]) / (2 * step)


@pytest.mark.parametrize("f", CLOSED, ids=lambda f: f.name)
def test_against_differences(f: PricingFunction) -> None:
    for name in numbers(f):
        try:
            slope = derivative(f, name)
        except PricingError:
            continue  # test_most_functions_have_theirs says of how few
        place = [p.name for p in f.parameters].index(name)
        given = [*f.example, *(p.default for p in f.parameters[len(f.example) :])]
        at = float(given[place])
        step = 1e-6 * max(abs(at), 1e-3)
        difference, wider = (_difference(f, given, place, times * step) for times in (1, 3))
        found = float(slope(*given))
        rounding = abs(float(f.function(*given))) / step * 1e-14 + 1e-9
        # Where two differences do not agree, a step or a kink lies between.
        is_smooth = difference == pytest.approx(wider, rel=1e-4, abs=rounding)
        if is_smooth and not math.isnan(found) and abs(at) < 1e200:
            assert found == pytest.approx(difference, rel=2e-5, abs=rounding), name


def test_most_functions_have_theirs() -> None:
    lacking = set()
    for f in CLOSED:
        for name in numbers(f):
            try:
                derivative(f, name)
            except PricingError:
                lacking.add(f.name)
    assert lacking == {"net_present_value"}  # a sheet discounts a whole column at once


def test_gradient() -> None:
    assert gradient("profit", 100, 20, 10, 100) == {
        "quantity": 10.0,
        "price": 100.0,
        "unit_cost": -100.0,
        "fixed_cost": -1.0,
    }


def test_delta_method() -> None:
    arguments = {"quantity": 100, "price": 20, "unit_cost": 10, "fixed_cost": 100}
    # 100 x 2 and 1 x 50, independent: sqrt(200² + 50²).
    found = uncertainty("profit", arguments, {"price": 2, "fixed_cost": 50})
    assert found.value == 900
    assert found.standard_error == pytest.approx(math.hypot(200, 50))
    # Price and unit cost that move together: 100 (2 - 2) leaves nothing.
    same = {("price", "unit_cost"): 1.0}
    together = uncertainty("profit", arguments, {"price": 2, "unit_cost": 2}, same)
    assert together.standard_error == pytest.approx(0, abs=1e-9)
    # A product of uncertain factors, against a million draws.
    random = np.random.default_rng(1)
    price, quantity = random.normal(20, 0.2, 10**6), random.normal(100, 1, 10**6)
    spread = np.std(np.asarray(lmprice.profit(quantity, price, 10)))
    found = uncertainty(
        "profit",
        {"quantity": 100, "price": 20, "unit_cost": 10},
        {"price": 0.2, "quantity": 1},
    )
    assert found.standard_error == pytest.approx(spread, rel=0.005)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: derivative("profits", "price"), "function 'profits' is none of"),
        (lambda: derivative("profit", "cost"), "by 'cost' is no parameter of profit"),
        (lambda: derivative("trend_figures", "confidence"), "gives a column"),
        (lambda: derivative("mix_breakeven", "prices"), "by 'prices' is no parameter"),
        (lambda: derivative(math.sin, "x"), "is none of lmprice.functions"),
        (lambda: derivative("internal_rate_of_return", "x"), "is no parameter"),
        (lambda: uncertainty("profit", {}, {"price": -1}), "standard_errors -1 is below 0"),
        (
            lambda: uncertainty("profit", {}, {"price": cast(float, "2")}),
            "standard_errors '2' is not a number",
        ),
        (
            lambda: uncertainty("profit", {}, {"price": 1}, {("price", "x"): 0.5}),
            "is no pair of uncertain inputs",
        ),
        (
            lambda: uncertainty(
                "profit", {}, {"price": 1, "quantity": 1}, {("price", "quantity"): 2}
            ),
            "correlations 2 is not between -1 and 1",
        ),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()
