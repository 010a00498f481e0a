"""Reconcile: what we make of the usage beside the provider's bill, and the gap taken apart.

A gap is theirs less ours.  For each day, model and meter, with counts q and unit prices p, ours 0
and theirs 1, it is taken apart in this order:

1. what stands on one side only;
2. the counts, (q1 - q0) p0;
3. the unit price, q0 (p1 - p0), by what explains p1/p0: a tier or batch, or a region, where a
   factor of the book or another of its prices has that ratio, else the price itself;
4. both together, (q1 - q0) (p1 - p0), on a line of its own;
5. rounding, where all that is left is within half of the last decimal that the bill has;
6. tax, credits and fees, which belong to no model;
7. unexplained: where the bill does not count and no factor has the ratio.

Everything is counted in whole units of 10^-12, so that the parts add up to the gap exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from lmprice.billing.book import PriceBook
from lmprice.billing.causes import Cause, causes_of
from lmprice.billing.counts import SCALE, model_key, our_side
from lmprice.billing.detail import largest_remainder
from lmprice.billing.gap_cells import PARTS, Cell, Side, amount, in_words, signed, table_of
from lmprice.billing.lazy import pl
from lmprice.billing.money import money, round_money
from lmprice.billing.provider_bill import ProviderBill
from lmprice.billing.rating import Rating, UsageTable
from lmprice.billing.tabular import Tabular
from lmprice.billing.taking import Taken
from lmprice.billing.usage import UsageError
from lmprice.language.checks import check_kind, check_mapping

ALL_METERS = "all meters"
_HALF = Fraction(1, 2)
_OWN_DUST = Fraction(1, 10**9)  # our own cost has nine decimals


@dataclass(frozen=True, repr=False)
class Gap(Tabular):
    """Our cost and theirs, cell by cell.

    Attributes
    ----------
    rating : Rating
        The usage under the book, with nine decimals.
    bill : ProviderBill
        What the provider charges.
    cells : tuple of Cell
        By day, model and meter.
    other : mapping
        What belongs to no model, such as tax, credits and fees, in units of 10^-12 by side
        ("ours" or "theirs") and name.
    """

    rating: Rating
    bill: ProviderBill
    cells: tuple[Cell, ...]
    other: Mapping[tuple[str, str], int]

    def in_words(self) -> list[str]:
        """What was compared, the gap, its parts and the largest of them."""
        totals, currency = self.rating.totals, self.rating.book.currency
        read = f"{totals.rows:,} rows of usage, {len(self.bill.rows):,} of the bill"
        lines = [f"{read} ({self.bill.source})"]
        if self.bill.others:
            lines.append(f"{self.bill.others:,} lines of the bill are of other products")
        if totals.refused_rows:
            lines.append(f"{totals.refused_rows:,} rows of usage are refused and stand on no side")
            lines += self.rating.refused_in_words()
        whole, parts = in_cents(self)
        both = f"Ours {self.ours:,.2f} {currency}, theirs {self.theirs:,.2f}"
        lines.append(f"{both}: a gap of {whole:+,}")
        lines += [f"  {name}: {value:+,}" for name, value in parts.items() if value]
        return lines + self.largest()

    def tables(self) -> dict[str, pl.DataFrame]:
        """Both sides and the parts of the gap, by day, model and meter."""
        return {"cells": table_of(self.cells)}

    @property
    def ours(self) -> Decimal:
        """Our cost."""
        found = sum(c.ours.cost for c in self.cells if c.ours)
        return amount(found + self._other("ours"))

    @property
    def theirs(self) -> Decimal:
        """What the provider charges."""
        found = sum(c.theirs.cost for c in self.cells if c.theirs)
        return amount(found + self._other("theirs"))

    def _other(self, side: str) -> int:
        return sum(units for (own, _), units in self.other.items() if own == side)

    @property
    def parts(self) -> dict[str, Decimal]:
        """The gap taken apart, in the stated order; together they are ``theirs - ours``."""
        sums: dict[str, int] = dict.fromkeys(PARTS, 0)
        for cell in self.cells:
            for name, units in cell.parts.items():
                sums[name] += units
        sums["tax and credits"] += self._other("theirs") - self._other("ours")
        return {name: amount(units) for name, units in sums.items()}

    def largest(self, most: int = 5) -> list[str]:
        """The largest parts of the gap in words, the largest first."""
        found = [(units, in_words(c, name, units)) for c in self.cells
                 for name, units in c.parts.items() if units]  # fmt: skip
        for (side, name), own in self.other.items():
            units = own if side == "theirs" else -own
            where = "on the bill" if side == "theirs" else "in the book"
            found.append((units, f"{name} {where}, {signed(units)}"))
        found.sort(key=lambda one: (-abs(one[0]), one[1]))
        return [text for _, text in found[:most]]


def in_cents(gap: Gap, digits: int = 2) -> tuple[Decimal, dict[str, Decimal]]:
    """The gap and its parts, rounded by largest remainder so that they add up as they read."""
    exact: dict[tuple[str, ...], Fraction] = {
        (name,): Fraction(value) for name, value in gap.parts.items()
    }
    whole = round_money(gap.theirs - gap.ours, digits)
    parts = largest_remainder(exact, int(whole.scaleb(digits)), 10**digits)
    return whole, {name: money(parts[name,], digits) for name in gap.parts}


def reconcile(
    usage: UsageTable | Taken,
    book: PriceBook,
    bill: ProviderBill,
    *,
    source: str | None = None,
    columns: Mapping[str, str] | None = None,
    models: Mapping[str, str] | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Gap:
    """Our cost and the provider's by day, model and meter, and the gap taken apart.

    Parameters
    ----------
    usage : str, Path, or table
        The usage, as for `rate`; days are those of UTC, or as an export writes them.
    book : PriceBook
        The provider's prices as we know them.
    bill : ProviderBill
        What `read_bill` has read.
    source, columns
        As for `rate`.
    models : mapping, optional
        Names of models on the bill, each with that of the usage; names that differ by case, signs
        or a date at the end, and aliases of the book, are known.
    start, end : date, optional
        The first day, and the first one after.

    Raises
    ------
    UsageError
        Where bill and book are in two currencies.
    """
    check_kind("reconcile", "book", book, PriceBook)
    check_mapping("reconcile", "columns", {} if columns is None else columns)
    check_kind("reconcile", "bill", bill, ProviderBill)
    if bill.currency is not None and bill.currency != book.currency:
        raise UsageError(f"{bill.path.name} is in {bill.currency}, {book.name} in {book.currency}")
    ours = our_side(usage, book, source, columns)
    aliases = {model_key(a): model_key(m.name) for m in book.models for a in m.aliases}
    aliases |= {model_key(old): model_key(new) for old, new in (models or {}).items()}
    cells = _Cells(aliases, by_meter=any(row.meter is not None for row in bill.rows))
    other: dict[tuple[str, str], int] = {}

    def is_asked(day: date) -> bool:
        return (start is None or day >= start) and (end is None or day < end)

    for day, model, meter, cost, quantity in ours.cells:
        if is_asked(day):
            cells.add(day, model, meter, "ours", cost, quantity)
    for day, name, cost in ours.other:
        if is_asked(day):
            other["ours", name] = other.get(("ours", name), 0) + cost
    for row in bill.rows:
        units = round(row.amount * SCALE)
        if not is_asked(row.day):
            continue
        if row.kind != "usage":
            other["theirs", row.kind] = other.get(("theirs", row.kind), 0) + units
        else:
            cells.add(row.day, row.model, row.meter, "theirs", units, row.quantity)
    found = cells.sorted()
    half = _HALF / 10**bill.decimals
    for cell in found:
        _take_apart(cell, half, causes_of(book, ours.priced_as(cell.model), cell.meter))
    return Gap(ours.rating, bill, tuple(found), other)


class _Cells:
    """The cells of both sides, models known by any of their names."""

    def __init__(self, aliases: Mapping[str, str], *, by_meter: bool) -> None:
        self.aliases, self.by_meter = aliases, by_meter
        self.cells: dict[tuple[date, str, str], Cell] = {}

    def add(
        self, day: date, model: str, meter: str | None, side: str, cost: int,
        quantity: Fraction | None,
    ) -> None:  # fmt: skip
        """Add an amount to a side of its cell."""
        key = model_key(model)
        name = meter if self.by_meter and meter is not None else ALL_METERS
        place = (day, self.aliases.get(key, key), name)
        cell = self.cells.setdefault(place, Cell(day, model, name))
        own: Side | None = getattr(cell, side)
        if own is None:
            own = Side(0, Fraction(0))
            setattr(cell, side, own)
        own.cost += cost
        own.rows += 1
        counts = quantity is not None and own.quantity is not None and name != ALL_METERS
        own.quantity = own.quantity + quantity if counts else None  # type: ignore[operator]

    def sorted(self) -> list[Cell]:
        """The cells by day, model and meter, without those that cost nothing on either side."""
        kept = (c for c in self.cells.values() if c.gap or (c.ours and c.ours.cost))
        return sorted(kept, key=lambda c: (c.day, c.model, c.meter))


def _take_apart(cell: Cell, half: Fraction, causes: Sequence[Cause]) -> None:
    """Give a cell the parts of its gap."""
    ours, theirs = cell.ours, cell.theirs
    if ours is None or theirs is None:
        cell.parts = {PARTS[0 if ours is None else 1]: cell.gap} if cell.gap else {}
        return
    slack = (half * theirs.rows + _OWN_DUST * ours.rows) * SCALE
    if not (ours.quantity and theirs.quantity):
        _without_counts(cell, ours, theirs, slack, causes)
        return
    before = Fraction(ours.cost) / ours.quantity
    counts = round((theirs.quantity - ours.quantity) * before)
    rest = cell.gap - counts
    parts = {"counts": counts}
    if abs(rest) <= slack:
        parts["rounding"] = rest
    else:
        after = Fraction(theirs.cost) / theirs.quantity
        price = round(ours.quantity * (after - before))
        cause = _cause(causes, theirs.quantity * before, theirs.cost, slack)
        cell.cause = cause.name if cause else ""
        parts[cause.part if cause else "unit price"] = price
        parts["counts and price"] = rest - price
    cell.parts = {name: units for name, units in parts.items() if units}


def _without_counts(
    cell: Cell, ours: Side, theirs: Side, slack: Fraction, causes: Iterable[Cause]
) -> None:
    """Where the bill does not say how many it counts: a factor, or nothing, explains the gap."""
    if not cell.gap:
        return
    cause = _cause(causes, Fraction(ours.cost), theirs.cost, slack)
    if abs(cell.gap) <= slack:
        cell.parts = {"rounding": cell.gap}
    elif cause is not None:
        cell.cause = cause.name
        cell.parts = {cause.part: cell.gap}
    else:
        cell.parts = {"unexplained": cell.gap}


def _cause(causes: Iterable[Cause], base: Fraction, cost: int, slack: Fraction) -> Cause | None:
    return next((c for c in causes if abs(base * c.ratio - cost) <= slack), None)
