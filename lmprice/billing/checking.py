"""Checking: each row of a usage table becomes a customer, a moment, a model and exact amounts.

Nothing is dropped here.  A row that cannot be used gets a reason, and a column that somebody may
want to be paid for, or that a price may depend on, is read, ignored by name, or an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lmprice.billing.accounts import EVERYONE
from lmprice.billing.book import PriceBook, Source
from lmprice.billing.lazy import pl
from lmprice.billing.meters import (
    METERS,
    REQUESTS,
    column_of,
    is_whole,
    looks_like_condition,
    looks_like_usage,
    meter_of,
    says_something,
)
from lmprice.billing.times import times
from lmprice.billing.usage import REASON, REQUIRED, UsageError

# Amounts have nine decimals and are summed exactly: the order of rows does not matter.
_DECIMALS = 9
EXACT = pl.Decimal(38, _DECIMALS)
# A whole number with a point before its thousands, as much of Europe writes it: 1.000 is 1,000.
_GROUPED = r"^\s*[1-9]\d{0,2}\.000\s*$"
_MORE_DECIMALS = rf"\.\d{{{_DECIMALS}}}\d*[1-9]\d*$"
_LIMIT = 10**15
_ENOUGH = 2  # distinct values of a column that show that it varies
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
SIGNED = "quantity"  # the meter in which a row may take back what others counted
SOURCE, VENDOR = "source", "vendor"


def cell(meter: str) -> str:
    """The name that the checked amount of a meter has."""
    return f"_amount {meter}"


def within(source: Source) -> dict[str, str]:
    """Each meter that a source counts within another, with that one."""
    return {child: whole for whole, children in source.contains.items() for child in children}


BY_DEFAULT = {name: meter.within for name, meter in METERS.items() if meter.within is not None}


@dataclass(frozen=True)
class Seen:
    """What parts of a table show of its columns: it adds up."""

    amounts: frozenset[str] = frozenset()  # the columns that hold an amount
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)  # two at most matter

    def __add__(self, other: Seen) -> Seen:
        names = dict.fromkeys((*self.values, *other.values))
        nothing: frozenset[str] = frozenset()
        both = {n: self.values.get(n, nothing) | other.values.get(n, nothing) for n in names}
        values = {name: frozenset(sorted(found)[:_ENOUGH]) for name, found in both.items()}
        return Seen(self.amounts | other.amounts, values)


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

        contained = {child for source in book.sources for child in within(source)}
        refused = self.unpriced if book.unpriced == "refuse" else []
        # The columns that may hold no amount, and those that may not vary.
        self._idle = [column_of(meter) for meter in refused if meter not in contained]
        self._idle += [name for name in self.unread if looks_like_usage(name)]
        self._steady = [name for name in self.unread if looks_like_condition(name)]
        if not self.amounts and not self.texts:
            wanted = sorted({column_of(c.meter) for _, charges in book.lists() for c in charges})
            raise UsageError(f"the usage table has none of the columns {', '.join(wanted)}")

    def seen(self, table: pl.DataFrame) -> Seen:
        """What a part of the table shows of the columns that no price is about."""
        return Seen(
            frozenset(name for name in self._idle if _has_amounts(table, name)),
            {name: _values(table, name) for name in self._steady},
        )

    def check(self, seen: Seen) -> None:
        """Refuse a table with a column that would be left out without a word.

        Raises
        ------
        UsageError
            Naming the columns.
        """
        problems = [
            f"the column {name} holds usage that no charge prices: add a charge for the meter "
            f"{meter_of(name)}, say in a source that another meter contains it, or list {name} "
            "under ignore"
            for name in self._idle
            if name in seen.amounts
        ]
        problems += [
            f"the column {name} may change prices and no charge asks for it: write a charge or "
            f"factor with when = {{ {name} = ... }}, or list {name} under ignore"
            for name, values in seen.values.items()
            if says_something(name, values)
        ]
        if problems:
            raise UsageError("\n".join(problems))


def _has_amounts(table: pl.DataFrame, name: str) -> bool:
    amount = number(name, table.schema[name])
    return bool(table.select((amount.is_not_null() & (amount != 0)).any()).item())


def _values(table: pl.DataFrame, name: str) -> frozenset[str]:
    """Distinct values of a column, as many as are enough to see that it varies."""
    if not table.height:
        return frozenset()
    if is_strange(table.schema[name]):
        return frozenset({"?"})
    text = pl.col(name).cast(pl.String, strict=False).str.strip_chars().fill_null("")
    found = table.select(text.str.to_lowercase().unique()).to_series().sort()
    return frozenset(found.head(_ENOUGH))


def checked(
    table: pl.DataFrame, columns: Columns, zones: Mapping[str, str], others: str
) -> pl.DataFrame:
    """Row, reason (null for a good row), and what is made of the cells of a table.

    That is ``_time`` in UTC, ``_is_day``, ``_customer``, ``_account`` (the customer, or ``*``),
    ``_model``, and the amount of each meter, null where there is none.

    ``zones`` has the time zone of each account, ``others`` that of all other customers.
    """
    made = table.with_columns(
        text_of("customer", table).alias("_customer"), text_of("model", table).alias("_model")
    )
    made = made.with_columns(account_of(pl.col("_customer"), zones))
    time = times(table.schema["timestamp"], zones, others)
    made = made.with_columns(
        time.moment.alias("_time"),
        time.is_day.alias("_is_day"),
        time.lost_in.alias("_lost_in"),
        *(number(column_of(m), table.schema[column_of(m)]).alias(cell(m)) for m in columns.amounts),
        *(text_of(column_of(m), table).alias(cell(m)) for m in columns.texts),
    )
    problems = [pl.col(REASON), *_about_texts(table), *_about_amounts(columns, table)]
    reason = pl.coalesce(problems).alias(REASON)
    return made.with_columns(reason)


def account_of(customer: pl.Expr, own: Iterable[str]) -> pl.Expr:
    """The account of a customer: its own, or that of everyone else."""
    named = customer.is_in([name for name in own if name != EVERYONE])
    return pl.when(named).then(customer).otherwise(pl.lit(EVERYONE)).alias("_account")


def _about_texts(table: pl.DataFrame) -> list[pl.Expr]:
    lost = pl.format("timestamp {} is skipped by the clocks of {}", _shown("timestamp", table),
                     "_lost_in")  # fmt: skip
    found = [pl.when(pl.col("_lost_in").is_not_null()).then(lost)]
    rules = {"timestamp": "no date or time", "customer": "no text", "model": "no text"}
    for name, rule in rules.items():
        bad = pl.format("{} {} is {}", pl.lit(name), _shown(name, table), pl.lit(rule))
        missing = pl.lit(f"{name} is missing")
        why = pl.when(is_empty(name, table)).then(missing).otherwise(bad)
        column = "_time" if name == "timestamp" else f"_{name}"
        found.append(pl.when(pl.col(column).is_null()).then(why))
    far = ~pl.col("_time").is_between(EARLIEST, LATEST)
    why = pl.format("timestamp {} is not between 1900 and 9998", _shown("timestamp", table))
    return [*found, pl.when(far).then(why)]


def _about_amounts(columns: Columns, table: pl.DataFrame) -> list[pl.Expr]:
    found = []
    for meter in columns.amounts:
        name = column_of(meter)
        amount, rule = pl.col(cell(meter)), "a number"
        good = amount.is_not_null() & (amount.abs() < _LIMIT)
        if is_whole(meter):
            rule = "a whole number, at least 0"
            good &= (amount >= 0) & (amount.cast(pl.Int64, strict=False) == amount)
        elif meter != SIGNED:
            rule = "a number, at least 0"
            good &= amount >= 0
        shown = _shown(name, table)
        why = pl.format("{} {} is not {}", pl.lit(name), shown, pl.lit(rule))
        empty = is_empty(name, table)
        found.append(pl.when(~empty & ~good.fill_null(value=False)).then(why))
        if is_whole(meter) and table.schema[name] == pl.String:
            doubt = "{} {} may be a thousand times as much: a whole number has no point"
            grouped = pl.col(name).str.contains(_GROUPED)
            found.append(pl.when(grouped).then(pl.format(doubt, pl.lit(name), shown)))
        fine = has_more_decimals(name, table)
        if fine is not None:
            why = pl.format("{} {} has more than nine decimals", pl.lit(name), shown)
            found.append(pl.when(fine).then(why))
    meters = [m for m in (*columns.amounts, *columns.texts) if m != REQUESTS or m in columns.priced]
    nothing = pl.all_horizontal(is_empty(column_of(m), table) for m in meters)
    return [*found, pl.when(nothing).then(pl.lit("no amount is given"))]


def has_more_decimals(name: str, table: pl.DataFrame) -> pl.Expr | None:
    """Whether a written number has more decimals than are counted."""
    column, kind = pl.col(name), table.schema[name]
    if isinstance(kind, pl.Decimal) and kind.scale > _DECIMALS:
        return column.cast(pl.String).str.contains(_MORE_DECIMALS)
    if kind.is_float():  # traces of binary fractions are none, but an amount is not nothing
        return (column != 0) & (number(name, kind) == 0)
    if kind != pl.String:
        return None
    text = column.str.strip_chars()
    double = text.cast(pl.Float64, strict=False)
    amount = number(name, pl.String)
    power = text.str.contains("(?i)e") & (amount.cast(pl.Float64) != double)
    power |= text.str.contains("(?i)[1-9].*e") & (amount == 0)  # 1e-400
    return text.str.contains(_MORE_DECIMALS) | power


def _shown(name: str, table: pl.DataFrame) -> pl.Expr:
    if is_strange(table.schema[name]):
        return pl.lit(f"of the type {table.schema[name]}")
    return pl.col(name).cast(pl.String, strict=False).fill_null("").str.slice(0, 60)


def is_strange(kind: Any) -> bool:
    """Whether a type is no text, number or time."""
    return bool(kind.is_nested()) or kind in (pl.Binary, pl.Object) or kind == pl.Duration


def is_empty(name: str, table: pl.DataFrame) -> pl.Expr:
    """Whether a cell says nothing."""
    column, kind = pl.col(name), table.schema[name]
    if kind == pl.String:
        return column.str.strip_chars().fill_null("") == ""
    # pandas writes a missing number as NaN.
    return column.is_null() | column.is_nan() if kind.is_float() else column.is_null()


def text_of(name: str, table: pl.DataFrame) -> pl.Expr:
    """The cell as a text without blanks around it, null for none."""
    kind = table.schema[name]
    if is_strange(kind):
        return pl.lit(None, pl.String)
    column = pl.col(name)
    text = column.cast(pl.String, strict=False).str.strip_chars()
    if kind.is_float():  # where one is missing, pandas writes the number 7 of a customer as 7.0
        text = column.fill_nan(None).cast(pl.String).str.replace(r"^(-?\d+)\.0$", "$1")
    return pl.when(text != "").then(text)


def number(name: str, kind: Any) -> pl.Expr:
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
