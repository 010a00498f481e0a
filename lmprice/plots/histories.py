"""Prices over time: a history with its trend, and the paths of a market or of launches."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import matplotlib.dates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from lmprice.chapters.decline.quantities import YEARS
from lmprice.chapters.decline.trend_fit import TrendFit
from lmprice.chapters.strategy.launch import LaunchComparison
from lmprice.language.arrays import Array
from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.language.quantities import PERIODS, UnitPrice
from lmprice.language.terms import Term, Text, term
from lmprice.output.palette import ACCENT, INK, MUTED, WARNING
from lmprice.output.printing import unit
from lmprice.plots.canvas import (
    axis_title,
    both,
    chart,
    label_ends,
    line_look,
    new_chart,
    number_axis,
    y_title,
)
from lmprice.simulation.market import MarketPath

mdates: Any = matplotlib.dates  # has no types

POINTS = 200  # of a drawn line
CLOUD = 100  # prices
UNCHANGED = 5e-4  # a factor that three digits show as 1
BASES = {
    "product": Text("Price of one product and its trend", "单一产品的价格及其趋势"),
    "lineage": Text("Price of a lineage and its trend", "产品系列的价格及其趋势"),
    "constant quality": Text("Price at constant quality and its trend", "同等质量的价格及其趋势"),
    "running minimum": Text("Cheapest price so far and its trend", "迄今最低价及其趋势"),
}
YEAR = Term(Text("Time", "时间"), YEARS, Text("Years from the start", "距起点的年数"))
PERIOD = Term(Text("Time", "时间"), PERIODS, Text("Periods from the start", "距起点的期数"))


@chart
def trend(
    fit: TrendFit,
    *,
    years_ahead: float | None = None,
    price_unit: str = "",
    lang: str = "en",
    ax: Axes | None = None,
) -> Figure:
    """A price history on a logarithmic axis, its trend, and where the next prices will lie.

    Where the trend broke, each part has its own line, and the forecast is that of the last one.

    Parameters
    ----------
    fit : TrendFit
        What `fit_decline` gives.
    years_ahead : float, optional
        How far the trend goes on after the last price (years; at least 0); half as long as it has
        been known, and at most a year, when left out.
    price_unit : str, default ""
        Unit of the prices, such as "USD per million tokens".
    lang : {"en", "zh"}, default "en"
        Language of the labels.
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.

    Returns
    -------
    matplotlib.figure.Figure
        The chart.

    Raises
    ------
    PricingError
        ``years_ahead`` is no number of years, there is no such language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice import fit_decline
    >>> fit = fit_decline(["2023-03-14", "2023-11-06", "2024-05-13"], [30, 10, 5])
    >>> trend(fit, price_unit="USD per million tokens").axes[0].get_yscale()
    'log'
    """
    check_kind("trend", "fit", fit, TrendFit)
    if years_ahead is None:
        years_ahead = min(1.0, -_first_year(fit.latest) / 2)
    if not (isinstance(years_ahead, Real) and math.isfinite(years_ahead) and years_ahead >= 0):
        raise PricingError("trend", "years_ahead", years_ahead, "is not a number from 0 up")
    figure, axes = new_chart(BASES[fit.basis](lang), _about(fit, lang), ax=ax)
    # Many prices are a cloud, behind the line that goes through them.
    is_cloud = fit.n > CLOUD
    axes.plot(
        fit.dates,
        fit.prices,
        "o",
        color=f"#{MUTED if is_cloud else INK}",
        markersize=1.5 if is_cloud else 5,
        zorder=1.5 if is_cloud else 5,
        label=both("Price", "价格", lang),
    )
    for part in fit.segments or (fit,):
        past = np.linspace(_first_year(part), 0.0, POINTS)
        label = both("Trend", "趋势", lang) if part is fit.latest else None
        middle = [part.forecast(float(year)).price for year in past]
        axes.plot(_dates(part, past), middle, color=f"#{ACCENT}", label=label)
    _draw_forecast(axes, fit.latest, years_ahead, lang)
    for start in fit.breaks:
        _draw_break(axes, start, lang)
    y_title(axes, price_unit or term(UnitPrice).title(lang))
    number_axis(axes, "y", is_log=True)
    _date_axis(axes)
    axes.legend(loc="best")
    return figure


def _first_year(part: TrendFit) -> float:
    """The first price of a trend, in years after its last one."""
    days: float = (part.dates[0] - part.dates[-1]) / np.timedelta64(1, "D")
    return days / 365


def _draw_forecast(axes: Axes, part: TrendFit, years_ahead: float, lang: str) -> None:
    """The trend goes on, dashed; around all of it, the interval in which one price lies."""
    ahead = np.linspace(0.0, years_ahead, POINTS)
    middle = [part.forecast(float(year)).price for year in ahead]
    look: dict[str, Any] = {"color": f"#{ACCENT}", "linestyle": (0, (6, 2))}
    axes.plot(_dates(part, ahead), middle, label=both("Forecast", "预测", lang), **look)
    years = np.linspace(_first_year(part), years_ahead, POINTS)
    _, low, high = np.array([part.forecast(float(year)) for year in years]).T
    if np.isnan(low).any():
        return
    level = f"{100 * part.confidence:g}"
    label = both("{level} % prediction interval", "{level}% 预测区间", lang, level=level)
    band: dict[str, Any] = {
        "facecolor": to_rgba(f"#{ACCENT}", 0.12),
        "edgecolor": f"#{MUTED}",
        "linewidth": 0.7,
    }
    axes.fill_between(_dates(part, years), low, high, label=label, **band)


def _dates(part: TrendFit, years: Array) -> Any:
    return part.dates[-1] + np.round(years * 365 * 86_400).astype("timedelta64[s]")


def _draw_break(axes: Axes, start: datetime.date, lang: str) -> None:
    axes.axvline(mdates.date2num(start), color=f"#{WARNING}", linewidth=1.2, linestyle=(0, (4, 2)))
    axes.annotate(
        both("break {date}", "趋势转折 {date}", lang, date=start.isoformat()),
        (mdates.date2num(start), 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        color=f"#{WARNING}",
    )


def _about(fit: TrendFit, lang: str) -> str:
    """How fast it falls, part by part where the trend broke."""
    stop = both(". ", "。", lang)
    parts = [
        both(
            "{first} to {last}: {movement}",
            "{first} 至 {last}：{movement}",
            lang,
            first=part.first.isoformat(),
            last=part.last.isoformat(),
            movement=_movement(part, lang),
        )
        for part in fit.segments
    ] or [_movement(fit, lang)]
    if fit.set_aside:
        aside = f"{len(fit.set_aside):,}"
        parts.append(both("{n} rows were set aside", "已剔除 {n} 行", lang, n=aside))
    text = stop.join(part[0].upper() + part[1:] for part in parts)
    return f"{text}{stop.rstrip()}"


def _movement(fit: TrendFit, lang: str) -> str:
    factor, (low, high) = fit.annual_factor, fit.interval
    rises = factor < 1
    if rises:
        factor, low, high = 1 / factor, 1 / high, 1 / low
    if abs(factor - 1) < UNCHANGED:
        text = both("does not change", "价格不变", lang)
    elif rises:
        text = both("{f} times dearer a year", "每年涨至 {f} 倍", lang, f=_digits(factor))
    else:
        text = both("{f} times cheaper a year", "每年降至 1/{f}", lang, f=_digits(factor))
    if not math.isnan(low):
        text += both(
            " ({level} % interval {low} to {high})",
            "（倍数的 {level}% 区间 {low} 至 {high}）",
            lang,
            level=f"{100 * fit.confidence:g}",
            low=_digits(low),
            high=_digits(high),
        )
    if math.isnan(fit.half_life):
        return text
    is_short = fit.half_life < 2
    return text + both(
        ", halves every {n} days" if is_short else ", halves every {n} years",
        "，每 {n} 天减半" if is_short else "，每 {n} 年减半",
        lang,
        n=_digits(fit.half_life_days if is_short else fit.half_life),
    )


def _digits(number: float) -> str:
    """Three significant digits; large numbers in full."""
    return f"{number:,.0f}" if 100 <= number < 1e9 else f"{number:.3g}"


def _date_axis(axes: Axes) -> None:
    """Dates as years or months or days, in figures that every language reads."""
    axes.set_xlim(axes.get_xlim())
    locator = mdates.AutoDateLocator(tz=datetime.UTC, minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    days = [mdates.num2date(tick, tz=datetime.UTC) for tick in axes.get_xticks()]
    pattern = "%Y-%m" if all(day.day == 1 for day in days) else "%Y-%m-%d"
    if pattern == "%Y-%m" and all(day.month == 1 for day in days):
        pattern = "%Y"

    def text(number: float, _: object) -> str:
        return str(mdates.num2date(number, tz=datetime.UTC).strftime(pattern))

    axes.xaxis.set_major_formatter(FuncFormatter(text))


@chart
def price_paths(
    path: MarketPath | LaunchComparison,
    *,
    is_log: bool = False,
    lang: str = "en",
    ax: Axes | None = None,
) -> Figure:
    """Prices over time: of the providers of a market, or of launches side by side.

    Parameters
    ----------
    path : MarketPath or LaunchComparison
        What `simulate_market` or `compare_launches` gives.
    is_log : bool, default False
        Whether the axis of prices is logarithmic: equal rates of decline then look equal.
    lang : {"en", "zh"}, default "en"
        Language of the labels.
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.

    Returns
    -------
    matplotlib.figure.Figure
        The chart.

    Raises
    ------
    PricingError
        There is no such language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice.simulation import Provider, simulate_market
    >>> pair = [Provider("Ours", 4, quality=10, cost_factor=2), Provider("Theirs", 4, quality=10)]
    >>> path = simulate_market(pair, years=3, market_size=1000, price_scale=2)
    >>> [line.get_label() for line in price_paths(path).axes[0].lines]
    ['Ours', 'Theirs', 'Average price']
    """
    if not isinstance(path, (MarketPath, LaunchComparison)):
        raise PricingError("price_paths", "path", path, "is no MarketPath nor LaunchComparison")

    price = term(UnitPrice)
    if isinstance(path, LaunchComparison):
        names = [launch.name for launch in path.launches]
        prices = [launch.prices for launch in path.launches]
        x, kind = np.arange(1.0, prices[0].size + 1), PERIOD
        about = both(
            "Highest net present value: {name}, {npv} USD.",
            "净现值最高：{name}，{npv} 美元。",
            lang,
            name=path.best.name,
            npv=f"{path.best.npv:,.0f}",
        )
    else:
        names, prices = list(path.names), list(path.prices)
        x, kind, about = path.years, YEAR, _average(path, lang)
    figure, axes = new_chart(both("Prices over time", "价格随时间的变化", lang), about, ax=ax)
    lines = [
        axes.plot(x, values, label=name, **line_look(number, x.size))[0]
        for number, (name, values) in enumerate(zip(names, prices, strict=True))
    ]
    if not isinstance(path, LaunchComparison) and len(names) > 1:
        average = both("Average price", "平均价格", lang)
        lines += axes.plot(x, path.average_price, color=f"#{INK}", linewidth=3.5, label=average)
    _frame_paths(axes, x, kind, price, lang, is_log=is_log and _is_positive(prices))
    label_ends(axes, lines)
    return figure


def _average(path: MarketPath, lang: str) -> str:
    factor = path.price_factor()
    if math.isnan(factor):
        return ""
    change = "cheaper" if factor >= 1 else "dearer"
    return both(
        f"The average price paid gets {{f}} times {change} a year.",
        "平均成交价每年降至 1/{f}。" if factor >= 1 else "平均成交价每年涨至 {f} 倍。",
        lang,
        f=_digits(max(factor, 1 / factor)),
    )


def _is_positive(prices: Sequence[Array]) -> bool:
    return all(bool((values > 0).all()) for values in prices)


def _frame_paths(axes: Axes, x: Array, kind: Term, price: Term, lang: str, *, is_log: bool) -> None:
    axes.set_xlabel(axis_title(kind, lang))
    y_title(axes, unit(price, lang))
    if x[0] < x[-1]:
        axes.set_xlim(float(x[0]), float(x[-1]))
    if not is_log:
        axes.set_ylim(bottom=0)
    number_axis(axes, "x", kind)
    number_axis(axes, "y", price, is_log=is_log)
