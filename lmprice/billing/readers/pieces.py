"""Texts taken apart into lines, rows and JSON values, none larger than memory should hold.

What cannot be read as one of them is handed on as a bad line, for it to be refused, and what
follows it is read as if it were not there.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from itertools import chain, count
from typing import IO, Any, NamedTuple

from lmprice.billing.lines import is_spoilt
from lmprice.billing.usage import UsageError
from lmprice.language.errors import unreadable
from lmprice.output.strict_json import DECODER, TwiceError

LONGEST = 1 << 24  # characters of a line, a row or a value in a list
LARGEST = 1 << 27  # characters of JSON that is one value, which is read whole
_BLOCK = 1 << 22
_SHOWN = 1000
_MANY = 1000  # blank lines, one after another, in a file that somebody has made
_BLANKS = re.compile(r"[ \t\r\n\ufeff]*")


class BadLine(NamedTuple):
    """A line of a file that is not what its other lines are."""

    text: str
    reason: str


class Document(NamedTuple):
    """A JSON value, or a line that is none, with the characters that it takes."""

    value: Any
    size: int


Row = list[str] | BadLine
Lines = Iterator[str | BadLine]


def lines_of(text: IO[str], first: int = 1) -> Lines:
    """The lines of a text, of which the next has a number; many blank ones are let go at once."""
    ahead = _Ahead(text)
    readline: Callable[[int], str] = text.readline
    number, blank = first, 0
    while line := readline(LONGEST):
        blank = blank + 1 if line.isspace() else 0
        if len(line) < LONGEST or line.endswith("\n"):
            if is_spoilt(line):
                yield BadLine(line.rstrip("\r\n"), f"line {number} {_spoilt(text)}")
            else:
                yield line
        else:
            while (rest := readline(LONGEST)) and not rest.endswith("\n"):
                pass
            yield BadLine(line[:_SHOWN], f"line {number} has more than {LONGEST:,} characters")
        number += 1
        if blank > _MANY:
            number += ahead.let_blanks_go()
            readline, blank = ahead.readline, 0


class _Ahead:
    """A text of which some was read already, to look at it as a whole."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._read = text, io.StringIO()

    def readline(self, most: int) -> str:
        """The next line, or as much of it."""
        return self._read.readline(most) or self._text.readline(most)

    def let_blanks_go(self) -> int:
        """Pass over lines of nothing but blanks, and say how many these are."""
        lines = 0
        block = self._read.read() or self._block()
        while block.isspace():
            lines += _breaks(block)
            block = self._block()
        blanks = block[: len(block) - len(block.lstrip())]
        start = blanks.rfind("\n") + 1
        self._read = io.StringIO(block[start:] + self._text.readline(LONGEST), newline="")
        return lines + _breaks(blanks[:start])

    def _block(self) -> str:
        block = self._text.read(_BLOCK)
        return block + self._text.read(1) if block.endswith("\r") else block


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _spoilt(text: IO[str]) -> str:
    """What is wrong with bytes that are none of the encoding of a text."""
    return f"is not {getattr(text, 'encoding', 'utf-8').upper().removesuffix('-SIG')}"


def rows_of(lines: Lines, delimiter: str) -> Iterator[Row]:
    """The rows of lines; quoted cells may have line breaks, and blank rows are none."""
    csv.field_size_limit(LONGEST)
    waiting: deque[str | BadLine] = deque()
    while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
        if isinstance(line, BadLine):
            yield line
            continue
        if '"' in line:
            row = _quoted(line, waiting, lines, delimiter)
        else:
            row = line.rstrip("\r\n").split(delimiter)
        if isinstance(row, BadLine) or any(map(str.strip, row)):
            yield row


def _quoted(line: str, waiting: deque[str | BadLine], lines: Lines, delimiter: str) -> Row:
    """The row that begins with a line; a quote that does not close its cell spoils its line only.

    The lines that were looked at in vain are waiting afterwards.
    """
    taken: list[str | BadLine] = []

    def fed() -> Iterator[str]:
        yield line
        size = len(line)
        while size < LONGEST:
            following = waiting.popleft() if waiting else next(lines, None)
            if following is None:
                return
            taken.append(following)
            if isinstance(following, BadLine):
                return
            size += len(following)
            yield following

    try:
        return next(csv.reader(fed(), delimiter=delimiter, strict=True))
    except csv.Error:
        waiting.extendleft(reversed(taken))
        return BadLine(line.rstrip("\r\n"), "the row has a quote that does not close its cell")


