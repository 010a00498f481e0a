"""Usage tables in batches: read, checked row by row, and every amount made a number.

Nothing is dropped here.  A row that cannot be used keeps its cells and gets a reason.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lmprice.billing.lazy import pl
from lmprice.billing.lines import LONGEST_LINE, is_readable, lines_of, text_of
from lmprice.billing.meters import COUNTED
from lmprice.billing.plain_csv import blocks_of, plain_table
from lmprice.language.errors import InputError
from lmprice.output import few
from lmprice.output.foreign import from_csv

REQUIRED = ("timestamp", "customer", "model")

# The columns that reading adds; a usage table may have any others.
ROW = "row"  # counted from 1; of a CSV file from 1 after the header, a line each
REASON = "reason"  # null where nothing is wrong

_LISTED = 20  # columns that a message lists
_CELLS = 1 << 23  # cells of a piece of a table, at most
_AGAIN = 1 << 16  # lines that are looked at once more at a time


class UsageError(InputError):
    """A usage table that cannot be priced as a whole: no such columns, not readable."""


class DamagedError(UsageError):
    """A file that cannot be read to its end."""


def column_names(usage: Path | pl.DataFrame | pl.LazyFrame, *, has_reasons: bool) -> list[str]:
    """The columns of a usage table."""
    if isinstance(usage, Path) and usage.suffix.lower() != ".parquet":
        with usage.open("rb") as file:
            names = _header(usage, file)
    else:
        names = scan(usage).collect_schema().names()
    return [name for name in names if name != REASON] if has_reasons else names


def batches(
    usage: Path | pl.DataFrame | pl.LazyFrame,
    rows: int,
    columns: Sequence[str],
    *,
    has_reasons: bool = False,
) -> Iterator[pl.DataFrame]:
    """Some columns in pieces of at most about ``rows`` rows, with ``row`` and ``reason`` added.

    With ``has_reasons`` the rows that a reader could not read bring theirs.
    """
    if rows < 1:
        raise ValueError(f"batch_rows {rows} is below 1")
    if isinstance(usage, Path) and usage.suffix.lower() != ".parquet":
        pieces = _csv_batches(usage, rows, columns)
    else:
        reason = pl.col(REASON) if has_reasons else pl.lit(None, pl.String).alias(REASON)
        rows = max(min(rows, _CELLS // max(len(columns), 1)), 1)
        table = scan(usage).select(*columns, reason)
        pieces = (_slices if isinstance(usage, Path) else _whole)(table, rows)
    first = 1
    try:
        for piece in pieces:
            numbers = pl.int_range(first, first + piece.height).alias(ROW)
            yield within_calendars(piece).with_columns(numbers)
            first += piece.height
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        name = usage.name if isinstance(usage, Path) else "the usage table"
        raise DamagedError(
            f"{name}: cannot be read after row {first - 1:,}: what follows is damaged"
        ) from None


def _slices(table: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """The rows of a Parquet file, so many at a time; nothing is read ahead, which takes memory."""
    for first in range(0, int(table.select(pl.len()).collect().item()), rows):
        yield table.slice(first, rows).collect()


def _whole(table: pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """The rows of a table, so many at a time, and all of them.

    Where reading breaks down in a thread of its own, Polars ends the batches without an error.
    """
    left = int(table.select(pl.len()).collect().item())
    for piece in table.collect_batches(chunk_size=rows, maintain_order=True):
        left -= piece.height
        yield piece
    if left:
        raise pl.exceptions.ComputeError


def rows_again(
    usage: Path | pl.DataFrame | pl.LazyFrame,
    rows: int,
    refused: Callable[[int], pl.DataFrame],
    *,
    has_reasons: bool,
) -> Iterator[pl.DataFrame]:
    """The refused rows with all their cells, which are read only now, in pieces.

    ``refused`` gives those up to a number that it did not give before.
    """
    names = column_names(usage, has_reasons=has_reasons)
    if isinstance(usage, Path) and usage.suffix.lower() != ".parquet":
        found = _csv_rows(usage, refused, names)
    else:
        pieces = batches(usage, rows, names, has_reasons=has_reasons)
        found = (
            p.drop(REASON).join(refused(p[ROW][-1]), on=ROW, maintain_order="left")
            for p in pieces
            if p.height
        )
    waiting: list[pl.DataFrame] = []
    for piece in found:
        waiting.append(piece.select(ROW, REASON, *names))
        if sum(piece.height for piece in waiting) >= rows:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def within_calendars(piece: pl.DataFrame) -> pl.DataFrame:
    """A table in which dates that no calendar has are texts: the number that stands for them."""
    for name, kind in piece.schema.items():
        if not isinstance(kind, (pl.Datetime, pl.Date)):
            continue
        number = pl.col(name).to_physical()
        unit = 1 if kind == pl.Date else 86_400 * _PER_SECOND[getattr(kind, "time_unit", "us")]
        is_known = number.is_between(-719_162 * unit, 2_932_896 * unit).fill_null(value=True)
        if piece.select(is_known.all()).item():
            continue
        known: pl.Expr = pl.when(is_known).then(pl.col(name))
        if isinstance(kind, pl.Datetime):
            known = known.dt.strftime(
                "%Y-%m-%d %H:%M:%S%.6f" + ("+00:00" if kind.time_zone else "")
            )
        text = pl.coalesce(known.cast(pl.String), number.cast(pl.String))
        piece = piece.with_columns(text.alias(name))
    return piece


_PER_SECOND = {"ms": 10**3, "us": 10**6, "ns": 10**9}


def scan(usage: Path | pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """The usage table, not read yet."""
    if isinstance(usage, pl.DataFrame):
        return usage.lazy()
    if isinstance(usage, pl.LazyFrame):
        return usage
    table = pl.scan_parquet(usage, glob=False)
    with readable(usage):
        table.collect_schema()
    return table


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Say of a Parquet file that it is damaged, where Polars says so or panics."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise DamagedError(f"{path.name}: no Parquet file, or a damaged one") from None


def count_rows(path: Path) -> int:
    """The rows of a usage file, counted without reading them all at once."""
    if path.suffix.lower() != ".parquet":
        with path.open("rb") as file:
            pieces = iter(lambda: file.read(1 << 20), b"")
            return max(sum(piece.count(b"\n") for piece in pieces) - 1, 0)
    return int(scan(path).select(pl.len()).collect().item())


def check_columns(names: list[str]) -> None:
    """Refuse a table without what every table needs, or with two columns of one name."""
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UsageError(
            f"the usage table has no column {', '.join(missing)}; it has {listed(names)}"
        )
    taken = [name for name in (ROW, REASON) if name in names]
    if taken:
        raise UsageError(f"the usage table has a column {taken[0]}; refused rows get one")
    counts = Counter(names)
    twice = sorted(name for name, count in counts.items() if count > 1)
    if twice:
        raise UsageError(f"the usage table has two columns {twice[0]}")


def listed(names: Sequence[str]) -> str:
    """The first columns of a table, and how many more there are."""
    return few.listed(names, _LISTED) if names else "none"


def _header(path: Path, file: IO[bytes]) -> list[str]:
    line = file.readline(LONGEST_LINE)
    header, reason = _fields(*text_of(line.removeprefix(codecs.BOM_UTF8)))
    if reason is not None:
        raise UsageError(f"{path.name}: the header {reason}")
    return [from_csv(name.strip()) for name in header]


def _csv_batches(path: Path, rows: int, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    """A CSV file, one line a row: a quote that is never closed spoils its own line only."""
    with path.open("rb") as file:
        header = _header(path, file)
        nothing = pl.lit(None, pl.String).alias(REASON)
        for block in blocks_of(file):
            if isinstance(block, list):
                yield as_meant(_cells(block, header, columns))
                continue
            plain = plain_table(block, header, columns, COUNTED)
            if plain is not None:
                slices = plain.with_columns(nothing).iter_slices(rows)
                yield from map(as_meant, slices)
                continue
            for lines in lines_of(io.BytesIO(block), rows):
                yield as_meant(_cells(lines, header, columns))


def as_meant(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells without the apostrophe that keeps spreadsheets from taking them for formulas."""
    texts = cells.select(pl.col(pl.String).str.starts_with("'").any())
    return cells.with_columns(
        pl.col(name).map_elements(from_csv, return_dtype=pl.String, skip_nulls=True)
        for name in texts.columns
        if name != REASON and texts[name].item()
    )


