"""The pricing template: prices, quantities and profits worked out by hand or elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, wrightomega

import lmprice
from lmprice import PricingError
from lmprice.scenarios import Pricing
from lmprice.scenarios.pricing.scenario import Segment
from lmprice.scenarios.pricing.terms import MECHANISMS, SHAPES

# By hand, at a unit cost of $2, a fixed cost of $10,000 and a demand of 10,000 (p / 5)^-2, which is
# 250,000 / p^2: the price of each rule, and (p - 2) 250,000 / p^2 - 10,000.
BY_HAND = {
    "current": (5.0, 3 * 10_000 - 10_000),
    "cost_plus": (2 * 1.5, 250_000 / 9 - 10_000),
    "target_margin": (2 / 0.25, 6 * 3_906.25 - 10_000),
    # A quarter of $1.2m in a year is $25,000 a month, $2.50 of each of 10,000; fixed cost is $1.
    "target_return": (2 + 1 + 2.5, 3.5 * 250_000 / 30.25 - 10_000),
    "value": (4 + 0.8 * 3, 4.4 * 6_103.515625 - 10_000),
    "demand": (2 * -2 / (1 - 2), 2 * 15_625 - 10_000),
    "competitive": (0.95 * 4, 1.8 * 250_000 / 14.44 - 10_000),
    # At 30 % the load asks for 2.5 + 0.3 * 5 = 4, as the rival does; 60 % of the way from 5 is 4.4.
    "dynamic": (4.4, 2.4 * 250_000 / 19.36 - 10_000),
    "tried": (4.5, 2.5 * 250_000 / 20.25 - 10_000),
}


def test_the_mechanisms_by_hand() -> None:
    results = Pricing().evaluate()
    for key, (price, profit) in BY_HAND.items():
        assert results[f"{key}_price"] == pytest.approx(price, rel=1e-14)
        assert results[f"{key}_quantity"] == pytest.approx(250_000 / price**2)
        assert results[f"{key}_utilization"] == pytest.approx(0.3 * 25 / price**2)
        assert results[f"{key}_revenue"] == pytest.approx(250_000 / price)
        assert results[f"{key}_profit"] == pytest.approx(profit)
        assert results[f"{key}_profit_change"] == pytest.approx(profit - 20_000)
        assert results[f"{key}_margin"] == pytest.approx(1 - 2 / price)
        assert results[f"{key}_price_to_value"] == pytest.approx(price / 7)
    assert results["full_cost"] == 3
    assert results["worth"] == 7
    assert results["implied_elasticity"] == pytest.approx(-5 / 3)
    assert results["dynamic_target"] == 4
    assert results["current_return"] == pytest.approx(12 * 20_000 / 1_200_000)
    assert results["target_return_return"] == pytest.approx(0.189256, abs=1e-6)
    assert (results["lowest_price"], results["highest_price"]) == (3, 8)
    assert results["highest_load"] == pytest.approx(0.3 * 25 / 9)


def test_the_segments_by_hand() -> None:
    results = Pricing().evaluate()
    today, price, quantity, revenue, contribution = (
        c.value for c in results.columns if c.table == "segments"
    )
    assert today.tolist() == [5_000, 5_000]
    assert price == pytest.approx([2 * 1.5 / 0.5, 2 * 2.5 / 1.5])
    # (6 / 5)^-1.5 and (2 / 3)^-2.5, whose square roots are those of 5/6 and 1.5.
    bought = [5_000 * 5 / 6 * math.sqrt(5 / 6), 5_000 * 2.25 * math.sqrt(1.5)]
    assert quantity == pytest.approx(bought)
    assert revenue == pytest.approx([6 * bought[0], 10 / 3 * bought[1]])
    assert contribution == pytest.approx([4 * bought[0], 4 / 3 * bought[1]])
    assert results["differentiated_quantity"] == pytest.approx(sum(bought))
    average = (6 * bought[0] + 10 / 3 * bought[1]) / sum(bought)
    assert results["differentiated_price"] == pytest.approx(average)
    profit = 4 * bought[0] + 4 / 3 * bought[1] - 10_000
    assert results["differentiated_profit"] == pytest.approx(profit)
    assert results["mean_elasticity"] == -2
    # Shares are scaled: 30 and 30 in a hundred are a half each.
    scaled = [s.model_copy(update={"share": 0.3}) for s in Pricing().segments]
    again = Pricing(segments=scaled).evaluate()
    assert again["differentiated_profit"] == pytest.approx(profit)
    # One segment of the whole demand is priced as that is.
    whole = Pricing(segments=[Segment(segment="All", share=1.0, elasticity=-2.0)]).evaluate()
    assert whole["differentiated_profit"] == pytest.approx(21_250)


def test_the_shapes_by_hand() -> None:
    results = Pricing().evaluate()
    # Through 10,000 at $5 with an elasticity of -2: 30,000 - 4,000 p, 10,000 e^(-0.4 (p - 5)), and
    # half of a market of 20,000, whose elasticity is -0.8 * 5 * (1 - 0.5).
    assert (results["linear_intercept"], results["linear_slope"]) == (30_000, 4_000)
    assert (results["logit_intercept"], results["logit_slope"]) == (4, -0.8)
    assert results["linear_best_price"] == 4.75
    assert results["linear_best_profit"] == 2.75 * 11_000 - 10_000
    assert results["linear_demand_profit"] == 2 * 14_000 - 10_000
    assert results["linear_profit"] == 2.5 * 12_000 - 10_000
    assert results["exponential_best_price"] == 4.5
    profit = 2.5 * 10_000 * math.exp(0.2) - 10_000
    assert results["exponential_best_profit"] == pytest.approx(profit)
    assert results["constant_best_price"] == results["demand_price"]
    assert results["constant_demand_profit"] == results["demand_profit"]

    def logit_loss(price: float) -> float:
        return 10_000 - (price - 2) * 20_000 * float(expit(4 - 0.8 * price))

    found = minimize_scalar(logit_loss, bounds=(2, 10), method="bounded", options={"xatol": 1e-9})
    assert results["logit_best_price"] == pytest.approx(found.x, abs=1e-6)
    assert results["logit_best_profit"] == pytest.approx(-found.fun)
    assert results["logit_demand_profit"] == pytest.approx(-logit_loss(4))
    assert results["logit_best_price"] == pytest.approx(lmprice.optimal_price_logit(4, -0.8, 2))
    assert results["logit_odds"] == pytest.approx(float(wrightomega(1.4)), rel=1e-14)


def product(price: float, cost_share: float, elasticity: float, served: float) -> Pricing:
    return Pricing(
        price=price,
        unit_cost=cost_share * price,
        elasticity=elasticity,
        market_size=10_000 / served,
    )


products = st.builds(
    product,
    st.floats(0.01, 100),
    st.floats(0.001, 3),  # above 1 it loses money today
    st.floats(-6, -1.05),
    st.floats(1e-3, 0.95),
)


@settings(max_examples=40)
@given(products)
def test_all_shapes_go_through_today_with_its_slope(product: Pricing) -> None:
    step = 1e-5
    asked = product.price * np.array([1 - step, 1, 1 + step])
    at = product.evaluate_at({"trial_price": asked})
    for shape in SHAPES:
        below, today, above = at[f"{shape}_quantity"]
        assert today == pytest.approx(product.quantity, rel=1e-9)
        slope = (above - below) / today / (2 * step)
        assert slope == pytest.approx(product.elasticity, rel=1e-4)


@pytest.mark.engine
@settings(max_examples=40)
@given(products)
def test_the_best_price_of_each_shape_beats_its_neighbours(product: Pricing) -> None:
    results = product.evaluate()
    for shape in SHAPES:
        best = results[f"{shape}_best_price"]
        if math.isnan(best):  # a line that has no buyer left at unit cost
            assert shape == "linear"
            assert product.unit_cost >= product.price * (1 - 1 / product.elasticity)
            continue
        beside = product.evaluate_at({"trial_price": np.array([0.99 * best, 1.01 * best])})
        slack = 1e-9 * (product.fixed_cost + results[f"{shape}_best_quantity"] * best)
        assert (beside[f"{shape}_profit"] <= results[f"{shape}_best_profit"] + slack).all()


@settings(max_examples=40)
@given(products)
def test_the_iteration_comes_to_rest(product: Pricing) -> None:
    results = product.evaluate()
    assert results["logit_odds"] == pytest.approx(float(wrightomega(results["logit_level"])))
    assert not any("come to rest" in warning.en for warning in results.warnings)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["above the value to the customer"]),
        ({"target_margin": 0.7}, []),
        ({"target_margin": 0.7, "markup": -0.1}, ["below unit cost", "exceeds capacity"]),
        ({"target_margin": 0.7, "utilization": 0.5}, ["demand exceeds capacity"]),
        ({"target_margin": 0.7, "ceiling_price": 2.0}, ["ceiling is below the floor"]),
        ({"target_margin": 0.7, "market_size": 10000.0}, ["market size is not above"]),
        ({"target_margin": 0.7, "elasticity": -1.8}, ["segments together respond otherwise"]),
        (
            {"differentiation": -3.0},
            ["worth less to the customer", "below unit cost", "above the value", "capacity"],
        ),
        ({"differentiation": -5.0}, ["worth less to the customer"]),  # no value-based price
    ],
    ids=range(9),
)
def test_what_is_warned_of(changes: dict[str, float], said: list[str]) -> None:
    warnings = [warning.en for warning in Pricing.model_validate(changes).evaluate().warnings]
    assert len(warnings) == len(said)
    for text in said:
        assert any(text in warning for warning in warnings)


def test_what_has_no_answer() -> None:
    results = Pricing(ceiling_price=2.0, market_size=9999.0, differentiation=-5.0).evaluate()
    for key in ("dynamic_profit", "logit_best_price", "value_price", "current_price_to_value"):
        assert math.isnan(results[key])
    assert math.isnan(Pricing(price=1.5).evaluate()["implied_elasticity"])
    assert math.isnan(Pricing(markup=-1.0).evaluate()["cost_plus_profit"])
    assert math.isnan(Pricing(investment=0.0).evaluate()["current_return"])


def test_demand_too_inelastic_is_refused() -> None:
    with pytest.raises(PricingError, match="is not below -1"):
        Pricing(elasticity=-0.8)
    with pytest.raises(PricingError, match="is not below -1"):
        Segment(segment="A", share=1.0, elasticity=-0.8)


def test_a_sweep_agrees_with_one_scenario_after_the_other() -> None:
    elasticities = np.array([-1.25, -2.0, -4.0])
    swept = Pricing().evaluate_at({"elasticity": elasticities})
    for key in ("demand_price", *(f"{m}_profit" for m in MECHANISMS), "logit_best_profit"):
        single = [Pricing(elasticity=e).evaluate()[key] for e in elasticities]
        found = np.broadcast_to(swept[key], elasticities.shape)
        np.testing.assert_allclose(found, single, rtol=1e-13)
