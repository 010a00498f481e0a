"""Price rules and optimal prices: published numbers, hand arithmetic and laws."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import ironcalc
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import PricingError, gross_margin, markup, operating_leverage, profit, scenarios
from lmprice.chapters.demand.quantities import ElasticElasticity
from lmprice.language.terms import term
from lmprice.workbook.book import Book
from lmprice.workbook.inputs import _status
from lmprice.workbook.values import validated
from tests.chapters.strategy.chapters import FUNCTIONS, function
from tests.excel.calls import down, run, texts

best_quantity = function("best_quantity")
capacity_price_elastic = function("capacity_price_elastic")
capacity_price_exponential = function("capacity_price_exponential")
capacity_price_linear = function("capacity_price_linear")
capacity_price_logit = function("capacity_price_logit")
constant_elasticity_demand = function("constant_elasticity_demand")
cost_plus_price = function("cost_plus_price")
linear_demand = function("linear_demand")
logit_demand = function("logit_demand")
linear_elasticity = function("linear_elasticity")
margin_price = function("margin_price")
markup_price = function("markup_price")
optimal_price_exponential = function("optimal_price_exponential")
optimal_price_linear = function("optimal_price_linear")
optimal_price_logit = function("optimal_price_logit")
price_lever = function("price_lever")
repeat_purchase_value = function("repeat_purchase_value")
reprice = function("reprice")
target_return_price = function("target_return_price")
undercut_price = function("undercut_price")
unit_cost_lever = function("unit_cost_lever")
value_based_price = function("value_based_price")

NO_OPTIMUM = "is not below -1: demand this inelastic has no finite optimal price"
NO_OPTIMUM_ZH = "不小于 -1：需求弹性过小，不存在有限的最优价格"

amount = st.floats(0.01, 1e4)
cost = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))
share = st.floats(0, 1)


# Published ---------------------------------------------------------------------------------------


def test_target_return() -> None:
    # priceva.com divides the unit cost by the volume as well and prints 10.05.
    assert target_return_price(50, 100_000, 0.1, 1000) == 60


def test_economic_value_of_alathon() -> None:
    # Alathon 25 (Purdue): reference 10, advantages 4.70, and 5 % of the pipes are replaced, first
    # at the price of the reference, then at the value itself.
    assert value_based_price(10, 4.7 - 0.05 * 10) == pytest.approx(14.2)
    value = repeat_purchase_value(10, 4.7, 0.05)
    assert value == pytest.approx(14)
    assert value_based_price(10, 4.7 - 0.05 * value) == pytest.approx(value)


def test_profit_levers() -> None:
    # Marn and Rosiello, "Managing price, gaining profit" (1992): 1 % of price is 11.1 % of profit,
    # of volume 3.3 %, of variable cost 7.8 %, of fixed cost 2.3 %: a margin of 9.0 %.
    average = (1, 1, 78 / 111, 23 / 111)
    assert price_lever(*average) == pytest.approx(11.1)
    assert operating_leverage(*average) == pytest.approx(3.3)
    assert unit_cost_lever(*average) == pytest.approx(7.8)
    assert operating_leverage(*average) - 1 == pytest.approx(2.3)


def test_lerner() -> None:
    # Pindyck and Rubinfeld, chapter 10: marginal cost 9, elasticity -4.
    assert markup_price(9, -4) == 12
    assert gross_margin(12, 9) == 0.25
    # Samuelson and Marks, Managerial Economics, table 3.2: marginal cost 100.
    assert markup_price(100, -1.5) == 300


def test_linear_demand_with_cost() -> None:
    # Demand 100 - 2 p, cost 20 + 3 q.
    price = optimal_price_linear(100, 2, 3)
    quantity = linear_demand(price, 100, 2)
    assert (price, quantity, profit(quantity, price, 3, 20)) == (26.5, 47, 1084.5)


def test_power_demand_with_cost() -> None:
    # Demand 60000 p^-2.5 at a unit cost of 2.
    price = markup_price(2, -2.5)
    quantity = constant_elasticity_demand(price, 60_000, -2.5)
    assert price == pytest.approx(3.33333333333)
    assert quantity == pytest.approx(2957.70181053)
    assert profit(quantity, price, 2) == pytest.approx(3943.60241404)


def test_two_counties() -> None:
    # Inverse demand 1000 - q and 600 - q, marginal cost 200: a price for each segment.
    highest = np.array([1000, 600])
    prices = optimal_price_linear(highest, 1, 200)
    quantities = linear_demand(prices, highest, 1)
    assert prices.tolist() == [600, 400]
    assert quantities.tolist() == [400, 200]
    assert profit(quantities, prices, 200).tolist() == [160_000, 40_000]
    assert linear_elasticity(prices, highest, 1).tolist() == [-1.5, -2]


def test_gabor_granger_logit() -> None:
    # techmarketing.ch: 10,000 buyers of whom 33 % at most buy.  The page stops at the best of
    # prices in steps of 0.5, which is 7.50 with 5928.79.
    def earned(price: Any) -> Any:
        return profit(logit_demand(price, 8.3, -0.97, 3300), price, 3, 5000)

    grid = np.arange(0, 20, 0.5)
    assert grid[np.argmax(earned(grid))] == 7.5
    assert earned(7.5) == pytest.approx(5928.78909982)
    price = optimal_price_logit(8.3, -0.97, 3)
    assert price == pytest.approx(7.35100211483)
    assert earned(price) == pytest.approx(5956.24512325)


def test_health_pill() -> None:
    # OpenStax, Principles of Economics, chapter 9.2.
    quantities = np.arange(1, 9)
    prices = [1200, 1100, 1000, 900, 800, 700, 600, 500]
    total_costs = [500, 775, 1000, 1250, 1650, 2500, 4000, 6400]
    profits = quantities * prices - total_costs
    assert profits.tolist() == [700, 1425, 2000, 2350, 2350, 1700, 200, -2400]
    assert best_quantity(quantities, prices, total_costs) == 4  # with 5 as good
    assert best_quantity(quantities[::-1], prices[::-1], total_costs[::-1]) == 5


# By hand -----------------------------------------------------------------------------------------


def test_best_quantity_of_several_schedules() -> None:
    quantities, prices = [1, 2, 3], [10, 9, 8]
    # Profits 9, 16, 21 at one cost, 6, 8, 4 at the other.
    costs = np.array([[1, 4], [2, 10], [3, 20]])
    assert best_quantity(quantities, prices, costs).tolist() == [3, 2]
    assert math.isnan(best_quantity([1, 2], [3, math.nan], [0, 0]))


def test_a_drawback_is_taken_off_in_full() -> None:
    assert value_based_price(10, [-4, 0, 4], 0.5).tolist() == [6, 10, 12]
    assert value_based_price(10, -10, 0.5) == 0
    assert math.isnan(value_based_price(10, -10.5))
    assert math.isnan(repeat_purchase_value(10, -10.5, 0.05))


def test_undercut_stops_at_the_floor() -> None:
    # A rival at 10 cuts by 75 %: to 2.50, while a unit costs 4.
    assert undercut_price(10 * (1 - 0.75), 0, 4) == 4
    assert undercut_price([10, 5], [0.1, 0.1], 4.5).tolist() == [9, 4.5]


def test_reprice_by_hand() -> None:
    # Idle 4, full 12, so 11.2 at 90 %; half of it and half of the rival's 6 is 8.6.
    steps = [10.0]
    for _ in range(3):
        steps.append(reprice(steps[-1], 0.9, 6, 4, 12))
    assert steps == pytest.approx([10, 9.3, 8.95, 8.775])
    # A rival beyond the ceiling or the floor counts as one that stands there.
    assert reprice(8, 0.5, 1000, 4, 12, 1, 1) == 12
    assert reprice(8, 0.5, 0, 4, 12, 0.5, 1) == 6


def test_no_answer() -> None:
    assert math.isnan(target_return_price(50, 1, 0.1, 0))
    assert math.isnan(markup_price(0, -2))
    assert math.isnan(optimal_price_linear(100, 2, 50))
    assert math.isnan(capacity_price_linear(100, 2, 50, 1))
    assert math.isnan(price_lever(1, 0.3, 0.2, 0.1))


# Invalid input -----------------------------------------------------------------------------------


def test_inelastic_demand_has_no_optimum() -> None:
    with pytest.raises(PricingError) as raised:
        markup_price(10, -0.8)
    assert str(raised.value) == f"markup_price: elasticity -0.8 {NO_OPTIMUM}"
    with pytest.raises(PricingError, match=r"elasticity\[1\] -1 is not below -1: demand this"):
        capacity_price_elastic(1, [-2, -1], 1, 1)


def test_the_reason_in_cells_and_workbooks() -> None:
    found = texts(run("LMLERNER", 10.0, down(-0.8, -2.0)))
    assert found == [[f"#NUM! LMLERNER: elasticity -0.8 {NO_OPTIMUM}"], [20]]
    kind = term(ElasticElasticity)
    assert kind.rule.en == "below -1"
    assert validated(-0.8, kind, "en") == (None, f"-0.8 {NO_OPTIMUM}")
    assert validated(-0.8, kind, "zh") == (None, f"-0.8 {NO_OPTIMUM_ZH}")


@pytest.mark.parametrize(("lang", "said"), [("en", NO_OPTIMUM), ("zh", NO_OPTIMUM_ZH)])
def test_the_reason_in_the_status_cell_of_a_template(lang: str, said: str) -> None:
    sheet = ironcalc.create("sheet")
    sheet.new_defined_name("elasticity", None, "Sheet1!$A$1")
    book = Book(scenarios.Breakeven(), lang, is_blank=False)
    status = _status(book, "elasticity", term(ElasticElasticity))
    sheet.set_user_input(0, 1, 2, f"={status}")
    shown = []
    for value in (-0.8, -2):
        sheet.update_cell_with_number(0, 1, 1, value)
        sheet.evaluate()
        shown.append(sheet.get_cell_value(0, 1, 2))
    assert shown[0] == said
    assert shown[1] in ("ok", "正常")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("cost_plus_price", (1, -1.5), "markup -1.5 is below -1"),
        ("margin_price", (1, 1), "margin 1 is not below 1: no finite price earns that margin"),
        ("value_based_price", (1, 1, 1.5), "customer_share 1.5 is above 1"),
        ("undercut_price", (1, 1.5, 1), "undercut 1.5 is above 1"),
        ("reprice", (5, 0.5, 5, 4, 3), "ceiling 3 breaks the rule ceiling>=floor"),
        ("reprice", (5, 1.4, 5, 4, 6), "utilization 1.4 is above 1"),
        ("reprice", (5, 0.5, 5, 4, 6, 0.5, 0), "speed 0 is not above 0"),
        (
            "optimal_price_logit",
            (1, 0, 1),
            "slope 0 is not below 0: demand that does not fall with the price has no finite "
            "optimal price",
        ),
        ("optimal_price_exponential", (0, 1), "slope 0 is not above 0"),
        ("capacity_price_exponential", (1, 1, 1, 0), "capacity 0 is not above 0"),
    ],
)
def test_invalid(name: str, arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(PricingError) as raised:
        function(name)(*arguments)
    assert str(raised.value) == f"{name}: {message}"


# Laws of rules -----------------------------------------------------------------------------------


@given(st.floats(0.01, 1e3), st.floats(-0.9, 10), st.floats(-5, 0.99))
def test_markup_and_margin_come_back(unit_cost: float, by: float, of_price: float) -> None:
    assert markup(cost_plus_price(unit_cost, by), unit_cost) == pytest.approx(by, abs=1e-9)
    assert gross_margin(margin_price(unit_cost, of_price), unit_cost) == pytest.approx(
        of_price, abs=1e-9
    )


@given(cost, amount, share, st.integers(1, 10_000))
def test_target_return_is_earned(unit_cost: float, capital: float, rate: float, sold: int) -> None:
    price = target_return_price(unit_cost, capital, rate, sold)
    assert profit(sold, price, unit_cost) == pytest.approx(rate * capital, rel=1e-6, abs=1e-6)


@given(amount, st.floats(-100, 100), share)
def test_the_customer_is_never_worse_off(reference: float, beyond: float, kept: float) -> None:
    price = value_based_price(reference, beyond, kept)
    if reference + beyond < 0:
        assert math.isnan(price)
    else:
        assert price >= 0
        assert reference + beyond - price == pytest.approx(kept * max(beyond, 0), abs=1e-9)


@given(amount, amount, cost, st.floats(0, 1e4))
def test_levers_add_up(sold: float, price: float, unit_cost: float, fixed: float) -> None:
    income = profit(sold, price, unit_cost, fixed)
    assume(abs(income) > 1e-6 * (fixed + (price + unit_cost) * sold))
    levers = [
        f(sold, price, unit_cost, fixed) for f in (price_lever, operating_leverage, unit_cost_lever)
    ]
    assert levers[0] == pytest.approx(levers[1] + levers[2], rel=1e-6, abs=1e-6)
    raised = profit(sold, price * 1.01, unit_cost, fixed)
    assert (raised - income) / income == pytest.approx(0.01 * levers[0], rel=1e-6)


@given(amount, share, amount, amount, amount, share, st.floats(0.01, 1))
def test_reprice_goes_straight_to_its_target(
    start: float, load: float, rival: float, one: float, other: float, weight: float, speed: float
) -> None:
    floor, ceiling = sorted((one, other))
    target = reprice(start, load, rival, floor, ceiling, weight, 1)
    path = [start]
    for _ in range(60):
        path.append(reprice(path[-1], load, rival, floor, ceiling, weight, speed))
    assert all(floor <= price <= ceiling for price in path[1:])
    # Away from the target it never goes, nor past it.
    slack = 1e-12 * max(start, ceiling)
    for before, after in pairwise(path):
        low, high = sorted((before, target))
        assert low - slack <= after <= high + slack
    assert abs(path[-1] - target) <= (1 - speed) ** 60 * abs(start - target) + 60 * slack


@given(share, share, amount, amount)
def test_reprice_rises_with_load_and_rival(
    one: float, other: float, rival: float, up: float
) -> None:
    low, high = sorted((one, other))
    assert reprice(5, low, rival, 4, 12) <= reprice(5, high, rival, 4, 12)
    assert reprice(5, low, rival, 4, 12) <= reprice(5, low, rival + up, 4, 12)


def test_the_chapter_is_registered() -> None:
    chapter = [f for f in FUNCTIONS if f.category == "strategy"]
    assert len(chapter) == 21
    assert {f.name for f in chapter if not f.has_formula} == {
        "optimal_price_logit",
        "capacity_price_logit",
        "best_quantity",
    }
