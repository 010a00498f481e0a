"""What a scenario is: inputs as fields, results as calls of the library's functions.

``results`` is written once.  Run with numbers it gives the results; run with the names of cells it
gives the formulas of the template workbook; run with arrays it gives a what-if table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol, Self, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, model_validator

from lmprice.expr import Expr
from lmprice.scenarios.tables import MAX_ROWS, TableSpec, table_spec
from lmprice.scenarios.tracing import (
    Calculated,
    ColumnNames,
    Result,
    Trace,
    Warned,
    input_name,
)
from lmprice.terms import Choice, Term, Text, term_or_choice


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


class Results(Mapping[str, float]):
    """The results of a scenario by key, with their titles and units in ``rows``.

    ``columns`` has the columns that are computed beside tables, and ``warnings`` what there is to
    be said about the results.
    """

    def __init__(
        self,
        rows: tuple[Result, ...],
        columns: tuple[Calculated, ...] = (),
        warnings: tuple[Text, ...] = (),
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.warnings = warnings
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
    and ``axis`` says what that factor means.
    """

    inputs: tuple[str, ...]
    steps: tuple[int, ...]
    per: int
    axis: Term | None = None


@dataclass(frozen=True)
class Sensitivity:
    """A two-way table of one result."""

    result: str
    rows: Sweep
    columns: Sweep


@dataclass(frozen=True)
class Curves:
    """A line chart of results over one sweep."""

    title: Text
    x: Sweep
    series: tuple[str, ...]


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
    def terms(cls) -> dict[str, Term | Choice]:
        """The term behind each field that is one cell."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            name: term_or_choice(hints[name])
            for name in cls.model_fields
            if name not in cls.tables()
        }

    @classmethod
    def tables(cls) -> dict[str, TableSpec]:
        """The fields that are tables."""
        hints = get_type_hints(cls, include_extras=True)
        specs = ((name, table_spec(name, hints[name])) for name in cls.model_fields)
        return {name: spec for name, spec in specs if spec is not None}

    def evaluate(self) -> Results:
        """The results of these inputs."""
        run = _run(self._with_arrays(0), _number, _as_it_is)
        columns = (
            replace(c, value=np.broadcast_to(np.ravel(c.value), len(getattr(self, c.table))))
            for c in run.columns
        )
        warnings = (w.message for w in run.warnings if np.any(w.condition))
        return Results(tuple(run.rows), tuple(columns), tuple(warnings))

    def evaluate_at(self, changes: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
        """The results with some inputs replaced by arrays, which broadcast."""
        axes = max(array.ndim for array in changes.values())

        def without_table_axes(_: str, value: Any) -> Any:
            known = _finite(value)
            return np.reshape(known, known.shape[-axes:]) if known.ndim > axes else known

        points = {name: _finite(value) for name, value in changes.items()}
        changed = self._with_arrays(axes).model_copy(update=points)
        run = _run(changed, without_table_axes, _as_it_is)
        return {row.key: row.value for row in run.rows}

    def _with_arrays(self, axes: int) -> Self:
        """The scenario with columns for its tables, before ``axes`` axes of a what-if."""
        tables = reversed(type(self).tables().items())
        return self.model_copy(
            update={
                name: table.arrays(getattr(self, name), inner + axes)
                for inner, (name, table) in enumerate(tables)
            }
        )

    @classmethod
    def trace(cls, lang: str) -> Trace:
        """The results as Excel expressions over the names of inputs and of earlier results."""
        fields: dict[str, Any] = {k: input_name(k, term, lang) for k, term in cls.terms().items()}
        fields |= {name: table.names() for name, table in cls.tables().items()}
        expressions: dict[str, Expr] = {}

        def name(key: str, value: Any) -> Any:
            expressions[key] = Expr.lift(value)
            return Expr.name(key)

        def column_name(column: Calculated, value: Any) -> Any:
            expressions[column.name] = Expr.lift(value)
            return Expr.name(column.name, is_column=True)

        run = _run(cls.model_construct(**fields), name, column_name)
        names = ColumnNames.of(cls.tables(), run.columns)
        return Trace(tuple(run.rows), expressions, tuple(run.columns), tuple(run.warnings), names)


def _number(_: str, value: Any) -> float:
    return float(np.reshape(_finite(value), ()))


def _finite(value: Any) -> NDArray[np.float64]:
    """NaN in place of what is too large for a number: like any overflow it is no answer."""
    return np.where(np.isfinite(value), value, np.nan)


def _as_it_is(_: Calculated, value: Any) -> Any:
    return value


class _Recorder:
    def __init__(
        self, keep: Callable[[str, Any], Any], keep_column: Callable[[Calculated, Any], Any]
    ) -> None:
        self.rows: list[Result] = []
        self.columns: list[Calculated] = []
        self.warnings: list[Warned] = []
        self._keep = keep
        self._keep_column = keep_column
        self._section = Text("", "")

    def __call__(self, key: str, value: float, term: Term) -> float:
        kept = self._keep(key, value)
        self.rows.append(Result(key, kept, term, self._section))
        return kept  # type: ignore[no-any-return]

    def section(self, title: Text) -> None:
        self._section = title

    def column(
        self, table: str, key: str, value: float, term: Term, *, is_alarm: bool = False
    ) -> float:
        column = Calculated(table, key, value, term, is_alarm)
        self.columns.append(column)
        return self._keep_column(column, value)  # type: ignore[no-any-return]

    def warn(self, condition: bool, message: Text) -> None:
        self.warnings.append(Warned(condition, message))


def _run(
    scenario: Scenario,
    keep: Callable[[str, Any], Any],
    keep_column: Callable[[Calculated, Any], Any],
) -> _Recorder:
    recorder = _Recorder(keep, keep_column)
    with np.errstate(all="ignore"):
        scenario.results(recorder)
    return recorder
