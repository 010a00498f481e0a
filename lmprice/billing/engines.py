"""Engines: usage that stays where it is, in DuckDB, Spark or Dask, and is rated there.

Each partition becomes partial sums where its rows are, in polars and NumPy by the same code as on
one machine, and only these small tables travel.  It is code and not SQL because the sums are exact,
a row that is refused gets its reason, and both are then the same in every engine.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Self, cast

from lmprice.billing.book import PriceBook
from lmprice.billing.job import Job
from lmprice.billing.lazy import pl
from lmprice.billing.partial import Partial
from lmprice.billing.summing import Summing
from lmprice.billing.usage import REASON, ROW, UsageError, check_columns, listed, within_calendars

Progress = Callable[[int], None] | None
BATCH_ROWS = 500_000
_ALL_ROWS = "all rows on one machine: bring them here, such as by toPandas() or compute()"
WIDE = 8  # partial sums that are added up at a time


@dataclass(frozen=True)
class Work:
    """What a worker needs to rate a part of a table: the book, and the columns of the table."""

    book: PriceBook = field(compare=False)
    names: tuple[str, ...] = field(compare=False)
    key: str

    @classmethod
    def of(cls, book: PriceBook, names: Iterable[str]) -> Work:
        """The work of rating a table with some columns."""
        names = tuple(names)
        text = "\n".join([book.model_dump_json(), *names])
        return cls(book, names, sha256(text.encode()).hexdigest())

    @property
    def needed(self) -> list[str]:
        """The columns that play a part."""
        return _ready(self)[0].needed(self.names)

    @property
    def summing(self) -> Summing:
        """What makes the partial sums; made once a process."""
        return _ready(self)[1]

    def partial(self, tables: Iterable[pl.DataFrame]) -> Partial:
        """The sums of some tables; refused rows keep all their cells."""
        return self.summing.added(self._of(table) for table in tables)

    def summed(self, pieces: Iterable[pl.DataFrame]) -> Partial:
        """The sums of pieces of a file, which have ``row`` and ``reason``."""
        return self.summing.added(map(self.summing.partial, pieces))

    def _of(self, table: pl.DataFrame) -> Partial:
        rows = table.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
        found = self.summing.partial(
            within_calendars(rows).with_columns(pl.lit(None, pl.String).alias(REASON))
        )
        return found.with_cells(rows)

    def added(self, parts: Iterable[Partial]) -> Partial:
        """The sums of parts, in their order."""
        return self.summing.added(parts)


@lru_cache(maxsize=4)
def _ready(work: Work) -> tuple[Job, Summing]:
    job = Job(work.book, by=(), rows=False)
    return job, job.summing(work.names)


@dataclass(frozen=True)
class Frame:
    """A table of another engine, whose rows stay there."""

    usage: Any
    columns: Mapping[str, str] = field(default_factory=dict)  # each with the one that holds it

    can_come: ClassVar[bool] = False  # whether all its rows may be brought to this machine

    @property
    def names(self) -> list[str]:
        """Its columns, as a price book calls them."""
        own = [str(name) for name in self.usage.columns]
        new = {old: name for name, old in self.columns.items()}
        missing = [old for old in new if old not in own]
        if missing:
            raise UsageError(f"the usage table has no column {missing[0]}; it has {listed(own)}")
        names = [new.get(name, name) for name in own]
        check_columns(names)
        return names

    @property
    def parts(self) -> int | None:
        """In how many parts it is rated, where progress is told in parts."""
        return None

    def here(self) -> pl.DataFrame:
        """The rows, on this machine.

        Raises
        ------
        UsageError
            Where there may be too many of them.
        """
        raise UsageError(f"this needs {_ALL_ROWS}")

    def sums(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows, read in the columns that play a part.

        Where rows are refused, all are read once more, for these have all their cells.
        """
        found = self.of_columns(work.needed).summed(work, on_progress)
        is_whole = set(work.needed) >= set(work.names)
        if is_whole or not found.refused:
            return found
        return self.summed(work, on_progress)

    def of_columns(self, names: Sequence[str]) -> Self:
        """The table in some of its columns, as a price book calls them."""
        kept = {new: old for new, old in self.columns.items() if new in names}
        return replace(self, usage=self.selected([kept.get(n, n) for n in names]), columns=kept)

    def selected(self, columns: list[str]) -> Any:
        """Some columns of the table, by its own names."""
        raise NotImplementedError

    def summed(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows of the table as it is."""
        raise NotImplementedError


class DuckDBFrame(Frame):
    """A relation of DuckDB: its batches are rated as they come out of the query."""

    can_come = True

    def tables(self) -> Iterator[pl.DataFrame]:
        """The rows, a batch at a time."""
        if find_spec("pyarrow") is None:  # which DuckDB needs to hand over one batch after another
            yield self.here()
            return
        for batch in self.usage.to_arrow_reader(BATCH_ROWS):
            yield renamed(pl.DataFrame(batch), self.columns)

    def here(self) -> pl.DataFrame:
        """The rows, on this machine."""
        return renamed(pl.DataFrame(self.usage), self.columns)

    def selected(self, columns: list[str]) -> Any:
        """Some columns: the query is planned anew for them."""
        return self.usage.select(*map(imported("duckdb").ColumnExpression, columns))

    def summed(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows."""
        return work.partial(_told(self.tables(), on_progress))


class SparkFrame(Frame):
    """A frame of PySpark: each partition is rated by its executor."""

    def selected(self, columns: list[str]) -> Any:
        """Some columns, by names that may have dots in them."""
        return self.usage.select(*(f"`{name.replace('`', '``')}`" for name in columns))

    def summed(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows, added up in the order of their partitions."""
        refuse_order(work)
        rated = self.usage.mapInArrow(_InSpark(work, self.columns), "number int, part binary")
        rows = sorted(rated.collect(), key=lambda row: int(row["number"]))
        found = work.added(pickle.loads(bytes(row["part"])) for row in rows)
        if on_progress is not None:
            on_progress(found.rows)
        return found


@dataclass(frozen=True)
class _InSpark:
    """What an executor of Spark does with a partition."""

    work: Work
    columns: Mapping[str, str]

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        pyarrow = imported("pyarrow")
        part = self.work.partial(renamed(pl.DataFrame(b), self.columns) for b in batches)
        context = imported("pyspark").TaskContext.get()
        number = 0 if context is None else context.partitionId()
        kinds = pyarrow.schema([("number", pyarrow.int32()), ("part", pyarrow.binary())])
        cells = {"number": [number], "part": [pickle.dumps(part)]}
        yield pyarrow.RecordBatch.from_pydict(cells, schema=kinds)


class DaskFrame(Frame):
    """A frame of Dask: each partition is rated where it is, and sums meet in a tree."""

    def selected(self, columns: list[str]) -> Any:
        """Some columns; partitions that are read from files are read in these only."""
        return self.usage[columns]

    def summed(self, work: Work, on_progress: Progress) -> Partial:
        """The sums of all rows."""
        dask = imported("dask")
        refuse_order(work)
        rated = dask.delayed(_in_dask)
        shared = dask.delayed(work)
        parts = [rated(shared, part, self.columns) for part in self.usage.to_delayed()]
        (found,) = dask.compute(tree(parts, shared))
        if on_progress is not None:
            on_progress(found.rows)
        return cast(Partial, found)


def _in_dask(work: Work, partition: Any, columns: Mapping[str, str]) -> Partial:
    return work.partial([renamed(pl.DataFrame(partition), columns)])


def tree(parts: Sequence[Any], work: Any) -> Any:
    """Delayed parts added up some at a time, until one is left."""
    dask = imported("dask")
    added = dask.delayed(together)
    while len(parts) > 1:
        parts = [added(work, parts[n : n + WIDE]) for n in range(0, len(parts), WIDE)]
    return parts[0]


def together(work: Work, parts: Sequence[Partial]) -> Partial:
    """Some parts of a table added up."""
    return work.added(parts)


def imported(name: str) -> Any:
    """A library of the extra ``scale``."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        library = name.partition(".")[0]
        raise UsageError(f"this needs {library}: pip install 'lmprice[scale]'") from None


def frame_of(usage: Any, columns: Mapping[str, str]) -> Frame | None:
    """A table of an engine that rates it itself, None for any other."""
    home, name = type(usage).__module__, type(usage).__name__
    if home.startswith("dask") and hasattr(usage, "to_delayed"):
        return DaskFrame(usage, columns)
    if "duckdb" in home and name == "DuckDBPyRelation":
        return DuckDBFrame(usage, columns)
    if "pyspark." in home and name == "DataFrame":
        return SparkFrame(usage, columns)
    return None


def renamed(table: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """A table with the columns of a price book."""
    return table.rename({old: name for name, old in columns.items()})


def _told(tables: Iterable[pl.DataFrame], on_progress: Progress) -> Iterator[pl.DataFrame]:
    done = 0
    for table in tables:
        yield table
        done += table.height
        if on_progress is not None:
            on_progress(done)


def refuse_order(work: Work) -> None:
    """Refuse a book that needs the order of all rows."""
    if work.summing.takes_all:
        raise UsageError(
            "the book keeps one of several rows that are alike (unique), or prices events one "
            f"after another, which needs {_ALL_ROWS}"
        )
