"""Opening what people have: compressed or not, in the encoding and with the delimiter it has.

A file is looked at, never believed by its name: the first bytes say how it is compressed and
encoded, the first line how its cells are divided, the first character whether it is JSON.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from lmprice.billing.lazy import pl
from lmprice.billing.lines import KEPT, LONGEST_LINE, BlankLines, text_of
from lmprice.billing.plain_csv import blocks_of
from lmprice.billing.plain_json import plain_records
from lmprice.billing.readers.pieces import (
    LONGEST,
    BadLine,
    Document,
    Row,
    documents_of,
    lines_of,
    rows_of,
    values_of,
)
from lmprice.billing.usage import UsageError

DELIMITERS = (",", ";", "\t", "|")
_LOOK = 64 * 1024  # bytes of a file that say what it is
_BLOCK = 16 * 1024 * 1024
_JSON_BLOCK = _BLOCK // 2
_LONGEST = 1000  # lines of one quoted cell, at most
_ENCODINGS = ("utf-8-sig", "gb18030")  # tried in this order; UTF-16 says itself what it is


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file, decompressed where it is compressed (gzip or Zstandard)."""
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == b"\x1f\x8b":
        return io.BufferedReader(_Unpacked(gzip.open(path, "rb"), path))
    if start == b"\x28\xb5\x2f\xfd":
        try:
            import zstandard
        except ModuleNotFoundError:
            raise UsageError(
                f"{path.name} is compressed with Zstandard; pip install zstandard reads it"
            ) from None
        new = zstandard.ZstdDecompressor().decompressobj
        return io.BufferedReader(_Unpacked(_Frames(path.open("rb"), new), path))
    return path.open("rb")


class _Frames(io.RawIOBase):
    """What Zstandard frames hold, one after another; the library's own reader takes a cut end."""

    def __init__(self, file: IO[bytes], new: Any) -> None:
        self._file, self._new, self._frame = file, new, new()
        self._ready = memoryview(b"")

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        while not self._ready:
            packed = self._frame.unused_data or self._file.read(_LOOK)
            if self._frame.eof and packed:
                self._frame = self._new()
            if not packed:
                if self._frame.eof:
                    return 0
                raise EOFError
            self._ready = memoryview(self._frame.decompress(packed))
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class _Unpacked(io.RawIOBase):
    """What a compressed file holds; damage is said of the file."""

    def __init__(self, inside: Any, path: Path) -> None:
        self._inside, self._path = inside, path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        try:
            return int(self._inside.readinto(buffer))
        except Exception as error:  # each library has errors of its own, gzip those of three
            raise UsageError(
                f"{self._path.name}: the compressed file is damaged or cut short"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._inside.close()
        super().close()


@contextmanager
def _text(path: Path) -> Iterator[io.TextIOWrapper]:
    """The text of a file, in the encoding that its first bytes have."""
    encoding = _encoding(path)
    with opened(path) as file:
        is_zero = encoding != "utf-16" and b"\0" in file.readline(_LOOK)
    if is_zero:
        raise UsageError(
            f"{path.name}: its first line has bytes of zero: it is no text, or is UTF-32, or "
            "UTF-16 without its mark"
        )
    with (
        opened(path) as file,
        io.TextIOWrapper(file, encoding=encoding, errors=KEPT, newline="") as text,
    ):
        yield text


def _encoding(path: Path) -> str:
    with opened(path) as file:
        start = file.read(_LOOK)
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_utf16 and not start.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    for encoding in _ENCODINGS:
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
        if encoding == _ENCODINGS[0] or _is_chinese(start):
            return encoding
    return _ENCODINGS[0]


def guessed_encoding(path: Path) -> str | None:
    """The encoding of a file where its bytes do not prove it: the usual one of Chinese texts."""
    if is_zip(path):
        return None
    encoding = _encoding(path)
    return encoding.upper() if encoding == _ENCODINGS[1] else None


_HANZI = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")  # as nearly all Chinese text is written in GBK


def _is_chinese(start: bytes) -> bool:
    """Whether bytes beyond ASCII stand in pairs, as no Western text in one byte a sign has them."""
    beyond = sum(byte >= 0x80 for byte in start)
    return 2 * len(_HANZI.findall(start)) >= 0.9 * beyond


def is_zip(path: Path) -> bool:
    """Whether a file is an archive of others."""
    return zipfile.is_zipfile(path)


def is_json(path: Path) -> bool:
    """Whether a file starts as a JSON value or as one JSON value a line."""
    with opened(path) as file:
        start = file.read(_LOOK).decode(_encoding(path), errors="replace")
    return start.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def delimiter_of(line: str) -> str:
    """What divides the cells of a header line."""
    return max(DELIMITERS, key=line.count)


def table(path: Path) -> Iterator[Row]:
    """The header and then the rows of a delimited file; quoted cells may have line breaks."""
    with _text(path) as text:
        yield from _table(path, text)


def table_in_archive(path: Path, name: str) -> Iterator[Row]:
    """The header and then the rows of one delimited file of an archive."""
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(name) as file,
            io.TextIOWrapper(file, encoding="utf-8-sig", errors=KEPT, newline="") as text,
        ):
            yield from _table(path, text)
    except UsageError:
        raise
    except Exception as error:  # each way to pack has errors of its own
        raise UsageError(f"{path.name}: the archive is damaged or cannot be unpacked") from error


