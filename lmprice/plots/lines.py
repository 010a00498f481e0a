"""Lines over a quantity or another input: cost and profit, results of a scenario, a price war."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmprice.chapters.competition.price_wars import PriceWar
from lmprice.language.arrays import Array
from lmprice.language.checks import check_kind
from lmprice.language.quantities import Cost, Profit, Quantity, Revenue
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.palette import INK, MUTED
from lmprice.output.printing import unit
from lmprice.plots.canvas import (
    axis_title,
    both,
    chart,
    label_ends,
    line_look,
    new_chart,
    number_axis,
    number_text,
    y_title,
)
from lmprice.scenarios import Scenario
from lmprice.simulation.cells import as_scenario
from lmprice.simulation.pricing import PricingCurve

CUT = Term(
    Text("Cut of the rival", "竞争对手的降价幅度"),
    FRACTION,
    Text("Share off its price", "降价比例"),
)
ANSWERS = {
    "hold": Text("Hold", "维持原价"),
    "match_price": Text("Match the price", "跟到同价"),
    "match_cut": Text("Match the cut", "同幅降价"),
    "best_reply": Text("Best reply", "最优应对"),
}


@chart
def pricing_curve(curve: PricingCurve, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Cost, revenue and profit over the quantity, with breakevens and the best quantity marked.

    Parameters
    ----------
    curve : PricingCurve
        What `simulate_pricing` gives.
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
    >>> from lmprice import simulate_pricing
    >>> curve = simulate_pricing(range(101), 20, 10, fixed_cost=100, quadratic=0.1)
    >>> figure = pricing_curve(curve)
    >>> [line.get_label() for line in figure.axes[0].lines[:3]]
    ['Revenue', 'Cost', 'Profit']
    """
    check_kind("pricing_curve", "curve", curve, PricingCurve)
    order = np.argsort(curve.quantity, kind="stable")
    x = curve.quantity[order]
    inside = [point for point in curve.breakevens if x[0] <= point <= x[-1]]
    has_peak = bool(x[0] < curve.best_quantity < x[-1])
    title = both("Cost, revenue and profit by quantity", "成本、收入与利润随数量的变化", lang)
    figure, axes = new_chart(title, _about(curve, inside, lang), ax=ax)
    parts = ((Revenue, curve.revenue), (Cost, curve.cost), (Profit, curve.profit))
    lines = [
        axes.plot(x, values[order], label=term(kind).title(lang), **line_look(number))[0]
        for number, (kind, values) in enumerate(parts)
    ]
    _frame(axes, x, term(Quantity), term(Profit), lang)
    label_ends(axes, lines)
    profit_color = lines[2].get_color()
    for point in inside:
        level = float(np.interp(point, x, curve.revenue[order]))
        axes.plot([point, point], [0, level], color=f"#{MUTED}", linewidth=1, linestyle=":")
        _mark(axes, point, 0, "o", profit_color, number_text(point, term(Quantity)), below=True)
    if has_peak:
        text = number_text(curve.maximum_profit, term(Profit))
        _mark(axes, curve.best_quantity, curve.maximum_profit, "D", profit_color, text)
    return figure


def _about(curve: PricingCurve, inside: list[float], lang: str) -> str:
    points = [number_text(point, term(Quantity)) for point in inside]
    places = both(" and ", " 和 ", lang).join(points)
    first = (
        both("Breakeven at {at} units.", "盈亏平衡点：{at} 单位。", lang, at=places)
        if points
        else both("No breakeven in this range.", "此范围内没有盈亏平衡点。", lang)
    )
    most = both(
        "Highest profit here: {profit} USD at {at} units.",
        "此范围内最大利润：{profit} 美元，数量 {at} 单位。",
        lang,
        profit=number_text(curve.maximum_profit, term(Profit)),
        at=number_text(curve.best_quantity, term(Quantity)),
    )
    return both("{first} {most}", "{first}{most}", lang, first=first, most=most)


