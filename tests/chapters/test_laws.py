"""Laws of pricing that hold for all valid inputs."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import (
    average_cost,
    breakeven_price,
    breakeven_quantity,
    breakeven_sales_change,
    breakeven_utilization,
    cost,
    gross_margin,
    marginal_cost,
    markup,
    mix_breakeven,
    payback_periods,
    profit,
    profit_maximizing_quantity,
    quadratic_breakeven_high,
    quadratic_breakeven_low,
    quadratic_cost,
    quadratic_profit,
    required_sales_change,
    selfhost_breakeven_mtok,
    serving_cost,
    target_quantity,
    token_cost,
)

money = st.floats(0.01, 1e4)
fraction = st.floats(0, 0.9)


@given(money, money, money)
def test_breakeven_has_zero_profit(price: float, unit_cost: float, fixed: float) -> None:
    assume(price > unit_cost * 1.001)
    quantity = breakeven_quantity(price, unit_cost, fixed)
    assert profit(quantity, price, unit_cost, fixed) == pytest.approx(
        0, abs=1e-9 * price * quantity
    )


@given(money, money, money)
def test_breakeven_price_has_zero_profit(quantity: float, unit_cost: float, fixed: float) -> None:
    price = breakeven_price(quantity, unit_cost, fixed)
    size = price * quantity
    assert profit(quantity, price, unit_cost, fixed) == pytest.approx(0, abs=1e-12 * size)
    assert price == pytest.approx(average_cost(quantity, unit_cost, fixed))


@given(money, st.floats(0.001, 10), st.floats(-100, 100), money)
def test_quadratic_breakevens_have_zero_profit(p: float, a: float, b: float, fixed: float) -> None:
    low, high = quadratic_breakeven_low(p, a, b, fixed), quadratic_breakeven_high(p, a, b, fixed)
    if math.isnan(low):
        assert math.isnan(high)
        best = profit_maximizing_quantity(p, a, b)
        assert quadratic_profit(best, p, a, b, fixed) <= 1e-9 * fixed
        return
    assert 0 <= low <= high
    for quantity in (low, high):
        size = p * quantity + quadratic_cost(quantity, a, abs(b), fixed)
        assert quadratic_profit(quantity, p, a, b, fixed) == pytest.approx(0, abs=1e-9 * size)


@given(money, st.floats(0.001, 10), st.floats(-100, 100))
def test_the_best_quantity_beats_its_neighbours(price: float, a: float, b: float) -> None:
    best = profit_maximizing_quantity(price, a, b)
    top = quadratic_profit(best, price, a, b)
    for other in (best * 0.99, best * 1.01, best + 0.5):
        assert quadratic_profit(other, price, a, b) <= top + 1e-12 * (price * best)
    if best > 0:
        assert marginal_cost(best, a, b) == pytest.approx(price)


@given(money, money, money, money, fraction)
def test_target_quantity_earns_the_target(
    price: float, unit_cost: float, fixed: float, target: float, tax: float
) -> None:
    assume(price > unit_cost * 1.001)
    quantity = target_quantity(price, unit_cost, fixed, target, tax)
    before_tax = profit(quantity, price, unit_cost, fixed)
    assert before_tax * (1 - tax) == pytest.approx(target, rel=1e-6, abs=1e-6)


@given(money, st.floats(0.05, 1), st.floats(-0.9, 2))
def test_breakeven_sales_change_keeps_the_contribution(
    quantity: float, margin: float, change: float
) -> None:
    lift = breakeven_sales_change(change, margin)
    assume(not math.isnan(lift) and margin + change > 1e-6)
    assert quantity * (1 + lift) * (margin + change) == pytest.approx(quantity * margin)


@given(money, money, fraction, money, fraction, st.floats(0, 1e4))
def test_required_sales_change_keeps_the_profit(
    quantity: float, price: float, c: float, new_price: float, new_c: float, fixed: float
) -> None:
    unit_cost, new_unit_cost = price * c, new_price * new_c
    lift = required_sales_change(quantity, price, unit_cost, new_price, new_unit_cost, fixed)
    before = profit(quantity, price, unit_cost)
    after = profit(quantity * (1 + lift), new_price, new_unit_cost, fixed)
    assert after == pytest.approx(before, rel=1e-9, abs=1e-9 * (before + fixed))


@given(money, money)
def test_margin_and_markup_say_the_same(price: float, unit_cost: float) -> None:
    margin = gross_margin(price, unit_cost)
    assert markup(price, unit_cost) == pytest.approx(margin / (1 - margin), rel=1e-6, abs=1e-9)


@given(st.lists(st.tuples(money, fraction, money), min_size=1, max_size=5), money)
def test_a_mix_at_breakeven_has_zero_profit(
    products: list[tuple[float, float, float]], fixed: float
) -> None:
    prices = [p for p, _, _ in products]
    unit_costs = [p * c for p, c, _ in products]
    mix = [m for _, _, m in products]
    units = mix_breakeven(prices, unit_costs, mix, fixed)
    earned = sum(profit(m * units, p, c) for p, c, m in zip(prices, unit_costs, mix, strict=True))
    assert earned == pytest.approx(fixed, rel=1e-9)


@given(money, money, fraction)
def test_self_hosting_and_api_cost_the_same_at_breakeven(
    fixed: float, api_price: float, share: float
) -> None:
    mtok = selfhost_breakeven_mtok(fixed, api_price, api_price * share)
    assert cost(mtok, api_price * share, fixed) == pytest.approx(mtok * api_price)


@given(money, money, money)
def test_serving_cost_at_breakeven_utilization_is_the_price(
    hour: float, tokens_per_second: float, price: float
) -> None:
    utilization = breakeven_utilization(hour, tokens_per_second, price)
    if math.isnan(utilization):
        assert serving_cost(hour, tokens_per_second) > price
    else:
        assert serving_cost(hour, tokens_per_second, utilization) == pytest.approx(price)


@given(money, st.floats(0, 0.5), st.integers(1, 30))
def test_payback_of_the_margins_of_whole_periods(
    first: float, decline: float, periods: int
) -> None:
    earned = sum(first * (1 - decline) ** k for k in range(periods))
    assume(earned * decline / first < 1 - 1e-6)
    assume(decline == 0 or decline > 1e-6)
    assert payback_periods(earned, first, decline) == pytest.approx(periods, rel=1e-6)


@given(money, money, money, money, fraction)
def test_cached_tokens_are_charged_once(
    tokens: float, output: float, p_in: float, p_out: float, share: float
) -> None:
    # At the same price, cached or not makes no difference.
    plain = token_cost(tokens, output, p_in, p_out)
    assert token_cost(tokens, output, p_in, p_out, tokens * share, p_in) == pytest.approx(plain)
