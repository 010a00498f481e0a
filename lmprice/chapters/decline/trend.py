"""The trend of a price: the yearly factor that its history shows, and what it says of tomorrow.

The logarithm of the price is fitted by a line in time, ordinary least squares; a year has 365 days.
In a sheet every row must be a date and a price.  `fit_decline` takes histories as they are found:
it sets dirty rows aside, tests for breaks in trend, knows quality, and says in words what it found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lmprice.chapters.decline.fit import fit_decline, fit_line
from lmprice.chapters.decline.quantities import (
    AnnualFactor,
    Confidence,
    ForecastDate,
    ForecastPrice,
    Independent,
    PastPrice,
    PriceDate,
    TrendFigures,
)
from lmprice.chapters.decline.reading import SERIAL_START
from lmprice.chapters.decline.trend_fit import DAYS_A_YEAR, LARGEST_LOG, Errors, TrendFit
from lmprice.language.expression import exp, log, nan, nth, total, where
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column

__all__ = ["TrendFit", "fit_decline", "trend_factor", "trend_figures", "trend_price"]

CATEGORY = "trend"


def _factor(dates: Any, prices: Any, first: Any) -> float:
    """e^(-365 slope) of the least squares line through the logarithms."""
    away = dates - total(dates) / total(prices > 0)  # from the mean date
    power = DAYS_A_YEAR * total(away * log(prices)) / total(away**2)
    factor = where((power < LARGEST_LOG) & (power > -LARGEST_LOG), exp(-power), nan)
    return where(total((dates - first) ** 2) > 0, factor, nan)


def _factor_in_a_sheet(dates: Any, prices: Any) -> float:
    return _factor(dates, prices, nth(dates, 1))


@pricing_function("LMTRENDFACTOR", CATEGORY, sheet_form=_factor_in_a_sheet)
def trend_factor(dates: Column[PriceDate], prices: Column[PastPrice]) -> AnnualFactor:
    """How many times cheaper it gets in a year, by the trend of a price history.

    Notes
    -----
    e^(-365 b) with the slope b of ln(price) by date, ordinary least squares.  In a sheet it is
    `LOGEST(prices, dates)^-365` without the digits which that power costs.  Below 1 where the price
    rises.  NaN where all prices are of one date, and beyond e^300.

    Examples
    --------
    Two prices a year apart, the second a tenth:

    >>> round(trend_factor([45000, 45365], [30, 3]), 12)
    10.0
    """
    return _factor(dates, prices, np.asarray(dates)[0])


def _row_by_row(
    figures: Callable[..., Sequence[float]], count: int, columns: Sequence[Any], *others: Any
) -> Any:
    """Figures of each sample: a column of them, with the samples behind."""
    shape = np.broadcast_shapes(*(c.shape[1:] for c in columns), *(np.shape(o) for o in others))
    rows = [np.broadcast_to(c, c.shape[:1] + shape) for c in columns]
    samples = [np.broadcast_to(o, shape) for o in others]
    result = np.full((count, *shape), math.nan)
    for at in np.ndindex(shape):
        serials, prices = (column[(slice(None), *at)] for column in rows)
        days = serials + SERIAL_START
        sample = [s[at] for s in samples]
        known = all(np.isfinite(values).all() for values in (days, prices, *sample))
        if known and days.min() < days.max():
            result[(slice(None), *at)] = figures(days, prices, *sample)
    return result


def _line(days: Any, prices: Any, confidence: float, is_independent: bool) -> TrendFit:
    errors: Errors = "independent" if is_independent else "autocorrelated"
    return fit_line(days, prices, float(confidence), errors)


def _figures(days: Any, prices: Any, confidence: float, is_independent: bool) -> Sequence[float]:
    fit = _line(days, prices, confidence, is_independent)
    return (
        *(fit.annual_factor, *fit.interval, fit.half_life),
        *(fit.r_squared, fit.residual_error, fit.n),
    )


@pricing_function("LMTREND", CATEGORY, has_formula=False, result_has_rows=False)
def trend_figures(
    dates: Column[PriceDate],
    prices: Column[PastPrice],
    confidence: Confidence = 0.9,
    independent: Independent = False,
) -> Column[TrendFigures]:
    """Trend of a price: factor, its limits, half-life, R squared, residual error and count.

    Notes
    -----
    Seven figures below each other: the annual factor, the lower and the upper limit of its
    confidence interval, the half-life in years, R², the residual error (standard deviation of the
    logarithm of a price beside the trend) and the number of prices.  The interval allows for prices
    that follow one another, as that of `fit_decline` does, unless they are independent.  NaN where
    there is no such figure: the interval of two prices or of two dates, the half-life of a price
    that does not fall, R² of a constant one, a limit beyond e^300; all of them where there is one
    date only.

    Examples
    --------
    >>> trend_figures([45000, 45100, 45300, 45400], [30, 10, 5, 1], 0.9, True).round(3)
    array([15.423,  3.004, 79.188,  0.253,  0.923,  0.485,  4.   ])
    """
    figures: float = _row_by_row(_figures, 7, [dates, prices], confidence, independent)
    return figures


def _forecast(
    days: Any, prices: Any, at: float, confidence: float, is_independent: bool
) -> Sequence[float]:
    fit = _line(days, prices, confidence, is_independent)
    return fit.forecast((float(at) + SERIAL_START - float(days.max())) / DAYS_A_YEAR)


@pricing_function("LMTRENDPRICE", CATEGORY, has_formula=False, result_has_rows=False)
def trend_price(
    dates: Column[PriceDate],
    prices: Column[PastPrice],
    at: ForecastDate,
    confidence: Confidence = 0.9,
    independent: Independent = False,
) -> Column[ForecastPrice]:
    """Price at a date by the trend of its history, with the limits of its prediction interval.

    Notes
    -----
    Three figures below each other: the price on the trend (a median: half of all prices lie below),
    and the limits between which one price lies with that confidence.  They allow for prices that
    follow one another, as those of `fit_decline` do, unless they are independent.  NaN for the
    limits where there are two prices or two dates, and for all three where there is one date only.

    Examples
    --------
    >>> trend_price([45000, 45100, 45300, 45400], [30, 10, 5, 1], 45500, 0.9, True).round(3)
    array([0.657, 0.082, 5.248])
    """
    price: float = _row_by_row(_forecast, 3, [dates, prices], at, confidence, independent)
    return price
