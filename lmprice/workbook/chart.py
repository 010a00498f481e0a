"""Chart sheets: native line charts over live data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as Line
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.output.palette import GRID, SERIES
from lmprice.scenarios.base import Curves
from lmprice.workbook import style, texts
from lmprice.workbook.book import Book
from lmprice.workbook.results import add_warning
from lmprice.workbook.sweep import Axis, axis

DATA_ROW = 29
WIDTH = 5  # columns that the chart stands over
# Told apart without colour too: each line has its own dash.
Dash = Literal["solid", "dash", "sysDot", "lgDashDot"]
LINES: tuple[tuple[str, Dash], ...] = (
    (SERIES[0], "solid"),
    (SERIES[1], "dash"),
    (SERIES[2], "sysDot"),
    (SERIES[3], "lgDashDot"),
)


def add_curves(book: Book, spec: Curves) -> None:
    """Results over a sweep: chart above, the numbers that it shows below."""
    x = axis(book, spec.x)
    columns = max(WIDTH, len(spec.series) + 1)
    sheet = book.sheet(spec.sheet or texts.CHART, book.say(spec.title), [24.0] * columns)
    add_warning(book, sheet, WIDTH)
    last = add_points(book, sheet, x, spec.series, DATA_ROW)
    chart = line_chart(book, sheet, x, DATA_ROW, spec.series, is_log=spec.is_log)
    sheet.add_chart(chart, "A4")
    sheet.print_area = f"A1:{get_column_letter(columns)}{last}"
    sheet.print_title_rows = "1:1"


def add_points(
    book: Book, sheet: Worksheet, x: Axis, keys: Sequence[str], header: int, first: int = 1,
    looks: Mapping[str, style.Look] | None = None,
) -> int:  # fmt: skip
    """The points of a sweep with results at each of them, below a header; gives the last row."""
    terms = {row.key: row.term for row in book.trace.rows}
    titles = [x.term, *(terms[key] for key in keys)]
    heads = [texts.labelled(term, book.lang) for term in titles]
    for column, head in enumerate(heads, first):
        book.put(sheet, header, column, head, "header number")
    room = [
        (head, sheet.column_dimensions[get_column_letter(column)].width + 4)
        for column, head in enumerate(heads, first)
    ]
    sheet.row_dimensions[header].height = max(33, style.row_height(room, line=15))
    curves = book.scenario.evaluate_at(x.values(0))
    for row, point in enumerate(x.points, header + 1):
        point.write(book, sheet, row, first)
        for column, key in enumerate(keys, first + 1):
            formula = book.trace.what_if(key, x.changes(f"${get_column_letter(first)}{row}"))
            value = np.broadcast_to(curves[key], len(x.points))[row - header - 1]
            book.put_number(sheet, row, column, formula, value, terms[key])
    last = header + len(x.points)
    for column, (key, term) in enumerate(zip(["", *keys], titles, strict=True), first):
        letter = get_column_letter(column)
        cells = f"{letter}{header + 1}:{letter}{last}"
        if column == first:
            x.follow_size(sheet, cells)
        else:
            found = [looks[key]] if looks and key in looks else []
            book.follow_size(sheet, cells, term, found)
    return last


def set_up(chart: ScatterChart | BarChart, x_title: str | None, y_title: str) -> None:
    """What all charts have in common: size, room, axes that show."""
    chart.title = None
    chart.width, chart.height = 22.5, 12.5  # type: ignore[assignment]  # centimetres
    # Without a title below the axis there is no legend above the data either.
    top, height = (0.1, 0.74) if x_title else (0.05, 0.84)
    chart.layout = Layout(
        manualLayout=ManualLayout(x=0.1, y=top, w=0.86, h=height, xMode="edge", yMode="edge")
    )
    for chart_axis, title in ((chart.x_axis, x_title), (chart.y_axis, y_title)):
        chart_axis.title = title
        chart_axis.delete = False
        chart_axis.tickLblPos = "low"
    chart.y_axis.majorGridlines = grid_lines()


def category_texts(sheet: Worksheet, first: int, last: int) -> AxDataSource:
    """The words below columns: those in the first column of some rows."""
    cells = Reference(sheet, min_col=1, min_row=first, max_row=last)
    return AxDataSource(strRef=StrRef(str(cells)))


def value_labels(number_format: str) -> DataLabelList:
    """The values written on columns."""
    labels = DataLabelList(numFmt=number_format, showVal=True)
    for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
        setattr(labels, other, False)
    return labels


def grid_lines() -> ChartLines:
    """Pale lines behind the data."""
    return ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=GRID)))


def line_chart(
    book: Book, sheet: Worksheet, x: Axis, header: int, keys: Sequence[str], *, is_log: bool = False
) -> ScatterChart:
    """Lines over the points of a sweep, from the table below ``header`` that has these columns."""
    terms = {row.key: row.term for row in book.trace.rows}
    unit = texts.unit(terms[keys[0]], book.lang)
    chart = scatter_chart(texts.labelled(x.term, book.lang), unit, is_log=is_log)
    last = header + len(x.points)
    end = float(x.points[-1].value)
    is_share = x.term.is_fraction and (x.sweep.axis is not None or x.sweep.is_absolute)
    chart.x_axis.number_format = "0%" if is_share else "#,##0" if end >= 1000 else "General"
    heads = [str(cell.value) for cell in sheet[header]]
    columns = [heads.index(texts.labelled(terms[key], book.lang)) + 1 for key in keys]
    # The numbers on the axis are as large as the curves, so the first curve's last point decides.
    chart.y_axis.number_format = sheet.cell(last, columns[0]).number_format
    x_values = Reference(sheet, min_col=1, min_row=header + 1, max_row=last)
    for number, column in enumerate(columns):
        y_values = Reference(sheet, min_col=column, min_row=header, max_row=last)
        add_line(chart, Series(y_values, x_values, title_from_data=True), number)
    return chart


def scatter_chart(x_title: str, y_title: str, *, is_log: bool) -> ScatterChart:
    """A chart of numbers over numbers, as yet without any."""
    chart = ScatterChart(scatterStyle="lineMarker", style=2)
    set_up(chart, x_title, y_title)
    chart.legend = Legend(legendPos="t")
    chart.x_axis.majorGridlines = grid_lines()
    if is_log:
        chart.y_axis.scaling.logBase = 10
        # Where the axis of the values has its smallest number, not at 1.
        chart.y_axis.crosses = chart.x_axis.crosses = "min"
    return chart


def add_line(chart: ScatterChart, series: Line, number: int) -> None:
    """A line without markers, told apart from the others by its number."""
    color, dash = LINES[number % len(LINES)]
    series.spPr = GraphicalProperties(ln=LineProperties(solidFill=color, prstDash=dash, w=28575))
    series.marker = Marker("none")
    series.smooth = False
    chart.series.append(series)
