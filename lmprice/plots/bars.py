"""Bars: which input moves a result most, and alternatives side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.output.palette import ACCENT, INK, LINE, MUTED, TAKEN_OFF_FILL
from lmprice.output.printing import inline
from lmprice.plots.canvas import (
    axis_title,
    both,
    chart,
    label_lines,
    new_chart,
    number_axis,
    number_text,
)
from lmprice.scenarios import Scenario
from lmprice.simulation.tornado import Bar, Tornado


@chart
def tornado(
    tornado: Tornado, *, most: int = 12, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """Inputs by how far they move a result, the one that moves it most on top.

    Parameters
    ----------
    tornado : Tornado
        What `sensitivity` gives.
    most : int, default 12
        The largest number of inputs that are shown (at least 1).
    lang : {"en", "zh"}, default "en"
        Language of the labels.
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.

    Returns
    -------
    matplotlib.figure.Figure
        The chart; the numbers at the bars are the values of the inputs.

    Raises
    ------
    PricingError
        The result has no answer in the scenario, ``most`` is below 1, there is no such language, or
        no Chinese font for it.

    Examples
    --------
    >>> from lmprice import sensitivity
    >>> from lmprice.scenarios import Breakeven
    >>> figure = tornado(sensitivity(Breakeven(), "profit", ["price", "unit_cost"]))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Price (USD per unit)', 'Unit cost (USD per unit)']
    """
    check_kind("tornado", "tornado", tornado, Tornado)
    if math.isnan(tornado.base):
        raise PricingError("tornado", "tornado", tornado.result, "has no answer in the scenario")
    if most < 1:
        raise PricingError("tornado", "most", most, "is below 1")
    bars = tornado.bars[:most]
    title = both(
        "What moves the result most: {result}",
        "对结果影响最大的因素：{result}",
        lang,
        result=tornado.term.title(lang),
    )
    height = 1.5 + 0.42 * max(len(bars), 3)
    figure, axes = new_chart(title, _about(tornado, len(bars), lang), height=height, ax=ax)
    axes.grid(visible=False, axis="y")
    _set_limits(axes, tornado, bars)
    for row, bar in enumerate(bars):
        _draw_bar(axes, row, bar, tornado.base, lang)
    axes.axvline(tornado.base, color=f"#{INK}", linewidth=1)
    labels = [label_lines(axis_title(bar.term, lang), 34) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, color=f"#{INK}")
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis_title(tornado.term, lang))
    number_axis(axes, "x", tornado.term)
    keys = (
        _patch(TAKEN_OFF_FILL, "////", both("input lower", "输入下调", lang)),
        _patch(ACCENT, "", both("input higher", "输入上调", lang)),
    )
    axes.legend(handles=keys, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.2)
    return figure


def _about(tornado: Tornado, rows: int, lang: str) -> str:
    text = both(
        "Line: the scenario as it is, {base}. At the bars: the values of the input.",
        "竖线：当前情景，{base}。条形端点：输入的取值。",
        lang,
        base=number_text(tornado.base, tornado.term),
    )
    if rows == len(tornado.bars):
        return text
    more = both(
        " The {n} inputs of {all} that move it most.",
        "仅显示 {all} 个输入中影响最大的 {n} 个。",
        lang,
        n=str(rows),
        all=str(len(tornado.bars)),
    )
    return text + more


def _set_limits(axes: Axes, tornado: Tornado, bars: Sequence[Bar]) -> None:
    """Limits with room for the values at the bars."""
    ends = [end for bar in bars for end in (bar.at_low, bar.at_high) if not math.isnan(end)]
    low, high = min([tornado.base, *ends]), max([tornado.base, *ends])
    room = 0.2 * (high - low) or max(abs(tornado.base), 1.0) * 0.1
    axes.set_xlim(low - room, high + room)


def _draw_bar(axes: Axes, row: int, bar: Bar, base: float, lang: str) -> None:
    """The bars of both values, the longer one behind, and the values at their ends."""
    if math.isnan(bar.swing):
        _write(axes, row, base, both("no answer", "无解", lang), is_right=True, is_muted=True)
        return
    if bar.at_low == bar.at_high == base:
        _write(axes, row, base, both("no effect", "无影响", lang), is_right=True, is_muted=True)
        return
    sides = [(bar.at_low, bar.low, TAKEN_OFF_FILL, "////"), (bar.at_high, bar.high, ACCENT, "")]
    texts: dict[bool, list[tuple[float, str]]] = {}
    for at, value, fill, hatch in sorted(sides, key=lambda side: -abs(side[0] - base)):
        axes.barh(
            row, at - base, left=base, height=0.62, color=f"#{fill}", hatch=hatch,
            edgecolor=f"#{INK}", linewidth=0.6,
        )  # fmt: skip
        if at != base:
            texts.setdefault(at > base, []).append((at, number_text(value, bar.term)))
    for is_right, found in texts.items():
        farthest = (max if is_right else min)(at for at, _ in found)
        words = both(" and ", " 和 ", lang).join(text for _, text in sorted(found))
        _write(axes, row, farthest, words, is_right=is_right)


def _write(
    axes: Axes, row: int, at: float, text: str, *, is_right: bool, is_muted: bool = False
) -> None:
    axes.annotate(
        text,
        (at, row),
        xytext=(5 if is_right else -5, 0),
        textcoords="offset points",
        ha="left" if is_right else "right",
        va="center",
        fontsize=9,
        color=f"#{MUTED if is_muted else INK}",
    )


def _patch(fill: str, hatch: str, label: str) -> Patch:
    return Patch(facecolor=f"#{fill}", hatch=hatch, edgecolor=f"#{INK}", linewidth=0.6, label=label)


# Comparison ------------------------------------------------------------------------------------


@chart
def comparison(
    scenario: Scenario,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    words: Callable[[str], str] = str,
) -> Figure:
    """The alternatives of a scenario side by side, the best one filled.

    Parameters
    ----------
    scenario : Scenario
        A scenario that compares alternatives, such as ``Discounts``.
    lang : {"en", "zh"}, default "en"
        Language of the labels.
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.
    words : function, optional
        What becomes of each text, such as one in another currency.

    Returns
    -------
    matplotlib.figure.Figure
        The chart.

    Raises
    ------
    PricingError
        The scenario has no comparison, there is no such language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice.scenarios import Discounts
    >>> figure = comparison(Discounts())
    >>> figure.axes[0].get_xlabel()
    'Profit change (USD)'
    """
    check_kind("comparison", "scenario", scenario, Scenario)
    if not scenario.template.comparisons:
        raise PricingError("comparison", "scenario", scenario.template.name, "has no comparison")
    spec = scenario.template.comparisons[0]
    results = scenario.evaluate()
    values = np.array([results[f"{key}_{spec.chart}"] for key in spec.alternatives])
    best = np.array([results[f"{key}_{spec.best}"] for key in spec.alternatives])
    names = [words(name(lang)) for name in spec.alternatives.values()]
    kind = spec.columns[spec.chart].worded(words)
    winner = None if np.isnan(best).all() else int(np.nanargmax(best))
    about = "" if winner is None else both(
        "Highest {what}: {name}.", "{what}最高：{name}。", lang,
        what=inline(spec.columns[spec.best].worded(words), lang), name=names[winner],
    )  # fmt: skip
    figure, axes = new_chart(
        words(spec.title(lang)), about, height=1.5 + 0.45 * max(len(names), 3), ax=ax
    )
    axes.grid(visible=False, axis="y")
    low, high = float(np.nanmin([0, *values])), float(np.nanmax([0, *values]))
    room = 0.16 * (high - low) or 1.0
    axes.set_xlim(low - (room if low < 0 else 0), high + (room if high > 0 or low == 0 else 0))
    for row, value in enumerate(values.tolist()):
        text = number_text(value, kind)
        if not math.isnan(value):
            fill, hatch = (ACCENT, "") if row == winner else (LINE, "////")
            axes.barh(
                row, value, height=0.62, color=f"#{fill}", hatch=hatch, edgecolor=f"#{INK}",
                linewidth=0.6,
            )  # fmt: skip
        else:
            text = both("no answer", "无解", lang)
        _write(axes, row, 0.0 if math.isnan(value) else value, text, is_right=not value < 0)
    axes.axvline(0, color=f"#{INK}", linewidth=1)
    axes.set_yticks(range(len(names)), [label_lines(name, 30) for name in names])
    axes.tick_params(axis="y", length=0, labelcolor=f"#{INK}")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis_title(kind, lang))
    number_axis(axes, "x", kind)
    return figure