def _cells(lines: list[bytes], header: list[str], columns: Sequence[str]) -> pl.DataFrame:
    """The cells of lines as text; only lines out of the ordinary are looked at one by one."""
    commas = len(header) - 1
    odd = [
        number for number, line in enumerate(lines) if line.count(b",") != commas or b'"' in line
    ]
    if not is_readable(lines):
        known = set(odd)
        odd = [n for n, line in enumerate(lines) if n in known or text_of(line)[1] is not None]
    spoilt = [(number, *_row(lines[number], len(header))) for number in odd]
    for number in reversed(odd):
        del lines[number]
    nothing = pl.lit(None, pl.String).alias(REASON)
    if not lines:
        plain = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    else:
        # Columns are read by number, whatever they are called; only those in use are made.
        places = {str(header.index(name)): name for name in columns}
        numbered = ",".join(map(str, range(len(header)))).encode()
        plain = pl.read_csv(
            b"\n".join([numbered, *lines]),
            columns=list(places),
            infer_schema=False,
            quote_char=None,
        )
        plain = plain.rename(places).select(columns)
    if not spoilt:
        return plain.with_columns(nothing)
    numbers = pl.Series(ROW, range(plain.height + len(odd)), dtype=pl.Int64)
    plain = plain.with_columns(nothing, numbers.filter(~numbers.is_in(odd)))
    schema = {ROW: pl.Int64, **dict.fromkeys((*header, REASON), pl.String)}
    rest = pl.DataFrame(spoilt, schema=schema, orient="row")
    return pl.concat([plain, rest.select(plain.columns)]).sort(ROW).drop(ROW)


