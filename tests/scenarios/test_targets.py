"""What a price, quantity or load would have to be for a target, by hand."""

from __future__ import annotations

import math

import pytest

from lmprice.scenarios import Breakeven, Inference, Pricing


def test_targets_of_a_product() -> None:
    # 100 units at 20 that cost 10 each and 100 fixed: 1100 in all, 11 each.
    results = Breakeven(target_margin=0.5, target_profit=1500).evaluate()
    assert results["margin_price"] == pytest.approx(11 / 0.5)
    assert results["profit_price"] == pytest.approx((1100 + 1500) / 100)
    assert results["profit_quantity"] == pytest.approx((100 + 1500) / (20 - 10))
    assert results["profit_unit_cost"] == pytest.approx(20 - (100 + 1500) / 100)
    # 100 units at 20 bring in 2000: not enough for 2500 if they cost nothing.
    assert math.isnan(Breakeven(target_profit=2500).evaluate()["profit_unit_cost"])


def test_targets_on_a_quadratic_cost_curve() -> None:
    # 20 x - (0.1 x^2 + 10 x + 100) = 90 where x^2 - 100 x + 1900 = 0: 50 - sqrt(600).
    product = Breakeven(cost_curve="quadratic", target_profit=90)
    results = product.evaluate()
    assert results["profit_quantity"] == pytest.approx(50 - math.sqrt(600))
    assert results["margin_price"] == pytest.approx(2 * (0.1 * 100 + 10 + 1))
    # The best is 25 * 10 - 100 = 150: no quantity earns more.
    assert math.isnan(
        product.model_copy(update={"target_profit": 151}).evaluate()["profit_quantity"]
    )


def test_each_target_is_reached_with_what_was_found() -> None:
    product = Breakeven(target_margin=0.3, target_profit=1200)
    results = product.evaluate()
    at = product.model_copy(update={"price": results["profit_price"]}).evaluate()
    assert at["profit"] == pytest.approx(1200)
    at = product.model_copy(update={"quantity": results["profit_quantity"]}).evaluate()
    assert at["profit"] == pytest.approx(1200)
    at = product.model_copy(update={"unit_cost": results["profit_unit_cost"]}).evaluate()
    assert at["profit"] == pytest.approx(1200)
    at = product.model_copy(update={"price": results["margin_price"]}).evaluate()
    assert at["profit"] / at["revenue"] == pytest.approx(0.3)


def test_targets_of_a_serving_day() -> None:
    # 43,536 GPU hours at 2 are 87,072; tokens bring in 146,300 + 47,880 + 367,920 = 562,100.
    results = Inference(target_margin=0.8, target_profit=400_000).evaluate()
    assert results["margin_price"] == pytest.approx(87_072 / 776_000 / 0.2)
    assert results["breakeven_gpu_price"] == pytest.approx(562_100 / 43_536)
    assert results["margin_gpu_price"] == pytest.approx(0.2 * 562_100 / 43_536)
    assert results["margin_load"] == pytest.approx(87_072 / 0.2 / 562_100)
    assert results["profit_load"] == pytest.approx(487_072 / 562_100)
    at_breakeven = Inference(gpu_hour_price=results["breakeven_gpu_price"]).evaluate()
    assert at_breakeven["profit"] == pytest.approx(0, abs=1e-6)


def test_targets_of_a_price() -> None:
    # 10,000 at 5 with a unit cost of 2 and 10,000 fixed.
    results = Pricing(target_profit=25_000, target_margin=0.75).evaluate()
    assert results["breakeven_quantity"] == pytest.approx(10_000 / 3)
    assert results["profit_quantity"] == pytest.approx(35_000 / 3)
    assert results["profit_price"] == pytest.approx(2 + 35_000 / 10_000)
    assert results["margin_unit_cost"] == 1.25
