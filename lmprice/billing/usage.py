"""Usage tables in batches: read, checked row by row, and every amount made a number.

Nothing is dropped here.  A row that cannot be used keeps its cells and gets a reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lmprice.billing.lazy import pl
from lmprice.language.errors import InputError

REQUIRED = ("timestamp", "customer", "model")

# The columns that reading adds; a usage table may have any others.
ROW = "row"  # counted from 1; of a CSV file from 1 after the header, a line each
REASON = "reason"  # null where nothing is wrong

_UNREADABLE = "\ufffd"


class UsageError(InputError):
    """A usage table that cannot be priced as a whole: no such columns, not readable."""


def batches(
    usage: Path | pl.DataFrame | pl.LazyFrame, rows: int, *, has_reasons: bool = False
) -> Iterator[pl.DataFrame]:
    """The usage table in pieces of about ``rows`` rows, with ``row`` and ``reason`` added.

    With ``has_reasons`` the rows that a reader could not read bring theirs.
    """
    if rows < 1:
        raise ValueError(f"batch_rows {rows} is below 1")
    if isinstance(usage, Path) and usage.suffix.lower() != ".parquet":
        pieces = _csv_batches(usage, rows)
    elif has_reasons and isinstance(usage, pl.DataFrame):
        _check_columns([name for name in usage.columns if name != REASON])
        pieces = usage.iter_slices(rows)
    else:
        table = scan(usage)
        _check_columns(table.collect_schema().names())
        nothing = pl.lit(None, pl.String).alias(REASON)
        pieces = (
            piece.with_columns(nothing)
            for piece in table.collect_batches(chunk_size=rows, maintain_order=True)
        )
    first = 1
    try:
        for piece in pieces:
            numbers = pl.int_range(first, first + piece.height).alias(ROW)
            yield _within_calendars(piece).with_columns(numbers)
            first += piece.height
    except pl.exceptions.PolarsError as error:
        name = usage.name if isinstance(usage, Path) else "the usage table"
        said = str(error).partition("\n")[0]
        raise UsageError(f"{name}: cannot be read after row {first - 1:,}: {said}") from None


def _within_calendars(piece: pl.DataFrame) -> pl.DataFrame:
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
    try:
        table.collect_schema()
    except pl.exceptions.PolarsError:
        raise UsageError(f"{usage.name}: no Parquet file, or a damaged one") from None
    return table


def count_rows(path: Path) -> int:
    """The rows of a usage file, counted without reading them all at once."""
    if path.suffix.lower() != ".parquet":
        with path.open("rb") as file:
            pieces = iter(lambda: file.read(1 << 20), b"")
            return max(sum(piece.count(b"\n") for piece in pieces) - 1, 0)
    return int(scan(path).select(pl.len()).collect().item())


def _check_columns(names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UsageError(f"the usage table has no column {', '.join(missing)}")
    taken = [name for name in (ROW, REASON) if name in names]
    if taken:
        raise UsageError(f"the usage table has a column {taken[0]}; refused rows get one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"the usage table has two columns {twice[0]}")


def _csv_batches(path: Path, rows: int) -> Iterator[pl.DataFrame]:
    """A CSV file, one line a row: a quote that is never closed spoils its own line only."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        header, reason = _fields(next(file, ""))
        if reason is not None:
            raise UsageError(f"{path.name}: the header {reason}")
        _check_columns(header)
        while lines := list(islice(file, rows)):
            yield _cells(lines, header)


def _cells(lines: list[str], header: list[str]) -> pl.DataFrame:
    """The cells of lines as text; only lines out of the ordinary are looked at one by one."""
    commas = len(header) - 1
    odd = [
        number
        for number, line in enumerate(lines)
        if line.count(",") != commas or '"' in line or _UNREADABLE in line
    ]
    spoilt = [(number, *_row(lines[number], len(header))) for number in odd]
    for number in reversed(odd):
        del lines[number]
    schema = dict.fromkeys(header, pl.String)
    nothing = pl.lit(None, pl.String).alias(REASON)
    if not lines:
        plain = pl.DataFrame(schema=schema)
    else:
        text = "".join(lines).encode()
        plain = pl.read_csv(text, has_header=False, schema=schema, quote_char=None)
    if not spoilt:
        return plain.with_columns(nothing)
    places = pl.Series(ROW, range(plain.height + len(odd)), dtype=pl.Int64)
    plain = plain.with_columns(nothing, places.filter(~places.is_in(odd)))
    columns = [ROW, *header, REASON]
    rest = pl.DataFrame(spoilt, schema=columns, orient="row", schema_overrides=plain.schema)
    return pl.concat([plain, rest.select(plain.columns)]).sort(ROW).drop(ROW)


def _row(line: str, width: int) -> list[str | None]:
    """The cells of a line and what is wrong with it, always ``width`` + 1 of them."""
    cells, reason = _fields(line)
    if len(cells) == width:
        return [*cells, reason and f"the line {reason}"]
    fields = f"{len(cells)} field" + "s" * (len(cells) != 1)
    reason = f"the line {reason or f'has {fields} instead of {width}'}"
    spill = [",".join(cells[width - 1 :])] if len(cells) > width else []
    kept = [*cells[: width - len(spill)], *spill]
    return [*kept, *[None] * (width - len(kept)), reason]


def _fields(line: str) -> tuple[list[str], str | None]:
    line = line.rstrip("\r\n")
    reason = "is not UTF-8" if _UNREADABLE in line else None
    if '"' not in line:
        return line.split(","), reason
    try:
        return next(csv.reader([line], strict=True)), reason
    except csv.Error:
        return line.split(","), "has a quote that does not close its field"
