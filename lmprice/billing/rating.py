"""Rating: a usage table and a price book give the lines of a bill.

A line is what one customer used in one month under one charge, or an adjustment to the month.
Each line is rounded once (or, where the book says so, tier by tier before), and the bill is the sum
of its lines.

The four costs are those of FOCUS: list cost at public prices, contracted cost with negotiated
discounts, effective cost after all reductions but with prepaid money counted where it is used, and
billed cost, the cash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from lmprice.billing.book import EVERYONE, Account, PriceBook
from lmprice.billing.counters import Counters
from lmprice.billing.lazy import pl
from lmprice.billing.money import book_money
from lmprice.billing.pricing import price, price_classes
from lmprice.billing.reconciling import Totals
from lmprice.billing.settling import settle
from lmprice.billing.usage import EXACT, REASON, ROW, batches, checked

BATCH_ROWS = 250_000
COSTS = ("list_cost", "contracted_cost", "effective_cost", "billed_cost")

UsageTable = str | Path | pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True)
class Rating:
    """A priced usage table.

    Attributes
    ----------
    book : PriceBook
        What it was priced by.
    lines : polars.DataFrame
        One row for each customer, month, charge and price class, and for each adjustment.
    bill : polars.DataFrame
        The sums of the lines by customer and month.
    refused : polars.DataFrame
        The rows that could not be priced, with ``row`` and ``reason``; empty where ``on_refused``
        took them.
    totals : Totals
        Rows and tokens: all, rated and refused.
    """

    book: PriceBook
    lines: pl.DataFrame
    bill: pl.DataFrame
    refused: pl.DataFrame
    totals: Totals


def rate(
    usage: UsageTable,
    book: PriceBook,
    *,
    on_refused: Callable[[pl.DataFrame], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Rating:
    """Price a usage table by a price book.

    Each row is priced at the charge that holds at its time.  Tiers, packages, free units, minimum
    and maximum count over a customer's calendar month in UTC; where a price changes within the
    month, each price counts the usage in its own time.

    Parameters
    ----------
    usage : path of a .csv or .parquet file, polars DataFrame or LazyFrame
        Columns ``timestamp`` (UTC unless it says otherwise), ``customer``, ``model``, and one or
        more of ``input_tokens``, ``cached_tokens``, ``cache_write_tokens``, ``output_tokens`` and
        ``quantity`` (negative for a credit; nine decimals count).
    book : PriceBook
        What is charged.
    on_refused : callable, optional
        Takes the rows that cannot be priced, batch by batch, instead of ``Rating.refused``.
    on_progress : callable, optional
        Is told the number of rows done, after each batch.
    batch_rows : int
        Rows in memory at a time.

    Raises
    ------
    UsageError
        Where the table as a whole cannot be priced, such as for want of a column.

    Examples
    --------
    >>> import polars as pl
    >>> from lmprice.billing import PriceBook, StandardCharge
    >>> charge = StandardCharge(
    ...     charge_model="standard",
    ...     model="chat",
    ...     meter="output",
    ...     valid_from="2026-01-01",
    ...     per=1_000_000,
    ...     unit_price=15,
    ... )
    >>> book = PriceBook(name="Example", version="1", currency="USD", charges=[charge])
    >>> row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat"}
    >>> rating = rate(pl.DataFrame([{**row, "output_tokens": 250_000}]), book)
    >>> rating.bill["billed_cost"].item()
    Decimal('3.75')
    """
    counters, totals = Counters(book), Totals()
    refused: list[pl.DataFrame] = []
    take = refused.append if on_refused is None else on_refused
    for batch in batches(usage, batch_rows):
        rows = counters.priced(checked(batch, input_includes_cached=book.input_includes_cached))
        good = rows.filter(pl.col(REASON).is_null())
        bad = rows.filter(pl.col(REASON).is_not_null()).sort(ROW)
        counters.add(good)
        totals.count(rows, bad)
        if bad.height:
            take(bad.select(ROW, REASON).join(batch.drop(REASON), on=ROW, maintain_order="left"))
        if on_progress is not None:
            on_progress(totals.rows)
    sums = counters.sums()
    totals.reconcile(sums, book)
    lines = pl.DataFrame(list(_lines(sums, book)), schema=_schema(book), orient="row")
    empty = pl.DataFrame(schema={ROW: pl.Int64, REASON: pl.String})
    return Rating(book, lines, _bill(lines), pl.concat(refused) if refused else empty, totals)


def _lines(sums: pl.DataFrame, book: PriceBook) -> Iterator[tuple[Any, ...]]:
    """The rows of ``Rating.lines``, by customer and month."""
    usage: dict[tuple[str, date], list[tuple[Any, ...]]] = {}
    for part in sums.partition_by("charge", maintain_order=True):
        for line in _usage_lines(part, book):
            usage.setdefault((line[0], line[1]), []).append(line)
    months = sorted({month for _, month in usage})
    accounts = {account.customer: account for account in book.accounts}
    everyone = accounts.pop(EVERYONE, Account(customer=EVERYONE))
    for customer in sorted({customer for customer, _ in usage} | set(accounts)):
        account = accounts.get(customer, everyone)
        for month in months:
            lines = usage.get((customer, month), [])
            yield from lines
            billed = sum((line[-1] for line in lines), Decimal(0))
            adjustments, account = settle(book, account, month, billed)
            for category, name, amount in adjustments:
                # Prepaid money is an effective cost when it is used, not when it is paid in.
                effective = Decimal(0) if category == "credit" else amount
                about = (None, None, name, None, None, None)
                costs = (Decimal(0), Decimal(0), effective, amount)
                yield (customer, month, category, *about, *costs)


def _usage_lines(part: pl.DataFrame, book: PriceBook) -> Iterator[tuple[Any, ...]]:
    """The lines of one charge."""
    charge = book.charges[part["charge"][0]]
    names: list[str | None] = [name for name, _ in price_classes(charge)] or [None]
    quantities = part["quantity"].cast(pl.Float64).to_numpy()
    classes = part["price_class"].to_numpy()
    round_line = partial(book_money, book) if book.round_tier_lines else None
    events = part["events"].to_numpy()
    costs = price(charge, quantities, events, classes, round_line=round_line)
    for customer, month, price_class, quantity, listed, contracted in zip(
        part["customer"],
        part["period"],
        classes.tolist(),
        part["quantity"],
        costs.list_cost.tolist(),
        costs.contracted_cost.tolist(),
        strict=True,
    ):
        about = (charge.model, charge.meter, charge.title, charge.valid_from, names[price_class])
        money = book_money(book, contracted)
        rounded = (book_money(book, listed), money, money, money)
        yield (customer, month, "usage", *about, quantity, *rounded)


def _schema(book: PriceBook) -> dict[str, Any]:
    return {
        "customer": pl.String,
        "period": pl.Date,
        "category": pl.String,
        "model": pl.String,
        "meter": pl.String,
        "charge": pl.String,
        "valid_from": pl.Datetime("us", "UTC"),
        "price_class": pl.String,
        "quantity": EXACT,
        **dict.fromkeys(COSTS, pl.Decimal(38, book.digits)),
    }


def _bill(lines: pl.DataFrame) -> pl.DataFrame:
    by = ["customer", "period"]
    return lines.group_by(by).agg(pl.col(*COSTS).sum()).sort(by)
