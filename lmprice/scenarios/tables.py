"""Tables as inputs of a scenario: lists of rows, such as the tiers of a price.

While results are computed, a table stands as one row whose fields are whole columns, and
:func:`columns` gives it that type.  In NumPy each table has an axis of its own: the first table of
a scenario the outermost, then the next, then what a what-if varies.  So an expression over a column
of tiers and a column of customers has a number for every pair, and ``total`` adds up the tiers.  In
a workbook the columns are named ranges of :data:`MAX_ROWS` rows, where an empty row counts as a row
of zeros: what is added up with ``total`` has to be 0 there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np

from lmprice.language.dates import serial
from lmprice.language.errors import PricingError
from lmprice.language.expression import Expr, nth, weighted_total
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.foreign import NO_CELL, fits_cell
from lmprice.scenarios.given import Inputs, cell
from lmprice.scenarios.plain import cell_term, plain_text

R = TypeVar("R", bound="Row")

MAX_ROWS = 200
MONTHLY = "monthly"  # the table of months, which nobody fills in
MONTHS = 36  # its rows


class Row(Inputs):
    """One row of a table; its fields are numbers, dates or texts, with terms or labels."""

    @classmethod
    def _taken(cls, name: str, value: Any) -> Any:
        hint = get_type_hints(cls, include_extras=True).get(name)
        if isinstance(value, str) and not fits_cell(value):
            raise PricingError(cls.__name__, name, value, NO_CELL)
        return value if hint is None else cell(value, column_term(name, hint))


@dataclass(frozen=True)
class Label:
    """A column of words, such as the names of customers."""

    title: Text
    help: Text

    unit: ClassVar[Text] = Text("text", "文字")


@dataclass(frozen=True)
class Table:
    """Marks a field that is a table; ``title`` is also the name of its sheet."""

    title: Text
    help: Text


@dataclass(frozen=True)
class Column:
    """A column that is filled in."""

    key: str
    name: str  # in formulas
    term: Term | Label
    default: float | str | None  # what an empty cell stands for; None where it has to be filled in

    @property
    def is_limit(self) -> bool:
        """Whether it rises from row to row, up to a last row without a limit: an empty cell."""
        return isinstance(self.term, Term) and self.term.increasing and self.term.unlimited


@dataclass(frozen=True)
class TableSpec:
    """A table of a scenario: its texts and its columns."""

    name: str
    title: Text
    help: Text
    row: type[Row]

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns in the order of the fields."""
        return tuple(self._columns())

    def _columns(self) -> Iterator[Column]:
        hints = get_type_hints(self.row, include_extras=True)
        for key, field in self.row.model_fields.items():
            term = column_term(key, hints[key])
            default = None if field.is_required() else field.default
            column = Column(key, f"{self.name}_{key}", term, default)
            # An empty cell counts as 0 in every formula, so no other number can be left empty.
            empty = ("",) if isinstance(term, Label) else (math.inf,) if column.is_limit else (0.0,)
            if default is not None and default not in empty:
                raise TypeError(f"{self.row.__name__}.{key}: {default} cannot be an empty cell")
            yield column

    def arrays(self, rows: Sequence[Row], trailing: int) -> Row:
        """The table as one row of columns, with ``trailing`` axes behind their rows."""
        shape = (-1,) + (1,) * trailing
        return self._of_columns(
            lambda c: np.array([serial(getattr(r, c.key)) for r in rows], np.float64).reshape(shape)
        )

    def names(self) -> Row:
        """The table as one row of the names of its columns."""
        return self._of_columns(lambda c: Expr.name(c.name, is_column=True))

    def _of_columns(self, make: Callable[[Column], Any]) -> Row:
        numbers: Any = {c.key: make(c) for c in self.columns if isinstance(c.term, Term)}
        return self.row.model_construct(**numbers)

    def problems(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, Text]]:
        """What is wrong between the rows: number of the row, column, message."""
        for column in self.columns:
            if not column.is_limit:
                continue
            before = None
            for number, row in enumerate(rows):
                value = row.get(column.key)  # absent where something else is wrong with it
                if value is not None:
                    message = _broken_order(value, before, is_last=number == len(rows) - 1)
                    if message is not None:
                        yield number, column.key, message
                # A missing limit has been named; the row below it is compared with the one above.
                before = value if value is not None and math.isfinite(value) else before


def _broken_order(value: float, before: float | None, *, is_last: bool) -> Text | None:
    if math.isinf(value):
        return None if is_last else NO_LIMIT
    if is_last:
        return Text(*(f"{value:g} {text}" for text in LAST_LIMIT))
    if before is not None and not value > before:
        return Text(f"{value:g} is not above {before:g}", f"{value:g} 不大于 {before:g}")
    return None


NO_LIMIT = Text("is empty, as only the last row may be", "为空，只有最后一行可以为空")
LAST_LIMIT = Text(
    "stands in the last row, which has no limit: leave it empty",
    "位于最后一行，最后一行没有上限，应留空",
)


def column_term(key: str, annotation: Any) -> Term | Label:
    """The term of a column, or one made of its name: of words, or of a number or date."""
    for mark in get_args(annotation)[1:]:
        if isinstance(mark, (Term, Label)):
            return mark
    if annotation is str:
        return Label(plain_text(key), Text("", ""))
    term = cell_term(key, annotation)
    if isinstance(term, Choice):
        raise TypeError(f"{key}: a column cannot hold a choice")
    return term


def table_spec(name: str, annotation: Any) -> TableSpec | None:
    """The table behind the annotation of a field; None where it is no table."""
    row = next(iter(get_args(annotation)), None) if get_origin(annotation) is list else None
    if isinstance(row, type) and issubclass(row, Row):
        return TableSpec(name, plain_text(name), Text("", ""), row)
    for mark in get_args(annotation)[1:]:
        if isinstance(mark, Table):
            (row,) = get_args(get_args(annotation)[0])
            return TableSpec(name, mark.title, mark.help, row)
    return None


def columns(table: list[R]) -> R:
    """The columns of a table while results are computed: a row whose fields are columns."""
    return cast(R, table)


def previous(column: float, first: float) -> float:
    """The column one row down: each row has the value of the row before it."""
    if isinstance(column, Expr):
        return cast(float, Expr.of("preceding", column, first))
    array = np.asarray(column)
    start = np.full_like(array[:1], first)
    return cast(float, np.concatenate([start, array[:-1]]))


def first(column: float) -> float:
    """The number in the first row of a table."""
    if isinstance(column, Expr):
        return cast(float, nth(column, 1))
    return cast(float, np.asarray(column)[0])


def running_total(column: float) -> float:
    """The sum of a column down to each row, for a column of the months."""
    if isinstance(column, Expr):
        return cast(float, Expr.of("running_total", column))
    return cast(float, np.cumsum(column, axis=0))


def total_where(condition: bool, column: float) -> float:
    """The sum over the rows of a table in which a condition holds."""
    if isinstance(column, Expr):
        return cast(float, weighted_total(cast(Any, condition), column))
    return cast(float, np.sum(np.where(condition, column, 0), axis=0))
