"""Surveys: crossings worked out by hand, and a logit whose answer is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import lambertw

import lmprice
from lmprice import PricingError

van_westendorp: Any = lmprice.van_westendorp
gabor_granger: Any = lmprice.gabor_granger

FOUR = ([5, 8, 10, 9], [10, 12, 15, 8], [15, 20, 20, 30], [20, 25, 30, 40])
respondent = st.lists(st.integers(1, 60), min_size=4, max_size=4, unique=True).map(sorted)


def test_price_points_by_hand() -> None:
    # Three respondents count.  Too cheap falls from 1/3 at 10 to 0 at 12 as not cheap rises from 0
    # to 1/3; too expensive rises to 1/3 at 20 as not expensive falls from 2/3 at 15 to 0.
    found = van_westendorp(*FOUR)
    assert found.acceptable_range == pytest.approx((11, 15 + 5 * 2 / 3))
    assert found.narrow_range == pytest.approx((12, 17.5))
    assert found.indifference_price == 15
    assert found.optimal_price == 13.5  # nobody objects from 12 to 15
    assert (found.respondents, found.set_aside, found.unanswered) == (3, (3,), ())
    assert found.prices.tolist() == [5, 8, 10, 12, 15, 20, 25, 30]
    assert found.too_cheap.tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0, 0, 0, 0, 0])
    assert found.expensive.tolist() == pytest.approx([0, 0, 0, 0, 1 / 3, 1, 1, 1])
    assert "1 set aside for prices out of order, 0 for missing answers" in str(found)


def test_one_respondent() -> None:
    # Hand: 20 is the first price that is not too cheap, 30 the last that is not too expensive.
    found = van_westendorp([10], [20], [30], [40])
    assert found.acceptable_range == found.narrow_range == (20, 30)
    assert found.optimal_price == 25


def test_open_answers_are_set_aside_and_said() -> None:
    more = [[*column, math.nan if i == 2 else 10 * (i + 1)] for i, column in enumerate(FOUR)]
    found = van_westendorp(*more)
    assert (found.unanswered, found.set_aside, found.respondents) == ((4,), (3,), 3)
    assert found.optimal_price == van_westendorp(*FOUR).optimal_price


def test_equal_answers_are_out_of_order() -> None:
    found = van_westendorp([5, 5], [10, 10], [10, 15], [20, 20])
    assert found.set_aside == (0,)


@given(st.lists(respondent, min_size=1, max_size=12), st.integers(2, 9))
def test_order_of_the_points_and_change_of_units(answers: list[list[int]], scale: int) -> None:
    columns = np.array(answers, dtype=float).T
    found = van_westendorp(*columns)
    wide, narrow = found.acceptable_range, found.narrow_range
    assert wide.low <= narrow.low + 1e-9
    assert narrow.high <= wide.high + 1e-9
    assert columns.min() <= wide.low
    assert wide.high <= columns.max()
    scaled = van_westendorp(*(columns * scale))
    assert scaled.acceptable_range == pytest.approx(np.multiply(wide, scale))
    assert scaled.optimal_price == pytest.approx(found.optimal_price * scale)
    twice = van_westendorp(*np.hstack([columns, columns[:, ::-1]]))
    assert twice.indifference_price == pytest.approx(found.indifference_price)


# Gabor-Granger ---------------------------------------------------------------------------------


def test_best_tested_prices() -> None:
    # Hand: revenue 4, 6, 4.5, 2; profit 0.8, 3.6, 3.3, 1.6 in the order of the prices.
    found = gabor_granger([10, 5, 20, 15], [0.6, 0.8, 0.1, 0.3], unit_cost=4)
    assert found.prices.tolist() == [5, 10, 15, 20]
    assert found.revenues == pytest.approx([4, 6, 4.5, 2])
    assert found.profits == pytest.approx([0.8, 3.6, 3.3, 1.6])
    assert (found.revenue_price, found.profit_price) == (10, 10)
    # From 10 to 15 demand is 1.2 - 0.06 p: the middle of its choke price of 20 and the cost of 4.
    assert found.interpolated_price == pytest.approx(12)
    assert found.rises == ()


def test_logit_through_points_of_a_logit() -> None:
    # techmarketing.ch: 0.33 / (1 + e^-(8.3 - 0.97 p)), unit cost 3: the optimum is 7.3510.
    prices = np.arange(5, 11, 0.5)
    shares = 0.33 / (1 + np.exp(-(8.3 - 0.97 * prices)))
    found = gabor_granger(prices, shares, 3, ceiling=0.33)
    assert (found.intercept, found.slope) == pytest.approx((8.3, -0.97), rel=1e-9)
    assert found.profit_price == 7.5  # of the tested prices
    omega = lambertw(math.exp(found.intercept + 3 * found.slope - 1)).real
    assert 3 + (1 + omega) / -found.slope == pytest.approx(7.35100211483)
    assert found.interpolated_price == pytest.approx(7.35, abs=0.15)


def test_shares_that_rise_are_named() -> None:
    found = gabor_granger([1, 2, 3, 4], [0.9, 0.5, 0.6, 0.2])
    assert found.rises == (2,)


@pytest.mark.parametrize("shares", [[1, 1, 0], [0, 0, 0], [1, 0, 0]])
def test_no_logit_through_noughts_and_ones(shares: list[float]) -> None:
    found = gabor_granger([1, 2, 3], shares)
    assert math.isnan(found.intercept)
    assert math.isnan(found.slope)


def test_one_tested_price() -> None:
    found = gabor_granger([10], [0.4], 2)
    assert (found.profit_price, found.interpolated_price) == (10, 10)
    assert math.isnan(found.slope)


def test_a_masked_answer_is_an_open_question() -> None:
    cheap = np.ma.array([10, 12, 15], mask=[False, False, True])
    found = van_westendorp([5, 8, 10], cheap, [15, 20, 20], [20, 25, 30])
    assert found.unanswered == (2,)
    with pytest.raises(PricingError, match=r"van_westendorp: too_cheap .* different lengths"):
        van_westendorp([[1, 2], [3]], [1], [2], [3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: van_westendorp([1], [2], [3], [-4]), r"too_expensive\[0\] -4 is below 0"),
        (lambda: van_westendorp([1], [2, 3], [3], [4]), "cheap 2 is the number of rows, but"),
        (lambda: van_westendorp([4], [3], [2], [1]), "too_cheap 0 is the number of respondents"),
        (lambda: van_westendorp(["a"], [3], [2], [1]), r"too_cheap\[0\] 'a' is not a number"),
        (lambda: gabor_granger([1, 1], [0.5, 0.5]), "prices 1 is there twice"),
        (lambda: gabor_granger([1, 2], [0.5, 1.5]), r"would_buy\[1\] 1.5 is above 1"),
        (lambda: gabor_granger([1, 2], [0.5, 0.4], ceiling=0.4), "is above the ceiling 0.4"),
        (lambda: gabor_granger([1, 2], [0.5]), "would_buy 1 is the number of rows"),
    ],
)
def test_bad_input(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()


def test_a_root_that_cannot_be_improved_on_is_no_failure() -> None:
    # The logit of the largest likelihood, by the normal equations of a Newton step until at rest.
    prices, shares = [10, 22, 23, 42], [0.37, 0.29, 0.19, 0.12]
    found = gabor_granger(prices, shares)
    assert found.intercept == pytest.approx(-0.0825139, abs=5e-8)
    assert found.slope == pytest.approx(-0.0465533, abs=5e-8)


def test_random_surveys_have_a_logit_where_the_shares_determine_one() -> None:
    random = np.random.default_rng(5)
    for _ in range(300):
        count = random.integers(2, 7)
        prices = np.sort(random.choice(60, count, replace=False) + 1.0)
        shares = np.sort(random.integers(1, 100, count) / 100)[::-1]
        found = gabor_granger(prices, shares)
        design = np.column_stack([np.ones(count), prices])
        chance = 1 / (1 + np.exp(-design @ [found.intercept, found.slope]))
        assert design.T @ (chance - shares) == pytest.approx(0, abs=1e-8)


def test_shares_that_one_price_parts_have_no_logit() -> None:
    for shares in ([1, 0.5], [1, 1], [1, 0], [0.5, 0]):
        assert math.isnan(gabor_granger([10, 20], shares).slope)


def test_too_cheap_need_not_be_asked() -> None:
    # By hand: a third is dear and a third cheap at 15; 15 + 5 x 2/3 is as often too dear as not.
    meter = van_westendorp(None, *FOUR[1:])
    three = van_westendorp(None, [10, 12, 15], [15, 20, 20], [20, 25, 30])
    assert three.indifference_price == 15
    assert three.acceptable_range.high == pytest.approx(15 + 5 * 2 / 3)
    assert math.isnan(three.optimal_price)
    assert math.isnan(three.acceptable_range.low)
    assert math.isnan(three.narrow_range.low)
    assert np.isnan(three.too_cheap).all()
    assert meter.respondents == 4
    unanswered = van_westendorp([math.nan] * 3, [10, 12, 15], [15, 20, 20], [20, 25, 30])
    assert unanswered.indifference_price == 15


def test_weights_count_respondents() -> None:
    twice = van_westendorp(*(column[:3] + column[:1] for column in FOUR))
    weighted = van_westendorp(*(column[:3] for column in FOUR), weights=[2, 1, 1])
    assert weighted.optimal_price == pytest.approx(twice.optimal_price)
    assert weighted.acceptable_range == pytest.approx(twice.acceptable_range)
    assert weighted.respondents == 3
    with pytest.raises(PricingError, match="weights 0 is the sum of those that count"):
        van_westendorp(*(column[:3] for column in FOUR), weights=0)
    with pytest.raises(PricingError, match="weights -1 is below 0"):
        van_westendorp(*FOUR, weights=-1)


def test_curves_give_what_respondents_give() -> None:
    meter = van_westendorp(*FOUR)
    curves: Any = lmprice.van_westendorp_curves
    again = curves(meter.prices, meter.too_cheap, meter.cheap, meter.expensive, meter.too_expensive)
    assert again.optimal_price == meter.optimal_price
    assert again.acceptable_range == meter.acceptable_range
    # Curves that do not cross among these prices have no answer there.
    assert math.isnan(curves([10, 20], None, [1, 0.9], [0, 0.1], [0, 0]).indifference_price)
    with pytest.raises(PricingError, match=r"cheap\[1\] 0.9 is above the share at the pr"):
        curves([10, 20], None, [0.5, 0.9], [0, 0.1], [0, 0])
    with pytest.raises(PricingError, match="prices 10 is not above the one before it"):
        curves([10, 10], None, [1, 0.9], [0, 0.1], [0, 0])
