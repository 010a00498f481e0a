"""The sheets of results and of their sensitivity."""

from __future__ import annotations

import numpy as np
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.expression import Expr
from lmprice.language.terms import Text
from lmprice.scenarios.tracing import Result
from lmprice.workbook import style, texts
from lmprice.workbook.axes import around
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, ROW, WARNING, Book, Pattern
from lmprice.workbook.settings import STEP_ACROSS, STEP_DOWN


def add_results(book: Book) -> None:
    """The sheet of results, in their sections, under a warning when an input is wrong."""
    comparisons = book.scenario.template.comparisons
    elsewhere = set[str]().union(*(comparison.keys() for comparison in comparisons))
    rows = [row for row in book.trace.rows if row.key not in elsewhere]
    widths = (
        style.width((row.term.title(book.lang) for row in rows), 26),
        18,
        style.width((texts.unit(row.term, book.lang) for row in rows), 14),
        style.width((row.term.help(book.lang) for row in rows), 40, 70),
    )
    sheet = book.sheet(texts.RESULTS, book.say(book.scenario.template.title), widths)
    add_warning(book, sheet, 4)
    if book.trace.warnings:
        _add_notes(book, sheet)
    book.put_header(sheet, HEADER_ROW, texts.RESULT_HEADER, 2)
    row = HEADER_ROW
    section = Text("", "")
    for result in rows:
        row += 1
        if result.section != section:
            section = result.section
            for column in range(1, 5):
                book.put(sheet, row, column, book.say(section) if column == 1 else None, "section")
            row += 1
        _add_result(book, sheet, row, result)
        style.follow_size(sheet, f"B{row}", result.term)

    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:D{row}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _add_notes(book: Book, sheet: Worksheet) -> None:
    """The line of what is to be said about these results."""
    space = " " if book.lang == "en" and len(book.trace.warnings) > 1 else ""
    messages = [book.say(warned.message) + space for warned in book.trace.warnings]
    parts = [
        excel.text(Expr.of("if_else", warned.condition, message, ""))
        for warned, message in zip(book.trace.warnings, messages, strict=True)
    ]
    book.put_text(sheet, 3, 4, "".join(messages), "warning")
    shown = book.notes
    formula = f'IF({book.inputs_are_ok},{"&".join(parts)},"")'
    book.put_formula(sheet, 3, 1, formula, shown, "warning", book.say(texts.NOTES))


def _add_result(book: Book, sheet: Worksheet, row: int, result: Result) -> None:
    term, key = result.term, result.key
    letters = {letter: sheet.column_dimensions[letter].width for letter in "CD"}
    notes = [(texts.unit(term, book.lang), letters["C"]), (term.help(book.lang), letters["D"])]
    sheet.row_dimensions[row].height = max(style.row_height(()), style.note_height(notes))
    book.put(sheet, row, 1, term.title(book.lang), "label")
    formula = book.trace.expressions[key]
    address = book.put_number(sheet, row, 2, formula, book.results[key].value, term)
    book.put(sheet, row, 3, texts.unit(term, book.lang), "note")
    book.put(sheet, row, 4, term.help(book.lang), "note")
    book.define(key, sheet, address)


def add_warning(
    book: Book, sheet: Worksheet, columns: int, *, row: int = 2, first: int = 1
) -> None:
    """The line above computed numbers: which input cannot be used, or how the checks are."""
    line = book.light(book.number_of_checks)
    address = book.put_formula(
        sheet, row, first, WARNING, line, "light", book.say(texts.WARNING_LINE)
    )
    book.merge(sheet, row, first, columns)
    letters = [get_column_letter(column) for column in range(first, columns + 1)]
    room = sum(sheet.column_dimensions[letter].width for letter in letters)
    height = style.row_height([(line, room)])
    sheet.row_dimensions[row].height = max(height, sheet.row_dimensions[row].height or 0)
    style.mark(sheet, address, style.plain_good(f'LEFT({address},1)="✓"'))


def add_sensitivity(book: Book) -> None:
    """The two-way table of one result around the inputs as they are, live."""
    spec = book.scenario.template.sensitivity
    result = next(row for row in book.trace.rows if row.key == spec.result)
    down = around(book, spec.rows, STEP_DOWN)
    across = around(book, spec.columns, STEP_ACROSS)
    names = {
        "rows": texts.inline(down.term, book.lang),
        "columns": texts.inline(across.term, book.lang),
    }
    spaced = {k: texts.inside(v) for k, v in names.items()} if book.lang == "zh" else names
    heading = book.say(texts.BY, result=result.term.title(book.lang), **spaced)
    size = len(across.points)
    sheet = book.sheet(texts.SENSITIVITY, heading, (22, *[14.0] * size))
    add_warning(book, sheet, size + 1)
    book.put_text(sheet, 3, size + 1, book.say(texts.DOWN_ACROSS, **names), "text")
    head = texts.broken(result.term.title(book.lang))
    book.put(sheet, HEADER_ROW, 1, head, "header")
    sheet.row_dimensions[HEADER_ROW].height = style.row_height([(head, 22)])
    across.write(sheet, [(HEADER_ROW, 2 + n) for n in range(size)])
    down.write(sheet, [(FIRST_ROW + n, 1) for n in range(len(down.points))])
    table = book.scenario.evaluate_at(down.values(1) | across.values(0), [spec.result])[spec.result]
    table = np.broadcast_to(table, (len(down.points), size))
    patterns = []
    for letter in map(get_column_letter, range(2, 2 + size)):
        changes = down.changes(f"$A{ROW}") | across.changes(f"{letter}${HEADER_ROW}")
        patterns.append(Pattern.of(book.trace.what_if(spec.result, changes)))
    for i, j in np.ndindex(*table.shape):
        row, column, formula = FIRST_ROW + i, 2 + j, patterns[j]
        look = "base result" if (i, j) == (down.base, across.base) else "result"
        book.put_number(sheet, row, column, formula, table[i, j], result.term, look)
    last_column, last_row = get_column_letter(size + 1), HEADER_ROW + len(down.points)
    across.follow_size(sheet, f"B{HEADER_ROW}:{last_column}{HEADER_ROW}")
    down.follow_size(sheet, f"A{FIRST_ROW}:A{last_row}")
    book.follow_size(sheet, f"B{FIRST_ROW}:{last_column}{last_row}", result.term)
    steps = ((STEP_DOWN, texts.STEP_DOWN), (STEP_ACROSS, texts.STEP_ACROSS))
    for row, (name, title) in enumerate(steps, last_row + 2):
        book.put(sheet, row, 1, book.say(title), "label")
        book.put_setting(sheet, row, 2, name)
    book.put_text(sheet, last_row + 4, size + 1, book.say(texts.ABOUT_STEPS), "text")
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_area = f"A1:{last_column}{last_row + 4}"
