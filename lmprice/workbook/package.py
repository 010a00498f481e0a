"""Saving a workbook: stored values, fixed dates, the same bytes every time.

openpyxl writes formulas without a value and stamps the file with the current time.  Here every
formula cell gets the value that the library computed, so that previews, Protected View and pandas
show numbers before anything is recalculated.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeVar

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import Element

from lmprice.workbook.canonical import canonical
from lmprice.workbook.rows import Rows, Strings, Value, rules_of

CellKey = tuple[str, str]  # title of the sheet, address of the cell
T = TypeVar("T")

_STAMP = "2025-01-01T00:00:00Z"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
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
    with _Package(buffer, is_spilling=spills is not None) as archive:
        ranges = None if spills is None else _by_sheet(spills)
        _Writer(workbook, archive, _by_sheet(values), ranges).save()
    return buffer.getvalue()


def _by_sheet(cells: Mapping[CellKey, T]) -> dict[str, dict[str, T]]:
    found: defaultdict[str, dict[str, T]] = defaultdict(dict)
    for (title, address), value in cells.items():
        found[title][address] = value
    return found


class _Writer(ExcelWriter):
    """Writes a workbook, the rows of its sheets with the values of their formulas."""

    def __init__(
        self,
        workbook: Workbook,
        archive: _Package,
        values: Mapping[str, Mapping[str, Value]],
        spills: Mapping[str, Mapping[str, str]] | None,
    ) -> None:
        super().__init__(workbook, archive)
        self.package = archive
        self.values, self.spills = values, spills

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        spills = None if self.spills is None else self.spills.get(ws.title, {})
        rows = Rows(ws, self.values.get(ws.title, {}), spills, self.package.strings)
        around: Any = _Around(ws, io.BytesIO(), rows)
        around.write()
        ws._rels = around._rels
        self.package.write_sheet(ws.path[1:], around.read(), around.inside)
        self.manifest.append(ws)


class _Around(WorksheetWriter):
    """What stands in a sheet around its rows and its rules, which have empty places in it."""

    def __init__(self, sheet: Worksheet, file: io.BytesIO, rows: Rows) -> None:
        super().__init__(sheet, file)
        self.sheet_rows = rows
        self.inside: dict[str, str] = {}

    def write_rows(self) -> None:
        self.inside["sheetData"] = f"<sheetData>{self.sheet_rows.text()}</sheetData>"
        self.xf.send(Element("sheetData"))

    def write_formatting(self) -> None:
        rules = rules_of(self.sheet_rows.sheet)
        if rules:
            self.inside["conditionalFormatting"] = rules
            self.xf.send(Element("conditionalFormatting"))


class _Package(zipfile.ZipFile):
    """A zip file that fixes dates and normalizes XML as openpyxl writes to it."""

    def __init__(self, file: io.BytesIO, *, is_spilling: bool) -> None:
        super().__init__(file, "w", zipfile.ZIP_DEFLATED)
        self.strings = Strings()
        self._is_spilling = is_spilling

    def write_sheet(self, name: str, around: bytes, inside: dict[str, str]) -> None:
        """A sheet, what is inside of which is canonical as it comes."""
        text = canonical(around.decode())
        for tag, content in reversed(inside.items()):  # the long rows last
            before, place, after = text.partition(f"<{tag}></{tag}>")
            if not place:
                raise RuntimeError(f"{name} has no place for its {tag}")
            text = before + content + after
        self._store(name, text)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        content = data.encode() if isinstance(data, str) else data
        if zinfo_or_arcname.endswith((".xml", ".rels")):
            self._store(zinfo_or_arcname, self._finished(zinfo_or_arcname, content.decode()))
        else:
            self._store_bytes(zinfo_or_arcname, content)

    def _store(self, name: str, text: str) -> None:
        self._store_bytes(name, (_DECLARATION + text).encode())

    def _store_bytes(self, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, _ZIP_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3  # the same on every system
        info.external_attr = 0o600 << 16
        super().writestr(info, content)

    def _finished(self, name: str, text: str) -> str:
        # Canonical XML reads the same whether openpyxl wrote it through lxml or not.
        text = canonical(text)
        if name == "docProps/core.xml":
            text = _DATES.sub(rf"\g<1>{_STAMP}", text)
        if name.startswith("xl/charts/chart"):
            # Excel would make the name of a lone line the title of a chart that has none.
            is_titled = "<title>" in text.partition("<plotArea>")[0]  # axes have titles too
            deleted = "0" if is_titled else "1"
            mark = f'<autoTitleDeleted val="{deleted}"></autoTitleDeleted><plotArea>'
            text = text.replace("<plotArea>", mark, 1)
        if name == "xl/_rels/workbook.xml.rels":  # written after all sheets
            self.writestr(_TEXTS.path, _table_of(self.strings))
            if self._is_spilling:
                self.writestr(_SPILLING.path, _SPILLING_CONTENT)
            text = text.replace("</Relationships>", f"{self._added('relation')}</Relationships>")
        if name == "[Content_Types].xml":
            text = text.replace("</Types>", f"{self._added('override')}</Types>")
        return text

    def _added(self, what: Literal["relation", "override"]) -> str:
        parts = (_TEXTS, _SPILLING) if self._is_spilling else (_TEXTS,)
        return "".join(getattr(part, what) for part in parts)


def _table_of(strings: Strings) -> str:
    items = list(strings.items)
    return f'<sst xmlns="{_MAIN}" uniqueCount="{len(items)}">{"".join(items)}</sst>'
