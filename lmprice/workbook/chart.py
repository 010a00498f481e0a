"""Chart sheets: native line charts over live data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from openpyxl.chart import BarChart, Reference, ScatterChart, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import Legend, LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as Line
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.text import Text as ChartText
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.drawing.text import Font as ChartFont
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.output.palette import GRID, INK, SERIES, WARNING
from lmprice.scenarios.template import Curves
from lmprice.workbook import style, texts
from lmprice.workbook.axes import Axis, add_limits, span
from lmprice.workbook.book import ROW, Book, Pattern
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning

DATA_ROW = 29
WIDTH = 5  # columns that the chart stands over
THOUSAND = 1000.0
LEAST_STEPS = 10.0  # whole numbers along an axis without decimals
# Told apart without colour too: each line has its own dash.
Dash = Literal["solid", "dash", "sysDot", "lgDashDot"]
LINES: tuple[tuple[str, Dash], ...] = (
    (SERIES[0], "solid"),
    (SERIES[1], "dash"),
    (SERIES[2], "sysDot"),
    (SERIES[3], "lgDashDot"),
)


MARK_LOOKS: tuple[tuple[Literal["circle", "diamond"], str], ...] = (
    ("circle", WARNING),  # where one stands
    ("diamond", INK),  # the point that matters
)


@dataclass(frozen=True)
class CurveTable:
    """The numbers behind a chart of curves, from which it can be drawn on any sheet."""

    book: Book
    sheet: Worksheet
    spec: Curves
    axis: Axis
    marks_row: int

    def chart(self) -> ScatterChart:
        """The lines, and the points that have names."""
        spec = self.spec
        chart = line_chart(
            self.book, self.sheet, self.axis, DATA_ROW, spec.series, is_log=spec.is_log
        )
        chart.title = chart_title(self.book.say(spec.title), self.book.lang)
        for number in range(len(spec.marks)):
            add_mark(chart, self.sheet, self.marks_row + number, number)
        return chart


def add_curves(book: Book, spec: Curves, name: str) -> CurveTable:
    """Results over a span: chart above, the numbers that it shows below."""
    x = span(book, spec.x, name)
    columns = max(WIDTH, len(spec.series) + 1)
    sheet = book.sheet(spec.sheet or texts.CHART, book.say(spec.title), [24.0] * columns)
    add_warning(book, sheet, WIDTH)
    last = add_points(book, sheet, x, spec.series, DATA_ROW)
    first_mark = add_limits(book, sheet, spec.x, name, last + 2) + 2
    last = add_marks(book, sheet, spec, first_mark)
    table = CurveTable(book, sheet, spec, x, first_mark)
    sheet.add_chart(table.chart(), "A4")
    sheet.print_area = f"A1:{get_column_letter(columns)}{last}"
    sheet.print_title_rows = "1:1"
    on_one_page(sheet)
    return table


def add_marks(book: Book, sheet: Worksheet, spec: Curves, first: int) -> int:
    """The points that have names, below a header; gives the last row."""
    if not spec.marks:
        return first - 2
    results = {row.key: row.term for row in book.trace.rows}
    x_term, y_term = spec.x.term(book.scenario), results[spec.series[0]]
    marked = {mark.y: results[mark.y] for mark in spec.marks if mark.y in results}
    values = [texts.headed(term, book.lang) for term in marked.values()]
    y_head = values[0] if len(values) == 1 else texts.unit(y_term, book.lang)
    heads = (book.say(texts.MARKED), texts.headed(x_term, book.lang), y_head)
    for column, head in enumerate(heads, 1):
        look = "header" if column == 1 else "header number"
        book.put(sheet, first - 1, column, head, look)
    _fit_header(sheet, first - 1, heads)
    for row, mark in enumerate(spec.marks, first):
        book.put(sheet, row, 1, book.say(mark.title), "label")
        x, y = (book.known[k] if isinstance(k, str) else float(k) for k in (mark.x, mark.y))
        place = book.put_number(sheet, row, 2, str(mark.x), x, x_term)
        # Without a place on the axis programs draw a point at 1.
        shown = f"IF(ISNUMBER({place}),{mark.y},NA())"
        book.put_number(sheet, row, 3, shown, y if math.isfinite(x) else math.nan, y_term)
    return first + len(spec.marks) - 1


def add_points(
    book: Book, sheet: Worksheet, x: Axis, keys: Sequence[str], header: int, first: int = 1,
    looks: Mapping[str, style.Look] | None = None,
) -> int:  # fmt: skip
    """The points of a sweep with results at each of them, below a header; gives the last row."""
    terms = {row.key: row.term for row in book.trace.rows}
    titles = [x.term, *(terms[key] for key in keys)]
    heads = [texts.headed(term, book.lang) for term in titles]
    for column, head in enumerate(heads, first):
        book.put(sheet, header, column, head, "header number")
    _fit_header(sheet, header, heads, first)
    curves = book.scenario.evaluate_at(x.values(0))
    rows = range(header + 1, header + 1 + len(x.points))
    x.write(sheet, [(row, first) for row in rows])
    changes = x.changes(f"${get_column_letter(first)}{ROW}")
    patterns = {key: Pattern.of(book.trace.what_if(key, changes)) for key in keys}
    for row in rows:
        for column, key in enumerate(keys, first + 1):
            value = np.broadcast_to(curves[key], len(x.points))[row - header - 1]
            book.put_number(sheet, row, column, patterns[key], value, terms[key])
    last = header + len(x.points)
    letter = get_column_letter(first)
    x.follow_size(sheet, f"{letter}{header + 1}:{letter}{last}")
    for column, key in enumerate(keys, first + 1):
        letter, term = get_column_letter(column), terms[key]
        cells = f"{letter}{header + 1}:{letter}{last}"
        found = [looks[key]] if looks and key in looks else []
        book.follow_size(sheet, cells, term, found)
    return last


def _fit_header(sheet: Worksheet, row: int, heads: Sequence[str], first: int = 1) -> None:
    """Make a row as high as its heads need, those from one column on; two lines at least."""
    letters = map(get_column_letter, range(first, first + len(heads)))
    widths = (sheet.column_dimensions[letter].width - 3 for letter in letters)
    sheet.row_dimensions[row].height = max(33, style.row_height(zip(heads, widths, strict=True)))


def set_up(chart: ScatterChart | BarChart, x_title: str | None, y_title: str) -> None:
    """What all charts have in common: size, room, axes that show."""
    chart.roundedCorners = False
    chart.width, chart.height = 22.5, 12.5  # type: ignore[assignment]  # centimetres
    # Without a title below the axis there is no legend above the data either.
    top, height = (0.17, 0.67) if x_title else (0.1, 0.79)
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
    first, last = header + 1 + (x.base is not None), header + len(x.points)
    ends = [point.value for point in x.points]
    chart.x_axis.number_format = "0%" if x.term.is_fraction else axis_format(ends)
    heads = [str(cell.value) for cell in sheet[header]]
    titles = (book.counting.words(texts.headed(terms[key], book.lang)) for key in keys)
    columns = [heads.index(title) + 1 for title in titles]
    letters, rows = map(get_column_letter, columns), range(first, last + 1)
    values = [book.values[sheet.title, f"{letter}{row}"] for letter in letters for row in rows]
    chart.y_axis.number_format = "0%" if terms[keys[0]].is_fraction else axis_format(values)
    for number, column in enumerate(columns):
        add_line(chart, line_of(sheet, 1, column, header, last, first - header - 1), number)
    return chart


def line_of(sheet: Worksheet, x: int, y: int, header: int, last: int, skipped: int = 0) -> Line:
    """The numbers of a column over those of another, below a header that names it in one line."""
    name = str(sheet.cell(header, y).value).replace("\n", "")
    first = header + 1 + skipped
    over, up = (Reference(sheet, min_col=c, min_row=first, max_row=last) for c in (x, y))
    series: Line = Series(up, over, title=name)
    return series


def axis_format(values: Iterable[Any]) -> str:
    """The number format of an axis on which some values are: as short as may be."""
    numbers = [float(v) for v in values if isinstance(v, (int, float)) and math.isfinite(v)]
    is_large = _largest(numbers) >= THOUSAND
    # Numbers that differ in their decimals alone would all be the same.
    return "#,##0" if is_large and max(numbers) - min(numbers) >= LEAST_STEPS else "General"


def value_format(values: Iterable[Any]) -> str:
    """The number format of labels with some values."""
    return style.size_format(_largest(values)).partition(";")[0]


def _largest(values: Iterable[Any]) -> float:
    """The largest size of the numbers among some."""
    sizes = (abs(float(v)) for v in values if isinstance(v, (int, float)))
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


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


def add_mark(chart: ScatterChart, sheet: Worksheet, row: int, number: int) -> None:
    """A point with its name beside it."""
    x, y = (Reference(sheet, min_col=column, min_row=row) for column in (2, 3))
    series: Line = Series(y, x)
    series.tx = SeriesLabel(strRef=StrRef(str(Reference(sheet, min_col=1, min_row=row))))
    symbol, fill = MARK_LOOKS[number % len(MARK_LOOKS)]
    look = GraphicalProperties(solidFill=fill, ln=LineProperties(solidFill=WARNING, w=19050))
    series.marker = Marker(symbol, size=10, spPr=look)
    series.spPr = GraphicalProperties(ln=LineProperties(noFill=True))
    series.smooth = False
    labels = DataLabelList(showSerName=True, dLblPos="t" if number else "b")
    for other in ("showVal", "showCatName", "showLegendKey", "showPercent"):
        setattr(labels, other, False)
    series.dLbls = labels
    chart.series.append(series)
    if chart.legend is not None:
        chart.legend.legendEntry.append(LegendEntry(len(chart.series) - 1, delete=True))


def chart_title(text: str, lang: str) -> Title:
    """A title inside the chart."""
    font = CharacterProperties(sz=1200, b=True, solidFill=INK)
    font.latin = ChartFont(typeface=style.FONTS(lang))
    run = RegularTextRun(rPr=font, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=font), r=[run])
    return Title(tx=ChartText(rich=RichText(p=[paragraph])), overlay=False)


def cache_points(book: Book) -> None:
    """Keep the numbers and words of all charts in them, for programs that only preview."""
    for sheet in book.workbook.worksheets:
        for chart in sheet._charts:  # type: ignore[attr-defined]
            for title in (chart.title, chart.x_axis.title, chart.y_axis.title):
                if title is not None:
                    _say(book, title)
            for series in chart.series:
                for source in (series.xVal, series.yVal, series.cat, series.val):
                    if source is not None:
                        _cache(book, source)
                if series.tx is not None:
                    _cache(book, series.tx)


def _say(book: Book, title: Any) -> None:
    """Let a title name what the workbook counts."""
    for paragraph in title.tx.rich.p:
        for run in paragraph.r:
            run.t = book.counting.words(run.t)


def _cache(book: Book, source: Any) -> None:
    numbers, words = getattr(source, "numRef", None), getattr(source, "strRef", None)
    if numbers is not None:
        found = list(_stored(book, numbers.f))
        points = [
            NumVal(idx=n, v=repr(float(v)))
            for n, v in enumerate(found)
            if isinstance(v, (int, float)) and math.isfinite(v)
        ]
        numbers.numCache = NumData(formatCode="General", ptCount=len(found), pt=points)
    if words is not None:
        texts_found = [str(v or "") for v in _stored(book, words.f)]
        pts = [StrVal(idx=n, v=v) for n, v in enumerate(texts_found)]
        words.strCache = StrData(ptCount=len(pts), pt=pts)


def _stored(book: Book, reference: str) -> Iterator[Any]:
    """The values of the cells of a reference, those of formulas as they are stored."""
    title, _, cells = reference.rpartition("!")
    sheet = book.workbook[title.strip("'").replace("''", "'")]
    found = sheet[cells.replace("$", "")]
    rows = found if isinstance(found, tuple) else ((found,),)
    for row in rows:
        for cell in row:
            yield book.values.get((sheet.title, cell.coordinate), cell.value)
