"""Grouping: rows that are in order, summed before anybody asks what they cost.

Rows alike in customer, model, piece of time and all that a book asks of them are one row of sums.
Whether a row is in order is one plain test; every row in doubt is looked at on its own, for its
reason or for rules of the single row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.billing.checking import (
    EARLIEST,
    EXACT,
    LATEST,
    SIGNED,
    VENDOR,
    account_of,
    cell,
    has_more_decimals,
    is_empty,
    number,
    text_of,
)
from lmprice.billing.lazy import pl
from lmprice.billing.metering import ROWS, Metering, given
from lmprice.billing.meters import REQUESTS, column_of, is_whole
from lmprice.billing.pieces import Pieces, months_of
from lmprice.billing.times import plain_times
from lmprice.billing.usage import REASON, ROW

# An ordinary amount of one row: of as many rows as memory holds the sum is a 64-bit number.
_MOST = 10**11
_FINE, _PIECE = "_fine", "_piece"
_FIRST, _LAST = (int(bound.timestamp()) * 10**6 for bound in (EARLIEST, LATEST))
_WRITTEN = {"customer": "_written customer", "model": "_written model"}
_CODE = pl.Categorical  # a name that is grouped by its number


class Grouping:
    """Sums of the rows of a table by all that matters of them."""

    def __init__(
        self, metering: Metering, pieces: Pieces, zones: Mapping[str, str], others: str,
        accounts: pl.DataFrame,
    ) -> None:  # fmt: skip
        self.metering, self.pieces, self.columns = metering, pieces, metering.columns
        self._zones, self._others, self._accounts = zones, others, accounts
        parts = {n for i in metering.matcher.scopes.identities for n in i.count_by}
        self._parts = [n for n in sorted(parts) if n in self.columns.names]
        questions = [f"_q{n}" for n in metering.matcher.questions.all.values()]
        self._asked = ["_source", "_vendor", *questions]
        self.key = ["_customer", "_model", "_at", *self._asked, *self._parts]
        # What is null in all rows tells none apart.
        self._idle: dict[str, Any] = {} if metering.matcher.sources else {"_source": pl.Int32}
        self._idle |= {} if VENDOR in self.columns.names else {"_vendor": pl.String}
        self._raw = [*_WRITTEN.values(), _PIECE]
        self._raw += [n for n in (*self._asked, *self._parts) if n not in self._idle]

    def grouped(self, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The sums of the rows in order, and the rows that are in doubt."""
        timed, cuts = self._timed(table)
        rows = self._prepared(timed)
        sums = rows.group_by(_FINE, *self._raw).agg(*self._sums())
        found = sums.collect(engine="streaming")
        groups = found.filter(_FINE)
        groups = groups.with_columns(
            *self._named(),
            cuts.gather(groups[_PIECE]).alias("_at"),
            *(pl.lit(None, kind).alias(name) for name, kind in self._idle.items()),
        )
        plain, doubtful = self._plain(groups)
        if plain.height == found.height:
            rest = table.clear()
        else:
            rest = table.filter(~self._is_summed(rows, doubtful))
        cells = (
            column for meter in self.columns.amounts
            for column in (pl.col(cell(meter)).cast(EXACT), pl.col(given(meter)))
        )  # fmt: skip
        return plain.select(*self.key, ROWS, *cells), rest

    def _is_summed(self, rows: pl.LazyFrame, doubtful: pl.DataFrame) -> pl.Series:
        """Which rows are in order and in no group that is in doubt."""
        doubt = doubtful.lazy().select(*self._raw, pl.lit(value=True).alias("_doubt"))
        found = rows.select(_FINE, *self._raw).join(
            doubt, on=self._raw, how="left", nulls_equal=True, maintain_order="left"
        )
        return found.select(pl.col(_FINE) & pl.col("_doubt").is_null()).collect().to_series()

    def _timed(self, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """The rows with their moments and the pieces of time that these lie in, by number."""
        time = plain_times(table["timestamp"], self._zones, self._others)
        rows = table.lazy()
        if any(zone != self._others for zone in self._zones.values()):
            rows = rows.with_columns(account_of(text_of("customer", table), self._zones))
        rows = rows.with_columns(time.moment.alias("_time"), time.is_day.alias("_is_day"))
        found = rows.with_columns(pl.col("_time").dt.timestamp("us").alias("_at")).collect()
        cuts = self.pieces.cuts(
            months_of(found["_at"].filter(found["_at"].is_between(_FIRST, _LAST)))
        )
        piece = cuts.search_sorted(found["_at"], side="right").cast(pl.Int32) - 1
        return found.with_columns(piece.alias(_PIECE)), cuts

    def _prepared(self, table: pl.DataFrame) -> pl.LazyFrame:
        """Timed rows with what is made of their cells, and whether they are in order."""
        rows = table.lazy().with_columns(
            *(_name(n, table).cast(_CODE).alias(written) for n, written in _WRITTEN.items()),
            *(self._amount(meter, table).alias(cell(meter)) for meter in self.columns.amounts),
        )
        if self.metering.matcher.sources:
            rows = rows.with_columns(text_of("model", table).alias("_model"))
            rows = self.metering.with_sources(rows.collect()).lazy()
        else:
            rows = rows.with_columns(pl.lit(None, pl.Int32).alias("_source"))
        cells = {name: pl.col(name) for name in self._raw} | {
            name: pl.col(name).cast(pl.String, strict=False).fill_null("").str.strip_chars()
            for name in self._parts
        }
        rows = rows.with_columns(self._is_fine(table).alias(_FINE), *self.metering.asked())
        amounts = [cell(meter) for meter in self.columns.amounts]
        return rows.select(_FINE, *cells.values(), *amounts)

    def _amount(self, meter: str, table: pl.DataFrame) -> pl.Expr:
        """The cell as a whole number where its meter has no parts, otherwise as a decimal."""
        name = column_of(meter)
        kind = table.schema[name]
        if kind.is_integer() or (is_whole(meter) and (kind.is_float() or kind == pl.String)):
            return pl.col(name).cast(pl.Int64, strict=False)
        return number(name, kind)

    def _is_fine(self, table: pl.DataFrame) -> pl.Expr:
        tests = []
        if table[REASON].null_count() < table.height or self.metering.matcher.sources:
            tests.append(pl.col(REASON).is_null())
        tests.append(pl.col("_at").is_between(_FIRST, _LAST))
        for meter in self.columns.amounts:
            name, amount = column_of(meter), pl.col(cell(meter))
            kind = table.schema[name]
            tests.append(amount.is_between(0, _MOST) | is_empty(name, table))
            if kind.is_float() and is_whole(meter):
                tests.append((amount.cast(pl.Float64) == pl.col(name)) | is_empty(name, table))
            if isinstance(kind, pl.Decimal) and is_whole(meter):
                tests.append(
                    (amount.cast(pl.Int64, strict=False) == amount) | is_empty(name, table)
                )
            is_compared = is_whole(meter) and not isinstance(kind, pl.Decimal)
            finer = None if is_compared else has_more_decimals(name, table)
            if finer is not None:
                tests.append(~finer)
        tests += self._contained()
        counted = [m for m in self.metering.meters if m != REQUESTS or m in self.columns.priced]
        tests.append(pl.any_horizontal(pl.col(cell(meter)).is_not_null() for meter in counted))
        return pl.all_horizontal(test.fill_null(value=False) for test in tests)

    def _contained(self) -> Iterator[pl.Expr]:
        """Whether parts are no more than the whole."""
        metering = self.metering
        for applies, whole, parts in metering.wholes():
            fits = metering.together(parts) <= metering.together([whole])
            yield fits if not metering.matcher.sources else fits | ~applies

    def _sums(self) -> Iterator[pl.Expr]:
        yield pl.len().cast(pl.Int64).alias(ROWS)
        for meter in self.columns.amounts:
            yield total(meter)
            yield (pl.col(cell(meter)) != 0).sum().cast(pl.Int64).alias(given(meter))

    def _named(self) -> Iterator[pl.Expr]:
        """Customer and model without blanks around them, null for none."""
        for name, written in _WRITTEN.items():
            stripped = pl.col(written).cast(pl.String).str.strip_chars()
            yield pl.when(stripped != "").then(stripped).alias(f"_{name}")

    def _plain(self, groups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The groups that say all of their rows, and those of which each row is looked at."""
        groups = groups.with_columns(account_of(pl.col("_customer"), self._zones))
        has_names = pl.col("_customer").is_not_null() & pl.col("_model").is_not_null()
        kinds = self.metering.metered(self.ready(self.alike(groups.filter(has_names))))
        key = ["_account", "_model", "_at", *self._asked]
        kinds = kinds.select(*key, self.metering.is_plain().alias("_is_plain"))
        if kinds["_is_plain"].all() and groups.select(has_names.all()).item():
            return groups, groups.clear()
        found = groups.join(kinds, on=key, how="left", nulls_equal=True, maintain_order="left")
        is_plain = found.select(has_names & pl.col("_is_plain").fill_null(value=False)).to_series()
        return groups.filter(is_plain), groups.filter(~is_plain)

    def alike(self, groups: pl.DataFrame) -> pl.DataFrame:
        """The groups without their customers: one row for all that are priced alike."""
        if "_account" not in groups.columns:
            groups = groups.with_columns(account_of(pl.col("_customer"), self._zones))
        return groups.group_by("_account", "_model", "_at", *self._asked).agg(*self._totals())

    def ready(self, groups: pl.DataFrame) -> pl.DataFrame:
        """Sums as `Metering.metered` takes them."""
        if "_account" not in groups.columns:
            groups = groups.with_columns(account_of(pl.col("_customer"), self._zones))
        amounts = (pl.col(cell(meter)).cast(EXACT) for meter in self.columns.amounts)
        nothing = (pl.lit(None, pl.String).alias(REASON), pl.lit(-1, pl.Int64).alias(ROW))
        groups = groups.with_columns(*amounts, *nothing)
        return groups.join(self._accounts, on="_account", how="left")

    def merged(self, groups: pl.DataFrame) -> pl.DataFrame:
        """Sums of sums."""
        names = pl.col("_customer", "_model")
        sums = groups.lazy().with_columns(names.cast(_CODE)).group_by(self.key).agg(*self._totals())
        return sums.with_columns(names.cast(pl.String)).collect(engine="streaming")

    def _totals(self) -> Iterator[pl.Expr]:
        yield pl.col(ROWS).sum()
        for meter in self.columns.amounts:
            yield total(meter)
            yield pl.col(given(meter)).sum()


def total(meter: str) -> pl.Expr:
    """The sum of an amount; of a meter that may be taken back null where none is given."""
    amount = pl.col(cell(meter))
    if meter == SIGNED:
        return pl.when(amount.count() > 0).then(amount.sum()).alias(cell(meter))
    return amount.sum()


def _name(name: str, table: pl.DataFrame) -> pl.Expr:
    return pl.col(name) if table.schema[name] == pl.String else text_of(name, table)
