"""Bars: which input moves a result most, how one price becomes another, alternatives compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lmprice.errors import PricingError
from lmprice.palette import ACCENT, INK, LEVEL_FILL, LINE, MUTED, TAKEN_OFF_FILL
from lmprice.plots.canvas import (
    axis_title,
    both,
    chart,
    new_chart,
    number_axis,
    number_text,
    with_minus,
    wrapped,
    y_title,
)
from lmprice.printing import inline, unit
from lmprice.terms import Term, Text

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario
    from lmprice.simulation.tornado import Bar, Tornado

ADDED_FILL = "C6E0B4"
NUMBER = Term(Text("Value", "数值"), Text("", ""), Text("A number", "数值"))


@chart
def tornado(tornado: Tornado, *, most: int = 12, lang: str = "en") -> Figure:
    """Inputs by how far they move a result, the one that moves it most on top.

    Parameters
    ----------
    tornado : Tornado
        What `sensitivity` gives.
    most : int, default 12
        The largest number of inputs that are shown (at least 1).
    lang : {"en", "zh"}, default "en"
        Language of the labels.

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
    figure, axes = new_chart(title, _about(tornado, len(bars), lang), height=height)
    axes.grid(visible=False, axis="y")
    _set_limits(axes, tornado, bars)
    for row, bar in enumerate(bars):
        _draw_bar(axes, row, bar, tornado.base, lang)
    axes.axvline(tornado.base, color=f"#{INK}", linewidth=1)
    labels = ["\n".join(wrapped(axis_title(bar.term, lang), 34)) for bar in bars]
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


# Waterfall -------------------------------------------------------------------------------------


class Change(NamedTuple):
    """A step of a waterfall: what is added (above 0) or taken off; without amount, the level then.

    >>> [Change("List price", 10), Change("Discount", -1.5), Change("Net price")]
    [Change(name='List price', amount=10), Change(name='Discount', amount=-1.5), \
Change(name='Net price', amount=None)]
    """

    name: str
    amount: float | None = None


@chart
def waterfall(
    steps: Scenario | Sequence[Change | tuple[str, float | None]],
    *,
    title: str = "",
    amount_unit: str = "",
    lang: str = "en",
) -> Figure:
    """How one price becomes another: levels, and what is added or taken off between them.

    Parameters
    ----------
    steps : Scenario or sequence of Change
        A scenario with a waterfall, such as ``Discounts``; or the steps themselves, pairs of a name
        and an amount: the level at the start, what is added (above 0) and taken off (below 0), and
        None where the level that is reached stands.
    title : str, default ""
        Title of the chart; that of the scenario by default.
    amount_unit : str, default ""
        Unit of the amounts, such as "USD per million tokens"; that of the scenario by default.
    lang : {"en", "zh"}, default "en"
        Language of the labels.

    Returns
    -------
    matplotlib.figure.Figure
        The chart.

    Raises
    ------
    PricingError
        The scenario has no waterfall, a step has no answer, there is no step, there is no such
        language, or no Chinese font for it.

    Examples
    --------
    >>> steps = [("List price", 10), ("Contract discount", -1), ("Net price", None)]
    >>> figure = waterfall(steps, amount_unit="USD per million tokens")
    >>> [bar.get_height() for bar in figure.axes[0].patches]
    [10.0, 1.0, 9.0]
    """
    from lmprice.scenarios import Scenario

    kind = NUMBER
    if isinstance(steps, Scenario):
        kind, changes = _steps_of(steps, lang)
        assert steps.template.waterfall is not None
        title = title or steps.template.waterfall.title(lang)
        amount_unit = amount_unit or unit(kind, lang)
    else:
        changes = [Change(*step) for step in steps]
    _check(changes)
    figure, axes = new_chart(title or both("Waterfall", "瀑布图", lang))
    axes.grid(visible=False, axis="x")
    text_of = _alike(abs(changes[0].amount or 0.0), kind)
    level = 0.0
    for place, (_, amount) in enumerate(changes):
        before = level
        level += amount or 0.0
        is_level = amount is None or place == 0
        start = 0.0 if is_level else before
        _draw_step(axes, place, start, level, is_level=is_level, text_of=text_of)
        if place:
            axes.plot([place - 0.7, place - 0.3], [before] * 2, color=f"#{MUTED}", linewidth=1)
    names = ["\n".join(wrapped(name, 80 / len(changes))) for name, _ in changes]
    axes.set_xticks(range(len(changes)), names, color=f"#{INK}")
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(changes) - 0.4)
    low, high = axes.get_ylim()
    axes.set_ylim(low if low < 0 else 0, high * 1.04)
    if low < 0:
        axes.axhline(0, color=f"#{INK}", linewidth=0.8)
    y_title(axes, amount_unit)
    number_axis(axes, "y", kind)
    return figure


