"""The rows of a sheet and its rules, written as canonical XML at once: the bulk of every workbook.

openpyxl writes what stands around them.  It would write a formula without its value and a text in
its cell, and all of it would have to be read again to be put in order; here each cell is written
once, with its value, and its text goes to the table of shared strings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

Value = float | str

_CARRIAGE_RETURN = {"\r": "&#xD;"}


@dataclass
class Strings:
    """The table of shared strings: each text with its number, in the order of first use."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        """Where a text stands in the table."""
        return self.numbers.setdefault(text, len(self.numbers))

    @property
    def items(self) -> Iterable[str]:
        """The elements of the table."""
        for text in self.numbers:
            space = ' xml:space="preserve"' if text != text.strip() else ""
            yield f"<si><t{space}>{_escaped(text)}</t></si>"


@dataclass
class Rows:
    """Writes the rows of one sheet, with the values to store beside its formulas.

    With ``spills`` a formula may give a range, as every formula may that is typed into Excel 365;
    it has the range of each that fills more than its cell.
    """

    sheet: Worksheet
    values: Mapping[str, Value]
    spills: Mapping[str, str] | None
    strings: Strings
    _styles: dict[bytes, str] = field(default_factory=dict)
    _formulas: set[str] = field(default_factory=set)

    def text(self) -> str:
        """All rows with their cells, and those without cells that have a height."""
        cells: list[Any] = [cell for _, cell in sorted(self.sheet._cells.items())]
        rows = {number: list(row) for number, row in groupby(cells, attrgetter("row"))}
        numbers = sorted(rows.keys() | self.sheet.row_dimensions.keys())
        text = "".join(part for number in numbers for part in self._row(number, rows.get(number)))
        if self._formulas != self.values.keys():
            raise RuntimeError(
                f"formulas and stored values do not match in sheet {self.sheet.title!r}: "
                f"{sorted(self._formulas ^ self.values.keys())}"
            )
        return text

    def _row(self, number: int, cells: Iterable[Any] | None) -> Iterator[str]:
        attributes = {"r": str(number), **dict(self.sheet.row_dimensions.get(number, {}))}
        yield "<row" + "".join(f' {key}="{attributes[key]}"' for key in sorted(attributes)) + ">"
        for cell in cells or ():
            if cell._value is not None or cell.has_style:
                yield self._cell(cell)
        yield "</row>"

    def _cell(self, cell: Any) -> str:
        address, value, kind = cell.coordinate, cell._value, cell.data_type
        if cell.hyperlink:
            cell.parent._hyperlinks.append(cell.hyperlink)
        head = f'<c r="{address}"{self._style(cell)}'
        if kind == "f":
            return self._formula(head, address, value)
        if kind == "s" and value:
            return f'{head} t="s"><v>{self.strings.number(value)}</v></c>'
        if kind == "s":
            return f'{head} t="inlineStr"></c>'
        if kind == "d":
            kind, value = "n", to_excel(value)  # type: ignore[no-untyped-call]
        stored = "" if value is None else f"<v>{_escaped(safe_string(value))}</v>"
        return f'{head} t="{kind}">{stored}</c>'

    def _style(self, cell: Any) -> str:
        if not cell.has_style:
            return ""
        key = cell._style.tobytes()
        if key not in self._styles:
            self._styles[key] = f' s="{cell.style_id}"'
        return self._styles[key]

    def _formula(self, head: str, address: str, formula: Any) -> str:
        self._formulas.add(address)
        attributes = ""
        if isinstance(formula, ArrayFormula):
            attributes = f' ref="{formula.ref}" t="array"'
            formula = formula.text
        elif self.spills is not None:
            attributes = f' t="array" ref="{self.spills.get(address, address)}"'
        mark = "" if self.spills is None else ' cm="1"'
        kind, value = _stored(self.values.get(address, math.nan))
        return f"{head}{mark}{kind}><f{attributes}>{_escaped(formula[1:])}</f><v>{value}</v></c>"


def rules_of(sheet: Worksheet) -> str:
    """The rules that say how cells look: each has one condition and one style."""
    workbook: Any = sheet.parent
    parts = []
    for cells in sheet.conditional_formatting:
        parts.append(f'<conditionalFormatting sqref="{cells.sqref}">')
        for rule in cells.rules:
            look = workbook._differential_styles.add(rule.dxf)
            parts.append(
                f'<cfRule dxfId="{look}" priority="{rule.priority}" stopIfTrue="1" '
                f'type="expression"><formula>{_escaped(rule.formula[0])}</formula></cfRule>'
            )
        parts.append("</conditionalFormatting>")
    return "".join(parts)


def _escaped(text: str) -> str:
    return escape(text, _CARRIAGE_RETURN)


def _stored(value: Value) -> tuple[str, str]:
    if isinstance(value, str):
        return ' t="str"', escape(value)
    if math.isnan(value):
        return ' t="e"', "#N/A"
    return "", repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
