"""Tiered prices: graduated and volume tables, and the cliffs where a bill falls as usage rises."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, cast

import numpy as np

from lmprice.chapters.discounts.charges import graduated_charge, volume_charge
from lmprice.chapters.discounts.offers.strategy import Cliff, Strategy
from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.language.arrays import Array
from lmprice.language.checks import as_array
from lmprice.language.errors import PricingError
from lmprice.language.labels import in_one_order

# Bills that differ by a smaller share are equal: 3 * 0.1 and 0.3 differ in the last bit.
ROUNDING = 1e-9


@dataclass(frozen=True)
class TierTable(Strategy):
    """A table of tiers, the same for all customers whatever their list price.

    Parameters
    ----------
    up_to : sequence of float
        Upper bound of each tier, included (units; increasing, the last infinite).
    unit_prices : sequence of float
        Price of a unit in each tier (USD per unit; at least 0).
    flat_fees : float or sequence of float, default 0
        Fee of each tier, or one for all tiers (USD; at least 0).
    """

    up_to: Sequence[float]
    unit_prices: Sequence[float]
    flat_fees: float | Sequence[float] = 0.0

    def __post_init__(self) -> None:
        owner = type(self).__name__
        given = {name: getattr(self, name) for name in ("up_to", "unit_prices", "flat_fees")}
        for name, column in in_one_order(owner, given).items():
            if name != "flat_fees" and as_array(owner, name, column).ndim != 1:
                raise PricingError(owner, name, column, "is not a column of numbers")
            object.__setattr__(self, name, column)
        self.charge(np.zeros(1))  # refuses what is no table of tiers
        fees = np.broadcast_to(self.flat_fees, len(self.up_to))
        columns = {"up_to": self.up_to, "unit_prices": self.unit_prices, "flat_fees": fees}
        for name, column in columns.items():
            object.__setattr__(self, name, tuple(float(value) for value in column))

    @property
    def fees(self) -> tuple[float, ...]:
        """The fee of each tier (USD)."""
        return cast(tuple[float, ...], self.flat_fees)

    @abstractmethod
    def charge(self, quantity: Array) -> Array:
        """The charge for each quantity (USD)."""

    def bill(  # noqa: D102
        self,
        workload: Workload,  # noqa: ARG002
        quantity: Array,
    ) -> Array:
        return self.charge(quantity)

    def scaled(self, factor: float) -> Self:
        """The table with all prices, unit prices and flat fees, times one factor."""
        return replace(
            self,
            unit_prices=[price * factor for price in self.unit_prices],
            flat_fees=[fee * factor for fee in self.fees],
        )


@dataclass(frozen=True)
class GraduatedTiers(TierTable):
    """Each tier's price for the units within it, plus the fee of every tier entered.

    The bill never falls as usage rises.

    Examples
    --------
    The first thousand units at 10 cents, the next nine thousand at 5, all others at 1 (zuplo.com):

    >>> tiers = GraduatedTiers([1000, 10000, math.inf], [0.1, 0.05, 0.01])
    >>> tiers.charge(np.array([15000.0]))
    array([600.])
    """

    def charge(self, quantity: Array) -> Array:  # noqa: D102
        return graduated_charge(quantity, self.up_to, self.unit_prices, self.flat_fees)


@dataclass(frozen=True)
class VolumeTiers(TierTable):
    """All units at the price of the tier that the total falls in, plus the fee of that tier only.

    Examples
    --------
    >>> tiers = VolumeTiers([1000, 10000, math.inf], [0.1, 0.05, 0.01])
    >>> tiers.charge(np.array([15000.0]))
    array([150.])

    A thousand units cost $100, but one more unit brings all of them to $50:

    >>> tiers.cliffs()[0]
    Cliff(start=500.0, bound=1000.0, end=2000.0, bill=100.0, bill_above=50.0)
    """

    def charge(self, quantity: Array) -> Array:  # noqa: D102
        return volume_charge(quantity, self.up_to, self.unit_prices, self.flat_fees)

    def cliffs(self) -> tuple[Cliff, ...]:
        """Where the bill falls as usage rises."""
        falls = []
        for tier, bound in enumerate(self.up_to[:-1]):
            bill = self._bill_in(tier, bound)
            above = self._bill_in(tier + 1, bound)
            if above < bill * (1 - ROUNDING):
                start, end = self._dearer_from(above, tier), self._back_at(bill, tier + 1)
                falls.append(Cliff(start, bound, end, bill, above))
        return tuple(falls)

    def _bill_in(self, tier: int, quantity: float) -> float:
        return self.unit_prices[tier] * quantity + self.fees[tier]

    def _lower(self, tier: int) -> float:
        return self.up_to[tier - 1] if tier else 0.0

    def _reaches(self, bill: float, tier: int) -> float:
        """The quantity at which the prices of a tier, below ``bill`` at its bottom, come to it."""
        price, fee = self.unit_prices[tier], self.fees[tier]
        return (bill - fee) / price if price > 0 else math.inf

    def _dearer_from(self, bill: float, tier: int) -> float:
        """Down from the top of a tier: where the usage begins that costs more than ``bill``."""
        for below in range(tier, -1, -1):
            if self._bill_in(below, self._lower(below)) <= bill:
                return min(self._reaches(bill, below), self.up_to[below])
        return 0.0

    def _back_at(self, bill: float, tier: int) -> float:
        """Up from the bottom of a tier: the first usage that costs ``bill`` again.

        The last tier, which has no limit, always answers.
        """
        if self._bill_in(tier, self._lower(tier)) >= bill:
            return self._lower(tier)
        quantity = self._reaches(bill, tier)
        return quantity if quantity <= self.up_to[tier] else self._back_at(bill, tier + 1)
