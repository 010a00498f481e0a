"""Blocks of a CSV file in which nothing is out of the ordinary, read at once.

A block is plain where it has no quote, as many commas as its lines take, no line that is too long,
and is UTF-8 throughout: then each of its lines is one row.  All other blocks are read line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

import numpy as np

from lmprice.billing.lazy import pl
from lmprice.billing.lines import LONGEST_LINE, BlankLines, LongLine, text_of

_BLOCK = 3 << 22


def blocks_of(file: IO[bytes], size: int = 0, longest: int = 0) -> Iterator[bytes | list[bytes]]:
    """The rest of a file in blocks of whole lines, of which the last one is never blank.

    A line that is longer than any row comes alone, in a list, after blank ones; so do more blank
    lines than such a line could have.
    """
    most = longest or LONGEST_LINE
    rest, blank = b"", BlankLines()
    while block := file.read(size or _BLOCK):
        data = rest + block
        if blank.length or len(data) > most:
            data = _let_go(data, blank, most)
            if blank.length and data:
                yield [blank]
                blank = BlankLines()
        end = data.rfind(b"\n") + 1
        if data[data.rfind(b"\n", 0, max(end - 1, 0)) + 1 : end].isspace():
            # Blank lines at the end of a file are none: they wait for what follows.
            end = len(data[:end].rstrip())
            end = data.find(b"\n", end) + 1 if end else 0
        if end:
            yield data[:end]
        rest = data[end:]
        start = rest.rfind(b"\n") + 1
        if len(rest) - start > most:
            before = rest[:start].split(b"\n")[:-1]
            line, rest = _long_line(rest[start:], file, size or _BLOCK)
            yield [*before, line]
    if rest.strip():
        yield rest


def _let_go(data: bytes, blank: BlankLines, most: int) -> bytes:
    """What follows on many blank lines, which are only counted."""
    stop = len(data) - len(data.lstrip())
    stop = data.rfind(b"\n", 0, stop) + 1 if stop < len(data) else stop
    if blank.length + stop <= most:
        return data
    blank.length += stop
    blank.lines += data.count(b"\n", 0, stop)
    return data[stop:]


def _long_line(start: bytes, file: IO[bytes], size: int) -> tuple[LongLine, bytes]:
    """A line that is too long, of which the beginning is kept, and what was read after it."""
    line, length = LongLine(start[:LONGEST_LINE]), len(start)
    while block := file.read(size):
        before, end, rest = block.partition(b"\n")
        length += len(before)
        if end:
            break
    else:
        rest = b""
    line.length = length
    return line, rest


def plain_table(
    block: bytes, header: Sequence[str], columns: Sequence[str], whole: frozenset[str]
) -> pl.DataFrame | None:
    """The cells of a plain block as text, and of some columns as whole numbers where all are.

    None where the block has anything that is out of the ordinary.
    """
    commas = len(header) - 1
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    rows = len(ends) + (not block.endswith(b"\n"))
    longest = int(np.diff(ends, prepend=-1, append=len(block)).max())
    is_odd = b'"' in block or b"\r" in block or block.count(b",") != rows * commas
    if is_odd or longest > LONGEST_LINE or not (block.isascii() or text_of(block)[1] is None):
        return None
    # Columns are read by number, whatever they are called.
    places = {f"column_{header.index(name) + 1}": name for name in columns}
    for numbers in (whole, frozenset[str]()):
        kinds = {
            f"column_{number}": pl.Int64 if name in numbers else pl.String
            for number, name in enumerate(header, 1)
        }
        try:
            table = pl.read_csv(
                block,
                has_header=False,
                schema=kinds,
                quote_char=None,
                columns=list(places),
            )
        except pl.exceptions.PolarsError:
            continue
        return table.rename(places).select(columns) if table.height == rows else None
    return None
