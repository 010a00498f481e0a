"""A trend: its figures, its forecast, and what is to be said against it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.decline.cautions import CAUTIONS, Caution, Figures, between_levels
from lmprice.chapters.decline.forecasts import Forecasts
from lmprice.chapters.decline.reading import as_day, as_number
from lmprice.chapters.decline.rows import SetAside
from lmprice.chapters.learning.regression import Estimate, Regression
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.output.framed import Framed, FramedTuple

Basis: TypeAlias = Literal["product", "lineage", "constant quality", "running minimum"]
Errors: TypeAlias = Literal["autocorrelated", "independent"]

DAYS_A_YEAR = 365
# Beyond e^300 there is no price or factor to speak of, only a line through too short a time.
LARGEST_LOG = 300
_SAME = 1e-14  # prices that differ by a smaller share differ by rounding


_WHAT = {
    "product": "Price of one product",
    "lineage": "Price of a lineage",
    "constant quality": "Price at constant quality",
    "running minimum": "Cheapest price so far",
}
_ROWS_NAMED = 5
_UNCHANGED = 5e-4  # a factor that three digits show as 1


class Judge(Protocol):
    """What knows the intervals of a fit."""

    def coefficient(self, position: int, confidence: float) -> Estimate:
        """A coefficient with its confidence interval."""
        ...

    def prediction(self, row: Array, confidence: float) -> Estimate:
        """The response of a new row with its prediction interval."""
        ...


class _Forecast(NamedTuple):
    price: float
    low: float
    high: float


class Forecast(_Forecast, FramedTuple):
    """A forecast price: the middle one (median), and the interval in which one price will lie."""


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class TrendFit(Framed):
    """A trend fitted to a price history; ``str(fit)`` says in words what it means.

    Attributes
    ----------
    annual_factor : float
        How many times cheaper it gets in a year; below 1 the price rises.
    interval : Interval
        Confidence interval (low, high) of that factor, 0 and infinite beyond e^300; NaN with two
        prices, or two dates, which leave no error to judge by.
    confidence : float
        Confidence of the intervals.
    errors : str
        What the intervals take the errors for: "autocorrelated" or "independent".
    half_life : float
        Years of 365 days in which the price halves; NaN where it does not fall.
    r_squared : float
        Share of the variance of the logarithm that the fit explains; NaN where the price is
        constant.
    residual_error : float
        Standard deviation of the logarithm of a price beside the trend: 0.1 is about 10 %.
    autocorrelation : float
        Correlation of each residual with the one before it; NaN where the line is exact.  Near 1
        the rows are no independent observations (the same list price recorded every day, say).
    n : int
        Prices that were used.
    first, last : date
        Dates of the first and the last of them.
    basis : str
        What the prices are of: "product", "lineage", "constant quality" or "running minimum".
    breaks : tuple of date
        First dates of new trends, where the trend breaks.
    segments : tuple of TrendFit
        The trends before, between and after the breaks, each fitted on its own; empty where there
        is no break.
    set_aside : tuple of SetAside
        Rows that were not used: row (from 0), value and reason.
    far_off : tuple of int
        Rows (from 0) whose prices are far from those around them and were kept: too many to be
        typos, or those of several products.
    dates : array of datetime64
        Dates of the prices that were used, in order of time.
    prices : array
        Those prices.
    regression : Regression
        The least squares fit: logarithm of price by a constant, years since `first`, and quality.
    judge : Judge
        What knows the intervals: `regression`, or its `Swings` where errors are autocorrelated.
    mean_quality : tuple of float
        Mean of each quality column, at which a forecast is made unless it says otherwise.
    """

    annual_factor: float
    interval: Interval
    confidence: float
    errors: Errors
    half_life: float
    r_squared: float
    residual_error: float
    autocorrelation: float
    n: int
    first: date
    last: date
    basis: Basis
    breaks: tuple[date, ...]
    segments: tuple[TrendFit, ...]
    set_aside: tuple[SetAside, ...]
    far_off: tuple[int, ...]
    dates: NDArray[np.datetime64] = field(repr=False)
    prices: Array = field(repr=False)
    regression: Regression = field(repr=False)
    judge: Judge = field(repr=False)
    mean_quality: tuple[float, ...] = ()
    _days: tuple[float, float] = field(repr=False, default=(0.0, 0.0))

    @property
    def half_life_days(self) -> float:
        """Days in which the price halves; NaN where it does not fall."""
        return self.half_life * DAYS_A_YEAR

    @property
    def latest(self) -> TrendFit:
        """The trend since the last break; this fit itself where there is none."""
        return self.segments[-1] if self.segments else self

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What is to be said against the trend, of the one list that workbooks share."""
        found = self._figures()
        return tuple(caution for caution in CAUTIONS if bool(caution.holds(found)))

    @property
    def is_thin(self) -> bool:
        """Whether the evidence is too thin: few prices, a short time, an interval across 1."""
        return any(caution.is_thin for caution in self.cautions)

    def _figures(self) -> Figures:
        logs: Any = np.log(self.prices)
        slope, low, high = self.judge.coefficient(1, self.confidence)
        return Figures(
            count=self.n,
            days=float(self._days[1] - self._days[0]),
            varies=prices_vary(self.prices),
            slope=slope,
            half=(high - low) / 2,
            dates=len(np.unique(self.dates)),
            is_independent=self.errors == "independent",
            autocorrelation=self.autocorrelation,
            between=between_levels(logs, logs.min(), logs.max()),
        )

    @overload
    def forecast(
        self, at: date | str | float, *, confidence: float | None = ..., quality: Any = ...
    ) -> Forecast: ...
    @overload
    def forecast(
        self, at: Iterable[Any], *, confidence: float | None = ..., quality: Any = ...
    ) -> Forecasts: ...
    def forecast(
        self, at: Any, *, confidence: float | None = None, quality: Any = None
    ) -> Forecast | Forecasts:
        """Price at a date, or so many years after the last price, with its prediction interval.

        Parameters
        ----------
        at : date, datetime, ISO text or number, or a column of them
            A date, or years of 365 days after the last price.
        confidence : float, optional
            Confidence of the interval; that of the fit by default.
        quality : float or sequence, optional
            Quality of the forecast, in a fit with quality; the mean of the history by default.

        Returns
        -------
        Forecast
            price, low, high.  The price is the median: half of all prices lie below it; NaN beyond
            e^300.  The interval of two prices, or of two dates, is NaN.  Of a column of dates, a
            table with a row each.

        Notes
        -----
        The line through all prices goes on, also where the trend broke: ``fit.latest.forecast`` is
        the one to ask then.
        """
        level = self.confidence
        if confidence is not None:
            level = read_confidence("forecast", confidence)
        is_column = hasattr(at, "__iter__") and getattr(at, "ndim", 1) != 0
        if is_column and not isinstance(at, (str, bytes)):
            found = ((day, self._forecast(day, level, quality)) for day in at)
            return Forecasts(tuple({"at": day, **price._asdict()} for day, price in found))
        return self._forecast(at, level, quality)

    def _forecast(self, at: Any, level: float, quality: Any) -> Forecast:
        row = np.array([1.0, self._years(at), *self._quality(quality)])
        return forecast_of(self.judge.prediction(row, level))

    def _years(self, at: Any) -> float:
        first, last = self._days
        if isinstance(at, (int, float, np.integer, np.floating)) and not isinstance(at, bool):
            if not math.isfinite(at):
                raise PricingError("forecast", "at", at, "is not finite")
            return (last - first) / DAYS_A_YEAR + float(at)
        day = as_day(at)
        if day is None:
            raise PricingError("forecast", "at", at, "is neither a date nor a number of years")
        return (day - first) / DAYS_A_YEAR

    def _quality(self, quality: Any) -> tuple[float, ...]:
        if quality is None:
            return self.mean_quality
        is_row = hasattr(quality, "__iter__") and not isinstance(quality, str)
        values = [as_number(value) for value in (quality if is_row else [quality])]
        numbers = tuple(value for value in values if value is not None and math.isfinite(value))
        if not len(values) == len(numbers) == len(self.mean_quality):
            rule = f"is not a number for each of the {len(self.mean_quality)} qualities of the fit"
            raise PricingError("forecast", "quality", quality, rule)
        return numbers

    def to_dicts(self) -> list[dict[str, Any]]:
        """The figures of the trend in one row."""
        names = ["annual_factor", "half_life_days", "r_squared", "residual_error"]
        names += ["autocorrelation", "n", "first", "last", "basis", "errors", "confidence"]
        row = {name: getattr(self, name) for name in names}
        row |= {"factor_low": self.interval.low, "factor_high": self.interval.high}
        return [{**row, "cautions": "; ".join(caution.text.en for caution in self.cautions)}]

    def __str__(self) -> str:
        return _summary(self)


