"""Taking what people have: a path, a folder, a pattern, standard input, or a frame of any library.

A path is a path: what exists under a name is that file.  Only a name that does not exist and has
``*``, ``?`` or ``[`` in it is a pattern.
"""

from __future__ import annotations

import glob
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lmprice.billing.engines import Frame, frame_of
from lmprice.billing.lazy import pl
from lmprice.billing.parts import Part
from lmprice.billing.readers.logs import Logs
from lmprice.billing.readers.opening import guessed_encoding, is_plain_csv
from lmprice.billing.readers.reading import OWN, Reading, check_own, read_usage
from lmprice.billing.spool import Scratch, Spool, joined
from lmprice.billing.usage import REASON, UsageError, check_columns, count_rows
from lmprice.language.checks import check_kind, check_mapping
from lmprice.language.errors import PricingError
from lmprice.output.few import listed

if TYPE_CHECKING:
    import pandas

STANDARD_INPUT = "-"
_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".zip", ".gz", ".zst", ".parquet")


@dataclass(frozen=True)
class Taken:
    """A usage table that was taken: its rows, where they are from, and what was left out."""

    parts: tuple[Part, ...] = ()  # read one after another, in batches
    frame: Frame | None = None  # or the frame of an engine, whose rows are rated where they are
    files: tuple[Path, ...] = ()
    sources: tuple[str, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[Path, str] = field(default_factory=dict)  # files, and why they are not read
    scratch: tuple[Scratch, ...] = ()  # where rows lie as long as this is held

    @property
    def steps(self) -> int | None:
        """How much there is to do, where that is known: rows, or on a cluster files."""
        if self.frame is not None:
            return self.frame.parts
        if len(self.parts) == 1 and isinstance(self.parts[0].table, Path):
            return count_rows(self.parts[0].table)
        return None

    def here(self) -> Taken:
        """The same on this machine, for what looks at its rows more than once."""
        return self if self.frame is None else Taken((Part(self.frame.here()),))


def take(
    usage: Any,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Taken:
    """Take a usage table from wherever it is.

    Parameters
    ----------
    usage : str, Path, or frame
        A file, a folder, a pattern, "-" for standard input; a polars, pandas or pyarrow table; a
        relation of DuckDB, or a frame of PySpark or Dask.
    source, customer, columns
        As for `read_usage`.

    Raises
    ------
    UsageError
        Where there is no such file, or it is of no source that is known.
    """
    for name, value in (("source", source), ("customer", customer)):
        check_kind("take", name, "" if value is None else value, str, "text")
    check_mapping("take", "columns", columns or {})
    named = [text for pair in (columns or {}).items() for text in pair]
    if not all(isinstance(text, str) for text in named):
        raise PricingError("take", "columns", columns, "is no mapping of names to names")
    read_twice = [name for name, n in Counter((columns or {}).values()).items() if n > 1]
    if read_twice:
        raise UsageError(f"the column {read_twice[0]} is named for two columns of a usage table")
    if not isinstance(usage, (str, Path)):
        check_own("the usage table", source, customer)
    if isinstance(usage, (pl.DataFrame, pl.LazyFrame)):
        return Taken((Part(usage, columns=columns or {}),))
    frame = frame_of(usage, columns or {})
    if frame is not None:
        return Taken(frame=frame)
    if not isinstance(usage, (str, Path)):
        return Taken((Part(_frame(usage), columns=columns or {}),))
    if str(usage) == STANDARD_INPUT:
        scratch, path = _standard_input()
        taken = _of_files((path,), source, customer, columns or {})
        return replace(taken, files=(), scratch=(*taken.scratch, scratch))
    files, others = _found(usage)
    taken = _of_files(files, source, customer, columns or {})
    return replace(taken, notes={**taken.notes, **others})


def _frame(usage: Any) -> pl.DataFrame:
    """A table of another library, which polars reads without a copy of its own."""
    if type(usage).__module__.partition(".")[0] == "pandas" and hasattr(usage, "columns"):
        return _of_pandas(usage)
    try:
        if hasattr(usage, "__arrow_c_stream__") or hasattr(usage, "__dataframe__"):
            return pl.DataFrame(usage)
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"the usage table cannot be read: {error}") from None
    raise TypeError(
        f"usage is a path, or a table of polars, pandas or pyarrow, not {type(usage).__name__}"
    )


def _of_pandas(usage: pandas.DataFrame) -> pl.DataFrame:
    """A table of pandas, column by column: polars itself asks for pyarrow, texts or not."""
    twice = [str(name) for name in usage.columns[usage.columns.duplicated()]]
    if twice:
        raise UsageError(f"the usage table has two columns {twice[0]}")
    found = {}
    for name in usage.columns:
        column = usage[name]
        if column.dtype.kind in "iufb" and isinstance(column.dtype, np.dtype):
            found[str(name)] = pl.Series(column.to_numpy())
        else:
            values = column.astype(object).where(column.notna(), None).tolist()
            found[str(name)] = pl.Series(values, strict=False)
    return pl.DataFrame(found)


def files_of(usage: str | Path) -> tuple[Path, ...]:
    """The files that a name stands for, in order of their names."""
    return _found(usage)[0]


def _found(usage: str | Path) -> tuple[tuple[Path, ...], dict[str, int]]:
    """The files that a name stands for, and what lies beside them and is left out."""
    path = Path(usage)
    if path.is_dir():
        found, others = _in_folder(path)
        if not found:
            raise UsageError(f"the folder {path} has no usage files ({', '.join(_ENDINGS)})")
        return tuple(found), _told("files of other kinds", others)
    if path.exists():
        if not path.is_file():
            raise UsageError(f"{path} is no file that can be read twice; say - and pipe it in")
        return (path,), {}
    if any(sign in str(usage) for sign in "*?["):
        matches = sorted(Path(name) for name in glob.glob(str(usage), recursive=True))
        found = [p for p in matches if p.is_file()]
        if not found:
            raise UsageError(f"no file matches {usage}")
        others = [p for p in matches if not p.is_file()]
        return tuple(found), _told("matches that are no files", others)
    raise UsageError(f"there is no file {path}")


def _in_folder(folder: Path) -> tuple[list[Path], list[Path]]:
    """The usage files of a folder and of those in it, and all else; links to folders are no ways.

    Raises
    ------
    OSError
        Where a folder cannot be read.
    """
    found: list[Path] = []
    others: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=_raised):
        others += [p for name in folders if (p := Path(place, name)).is_symlink()]
        for path in (Path(place, name) for name in names):
            is_usage = path.suffix.lower() in _ENDINGS and path.is_file()
            (found if is_usage else others).append(path)
    return sorted(found), sorted(others)


