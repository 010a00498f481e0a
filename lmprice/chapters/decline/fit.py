"""How fast a price falls, from its history, and how sure that is.

The logarithm of the price is fitted by a line in time, ordinary least squares; a year has 365 days.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.decline.breaks import find_breaks
from lmprice.chapters.decline.rows import (
    OWNER,
    Dirty,
    Rows,
    SetAside,
    as_date,
    as_datetimes,
    as_day,
    as_number,
    cheapest_so_far,
    read_rows,
)
from lmprice.chapters.decline.summary import summary, thin_evidence
from lmprice.chapters.learning.regression import Regression, dependent_column, least_squares
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError

Basis: TypeAlias = Literal["product", "lineage", "constant quality", "running minimum"]

DAYS_A_YEAR = 365
# Beyond e^300 there is no price or factor to speak of, only a line through too short a time.
LARGEST_LOG = 300
# A slope nearer to 0 is rounding: the price does not change.
_FLAT = 1e-12


class Forecast(NamedTuple):
    """A forecast price: the middle one (median), and the interval in which one price will lie."""

    price: float
    low: float
    high: float


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class TrendFit:
    """A trend fitted to a price history; ``str(fit)`` says in words what it means.

    Attributes
    ----------
    annual_factor : float
        How many times cheaper it gets in a year; below 1 the price rises.
    interval : Interval
        Confidence interval (low, high) of that factor; NaN with two prices, which leave no error
        to judge by.
    confidence : float
        Confidence of the intervals.
    half_life : float
        Years of 365 days in which the price halves; NaN where it does not fall.
    r_squared : float
        Share of the variance of the logarithm that the fit explains; NaN where the price is
        constant.
    residual_error : float
        Standard deviation of the logarithm of a price beside the trend: 0.1 is about 10 %.
    autocorrelation : float
        Correlation of each residual with the one before it.  Near 1 the rows are no independent
        observations (the same list price recorded every day, say), and intervals are too narrow.
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
        Rows (from 0) whose prices are far from those around them, kept as too many to be typos.
    dates : array of datetime64
        Dates of the prices that were used, in order of time.
    prices : array
        Those prices.
    regression : Regression
        The least squares fit: logarithm of price by a constant, years since `first`, and quality.
    mean_quality : tuple of float
        Mean of each quality column, at which a forecast is made unless it says otherwise.
    """

    annual_factor: float
    interval: Interval
    confidence: float
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
    def is_thin(self) -> bool:
        """Whether the evidence is too thin: few prices, a short time, an interval across 1."""
        return bool(thin_evidence(self))

    def forecast(
        self,
        at: date | str | float,
        *,
        confidence: float | None = None,
        quality: Any = None,
    ) -> Forecast:
        """Price at a date, or so many years after the last price, with its prediction interval.

        Parameters
        ----------
        at : date, datetime, ISO text or number
            A date, or years of 365 days after the last price.
        confidence : float, optional
            Confidence of the interval; that of the fit by default.
        quality : float or sequence, optional
            Quality of the forecast, in a fit with quality; the mean of the history by default.

        Returns
        -------
        Forecast
            price, low, high.  The price is the median: half of all prices lie below it.  NaN beyond
            e^300, and for the interval of two prices.

        Notes
        -----
        The line through all prices goes on, also where the trend broke: ``fit.latest.forecast`` is
        the one to ask then.
        """
        level = self.confidence if confidence is None else _confidence("forecast", confidence)
        row = np.array([1.0, self._years(at), *self._quality(quality)])
        return Forecast(*map(_exponential, self.regression.prediction(row, level)))

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

    def __str__(self) -> str:
        return summary(self)


def fit_decline(
    dates: Any,
    prices: Any,
    *,
    confidence: float = 0.9,
    basis: Basis | None = None,
    quality: Any = None,
    at_least: float | None = None,
    dirty: Dirty = "auto",
) -> TrendFit:
    """Fit the yearly decline of a price to its history.

    Parameters
    ----------
    dates : column
        Dates, datetimes, texts, NumPy datetimes or serial numbers of a spreadsheet, in any order;
        lists, arrays, and columns of pandas and Polars.
    prices : column
        A price for each date (above 0).  `lmprice.chapters.decline.rows` says what text is read.
    confidence : float, default 0.9
        Confidence of the intervals.
    basis : str, optional
        What the prices are of.  "product": the list price of one product; a row that repeats date
        and price of another is the same observation and is set aside.  "lineage": the successive
        models of one line, or several products.  "constant quality": what the same quality costs,
        the default where ``quality`` is given, which makes the fit hedonic.  "running minimum":
        only the prices that were cheaper than all before them count.  That is biased: the cheapest
        so far can only fall, so the decline comes out steep.
    quality : column, or array of columns, optional
        Quality of what each price buys, such as a benchmark score: the logarithm of the price is
        fitted by time and by quality.
    at_least : float, optional
        With a running minimum, the least quality that counts.
    dirty : {"auto", "set aside", "refuse"}
        What happens to rows that cannot be prices (no date, no number, not above 0) and to
        typos: they are set aside and listed, or the first one is refused.  "auto" sets aside in a
        history of 100 rows or more and refuses in a shorter one.  More than a quarter of the rows
        are refused in any case.

    Returns
    -------
    TrendFit
        Annual factor with interval, half-life, forecast, breaks, rows set aside; as text, a
        summary.

    Raises
    ------
    PricingError
        A date or price is none (see ``dirty``), all prices are of one date, quality does not vary
        apart from time, there are fewer rows than the fit needs, or an option is unknown.

    Notes
    -----
    ln p = a + b t by ordinary least squares, t in years of 365 days: the factor is e^-b, its
    interval from Student's t with n - 2 degrees of freedom.  Breaks are those of
    `lmprice.chapters.decline.breaks`, at a level of 1 %.  The factor and the forecast are of the
    one line through all prices; ``segments`` has the trends on either side of a break.

    References
    ----------
    Epoch AI, "LLM inference prices have fallen rapidly but unequally across tasks" (2025), whose
    factors this reproduces; Z. Griliches, "Hedonic price indexes for automobiles" (1961).

    Examples
    --------
    What a model as good as GPT-3.5 on MMLU cost (Epoch AI):

    >>> fit = fit_decline(
    ...     ["2022-11-30", "2023-03-06", "2023-11-06", "2024-03-04", "2024-05-10", "2024-07-23",
    ...      "2024-10-03"],
    ...     [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07],
    ...     basis="constant quality",
    ... )
    >>> round(fit.annual_factor, 4), round(fit.interval.low, 4), round(fit.interval.high, 4)
    (15.8309, 8.0547, 31.1146)
    >>> print(fit)
    Price at constant quality, 7 prices from 2022-11-30 to 2024-10-03:
    15.8 times cheaper a year (90 % interval 8.05 to 31.1), halves every 91.6 days.
    R² 0.93; a price is typically off by a factor of 1.77.
    """
    level = _confidence(OWNER, confidence)
    kind = _basis(basis, quality)
    if at_least is not None and (kind != "running minimum" or quality is None):
        rule = "needs the basis 'running minimum' and a quality column"
        raise PricingError(OWNER, "at_least", at_least, rule)
    least = None if isinstance(at_least, str) else as_number(at_least)
    if least is None and at_least is not None:
        raise PricingError(OWNER, "at_least", at_least, "is not a number")
    repeats = kind in ("lineage", "constant quality")
    rows = read_rows(dates, prices, quality, dirty=dirty, repeats=repeats)
    if kind == "running minimum":
        rows = cheapest_so_far(rows, least)
    _check(rows)
    fit = _fitted(rows, kind, level)
    design, response = _design(rows)
    starts = [b.row for b in find_breaks(design, response, rows.days)]
    if not starts:
        return fit
    cuts = [0, *starts, len(rows.days)]
    segments = tuple(
        _fitted(_part(rows, start, stop), kind, level) for start, stop in itertools.pairwise(cuts)
    )
    breaks = tuple(as_date(float(rows.days[start])) for start in starts)
    return replace(fit, breaks=breaks, segments=segments)


def fit_line(days: Array, prices: Array, confidence: float) -> TrendFit:
    """The line alone, through clean prices of two days or more, in any order."""
    order = np.argsort(days, kind="stable")
    nothing = np.empty((len(days), 0))
    return _fitted(Rows(days[order], prices[order], nothing, order, ()), "product", confidence)


# Steps -----------------------------------------------------------------------------------------


def _confidence(owner: str, confidence: Any) -> float:
    number = as_number(confidence)
    if number is None or isinstance(confidence, str) or not 0 < number < 1:
        raise PricingError(owner, "confidence", confidence, "is not between 0 and 1")
    return number


def _basis(basis: Any, quality: Any) -> Basis:
    if basis is None:
        return "product" if quality is None else "constant quality"
    if basis not in get_args(Basis):
        raise PricingError(OWNER, "basis", basis, f"is none of {', '.join(get_args(Basis))}")
    found: Basis = basis
    return found


def _check(rows: Rows) -> None:
    """Raise where no line can be fitted."""
    if not len(rows.days):
        raise PricingError(OWNER, "prices", 0, "is the number of prices that are left to fit")
    if rows.days[0] == rows.days[-1]:
        only = as_date(float(rows.days[0])).isoformat()
        rule = "is the only date: a trend needs prices of two dates or more"
        raise PricingError(OWNER, "dates", only, rule)
    design = _design(rows)[0]
    if len(design) < design.shape[1]:
        rule = f"is the number of prices; with that quality a fit needs {design.shape[1]} or more"
        raise PricingError(OWNER, "prices", len(design), rule)
    dependent = dependent_column(design)
    if dependent is not None:
        rule = "says nothing that time and the columns before it do not"
        raise PricingError(OWNER, "quality", rows.quality[:, dependent - 2].tolist(), rule)


def _design(rows: Rows) -> tuple[Array, Array]:
    years = (rows.days - rows.days[0]) / DAYS_A_YEAR
    return np.column_stack([np.ones(len(years)), years, rows.quality]), np.log(rows.prices)


def _part(rows: Rows, start: int, stop: int) -> Rows:
    """Some rows on their own, without a quality that does not vary among them."""
    cut = slice(start, stop)
    part = Rows(rows.days[cut], rows.prices[cut], rows.quality[cut], rows.numbers[cut], ())
    if dependent_column(_design(part)[0]) is None:
        return part
    return Rows(part.days, part.prices, part.quality[:, :0], part.numbers, ())


def _fitted(rows: Rows, basis: Basis, confidence: float) -> TrendFit:
    regression = least_squares(*_design(rows))
    slope, low, high = regression.coefficient(1, confidence)
    first, last = float(rows.days[0]), float(rows.days[-1])
    return TrendFit(
        annual_factor=_exponential(-slope),
        interval=Interval(_exponential(-high), _exponential(-low)),
        confidence=confidence,
        half_life=math.log(2) / -slope if slope < -_FLAT else math.nan,
        r_squared=regression.r_squared,
        residual_error=regression.residual_error,
        autocorrelation=_autocorrelation(regression.residuals),
        n=regression.rows,
        first=as_date(first),
        last=as_date(last),
        basis=basis,
        breaks=(),
        segments=(),
        set_aside=rows.set_aside,
        far_off=rows.far_off,
        regression=regression,
        mean_quality=tuple(rows.quality.mean(axis=0).tolist()),
        dates=as_datetimes(rows.days),
        prices=rows.prices,
        _days=(first, last),
    )


def _autocorrelation(residuals: Array) -> float:
    power = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / power if power > 0 else math.nan


def _exponential(logarithm: float) -> float:
    return math.exp(logarithm) if abs(logarithm) < LARGEST_LOG else math.nan
