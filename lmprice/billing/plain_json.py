"""Blocks of JSON lines that are all written like their first one, read at once.

A block is plain where each line is one object with the keys of the first line, in their order, and
its values are texts without escapes, numbers, true, false or null.  Its lines are cut at commas;
where each cell is its key with one value, no key is missing and none stands twice.  All other
blocks are read value by value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np

from lmprice.billing.lazy import pl

_CUT = "\x1f"  # cuts lines whose texts have commas; no line of JSON has it
_WHOLE = r"^(?:0|-?[1-9][0-9]{0,17}|null)$"
# Not -0, which is read as 0, and no whole number that is too long to be read.
_FRACTION = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)"
_VALUE = rf'^(?:"[^"]*"|0|-?[1-9][0-9]{{0,999}}|{_FRACTION}|true|false|null)$'


def plain_records(block: bytes, whole: frozenset[str] = frozenset()) -> pl.DataFrame | None:
    """The cells of a plain block as texts, and of some columns as whole numbers where all are.

    None where the block has anything that is out of the ordinary.
    """
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    signs = np.frombuffer(block, np.uint8)
    ends = np.count_nonzero(signs == ord("\n"))
    if b"\\" in block or np.count_nonzero(signs < ord(" ")) != ends:
        return None
    rows = ends + (not block.endswith(b"\n"))
    try:
        first = block.partition(b"\n")[0].decode()
        record = json.loads(first)
        if not isinstance(record, dict) or not record:
            return None
        commas = np.count_nonzero(signs == ord(","))
        cells = _cut(block, len(record), at_keys=commas != rows * (len(record) - 1))
        found = {
            name: _values(column, start, end, is_whole=name in whole)
            for column, (name, start, end) in zip(cells, _keys(first, list(record)), strict=True)
        }
    except (ValueError, RecursionError, pl.exceptions.PolarsError):
        return None
    return pl.DataFrame(found) if cells.height == rows else None


def _cut(block: bytes, width: int, *, at_keys: bool) -> pl.DataFrame:
    """The lines cut at all commas, or at those before a key, where texts have some as well."""
    sign = ","
    if at_keys:
        sign = _CUT
        for comma in (b',"', b', "'):
            block = block.replace(comma, comma.replace(b",", sign.encode()))
    places = dict.fromkeys(map(str, range(width)), pl.String)
    return pl.read_csv(block, has_header=False, schema=places, separator=sign, quote_char=None)


def _keys(first: str, names: list[str]) -> Iterator[tuple[str, str, str]]:
    """The keys of a line, each with what stands before its value and after it."""
    before, after = (" " if ', "' in first else ""), (" " if '": ' in first else "")
    for name in names:
        start = "{" if name == names[0] else before
        yield name, f'{start}"{name}":{after}', "}" if name == names[-1] else ""


def _values(cells: pl.Series, start: str, end: str, *, is_whole: bool) -> pl.Series:
    """The values of a key, which stand between a start and an end.

    Raises
    ------
    ValueError
        Where a cell is anything else.
    """
    texts = _between(cells, f'{start}"', f'"{end}')
    if texts is not None and not texts.str.contains('"', literal=True).any():
        return texts
    values = _between(cells, start, end)
    if values is None:
        raise ValueError
    if is_whole and values.str.contains(_WHOLE).all():
        return values.cast(pl.Int64, strict=False)  # null is none
    if not values.str.contains(_VALUE).all():
        raise ValueError
    value = pl.col("value")
    is_text, is_null = value.str.starts_with('"'), value == "null"
    text = pl.when(is_text).then(value.str.strip_chars('"')).when(~is_null).then(value)
    return values.to_frame("value").select(text.alias("value")).to_series()


def _between(cells: pl.Series, start: str, end: str) -> pl.Series | None:
    """What stands between a start and an end; None where a cell lacks one of them."""
    if cells.null_count() or not cells.str.starts_with(start).all():
        return None
    rest = cells.str.slice(len(start))
    if not end:
        return rest
    return rest.str.head(-len(end)) if rest.str.ends_with(end).all() else None
