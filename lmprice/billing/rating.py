"""Rating: a usage table and a price book give the lines of a bill.

The four costs are those of FOCUS: list cost at public prices, contracted cost with negotiated
discounts, effective cost after all reductions but with prepaid money counted where it is used, and
billed cost, the cash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from lmprice.billing.accounts import EVERYONE, Account
from lmprice.billing.book import PriceBook
from lmprice.billing.calendar import as_datetime
from lmprice.billing.charging import Slot
from lmprice.billing.checking import EXACT, Columns, checked
from lmprice.billing.counting import Counted, Counting
from lmprice.billing.detail import detailed, row_costs
from lmprice.billing.entries import Entries
from lmprice.billing.invoicing import BillLine, Invoices, Invoicing
from lmprice.billing.lazy import pl
from lmprice.billing.matching import Matcher
from lmprice.billing.metering import Metering
from lmprice.billing.money import money
from lmprice.billing.pricing import as_decimal
from lmprice.billing.reconciling import Totals
from lmprice.billing.scopes import Scope, Scopes
from lmprice.billing.spans import PeriodArgument, Span, span, worked_out
from lmprice.billing.usage import REASON, ROW, UsageError, batches

BATCH_ROWS = 250_000
COSTS = ("list_cost", "contracted_cost", "effective_cost", "billed_cost")
UNROUNDED = pl.Decimal(38, 15)
_LIMIT = 10**37

UsageTable = str | Path | pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True)
class Open:
    """What stays open after the span: a commitment that runs on, or credit that is left."""

    customer: str
    name: str
    amount: Decimal
    due: date | None  # the end of the commitment; None for credit


@dataclass(frozen=True)
class Rating:
    """A priced usage table.

    Attributes
    ----------
    book : PriceBook
        What it was priced by.
    lines : polars.DataFrame
        One row for each customer, period, charge, version and price class, and for each fee,
        minimum, coupon, credit, true-up and tax.  ``unrounded`` is the effective cost before
        rounding, with 15 decimals.
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


