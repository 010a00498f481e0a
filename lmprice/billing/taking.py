"""Taking what people have: a path, a folder, a pattern, standard input, or a frame of any library.

A path is a path: what exists under a name is that file.  Only a name that does not exist and has
``*``, ``?`` or ``[`` in it is a pattern.
"""

from __future__ import annotations

import glob
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lmprice.billing.engines import Frame, frame_of
from lmprice.billing.lazy import pl
from lmprice.billing.readers.opening import is_plain_csv
from lmprice.billing.readers.reading import OWN, read_usage
from lmprice.billing.usage import REASON, UsageError, readable, scan

if TYPE_CHECKING:
    import pandas

STANDARD_INPUT = "-"
_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".zip", ".gz", ".zst", ".parquet")


@dataclass(frozen=True)
class Taken:
    """A usage table that was taken: its rows, where they are from, and what was left out."""

    # A path is read in batches, as it is; the rows of a frame are rated where they are.
    table: pl.DataFrame | pl.LazyFrame | Path | Frame
    files: tuple[Path, ...] = ()
    sources: tuple[str, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
    has_reasons: bool = False  # some rows could not be read: the column ``reason`` says why

    @property
    def parts(self) -> int | None:
        """In how many parts a cluster rates it, where that is known."""
        return self.table.parts if isinstance(self.table, Frame) else None

    @property
    def rows(self) -> pl.DataFrame | pl.LazyFrame | Path:
        """The table on this machine."""
        return self.table.here() if isinstance(self.table, Frame) else self.table

    def here(self) -> Taken:
        """The same on this machine, for what looks at its rows more than once."""
        return Taken(self.rows) if isinstance(self.table, Frame) else self


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
        return Taken(_renamed(usage, columns))
    frame = frame_of(usage, columns or {})
    if frame is not None:
        return Taken(frame)
    if not isinstance(usage, (str, Path)):
        return Taken(_renamed(_frame(usage), columns))
    if str(usage) == STANDARD_INPUT:
        with _standard_input() as path:
            return _of_files((path,), source, customer, columns or {}, as_frame=True)
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


def _renamed(
    table: pl.DataFrame | pl.LazyFrame, columns: Mapping[str, str] | None
) -> pl.DataFrame | pl.LazyFrame:
    if not columns:
        return table
    names = table.collect_schema().names()
    missing = [old for old in columns.values() if old not in names]
    if missing:
        raise UsageError(f"the usage table has no column {missing[0]}; it has {', '.join(names)}")
    return table.rename({old: new for new, old in columns.items()})


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


@contextmanager
def _standard_input() -> Iterator[Path]:
    """Standard input as a file, which is looked at before it is read."""
    # Not a temporary file that is open: Windows lets nobody else read it.
    with tempfile.TemporaryDirectory(prefix="usage-") as folder:
        path = Path(folder, "usage")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield path


def _of_files(
    paths: tuple[Path, ...],
    source: str | None,
    customer: str | None,
    columns: Mapping[str, str],
    *,
    as_frame: bool = False,
) -> Taken:
    is_own = source in (None, OWN) and customer is None and not columns
    if len(paths) == 1 and not as_frame and is_own and _is_plain(paths[0]):
        return Taken(paths[0], paths, (OWN,))
    if is_own and all(path.suffix.lower() == ".parquet" for path in paths):
        return Taken(pl.concat([scan(p) for p in paths], how="diagonal_relaxed"), paths, (OWN,))
    tables: list[pl.DataFrame] = []
    names: dict[str, None] = {}
    notes: dict[str, int] = {}
    for path in paths:
        if path.suffix.lower() == ".parquet":
            with readable(path):
                tables.append(pl.DataFrame(_renamed(scan(path), columns).lazy().collect()))
            names[OWN] = None
            continue
        reading = read_usage(path, source, customer, columns)
        tables += reading.batches
        names[reading.source] = None
        for what, count in reading.notes.counts.items():
            notes[what] = notes.get(what, 0) + count
    if not tables:
        raise UsageError(f"{paths[0].name} has no rows of usage")
    table = pl.concat(tables, how="diagonal_relaxed")
    has_reasons = REASON in table.columns
    return Taken(table, paths, tuple(names), notes, has_reasons)


def _is_plain(path: Path) -> bool:
    """Whether a file is read in batches as it is: Parquet, or a table of ours in plain CSV."""
    return path.suffix.lower() == ".parquet" or is_plain_csv(path)
