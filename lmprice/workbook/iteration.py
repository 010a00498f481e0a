"""The sheet of helper cells: every step of what is found by iteration, in plain formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.expression import Expr
from lmprice.scenarios.tracing import RowCell, in_row
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, Book
from lmprice.workbook.helper_cells import (
    FILLED,
    FILLED_COLUMN,
    FIRST_STEP,
    Block,
    Place,
    places,
)
from lmprice.workbook.results import add_warning
from lmprice.workbook.style import Tab
from lmprice.workbook.table_rows import when
from lmprice.workbook.tables import table_layout

PRINTED_ROWS, PRINTED_COLUMNS = 30, 12
TEXT_COLUMNS = 8
_LETTER = "\0"  # stands for the letter of a column until it is known


def add_iterations(book: Book) -> None:
    """The helper cells of all iterations of the scenario, if there are any."""
    found = places(book)
    if not found:
        return
    steps = max(place.iteration.steps for place in found)
    titles = [texts.labelled(b.term, book.lang) for place in found for b in place.blocks.values()]
    widths = (style.width(titles, 24), 12.0, *[12.0] * (steps + 2))
    sheet = book.sheet(texts.ITERATION, book.say(texts.ITERATION), widths, Tab.WORKING)
    add_warning(book, sheet, TEXT_COLUMNS)
    book.put_text(sheet, 3, TEXT_COLUMNS, book.say(texts.ABOUT_ITERATION), "text")
    for place in found:
        _add_header(book, sheet, place)
        for block in place.blocks.values():
            _Rows(book, sheet, place, block).add()
    sheet.freeze_panes = f"{get_column_letter(FIRST_STEP)}{FIRST_ROW}"
    last = get_column_letter(min(len(widths), PRINTED_COLUMNS))
    sheet.print_area = f"A1:{last}{min(found[-1].end, PRINTED_ROWS)}"


def _add_header(book: Book, sheet: Worksheet, place: Place) -> None:
    iteration, row = place.iteration, place.header
    book.put(sheet, row, 1, iteration.term.title(book.lang), "header")
    filled = texts.FILLED_IN(book.lang) if iteration.table else None
    book.put(sheet, row, FILLED_COLUMN, filled, "header number")
    for step in range(iteration.steps + 1):
        book.put(sheet, row, FIRST_STEP + step, step, "header number")
    book.put(sheet, row, place.move_column, book.say(texts.LAST_MOVE), "header number")
    sheet.row_dimensions[row].height = style.row_height(())
    values = place.values
    for name, letter in (
        (iteration.last, place.last_step),
        (iteration.move, get_column_letter(place.move_column)),
    ):
        first, last = f"{letter}{values.first}", f"{letter}{values.last}"
        book.define(name, sheet, first if values.rows == 1 else f"{first}:{last}")


class _Rows:
    """Writes the rows of one block."""

    def __init__(self, book: Book, sheet: Worksheet, place: Place, block: Block) -> None:
        self.book, self.sheet, self.place, self.block = book, sheet, place, block
        iteration, known = place.iteration, book.iterations[place.iteration.name]
        self.is_value = block is place.values
        if self.is_value:
            start, step = iteration.values
            self.formulas = [start, *[step] * iteration.steps]
            self.values = known.values
        else:
            parts = zip(iteration.parts, known.parts, strict=True)
            traced, computed = next(pair for pair in parts if pair[0].name == block.name)
            self.formulas = traced.values * iteration.steps
            self.values = computed.values
        if block.table is not None:
            table = book.tables[block.table]
            self.layout = table_layout(book, table)

    def add(self) -> None:
        """The rows with their labels, a formula for each step, and what the last one changed."""
        book, sheet, block = self.book, self.sheet, self.block
        title = texts.labelled(block.term, book.lang)
        if block.table is None:
            book.put(sheet, block.first, 1, title, "label")
        else:
            book.put(sheet, block.first - 1, 1, title, "section")
        # All steps but the start share one expression.
        distinct = {id(formula): formula for formula in self.formulas}
        for index in range(block.rows):
            if block.table is not None:
                self._add_filled(index)
            in_column = {key: self._in_cells(f, index) for key, f in distinct.items()}
            for step, (formula, values) in enumerate(zip(self.formulas, self.values, strict=True)):
                # The value comes from the step on its left, what a step reports from its own.
                letter = get_column_letter(FIRST_STEP + step - self.is_value)
                value = self._in_row(values, index)
                self._put(index, FIRST_STEP + step, in_column[id(formula)](letter), value)
            if self.is_value:
                self._add_move(index)
        first, last = get_column_letter(FIRST_STEP), get_column_letter(self.place.move_column)
        style.follow_size(sheet, f"{first}{block.first}:{last}{block.last}", block.term)

    def _add_filled(self, index: int) -> None:
        row = self.block.first + index
        self.book.put(self.sheet, row, 1, index + 1, "label")
        numbers = self.layout.number_name
        is_filled = f"IF(ISNUMBER(INDEX({numbers},$A{row})),1,0)"
        formula = f"IF($A{row}>ROWS({numbers}),0,{is_filled})"
        label = self.book.say(texts.FILLED_IN)
        value = float(self._record(index) is not None)
        self.book.put_formula(self.sheet, row, FILLED_COLUMN, formula, value, "result", label)

    def _in_cells(self, formula: Expr, index: int) -> Callable[[str], Expr | str]:
        """The formula in one row of the block, for the letter of the column that it looks at."""
        is_column = self.block.table is not None
        place = f"$A{self.block.first + index}"
        cells = self.layout.indexed(place) if is_column else {}
        ranges: dict[str, str] = {}
        for name, block in self.place.blocks.items():
            row = block.first + index
            if block.table is None:
                cells[name] = RowCell(f"{_LETTER}${block.first}", "", "")
            else:
                ranges[name] = f"{_LETTER}${block.first}:{_LETTER}${block.last}"
                if is_column:
                    above = f"{_LETTER}{row - 1}" if index else ""
                    cells[name] = RowCell(f"{_LETTER}{row}", "", above)
        expression = in_row(formula, cells, ranges)
        if is_column:
            expression = self._where_filled(index, expression)
        if excel.needs_array(expression):
            return lambda letter: _looking_at(expression, letter)
        text = excel.text(expression)  # once for all steps: there may be thousands of cells
        return lambda letter: text.replace(_LETTER, letter)

    def _where_filled(self, index: int, formula: Expr) -> Expr:
        """The formula, or nothing in a row that is not filled in.

        LibreOffice 7.4 computes cells below each other with like formulas in threads, and crashes
        there when as many steps hang on each other as here: every other row is written differently.
        """
        filled = f"${FILLED}{self.block.first + index}"
        condition = f"0<{filled}" if index % 2 else f"{filled}>0"
        return when(condition, formula, Expr.lift(""))

    def _in_row(self, values: Any, index: int) -> float:
        """The value in one row, where one value may stand for all rows."""
        column, record = np.ravel(values), self._record(index)
        return float(column[min(index if record is None else record, len(column) - 1)])

    def _record(self, index: int) -> int | None:
        table = self.block.table
        return index if table is None else self.book.record(table, index)

    def _add_move(self, index: int) -> None:
        row, column = self.block.first + index, self.place.move_column
        last, before = get_column_letter(column - 1), get_column_letter(column - 2)
        formula = Expr.of("absolute", Expr.name(f"{last}{row}-{before}{row}"))
        if self.block.table is not None:
            formula = self._where_filled(index, formula)
        after, ahead = (self._in_row(values, index) for values in self.values[:-3:-1])
        self._put(index, column, formula, abs(after - ahead))

    def _put(self, index: int, column: int, formula: Expr | str, value: float) -> None:
        book, sheet, row = self.book, self.sheet, self.block.first + index
        term = self.block.term
        if self.block.table is None:
            book.put_number(sheet, row, column, formula, value, term)
            return
        stored = "" if self._record(index) is None else value
        title = term.title(book.lang)
        code = style.number_format(term, value)
        book.put_formula(sheet, row, column, formula, stored, "result", title, code)


def _looking_at(expression: Expr, letter: str) -> Expr:
    def change(node: Expr) -> Expr | None:
        if not node.is_name or _LETTER not in node.value:
            return None
        return Expr.name(node.value.replace(_LETTER, letter), is_column=node.is_column)

    return expression.rewrite(change)