def rate(
    usage: UsageTable,
    book: PriceBook,
    *,
    period: PeriodArgument = None,
    by: Sequence[str] = (),
    rows: bool = False,
    on_refused: Callable[[pl.DataFrame], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Rating:
    """Price a usage table by a price book.

    A customer's period is cut at every moment at which something changes for that customer, and the
    pieces are priced in order of time on one running count a charge: tiers, packages and free units
    are of the period, whichever prices held in it.

    Parameters
    ----------
    usage : path of a .csv or .parquet file, polars DataFrame or LazyFrame
        Columns ``timestamp`` (in the time zone of the account unless it says otherwise),
        ``customer``, ``model``, the meters that the book prices (``input_tokens``, ``quantity``,
        ..., or any column; nine decimals count), and whatever its conditions ask for.  A row with
        ``requests`` stands for so many requests.
    book : PriceBook
        What is charged.
    period : pair of dates, optional
        The first day that is billed and the first one after; whole periods between them are billed.
        Either may be None: the period of the first row, and that of the last one.
    by : sequence of str
        Columns to add up costs by, for ``Rating.detail``: "day", "meter" or any of the usage.
    rows : bool
        Whether to give the cost of each row.
    on_refused : callable, optional
        Takes the rows that cannot be priced instead of ``Rating.refused``.
    on_progress : callable, optional
        Is told the number of rows read, after each batch.
    batch_rows : int
        Rows that are read at a time.

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
    table = _read(usage, batch_rows, on_progress)
    job = _Job(book, by=by, rows=rows)
    found = job.rated(table, period)
    bad = found.refused
    if on_refused is not None and bad.height:
        on_refused(bad)
    kept = bad if on_refused is None else bad.clear()
    return Rating(book, found.lines, _bill(found.lines), kept, **found.rest)


def _read(
    usage: UsageTable, batch_rows: int, on_progress: Callable[[int], None] | None
) -> pl.DataFrame:
    """The whole table."""
    pieces = []
    done = 0
    for piece in batches(usage, batch_rows):
        pieces.append(piece)
        done += piece.height
        if on_progress is not None:
            on_progress(done)
    return pl.concat(pieces) if pieces else pl.DataFrame()


@dataclass
class _Found:
    """What a rating finds out."""

    lines: pl.DataFrame
    refused: pl.DataFrame
    rest: dict[str, Any]


@dataclass
class _Customers:
    """The customers of a rating, with scope and first row."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    first_rows: dict[str, int] = field(default_factory=dict)
    billed: dict[int, range] = field(default_factory=dict)
    worked_out: dict[str, range] = field(default_factory=dict)


class _Job:
    """One rating: a book made ready for usage."""

    def __init__(self, book: PriceBook, *, by: Sequence[str], rows: bool) -> None:
        self.book, self.by, self.with_rows = book, tuple(by), rows
        self.in_detail = bool(by) or rows
        self.scopes = Scopes(book)
        own = {account.customer: (n, account) for n, account in enumerate(book.accounts)}
        place, everyone = own.pop(EVERYONE, (None, Account(customer=EVERYONE)))
        self.everyone = self.scopes.scope(0, everyone, place)
        self.named = {
            name: self.scopes.scope(number, account, place)
            for number, (name, (place, account)) in enumerate(own.items(), 1)
        }
        self.all_scopes = [self.everyone, *self.named.values()]
        self.entries = {s.number: Entries(s, self.scopes) for s in self.all_scopes}
        self.matcher = Matcher(self.scopes)

    def rated(self, table: pl.DataFrame, period: PeriodArgument) -> _Found:
        """Price a table."""
        columns, rows = self._checked(table)
        metering = Metering(self.book, columns, self.matcher, self.all_scopes)
        metered = metering.metered(rows, table)
        rows = metered.rows
        good = rows.filter(pl.col(REASON).is_null() & ~pl.col("_duplicate"))
        moments = good.select(pl.col("_at").min().alias("a"), pl.col("_at").max().alias("b")).row(0)
        when = span(period, None if moments[0] is None else moments)
        customers = self._customers(good, when)
        rows = rows.with_columns(self._outside(customers).alias("_outside"))
        slots, by_scope = self._slots(customers)
        ends = pl.DataFrame(
            [(s.number, s.calendar.start(customers.billed[s.number].stop))
             for s in self.all_scopes],
            schema={"scope": pl.Int32, "end": pl.Int64}, orient="row",
        )  # fmt: skip
        uses = metered.uses.join(ends, on="scope").filter(pl.col("at") < pl.col("end")).drop("end")
        begins = pl.DataFrame(
            [(c, self._start(c, own)) for c, own in customers.worked_out.items()],
            schema={"customer": pl.String, "begin": pl.Int64}, orient="row",
        )  # fmt: skip
        uses = (
            uses.join(begins, on="customer").filter(pl.col("at") >= pl.col("begin")).drop("begin")
        )
        counting = Counting(
            self.all_scopes, self.scopes.identities, metered.factors, slots, by_row=self.in_detail
        )
        counted = counting.counted(uses, table)
        invoices = self._invoices(customers, counted, by_scope)
        lines = pl.DataFrame(list(self._lines(customers, invoices)), schema=self._schema(),
                             orient="row")  # fmt: skip
        refused = rows.filter(pl.col(REASON).is_not_null()).select(ROW, REASON)
        refused = refused.join(table.drop(REASON), on=ROW, how="left").sort(ROW)
        totals = Totals(columns, rows, metered.unpriced)
        rest: dict[str, Any] = {
            "totals": totals,
            "unpriced": _summed(metered.unpriced),
            "matches": metered.matches,
            "span": self._days(customers.billed[0]),
            "open": tuple(self._open(customers, invoices)),
            "unread": tuple(columns.unread),
        }
        if self.in_detail:
            pieces = [
                (customer, piece) for customer, own in invoices.items() for piece in own.pieces
            ]
            if self.by:
                rest["detail"] = detailed(table, pieces, self.by, self.scopes, customers.scopes)
            if self.with_rows:
                rest["rows"] = row_costs(table, pieces, self.scopes, customers.scopes)
        return _Found(lines, refused, rest)

    def _checked(self, table: pl.DataFrame) -> tuple[Columns, pl.DataFrame]:
        """The columns of a table, and its rows with account, scope and whether they are doubles."""
        book = self.book
        names = [n for n in table.columns if n not in (ROW, REASON)]
        grains = [n for n in self.by if n not in ("day", "meter", "customer")]
        missing = [n for n in (*grains, *book.unique) if n not in names]
        if missing:
            raise UsageError(f"the usage table has no column {', '.join(missing)}")
        counts = {n for i in self.scopes.identities for n in i.count_by}
        asked = {*self.matcher.questions.columns(), *counts, *book.unique, *grains}
        asked |= {"input_length", "output_length"} & self.matcher.questions.columns()
        if book.sources:
            asked.add("source")
        if any(factor.vendor is not None for factor in book.factors):
            asked.add("vendor")
        columns = Columns(book, names, asked)
        columns.check(table, book)
        zones = {name: str(scope.calendar.zone) for name, scope in self.named.items()}
        rows = checked(table, columns, zones, str(self.everyone.calendar.zone))
        accounts = pl.DataFrame(
            [(EVERYONE, 0, self.everyone.prices)]
            + [(name, s.number, s.prices) for name, s in self.named.items()],
            schema={"_account": pl.String, "_scope": pl.Int32, "_prices": pl.Int32},
            orient="row",
        )
        return columns, rows.join(accounts, on="_account", how="left", maintain_order="left")

    def _customers(self, good: pl.DataFrame, when: Span) -> _Customers:
        found = _Customers()
        for scope in self.all_scopes:
            found.billed[scope.number] = when.periods(scope)
        firsts = dict(
            good.group_by("_customer").agg(pl.col("_at").min()).sort("_customer").iter_rows()
        )
        for customer in sorted({*firsts, *self.named}):
            scope = self.named.get(customer, self.everyone)
            billed = found.billed[scope.number]
            first = firsts.get(customer)
            if first is not None and first >= scope.calendar.start(billed.stop):
                first = None
            if first is None and customer not in self.named:
                continue
            found.scopes[customer] = scope
            found.worked_out[customer] = worked_out(
                scope, self.entries[scope.number], billed, first, is_named=customer in self.named
            )
        return found

    def _outside(self, customers: _Customers) -> pl.Expr:
        """Whether a row lies in no period that is billed."""
        found = pl.lit(value=False)
        for scope in self.all_scopes:
            billed = customers.billed[scope.number]
            start, end = (scope.calendar.start(p) for p in (billed.start, billed.stop))
            own = ~pl.col("_at").is_between(start, end, closed="left")
            found = pl.when(pl.col("_scope") == scope.number).then(own).otherwise(found)
        return found

    def _start(self, customer: str, own: range) -> int:
        scope = self.named.get(customer, self.everyone)
        return scope.calendar.start(own.start)

    def _slots(
        self, customers: _Customers
    ) -> tuple[pl.DataFrame, dict[int, dict[int, list[Slot]]]]:
        """The pieces of all periods, as a table and by scope and period."""
        reach: dict[int, tuple[int, int]] = {}
        for customer, own in customers.worked_out.items():
            number = customers.scopes[customer].number
            first, last = reach.get(number, (own.start, own.stop))
            reach[number] = (min(first, own.start), max(last, own.stop))
        table: list[tuple[int, int, int, int]] = []
        found: dict[int, dict[int, list[Slot]]] = {}
        for number, (first, stop) in reach.items():
            if first >= stop:
                continue
            by_period = self._slots_of(self.all_scopes[number], first, stop)
            found[number] = by_period
            table += [
                (number, slot.start, slot.number, period)
                for period, own in by_period.items()
                for slot in own
            ]
        schema: dict[str, Any] = {
            "scope": pl.Int32, "from": pl.Int64, "slot": pl.Int32, "period": pl.Int32,
        }  # fmt: skip
        return pl.DataFrame(table, schema=schema, orient="row").sort("from"), found

    def _slots_of(self, scope: Scope, first: int, stop: int) -> dict[int, list[Slot]]:
        calendar = scope.calendar
        start, end = calendar.start(first), calendar.start(stop)
        changes = {
            at for timeline in scope.versions.values() for at in timeline.changes(start, end)
        }
        changes |= self.entries[scope.number].cuts(first, stop - 1)
        if "day" in self.by:
            days = range(calendar.days(first).start, calendar.days(stop - 1).stop)
            changes |= {calendar.midnight(day) for day in days}
        ordered = sorted(changes)
        found: dict[int, list[Slot]] = {}
        place = number = 0
        for period in range(first, stop):
            begin, finish = calendar.start(period), calendar.start(period + 1)
            cuts = [begin]
            while place < len(ordered) and ordered[place] < finish:
                if ordered[place] > begin:
                    cuts.append(ordered[place])
                place += 1
            bounds = [*cuts, finish]
            own = [Slot(number + n, s, e) for n, (s, e) in enumerate(pairwise(bounds))]
            number += len(own)
            found[period] = own
        return found

    def _invoices(
        self, customers: _Customers, counted: Counted, slots: Mapping[int, dict[int, list[Slot]]]
    ) -> dict[str, Invoices]:
        uses: dict[str, dict[int, Any]] = {}
        totals: dict[str, dict[int, Any]] = {}
        for (customer, number), own in counted.uses.items():
            uses.setdefault(customer, {})[number] = own
        for (customer, number), parts in counted.totals.items():
            totals.setdefault(customer, {})[number] = parts
        makers: dict[int, Invoicing] = {}
        found = {}
        for customer, own_periods in customers.worked_out.items():
            scope = customers.scopes[customer]
            if scope.number not in makers:
                makers[scope.number] = Invoicing(
                    self.scopes, scope, slots.get(scope.number, {}), in_detail=self.in_detail
                )
            found[customer] = makers[scope.number].invoices(
                own_periods, customers.billed[scope.number],
                uses.get(customer, {}), totals.get(customer, {}),
            )  # fmt: skip
        return found

    def _lines(
        self, customers: _Customers, invoices: Mapping[str, Invoices]
    ) -> Iterator[tuple[Any, ...]]:
        for customer, own in invoices.items():
            calendar = customers.scopes[customer].calendar
            for line in own.lines:
                yield self._cells(customer, calendar.first_day(line.period), line)

    def _cells(self, customer: str, first_day: date, line: BillLine) -> tuple[Any, ...]:
        units = (line.public, line.contracted, line.effective, line.billed, line.tax)
        if max(units) >= _LIMIT or min(units) <= -_LIMIT or abs(line.unrounded) >= 10**22:
            raise UsageError(
                f"the amount of {line.name} for {customer} in the period from {first_day} is too "
                "large: amounts have 37 digits at most, 22 of them before the point"
            )
        digits = self.book.digits
        quantity = None if line.quantity is None else as_decimal(line.quantity, 9)
        return (
            customer, first_day, line.category, line.model, line.meter, line.name,
            None if line.since is None else as_datetime(line.since), line.price_class, quantity,
            *(money(unit, digits) for unit in units), as_decimal(line.unrounded, 15),
        )  # fmt: skip

    def _schema(self) -> dict[str, Any]:
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
            **dict.fromkeys((*COSTS, "tax"), pl.Decimal(38, self.book.digits)),
            "unrounded": UNROUNDED,
        }

    def _days(self, billed: range) -> tuple[date, date] | None:
        calendar = self.everyone.calendar
        if not billed:
            return None
        return calendar.first_day(billed.start), calendar.first_day(billed.stop)

    def _open(self, customers: _Customers, invoices: Mapping[str, Invoices]) -> Iterator[Open]:
        digits = self.book.digits
        for customer, own in invoices.items():
            calendar = customers.scopes[customer].calendar
            for name, units, end in own.open:
                if units:
                    due = date.fromordinal(calendar.day_of(end))
                    yield Open(customer, name, money(units, digits), due)
            for name, units in own.left:
                yield Open(customer, name, money(units, digits), None)


def _bill(lines: pl.DataFrame) -> pl.DataFrame:
    by = ["customer", "period"]
    return lines.group_by(by).agg(pl.col(*COSTS, "tax").sum()).sort(by)


def _summed(unpriced: pl.DataFrame) -> pl.DataFrame:
    """Usage without a price by model and meter."""
    sums = unpriced.group_by("model", "meter").agg(pl.len().alias("rows"), pl.col("quantity").sum())
    return sums.sort("model", "meter")
