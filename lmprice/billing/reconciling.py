"""Every row and every token of a usage table is either on the bill or among the refused."""

from __future__ import annotations

from decimal import Decimal

from lmprice.billing.book import PriceBook
from lmprice.billing.lazy import pl
from lmprice.billing.usage import AMOUNTS

_NONE = Decimal(0)


class Totals:
    """Rows, and the sum of each amount, in the whole table and among the refused rows.

    A cell that holds no number counts as a row and adds nothing to its amount.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.refused_rows = 0
        self.amounts = dict.fromkeys(AMOUNTS, _NONE)
        self.refused_amounts = dict.fromkeys(AMOUNTS, _NONE)
        self.rated_amounts = dict.fromkeys(AMOUNTS, _NONE)

    @property
    def rated_rows(self) -> int:
        """Rows that are on the bill."""
        return self.rows - self.refused_rows

    def count(self, rows: pl.DataFrame, refused: pl.DataFrame) -> None:
        """Count a checked batch, and what of it was refused."""
        self.rows += rows.height
        self.refused_rows += refused.height
        for name in AMOUNTS:
            self.amounts[name] += _sum(rows, f"_{name}")
            self.refused_amounts[name] += _sum(refused, f"_{name}")

    def reconcile(self, sums: pl.DataFrame, book: PriceBook) -> None:
        """Compare with what the counters hold, which is what the bill is made from."""
        charges = pl.Series([charge.meter for charge in book.charges], dtype=pl.String)
        by_meter = dict(
            sums.select(meter=charges.gather(sums["charge"]), quantity="quantity")
            .group_by("meter")
            .agg(pl.col("quantity").sum())
            .iter_rows()
        )
        rated = {name: by_meter.get(name.removesuffix("_tokens"), _NONE) for name in AMOUNTS}
        if book.input_includes_cached:
            rated["input_tokens"] += rated["cached_tokens"] + rated["cache_write_tokens"]
        self.rated_amounts = rated
        for name, total in self.amounts.items():
            if rated[name] + self.refused_amounts[name] != total:
                raise RuntimeError(
                    f"{name}: the totals do not reconcile: {rated[name]} rated, "
                    f"{self.refused_amounts[name]} refused, {total} in all"
                )


def _sum(rows: pl.DataFrame, column: str) -> Decimal:
    return Decimal(rows[column].sum() or 0)
