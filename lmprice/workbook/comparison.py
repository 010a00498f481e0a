"""The sheet that puts alternatives side by side: a row each, and a chart of what decides."""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.output.palette import ACCENT
from lmprice.scenarios.template import Comparison
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, Book
from lmprice.workbook.chart import (
    axis_format,
    category_texts,
    chart_title,
    set_up,
    value_format,
    value_labels,
)
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning

CHART_ROWS = 26
CHART_WIDTH = 120.0  # the columns that the chart stands over are as wide
WIDTH = 16.0


def add_comparison(book: Book, spec: Comparison) -> None:
    """A row for each alternative above the chart."""
    columns = len(spec.columns) + 1
    names = [book.say(name) for name in spec.alternatives.values()]
    first = style.width(names, 24)
    width = max(WIDTH, (CHART_WIDTH - first) / (columns - 1))
    widths = [first, *[width] * (columns - 1)]
    sheet = book.sheet(spec.sheet, book.say(spec.title), widths)
    add_warning(book, sheet, columns)
    best = texts.inline(spec.columns[spec.best], book.lang)
    book.put_text(sheet, 3, columns, book.say(texts.COMPARED, column=best), "text")
    heads = [texts.headed(term, book.lang) for term in spec.columns.values()]
    book.put(sheet, HEADER_ROW, 1, book.say(spec.sheet), "header")
    for column, head in enumerate(heads, 2):
        book.put(sheet, HEADER_ROW, column, head, "header number")
    sheet.row_dimensions[HEADER_ROW].height = style.row_height([(head, width) for head in heads])
    for row, (alternative, name) in enumerate(spec.alternatives.items(), FIRST_ROW):
        book.put(sheet, row, 1, book.say(name), "label")
        for column, key in enumerate(spec.columns, 2):
            _add_number(book, sheet, row, column, f"{alternative}_{key}")
    last = HEADER_ROW + len(names)
    last_column = get_column_letter(columns)
    best_column = get_column_letter(list(spec.columns).index(spec.best) + 2)
    cells = f"${best_column}${FIRST_ROW}:${best_column}${last}"
    look = style.best(style.is_largest(f"${best_column}{FIRST_ROW}", cells))
    style.mark(sheet, f"A{FIRST_ROW}:A{last}", look)
    for column, term in enumerate(spec.columns.values(), 2):
        letter = get_column_letter(column)
        book.follow_size(sheet, f"{letter}{FIRST_ROW}:{letter}{last}", term, looks=[look])
    sheet.add_chart(_chart(book, sheet, spec, last), f"A{last + 2}")
    sheet.freeze_panes = f"B{FIRST_ROW}"
    on_one_page(sheet)
    sheet.print_area = f"A1:{last_column}{last + 2 + CHART_ROWS}"


def _add_number(book: Book, sheet: Worksheet, row: int, column: int, key: str) -> None:
    result = book.results[key]
    formula = book.trace.expressions[key]
    book.define(key, sheet, book.put_number(sheet, row, column, formula, result.value, result.term))


def _chart(book: Book, sheet: Worksheet, spec: Comparison, last: int) -> BarChart:
    chart = BarChart(barDir="col", gapWidth=60, style=2)
    column = list(spec.columns).index(spec.chart) + 2
    set_up(chart, None, texts.labelled(spec.columns[spec.chart], book.lang))
    chart.legend = None
    chart.title = chart_title(book.say(spec.title), book.lang)
    series = Series(
        Reference(sheet, min_col=column, min_row=FIRST_ROW, max_row=last),
        title=spec.columns[spec.chart].title(book.lang),
    )
    series.cat = category_texts(sheet, FIRST_ROW, last)
    series.spPr = GraphicalProperties(solidFill=ACCENT)
    series.invertIfNegative = False
    letter, rows = get_column_letter(column), range(FIRST_ROW, last + 1)
    values = [book.values[sheet.title, f"{letter}{row}"] for row in rows]
    series.dLbls = value_labels(value_format(values))
    chart.series.append(series)
    chart.y_axis.number_format = axis_format(values)
    return chart
