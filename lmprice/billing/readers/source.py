"""What a source of usage is: how a file of it is known, and what its columns are to a bill.

A source is told by its header or by the shape of its JSON, never by the name of a file.  What its
columns mean is a table: which of them add up to a meter, which are conditions of a price, which
only repeat what others say.  All sources come out with one containment: the input has all input
tokens in it, cached and written ones too, and the output has the reasoning in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lmprice.billing.lazy import pl
from lmprice.billing.times import LEAP_SECOND, since_1970

Records = Iterator[dict[str, Any]]
Sums = Mapping[str, tuple[str, ...]]
NO_REASON = pl.lit(None, pl.String)
UNKNOWN = "0"  # requests of a bucket that does not say how many it stands for


@dataclass
class Notes:
    """What a reader has to say of a file: what it left out and why, with counts."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, rows: int) -> None:
        """Count rows of a kind."""
        if rows:
            self.counts[what] += rows


class Entry(NamedTuple):
    """A row of a log, and what tells it from others."""

    row: dict[str, Any]
    key: Any = None  # the last one of a key counts; None: the row stands alone
    corrects: Any = None  # the key of a row that this one takes the place of


@dataclass(frozen=True, eq=False)
class Source:
    """One source of usage."""

    name: str  # as --source has it
    title: str
    header: frozenset[str]  # columns that all of its tables have, and no other source has
    time: str
    model: tuple[str, ...]  # the first that says something
    customer: tuple[str, ...]  # what may be the customer; the first that says something by default
    meters: Sums  # a column of a usage table, and the columns that add up to it
    requests: str | None = None
    is_bucket: bool = False  # a row stands for many requests, of which it need not say how many
    lacks: frozenset[str] = frozenset()  # columns that a table of another kind has beside those
    member: str | None = None  # which file of an archive is the table, a regular expression
    conditions: Mapping[str, str] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()  # columns that say what others say already
    day_ends: str | None = None  # the end of a bucket: one of a day has no hour
    records: Callable[[Any], Records] | None = None  # rows of one JSON value
    log: Callable[[Iterator[Any], Notes], Iterator[Entry]] | None = None  # of all lines of a log
    repeats: str = ""  # what rows of a log are called that are written again
    shape: Callable[[Any], bool] | None = None  # whether a JSON value is of this source
    prepare: Callable[[pl.DataFrame, Notes], pl.DataFrame] | None = None  # before the columns count

    def is_table(self, names: list[str]) -> bool:
        """Whether a table with this header is one of this source."""
        there = set(names)
        return bool(self.header) and self.header <= there and not self.lacks & there

    def is_json(self, value: Any) -> bool:
        """Whether a JSON value is one of this source."""
        return self.shape is not None and self.shape(value)


def usage_rows(
    source: Source, table: pl.DataFrame, notes: Notes, customer: str | None = None
) -> pl.DataFrame:
    """Rows of a source, whose cells are texts, as rows of a usage table."""
    table = _prepared(source, table, notes)
    names = set(table.columns)
    used = {source.time, source.day_ends, source.requests, *source.model, customer}
    used |= {name for parts in source.meters.values() for name in parts}
    used |= {*source.conditions.values(), *source.repeated}
    made = {
        "timestamp": moments(source.time, source.day_ends if source.day_ends in names else None),
        "customer": _customer(source, customer, names),
        "model": pl.coalesce(_text(name) for name in source.model if name in names),
    }
    for meter, parts in source.meters.items():
        there = [name for name in parts if name in names]
        if there:
            made[meter] = total(there)
    if source.requests is not None and source.requests in names:
        made["requests"] = total([source.requests])
    if source.is_bucket:
        made["requests"] = made.get("requests", pl.lit(None, pl.String)).fill_null(UNKNOWN)
    for condition, name in source.conditions.items():
        if name in names:
            made[condition] = condition_text(name)
    others = [c for c in table.columns if c not in used and c not in made and c != "reason"]
    reason = pl.col("reason") if "reason" in names else NO_REASON.alias("reason")
    return table.select(*(e.alias(n) for n, e in made.items()), *others, reason)


