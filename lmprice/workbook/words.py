"""The sheet of texts: every sentence with numbers, put together in plain cells.

``TEXT`` and ``FIXED`` follow the settings of the country, so that the same file would say "1.234,5"
in one place and "1,234.5" in another, and read wrongly in a third.  Here the digits of a number are
taken one group after the other, which is the same everywhere.
"""

from __future__ import annotations

from decimal import Decimal

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text
from lmprice.scenarios.verdicts import (
    LEAST_SAID,
    LIMIT,
    MOST_DECIMALS,
    NO_ANSWER,
    TOO_LARGE,
    Number,
    number_text,
    pieces,
    places_of,
    rounded,
    spoken,
)
from lmprice.workbook import style, texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW, Book
from lmprice.workbook.results import add_warning
from lmprice.workbook.style import Tab

POWERS = (3, 6, 9, 12)
VALUE, DECIMALS, DIGITS, WHOLE, WORDS = range(2, 7)
HEADS = (
    Text("Number", "数值项"),
    Text("Value", "数值"),
    Text("Decimals", "小数位"),
    Text("All digits", "全部数字"),
    Text("Whole part", "整数部分"),
    Text("In words", "文字"),
)


class Words:
    """The helper cells of all sentences of a workbook; sentences are added, then written."""

    def __init__(self, book: Book) -> None:
        self.book = book
        titles = style.width((term.title(book.lang) for term in book.all_terms.values()), 30)
        widths = (titles, 16.0, 12.0, 20.0, 20.0, 30.0)
        self.sheet = book.sheet(texts.WORDS, book.say(texts.WORDS), widths, Tab.WORKING)
        book.put_text(self.sheet, 2, len(widths), book.say(texts.ABOUT_WORDS), "text")
        add_warning(book, self.sheet, len(widths), row=3)
        book.put_header(self.sheet, HEADER_ROW, HEADS, 0)
        self._cells: dict[Number, str] = {}

    def formula(self, text: str) -> str:
        """A formula that puts a text together, its numbers from the helper cells."""
        parts = []
        for words, number in pieces(text):
            if words:
                parts.append(excel.text(words))
            if number is not None:
                parts.append(self._number(number))
        return "&".join(parts) or '""'

    def spoken(self, text: str) -> str:
        """What that formula gives; in an empty template there is no number to say."""
        nothing = float("nan")
        values = dict.fromkeys(self.book.known, nothing) if self.book.is_blank else self.book.known
        return spoken(text, values, self.book.all_terms, self.book.lang)

    def has_answers(self, text: str) -> tuple[str, bool]:
        """The condition that all numbers of a text are known, and whether they are."""
        keys = [number.key for _, number in pieces(text) if number is not None]
        known = not self.book.is_blank and all(
            self.book.known[k] == self.book.known[k] for k in keys
        )
        return f"COUNT({','.join(keys)})={len(keys)}", known

    def _number(self, number: Number) -> str:
        if number not in self._cells:
            row = FIRST_ROW + len(self._cells)
            self._cells[number] = _add_number(self.book, self.sheet, row, number)
        return self._cells[number]

    def finish(self) -> None:
        """Set up the page, now that all numbers are there."""
        last = FIRST_ROW + max(len(self._cells), 1) - 1
        self.sheet.print_area = f"A1:F{last}"
        self.sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        self.sheet.freeze_panes = f"B{FIRST_ROW}"


