"""From a file that somebody has to rows of usage: whose file it is, and its rows in batches.

Where no source fits, or two do, nothing is guessed: one line says what was found and what to say.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.meters import COUNTED
from lmprice.billing.readers.logs import Logs
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
from lmprice.billing.readers.tables import BYTES, Record, frames, is_of_bad_lines, of_records
from lmprice.billing.usage import REASON, REQUIRED, ROW, UsageError, as_meant, check_columns
from lmprice.output import few
from lmprice.output.foreign import from_csv
from lmprice.output.strict_json import text_of

OWN = "usage"  # lmprice's own table
_LOOK = 1_000  # JSON values by which a source is known
_NOT_AS_IT_SHOULD_BE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
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
    is_log: bool = False  # whether rows may go as long as other files are read


def read_usage(
    path: str | Path,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
    logs: Logs | None = None,
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
    logs : Logs, optional
        What logs of other files say.

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
        return _json(path, source, customer, columns or {}, logs or Logs())
    return _delimited(path, source, customer, columns or {})


def check_own(name: str, source: str | None, customer: str | None) -> None:
    """Refuse for a table of one's own what is said of exports, rather than leave it out.

    Raises
    ------
    UsageError
        Where it is said to be of a source, or who is billed is said as of an export.
    """
    if source not in (None, OWN):
        raise UsageError(f"{name} is read as a table of one's own, not as an export of {source}")
    if customer not in (None, REQUIRED[1]):
        raise UsageError(
            f"{name} is a table of one's own: --map customer={customer} (columns= in Python) says "
            "who is billed"
        )


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
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise UsageError(f"{path.name} has two columns {twice[0]}")
    missing = [column for column in columns.values() if column not in names]
    if missing:
        raise UsageError(f"{path.name} has no column {missing[0]}; {_listed(names)}")
    mapped = {old: new for new, old in columns.items()}
    own = [mapped.get(name, name) for name in map(from_csv, names)]
    if wanted == OWN or (wanted is None and set(REQUIRED) <= set(own)):
        check_own(path.name, None, customer)
        check_columns(own)
        return Reading(path, OWN, map(as_meant, frames(rows, own)))
    fitting = [source for source in SOURCES.values() if source.is_table(names)]
    source = _named(path, fitting, wanted, _listed(names))
    return _rows(path, source, frames(rows, _apart(names)), customer)


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
    found_rows = (
        frame
        for _, name in found
        for rows in [table_in_archive(path, name)]
        for frame in frames(rows, _apart(_header(rows)))
    )
    return _rows(path, source, found_rows, customer)


def _header(rows: Iterator[Row]) -> list[str]:
    names = next(rows)
    assert not isinstance(names, BadLine)  # a file whose header is one is refused
    return names


def _apart(names: Iterable[str]) -> list[str]:
    """The columns of an export, none of them called like one that is added to them."""
    return [f"usage {name}" if name in (ROW, REASON) else name for name in names]


def _json(
    path: Path, wanted: str | None, customer: str | None, columns: Mapping[str, str], logs: Logs
) -> Reading:
    values = documents(path)
    start: list[Document] = []
    held = 0
    for one in islice(values, _LOOK):
        start.append(one)
        held += one.size
        if held >= BYTES:
            break
    good, notes = [value for value, _ in start if not isinstance(value, BadLine)], Notes()
    if start and not good:
        raise UsageError(f"{path.name}: {start[0].value.reason}")
    every = (value for value, _ in chain(start, values))
    mapped = {old: new for new, old in columns.items()}
    if wanted == OWN or (wanted is None and _is_own(good, mapped)):
        check_own(path.name, None, customer)
        return Reading(path, OWN, _own(path, mapped), notes)
    fitting = [s for s in SOURCES.values() if any(s.is_json(value) for value in good)]
    source = _named(path, fitting, wanted, _shape(good))
    if source.log is None:
        return _rows(path, source, of_records(_records(source, every)), customer, notes)
    return _logged(path, source, every, customer, logs)


def _is_own(values: list[Any], mapped: Mapping[str, str]) -> bool:
    """Whether JSON holds rows of ours: the first record has the columns that each of them has."""
    first = values[0] if values else None
    if isinstance(first, list):
        first = first[0] if first else None
    return isinstance(first, Mapping) and set(REQUIRED) <= {mapped.get(n, n) for n in first}


def _own(path: Path, mapped: Mapping[str, str]) -> Iterator[pl.DataFrame]:
    """Rows of ours, some lines at a time."""
    whole = COUNTED - set(mapped) | {old for old, new in mapped.items() if new in COUNTED}
    for found in json_blocks(path, whole):
        if isinstance(found, pl.DataFrame):
            _check_own([mapped.get(name, name) for name in found.columns])
            yield found.rename(mapped, strict=False)
        else:
            yield from of_records(_own_records((value for value, _ in found), mapped))


def _check_own(names: list[str]) -> None:
    """Refuse two columns of one name, or one that refused rows get."""
    if len(set(names)) < len(names) or not {ROW, REASON}.isdisjoint(names):
        check_columns([*names, *(n for n in REQUIRED if n not in names)])


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
    path: Path, source: Source, values: Iterator[Any], customer: str | None, logs: Logs
) -> Reading:
    """A log whose lines say something together, with those of its rows that count in the end."""
    assert source.log is not None
    bad: list[BadLine] = []
    notes = Notes()

    def readable() -> Iterator[Any]:
        for value in values:
            if isinstance(value, BadLine):
                bad.append(value)
            else:
                yield value

    try:
        rows = logs.add(source, list(source.log(readable(), notes)), notes)
    except _NOT_AS_IT_SHOULD_BE:
        raise UsageError(f"{path.name}: a line is not as those of {source.name}") from None

    def batches() -> Iterator[pl.DataFrame]:
        found = of_records(map(_own_named, rows.values()))
        yield from _rows(path, source, found, customer, notes).batches
        yield from of_records(iter(bad))

    return Reading(path, source.name, batches(), notes, is_log=True)


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
        if not is_of_bad_lines(frame):
            break
    else:
        return Reading(path, source.name, iter(ahead), notes)
    first = ahead[-1]
    if customer is not None and customer not in first.columns:
        raise UsageError(f"{path.name} has no column {customer}; {_listed(first.columns)}")
    chosen = customer or customer_column(source, first)
    rows = (
        frame if is_of_bad_lines(frame) else usage_rows(source, frame, notes, chosen)
        for frame in chain(ahead, frames)
    )
    return Reading(path, source.name, rows, notes)
