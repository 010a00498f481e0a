"""Backtest: the past under a new price, for the whole base and customer by customer.

The usage is read once and rated under the book of today and under each draft.  What a customer pays
is the effective cost without tax.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lmprice.billing.book import PriceBook
from lmprice.billing.cliffs import cliffs
from lmprice.billing.lazy import pl
from lmprice.billing.margins import ComparisonError, check_alike
from lmprice.billing.parts import Log, Part
from lmprice.billing.rating import BATCH_ROWS, UNROUNDED, Rating, UsageTable, rate
from lmprice.billing.responding import (
    ElasticityArgument,
    Response,
    elasticities,
    with_responses,
)
from lmprice.billing.spans import PeriodArgument
from lmprice.billing.tabular import Tabular
from lmprice.billing.taking import Taken, take
from lmprice.billing.usage import ROW, UsageError, check_columns
from lmprice.language.checks import check_kind, check_mapping
from lmprice.language.errors import PricingError
from lmprice.output.few import first_few, listed

PERCENTILES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}


@dataclass(frozen=True, repr=False)
class Draft(Tabular):
    """One draft beside the book of today, over the same usage.

    Attributes
    ----------
    rating : Rating
        The usage under the draft.
    customers : polars.DataFrame
        ``customer``, ``now``, ``then``, ``change`` and ``share`` (the change over ``now``; null
        where that is not above 0), the largest rise first.  With costs ``cost``, ``profit_now`` and
        ``profit_then``; with an elasticity ``demand`` (as a factor), ``response`` (what is paid
        then), ``response_low`` and ``response_high``.
    cliffs : polars.DataFrame
        Amounts at which one more unit costs more than its own price, and who is near.
    responses : tuple of Response
        One for each elasticity.
    """

    rating: Rating
    customers: pl.DataFrame
    cliffs: pl.DataFrame
    responses: tuple[Response, ...] = ()

    def in_words(self) -> list[str]:
        """What it does to the total, to customers, to the margin and to demand."""
        book = self.rating.book
        share = "" if self.share is None else f" ({self.share:+.1%})"
        lines = [
            f"{book.name} {book.version}: {self.then:,} {book.currency} instead of {self.now:,}, "
            f"{self.then - self.now:+,}{share}"
        ]
        more = self.paying_more
        lines.append(f"{more.height:,} of {self.customers.height:,} customers pay more")
        lines += first_few(
            f"{name} pays {then - now:,} more: {then:,} instead of {now:,}"
            for name, now, then in more.select("customer", "now", "then").iter_rows()
        )
        if self.cost is not None and self.losing is not None:
            before, after = (
                f"{(paid - self.cost) / paid:.1%}" if paid else "none"
                for paid in (self.now, self.then)
            )
            losing = f"{self.losing.height:,} customers lose money"
            lines.append(f"Margin {after} instead of {before}; {losing}")
        for one in self.responses:
            cost = "" if one.cost is None else f", profit {one.revenue - one.cost:,.2f}"
            paid = f"{one.revenue:,.2f} {book.currency}{cost}"
            lines.append(f"At an elasticity of {one.elasticity:.4g}: {paid}")
        for charge, of, at, jump, near in self.cliffs.iter_rows():
            by = "the unit price changes" if jump is None else f"the bill moves by {jump:+,.2f}"
            who = f"; near it: {listed(near)}" if near else ""
            lines.append(f"Cliff of {charge}: at {at:,.0f} units in one {of} {by}{who}")
        return lines

    def tables(self) -> dict[str, pl.DataFrame]:
        """Its customers, and the amounts at which the bill jumps."""
        return {"customers": self.customers, "cliffs": self.cliffs}

    @property
    def now(self) -> Decimal:
        """What all customers pay today."""
        return _sum(self.customers, "now")

    @property
    def then(self) -> Decimal:
        """What all customers would have paid."""
        return _sum(self.customers, "then")

    @property
    def share(self) -> float | None:
        """The change of the total over today's; None where that is not above 0."""
        return float((self.then - self.now) / self.now) if self.now > 0 else None

    @property
    def paying_more(self) -> pl.DataFrame:
        """The customers who pay more, the largest rise first."""
        return self.customers.filter(pl.col("change") > 0)

    @property
    def cost(self) -> Decimal | None:
        """What all usage costs, without a book of costs None."""
        return _sum(self.customers, "cost") if "cost" in self.customers.columns else None

    @property
    def losing(self) -> pl.DataFrame | None:
        """The customers who cost more than they would have paid; without costs None."""
        if self.cost is None:
            return None
        return self.customers.filter(pl.col("profit_then") < 0).sort("profit_then", "customer")

    def percentile(self, name: str, *, of_share: bool = True) -> float | None:
        """The change of the customer at a percentile, by nearest rank; None without customers.

        A customer who paid nothing and will pay has an infinite share.
        """
        rows = self.customers.select("share", "change").iter_rows()
        changes = sorted(_endless(*row) if of_share else float(row[1]) for row in rows)
        if not changes:
            return None
        rank = math.ceil(Decimal(str(PERCENTILES[name])) * len(changes))
        return changes[rank - 1]


