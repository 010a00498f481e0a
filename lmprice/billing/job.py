"""One rating at work: parts of a table become sums, and the sums the lines of all bills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lmprice.billing.accounts import EVERYONE, Account
from lmprice.billing.book import PriceBook
from lmprice.billing.calendar import as_datetime
from lmprice.billing.checking import EXACT, Columns
from lmprice.billing.counting import Counted
from lmprice.billing.detail import detailed, row_costs
from lmprice.billing.entries import Entries
from lmprice.billing.invoicing import BillLine, Invoices, Invoicing
from lmprice.billing.lazy import pl
from lmprice.billing.matching import Matcher
from lmprice.billing.meters import REQUESTS, looks_like_condition, looks_like_usage
from lmprice.billing.money import money
from lmprice.billing.partial import Partial
from lmprice.billing.pieces import Pieces
from lmprice.billing.plain_charges import PlainCharges, too_large
from lmprice.billing.pricing import as_decimal
from lmprice.billing.reconciling import Totals
from lmprice.billing.scopes import Scope, Scopes
from lmprice.billing.spans import PeriodArgument, span, worked_out, worked_out_alike
from lmprice.billing.summing import Summing
from lmprice.billing.times import check_zones
from lmprice.billing.usage import UsageError, listed

COSTS = ("list_cost", "contracted_cost", "effective_cost", "billed_cost")
UNROUNDED = pl.Decimal(38, 15)
_LIMIT = 10**37
PORTION = 50_000  # customers that are worked out at a time, at most
PORTION_SUMS = 20_000  # rows of sums that are worked out at a time, or more where there are many
MOST_PORTIONS = 100
OnLines = Callable[[pl.DataFrame], None]


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
    bill: pl.DataFrame
    rest: dict[str, Any]


class Job:
    """One rating: a book made ready for usage."""

    def __init__(self, book: PriceBook, *, by: Sequence[str], rows: bool) -> None:
        self.book, self.by, self.with_rows = book, tuple(dict.fromkeys(by)), rows
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
        check_zones({str(scope.calendar.zone) for scope in self.all_scopes})
        self.entries = {s.number: Entries(s, self.scopes) for s in self.all_scopes}
        self.matcher = Matcher(self.scopes)
        self.pieces = Pieces(self.all_scopes, self.entries, self.matcher, by_day="day" in self.by)

    def _prices_requests(self) -> bool:
        lists = (charges for _, charges in self.book.lists())
        return any(charge.meter == REQUESTS for charges in lists for charge in charges)

    def summing(self, names: Sequence[str]) -> Summing:
        """What makes sums of parts of a table with these columns."""
        if REQUESTS not in names and self._prices_requests():
            names = [*names, REQUESTS]  # each row is one
        zones = {name: str(scope.calendar.zone) for name, scope in self.named.items()}
        accounts = pl.DataFrame(
            [(EVERYONE, 0, self.everyone.prices)]
            + [(name, s.number, s.prices) for name, s in self.named.items()],
            schema={"_account": pl.String, "_scope": pl.Int32, "_prices": pl.Int32},
            orient="row",
        )
        return Summing(
            self.matcher, self._columns(names), self.all_scopes, self.pieces, zones,
            str(self.everyone.calendar.zone), accounts, by_row=self.in_detail,
        )  # fmt: skip

    def needed(self, names: Sequence[str]) -> list[str]:
        """The columns that play a part, or may; with costs of rows, all of them."""
        requests = [REQUESTS] if self._prices_requests() else []
        unread = set() if self.with_rows else {
            n for n in self._columns([*names, *requests]).unread
            if not looks_like_usage(n) and not looks_like_condition(n)
        }  # fmt: skip
        return [name for name in names if name not in unread]

    def settled(
        self, summing: Summing, sums: Partial, period: PeriodArgument,
        table: pl.DataFrame | None = None, on_lines: OnLines | None = None,
    ) -> Found:  # fmt: skip
        """The bills, from the sums of all rows; their cells in ``table`` where they are shown."""
        columns = summing.columns
        columns.check(sums.seen)
        moments = summing.moments(sums)
        ends = moments.select(pl.col("first").min(), pl.col("last").max()).row(0)
        when = span(period, None if ends[0] is None else ends)
        billed = {scope.number: when.periods(scope) for scope in self.all_scopes}
        customers = self._customers(moments, billed)
        del moments
        schema = self._schema()
        lines = [pl.DataFrame(schema=schema)]
        bills = [_bill(lines[0])]
        left: list[Open] = []
        invoices: dict[str, Invoices] = {}
        most = max(customers.height, 1) if self.in_detail else self._portion(sums, customers)
        common = PlainCharges(self.scopes, self.everyone, self.entries[0], self.pieces, schema)
        for own, uses in summing.used(sums, customers, most):
            names: Sequence[str] = own["customer"].to_list()
            others, portion = uses, []
            if not self.in_detail:
                plain, others = common.split(uses)
                portion.append(common.lines(plain))
                names = common.left(names, others, self.named)
            invoices = self._invoices(names, own, billed, summing.counted(others))
            portion.append(pl.DataFrame(list(self._lines(invoices)), schema=schema, orient="row"))
            left += self._open(invoices)
            found = pl.concat(portion)
            if not found["customer"].is_sorted():
                found = found.sort("customer", maintain_order=True)
            bills.append(_bill(found))
            if on_lines is None:
                lines.append(found)
            else:
                on_lines(found)
        periods = {number: (own.start, own.stop) for number, own in billed.items()}
        alike = summing.alike(sums)
        unpriced, matches = summing.listed(sums, alike)
        rest: dict[str, Any] = {
            "totals": Totals(columns, summing.tally(sums, alike, periods)),
            "unpriced": unpriced,
            "matches": matches,
            "span": self._days(billed[0]),
            "open": tuple(left),
            "unread": tuple(columns.unread),
        }
        if table is not None:
            pieces = [(name, piece) for name, own in invoices.items() for piece in own.pieces]
            scopes = {name: self._scope(name) for name in invoices}
            if self.by:
                rest["detail"] = detailed(table, pieces, self.by, self.scopes, scopes)
            if self.with_rows:
                rest["rows"] = row_costs(table, pieces, self.scopes, scopes)
        return Found(pl.concat(lines), pl.concat(bills), rest)

    def _portion(self, sums: Partial, customers: pl.DataFrame) -> int:
        """How many customers are worked out at a time: as many as some sums are of."""
        rows = max(sums.size, 1)
        held = max(PORTION_SUMS, rows // MOST_PORTIONS)
        return max(min(PORTION, customers.height * held // rows), 1)

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

    def _scope(self, customer: str) -> Scope:
        return self.named.get(customer, self.everyone)

    def _customers(self, moments: pl.DataFrame, billed: Mapping[int, range]) -> pl.DataFrame:
        """The customers in order of their names, and the periods that are worked out for each."""
        is_named = pl.col("customer").is_in(list(self.named))
        firsts = dict(moments.filter(is_named).select("customer", "first").iter_rows())
        named = []
        for customer, scope in self.named.items():
            own = billed[scope.number]
            first = firsts.get(customer)
            if first is not None and first >= scope.calendar.start(own.stop):
                first = None
            entries = self.entries[scope.number]
            periods = worked_out(scope, entries, own, first, is_named=True)
            named.append((customer, periods.start, periods.stop))
        others = worked_out_alike(
            self.everyone, self.entries[0], billed[0], moments.filter(~is_named)
        )
        of_named = pl.DataFrame(named, schema=others.schema, orient="row")
        return pl.concat([of_named, others]).sort("customer")

    def _invoices(
        self, names: Sequence[str], customers: pl.DataFrame, billed: Mapping[int, range],
        counted: Counted,
    ) -> dict[str, Invoices]:  # fmt: skip
        uses: dict[str, dict[int, Any]] = {}
        totals: dict[str, dict[int, Any]] = {}
        for (customer, number), own in counted.uses.items():
            uses.setdefault(customer, {})[number] = own
        for (customer, number), parts in counted.totals.items():
            totals.setdefault(customer, {})[number] = parts
        owing = customers.filter(pl.col("customer").is_in(list(names)))
        makers: dict[int, Invoicing] = {}
        found = {}
        for customer, first, stop in owing.iter_rows():
            scope = self._scope(customer)
            if scope.number not in makers:
                makers[scope.number] = Invoicing(
                    self.scopes, scope, self.pieces, in_detail=self.in_detail
                )
            found[customer] = makers[scope.number].invoices(
                range(first, stop), billed[scope.number],
                uses.get(customer, {}), totals.get(customer, {}),
            )  # fmt: skip
        return found

    def _lines(self, invoices: Mapping[str, Invoices]) -> Iterator[tuple[Any, ...]]:
        for customer, own in invoices.items():
            calendar = self._scope(customer).calendar
            for line in own.lines:
                yield self._cells(customer, calendar.first_day(line.period), line)

    def _cells(self, customer: str, first_day: date, line: BillLine) -> tuple[Any, ...]:
        units = (line.public, line.contracted, line.effective, line.billed, line.tax)
        exact = max(abs(line.unrounded), abs(line.unrounded_list))
        if max(units) >= _LIMIT or min(units) <= -_LIMIT or exact >= 10**22:
            raise too_large(line.name, customer, first_day)
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

    def _open(self, invoices: Mapping[str, Invoices]) -> Iterator[Open]:
        digits = self.book.digits
        for customer, own in invoices.items():
            calendar = self._scope(customer).calendar
            for name, units, end in own.open:
                if units:
                    due = date.fromordinal(calendar.day_of(end))
                    yield Open(customer, name, money(units, digits), due)
            for name, units in own.left:
                yield Open(customer, name, money(units, digits), None)


def _bill(lines: pl.DataFrame) -> pl.DataFrame:
    """The sums of lines by customer and period."""
    by = ["customer", "period"]
    return lines.group_by(by).agg(pl.col(*COSTS, "tax").sum()).sort(by)
