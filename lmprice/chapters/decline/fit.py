"""How fast a price falls, from its history, and how sure that is.

The logarithm of the price is fitted by a line in time, ordinary least squares; a year has 365 days.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast, get_args, overload

import numpy as np

from lmprice.chapters.decline.breaks import find_breaks
from lmprice.chapters.decline.groups import TrendFits
from lmprice.chapters.decline.reading import (
    OWNER,
    as_date,
    as_datetimes,
    as_elements,
    as_number,
)
from lmprice.chapters.decline.rows import Dirty, Rows, cheapest_so_far, read_rows
from lmprice.chapters.decline.swings import swings
from lmprice.chapters.decline.trend_fit import (
    DAYS_A_YEAR,
    Basis,
    Errors,
    Interval,
    TrendFit,
    exponential,
    limit,
    prices_vary,
    read_confidence,
)
from lmprice.chapters.learning.regression import dependent_column, least_squares
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.language.series import has_series, same_rows

# A slope nearer to 0 is rounding: the price does not change.
_FLAT = 1e-12
# Where residuals are smaller, the line is exact and what is left of it is rounding.
_EXACT = 1e-9


@overload
def fit_decline(
    dates: Any,
    prices: Any,
    *,
    confidence: float = ...,
    basis: Basis | None = ...,
    quality: Any = ...,
    at_least: float | None = ...,
    dirty: Dirty = ...,
    errors: Errors = ...,
    by: None = ...,
) -> TrendFit: ...
@overload
def fit_decline(
    dates: Any,
    prices: Any,
    *,
    confidence: float = ...,
    basis: Basis | None = ...,
    quality: Any = ...,
    at_least: float | None = ...,
    dirty: Dirty = ...,
    errors: Errors = ...,
    by: Any,
) -> TrendFits: ...
def fit_decline(
    dates: Any,
    prices: Any,
    *,
    confidence: float = 0.9,
    basis: Basis | None = None,
    quality: Any = None,
    at_least: float | None = None,
    dirty: Dirty = "auto",
    errors: Errors = "autocorrelated",
    by: Any = None,
) -> TrendFit | TrendFits:
    """Fit the yearly decline of a price to its history.

    Parameters
    ----------
    dates : column
        Dates, datetimes, texts, NumPy datetimes or serial numbers of a spreadsheet, in any order;
        lists, arrays, and columns of pandas and Polars.
    prices : column
        A price for each date (above 0).  `lmprice.chapters.decline.reading` says what text is read.
    confidence : float, default 0.9
        Confidence of the intervals.
    basis : str, optional
        What the prices are of.  "product": the list price of one product; a row that repeats date
        and price of another is the same observation and is set aside, and so are typos in a long
        history.  Prices of several products differ too much for that.  "lineage": the successive
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
    errors : {"autocorrelated", "independent"}
        What the intervals take the errors for.  Prices follow one another: by default the intervals
        allow for that, as `lmprice.chapters.decline.swings` explains, and hold about as often as
        they say (95, 93 and 88 of 100 at 90 %, by simulation of 13 prices with an autocorrelation
        of 0, 0.3 and 0.6).  "independent" gives the intervals of textbooks, and of
        most publications.
    by : column, optional
        The group of each row, such as its vendor: each group is fitted by itself.

    Returns
    -------
    TrendFit, or TrendFits by group
        Annual factor with interval, half-life, forecast, breaks, rows set aside; as text, a
        summary.

    Raises
    ------
    PricingError
        A date or price is none (see ``dirty``), all prices are of one date, quality does not vary
        apart from time, there are fewer rows than the fit needs, or an option is unknown.

    Notes
    -----
    ln p = a + b t by ordinary least squares, t in years of 365 days: the factor is e^-b.  Its
    interval is b ± 1.3 t w / sqrt(sum (t - mean)²), where w² is the mean square of the swings of
    degree 2, 3 and 4 and t is Student's of three degrees of freedom; with independent errors
    b ± t s / sqrt(sum (t - mean)²), s² the mean square of the residuals and t of n - 2.  Breaks
    are those of `lmprice.chapters.decline.breaks`, at a level of 1 %.  The factor and the forecast
    are of the one line through all prices; ``segments`` has the trends on either side of a break.

    References
    ----------
    Epoch AI, "LLM inference prices have fallen rapidly but unequally across tasks" (2025), whose
    factors this reproduces, and its intervals with independent errors; Z. Griliches, "Hedonic price
    indexes for automobiles" (1961).

    Examples
    --------
    What a model as good as GPT-3.5 on MMLU cost (Epoch AI):

    >>> fit = fit_decline(
    ...     ["2022-11-30", "2023-03-06", "2023-11-06", "2024-03-04", "2024-05-10", "2024-07-23",
    ...      "2024-10-03"],
    ...     [20, 2, 0.75, 0.5, 0.13, 0.1, 0.07],
    ...     basis="constant quality",
    ...     errors="independent",  # as published
    ... )
    >>> round(fit.annual_factor, 4), round(fit.interval.low, 4), round(fit.interval.high, 4)
    (15.8309, 8.0547, 31.1146)
    >>> print(fit)
    Price at constant quality, 7 prices from 2022-11-30 to 2024-10-03:
    15.8 times cheaper a year (90 % interval 8.05 to 31.1), halves every 91.6 days.
    R² 0.93; a price is typically off by a factor of 1.77.
    """
    if by is not None:
        options: dict[str, Any] = {"confidence": confidence, "basis": basis, "at_least": at_least}
        options |= {"dirty": dirty, "errors": errors}
        return TrendFits(dict(_by_group(dates, prices, quality, by, options)))
    level = read_confidence(OWNER, confidence)
    if not isinstance(errors, str) or errors not in get_args(Errors):
        raise PricingError(OWNER, "errors", errors, f"is none of {', '.join(get_args(Errors))}")
    kind = _basis(basis, quality)
    if at_least is not None and (kind != "running minimum" or quality is None):
        rule = "needs the basis 'running minimum' and a quality column"
        raise PricingError(OWNER, "at_least", at_least, rule)
    least = None if isinstance(at_least, str) else as_number(at_least)
    if least is None and at_least is not None:
        raise PricingError(OWNER, "at_least", at_least, "is not a number")
    rows = read_rows(
        dates,
        prices,
        quality,
        dirty=dirty,
        repeats=kind in ("lineage", "constant quality"),
        has_typos=kind == "product" or (kind == "constant quality" and quality is not None),
    )
    if kind == "running minimum":
        rows = cheapest_so_far(rows, least)
    _check(rows)
    fit = _fitted(rows, kind, level, errors)
    design, response = _design(rows)
    starts = [b.row for b in find_breaks(design, response, rows.days)]
    if not starts:
        return fit
    cuts = [0, *starts, len(rows.days)]
    segments = tuple(
        _fitted(_part(rows, start, stop), kind, level, errors)
        for start, stop in itertools.pairwise(cuts)
    )
    breaks = tuple(as_date(float(rows.days[start])) for start in starts)
    return replace(fit, breaks=breaks, segments=segments)


def fit_line(days: Array, prices: Array, confidence: float, errors: Errors) -> TrendFit:
    """The line alone, through clean prices of two days or more, in any order."""
    order = np.argsort(days, kind="stable")
    nothing = np.empty((len(days), 0))
    rows = Rows(days[order], prices[order], nothing, order, ())
    return _fitted(rows, "product", confidence, errors)


def _by_group(
    dates: Any, prices: Any, quality: Any, by: Any, options: dict[str, Any]
) -> Iterator[tuple[Any, TrendFit]]:
    """The trend of each group, in the order in which they first stand."""
    columns = {"dates": dates, "prices": prices, "quality": quality, "by": by}
    if has_series(list(columns.values())):
        columns = same_rows(OWNER, columns)[0]
    given = {n: list(as_elements(n, c)) for n, c in columns.items() if c is not None}
    for name, column in given.items():
        if len(column) != len(given["dates"]):
            rule = f"is the number of rows, but dates has {len(given['dates'])}"
            raise PricingError(OWNER, name, len(column), rule)
    for group in dict.fromkeys(given["by"]):
        rows = [i for i, name in enumerate(given["by"]) if name == group]
        own: dict[str, Any] = {n: [c[i] for i in rows] for n, c in given.items() if n != "by"}
        if "quality" in own:
            own["quality"] = np.array(own["quality"], dtype=object)
        try:
            yield group, fit_decline(**own, **options)
        except PricingError as error:
            index = tuple(rows[i] for i in error.index)
            rule = f"{error.rule} (of {group!r})"
            raise PricingError(OWNER, error.parameter, error.value, rule, index) from None


# Steps -----------------------------------------------------------------------------------------


def _basis(basis: Any, quality: Any) -> Basis:
    if basis is None:
        return "product" if quality is None else "constant quality"
    if not isinstance(basis, str) or basis not in get_args(Basis):
        raise PricingError(OWNER, "basis", basis, f"is none of {', '.join(get_args(Basis))}")
    return cast(Basis, basis)


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


def _fitted(rows: Rows, basis: Basis, confidence: float, errors: Errors) -> TrendFit:
    design, response = _design(rows)
    regression = least_squares(design, response)
    judge = regression if errors == "independent" else swings(regression, design, response)
    slope, low, high = judge.coefficient(1, confidence)
    first, last = float(rows.days[0]), float(rows.days[-1])
    return TrendFit(
        annual_factor=exponential(-slope),
        interval=Interval(limit(-high), limit(-low)),
        confidence=confidence,
        errors=errors,
        half_life=math.log(2) / -slope if slope < -_FLAT else math.nan,
        r_squared=regression.r_squared if prices_vary(rows.prices) else math.nan,
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
        judge=judge,
        mean_quality=tuple(rows.quality.mean(axis=0).tolist()),
        dates=as_datetimes(rows.days),
        prices=rows.prices,
        _days=(first, last),
    )


def _autocorrelation(residuals: Array) -> float:
    power = float(residuals @ residuals)
    is_exact = power <= len(residuals) * _EXACT**2
    return math.nan if is_exact else float(residuals[1:] @ residuals[:-1]) / power
