"""Rows of cells and records of JSON as tables of texts, some at a time; bad lines among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lmprice.billing.lazy import pl
from lmprice.billing.readers.pieces import BadLine, Row
from lmprice.billing.usage import REASON, REQUIRED
from lmprice.output.strict_json import text_of

BYTES = 1 << 24  # characters that are made a table at a time, at most
_BATCH = 50_000  # and rows
_CELL = 16  # what a cell takes beside its characters, where most are alike or empty
Record = dict[str, Any] | BadLine


def _batched(rows: Iterator[Any], size: Callable[[Any], int]) -> Iterator[list[Any]]:
    """Rows in batches of so many, or so many characters."""
    batch: list[Any] = []
    held = 0
    for row in rows:
        batch.append(row)
        held += size(row)
        if len(batch) == _BATCH or held > BYTES:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def frames(rows: Iterator[Row], names: list[str]) -> Iterator[pl.DataFrame]:
    """Rows of cells as tables of texts; bad lines are tables of their own, never the first."""
    first = True
    for batch in _batched(rows, lambda row: _CELL * len(row) + sum(map(len, row))):
        good = [row for row in batch if not isinstance(row, BadLine)]
        if good or first:
            first = False
            yield _frame(good, names)
        yield from _spoilt([row for row in batch if isinstance(row, BadLine)])


def _frame(rows: list[list[str]], names: list[str]) -> pl.DataFrame:
    """Rows of cells as texts; a row with more or fewer cells than the header has a reason."""
    width = len(names)
    odd = [len(row) != width for row in rows]
    reasons = [
        f"the row has {len(row)} fields instead of {width}" if is_odd else None
        for row, is_odd in zip(rows, odd, strict=True)
    ]
    rows = [
        [*row[: width - 1], ",".join(row[width - 1 :])] if len(row) > width else row for row in rows
    ]
    columns = {
        name: pl.Series(name, [row[i] if i < len(row) else None for row in rows], dtype=pl.String)
        for i, name in enumerate(names)
    }
    made = pl.DataFrame(columns)
    if any(odd):
        made = made.with_columns(pl.Series("reason", reasons, dtype=pl.String))
    return made


def of_records(records: Iterator[Record]) -> Iterator[pl.DataFrame]:
    """Records as tables of texts; bad lines are tables of their own."""
    cells = (
        one if isinstance(one, BadLine) else {str(n): text_of(value) for n, value in one.items()}
        for one in records
    )
    for batch in _batched(cells, _size):
        good = [one for one in batch if not isinstance(one, BadLine)]
        names = dict.fromkeys(name for record in good for name in record)
        if good:
            yield pl.DataFrame({
                name: pl.Series(name, [record.get(name) for record in good], dtype=pl.String)
                for name in names
            })  # fmt: skip
        yield from _spoilt([one for one in batch if isinstance(one, BadLine)])


def _size(record: dict[str, str | None] | BadLine) -> int:
    if isinstance(record, BadLine):
        return len(record.text)
    return _CELL * len(record) + sum(len(cell) for cell in record.values() if cell)


def _spoilt(bad: list[BadLine]) -> Iterator[pl.DataFrame]:
    """Lines that could not be read, as rows that are refused."""
    if bad:
        nothing = dict.fromkeys(REQUIRED, pl.Series([None] * len(bad), dtype=pl.String))
        texts, reasons = [line.text for line in bad], [line.reason for line in bad]
        yield pl.DataFrame(nothing | {"line": texts, REASON: reasons})


def is_of_bad_lines(table: pl.DataFrame) -> bool:
    """Whether a table is one of bad lines."""
    return table.columns == [*REQUIRED, "line", REASON]
