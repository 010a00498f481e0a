"""How a workbook looks: one place for colours, fonts, number formats and widths."""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl import Workbook
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
BEST_FILL = "E2F0D9"
BEST_INK = "375623"

FONTS = Text("Calibri", "Microsoft YaHei")

PERCENT_FORMAT = "0.0%"
CHOICE_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
INPUT_FORMAT = "General"  # nothing that was typed in is rounded away
# The format that fits the size of a number, the first that holds; {0} is the cell.
SIZES = (
    ("AND({0}<>0,ABS({0})<0.001)", "0.00E+00"),
    ("AND({0}<>0,ABS({0})<1)", "0.0000"),
    ("ABS({0})<1000", "#,##0.00"),
    ("TRUE", "#,##0"),
)

NAMED_ID = 199
_FORMAT_IDS = {code: 200 + number for number, (_, code) in enumerate(SIZES)}

_thin = Side(style="thin", color=LINE)
BOX = Border(left=_thin, right=_thin, top=_thin, bottom=_thin)


def add_styles(workbook: Workbook, lang: str) -> None:
    """Define the named styles, which a user finds in the style gallery."""
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
        locked: bool = True,
        indent: int = 0,
    ) -> None:
        named = NamedStyle(f"lmprice {name}")
        named.font = Font(name=font, size=size, bold=bold, color=color)
        named.alignment = Alignment(
            horizontal=horizontal, vertical="center", wrap_text=wrap, indent=indent
        )
        named.protection = Protection(locked=locked)
        if fill:
            named.fill = PatternFill("solid", fgColor=fill)
        if box:
            named.border = BOX
        workbook.add_named_style(named)

    style("title", color=ACCENT, size=18, bold=True)
    style("text", wrap=True)
    style("warning", color=WRONG_INK, bold=True, wrap=True)
    style("header", color="FFFFFF", bold=True, fill=HEADER_FILL, box=True,
          horizontal="left", wrap=True, indent=1)  # fmt: skip
    style("header number", color="FFFFFF", bold=True, fill=HEADER_FILL, box=True,
          horizontal="right", wrap=True, indent=1)  # fmt: skip
    style("section", bold=True, fill=SECTION_FILL, box=True, horizontal="left", indent=1)
    style("label", horizontal="left", wrap=True, box=True, indent=1)
    style("note", color=MUTED, size=10, horizontal="left", wrap=True, box=True, indent=1)
    style("input", color=INPUT_INK, fill=INPUT_FILL, horizontal="right", box=True, locked=False,
          indent=1)  # fmt: skip
    style("result", horizontal="right", box=True, indent=1)
    style("axis", bold=True, fill=SECTION_FILL, horizontal="right", box=True, indent=1)
    style("formula", color=MUTED, size=10, horizontal="left", wrap=True, box=True, indent=1)


def number_format(term: Term | Choice, value: float | None = None) -> str:
    """The number format of an input, or of a result of a given size."""
    if isinstance(term, Choice):
        return CHOICE_FORMAT
    if isinstance(term, DateTerm):
        return DATE_FORMAT
    if term.is_fraction:
        return PERCENT_FORMAT
    if value is None:
        return INPUT_FORMAT
    size = abs(value)
    if size >= 1000 or term.is_whole:
        return SIZES[3][1]
    return SIZES[0 if 0 < size < 0.001 else 1 if 0 < size < 1 else 2][1]


def follow_size(sheet: Worksheet, cells: str, term: Term, size_of: str | None = None) -> None:
    """Let the number format of results follow their size, or that of the one cell ``size_of``.

    A format code itself has room for two conditions only, and what it does with the sign of
    negative numbers then differs between programs.
    """
    if term.is_fraction or term.is_whole or isinstance(term, DateTerm):
        return
    first = size_of or cells.partition(":")[0]
    for condition, code in SIZES:
        is_size = f"IF(ISNUMBER({first}),{condition.format(first)},FALSE)"
        _format_if(sheet, cells, is_size, code)


def name_infinity(sheet: Worksheet, cells: str, words: str) -> None:
    """Show the largest number of a sheet, which stands for no limit, in words."""
    first = cells.partition(":")[0]
    look = DifferentialStyle(numFmt=NumberFormat(numFmtId=NAMED_ID, formatCode=f'"{words}"'))
    rule = Rule(type="expression", dxf=look, stopIfTrue=True)
    rule.formula = [f"IF(ISNUMBER({first}),{first}>=1E+299,FALSE)"]
    sheet.conditional_formatting.add(cells, rule)


def group_digits(sheet: Worksheet, cells: str) -> None:
    """Show large whole inputs with separators: 266,000."""
    first = cells.partition(":")[0]
    is_large = f"IF(ISNUMBER({first}),AND(ABS({first})>=1000,{first}=INT({first})),FALSE)"
    _format_if(sheet, cells, is_large, "#,##0")


def _format_if(sheet: Worksheet, cells: str, condition: str, code: str) -> None:
    look = DifferentialStyle(numFmt=NumberFormat(numFmtId=_FORMAT_IDS[code], formatCode=code))
    rule = Rule(type="expression", dxf=look, stopIfTrue=True)
    rule.formula = [condition]
    sheet.conditional_formatting.add(cells, rule)


def mark_wrong(sheet: Worksheet, cells: str, condition: str) -> None:
    """Colour cells for which the condition holds."""
    _color_if(sheet, cells, condition, WRONG_FILL, WRONG_INK)


def mark_best(sheet: Worksheet, cells: str, condition: str) -> None:
    """Colour cells that are the best of their kind."""
    _color_if(sheet, cells, condition, BEST_FILL, BEST_INK)


def fade(sheet: Worksheet, cells: str, condition: str) -> None:
    """Write cells for which the condition holds in a pale ink."""
    rule = Rule(type="expression", dxf=DifferentialStyle(font=Font(color=LINE)))
    rule.formula = [condition]
    sheet.conditional_formatting.add(cells, rule)


def _color_if(sheet: Worksheet, cells: str, condition: str, fill: str, ink: str) -> None:
    pattern = PatternFill("solid", bgColor=fill)
    look = DifferentialStyle(fill=pattern, font=Font(color=ink, bold=True))
    rule = Rule(type="expression", dxf=look)
    rule.formula = [condition]
    sheet.conditional_formatting.add(cells, rule)


def width(texts: Iterable[str], least: float = 8, most: float = 60) -> float:
    """A column width that fits the longest of some texts; Chinese characters take two places."""
    longest = max((text_width(text) for text in texts), default=0)
    return min(most, max(least, longest * 1.1 + 2))


def row_height(texts: Iterable[tuple[str, float]], *, line: float = 15.75) -> float:
    """A row height for wrapped texts, each given with the width of its column."""
    lines = [-(-text_width(text) * 1.1 // max(columns - 1, 1)) for text, columns in texts]
    return line * max(lines, default=1) + 3