def _raised(error: OSError) -> None:
    raise error


def _told(what: str, paths: list[Path]) -> dict[str, int]:
    return {f"{what}: {listed([p.name for p in paths])}": len(paths)} if paths else {}


def _standard_input() -> tuple[Scratch, Path]:
    """Standard input as a file, which is looked at before it is read."""
    scratch = Scratch()
    path = scratch.folder / "standard input"
    with path.open("wb") as file:
        try:
            shutil.copyfileobj(sys.stdin.buffer, file)
            file.flush()
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
    return scratch, path


def _of_files(
    paths: tuple[Path, ...],
    source: str | None,
    customer: str | None,
    columns: Mapping[str, str],
) -> Taken:
    """Files one after another; of many, those that are no usage or damaged are refused."""
    parts: dict[Path, list[Part]] = {}
    readings: dict[Path, Reading] = {}
    names: dict[Path, str] = {}
    notes: Counter[str] = Counter()
    refused: dict[Path, str] = {}
    known: dict[tuple[int, int], Path] = {}
    spool, logs = Spool(), Logs()

    @contextmanager
    def refusing(path: Path) -> Iterator[None]:
        try:
            yield
        except UsageError as error:
            if len(paths) == 1:
                raise
            refused[path] = str(error)

    def put(path: Path, reading: Reading) -> None:
        parts[path] = [
            Part(spool.put(table), path, REASON in table.columns)
            for table in joined(reading.batches)
        ]
        notes.update(reading.notes.counts)
        encoding = guessed_encoding(path)
        names[path] = f"{reading.source} ({encoding})" if encoding else reading.source

    for path in paths:
        status = path.stat()
        first = known.setdefault((status.st_dev, status.st_ino), path)
        if first != path and status.st_ino:
            notes[f"other name of {first}: {path}"] += 1
            continue
        with refusing(path):
            if path.suffix.lower() == ".parquet" or (
                source in (None, OWN) and customer is None and is_plain_csv(path, columns)
            ):
                check_own(path.name, source, customer)
                part = Part(path, path, columns=columns)
                check_columns(part.names)
                parts[path], names[path] = [part], OWN
            else:
                reading = read_usage(path, source, customer, columns, logs)
                if reading.is_log:  # what it holds is known when all are read
                    readings[path] = reading
                else:
                    put(path, reading)
    for path, reading in readings.items():
        with refusing(path):
            put(path, reading)
    every = tuple(part for path in paths for part in parts.get(path, ()))
    if not every:
        raise UsageError(next(iter(refused.values()), f"{paths[0].name} has no rows of usage"))
    sources = dict.fromkeys(names[path] for path in paths if path in names)
    held = () if spool.scratch is None else (spool.scratch,)
    return Taken(every, None, paths, tuple(sources), dict(notes), refused, held)
