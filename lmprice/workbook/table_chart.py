"""Charts of the columns of a table: points and lines, and curves that lead beyond the table.

Programs draw a text such as the "" of an empty row as a zero, and only some of them take a range
that grows with the table.  So the sheet has its own copy of all rows, with ``#N/A`` where a row of
the table is empty: nothing is drawn there, and a row filled in later appears.  The horizontal axis
of such a row is that of the first row, because an error there makes a program count the points.
"""

from __future__ import annotations

import math
from typing import Literal

from openpyxl.chart import Reference, ScatterChart, Series
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
from lmprice.workbook.chart import DATA_ROW, add_line, add_points, chart_title, scatter_chart
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
    """The chart above, the numbers that it shows below: the table, and the forecast beside it."""
    layout = table_layout(book, book.tables[spec.table])
    keys = [spec.x, *spec.points, *spec.lines]
    terms = [_term(book, spec.table, key) for key in keys]
    ahead = spec.forecast
    columns = max(LEAST_COLUMNS, len(keys) + (2 + len(ahead.series) if ahead else 0))
    sheet = book.sheet(spec.sheet, book.say(spec.title), [WIDTH] * columns)
    add_warning(book, sheet, LEAST_COLUMNS)
    units = texts.labelled(terms[0], book.lang), texts.unit(terms[1], book.lang)
    chart = scatter_chart(*units, is_log=spec.is_log)
    legend = chart.legend = Legend(legendPos="t")
    chart.x_axis.number_format = MONTHS if isinstance(terms[0], DateTerm) else "General"
    chart.y_axis.number_format = "General"
    for column, (key, term) in enumerate(zip(keys, terms, strict=True), 1):
        _add_column(book, sheet, layout, column, key, term)
    end = DATA_ROW + MAX_ROWS
    last = DATA_ROW + (0 if book.is_blank else len(getattr(book.scenario, spec.table)))
    lines = [(1, column, end) for column in range(2 + len(spec.points), len(keys) + 1)]
    of_table = len(lines)
    if ahead is not None:
        first = len(keys) + 1
        shown = (ahead.at, *ahead.series)
        end_ahead = add_points(book, sheet, span(book, ahead.x, name), shown, DATA_ROW, first)
        last = max(last, end_ahead)
        add_limits(book, sheet, ahead.x, name, end_ahead + 2, first)
        lines += [(first + 1, first + 2 + n, end_ahead) for n in range(len(ahead.series))]
    # As many curves as lines go on from them: they look the same, and are named once.
    goes_on = len(lines) == 2 * of_table
    for number, (x, y, to) in enumerate(lines):
        add_line(chart, _series(sheet, x, y, to), number % of_table if goes_on else number)
        if goes_on and number >= of_table:
            legend.legendEntry.append(LegendEntry(number, delete=True))
    for number in range(len(spec.points)):
        _add_markers(chart, _series(sheet, 1, 2 + number, end), number)
    room = [(str(cell.value or ""), WIDTH) for cell in sheet[DATA_ROW]]
    sheet.row_dimensions[DATA_ROW].height = style.row_height(room)
    chart.title = chart_title(book.say(spec.title), book.lang)
    sheet.add_chart(chart, "A4")
    sheet.print_area = f"A1:{get_column_letter(columns)}{last}"
    sheet.print_title_rows = "1:1"


def _term(book: Book, table: str, key: str) -> Term:
    own = [(c.key, c.term) for c in book.tables[table].columns if isinstance(c.term, Term)]
    own += [(c.key, c.term) for c in book.trace.columns if c.table == table]
    return dict(own)[key]


def _add_column(
    book: Book, sheet: Worksheet, layout: Layout, column: int, key: str, term: Term
) -> None:
    """A column of the table for the chart: #N/A in empty rows, on the x axis the first number."""
    name, numbers = f"{layout.table.name}_{key}", layout.number_name
    nothing = f"INDEX({name},MATCH(1,{numbers},0))" if column == 1 else "NA()"
    values = _values(book, layout, key)
    book.put(sheet, DATA_ROW, column, texts.labelled(term, book.lang), "header number")
    for index in range(MAX_ROWS):
        row = DATA_ROW + 1 + index
        at = f"ROWS($A${DATA_ROW + 1}:$A{row})"
        is_filled = f"ISNUMBER(INDEX({numbers},{at}))"
        formula = f"IF({at}>ROWS({numbers}),{nothing},IF({is_filled},INDEX({name},{at}),{nothing}))"
        record = book.record(layout.table.name, index)
        nowhere = values[0] if column == 1 else math.nan
        value = nowhere if record is None else values[record]
        book.put_number(sheet, row, column, formula, value, term)
    own = get_column_letter(column)
    cells = f"{own}{DATA_ROW + 1}:{own}{DATA_ROW + MAX_ROWS}"
    at = f"ROWS($A${DATA_ROW + 1}:$A{DATA_ROW + 1})"
    style.fade(sheet, cells, f"IFERROR(NOT(ISNUMBER(INDEX({layout.number_name},{at}))),TRUE)")
    style.follow_size(sheet, cells, term)


def _values(book: Book, layout: Layout, key: str) -> list[float]:
    calculated = book.columns.get(f"{layout.table.name}_{key}")
    if calculated is not None:
        return [float(value) for value in finite(calculated)]
    return [serial(getattr(row, key)) for row in getattr(book.scenario, layout.table.name)]


def _series(sheet: Worksheet, x: int, y: int, last: int) -> Line:
    x_values = Reference(sheet, min_col=x, min_row=DATA_ROW + 1, max_row=last)
    y_values = Reference(sheet, min_col=y, min_row=DATA_ROW, max_row=last)
    series: Line = Series(y_values, x_values, title_from_data=True)
    return series


def _add_markers(chart: ScatterChart, series: Line, number: int) -> None:
    symbol, color = MARKERS[number % len(MARKERS)]
    fill = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=color))
    series.marker = Marker(symbol, size=8, spPr=fill)
    series.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    chart.series.append(series)
