"""The sheet of checks: inputs, rules between them, sums and residuals, and one light for all."""

from __future__ import annotations

import math

from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.terms import Term, Text
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, STATUS_NAME, WARNING, WRONG_NAME, Book
from lmprice.workbook.inputs import LABELS_NAME
from lmprice.workbook.results import add_warning

PRECISION = 1e-9  # sums agree to as many digits
AMOUNT = Term(Text("Amount", "数值"), Text("", ""), Text("", ""))
COUNT = Term(Text("Count", "个数"), Text("", ""), Text("", ""), is_whole=True)
LIGHTS = "check_lights"


def add_checks(book: Book) -> None:
    """A row for each check with its light, and the line that all sheets show."""
    sheet = book.sheet(texts.CHECKS, book.say(texts.CHECKS), (70.0, 18.0, 18.0, 14.0))
    add_warning(book, sheet, len(texts.CHECK_HEADER))
    book.put_header(sheet, HEADER_ROW, texts.CHECK_HEADER, 0)
    row = FIRST_ROW
    usable = f"SUM({WRONG_NAME})"
    count = float(len(book.terms) + len(book.tables)) if book.is_blank else 0.0
    book.never_grey |= {(sheet.title, f"{letter}{row}") for letter in "BCD"}
    _add(book, sheet, row, book.say(texts.INPUTS_USABLE), (usable, count), ("0", 0.0), COUNT)
    for asked in book.trace.questions:
        row += 1
        field = book.field_title(asked.field)
        holds = not book.is_blank and any(
            name == asked.field and text == asked.message for name, text in book.questions
        )
        condition = f"IF({excel.text(asked.condition)},1,0)"
        label = texts.about(field, book.say(asked.message), book.lang)
        _add(book, sheet, row, label, (condition, float(holds)), ("0", 0.0), COUNT)
    for total in book.trace.sums:
        row += 1
        left, right = (math.nan, math.nan) if book.is_blank else book.sums[total.title]
        sides = ((excel.text(total.left), left), (excel.text(total.right), right))
        _add(book, sheet, row, book.say(total.title), *sides, AMOUNT)
    for iteration in book.trace.iterations:
        row += 1
        key = book.residual_key(iteration)
        value = math.nan if book.is_blank else float(book.results[key].value)
        label = book.results[key].term.title(book.lang)
        _add(book, sheet, row, label, (key, value), ("0", 0.0), AMOUNT, precision=1e-6)
    lights = f"D{FIRST_ROW}:D{row}"
    book.define(LIGHTS, sheet, lights)
    ok = book.say(texts.OK)
    style.mark(sheet, lights, style.wrong(f'D{FIRST_ROW}<>"{ok}"'))
    style.mark(sheet, lights, style.best(f'D{FIRST_ROW}="{ok}"'))
    _add_line(book, sheet, row + 2, row - FIRST_ROW + 1)
    sheet.print_area = f"A1:D{row + 2}"
    sheet.freeze_panes = f"B{FIRST_ROW}"


def _add(
    book: Book,
    sheet: Worksheet,
    row: int,
    label: str,
    found: tuple[str, float],
    expected: tuple[str, float],
    term: Term,
    *,
    precision: float = PRECISION,
) -> None:
    """One check: two numbers that have to agree."""
    book.put(sheet, row, 1, label, "label")
    sheet.row_dimensions[row].height = style.row_height([(label, 70.0)])
    for column, (formula, value) in ((2, found), (3, expected)):
        address = book.put_formula(sheet, row, column, formula, value, "result", label)
        sheet[address].number_format = style.number_format(term, float(value))
        style.follow_size(sheet, address, term)
    b, c = f"B{row}", f"C{row}"
    agrees = f"ABS({b}-{c})<={excel.text(precision)}*(1+ABS({c}))"
    ok, see = book.say(texts.OK), book.say(texts.SEE)
    is_fine = abs(found[1] - expected[1]) <= precision * (1 + abs(expected[1]))
    formula = f'IF(IFERROR({agrees},1),"{ok}","{see}")'
    shown = ok if is_fine or found[1] != found[1] or expected[1] != expected[1] else see
    book.put_formula(sheet, row, 4, formula, shown, "label", book.say(texts.STATUS))


def _add_line(book: Book, sheet: Worksheet, row: int, count: int) -> None:
    """The line that stands on every sheet: which input is wrong, or how the checks are."""
    ok = book.say(texts.OK)
    wrong = f"SUM({WRONG_NAME})"
    at = f"MATCH(1,{WRONG_NAME},0)"
    colon = excel.text(texts.about("", "", book.lang))
    first = f"INDEX({LABELS_NAME},{at})&{colon}&INDEX({STATUS_NAME},{at})"
    more = f'IF({wrong}>1,{_joined(texts.AND_MORE(book.lang), f"{wrong}-1")},"")'
    unusable = f"{first}&{more}&{excel.text(book.say(texts.NOT_VALID_YET))}"
    fine = excel.text(book.all_fine(count))
    failing = f'{count}-COUNTIF({LIGHTS},"{ok}")'
    some = _joined(texts.SOME_FAIL(book.lang), failing)
    formula = f"IF({wrong}>0,{unusable},IF({failing}=0,{fine},{some}))"
    book.put(sheet, row, 1, book.say(texts.LINE), "note")
    address = book.put_formula(
        sheet, row, 2, formula, book.light(count), "label", book.say(texts.LINE)
    )
    sheet.merge_cells(f"B{row}:D{row}")
    book.never_grey.add((sheet.title, address))
    sheet.row_dimensions[row].height = 2 * style.row_height(())
    book.define(WARNING, sheet, address)


def _joined(text: str, number: str) -> str:
    """A text with a number in it, as a formula."""
    before, _, after = text.partition("{count}")
    return f"{excel.text(before)}&({number})&{excel.text(after)}"
