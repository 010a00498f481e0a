"""Saving a workbook: stored values, fixed dates, the same bytes every time.

openpyxl writes formulas without a value and stamps the file with the current time.  Here every
formula cell gets the value that the library computed, so that previews, Protected View and pandas
show numbers before anything is recalculated.  Texts go to the table of shared strings, where Excel
would move them at the first save.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from lmprice.workbook.canonical import canonical

CellKey = tuple[str, str]  # title of the sheet, address of the cell
Value = float | str
T = TypeVar("T")

_STAMP = "2025-01-01T00:00:00Z"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMULA_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*>[^<]*</f>)<v></v></c>')
_INLINE_TEXT = re.compile(r't="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is></c>')
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATES = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class _Part(NamedTuple):
    """A part that openpyxl does not write."""

    name: str
    relation_type: str
    content_type: str

    @property
    def path(self) -> str:
        return f"xl/{self.name}.xml"

    @property
    def relation(self) -> str:
        kind = f"{_RELATIONS}/{self.relation_type}"
        return f'<Relationship Id="{self.name}" Target="/{self.path}" Type="{kind}"></Relationship>'

    @property
    def override(self) -> str:
        kind = f"{_TYPES}.{self.content_type}+xml"
        return f'<Override ContentType="{kind}" PartName="/{self.path}"></Override>'


_TEXTS = _Part("sharedStrings", "sharedStrings", "sharedStrings")
_SPILLING = _Part("metadata", "sheetMetadata", "sheetMetadata")
_DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
# What cm="1" on a cell refers to: the property of a dynamic array.
_SPILLING_CONTENT = f"""<metadata xmlns="{_MAIN}" xmlns:xda="{_DYNAMIC}">\
<metadataTypes count="1"><metadataType name="XLDAPR" minSupportedVersion="120000" copy="1" \
pasteAll="1" pasteValues="1" merge="1" splitFirst="1" rowColShift="1" clearFormats="1" \
clearComments="1" assign="1" coerce="1" cellMeta="1"></metadataType></metadataTypes>\
<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext \
uri="{{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}}"><xda:dynamicArrayProperties fDynamic="1" \
fCollapsed="0"></xda:dynamicArrayProperties></ext></extLst></bk></futureMetadata>\
<cellMetadata count="1"><bk><rc t="1" v="0"></rc></bk></cellMetadata></metadata>"""


def package(
    workbook: Workbook,
    values: Mapping[CellKey, Value],
    *,
    spills: Mapping[CellKey, str] | None = None,
) -> bytes:
    """The bytes of the .xlsx file, with a stored value in every formula cell.

    With ``spills`` a formula may give a range, as every formula may that is typed into Excel 365;
    it has the range of each that fills more than its cell.  Without, a formula gives one value in
    every version of Excel.
    """
    buffer = io.BytesIO()
    ranges = None if spills is None else _by_part(workbook, spills)
    with _Package(buffer, _by_part(workbook, values), ranges) as archive:
        ExcelWriter(workbook, archive).save()
    return buffer.getvalue()


def _by_part(workbook: Workbook, values: Mapping[CellKey, T]) -> dict[str, dict[str, T]]:
    parts: dict[str, dict[str, T]] = {}
    for number, sheet in enumerate(workbook.worksheets, 1):
        own = {address: value for (title, address), value in values.items() if title == sheet.title}
        parts[f"xl/worksheets/sheet{number}.xml"] = own
    return parts


class _Package(zipfile.ZipFile):
    """A zip file that fixes dates, normalizes XML and stores values as openpyxl writes to it."""

    def __init__(
        self,
        file: io.BytesIO,
        values: dict[str, dict[str, Value]],
        spills: dict[str, dict[str, str]] | None,
    ) -> None:
        super().__init__(file, "w", zipfile.ZIP_DEFLATED)
        self._values = values
        self._spills = spills
        self._texts: dict[str, int] = {}  # each text of the sheets with its place in the table

    def writestr(
        self,
        zinfo_or_arcname: Any,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        content = data.encode() if isinstance(data, str) else data
        info = zipfile.ZipInfo(zinfo_or_arcname, _ZIP_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # the same on every system
        info.external_attr = 0o600 << 16
        super().writestr(info, self._finished(info.filename, content), compress_type, compresslevel)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        self.writestr(arcname.lstrip("/"), Path(filename).read_bytes())

    def _finished(self, name: str, content: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return content
        # Canonical XML reads the same whether openpyxl wrote it through lxml or not.
        text = canonical(content.decode())
        if name == "docProps/core.xml":
            text = _DATES.sub(rf"\g<1>{_STAMP}", text)
        if name.startswith("xl/charts/chart"):
            # Excel would make the name of a lone line the title of a chart that has none.
            is_titled = "<title>" in text.partition("<plotArea>")[0]  # axes have titles too
            deleted = "0" if is_titled else "1"
            mark = f'<autoTitleDeleted val="{deleted}"></autoTitleDeleted><plotArea>'
            text = text.replace("<plotArea>", mark, 1)
        if name in self._values:
            ranges = None if self._spills is None else self._spills[name]
            text = _with_values(text, self._values[name], ranges)
            text = _INLINE_TEXT.sub(self._shared, text)
        if name == "xl/_rels/workbook.xml.rels":  # written after all sheets
            self.writestr(_TEXTS.path, _table_of(self._texts))
            if self._spills is not None:
                self.writestr(_SPILLING.path, _SPILLING_CONTENT)
            text = text.replace("</Relationships>", f"{self._added('relation')}</Relationships>")
        if name == "[Content_Types].xml":
            text = text.replace("</Types>", f"{self._added('override')}</Types>")
        return (_DECLARATION + text).encode()

    def _added(self, what: Literal["relation", "override"]) -> str:
        parts = (_TEXTS,) if self._spills is None else (_TEXTS, _SPILLING)
        return "".join(getattr(part, what) for part in parts)

    def _shared(self, match: re.Match[str]) -> str:
        """A cell that refers to the table of texts, where Excel would move its text anyway."""
        number = self._texts.setdefault(match[1], len(self._texts))
        return f't="s"><v>{number}</v></c>'


def _table_of(texts: Iterable[str]) -> str:
    items = [f"<si>{text}</si>" for text in texts]
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(items)}">{"".join(items)}</sst>'


def _with_values(text: str, values: dict[str, Value], spills: dict[str, str] | None) -> str:
    missing = dict(values)

    def stored(match: re.Match[str]) -> str:
        address, attributes, formula = match.groups()
        if address not in missing:
            return match[0]
        kind, value = _stored(missing.pop(address))
        if spills is not None:
            attributes += ' cm="1"'
            filled = spills.get(address, address)
            formula = formula.replace("<f>", f'<f t="array" ref="{filled}">')
        return f'<c r="{address}"{attributes}{kind}>{formula}<v>{value}</v></c>'

    text = _FORMULA_CELL.sub(stored, text)
    formulas = len(re.findall("<f[ >]", text))
    if missing or formulas != len(values):
        raise RuntimeError(
            f"formulas and stored values do not match: {formulas} formulas, {len(values)} values, "
            f"no formula at {sorted(missing)}"
        )
    return text


def _stored(value: Value) -> tuple[str, str]:
    if isinstance(value, str):
        return ' t="str"', escape(value)
    if math.isnan(value):
        return ' t="e"', "#N/A"
    return "", repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
