"""Finding one's way: the order and colours of the tabs, and a link back from every sheet."""

from __future__ import annotations

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.workbook import texts
from lmprice.workbook.book import Book
from lmprice.workbook.pages import fit, on_screen
from lmprice.workbook.style import Tab


def in_order(book: Book) -> list[str]:
    """The titles of the sheets by kind, those of one kind as they were made."""
    order = list(Tab)
    return sorted(book.tabs, key=lambda title: order.index(book.tabs[title]))


def arrange(book: Book) -> None:
    """Put the tabs in their order, give them their colours, and link each sheet to the answer."""
    workbook = book.workbook
    titles = in_order(book)
    for title in titles:
        workbook.move_sheet(title, len(titles))  # to the end, one after the other
        sheet = workbook[title]
        sheet.sheet_properties.tabColor = book.tabs[title].value
        if book.tabs[title] is not Tab.ANSWER:
            _add_link_back(book, sheet)
        fit(sheet)


def _add_link_back(book: Book, sheet: Worksheet) -> None:
    """A link at the right end of the first row that is printed, or of the screen."""
    area = CellRange((sheet.print_area or sheet.dimensions).split("!")[-1])
    letters = [get_column_letter(number) for number in range(1, area.max_col + 1)]
    widths = [sheet.column_dimensions[letter].width for letter in letters]
    column = len(widths) if sheet.print_area else on_screen(widths)  # a table may be wide
    answer = book.say(texts.ANSWER)
    address = book.put(sheet, 1, column, f"← {answer}", "back")
    cell = sheet[address]
    cell.hyperlink = Hyperlink(ref=address, location=f"{quote_sheetname(answer)}!A1")
    cell.style = "lmprice back"  # a hyperlink has a style of its own
