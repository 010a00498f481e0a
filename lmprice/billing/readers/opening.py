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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from lmprice.billing.lazy import pl
from lmprice.billing.plain_csv import blocks_of
from lmprice.billing.plain_json import plain_records
from lmprice.billing.usage import UsageError
from lmprice.language.errors import unreadable

DELIMITERS = (",", ";", "\t", "|")
_LOOK = 64 * 1024  # bytes of a file that say what it is
_BLOCK = 16 * 1024 * 1024
_LONGEST = 1000  # lines of one quoted cell, at most
_ENCODINGS = ("utf-8-sig", "gb18030")  # tried in this order; UTF-16 says itself what it is
_LARGEST_CELL = 16 * 1024 * 1024
_LARGEST_DOCUMENT = 1024 * 1024 * 1024  # JSON that is one value is read whole


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
    with (
        opened(path) as file,
        io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text,
    ):
        yield text


def _encoding(path: Path) -> str:
    with opened(path) as file:
        start = file.read(_LOOK)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in _ENCODINGS:
        try:
            codecs.getincrementaldecoder(encoding)().decode(start)
        except UnicodeDecodeError:
            continue
        if encoding == _ENCODINGS[0] or _is_chinese(start):
            return encoding
    return _ENCODINGS[0]


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


def table(path: Path) -> Iterator[list[str]]:
    """The header and then the rows of a delimited file; quoted cells may have line breaks."""
    with _text(path) as text:
        yield from _table(text)


def table_in_archive(path: Path, name: str) -> Iterator[list[str]]:
    """The header and then the rows of one delimited file of an archive."""
    with (
        zipfile.ZipFile(path) as archive,
        archive.open(name) as file,
        io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="") as text,
    ):
        yield from _table(text)


def _table(text: io.TextIOWrapper) -> Iterator[list[str]]:
    csv.field_size_limit(_LARGEST_CELL)
    header = next((line for line in text if line.strip()), "")
    delimiter = delimiter_of(header)
    yield [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    yield from (row for row in csv.reader(text, delimiter=delimiter) if any(map(str.strip, row)))


class BadLine(NamedTuple):
    """A line of a file that is not what its other lines are."""

    text: str
    reason: str


def documents(path: Path) -> Iterator[Any]:
    """The JSON values of a file: one a line, or one that is the whole file."""
    with _text(path) as text:
        yield from _documents(path, text)


def _documents(path: Path, text: io.TextIOWrapper) -> Iterator[Any]:
    first = next((line for line in text if line.strip()), "")
    try:
        yield json.loads(first)
    except (ValueError, RecursionError):
        yield _whole(path, first + text.read(_LARGEST_DOCUMENT), is_cut=bool(text.read(1)))
        return
    yield from _each_line(text, 2)


def _each_line(text: Iterable[str], first: int) -> Iterator[Any]:
    """The JSON values of lines, of which the first one has a number in its file."""
    for number, line in enumerate(text, first):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                yield BadLine(line.rstrip("\r\n"), unreadable(error, number))
            except RecursionError:
                yield BadLine(line[:200], f"line {number} is nested too deeply")


def json_blocks(path: Path) -> Iterator[pl.DataFrame | Iterator[Any]]:
    """The JSON values of a file, some lines at a time: a table where these are plain."""
    if not _has_lines(path):
        yield documents(path)
        return
    number = 1
    with opened(path) as file:
        for block in blocks_of(file):
            lines = block.removeprefix(codecs.BOM_UTF8) if number == 1 else block
            found = plain_records(lines)
            if found is None:
                text = io.TextIOWrapper(io.BytesIO(lines), "utf-8", "replace", newline="")
                yield _each_line(text, number)
            else:
                yield found
            number += block.count(b"\n")


def _has_lines(path: Path) -> bool:
    """Whether a file is UTF-8 and has one JSON value a line, as its first one is."""
    if _encoding(path) != _ENCODINGS[0]:
        return False
    with _text(path) as text:
        first = next((line for line in text if line.strip()), "")
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(path: Path, text: str, *, is_cut: bool) -> Any:
    if is_cut:
        raise UsageError(f"{path.name}: one JSON value of more than 1 GB")
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{path.name}: {unreadable(error)}") from None
    except RecursionError:
        raise UsageError(f"{path.name}: JSON that is nested too deeply") from None


def is_plain_csv(path: Path) -> bool:
    """Whether a file is CSV in UTF-8 with commas, a line a row, with the columns of ours."""
    with path.open("rb") as file:
        start = file.read(_LOOK)
    header = start.partition(b"\n")[0].decode("utf-8-sig", errors="replace").strip()
    names = [name.strip().strip('"') for name in header.split(",")]
    is_ours = {"timestamp", "customer", "model"} <= set(names)
    return is_ours and _encoding(path) == _ENCODINGS[0] and not _has_breaks(path, len(names))


def _has_breaks(path: Path, width: int) -> bool:
    """Whether a quoted cell goes on in the next line; a quote that is never closed does not."""
    with path.open("rb") as file:
        if not any(b'"' in block for block in iter(lambda: file.read(_BLOCK), b"")):
            return False
        file.seek(0)
        opening = next((line for line in file if line.count(b'"') % 2), None)
        if opening is None:
            return False
        record = (opening + b"".join(islice(file, _LONGEST))).decode("utf-8-sig", errors="replace")
    try:
        cells = next(csv.reader(io.StringIO(record, newline=""), strict=True))
    except csv.Error:
        return False
    return len(cells) == width and any("\n" in cell for cell in cells)
