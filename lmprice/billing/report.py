"""Writing a priced usage table: the bill, its lines, and the rows that could not be priced.

All files appear together, the bill last: where there is a bill, there is all of it.  In CSV a text
that a spreadsheet would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lmprice.billing.focus import focus_table
from lmprice.billing.lazy import pl
from lmprice.billing.lines import as_they_were
from lmprice.billing.rating import Rating
from lmprice.billing.reconciling import add_reasons, reasons_in_words, reasons_of
from lmprice.output.files import NewFiles
from lmprice.output.focus_versions import Version
from lmprice.output.foreign import in_csv

KINDS = (".xlsx", ".csv", ".parquet")
_ROWS = 50_000  # that are written at a time
OF_A_LINE = r"^(the )?line "  # how reasons begin that are about a line of a text file
FOCUS = ".focus"  # before the suffix: the bill as a FOCUS dataset


class Report:
    """The files of one priced usage table; use it as a context.

    Beside ``bill.xlsx`` stand ``bill.lines.csv`` and, where rows were refused,
    ``bill.refused.csv``, and ``bill.by.csv`` and ``bill.rows.csv`` where they are asked for,
    and ``bill.margins.csv`` with a book of costs where the bill is no workbook.  A
    bill in Parquet has its tables in Parquet too.  ``bill.focus.csv`` is the bill as FOCUS Cost and
    Usage, whose rows are its lines.

    Raises
    ------
    ValueError
        Where the name does not end in .xlsx, .csv or .parquet, or a version of FOCUS is asked for
        and the name does not say .focus.
    FileExistsError
        Where one of the files is there already, without ``force``.
    """

    def __init__(
        self,
        path: Path,
        *,
        force: bool = False,
        by: bool = False,
        rows: bool = False,
        margins: bool = False,
        focus: Version | None = None,
        inputs: Iterable[Path] = (),
    ) -> None:
        kind = path.suffix.lower()
        if kind not in KINDS:
            raise ValueError(f"{path.name}: a bill is written as {', '.join(KINDS)}")
        self.bill = path
        table = ".parquet" if kind == ".parquet" else ".csv"
        self.focus: Version | None = _focus_version(path, focus)
        if self.focus is not None:
            path = path.with_name(Path(path.stem).stem + kind)
        self.lines = None if self.focus else path.with_suffix(f".lines{table}")
        self.by = path.with_suffix(f".by{table}") if by else None
        self.rows = path.with_suffix(f".rows{table}") if rows else None
        # A workbook has them as a sheet.
        beside = margins and kind != ".xlsx"
        self.margins = path.with_suffix(f".margins{table}") if beside else None
        self.refused = path.with_suffix(".refused.csv")
        self._reasons: Counter[str] = Counter()
        self._priced = pl.DataFrame(schema={"meter": pl.String, "quantity": pl.Decimal(38, 9)})
        self._since: set[datetime] = set()
        self._packed: list[bytes] = []  # lines, where they are written as Parquet
        self._new = NewFiles(*self.files, force=force, inputs=inputs)

    @property
    def files(self) -> tuple[Path, ...]:
        """The names of the files, the bill last."""
        asked = (self.rows, self.by, self.margins, self.lines)
        return (self.refused, *(path for path in asked if path is not None), self.bill)

    def __enter__(self) -> Self:
        self._new.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._new.__exit__(kind, error, traceback)

    def refuse(self, rows: pl.DataFrame) -> None:
        """Put rows that cannot be priced aside; those without a number stand for files."""
        add_reasons(self._reasons, reasons_of(rows))
        # A CSV file holds no lists and records; they are kept as text.
        of_lines = bool(rows["reason"].str.contains(OF_A_LINE).any())
        with self._new.open(self.refused) as file:
            _write_csv(rows, file, as_they_were if of_lines else None)

    def refused_in_words(self) -> list[str]:
        """Why rows were refused, the most frequent reason first."""
        return reasons_in_words(self._reasons)

    def add(self, lines: pl.DataFrame) -> None:
        """Put lines of a bill down, in order; they need not be held until all of them are known."""
        usage = lines.filter(category="usage")
        self._since |= set(usage["valid_from"].drop_nulls().unique())
        added = pl.concat([self._priced, usage.select("meter", "quantity")])
        self._priced = added.group_by("meter").agg(pl.col("quantity").sum())
        if self.lines is None:
            return
        if self.lines.suffix == ".parquet":
            self._packed.append(_parquet(lines))
            return
        with self._new.open(self.lines) as file:
            _write_csv(lines, file)

    def priced(self) -> list[tuple[str, Decimal]]:
        """How much of which meter was priced, the most first."""
        return self._priced.sort("quantity", "meter", descending=[True, False]).rows()

    def since(self) -> list[datetime]:
        """From when the prices hold that were used, in order of time."""
        return sorted(self._since)

    def write(self, rating: Rating, margins: pl.DataFrame | None = None, lang: str = "en") -> None:
        """Write the bill, and the lines that were not added, and give all files their names."""
        self.add(rating.lines)
        if self._packed and self.lines is not None:
            whole = io.BytesIO()
            pl.scan_parquet(self._packed).sink_parquet(whole)
            self._new.temporary(self.lines).write_bytes(whole.getbuffer())
        tables = (
            (self.by, rating.detail),
            (self.rows, rating.rows),
            (self.margins, margins),
        )
        for path, table in tables:
            if path is not None and table is not None:
                _write_table(table, self._new.temporary(path), path.suffix)
        bill = self._new.temporary(self.bill)
        if self.bill.suffix.lower() == ".xlsx":
            from lmprice.billing.sheets import bill_workbook

            bill.write_bytes(bill_workbook(rating, margins, lang))
        else:
            table = focus_table(rating, self.focus) if self.focus else rating.bill
            _write_table(table, bill, self.bill.suffix)
        self._new.publish()


def _focus_version(path: Path, asked: Version | None) -> Version | None:
    """The version of FOCUS that a bill of this name is written in, where it is."""
    if Path(path.stem).suffix.lower() != FOCUS:
        if asked is not None:
            raise ValueError(f"{path.name}: FOCUS is written to a name such as bill.focus.csv")
        return None
    if path.suffix.lower() == ".xlsx":
        raise ValueError(f"{path.name}: FOCUS is written as .focus.csv or .focus.parquet")
    return asked or "1.4"


def _write_table(table: pl.DataFrame, path: Path, suffix: str) -> None:
    # Written by Python: what is in the way of a file is said by the system, not by a library.
    with path.open("wb") as file:
        if suffix.lower() == ".parquet":
            file.write(_parquet(table))
        else:
            _write_csv(table, file)


def _parquet(table: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    return buffer.getvalue()


def _write_csv(
    table: pl.DataFrame, file: IO[bytes], last: Callable[[bytes], bytes] | None = None
) -> None:
    """Add a table to a file, some rows at a time; an empty file gets the header."""
    for piece in table.iter_slices(_ROWS) if table.height else [table]:
        written = _csv(piece, include_header=file.tell() == 0)
        file.write(written if last is None else last(written))


def _csv(table: pl.DataFrame, *, include_header: bool) -> bytes:
    """A table as CSV, none of whose texts and names of columns are formulas."""
    plain = _as_text(table)
    safe = plain.with_columns(
        pl.col(name).map_elements(in_csv, return_dtype=pl.String, skip_nulls=True)
        for name, kind in plain.schema.items()
        if kind == pl.String and _may_be_formulas(plain[name])
    )
    named = safe.rename({name: in_csv(name) for name in safe.columns})
    written = io.BytesIO()
    named.write_csv(written, include_header=include_header, datetime_format="%Y-%m-%dT%H:%M:%SZ")
    return written.getvalue()


def _may_be_formulas(texts: pl.Series) -> bool:
    return bool(texts.str.contains(r"^'*[=+\-@\t\r\n]").any())


def _as_text(table: pl.DataFrame) -> pl.DataFrame:
    """A table as a CSV file can hold it: lists, records, durations and bytes as text."""
    text = [
        pl.Series(column.name, [str(value) for value in column.to_list()])
        for column in table
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Duration, pl.Object)
    ]
    return table.with_columns(text)
