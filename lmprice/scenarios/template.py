"""What a workbook (or a page) shows of a scenario beyond its inputs and results.

A scenario says it in a few declarative lines::

    template: ClassVar[Template] = Template(
        name="serving-day", version=1, title=..., about=..., example=...,
        answer=Answer(figures=("profit", "gross_margin", "cost", "revenue")),
        sensitivity=Sensitivity("profit", rows=Around(("price",), 0.1), columns=...),
        curves=Curves(
            title=..., x=Span(("quantity",), end=("quantity", "breakeven_quantity")),
            series=("revenue", "cost", "profit"),
            marks=(Mark(Text("You are here", "当前"), "quantity", "profit"),),
        ),
    )

The verdict is part of ``results``, as ``out.verdict(condition, text, tone)``: the first whose
condition holds is the answer, and ``{key}`` in its text stands for a result or an input.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text

Scenario = Any  # a scenario stands on its template, so that this file cannot name its type

STRETCH = 1.25  # how far a chart goes beyond the last point that matters
SHRINK = 0.5  # and below the first


def _term(scenario: Scenario, inputs: tuple[str, ...], axis: Term | None) -> Term:
    if axis is not None:
        return axis
    found: Term | Choice = type(scenario).terms()[inputs[0]]
    if isinstance(found, (Choice, DateTerm)):
        kind = "choice" if isinstance(found, Choice) else "date"
        raise TypeError(f"{inputs[0]} is a {kind} and cannot be varied")
    return found


def _changes(
    scenario: Scenario, inputs: tuple[str, ...], points: Array, *, is_factor: bool
) -> dict[str, Array]:
    if is_factor:
        return {name: getattr(scenario, name) * points for name in inputs}
    return {inputs[0]: points}


@dataclass(frozen=True)
class Around:
    """Points around an input: three steps below it, the input itself, three steps above it.

    A step is a share of the input, or with ``is_absolute`` an amount in its unit.  With an ``axis``
    the points are what all inputs are multiplied by, and the axis says what that factor means.
    """

    inputs: tuple[str, ...]
    step: float
    axis: Term | None = None
    is_absolute: bool = False

    STEPS = 3

    @property
    def is_common_factor(self) -> bool:
        """Whether the points are what several inputs are multiplied by."""
        return self.axis is not None

    def term(self, scenario: Scenario) -> Term:
        """Title and unit of the points."""
        return _term(scenario, self.inputs, self.axis)

    def changes(self, scenario: Scenario, points: Array) -> dict[str, Array]:
        """What the inputs are at some points."""
        return _changes(scenario, self.inputs, points, is_factor=self.is_common_factor)


@dataclass(frozen=True)
class Span:
    """Points at equal distances from ``start`` to ``end``.

    Either is a number, or inputs and results whose smallest and largest value have to be in sight.
    With ``is_whole`` the points are whole numbers, such as months.
    """

    inputs: tuple[str, ...]
    start: float | tuple[str, ...] = 0.0
    end: float | tuple[str, ...] = 1.0
    count: int = 25
    axis: Term | None = None
    is_whole: bool = False

    @property
    def is_common_factor(self) -> bool:
        """Whether the points are what several inputs are multiplied by."""
        return self.axis is not None

    def term(self, scenario: Scenario) -> Term:
        """Title and unit of the points."""
        return _term(scenario, self.inputs, self.axis)

    def changes(self, scenario: Scenario, points: Array) -> dict[str, Array]:
        """What the inputs are at some points."""
        return _changes(scenario, self.inputs, points, is_factor=self.is_common_factor)

    def limits(self, known: Mapping[str, float]) -> tuple[float, float]:
        """The first and the last point, for known inputs and results."""
        ends = []
        for names, pick, stretch in ((self.start, min, SHRINK), (self.end, max, STRETCH)):
            if isinstance(names, tuple):
                first = known[names[0]]
                values = [known[name] for name in names]
                ends.append(stretch * pick(v if math.isfinite(v) else first for v in values))
            else:
                ends.append(names)
        return ends[0], ends[1]

    def between(self, start: float, end: float) -> Array:
        """The points between two limits."""
        steps = np.arange(self.count + 1, dtype=np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # beyond floats there is no point
            if self.is_whole:
                return start + steps * math.ceil((end - start) / self.count)
            return start + (end - start) * steps / self.count

    def points(self, scenario: Scenario) -> Array:
        """The points for the inputs of a scenario."""
        return self.between(*self.limits(known_numbers(scenario, scenario.evaluate())))


def known_numbers(scenario: Scenario, results: Mapping[str, float]) -> dict[str, float]:
    """The inputs that are numbers, and the results, by key."""
    terms = type(scenario).terms()
    numbers = {k: float(getattr(scenario, k)) for k, t in terms.items() if type(t) is Term}
    return numbers | dict(results)


@dataclass(frozen=True)
class Mark:
    """A point on a chart that has a name; ``x`` and ``y`` are keys, or numbers."""

    title: Text
    x: str | float
    y: str | float


@dataclass(frozen=True)
class Sensitivity:
    """A two-way table of one result around the inputs as they are."""

    result: str
    rows: Around
    columns: Around


@dataclass(frozen=True)
class Curves:
    """A line chart of results over one span, and their numbers below it.

    ``headline`` says what the chart shows, with ``{key}`` for results; where one of them has no
    answer the title stands there instead.
    """

    title: Text
    x: Span
    series: tuple[str, ...]
    sheet: Text | None = None  # "Chart" without
    is_log: bool = False  # the axis of the values is logarithmic
    marks: tuple[Mark, ...] = ()
    headline: Text | None = None


@dataclass(frozen=True)
class Steps:
    """Results as they are and at each point of a span, and a line chart of some of them below.

    Among the columns ``best`` the largest number of each row is marked.
    """

    title: Text
    sheet: Text
    note: Text
    x: Span
    columns: tuple[str, ...]
    series: tuple[str, ...]
    best: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """Curves beside the points of a table: results over one span, ``at`` those of the first key.

    The key ``at`` is a result of the same kind as the horizontal axis of the points.
    """

    x: Span
    at: str
    series: tuple[str, ...]


@dataclass(frozen=True)
class TableChart:
    """A chart of columns of a table, by their keys: points and lines over the column ``x``.

    Columns that are filled in and such that are calculated may stand in any place.
    """

    title: Text
    sheet: Text
    table: str
    x: str
    points: tuple[str, ...]
    lines: tuple[str, ...] = ()
    forecast: Forecast | None = None
    is_log: bool = False


@dataclass(frozen=True)
class Comparison:
    """Results side by side: a row for each alternative, named by the first part of its keys.

    The result in the row ``flat`` and the column ``profit`` has the key ``flat_profit``.
    """

    title: Text
    sheet: Text
    alternatives: Mapping[str, Text]
    columns: Mapping[str, Term]
    best: str  # the column whose largest number is the best
    chart: str  # the column that the chart shows

    def keys(self) -> set[str]:
        """The keys of all its results."""
        return {f"{row}_{column}" for row in self.alternatives for column in self.columns}

    def ranked(self, results: Mapping[str, float]) -> list[str]:
        """The alternatives, the best first; those that have no answer come last."""

        def worth(key: str) -> float:
            value = results[f"{key}_{self.best}"]
            return -math.inf if math.isnan(value) else value

        return sorted(self.alternatives, key=worth, reverse=True)


@dataclass(frozen=True)
class Waterfall:
    """A chart of how one price becomes another: levels, and what is taken off between them."""

    title: Text
    sheet: Text
    steps: tuple[str, ...]
    levels: frozenset[str]  # the steps that are not taken off


@dataclass(frozen=True)
class Answer:
    """What the first sheet shows below the verdict: four to six results, the first one of all.

    Beside the chart stand the inputs that move ``driven`` most, or else the first of the figures.
    """

    figures: tuple[str, ...]
    driven: str | None = None


@dataclass(frozen=True)
class Timeline:
    """The sheet of the months: what its chart is called."""

    title: Text


@dataclass(frozen=True)
class Template:
    """What a workbook needs to know of a scenario beyond its fields and results."""

    name: str
    version: int
    title: Text
    about: Text
    example: Text  # what the filled-in numbers are, and where they come from
    sensitivity: Sensitivity
    curves: Curves
    answer: Answer
    low: Mapping[str, float] = field(default_factory=dict)
    """Inputs of the low case of the example, as shares of those of the base."""
    high: Mapping[str, float] = field(default_factory=dict)
    comparison: Comparison | None = None
    waterfall: Waterfall | None = None
    timeline: Timeline | None = None
    more: tuple[Curves | Steps | TableChart | Comparison, ...] = ()  # further sheets, in order

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All its comparisons."""
        further = (sheet for sheet in self.more if isinstance(sheet, Comparison))
        return (*([self.comparison] if self.comparison else []), *further)

    @property
    def spans(self) -> dict[str, Span]:
        """The spans of its sheets, by the name that their limits have in formulas."""
        sheets = enumerate((self.curves, *self.more), 1)
        found: dict[str, Span] = {}
        for number, sheet in sheets:
            if isinstance(sheet, TableChart):
                if sheet.forecast is not None:
                    found[f"axis{number}"] = sheet.forecast.x
            elif not isinstance(sheet, Comparison):
                found[f"axis{number}"] = sheet.x
        return found
