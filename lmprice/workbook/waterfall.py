"""The waterfall sheet: how one price becomes another, as stacked columns over live cells.

Each column stands on an invisible one, so that what is taken off hangs below the price before it.
"""

from __future__ import annotations

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.output.palette import LEVEL_FILL, TAKEN_OFF_FILL
from lmprice.scenarios.template import Waterfall
from lmprice.workbook import style, texts
from lmprice.workbook.book import Book
from lmprice.workbook.chart import (
    DATA_ROW,
    category_texts,
    chart_title,
    set_up,
    value_format,
    value_labels,
)
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning

WIDTHS = (34.0, 22.0, 22.0, 22.0, 22.0)
AMOUNT, BASE, LEVEL, TAKEN_OFF = 2, 3, 4, 5


def add_waterfall(book: Book) -> None:
    """The waterfall of the scenario, if it has one."""
    spec = book.scenario.template.waterfall
    if spec is None:
        return
    sheet = book.sheet(spec.sheet, book.say(spec.title), WIDTHS)
    add_warning(book, sheet, len(WIDTHS))
    start = book.results[spec.steps[0]]
    unit = texts.unit(start.term, book.lang)
    heads = (texts.STEP, None, texts.BASE, texts.LEVEL, texts.TAKEN_OFF)
    titles = [texts.broken(book.say(head)) if head else unit for head in heads]
    for column, title in enumerate(titles, 1):
        look = "header" if column == 1 else "header number"
        book.put(sheet, DATA_ROW, column, title, look)
    room = zip(titles, WIDTHS, strict=True)
    sheet.row_dimensions[DATA_ROW].height = style.row_height(room)
    last = DATA_ROW + len(spec.steps)
    _add_steps(book, sheet, spec)
    letters = [get_column_letter(column) for column in range(AMOUNT, TAKEN_OFF + 1)]
    # All numbers are as precise as the first, so that the labels of the chart look alike.
    for row in sheet.iter_rows(DATA_ROW + 1, last, AMOUNT, TAKEN_OFF):
        for cell in row:
            cell.number_format = style.number_format(start.term, float(start.value))
    cells = f"{letters[0]}{DATA_ROW + 1}:{letters[-1]}{last}"
    style.follow_size(sheet, cells, start.term, size_of=f"${letters[0]}${DATA_ROW + 1}")
    sheet.add_chart(_chart(book, sheet, unit, last), "A4")
    sheet.print_area = f"A1:{letters[-1]}{last}"
    on_one_page(sheet)


def _add_steps(book: Book, sheet: Worksheet, spec: Waterfall) -> None:
    base, above = 0.0, ""  # what the next column stands on, and the cell that says it
    for row, key in enumerate(spec.steps, DATA_ROW + 1):
        result = book.results[key]
        value = float(result.value)
        book.put(sheet, row, 1, result.term.title(book.lang), "label")
        amount = book.put_number(sheet, row, AMOUNT, key, value, result.term)
        for column in (BASE, LEVEL, TAKEN_OFF):
            book.put(sheet, row, column, None, "result")
        if key in spec.levels:
            book.put_number(sheet, row, LEVEL, amount, value, result.term)
            base, above = value, amount
        else:
            base -= value
            formula = f"{above}-{amount}"
            above = book.put_number(sheet, row, BASE, formula, base, result.term)
            book.put_number(sheet, row, TAKEN_OFF, amount, value, result.term)


def _chart(book: Book, sheet: Worksheet, unit: str, last: int) -> BarChart:
    chart = BarChart(barDir="col", grouping="stacked", overlap=100, gapWidth=40, style=2)
    set_up(chart, None, unit)
    chart.legend = None
    spec = book.scenario.template.waterfall
    if spec is not None:
        chart.title = chart_title(book.say(spec.title), book.lang)
    shown = book.values[sheet.title, f"{get_column_letter(AMOUNT)}{DATA_ROW + 1}"]
    fills = ((BASE, None), (LEVEL, LEVEL_FILL), (TAKEN_OFF, TAKEN_OFF_FILL))
    for column, fill in fills:
        values = Reference(sheet, min_col=column, min_row=DATA_ROW, max_row=last)
        series = Series(values, title_from_data=True)
        series.cat = category_texts(sheet, DATA_ROW + 1, last)
        series.spPr = GraphicalProperties(solidFill=fill, noFill=None if fill else True)
        series.invertIfNegative = False
        if fill:
            series.dLbls = value_labels(value_format([shown]))
        chart.series.append(series)
    chart.y_axis.number_format = "General"
    return chart