def prices_vary(prices: Array) -> bool:
    """Whether prices are more than one: 0.1 + 0.2 and 0.3 are the same, as in a sheet."""
    return bool(np.ptp(prices) > _SAME * prices.max())


def forecast_of(logarithm: Estimate) -> Forecast:
    """A forecast from that of the logarithm."""
    price = exponential(logarithm.value)
    if math.isnan(price):
        return Forecast(math.nan, math.nan, math.nan)
    return Forecast(price, limit(logarithm.low), limit(logarithm.high))


def read_confidence(owner: str, confidence: Any) -> float:
    """A confidence that was given."""
    number = as_number(confidence)
    if number is None or isinstance(confidence, str) or not 0 < number < 1:
        raise PricingError(owner, "confidence", confidence, "is not between 0 and 1")
    return number


def exponential(logarithm: float) -> float:
    """A factor or price; NaN (no answer) beyond e^300."""
    return math.exp(logarithm) if abs(logarithm) < LARGEST_LOG else math.nan


def limit(logarithm: float) -> float:
    """The end of an interval: beyond e^300 that is 0, or infinite."""
    if logarithm >= LARGEST_LOG:
        return math.inf
    return 0.0 if logarithm <= -LARGEST_LOG else math.exp(logarithm)


# In plain language -----------------------------------------------------------------------------


