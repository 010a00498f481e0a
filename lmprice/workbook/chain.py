"""The helper sheet of cases: the results of several sets of inputs at once, a column for each.

A column begins with its inputs; below them stands every result that the wanted ones depend on, in
the formulas of the sheet of results with the cells of the same column in place of their names.
Columns beside tables are written out within the formula that adds them up, and an iteration of one
number has a row for each step; an iteration of a whole table would take thousands of cells for each
set of inputs, so that what depends on one is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import serial
from lmprice.language.terms import Choice, Term
from lmprice.language.tree import Expr
from lmprice.scenarios.base import Scenario, figures_of
from lmprice.scenarios.tables import MONTHLY
from lmprice.scenarios.tracing import Iteration, check_cell
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, Book
from lmprice.workbook.cases import CASES
from lmprice.workbook.results import add_warning
from lmprice.workbook.rows import Value
from lmprice.workbook.style import Tab

_LETTER = "\0"  # stands for the letter of a column until it is known
NAME_COLUMNS = 1
WIDTH = 14.0


@dataclass(frozen=True)
class CaseColumn:
    """One set of inputs: its heading, the formulas of its inputs, and the scenario they make.

    Of results it has the ones with these keys, without an answer where the scenario is not valid.
    """

    heading: str
    inputs: Mapping[str, str]
    scenario: Scenario | None
    keys: tuple[str, ...]

    def result(self, key: str) -> float:
        """A result."""
        return math.nan if self._figures is None else self._figures[0][key]

    def step(self, key: str, number: int) -> Any:
        """What an iteration has after a step."""
        if self._figures is None:
            return math.nan
        return next(i for i in self._figures[1] if i.name == key).values[number]

    @cached_property
    def _figures(self) -> tuple[Mapping[str, float], Sequence[Iteration]] | None:
        return None if self.scenario is None else figures_of(self.scenario, self.keys)


class Chain:
    """The rows of the helper sheet for some results; ``keys`` has those that it can hold."""

    def __init__(self, book: Book, wanted: Sequence[str]) -> None:
        self.book = book
        self.trace = book.trace
        self.title = book.say(texts.CASE_CELLS)
        self.keys = tuple(key for key in wanted if self._fits(key))
        behind = frozenset[str]().union(*(self.trace.names_behind(key) for key in self.keys))
        needed = behind | set(self.keys)
        self.inputs = tuple(key for key in book.terms if key in needed)
        self.iterations = {
            i.name: i
            for i in self.trace.iterations
            if i.table is None and not needed.isdisjoint((i.last, i.move))
        }
        self.results = tuple(row.key for row in self.trace.rows if row.key in needed)
        self._rows: dict[str, int] = {}
        row = FIRST_ROW
        for key in (*self.inputs, *self.results):
            if key in self.iterations:
                self._rows[f"{key} start"] = row
                row += self.iterations[key].steps + 1
            self._rows[key] = row
            row += 1
        self.last_row = row - 1
        self.count = 0

    def _fits(self, key: str) -> bool:
        """Whether a result can be computed in one column."""
        try:
            for name in (key, *self.trace.names_behind(key)):
                if name in self.trace.expressions and name not in self._all_columns:
                    written = self._written_out(self.trace.expressions[name])
                    check_cell(written, self.trace.names)
                    if any(n.is_column and n.operation == "months_later" for n in written.walk()):
                        return False  # EDATE takes no range
        except TypeError:
            return False
        return not any(
            i.table is not None and not self.trace.names_behind(key).isdisjoint((i.last, i.move))
            for i in self.trace.iterations
        )

    @cached_property
    def _all_columns(self) -> set[str]:
        return {column.name for column in self.trace.columns}

    @cached_property
    def _columns(self) -> dict[str, str]:
        """The columns beside tables that depend on inputs, each with its table."""
        return {
            column.name: column.table
            for column in self.trace.columns
            if not self.trace.names_behind(column.name).isdisjoint(self.book.terms)
        }

    def _written_out(self, expression: Expr, *, is_guarded: bool = False) -> Expr:
        """The expression with the columns beside tables as computations on what is filled in.

        Guarded, such a column is 0 in the rows that are not filled in.
        """

        def change(node: Expr) -> Expr | None:
            if not node.is_name or node.value not in self._columns:
                return None
            inner = self._written_out(self.trace.expressions[node.value], is_guarded=is_guarded)
            return self._guarded(node.value, inner) if is_guarded else inner

        return expression.rewrite(change)

    def _guarded(self, name: str, inner: Expr) -> Expr:
        if self._columns[name] == MONTHLY:  # where no row is empty
            return inner
        table = self.book.tables[self._columns[name]]
        filled = next(
            c.name for c in table.columns if c.default is None and isinstance(c.term, Term)
        )
        is_filled = Expr.name(f"ISNUMBER({filled})", is_column=True)
        return Expr.of("if_else", is_filled, inner, 0)

    def row(self, key: str) -> int:
        """The row of an input or a result."""
        return self._rows[key]

    def cell(self, key: str, column: int) -> str:
        """A cell of the helper sheet as other sheets name it."""
        return f"{quote_sheetname(self.title)}!${get_column_letter(column)}${self.row(key)}"

    def write(self, columns: Sequence[CaseColumn]) -> None:
        """The helper sheet."""
        book = self.book
        names = (self._title(key) for key in (*self.inputs, *self.results))
        sheet = book.sheet(
            texts.CASE_CELLS,
            self.title,
            (style.width(names, 30), *[WIDTH] * len(columns)),
            Tab.WORKING,
        )
        add_warning(book, sheet, 4)
        book.put_text(sheet, 3, 6, book.say(texts.ABOUT_CASES), "text")
        book.put(sheet, HEADER_ROW, 1, book.say(texts.RESULT), "header")
        for key in (*self.inputs, *self.results):
            book.put(sheet, self.row(key), 1, self._title(key), "label")
        templates = self._templates()
        for number, column in enumerate(columns, NAME_COLUMNS + 1):
            self._write_column(sheet, number, column, templates)
        heads = [(column.heading, WIDTH - 3) for column in columns]
        sheet.row_dimensions[HEADER_ROW].height = style.row_height(heads)
        for key in self.results:
            term = book.results[key].term
            last = get_column_letter(NAME_COLUMNS + len(columns))
            book.follow_size(sheet, f"B{self.row(key)}:{last}{self.row(key)}", term)
        sheet.freeze_panes = f"B{FIRST_ROW}"
        end = get_column_letter(NAME_COLUMNS + len(CASES))
        sheet.print_area = f"A1:{end}{self.last_row}"
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"

    def _title(self, key: str) -> str:
        return self.book.all_terms[key].title(self.book.lang)

    def _templates(self) -> dict[str, tuple[str, bool]]:
        """The formula of each row for a column whose letter is not known yet."""
        found = {}
        for key in self.results:
            if key in self.iterations:
                iteration = self.iterations[key]
                start, step = iteration.values
                first = self._rows[f"{key} start"]
                found[f"{key} start"] = self._template(start, {})
                for n in range(1, iteration.steps + 1):
                    before = {iteration.before: f"{_LETTER}{first + n - 1}"}
                    found[f"{key} {n}"] = self._template(self._with_parts(iteration, step), before)
            found[key] = self._template(self.trace.expressions[key], {})
        return found

    def _with_parts(self, iteration: Iteration, step: Expr) -> Expr:
        parts = {part.name: part.values[0] for part in iteration.parts}

        def change(node: Expr) -> Expr | None:
            if node.is_name and node.value in parts:
                return parts[node.value].rewrite(change)  # type: ignore[no-any-return]
            return None

        return step.rewrite(change)

    def _template(self, expression: Expr, more: Mapping[str, str]) -> tuple[str, bool]:
        cells = {key: f"{_LETTER}{row}" for key, row in self._rows.items()} | dict(more)
        for name, iteration in self.iterations.items():
            last = self._rows[f"{name} start"] + iteration.steps
            cells[iteration.last] = f"{_LETTER}{last}"
            cells[iteration.move] = f"ABS({_LETTER}{last}-{_LETTER}{last - 1})"

        def change(node: Expr) -> Expr | None:
            if node.is_name and node.value in cells:
                return Expr.name(cells[node.value])
            return None

        tree = self._written_out(expression, is_guarded=True).rewrite(change)
        return excel.text(tree), excel.needs_array(tree)

    def _write_column(
        self,
        sheet: Worksheet,
        number: int,
        column: CaseColumn,
        templates: Mapping[str, tuple[str, bool]],
    ) -> None:
        book, letter = self.book, get_column_letter(number)
        book.put(sheet, HEADER_ROW, number, column.heading, "header number")
        for key in self.inputs:
            stored = self._input_value(column.scenario, key)
            title = self._title(key)
            code = book_format(book.terms[key], stored)
            formula = column.inputs[key]
            book.put_formula(sheet, self.row(key), number, formula, stored, "result", title, code)
        for name, (text, is_array) in templates.items():
            key, _, step = name.partition(" ")
            term = book.results[key].term
            taken = int(step) if step.isdigit() else 0
            value = column.step(key, taken) if step else column.result(key)
            at = self._rows[key] if not step else self._rows[f"{key} start"]
            at += taken
            formula = text.replace(_LETTER, letter)
            book.put_number(sheet, at, number, formula, value, term)
            if is_array:
                book.make_array(sheet, f"{letter}{at}", formula)

    def _input_value(self, scenario: Scenario | None, key: str) -> Value:
        if scenario is None or self.book.is_blank:
            return float("nan")
        value, term = getattr(scenario, key), self.book.terms[key]
        if isinstance(term, Choice):
            return term.options[value](self.book.lang)
        return float(serial(value))


def book_format(term: Term | Choice, value: Value) -> str:
    """The number format of an input in a column of cases."""
    return style.number_format(term, value if isinstance(value, float) else None)
