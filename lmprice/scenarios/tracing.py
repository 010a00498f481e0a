"""A traced scenario: the expression behind every result, and what becomes of it in a what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from lmprice.language.terms import Choice, Term, Text
from lmprice.language.tree import EXTREMES, NAME, Expr
from lmprice.scenarios.tables import MONTHLY, TableSpec
from lmprice.scenarios.verdicts import Tone

_ADDING = frozenset(("total", "weighted_total", "product"))
_OF_ROWS = frozenset(("preceding", "running_total"))  # which look at the rows above
MONTH_NUMBERS = f"{MONTHLY}_number"
RESIDUAL = "_residual"  # how results end that say how far an iteration has come


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
class Part:
    """What the steps of an iteration report on their way: a number, or a column of a table.

    ``values`` has one for each step; traced, the one expression that all steps share.
    """

    name: str  # in the formulas of the iteration
    table: str | None
    term: Term
    values: list[Any]


@dataclass(frozen=True)
class Iteration:
    """A number, or a column of a table, that is found by repeating a step.

    ``values`` has the start and what each step makes of it; traced, the expressions of the start
    and of a step, in which the value before has the name ``before``.
    """

    name: str
    table: str | None
    term: Term
    steps: int
    values: list[Any]
    parts: tuple[Part, ...]

    @property
    def before(self) -> str:
        """The name of the value before a step, in the formulas of the iteration."""
        return f"{self.name}_before"

    @property
    def last(self) -> str:
        """The name of the value after the last step."""
        return f"{self.name}_last"

    @property
    def move(self) -> str:
        """The name of what the last step changed."""
        return f"{self.name}_move"

    @property
    def formulas(self) -> list[Expr]:
        """The expressions of a traced iteration."""
        return [*self.values, *(part.values[0] for part in self.parts)]


@dataclass(frozen=True)
class Warned:
    """A sentence that stands above the results while a condition holds."""

    condition: Any
    message: Text


@dataclass(frozen=True)
class Verdicted:
    """A sentence that is the answer where its condition holds and none before it did."""

    condition: Any
    text: Text
    tone: Tone


@dataclass(frozen=True)
class Questioned:
    """What is asked beside an input while a condition holds."""

    field: str
    condition: Any
    message: Text


@dataclass(frozen=True)
class Summed:
    """Two numbers that have to agree."""

    title: Text
    left: Any
    right: Any


class _ChoiceName(Expr):  # noqa: PLW1641
    """The name of a cell that holds a choice; the workbook spells it in its own language."""

    __slots__ = ("words",)

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        super().__init__(NAME, value=name)
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
    def of(
        cls,
        tables: Mapping[str, TableSpec],
        calculated: Sequence[Calculated],
        iterations: Sequence[Iteration],
    ) -> ColumnNames:
        """The names of the columns that are filled in and of those that are calculated."""
        filled_in = {c.name: name for name, table in tables.items() for c in table.columns}
        filled_in[MONTH_NUMBERS] = MONTHLY
        stepped = {
            name: iteration.table
            for iteration in iterations
            if iteration.table is not None
            for name in (iteration.before, iteration.last, iteration.move)
        }
        parts = {p.name: p.table for i in iterations for p in i.parts if p.table is not None}
        return cls(filled_in, {c.name: c.table for c in calculated} | stepped | parts)

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
    iterations: tuple[Iteration, ...]
    names: ColumnNames
    verdicts: tuple[Verdicted, ...] = ()
    questions: tuple[Questioned, ...] = ()
    sums: tuple[Summed, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            check_cell(self.expressions[row.key], self.names)
        for warned in self.warnings:
            check_cell(Expr.lift(warned.condition), self.names)
        for verdict in self.verdicts:
            check_cell(Expr.lift(verdict.condition), self.names)
        for question in self.questions:
            check_cell(Expr.lift(question.condition), self.names)
        for total in self.sums:
            check_cell(Expr.lift(total.left), self.names)
            check_cell(Expr.lift(total.right), self.names)
        for column in self.columns:
            self._check(self.expressions[column.name], column.table)
        for iteration in self.iterations:
            for expression in iteration.values:
                self._check(expression, iteration.table)
            for part in iteration.parts:
                self._check(part.values[0], part.table)

    def _check(self, expression: Expr, table: str | None) -> None:
        """Raise for what no cell can compute, beside a table or elsewhere."""
        cell = RowCell("cell", "", "cell", "cell")
        own = dict.fromkeys(self.names.of_table(table), cell) if table else {}
        check_cell(in_row(expression, own), self.names)

    def what_if(self, key: str, changes: Mapping[str, Expr]) -> Expr:
        """The expression of a result with inputs replaced.

        What does not depend on them still refers to the result cell; what does is written out,
        which an iteration cannot be.
        """

        def change(node: Expr) -> Expr | None:
            name = node.value
            if not node.is_name:
                return None
            if name in changes:
                return changes[name]
            if not self._depends(name, changes):
                return None
            if name in self._iterated:
                raise TypeError(
                    f"{key} depends on {', '.join(changes)} by way of the iteration "
                    f"{self._iterated[name].name}: a what-if needs a result in closed form"
                )
            return self.expressions[name].rewrite(change)

        expression = Expr.name(key).rewrite(change)
        check_cell(expression, self.names)
        return expression

    @cached_property
    def _iterated(self) -> dict[str, Iteration]:
        return {name: i for i in self.iterations for name in (i.last, i.move)}

    @cached_property
    def _known_names(self) -> dict[str, frozenset[str]]:
        return {}

    def names_behind(self, key: str) -> frozenset[str]:
        """The names that a result depends on, directly or not."""
        return self._names_behind(key)

    def _names_behind(self, key: str) -> frozenset[str]:
        """The names that the expressions behind a name refer to, directly or not."""
        if key not in self._known_names:
            direct = {
                node.value
                for formula in self._formulas(key)
                for node in formula.walk()
                if node.is_name
            }
            behind = [self._names_behind(name) for name in direct]
            self._known_names[key] = frozenset(direct).union(*behind)
        return self._known_names[key]

    def _depends(self, key: str, changes: Mapping[str, Expr]) -> bool:
        return not self._names_behind(key).isdisjoint(changes)

    def _formulas(self, key: str) -> list[Expr]:
        """The expressions behind a name; none behind an input."""
        if key in self.expressions:
            return [self.expressions[key]]
        return self._iterated[key].formulas if key in self._iterated else []


def by_number(expression: Expr, names: ColumnNames) -> Expr:
    """The expression with the first row of a table as the first that is filled in."""

    def change(node: Expr) -> Expr | None:
        if node.operation != "row" or not node.args[1].is_number(1):
            return None
        column = node.args[0]
        number = f"MATCH(1,{number_name(names.filled_in[column.value])},0)"
        return Expr.of("row", column, Expr.name(number))

    return expression.rewrite(change)


def number_name(table: str) -> str:
    """The name of the column that numbers the rows that are filled in."""
    return f"{table}_row_number"


def check_cell(expression: Expr, names: ColumnNames) -> None:
    """Raise for what one cell cannot compute: a whole column, or rows of two tables in pairs."""
    if any(node.operation in _OF_ROWS for node in expression.walk()):
        raise TypeError(f"{expression}: a row above is known only in a column beside its table")
    if _open_tables(expression, names):
        raise TypeError(f"{expression} is a whole column: add it up with total()")


def _open_tables(node: Expr, names: ColumnNames) -> set[str]:
    """The tables whose rows a node runs over."""
    if node.is_name:
        if node.value in names.calculated:
            raise TypeError(f"{node} has texts in its empty rows: only total({node}) is a number")
        return {names.filled_in[node.value]} if node.is_column else set()
    is_aggregate = node.operation in EXTREMES or node.operation == "total"
    if is_aggregate and node.args[0].value in names.calculated:  # which passes over texts
        return set()
    if node.operation == "weighted_total":
        owners = {**names.filled_in, **names.calculated}
        tables = {owners[leaf.value] for leaf in node.walk() if leaf.is_column and leaf.is_name}
        if len(tables) == 1:  # a text is above every number, and counts as 0 in a column
            return set()
    found = set().union(*(_open_tables(arg, names) for arg in node.args))
    if len(found) > 1:
        raise TypeError(f"{node} pairs the rows of two tables: give one of them a column first")
    return found if node.is_column else set()


class RowCell(NamedTuple):
    """What the name of a column stands for in one row: its cell, and that of the row before.

    ``is_first`` is the condition that there is no row before; without one, there is none where
    ``before`` is empty.
    """

    here: str
    is_first: str
    before: str
    so_far: str = ""  # the sum of the rows down to this one


def in_row(
    expression: Expr,
    cells: Mapping[str, RowCell],
    ranges: Mapping[str, str] | None = None,
) -> Expr:
    """The expression of a column in one row of its table.

    What is added up over the rows of this table alone stays a range: that of ``ranges``, or the
    name of the column.
    """
    all_rows = ranges or {}

    def range_of(node: Expr) -> Expr | None:
        has_range = node.is_name and node.value in all_rows
        return Expr.name(all_rows[node.value], is_column=True) if has_range else None

    def change(node: Expr) -> Expr | None:
        if node.operation == "preceding":
            column, first = node.args
            cell = cells[column.value]
            before = Expr.name(cell.before) if cell.before else first
            if not cell.is_first:
                return before
            return Expr.of("if_else", Expr.name(cell.is_first), first, before)
        if node.operation == "running_total" and node.args[0].value in cells:
            return Expr.name(cells[node.args[0].value].so_far)
        if node.is_name and node.value in cells:
            return Expr.name(cells[node.value].here)
        if node.operation in EXTREMES | _ADDING:
            columns = [leaf.value for leaf in node.walk() if leaf.is_column and not leaf.args]
            if columns and all(name in cells for name in columns):
                return node.rewrite(range_of)
        return range_of(node)

    return expression.rewrite(change)
