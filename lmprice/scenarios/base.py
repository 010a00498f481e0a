"""What a scenario is: inputs as fields, results as calls of the library's functions.

``results`` is written once.  Run with numbers it gives the results; run with the names of cells it
gives the formulas of the template workbook; run with arrays it gives a what-if table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, Self, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm
from lmprice.language.expression import Expr
from lmprice.language.terms import Choice, Term, Text, term_or_choice
from lmprice.scenarios.recording import Computing, Recorder, Step, Tracing, finite
from lmprice.scenarios.tables import MAX_ROWS, TableSpec, table_spec
from lmprice.scenarios.tracing import (
    Calculated,
    ColumnNames,
    Iteration,
    Result,
    Trace,
    input_name,
)


class Out(Protocol):
    """What ``results`` reports to."""

    def __call__(self, key: str, value: float, term: Term) -> float:
        """Report a result; gives back what later results are to use."""
        ...

    def section(self, title: Text) -> None:
        """Begin a group of results."""
        ...

    def column(
        self, table: str, key: str, value: float, term: Term, *, is_alarm: bool = False
    ) -> float:
        """Report a column beside a table, one value a row; gives back what others are to use.

        With ``is_alarm`` a value above 0 is bad news, and a sheet shows it in red.
        """
        ...

    def warn(self, condition: bool, message: Text) -> None:
        """Say something above the results while the condition holds."""
        ...

    def iterate(
        self,
        key: str,
        step: Step,
        start: float,
        steps: int,
        term: Term,
        *,
        table: str | None = None,
    ) -> float:
        """Report what a number of equal steps from ``start`` lead to, and how far the last one led.

        With ``table`` the value is a column beside that table, and a step takes and gives a column;
        otherwise it is one number.  What a step itself reports with ``out`` and ``out.column``
        stands in the helper cells of the step: the total of a column belongs there, so that a sheet
        adds it up once and not in every row.

        The number of steps is fixed, so that Python and a sheet take the same ones.  Choose a step
        that contracts for all valid inputs.  One that leaves the share q < 1 of the error needs
        12 / -log10(q) of them for twelve digits: 40 where it halves the error; a Newton step needs
        five to ten.  While the last step changes more than a millionth of the value, a warning
        stands above the results.

        A what-if cannot go through an iteration: sensitivity, curves and steps tables need results
        in closed form, and tracing one that has none raises TypeError.
        """
        ...


class Results(Mapping[str, float]):
    """The results of a scenario by key, with their titles and units in ``rows``.

    ``columns`` has the columns that are computed beside tables, ``warnings`` what there is to be
    said about the results, and ``iterations`` every step of those that are found by iteration.
    """

    def __init__(
        self,
        rows: tuple[Result, ...],
        columns: tuple[Calculated, ...] = (),
        warnings: tuple[Text, ...] = (),
        iterations: tuple[Iteration, ...] = (),
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.warnings = warnings
        self.iterations = iterations
        self._values = {row.key: row.value for row in rows}

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Results({self._values})"


@dataclass(frozen=True)
class Sweep:
    """Points for a what-if: inputs times step / per, for each of the steps.

    With one input the points are values of that input; with several they are the common factor,
    and ``axis`` says what that factor means.  Where ``is_absolute``, the points are step / per and
    take the place of the one input, whatever its value.
    """

    inputs: tuple[str, ...]
    steps: tuple[int, ...]
    per: int
    axis: Term | None = None
    is_absolute: bool = False

    @property
    def is_common_factor(self) -> bool:
        """Whether the points are what several inputs are multiplied by."""
        return self.axis is not None and not self.is_absolute

    def term(self, scenario: Scenario) -> Term:
        """Title and unit of the points."""
        if self.axis is not None and self.is_common_factor:
            return self.axis
        found = type(scenario).terms()[self.inputs[0]]
        if isinstance(found, (Choice, DateTerm)):
            kind = "choice" if isinstance(found, Choice) else "date"
            raise TypeError(f"{self.inputs[0]} is a {kind} and cannot be swept")
        return found

    def points(self, scenario: Scenario) -> Array:
        """The points: what the varied input is at each of them, or the common factor."""
        steps = np.array(self.steps, dtype=np.float64)
        if self.is_absolute or self.is_common_factor:
            return steps / self.per
        return finite(getattr(scenario, self.inputs[0]) * steps / self.per)

    def changes(self, scenario: Scenario, points: Array) -> dict[str, Array]:
        """What the inputs are at some points."""
        if self.is_common_factor:
            return {name: getattr(scenario, name) * points for name in self.inputs}
        return {self.inputs[0]: points}


@dataclass(frozen=True)
class Sensitivity:
    """A two-way table of one result."""

    result: str
    rows: Sweep
    columns: Sweep


@dataclass(frozen=True)
class Curves:
    """A line chart of results over one sweep, and their numbers below it."""

    title: Text
    x: Sweep
    series: tuple[str, ...]
    sheet: Text | None = None  # "Chart" without
    is_log: bool = False  # the axis of the values is logarithmic


@dataclass(frozen=True)
class Steps:
    """A table of results at each point of a sweep, and a line chart of some of them below it.

    Among the columns ``best`` the largest number of each row is marked.
    """

    title: Text
    sheet: Text
    note: Text
    x: Sweep
    columns: tuple[str, ...]
    series: tuple[str, ...]
    best: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """Curves beside the points of a table: results over one sweep, ``at`` those of the first key.

    The key ``at`` is a result of the same kind as the horizontal axis of the points.
    """

    x: Sweep
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


@dataclass(frozen=True)
class Waterfall:
    """A chart of how one price becomes another: levels, and what is taken off between them."""

    title: Text
    sheet: Text
    steps: tuple[str, ...]
    levels: frozenset[str]  # the steps that are not taken off


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
    comparison: Comparison | None = None
    waterfall: Waterfall | None = None
    more: tuple[Curves | Steps | TableChart | Comparison, ...] = ()  # further sheets, in order

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """All its comparisons."""
        further = (sheet for sheet in self.more if isinstance(sheet, Comparison))
        return (*([self.comparison] if self.comparison else []), *further)


class Scenario(BaseModel):
    """Inputs of a pricing question, and how its results are computed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    template: ClassVar[Template]

    def results(self, out: Out) -> None:
        """Report the results, each computed from the fields and from earlier results."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _check_tables(self) -> Self:
        for name, table in type(self).tables().items():
            rows = getattr(self, name)
            if not 1 <= len(rows) <= MAX_ROWS:
                raise ValueError(f"{name}: has {len(rows)} rows, not 1 to {MAX_ROWS}")
            wrong = [
                f"{name}[{number}].{key}: {message.en}"
                for number, key, message in table.problems([dict(row) for row in rows])
            ]
            if wrong:
                raise ValueError("; ".join(wrong))
        return self

    @classmethod
    def terms(cls) -> Mapping[str, Term | Choice]:
        """The term behind each field that is one cell."""
        return _cells_and_tables(cls)[0]

    @classmethod
    def tables(cls) -> Mapping[str, TableSpec]:
        """The fields that are tables."""
        return _cells_and_tables(cls)[1]

    def evaluate(self) -> Results:
        """The results of these inputs."""
        run = _run(self._with_arrays(0), Computing(_number, _as_it_is))
        columns = (
            replace(c, value=np.broadcast_to(np.ravel(c.value), len(getattr(self, c.table))))
            for c in run.columns
        )
        warnings = (w.message for w in run.warnings if np.any(w.condition))
        return Results(tuple(run.rows), tuple(columns), tuple(warnings), tuple(run.iterations))

    def evaluate_at(self, changes: Mapping[str, Array]) -> dict[str, Any]:
        """The results with some inputs replaced by arrays, which broadcast."""
        axes = max(array.ndim for array in changes.values())

        def without_table_axes(_: str, value: Any) -> Any:
            known = finite(value)
            return np.reshape(known, known.shape[-axes:]) if known.ndim > axes else known

        points = {name: finite(value) for name, value in changes.items()}
        changed = self._with_arrays(axes).model_copy(update=points)
        run = _run(changed, Computing(without_table_axes, _as_it_is))
        return {row.key: row.value for row in run.rows}

    def _with_arrays(self, axes: int) -> Self:
        """The scenario with columns for its tables, before ``axes`` axes of a what-if."""
        tables = reversed(list(type(self).tables().items()))
        return self.model_copy(
            update={
                name: table.arrays(getattr(self, name), inner + axes)
                for inner, (name, table) in enumerate(tables)
            }
        )

    @classmethod
    def trace(cls, lang: str) -> Trace:
        """The results as expressions over the names of inputs and of earlier results."""
        fields: dict[str, Any] = {k: input_name(k, term, lang) for k, term in cls.terms().items()}
        fields |= {name: table.names() for name, table in cls.tables().items()}
        expressions: dict[str, Expr] = {}

        def name(key: str, value: Any) -> Any:
            expressions[key] = Expr.lift(value)
            return Expr.name(key)

        def column_name(column: Calculated, value: Any) -> Any:
            expressions[column.name] = Expr.lift(value)
            return Expr.name(column.name, is_column=True)

        run = _run(cls.model_construct(**fields), Tracing(name, column_name))
        names = ColumnNames.of(cls.tables(), run.columns, run.iterations)
        return Trace(
            tuple(run.rows),
            expressions,
            tuple(run.columns),
            tuple(run.warnings),
            tuple(run.iterations),
            names,
        )


@cache  # reading the annotations takes longer than a run of a scenario
def _cells_and_tables(
    scenario: type[Scenario],
) -> tuple[Mapping[str, Term | Choice], Mapping[str, TableSpec]]:
    """The fields of a scenario: those that are one cell, and those that are tables."""
    hints = get_type_hints(scenario, include_extras=True)
    specs = {name: table_spec(name, hints[name]) for name in scenario.model_fields}
    tables = {name: spec for name, spec in specs.items() if spec is not None}
    terms = {name: term_or_choice(hints[name]) for name in specs if name not in tables}
    return MappingProxyType(terms), MappingProxyType(tables)


def _number(_: str, value: Any) -> float:
    return float(np.reshape(finite(value), ()))


def _as_it_is(_: Calculated, value: Any) -> Any:
    return value


def _run(scenario: Scenario, recorder: Recorder) -> Recorder:
    with np.errstate(all="ignore"):
        scenario.results(recorder)
    return recorder
