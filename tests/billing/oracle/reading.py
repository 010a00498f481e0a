"""From a book and the rows of a log, both as plain dicts, to the bill of each customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any

from tests.billing.oracle.agreements import Commitment, Fee, Holding
from tests.billing.oracle.calendar import Calendar
from tests.billing.oracle.charges import ONE, ZERO, Use, Version
from tests.billing.oracle.customer import Contract, bills
from tests.billing.oracle.matching import choose, contained, factor_of, own_price, vendor_of
from tests.billing.oracle.prices import Priced, charges_of, rate_at, stretch
from tests.billing.oracle.rows import (
    INPUT,
    OUTPUT,
    RefusedError,
    Row,
    column_of,
    moment,
    number,
    units,
)
from tests.billing.oracle.settling import Bill, Coupon, Credit, PlanDiscount, Tax

Table = Mapping[str, Any]
Bills = dict[tuple[str, date], Bill]
Used = tuple[Row, list[tuple[Priced, Use]]]


@dataclass
class Customer:
    """A customer, its terms and its rows."""

    name: str
    account: Table
    calendar: Calendar
    contract: Contract
    charges: Sequence[Priced]
    rows: list[Used] = field(default_factory=list)

    @property
    def has_account(self) -> bool:
        """Whether an account names it."""
        return self.account.get("customer") == self.name


def bill(
    book: Table, log: Sequence[Mapping[str, str]], period: tuple[date, date] | None = None
) -> Bills:
    """What each customer is billed in each period of the span."""
    customers: dict[str, Customer] = {}
    for account in book.get("accounts", []):
        if account["customer"] != "*":
            customers[account["customer"]] = customer_of(book, account["customer"])
    for cells in log:
        texts = {column: text.strip() for column, text in cells.items()}
        name = texts["customer"]
        customer = customers.setdefault(name, customer_of(book, name))
        row = Row(texts, moment(texts["timestamp"], customer.calendar.zone))
        try:
            customer.rows.append((row, uses_of(book, customer, row)))
        except RefusedError:
            continue
    for customer in customers.values():
        customer.rows = distinct(book, customer.rows)
        for _, uses in customer.rows:
            for charge, use in uses:
                charge.uses.append(use)
    times = [row.moment for customer in customers.values() for row, _ in customer.rows]
    made: Bills = {}
    for customer in customers.values():
        made |= bills_of(customer, times, period)
    return made


def bills_of(
    customer: Customer, times: Sequence[datetime], period: tuple[date, date] | None
) -> Bills:
    """A customer's bills within the span; what fell due earlier is worked out, not billed."""
    calendar = customer.calendar
    if period:
        start, end = period
    elif not times:
        return {}
    else:
        start = calendar.period(calendar.day(min(times)))[0]
        end = calendar.period(calendar.day(max(times)))[1]
    first_row = min((row.moment for row, _ in customer.rows), default=None)
    known = [calendar.day(first_row)] if first_row else []
    if customer.has_account:
        dated = customer.contract.first_day()
        known += [dated] if dated else []
        known += [start]
    if not known:
        return {}
    begin = calendar.period(min(known))[0]
    if begin >= end:
        return {}
    made = bills(customer.contract, begin, end)
    return {
        (customer.name, first): one
        for first, one in made.items()
        if start <= first and calendar.period(first)[1] <= end
    }


def distinct(book: Table, rows: Sequence[Used]) -> list[Used]:
    """The rows without those that are others once more."""
    columns = book.get("unique", [])
    kept: dict[Any, Used] = {}
    for place, used in enumerate(sorted(rows, key=lambda used: (used[0].moment, used[0].order()))):
        texts = tuple(used[0].text(column) for column in columns)
        key = texts if columns and all(texts) else place
        if key not in kept or book.get("keep", "last") == "last":
            kept[key] = used
    return list(kept.values())


