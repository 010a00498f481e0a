"""Blocks of JSON lines in which nothing is out of the ordinary, read at once.

A block is plain where each line is one object with the same keys as the first, each of them once,
and its values are texts, numbers, true, false or null.  A key is what stands before a colon:
counting shows that a block has as many as its lines take, and where none of them lacks a value,
none has a key twice.  All other blocks are read value by value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from lmprice.billing.lazy import pl

_LOOK = 1 << 12  # bytes that show whether a block has nulls
_NULL = -7_046_029_254_386_353_131  # what stands for null: a number that no plain block has
# Numbers with a point or an exponent, which reading would round to binary fractions.
_FRACTION = r'":\s*-?\d+[.eE]'
_FRACTIONS = r'(":\s*)(-?(?:0|[1-9]\d*)(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+))(\s*[,}])'


def plain_records(block: bytes, whole: frozenset[str] = frozenset()) -> pl.DataFrame | None:
    """The cells of a plain block as texts, and of some columns as whole numbers where all are.

    None where the block has anything that is out of the ordinary.
    """
    signs = np.frombuffer(block, np.uint8)
    rows = np.count_nonzero(signs == ord("\n")) + (not block.endswith(b"\n"))
    # Without escapes, quotes stand around keys and texts only.
    if b"\\" in block or b"[" in block or np.count_nonzero(signs == ord("{")) != rows:
        return None
    is_quote, is_colon = signs == ord('"'), signs[1:] == ord(":")
    if np.any(is_colon & (signs[:-1] <= ord(" "))):  # there may be a key before the blank
        return None
    quotes, keys = np.count_nonzero(is_quote), np.count_nonzero(is_quote[:-1] & is_colon)
    try:
        first = json.loads(block.partition(b"\n")[0])
        if keys != rows * len(first):
            return None
        has_fractions = any(isinstance(value, float) for value in first.values())
        table = None if has_fractions else _table(block, first, whole)
        if table is None or quotes != 2 * (keys + _texts(table)):  # some are no texts
            written = _with_fractions_as_texts(block)
            table = _table(written, first, whole) if table is None or written != block else table
    except (ValueError, pl.exceptions.PolarsError):
        return None
    return table if table.height == rows else None


def _texts(table: pl.DataFrame) -> int:
    return sum(column.count() for column in table if column.dtype == pl.String)


def _table(block: bytes, names: Iterable[str], whole: frozenset[str]) -> pl.DataFrame:
    """The cells of all lines.

    Raises
    ------
    ValueError
        Where a line lacks a key, and so another one may have it twice.
    """
    if b"null" not in block[:_LOOK]:
        table = _read(block, names, whole)
        if not _lacks_values(table):
            return table
    if b"%d" % _NULL in block:
        raise ValueError
    for blank in (b"", b" "):
        block = block.replace(b'":%bnull' % blank, b'":%d' % _NULL)
    table = _read(block, names, whole)
    if _lacks_values(table):
        raise ValueError
    return table.with_columns(
        pl.when(pl.col(name) != (_NULL if kind == pl.Int64 else str(_NULL))).then(name)
        for name, kind in table.schema.items()
    )


def _read(block: bytes, names: Iterable[str], whole: frozenset[str]) -> pl.DataFrame:
    kinds = {name: pl.Int64 if name in whole else pl.String for name in names}
    try:
        return pl.read_ndjson(block, schema=kinds)
    except pl.exceptions.PolarsError:
        return pl.read_ndjson(block, schema=dict.fromkeys(names, pl.String))


def _lacks_values(table: pl.DataFrame) -> bool:
    return any(column.null_count() for column in table)


def _with_fractions_as_texts(block: bytes) -> bytes:
    """The block with quotes around its numbers that are not whole, which keeps them as written.

    Raises
    ------
    ValueError
        Where one of them is no number of JSON.
    """
    text = pl.Series([block.decode()])
    if text.str.contains(_FRACTION).item():
        text = text.str.replace_all(_FRACTIONS, '${1}"${2}"${3}')
        if text.str.contains(_FRACTION).item():
            raise ValueError
    return str(text.item()).encode()
