"""Counting: the uses of rows summed, for each customer, charge, price class and piece of a period.

Sums of sums are sums: parts of a table are counted apart and put together.  Single moments are kept
where an order in time matters (included units, several factors on one running count, levels that
hold until the next), and single rows where each is priced alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from lmprice.billing.charging import Use
from lmprice.billing.checking import EXACT
from lmprice.billing.duplicates import content_order
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl
from lmprice.billing.pricing import ONE, ZERO
from lmprice.billing.scopes import Identity, Scope
from lmprice.billing.usage import ROW

FREE, COUNTED, CROSSING = 0, 1, 2
_OF = ["customer", "scope", "period", "charge", "part"]
_KEY = [*_OF, "slot", "price_class", "factor", "at"]
_CELLS = [*_KEY, "text", "units", "quantity", "order", ROW]


@dataclass
class Counted:
    """What each customer used in each period: its uses by charge, or the quantity of each part."""

    uses: dict[tuple[str, int], dict[int, list[Use]]] = field(default_factory=dict)
    totals: dict[tuple[str, int], dict[int, dict[str, Fraction]]] = field(default_factory=dict)


class Counting:
    """Sums uses."""

    def __init__(
        self, scopes: Sequence[Scope], identities: Sequence[Identity], *, by_row: bool,
        has_factors: bool,
    ) -> None:  # fmt: skip
        self.scopes, self.identities = scopes, identities
        self.by_row, self._has_factors = by_row, has_factors

    @cached_property
    def goes_by_rows(self) -> bool:
        """Whether the order of all rows is needed, because some of them are priced alone."""
        return self.by_row or bool(self._alone)

    @cached_property
    def goes_by_moments(self) -> bool:
        """Whether sums of pieces are not enough for all charges."""
        return bool(self._timed) or not all(i.is_sum for i in self.identities)

    @cached_property
    def _alone(self) -> list[int]:
        """The charges of which each row is priced alone."""
        return [i.number for i in self.identities if self.by_row or self._any(i, "has_events")]

    @cached_property
    def _timed(self) -> list[int]:
        """The charges of which each moment counts: under included units, or several factors."""
        included = {a.meter for s in self.scopes for t in s.stints for a in t.plan.allowances}
        return [
            i.number
            for i in self.identities
            if i.entry.meter in included
            or (not self._is_linear(i) and (self._has_factors or self._any(i, "has_factors")))
        ]

    def summed(self, uses: pl.DataFrame, table: pl.DataFrame | None = None) -> pl.DataFrame:
        """Uses added up as far as the order of rows and moments does not matter.

        ``table`` has the cells of rows that are priced alone.
        """
        kinds = pl.Series([i.aggregation for i in self.identities], dtype=pl.String)
        uses = uses.with_columns(kinds.gather(uses["charge"]).alias("kind"))
        is_alone = (pl.col("kind") == "sum") & pl.col("charge").is_in(self._alone)
        single = uses.filter(is_alone)
        found = []
        if single.height:
            if table is not None:
                single = single.join(content_order(table, single[ROW]), on=ROW, how="left")
            found.append(single.select(_CELLS))
        for (kind,), own in uses.filter(~is_alone).partition_by("kind", as_dict=True).items():
            found.append(self._summed(str(kind), own))
        return pl.concat(found) if found else pl.DataFrame(schema=SCHEMA)

    def _summed(self, kind: str, uses: pl.DataFrame) -> pl.DataFrame:
        nothing = pl.lit(0, pl.Int64).alias("at")
        key = [name for name in _KEY if name != "at"]
        if kind == "sum":
            at = pl.when(pl.col("charge").is_in(self._timed)).then("at").otherwise(0)
            uses = (
                uses.with_columns(at.alias("at"))
                .group_by(_KEY)
                .agg(pl.col("units", "quantity").sum())
            )
        elif kind == "max":
            uses = uses.with_columns(nothing).group_by(_KEY).agg(pl.col("units", "quantity").max())
        elif kind == "last":
            last = pl.col("at", "units", "quantity").sort_by("at", "quantity").last()
            uses = uses.group_by(key).agg(last)
        elif kind == "time_weighted":
            uses = uses.group_by(_KEY).agg(pl.col("units", "quantity").max())
        else:
            uses = uses.with_columns(nothing).unique([*_KEY, "text"])
        if kind != "unique":
            uses = uses.with_columns(pl.lit(None, pl.String).alias("text"))
        order, row = pl.lit(None, pl.UInt32).alias("order"), pl.lit(-1, pl.Int64).alias(ROW)
        return uses.with_columns(order, row).select(_CELLS)

    def counted(self, uses: pl.DataFrame) -> Counted:
        """The summed uses of some customers, by customer and period."""
        result = Counted()
        is_sum = pl.col("charge").is_in([i.number for i in self.identities if i.is_sum])
        self._add_totals(uses.filter(~is_sum), result)
        uses, shares = self._after_allowances(uses.filter(is_sum))
        is_alone = pl.col("charge").is_in(self._alone)
        for row in self._together(uses.filter(~is_alone)).iter_rows():
            self._add(result, shares, row, -1)
        single = uses.filter(is_alone)
        if single.height:
            single = single.sort(
                "customer", "period", "charge", "slot", "at", "units", "order", ROW
            )
            for *cells, row in single.select(*_COUNTED, "units", "quantity", ROW).iter_rows():
                self._add(result, shares, cells, row)
        return result

    def _together(self, uses: pl.DataFrame) -> pl.DataFrame:
        """The uses that need not stand alone; moments only where several factors weigh them."""
        several = (
            uses.group_by("charge").agg(pl.col("factor").n_unique()).filter(pl.col("factor") > 1)
        )
        weighed = [n for n in several["charge"] if not self._is_linear(self.identities[n])]
        at = pl.when(pl.col("charge").is_in(weighed)).then("at").otherwise(0).alias("at")
        sums = uses.with_columns(at).group_by(_COUNTED).agg(pl.col("units", "quantity").sum())
        return sums.select(*_COUNTED, "units", "quantity").sort(
            "customer", "period", "charge", "slot", "at", "part", "price_class", "factor"
        )

    def _is_linear(self, identity: Identity) -> bool:
        return all(
            version is None or version.price.is_linear
            for scope in self.scopes
            if identity in scope.versions
            for version in scope.versions[identity].values
        )

    def _any(self, identity: Identity, what: str) -> bool:
        return any(
            version is not None and getattr(version.price, what)
            for scope in self.scopes
            if identity in scope.versions
            for version in scope.versions[identity].values
        )

    def _add(
        self, result: Counted, shares: Mapping[Any, Fraction], cells: Sequence[Any], row: int
    ) -> None:
        """Keep a use; ``cells`` are those of the key, then units and quantity."""
        customer, period, charge, slot, part, price_class, factor, state, at = cells[:9]
        units, quantity = cells[9:]
        amount = Fraction(units)
        if state == FREE:
            amount = ZERO
        elif state == CROSSING:
            meter = self.identities[charge].entry.meter
            amount *= shares[customer, period, meter]
        use = Use(slot, at, part, price_class, _factor(factor), amount, Fraction(quantity), row)
        own = result.uses.setdefault((customer, period), {})
        own.setdefault(charge, []).append(use)

    def _after_allowances(
        self, uses: pl.DataFrame
    ) -> tuple[pl.DataFrame, dict[tuple[str, int, str], Fraction]]:
        """The uses with what included units leave of them, and the shares of crossing moments."""
        amounts = list(self._allowances(uses))
        if not amounts:
            return uses.with_columns(pl.lit(COUNTED, pl.Int8).alias("state")), {}
        meters = pl.Series([i.entry.meter for i in self.identities], dtype=pl.String)
        uses = uses.with_columns(meters.gather(uses["charge"]).alias("meter"))
        key = ["scope", "period", "meter"]
        schema: dict[str, Any] = {
            "scope": pl.Int32,
            "period": pl.Int32,
            "meter": pl.String,
            "included": pl.Decimal(38, 9),
        }
        # Sums have nine decimals: they reach an amount where they reach its nine decimals.
        table = pl.DataFrame(
            [(s, p, m, _nine_decimals(amount)) for s, p, m, amount in amounts],
            schema=schema, orient="row",
        )  # fmt: skip
        exactly = {(s, p, m): amount for s, p, m, amount in amounts}
        who = ["customer", *key]
        moments = (
            uses.join(table, on=key)
            .group_by(*who, "at", "included")
            .agg(pl.col("units").sum())
            .sort("at")
            .with_columns(pl.col("units").cum_sum().over(who).alias("so_far"))
        )
        before = pl.col("so_far") - pl.col("units")
        crossing = (pl.col("so_far") > pl.col("included")) & (before <= pl.col("included"))
        free = pl.col("so_far") <= pl.col("included")
        state = pl.when(free).then(FREE).when(crossing).then(CROSSING).otherwise(COUNTED)
        moments = moments.with_columns(state.cast(pl.Int8).alias("state"))
        shares = {}
        for customer, scope, period, meter, _, _, units, so_far, _ in moments.filter(
            pl.col("state") == CROSSING
        ).iter_rows():
            over = Fraction(so_far) - exactly[scope, period, meter]
            shares[customer, period, meter] = min(over / Fraction(units), ONE)
        found = moments.select(*who, "at", "state")
        uses = uses.join(found, on=[*who, "at"], how="left")
        return uses.with_columns(pl.col("state").fill_null(COUNTED)).drop("meter"), shares

    def _allowances(self, uses: pl.DataFrame) -> Iterator[tuple[int, int, str, Fraction]]:
        """Scope, period, meter and included units of a period, by days of the plans."""
        holders = {s.number: s for s in self.scopes if any(t.plan.allowances for t in s.stints)}
        if not holders:
            return
        used = uses.filter(pl.col("scope").is_in(list(holders))).select("scope", "period").unique()
        for number, period in used.iter_rows():
            scope = holders[number]
            days = scope.calendar.days(period)
            amounts: dict[str, Fraction] = {}
            for stint, own in scope.plans.days(scope.calendar, days):
                for allowance in stint.plan.allowances:
                    share = exact(allowance.amount) * len(own) / len(days)
                    amounts[allowance.meter] = amounts.get(allowance.meter, ZERO) + share
            for meter, amount in amounts.items():
                yield number, period, meter, amount

    def _add_totals(self, uses: pl.DataFrame, result: Counted) -> None:
        """The quantity of each charge that is no sum."""
        for kind, own in uses.with_columns(
            kind=pl.Series([i.aggregation for i in self.identities], dtype=pl.String).gather(
                uses["charge"]
            )
        ).group_by("kind"):
            if kind[0] == "time_weighted":
                self._add_time_weighted(own, result)
                continue
            aggregate = {
                "max": pl.col("quantity").max(),
                "last": pl.col("quantity").sort_by("at", "quantity").last(),
                "unique": pl.col("text").n_unique(),
            }[str(kind[0])]
            for customer, _, period, charge, part, value in (
                own.group_by(_OF).agg(aggregate.alias("value")).iter_rows()
            ):
                totals = result.totals.setdefault((customer, period), {})
                totals.setdefault(charge, {})[part] = Fraction(value)

    def _add_time_weighted(self, uses: pl.DataFrame, result: Counted) -> None:
        """Levels that hold until the next row, over the real time of the period."""
        levels = uses.group_by(*_OF, "at").agg(pl.col("quantity").max()).sort(*_OF, "at")
        sums: dict[tuple[Any, ...], list[tuple[int, Fraction]]] = {}
        for *who, at, level in levels.iter_rows():
            sums.setdefault(tuple(who), []).append((at, Fraction(level)))
        for (customer, scope, period, charge, part), steps in sums.items():
            calendar = self.scopes[scope].calendar
            start, end = calendar.start(period), calendar.start(period + 1)
            until = [at for at, _ in steps[1:]] + [end]
            area = sum((v * (e - at) for (at, v), e in zip(steps, until, strict=True)), ZERO)
            totals = result.totals.setdefault((customer, period), {})
            totals.setdefault(charge, {})[part] = area / (end - start)


_COUNTED = [
    "customer", "period", "charge", "slot", "part", "price_class", "factor", "state", "at",
]  # fmt: skip
SCHEMA: dict[str, Any] = {
    "customer": pl.String, "scope": pl.Int32, "period": pl.Int32, "charge": pl.Int32,
    "part": pl.String, "slot": pl.Int64, "price_class": pl.Int32, "factor": pl.String,
    "at": pl.Int64, "text": pl.String, "units": EXACT, "quantity": EXACT, "order": pl.UInt32,
    ROW: pl.Int64,
}  # fmt: skip


@lru_cache(maxsize=10_000)
def _factor(text: str) -> Fraction:
    return Fraction(text)


def _nine_decimals(amount: Fraction) -> Any:
    from decimal import Decimal

    return Decimal(amount.numerator * 10**9 // amount.denominator).scaleb(-9)
