"""Cliffs: amounts at which one more unit changes the whole bill of a charge.

A volume price applies to all units, so the bill jumps at the end of a tier, up or down; so it does
by the flat fee of a tier, and by the step of a context price for a single request.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from lmprice.billing.charges import AnyCharge, ContextCharge, TieredCharge
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl
from lmprice.billing.rating import Rating

NEAR = Fraction(1, 10)  # of the amount, on either side
_SCHEMA: dict[str, Any] = {
    "charge": pl.String,
    "of": pl.String,
    "at": pl.Float64,
    "jump": pl.Float64,
    "near": pl.List(pl.String),
}


class _Cliff(NamedTuple):
    of: str  # "period" or "request"
    at: Fraction  # metered units
    jump: Fraction | None  # money; None where it depends on more than the amount


def cliffs(rating: Rating) -> pl.DataFrame:
    """The cliffs of a book, and the customers who were within a tenth of one in some period.

    Columns: ``charge``, ``of`` ("period" or "request"), ``at`` (metered units), ``jump`` (in the
    currency of the charge, before discounts and factors; null for a context price of a meter that
    is not the input) and ``near`` (null where the lines of a bill do not tell).
    """
    used = rating.lines.filter(pl.col("quantity").is_not_null())
    used = used.group_by("customer", "period", "charge").agg(pl.col("quantity").sum())
    rows = []
    for _, charges in rating.book.lists():
        for charge in charges:
            for cliff in _cliffs_of(charge):
                near = None
                if (
                    cliff.of == "period"
                    and isinstance(charge, TieredCharge)
                    and not charge.count_by
                ):
                    low, high = cliff.at * (1 - NEAR), cliff.at * (1 + NEAR)
                    own = used.filter(
                        (pl.col("charge") == charge.title)
                        & pl.col("quantity").cast(pl.Float64).is_between(float(low), float(high))
                    )
                    near = own["customer"].unique().sort().to_list()
                jump = None if cliff.jump is None else float(cliff.jump)
                rows.append((charge.title, cliff.of, float(cliff.at), jump, near))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _cliffs_of(charge: AnyCharge) -> Iterator[_Cliff]:
    per = exact(charge.per)
    if isinstance(charge, TieredCharge):
        free = exact(charge.free_units) + exact(charge.allowance)
        for tier, after in zip(charge.tiers, charge.tiers[1:], strict=False):
            assert tier.up_to is not None
            end = exact(tier.up_to)
            jump = exact(after.flat_fee)
            if charge.charge_model == "volume":
                jump -= exact(tier.flat_fee)
                jump += end * (exact(after.unit_price) - exact(tier.unit_price))
            if jump:
                yield _Cliff("period", (end + free) * per, jump)
    elif isinstance(charge, ContextCharge):
        before = exact(charge.unit_price)
        for step in charge.steps:
            price, at = exact(step.unit_price), exact(step.above)
            if price != before:
                own = at / per * (price - before) if charge.meter == "input" else None
                yield _Cliff("request", at, own)
            before = price
