"""What a scenario is: inputs as fields, results as calls of the library's functions.

``results`` is written once.  Run with numbers it gives the results; run with the names of cells it
gives the formulas of the template workbook; run with arrays it gives a what-if table.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, Self, cast, get_type_hints

import numpy as np
from pydantic import model_validator

from lmprice.language.arrays import Array
from lmprice.language.dates import serial
from lmprice.language.errors import PricingError
from lmprice.language.expression import Expr
from lmprice.language.terms import Choice, Term, Text
from lmprice.scenarios.given import Inputs, cell, rows
from lmprice.scenarios.plain import cell_term, plain_template
from lmprice.scenarios.recording import Computing, Enough, Recorder, Step, Tracing, finite
from lmprice.scenarios.results import Results
from lmprice.scenarios.table_inputs import table_input
from lmprice.scenarios.tables import MAX_ROWS, MONTHLY, MONTHS, TableSpec, table_spec
from lmprice.scenarios.template import Template
from lmprice.scenarios.tracing import (
    Calculated,
    ColumnNames,
    Iteration,
    Trace,
    by_number,
    input_name,
)
from lmprice.scenarios.verdicts import Tone, Verdict, spoken


class Out(Protocol):
    """What ``results`` reports to."""

    def __call__(self, key: str, value: float, term: Term | None = None) -> float:
        """Report a result; gives back what later results are to use.

        Without a term the key is its title.
        """
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

    def months(self) -> float:
        """The numbers of the months from 1 on, a column of the table `monthly` with 36 rows.

        For templates with a timeline; nobody fills the table in.
        """
        ...

    def warn(self, condition: bool, message: Text) -> None:
        """Say something above the results while the condition holds."""
        ...

    def question(self, field: str, condition: bool, message: Text) -> None:
        """Ask beside an input or a table whether it is meant, while the condition holds.

        For rules between inputs that leave every one of them valid by itself.
        """
        ...

    def sums(self, title: Text, left: float, right: float) -> None:
        """Two numbers that have to agree, for the sheet of checks."""
        ...

    def verdict(self, condition: bool, text: Text, tone: Tone) -> None:
        """Say what to make of the results: of all verdicts the first that holds is the answer.

        ``{key}`` in the text stands for a result or an input, ``{key:abs}`` for it without its
        sign.  The condition of the last verdict is True.
        """
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


class _PlainTemplate:
    """The template of a scenario that has none of its own, made when it is first asked for."""

    def __get__(self, scenario: Scenario | None, kind: type[Scenario]) -> Template:
        if kind.results is Scenario.results:
            raise AttributeError(f"{kind.__name__} has no results, and so no template")
        found = kind.trace("en").rows if scenario is None else scenario.evaluate().rows
        inputs = [name for name, term in kind.terms().items() if type(term) is Term]
        made = plain_template(kind.__name__, kind.__doc__, inputs, [row.key for row in found])
        kind.template = made
        return made


class Scenario(Inputs):
    """Inputs of a pricing question, and how its results are computed.

    One of your own has fields for its inputs and a method for its results.  A field is a number
    (``float``, or ``Annotated[float, Term(...)]`` with title, unit and bounds), a date, one of a
    few words (``Literal``) or a table (``list`` of a `Row` of your own, or given as a frame).

    Examples
    --------
    >>> class Support(Scenario):
    ...     tickets: float = 40_000
    ...     price: float = 0.3
    ...     token_cost: float = 0.12
    ...
    ...     def results(self, out: Out) -> None:
    ...         margin = out("margin", self.price - self.token_cost)
    ...         out("profit", margin * self.tickets - 5_000)
    >>> round(Support().evaluate()["profit"], 2)
    2200.0
    """

    template: ClassVar[Template] = cast(Template, _PlainTemplate())

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
    def _taken(cls, name: str, value: Any) -> Any:
        if name in cls.tables():
            return _rows_of(cls, name, rows(cls.__name__, name, value))
        return cell(value, cls.terms().get(name))

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
            replace(c, value=np.broadcast_to(np.ravel(c.value), self._rows(c.table)))
            for c in run.columns
        )
        warnings = (w.message for w in run.warnings if np.any(w.condition))
        return Results(
            tuple(run.rows),
            tuple(columns),
            tuple(warnings),
            tuple(run.iterations),
            self._verdict(run),
            tuple((q.field, q.message) for q in run.questions if np.any(q.condition)),
            tuple((s.title, _number("", s.left), _number("", s.right)) for s in run.totals),
        )

    def _rows(self, table: str) -> int:
        return MONTHS if table == MONTHLY else len(getattr(self, table))

    def _verdict(self, run: Recorder) -> Verdict | None:
        """The first verdict that holds, with its numbers written out."""
        found = next((v for v in run.verdicts if np.any(v.condition)), None)
        if found is None:
            return None
        numbers = [key for key, kind in self.terms().items() if isinstance(kind, Term)]
        values = {key: serial(getattr(self, key)) for key in numbers}
        values |= {row.key: row.value for row in run.rows}
        terms = {**self.terms(), **{row.key: row.term for row in run.rows}}
        return Verdict(
            Text(
                *(
                    spoken(text, values, terms, lang)
                    for lang, text in zip(("en", "zh"), found.text, strict=True)
                )
            ),
            found.tone,
        )

    def evaluate_at(
        self, changes: Mapping[str, Array], keys: Collection[str] | None = None
    ) -> dict[str, Any]:
        """The results with some inputs replaced by arrays, which broadcast.

        An input is a field, or a cell or column of a table: ``tiers[0].unit_price``.  With ``keys``
        no result is computed after the last of these; some others may be there as well.
        """
        axes = max(array.ndim for array in changes.values())
        found: dict[str, Any] = {}

        def without_table_axes(key: str, value: Any) -> Any:
            known = finite(value)
            known = np.reshape(known, known.shape[-axes:]) if known.ndim > axes else known
            found[key] = known
            if keys is not None and found.keys() >= set(keys):
                raise Enough
            return known

        points = {name: finite(value) for name, value in changes.items()}
        changed = self._with_arrays(axes)
        for name, values in points.items():
            place = table_input(name)
            if place is None:
                changed = changed.model_copy(update={name: values})
            else:
                columns = place.changed(getattr(changed, place.table), values)
                changed = changed.model_copy(update={place.table: columns})
        with contextlib.suppress(Enough):
            _run(changed, Computing(without_table_axes, _as_it_is, axes))
        return found

    def _with_arrays(self, axes: int) -> Self:
        """The scenario with columns for its tables, before ``axes`` axes of a what-if."""
        tables = reversed(list(type(self).tables().items()))
        own = inspect.getattr_static(type(self), "template")
        if isinstance(own, Template) and own.timeline is not None:
            axes += 1  # the months are the innermost table
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
            {key: by_number(expression, names) for key, expression in expressions.items()},
            tuple(run.columns),
            tuple(run.warnings),
            tuple(run.iterations),
            names,
            tuple(run.verdicts),
            tuple(run.questions),
            tuple(run.totals),
        )


@cache  # reading the annotations takes longer than a run of a scenario
def _cells_and_tables(
    scenario: type[Scenario],
) -> tuple[Mapping[str, Term | Choice], Mapping[str, TableSpec]]:
    """The fields of a scenario: those that are one cell, and those that are tables."""
    hints = get_type_hints(scenario, include_extras=True)
    specs = {name: table_spec(name, hints[name]) for name in scenario.model_fields}
    tables = {name: spec for name, spec in specs.items() if spec is not None}
    terms = {name: cell_term(name, hints[name]) for name in specs if name not in tables}
    return MappingProxyType(terms), MappingProxyType(tables)


def _rows_of(scenario: type[Scenario], name: str, found: Any) -> Any:
    """The rows of a table, those given as mappings made ones of its own type."""
    if not isinstance(found, list):
        return found
    row = scenario.tables()[name].row
    made = []
    for number, given in enumerate(found):
        try:
            made.append(row(**given) if isinstance(given, Mapping) else given)
        except PricingError as error:
            place = f"{name}[{number}].{error.parameter}"
            raise PricingError(scenario.__name__, place, error.value, error.rule) from None
    return made


def figures_of(
    scenario: Scenario, keys: Collection[str]
) -> tuple[dict[str, float], list[Iteration]]:
    """The results of a scenario up to the last of some, and the iterations behind them."""
    found: dict[str, float] = {}

    def number(key: str, value: Any) -> float:
        found[key] = _number(key, value)
        if found.keys() >= set(keys):
            raise Enough
        return found[key]

    run = Computing(number, _as_it_is)
    with contextlib.suppress(Enough):
        _run(scenario._with_arrays(0), run)
    return found, run.iterations


def _number(_: str, value: Any) -> float:
    return float(np.reshape(finite(value), ()))


def _as_it_is(_: Calculated, value: Any) -> Any:
    return value


def _run(scenario: Scenario, recorder: Recorder) -> Recorder:
    with np.errstate(all="ignore"):
        scenario.results(recorder)
    return recorder
