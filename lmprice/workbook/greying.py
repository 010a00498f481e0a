"""While an input is wrong: computed numbers in grey, and errors among them not to be seen.

Labels, units and what is to be filled in stay as they are, so that an empty template can be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.workbook import style, texts
from lmprice.workbook.book import UNUSABLE, Book
from lmprice.workbook.style import Tab

GROUNDS = {"axis": style.SECTION_FILL, "base axis": style.SECTION_FILL}
LOOKS = ("result", "base result", "axis", "base axis", "tile", "bar", "label")
Kind = tuple[str, str | None]  # the ground that cells stand on, their number format


def grey_while_wrong(book: Book) -> None:
    """Grey out the formulas of all sheets but those to be filled in, before any other rule."""
    looks = {f"lmprice {look}": look for look in LOOKS}
    names: list[str] = book.workbook.named_styles
    for title, tab in book.tabs.items():
        if tab is Tab.INPUT:  # a table looks after itself
            continue
        sheet = book.workbook[title]
        kinds: dict[Kind, list[tuple[int, int]]] = defaultdict(list)
        cells: dict[tuple[int, int], Any] = sheet._cells
        for cell in (cell for cell in cells.values() if cell.data_type == "f"):
            look = looks.get(names[cell._style.xfId])
            if look is not None and (title, cell.coordinate) not in book.never_grey:
                ground = GROUNDS.get(look, style.PAPER)
                code = style.grey(cell.number_format)
                kinds[ground, code].append((cell.column, cell.row))
        # LibreOffice 7.4 computes a number first when a condition asks for it while a page is
        # drawn, and crashes there if whole tables are behind it, as on the sheet of texts.
        can_ask = title != book.say(texts.WORDS)
        _add_rules(sheet, kinds, can_ask=can_ask)


def _add_rules(
    sheet: Worksheet, kinds: dict[Kind, list[tuple[int, int]]], *, can_ask: bool
) -> None:
    with _before_all_others(sheet):
        for (ground, code), places in kinds.items():
            for cells in areas(places):
                if can_ask:
                    style.hide_errors(sheet, cells, UNUSABLE, ground)
                style.grey_out(sheet, cells, UNUSABLE, code)


@contextmanager
def _before_all_others(sheet: Worksheet) -> Iterator[None]:
    """Rules that are added here stand before those that a sheet has already.

    The first rule that holds is the last one looked at: by its number in Excel, by its place in the
    file in LibreOffice.
    """
    earlier = list(sheet.conditional_formatting)
    rules = sheet.conditional_formatting = ConditionalFormattingList()
    yield
    for cells in earlier:
        for rule in cells.rules:
            rule.priority = 0  # the next one
            rules.add(cells, rule)


def areas(places: Iterable[tuple[int, int]]) -> list[str]:
    """The rectangles that some cells make, each as a range."""
    columns: dict[int, list[int]] = defaultdict(list)
    for column, row in places:
        columns[column].append(row)
    spans = {column: tuple(_runs(rows)) for column, rows in columns.items()}
    found = []
    for first, last in _runs(columns):
        for own, same in groupby(range(first, last + 1), key=lambda column: spans[column]):
            beside = list(same)
            left, right = get_column_letter(beside[0]), get_column_letter(beside[-1])
            found += [f"{left}{top}:{right}{bottom}" for top, bottom in own]
    return found


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and last of those that follow each other."""
    ordered = sorted(set(numbers))
    for _, run in groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]
