"""How sheets come out of a printer: a page wide, and no page for the last few rows."""

from __future__ import annotations

from typing import cast

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.workbook.book import HEADER_ROW

LEAST_ROWS, LEAST_SHARE = 12, 0.35  # of a page, as programs differ by a few rows
POINTS = 72.0  # an inch
PAPER = 8.27, 11.69  # A4, in inches
CHARACTER, PADDING, ROW = 5.25, 3.75, 15.0  # in points: a digit of a column, its edges, a row
FIRST_PAGE = 28  # rows of a table with its heading that fit on a page
LANDSCAPE_ROWS = 50  # of a list with its chart that can be read on one page across
MANY = 9999  # more than there are rows
PRINTED = "printed_rows"


def on_one_page(sheet: Worksheet, rows: int) -> None:
    """A chart and so many rows of numbers on one page, upright where they are many."""
    if rows > LANDSCAPE_ROWS:
        sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToHeight = 1


def keep_together(sheet: Worksheet) -> None:
    """Take so many pages that none of them has the last few rows alone."""
    if sheet.page_setup.fitToHeight != 0:
        return
    pages, rows, share = _pages(sheet)
    if pages > 1 and (rows < LEAST_ROWS or share < LEAST_SHARE):
        sheet.page_setup.fitToHeight = pages - 1


def _pages(sheet: Worksheet) -> tuple[int, int, float]:
    """The pages of a sheet that is a page wide, the rows on the last, and the share they fill."""
    area = CellRange(sheet.print_area.split("!")[-1])
    letters = [get_column_letter(n) for n in range(area.min_col, area.max_col + 1)]
    width = sum(sheet.column_dimensions[c].width * CHARACTER + PADDING for c in letters)
    short, long = (side * POINTS for side in PAPER)
    across, down = (long, short) if sheet.page_setup.orientation == "landscape" else (short, long)
    margins = sheet.page_margins
    across -= (margins.left + margins.right) * POINTS
    down -= (margins.top + margins.bottom) * POINTS
    room = down / min(1, across / width)
    repeated = sheet.print_title_rows
    head = _height(sheet, int(repeated.split(":")[-1].strip("$"))) if repeated else 0.0
    pages, used, rows = 1, 0.0, 0
    for row in range(area.min_row, area.max_row + 1):
        height = _height(sheet, row)
        if used + height > room:
            pages, used, rows = pages + 1, head, 0
        used, rows = used + height, rows + 1
    return pages, rows, used / room


def _height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or ROW)


def print_what_is_filled(sheet: Worksheet, numbers: str, last: str, rows: int) -> None:
    """Print the first page of a table, or as many rows as are filled in where those are more.

    The rows of the range ``numbers`` are numbered where they are filled in.  A print area may be a
    formula, with a name in it for the range that grows.  Programs that take ranges only find the
    one that is written out, and print the whole sheet.
    """
    title = sheet.title
    if not title.isidentifier():  # openpyxl reads no formula with a name in quotes
        sheet.print_area = f"A1:{last}{rows}"
        return
    last_filled = f"IFERROR(MATCH({MANY},{numbers}),0)+{HEADER_ROW}"
    corner = f"INDEX({title}!${last}$1:${last}${rows},MAX({FIRST_PAGE},{last_filled}))"
    # A name of the whole workbook: one of a sheet is saved with that sheet before it by some
    # programs, which openpyxl then takes for a range of columns.
    name = f"{PRINTED}_{title}"
    workbook = cast(Workbook, sheet.parent)
    workbook.defined_names[name] = DefinedName(name, attr_text=f"{title}!$A$1:{corner}")
    area = f"IF(TRUE,{name},{title}!$A$1:${last}${rows})"
    sheet.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text=area)
