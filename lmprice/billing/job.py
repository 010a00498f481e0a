"""One rating at work: from a table to the lines of the bills of all customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
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
from lmprice.billing.meters import REQUESTS, looks_like_condition, looks_like_usage
from lmprice.billing.money import money
from lmprice.billing.pricing import as_decimal
from lmprice.billing.reconciling import Totals
from lmprice.billing.scopes import Scope, Scopes
from lmprice.billing.spans import PeriodArgument, Span, span, worked_out
from lmprice.billing.usage import REASON, ROW, UsageError, listed

COSTS = ("list_cost", "contracted_cost", "effective_cost", "billed_cost")
UNROUNDED = pl.Decimal(38, 15)
_LIMIT = 10**37
PORTION = 10_000  # customers that are worked out at a time


@dataclass(frozen=True)
class Open:
    """What stays open after the span: a commitment that runs on, or credit that is left."""

    customer: str
    name: str
    amount: Decimal
    due: date | None  # the end of the commitment; None for credit


@dataclass
class Found:
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


class Job:
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

    def _prices_requests(self) -> bool:
        lists = (charges for _, charges in self.book.lists())
        return any(charge.meter == REQUESTS for charges in lists for charge in charges)

    def needed(self, names: Sequence[str]) -> list[str]:
        """The columns that play a part, or may; with costs of rows, all of them."""
        unread = set() if self.with_rows else {
            n for n in self._columns(names).unread
            if not looks_like_usage(n) and not looks_like_condition(n)
        }  # fmt: skip
        return [name for name in names if name not in unread]

    def rated(self, table: pl.DataFrame, names: Sequence[str], period: PeriodArgument) -> Found:
        """Price a table that has the needed ones of these columns."""
        if REQUESTS not in table.columns and self._prices_requests():
            table = table.with_columns(pl.lit(1).alias(REQUESTS))  # each row is one
            names = [*names, REQUESTS]
        columns, rows = self._checked(table, names)
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
        lines = [pl.DataFrame(schema=self._schema())]
        left: list[Open] = []
        invoices: dict[str, Invoices] = {}
        for names in self._portions(list(customers.worked_out)):
            own = uses.filter(pl.col("customer").is_between(pl.lit(names[0]), pl.lit(names[-1])))
            invoices = self._invoices(names, customers, counting.counted(own, table), by_scope)
            cells = list(self._lines(customers, invoices))
            lines.append(pl.DataFrame(cells, schema=self._schema(), orient="row"))
            left += self._open(customers, invoices)
        refused = rows.filter(pl.col(REASON).is_not_null()).select(ROW, REASON).sort(ROW)
        totals = Totals(columns, rows, metered.unpriced)
        rest: dict[str, Any] = {
            "totals": totals,
            "unpriced": _summed(metered.unpriced),
            "matches": metered.matches,
            "span": self._days(customers.billed[0]),
            "open": tuple(left),
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
        return Found(pl.concat(lines), refused, rest)

    def _portions(self, names: list[str]) -> Iterator[list[str]]:
        """Customers in the order of their names, as many as are worked out at a time."""
        most = max(len(names), 1) if self.in_detail else PORTION
        return (names[first : first + most] for first in range(0, len(names), most))

    def _columns(self, names: Sequence[str]) -> Columns:
        """What the columns of a usage table are to the book."""
        book = self.book
        grains = [n for n in self.by if n not in ("day", "meter", "customer")]
        missing = [n for n in (*grains, *book.unique) if n not in names]
        if missing:
            raise UsageError(
                f"the usage table has no column {', '.join(missing)}; it has {listed(names)}"
            )
        counts = {n for i in self.scopes.identities for n in i.count_by}
        asked = {*self.matcher.questions.columns(), *counts, *book.unique, *grains}
        asked |= {"input_length", "output_length"} & self.matcher.questions.columns()
        if book.sources:
            asked.add("source")
        if any(factor.vendor is not None for factor in book.factors):
            asked.add("vendor")
        return Columns(book, names, asked)

    def _checked(self, table: pl.DataFrame, names: Sequence[str]) -> tuple[Columns, pl.DataFrame]:
        """The columns of a table, and its rows with account, scope and whether they are doubles."""
        columns, book = self._columns(names), self.book
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
        self,
        names: Sequence[str],
        customers: _Customers,
        counted: Counted,
        slots: Mapping[int, dict[int, list[Slot]]],
    ) -> dict[str, Invoices]:
        uses: dict[str, dict[int, Any]] = {}
        totals: dict[str, dict[int, Any]] = {}
        for (customer, number), own in counted.uses.items():
            uses.setdefault(customer, {})[number] = own
        for (customer, number), parts in counted.totals.items():
            totals.setdefault(customer, {})[number] = parts
        makers: dict[int, Invoicing] = {}
        found = {}
        for customer in names:
            own_periods, scope = customers.worked_out[customer], customers.scopes[customer]
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
        exact = max(abs(line.unrounded), abs(line.unrounded_list))
        if max(units) >= _LIMIT or min(units) <= -_LIMIT or exact >= 10**22:
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
            as_decimal(line.unrounded_list, 15), line.per, line.currency, line.rate,
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
            "unrounded_list": UNROUNDED,
            "per": pl.Float64,
            "currency": pl.String,
            "rate": pl.Float64,
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


def _summed(unpriced: pl.DataFrame) -> pl.DataFrame:
    """Usage without a price by model and meter."""
    sums = unpriced.group_by("model", "meter").agg(pl.len().alias("rows"), pl.col("quantity").sum())
    return sums.sort("model", "meter")
