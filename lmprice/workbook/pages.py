"""How sheets come out of a printer: large enough to read, and no page for the last few rows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Literal, cast

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

LEAST_ROWS, LEAST_SHARE = 12, 0.35  # of a page, as programs differ by a few rows
# Notes are of 10 points and numbers of 11: nothing that is read is printed in less than 7.
LEAST_SCALE, LEAST_OF_NUMBERS = 0.72, 0.65
MOST_WIDE = 4  # pages beside each other
POINTS = 72.0  # an inch
PAPER = 8.27, 11.69  # A4, in inches
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6, "header": 0.3, "footer": 0.3}
Way = Literal["landscape", "portrait"]  # how paper lies
WAYS: tuple[Way, Way] = ("landscape", "portrait")
CHARACTER, PADDING, ROW = 5.25, 3.75, 15.0  # in points: a digit of a column, its edges, a row
SCREEN = 125.0  # digits that are seen beside each other without scrolling
FIRST_PAGE = 28  # rows of a table with its heading that fit on a page
MANY = 9999  # more than there are rows
PRINTED = "printed_rows"


def set_up_page(sheet: Worksheet, footer: str) -> None:
    """Paper, margins and the line at the foot, which stays as large as it is."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(**MARGINS)
    sheet.print_options.horizontalCentered = True
    for side, text in {"left": footer, "right": "&P / &N"}.items():
        getattr(sheet.oddFooter, side).text = text
    sheet.HeaderFooter.scaleWithDoc = False


def on_one_page(sheet: Worksheet) -> None:
    """Print a chart and its numbers on one page, where they can be read so."""
    sheet.page_setup.fitToHeight = 1


def fit(sheet: Worksheet) -> None:
    """Choose how paper lies and how many pages are beside each other, so that it can be read."""
    page = sheet.page_setup
    if page.fitToHeight == 1:
        lies: Way = max(WAYS, key=lambda way: _whole(sheet, way))
        if _whole(sheet, lies) >= LEAST_OF_NUMBERS:
            page.orientation = lies
            return
        page.fitToHeight = 0
    least = LEAST_SCALE if sheet.print_area else LEAST_OF_NUMBERS  # a table has no notes
    for wide in range(1, MOST_WIDE + 1):
        ways: list[Way] = [way for way in WAYS if _scale(sheet, way, wide) >= least]
        if ways:
            found = {way: _kept_together(sheet, way, wide, least) for way in ways}
            lies = min(ways, key=lambda way: (found[way][0], -found[way][1]))
            pages, scale = found[lies]
            page.orientation, page.fitToWidth = lies, wide
            page.fitToHeight = pages if scale < _scale(sheet, lies, wide) else 0
            _fill_last_page(sheet, lies, wide)
            break
    if (page.fitToWidth or 1) > 1:
        sheet.print_title_cols = f"A:{get_column_letter(_labels(sheet))}"


def _fill_last_page(sheet: Worksheet, way: Way, wide: int) -> None:
    """Begin the last page earlier, where it would have too few rows and there is no room before."""
    pages, rows, share = _pages(sheet, way, wide)
    if (
        sheet.page_setup.fitToHeight
        or not sheet.print_area
        or pages == 1
        or not _is_orphan(rows, share)
    ):
        return
    sheet.row_breaks.append(Break(id=_area(sheet).max_row - max(LEAST_ROWS, 2 * rows)))


def _is_orphan(rows: int, share: float) -> bool:
    return rows < LEAST_ROWS or share < LEAST_SHARE


def _kept_together(sheet: Worksheet, way: Way, wide: int, least: float) -> tuple[int, float]:
    """So many pages, at what scale, that none of them has the last few rows alone."""
    pages, rows, share = _pages(sheet, way, wide)
    scale = _scale(sheet, way, wide)
    shrunk = scale * (pages - 1) / (pages - 1 + share)
    if _is_orphan(rows, share) and shrunk >= least:
        return pages - 1, shrunk
    return pages, scale


def on_screen(widths: Iterable[float]) -> int:
    """How many columns are seen without scrolling: long texts stand over these alone."""
    return max(1, sum(total <= SCREEN for total in accumulate(widths)))


