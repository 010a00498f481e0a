"""The waterfall: how one price becomes another, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmprice.language.errors import PricingError
from lmprice.language.terms import Term, Text
from lmprice.output.palette import INK, LEVEL_FILL, MUTED, TAKEN_OFF_FILL
from lmprice.output.printing import unit
from lmprice.plots.canvas import (
    both,
    chart,
    label_lines,
    new_chart,
    number_axis,
    number_text,
    with_minus,
    y_title,
)
from lmprice.scenarios import Scenario

ADDED_FILL = "C6E0B4"
NUMBER = Term(Text("Value", "数值"), Text("", ""), Text("A number", "数值"))


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
    ax: Axes | None = None,
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
    ax : matplotlib.axes.Axes, optional
        Axes of your own to draw on, whose figure is given back.

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
    >>> [float(bar.get_height()) for bar in figure.axes[0].patches]
    [10.0, 1.0, 9.0]
    """
    kind = NUMBER
    if isinstance(steps, Scenario):
        kind, changes = _steps_of(steps, lang)
        assert steps.template.waterfall is not None
        title = title or steps.template.waterfall.title(lang)
        amount_unit = amount_unit or unit(kind, lang)
    else:
        changes = _changes_of(steps)
    _check(changes)
    figure, axes = new_chart(title or both("Waterfall", "瀑布图", lang), ax=ax)
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
    names = [label_lines(name, 80 / len(changes)) for name, _ in changes]
    axes.set_xticks(range(len(changes)), names, color=f"#{INK}")
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, len(changes) - 0.4)
    low, high = axes.get_ylim()
    axes.set_ylim(low * 1.04 if low < 0 else 0, high * 1.04)
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


def _changes_of(steps: Any) -> list[Change]:
    """The steps that were given, each with its name and its amount."""
    is_row = isinstance(steps, Iterable) and getattr(steps, "ndim", 1) != 0
    if isinstance(steps, (str, bytes, Mapping)) or not is_row:
        rule = "is no scenario, nor a sequence of steps"
        raise PricingError("waterfall", "steps", steps, rule)
    return [_change(place, step) for place, step in enumerate(steps)]


def _change(place: int, step: Any) -> Change:
    try:
        name, amount = step
    except (TypeError, ValueError):
        name, amount = None, None
    if not isinstance(name, str) or not (amount is None or isinstance(amount, Real)):
        rule = "is no name with an amount, or with None for a level"
        raise PricingError("waterfall", "steps", step, rule, (place,))
    return Change(name, None if amount is None else float(amount))


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
