"""Laws of a fit, and what its intervals promise."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmprice.chapters.decline.fit import fit_decline
from tests.benchmarks.trend_coverage import coverage
from tests.chapters.decline.histories import dates_of, exponential

few = settings(max_examples=40, deadline=None)
histories = st.builds(
    exponential,
    st.integers(0, 10_000),
    st.integers(3, 40),
    factor=st.floats(0.2, 30),
    noise=st.floats(0.01, 0.5),
)


@few
@given(st.lists(st.integers(0, 3000), min_size=2, max_size=30, unique=True), st.floats(0.1, 50))
def test_an_exact_exponential_is_recovered(days: list[int], factor: float) -> None:
    prices = [7 * factor ** (-day / 365) for day in days]
    fit = fit_decline(dates_of(days), prices)
    assert fit.annual_factor == pytest.approx(factor, rel=1e-6)
    assert fit.breaks == ()
    last = dates_of([max(days) + 730])[0]
    expected = 7 * factor ** (-(max(days) + 730) / 365)
    assert fit.forecast(last).price == pytest.approx(expected, rel=1e-5)


@few
@given(histories, st.floats(1e-6, 1e6))
def test_the_unit_of_price_does_not_matter(
    history: tuple[list[date], list[float]], unit: float
) -> None:
    dates, prices = history
    fit, scaled = fit_decline(dates, prices), fit_decline(dates, np.array(prices) * unit)
    assert scaled.annual_factor == pytest.approx(fit.annual_factor, rel=1e-9)
    assert scaled.interval == pytest.approx(fit.interval, rel=1e-6)
    assert scaled.breaks == fit.breaks
    assert scaled.forecast(1).price == pytest.approx(unit * fit.forecast(1).price, rel=1e-8)


@few
@given(histories, st.randoms())
def test_the_order_of_rows_does_not_matter(
    history: tuple[list[date], list[float]], random: Any
) -> None:
    dates, prices = history
    order = [*range(len(dates))]
    random.shuffle(order)
    fit = fit_decline(dates, prices)
    shuffled = fit_decline([dates[i] for i in order], [prices[i] for i in order])
    assert shuffled.annual_factor == pytest.approx(fit.annual_factor, rel=1e-9)
    assert (shuffled.breaks, shuffled.n) == (fit.breaks, fit.n)


@few
@given(histories, st.integers(0, 1000))
def test_a_copied_row_changes_nothing(history: tuple[list[date], list[float]], row: int) -> None:
    dates, prices = history
    row %= len(dates)
    fit = fit_decline([*dates, dates[row]], [*prices, prices[row]])
    assert fit.annual_factor == fit_decline(dates, prices).annual_factor
    assert [s.row for s in fit.set_aside] == [len(dates)]


@few
@given(histories, st.floats(-2, 5), st.floats(0.01, 0.99))
def test_a_forecast_lies_in_its_interval(
    history: tuple[list[date], list[float]], at: float, confidence: float
) -> None:
    fit = fit_decline(*history, confidence=confidence)
    price, low, high = fit.forecast(at)
    if not math.isnan(low + high):
        assert low <= price <= high
    assert fit.interval.low <= fit.annual_factor <= fit.interval.high


@pytest.mark.engine
def test_intervals_hold_what_they_promise() -> None:
    # 400 histories of 12 prices: a 90 % interval holds the factor in 90 % of them, give or take
    # 3 standard errors of 1.5 %; the forecast holds the next price as often.
    held = forecast_held = 0
    for seed in range(400):
        dates, prices = exponential(seed, 13, factor=4, noise=0.3)
        fit = fit_decline(dates[:-1], prices[:-1], errors="independent")
        held += fit.interval.low <= 4 <= fit.interval.high
        _, low, high = fit.forecast(dates[-1])
        forecast_held += low <= prices[-1] <= high
    assert 0.855 <= held / 400 <= 0.945
    assert 0.855 <= forecast_held / 400 <= 0.945


@pytest.mark.engine
@pytest.mark.parametrize("autocorrelation", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("even", [True, False])
def test_intervals_hold_where_prices_follow_one_another(autocorrelation: float, even: bool) -> None:
    found = coverage(13, autocorrelation, even=even, draws=4000)
    # 85 to 95 of 100, give or take 2.5 standard errors of 0.5.
    assert 0.8375 <= found.factor <= 0.9625
    assert 0.8375 <= found.forecast <= 0.9625
    assert found.least_squares < (0.95 if autocorrelation == 0 else 0.82)
