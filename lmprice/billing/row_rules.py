"""Rules of the single row: its least units, and the steps that they are rounded up to."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from lmprice.billing.checking import EXACT
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl


def with_units(uses: pl.DataFrame) -> pl.DataFrame:
    """The uses with the units that count: at least the floor of a row, in whole steps."""
    has_rule = uses["floor"].is_not_null() | uses["step"].is_not_null()
    uses = uses.with_columns(pl.col("quantity").alias("units"))
    if not has_rule.any():
        return uses.drop("floor", "step")
    key = ["quantity", "floor", "step"]
    ruled = uses.filter(has_rule).select(key).unique()
    units = [_ruled(*cells) for cells in ruled.iter_rows()]
    ruled = ruled.with_columns(pl.Series("ruled", units, dtype=EXACT))
    uses = uses.join(ruled, on=key, how="left", nulls_equal=True, maintain_order="left")
    return uses.with_columns(pl.coalesce("ruled", "units").alias("units")).drop(
        "ruled", "floor", "step"
    )


def _ruled(quantity: Decimal, floor: float | None, step: float | None) -> Decimal:
    units = Fraction(quantity)
    if units <= 0:
        return quantity
    if floor is not None:
        units = max(units, exact(floor))
    if step is not None:
        size = exact(step)
        units = -(-units // size) * size
    return Decimal(units.numerator) / Decimal(units.denominator)
