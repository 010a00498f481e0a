"""Logit competition: published numbers, equilibria built backwards, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lmprice import PricingError
from tests.chapters.competition.chapters import FUNCTIONS, function
from tests.chapters.competition.markets import Sellers, extreme_sellers, sellers

joint_monopoly_prices = function("joint_monopoly_prices")
logit_best_response = function("logit_best_response")
logit_cross_elasticity = function("logit_cross_elasticity")
logit_nash_prices = function("logit_nash_prices")
logit_own_elasticity = function("logit_own_elasticity")
logit_shares = function("logit_shares")
outside_share = function("outside_share")

Floats = NDArray[np.float64]


def nash(market: Sellers) -> Floats:
    """Its equilibrium prices."""
    found: Floats = logit_nash_prices(*market)
    return found


def profits(market: Sellers, prices: Floats) -> Floats:
    """What each seller earns of one buyer."""
    shares = logit_shares(prices, market.qualities, market.scale, market.outside)
    return np.asarray((prices - market.costs) * shares)


def reply(market: Sellers, seller: int, prices: Floats) -> float:
    """The best reply of a seller to the prices of the others."""
    others = np.arange(len(prices)) != seller
    return float(
        logit_best_response(
            market.costs[seller],
            market.qualities[seller],
            prices[others],
            market.qualities[others],
            market.scale,
            market.outside,
        )
    )


# Published -------------------------------------------------------------------------------------


def test_calvano() -> None:
    # Calvano, Calzolari, Denicolò and Pastorello, AER 110 (2020), section III: the baseline.
    assert logit_nash_prices([1, 1], [2, 2], 0.25, 0) == pytest.approx([1.4729] * 2, abs=5e-5)
    assert joint_monopoly_prices([1, 1], [2, 2], 0.25, 0) == pytest.approx([1.925] * 2, abs=5e-5)


def test_three_firms() -> None:
    # Fixed point of Morrow and Skerlos (arXiv:1012.5832), no deviation pays on a grid.
    prices = logit_nash_prices([1, 1.1, 0.6], [2, 2.2, 1.8], 0.25, 0)
    assert prices == pytest.approx([1.33472683087, 1.47115018072, 1.01860154408], rel=1e-11)
    shares = logit_shares(prices, [2, 2.2, 1.8], 0.25, 0)
    assert shares == pytest.approx([0.25312231664, 0.326418218324, 0.402773344873], rel=1e-11)
    assert outside_share(prices, [2, 2.2, 1.8], 0.25, 0) == pytest.approx(0.0176861201628, rel=1e-9)


def test_elasticities() -> None:
    # bou.lt, notes on discrete choice: softmax of v - b p; own -b p (1 - s), cross b p s.
    shares = logit_shares([2, 2, 2], [3, 2.5, 2], 1, None)
    assert shares == pytest.approx([0.506480391056, 0.307195885718, 0.186323723226], rel=1e-11)
    own = logit_own_elasticity([2, 2, 2], shares, 1)
    assert own == pytest.approx([-0.987039217889, -1.38560822856, -1.62735255355], rel=1e-11)
    assert logit_cross_elasticity(2, shares[0], 1) == pytest.approx(1.01296078211, rel=1e-11)


# Refused ---------------------------------------------------------------------------------------


def test_no_finite_price() -> None:
    with pytest.raises(PricingError, match="outside None leaves one seller, alone, without") as one:
        logit_nash_prices([1], [2], 0.25, None)
    assert (one.value.parameter, one.value.index) == ("outside", ())
    with pytest.raises(PricingError, match=r"outside\[1\] None leaves the sellers together") as two:
        joint_monopoly_prices([1, 1], [2, 2], 0.25, [0, -1e200])
    assert two.value.mask.tolist() == [False, True]


def test_no_rival_that_counts() -> None:
    # Whoever must buy, and can only buy at an absurd price elsewhere, pays any price.
    assert math.isnan(logit_best_response(1, 2, [1e308], [0], 0.5, None))
    assert logit_best_response([1, 1], 2, [[1.47, 1e308]], 2, 0.25, None)[0] > 1
    with pytest.raises(PricingError, match=r"logit_best_response: rival_prices \[\] has no rows"):
        logit_best_response(1, 2, [], [], 0.5, None)


def test_outside_options_as_samples() -> None:
    # Of one market: the costs and qualities have no samples of their own.
    table = logit_nash_prices([1, 1], [2, 2], 0.25, [0, 1])
    assert table[:, 0].tolist() == logit_nash_prices([1, 1], [2, 2], 0.25, 0).tolist()
    assert table[:, 1].tolist() == logit_nash_prices([1, 1], [2, 2], 0.25, 1).tolist()
    assert logit_nash_prices([1, 1], [2, 2], [[0.25], [0.3]], [0, 1, 2]).shape == (2, 2, 3)


@pytest.mark.parametrize("name", ["logit_nash_prices", "joint_monopoly_prices", "logit_shares"])
def test_invalid(name: str) -> None:
    with pytest.raises(PricingError, match=rf"{name}: price_scale 0 is not above 0"):
        function(name)([1, 1], [2, 2], 0, 0)
    with pytest.raises(PricingError, match=r"\[1\] -1 is below 0"):
        function(name)([1, -1], [2, 2], 1, 0)
    with pytest.raises(PricingError, match=r"qualities 3 is the number of rows"):
        function(name)([1, 1], [2, 2, 2], 1, 0)


def test_unknown_stays_unknown() -> None:
    assert np.isnan(logit_nash_prices([1, math.nan], [2, 2], 1, 0)).all()
    samples = logit_nash_prices([1, 1], [2, 2], [0.25, math.nan], 0)
    assert np.isnan(samples).tolist() == [[False, True], [False, True]]


def test_samples_are_solved_together() -> None:
    scales, outsides = np.array([0.25, 1, 4]), np.array([0.0, 1.0, -1e200])
    table = logit_nash_prices([1, 1.5], [2, 2.2], scales, outsides)
    for i, (scale, outside) in enumerate(zip(scales, outsides, strict=True)):
        alone = logit_nash_prices([1, 1.5], [2, 2.2], scale, outside)
        assert table[:, i] == pytest.approx(alone, rel=1e-14)


# Laws ------------------------------------------------------------------------------------------


@given(extreme_sellers(), st.data())
def test_shares_are_one_in_all(market: Sellers, data: st.DataObject) -> None:
    number = len(market.costs)
    prices = data.draw(st.lists(st.floats(0, 1e5), min_size=number, max_size=number))
    arguments = (prices, market.qualities, market.scale, market.outside)
    shares, nobody = logit_shares(*arguments), outside_share(*arguments)
    assert (shares >= 0).all()
    assert math.fsum(shares) + nobody == pytest.approx(1, rel=1e-14)
    assert market.outside is not None or nobody == 0


@given(sellers(), st.floats(-1e6, 1e6))
def test_only_differences_of_quality_count(market: Sellers, more: float) -> None:
    market = market._replace(outside=market.outside or 0.0)
    shifted = logit_nash_prices(
        market.costs, market.qualities + more, market.scale, (market.outside or 0.0) + more
    )
    assert shifted == pytest.approx(nash(market), rel=1e-8)


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=8),
    st.floats(0.01, 1),
    st.floats(0.01, 100),
    st.data(),
)
def test_equilibrium_built_backwards(
    weights: list[float], nobody: float, scale: float, data: st.DataObject
) -> None:
    # Any shares are an equilibrium: markups follow from them, and from prices the qualities.
    costs = np.array(
        data.draw(st.lists(st.floats(0, 100), min_size=len(weights), max_size=len(weights)))
    )
    whole = sum(weights) + nobody
    shares = np.array(weights) / whole
    prices = costs + scale / (1 - shares)
    qualities = prices + scale * np.log(shares / (nobody / whole))
    assert logit_nash_prices(costs, qualities, scale, 0) == pytest.approx(prices, rel=1e-12)
    # And together: one markup over all of them.
    together = costs + scale * whole / nobody
    qualities = together + scale * np.log(shares / (nobody / whole))
    assert joint_monopoly_prices(costs, qualities, scale, 0) == pytest.approx(together, rel=1e-12)


@pytest.mark.engine
@settings(max_examples=150)
@given(extreme_sellers())
def test_equilibrium_is_always_found(market: Sellers) -> None:
    prices = nash(market)
    assert np.isfinite(prices).all()
    assert (prices >= market.costs + market.scale * (1 - 1e-15)).all()
    if len(prices) == 1:
        together = joint_monopoly_prices(*market)
        assert prices == pytest.approx(together, rel=1e-12, abs=market.rounding)
        return
    for seller in range(min(len(prices), 3)):
        answer = reply(market, seller, prices)
        assert prices[seller] == pytest.approx(answer, rel=1e-12, abs=market.rounding)


@given(sellers())
def test_nobody_gains_by_moving_alone(market: Sellers) -> None:
    prices = nash(market)
    earned = profits(market, prices)
    for seller in range(len(prices)):
        for factor in (0.99, 1.01):
            moved = prices.copy()
            moved[seller] *= factor
            assert profits(market, moved)[seller] < earned[seller]


@settings(max_examples=50)
@given(sellers(), st.integers(0, 5), st.floats(0, 10))
def test_a_higher_cost_lowers_no_price(market: Sellers, seller: int, more: float) -> None:
    costs = market.costs.copy()
    costs[seller % len(costs)] += more
    dearer = market._replace(costs=costs)
    assert (nash(dearer) >= nash(market) * (1 - 1e-13) - dearer.rounding).all()


@settings(max_examples=50)
@given(extreme_sellers(), st.integers(0, 49), st.floats(0, 1e4))
def test_a_higher_cost_lowers_no_price_anywhere(market: Sellers, seller: int, more: float) -> None:
    costs = market.costs.copy()
    costs[seller % len(costs)] += more
    dearer = market._replace(costs=costs)
    assert (nash(dearer) >= nash(market) * (1 - 1e-13) - 8 * dearer.rounding).all()


@given(sellers())
def test_together_they_charge_and_earn_more(market: Sellers) -> None:
    market = market._replace(outside=market.outside or 0.0)
    alone, together = nash(market), joint_monopoly_prices(*market)
    assert (together >= alone * (1 - 1e-13)).all()
    assert profits(market, together).sum() >= profits(market, alone).sum() * (1 - 1e-13)
    for factor in (0.99, 1.01):
        moved = market.costs + (together - market.costs) * factor
        assert profits(market, moved).sum() < profits(market, together).sum()


@given(sellers(), st.data())
def test_best_reply_beats_its_neighbours(market: Sellers, data: st.DataObject) -> None:
    number = len(market.costs)
    prices = np.array(data.draw(st.lists(st.floats(0, 20), min_size=number, max_size=number)))
    prices[0] = reply(market, 0, prices)
    best = profits(market, prices)[0]
    for factor in (0.99, 1.01):
        moved = prices.copy()
        moved[0] *= factor
        assert profits(market, moved)[0] < best


@given(sellers(), st.floats(0, 20))
def test_elasticities_are_derivatives(market: Sellers, price: float) -> None:
    prices = np.full(len(market.costs), price)
    shares = logit_shares(prices, market.qualities, market.scale, market.outside)
    step = 1e-6 * market.scale
    moved = prices.copy()
    moved[0] += step
    change = np.log(logit_shares(moved, market.qualities, market.scale, market.outside) / shares)
    slopes = price * change / step
    own = logit_own_elasticity(price, shares[0], market.scale)
    cross = logit_cross_elasticity(price, shares[0], market.scale)
    assert slopes[0] == pytest.approx(own, rel=1e-4, abs=1e-4)
    assert slopes[1:] == pytest.approx(cross, rel=1e-4, abs=1e-4)


def test_what_has_a_formula() -> None:
    without = {f.name for f in FUNCTIONS if not f.has_formula}
    assert without == {
        "logit_best_response",
        "logit_nash_prices",
        "joint_monopoly_prices",
        "cournot_quantities",
    }
