"""Plain charges: the lines of charges that are nothing but units at a price, a column at a time.

For customers without anything of their own (no fees, minimums, coupons, credits, tax) a unit price
or graduated tiers are worked out for all of them at once.  All numbers are whole: quantities in
billionths where they need it, money over one denominator a charge, so nothing is ever rounded but
what the rule of the bill rounds.  Whatever else a charge may have goes the way of single customers.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from lmprice.billing.calendar import as_datetime
from lmprice.billing.entries import Entries
from lmprice.billing.lazy import pl
from lmprice.billing.pieces import Pieces
from lmprice.billing.pricing import Price, price_classes
from lmprice.billing.scopes import Identity, Scope, Scopes, Version
from lmprice.billing.timeline import ALWAYS
from lmprice.billing.usage import UsageError

Whole = Any  # an array of whole numbers: 64 bits where they are enough, Python's otherwise
_BILLION = 10**9
_SAFE = 1 << 62
_AROUND = (math.floor, math.ceil)
_MARGIN = 10**6  # what 64 bits must have left, for rounding
_LABELS = (
    "category", "model", "meter", "charge", "valid_from", "price_class", "per", "currency", "rate",
)  # fmt: skip
_AMOUNTS = ("quantity", "list_cost", "contracted_cost", "unrounded", "unrounded_list")
FEW = 20  # customers a charge for which columns are not worth their while


class PlainCharges:
    """The charges of one scope that are priced a column at a time."""

    def __init__(
        self, scopes: Scopes, scope: Scope, entries: Entries, pieces: Pieces,
        schema: dict[str, Any],
    ) -> None:  # fmt: skip
        self._scopes, self._scope, self._pieces, self._schema = scopes, scope, pieces, schema
        self._digits, self._rounding = scopes.book.digits, scopes.book.rounding
        self._is_quiet = entries.are_none and not scope.owing

    def split(self, uses: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The uses of customers who have plain charges only, and those of all others."""
        own = uses.filter(pl.col("scope") == self._scope.number)
        if not self._is_quiet or own["customer"].n_unique() < FEW:
            return uses.clear(), uses
        kinds = own.group_by("period", "charge").agg(
            pl.col("slot").unique(), pl.col("factor").n_unique(),
            (pl.col("units") < 0).any().alias("below"),
        )  # fmt: skip
        odd, torn = [], []
        for period, charge, slots, factors, below in kinds.iter_rows():
            identity = self._scopes.identities[charge]
            if not self._is_plain(identity, slots, below):
                odd.append((period, charge))
            elif factors > 1:
                of_charge = own.filter(pl.col("period") == period, pl.col("charge") == charge)
                torn.append(self._torn(of_charge, self._versions(identity, slots)))
        table = pl.DataFrame(odd, schema={"period": pl.Int32, "charge": pl.Int32}, orient="row")
        others = own.join(table, on=["period", "charge"], how="semi")["customer"]
        others = pl.concat([others, *torn]).unique()
        is_plain = (pl.col("scope") == self._scope.number) & ~pl.col("customer").is_in(
            others.implode()
        )
        return uses.filter(is_plain), uses.filter(~is_plain)

    def left(
        self, names: Sequence[str], others: pl.DataFrame, named: Container[str]
    ) -> Sequence[str]:
        """The customers who have more than plain charges."""
        if not self._is_quiet:
            return names
        owing = set(others["customer"].unique())
        return [name for name in names if name in owing or name in named]

    def _is_plain(self, identity: Identity, slots: Sequence[int], below: bool) -> bool:
        if not identity.is_sum:
            return False
        prices = [version.price for version in self._versions(identity, slots).values()]
        runs = [price for price, _ in groupby(prices, key=id)]
        if len(runs) > len(set(runs)) or not all(p.is_plain and p.has_rate for p in prices):
            return False
        if all(price.is_linear for price in prices):
            return True
        return not below and all(price.steps for price in prices)

    def _torn(self, uses: pl.DataFrame, versions: Mapping[int, Version]) -> pl.Series:
        """The customers of whom one moment, under several factors, reaches into two tiers.

        Its units share what they cost together, which need not be a whole number of anything.
        """
        counted = ["customer", "part"]
        moments = uses.group_by(*counted, "slot", "at").agg(
            pl.col("units").sum(), (pl.col("factor").n_unique() > 1).alias("several")
        )
        after = pl.col("units").cum_sum().over(counted, order_by=["slot", "at"])
        moments = moments.with_columns(after.alias("after")).filter("several")
        found = [uses["customer"].clear()]
        for slot, version in versions.items():
            for start, _, _, *fees in version.price.steps:
                low, high = (Decimal(whole(start * _BILLION)) / _BILLION for whole in _AROUND)
                before = pl.col("after") - pl.col("units")
                begins = before <= high if any(fees) else before < high
                passed = (pl.col("slot") == slot) & begins & (pl.col("after") > low)
                found.append(moments.filter(passed)["customer"])
        return pl.concat(found).unique()

    def _versions(self, identity: Identity, slots: Sequence[int]) -> dict[int, Version]:
        """The version of a charge in each of some pieces, in order of time."""
        timeline = self._scope.versions[identity]
        found = ((slot, timeline.at(slot)) for slot in sorted(slots))
        return {slot: version for slot, version in found if version is not None}

    def lines(self, uses: pl.DataFrame) -> pl.DataFrame:
        """The lines of plain uses, in the order of a bill."""
        uses = uses.sort("customer", "period", "part", "slot", "at", "price_class")
        uses = uses.with_columns(pl.struct("customer", "period").rle_id().alias("_bill"))
        parts = uses.partition_by("charge", as_dict=True)
        found: list[pl.DataFrame] = []
        labels: list[dict[str, Any]] = []
        for (charge,) in sorted(parts):
            identity = self._scopes.identities[charge]
            versions, own = self._with_versions(identity, parts[charge,])
            found.append(self._of_charge(identity, versions, own, len(labels)))
            labels += self._labels(identity, versions)
        if not found:
            return pl.DataFrame(schema=self._schema)
        lines = pl.concat(found).sort("_bill", maintain_order=True)
        days = {n: self._scope.calendar.first_day(n) for n in uses["period"].unique()}
        bills = uses.unique("_bill", keep="first", maintain_order=True).select(
            "customer", pl.col("period").replace_strict(days, return_dtype=pl.Date)
        )
        told = pl.DataFrame(labels, schema={name: self._schema[name] for name in _LABELS})
        lines = lines.hstack(bills[lines["_bill"]]).hstack(told[lines["_label"]])
        lines = lines.with_columns(_decimal(name, self._schema[name].scale) for name in _AMOUNTS)
        return lines.with_columns(
            pl.col("contracted_cost").alias("effective_cost"),
            pl.col("contracted_cost").alias("billed_cost"),
            pl.lit(0).cast(self._schema["tax"]).alias("tax"),
        ).select(list(self._schema))

    def _with_versions(
        self, identity: Identity, uses: pl.DataFrame
    ) -> tuple[list[Version], pl.DataFrame]:
        """The versions of a charge that uses are of, in order of time, and the one of each use."""
        slots, places = np.unique(uses["slot"].to_numpy(), return_inverse=True)
        of_slots = list(self._versions(identity, slots.tolist()).values())
        begins = [
            n for n, v in enumerate(of_slots) if not n or v.price is not of_slots[n - 1].price
        ]
        numbers = np.searchsorted(begins, np.arange(len(of_slots)), side="right") - 1
        version = pl.Series("version", numbers[places], dtype=pl.Int64)
        return [of_slots[n] for n in begins], uses.with_columns(version)

    def _labels(self, identity: Identity, versions: Sequence[Version]) -> list[dict[str, Any]]:
        """What lines say of their charge: one for each price class of each version."""
        entry = identity.entry
        return [
            {
                "category": "usage", "model": entry.model, "meter": entry.meter,
                "charge": v.price.charge.title,
                "valid_from": None if v.since == ALWAYS else as_datetime(v.since),
                "price_class": name, "per": v.price.charge.per,
                "currency": v.price.charge.currency, "rate": float(v.price.rate),
            }
            for v in versions for name in price_classes(v.price.charge)
        ]  # fmt: skip

    def _of_charge(
        self, identity: Identity, versions: Sequence[Version], uses: pl.DataFrame, labelled: int
    ) -> pl.DataFrame:
        """Costs by bill, version and price class, rounded so that those of a bill add up.

        Amounts are whole numbers of their smallest unit; labels are counted on from ``labelled``.
        """
        prices = [version.price for version in versions]
        of_units = all(price.is_linear for price in prices)
        costs = (_by_units if of_units else _by_count)(prices, uses)
        marks = [uses[name].to_numpy() for name in ("price_class", "version", "_bill")]
        order = np.lexsort(marks)
        price_class, version, bill = (mark[order] for mark in marks)
        changes = (np.diff(mark, prepend=-1) != 0 for mark in (price_class, version, bill))
        first = np.flatnonzero(np.logical_or.reduce(list(changes)))
        price_class, version, bill = price_class[first], version[first], bill[first]
        starts = np.flatnonzero(np.diff(bill, prepend=-1))
        own = np.add.reduceat(costs.own[order], first)
        due = self._rounded(own, costs.size, starts)
        public, public_due = own, due
        if costs.public is not costs.own:
            public = np.add.reduceat(costs.public[order], first)
            public_due = self._rounded(public, costs.size, starts)
        quantities, scale = whole(uses["quantity"])
        quantity = np.add.reduceat(quantities[order], first)
        large = _too_large(own, public, due, public_due, costs.size)
        if large.size:
            customer, period = uses.select("customer", "period").row(int(order[first[large[0]]]))
            first_day = self._scope.calendar.first_day(period)
            raise too_large(identity.entry.title, customer, first_day)
        begins = np.cumsum([0, *(len(price_classes(v.price.charge)) for v in versions)])
        cut = _cut(own, costs.size, 15)
        amounts = {
            "quantity": quantity * (_BILLION // scale),
            "list_cost": public_due,
            "contracted_cost": due,
            "unrounded": cut,
            "unrounded_list": cut if public is own else _cut(public, costs.size, 15),
        }
        return pl.DataFrame({
            "_bill": bill,
            "_label": labelled + begins[version] + price_class,
            **{name: _units(amounts[name]) for name in _AMOUNTS},
        })  # fmt: skip

    def _rounded(self, costs: Whole, size: int, starts: Whole) -> Whole:
        """Costs in smallest units: differences of the rounded running cost of each customer."""
        running = np.cumsum(costs)
        before = np.r_[running[:1] * 0, running[:-1]]
        lengths = np.diff(np.r_[starts, len(costs)])
        since = running - np.repeat(before[starts], lengths)
        now = self._units(since, size)
        earlier = np.r_[now[:1] * 0, now[:-1]]
        earlier[starts] = 0
        return now - earlier

    def _units(self, costs: Whole, size: int) -> Whole:
        """As `money.whole_units`."""
        if 10**self._digits > _MARGIN:
            costs = costs.astype(object)
        scaled = abs(costs) * 10**self._digits
        units = scaled // size
        rest = scaled - units * size
        rounding = self._rounding
        if rounding == "up":
            units = units + (rest > 0)
        elif rounding == "half_away_from_zero":
            units = units + (2 * rest >= size)
        elif rounding == "half_even":
            units = units + ((2 * rest > size) | ((2 * rest == size) & (units % 2 == 1)))
        return np.where(costs < 0, -units, units)


class _Costs(NamedTuple):
    """Costs as whole numbers of a part of the currency, so many of which are one of it."""

    size: int
    public: Whole
    own: Whole


def _by_units(prices: Sequence[Price], uses: pl.DataFrame) -> _Costs:
    """Costs where each unit costs the same, whichever units were before it."""
    counts, scale = whole(uses["units"])
    kinds = uses.select("version", "price_class", "factor")
    alike = kinds.unique(maintain_order=True)
    codes = kinds.join(
        alike.with_row_index("code"), on=kinds.columns, how="left", maintain_order="left"
    )["code"].to_numpy()
    sides = []
    for version, price_class, factor in alike.iter_rows():
        unit = prices[version].unit_cost(price_class)
        sides.append([part * Fraction(factor) / scale for part in (unit.public, unit.negotiated)])
    size = math.lcm(*(cost.denominator for side in sides for cost in side))
    public, own = ([int(cost * size) for cost in side] for side in zip(*sides, strict=True))

    def costs(each: list[int]) -> Whole:
        counted, units = _fitting(counts, size, *each)
        return counted * units[codes]

    priced = costs(own)
    return _Costs(size, priced if public == own else costs(public), priced)


def _by_count(prices: Sequence[Price], uses: pl.DataFrame) -> _Costs:
    """Costs on one running count a customer, and a part of it where it is counted in parts."""
    counts, scale = whole(uses["units"])
    factors = uses["factor"].unique()
    common = math.lcm(*(Fraction(factor).denominator for factor in factors))
    weights = [int(Fraction(factor) * common) for factor in factors]
    places = uses["factor"].replace_strict(factors, pl.int_range(len(factors), eager=True))
    version = uses["version"].to_numpy()
    starts = np.flatnonzero(uses.select(pl.struct("_bill", "part").rle_id().diff() != 0)
                            .to_series().fill_null(value=True).to_numpy())  # fmt: skip
    steps = [price.steps for price in prices]
    finer = math.lcm(*((start * scale).denominator for own in steps for start, *_ in own))
    counts, scale = counts.astype(object) * finer if finer > 1 else counts, scale * finer
    each, once = Fraction(1, scale * common), Fraction(1, common)
    units = (Fraction(scale), each, each, once, once)
    parts = [
        [[value * by for value, by in zip(step, units, strict=True)] for step in one]
        for one in steps
    ]
    size = math.lcm(*(value.denominator for one in parts for step in one for value in step))
    heaviest = max(map(abs, weights)) or 1
    most = [
        int(abs(value) * size) * heaviest for one in parts for step in one for value in step[1:3]
    ]
    fees = sum(int(value * size) for one in parts for step in one for value in step[3:]) * heaviest
    running = np.cumsum(
        counts.astype(object) if len(counts) * int(counts.max()) > _SAFE else counts
    )
    lengths = np.diff(np.r_[starts, len(counts)])
    before = np.r_[running[:1] * 0, running[:-1]]
    running = running - np.repeat(before[starts], lengths)
    running, _ = _fitting(running, size, *most, fees)
    earlier = running - counts
    weight = np.array(weights, dtype=running.dtype)[places.to_numpy()]

    def costs(place: int) -> Whole:
        found = running * 0
        for number, one in enumerate(parts):
            of = version == number
            found[of] = _at(running[of], one, size, place) - _at(earlier[of], one, size, place)
        return found if len(weights) == 1 == weights[0] else found * weight

    own = costs(1)
    is_list = all(step[1] == step[2] and step[3] == step[4] for one in parts for step in one)
    return _Costs(size, own if is_list else costs(0), own)


def _too_large(own: Whole, public: Whole, due: Whole, public_due: Whole, size: int) -> Whole:
    """The places of amounts that are more than the columns of the lines hold."""
    is_large = (abs(own) >= size * 10**22) | (abs(public) >= size * 10**22)
    return np.flatnonzero(is_large | (abs(due) >= 10**37) | (abs(public_due) >= 10**37))


def too_large(name: str, customer: str, first_day: date) -> UsageError:
    """The error of an amount that no table of lines holds."""
    return UsageError(
        f"the amount of {name} for {customer} in the period from {first_day} is too large: "
        "amounts have 37 digits at most, 22 of them before the point"
    )


def _at(counts: Whole, steps: Sequence[Sequence[Fraction]], size: int, place: int) -> Whole:
    """What counts cost, under the public or the own price of each step."""
    total = counts * 0
    for number, step in enumerate(steps):
        start = int(step[0])
        held = counts
        if number + 1 < len(steps):
            held = np.minimum(counts, int(steps[number + 1][0]))
        above = held - start
        passed = counts > start
        total = total + np.where(passed, above * int(step[1 + place] * size), 0)
        fee = int(step[3 + place] * size)
        if fee:
            total = total + np.where(passed, fee, 0)
    return total


def whole(amounts: pl.Series) -> tuple[Whole, int]:
    """Amounts as whole numbers, of so many in one: 1, or a billion."""
    units = amounts.cast(pl.Int64, strict=False)
    if not units.null_count() and (units.cast(amounts.dtype) == amounts).all():
        return units.to_numpy(), 1
    return np.array(amounts.to_physical().to_list(), dtype=object), _BILLION


def _fitting(counts: Whole, size: int, *factors: int) -> tuple[Whole, Whole]:
    """Whole numbers that a product cannot overflow, not even times a hundred billion."""
    most = max(map(abs, factors), default=0) or 1
    largest = max(int(abs(counts).max()) if len(counts) else 0, 1)
    fits = largest * most * len(counts) * _MARGIN < _SAFE and size * _MARGIN < _SAFE
    kind = np.int64 if fits else object
    return counts.astype(kind), np.array(factors, dtype=kind)


def _cut(amounts: Whole, size: int, digits: int) -> Whole:
    """Amounts with so many decimals, cut off."""
    found = abs(amounts.astype(object)) * 10**digits // size
    return np.where(amounts < 0, -found, found)


def _units(amounts: Whole) -> pl.Series:
    """Whole numbers as a column."""
    return pl.Series(amounts.tolist() if amounts.dtype == object else amounts, dtype=pl.Int128)


def _decimal(name: str, digits: int) -> pl.Expr:
    """Whole numbers of the smallest unit as decimals."""
    kind = pl.Decimal(38, digits)
    unit = pl.lit(Decimal(1).scaleb(-digits), kind)
    return (pl.col(name).cast(pl.Decimal(38, 0)) * unit).cast(kind)
