"""Margin and what-if: the same usage under two books.

A cost book is a price book with costs for prices, so both questions are one comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

from lmprice.billing.book import MAX_DIGITS, PriceBook
from lmprice.billing.lazy import pl
from lmprice.billing.rating import BATCH_ROWS, Rating, UsageTable, rate


class ComparisonError(ValueError):
    """Two ratings that cannot be compared: other rows or another currency."""


def unrounded(costs: PriceBook) -> PriceBook:
    """A cost book with all the digits there are: a cost is not billed, so none is rounded away."""
    return costs.model_copy(update={"digits": MAX_DIGITS, "round_tier_lines": False})


def margin(
    prices: Rating, costs: Rating, by: Sequence[str] = ("customer", "model")
) -> pl.DataFrame:
    """Revenue, cost, profit and margin of a usage table that was rated with prices and with costs.

    Revenue is the effective cost that the customer has.  What belongs to no model, such as a coupon
    or a top-up, stands in rows without one.  The margin is null where there is no revenue.

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
    both = _beside(prices, costs, by, ("revenue", "cost"))
    both = both.with_columns((pl.col("revenue") - pl.col("cost")).alias("profit"))
    share = pl.col("profit").cast(pl.Float64) / pl.col("revenue").cast(pl.Float64)
    return both.with_columns(pl.when(pl.col("revenue") != 0).then(share).alias("margin"))


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
    now = rate(usage, book, batch_rows=batch_rows)
    then = rate(usage, other, batch_rows=batch_rows)
    both = _beside(now, then, ("customer",), ("now", "then"))
    return both.with_columns((pl.col("then") - pl.col("now")).alias("difference"))


def _beside(
    first: Rating, second: Rating, by: Sequence[str], names: tuple[str, str]
) -> pl.DataFrame:
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
    left, right = (
        rating.lines.group_by(by).agg(pl.col("effective_cost").sum().alias(name))
        for rating, name in zip((first, second), names, strict=True)
    )
    both = left.join(right, on=by, how="full", coalesce=True, nulls_equal=True)
    return both.with_columns(pl.col(*names).fill_null(0)).sort(by)