def _steps_of(scenario: Scenario, lang: str) -> tuple[Term, list[Change]]:
    spec = scenario.template.waterfall
    if spec is None:
        rule = "has no waterfall"
        raise PricingError("waterfall", "steps", scenario.template.name, rule)
    results = {row.key: row for row in scenario.evaluate().rows}
    changes = []
    for place, key in enumerate(spec.steps):
        row = results[key]
        value = float(row.value)
        if place and key in spec.levels and not math.isnan(value):
            changes.append(Change(row.term.title(lang)))
        else:
            changes.append(Change(row.term.title(lang), -value if place else value))
    return results[spec.steps[0]].term, changes


def _check(changes: Sequence[Change]) -> None:
    if not changes:
        raise PricingError("waterfall", "steps", [], "is empty")
    if changes[0].amount is None:
        rule = "has no amount, and nothing stands before it"
        raise PricingError("waterfall", "steps", changes[0].name, rule, (0,))
    for place, (name, amount) in enumerate(changes):
        if amount is not None and not math.isfinite(amount):
            raise PricingError("waterfall", "steps", name, "has no answer", (place,))


def _alike(size: float, kind: Term) -> Callable[[float], str]:
    """Numbers as precise as one of that size, so that they can be added up by eye."""
    if kind.is_fraction:
        return lambda value: number_text(value, kind)
    digits = 0 if size >= 1000 else 2 if size >= 1 else 4
    return lambda value: with_minus(f"{value:,.{digits}f}")


def _draw_step(
    axes: Axes,
    place: int,
    start: float,
    end: float,
    *,
    is_level: bool,
    text_of: Callable[[float], str],
) -> None:
    added = end > start
    fill, hatch = (LEVEL_FILL, "") if is_level else (TAKEN_OFF_FILL, "////")
    if added and not is_level:
        fill, hatch = ADDED_FILL, "...."
    axes.bar(
        place, abs(end - start), bottom=min(start, end), width=0.6, color=f"#{fill}",
        hatch=hatch, edgecolor=f"#{INK}", linewidth=0.6,
    )  # fmt: skip
    sign = "" if is_level else "+" if added else "−"
    amount = end if is_level else abs(end - start)
    axes.annotate(
        f"{sign}{text_of(amount)}",
        (place, max(start, end)),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        weight="bold" if is_level else "normal",
    )


# Comparison ------------------------------------------------------------------------------------


@chart
def comparison(scenario: Scenario, *, lang: str = "en") -> Figure:
    """The alternatives of a scenario side by side, the best one filled.

    Parameters
    ----------
    scenario : Scenario
        A scenario that compares alternatives, such as ``Discounts``.
    lang : {"en", "zh"}, default "en"
        Language of the labels.

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
    'Change in profit (USD)'
    """
    if not scenario.template.comparisons:
        raise PricingError("comparison", "scenario", scenario.template.name, "has no comparison")
    spec = scenario.template.comparisons[0]
    results = scenario.evaluate()
    values = np.array([results[f"{key}_{spec.chart}"] for key in spec.alternatives])
    best = np.array([results[f"{key}_{spec.best}"] for key in spec.alternatives])
    names = [name(lang) for name in spec.alternatives.values()]
    kind = spec.columns[spec.chart]
    winner = None if np.isnan(best).all() else int(np.nanargmax(best))
    about = "" if winner is None else both(
        "Highest {what}: {name}.", "{what}最高：{name}。", lang,
        what=inline(spec.columns[spec.best], lang), name=names[winner],
    )  # fmt: skip
    figure, axes = new_chart(spec.title(lang), about, height=1.5 + 0.45 * max(len(names), 3))
    axes.grid(visible=False, axis="y")
    low, high = float(np.nanmin([0, *values])), float(np.nanmax([0, *values]))
    room = 0.16 * (high - low) or 1.0
    axes.set_xlim(low - (room if low < 0 else 0), high + (room if high > 0 else 0))
    for row, value in enumerate(values.tolist()):
        text = number_text(value, kind)
        if not math.isnan(value):
            fill, hatch = (ACCENT, "") if row == winner else (LINE, "////")
            axes.barh(
                row, value, height=0.62, color=f"#{fill}", hatch=hatch, edgecolor=f"#{INK}",
                linewidth=0.6,
            )  # fmt: skip
        else:
            text, value = both("no answer", "无解", lang), 0.0
        _write(axes, row, value, text, is_right=value >= 0)
    axes.axvline(0, color=f"#{INK}", linewidth=1)
    axes.set_yticks(range(len(names)), ["\n".join(wrapped(name, 30)) for name in names])
    axes.tick_params(axis="y", length=0, labelcolor=f"#{INK}")
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis_title(kind, lang))
    number_axis(axes, "x", kind)
    return figure
