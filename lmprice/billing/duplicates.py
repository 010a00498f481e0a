"""Rows that tell of one request twice, and the order of rows of one moment.

Rows of one moment are ordered by content, never by their place in the file: the smaller quantity
first, then their cells as texts by column name.
"""

from __future__ import annotations

from lmprice.billing.book import PriceBook
from lmprice.billing.checking import is_strange
from lmprice.billing.lazy import pl
from lmprice.billing.usage import REASON, ROW


def without_duplicates(rows: pl.DataFrame, table: pl.DataFrame, book: PriceBook) -> pl.DataFrame:
    """The rows, with ``_duplicate`` for those of which another one of the customer counts."""
    if not book.unique:
        return rows.with_columns(pl.lit(value=False).alias("_duplicate"))
    keys = [f"_unique {n}" for n in range(len(book.unique))]
    texts = [_text(table, name).alias(key) for name, key in zip(book.unique, keys, strict=True)]
    marked = table.select(ROW, *texts)
    has_key = pl.all_horizontal(pl.col(key) != "" for key in keys)
    good = rows.filter(pl.col(REASON).is_null()).select(ROW, "_customer", "_time")
    good = good.join(marked, on=ROW).filter(has_key)
    who = ["_customer", *keys]
    several = good.filter(pl.len().over(who) > 1)
    several = several.join(content_order(table, several[ROW]), on=ROW)
    ordered = several.sort("_time", "order", ROW)
    place = "first" if book.keep == "first" else "last"
    kept = getattr(pl.col(ROW), place)().over(who)
    doubles = ordered.filter(pl.col(ROW) != kept)[ROW]
    return rows.with_columns(pl.col(ROW).is_in(doubles.to_list()).alias("_duplicate"))


def content_order(table: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The order of some rows by their cells as texts, by column name; equal ones are equal."""
    names = sorted(name for name in table.columns if name not in (ROW, REASON))
    texts = [_text(table, name).alias(f"_{n}") for n, name in enumerate(names)]
    found = table.filter(pl.col(ROW).is_in(rows.unique().to_list())).select(ROW, *texts)
    cells = [f"_{n}" for n in range(len(names))]
    order = pl.struct(cells).rank("dense").alias("order")
    return found.select(ROW, order)


def _text(table: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if is_strange(table.schema[name]):
        return column.map_batches(_written, return_dtype=pl.String, is_elementwise=True)
    return column.cast(pl.String, strict=False).fill_null("").str.strip_chars()


def _written(column: pl.Series) -> pl.Series:
    texts = ["" if value is None else str(value) for value in column.to_list()]
    return pl.Series(column.name, texts, dtype=pl.String)
