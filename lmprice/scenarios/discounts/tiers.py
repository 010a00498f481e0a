"""Charges by the tiers of a table: by the library for numbers, by columns beside it in a sheet.

The rows of a table need not stand together in a sheet, so that no formula can look at the next one.
But the price of a tier is that of the first tier and all steps of the price up to it: beyond its
lower bound each tier adds its step, and what the units below the bound would add is taken off.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, cast

from pydantic import AllowInfNan

from lmprice.chapters.discounts import charges
from lmprice.language.expression import weighted_total, where
from lmprice.language.tree import Expr
from lmprice.scenarios.base import Out
from lmprice.scenarios.discounts import terms
from lmprice.scenarios.tables import Row, first, previous


class Tier(Row):
    """A tier of the price."""

    up_to: Annotated[terms.MtokUpTo, AllowInfNan(True)] = math.inf
    unit_price: terms.TierPrice
    flat_fee: terms.TierFee = 0.0


def add_steps(out: Out, tiers: Tier, above: float) -> None:
    """The steps from tier to tier, beside their table."""
    step = tiers.unit_price - previous(tiers.unit_price, 0)
    step = out.column("tiers", "step", step, terms.PRICE_STEP)
    out.column("tiers", "below", above * step, terms.BELOW)
    out.column("tiers", "fee_step", tiers.flat_fee - previous(tiers.flat_fee, 0), terms.FEE_STEP)


def graduated(quantity: float, tiers: Tier) -> float:
    """What `graduated_charge` charges."""
    if not isinstance(tiers.unit_price, Expr):
        return charges.graduated_charge(quantity, tiers.up_to, tiers.unit_price, tiers.flat_fee)
    entered = quantity > _column("above")
    charged = quantity * _sum(entered, "step") - _sum(entered, "below")
    return cast(float, charged + _sum(entered, "flat_fee") + _at_zero(quantity, tiers))


def volume(quantity: float, tiers: Tier) -> float:
    """What `volume_charge` charges."""
    if not isinstance(tiers.unit_price, Expr):
        return charges.volume_charge(quantity, tiers.up_to, tiers.unit_price, tiers.flat_fee)
    entered = quantity > _column("above")
    charged = quantity * _sum(entered, "step") + _sum(entered, "fee_step")
    return cast(float, charged + _at_zero(quantity, tiers))


def _at_zero(quantity: float, tiers: Tier) -> float:
    """The fee of the first tier, which nothing enters at a quantity of 0."""
    return where(quantity > 0, 0, first(tiers.flat_fee))


def _column(key: str) -> Any:
    return Expr.name(f"tiers_{key}", is_column=True)


def _sum(entered: Any, key: str) -> Expr:
    return weighted_total(entered, _column(key))
