"""Further sheets of a template: steps tables, charts of tables, more curves."""

from __future__ import annotations

from openpyxl.utils import get_column_letter

from lmprice.scenarios.template import Comparison, Curves, Steps
from lmprice.workbook import style
from lmprice.workbook.axes import add_limits, span
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, Book
from lmprice.workbook.chart import add_curves, add_points, chart_title, line_chart
from lmprice.workbook.comparison import add_comparison
from lmprice.workbook.pages import on_one_page
from lmprice.workbook.results import add_warning
from lmprice.workbook.table_chart import add_table_chart

WIDTH = 20.0
CHART_ROWS = 26
LEAST_COLUMNS = 6  # a chart stands over so many


def add_more(book: Book) -> None:
    """The further sheets of the template in their order."""
    for number, spec in enumerate(book.scenario.template.more, 2):
        if isinstance(spec, Curves):
            add_curves(book, spec, f"axis{number}")
        elif isinstance(spec, Steps):
            _add_steps(book, spec, f"axis{number}")
        elif isinstance(spec, Comparison):
            add_comparison(book, spec)
        else:
            add_table_chart(book, spec, f"axis{number}")


def _add_steps(book: Book, spec: Steps, name: str) -> None:
    columns = max(LEAST_COLUMNS, len(spec.columns) + 1)
    sheet = book.sheet(spec.sheet, book.say(spec.title), [WIDTH] * columns)
    add_warning(book, sheet, columns)
    book.put_text(sheet, 3, columns, book.say(spec.note), "text")
    x = span(book, spec.x, name, with_base=True)
    last = add_points(book, sheet, x, spec.columns, HEADER_ROW, looks=_looks(spec))
    last = add_limits(book, sheet, spec.x, name, last + 2) - 1
    chart = line_chart(book, sheet, x, HEADER_ROW, spec.series)
    chart.title = chart_title(book.say(spec.title), book.lang)
    sheet.add_chart(chart, f"A{last + 2}")
    sheet.freeze_panes = f"B{FIRST_ROW}"
    on_one_page(sheet)
    sheet.print_area = f"A1:{get_column_letter(columns)}{last + 2 + CHART_ROWS}"


def _looks(spec: Steps) -> dict[str, style.Look]:
    """The largest number of each row among the columns that compete."""
    letters = {key: get_column_letter(spec.columns.index(key) + 2) for key in spec.best}
    if not letters:
        return {}
    first, last = min(letters.values()), max(letters.values())
    among = f"${first}{FIRST_ROW}:${last}{FIRST_ROW}"
    return {k: style.best(style.is_largest(f"{at}{FIRST_ROW}", among)) for k, at in letters.items()}
