"""Bertrand, Cournot and Stackelberg: published numbers, and laws against a search."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmprice import PricingError
from tests.chapters.competition.chapters import function

bertrand_best_response = function("bertrand_best_response")
bertrand_duopoly_price = function("bertrand_duopoly_price")
bertrand_price = function("bertrand_price")
collusive_quantity = function("collusive_quantity")
cournot_price = function("cournot_price")
cournot_quantities = function("cournot_quantities")
cournot_quantity = function("cournot_quantity")
stackelberg_follower_quantity = function("stackelberg_follower_quantity")
stackelberg_leader_quantity = function("stackelberg_leader_quantity")
stackelberg_price = function("stackelberg_price")

money = st.just(0.0) | st.floats(0.01, 100)
slope = st.floats(0.01, 100)
share = st.just(0.0) | st.floats(0.01, 1.9) | st.floats(-3, -0.01)
Seller = tuple[float, float, float, float]
seller: st.SearchStrategy[Seller] = st.tuples(money, slope, share, money)


# Published -------------------------------------------------------------------------------------


def test_differentiated_duopoly() -> None:
    # tutorsglobe 51174015: Q = 75 - P1 + 0.5 P2, marginal cost 30; reply 52.5 + 0.25 P2.
    price = bertrand_price(75, 1, 0.5, 30)
    assert price == 70
    quantity = 75 - price + 0.5 * price
    assert (quantity, (price - 30) * quantity) == (40, 1600)
    assert bertrand_best_response([0, 100], 75, 1, 0.5, 30).tolist() == [52.5, 77.5]


def test_strong_rivals_and_complements() -> None:
    # Hand: (75 + 1.5 * 70 + 30) / 2; a rival's price counts for more than the own one.
    assert bertrand_best_response(70, 75, 1, 1.5, 30) == 105
    # Hand: (75 + 30) / (2 - 1.5), and each sells 210 - 30 = 180 = 75 - 210 + 1.5 * 210.
    assert bertrand_price(75, 1, 1.5, 30) == 210
    assert bertrand_duopoly_price(75, 1, 1.5, 30, 75, 1, 1.5, 30) == 210
    # Complements, by hand: (75 - 0.5 * 20 + 30) / 2, and (75 + 30) / (2 + 0.5).
    assert bertrand_best_response(20, 75, 1, -0.5, 30) == 47.5
    assert bertrand_price(75, 1, -0.5, 30) == 42
    assert bertrand_duopoly_price(75, 1, -0.5, 30, 75, 1, -0.5, 30) == 42
    # So dear a complement leaves no demand at a price that pays.
    assert math.isnan(bertrand_best_response(200, 75, 1, -0.5, 30))
    assert math.isnan(bertrand_price(75, 1, -2, 30))  # 75 is below 3 * 30


def test_quantities() -> None:
    # tutorsglobe 551496: P = 260 - 2 Q, marginal cost 20.
    quantity, price = cournot_quantity(260, 2, 20, 2), cournot_price(260, 20, 2)
    assert (quantity, price, (price - 20) * quantity) == (40, 100, 3200)
    colluding, monopoly = collusive_quantity(260, 2, 20, 2), cournot_price(260, 20, 1)
    assert (colluding, (monopoly - 20) * colluding) == (30, 3600)


def test_invalid() -> None:
    with pytest.raises(PricingError, match="cross_slope 2 breaks the rule cross_slope<2"):
        bertrand_price(75, 1, 2, 30)
    with pytest.raises(PricingError, match=r"cross_slope 2 breaks the rule cross_slope\*rival_cr"):
        bertrand_duopoly_price(75, 1, 2, 30, 75, 1, 2, 30)
    with pytest.raises(PricingError, match=r"slope 0 is not above 0"):
        cournot_quantity(260, 0, 20, 2)
    with pytest.raises(PricingError, match=r"firms 0\.5 is below 1"):
        cournot_price(260, 20, 0.5)


# Laws ------------------------------------------------------------------------------------------


@given(money, slope, share, money)
def test_symmetric_price_is_its_own_reply(a: float, b: float, part: float, c: float) -> None:
    price = bertrand_price(a, b, b * part, c)
    assume(not math.isnan(price))
    assert bertrand_best_response(price, a, b, b * part, c) == pytest.approx(price, rel=1e-9)
    if part > -1.9:
        assert bertrand_duopoly_price(a, b, b * part, c, a, b, b * part, c) == pytest.approx(price)


@given(seller, seller)
def test_duopoly_prices_reply_to_each_other(one: Seller, other: Seller) -> None:
    (a, b, part, c), (a2, b2, part2, c2) = one, other
    assume(part * part2 < 3.9)
    ours, theirs = (a, b, b * part, c), (a2, b2, b2 * part2, c2)
    price = bertrand_duopoly_price(*ours, *theirs)
    rival_price = bertrand_duopoly_price(*theirs, *ours)
    assert np.isnan(price) == np.isnan(rival_price)
    assume(not math.isnan(price))
    quantity = a - b * price + b * part * rival_price
    assert quantity == pytest.approx(b * (price - c), rel=1e-9, abs=1e-9 * b * (1 + price))

    def earned(at: float) -> float:
        return float((at - c) * (a - b * at + b * part * rival_price))

    for factor in (0.99, 1.01):
        assert earned(price * factor) <= earned(price) + 1e-12 * b * (1 + price) ** 2


@given(st.lists(money, min_size=1, max_size=12), money, slope)
def test_cournot_first_order_conditions(costs: list[float], a: float, b: float) -> None:
    quantities = cournot_quantities(costs, a, b)
    price = a - b * quantities.sum()
    for cost, quantity in zip(costs, quantities, strict=True):
        if quantity > 0:
            assert price - cost - b * quantity == pytest.approx(0, abs=1e-11)
        else:
            assert cost >= price - 1e-11
    assert (quantities >= 0).all()


@given(money, slope, money, st.integers(1, 20))
def test_like_firms(a: float, b: float, c: float, firms: int) -> None:
    each = cournot_quantity(a, b, c, firms)
    assert cournot_quantities([c] * firms, a, b) == pytest.approx([each] * firms, abs=1e-12 / b)
    if a >= c:
        assert cournot_price(a, c, firms) == pytest.approx(a - b * firms * each, abs=1e-11)
    assert firms * collusive_quantity(a, b, c, firms) == pytest.approx(cournot_quantity(a, b, c, 1))


def test_cournot_samples() -> None:
    table = cournot_quantities([[10, 20], [20, 90]], [100, 90], 1)
    assert table[:, 0].tolist() == cournot_quantities([10, 20], 100, 1).tolist()
    assert table[:, 1].tolist() == [35, 0]


@given(money, slope, money, money)
def test_leader_finds_no_better_quantity(a: float, b: float, c: float, c2: float) -> None:
    lead = stackelberg_leader_quantity(a, b, c, c2)
    follow = stackelberg_follower_quantity(a, b, c, c2)

    def answer(quantity: Any) -> Any:
        return np.maximum(a - c2 - b * quantity, 0) / (2 * b)

    def earned(quantity: Any) -> Any:
        return (a - b * (quantity + answer(quantity)) - c) * quantity

    assert follow == pytest.approx(answer(lead), abs=1e-12 * (1 + a) / b)
    best = np.max(earned(np.linspace(0, (1 + a) / b, 2001)))
    assert earned(lead) >= best - 1e-11 * (1 + a) ** 2 / b
    price = stackelberg_price(a, c, c2)
    if min(c, c2) <= a:
        assert price == pytest.approx(a - b * (lead + follow), abs=1e-11 * (1 + a))
    else:
        assert np.isnan(price)
        assert lead + follow == 0
