"""Charts of the columns of a table: points and lines, and curves that lead beyond the table.

Programs draw a text such as the "" of an empty row as a zero, and only some of them take a range
that grows with the table.  So the sheet has its own copy of all rows, with ``#N/A`` where a row of
the table is empty: nothing is drawn there, and a row filled in later appears.  The horizontal axis
of such a row is that of the first row, because an error there makes a program count the points.
"""

from __future__ import annotations

import math
from typing import Literal

from openpyxl.chart import ScatterChart
from openpyxl.chart.legend import Legend, LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as Line
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.language.dates import DateTerm, serial
from lmprice.language.terms import Term
from lmprice.scenarios.recording import finite
from lmprice.scenarios.tables import MAX_ROWS
from lmprice.scenarios.template import TableChart
from lmprice.workbook import style, texts
from lmprice.workbook.axes import add_limits, span
from lmprice.workbook.book import Book
from lmprice.workbook.chart import (
    DATA_ROW,
    add_line,
    add_points,
    axis_format,
    chart_title,
    line_of,
    scatter_chart,
)
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning
from lmprice.workbook.table_rows import Layout
from lmprice.workbook.tables import table_layout

WIDTH = 18.0
LEAST_COLUMNS = 7  # the chart stands over so many
MONTHS = "yyyy-mm"
# Points are told apart without colour too.
Symbol = Literal["circle", "diamond", "triangle"]
MARKERS: tuple[tuple[Symbol, str], ...] = (
    ("circle", "1F4E79"),
    ("diamond", "7F6000"),
    ("triangle", "548235"),
)


def add_table_chart(book: Book, spec: TableChart, name: str) -> None:
    """The chart above, the forecast below it, and the copy of the table, which is not printed."""
    layout = table_layout(book, book.tables[spec.table])
    keys = list(dict.fromkeys((spec.x, *spec.points, *spec.lines)))
    terms = {key: _term(book, spec.table, key) for key in keys}
    ahead = spec.forecast
    printed = max(LEAST_COLUMNS, 2 + len(ahead.series) if ahead else 0)
    start = printed + 2 if ahead else 1
    columns = {key: start + n for n, key in enumerate(keys)}
    widths = [WIDTH] * max(printed, start + len(keys) - 1)
    sheet = book.sheet(spec.sheet, book.say(spec.title), widths)
    add_warning(book, sheet, LEAST_COLUMNS)
    x_term, y_term = terms[keys[0]], terms[keys[1]]
    units = texts.labelled(x_term, book.lang), texts.unit(y_term, book.lang)
    chart = scatter_chart(*units, is_log=spec.is_log)
    legend = chart.legend = Legend(legendPos="t")
    chart.x_axis.number_format = MONTHS if isinstance(x_term, DateTerm) else "General"
    for key, column in columns.items():
        _add_column(book, sheet, layout, column, key, terms[key], is_axis=column == start)
    numbers = (v for key in keys[1:] for v in _values(book, layout, key))
    chart.y_axis.number_format = axis_format(numbers)
    end = DATA_ROW + MAX_ROWS
    lines = [(start, columns[key], end) for key in spec.lines]
    of_table, last = len(lines), DATA_ROW - 1
    if ahead is not None:
        shown = (ahead.at, *ahead.series)
        end_ahead = add_points(book, sheet, span(book, ahead.x, name), shown, DATA_ROW)
        last = add_limits(book, sheet, ahead.x, name, end_ahead + 2) - 1
        lines += [(2, 3 + n, end_ahead) for n in range(len(ahead.series))]
    # As many curves as lines go on from them: they look the same, and are named once.
    goes_on = len(lines) == 2 * of_table
    for number, (x, y, to) in enumerate(lines):
        look = number % of_table if goes_on else number
        add_line(chart, line_of(sheet, x, y, DATA_ROW, to), look)
        if goes_on and number >= of_table:
            legend.legendEntry.append(LegendEntry(number, delete=True))
    for number, key in enumerate(spec.points):
        _add_markers(chart, line_of(sheet, start, columns[key], DATA_ROW, end), number)
        if key in spec.lines:  # named once
            legend.legendEntry.append(LegendEntry(len(chart.series) - 1, delete=True))
    room = [(str(cell.value or ""), WIDTH) for cell in sheet[DATA_ROW]]
    sheet.row_dimensions[DATA_ROW].height = style.row_height(room)
    chart.title = chart_title(book.say(spec.title), book.lang)
    sheet.add_chart(chart, "A4")
    sheet.print_area = f"A1:{get_column_letter(printed)}{last}"
    on_one_page(sheet)


def _term(book: Book, table: str, key: str) -> Term:
    own = [(c.key, c.term) for c in book.tables[table].columns if isinstance(c.term, Term)]
    own += [(c.key, c.term) for c in book.trace.columns if c.table == table]
    return dict(own)[key]


def _add_column(
    book: Book,
    sheet: Worksheet,
    layout: Layout,
    column: int,
    key: str,
    term: Term,
    *,
    is_axis: bool,
) -> None:
    """A column of the table for the chart: #N/A in empty rows, on the x axis the first number."""
    name, numbers = f"{layout.table.name}_{key}", layout.number_name
    nothing = f"INDEX({name},MATCH(1,{numbers},0))" if is_axis else "NA()"
    values = _values(book, layout, key)
    book.put(sheet, DATA_ROW, column, texts.headed(term, book.lang), "header number")
    for index in range(MAX_ROWS):
        row = DATA_ROW + 1 + index
        at = f"ROWS($A${DATA_ROW + 1}:$A{row})"
        is_filled = f"ISNUMBER(INDEX({numbers},{at}))"
        formula = f"IF({at}>ROWS({numbers}),{nothing},IF({is_filled},INDEX({name},{at}),{nothing}))"
        record = book.record(layout.table.name, index)
        nowhere = values[0] if is_axis else math.nan
        value = nowhere if record is None else values[record]
        book.put_number(sheet, row, column, formula, value, term)
    own = get_column_letter(column)
    cells = f"{own}{DATA_ROW + 1}:{own}{DATA_ROW + MAX_ROWS}"
    at = f"ROWS($A${DATA_ROW + 1}:$A{DATA_ROW + 1})"
    style.grey_out(sheet, cells, f"IFERROR(NOT(ISNUMBER(INDEX({layout.number_name},{at}))),TRUE)")
    if is_axis and all(value == int(value) for value in values):
        for index in range(MAX_ROWS):  # months that are counted have no decimals
            sheet.cell(DATA_ROW + 1 + index, column).number_format = style.number_format(term)
        return
    style.follow_size(sheet, cells, term)


def _values(book: Book, layout: Layout, key: str) -> list[float]:
    calculated = book.columns.get(f"{layout.table.name}_{key}")
    if calculated is not None:
        return [float(value) for value in finite(calculated)]
    return [serial(getattr(row, key)) for row in getattr(book.scenario, layout.table.name)]


def _add_markers(chart: ScatterChart, series: Line, number: int) -> None:
    symbol, color = MARKERS[number % len(MARKERS)]
    fill = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=color))
    series.marker = Marker(symbol, size=8, spPr=fill)
    series.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    chart.series.append(series)
