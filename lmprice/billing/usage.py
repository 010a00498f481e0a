"""Usage tables in batches: read, checked row by row, and every amount made a number.

Nothing is dropped here.  A row that cannot be used keeps its cells and gets a reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lmprice.billing.lazy import pl

REQUIRED = ("timestamp", "customer", "model")
TOKENS = ("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens")
AMOUNTS = (*TOKENS, "quantity")

# The columns that checking adds; a usage table may have any others.
ROW = "row"  # counted from 1; of a CSV file from 1 after the header, a line each
REASON = "reason"  # null where nothing is wrong

# Amounts have nine decimals and are summed exactly: the order of rows does not matter.
EXACT = pl.Decimal(38, 9)
_LIMIT = 10**15  # above it float64 no longer holds every whole number and half
_UNREADABLE = "\ufffd"


class UsageError(ValueError):
    """A usage table that cannot be priced as a whole: no such columns, not readable."""


def batches(usage: str | Path | pl.DataFrame | pl.LazyFrame, rows: int) -> Iterator[pl.DataFrame]:
    """The usage table in pieces of about ``rows`` rows, with ``row`` and ``reason`` added."""
    if isinstance(usage, (str, Path)) and Path(usage).suffix.lower() == ".csv":
        pieces = _csv_batches(Path(usage), rows)
    else:
        table = scan(usage)
        _check_columns(table.collect_schema().names())
        nothing = pl.lit(None, pl.String).alias(REASON)
        pieces = (
            piece.with_columns(nothing)
            for piece in table.collect_batches(chunk_size=rows, maintain_order=True)
        )
    first = 1
    for piece in pieces:
        yield piece.with_columns(pl.int_range(first, first + piece.height).alias(ROW))
        first += piece.height


def scan(usage: str | Path | pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """The usage table, not read yet."""
    if isinstance(usage, pl.DataFrame):
        return usage.lazy()
    if isinstance(usage, pl.LazyFrame):
        return usage
    path = Path(usage)
    if path.suffix.lower() != ".parquet":
        raise UsageError(f"{path.name}: a usage table is a .csv or a .parquet file")
    table = pl.scan_parquet(path)
    try:
        table.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise UsageError(f"{path.name}: {error}") from None
    return table


def count_rows(path: Path) -> int:
    """The rows of a usage file, counted without reading them all at once."""
    if path.suffix.lower() == ".csv":
        with path.open("rb") as file:
            pieces = iter(lambda: file.read(1 << 20), b"")
            return max(sum(piece.count(b"\n") for piece in pieces) - 1, 0)
    return int(scan(path).select(pl.len()).collect().item())


def _check_columns(names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise UsageError(f"the usage table has no column {', '.join(missing)}")
    if not set(AMOUNTS) & set(names):
        raise UsageError(f"the usage table has none of the columns {', '.join(AMOUNTS)}")
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
    places = pl.Series("place", range(plain.height + len(odd)), dtype=pl.Int64)
    plain = plain.with_columns(nothing, places.filter(~places.is_in(odd)))
    columns = ["place", *header, REASON]
    rest = pl.DataFrame(spoilt, schema=columns, orient="row", schema_overrides=plain.schema)
    return pl.concat([plain, rest.select(plain.columns)]).sort("place").drop("place")


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


def checked(batch: pl.DataFrame, *, input_includes_cached: bool) -> pl.DataFrame:
    """Row and reason, null for a good row, with what is made of the cells of the batch.

    That is ``_time`` in UTC, ``_customer``, ``_model``, and ``_<amount>`` as a number for each
    amount, null where there is none.  Other columns of the usage table play no part from here on.
    """
    made = batch.with_columns(
        _time(batch.schema["timestamp"]).alias("_time"),
        _text("customer").alias("_customer"),
        _text("model").alias("_model"),
        *(_number(name, batch.schema.get(name)).alias(f"_{name}") for name in AMOUNTS),
    )
    problems: list[pl.Expr] = [pl.col(REASON)]
    for name, column in (("timestamp", "_time"), ("customer", "_customer"), ("model", "_model")):
        bad = pl.format("{} {} is no UTC time", pl.lit(name), _shown(name))
        missing = pl.lit(f"{name} is missing")
        why = pl.when(_is_empty(name, batch)).then(missing).otherwise(bad)
        problems.append(pl.when(pl.col(column).is_null()).then(why))
    given = [name for name in AMOUNTS if name in batch.columns]
    for name in given:
        number, rule = pl.col(f"_{name}"), "a number"
        good = number.is_not_null() & (number.abs() < _LIMIT)
        if name in TOKENS:
            rule = "a whole number, at least 0"
            good &= (number >= 0) & (number.cast(pl.Int64, strict=False) == number)
        why = pl.format("{} {} is not {}", pl.lit(name), _shown(name), pl.lit(rule))
        problems.append(pl.when(~_is_empty(name, batch) & ~good.fill_null(value=False)).then(why))
    nothing = pl.all_horizontal(_is_empty(name, batch) for name in given)
    problems.append(pl.when(nothing).then(pl.lit("no amount is given")))
    if input_includes_cached:
        cached, all_input = amount("cached_tokens", "cache_write_tokens"), amount("input_tokens")
        tokens = (number.cast(pl.Int64, strict=False) for number in (cached, all_input))
        above = pl.format("{} cached tokens are more than all {} input tokens", *tokens)
        problems.append(pl.when(cached > all_input).then(above))
    amounts = (f"_{name}" for name in AMOUNTS)
    reason = pl.coalesce(problems).alias(REASON)
    return made.select(ROW, reason, "_time", "_customer", "_model", *amounts)


def amount(*names: str) -> pl.Expr:
    """The sum of checked amounts of a row, 0 where none is given."""
    return sum((pl.col(f"_{name}").fill_null(0) for name in names), pl.lit(0, EXACT))


def _shown(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String, strict=False).fill_null("").str.slice(0, 60)


def _is_empty(name: str, batch: pl.DataFrame) -> pl.Expr:
    cell = pl.col(name)
    if batch.schema[name] == pl.String:
        return cell.str.strip_chars().fill_null("") == ""
    # pandas writes a missing number as NaN.
    return cell.is_null() | cell.is_nan() if batch.schema[name].is_float() else cell.is_null()


def _text(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String, strict=False).str.strip_chars()
    return pl.when(text != "").then(text)


def _number(name: str, kind: Any) -> pl.Expr:
    """The cell as an exact number, null where it is none."""
    if kind is None:
        return pl.lit(None, EXACT)
    cell = pl.col(name)
    if kind == pl.String:
        cell = cell.str.strip_chars()
    elif not (kind.is_numeric() or kind == pl.Null):
        return pl.lit(None, EXACT)
    return cell.cast(EXACT, strict=False)


def _time(kind: Any) -> pl.Expr:
    """The moment in UTC; without an offset it is taken as UTC."""
    cell, utc = pl.col("timestamp"), pl.Datetime("us", "UTC")
    if kind == pl.String:
        text = cell.str.strip_chars().str.replace("T", " ", literal=True)
        text = text.str.replace("(?i)z$", "+00:00")
        with_offset = text.str.contains(r"\d[+-]\d\d:?\d\d$")
        zoned = [
            pl.when(with_offset)
            .then(text)
            .str.to_datetime(f"%Y-%m-%d {clock}%#z", strict=False, time_unit="us", time_zone="UTC")
            for clock in ("%H:%M:%S%.f", "%H:%M")
        ]
        plain = [
            pl.when(~with_offset)
            .then(text)
            .str.to_datetime(form, strict=False, time_unit="us")
            .dt.replace_time_zone("UTC")
            for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
        ]
        return pl.coalesce(*zoned, *plain)
    if kind == pl.Date:
        return cell.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return cell.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        return cell.cast(pl.Datetime("us", kind.time_zone)).dt.convert_time_zone("UTC")
    return pl.lit(None, utc)
