"""Launches: price paths, sales worked out by hand, Bass's curve, and laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import PricingError
from lmprice.chapters.strategy.launch import (
    LaunchMarket,
    compare_launches,
    penetration_path,
    skimming_path,
)

KNOWN = LaunchMarket(buyers=100, willingness=10)

prices = st.lists(st.floats(0, 12), min_size=4, max_size=4)
markets = st.builds(
    LaunchMarket,
    buyers=st.floats(1, 1e6),
    willingness=st.floats(0.1, 20),
    form=st.sampled_from(["linear", "exponential"]),
    innovation=st.floats(0.001, 1),
    imitation=st.floats(0, 2),
)


def test_paths() -> None:
    assert skimming_path(8, 2, 3) == pytest.approx([8, 4, 2])
    assert penetration_path(2, 8, 3) == pytest.approx([2, 4, 8])
    assert penetration_path(3, 3, 2) == pytest.approx([3, 3])
    assert skimming_path(10, 1, 4)[[0, -1]].tolist() == [10, 1]


def test_a_known_product_is_skimmed() -> None:
    # Of 100 buyers with a willingness from 0 to 10, 20 pay 8, 30 more pay 5 and 30 more pay 2.
    paths = {"skim": [8, 5, 2], "penetrate": [2, 5, 8], "flat": [5, 5, 5]}
    comparison = compare_launches(KNOWN, paths, unit_cost=1, discount_rate=0.25)
    skim, penetrate, flat = comparison.launches
    assert skim.quantities == pytest.approx([20, 30, 30])
    assert skim.profits == pytest.approx([140, 120, 30])
    assert skim.npv == pytest.approx(140 + 120 / 1.25 + 30 / 1.5625)
    assert penetrate.quantities == pytest.approx([80, 0, 0])
    assert penetrate.npv == pytest.approx(80)
    assert flat.npv == pytest.approx(200)
    assert comparison.best is skim


def test_costs_of_each_period() -> None:
    (launch,) = compare_launches(KNOWN, {"skim": [8, 5, 2]}, unit_cost=[3, 2, 1]).launches
    assert launch.profits == pytest.approx([100, 90, 30])


def test_word_of_mouth() -> None:
    # 10 of 100 hear of it first; at a price of 5 half of them buy.  Of the other 90 the share
    # 0.1 + 0.8 * 5 / 100 hears of it next, 12.6, and at 2 four fifths of these buy and three
    # tenths of the first 10.
    market = LaunchMarket(buyers=100, willingness=10, innovation=0.1, imitation=0.8)
    (launch,) = compare_launches(market, {"it": [5, 2]}).launches
    assert launch.quantities == pytest.approx([5, 0.8 * 12.6 + 0.3 * 10])


def test_everybody_hears_of_it_at_most_once() -> None:
    market = LaunchMarket(buyers=100, willingness=10, innovation=0.5, imitation=100)
    (launch,) = compare_launches(market, {"free": [0, 0, 0]}).launches
    assert launch.quantities == pytest.approx([50, 50, 0])


def test_a_free_product_spreads_as_bass_has_it() -> None:
    # Bass 1969 in steps: n(t) = (p + q N(t-1) / M) (M - N(t-1)).
    p, q, all_buyers, owners = 0.03, 0.38, 1000.0, 0.0
    market = LaunchMarket(all_buyers, 10, "exponential", p, q)
    (launch,) = compare_launches(market, {"free": np.zeros(20)}).launches
    for sold in launch.quantities:
        expected = (p + q * owners / all_buyers) * (all_buyers - owners)
        assert sold == pytest.approx(expected)
        owners += expected
    peak = int(np.argmax(launch.quantities))
    assert 0 < peak < 19  # the bell of Bass's curve


def test_an_unknown_product_is_worth_penetrating() -> None:
    market = LaunchMarket(buyers=100, willingness=10, innovation=0.02, imitation=0.9)
    paths = {"skim": skimming_path(9, 5, 8), "penetrate": penetration_path(1, 7, 8)}
    assert compare_launches(market, paths, 0.5).best.name == "penetrate"
    known = LaunchMarket(buyers=100, willingness=10)
    assert compare_launches(known, paths, 0.5).best.name == "skim"


def test_share_willing() -> None:
    assert KNOWN.share_willing(8) == pytest.approx(0.2)
    assert KNOWN.share_willing(11) == 0
    exponential = LaunchMarket(100, 10, "exponential")
    assert exponential.share_willing(10) == pytest.approx(0.367879441171)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LaunchMarket(0, 10), "LaunchMarket: buyers 0 is not above 0"),
        (lambda: LaunchMarket(1, 1, innovation=1.5), "LaunchMarket: innovation 1.5 is above 1"),
        (
            lambda: LaunchMarket(1, 1, "normal"),  # type: ignore[arg-type]
            "LaunchMarket: form 'normal' is not one of linear, exponential",
        ),
        (lambda: skimming_path(2, 8, 3), "skimming_path: end_price 8 is above start_price"),
        (lambda: penetration_path(8, 2, 3), "penetration_path: end_price 2 is below start_price"),
        (lambda: skimming_path(8, 0, 3), "skimming_path: end_price 0 is not above 0"),
        (lambda: skimming_path(8, 2, 1), "skimming_path: periods 1 is below 2"),
        (
            lambda: skimming_path(8, 2, 2.5),  # type: ignore[arg-type]
            "skimming_path: periods 2.5 is not a whole number",
        ),
        (
            lambda: compare_launches(None, {"a": [1]}),  # type: ignore[arg-type]
            "compare_launches: market None is not a LaunchMarket",
        ),
        (
            lambda: compare_launches(KNOWN, [1]),  # type: ignore[arg-type]
            "compare_launches: paths [1] is not a mapping by name",
        ),
        (
            lambda: compare_launches(KNOWN, {"a": [1]}, 1e308),
            "compare_launches: unit_cost 1e+308 is too large to compute with: beyond 1e+60",
        ),
        (
            lambda: LaunchMarket(1e308, 10),
            "LaunchMarket: buyers 1e+308 is too large to compute with: beyond 1e+60",
        ),
        (lambda: compare_launches(KNOWN, {}), "compare_launches: paths {} is empty"),
        (
            lambda: compare_launches(KNOWN, {"a": [1, 2], "b": [1]}),
            "compare_launches: paths['b'] 1 is the number of periods, but the path before it has 2",
        ),
        (
            lambda: compare_launches(KNOWN, {"a": [1, -2]}),
            "compare_launches: paths['a'][1] -2 is below 0",
        ),
        (
            lambda: compare_launches(KNOWN, {"a": []}),
            "compare_launches: paths['a'] [] is not a list of prices",
        ),
        (
            lambda: compare_launches(KNOWN, {"a": [1, 2]}, [1, 2, 3]),
            "compare_launches: unit_cost 3 is the number of periods, but the paths have 2",
        ),
        (
            lambda: compare_launches(KNOWN, {"a": [1, 2]}, discount_rate=-1),
            "compare_launches: discount_rate -1 is below 0",
        ),
    ],
)
def test_invalid(call: Any, message: str) -> None:
    with pytest.raises(PricingError) as raised:
        call()
    assert str(raised.value) == message


@given(markets, prices)
def test_nobody_buys_twice_or_above_the_willingness(
    market: LaunchMarket, path: list[float]
) -> None:
    (launch,) = compare_launches(market, {"it": path}).launches
    assert (launch.quantities >= 0).all()
    for period in range(1, len(path) + 1):
        most = market.buyers * market.share_willing(min(path[:period]))
        assert launch.quantities[:period].sum() <= most * (1 + 1e-9)


@given(markets, prices, st.floats(0, 5), st.floats(0.01, 1))
def test_interest_makes_later_profits_count_less(
    market: LaunchMarket, path: list[float], cost: float, rate: float
) -> None:
    (launch,) = compare_launches(market, {"it": path}, cost, rate).launches
    sold = launch.quantities
    by_hand = sum((p - cost) * sold[t] / (1 + rate) ** t for t, p in enumerate(path))
    assert launch.npv == pytest.approx(by_hand, rel=1e-9, abs=1e-6)


@given(prices)
def test_a_known_market_sells_down_to_the_lowest_price(path: list[float]) -> None:
    (launch,) = compare_launches(KNOWN, {"it": path}).launches
    assert launch.quantities.sum() == pytest.approx(max(100 - 10 * min(path), 0), abs=1e-9)
