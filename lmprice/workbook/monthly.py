"""The sheet of the months: a chart of profit and cash above, and every month below it."""

from __future__ import annotations

import math

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.expression import Expr
from lmprice.language.terms import Term
from lmprice.scenarios import monthly_terms as terms
from lmprice.scenarios.tables import MONTHLY, MONTHS
from lmprice.scenarios.template import Timeline
from lmprice.scenarios.tracing import MONTH_NUMBERS, Calculated, RowCell, in_row
from lmprice.workbook import style, texts
from lmprice.workbook.book import ROW, Book, Pattern
from lmprice.workbook.chart import (
    DATA_ROW,
    add_line,
    add_mark,
    axis_format,
    chart_title,
    line_of,
    scatter_chart,
)
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning

WIDTH = 15.0
LINES = ("profit", "cash")
FIRST, LAST = DATA_ROW + 1, DATA_ROW + MONTHS
YEAR = 12
BEYOND = f"$A{FIRST}>horizon"


def add_months(book: Book) -> None:
    """The sheet of the months, where the scenario has them."""
    spec = book.scenario.template.timeline
    if spec is None:
        return
    calculated = _calculated(book)
    size = len(calculated) + 1
    sheet = book.sheet(texts.MONTHS, book.say(spec.title), [WIDTH] * size)
    add_warning(book, sheet, 8)
    _add_header(book, sheet, [terms.NUMBER, *(column.term for column in calculated)])
    for row in range(FIRST, LAST + 1):
        address = book.put(sheet, row, 1, row - FIRST + 1, "axis")
        sheet[address].number_format = "0"
    book.define(MONTH_NUMBERS, sheet, f"A{FIRST}:A{LAST}")
    style.grey_out(sheet, f"A{FIRST}:A{LAST}", BEYOND)
    for number, column in enumerate(calculated, 2):
        _add_column(book, sheet, number, column)
    marks = _add_marks(book, sheet)
    _add_chart(book, sheet, spec, calculated, marks)
    sheet.freeze_panes = "B2"
    shown = 2 + [column.key for column in calculated].index("cash")
    sheet.print_area = f"A1:{get_column_letter(shown)}{marks + 1}"
    sheet.print_title_rows = "1:1"
    on_one_page(sheet)


def month_formula(book: Book, column: Calculated) -> str:
    """The formula of a column as it stands in the second month."""
    return f"={excel.text(_formula(book, column, FIRST + 1))}"


def _calculated(book: Book) -> list[Calculated]:
    return [column for column in book.trace.columns if column.table == MONTHLY]


def _formula(book: Book, column: Calculated, row: int | str) -> Expr:
    cells = {MONTH_NUMBERS: RowCell(f"$A{row}", "", "")}
    for number, other in enumerate(_calculated(book), 2):
        letter = get_column_letter(number)
        so_far = f"SUM({letter}${FIRST}:{letter}{row})"
        cells[other.name] = RowCell(f"${letter}{row}", "", "", so_far)
    return in_row(book.trace.expressions[column.name], cells)


def _add_header(book: Book, sheet: Worksheet, heads: list[Term]) -> None:
    titles = [texts.headed(term, book.lang) for term in heads]
    for column, title in enumerate(titles, 1):
        book.put(sheet, DATA_ROW, column, title, "header number")
    room = [(title, WIDTH - 3) for title in titles]
    sheet.row_dimensions[DATA_ROW].height = style.row_height(room)


def _add_column(book: Book, sheet: Worksheet, number: int, column: Calculated) -> None:
    """A column of formulas, one a month, and its name."""
    values = book.columns[column.name]
    pattern = Pattern.of(_formula(book, column, ROW))
    for row, value in enumerate(values, FIRST):
        shown = float(value) if math.isfinite(value) else math.nan
        book.put_number(sheet, row, number, pattern, shown, column.term)
    letter = get_column_letter(number)
    cells = f"{letter}{FIRST}:{letter}{LAST}"
    book.define(column.name, sheet, cells)
    largest = max((abs(value) for value in values if math.isfinite(value)), default=math.nan)
    code = style.number_format(column.term, math.nan if book.is_blank else float(largest))
    style.grey_out(sheet, cells, BEYOND, style.unsigned(code))
    book.follow_size(sheet, cells, column.term)


def _add_marks(book: Book, sheet: Worksheet) -> int:
    """The points with names: where it breaks even, and the end; gives the first row of them."""
    row = LAST + 3
    for column, term in ((1, None), (2, terms.NUMBER), (3, terms.CASH)):
        head = book.say(texts.MARKED) if term is None else texts.headed(term, book.lang)
        book.put(sheet, row - 1, column, head, "header" if term is None else "header number")
    sheet.row_dimensions[row - 1].height = style.row_height([(book.say(texts.MARKED), WIDTH - 3)])
    cash = book.columns[f"{MONTHLY}_cash"]
    for at, (title, key, x, y) in enumerate(
        (
            (texts.BREAKEVEN, "breakeven_month", "breakeven_month",
             "INDEX(monthly_cash,breakeven_month)"),
            (texts.HORIZON, "horizon", "INT(horizon)", "cash_end"),
        ),
        row,
    ):  # fmt: skip
        month = value = math.nan
        if math.isfinite(book.known[key]):
            month = float(math.floor(book.known[key]))
            value = float(cash[int(month) - 1])
        book.put(sheet, at, 1, book.say(title), "label")
        book.put_number(sheet, at, 2, x, month, terms.NUMBER)
        book.put_number(sheet, at, 3, y, value, terms.CASH)
    return row


def _add_chart(
    book: Book, sheet: Worksheet, spec: Timeline, calculated: list[Calculated], marks: int
) -> None:
    columns = {column.key: number for number, column in enumerate(calculated, 2)}
    unit = texts.unit(terms.CASH, book.lang)
    chart = scatter_chart(texts.labelled(terms.NUMBER, book.lang), unit, is_log=False)
    chart.x_axis.number_format = "0"
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = 0, MONTHS
    chart.x_axis.majorUnit = YEAR / 2  # type: ignore[union-attr]
    chart.y_axis.number_format = axis_format(book.columns[f"{MONTHLY}_cash"])
    for number, key in enumerate(LINES):
        add_line(chart, line_of(sheet, 1, columns[key], DATA_ROW, LAST), number)
    for number in range(2):
        add_mark(chart, sheet, marks + number, number)
    chart.title = chart_title(book.say(spec.title), book.lang)
    sheet.add_chart(chart, "A4")
