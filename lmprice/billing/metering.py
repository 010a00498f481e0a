"""Metering: what each row adds to each charge.

A cell that contains others (input with its cached part) is taken apart as the source of the row
says, each part goes to the charge that prices it, and what no charge prices is refused or listed.
What holds of rows holds of sums of rows that are alike: both are metered here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
    without_zeros,
)
from lmprice.billing.conditions import INPUT_LENGTH, LENGTHS
from lmprice.billing.kinds import Kinds
from lmprice.billing.lazy import pl
from lmprice.billing.matching import answers, plain_text
from lmprice.billing.meters import METERS, column_of
from lmprice.billing.row_rules import with_units
from lmprice.billing.usage import REASON, ROW

_SEPARATOR = "\x1f"
ROWS = "_rows"  # how many rows a row stands for


def given(meter: str) -> str:
    """The name of the number of rows that have an amount of a meter."""
    return f"_given {meter}"


class Metering:
    """Takes checked rows apart, or sums of rows that are alike."""

    def __init__(self, columns: Columns, kinds: Kinds) -> None:
        self.columns, self.kinds = columns, kinds
        self.book, self.matcher, self.contained = kinds.book, kinds.matcher, kinds.contained
        self.meters = kinds.meters

    def answered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Checked rows, with all that the book asks of them."""
        rows = self.with_sources(rows.with_columns(pl.col("_time").dt.timestamp("us").alias("_at")))
        rows = rows.with_columns(self._too_much_contained())
        rows = rows.with_columns(*self.asked())
        return rows.with_columns(
            pl.lit(1, pl.Int64).alias(ROWS),
            *((pl.col(cell(m)) != 0).cast(pl.Int64).alias(given(m)) for m in self.columns.amounts),
        )

    def metered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with what prices their meters; those that cannot be priced get their reason."""
        rows = self.kinds.joined(rows)
        rows = rows.with_columns(*(self._net(meter) for meter in self.meters))
        return rows.with_columns(pl.coalesce(pl.col(REASON), *self._reasons()).alias(REASON))

    def uses(self, good: pl.DataFrame) -> pl.DataFrame:
        """What metered rows add to charges, a line for each row and meter."""
        return pl.concat([self._uses(good, meter) for meter in self.meters])

    def unpriced(self, good: pl.DataFrame) -> pl.DataFrame:
        """Usage that no charge prices, for a book that lists it."""
        return pl.concat([self._unpriced(good, meter) for meter in self.meters])

    def is_plain(self) -> pl.Expr:
        """Whether metered sums say all of their rows: nothing is refused or goes by single rows."""
        doubts = [pl.col(REASON).is_not_null()]
        for meter in self.meters:
            doubts.append(self._is_used(meter) & pl.col(f"_single {meter}").is_not_null())
            none = pl.col(f"_charge {meter}").is_null() & ~self._stays_within(meter)
            doubts.append(self._is_used(meter) & none)
        return ~pl.any_horizontal(doubt.fill_null(value=False) for doubt in doubts)

    def with_sources(self, rows: pl.DataFrame) -> pl.DataFrame:
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

    def containments(self) -> Iterator[tuple[pl.Expr, dict[str, str]]]:
        """Which rows have a source, and what it says contains what."""
        yield pl.col("_source").is_null(), BY_DEFAULT
        for number, contained in enumerate(self.contained):
            yield pl.col("_source") == number, contained

    def wholes(self) -> Iterator[tuple[pl.Expr, str, list[str]]]:
        """Which rows have a whole that contains other meters of the table, and which these are."""
        for applies, contained in self.containments():
            found: dict[str, list[str]] = {}
            for child, whole in contained.items():
                if child in self.columns.amounts:
                    found.setdefault(whole, []).append(child)
            yield from ((applies, whole, parts) for whole, parts in found.items())

    def together(self, meters: Sequence[str]) -> pl.Expr:
        """The amounts of some meters added up."""
        first, *others = (amount_of(meter, self.columns) for meter in meters)
        return pl.sum_horizontal(first, *others) if others else first

    def _too_much_contained(self) -> pl.Expr:
        """The reason of a row in which parts are more than the whole."""
        reasons = [pl.col(REASON)]
        for applies, whole, parts in self.wholes():
            total, together = self.together([whole]), self.together(parts)
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
        for applies, contained in self.containments():
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

    def asked(self) -> Iterator[pl.Expr]:
        """The vendor of each row, and its answers to the questions of the book."""
        questions = self.matcher.questions.all
        lengths = {name: self._length(name) for name in LENGTHS}
        found = answers(questions, self.columns.names, lengths)
        vendor = pl.lit(None, pl.String)
        if VENDOR in self.columns.names:
            text = plain_text(VENDOR)
            vendor = pl.when(text != "").then(text)
        yield vendor.alias("_vendor")
        for number, answer in zip(questions.values(), found, strict=True):
            yield answer.alias(f"_q{number}")

    def _net(self, meter: str) -> pl.Expr:
        """The units of a meter without those that are priced on their own."""
        if meter in self.columns.texts:
            return pl.col(cell(meter)).alias(f"_net {meter}")
        net = pl.col(cell(meter))
        children = [m for m in self.meters if m in self.columns.amounts and m != meter]
        for child in children:
            if not any(c.get(child) is not None for _, c in self.containments()):
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
            pl.col("_slot").alias("slot"),
            pl.col("_period").alias("period"),
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
            pl.col(ROWS).alias("rows"),
            amount.alias("quantity"),
        )

    def matches(self, good: pl.DataFrame) -> pl.DataFrame:
        """How often a model of the usage is priced by a charge, and how they match."""
        found = []
        for meter in self.meters:
            used = self._is_used(meter)
            rows = pl.when(used).then(1).otherwise(0).cast(pl.Int64)
            if meter in self.columns.amounts:
                rows = pl.max_horizontal(rows, pl.col(given(meter)).fill_null(0))
            found.append(
                good.filter(pl.col(f"_charge {meter}").is_not_null() & (rows > 0)).select(
                    pl.col("_model").alias("model"),
                    pl.col(f"_charge {meter}").alias("charge"),
                    pl.col(f"_how {meter}").alias("match"),
                    rows.alias("rows"),
                )
            )
        return pl.concat(found)
