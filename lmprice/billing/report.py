"""Writing a priced usage table: the bill, its lines, and the rows that could not be priced.

Everything is written under temporary names and renamed when it is complete, the bill last: where
there is a bill, there is all of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from lmprice.billing.lazy import pl
from lmprice.billing.rating import Rating

KINDS = (".xlsx", ".csv", ".parquet")


class Report:
    """The files of one priced usage table; use it as a context.

    Beside ``bill.xlsx`` stand ``bill.lines.csv`` and, where rows were refused,
    ``bill.refused.csv``, and ``bill.by.csv`` and ``bill.rows.csv`` where they are asked for.  A bill
    in Parquet has its tables in Parquet too.

    Raises
    ------
    ValueError
        Where the name does not end in .xlsx, .csv or .parquet.
    FileExistsError
        Where one of the files is there already, without ``force``.
    """

    def __init__(
        self, path: Path, *, force: bool = False, by: bool = False, rows: bool = False
    ) -> None:
        kind = path.suffix.lower()
        if kind not in KINDS:
            raise ValueError(f"{path.name}: a bill is written as {', '.join(KINDS)}")
        self.bill = path
        table = ".parquet" if kind == ".parquet" else ".csv"
        self.lines = path.with_suffix(f".lines{table}")
        self.by = path.with_suffix(f".by{table}") if by else None
        self.rows = path.with_suffix(f".rows{table}") if rows else None
        self.refused = path.with_suffix(".refused.csv")
        self._temporary = {
            final: final.with_name(f".{final.name}.{os.getpid()}.tmp") for final in self.files
        }
        existing = [final for final in self.files if final.exists()]
        if existing and not force:
            raise FileExistsError(f"{existing[0]} exists already")

    @property
    def files(self) -> tuple[Path, ...]:
        """The names of the files, the bill last."""
        asked = (path for path in (self.rows, self.by) if path is not None)
        return (self.refused, *asked, self.lines, self.bill)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for temporary in self._temporary.values():
            temporary.unlink(missing_ok=True)

    def refuse(self, rows: pl.DataFrame) -> None:
        """Put rows that cannot be priced aside."""
        # A CSV file holds no lists and records; they are kept as text.
        with self._temporary[self.refused].open("ab") as file:
            _as_text(rows).write_csv(file, include_header=file.tell() == 0)

    def write(self, rating: Rating, margins: pl.DataFrame | None = None, lang: str = "en") -> None:
        """Write the bill and its lines and give all files their names."""
        lines, bill = self._temporary[self.lines], self._temporary[self.bill]
        _write_table(rating.lines, lines, self.lines.suffix)
        for path, table in ((self.by, rating.detail), (self.rows, rating.rows)):
            if path is not None and table is not None:
                _write_table(table, self._temporary[path], path.suffix)
        if self.bill.suffix.lower() == ".xlsx":
            from lmprice.billing.sheets import bill_workbook

            bill.write_bytes(bill_workbook(rating, margins, lang))
        else:
            _write_table(rating.bill, bill, self.bill.suffix)
        self.bill.unlink(missing_ok=True)  # an earlier bill does not stand beside new lines
        for final in self.files:
            temporary = self._temporary[final]
            if temporary.exists():
                os.replace(temporary, final)
            else:
                final.unlink(missing_ok=True)


def _write_table(table: pl.DataFrame, path: Path, suffix: str) -> None:
    if suffix.lower() == ".parquet":
        table.write_parquet(path)
    else:
        _as_text(table).write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ")


def _as_text(table: pl.DataFrame) -> pl.DataFrame:
    """A table as a CSV file can hold it: lists, records, durations and bytes as text."""
    text = [
        pl.Series(column.name, [str(value) for value in column.to_list()])
        for column in table
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration, pl.Object)
    ]
    return table.with_columns(text)
