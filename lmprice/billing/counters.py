"""Counters: how much each customer used in each month under each charge.

A price that is the same for every unit gives the same cost whether it is applied to each row or to
their sum, and tiers need the sum.  So rows are added up before money appears, exactly, and nothing
is rounded on the way.  What differs between rows of one charge (context length, time of day) keeps
a counter of its own, its price class.
"""

from __future__ import annotations

from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import METERS, ContextCharge, Meter, OffPeakCharge
from lmprice.billing.lazy import pl
from lmprice.billing.usage import EXACT, REASON, amount

KEYS = ("customer", "period", "charge", "price_class")


class Counters:
    """Adds up batches of usage under the charges of a book."""

    def __init__(self, book: PriceBook) -> None:
        self._book = book
        self._timelines = {meter: _timeline(book, meter) for meter in METERS}
        self._models = sorted({charge.model for charge in book.charges})
        self._sums = pl.DataFrame(
            schema={
                "customer": pl.String,
                "period": pl.Date,
                "charge": pl.Int32,
                "price_class": pl.Int32,
                "quantity": EXACT,
                "events": pl.Int64,
            }
        )

    def priced(self, batch: pl.DataFrame) -> pl.DataFrame:
        """A checked batch with the number of the charge for each meter, or a reason why none."""
        known = pl.col("_model").is_in(self._models)
        unknown = pl.format("the price book has no model {}", pl.col("_model").str.slice(0, 60))
        reasons = [pl.col(REASON), pl.when(~known).then(unknown)]
        found = batch.with_columns(_metered(meter, self._book) for meter in METERS).sort("_time")
        for meter in METERS:
            if not found[meter].is_null().all():
                found = self._with_charge(found, meter)
                missing = pl.format("no {} price for {} at this time", pl.lit(meter), "_model")
                unpriced = pl.col(meter).is_not_null() & pl.col(f"{meter} charge").is_null()
                reasons.append(pl.when(unpriced).then(missing))
        return found.with_columns(pl.coalesce(reasons).alias(REASON))

    def add(self, priced: pl.DataFrame) -> None:
        """Add up a priced batch without bad rows."""
        parts = [self._sums]
        for meter in METERS:
            if f"{meter} charge" in priced.columns:
                used = priced.filter(pl.col(meter).is_not_null())
                parts.append(
                    used.group_by(
                        pl.col("_customer").alias("customer"),
                        pl.col("_time").dt.month_start().dt.date().alias("period"),
                        pl.col(f"{meter} charge").alias("charge"),
                        pl.col(f"{meter} class").alias("price_class"),
                    ).agg(
                        pl.col(meter).sum().alias("quantity"),
                        pl.len().cast(pl.Int64).alias("events"),
                    )
                )
        self._sums = pl.concat(parts).group_by(KEYS).agg(pl.col("quantity", "events").sum())

    def sums(self) -> pl.DataFrame:
        """The counters in the order of a bill."""
        return self._sums.sort(KEYS)

    def _with_charge(self, found: pl.DataFrame, meter: Meter) -> pl.DataFrame:
        found = found.join_asof(
            self._timelines[meter],
            left_on="_time",
            right_on="from",
            by_left="_model",
            by_right="model of price",
            strategy="backward",
            check_sortedness=False,  # both sides are sorted by time
        ).rename({"charge": f"{meter} charge"})
        return found.drop("from", "model of price", strict=False).with_columns(
            _price_class(self._book, f"{meter} charge").alias(f"{meter} class")
        )


def _timeline(book: PriceBook, meter: Meter) -> pl.DataFrame:
    schema: dict[str, Any] = {
        "model of price": pl.String,
        "from": pl.Datetime("us", "UTC"),
        "charge": pl.Int32,
    }
    return pl.DataFrame(list(book.timeline(meter)), schema=schema, orient="row").sort("from")


def _metered(meter: Meter, book: PriceBook) -> pl.Expr:
    """What a row adds to a meter, null for nothing.

    No tokens are no usage; a quantity of 0 is, because it opens the first tier.
    """
    if meter == "quantity":
        return pl.col("_quantity").alias(meter)
    tokens = amount(f"{meter}_tokens")
    if meter == "input" and book.input_includes_cached:
        tokens -= amount("cached_tokens", "cache_write_tokens")
    return pl.when(tokens != 0).then(tokens).alias(meter)


def _price_class(book: PriceBook, column: str) -> pl.Expr:
    """Which price of its charge a row takes; charges with the same rule share one comparison."""
    rules: dict[Any, tuple[pl.Expr, list[int]]] = {}
    for number, charge in enumerate(book.charges):
        if isinstance(charge, OffPeakCharge):
            rule: Any = (charge.peak_hours, charge.peak_weekdays)
            rules.setdefault(rule, (_off_peak(charge), []))[1].append(number)
        elif isinstance(charge, ContextCharge):
            rule = (charge.inclusive, *(step.above for step in charge.steps))
            rules.setdefault(rule, (_steps_above(charge, book), []))[1].append(number)
    found = pl.lit(0, pl.Int32)
    for expression, numbers in rules.values():
        found = pl.when(pl.col(column).is_in(numbers)).then(expression).otherwise(found)
    return found


def _off_peak(charge: OffPeakCharge) -> pl.Expr:
    time = pl.col("_time").dt
    minute = time.hour().cast(pl.Int32) * 60 + time.minute()
    spans = [window.minutes for window in charge.peak_hours]
    in_hours = pl.any_horizontal((minute >= start) & (minute < end) for start, end in spans)
    at_peak = in_hours & time.weekday().is_in(charge.peak_weekdays)
    return (~at_peak).cast(pl.Int32)


def _steps_above(charge: ContextCharge, book: PriceBook) -> pl.Expr:
    tokens = amount("input_tokens")
    if not book.input_includes_cached:
        tokens += amount("cached_tokens", "cache_write_tokens")
    steps = (tokens > s.above if charge.inclusive else tokens >= s.above for s in charge.steps)
    return pl.sum_horizontal(step.cast(pl.Int32) for step in steps)