def uses_of(book: Table, customer: Customer, row: Row) -> list[tuple[Priced, Use]]:
    """What a row uses of the charges that its meters fit best."""
    source, contains = contained(book, row)
    vendor = vendor_of(book, row, source)
    chosen: dict[str, tuple[Priced, Version]] = {}
    of_book = set(every_meter(book))
    no_sums = {charge.meter for charge in customer.charges if charge.aggregation != "sum"}
    if not any(row.text(column_of(meter)) for meter in (*of_book, *INPUT, *OUTPUT)):
        raise RefusedError("no amount")
    texts = {charge.meter for charge in customer.charges if charge.aggregation == "unique"}
    meters = {*of_book, *INPUT, *OUTPUT} - texts
    # A part without a price is a part of its whole where a source says so; else it stands alone.
    apart = set() if source else set(meters)
    for meter in sorted(of_book, key=lambda meter: depth(meter, contains), reverse=True):
        text = row.text(column_of(meter))
        if text and (meter in no_sums or left_of(row, meter, apart, contains)):
            found = choose(book, customer.charges, row, meter, contains)
            if found:
                chosen[meter] = found
                apart |= {meter} - texts
    used = units(row, apart, meters, contains)
    within = {c for children in contains.values() for c in children} if source else set()
    for meter in of_book - set(chosen) - within:
        rest = ONE if meter in texts else left_of(row, meter, apart, contains)
        if row.text(column_of(meter)) and rest and book.get("unpriced", "refuse") == "refuse":
            raise RefusedError(f"no price of {meter}")
    uses = []
    for meter, (charge, version) in chosen.items():
        quantity = used.get(meter, ZERO)
        if charge.aggregation == "sum" and not quantity:
            continue
        factor = factor_of(book, row, version, meter, vendor, contains, customer.calendar.zone)
        if factor != 1 and (charge.aggregation != "sum" or quantity < 0):
            raise RefusedError("a factor on what is no sum, or below zero")
        included = {m for holding in customer.contract.holdings for m, _ in holding.allowances}
        if quantity < 0 and meter in included:
            raise RefusedError("below zero, of what a plan includes")
        by_row = version.entry["charge_model"] in ("context", "off_peak")
        price = own_price(row, version.entry, contains) if by_row else ZERO
        part = tuple(row.text(column) for column in charge.count_by)
        quantity = with_row_rules(row, quantity, version.entry)
        use = Use(row.moment, quantity, row.order(), factor, part, price, row.text(meter))
        uses.append((charge, use))
    return uses


def depth(meter: str, contains: Mapping[str, list[str]]) -> int:
    """How many meters a meter is contained in."""
    parents = [parent for parent, children in contains.items() if meter in children]
    return 1 + depth(parents[0], contains) if parents else 0


def left_of(row: Row, meter: str, apart: set[str], contains: Mapping[str, list[str]]) -> Fraction:
    """What of a meter does not stand apart as one of its parts."""
    left = row.amount(meter) or ZERO
    for child in contains.get(meter, []):
        amount = row.amount(child) or ZERO
        left -= amount if child in apart else amount - left_of(row, child, apart, contains)
    return left


def with_row_rules(row: Row, quantity: Fraction, entry: Table) -> Fraction:
    """A row's units with its least and its steps; refused where the row is no single request."""
    rules = ("row_minimum", "row_multiple", "fixed_fee", "event_minimum", "event_maximum")
    if row.requests() != 1 and any(entry.get(rule) for rule in rules):
        raise RefusedError("a rule of the single row on a row of many requests")
    if quantity > 0 and "row_minimum" in entry:
        quantity = max(quantity, number(entry["row_minimum"]))
    if quantity > 0 and "row_multiple" in entry:
        multiple = number(entry["row_multiple"])
        quantity = ceil(quantity / multiple) * multiple
    return quantity


def every_meter(book: Table) -> list[str]:
    """The meters that any charge of a book prices."""
    holders = [book, *book.get("plans", []), *book.get("accounts", [])]
    return [charge["meter"] for holder in holders for charge in holder.get("charges", [])]


