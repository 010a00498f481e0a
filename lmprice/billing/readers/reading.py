"""From a file that somebody has to rows of usage: whose file it is, and its rows in batches.

Where no source fits, or two do, nothing is guessed: one line says what was found and what to say.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.meters import COUNTED
from lmprice.billing.readers.opening import (
    documents,
    is_json,
    is_zip,
    json_blocks,
    table,
    table_in_archive,
)
from lmprice.billing.readers.pieces import BadLine, Document, Row
from lmprice.billing.readers.source import Notes, Source, customer_column, usage_rows
from lmprice.billing.readers.sources import SOURCES
from lmprice.billing.strict_json import text_of
from lmprice.billing.usage import REASON, ROW, UsageError, as_meant, check_columns
from lmprice.output import few
from lmprice.output.foreign import from_csv

OWN = "usage"  # lmprice's own table
OWN_COLUMNS = ("timestamp", "customer", "model")
_BATCH = 50_000  # rows that are made a table at a time, at most
_BYTES = 1 << 24  # and their characters
_CELL = 64  # what a cell takes beside its characters
_LOOK = 1_000  # JSON values by which a source is known
_NOT_AS_IT_SHOULD_BE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
Record = dict[str, Any] | BadLine
# Exports that are known and not read, by a column that no other has.
_LEFT_OUT = {"Helicone": "request_user_id"}
_SHOWN = 12  # columns of an unknown file that a message lists


@dataclass
class Reading:
    """A usage file that is being read: its source, its rows in batches, and what was left out."""

    path: Path
    source: str
    batches: Iterator[pl.DataFrame]
    notes: Notes = field(default_factory=Notes)


def read_usage(
    path: str | Path,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Reading:
    """Open a usage file of any source.

    Parameters
    ----------
    path : str or Path
        The file: CSV with any delimiter, JSON, JSON lines, or an archive; compressed or not.
    source : str, optional
        The name of its source; found by its header or shape where it is left out.
    customer : str, optional
        The column that says who is billed; a sensible one of the source where it is left out.
    columns : mapping, optional
        For a table of one's own: a column of a usage table, and the column that holds it here.

    Raises
    ------
    UsageError
        No source fits, or more than one; the message says what was found and what to say.
    """
    path = Path(path)
    if source is not None and source not in {*SOURCES, OWN}:
        raise UsageError(f"there is no source {source!r}; there are: {', '.join((*SOURCES, OWN))}")
    if is_zip(path):
        return _archive(path, source, customer)
    if is_json(path):
        return _json(path, source, customer, columns or {})
    return _delimited(path, source, customer, columns or {})


def _named(path: Path, fitting: list[Source], wanted: str | None, found: str) -> Source:
    """The one source that fits, or a message that says what was found and what to say."""
    if wanted is not None:
        for source in fitting:
            if source.name == wanted:
                return source
        raise UsageError(f"{path.name} is not of the source {wanted}: {found}")
    if len(fitting) == 1:
        return fitting[0]
    left_out = next((name for name, sign in _LEFT_OUT.items() if sign in found), None)
    if left_out is not None:
        raise UsageError(
            f"{path.name} is an export of {left_out}, which is not read: it does not say whether "
            "its prompt tokens have cached ones among them. If they have not, or there are none, "
            "--map timestamp=..., --map customer=..., --map model=... and the amounts read it"
        )
    names = ", ".join(source.name for source in fitting)
    if fitting:
        raise UsageError(f"{path.name} could be of {names}: say which with --source; {found}")
    raise UsageError(
        f"{path.name} is of no source that is known: {found}. Name its columns with "
        f"--map timestamp=..., --map customer=..., --map model=... and the amounts, or say "
        f"--source, one of {', '.join(SOURCES)}"
    )


def _listed(names: list[str]) -> str:
    if not names:
        return "it has no header"
    return f"it has the columns {few.listed(names, _SHOWN)}"


def _delimited(
    path: Path, wanted: str | None, customer: str | None, columns: Mapping[str, str]
) -> Reading:
    rows = table(path)
    names = _header(rows)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{path.name} has two columns {twice[0]}")
    missing = [column for column in columns.values() if column not in names]
    if missing:
        raise UsageError(f"{path.name} has no column {missing[0]}; {_listed(names)}")
    mapped = {old: new for new, old in columns.items()}
    own = [mapped.get(name, name) for name in map(from_csv, names)]
    if wanted == OWN or (wanted is None and set(OWN_COLUMNS) <= set(own)):
        check_columns(own)
        return Reading(path, OWN, map(as_meant, _frames(rows, own)))
    fitting = [source for source in SOURCES.values() if source.is_table(names)]
    source = _named(path, fitting, wanted, _listed(names))
    return _rows(path, source, _frames(rows, _apart(names)), customer)


def _archive(path: Path, wanted: str | None, customer: str | None) -> Reading:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except Exception as error:
        raise UsageError(f"{path.name}: the archive is damaged or cannot be unpacked") from error
    found = [
        (source, name)
        for source in SOURCES.values()
        for name in members
        if source.member is not None and re.fullmatch(source.member, name)
    ]
    holds = f"it holds {few.listed(members, _SHOWN)}"
    source = _named(path, list(dict.fromkeys(s for s, _ in found)), wanted, holds)
    frames = (
        frame
        for _, name in found
        for rows in [table_in_archive(path, name)]
        for frame in _frames(rows, _apart(_header(rows)))
    )
    return _rows(path, source, frames, customer)


def _header(rows: Iterator[Row]) -> list[str]:
    names = next(rows)
    assert not isinstance(names, BadLine)  # a file whose header is one is refused
    return names


def _apart(names: Iterable[str]) -> list[str]:
    """The columns of an export, none of them called like one that is added to them."""
    return [f"usage {name}" if name in (ROW, REASON) else name for name in names]


def _json(
    path: Path, wanted: str | None, customer: str | None, columns: Mapping[str, str]
) -> Reading:
    values = documents(path)
    start: list[Document] = []
    held = 0
    for one in islice(values, _LOOK):
        start.append(one)
        held += one.size
        if held >= _BYTES:
            break
    good, notes = [value for value, _ in start if not isinstance(value, BadLine)], Notes()
    every = (value for value, _ in chain(start, values))
    mapped = {old: new for new, old in columns.items()}
    if wanted == OWN or (wanted is None and _is_own(good, mapped)):
        return Reading(path, OWN, _own(path, mapped), notes)
    fitting = [s for s in SOURCES.values() if any(s.is_json(value) for value in good)]
    source = _named(path, fitting, wanted, _shape(good))
    if source.log is None:
        return _rows(path, source, _of_records(_records(source, every)), customer, notes)
    bad: list[BadLine] = []
    records = _logged(path, source, every, bad, notes)
    reading = _rows(path, source, _of_records(records), customer, notes)
    reading.batches = chain(reading.batches, _of_records(iter(bad)))
    return reading


def _is_own(values: list[Any], mapped: Mapping[str, str]) -> bool:
    """Whether JSON holds rows of ours: the first record has the columns that each of them has."""
    first = values[0] if values else None
    if isinstance(first, list):
        first = first[0] if first else None
    return isinstance(first, Mapping) and set(OWN_COLUMNS) <= {mapped.get(n, n) for n in first}


def _own(path: Path, mapped: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    """Rows of ours, some lines at a time."""
    whole = COUNTED - set(mapped) | {old for old, new in mapped.items() if new in COUNTED}
    for found in json_blocks(path, whole):
        if isinstance(found, pl.DataFrame):
            _check_own([mapped.get(name, name) for name in found.columns])
            yield found.rename(mapped, strict=False)
        else:
            yield from _of_records(_own_records((value for value, _ in found), mapped))


def _check_own(names: list[str]) -> None:
    """Refuse two columns of one name, or one that refused rows get."""
    if len(set(names)) < len(names) or not {ROW, REASON}.isdisjoint(names):
        check_columns([*names, *(n for n in OWN_COLUMNS if n not in names)])


def _own_records(values: Iterator[Any], mapped: Mapping[str, str]) -> Iterator[Record]:
    for value in values:
        for record in value if isinstance(value, list) else [value]:
            if isinstance(record, dict):
                names = [mapped.get(name, name) for name in record]
                _check_own(names)
                yield dict(zip(names, record.values(), strict=True))
            else:
                yield record if isinstance(record, BadLine) else _odd(record, OWN)


def _records(source: Source, values: Iterator[Any]) -> Iterator[Record]:
    """The records of JSON values; a value that is not as those of its source is a bad line."""
    assert source.records is not None
    for value in values:
        if isinstance(value, BadLine):
            yield value
            continue
        try:
            found = list(source.records(value)) if source.is_json(value) else None
        except _NOT_AS_IT_SHOULD_BE:
            found = None
        if found is None:
            yield _odd(value, source.name)
        else:
            yield from map(_own_named, found)


def _logged(
    path: Path, source: Source, values: Iterator[Any], bad: list[BadLine], notes: Notes
) -> Iterator[Record]:
    """The records of a log whose lines say something together; bad lines are put aside."""
    assert source.log is not None

    def readable() -> Iterator[Any]:
        for value in values:
            if isinstance(value, BadLine):
                bad.append(value)
            else:
                yield value

    try:
        yield from map(_own_named, source.log(readable(), notes))
    except _NOT_AS_IT_SHOULD_BE:
        raise UsageError(f"{path.name}: a line is not as those of {source.name}") from None


def _own_named(record: dict[str, Any]) -> dict[str, Any]:
    return dict(zip(_apart(record), record.values(), strict=True))


def _odd(value: Any, source: str) -> BadLine:
    return BadLine(text_of(value) or "null", f"the record is none of {source}")


def _shape(values: list[Any]) -> str:
    first = values[0] if values else None
    if isinstance(first, list):
        first = first[0] if first else None
    keys = [str(key) for key in first] if isinstance(first, Mapping) else []
    return f"its JSON has the keys {few.listed(keys, _SHOWN)}" if keys else "it holds no records"


def _rows(
    path: Path,
    source: Source,
    frames: Iterator[pl.DataFrame],
    customer: str | None,
    notes: Notes | None = None,
) -> Reading:
    notes = notes or Notes()
    ahead: list[pl.DataFrame] = []
    for frame in frames:
        ahead.append(frame)
        if not _is_spoilt(frame):
            break
    else:
        return Reading(path, source.name, iter(ahead), notes)
    first = ahead[-1]
    if customer is not None and customer not in first.columns:
        raise UsageError(f"{path.name} has no column {customer}; {_listed(first.columns)}")
    chosen = customer or customer_column(source, first)
    rows = (
        frame if _is_spoilt(frame) else usage_rows(source, frame, notes, chosen)
        for frame in chain(ahead, frames)
    )
    return Reading(path, source.name, rows, notes)


def _batched(rows: Iterator[Any], size: Callable[[Any], int]) -> Iterator[list[Any]]:
    """Rows in batches of so many, or so many characters."""
    batch: list[Any] = []
    held = 0
    for row in rows:
        batch.append(row)
        held += size(row)
        if len(batch) == _BATCH or held > _BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _frames(rows: Iterator[Row], names: list[str]) -> Iterator[pl.DataFrame]:
    """Rows of cells as tables of texts; bad lines are tables of their own."""
    for batch in _batched(rows, lambda row: _CELL * len(row) + sum(map(len, row))):
        good = [row for row in batch if not isinstance(row, BadLine)]
        if good:
            yield _frame(good, names)
        yield from _spoilt([row for row in batch if isinstance(row, BadLine)])


def _frame(rows: list[list[str]], names: list[str]) -> pl.DataFrame:
    """Rows of cells as texts; a row with more or fewer cells than the header has a reason."""
    width = len(names)
    odd = [len(row) != width for row in rows]
    reasons = [
        f"the row has {len(row)} fields instead of {width}" if is_odd else None
        for row, is_odd in zip(rows, odd, strict=True)
    ]
    rows = [
        [*row[: width - 1], ",".join(row[width - 1 :])] if len(row) > width else row for row in rows
    ]
    columns = {
        name: pl.Series(name, [row[i] if i < len(row) else None for row in rows], dtype=pl.String)
        for i, name in enumerate(names)
    }
    made = pl.DataFrame(columns)
    if any(odd):
        made = made.with_columns(pl.Series("reason", reasons, dtype=pl.String))
    return made


def _of_records(records: Iterator[Record]) -> Iterator[pl.DataFrame]:
    """Records as tables of texts; bad lines are tables of their own."""
    cells = (
        one if isinstance(one, BadLine) else {str(n): text_of(value) for n, value in one.items()}
        for one in records
    )
    for batch in _batched(cells, _size):
        good = [one for one in batch if not isinstance(one, BadLine)]
        names = dict.fromkeys(name for record in good for name in record)
        if good:
            yield pl.DataFrame({
                name: pl.Series(name, [record.get(name) for record in good], dtype=pl.String)
                for name in names
            })  # fmt: skip
        yield from _spoilt([one for one in batch if isinstance(one, BadLine)])


def _size(record: dict[str, str | None] | BadLine) -> int:
    if isinstance(record, BadLine):
        return len(record.text)
    return _CELL * len(record) + sum(len(cell) for cell in record.values() if cell)


def _spoilt(bad: list[BadLine]) -> Iterator[pl.DataFrame]:
    """Lines that could not be read, as rows that are refused."""
    if bad:
        nothing = dict.fromkeys(OWN_COLUMNS, pl.Series([None] * len(bad), dtype=pl.String))
        texts, reasons = [line.text for line in bad], [line.reason for line in bad]
        yield pl.DataFrame(nothing | {"line": texts, REASON: reasons})


def _is_spoilt(table: pl.DataFrame) -> bool:
    return table.columns == [*OWN_COLUMNS, "line", REASON]
