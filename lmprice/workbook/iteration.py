"""The sheet of helper cells: every step of what is found by iteration, in plain formulas."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.language.expression import Expr
from lmprice.scenarios.tracing import RowCell, in_row
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, Book, Pattern
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
_LETTER = "\1"  # stands for the letter of a column until it is known
_ROW = re.compile("\2(\\d+)\2")
_APART = 3  # rows that are written differently: the first one and two that take turns


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
            values = known.values
        else:
            parts = zip(iteration.parts, known.parts, strict=True)
            traced, computed = next(pair for pair in parts if pair[0].name == block.name)
            self.formulas = traced.values * iteration.steps
            values = computed.values
        self.columns = [np.ravel(numbers).tolist() for numbers in values]
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
        # All steps but the start share one expression, and most rows are written like another.
        distinct = {id(formula): formula for formula in self.formulas}
        some = range(min(block.rows, _APART))
        steps = [{key: self._in_cells(f, index) for key, f in distinct.items()} for index in some]
        moves = [self._move(index) for index in some if self.is_value]
        for index in range(block.rows):
            if block.table is not None:
                self._add_filled(index)
            like = index if index < _APART else _APART - 1 - index % 2
            formulas = {key: _in_line(formula, index) for key, formula in steps[like].items()}
            values = [self._value(column, index) for column in self.columns]
            for step, (formula, value) in enumerate(zip(self.formulas, values, strict=True)):
                # The value comes from the step on its left, what a step reports from its own.
                letter = get_column_letter(FIRST_STEP + step - self.is_value)
                self._put(index, FIRST_STEP + step, formulas[id(formula)], letter, value)
            if self.is_value:
                moved = abs(values[-1] - values[-2])
                self._put(index, self.place.move_column, _in_line(moves[like], index), "", moved)
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

    def _in_cells(self, formula: Expr, index: int) -> Pattern:
        """The formula in one row of the block, for any column and any row that is like it."""
        is_column = self.block.table is not None
        cells = self.layout.indexed(f"$A{_row(self.block.first)}") if is_column else {}
        ranges: dict[str, str] = {}
        for name, block in self.place.blocks.items():
            if block.table is None:
                cells[name] = RowCell(f"{_LETTER}${block.first}", "", "")
            else:
                ranges[name] = f"{_LETTER}${block.first}:{_LETTER}${block.last}"
                if is_column:
                    above = f"{_LETTER}{_row(block.first - 1)}" if index else ""
                    cells[name] = RowCell(f"{_LETTER}{_row(block.first)}", "", above)
        return self._where_filled(index, in_row(formula, cells, ranges))

    def _move(self, index: int) -> Pattern:
        """What the last step changed in one row of the block, and in any row that is like it."""
        row, column = _row(self.block.first), self.place.move_column
        last, before = get_column_letter(column - 1), get_column_letter(column - 2)
        moved = Expr.of("absolute", Expr.name(f"{last}{row}-{before}{row}"))
        return self._where_filled(index, moved)

    def _where_filled(self, index: int, formula: Expr) -> Pattern:
        """The formula, or nothing in a row that is not filled in.

        LibreOffice 7.4 computes cells below each other with like formulas in threads, and crashes
        there when as many steps hang on each other as here: every other row is written differently.
        """
        if self.block.table is None:
            return Pattern.of(formula)
        filled = f"${FILLED}{_row(self.block.first)}"
        condition = f"0<{filled}" if index % 2 else f"{filled}>0"
        return Pattern.of(when(condition, formula, Expr.lift("")))

    def _value(self, column: Sequence[float], index: int) -> float:
        """The value in one row, where one value may stand for all rows."""
        record = self._record(index)
        return column[min(index if record is None else record, len(column) - 1)]

    def _record(self, index: int) -> int | None:
        table = self.block.table
        return index if table is None else self.book.record(table, index)

    def _put(self, index: int, column: int, formula: Pattern, letter: str, value: float) -> None:
        book, sheet, row = self.book, self.sheet, self.block.first + index
        term = self.block.term
        written = Pattern(formula.text.replace(_LETTER, letter), formula.is_array)
        if self.block.table is None:
            book.put_number(sheet, row, column, written, value, term)
            return
        stored = "" if self._record(index) is None else value
        title = term.title(book.lang)
        code = style.number_format(term, value)
        book.put_formula(sheet, row, column, written, stored, "result", title, code)


def _row(first: int) -> str:
    """What stands for the number of a row that is ``first`` in the first line of a block."""
    return f"\2{first}\2"


def _in_line(formula: Pattern, index: int) -> Pattern:
    """The formula in one line of its block."""
    text = _ROW.sub(lambda row: str(int(row[1]) + index), formula.text)
    return Pattern(text, formula.is_array)
