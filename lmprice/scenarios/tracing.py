"""A traced scenario: the expression behind every result, and what becomes of it in a what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lmprice.expr import Expr
from lmprice.scenarios.tables import PREVIOUS, TableSpec
from lmprice.terms import Choice, Term, Text

_CHOOSING = ("IF", "MAX", "MIN")  # become IF over a range; see Expr.elementwise
_ADDING = "SUMPRODUCT"


@dataclass(frozen=True)
class Result:
    """One result of a scenario."""

    key: str
    value: float
    term: Term
    section: Text


@dataclass(frozen=True)
class Calculated:
    """A column that is computed beside a table."""

    table: str
    key: str
    value: Any
    term: Term
    is_alarm: bool  # a value above 0 is bad news

    @property
    def name(self) -> str:
        """The name of the column in formulas."""
        return f"{self.table}_{self.key}"


@dataclass(frozen=True)
class Warned:
    """A sentence that stands above the results while a condition holds."""

    condition: Any
    message: Text


class _ChoiceName(Expr):  # noqa: PLW1641
    """The name of a cell that holds a choice; the workbook spells it in its own language."""

    __slots__ = ("words",)

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        super().__init__("name", name)
        self.words = words

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return super().__eq__(self.words[str(other)])

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return super().__ne__(self.words[str(other)])


def input_name(key: str, term: Term | Choice, lang: str) -> Expr:
    """The name of an input cell in formulas."""
    if isinstance(term, Term):
        return Expr.name(key)
    return _ChoiceName(key, {option: text(lang) for option, text in term.options.items()})


@dataclass(frozen=True)
class ColumnNames:
    """The names of columns in formulas with the table of each."""

    filled_in: Mapping[str, str]
    calculated: Mapping[str, str]

    @classmethod
    def of(cls, tables: Mapping[str, TableSpec], calculated: Sequence[Calculated]) -> ColumnNames:
        """The names of the columns that are filled in and of those that are calculated."""
        filled_in = {c.name: name for name, table in tables.items() for c in table.columns}
        return cls(filled_in, {c.name: c.table for c in calculated})

    def of_table(self, table: str) -> list[str]:
        """The names of the columns of one table."""
        both = {**self.filled_in, **self.calculated}
        return [name for name, owner in both.items() if owner == table]


@dataclass(frozen=True)
class Trace:
    """The result rows of a traced scenario, and the expression behind each result and column."""

    rows: tuple[Result, ...]
    expressions: Mapping[str, Expr]
    columns: tuple[Calculated, ...]
    warnings: tuple[Warned, ...]
    names: ColumnNames

    def __post_init__(self) -> None:
        for row in self.rows:
            check_cell(self.expressions[row.key], self.names)
        for warned in self.warnings:
            check_cell(Expr.lift(warned.condition), self.names)
        for column in self.columns:
            own = dict.fromkeys(self.names.of_table(column.table), ("cell", "cell"))
            check_cell(in_row(self.expressions[column.name], own), self.names)

    def what_if(self, key: str, changes: Mapping[str, Expr]) -> Expr:
        """The expression of a result with inputs replaced.

        What does not depend on them still refers to the result cell; what does is written out.
        """

        def change(node: Expr) -> Expr | None:
            if node.kind != "name":
                return None
            if node.head in changes:
                return changes[node.head]
            if node.head in self.expressions and self._depends(node.head, changes):
                return self.expressions[node.head].rewrite(change)
            return None

        expression = Expr.name(key).rewrite(change)
        check_cell(expression, self.names)
        return expression

    def _depends(self, key: str, changes: Mapping[str, Expr]) -> bool:
        names = {node.head for node in self.expressions[key].walk() if node.kind == "name"}
        return any(
            n in changes or (n in self.expressions and self._depends(n, changes)) for n in names
        )


def check_cell(expression: Expr, names: ColumnNames) -> None:
    """Raise for what one cell cannot compute: a whole column, or rows of two tables in pairs."""
    if any(node.head == PREVIOUS for node in expression.walk()):
        raise TypeError(f"{expression}: a row above is known only in a column beside its table")
    if _open_tables(expression, names):
        raise TypeError(f"{expression} is a whole column: add it up with total()")


def _open_tables(node: Expr, names: ColumnNames) -> set[str]:
    """The tables whose rows a node runs over."""
    if node.kind == "name":
        if node.head in names.calculated:
            raise TypeError(f"{node} has texts in its empty rows: only total({node}) is a number")
        return {names.filled_in[node.head]} if node.is_column else set()
    is_aggregate = node.is_extreme or (node.head == _ADDING and len(node.args) == 1)
    if is_aggregate and node.args[0].head in names.calculated:  # which passes over texts
        return set()
    found = set().union(*(_open_tables(arg, names) for arg in node.args))
    if len(found) > 1:
        raise TypeError(f"{node} pairs the rows of two tables: give one of them a column first")
    return found if node.is_column else set()


def needs_array(expression: Expr) -> bool:
    """Whether Excel 2016 computes a formula only as an array formula.

    It does so with IF over a range, and with the largest or smallest number of computed ones.
    """
    return any(
        (node.is_column and node.head in _CHOOSING)
        or (node.is_extreme and node.args[0].is_column and bool(node.args[0].args))
        for node in expression.walk()
    )


def in_row(expression: Expr, cells: Mapping[str, tuple[str, str | None]]) -> Expr:
    """The expression of a column in one row of its table.

    ``cells`` has the cell of each column in this row and in the row above, None above the first.
    """

    def change(node: Expr) -> Expr | None:
        if node.head == PREVIOUS:
            column, first = node.args
            above = cells[column.head][1]
            return first if above is None else Expr.name(above)
        if node.kind == "name" and node.head in cells:
            return Expr.name(cells[node.head][0])
        return None

    return expression.rewrite(change)