def _summary(fit: TrendFit) -> str:
    """The summary of a fit, a line a statement."""
    lines = [
        f"{_WHAT[fit.basis]}, {fit.n:,} prices from {fit.first} to {fit.last}:",
        f"{_movement(fit)}{_halving(fit)}.",
    ]
    if math.isfinite(fit.r_squared) and math.isfinite(fit.residual_error):
        off = math.exp(min(fit.residual_error, 300))
        lines.append(f"R² {fit.r_squared:.2f}; a price is typically off by a factor of {off:.3g}.")
    if fit.basis == "running minimum":
        lines.append("Biased steep: the cheapest price so far can only fall.")
    lines += [caution.text.en for caution in fit.cautions]
    lines += _breaks(fit)
    if fit.far_off:
        is_mixed = fit.basis in ("lineage", "running minimum") or not fit.mean_quality
        is_mixed = is_mixed and fit.basis != "product"
        why = "they may be other products" if is_mixed else "too many to be typos"
        several = "s" if len(fit.far_off) > 1 else ""
        were = "were" if several else "was"
        lines.append(
            f"{len(fit.far_off):,} price{several} far off the trend {were} kept: {why} "
            f"({_rows_named(fit.far_off)})."
        )
    return "\n".join(lines + _set_aside(fit))


def _movement(fit: TrendFit) -> str:
    """How fast it falls or rises, with the interval."""
    factor, (low, high) = fit.annual_factor, fit.interval
    if math.isnan(factor):
        return f"{'rises' if math.isnan(fit.half_life) else 'falls'} too fast for a yearly figure"
    if abs(factor - 1) < _UNCHANGED:
        text = "does not change"
    elif factor < 1:
        factor, low, high = 1 / factor, _inverse(high), _inverse(low)
        text = f"rises: {_digits(factor)} times dearer a year"
    else:
        text = f"{_digits(factor)} times cheaper a year"
    if math.isnan(low) or math.isnan(high):
        return f"{text} (no interval)"
    return f"{text} ({100 * fit.confidence:g} % interval {_digits(low)} to {_digits(high)})"


def _inverse(factor: float) -> float:
    return 1 / factor if factor > 0 else math.inf


def _digits(number: float) -> str:
    """Three significant digits; large numbers in full."""
    if not 0 < number < math.inf:
        return "beyond 1e130" if number else "below 1e-130"
    return f"{number:,.0f}" if 100 <= number < 1e9 else f"{number:.3g}"


def _halving(fit: TrendFit) -> str:
    if math.isnan(fit.half_life):
        return ""
    if fit.half_life < 2:
        return f", halves every {_digits(fit.half_life_days)} days"
    return f", halves every {_digits(fit.half_life)} years"


def _breaks(fit: TrendFit) -> list[str]:
    if not fit.breaks:
        return []
    dates = " and ".join(map(str, fit.breaks))
    several = "s" if len(fit.breaks) > 1 else ""
    return [
        f"Break{several} in trend at {dates}: one line does not describe these prices.",
        *(line for part in fit.segments for line in _segment(part)),
    ]


def _segment(part: TrendFit) -> list[str]:
    """One of the trends, and what is to be said against it."""
    line = f"  {part.first} to {part.last}, {part.n:,} prices: {_movement(part)}"
    return [line, *(f"    {caution.text.en}" for caution in part.cautions)]


def _set_aside(fit: TrendFit) -> list[str]:
    if not fit.set_aside:
        return []
    rows = defaultdict(list)
    for row, _, reason in fit.set_aside:
        rows[reason].append(row)
    total = len(fit.set_aside) + fit.n
    lines = [f"Set aside {len(fit.set_aside):,} of {total:,} rows:"]
    for reason, found in rows.items():
        lines.append(f"  {len(found):,}: {reason} ({_rows_named(found)})")
    return lines


def _rows_named(rows: Sequence[int]) -> str:
    """The first few of some rows."""
    named = ", ".join(map(str, rows[:_ROWS_NAMED]))
    return f"row {named}{', ...' if len(rows) > _ROWS_NAMED else ''}"
