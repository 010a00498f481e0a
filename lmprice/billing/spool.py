"""Tables that lie on disk where they are too large to be held, and refused rows among them."""

from __future__ import annotations

import io
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lmprice.billing.lazy import pl
from lmprice.billing.usage import REASON, ROW

HELD = 1 << 27  # bytes of tables that are held in memory, about
_TABLE = 1 << 26  # bytes of one table, about
_COLUMNS = 200_000  # columns of tables that wait: each takes memory, however few its cells are


class Scratch:
    """A folder for as long as somebody holds this."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lmprice-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def joined(tables: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in fewer tables: what follows on one with the same columns is added to it."""
    waiting: list[pl.DataFrame] = []
    held = 0
    for table in tables:
        size = int(table.estimated_size())
        if waiting and (table.schema != waiting[0].schema or held + size > _TABLE):
            yield pl.concat(waiting)
            waiting, held = [], 0
        waiting.append(table)
        held += size
        if len(waiting) * table.width > _COLUMNS:
            waiting = [pl.concat(waiting, rechunk=True)]
    if waiting:
        yield pl.concat(waiting)


class Spool:
    """Tables in memory as long as they are few, and then in files."""

    def __init__(self) -> None:
        self.scratch: Scratch | None = None
        self._held = self._files = 0

    def put(self, table: pl.DataFrame) -> pl.DataFrame | Path:
        """A table, or where it lies."""
        size = int(table.estimated_size())
        if self._held + size <= HELD:
            self._held += size
            return table
        self.scratch = self.scratch or Scratch()
        self._files += 1
        path = self.scratch.folder / f"{self._files}.parquet"
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="lz4")
        try:
            path.write_bytes(buffer.getbuffer())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
        return path


@dataclass(frozen=True)
class Refused:
    """Refused rows in order, each with its number and its reason; some tables are on disk."""

    tables: tuple[tuple[int, pl.DataFrame | Path], ...] = ()  # each with the rows before it

    @classmethod
    def of(cls, table: pl.DataFrame) -> Refused:
        """The rows of a table, which are numbered."""
        return cls(((0, table),)) if table.height else cls()

    def after(self, rows: int) -> Refused:
        """The same where so many rows stand before."""
        return Refused(tuple((before + rows, table) for before, table in self.tables))

    def __add__(self, other: Refused) -> Refused:
        return Refused(self.tables + other.tables)

    def __bool__(self) -> bool:
        return bool(self.tables)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for before, table in self.tables:
            own = pl.read_parquet(table) if isinstance(table, Path) else table
            yield own.with_columns(pl.col(ROW) + before) if before else own

    def each(self, made: Callable[[pl.DataFrame], pl.DataFrame | Path]) -> Refused:
        """The same with something made of each table."""
        return Refused(tuple((0, made(table)) for table in self))


class InOrder:
    """Refused rows, handed out from the first to the last, a table of them in memory."""

    def __init__(self, refused: Refused) -> None:
        self._tables = iter(refused)
        self._next = next(self._tables, None)

    def until(self, row: int, before: int = 0) -> pl.DataFrame:
        """The rows up to a number that were not handed out yet, counted after those before."""
        found = [pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.String})]
        while (own := self._next) is not None and own[ROW][0] <= before + row:
            many = int(own[ROW].search_sorted(before + row, side="right"))
            found.append(own.head(many).select(pl.col(ROW) - before, REASON))
            self._next = own.slice(many) if many < own.height else next(self._tables, None)
        return pl.concat(found)

    @property
    def first(self) -> int | None:
        """The number of the next row; None where there is no other."""
        return None if self._next is None else int(self._next[ROW][0])