@dataclass(frozen=True, repr=False)
class Backtest(Tabular):
    """The base under the book of today, and under each draft in the order given."""

    now: Rating
    drafts: tuple[Draft, ...]
    costs: Rating | None = None

    def in_words(self) -> list[str]:
        """How many rows were priced, and what each draft does."""
        rows = [self.now.rows_in_words(), *self.now.refused_in_words()]
        return [*rows, *(line for d in self.drafts for line in d.in_words())]

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables of all drafts, in a column the name of each."""
        kinds = self.drafts[0].tables()
        return {
            kind: pl.concat(
                draft.tables()[kind].select(pl.lit(_title(draft)).alias("draft"), pl.all())
                for draft in self.drafts
            )
            for kind in kinds
        }


def backtest(
    usage: UsageTable | Taken,
    book: PriceBook,
    drafts: PriceBook | Sequence[PriceBook],
    costs: PriceBook | None = None,
    elasticity: ElasticityArgument = None,
    *,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
    period: PeriodArgument = None,
) -> Backtest:
    """What the past would have brought under other prices.

    Parameters
    ----------
    usage : str, Path, or table
        The usage, as for `rate`; it is read once.
    book : PriceBook
        The prices of today; its ``columns`` are those of the usage for all books.
    drafts : PriceBook or sequence of them
        The prices to try.
    costs : PriceBook, optional
        A book with costs for prices.
    elasticity : float, sequence or DemandFit, optional
        The price elasticity of demand, at most 0; or how low, likely and high it is, as three
        numbers or as what `fit_demand` learned from prices and quantities.
    source, customer, columns, period
        As for `rate`.

    Raises
    ------
    ComparisonError
        Where two books are in two currencies, refuse other rows, or bill other days.
    ValueError
        Where an elasticity is above 0, or no draft is given.

    Examples
    --------
    >>> import polars as pl
    >>> from lmprice.billing import PriceBook, StandardCharge
    >>> def at(price):
    ...     charge = StandardCharge(charge_model="standard", model="chat", meter="quantity",
    ...                             valid_from="2026-01-01", unit_price=price)
    ...     return PriceBook(name=f"At {price}", version="1", currency="USD", charges=[charge])
    >>> row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "quantity": 10}
    >>> draft = backtest(pl.DataFrame([row]), at(2), at(3), elasticity=-1).drafts[0]
    >>> draft.now, draft.then, draft.share, draft.responses[0].revenue
    (Decimal('20.00'), Decimal('30.00'), 0.5, 20.0)
    """
    check_kind("backtest", "book", book, PriceBook)
    check_mapping("backtest", "columns", {} if columns is None else columns)
    if costs is not None:
        check_kind("backtest", "costs", costs, PriceBook)
    if not isinstance(drafts, (PriceBook, list, tuple)):
        rule = "is no PriceBook, nor a sequence of them"
        raise PricingError("backtest", "drafts", drafts, rule)
    tried = (drafts,) if isinstance(drafts, PriceBook) else tuple(drafts)
    if not tried:
        message = "backtest: drafts is empty"
        raise PricingError.said(message, "backtest", "drafts", drafts, "is empty")
    for draft in tried:
        check_kind("backtest", "drafts", draft, PriceBook)
    found = elasticities("backtest", elasticity)
    once = read_once(usage, book, source, customer, columns)
    now = rate(once, book, period=period)
    then = [rate(once, draft, period=period) for draft in tried]
    costed = None if costs is None else rate(once, costs, period=period)
    for other in (*then, *([] if costed is None else [costed])):
        check_alike(now, other)
        if other.span != now.span:
            raise ComparisonError(f"{now.book.name} and {other.book.name} bill other days")
    return Backtest(now, tuple(compare(now, one, costed, found) for one in then), costed)


def read_once(
    usage: UsageTable | Taken,
    book: PriceBook,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Taken:
    """A usage table in memory, its cells read as numbers and moments where all of them are."""
    named = {**book.columns, **(columns or {})}
    taken = (usage if isinstance(usage, Taken) else take(usage, source, customer, named)).here()
    log = Log(taken.parts, taken.refused, BATCH_ROWS)
    check_columns(log.names)
    pieces = [piece for file in log.of_files(log.names, list) for piece in file]
    if log.refused:
        raise UsageError(next(iter(log.refused.values())))
    if not pieces:
        raise UsageError("the usage table has no rows")
    table = _typed(pl.concat(pieces, how="diagonal_relaxed").drop(ROW))
    return replace(taken, parts=(Part(table, has_reasons=True),))


def _typed(table: pl.DataFrame) -> pl.DataFrame:
    """Texts that are all whole numbers, or all moments in UTC, as such.

    What is neither stays a text, which each rating judges by its own rules.
    """
    names = [n for n, k in table.schema.items() if k == pl.String and n.endswith("_tokens")]
    if names:
        whole = table.select(pl.col(n).str.contains(r"^\d{1,15}$").all() for n in names)
        is_whole = whole.row(0, named=True)
        table = table.with_columns(pl.col(n).cast(pl.Int64) for n in names if is_whole[n])
    if table.schema["timestamp"] == pl.String:
        form = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"
        text = pl.col("timestamp")
        if table.select(text.str.contains(form).all()).item():
            moments = table.select(
                text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", strict=False, time_unit="us")
                .dt.replace_time_zone("UTC")
            ).to_series()  # fmt: skip
            if not moments.null_count():
                table = table.with_columns(moments)
    return table


def compare(now: Rating, then: Rating, costs: Rating | None, found: tuple[float, ...]) -> Draft:
    """One usage under two books, customer by customer, with the response of demand."""
    table = paid(now).rename({"paid": "now"})
    table = beside(table, paid(then).rename({"paid": "then"}))
    if costs is not None:
        table = beside(table, cost_of(costs))
    change = pl.col("then") - pl.col("now")
    share = change.cast(pl.Float64) / pl.col("now").cast(pl.Float64)
    table = table.with_columns(
        change.alias("change"), pl.when(pl.col("now") > 0).then(share).alias("share")
    )
    if costs is not None:
        table = table.with_columns(
            (pl.col("now") - pl.col("cost")).alias("profit_now"),
            (pl.col("then") - pl.col("cost")).alias("profit_then"),
        )
    digits = max(now.book.digits, then.book.digits)
    table = table.with_columns(
        pl.col("now", "then", "change").cast(pl.Decimal(38, digits)),
        pl.col("^(cost|profit_.*)$").cast(pl.Decimal(38, 9)),
    )
    table = table.sort(["change", "customer"], descending=[True, False])
    names = ["customer", "now", "then", "change", "share"]
    table = table.select(*names, *(n for n in table.columns if n not in names))
    table, responses = with_responses(table, found)
    return Draft(then, table, cliffs(then), responses)


def paid(rating: Rating) -> pl.DataFrame:
    """What each customer pays without tax."""
    usage = rating.lines.filter(pl.col("category") != "tax").group_by("customer")
    return usage.agg(pl.col("effective_cost").sum().cast(UNROUNDED).alias("paid"))


def cost_of(costs: Rating) -> pl.DataFrame:
    """What the usage of each customer costs, before rounding."""
    usage = costs.lines.filter(pl.col("category") != "tax").group_by("customer")
    return usage.agg(pl.col("unrounded").sum().alias("cost"))


def beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Two tables side by side by customer, with 0 where one has nothing."""
    both = left.join(right, on="customer", how="full", coalesce=True)
    return both.with_columns(pl.exclude("customer").fill_null(0))


def _title(draft: Draft) -> str:
    book = draft.rating.book
    return f"{book.name} {book.version}"


def _endless(share: float | None, change: Decimal) -> float:
    """A share, and without end where there was nothing to take it of."""
    if share is not None:
        return share
    return math.copysign(math.inf, change) if change else 0.0


def _sum(table: pl.DataFrame, name: str) -> Decimal:
    return Decimal(table[name].sum() or 0)