def _prepared(source: Source, table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """The table as the source's columns have it; what it never has is empty."""
    table = filled(table, source.time, *source.model[:1])
    return table if source.prepare is None else source.prepare(table, notes)


def filled(table: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The table with some columns, empty where it has them not."""
    missing = [name for name in names if name not in table.columns]
    return table.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def flat(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The cells of a record; those of a record in it have names with dots."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", cell) for inner, cell in flat(value))
        else:
            yield name, value


def customer_column(source: Source, table: pl.DataFrame) -> str | None:
    """The first column that says who is billed; None where none does."""
    return next((name for name in source.customer if _says_something(table, name)), None)


def _says_something(table: pl.DataFrame, name: str) -> bool:
    return name in table.columns and bool(table.select((_text(name) != "").any()).item())


def _customer(source: Source, name: str | None, names: set[str]) -> pl.Expr:
    """The customer of a row; a row without one is one of its own, and never lost."""
    if name is None:
        return pl.lit(source.name)  # the export does not say: one customer for all of it
    there = _text(name) if name in names else pl.lit(None, pl.String)
    return there.fill_null(f"(no {name})")


def _text(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    return pl.when(text != "").then(text)


def total(names: list[str]) -> pl.Expr:
    """The sum of cells as a text; of a cell that is no number, that cell, for it to be refused."""
    texts = [_text(name) for name in names]
    numbers = [text.cast(pl.Decimal(38, 9), strict=False) for text in texts]
    bad = [
        pl.when(text.is_not_null() & number.is_null()).then(text)
        for text, number in zip(texts, numbers, strict=True)
    ]
    summed = sum((n.fill_null(0) for n in numbers), pl.lit(0, pl.Decimal(38, 9)))
    plain = summed.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    there = pl.any_horizontal(text.is_not_null() for text in texts)
    return pl.when(there).then(pl.coalesce(*bad, plain))


WORDS = {
    # service tiers
    "message": "standard",
    "default": "standard",
    "on_demand": "standard",
    "true": "batch",
    # context windows
    "0-200k": "<= 200k",
    "\u2264 200k": "<= 200k",
    "\u2264200k": "<= 200k",
    "200k-1m": "> 200k",
    "200k - 1m": "> 200k",
}


def condition_text(name: str) -> pl.Expr:
    """A condition in the words that all sources share."""
    text = _text(name).str.to_lowercase()
    return text.replace(WORDS)


_UTC = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ZONED = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")
_PLAIN = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")


def moments(name: str, end: str | None = None) -> pl.Expr:
    """The moments of a column as ISO texts in UTC; what is no time stays itself.

    A day stays the day that the source says, in whatever zone it cuts them.
    """
    cell = _text(name)
    start = _moment(name)
    text = start.dt.strftime(_UTC)
    if end is not None:
        is_day = (_moment(end) - start) >= pl.duration(days=1)
        written = cell.str.extract(r"^(\d{4}-\d{2}-\d{2})")
        day = pl.coalesce(written, start.dt.strftime("%Y-%m-%d"))
        text = pl.when(is_day).then(day).otherwise(text)
    is_date = cell.str.contains(r"^\d{4}-\d{2}-\d{2}$")
    return pl.when(is_date).then(cell).otherwise(pl.coalesce(text, cell))


def _moment(name: str) -> pl.Expr:
    """The moment of a cell: ISO with any offset or none (UTC), or a count since 1970."""
    text = _text(name).str.replace(r"(\d)T(\d)", "$1 $2")
    text = text.str.replace(r"(?i)\s*(z|utc)$", "+00:00").str.replace(r"(\d)\s+([+-]\d)", "$1$2")
    text = pl.when(~text.str.contains(LEAP_SECOND, literal=True)).then(text)
    with_offset = text.str.contains(r":\d\d(\.\d+)?[+-]\d\d:?\d\d$")
    zoned = [
        pl.when(with_offset)
        .then(text)
        .str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
        for form in _ZONED
    ]
    plain = [
        pl.when(~with_offset)
        .then(text)
        .str.to_datetime(form, strict=False, time_unit="us")
        .dt.replace_time_zone("UTC")
        for form in (*_PLAIN, "%Y-%m-%d")
    ]
    number = text.cast(pl.Float64, strict=False)
    return pl.coalesce(*zoned, *plain, since_1970(number))
