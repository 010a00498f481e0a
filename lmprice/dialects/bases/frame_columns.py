"""Expressions over the columns of data frames, as polars and narwhals have them.

A function that is given such an expression is one itself.  A null in gives null.  NaN in and no
answer give NaN.  An argument that is out of its range gives null, since a column cannot raise for
one of its rows; numbers given beside expressions are checked at once and raise.
"""

from __future__ import annotations

import functools
import math
import operator
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from lmprice.dialects.rules.conditions_as_choices import condition, conditions_as_choices
from lmprice.dialects.rules.elementwise_extremes import elementwise_extremes
from lmprice.dialects.rules.tables_written_out import tables_written_out
from lmprice.language.dialect import Dialect
from lmprice.language.engine import align, checked, require
from lmprice.language.errors import PricingError
from lmprice.language.record import Definition, Parameter
from lmprice.language.tree import NAME, NO_ANSWER, Expr

OPERATORS: Mapping[str, Callable[..., Any]] = {
    "negative": operator.neg,
    "plus": operator.add,
    "minus": operator.sub,
    "times": operator.mul,
    "divided_by": operator.truediv,
    "power": operator.pow,
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "equal": operator.eq,
    "unequal": operator.ne,
    "both": operator.and_,
}


class FrameColumns(Dialect[Any]):
    """A library of data frames with ``col``, ``lit`` and ``when``."""

    rules = (elementwise_extremes, conditions_as_choices)

    def __init__(self) -> None:
        self.operations = {
            **OPERATORS,
            "if_else": lambda holds, yes, no: self.library.when(holds).then(yes).otherwise(no),
            "square_root": lambda x: x.sqrt(),
            "exp": lambda x: x.exp(),
            "log": lambda x: x.log(),
            "absolute": lambda x: x.abs(),
            "floor": lambda x: x.floor(),
            "ceiling": lambda x: x.ceil(),
        }

    @property
    @abstractmethod
    def library(self) -> Any:
        """The library, imported where it is needed."""

    def owns(self, value: Any) -> bool:
        """Whether an argument is an expression over columns, not a column with its numbers."""
        return isinstance(value, self.library.Expr)

    def leaf(self, node: Expr) -> Any:
        """A number as a literal, a name as the column of that name."""
        if node.operation == NAME:
            return self.library.col(node.value)
        return self._number(math.nan if node.operation == NO_ANSWER else node.value)

    def _number(self, value: float | None) -> Any:
        return self.library.lit(value, self.library.Float64)

    def lacking(self, f: Definition) -> tuple[str, ...]:
        """What is lacking where tables are given as numbers, so that their rows are written out."""
        if f.expression is None or not f.has_columns or f.returns_column:
            return super().lacking(f)
        rows = {p.name: (1.0, 2.0) for p in f.parameters if p.is_column}
        return self.lacking_in([tables_written_out(f.expression, rows)])

    def written(self, f: Definition) -> Any:
        """The expression over columns of a frame that have the names of the parameters."""
        if f.has_columns:
            raise TypeError(f"{f.name} takes a table: call it with lists of numbers for its rows")
        return self.applied(f, tuple(self.library.col(p.name) for p in f.parameters))

    def applied(self, f: Definition, given: tuple[Any, ...]) -> Any:
        """The expression of a function on expressions, numbers and tables of numbers."""
        self.refuse_lacking(f)
        columns: dict[str, Any] = {}
        numbers: dict[str, Any] = {}
        for p, value in zip(f.parameters, given, strict=True):
            if not self.owns(value):
                numbers[p.name] = _number_or_rows(f, p, value)
            elif p.is_column:
                raise PricingError(f.name, p.name, str(value), "is no table: give its rows a list")
            else:
                columns[p.name] = value.cast(self.library.Float64)
        tables = _same_rows(f, numbers)
        single = {n: Expr.lift(value) for n, value in numbers.items() if n not in tables}
        tree = tables_written_out(f.trace(f.names | single), tables)
        result = self.built(tree, columns)
        known = [result.is_finite(), *(~column.is_nan() for column in columns.values())]
        if any(np.isnan(value).any() for value in numbers.values()):
            known.append(self.library.lit(False))
        when = self.library.when
        answer = when(_all(known)).then(result).otherwise(self._number(math.nan))
        valid = _all([*self._valid(f, columns), *self._required(f, columns, numbers, single)])
        return when(valid).then(answer).otherwise(self._number(None))

    def _valid(self, f: Definition, columns: Mapping[str, Any]) -> Iterator[Any]:
        """Whether columns have numbers that keep their bounds; NaN breaks none."""
        for p in f.parameters:
            if p.name in columns:
                column = columns[p.name]
                bounds = [bound.holds(f.names[p.name]) for bound in p.term.bounds]
                holds = [self.built_as_it_is(bound, columns) for bound in bounds]
                holds += [(column == 0) | (column == 1)] if p.term.is_flag else []
                yield ~column.is_null() & (_all([column.is_finite(), *holds]) | column.is_nan())

    def _required(
        self,
        f: Definition,
        columns: Mapping[str, Any],
        numbers: Mapping[str, Any],
        single: Mapping[str, Expr],
    ) -> Iterator[Any]:
        """Whether conditions between arguments hold; those between numbers alone raise at once."""
        for requirement in f.requirements:
            named = [columns[name] for name in requirement.names if name in columns]
            if named:
                tree = condition(requirement.holds(f.names | dict(single)))
                holds = self.built_as_it_is(tree, columns)
                yield functools.reduce(operator.or_, [c.is_nan() for c in named], holds)
            else:
                require(f, requirement, [numbers.get(p.name) for p in f.parameters])


def _all(conditions: Iterable[Any]) -> Any:
    return functools.reduce(operator.and_, conditions)


def _number_or_rows(f: Definition, p: Parameter, value: Any) -> Any:
    """A number, or the rows of a table, both checked as where no expression is beside them."""
    array, _ = checked(f, p, value)
    if np.ndim(array) > p.is_column:
        raise PricingError(f.name, p.name, np.shape(array), "is a shape beside an expression")
    return array


def _same_rows(f: Definition, numbers: Mapping[str, Any]) -> dict[str, list[float]]:
    """The rows of all tables, as many of each."""
    values = [numbers.get(p.name, np.float64(0)) for p in f.parameters]
    align(f, values)
    rows = zip(f.parameters, values, strict=True)
    return {p.name: value.tolist() for p, value in rows if p.is_column}
