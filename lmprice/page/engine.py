"""The results of a scenario as one function of JavaScript, written from its trace.

``lmEvaluate`` takes the inputs of one cell by name (a date as the number of its day, a choice as
the word of its option) and each table as an object of its columns; it gives results, columns beside
tables, and which sentences hold.  Every formula is a line of it and an iteration is a loop, so that
it reads like the guide of the workbook.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lmprice.dialects.javascript import DIALECT, NOTATION, over_rows
from lmprice.dialects.rules.conditions_as_choices import condition
from lmprice.language.terms import Choice, Term
from lmprice.language.tree import OF_COLUMNS, Expr
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.tables import MONTHLY, MONTHS
from lmprice.scenarios.tracing import MONTH_NUMBERS, Iteration, Trace, number_name

_RESERVED = frozenset(
    [
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "given",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "eval",
        "arguments",
        "NaN",
        "Infinity",
        "Math",
        "Number",
        "Date",
        "Array",
    ]
)


def script_of(scenario: type[Scenario]) -> str:
    """The text of ``lmEvaluate`` for a scenario; it calls the library of the dialect.

    TypeError where a formula has an operation that JavaScript does not have.
    """
    return _Writer(scenario, scenario.trace("en")).script()


@dataclass
class _Writer:
    scenario: type[Scenario]
    trace: Trace

    def script(self) -> str:
        lines = [*self._arguments(), *self._formulas(), *self._answer()]
        return "function lmEvaluate(given) {\n  " + "\n  ".join(lines) + "\n}\n"

    @cached_property
    def _owners(self) -> dict[str, str]:
        """The table of each column."""
        return {**self.trace.names.filled_in, **self.trace.names.calculated}

    def _arguments(self) -> Iterator[str]:
        for key, term in self.scenario.terms().items():
            if isinstance(term, Choice):
                words = json.dumps({option: text.en for option, text in term.options.items()})
                yield f"const {_safe(key)} = ({words})[given.{key}];"
            else:
                yield f"const {_safe(key)} = given.{key};"
        for name, table in self.scenario.tables().items():
            numbers = [column for column in table.columns if isinstance(column.term, Term)]
            for column in numbers:
                yield f"const {_safe(column.name)} = given.{name}.{column.key};"
            yield f"const {_rows(name)} = given.{name}.{numbers[-1].key}.length;"
        if self.scenario.template.timeline is not None:
            yield f"const {_rows(MONTHLY)} = {MONTHS};"
            counted = f"Array.from({{ length: {MONTHS} }}, (_, $i) => $i + 1)"
            yield f"const {MONTH_NUMBERS} = {counted};"

    def _formulas(self) -> Iterator[str]:
        """A line for each result and column, what it depends on before it."""
        done: set[str] = set()
        for name in self.trace.expressions:
            yield from self._formula(name, done)

    def _formula(self, name: str, done: set[str]) -> Iterator[str]:
        """The line of a name, after those of the names that it needs."""
        if name in done:
            return
        if name in self._iterated:
            iteration = self._iterated[name]
            done |= {iteration.before, iteration.last, iteration.move}
            done |= {part.name for part in iteration.parts}
            for formula in iteration.formulas:
                yield from self._needed(formula, done)
            yield from self._iteration(iteration)
        elif name in self.trace.expressions:
            done.add(name)
            expression = self.trace.expressions[name]
            yield from self._needed(expression, done)
            if name in self._beside:
                yield f"const {_safe(name)} = {self._column(expression, self._beside[name])};"
            else:
                yield f"const {_safe(name)} = {self._number(expression)};"

    def _needed(self, formula: Expr, done: set[str]) -> Iterator[str]:
        for node in formula.walk():
            if node.is_name:
                yield from self._formula(node.value, done)

    @cached_property
    def _beside(self) -> dict[str, str]:
        """The table of each column that is computed beside one."""
        return {column.name: column.table for column in self.trace.columns}

    @cached_property
    def _iterated(self) -> dict[str, Iteration]:
        return {name: i for i in self.trace.iterations for name in (i.last, i.move)}

    def _iteration(self, iteration: Iteration) -> Iterator[str]:
        before, last, move = map(_safe, (iteration.before, iteration.last, iteration.move))
        start, step = (self._value(value, iteration.table) for value in iteration.values)
        yield f"let {before};"
        yield f"let {last} = {start};"
        yield f"for (let $step = 0; $step < {iteration.steps}; $step++) {{"
        yield f"  {before} = {last};"
        for part in iteration.parts:
            yield f"  const {_safe(part.name)} = {self._value(part.values[0], part.table)};"
        yield f"  {last} = {step};"
        yield "}"
        if iteration.table is None:
            yield f"const {move} = Math.abs({last} - {before});"
        else:
            yield f"const {move} = {last}.map((value, $i) => Math.abs(value - {before}[$i]));"

    def _value(self, expression: Expr, table: str | None) -> str:
        """What a step makes: a number, or a column of a table; of what is too large, no answer."""
        if table is None:
            return self._number(expression)
        return self._column(expression, table, form="lmFinite({})")

    def _number(self, value: Any) -> str:
        return f"lmFinite({self._text(Expr.lift(value), {})})"

    def _column(self, expression: Expr, table: str, form: str = "{}") -> str:
        row = form.format(self._text(expression, {table: "$i"}))
        return f"Array.from({{ length: {_rows(table)} }}, (_, $i) => {row})"

    def _condition(self, value: Any) -> str:
        return "true" if value is True else self._text(condition(Expr.lift(value)), {})

    def _answer(self) -> Iterator[str]:
        trace = self.trace
        yield "return {"
        yield f"  results: {_object(row.key for row in trace.rows)},"
        yield f"  columns: {_object(column.name for column in trace.columns)},"
        for name, conditions in (
            ("warnings", [warned.condition for warned in trace.warnings]),
            ("questions", [asked.condition for asked in trace.questions]),
            ("verdicts", [verdict.condition for verdict in trace.verdicts]),
        ):
            yield f"  {name}: [{', '.join(map(self._condition, conditions))}],"
        pairs = [f"[{self._number(s.left)}, {self._number(s.right)}]" for s in trace.sums]
        yield f"  sums: [{', '.join(pairs)}],"
        yield "};"

    def _text(self, tree: Expr, at: Mapping[str, str]) -> str:
        """The text of a tree; ``at`` has the index of the row of each table that it stands in."""

        def shifted(node: Expr) -> Expr | None:
            if node.operation == "running_total":
                name = node.args[0].value
                so_far = f"{_safe(name)}.slice(0, {at[self._owners[name]]} + 1)"
                return Expr.name(f"{so_far}.reduce(($a, $b) => $a + $b, 0)")
            if node.operation != "preceding":
                return None
            column, first = node.args
            index = at[self._owners[column.value]]
            before = Expr.name(f"{_safe(column.value)}[{index} - 1]")
            return Expr.of("if_else", Expr.name(index) > 0, before, first.rewrite(shifted))

        return self._written(DIALECT.built(tree.rewrite(shifted)), at)

    def _written(self, built: Expr, at: Mapping[str, str]) -> str:
        def change(node: Expr) -> Expr | None:
            if node.is_name:
                if not node.is_column or node.value not in self._owners:
                    return Expr.name(_safe(node.value))
                return Expr.name(f"{_safe(node.value)}[{at[self._owners[node.value]]}]")
            if node.operation == "row":
                column, number = node.args
                place = "1" if self._is_first(number) else self._written(number, at)
                return Expr.name(f"lmRow({_safe(column.value)}, {place})")
            if node.operation == "following":
                (column,) = node.args
                index = at[self._owners[column.value]]
                return Expr.name(f"({_safe(column.value)}[{index} + 1] ?? 0)")
            if node.operation in OF_COLUMNS:
                return Expr.name(self._over_rows(node, at))
            return None

        return NOTATION.text(built.rewrite(change))

    def _over_rows(self, node: Expr, at: Mapping[str, str]) -> str:
        """One number of all rows of a table; within a row of another table, that row stays."""
        tables = {self._owners[name] for arg in node.args for name in _open_columns(arg)}
        table = next(iter(tables if len(tables) == 1 else tables - set(at)))
        index = f"$i{len(at) + 1}"
        operands = [self._written(arg, {**at, table: index}) for arg in node.args]
        return over_rows(node.operation, operands, _rows(table), index)

    def _is_first(self, number: Expr) -> bool:
        """Whether the number of a row is that of the first one that is filled in."""
        firsts = {f"MATCH(1,{number_name(table)},0)" for table in self.scenario.tables()}
        return number.is_name and number.value in firsts


def _open_columns(node: Expr) -> set[str]:
    """The columns below a node that no operation has made one number of."""
    if node.is_name:
        return {node.value} if node.is_column else set()
    if node.operation in OF_COLUMNS:
        return set()
    return set().union(*(_open_columns(arg) for arg in node.args))


def _safe(name: str) -> str:
    return f"${name}" if name in _RESERVED else name


def _rows(table: str) -> str:
    return f"$rows_of_{table}"


def _object(names: Iterator[str]) -> str:
    parts = (name if name == _safe(name) else f"{name}: {_safe(name)}" for name in names)
    return f"{{ {', '.join(parts)} }}"