def customer_of(book: Table, name: str) -> Customer:
    """A customer's terms: its own account, or that of everyone."""
    accounts = {account["customer"]: account for account in book.get("accounts", [])}
    account: Table = accounts.get(name) or accounts.get("*") or {}
    zone = account.get("time_zone", book.get("time_zone", "UTC"))
    calendar = Calendar(zone, account.get("period_day", book.get("period_day", 1)))
    holdings = holdings_of(book, account, zone)
    discounts = [
        PlanDiscount(name, one.start, one.end, rate, holding=one, holdings=tuple(holdings))
        for one in holdings
        for name, rate in one.discounts
    ]
    held = [(holding.plan, (holding.start, holding.end)) for holding in holdings]
    charges = charges_of(book, zone, held, account)
    tax = account.get("tax")
    contract = Contract(
        calendar,
        charges,
        [charge.meter if charge.aggregation == "sum" else "" for charge in charges],
        holdings,
        [commitment_of(entry, zone) for entry in account.get("commitments", [])],
        [*discounts, *(coupon_of(entry, zone) for entry in account.get("coupons", []))],
        [credit_of(book, entry, zone) for entry in account.get("credits", [])],
        Tax(number(tax["rate"]), tax.get("inclusive", False)) if tax else None,
        book.get("digits", 2),
        book.get("rounding", "half_away_from_zero"),
    )
    return Customer(name, account, calendar, contract, charges)


def holdings_of(book: Table, account: Table, zone: str) -> list[Holding]:
    """The plans of an account; each ends where the next begins, if not before."""
    entries = sorted(account.get("plans", []), key=lambda entry: stretch(entry, zone)[0])
    made = []
    for place, entry in enumerate(entries):
        start, end = stretch(entry, zone)
        end = min([end, *(stretch(later, zone)[0] for later in entries[place + 1 :])])
        plan = next(plan for plan in book["plans"] if plan["name"] == entry["plan"])
        fees = tuple(
            Fee(
                fee["name"],
                number(fee["amount"]),
                fee.get("period", "month"),
                fee.get("due", "advance") == "advance",
                fee.get("per_seat", False),
            )
            for fee in plan.get("fees", [])
        )
        included = tuple((a["meter"], number(a["amount"])) for a in plan.get("allowances", []))
        off = tuple((d["name"], number(d["rate"])) for d in plan.get("discounts", []))
        seats = number(entry["seats"]) if "seats" in entry else ONE
        made.append(Holding(plan["name"], start, end, seats, fees, included, off))
    return made


def commitment_of(entry: Table, zone: str) -> Commitment:
    """A commitment, with the kinds of amounts it counts."""
    kinds: dict[str, set[str]] = {"usage": {"usage", "minimum"}, "fees": {"fee"}}
    counts = frozenset(kind for name in entry.get("counts", ["usage"]) for kind in kinds[name])
    every = entry.get("period", "month")
    return Commitment(entry["name"], number(entry["minimum"]), *stretch(entry, zone), every, counts)


def coupon_of(entry: Table, zone: str) -> Coupon:
    """A coupon of a share or a sum."""
    start, end = stretch(entry, zone)
    if entry["kind"] == "rate":
        return Coupon(entry["name"], start, end, number(entry["rate"]))
    return Coupon(
        entry["name"],
        start,
        end,
        None,
        number(entry["amount"]),
        entry.get("each_month", False),
        number(entry.get("used", 0)),
    )


def credit_of(book: Table, entry: Table, zone: str) -> Credit:
    """A credit; in another currency, at the rate of the moment from which it holds."""
    start, end = stretch(entry, zone)
    rate: Fraction = rate_at(book, entry.get("currency"), zone, start)
    kinds = {"fees": "fee"}
    return Credit(
        entry["name"],
        number(entry["amount"]) * rate,
        start,
        end,
        entry.get("priority"),
        frozenset(kinds.get(kind, kind) for kind in entry.get("covers", ["usage"])),
        entry.get("taxed_when_bought", False),
        number(entry.get("used", 0)) * rate,
    )
