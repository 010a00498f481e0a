"""Fits of price histories: published numbers, other ways to them, words, refusals and laws."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy import stats

import lmprice
from lmprice import PricingError
from lmprice.chapters.decline.fit import fit_decline
from lmprice.chapters.decline.trend_fit import TrendFit
from tests.chapters.decline.histories import EPOCH, HISTORY, PRICES, dates_of, exponential

# Published ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EPOCH)
def test_epoch(name: str) -> None:
    history, (factor, low, high, r_squared, half_life_days) = EPOCH[name]
    fit = fit_decline(list(history), list(history.values()), confidence=0.9, errors="independent")
    assert fit.annual_factor == pytest.approx(factor, rel=1e-10)
    assert fit.interval == pytest.approx((low, high), rel=1e-9)
    assert fit.r_squared == pytest.approx(r_squared, rel=1e-10)
    assert fit.half_life_days == pytest.approx(half_life_days, rel=1e-10)
    assert fit.n == len(history)
    assert not fit.breaks
    assert not fit.set_aside


def test_ai_index() -> None:
    # Stanford HAI, AI Index 2025: $20 to $0.07 from November 2022 to October 2024 is 285.7 times in
    # 23 months; 700 days are 1.918 years.
    fit = fit_decline(["2022-11-30", "2024-10-30"], [20, 0.07])
    assert fit.annual_factor == pytest.approx((20 / 0.07) ** (365 / 700))
    assert fit.annual_factor == pytest.approx(19.1, abs=0.05)
    assert 20 / fit.forecast(date(2024, 10, 30)).price == pytest.approx(285.7, abs=0.05)


def test_llmflation() -> None:
    fit = fit_decline(["2021-11-18", "2024-11-17"], [60, 0.06])
    assert fit.annual_factor == pytest.approx(10)
    assert 12 * fit.half_life == pytest.approx(3.61235994797)


# Another way -------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.99])
def test_as_scipy_has_it(confidence: float) -> None:
    dates, prices = exponential(4, 25, noise=0.4)
    years = np.array([(d - dates[0]).days / 365 for d in dates])
    other = stats.linregress(years, np.log(prices))
    quantile = stats.t.ppf((1 + confidence) / 2, 23)
    fit = fit_decline(dates, prices, confidence=confidence, errors="independent")
    assert fit.annual_factor == pytest.approx(math.exp(-other.slope))
    assert math.log(fit.interval.low) == pytest.approx(-other.slope - quantile * other.stderr)
    assert math.log(fit.interval.high) == pytest.approx(-other.slope + quantile * other.stderr)
    assert fit.r_squared == pytest.approx(other.rvalue**2)
    # The textbook's prediction interval.
    left = np.log(prices) - other.intercept - other.slope * years
    error = math.sqrt(left @ left / 23)
    assert fit.residual_error == pytest.approx(error)
    at = (date(2026, 1, 1) - dates[0]).days / 365
    gap = (at - years.mean()) ** 2 / np.sum((years - years.mean()) ** 2)
    half = quantile * error * math.sqrt(1 + 1 / 25 + gap)
    middle = other.intercept + other.slope * at
    ahead = fit.forecast(date(2026, 1, 1))
    assert np.log(ahead) == pytest.approx([middle, middle - half, middle + half])
    assert fit.autocorrelation == pytest.approx(left[1:] @ left[:-1] / (left @ left))


@pytest.mark.parametrize("confidence", [0.5, 0.9])
def test_intervals_of_prices_that_follow_one_another(confidence: float) -> None:
    # The swings are what a polynomial of degree 4 explains beyond the line.
    dates, prices = exponential(4, 25, noise=0.4)
    years = np.array([(d - dates[0]).days / 365 for d in dates])
    logs = np.log(prices)
    left = [np.polyfit(years, logs, degree, full=True)[1][0] for degree in (1, 4)]
    size = math.sqrt((left[0] - left[1]) / 3)
    spread = np.sum((years - years.mean()) ** 2)
    reach = 1.3 * stats.t.ppf((1 + confidence) / 2, 3) * size
    slope, level = np.polyfit(years, logs, 1)
    fit = fit_decline(dates, prices, confidence=confidence)
    assert fit.errors == "autocorrelated"
    assert math.log(fit.interval.low) == pytest.approx(-slope - reach / math.sqrt(spread))
    assert math.log(fit.interval.high) == pytest.approx(-slope + reach / math.sqrt(spread))
    at = 4.5
    of_line = reach**2 * (1 / 25 + (at - years.mean()) ** 2 / spread)
    of_one = stats.t.ppf((1 + confidence) / 2, 23) ** 2 * left[0] / 23
    half = math.sqrt(of_line + of_one)
    middle = level + slope * at
    ahead = fit.forecast(at - years[-1])
    assert np.log(ahead) == pytest.approx([middle, middle - half, middle + half])


def test_two_dates_show_no_swings() -> None:
    fit = fit_decline(["2024-01-01", "2024-01-01", "2025-01-01"], [4, 5, 2])
    assert all(map(math.isnan, (*fit.interval, *fit.forecast(1)[1:])))
    assert "prices of two dates do not show whether they follow one another" in str(fit)
    assert "(no interval)" in str(fit)
    independent = fit_decline(
        ["2024-01-01", "2024-01-01", "2025-01-01"], [4, 5, 2], errors="independent"
    )
    assert independent.interval.low > 0


def test_forecast_dates_and_years_agree() -> None:
    fit = fit_decline(HISTORY, PRICES)
    ahead = fit.forecast(date(2026, 8, 1))
    assert fit.forecast("2026-08-01") == ahead
    assert fit.forecast(datetime(2026, 8, 1)) == ahead
    assert fit.forecast(np.datetime64("2026-08-01")) == ahead  # type: ignore[call-overload]
    assert fit.forecast(1) == pytest.approx(ahead)
    assert fit.forecast(0.0) == fit.forecast(fit.last)
    wide = fit.forecast(1, confidence=0.99)
    assert wide.low < ahead.low < ahead.price == pytest.approx(wide.price)
    assert wide.high > ahead.high


@pytest.mark.parametrize("at", ["soon", None, math.nan, math.inf, True])
def test_forecast_of_no_date(at: Any) -> None:
    with pytest.raises(PricingError, match="forecast: at"):
        fit_decline(HISTORY, PRICES).forecast(at)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quality": "x"}, "forecast: quality 'x' is not a number for each of the 1 qualities of"),
        ({"quality": [1, 2]}, r"forecast: quality \[1, 2\] is not a number for each"),
        ({"quality": math.nan}, "forecast: quality nan is not a number for each"),
        ({"quality": True}, "forecast: quality True is not a number for each"),
        ({"confidence": 2}, "forecast: confidence 2 is not between 0 and 1"),
        ({"confidence": "high"}, "forecast: confidence 'high' is not between 0 and 1"),
    ],
)
def test_options_of_a_forecast_are_checked(options: dict[str, Any], message: str) -> None:
    fit = fit_decline(HISTORY, PRICES, quality=[1, 3, 2, 5, 4, 6])
    with pytest.raises(PricingError, match=f"^{message}"):
        fit.forecast(1, **options)


def test_a_fit_without_quality_forecasts_without() -> None:
    with pytest.raises(
        PricingError, match=r"^forecast: quality 5 is not a number for each of the 0 qual"
    ):
        fit_decline(HISTORY, PRICES).forecast(1, quality=5)


# Basis -------------------------------------------------------------------------------------------


def test_hedonic_fit() -> None:
    random = np.random.default_rng(7)
    dates, falling = exponential(7, 60, factor=5, noise=0.1)
    quality = random.uniform(40, 90, 60)
    prices = np.array(falling) * np.exp(0.06 * quality)
    fit = fit_decline(dates, prices, quality=quality)
    assert fit.basis == "constant quality"
    assert fit.interval.low < 5 < fit.interval.high
    # Normal equations, solved directly.
    years = np.array([(d - dates[0]).days / 365 for d in dates])
    design = np.column_stack([np.ones(60), years, quality])
    solved = np.linalg.solve(design.T @ design, design.T @ np.log(prices))
    assert fit.regression.coefficients == pytest.approx(solved)
    assert fit.annual_factor == pytest.approx(math.exp(-solved[1]))
    # A forecast is made at a quality, the mean one by default.
    assert fit.mean_quality == pytest.approx((quality.mean(),))
    assert fit.forecast(1) == fit.forecast(1, quality=quality.mean())
    better = fit.forecast(1, quality=quality.mean() + 10).price / fit.forecast(1).price
    assert better == pytest.approx(math.exp(10 * solved[2]))
    # Without quality the same prices say much less.
    assert fit.residual_error < 0.2 < fit_decline(dates, prices, basis="lineage").residual_error


def test_two_qualities() -> None:
    random = np.random.default_rng(8)
    dates, falling = exponential(8, 50, factor=3, noise=0.01)
    grades = random.normal(size=(50, 2))
    fit = fit_decline(dates, falling * np.exp(grades @ [0.5, -0.2]), quality=grades)
    assert fit.regression.coefficients[2:] == pytest.approx([0.5, -0.2], abs=0.01)
    assert fit.annual_factor == pytest.approx(3, rel=0.02)
    assert fit.forecast(0, quality=[1, 1]).price > fit.forecast(0, quality=[0, 1]).price
    with pytest.raises(
        PricingError, match=r"forecast: quality 1 is not a number for each of the 2 q"
    ):
        fit.forecast(0, quality=1)


def test_running_minimum_is_labelled_biased() -> None:
    dates = dates_of([0, 100, 200, 300, 300, 400, 500, 600])
    prices = [10, 12, 6, 5, 4, 4, 8, 1]
    fit = fit_decline(dates, prices, basis="running minimum")
    # By hand: 10, 6, 4 (the cheaper of its date) and 1 were cheaper than all before them.
    records = fit_decline([dates[i] for i in (0, 2, 4, 7)], [10, 6, 4, 1])
    assert fit.annual_factor == pytest.approx(records.annual_factor)
    assert fit.n == 4
    assert [s.row for s in fit.set_aside] == [1, 3, 5, 6]
    assert {s.reason for s in fit.set_aside} == {"is not cheaper than the cheapest before it"}
    assert "Biased steep" in str(fit)
    assert "Biased steep" not in str(records)


def test_running_minimum_at_a_quality() -> None:
    dates = dates_of([0, 100, 200, 300, 400])
    quality = [80, 50, 85, 90, 81]
    fit = fit_decline(
        dates, [10, 1, 6, 7, 2], basis="running minimum", quality=quality, at_least=80
    )
    assert [(s.row, s.value, s.reason) for s in fit.set_aside] == [
        (1, 50, "is of a quality below the level asked for"),
        (3, 7, "is not cheaper than the cheapest before it"),
    ]
    other = fit_decline([dates[i] for i in (0, 2, 4)], [10, 6, 2])
    assert fit.annual_factor == pytest.approx(other.annual_factor)
    assert fit.forecast(1).price == pytest.approx(other.forecast(1).price)


def test_a_running_minimum_is_steeper() -> None:
    dates, prices = exponential(3, 200, factor=2, noise=0.6)
    whole = fit_decline(dates, prices, basis="lineage")
    assert fit_decline(dates, prices, basis="running minimum").annual_factor > whole.annual_factor


def test_equal_rows_count_once_for_a_product_and_twice_for_a_lineage() -> None:
    dates, prices = [*HISTORY, HISTORY[0]], [*PRICES, PRICES[0]]
    once = fit_decline(dates, prices)
    assert once.annual_factor == fit_decline(HISTORY, PRICES).annual_factor
    assert [(s.row, s.value, s.reason) for s in once.set_aside] == [
        (6, 10.0, "repeats an earlier row")
    ]
    assert fit_decline(dates, prices, basis="lineage").n == 7
    # Two prices of one date are two observations.
    assert fit_decline([*HISTORY, HISTORY[0]], [*PRICES, 9]).n == 7


# Refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_dates", "given_prices", "message"),
    [
        (HISTORY[:3], [1, 0, -1], r"fit_decline: prices\[1\] 0 is not above 0 \(2 of 3 elements"),
        (HISTORY[:3], [1, 2, -1], r"fit_decline: prices\[2\] -1 is not above 0"),
        (HISTORY[:3], [1, math.nan, 2], r"fit_decline: prices\[1\] nan is not a number"),
        (HISTORY[:3], [1, None, 2], r"fit_decline: prices\[1\] None is not a number"),
        (HISTORY[:3], [1, "free", 2], r"fit_decline: prices\[1\] 'free' is not a number"),
        (HISTORY[:3], [1, True, 2], r"fit_decline: prices\[1\] True is not a number"),
        (HISTORY[:3], [1, math.inf, 2], r"fit_decline: prices\[1\] inf is infinite"),
        (["2024-01-01", "May", "2024-03-01"], [1, 2, 3], r"dates\[1\] 'May' is not a date"),
        ([2023, 2024, 2025], [1, 2, 3], r"dates\[0\] 2023 is not a date"),
        (["2024-01-01", None], [1, 2], r"dates\[1\] None is not a date"),
        (["2024-01-01"], [1], r"dates '2024-01-01' is the only date"),
        (["2024-01-01"] * 3, [1, 2, 3], r"dates '2024-01-01' is the only date"),
        ([], [], r"fit_decline: prices 0 is the number of prices that are left"),
        (HISTORY, [1, 2], r"prices 2 is the number of rows, but dates has 6"),
        ("2024-01-01", [1], r"dates '2024-01-01' is not a column"),
        (HISTORY, 5, r"prices 5 is not a column"),
        (HISTORY, np.ones((6, 2)), r"prices \(6, 2\) is a shape of more than one dimension"),
    ],
)
def test_nonsense_is_named(given_dates: Any, given_prices: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        fit_decline(given_dates, given_prices)


def test_the_error_carries_its_parts() -> None:
    with pytest.raises(PricingError) as caught:
        fit_decline(HISTORY[:4], [1, 0, 3, -2])
    error = caught.value
    assert (error.function, error.parameter, error.index) == ("fit_decline", "prices", (1,))
    assert (error.value, error.rule) == (0, "is not above 0")
    assert error.mask.tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 1}, "confidence 1 is not between 0 and 1"),
        ({"confidence": 90}, "confidence 90 is not between 0 and 1"),
        ({"confidence": "high"}, "confidence 'high' is not between"),
        ({"basis": "market"}, "basis 'market' is none of product, lineage, constant quality"),
        ({"dirty": "maybe"}, "dirty 'maybe' is none of auto, set aside, refuse"),
        (
            {"at_least": "x", "basis": "running minimum", "quality": range(6)},
            "fit_decline: at_least 'x' is not a number",
        ),
        (
            {"at_least": math.nan, "basis": "running minimum", "quality": range(6)},
            "fit_decline: at_least nan is not a number",
        ),
        ({"confidence": True}, "confidence True is not between"),
        ({"errors": "hac"}, "errors 'hac' is none of autocorrelated, independent"),
        ({"errors": ["independent"]}, "errors .* is none of autocorrelated, independent"),
        ({"at_least": 3}, "at_least 3 needs the basis 'running minimum' and a quality column"),
        ({"quality": [1] * 6}, r"quality \[1.0, 1.0, .*\] says nothing that time"),
        ({"quality": np.ones((6, 9))}, "prices 6 is the number of prices; with that quality"),
        ({"quality": [1, 2]}, "quality 2 is the number of rows, but dates has 6"),
        ({"quality": [1, 2, 3, "a", 5, 6]}, r"quality\[3\] 'a' is not a number"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PricingError, match=message):
        fit_decline(HISTORY, PRICES, **options)


# Inputs ------------------------------------------------------------------------------------------


def test_dates_of_many_kinds() -> None:
    import polars as pl

    expected = fit_decline(HISTORY, PRICES)
    plain = [date.fromisoformat(text) for text in HISTORY]
    moments = [datetime(d.year, d.month, d.day) for d in plain]
    serials = [(d - date(1899, 12, 30)).days for d in plain]
    kinds: list[Any] = [
        plain,
        tuple(plain),
        moments,
        [m.replace(tzinfo=UTC) for m in moments],
        [m.replace(tzinfo=timezone(timedelta(hours=8))) + timedelta(hours=8) for m in moments],
        [f" {text} " for text in HISTORY],
        [f"{text}T00:00:00Z" for text in HISTORY],
        np.array(HISTORY, dtype="datetime64[D]"),
        np.array(HISTORY, dtype="datetime64[ns]"),
        serials,
        np.array(serials, dtype=float),
        pl.Series(plain),
        iter(plain),
    ]
    for dates in kinds:
        fit = fit_decline(dates, PRICES)
        assert fit.annual_factor == pytest.approx(expected.annual_factor, rel=1e-12)
        assert (fit.first, fit.last) == (expected.first, expected.last)


def test_prices_of_many_kinds() -> None:
    import polars as pl

    expected = fit_decline(HISTORY, PRICES).annual_factor
    kinds: list[Any] = [
        [Decimal(str(p)) for p in PRICES],
        [str(p) for p in PRICES],
        np.array(PRICES),
        np.ma.array(PRICES),
        pl.Series([*map(float, PRICES)]),
    ]
    for prices in kinds:
        assert fit_decline(HISTORY, prices).annual_factor == pytest.approx(expected, rel=1e-12)


class NotATime(datetime):
    """What pandas has for a missing time: a datetime that is not equal to itself."""

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_missing_values_of_many_kinds() -> None:
    import polars as pl

    prices: Any
    masked: Any = np.ma.array(PRICES, mask=[False, True, *[False] * 4])
    for prices in (masked, pl.Series([10.0, None, *map(float, PRICES[2:])])):
        with pytest.raises(PricingError, match=r"prices\[1\] (None|nan) is not a number"):
            fit_decline(HISTORY, prices)
    dates: Any
    for dates in (
        pl.Series([*map(date.fromisoformat, HISTORY[:5]), None]),
        np.array([*HISTORY[:5], "NaT"], dtype="datetime64[D]"),
        [*HISTORY[:5], NotATime(2025, 8, 1)],
    ):
        with pytest.raises(PricingError, match=r"dates\[5\] .* is not a date"):
            fit_decline(dates, PRICES)


def test_the_time_of_day_counts() -> None:
    hours = [datetime(2025, 1, 1) + timedelta(hours=h) for h in (0, 6, 12, 18)]
    fit = fit_decline(hours, [8, 4, 2, 1])
    assert fit.half_life_days == pytest.approx(0.25)


def test_it_is_exported() -> None:
    assert lmprice.fit_decline is fit_decline
    assert lmprice.TrendFit is TrendFit