def _table(path: Path, text: io.TextIOWrapper) -> Iterator[Row]:
    lines = lines_of(text)
    header = _first_of(lines)
    if isinstance(header, BadLine):
        raise UsageError(f"{path.name}: {header.reason}")
    delimiter = delimiter_of(header)
    rows = rows_of(chain([header], lines), delimiter)
    names = next(rows, [])
    if isinstance(names, BadLine):
        raise UsageError(f"{path.name}: the header has a quote that does not close its cell")
    yield [name.strip() for name in names]
    yield from rows


def _first_of(lines: Iterator[str | BadLine]) -> str | BadLine:
    """The first line that says something."""
    return next((line for line in lines if isinstance(line, BadLine) or line.strip()), "")


def documents(path: Path) -> Iterator[Document]:
    """The JSON values of a file: one a line, those of a list, or one that is the whole file."""
    with _text(path) as text:
        yield from documents_of(path.name, text)


def json_blocks(path: Path, whole: frozenset[str]) -> Iterator[pl.DataFrame | Iterator[Document]]:
    """The JSON values of a file, some lines at a time: a table where these are plain.

    ``whole`` are columns that hold whole numbers where all of them are.
    """
    if not _has_lines(path):
        yield documents(path)
        return
    number = 1
    with opened(path) as file:
        for block in blocks_of(file, _JSON_BLOCK, LONGEST):
            if isinstance(block, list) and isinstance(block[0], BlankLines):
                number += block[0].lines
                continue
            if isinstance(block, list):
                number += len(block)
                said = f"line {number - 1} has more than {LONGEST:,} characters"
                yield iter([Document(BadLine(text_of(block[-1])[0], said), LONGEST_LINE)])
                continue
            lines = block.removeprefix(codecs.BOM_UTF8) if number == 1 else block
            found = plain_records(lines, whole)
            if found is None:
                text = io.TextIOWrapper(io.BytesIO(lines), "utf-8", KEPT, newline="")
                yield values_of(lines_of(text, number), number)
                number += block.count(b"\n")
            else:
                yield found
                number += found.height


def _has_lines(path: Path) -> bool:
    """Whether a file is UTF-8 and its first line is a record."""
    if _encoding(path) != _ENCODINGS[0]:
        return False
    with _text(path) as text:
        first = _first_of(lines_of(text))
    try:
        return isinstance(first, str) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def is_plain_csv(path: Path, columns: Mapping[str, str]) -> bool:
    """Whether a file is CSV in UTF-8 with commas, a line a row, with the columns of ours.

    ``columns`` says which of them are called otherwise.
    """
    with path.open("rb") as file:
        start = file.read(_LOOK)
    line = start.partition(b"\n")[0].removesuffix(b"\r")
    if b"\r" in line:  # which ends lines there
        return False
    header = line.decode("utf-8-sig", errors="replace").strip()
    names = [name.strip().strip('"') for name in header.split(",")]
    needed = {columns.get(name, name) for name in ("timestamp", "customer", "model")}
    return (
        needed <= set(names)
        and _encoding(path) == _ENCODINGS[0]
        and not _has_breaks(path, len(names))
    )


def _has_breaks(path: Path, width: int) -> bool:
    """Whether a quoted cell goes on in the next line; a quote that is never closed does not."""
    with path.open("rb") as file:
        if not any(b'"' in block for block in iter(lambda: file.read(_BLOCK), b"")):
            return False
        file.seek(0)
        lines = iter(lambda: file.readline(LONGEST_LINE), b"")
        opening = next((line for line in lines if line.count(b'"') % 2), None)
        if opening is None:
            return False
        record = (opening + b"".join(islice(lines, _LONGEST))).decode("utf-8-sig", errors="replace")
    try:
        cells = next(csv.reader(io.StringIO(record, newline=""), strict=True))
    except csv.Error:
        return False
    return len(cells) == width and any("\n" in cell for cell in cells)