def documents_of(name: str, text: IO[str]) -> Iterator[Document]:
    """The JSON values of a text: one a line, those of a list, or one that is all of it."""
    start = text.read(1)
    while start and _BLANKS.fullmatch(start):
        start = text.read(1)
    if start == "[":
        *rest, last = (yield from _elements(name, text)).split("\n")
        yield from values_of(chain(rest, [last + text.readline(LONGEST)], lines_of(text)), 2)
        return
    first = start + text.readline(LARGEST)
    try:
        try:
            value = DECODER.decode(first)
        except TwiceError as error:
            json.loads(first)  # shows whether the line is a value
            value = BadLine(first.rstrip("\r\n"), f"line 1: {error}")
        if is_spoilt(first):
            value = BadLine(first.rstrip("\r\n"), f"line 1 {_spoilt(text)}")
        yield Document(value, len(first))
    except (ValueError, RecursionError):
        whole = first + text.read(max(LARGEST - len(first), 0))
        if is_spoilt(whole):
            raise UsageError(f"{name} {_spoilt(text)}") from None
        yield Document(_whole(name, whole, is_cut=bool(text.read(1))), len(whole))
        return
    yield from values_of(lines_of(text, 2), 2)


def values_of(lines: Lines, first: int) -> Iterator[Document]:
    """The JSON values of lines, of which the first has a number."""
    for number, line in enumerate(lines, first):
        if isinstance(line, BadLine):
            yield Document(line, len(line.text))
            continue
        if not line.strip():
            continue
        try:
            value = DECODER.decode(line.rstrip())
        except TwiceError as error:
            value = BadLine(line.rstrip("\r\n"), f"line {number}: {error}")
        except ValueError as error:
            value = BadLine(line.rstrip("\r\n"), unreadable(error, number))
        except RecursionError:
            value = BadLine(line[:_SHOWN], f"line {number} is nested too deeply")
        yield Document(value, len(line))


def _whole(name: str, text: str, *, is_cut: bool) -> Any:
    if is_cut:
        raise UsageError(
            f"{name}: one JSON value of more than {LARGEST:,} characters; write its records as a "
            "list or one a line"
        )
    try:
        return DECODER.decode(text)
    except TwiceError as error:
        raise UsageError(f"{name}: {error}") from None
    except ValueError as error:
        raise UsageError(f"{name}: {unreadable(error)}") from None
    except RecursionError:
        raise UsageError(f"{name}: JSON that is nested too deeply") from None


def _elements(name: str, text: IO[str]) -> Generator[Document, None, str]:
    """The values of a list whose bracket is read, one at a time; returns what follows the list."""
    buffer, place, any_spoilt = "", 0, False

    def more() -> bool:
        nonlocal buffer, place, any_spoilt
        block = text.read(_BLOCK)
        any_spoilt |= is_spoilt(block)
        if block:
            buffer, place = buffer[place:] + block, 0
        return bool(block)

    def sign() -> str:
        """The next character that is no blank; none at the end of the text."""
        nonlocal place
        while True:
            blanks = _BLANKS.match(buffer, place)
            place = place if blanks is None else blanks.end()
            if place < len(buffer) or not more():
                return buffer[place : place + 1]

    def value(number: int) -> Document:
        nonlocal place
        while True:
            try:
                found, end = DECODER.raw_decode(buffer, place)
                if end == len(buffer) and more():
                    continue  # a number may go on
                start, place = place, end
                if any_spoilt and is_spoilt(buffer[start:end]):
                    bad = f"line of the value {number:,} of the list {_spoilt(text)}"
                    found = BadLine(buffer[start:end], bad)
                return Document(found, end - start)
            except RecursionError:
                raise UsageError(f"{name}: JSON that is nested too deeply") from None
            except TwiceError as error:
                raise UsageError(f"{name}: {error} in value {number:,} of its list") from None
            except ValueError:
                if len(buffer) - place < LONGEST and more():
                    continue
                raise UsageError(f"{name}: value {number:,} of its list is no JSON") from None

    following = sign()
    for number in count(1):
        if following == "]":
            break
        yield value(number)
        following = sign()
        if following == ",":
            place += 1
            following = sign()
            if following != "]":
                continue
            following = ""
        if following != "]":
            raise UsageError(f"{name}: its list goes on with no comma after value {number:,}")
    return buffer[place + 1 :]
