"""Taking what people have: a path, a folder, a pattern, standard input, or a frame of any library.

A path is a path: what exists under a name is that file.  Only a name that does not exist and has
``*``, ``?`` or ``[`` in it is a pattern.
"""

from __future__ import annotations

import glob
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lmprice.billing.engines import Frame, frame_of
from lmprice.billing.lazy import pl
from lmprice.billing.parts import Part
from lmprice.billing.readers.opening import is_plain_csv
from lmprice.billing.readers.reading import OWN, read_usage
from lmprice.billing.spool import Scratch, Spool, joined
from lmprice.billing.usage import REASON, UsageError, check_columns, count_rows

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
    return _of_files(files_of(usage), source, customer, columns or {})


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
    path = Path(usage)
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in _ENDINGS and p.is_file())
        if not found:
            raise UsageError(f"the folder {path} has no usage files ({', '.join(_ENDINGS)})")
        return tuple(found)
    if path.exists():
        if not path.is_file():
            raise UsageError(f"{path} is no file that can be read twice; say - and pipe it in")
        return (path,)
    if any(sign in str(usage) for sign in "*?["):
        found = sorted(Path(name) for name in glob.glob(str(usage), recursive=True))
        if not found:
            raise UsageError(f"no file matches {usage}")
        return tuple(p for p in found if p.is_file())
    raise UsageError(f"there is no file {path}")


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
    parts: list[Part] = []
    names: dict[str, None] = {}
    notes: Counter[str] = Counter()
    refused: dict[Path, str] = {}
    spool = Spool()
    for path in paths:
        try:
            if path.suffix.lower() == ".parquet" or (
                source in (None, OWN) and customer is None and is_plain_csv(path, columns)
            ):
                part = Part(path, path, columns=columns)
                check_columns(part.names)
                own, name, left = [part], OWN, Counter[str]()
            else:
                reading = read_usage(path, source, customer, columns)
                own = [
                    Part(spool.put(table), path, REASON in table.columns)
                    for table in joined(reading.batches)
                ]
                name, left = reading.source, reading.notes.counts
        except UsageError as error:
            if len(paths) == 1:
                raise
            refused[path] = str(error)
            continue
        parts += own
        names[name] = None
        notes += left
    if not parts:
        raise UsageError(next(iter(refused.values()), f"{paths[0].name} has no rows of usage"))
    held = () if spool.scratch is None else (spool.scratch,)
    return Taken(tuple(parts), None, paths, tuple(names), dict(notes), refused, held)
