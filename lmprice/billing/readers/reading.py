"""From a file that somebody has to rows of usage: whose file it is, and its rows in batches.

Where no source fits, or two do, nothing is guessed: one line says what was found and what to say.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.readers.opening import (
    BadLine,
    documents,
    is_json,
    is_zip,
    json_blocks,
    table,
    table_in_archive,
)
from lmprice.billing.readers.source import Notes, Source, customer_column, usage_rows
from lmprice.billing.readers.sources import SOURCES
from lmprice.billing.usage import UsageError

OWN = "usage"  # lmprice's own table
OWN_COLUMNS = ("timestamp", "customer", "model")
_BATCH = 50_000
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
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"it has the columns {', '.join(names[:_SHOWN])}{more}"


def _delimited(
    path: Path, wanted: str | None, customer: str | None, columns: Mapping[str, str]
) -> Reading:
    rows = table(path)
    names = next(rows)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"{path.name} has two columns {twice[0]}")
    missing = [column for column in columns.values() if column not in names]
    if missing:
        raise UsageError(f"{path.name} has no column {missing[0]}; {_listed(names)}")
    mapped = {old: new for new, old in columns.items()}
    if wanted == OWN or (wanted is None and set(OWN_COLUMNS) <= {mapped.get(n, n) for n in names}):
        own = (_frame(batch, names).rename(mapped) for batch in _batched(rows))
        return Reading(path, OWN, own)
    fitting = [source for source in SOURCES.values() if source.is_table(names)]
    source = _named(path, fitting, wanted, _listed(names))
    return _rows(path, source, (_frame(b, names) for b in _batched(rows)), customer)


def _archive(path: Path, wanted: str | None, customer: str | None) -> Reading:
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    found = [
        (source, name)
        for source in SOURCES.values()
        for name in members
        if source.member is not None and re.fullmatch(source.member, name)
    ]
    holds = f"it holds {', '.join(members[:_SHOWN])}"
    source = _named(path, list(dict.fromkeys(s for s, _ in found)), wanted, holds)
    frames = (
        _frame(batch, names)
        for _, name in found
        for rows in [table_in_archive(path, name)]
        for names in [next(rows)]
        for batch in _batched(rows)
    )
    return _rows(path, source, frames, customer)


def _json(
    path: Path, wanted: str | None, customer: str | None, columns: Mapping[str, str]
) -> Reading:
    mapped = {old: new for new, old in columns.items()}
    if wanted == OWN or (wanted is None and _is_own(path, mapped)):
        return Reading(path, OWN, _own(path, mapped))
    values = documents(path)
    start = list(islice(values, _BATCH))
    good = [value for value in start if not isinstance(value, BadLine)]
    notes = Notes()
    bad: list[BadLine] = []

    def readable() -> Iterator[Any]:
        for value in chain(start, values):
            if isinstance(value, BadLine):
                bad.append(value)
            else:
                yield value

    fitting = [s for s in SOURCES.values() if any(s.is_json(value) for value in good)]
    source = _named(path, fitting, wanted, _shape(good))
    if source.log is not None:
        records = source.log(readable(), notes)
    else:
        assert source.records is not None
        records = (row for value in readable() if source.is_json(value)
                   for row in source.records(value))  # fmt: skip
    reading = _rows(
        path, source, (_of_records(batch) for batch in _batched(records)), customer, notes
    )
    reading.batches = chain(reading.batches, _spoilt(bad))
    return reading


def _is_own(path: Path, mapped: Mapping[str, str]) -> bool:
    """Whether JSON holds rows of ours: the first record has the columns that each of them has."""
    first = next(documents(path), None)
    if isinstance(first, list):
        first = first[0] if first else None
    return isinstance(first, Mapping) and set(OWN_COLUMNS) <= {mapped.get(n, n) for n in first}


def _own(path: Path, mapped: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    """Rows of ours, a block of lines at a time; the lines that cannot be read come at the end."""
    bad: list[BadLine] = []

    def readable(values: Iterator[Any]) -> Iterator[dict[str, Any]]:
        for value in values:
            if isinstance(value, BadLine):
                bad.append(value)
            else:
                yield from _own_records(path, value)

    for values in json_blocks(path):
        if isinstance(values, pl.DataFrame):
            yield values.rename(mapped, strict=False)
        else:
            for batch in _batched(readable(values)):
                yield _of_records(batch).rename(mapped, strict=False)
    yield from _spoilt(bad)


def _own_records(path: Path, value: Any) -> Iterator[dict[str, Any]]:
    for record in value if isinstance(value, list) else [value]:
        if not isinstance(record, dict):
            raise UsageError(f"{path.name}: {str(record)[:40]!r} is no record of usage")
        yield record


def _shape(values: list[Any]) -> str:
    first = values[0] if values else None
    if isinstance(first, list):
        first = first[0] if first else None
    keys = [str(key) for key in first] if isinstance(first, Mapping) else []
    return f"its JSON has the keys {', '.join(keys[:_SHOWN])}" if keys else "it holds no records"


def _spoilt(bad: list[BadLine]) -> Iterator[pl.DataFrame]:
    """The lines that could not be read, at the end: only then are all of them known."""
    if bad:
        nothing = dict.fromkeys(OWN_COLUMNS, pl.Series([None] * len(bad), dtype=pl.String))
        texts, reasons = [line.text for line in bad], [line.reason for line in bad]
        yield pl.DataFrame(nothing | {"line": texts, "reason": reasons})


def _rows(
    path: Path,
    source: Source,
    frames: Iterator[pl.DataFrame],
    customer: str | None,
    notes: Notes | None = None,
) -> Reading:
    notes = notes or Notes()
    first = next(frames, None)
    if first is None:
        return Reading(path, source.name, iter(()), notes)
    if customer is not None and customer not in first.columns:
        raise UsageError(f"{path.name} has no column {customer}; {_listed(first.columns)}")
    chosen = customer or customer_column(source, first)
    rows = (usage_rows(source, frame, notes, chosen) for frame in chain([first], frames))
    return Reading(path, source.name, rows, notes)


def _batched(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _frame(rows: list[list[str]], names: list[str]) -> pl.DataFrame:
    """Rows of cells as texts; a row with more or fewer cells than the header has a reason."""
    width = len(names)
    odd = [len(row) != width for row in rows]
    columns = {
        name: pl.Series(name, [row[i] if i < len(row) else None for row in rows], dtype=pl.String)
        for i, name in enumerate(names)
    }
    made = pl.DataFrame(columns)
    if any(odd):
        reasons = [
            f"the row has {len(row)} fields instead of {width}" if is_odd else None
            for row, is_odd in zip(rows, odd, strict=True)
        ]
        made = made.with_columns(pl.Series("reason", reasons, dtype=pl.String))
    return made


def _of_records(records: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys(name for record in records for name in record)
    return pl.DataFrame({
        name: pl.Series(name, [_cell(record.get(name)) for record in records], dtype=pl.String)
        for name in names
    })  # fmt: skip


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
