"""Margin and what-if: the same usage under two books.

A cost book is a price book with costs for prices, so both questions are one comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmprice.billing.book import PriceBook
from lmprice.billing.lazy import pl
from lmprice.billing.rating import BATCH_ROWS, UNROUNDED, Rating, UsageTable, rate
from lmprice.language.checks import check_kind
from lmprice.language.errors import InputError


class ComparisonError(InputError):
    """Two ratings that cannot be compared: other rows or another currency."""


def margin(
    prices: Rating, costs: Rating, by: Sequence[str] = ("customer", "model")
) -> pl.DataFrame:
    """Revenue, cost, profit and margin of a usage table that was rated with prices and with costs.

    Revenue is the effective cost that the customer has, without tax.  What belongs to no model,
    such as a coupon or a top-up, stands in rows without one.  Costs are those before rounding: a
    cost is not billed, so none of it is rounded away.  The margin is null without revenue.

    Parameters
    ----------
    prices, costs : Rating
        The usage under the price book and under the cost book.
    by : sequence of str
        Columns of the lines to group by; ``("customer",)`` shows which customers lose money.

    Raises
    ------
    ComparisonError
        Where the books are in two currencies, or price other rows.
    """
    check_kind("margin", "prices", prices, Rating)
    check_kind("margin", "costs", costs, Rating)
    check_alike(prices, costs)
    revenue = prices.lines.filter(pl.col("category") != "tax").group_by(by)
    cost = costs.lines.filter(pl.col("category") != "tax").group_by(by)
    both = _joined(
        revenue.agg(pl.col("effective_cost").sum().cast(UNROUNDED).alias("revenue")),
        cost.agg(pl.col("unrounded").sum().alias("cost")),
        by,
    ).with_columns((pl.col("revenue") - pl.col("cost")).alias("profit"))
    share = pl.col("profit").cast(pl.Float64) / pl.col("revenue").cast(pl.Float64)
    margins = both.with_columns(pl.when(pl.col("revenue") != 0).then(share).alias("margin"))
    return margins.with_columns(
        pl.col("revenue").cast(pl.Decimal(38, prices.book.digits)),
        pl.col("cost", "profit").cast(pl.Decimal(38, 9)),
    )


def losing_customers(prices: Rating, costs: Rating) -> pl.DataFrame:
    """The customers who cost more than they pay, the largest loss first."""
    found = margin(prices, costs, by=("customer",))
    return found.filter(pl.col("profit") < 0).sort("profit", "customer")


def what_if(
    usage: UsageTable, book: PriceBook, other: PriceBook, *, batch_rows: int = BATCH_ROWS
) -> pl.DataFrame:
    """What each customer pays under one book and under another, and the difference.

    Raises
    ------
    ComparisonError
        Where the books are in two currencies, or one prices rows that the other does not.
    """
    check_kind("what_if", "book", book, PriceBook)
    check_kind("what_if", "other", other, PriceBook)
    now = rate(usage, book, batch_rows=batch_rows)
    then = rate(usage, other, batch_rows=batch_rows)
    check_alike(now, then)
    by = ("customer",)
    sides = [
        rating.bill.group_by(by).agg(pl.col("effective_cost").sum().alias(name))
        for rating, name in ((now, "now"), (then, "then"))
    ]
    both = _joined(sides[0], sides[1], by)
    return both.with_columns((pl.col("then") - pl.col("now")).alias("difference"))


def check_alike(first: Rating, second: Rating) -> None:
    """Refuse two ratings that are in two currencies, or price other rows."""
    if first.book.currency != second.book.currency:
        raise ComparisonError(
            f"{first.book.name} is in {first.book.currency}, "
            f"{second.book.name} in {second.book.currency}"
        )
    if first.totals.refused_rows != second.totals.refused_rows:
        raise ComparisonError(
            f"{first.book.name} refuses {first.totals.refused_rows} rows, "
            f"{second.book.name} {second.totals.refused_rows}: they do not price the same usage"
        )


def _joined(left: pl.DataFrame, right: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Two tables side by side, with 0 where one has nothing."""
    both = left.join(right, on=list(by), how="full", coalesce=True, nulls_equal=True)
    numbers = [name for name in both.columns if name not in by]
    return both.with_columns(pl.col(numbers).fill_null(0)).sort(by)
