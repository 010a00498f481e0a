"""The chart sheet: a native line chart over live data."""

from __future__ import annotations

from typing import Literal

import numpy as np
from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.workbook import style, texts
from lmprice.workbook.book import Book
from lmprice.workbook.results import add_warning
from lmprice.workbook.sweep import axis

DATA_ROW = 29
WIDTH = 5  # columns that the chart stands over
# Told apart without colour too: each line has its own dash.
Dash = Literal["solid", "dash", "sysDot", "lgDashDot"]
LINES: tuple[tuple[str, Dash], ...] = (
    ("1F4E79", "solid"),
    ("C55A11", "dash"),
    ("548235", "sysDot"),
    ("7F6000", "lgDashDot"),
)


def add_chart(book: Book) -> None:
    """The curves of the scenario: chart above, the numbers that it shows below."""
    spec = book.scenario.template.curves
    x = axis(book, spec.x)
    terms = {row.key: row.term for row in book.trace.rows}
    columns = len(spec.series) + 1
    sheet = book.sheet(texts.CHART, book.say(spec.title), [24.0] * WIDTH)
    add_warning(book, sheet, WIDTH)
    titles = [x.term, *(terms[key] for key in spec.series)]
    for column, term in enumerate(titles, 1):
        book.put(sheet, DATA_ROW, column, texts.labelled(term, book.lang), "header number")
    sheet.row_dimensions[DATA_ROW].height = 33
    curves = book.scenario.evaluate_at(x.values(0))
    for row, point in enumerate(x.points, DATA_ROW + 1):
        point.write(book, sheet, row, 1)
        for column, key in enumerate(spec.series, 2):
            formula = book.trace.what_if(key, x.changes(f"$A{row}"))
            value = np.broadcast_to(curves[key], len(x.points))[row - DATA_ROW - 1]
            book.put_number(sheet, row, column, formula, value, terms[key])
    last = DATA_ROW + len(x.points)
    for column, term in enumerate(titles, 1):
        letter = get_column_letter(column)
        style.follow_size(sheet, f"{letter}{DATA_ROW + 1}:{letter}{last}", term)
    unit = texts.unit(terms[spec.series[0]], book.lang)
    sheet.add_chart(
        _chart(book, sheet, texts.labelled(x.term, book.lang), unit, columns, last), "A4"
    )
    sheet.print_area = f"A1:{get_column_letter(WIDTH)}{last}"
    sheet.print_title_rows = "1:1"


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
    return ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill="D9D9D9")))


def _chart(
    book: Book, sheet: Worksheet, x_title: str, y_title: str, columns: int, last: int
) -> ScatterChart:
    chart = ScatterChart(scatterStyle="lineMarker", style=2)
    set_up(chart, x_title, y_title)
    chart.legend = Legend(legendPos="t")
    chart.x_axis.majorGridlines = grid_lines()
    spec = book.scenario.template.curves
    end = float(axis(book, spec.x).points[-1].value)
    is_share = spec.x.axis is not None and spec.x.axis.is_fraction
    chart.x_axis.number_format = "0%" if is_share else "#,##0" if end >= 1000 else "General"
    # The numbers on the axis are as large as the curves, so the first curve's last point decides.
    chart.y_axis.number_format = sheet.cell(last, 2).number_format
    x_values = Reference(sheet, min_col=1, min_row=DATA_ROW + 1, max_row=last)
    for column in range(2, columns + 1):
        y_values = Reference(sheet, min_col=column, min_row=DATA_ROW, max_row=last)
        series = Series(y_values, x_values, title_from_data=True)
        color, dash = LINES[(column - 2) % len(LINES)]
        line = LineProperties(solidFill=color, prstDash=dash, w=28575)
        series.spPr = GraphicalProperties(ln=line)
        series.marker.symbol = "none"
        series.smooth = False
        chart.series.append(series)
    return chart
