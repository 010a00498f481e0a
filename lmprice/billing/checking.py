"""Checking: each row of a usage table becomes a customer, a moment, a model and exact amounts.

Nothing is dropped here.  A row that cannot be used gets a reason, and a column that somebody may
want to be paid for, or that a price may depend on, is read, ignored by name, or an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lmprice.billing.accounts import EVERYONE
from lmprice.billing.book import PriceBook, Source
from lmprice.billing.lazy import pl
from lmprice.billing.meters import (
    METERS,
    REQUESTS,
    column_of,
    looks_like_condition,
    looks_like_usage,
    meter_of,
    says_something,
)
from lmprice.billing.times import times
from lmprice.billing.usage import REASON, REQUIRED, UsageError

# Amounts have nine decimals and are summed exactly: the order of rows does not matter.
EXACT = pl.Decimal(38, 9)
_LIMIT = 10**15
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
SIGNED = "quantity"  # the meter in which a row may take back what others counted
SOURCE, VENDOR = "source", "vendor"


def cell(meter: str) -> str:
    """The name that the checked amount of a meter has."""
    return f"_amount {meter}"


def within(source: Source) -> dict[str, str]:
    """Each meter that a source counts within another, with that one."""
    return {child: whole for whole, children in source.contains.items() for child in children}


BY_DEFAULT = {name: meter.within for name, meter in METERS.items() if meter.within is not None}


class Columns:
    """What the columns of a usage table are to a book."""

    def __init__(self, book: PriceBook, names: Sequence[str], asked: Iterable[str]) -> None:
        self.names = tuple(names)
        aggregations = {
            charge.meter: getattr(charge, "aggregation", "sum")
            for _, charges in book.lists()
            for charge in charges
        }
        self.priced = [m for m in aggregations if column_of(m) in names]
        self.texts = [m for m in self.priced if aggregations[m] == "unique"]
        known = [
            m for m in METERS if METERS[m].column in names and METERS[m].column not in book.ignore
        ]
        self.requests = METERS[REQUESTS].column in names
        amounts = dict.fromkeys([*known, *self.priced])
        self.amounts = [m for m in amounts if m not in self.texts]
        self.unpriced = [m for m in self.amounts if m not in aggregations and m != REQUESTS]
        used = {*REQUIRED, *asked, *book.ignore, *map(column_of, amounts)}
        self.unread = [name for name in names if name not in used]

    def check(self, table: pl.DataFrame, book: PriceBook) -> None:
        """Refuse a table with a column that would be left out without a word.

        Raises
        ------
        UsageError
            Naming the columns.
        """
        if not self.amounts and not self.texts:
            wanted = sorted({column_of(c.meter) for _, charges in book.lists() for c in charges})
            raise UsageError(f"the usage table has none of the columns {', '.join(wanted)}")
        contained = {child for source in book.sources for child in within(source)}
        wrong = [
            column_of(meter)
            for meter in self.unpriced
            if book.unpriced == "refuse" and meter not in contained
            and _has_amounts(table, column_of(meter))
        ]  # fmt: skip
        wrong += [n for n in self.unread if looks_like_usage(n) and _has_amounts(table, n)]
        problems = [
            f"the column {name} holds usage that no charge prices: add a charge for the meter "
            f"{meter_of(name)}, say in a source that another meter contains it, or list {name} "
            "under ignore"
            for name in wrong
        ]
        problems += [
            f"the column {name} may change prices and no charge asks for it: write a charge or "
            f"factor with when = {{ {name} = ... }}, or list {name} under ignore"
            for name in self.unread
            if looks_like_condition(name) and says_something(name, _values(table, name))
        ]
        if problems:
            raise UsageError("\n".join(problems))


def _has_amounts(table: pl.DataFrame, name: str) -> bool:
    number = _number(name, table.schema[name])
    return bool(table.select((number.is_not_null() & (number != 0)).any()).item())


def _values(table: pl.DataFrame, name: str) -> set[str]:
    """The first distinct values of a column, which are enough to see that it varies."""
    if is_strange(table.schema[name]):
        return {"?"}
    text = pl.col(name).cast(pl.String, strict=False).str.strip_chars().fill_null("")
    return set(table.select(text.str.to_lowercase().unique().head(50)).to_series())


def checked(
    table: pl.DataFrame, columns: Columns, zones: Mapping[str, str], others: str
) -> pl.DataFrame:
    """Row, reason (null for a good row), and what is made of the cells of a table.

    That is ``_time`` in UTC, ``_is_day``, ``_customer``, ``_account`` (the customer, or ``*``),
    ``_model``, and the amount of each meter, null where there is none.

    ``zones`` has the time zone of each account, ``others`` that of all other customers.
    """
    made = table.with_columns(
        _text("customer", table).alias("_customer"), _text("model", table).alias("_model")
    )
    own = [name for name in zones if name != EVERYONE]
    account = pl.when(pl.col("_customer").is_in(own)).then("_customer").otherwise(pl.lit(EVERYONE))
    made = made.with_columns(account.alias("_account"))
    time = times(table.schema["timestamp"], zones, others)
    made = made.with_columns(
        time.moment.alias("_time"),
        time.is_day.alias("_is_day"),
        time.lost_in.alias("_lost_in"),
        *(
            _number(column_of(m), table.schema[column_of(m)]).alias(cell(m))
            for m in columns.amounts
        ),
        *(_text(column_of(m), table).alias(cell(m)) for m in columns.texts),
    )
    problems = [pl.col(REASON), *_about_texts(table), *_about_amounts(columns, table)]
    reason = pl.coalesce(problems).alias(REASON)
    return made.with_columns(reason)


def _about_texts(table: pl.DataFrame) -> list[pl.Expr]:
    lost = pl.format("timestamp {} is skipped by the clocks of {}", _shown("timestamp", table),
                     "_lost_in")  # fmt: skip
    found = [pl.when(pl.col("_lost_in").is_not_null()).then(lost)]
    rules = {"timestamp": "no date or time", "customer": "no text", "model": "no text"}
    for name, rule in rules.items():
        bad = pl.format("{} {} is {}", pl.lit(name), _shown(name, table), pl.lit(rule))
        missing = pl.lit(f"{name} is missing")
        why = pl.when(_is_empty(name, table)).then(missing).otherwise(bad)
        column = "_time" if name == "timestamp" else f"_{name}"
        found.append(pl.when(pl.col(column).is_null()).then(why))
    far = ~pl.col("_time").is_between(_EARLIEST, _LATEST)
    why = pl.format("timestamp {} is not between 1900 and 9998", _shown("timestamp", table))
    return [*found, pl.when(far).then(why)]


def _about_amounts(columns: Columns, table: pl.DataFrame) -> list[pl.Expr]:
    found = []
    for meter in columns.amounts:
        name = column_of(meter)
        number, rule = pl.col(cell(meter)), "a number"
        good = number.is_not_null() & (number.abs() < _LIMIT)
        if meter in METERS and METERS[meter].is_whole:
            rule = "a whole number, at least 0"
            good &= (number >= 0) & (number.cast(pl.Int64, strict=False) == number)
        elif meter != SIGNED:
            rule = "a number, at least 0"
            good &= number >= 0
        shown = _shown(name, table)
        why = pl.format("{} {} is not {}", pl.lit(name), shown, pl.lit(rule))
        empty = _is_empty(name, table)
        found.append(pl.when(~empty & ~good.fill_null(value=False)).then(why))
        fine = _has_more_decimals(name, table)
        if fine is not None:
            why = pl.format("{} {} has more than nine decimals", pl.lit(name), shown)
            found.append(pl.when(fine).then(why))
    meters = [m for m in (*columns.amounts, *columns.texts) if m != REQUESTS or m in columns.priced]
    nothing = pl.all_horizontal(_is_empty(column_of(m), table) for m in meters)
    return [*found, pl.when(nothing).then(pl.lit("no amount is given"))]


def _has_more_decimals(name: str, table: pl.DataFrame) -> pl.Expr | None:
    """Whether a written number has more decimals than are counted."""
    if table.schema[name] != pl.String:
        return None
    text = pl.col(name).str.strip_chars()
    number = text.cast(pl.Float64, strict=False)
    power = text.str.contains("(?i)e") & (_number(name, pl.String).cast(pl.Float64) != number)
    return text.str.contains(r"\.\d{9}\d*[1-9]\d*$") | power


def _shown(name: str, table: pl.DataFrame) -> pl.Expr:
    if is_strange(table.schema[name]):
        return pl.lit(f"of the type {table.schema[name]}")
    return pl.col(name).cast(pl.String, strict=False).fill_null("").str.slice(0, 60)


def is_strange(kind: Any) -> bool:
    """Whether a type is no text, number or time."""
    return bool(kind.is_nested()) or kind in (pl.Binary, pl.Object) or kind == pl.Duration


def _is_empty(name: str, table: pl.DataFrame) -> pl.Expr:
    column, kind = pl.col(name), table.schema[name]
    if kind == pl.String:
        return column.str.strip_chars().fill_null("") == ""
    # pandas writes a missing number as NaN.
    return column.is_null() | column.is_nan() if kind.is_float() else column.is_null()


def _text(name: str, table: pl.DataFrame) -> pl.Expr:
    kind = table.schema[name]
    if is_strange(kind):
        return pl.lit(None, pl.String)
    column = pl.col(name).fill_nan(None) if kind.is_float() else pl.col(name)
    text = column.cast(pl.String, strict=False).str.strip_chars()
    return pl.when(text != "").then(text)


def _number(name: str, kind: Any) -> pl.Expr:
    """The cell as an exact number, null where it is none."""
    column = pl.col(name)
    if kind == pl.String:
        column = column.str.strip_chars()
    elif kind.is_float():
        column = column.cast(pl.String)  # its shortest decimal
    elif not (kind.is_numeric() or kind == pl.Null):
        return pl.lit(None, EXACT)
    return column.cast(EXACT, strict=False)


def amount_of(meter: str, columns: Columns) -> pl.Expr:
    """The amount of a meter, 0 where none is given."""
    if meter not in columns.amounts:
        return pl.lit(0, EXACT)
    return pl.col(cell(meter)).fill_null(0)


def requests_of(columns: Columns) -> pl.Expr:
    """How many requests a row stands for."""
    return pl.col(cell(REQUESTS)).fill_null(1) if columns.requests else pl.lit(1, EXACT)


def without_zeros(number: pl.Expr) -> pl.Expr:
    """A number as text, without zeros that say nothing."""
    text = number.cast(EXACT).cast(pl.String)
    return text.str.strip_chars_end("0").str.strip_chars_end(".")
