"""Simulated draws: how a result is distributed, and how its mean settles."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmprice.language.arrays import Array
from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.language.quantities import COUNT
from lmprice.language.terms import FRACTION, Term, Text
from lmprice.output.palette import ACCENT, INK, LEVEL_FILL, MUTED, TAKEN_OFF_FILL
from lmprice.output.printing import percent, unit
from lmprice.plots.canvas import (
    axis_title,
    both,
    chart,
    new_chart,
    number_axis,
    number_text,
    spread,
    y_title,
)
from lmprice.simulation.outcomes import Outcome

BINS = (10, 60)  # least and most
TAIL = 0.001  # share of the draws on either side beyond which the axis may end
SHARE = Term(Text("Share of the draws", "抽样占比"), FRACTION, Text("Of all draws", "占全部抽样"))
DRAWS = Term(Text("Number of draws", "抽样次数"), COUNT, Text("Draws so far", "已完成的抽样"))


@chart
def histogram(outcome: Outcome, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """How a simulated result is distributed, with its mean, quantiles and chance of loss.

    Parameters
    ----------
    outcome : Outcome
        A result of `monte_carlo`: ``simulated["profit"]``.
    lang : {"en", "zh"}, default "en"
        Language of the labels.
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.

    Returns
    -------
    matplotlib.figure.Figure
        The chart; draws below 0 are hatched.

    Raises
    ------
    PricingError
        No draw has an answer, there is no such language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice import monte_carlo
    >>> from lmprice.scenarios import Breakeven
    >>> from lmprice.simulation import Normal
    >>> simulated = monte_carlo(Breakeven(), {"price": Normal(12, 1)}, 1000, seed=1)
    >>> histogram(simulated["profit"]).axes[0].get_xlabel()
    'Profit (USD)'
    """
    check_kind("histogram", "outcome", outcome, Outcome)
    known = outcome.draws[np.isfinite(outcome.draws)]
    if not known.size:
        raise PricingError("histogram", "outcome", outcome.key, "has no answer in any draw")
    low, high = _range(known)
    inside = known[(known >= low) & (known <= high)]
    edges = _edges(inside, low, high)
    title = both(
        "Distribution of the result: {result}", "结果的分布：{result}", lang,
        result=outcome.term.title(lang),
    )  # fmt: skip
    figure, axes = new_chart(title, _about(outcome, known.size - inside.size, lang), ax=ax)
    axes.grid(visible=False, axis="x")
    counts = np.histogram(inside, edges)[0] / outcome.draws.size
    for share, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        is_loss = right <= 0
        axes.bar(
            left, share, width=right - left, align="edge", linewidth=0.5, edgecolor=f"#{INK}",
            color=f"#{TAKEN_OFF_FILL if is_loss else LEVEL_FILL}", hatch="////" if is_loss else "",
        )  # fmt: skip
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, float(counts.max()) * 1.05)
    _mark_quantiles(axes, outcome, lang)
    axes.set_xlabel(axis_title(outcome.term, lang))
    y_title(axes, SHARE.title(lang))
    number_axis(axes, "x", outcome.term)
    number_axis(axes, "y", SHARE)
    return figure


def _range(known: Array) -> tuple[float, float]:
    """From where to where the axis goes: all draws, or all but the ends of long tails."""
    low, high = float(known.min()), float(known.max())
    inner_low, inner_high = np.quantile(known, [TAIL, 1 - TAIL]).tolist()
    width = inner_high - inner_low
    low = inner_low - 0.05 * width if inner_low - low > 0.2 * width > 0 else low
    high = inner_high + 0.05 * width if high - inner_high > 0.2 * width > 0 else high
    return low, high


def _edges(known: Array, low: float, high: float) -> Array:
    """Edges of the columns; where there are losses, one of the edges is 0."""
    if low == high:
        half = abs(low) * 0.05 or 0.5
        return np.array([low - half, low + half], dtype=np.float64)
    lower, upper = np.quantile(known, [0.25, 0.75]).tolist()
    fitting = 2 * (upper - lower) / known.size ** (1 / 3)  # the rule of Freedman and Diaconis
    count = round(float(np.clip((high - low) / fitting, *BINS))) if fitting > 0 else BINS[0]
    width = (high - low) / count
    start = low / width
    if low < 0 < high:
        start, count = math.floor(start), math.ceil(high / width) - math.floor(start)
    edges: Array = width * (start + np.arange(count + 1, dtype=np.float64))
    # No draw is lost to a rounding error.
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    return edges


def _about(outcome: Outcome, beyond: int, lang: str) -> str:
    parts = [
        both(
            "{n} draws: mean {mean}, chance of loss {loss}",
            "{n} 次抽样：均值 {mean}，亏损概率 {loss}",
            lang, n=f"{outcome.draws.size:,}", mean=number_text(outcome.mean, outcome.term),
            loss=percent(outcome.chance_of_loss),
        )
    ]  # fmt: skip
    if outcome.no_answer:
        share = percent(outcome.no_answer)
        parts.append(both("{share} have no answer", "{share} 无解", lang, share=share))
    if beyond:
        text = Text("{n} draws lie beyond the axis", "{n} 次抽样超出坐标范围")(lang)
        parts.append(text.format(n=f"{beyond:,}"))
    return both(". ", "。", lang).join(parts) + both(".", "。", lang)


def _mark_quantiles(axes: Axes, outcome: Outcome, lang: str) -> None:
    """Lines at the quantiles, named above the chart."""
    low, high = axes.get_xlim()
    marks = [
        (value, f"{100 * p:g} %" if p != 0.5 else both("median", "中位数", lang))
        for p, value in sorted(outcome.quantiles.items())
        if low <= value <= high
    ]
    places = spread([(value - low) / (high - low) for value, _ in marks], 0.11, 0.02, 0.98)
    for (value, name), place in zip(marks, places, strict=True):
        axes.axvline(value, color=f"#{ACCENT}", linewidth=1.2, linestyle=(0, (4, 2)))
        axes.annotate(
            f"{name}\n{number_text(value, outcome.term)}",
            (value, 1),
            xycoords=("data", "axes fraction"),
            xytext=(float(place), 1.05),
            textcoords="axes fraction",
            ha="center",
            va="bottom",
            fontsize=9,
            color=f"#{ACCENT}",
            arrowprops={"arrowstyle": "-", "color": f"#{ACCENT}", "linewidth": 0.8, "shrinkA": 0},
        )


def _error(half: float, outcome: Outcome) -> str:
    """Half an interval, no more precise than the mean."""
    is_large = not outcome.term.is_fraction and abs(outcome.mean) >= 1000 and half >= 1
    return f"{half:,.0f}" if is_large else number_text(half, outcome.term)


@chart
def convergence(
    outcome: Outcome, *, confidence: float = 0.95, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """How the mean of a simulated result settles as draws are added, with its interval.

    Parameters
    ----------
    outcome : Outcome
        A result of `monte_carlo`: ``simulated["profit"]``.
    confidence : float, default 0.95
        Confidence of the interval (above 0, below 1).
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
        Fewer than two draws have an answer, the confidence is out of its range, there is no such
        language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice import monte_carlo
    >>> from lmprice.scenarios import Breakeven
    >>> from lmprice.simulation import Normal
    >>> simulated = monte_carlo(Breakeven(), {"price": Normal(12, 1)}, 1000, seed=1)
    >>> convergence(simulated["profit"]).axes[0].get_xscale()
    'log'
    """
    check_kind("convergence", "outcome", outcome, Outcome)
    found = outcome.convergence(confidence=confidence)
    if not found.draws.size:
        raise PricingError("convergence", "outcome", outcome.key, "has fewer than two answers")
    title = both(
        "How the mean settles: {result}", "均值的收敛：{result}", lang,
        result=outcome.term.title(lang),
    )  # fmt: skip
    half = float(found.half_width[-1])
    about = both(
        "After {n} draws: {mean} ± {half} ({level} % confidence).",
        "{n} 次抽样后：{mean} ± {half}（{level}% 置信）。",
        lang,
        n=f"{int(found.draws[-1]):,}",
        mean=number_text(outcome.mean, outcome.term),
        half=_error(half, outcome),
        level=f"{100 * found.confidence:g}",
    )
    figure, axes = new_chart(title, about, ax=ax)
    low, high = found.mean - found.half_width, found.mean + found.half_width
    interval = both("confidence interval", "置信区间", lang)
    axes.fill_between(
        found.draws, low, high, facecolor=f"#{LEVEL_FILL}", edgecolor=f"#{MUTED}", alpha=0.6,
        label=interval,
    )  # fmt: skip
    mean = both("mean so far", "当前均值", lang)
    axes.plot(found.draws, found.mean, color=f"#{ACCENT}", label=mean)
    last = both("mean of all draws", "全部抽样的均值", lang)
    axes.axhline(outcome.mean, color=f"#{INK}", linewidth=1, linestyle=(0, (4, 2)), label=last)
    # The first few draws would squeeze all the others into a line.
    settled = found.draws >= min(30, float(found.draws[-1]) / 2)
    bottom, top = float(low[settled].min()), float(high[settled].max())
    room = 0.05 * (top - bottom) or abs(top) * 0.05 or 1.0
    axes.set_ylim(bottom - room, top + room)
    axes.set_xlim(float(found.draws[settled][0]), float(found.draws[-1]))
    axes.set_xlabel(DRAWS.title(lang))
    y_title(axes, unit(outcome.term, lang))
    number_axis(axes, "x", DRAWS, is_log=True)
    number_axis(axes, "y", outcome.term)
    axes.legend(loc="best")
    return figure
