"""Counting: the uses of rows grouped into small sums, for each customer and piece of a period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lmprice.billing.charging import Use
from lmprice.billing.duplicates import content_order
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl
from lmprice.billing.pricing import ONE, ZERO
from lmprice.billing.scopes import Identity, Scope
from lmprice.billing.usage import ROW

FREE, COUNTED, CROSSING = 0, 1, 2


@dataclass
class Counted:
    """What each customer used in each period: its uses by charge, or the quantity of each part."""

    uses: dict[tuple[str, int], dict[int, list[Use]]] = field(default_factory=dict)
    totals: dict[tuple[str, int], dict[int, dict[str, Fraction]]] = field(default_factory=dict)


class Counting:
    """Groups uses; ``slots`` has scope, first moment, number and period of each slot."""

    def __init__(
        self, scopes: Sequence[Scope], identities: Sequence[Identity], factors: Sequence[Fraction],
        slots: pl.DataFrame, *, by_row: bool,
    ) -> None:  # fmt: skip
        self.scopes, self.identities, self.factors = scopes, identities, factors
        self.slots, self.by_row = slots, by_row

    def counted(self, uses: pl.DataFrame, table: pl.DataFrame) -> Counted:
        """The uses of all customers, grouped; ``table`` has the cells of their rows."""
        result = Counted()
        uses = uses.sort("at").join_asof(
            self.slots, left_on="at", right_on="from", by="scope", strategy="backward",
            check_sortedness=False,
        )  # fmt: skip
        sums = [i.number for i in self.identities if i.is_sum]
        is_sum = pl.col("charge").is_in(sums)
        self._add_totals(uses.filter(~is_sum), result)
        uses, shares = self._after_allowances(uses.filter(is_sum))
        alone = self._alone(uses)
        together = uses.filter(~pl.col("charge").is_in(alone))
        for row in _grouped(together, self._weighed(together)).iter_rows():
            self._add(result, shares, row, -1)
        single = uses.filter(pl.col("charge").is_in(alone))
        if single.height:
            single = single.join(content_order(table, single[ROW]), on=ROW, how="left")
            single = single.sort(
                "customer", "period", "charge", "slot", "at", "units", "order", ROW
            )
            for *cells, row in single.select(*_KEY, "units", "quantity", ROW).iter_rows():
                self._add(result, shares, cells, row)
        return result

    def _alone(self, uses: pl.DataFrame) -> list[int]:
        """The charges of which each row is priced alone."""
        if self.by_row:
            return uses["charge"].unique().to_list()
        return [i.number for i in self.identities if self._any(i, "has_events")]

    def _weighed(self, uses: pl.DataFrame) -> list[int]:
        """The charges of which each moment is priced alone: those that several factors weigh."""
        several = (
            uses.group_by("charge").agg(pl.col("factor").n_unique()).filter(pl.col("factor") > 1)
        )
        return [n for n in several["charge"] if not self._is_linear(self.identities[n])]

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
        use = Use(
            slot, at, part, price_class, self.factors[factor], amount, Fraction(quantity), row
        )
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
        key = ["customer", "scope", "period", "charge", "part"]
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
                own.group_by(key).agg(aggregate.alias("value")).iter_rows()
            ):
                totals = result.totals.setdefault((customer, period), {})
                totals.setdefault(charge, {})[part] = Fraction(value)

    def _add_time_weighted(self, uses: pl.DataFrame, result: Counted) -> None:
        """Levels that hold until the next row, over the real time of the period."""
        key = ["customer", "scope", "period", "charge", "part"]
        levels = uses.group_by(*key, "at").agg(pl.col("quantity").max()).sort(*key, "at")
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


_KEY = ["customer", "period", "charge", "slot", "part", "price_class", "factor", "state", "at"]


def _grouped(uses: pl.DataFrame, by_moment: list[int]) -> pl.DataFrame:
    at = pl.when(pl.col("charge").is_in(by_moment)).then("at").otherwise(0).alias("at")
    sums = uses.with_columns(at).group_by(_KEY).agg(pl.col("units", "quantity").sum())
    return sums.sort("customer", "period", "charge", "slot", "at", "part", "price_class", "factor")


def _nine_decimals(amount: Fraction) -> Any:
    from decimal import Decimal

    return Decimal(amount.numerator * 10**9 // amount.denominator).scaleb(-9)
