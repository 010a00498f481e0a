"""Finding one's way: the order and colours of the tabs, and a link back from every sheet."""

from __future__ import annotations

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.workbook import texts
from lmprice.workbook.book import Book
from lmprice.workbook.pages import keep_together
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
        if sheet.print_area:
            keep_together(sheet)


def _add_link_back(book: Book, sheet: Worksheet) -> None:
    """A link at the right end of the first row that is printed."""
    area = sheet.print_area or sheet.dimensions  # a table prints what is filled in
    column = CellRange(area.split("!")[-1]).max_col
    answer = book.say(texts.ANSWER)
    address = book.put(sheet, 1, column, f"← {answer}", "back")
    cell = sheet[address]
    cell.hyperlink = Hyperlink(ref=address, location=f"{quote_sheetname(answer)}!A1")
    cell.style = "lmprice back"  # a hyperlink has a style of its own