@chart
def curves(
    scenario: Scenario | Callable[..., Any],
    *,
    lang: str = "en",
    ax: Axes | None = None,
    words: Callable[[str], str] = str,
) -> Figure:
    """The chart of a template: results over a range of its inputs.

    Parameters
    ----------
    scenario : Scenario or function
        Any scenario with its inputs, or any function of named numbers with defaults.
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
        There is no such language, or no Chinese font for it.

    Examples
    --------
    >>> from lmprice.scenarios import Breakeven
    >>> figure = curves(Breakeven())
    >>> [line.get_label() for line in figure.axes[0].lines[:3]]
    ['Revenue', 'Cost, chosen curve', 'Profit, chosen curve']
    """
    scenario = as_scenario("curves", scenario)
    spec = scenario.template.curves
    kinds = {row.key: row.term.worded(words) for row in scenario.evaluate().rows}
    x = spec.x.points(scenario)
    found = scenario.evaluate_at(spec.x.changes(scenario, x))
    figure, axes = new_chart(words(spec.title(lang)), ax=ax)
    lines = []
    for number, key in enumerate(spec.series):
        values = np.broadcast_to(found[key], x.shape)
        # What is not above 0 has no place on a logarithmic axis.
        drawn = np.where(values > 0, values, math.nan) if spec.is_log else values
        look = line_look(number)
        lines += axes.plot(x, drawn, label=kinds[key].title(lang), **look)
    kind = kinds[spec.series[0]]
    _frame(axes, x, spec.x.term(scenario).worded(words), kind, lang, is_log=spec.is_log)
    label_ends(axes, lines)
    return figure


@chart
def price_war(war: PriceWar, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """What each answer to a rival's cut earns, by the depth of the cut.

    Parameters
    ----------
    war : PriceWar
        What `price_war` gives.
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
    >>> import lmprice
    >>> war = lmprice.price_war([2, 2], [1, 1], [2, 2], 0.5, me=0, rival=1, cut=0.2, market_size=99)
    >>> [line.get_label() for line in price_war(war).axes[0].lines[:4]]
    ['Hold', 'Match the price', 'Match the cut', 'Best reply']
    """
    check_kind("price_war", "war", war, PriceWar)
    most = max(0.9, war.cut)
    table = war.over_cuts(np.union1d(np.linspace(0, most, 91), war.cut))
    title = both(
        "{me}: profit by the answer to a price cut of {rival}",
        "{me}：应对 {rival} 降价的各种方式的利润",
        lang,
        me=war.me,
        rival=war.rival,
    )
    figure, axes = new_chart(title, _limits(war, lang), ax=ax)
    x = table["cut"]
    lines = [
        axes.plot(x, table[f"{key}_profit"], label=name(lang), **line_look(number))[0]
        for number, (key, name) in enumerate(ANSWERS.items())
    ]
    _frame(axes, x, CUT, term(Profit), lang)
    label_ends(axes, lines)
    axes.axvline(war.cut, color=f"#{INK}", linewidth=1, linestyle=":")
    axes.annotate(
        both("this cut: {cut}", "本次降价：{cut}", lang, cut=_percent(war.cut)),
        (war.cut, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if war.cut > most / 2 else 4, 2),
        textcoords="offset points",
        ha="right" if war.cut > most / 2 else "left",
    )
    return figure


def _limits(war: PriceWar, lang: str) -> str:
    """Up to which cut matching earns more than holding."""

    def limit(cut: float) -> str:
        if not cut:
            return both("at no cut", "任何降价都不值得", lang)
        return both("up to a cut of {cut}", "降价不超过 {cut} 时", lang, cut=_percent(cut))

    return both(
        "Matching beats holding the price: {price} where the new price is matched, {cut} where the "
        "cut is.",
        "跟进优于维持原价的范围：跟到同价，{price}；同幅降价，{cut}。",
        lang,
        price=limit(war.deepest_price_match),
        cut=limit(war.deepest_cut_match),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


# Steps -----------------------------------------------------------------------------------------


def _frame(
    axes: Axes, x: Array, x_term: Term, kind: Term, lang: str, *, is_log: bool = False
) -> None:
    """Axes that fit what is drawn, with titles and units, and the line of zero."""
    axes.set_xlabel(axis_title(x_term, lang))
    y_title(axes, unit(kind, lang))
    known = x[np.isfinite(x)]
    if known.size and known.min() < known.max():
        axes.set_xlim(float(known.min()), float(known.max()))
    number_axis(axes, "x", x_term)
    number_axis(axes, "y", kind, is_log=is_log)
    low, high = axes.get_ylim()
    if low < 0 < high and not is_log:
        axes.axhline(0, color=f"#{INK}", linewidth=0.8, zorder=1.5)


def _mark(
    axes: Axes, x: float, y: float, marker: str, color: object, text: str, *, below: bool = False
) -> None:
    """A point with a short text, on the side that has room."""
    axes.plot([x], [y], marker, markersize=6, color=color, markerfacecolor="white", zorder=5)
    low, high = axes.get_xlim()
    is_right = x > low + 0.75 * (high - low)
    axes.annotate(
        text,
        (x, y),
        xytext=(-7 if is_right else 7, -14 if below else 7),
        textcoords="offset points",
        ha="right" if is_right else "left",
        color=color,
        zorder=6,
    )
