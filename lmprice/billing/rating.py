"""Rating: a usage table and a price book give the lines of a bill.

The four costs are those of FOCUS: list cost at public prices, contracted cost with negotiated
discounts, effective cost after all reductions but with prepaid money counted where it is used, and
billed cost, the cash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from lmprice.billing.book import PriceBook
from lmprice.billing.cluster import take_there
from lmprice.billing.engines import Work
from lmprice.billing.job import COSTS, UNROUNDED, Found, Job, Open
from lmprice.billing.lazy import pl
from lmprice.billing.partial import Partial
from lmprice.billing.parts import Log
from lmprice.billing.reconciling import Totals, reasons_in_words, reasons_of
from lmprice.billing.spans import PeriodArgument
from lmprice.billing.spool import Spool
from lmprice.billing.summing import Summing
from lmprice.billing.tabular import Tabular
from lmprice.billing.taking import Taken, take
from lmprice.billing.usage import REASON, ROW, UsageError, check_columns
from lmprice.language.checks import check_kind, check_mapping
from lmprice.language.errors import PricingError

__all__ = ["BATCH_ROWS", "COSTS", "UNROUNDED", "Open", "Rating", "UsageTable", "rate"]

BATCH_ROWS = 1_000_000


class ArrowTable(Protocol):
    """A table of a library that speaks Arrow, such as pandas, pyarrow or DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


UsageTable = str | Path | pl.DataFrame | pl.LazyFrame | ArrowTable


@dataclass(frozen=True, repr=False)
class Rating(Tabular):
    """A priced usage table; ``to_pandas()``, ``to_polars()`` and ``to_dicts()`` hand on its tables.

    Attributes
    ----------
    book : PriceBook
        What it was priced by.
    lines : polars.DataFrame
        One row for each customer, period, charge, version and price class, and for each fee,
        minimum, coupon, credit, true-up and tax.  ``unrounded`` is the effective cost before
        rounding, with 15 decimals, and ``unrounded_list`` the list cost; ``per`` are the metered
        units in a priced one, ``currency`` that of the prices where it is not the book's, and
        ``rate`` what one of it is worth.  Empty where ``on_lines`` took them.
    bill : polars.DataFrame
        The sums of the lines by customer and period; a period is named by its first day.
    refused : polars.DataFrame
        The rows that could not be priced, with ``row`` and ``reason``; empty where ``on_refused``
        took them.
    totals : Totals
        Rows and amounts: all, rated, refused, unpriced, duplicate and outside the span.
    unpriced : polars.DataFrame
        Usage without a price, by model and meter, where the book says to list it.
    matches : polars.DataFrame
        Which model of the usage was priced as which of the book: by name, alias or pattern.
    span : tuple of two dates
        The first day that is billed and the first one after it, in the book's zone.
    open : tuple of Open
        Commitments that run on after the span, and credit that is left.
    unread : tuple of str
        Columns of the usage that play no part.
    detail : polars.DataFrame or None
        Totals by the columns that were asked for with ``by``.
    rows : polars.DataFrame or None
        Each row with its cost, where asked for.
    sources : tuple of str
        The sources that the files are of.
    left_out : mapping of str to int
        What the readers left out as no usage, with counts: empty buckets, repeats of a message.
    refused_files : tuple of str
        The files of many that could not be read, each with the reason; nothing of them is counted.
    """

    book: PriceBook
    lines: pl.DataFrame
    bill: pl.DataFrame
    refused: pl.DataFrame
    totals: Totals
    unpriced: pl.DataFrame
    matches: pl.DataFrame
    span: tuple[date, date] | None
    open: tuple[Open, ...]
    unread: tuple[str, ...]
    detail: pl.DataFrame | None = None
    rows: pl.DataFrame | None = None
    sources: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    refused_files: tuple[str, ...] = ()

    def in_words(self) -> list[str]:
        """How many rows were priced, what is billed to whom, and by which prices."""
        rows = [self.rows_in_words(), *self.refused_in_words()]
        return [*rows, self.bill_in_words(), self.prices_in_words()]

    def refused_in_words(self) -> list[str]:
        """Why rows were refused, the most frequent reason first."""
        return reasons_in_words(reasons_of(self.refused))

    def rows_in_words(self) -> str:
        """What became of the rows."""
        counts = self.totals.rows_by_kind
        parts = [f"{counts['rated']:,} rated", f"{counts['refused']:,} refused"]
        names = {"unpriced": "unpriced", "duplicate": "duplicates", "outside": "outside the span"}
        parts += [f"{counts[kind]:,} {name}" for kind, name in names.items() if counts[kind]]
        files = len(self.refused_files)
        missing = f"; {files:,} {'file' if files == 1 else 'files'} could not be read"
        return f"{self.totals.rows:,} rows: {', '.join(parts)}{missing if files else ''}"

    def bill_in_words(self) -> str:
        """What is billed, to how many customers and for which days."""
        customers = self.bill["customer"].n_unique()
        when = "" if self.span is None else f", {self.span[0]} to {self.span[1]}"
        costs = {name: self.bill[name].sum() for name in COSTS}
        others = [f"{name.partition('_')[0]} {cost:,}" for name, cost in costs.items()]
        apart = f" ({', '.join(others[:-1])})" if len(set(costs.values())) > 1 else ""
        billed = f"{costs['billed_cost']:,} {self.book.currency}{apart}"
        return f"Billed {billed} to {customers:,} customers{when}"

    def prices_in_words(self, since: Iterable[datetime] | None = None) -> str:
        """The book, and from when the prices are that were used (``since``; by the lines)."""
        if since is None:
            since = self.lines.filter(category="usage")["valid_from"].drop_nulls().unique().sort()
        zone = ZoneInfo(self.book.time_zone)
        days = [f"{moment.astimezone(zone):%Y-%m-%d}" for moment in since]
        dates = "" if not days else f", of {days[0]}"
        if len(days) > 1:
            dates = f", from {days[0]} to {days[-1]}"
        return f"Prices: {self.book.name} {self.book.version}{dates}"

    def tables(self) -> dict[str, pl.DataFrame]:
        """The bill, its lines, and what became of the rest."""
        asked = {"detail": self.detail, "rows": self.rows}
        return {
            "bill": self.bill,
            "lines": self.lines,
            "refused": self.refused,
            "unpriced": self.unpriced,
            "matches": self.matches,
            **{name: table for name, table in asked.items() if table is not None},
        }


