"""The lines of a file in blocks of bytes, and texts that keep every byte of what is unreadable.

A file is read block by block, however long its lines are.  A byte that is no UTF-8 stands in a text
as one of 128 characters for private use; a line that has such characters itself is taken byte by
byte.  So `as_bytes` gives back what stood in the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import IO

LONGEST_LINE = 1 << 20  # bytes; a row of usage has some hundred
_BLOCK = 1 << 24

_FIRST = 0x10FC80  # stands for the byte 0x80
_PRIVATE = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + 127)}]")
_SHOWN = {0xDC80 + n: _FIRST + n for n in range(128)}  # of "surrogateescape"
_WRITTEN = chr(_FIRST).encode()[:2]  # how such characters begin
_BACK = {private: surrogate for surrogate, private in _SHOWN.items()}


class LongLine(bytes):
    """The beginning of a line that is longer than any row of usage."""

    length: int

    @property
    def reason(self) -> str:
        """What is wrong with it."""
        return f"has {self.length:,} bytes, more than {LONGEST_LINE:,}; its beginning stands here"


class BlankLines(LongLine):
    """More blank lines than anybody leaves; they are taken as one line."""

    length = lines = 0

    @property
    def reason(self) -> str:
        """What is wrong with them."""
        return f"is {self.length:,} bytes of blank lines"


def lines_of(file: IO[bytes], most: int) -> Iterator[list[bytes]]:
    """Lines without their ends, up to ``most`` at a time; blank ones at the end are none."""
    blank: list[bytes] = []
    for lines in _blocks(file):
        lines[:0] = blank
        blank = []
        while lines and not lines[-1].strip():
            blank.append(lines.pop())
        blank.reverse()
        rest = iter(lines)
        while piece := list(islice(rest, most)):
            yield piece


def _blocks(file: IO[bytes]) -> Iterator[list[bytes]]:
    rest, length = b"", 0
    while block := file.read(_BLOCK):
        first, *others = block.split(b"\n")
        length += len(first)
        rest += first[: LONGEST_LINE + 1 - len(rest)]
        if not others:
            continue
        lines = [_line(rest, length), *(_line(line, len(line)) for line in others[:-1])]
        rest, length = others[-1][: LONGEST_LINE + 1], len(others[-1])
        yield lines
    if length:
        yield [_line(rest, length)]


def _line(start: bytes, length: int) -> bytes:
    if length <= LONGEST_LINE:
        return start
    found = LongLine(start[:LONGEST_LINE])
    found.length = length
    return found


def text_of(line: bytes) -> tuple[str, str | None]:
    """A line as text, and what is wrong with it as such."""
    if isinstance(line, LongLine):
        return _escaped(line), line.reason
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _escaped(line), "is not UTF-8"
    if _PRIVATE.search(text):
        return _escaped(line), f"has a character from U+{_FIRST:X} to U+{_FIRST + 127:X}"
    return text, None


def is_readable(lines: list[bytes]) -> bool:
    """Whether all lines are text of an ordinary length."""
    if any(isinstance(line, LongLine) for line in lines):
        return False
    return text_of(b"\n".join(lines))[1] is None


def _escaped(line: bytes) -> str:
    text = line.decode("utf-8", "surrogateescape")
    if _PRIVATE.search(text):
        text = line.decode("ascii", "surrogateescape")
    return text.translate(_SHOWN)


def is_spoilt(text: str) -> bool:
    """Whether a text that was decoded with `KEPT` has bytes that are none of its encoding."""
    return not text.isascii() and _PRIVATE.search(text) is not None


KEPT = "lmprice-kept"  # what decoding does with such bytes: they are kept as in `text_of`


def _kept(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(_FIRST + byte % 128) for byte in bad), error.end


codecs.register_error(KEPT, _kept)


def shown_bytes(text: str) -> str:
    r"""A text that was decoded with "surrogateescape", as tables can hold it.

    >>> as_bytes(shown_bytes(b"caf\xe9".decode("utf-8", "surrogateescape")))
    b'caf\xe9'
    """
    return text.translate(_SHOWN)


def as_bytes(text: str) -> bytes:
    """A text as it stood in a file."""
    return text.translate(_BACK).encode("utf-8", "surrogateescape")


def as_they_were(written: bytes) -> bytes:
    """Lines that were written as UTF-8, with the bytes that stood in the file they are from."""
    return as_bytes(written.decode()) if _WRITTEN in written else written
