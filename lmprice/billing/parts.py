"""The parts of a usage log: files one after another, each read in batches and counted as a whole.

What a reader makes of an export is held while it is small and put on disk where it is not, so that
memory does not grow with the files.  Of a file that is damaged none of the rows are counted: it is
refused by its name, and all others are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from lmprice.billing.lazy import pl
from lmprice.billing.spool import InOrder, Refused
from lmprice.billing.usage import (
    REASON,
    ROW,
    DamagedError,
    UsageError,
    batches,
    column_names,
    listed,
    rows_again,
)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Part:
    """A table of a usage log, and the file that it is of."""

    table: pl.DataFrame | pl.LazyFrame | Path
    file: Path | None = None
    has_reasons: bool = False  # some rows could not be read: the column ``reason`` says why
    columns: Mapping[str, str] = field(default_factory=dict)  # each with the one that holds it

    @property
    def names(self) -> list[str]:
        """Its columns."""
        own = column_names(self.table, has_reasons=self.has_reasons)
        missing = [old for old in self.columns.values() if old not in own]
        if missing:
            what = "the usage table" if self.file is None else self.file.name
            raise UsageError(f"{what} has no column {missing[0]}; it has {listed(own)}")
        return [self._new.get(name, name) for name in own]

    @property
    def _new(self) -> dict[str, str]:
        return {old: new for new, old in self.columns.items()}

    def batches(self, rows: int, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Some of its columns in batches, with ``row`` and ``reason``."""
        own = self.names
        read = [name for name in columns if name in own] or own[:1]
        old = [self.columns.get(name, name) for name in read]
        for piece in batches(self.table, rows, old, has_reasons=self.has_reasons):
            yield piece.rename(self._new, strict=False)

    def again(self, rows: int, refused: Callable[[int], pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The refused rows of it with all their cells."""
        for piece in rows_again(self.table, rows, refused, has_reasons=self.has_reasons):
            yield piece.rename(self._new, strict=False)


class Log:
    """The rows of a usage log in order, numbered over all of its parts."""

    def __init__(
        self, parts: Sequence[Part], refused: Mapping[Path, str], batch_rows: int,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:  # fmt: skip
        self._parts, self._batch_rows, self._on_progress = parts, batch_rows, on_progress
        self.refused = dict(refused)  # files that could not be read, each with the reason
        self.names = list(dict.fromkeys(name for part in parts for name in part.names))
        self.rows = 0
        self._read: list[tuple[Part, int, int]] = []  # with the rows before it, and with its own

    def of_files(
        self, columns: Sequence[str], made: Callable[[Iterable[pl.DataFrame]], Made]
    ) -> Iterator[Made]:
        """What is made of some columns of each file that can be read to its end."""
        for file, parts in groupby(self._parts, key=lambda part: part.file):
            before, known = self.rows, len(self._read)
            try:
                found = made(self._pieces(parts, columns))
            except DamagedError as error:
                if file is None:
                    raise
                self.refused[file] = str(error)
                self.rows = before
                del self._read[known:]
                continue
            yield found
        if self.refused and not self._read:
            raise DamagedError(next(iter(self.refused.values())))

    def _pieces(self, parts: Iterable[Part], columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        for part in parts:
            before = self.rows
            for piece in part.batches(self._batch_rows, columns):
                yield piece.with_columns(pl.col(ROW) + before) if before else piece
                self.rows += piece.height
                if self._on_progress is not None:
                    self._on_progress(self.rows)
            self._read.append((part, before, self.rows))

    @property
    def refused_files(self) -> tuple[str, ...]:
        """What is said of the files that could not be read."""
        return tuple(told(str(file), file, reason) for file, reason in self.refused.items())

    def again(self, refused: Refused) -> Iterator[pl.DataFrame]:
        """The files that are refused, and the refused rows with all their cells, read only now."""
        columns = [ROW, REASON, *self.names]
        if self.refused:
            yield of_files(self.refused_files).with_columns(
                pl.lit(None).alias(name) for name in self.names
            )
        waiting = InOrder(refused)
        for part, before, after in self._read:
            if waiting.first is None or waiting.first > after:
                continue
            for piece in part.again(self._batch_rows, partial(waiting.until, before=before)):
                missing = (pl.lit(None).alias(n) for n in columns if n not in piece.columns)
                yield piece.with_columns(pl.col(ROW) + before, *missing).select(columns)


def told(where: str, file: Path, reason: str) -> str:
    """What is said of a file that is refused."""
    return f"{where}: {reason.removeprefix(file.name).lstrip(': ')}; none of its rows is counted"


def of_files(reasons: Sequence[str]) -> pl.DataFrame:
    """Refused files among refused rows: they have no number."""
    return pl.DataFrame(
        {ROW: [None] * len(reasons), REASON: reasons}, schema={ROW: pl.Int64, REASON: pl.String}
    )
