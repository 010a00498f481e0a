"""Summing: parts of a usage table become partial sums, and those of all parts what is settled.

Rows in order are grouped at once; the others are checked, metered and counted one by one, and all
rows are where a book needs moments or single rows (a unique or last amount, included units, several
factors on tiers).  A book that needs the order of all rows (fees of single events beside free ones,
one row for several that are alike, costs of rows or days) takes its table as one part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lmprice.billing.checking import EXACT, Columns, checked
from lmprice.billing.counting import SCHEMA, Counted, Counting
from lmprice.billing.duplicates import without_duplicates
from lmprice.billing.grouping import Grouping
from lmprice.billing.kinds import Kinds
from lmprice.billing.lazy import pl
from lmprice.billing.matching import Matcher
from lmprice.billing.metering import Metering
from lmprice.billing.meters import REQUESTS
from lmprice.billing.partial import Adders, Partial, Sum
from lmprice.billing.pieces import Pieces
from lmprice.billing.reconciling import summed, tally, tally_schema
from lmprice.billing.scopes import Scope
from lmprice.billing.spool import Refused
from lmprice.billing.usage import REASON, ROW

Periods = Mapping[Any, tuple[int, int]]  # the first one, and the one after the last


class Summing:
    """Makes sums of the parts of a table with some columns."""

    def __init__(
        self, matcher: Matcher, columns: Columns, scopes: Sequence[Scope], pieces: Pieces,
        zones: Mapping[str, str], others: str, accounts: pl.DataFrame, *, by_row: bool,
    ) -> None:  # fmt: skip
        self.columns, self.book = columns, matcher.scopes.book
        self._pieces, self._zones, self._others = pieces, zones, others
        self._accounts = accounts
        self._identities = matcher.scopes.identities
        meters = [*columns.amounts, *columns.texts]
        kinds = Kinds(
            self.book, matcher, scopes,
            [m for m in meters if m != REQUESTS or m in columns.priced],
        )  # fmt: skip
        self._metering = Metering(columns, kinds)
        has_factors = bool(self.book.factors)
        self._counting = Counting(scopes, self._identities, by_row=by_row, has_factors=has_factors)
        self._grouping = Grouping(self._metering, pieces, zones, others, accounts)
        self.takes_all = bool(self.book.unique) or self._counting.goes_by_rows
        self._takes_rows = self.takes_all or self._counting.goes_by_moments or bool(columns.texts)

    @property
    def adders(self) -> Adders:
        """How each table of partial sums adds up."""
        return {
            "groups": self._grouping.merged,
            "uses": lambda uses: uses if self.takes_all else self._counting.summed(uses),
            "tally": lambda tallies: summed(tallies, self.columns.amounts),
            "unpriced": _unpriced,
            "matches": _matches,
            "moments": _moments,
        }

    def added(self, parts: Iterable[Partial]) -> Partial:
        """The sums of all rows of parts, in their order."""
        return Sum(self.adders).of(parts)

    def partial(self, table: pl.DataFrame) -> Partial:
        """The sums of a part of the table, which has ``row`` and ``reason``."""
        missing = [name for name in self.columns.names if name not in table.columns]
        table = table.with_columns(
            pl.lit(1 if name == REQUESTS else None, pl.Int64).alias(name) for name in missing
        )
        seen = self.columns.seen(table)
        self.columns.check(seen)
        groups, rest = (None, table) if self._takes_rows else self._grouping.grouped(table)
        tables = {} if groups is None else {"groups": groups}
        refused = Refused()
        if rest.height:
            others, bad = self._one_by_one(rest)
            tables |= others
            refused = Refused.of(bad.with_columns(pl.col(ROW) - (table[ROW][0] - 1)))
        return Partial(table.height, seen, tables, refused)

    def _one_by_one(self, table: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """The sums of rows of which each is looked at, and the refused ones."""
        rows = checked(table, self.columns, self._zones, self._others)
        rows = rows.join(self._accounts, on="_account", how="left", maintain_order="left")
        metering = self._metering
        rows = metering.metered(metering.answered(rows))
        rows = without_duplicates(rows, table, self.book)
        is_good = pl.col(REASON).is_null() & ~pl.col("_duplicate")
        good = self._pieces.placed(rows.filter(is_good))
        unpriced = metering.unpriced(good)
        bad = rows.filter(~is_good)
        refused = bad.filter(pl.col(REASON).is_not_null()).select(ROW, REASON).sort(ROW)
        tables = {
            "uses": self._counting.summed(metering.uses(good), table),
            "tally": tally(self.columns, pl.concat([good, bad], how="diagonal"), unpriced),
            "unpriced": _unpriced(unpriced),
            "matches": _matches(metering.matches(good)),
            "moments": _moments(good.select(customer="_customer", first="_at", last="_at")),
        }
        return tables, refused

    def alike(self, sums: Partial) -> list[pl.DataFrame]:
        """The groups without their customers, metered, where there are any."""
        ready = (
            self._grouping.ready(self._grouping.alike(groups))
            for groups in sums.table("groups")
            if groups.height
        )
        return [self._pieces.placed(self._metering.metered(groups)) for groups in ready]

    def moments(self, sums: Partial) -> pl.DataFrame:
        """The first and the last moment of each customer, or the piece of time that it lies in."""
        found = sums.table("moments")
        for groups in sums.table("groups"):
            found.append(groups.select(customer="_customer", first="_at", last="_at"))
        schema = {"customer": pl.String, "first": pl.Int64, "last": pl.Int64}
        return _moments(pl.concat(found)) if found else pl.DataFrame(schema=schema)

    def tally(self, sums: Partial, alike: Sequence[pl.DataFrame], billed: Periods) -> pl.DataFrame:
        """What became of all rows and amounts, with the periods that are billed by scope."""
        found = [*sums.table("tally"), *(tally(self.columns, groups, None) for groups in alike)]
        if not found:
            return pl.DataFrame(schema=tally_schema(self.columns))
        bounds = pl.DataFrame(
            [(scope, *own) for scope, own in billed.items()],
            schema={"scope": pl.Int32, "first": pl.Int32, "stop": pl.Int32}, orient="row",
        )  # fmt: skip
        table = pl.concat(found).join(bounds, on="scope", how="left")
        is_outside = pl.col("kind").is_in(["rated", "unpriced"]) & ~(
            pl.col("period").is_between("first", "stop", closed="left")
        )
        kind = pl.when(is_outside).then(pl.lit("outside")).otherwise("kind").alias("kind")
        return summed(table.with_columns(kind), self.columns.amounts)

    def listed(
        self, sums: Partial, alike: Sequence[pl.DataFrame]
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Usage without a price by model and meter, and which models are priced as which."""
        schema: dict[str, Any] = {
            "model": pl.String, "meter": pl.String, "rows": pl.Int64, "quantity": EXACT,
        }  # fmt: skip
        unpriced = sums.tables.get("unpriced", pl.DataFrame(schema=schema))
        of_groups = (_matches(self._metering.matches(groups)) for groups in alike)
        found = [*sums.table("matches"), *of_groups]
        schema = {
            "model": pl.String, "charge": pl.Int32, "match": pl.String, "rows": pl.Int64,
        }  # fmt: skip
        table = _matches(pl.concat(found)) if found else pl.DataFrame(schema=schema)
        names = pl.Series([i.entry.model for i in self._identities], dtype=pl.String)
        priced = table.with_columns(names.gather(table["charge"]).alias("priced_as"))
        priced = priced.group_by("model", "priced_as", "match").agg(pl.col("rows").max())
        return unpriced.sort("model", "meter"), priced.sort("model", "priced_as", "match")

    def counted(self, uses: pl.DataFrame) -> Counted:
        """What customers used, by customer and period."""
        return self._counting.counted(uses)

    def used(
        self, sums: Partial, customers: pl.DataFrame, most: int
    ) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """What customers used in the periods that are worked out, ``most`` customers at a time."""
        groups, uses = (sums.tables.get(name) for name in ("groups", "uses"))
        groups = None if groups is None else groups.sort("_customer")
        uses = pl.DataFrame(schema=SCHEMA) if uses is None else uses.sort("customer")
        for own in customers.iter_slices(most):
            found = [_between(uses, "customer", own["customer"])]
            if groups is not None:
                ready = self._grouping.ready(_between(groups, "_customer", own["customer"]))
                placed = self._pieces.placed(self._metering.metered(ready))
                no_order = pl.lit(None, SCHEMA["order"]).alias("order")
                found.append(
                    self._metering.uses(placed).with_columns(no_order).select(list(SCHEMA))
                )
            of_all = pl.concat(found).join(own, on="customer")
            of_all = of_all.filter(pl.col("period").is_between("first", "stop", closed="left"))
            yield own, self._counting.summed(of_all.drop("first", "stop"))


def _between(table: pl.DataFrame, column: str, names: pl.Series) -> pl.DataFrame:
    """The rows of a sorted table from the first to the last of some names."""
    first = table[column].search_sorted(names[0], side="left")
    last = table[column].search_sorted(names[-1], side="right")
    return table.slice(int(first), int(last) - int(first))


def _unpriced(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by("model", "meter").agg(pl.col("rows", "quantity").sum())


def _matches(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by("model", "charge", "match").agg(pl.col("rows").sum())


def _moments(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by("customer").agg(pl.col("first").min(), pl.col("last").max())
