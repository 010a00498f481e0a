"""How a workbook looks: one place for colours, fonts, number formats and widths."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.formatting.formatting import ConditionalFormatting
from openpyxl.formatting.rule import Rule
from openpyxl.styles import (
    Alignment,
    Border,
    Font,
    NamedStyle,
    PatternFill,
    Protection,
    Side,
)
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.palette import ACCENT, INK, LINE, MUTED
from lmprice.output.printing import text_width

INPUT_INK = "0000C0"  # inputs in blue, as in financial models
INPUT_FILL = "FFF8DC"
HEADER_FILL = ACCENT
SECTION_FILL = "DCE6F1"
WRONG_FILL = "F8CBAD"
WRONG_INK = "9C0006"
CAUTION_FILL = "FFEFC1"
CAUTION_INK = "7F6000"
BEST_FILL = "E2F0D9"
BEST_INK = "375623"

FONTS = Text("Calibri", "Microsoft YaHei")

PERCENT_FORMAT = "0.0%"
CHOICE_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
INPUT_FORMAT = "General"  # nothing that was typed in is rounded away
PAPER = "FFFFFF"
_RED = ";[Red]-"  # negative numbers: a minus, and red
# The format that fits the size of a number: the first whose limit is above it.
SIZES = tuple(
    (limit, code + _RED + code)
    for limit, code in (
        (1e-7, "0.00E+00"),
        (1e-4, "0.000000000"),
        (1e-2, "0.000000"),
        (1, "0.0000"),
        (1000, "#,##0.00"),
        (math.inf, "#,##0"),
    )
)
_LIMITS = [limit for limit, _ in SIZES]
PLAIN, WHOLE = SIZES[4][1], SIZES[5][1]
SHARE = PERCENT_FORMAT + _RED + PERCENT_FORMAT
LEAST = 1e-300  # whatever is smaller is 0
SMALLER = 1e4  # a number so many times smaller than its column has a format of its own

NAMED_ID = 199
_FORMAT_IDS = {code: 200 + number for number, (_, code) in enumerate(SIZES)}

_thin = Side(style="thin", color=LINE)
BOX = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)
_thick = Side(style="medium", color=ACCENT)
FRAME = Border(left=_thick, right=_thick, top=_thick, bottom=_thick)  # the case that is filled in


class Tab(Enum):
    """The kinds of sheets in the order of their tabs, each with its colour."""

    ANSWER = "70AD47"  # green
    INPUT = "FFD966"  # yellow
    RESULT = ACCENT
    GUIDE = SECTION_FILL
    WORKING = "A6A6A6"  # grey: helper cells, which may be hidden


def add_styles(workbook: Workbook, lang: str) -> None:
    """Define the named styles, which a user finds in the style gallery.

    Numbers on the right have no indent: LibreOffice 7.4 leaves it out of some cells of a column.
    """
    font = FONTS(lang)

    def style(
        name: str,
        *,
        color: str = INK,
        size: float = 11,
        bold: bool = False,
        fill: str | None = None,
        horizontal: str | None = None,
        wrap: bool = False,
        box: bool = False,
        framed: bool = False,
        vertical: str = "center",
        locked: bool = True,
        indent: int = 0,
        shrink: bool = False,
    ) -> None:
        named = NamedStyle(f"lmprice {name}")
        named.font = Font(name=font, size=size, bold=bold, color=color)
        named.alignment = Alignment(
            horizontal=horizontal,
            vertical=vertical,
            wrap_text=wrap,
            indent=indent,
            shrink_to_fit=shrink,
        )
        named.protection = Protection(locked=locked)
        if fill:
            named.fill = PatternFill("solid", fgColor=fill)
        if box or framed:
            named.border = FRAME if framed else BOX
        workbook.add_named_style(named)

    style("title", color=ACCENT, size=18, bold=True)
    style("text", wrap=True)
    style("light", color=WRONG_INK, size=10, bold=True, wrap=True)
    style("warning", color=WRONG_INK, bold=True, wrap=True)
    style("header", color="FFFFFF", bold=True, fill=HEADER_FILL, box=True,
          horizontal="left", wrap=True, indent=1)  # fmt: skip
    style("header number", color="FFFFFF", bold=True, fill=HEADER_FILL, box=True,
          horizontal="right", wrap=True, indent=1)  # fmt: skip
    style("section", bold=True, fill=SECTION_FILL, box=True, horizontal="left", indent=1)
    style("label", horizontal="left", wrap=True, box=True, indent=1)
    style("note", color=MUTED, size=10, horizontal="left", wrap=True, box=True, indent=1)
    style("input", color=INPUT_INK, fill=INPUT_FILL, horizontal="right", box=True, locked=False)
    style("input note", color=INPUT_INK, size=10, fill=INPUT_FILL, wrap=True, box=True,
          locked=False, horizontal="left", indent=1)  # fmt: skip
    style("bar", color=ACCENT, horizontal="left", box=True)
    style("result", horizontal="right", box=True)
    style("base axis", bold=True, fill=SECTION_FILL, horizontal="right", framed=True)
    style("base result", bold=True, horizontal="right", framed=True)
    style("small", color=MUTED, size=9)
    style("verdict", size=14, bold=True, fill=SECTION_FILL, wrap=True, indent=1)
    style("tile label", color=MUTED, size=9, wrap=True, horizontal="center")
    style("tile", size=20, bold=True, color=ACCENT, horizontal="center", shrink=True)
    style("tile unit", color=MUTED, size=9, horizontal="center")
    style("headline", bold=True, color=ACCENT)
    style("side", size=10, wrap=True, vertical="top")
    style("link", color=ACCENT, horizontal="left", box=True, indent=1)
    style("back", color=ACCENT, size=9, horizontal="right")
    style("axis", bold=True, fill=SECTION_FILL, horizontal="right", box=True)
    style("formula", color=MUTED, size=10, horizontal="left", wrap=True, box=True, indent=1)


def number_format(term: Term | Choice, value: float | None = None) -> str:
    """The number format of an input, or of a result of a given size."""
    if isinstance(term, Choice):
        return CHOICE_FORMAT
    if isinstance(term, DateTerm):
        return DATE_FORMAT
    if value is None:
        return PERCENT_FORMAT if term.is_fraction else INPUT_FORMAT
    if term.is_fraction:
        return SHARE
    if term.is_whole:
        return WHOLE
    return size_format(value)


def size_format(value: float) -> str:
    """The number format that fits the size of a number; 0 and no answer have that of a few."""
    size = abs(value)
    place = bisect_right(_LIMITS, size)
    return SIZES[place][1] if size > 0 and place < len(SIZES) else PLAIN


class Look(NamedTuple):
    """How a cell looks while a condition holds."""

    condition: str
    fill: str
    ink: str

    def style(self, code: str | None = None) -> DifferentialStyle:
        """Fill and ink, and a number format."""
        return _shown(code, self.fill, self.ink, is_bold=True)


class _Shown(DifferentialStyle):
    """A style that is one object wherever it is used, so that openpyxl need not compare fields."""

    __elements__ = DifferentialStyle.__elements__
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


@lru_cache(maxsize=1024)
def _shown(
    code: str | None = None,
    fill: str | None = None,
    ink: str | None = None,
    *,
    is_bold: bool | None = None,
) -> DifferentialStyle:
    """How cells look where a rule holds."""
    return _Shown(
        font=None if ink is None else Font(color=ink, bold=is_bold),
        numFmt=None if code is None else NumberFormat(_FORMAT_IDS.get(code, NAMED_ID), code),
        fill=None if fill is None else PatternFill("solid", bgColor=fill),
    )


def wrong(condition: str) -> Look:
    """The look of what is wrong, or bad news."""
    return Look(condition, WRONG_FILL, WRONG_INK)


def plain_good(condition: str) -> Look:
    """The look of a line that says all is well."""
    return Look(condition, "FFFFFF", BEST_INK)


def caution(condition: str) -> Look:
    """The look of what is to be looked at again."""
    return Look(condition, CAUTION_FILL, CAUTION_INK)


def best(condition: str) -> Look:
    """The look of the best of its kind."""
    return Look(condition, BEST_FILL, BEST_INK)


def follow_size(
    sheet: Worksheet,
    cells: str,
    term: Term,
    size_of: str | None = None,
    looks: Sequence[Look] = (),
) -> None:
    """Let the number format of a column follow the largest number in it, or the cell ``size_of``.

    A number that is so much smaller that this format would show it as 0 has the format of its own
    size.  Where a look holds, the same rule gives look and format: of several rules for a cell some
    programs take the first alone.  A format code itself has room for two conditions only, and what
    it does with the sign of negative numbers then differs between programs.
    """
    if term.is_fraction or term.is_whole or isinstance(term, DateTerm):
        for look in looks:
            mark(sheet, cells, look)
        return
    first, colon, last = cells.partition(":")
    if size_of or not colon:
        conditions = [(f"AND({_is_below(size_of or first, limit)})", code) for limit, code in SIZES]
    else:
        column = f"{_anchored(first)}:{_anchored(last)}"
        conditions = [
            (f"AND({_is_below(first, limit)},{_reaches(column, limit * SMALLER)})", code)
            for limit, code in SIZES
            if limit <= 1
        ]
        conditions.append((f"NOT({_reaches(column, LEAST)})", PLAIN))  # nothing but zeros
        conditions += [(f"NOT({_reaches(column, limit)})", code) for limit, code in SIZES[:-1]]
        conditions.append((_reaches(column, SIZES[-2][0]), WHOLE))
    same_cells = ConditionalFormatting(cells)  # to read what cells they are takes a while
    for also in (*looks, None):
        for condition, code in conditions:
            holds = condition if also is None else f"AND({also.condition},{condition})"
            shown = _shown(code) if also is None else also.style(code)
            _add_rule(sheet, same_cells, f"IF(ISNUMBER({first}),{holds},FALSE)", shown)
    for look in looks:  # where there is no number
        mark(sheet, cells, look)


def _is_below(cell: str, limit: float) -> str:
    """Whether a number is smaller than a limit; 0 has the format of a few."""
    if limit == math.inf:
        return "TRUE"
    return f"{cell}<>0,ABS({cell})<{limit:g}" if limit <= 1 else f"ABS({cell})<{limit:g}"


def _reaches(cells: str, limit: float) -> str:
    """Whether a number among some is as large as a limit; COUNTIF passes over errors."""
    # A number in the text of the criterion would be read by the rules of the country.
    return f'COUNTIF({cells},">="&{limit:g})+COUNTIF({cells},"<="&-{limit:g})>0'


def one_format(sheet: Worksheet, cells: str, term: Term, values: Iterable[float]) -> None:
    """Give the cells of a column the number format of the largest of their stored values."""
    if term.is_fraction or term.is_whole or isinstance(term, DateTerm):
        return
    known = list(values)
    largest = max((abs(v) for v in known if math.isfinite(v)), default=0.0)
    for cell, value in zip((c for row in sheet[cells] for c in row), known, strict=True):
        own = next((limit for limit, _ in SIZES if 0 < abs(value) < limit), math.inf)
        cell.number_format = size_format(value if own * SMALLER <= largest else largest)


def _anchored(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def name_infinity(sheet: Worksheet, cells: str, words: str) -> None:
    """Show the largest number of a sheet, which stands for no limit, in words."""
    first = cells.partition(":")[0]
    condition = f"IF(ISNUMBER({first}),{first}>=1E+299,FALSE)"
    _add_rule(sheet, cells, condition, _shown(f'"{words}"'))


def group_digits(sheet: Worksheet, cells: str) -> None:
    """Show large whole inputs with separators: 266,000."""
    first = cells.partition(":")[0]
    is_large = f"IF(ISNUMBER({first}),AND(ABS({first})>=1000,{first}=INT({first})),FALSE)"
    _add_rule(sheet, cells, is_large, _shown(WHOLE))


def is_largest(cell: str, among: str) -> str:
    """The condition that a cell has the largest of the numbers among some, errors passed over."""
    # COUNTIF passes over errors; the text of a number has fifteen digits, so a little is added.
    more = f"{cell}+ABS({cell})*1E-9"
    return f'IF(COUNT({cell})>0,COUNTIF({among},">"&({more}))=0,FALSE)'


def mark(sheet: Worksheet, cells: str, look: Look) -> None:
    """Give cells a look while its condition holds."""
    _add_rule(sheet, cells, look.condition, look.style())


def _add_rule(
    sheet: Worksheet,
    cells: str | ConditionalFormatting,
    condition: str,
    shown: DifferentialStyle,
) -> None:
    rule = Rule(type="expression", dxf=shown, stopIfTrue=True)
    rule.formula = [condition]
    sheet.conditional_formatting.add(cells, rule)


def hide_errors(sheet: Worksheet, cells: str, condition: str, ground: str = PAPER) -> None:
    """Write errors in the colour of the ground they stand on, while a condition holds."""
    first = cells.partition(":")[0]
    _add_rule(sheet, cells, f"AND({condition},ISERROR({first}))", _shown(ink=ground))


def grey_out(sheet: Worksheet, cells: str, condition: str, code: str | None = None) -> None:
    """Write cells for which the condition holds in a pale ink, in another number format if given.

    A format that writes negative numbers in red does so whatever the ink.
    """
    _add_rule(sheet, cells, condition, _shown(code, ink=LINE))


def unsigned(code: str) -> str:
    """A number format that writes negative numbers in the ink of the others."""
    return code.partition(_RED)[0]


def grey(code: str) -> str | None:
    """The format of numbers that are not to be relied on: all their digits, if another one."""
    if _RED not in code:
        return None
    return PERCENT_FORMAT if code == SHARE else INPUT_FORMAT


def width(texts: Iterable[str], least: float = 8, most: float = 60) -> float:
    """A column width that fits the longest of some texts; Chinese characters take two places."""
    longest = max((text_width(text) for text in texts), default=0)
    return min(most, max(least, longest * 1.1 + 2))


def row_height(texts: Iterable[tuple[str, float]], *, line: float = 15.75) -> float:
    """A row height for wrapped texts, each given with the width of its column."""
    lines = [
        sum(-(-text_width(part) * 1.1 // max(columns - 1, 1)) for part in text.split("\n"))
        for text, columns in texts
    ]
    return line * max(lines, default=1) + 3


def note_height(texts: Iterable[tuple[str, float]]) -> float:
    """A row height for wrapped notes, whose lines are lower than those of other texts."""
    return row_height(texts, line=13.5)
