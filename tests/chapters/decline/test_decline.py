"""Decline with time and with experience: published numbers, parity and laws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lmprice import PricingError, payback_periods
from tests.chapters.decline.chapters import FUNCTIONS, function

annual_decline = function("annual_decline")
annual_factor = function("annual_factor")
cumulative_average_cost = function("cumulative_average_cost")
cumulative_average_total = function("cumulative_average_total")
declined_price = function("declined_price")
declining_price_value = function("declining_price_value")
experience_curve_cost = function("experience_curve_cost")
experience_curve_total = function("experience_curve_total")
experience_factor = function("experience_factor")
half_life = function("half_life")
implied_learning_rate = function("implied_learning_rate")
learning_rate = function("learning_rate")

price = st.floats(0.001, 1e4)
factor = st.floats(0.2, 1000)
years = st.floats(0.05, 20)
rate = st.floats(0, 0.9)


# Published -------------------------------------------------------------------------------------


def test_llmflation() -> None:
    # a16z, "Welcome to LLMflation": $60 in November 2021, $0.06 three years later.
    assert annual_factor(60, 0.06, 3) == pytest.approx(10)
    assert annual_decline(annual_factor(60, 0.06, 3)) == pytest.approx(0.9)
    assert 12 * half_life(10) == pytest.approx(3.61235994797)
    assert declined_price(60, 10, 3) == pytest.approx(0.06)


def test_ai_index() -> None:
    # Stanford HAI, AI Index 2025: $20 (November 2022) to $0.07 (October 2024).
    assert declined_price(20, 20 / 0.07, 1) == pytest.approx(0.07)
    assert annual_factor(20, 0.07, 23 / 12) == pytest.approx(19.1, abs=0.05)
    assert annual_factor(20, 0.07, 1.5) == pytest.approx(43.4, abs=0.05)  # of eighteen months


def test_halving_times() -> None:
    # LessWrong, WeirdML: the price of a score halves in 2.37, 1.99 and 1.67 months.
    found = annual_factor(2, 1, np.array([2.37, 1.99, 1.67]) / 12)
    assert found == pytest.approx([33.4350910106, 65.351604575, 145.576002389])
    assert 12 * half_life(found) == pytest.approx([2.37, 1.99, 1.67])


def test_unit_convention() -> None:
    # R package learningCurve, vignette: unit_curve(t = 100, n = 125, r = ...).
    rates = 1 - np.array([0.8, 0.825, 0.85, 0.875, 0.9])
    published = [21.1322507056, 26.1840141963, 32.23646873, 39.4494186077, 48.0024265039]
    assert experience_curve_cost(100, 125, rates) == pytest.approx(published)
    # The same from a later unit: unit_curve(t = c(100, 120, 90), m = c(1, 20, 10), ...).
    known, at, of = np.array([100, 120, 90]), np.array([1, 20, 10]), np.array([80, 150, 175])
    rates = 1 - np.array([0.83, 0.92, 0.87])
    first = known / experience_curve_cost(1, at, rates)
    published = [30.790555111, 94.1708351398, 50.6407800114]
    assert experience_curve_cost(first, of, rates) == pytest.approx(published)


def test_the_two_conventions_differ_in_total() -> None:
    # R package learningCurve, manual: unit_cum_exact(t = 100, n = 125, r = .85) and
    # ca_block(t = 75, m = 201, n = 250, r = .85).
    assert experience_curve_total(100, 125, 0.15) == pytest.approx(5201.08514855)
    block = cumulative_average_total(75, 250, 0.15) - cumulative_average_total(75, 200, 0.15)
    assert block == pytest.approx(806.772, abs=5e-4)
    # The same series under the other convention: 125 units at 32.23647 on average.
    assert cumulative_average_total(100, 125, 0.15) == pytest.approx(4029.559, abs=1e-3)
    assert cumulative_average_cost(100, 125, 0.15) == pytest.approx(32.23647, abs=1e-5)
    # Vignette: a million units cost exactly 5,119,612.
    assert experience_curve_total(100, 1e6, 0.15) == pytest.approx(5_119_612, abs=0.5)
    units = experience_curve_cost(100, np.arange(1, 1_000_001), 0.15)
    total = experience_curve_total(100, 1e6, 0.15)
    assert total == pytest.approx(math.fsum(np.asarray(units)), rel=1e-13)


# By hand ---------------------------------------------------------------------------------------


def test_total_counts_whole_units() -> None:
    assert experience_curve_total(100, 2.9, 0.2) == pytest.approx(180)
    harmonic = sum(1 / i for i in range(1, 1001))
    assert experience_curve_total(1, [1000, 3], 0.5) == pytest.approx([harmonic, 11 / 6])
    almost = 0.5 - 1e-9
    assert experience_curve_total(1, 1000, almost) == pytest.approx(harmonic, rel=1e-6)


@pytest.mark.parametrize("total", [experience_curve_total, cumulative_average_total])
@pytest.mark.parametrize("by", [0, 0.15, 0.5, 0.9])
def test_a_batch_from_the_first_unit_on_is_a_difference_of_totals(total: Any, by: float) -> None:
    assert total(100, 0, by) == 0
    assert total(100, 5, by) - total(100, 0, by) == total(100, 5, by)
    assert total(100, np.array([0.0, 1, 2]), by) == pytest.approx([0, 100, total(100, 2, by)])


def test_a_curve_through_a_later_unit_goes_back_to_earlier_ones() -> None:
    # R package learningCurve, vignette: from unit m, which cost t, to unit n; here n is before m.
    first, fourth = 100, 64
    for curve in (experience_curve_cost, cumulative_average_cost):
        assert curve(fourth, 1 / 4, 0.2) == pytest.approx(first)
        assert curve(fourth, [2 / 4, 8 / 4], 0.2) == pytest.approx([80, 51.2])


def test_a_lock_in_compares_two_present_values() -> None:
    # Falling by e a year costs 10 (1 - 1/e) over the year; 6.32 is the price worth locking in.
    falling = declining_price_value(10, math.e, 1)
    assert declining_price_value(falling, 1, 1) == pytest.approx(falling)


def test_invalid_and_no_answer() -> None:
    with pytest.raises(PricingError, match=r"annual_factor: end_price 0 is not above 0"):
        annual_factor(20, 0, 2)
    with pytest.raises(PricingError, match=r"declined_price: floor 2 breaks the rule"):
        declined_price(1, 2, 1, 2)
    with pytest.raises(PricingError, match=r"quantity 0 is not above 0"):
        experience_curve_cost(1, 0, 0.2)
    with pytest.raises(PricingError, match=r"quantity -1 is below 0"):
        experience_curve_total(1, -1, 0.2)
    with pytest.raises(PricingError, match=r"learning_rate 1 is not below 1"):
        experience_curve_total(1, 5, 1)
    assert math.isnan(half_life(0.5))
    assert math.isnan(implied_learning_rate(2, 1e-17))
    assert math.isnan(learning_rate(1, 1.000000001, 1, 1e9))


# Laws ------------------------------------------------------------------------------------------


@given(price, factor, years)
def test_the_factor_comes_back(start: float, by: float, span: float) -> None:
    end = declined_price(start, by, span)
    assume(end > 1e-250)
    assert annual_factor(start, end, span) == pytest.approx(by, rel=1e-9)


@given(price, st.floats(1.01, 1000))
def test_after_a_half_life_half_is_left(start: float, by: float) -> None:
    assert declined_price(start, by, half_life(by)) == pytest.approx(start / 2)


@given(price, factor, years, st.floats(0, 1))
def test_present_value_is_the_integral(start: float, by: float, span: float, r: float) -> None:
    assume(abs(span * math.log(by)) < 50)
    midpoints = (np.arange(20_000) + 0.5) / 20_000 * span
    paid = declined_price(start, by, midpoints) / (1 + r) ** midpoints
    assert declining_price_value(start, by, span, r) == pytest.approx(
        float(paid.mean()) * span, rel=1e-4
    )


@given(st.floats(-1e-3, 1e-3), years)
def test_present_value_is_smooth_at_no_decline(power: float, span: float) -> None:
    by = math.exp(power)
    x = span * math.log(by)
    exact = -math.expm1(-x) / x if x else 1.0
    assert declining_price_value(1, by, span) == pytest.approx(span * exact, rel=1e-11)


@given(price, st.floats(1, 1e6), rate)
def test_a_doubling_takes_the_rate_off(first: float, n: float, by: float) -> None:
    for curve in (experience_curve_cost, cumulative_average_cost):
        assert curve(first, 2 * n, by) == pytest.approx(curve(first, n, by) * (1 - by))


@settings(max_examples=50)
@given(st.integers(1, 3000), rate)
def test_total_is_the_sum_of_its_units(n: int, by: float) -> None:
    units = experience_curve_cost(7, np.arange(1, n + 1), by)
    assert experience_curve_total(7, n, by) == pytest.approx(float(np.sum(units)), rel=1e-12)
    assert cumulative_average_total(7, n, by) <= experience_curve_total(7, n, by) * (1 + 1e-12)


@given(st.floats(1, 1e4), st.floats(1.1, 100), price, rate)
def test_learning_rate_comes_back(n: float, more: float, first: float, by: float) -> None:
    before, after = (experience_curve_cost(first, q, by) for q in (n, n * more))
    assert learning_rate(n, n * more, before, after) == pytest.approx(by, abs=1e-9)


@given(st.floats(0.01, 10), rate, st.floats(1, 100), st.floats(0.1, 5))
def test_sahal(growth: float, by: float, output: float, span: float) -> None:
    # Output that grows for some years down an experience curve is a decline at that factor.
    yearly = experience_factor(growth, by)
    later = experience_curve_cost(1, output * (1 + growth) ** span, by)
    now = experience_curve_cost(1, output, by)
    assert later == pytest.approx(declined_price(now, yearly, span), rel=1e-9)
    assert implied_learning_rate(yearly, growth) == pytest.approx(by, abs=1e-9)


@given(st.floats(1.01, 50), st.floats(0.01, 5))
def test_payback_takes_the_decline_of_a_factor(by: float, years_paid: float) -> None:
    decline = annual_decline(by)
    earned = 100 * (1 - (1 - decline) ** years_paid) / decline
    assume(earned * decline / 100 < 1 - 1e-6)
    assert payback_periods(earned, 100, decline) == pytest.approx(years_paid, rel=1e-6)


@pytest.mark.parametrize("name", ["declined_price", "annual_factor", "experience_curve_total"])
def test_arrays_broadcast(name: str) -> None:
    table = function(name)(np.array([[5.0], [7.0]]), [2.0, 3.0, 4.0], 0.5)
    assert table.shape == (2, 3)
    assert table[1, 2] == function(name)(7.0, 4.0, 0.5)


def test_the_chapter_is_registered() -> None:
    chapter = [f for f in FUNCTIONS if f.category == "decline"]
    assert len(chapter) >= 12
    assert {f.name for f in chapter if not f.has_formula} == {"experience_curve_total"}
