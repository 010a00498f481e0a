"""What a fit says of itself in words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lmprice.chapters.decline.fit import fit_decline
from tests.chapters.decline.histories import EPOCH, HISTORY, PRICES, dates_of, exponential


def test_three_points_are_thin() -> None:
    fit = fit_decline(["2023-03-14", "2023-11-06", "2024-05-13"], [30, 10, 5])
    assert fit.is_thin
    assert "Evidence is thin: so few prices hardly show a trend." in str(fit)


def test_an_interval_across_one_is_thin() -> None:
    history, _ = EPOCH["GPT-4o on MATH 500"]
    fit = fit_decline(list(history), list(history.values()))
    assert fit.is_thin
    assert "the interval of the annual factor reaches across 1" in str(fit)
    flat = fit_decline(HISTORY, [1, 1.3, 0.9, 1.2, 0.8, 1.1])
    assert flat.is_thin
    assert "the interval of the annual factor reaches across 1" in str(flat)


def test_good_evidence_is_not_called_thin() -> None:
    fit = fit_decline(HISTORY, PRICES)
    assert not fit.is_thin
    assert "thin" not in str(fit)
    assert str(fit).startswith("Price of one product, 6 prices from 2024-01-01 to 2025-08-01:")
    assert "times cheaper a year (90 % interval" in str(fit)


def test_a_few_weeks_are_thin() -> None:
    fit = fit_decline(dates_of([0, 5, 10, 15, 20, 25]), [10, 9.1, 8.0, 7.2, 6.4, 5.7])
    assert "a short time for a yearly figure" in str(fit)


def test_two_prices_have_no_interval() -> None:
    fit = fit_decline(["2024-01-01", "2024-12-31"], [10, 1])
    assert fit.annual_factor == pytest.approx(10)
    assert all(map(math.isnan, (*fit.interval, fit.residual_error, *fit.forecast(1)[1:])))
    assert fit.forecast(1).price == pytest.approx(0.1)
    assert "10 times cheaper a year (no interval)" in str(fit)
    assert fit.is_thin


def test_rising_prices_are_said_to_rise() -> None:
    fit = fit_decline(HISTORY, PRICES[::-1])
    assert fit.annual_factor < 1
    assert math.isnan(fit.half_life)
    assert "rises: " in str(fit)
    assert "times dearer a year" in str(fit)
    assert "halves" not in str(fit)
    low, high = fit.interval
    assert low < fit.annual_factor < high < 1


def test_an_interval_beyond_all_numbers_still_reaches_across_one() -> None:
    # Four prices of five days: e^17.6 a year, give or take e^62 with independent errors.
    rising = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05"], [10, 40, 14, 80]
    fit = fit_decline(*rising, confidence=0.999)
    assert fit.interval == (0, math.inf)
    said = str(fit)
    assert "times dearer a year (99.9 % interval below 1e-130 to beyond 1e130)" in said
    assert "reaches across 1" in said
    assert "a short time for a yearly figure" in said
    ahead = fit.forecast(1)
    assert math.isnan(ahead.price) == math.isnan(ahead.low)


def test_one_step_is_no_trend() -> None:
    step = "the price knows two levels only. That is a step, not a trend"
    assert step in str(fit_decline(HISTORY, [10, 10, 10, 5, 5, 5]))
    assert step in str(fit_decline(HISTORY, [10, 10.1, 9.95, 5, 5.02, 5]))
    assert step not in str(fit_decline(HISTORY, PRICES))
    assert step not in str(fit_decline(HISTORY[:2], [10, 5]))  # too few to tell


def test_each_stretch_has_its_own_cautions() -> None:
    # A year of daily prices, and three weeks of another trend.
    days = np.arange(0, 380, 4)
    logs = np.where(days < 360, -days / 365, -8 * (days - 360) / 365) + 0.01 * np.cos(days)
    fit = fit_decline(dates_of(days), np.exp(logs))
    assert fit.breaks
    last = str(fit).split(f"  {fit.latest.first} to {fit.latest.last}")[1]
    assert "shorter than a quarter of a year" in last


def test_a_constant_price_does_not_change() -> None:
    for prices in ([0.1] * 6, [7.3] * 6):
        said = str(fit_decline(HISTORY, prices))
        assert said.splitlines()[1:] == ["does not change (90 % interval 1 to 1)."]
    fit = fit_decline(HISTORY, [0.1] * 6)
    assert math.isnan(fit.autocorrelation)
    assert fit.annual_factor == pytest.approx(1, abs=1e-12)
    assert math.isnan(fit.half_life)
    assert math.isnan(fit.r_squared)
    assert "does not change" in str(fit)


@pytest.mark.engine
def test_prices_that_follow_one_another_are_named() -> None:
    days = np.arange(700)
    stairs = 40 * 3.0 ** (-(days // 100) * 100 / 365) * (1 + 0.001 * (days % 2))
    said = str(fit_decline(dates_of(days), stairs))
    assert "Prices follow one another so closely" in said
    assert "intervals hold less often than they say" in said
    independent = str(fit_decline(dates_of(days), stairs, errors="independent"))
    assert "there are fewer independent ones than rows" in independent
    dates, prices = exponential(0, 300)
    assert "follow" not in str(fit_decline(dates, prices))


def test_slow_declines_halve_in_years() -> None:
    days = np.arange(0, 3000, 100)
    assert "halves every 7 years" in str(fit_decline(dates_of(days), 2 ** (-days / 365 / 7)))


def test_impossible_factors_are_no_numbers() -> None:
    fit = fit_decline(dates_of([0, 1]), [1e9, 1])
    assert math.isnan(fit.annual_factor)
    assert math.isnan(fit.forecast(1).price)
    assert "falls too fast for a yearly figure, halves every" in str(fit)
    assert "a short time for a yearly figure" in str(fit)


def test_two_times_of_one_day_are_no_year() -> None:
    hours = ["2024-01-01T00:00", "2024-01-01T12:00"]
    said = str(fit_decline(hours, [3, 1]))
    assert "falls too fast for a yearly figure, halves every 0.315 days." in said  # ln 2 / ln 9
    assert "a short time for a yearly figure" in said
    assert "nan" not in said
    assert "rises too fast for a yearly figure." in str(fit_decline(hours, [1, 3]))


def test_prices_that_differ_by_rounding_do_not_vary() -> None:
    days = [f"2026-{month:02}-01" for month in range(1, 12)]
    fit = fit_decline(days, [0.1 + 0.2] * 5 + [0.3] * 6)
    assert math.isnan(fit.r_squared)
    assert fit.cautions == ()
    assert str(fit).endswith("does not change (90 % interval 1 to 1).")