def _csv_rows(
    path: Path, refused: Callable[[int], pl.DataFrame], header: list[str]
) -> Iterator[pl.DataFrame]:
    first = 1
    with path.open("rb") as file:
        _header(path, file)
        for lines in _lines_again(file):
            found = [
                (number, reason, *_row(lines[number - first], len(header))[:-1])
                for number, reason in refused(first + len(lines) - 1).iter_rows()
            ]
            first += len(lines)
            if found:
                schema = dict.fromkeys((ROW, REASON, *header), pl.String) | {ROW: pl.Int64}
                yield as_meant(pl.DataFrame(found, schema=schema, orient="row"))


def _lines_again(file: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines of a CSV file, which are those of its batches."""
    for block in blocks_of(file):
        yield from [block] if isinstance(block, list) else lines_of(io.BytesIO(block), _AGAIN)


def _row(line: bytes, width: int) -> list[str | None]:
    """The cells of a line and what is wrong with it, always ``width`` + 1 of them."""
    cells, reason = _fields(*text_of(line))
    if len(cells) == width:
        return [*cells, reason and f"the line {reason}"]
    fields = f"{len(cells)} field" + "s" * (len(cells) != 1)
    reason = f"the line {reason or f'has {fields} instead of {width}'}"
    spill = [",".join(cells[width - 1 :])] if len(cells) > width else []
    kept = [*cells[: width - len(spill)], *spill]
    return [*kept, *[None] * (width - len(kept)), reason]


def _fields(line: str, reason: str | None) -> tuple[list[str], str | None]:
    line = line.rstrip("\r\n")
    if '"' not in line:
        return line.split(","), reason
    try:
        return next(csv.reader([line], strict=True)), reason
    except csv.Error:
        return line.split(","), reason or "has a quote that does not close its field"
