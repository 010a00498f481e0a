"""Invoicing: the lines of the bills of one customer, period after period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from lmprice.billing.charging import Charged, Period, Use, charged
from lmprice.billing.entries import DueFee, Entries
from lmprice.billing.parsing import BookError
from lmprice.billing.pieces import Pieces
from lmprice.billing.pricing import ZERO, price_classes
from lmprice.billing.scopes import Identity, Scope, Scopes
from lmprice.billing.settling import Adjustment, Due, Settlement
from lmprice.billing.timeline import ALWAYS


class BillLine(NamedTuple):
    """A line of a bill, its money in smallest units."""

    period: int
    category: str
    name: str
    model: str | None = None
    meter: str | None = None
    since: int | None = None
    price_class: str | None = None
    quantity: Fraction | None = None
    public: int = 0
    contracted: int = 0
    effective: int = 0
    billed: int = 0
    tax: int = 0
    unrounded: Fraction = ZERO  # the effective cost before it was rounded
    unrounded_list: Fraction = ZERO
    per: float | None = None  # metered units in a priced one
    currency: str | None = None  # of its prices; None is the book's
    rate: float = 1.0


class Piece(NamedTuple):
    """A part of a bill at the finest grain: a row of usage, or a sum of a day."""

    period: int
    category: str
    name: str
    meter: str | None
    day: int
    row: int  # -1 for what is of no row
    exact: Fraction
    effective: int
    billed: int


@dataclass
class Invoices:
    """All lines of a customer in the periods that are billed, and what stays open after them."""

    lines: list[BillLine] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    open: list[tuple[str, int, int]] = field(default_factory=list)  # commitment, units, end
    left: list[tuple[str, int]] = field(default_factory=list)  # credit, units


class Invoicing:
    """Makes the bills of the customers of one scope."""

    def __init__(self, scopes: Scopes, scope: Scope, pieces: Pieces, *, in_detail: bool) -> None:
        self.scopes, self.scope, self.pieces, self.in_detail = scopes, scope, pieces, in_detail
        self.entries = Entries(scope, scopes)
        self.unit = 10**scopes.book.digits

    def invoices(
        self, worked_out: range, billed: range, uses: Mapping[int, dict[int, list[Use]]],
        totals: Mapping[int, dict[int, dict[str, Fraction]]],
    ) -> Invoices:  # fmt: skip
        """The bills of a customer, from its uses and quantities by period and charge."""
        result = Invoices()
        settlement = Settlement(self.entries, self.scopes.round, self.unit)
        is_quiet = self.entries.are_none and not self.scope.owing
        periods: Sequence[int] = worked_out
        if is_quiet:
            periods = sorted({period for period in (*uses, *totals) if period in worked_out})
        for number in periods:
            self._add(
                result, settlement, number, uses.get(number, {}), totals.get(number, {}),
                is_billed=number in billed,
            )  # fmt: skip
        if billed:
            self._add_open(result, settlement, billed[-1])
        return result

    def _add(
        self, result: Invoices, settlement: Settlement, number: int,
        uses: dict[int, list[Use]], totals: dict[int, dict[str, Fraction]], *, is_billed: bool,
    ) -> None:  # fmt: skip
        period = Period(self.scope, number, self.pieces.of(self.scope, number))
        costs = [
            charged(
                period, identity, uses.get(identity.number, []), totals.get(identity.number, {}),
                self.scopes.round, with_rows=self.in_detail,
            )
            for identity in self._identities(uses, totals)
        ]  # fmt: skip
        self._check_rates(period, costs)
        fees = list(self._fees(number))
        if self.entries.are_none:
            adjustments = []
        else:
            windows = list(self.entries.windows(number, number))
            dues = [*self._dues(period, costs), *(due for due, _ in fees)]
            adjustments = settlement.settle(dues, windows, period.start, period.end)
        if not is_billed:
            return
        for cost in costs:
            result.lines += self._usage_lines(number, cost)
        for due, exact in fees:
            due_now = due.amount
            result.lines.append(
                BillLine(
                    number, "fee", due.name, public=due_now, contracted=due_now, effective=due_now,
                    billed=due_now, unrounded=exact, unrounded_list=exact,
                )
            )  # fmt: skip
        sums: dict[tuple[str, str], list[int]] = {}
        for one in adjustments:
            own = sums.setdefault((one.category, one.name), [0, 0])
            own[0] += one.amount
            own[1] += one.tax
        for (category, name), (amount, tax) in sums.items():
            # Prepaid money is an effective cost when it is used, not when it is paid in.
            effective = 0 if category == "credit" else amount
            exact = Fraction(effective, self.unit)
            line = BillLine(number, category, name, effective=effective, billed=amount, tax=tax,
                            unrounded=exact)  # fmt: skip
            if amount or tax:
                result.lines.append(line)
        if self.in_detail:
            result.pieces += self._usage_pieces(period, costs)
            result.pieces += self._other_pieces(number, fees, adjustments)

    def _identities(
        self, uses: Mapping[int, object], totals: Mapping[int, object]
    ) -> list[Identity]:
        """The charges of a period: those with usage, and those that are owed without."""
        own = {i.number: i for i in self.scope.owing}
        for number in (*uses, *totals):
            own[number] = self.scopes.identities[number]
        return [own[number] for number in sorted(own)]

    def _check_rates(self, period: Period, costs: Sequence[Charged]) -> None:
        for cost in costs:
            for line in cost.lines:
                price = line.version.price
                if not price.has_rate and (line.due or line.exact.negotiated):
                    raise BookError(
                        [f"rates: {price.charge.currency} has no rate in the period from "
                         f"{self.scope.calendar.first_day(period.number)} on, in which "
                         f"{cost.identity.title} is owed"]
                    )  # fmt: skip

    def _fees(self, number: int) -> Iterator[tuple[Due, Fraction]]:
        """The fees of a period; those of one name are rounded together."""
        sums: dict[str, Fraction] = {}
        fees: list[DueFee] = list(self.entries.fees(number, number)) if self.scope.stints else []
        for fee in sorted(fees, key=lambda fee: (fee.at, not fee.at_end)):
            before = sums.get(fee.name, ZERO)
            sums[fee.name] = before + fee.amount
            amount = self.scopes.round(before + fee.amount) - self.scopes.round(before)
            yield Due(fee.at, not fee.at_end, "fee", amount, fee.name), fee.amount

    def _dues(self, period: Period, costs: Sequence[Charged]) -> Iterator[Due]:
        by_slot: dict[int, int] = {}
        for cost in costs:
            for slot, amount in cost.dues.items():
                by_slot[slot] = by_slot.get(slot, 0) + amount
            if cost.minimum:
                yield Due(period.end, False, "minimum", cost.minimum)
        for slot, amount in by_slot.items():
            if amount:
                yield Due(period.start_of(slot), True, "usage", amount)

    def _usage_lines(self, number: int, cost: Charged) -> Iterator[BillLine]:
        entry = cost.identity.entry
        for line in cost.lines:
            charge = line.version.price.charge
            since = None if line.version.since == ALWAYS else line.version.since
            name = price_classes(charge)[line.price_class]
            yield BillLine(
                number, "usage", charge.title, entry.model, entry.meter, since, name, line.quantity,
                line.public, line.due, line.due, line.due, 0, line.exact.negotiated,
                line.exact.public, charge.per, charge.currency, float(line.version.price.rate),
            )  # fmt: skip
        if cost.minimum:
            yield BillLine(
                number, "minimum", cost.identity.title, entry.model, entry.meter,
                contracted=cost.minimum, effective=cost.minimum, billed=cost.minimum,
                unrounded=cost.exact_minimum,
            )  # fmt: skip

    def _usage_pieces(self, period: Period, costs: Sequence[Charged]) -> Iterator[Piece]:
        """What each row costs, and what is of no row, by the days on which it falls due."""
        calendar = self.scope.calendar
        for cost in costs:
            entry = cost.identity.entry
            for slot, row, due, exact in cost.rows:
                day = calendar.day_of(period.start_of(slot))
                yield Piece(period.number, "usage", cost.identity.title, entry.meter, day, row,
                            exact, due, due)  # fmt: skip
            if cost.minimum:
                money = (cost.exact_minimum, cost.minimum, cost.minimum)
                yield Piece(period.number, "minimum", cost.identity.title, entry.meter,
                            period.days[-1], -1, *money)  # fmt: skip

    def _other_pieces(
        self, number: int, fees: Sequence[tuple[Due, Fraction]], adjustments: Sequence[Adjustment]
    ) -> Iterator[Piece]:
        calendar = self.scope.calendar
        added: list[Due | Adjustment] = [*(due for due, _ in fees), *adjustments]
        for one in added:
            day = calendar.day_of(one.at) if one.starts else calendar.ended_day_of(one.at)
            effective = 0 if one.category == "credit" else one.amount
            yield Piece(number, one.category, one.name, None, day, -1,
                        Fraction(one.amount, self.unit), effective, one.amount)  # fmt: skip

    def _add_open(self, result: Invoices, settlement: Settlement, last: int) -> None:
        end = self.scope.calendar.start(last + 1)
        for window in self.entries.windows(last, last):
            if window.end > end:
                result.open.append((window.name, settlement.owed(window), window.end))
        result.left = settlement.left(end)
