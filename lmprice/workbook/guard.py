"""A look at a stranger's workbook before any parser sees it.

Nothing in the libraries below stops an archive that unpacks to gigabytes, or XML whose entities
grow without end.  So sizes are read from the directory of the archive, and XML with a document
type declaration, which no spreadsheet writes, is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

MEGABYTE = 1 << 20
MAX_PART = 8 * MEGABYTE
MAX_TOTAL = 32 * MEGABYTE
# Names and styles take the longest to read for their size; a template has a few kilobytes.
MAX_SMALL_PART = MEGABYTE // 2
SMALL_PARTS = ("xl/workbook.xml", "xl/styles.xml")
MAX_PARTS = 1000
MAX_RATIO = 250  # a real sheet packs to a tenth or a twentieth
REQUIRED = {"[Content_Types].xml", "xl/workbook.xml"}

OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how a compound file of Microsoft begins
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"

_BINARY = (".bin", ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf")
_CELL = re.compile(
    rb"""<(?:\w{1,9}:)?c\s(?:[^<>]{0,300}?\s)?r\s{0,9}=\s{0,9}["']([A-Za-z]{1,3}\d{1,7})["']"""
)
_BELOW = re.compile(
    rb"""\st\s{0,9}=\s{0,9}["']s["'][^<>]{0,99}>\s{0,99}<(?:\w{1,9}:)?v[^<>]{0,99}>\s{0,99}-"""
)
_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")


def refusal(content: bytes) -> str | None:
    """Why a file is not opened ("is not an Excel workbook"), or None when it may be."""
    if content.startswith(OLD_OR_LOCKED):
        return (
            "is a workbook of Excel 97 to 2003 (.xls), or is locked with a password: save it as "
            ".xlsx without a password"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _bad_directory(archive) or _bad_xml(archive)
    except Exception:  # zipfile and the decompressors raise whatever a damaged archive leads to
        return "is not an Excel workbook, or is damaged"


def _bad_directory(archive: zipfile.ZipFile) -> str | None:  # noqa: PLR0911
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        return "is a binary workbook (.xlsb): save it as .xlsx"
    if "mimetype" in names and archive.open("mimetype").read(64).startswith(OPEN_DOCUMENT):
        return "is an OpenDocument file, not an Excel workbook: save it as .xlsx"
    if not names >= REQUIRED:
        return "is not an Excel workbook"
    if len(parts) > MAX_PARTS:
        return f"has {len(parts)} parts, more than the {MAX_PARTS} allowed"
    if len(names) < len(parts):
        return "has two parts of the same name"
    if any(part.flag_bits & 1 for part in parts):
        return "is encrypted"
    for part in parts:
        if ".." in part.filename.split("/") or part.filename.startswith("/"):
            return f"has a part with a bad name ({part.filename!r})"
        is_large = part.file_size > MEGABYTE
        most = MAX_SMALL_PART if part.filename in SMALL_PARTS else MAX_PART
        if part.file_size > most or (is_large and part.file_size > MAX_RATIO * part.compress_size):
            return f"unpacks to too much ({part.filename}: {part.file_size / MEGABYTE:.1f} MB)"
    total = sum(part.file_size for part in parts)
    if total > MAX_TOTAL:
        return f"unpacks to too much ({total // MEGABYTE} MB)"
    return None


def _bad_xml(archive: zipfile.ZipFile) -> str | None:
    for part in archive.infolist():
        # Any other part may be read as XML, whatever it is called.
        if part.filename.endswith(_BINARY):
            continue
        content = archive.read(part).removeprefix(b"\xef\xbb\xbf")
        # Other encodings would hide a declaration from the search below.
        encoding = _ENCODING.match(content)
        if not content.startswith(b"<") or (encoding and encoding[1].lower() != b"utf-8"):
            return f"has XML that is not UTF-8 ({part.filename})"
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            return f"declares XML entities ({part.filename})"
        if b"sheetData" in content and (bad := _bad_cells(content)):
            return f"{bad} ({part.filename})"
    return None


def _bad_cells(sheet: bytes) -> str | None:
    """What is wrong with the cells of a sheet that a parser would take one for another."""
    addresses = [address.upper() for address in _CELL.findall(sheet)]
    if len(set(addresses)) < len(addresses):
        twice = next(one for one, count in Counter(addresses).items() if count > 1)
        return f"has the cell {twice.decode()} twice"
    # Python counts from the end of a list then.
    return "has a text with a number below 0" if _BELOW.search(sheet) else None