def is_wide(widths: Iterable[float]) -> bool:
    """Whether columns of numbers need pages beside each other."""
    needed = sum(width * CHARACTER + PADDING for width in widths)
    return _room("landscape")[0] / needed < LEAST_OF_NUMBERS


def _whole(sheet: Worksheet, way: Way) -> float:
    """The scale at which all of a sheet is on one page."""
    _, down = _room(way)
    rows = range(1, _area(sheet).max_row + 1)
    return min(_scale(sheet, way, 1), down / sum(_height(sheet, row) for row in rows))


def _scale(sheet: Worksheet, way: Way, wide: int) -> float:
    """The scale at which the columns are on so many pages; no page is enlarged."""
    widths = [_width(sheet, column) for column in range(1, _area(sheet).max_col + 1)]
    labels = sum(widths[: _labels(sheet)])
    # A page ends with a whole column, so that up to one of them may be left of it.
    spare = max(widths) if wide > 1 else 0.0
    needed = (sum(widths) + (wide - 1) * (labels + spare)) / wide
    return min(1.0, _room(way)[0] / needed)


def _pages(sheet: Worksheet, way: Way, wide: int) -> tuple[int, int, float]:
    """The pages below each other, the rows on the last, and the share of it that they fill."""
    area = _area(sheet)
    room = _room(way)[1] / _scale(sheet, way, wide)
    repeated = sheet.print_title_rows
    head = _height(sheet, int(repeated.split(":")[-1].strip("$"))) if repeated else 0.0
    pages, used, rows = 1, 0.0, 0
    for row in range(area.min_row, area.max_row + 1):
        height = _height(sheet, row)
        if used + height > room:
            pages, used, rows = pages + 1, head, 0
        used, rows = used + height, rows + 1
    return pages, rows, used / room


def _area(sheet: Worksheet) -> CellRange:
    """The cells that are printed; of a table all of its rows."""
    return CellRange((sheet.print_area or sheet.dimensions).split("!")[-1])


def _room(way: Way) -> tuple[float, float]:
    """Width and height of a page within its margins, in points."""
    short, long = PAPER
    across, down = (long, short) if way == "landscape" else (short, long)
    across -= MARGINS["left"] + MARGINS["right"]
    down -= MARGINS["top"] + MARGINS["bottom"]
    return across * POINTS, down * POINTS


def _labels(sheet: Worksheet) -> int:
    """How many columns stay where they are: those of the labels."""
    frozen = str(sheet.freeze_panes or "B1")
    return max(1, coordinate_to_tuple(frozen)[1] - 1)


def _width(sheet: Worksheet, column: int) -> float:
    return float(sheet.column_dimensions[get_column_letter(column)].width) * CHARACTER + PADDING


def _height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or ROW)


def print_what_is_filled(sheet: Worksheet, numbers: str, last: str, rows: int, header: int) -> None:
    """Print the first page of a table, or as many rows as are filled in where those are more.

    The rows of the range ``numbers``, below a header, are numbered where they are filled in.  A
    print area may be a formula, with a name in it for the range that grows.  Programs that take
    ranges only find the one that is written out, and print the whole sheet.
    """
    title = sheet.title
    if not title.isidentifier():  # openpyxl reads no formula with a name in quotes
        sheet.print_area = f"A1:{last}{rows}"
        return
    last_filled = f"IFERROR(MATCH({MANY},{numbers}),0)+{header}"
    corner = f"INDEX({title}!${last}$1:${last}${rows},MAX({FIRST_PAGE},{last_filled}))"
    # A name of the whole workbook: one of a sheet is saved with that sheet before it by some
    # programs, which openpyxl then takes for a range of columns.
    name = f"{PRINTED}_{title}"
    workbook = cast(Workbook, sheet.parent)
    workbook.defined_names[name] = DefinedName(name, attr_text=f"{title}!$A$1:{corner}")
    area = f"IF(TRUE,{name},{title}!$A$1:${last}${rows})"
    sheet.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text=area)