def _add_number(book: Book, sheet: Worksheet, row: int, number: Number) -> str:
    """The cells that write one number out; gives the address of the last one."""
    key, lang = number.key, book.lang
    term = book.all_terms[key]
    title = term.title(lang)
    value = float("nan") if book.is_blank else book.known[key]
    book.put(sheet, row, 1, title, "label")
    name = f"ABS({key})" if number.is_absolute else key
    shown = abs(value) if number.is_absolute else value
    address = f"{texts_sheet(book)}!$F${row}"
    if isinstance(term, DateTerm):
        book.put_formula(sheet, row, VALUE, name, shown, "result", title)
        at = f"B{row}"
        date = f'YEAR({at})&"-"&RIGHT("0"&MONTH({at}),2)&"-"&RIGHT("0"&DAY({at}),2)'
        missing = excel.text(NO_ANSWER(lang))
        words = number_text(shown, term, lang)
        formula = f"IF(ISNUMBER({at}),{date},{missing})"
        book.put_formula(sheet, row, WORDS, formula, words, "label", title)
        return address
    is_share = isinstance(term, Term) and term.is_fraction
    scaled = shown * 100 if is_share else shown
    is_known = abs(scaled) < LIMIT
    places = places_of(scaled, term) if is_known or is_share else 0
    digits = int(rounded(scaled, places).scaleb(places)) if is_known else 0
    many = f"{places}" if is_share or _is_whole(term) else _decimals(f"B{row}")
    known = f"IF(ISNUMBER(B{row}),ABS(B{row}),{LIMIT:.0E})<{LIMIT:.0E}"
    rest = f"D{row}-E{row}*10^C{row}"
    sign = f'IF(AND(B{row}<0,D{row}>0),"-","")'
    fraction = f'IF({rest}=0,"","."&RIGHT(REPT("0",C{row})&({rest}),C{row}))'
    unit = ('&" %"' if lang == "en" else '&"%"') if is_share else ""
    missing = f"IF(ISNUMBER(B{row}),{excel.text(TOO_LARGE(lang))},{excel.text(NO_ANSWER(lang))})"
    written = f"{sign}&{_grouped(f'E{row}')}&{fraction}{unit}"
    cells = (
        (VALUE, f"{name}*100" if is_share else name, scaled),
        (DECIMALS, many, float(places)),
        (DIGITS, f"IF({known},ROUND(ROUND(ABS(B{row}),C{row})*10^C{row},0),0)", float(digits)),
        (WHOLE, f"INT(D{row}/10^C{row})", float(digits // 10**places)),
        (WORDS, f"IF({known},{written},{missing})", number_text(shown, term, lang)),
    )
    for column, formula, stored in cells:
        look = "label" if column == WORDS else "result"
        book.put_formula(sheet, row, column, formula, stored, look, title)
    return address


def texts_sheet(book: Book) -> str:
    """The sheet of texts as formulas name it."""
    return quote_sheetname(book.say(texts.WORDS))


def _is_whole(term: Term | Choice) -> bool:
    return isinstance(term, Term) and term.is_whole


def _decimals(cell: str) -> str:
    """How many decimals a number has, as `lmprice.scenarios.verdicts.decimals` counts them."""
    formula = f"{MOST_DECIMALS}"
    for places in range(MOST_DECIMALS - 1, 2, -1):
        limit = f"{Decimal(1).scaleb(2 - places):f}"
        formula = f"IF(ABS({cell})>={limit},{places},{formula})"
    formula = f"IF(ABS({cell})<{LEAST_SAID:.0E},0,{formula})"
    formula = f"IF(ABS({cell})>=1000,0,IF(ABS({cell})>=1,2,{formula}))"
    return f"IF(ISNUMBER({cell}),{formula},0)"


def _grouped(cell: str) -> str:
    """A whole number with a comma between its thousands."""
    formula = f'{cell}&""'
    nested = ""
    for power in POWERS:
        head = f"INT({cell}/1E+{power:02d})"
        tail = "&".join(f'","&{_group(cell, p)}' for p in range(power - 3, -1, -3))
        nested += f"IF({cell}<1E+{power:02d},{formula},"
        formula = f"{head}&{tail}"
    return f"({nested}{formula}{')' * len(POWERS)})"


def _group(cell: str, power: int) -> str:
    """The three digits above a power of ten."""
    if power == 0:
        return f'RIGHT("00"&({cell}-1000*INT({cell}/1000)),3)'
    here, above = f"INT({cell}/1E+{power:02d})", f"INT({cell}/1E+{power + 3:02d})"
    return f'RIGHT("00"&({here}-1000*{above}),3)'
