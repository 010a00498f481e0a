"""Metering: what each row adds to each charge.

A cell that contains others (input with its cached part) is taken apart as the source of the row
says, each part goes to the charge that prices it, and what no charge prices is refused or listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import EventCharge
from lmprice.billing.checking import (
    BY_DEFAULT,
    EXACT,
    SIGNED,
    SOURCE,
    VENDOR,
    Columns,
    amount_of,
    cell,
    requests_of,
    within,
    without_zeros,
)
from lmprice.billing.conditions import INPUT_LENGTH, LENGTHS
from lmprice.billing.duplicates import without_duplicates
from lmprice.billing.lazy import pl
from lmprice.billing.matching import HOW, Match, Matcher, answers, plain_text
from lmprice.billing.meters import METERS, REQUESTS, column_of
from lmprice.billing.row_rules import with_units
from lmprice.billing.scopes import Scope
from lmprice.billing.usage import REASON, ROW

_SEPARATOR = "\x1f"


@dataclass
class Metered:
    """What rows add to charges, a line for each row and meter, and what became of the rows."""

    rows: pl.DataFrame  # with reason
    uses: pl.DataFrame
    unpriced: pl.DataFrame
    matches: pl.DataFrame
    factors: list[Fraction] = field(default_factory=list)


class Metering:
    """Takes checked rows apart."""

    def __init__(
        self, book: PriceBook, columns: Columns, matcher: Matcher, scopes: Sequence[Scope]
    ) -> None:
        self.book, self.columns, self.matcher = book, columns, matcher
        self.meters = [
            m for m in (*columns.amounts, *columns.texts) if m != REQUESTS or m in columns.priced
        ]
        self.by_prices = {scope.prices: scope for scope in reversed(scopes)}
        self.contained = [within(source) for source in book.sources]
        self.factors: list[Fraction] = []
        self._factor_numbers: dict[Fraction, int] = {}

    def metered(self, rows: pl.DataFrame, table: pl.DataFrame) -> Metered:
        """The uses of rows; those that cannot be priced get their reason.

        Of the others, those that tell of one request again are marked; ``table`` has their cells.
        """
        rows = self._with_sources(self._with_epochs(rows))
        rows, keys = self._keyed(rows.with_columns(self._too_much_contained()))
        found = pl.DataFrame(
            [self._resolved(key) for key in keys.iter_rows(named=True)],
            schema=self._schema(), orient="row",
        )  # fmt: skip
        rows = rows.join(found, on="_key", how="left", maintain_order="left")
        rows = rows.with_columns(*(self._net(meter) for meter in self.meters))
        rows = rows.with_columns(pl.coalesce(pl.col(REASON), *self._reasons()).alias(REASON))
        rows = without_duplicates(rows, table, self.book)
        good = rows.filter(pl.col(REASON).is_null() & ~pl.col("_duplicate"))
        uses = pl.concat([self._uses(good, meter) for meter in self.meters])
        parts = [self._unpriced(good, meter) for meter in self.meters]
        return Metered(rows, uses, pl.concat(parts), self._matches(good), self.factors)

    def _with_epochs(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The number of the stretch of time in which all prices of an account stay the same."""
        dates = [
            (prices, at, number)
            for prices, scope in self.by_prices.items()
            for number, at in enumerate(sorted(self.matcher.dates(scope)), 1)
        ]
        schema: dict[str, Any] = {"_prices": pl.Int32, "_from": pl.Int64, "_epoch": pl.Int32}
        table = pl.DataFrame(dates, schema=schema, orient="row").sort("_from")
        rows = rows.with_columns(pl.col("_time").dt.timestamp("us").alias("_at")).sort("_at")
        rows = rows.join_asof(
            table, left_on="_at", right_on="_from", by="_prices", strategy="backward",
            check_sortedness=False,
        )  # fmt: skip
        return rows.with_columns(pl.col("_epoch").fill_null(0)).drop("_from", strict=False)

    def _with_sources(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The number of the source of each row, null for none."""
        sources = self.matcher.sources
        if not sources:
            return rows.with_columns(pl.lit(None, pl.Int32).alias("_source"))
        questions = [q for q in self.matcher.questions.all if q.column not in LENGTHS]
        asked = sorted({n for _, asks in sources for n in asks})
        numbers = {self.matcher.questions.all[q]: q for q in questions}
        given = answers([numbers[n] for n in asked], self.columns.names, {})
        named = pl.lit(None, pl.String)
        if SOURCE in self.columns.names:
            text = pl.col(SOURCE).cast(pl.String, strict=False).str.strip_chars()
            named = pl.when(text != "").then(text)
        rows = rows.with_columns(
            named.alias("_named"),
            *(answer.alias(f"_s{n}") for n, answer in zip(asked, given, strict=True)),
        )
        key = ["_model", "_named", *(f"_s{n}" for n in asked)]
        alike = rows.select(key).unique()
        found = []
        for model, name, *values in alike.iter_rows():
            given_to = dict(zip(asked, values, strict=True))
            found.append(self.matcher.source(model, name, given_to))
        alike = alike.with_columns(pl.Series("_source", found, dtype=pl.Int32))
        rows = rows.join(alike, on=key, how="left", nulls_equal=True, maintain_order="left")
        unknown = pl.format("{} is no source of the price book", pl.col("_named"))
        return rows.with_columns(
            pl.coalesce(pl.col(REASON), pl.when(pl.col("_source") == -1).then(unknown)).alias(
                REASON
            )
        )

    def _containments(self) -> Iterator[tuple[pl.Expr, dict[str, str]]]:
        """Which rows have a source, and what it says contains what."""
        yield pl.col("_source").is_null(), BY_DEFAULT
        for number, contained in enumerate(self.contained):
            yield pl.col("_source") == number, contained

    def _too_much_contained(self) -> pl.Expr:
        """The reason of a row in which parts are more than the whole."""
        reasons = [pl.col(REASON)]
        for applies, contained in self._containments():
            wholes: dict[str, list[str]] = {}
            for child, parent in contained.items():
                if child in self.columns.amounts:
                    wholes.setdefault(parent, []).append(child)
            for whole, parts in wholes.items():
                total = amount_of(whole, self.columns)
                together = pl.sum_horizontal(amount_of(part, self.columns) for part in parts)
                unit = "tokens" if column_of(whole).endswith("_tokens") else "units"
                said = pl.format(
                    f"{{}} {' and '.join(parts)} {unit} are more than all {{}} {whole} {unit}",
                    without_zeros(together), without_zeros(total),
                )  # fmt: skip
                reasons.append(pl.when(applies & (together > total)).then(said))
        return pl.coalesce(reasons).alias(REASON)

    def _length(self, name: str) -> pl.Expr:
        """How long a request is: all its input or output, null where the row does not say it."""
        side = "input" if name == INPUT_LENGTH else "output"
        sides = [m for m in METERS if METERS[m].side == side and m in self.columns.amounts]
        own = pl.lit(None, EXACT)
        for applies, contained in self._containments():
            outer = [amount_of(m, self.columns) for m in sides if m not in contained]
            own = (
                pl.when(applies)
                .then(pl.sum_horizontal(outer) if outer else pl.lit(0))
                .otherwise(own)
            )
        own = pl.when(requests_of(self.columns) == 1).then(own)
        if name in self.columns.names:
            given = pl.col(name).cast(pl.String, strict=False).str.strip_chars()
            own = pl.coalesce(given.cast(EXACT, strict=False), own)
        return own

    def _keyed(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows with the number of their kind, and the kinds."""
        questions = self.matcher.questions.all
        lengths = {name: self._length(name) for name in LENGTHS}
        given = answers(questions, self.columns.names, lengths)
        vendor = pl.lit(None, pl.String)
        if VENDOR in self.columns.names:
            text = plain_text(VENDOR)
            vendor = pl.when(text != "").then(text)
        asked = [f"_q{n}" for n in questions.values()]
        rows = rows.with_columns(
            vendor.alias("_vendor"), *(a.alias(n) for a, n in zip(given, asked, strict=True))
        )
        key = ["_prices", "_epoch", "_model", "_source", "_vendor", *asked]
        good = rows.filter(pl.col(REASON).is_null())
        kinds = good.select(key).unique().with_row_index("_key")
        joined = rows.join(kinds, on=key, how="left", nulls_equal=True, maintain_order="left")
        moments = good.select(*key, "_at").group_by(key).agg(pl.col("_at").first())
        kinds = kinds.join(moments, on=key, how="left", nulls_equal=True)
        return joined.drop(asked), kinds

    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"_key": pl.UInt32, "_known": pl.Boolean}
        for meter in self.meters:
            schema |= {
                f"_charge {meter}": pl.Int32,
                f"_class {meter}": pl.Int32,
                f"_factor {meter}": pl.Int32,
                f"_how {meter}": pl.String,
                f"_why {meter}": pl.String,
                f"_single {meter}": pl.String,
                f"_signed {meter}": pl.Boolean,
                f"_floor {meter}": pl.Float64,
                f"_step {meter}": pl.Float64,
                f"_off {meter}": pl.List(pl.String),
            }
        return schema

    def _resolved(self, key: Mapping[str, Any]) -> tuple[Any, ...]:
        """What prices each meter of a kind of rows."""
        scope = self.by_prices[key["_prices"]]
        given = [key[f"_q{n}"] for n in self.matcher.questions.all.values()]
        source, model, vendor = key["_source"], key["_model"], key["_vendor"]
        if vendor is None and source is not None:
            vendor = self.book.sources[source].vendor
        if vendor is None:
            vendor = self.matcher.names.vendor(model)
        matches = {
            meter: self.matcher.match(scope, key["_at"], model, vendor, given, meter)
            for meter in self.meters
        }
        contained = BY_DEFAULT if source is None else self.contained[source]
        off = self._off(matches, contained, is_said=source is not None)
        cells: list[Any] = [key["_key"], self.matcher.knows(scope, model)]
        for meter, match in matches.items():
            cells += [*self._cells(match, scope), off.get(meter, [])]
        return tuple(cells)

    def _cells(self, match: Match | str | None, scope: Scope) -> list[Any]:
        if not isinstance(match, Match):
            return [None, None, None, None, match, None, False, None, None]
        charge = match.version.price.charge
        rule = None
        if charge.row_minimum is not None or charge.row_multiple is not None:
            rule = "row_minimum" if charge.row_minimum is not None else "row_multiple"
        elif isinstance(charge, EventCharge) and charge.has_events:
            rule = "a fee or bound of an event"
        included = any(a.meter == charge.meter for s in scope.stints for a in s.plan.allowances)
        plain = match.factor == 1 and rule is None and not included
        number = self._factor_numbers.setdefault(match.factor, len(self._factor_numbers))
        if number == len(self.factors):
            self.factors.append(match.factor)
        return [
            match.identity.number, match.price_class, number, HOW[match.how], None, rule,
            plain and match.identity.is_sum, charge.row_minimum, charge.row_multiple,
        ]  # fmt: skip

    def _off(
        self,
        matches: Mapping[str, Match | str | None],
        contained: Mapping[str, str],
        *,
        is_said: bool,
    ) -> dict[str, list[str]]:
        """The meters whose cells are taken off each meter, because they are priced on their own.

        What nothing prices stays within its whole only where the book says that it is in there.
        """
        off: dict[str, list[str]] = {}
        for child in contained:
            if child not in matches or (matches[child] is None and is_said):
                continue
            whole = contained[child]
            while whole in contained:
                if whole in matches and (matches[whole] is not None or not is_said):
                    break
                whole = contained[whole]
            if whole in matches:
                off.setdefault(whole, []).append(child)
        return off

    def _net(self, meter: str) -> pl.Expr:
        """The units of a meter without those that are priced on their own."""
        if meter in self.columns.texts:
            return pl.col(cell(meter)).alias(f"_net {meter}")
        net = pl.col(cell(meter))
        children = [m for m in self.meters if m in self.columns.amounts and m != meter]
        for child in children:
            if not any(c.get(child) is not None for _, c in self._containments()):
                continue
            taken = pl.col(f"_off {meter}").list.contains(child).fill_null(value=False)
            net = net - pl.when(taken).then(amount_of(child, self.columns)).otherwise(
                pl.lit(0, EXACT)
            )
        return net.alias(f"_net {meter}")

    def _is_used(self, meter: str) -> pl.Expr:
        """Whether a row has usage of a meter; what is no sum counts zeros."""
        net = pl.col(f"_net {meter}")
        if meter in self.columns.texts:
            return net.is_not_null()
        others = [i.number for i in self.matcher.scopes.identities if not i.is_sum]
        counted = pl.col(f"_charge {meter}").is_in(others).fill_null(value=False)
        return net.is_not_null() & ((net != 0) | counted)

    def _reasons(self) -> Iterator[pl.Expr]:
        shown = pl.col("_model").str.slice(0, 60)
        for meter in self.meters:
            used = self._is_used(meter)
            charge = pl.col(f"_charge {meter}")
            yield pl.when(used).then(pl.col(f"_why {meter}"))
            if self.book.unpriced == "refuse":
                within = self._stays_within(meter)
                missing = pl.format(f"no {meter} price for {{}} at this time", "_model")
                unknown = pl.format("the price book has no model {}", shown)
                why = pl.when("_known").then(missing).otherwise(unknown)
                yield pl.when(used & charge.is_null() & ~within).then(why)
            single = pl.col(f"_single {meter}")
            rule = pl.format("{} holds for one request, and the row is {}", single,
                             without_zeros(requests_of(self.columns)))  # fmt: skip
            yield pl.when(used & single.is_not_null() & (requests_of(self.columns) != 1)).then(rule)
            if meter == SIGNED:
                signed = pl.col(f"_signed {meter}")
                why = pl.lit(f"{meter} below 0 has no rule with factors, events, allowances or an "
                             "aggregation that is no sum")  # fmt: skip
                below = (pl.col(f"_net {meter}") < 0) & charge.is_not_null() & ~signed
                yield pl.when(below).then(why)

    def _stays_within(self, meter: str) -> pl.Expr:
        """Whether a meter without a price is in another one, as the source says."""
        within = pl.lit(value=False)
        for number, contained in enumerate(self.contained):
            if meter in contained:
                within = within | (pl.col("_source") == number)
        return within.fill_null(value=False)

    def _uses(self, good: pl.DataFrame, meter: str) -> pl.DataFrame:
        """What rows add to the charges of one meter."""
        counts = self._is_used(meter)
        if meter == SIGNED:  # of which nothing is a line of its own
            counts = pl.col(f"_net {meter}").is_not_null()
        used = good.filter(counts & pl.col(f"_charge {meter}").is_not_null())
        is_text = meter in self.columns.texts
        net = pl.lit(1, EXACT) if is_text else pl.col(f"_net {meter}").cast(EXACT)
        text = pl.col(f"_net {meter}") if is_text else pl.lit(None, pl.String)
        charge = pl.col(f"_charge {meter}")
        uses = used.select(
            ROW,
            pl.col("_customer").alias("customer"),
            pl.col("_scope").alias("scope"),
            pl.col("_at").alias("at"),
            charge.alias("charge"),
            pl.col(f"_class {meter}").alias("price_class"),
            pl.col(f"_factor {meter}").alias("factor"),
            net.alias("quantity"),
            self._part(charge).alias("part"),
            text.alias("text"),
            pl.col(f"_floor {meter}").alias("floor"),
            pl.col(f"_step {meter}").alias("step"),
        )
        return with_units(uses)

    def _part(self, charge: pl.Expr) -> pl.Expr:
        """The part of a charge that a row counts in."""
        part = pl.lit("")
        for identity in self.matcher.scopes.identities:
            if identity.count_by:
                cells = [
                    pl.col(name).cast(pl.String, strict=False).fill_null("").str.strip_chars()
                    if name in self.columns.names else pl.lit("")
                    for name in identity.count_by
                ]  # fmt: skip
                own = pl.concat_str(cells, separator=_SEPARATOR)
                part = pl.when(charge == identity.number).then(own).otherwise(part)
        return part

    def _unpriced(self, good: pl.DataFrame, meter: str) -> pl.DataFrame:
        """Usage that no charge prices, for a book that lists it."""
        none = pl.col(f"_charge {meter}").is_null() & ~self._stays_within(meter)
        net = pl.col(f"_net {meter}")
        amount = pl.lit(1, EXACT) if meter in self.columns.texts else net.cast(EXACT)
        return good.filter(self._is_used(meter) & none).select(
            ROW,
            pl.col("_model").alias("model"),
            pl.lit(meter).alias("meter"),
            amount.alias("quantity"),
        )

    def _matches(self, good: pl.DataFrame) -> pl.DataFrame:
        """Which models of the usage are priced by which of the book, and how they match."""
        names = pl.Series([i.entry.model for i in self.matcher.scopes.identities], dtype=pl.String)
        found = [
            good.filter(pl.col(f"_charge {meter}").is_not_null() & self._is_used(meter)).select(
                pl.col("_model").alias("model"),
                pl.col(f"_charge {meter}").alias("charge"),
                pl.col(f"_how {meter}").alias("match"),
            )
            for meter in self.meters
        ]
        table = pl.concat(found).group_by("model", "charge", "match").len("rows")
        priced = table.with_columns(names.gather(table["charge"]).alias("priced_as"))
        priced = priced.group_by("model", "priced_as", "match").agg(pl.col("rows").max())
        return priced.sort("model", "priced_as", "match")