def rate(
    usage: UsageTable | Taken,
    book: PriceBook,
    *,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
    period: PeriodArgument = None,
    by: Sequence[str] = (),
    rows: bool = False,
    on_refused: Callable[[pl.DataFrame], None] | None = None,
    on_lines: Callable[[pl.DataFrame], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
    batch_rows: int = BATCH_ROWS,
    cluster: str | None = None,
) -> Rating:
    """Price a usage table by a price book.

    A customer's period is cut at every moment at which something changes for that customer, and the
    pieces are priced in order of time on one running count a charge: tiers, packages and free units
    are of the period, whichever prices held in it.

    Parameters
    ----------
    usage : str, Path, or table
        A file, a folder, a pattern of names, "-" for standard input; a table of polars, pandas or
        pyarrow; or a relation of DuckDB, a frame of PySpark or of Dask, which is rated partition by
        partition where it is: only sums come back.  A file is a table of ours in CSV or Parquet, or
        what one of the sources of
        `lmprice.billing.readers` exports, as it is.  A table of ours has columns ``timestamp`` (in
        the time zone of the account unless it says otherwise), ``customer``, ``model``, the meters
        that the book prices (``input_tokens``, ``quantity``, ..., or any column; nine decimals
        count), and whatever its conditions ask for.  A row with ``requests`` stands for so many
        requests.
    book : PriceBook
        What is charged.
    source : str, optional
        The source of the file, such as "openai"; found by its header or shape where left out.
    customer : str, optional
        The column of an export that says who is billed.
    columns : mapping, optional
        Columns of a usage table, each with the column that holds it here; beside those of the book.
    period : pair of dates, optional
        The first day that is billed and the first one after; whole periods between them are billed.
        Either may be None: the period of the first row, and that of the last one.
    by : sequence of str
        Columns to add up costs by, for ``Rating.detail``: "day", "meter" or any of the usage.
    rows : bool
        Whether to give the cost of each row.
    on_refused : callable, optional
        Takes the rows that cannot be priced instead of ``Rating.refused``.
    on_lines : callable, optional
        Takes the lines instead of ``Rating.lines``, those of some customers at a time, in order.
    on_progress : callable, optional
        Is told the number of rows read, after each batch.
    batch_rows : int
        Rows that are read at a time.
    cluster : str, optional
        The address of a scheduler of Dask, such as "tcp://10.0.0.1:8786", whose workers rate the
        files; ``usage`` is then a path, folder or pattern of fsspec ("s3://bucket/2026-03/*").

    Raises
    ------
    UsageError
        Where the table as a whole cannot be priced, such as for want of a column, or because a
        column with usage is neither priced nor ignored by the book.
    BookError
        Where two charges price a row equally closely, or a currency has no rate.

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
    check_kind("rate", "book", book, PriceBook)
    check_mapping("rate", "columns", {} if columns is None else columns)
    if isinstance(by, (str, bytes)) or not all(
        isinstance(name, str) for name in (by if isinstance(by, (list, tuple)) else [by])
    ):
        raise PricingError("rate", "by", by, "is no sequence of names of columns")
    check_kind("rate", "rows", rows, bool)
    if isinstance(batch_rows, bool) or not isinstance(batch_rows, int) or batch_rows < 1:
        raise PricingError("rate", "batch_rows", batch_rows, "is no whole number above 0")
    asked = {"on_refused": on_refused, "on_lines": on_lines, "on_progress": on_progress}
    for name, told in asked.items():
        if told is not None and not callable(told):
            raise PricingError("rate", name, told, "is no function")
    named = {**book.columns, **(columns or {})}
    job = Job(book, by=by, rows=rows)
    if cluster is not None:
        taken = take_there(cluster, usage, source, customer, named)
    else:
        taken = usage if isinstance(usage, Taken) else take(usage, source, customer, named)
    if taken.frame is not None:
        work = Work.of(book, taken.frame.names)
        if taken.frame.can_come and (job.in_detail or work.summing.takes_all):
            taken = taken.here()
        else:
            return _rated_elsewhere(job, taken, work, period, on_refused, on_lines, on_progress)
    before = _state(taken)
    log = Log(taken.parts, taken.refused, batch_rows, on_progress)
    check_columns(log.names)
    summing, needed = job.summing(log.names), job.needed(log.names)
    table, spool = None, Spool()
    if summing.takes_all:
        pieces = [piece for file in log.of_files(needed, list) for piece in file]
        # Numbers may be texts in some.
        table = pl.concat(pieces or [_nothing(needed)], how="diagonal_relaxed")
        sums = summing.partial(table)
    else:
        sums = summing.added(_sums(log, summing, needed, spool))
    found = job.settled(summing, sums, period, table if job.in_detail else None, on_lines)
    refused = _handed(log.again(sums.refused), on_refused)
    rating = _rating(job, taken, found, refused, log.names, log.refused_files)
    if _state(taken) != before:
        raise UsageError("the usage has changed while it was read")
    return rating


def _rated_elsewhere(
    job: Job, taken: Taken, work: Work, period: PeriodArgument,
    on_refused: Callable[[pl.DataFrame], None] | None,
    on_lines: Callable[[pl.DataFrame], None] | None,
    on_progress: Callable[[int], None] | None,
) -> Rating:  # fmt: skip
    """A table that an engine or a cluster makes the sums of."""
    if job.in_detail:
        raise UsageError("costs by row or by column need all rows on one machine")
    assert taken.frame is not None
    sums = taken.frame.sums(work, on_progress)
    found = job.settled(work.summing, sums, period, on_lines=on_lines)
    # Files stand before rows, as they do on one machine.
    refused = list(sums.refused)
    if refused:  # parts of other columns bring other cells
        refused = [pl.concat(refused, how="diagonal_relaxed").sort(ROW, maintain_order=True)]
    files = [text for one in refused for text in one.filter(pl.col(ROW).is_null())[REASON]]
    return _rating(job, taken, found, _handed(refused, on_refused), work.names, files)


def _handed(
    pieces: Iterable[pl.DataFrame], on_refused: Callable[[pl.DataFrame], None] | None
) -> list[pl.DataFrame]:
    """Refused rows, handed on where somebody takes them."""
    if on_refused is None:
        return list(pieces)
    for piece in pieces:
        on_refused(piece)
    return []


def _rating(
    job: Job, taken: Taken, found: Found, refused: Iterable[pl.DataFrame], names: Sequence[str],
    files: Sequence[str],
) -> Rating:  # fmt: skip
    none = {ROW: pl.Int64, REASON: pl.String, **dict.fromkeys(names, pl.String)}
    kept = list(refused)
    rows = pl.concat(kept, how="vertical_relaxed") if kept else pl.DataFrame(schema=none)
    found.rest |= {"sources": taken.sources, "left_out": dict(taken.notes)}
    found.rest |= {"refused_files": tuple(files)}
    return Rating(job.book, found.lines, found.bill, rows, **found.rest)


def _sums(log: Log, summing: Summing, columns: Sequence[str], spool: Spool) -> Iterator[Partial]:
    """The sums of each file; of an empty table those of a piece without rows."""
    yield from log.of_files(
        columns, lambda pieces: summing.added(summing.partial(p).on(spool) for p in pieces)
    )
    if not log.rows:
        yield summing.partial(_nothing(columns))


def _nothing(columns: Sequence[str]) -> pl.DataFrame:
    nothing = {**dict.fromkeys(columns, pl.String), REASON: pl.String, ROW: pl.Int64}
    return pl.DataFrame(schema=nothing)


def _state(usage: Taken) -> tuple[tuple[int, int], ...]:
    """Size and time of the files, by which a change shows."""
    found = (path.stat() for path in usage.files if path.exists())
    return tuple((one.st_size, one.st_mtime_ns) for one in found)
