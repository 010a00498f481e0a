"""Strategies: what customers are billed, and what it costs to serve them, under each offer."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from lmprice.chapters.discounts.functions import commitment_cost
from lmprice.chapters.discounts.offers.strategy import Strategy
from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.chapters.discounts.quantities import Commitment, CommitmentDiscount, PromotionDiscount
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.language.quantities import Discount
from lmprice.language.terms import FRACTION, Term, Text

# fmt: off
CostSaving = Annotated[float, Term(
    Text("Cost saving", "成本节省"), FRACTION,
    Text("Share of the unit cost that is saved on such usage", "此类用量节省的单位成本比例"),
    ge=0, le=1)]
Months = Annotated[float, Term(
    Text("Months", "月数"), Text("months", "月"),
    Text("Months that the promotion lasts", "促销持续的月数"), ge=0)]
HorizonMonths = Annotated[float, Term(
    Text("Horizon", "期间"), Text("months", "月"),
    Text("Months that the comparison looks at", "比较所涵盖的月数"), gt=0)]
# fmt: on


@dataclass(frozen=True)
class ListPrice(Strategy):
    """Every unit at the list price: what each strategy is compared with."""

    def bill(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        return workload.price * quantity


@dataclass(frozen=True)
class FlatCut(Strategy):
    """The same discount for everyone.

    Parameters
    ----------
    discount : float
        Discount on the list price; 0.2 is 20 % off (0 to 1).

    Examples
    --------
    >>> workload = Workload(500, price=2, unit_cost=0.8)
    >>> FlatCut(0.2).bill(workload, workload.quantity)
    array([800.])
    """

    discount: Discount

    def bill(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        return workload.price * quantity * (1 - self.discount)


@dataclass(frozen=True)
class Promotion(Strategy):
    """A discount for everyone that expires.

    Usage is spread evenly over the horizon, and demand responds to the average price of the
    horizon.

    Parameters
    ----------
    discount : float
        Discount on the list price while the promotion lasts (0 to 1).
    months : float
        Months that the promotion lasts (at least 0, at most the horizon).
    horizon_months : float, default 12
        Months that the comparison looks at (above 0).

    Examples
    --------
    40 % off for three of twelve months is 10 % over the year:

    >>> workload = Workload(500, price=2, unit_cost=0.8)
    >>> Promotion(0.4, months=3).bill(workload, workload.quantity)
    array([900.])
    """

    discount: PromotionDiscount
    months: Months
    horizon_months: HorizonMonths = 12.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.months > self.horizon_months:
            rule = f"is above horizon_months {self.horizon_months:g}"
            raise PricingError("Promotion", "months", self.months, rule)

    def bill(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        average_discount = self.discount * self.months / self.horizon_months
        return workload.price * quantity * (1 - average_discount)


@dataclass(frozen=True)
class SpendCommitment(Strategy):
    """A discount for a spend that is paid in any case; usage beyond it at the list price.

    It is an offer, not a duty: a customer signs where that makes its bill smaller, which is where
    its usage at the list price costs more than the commitment.

    Parameters
    ----------
    commitment : float
        Amount that is paid in any case (USD; at least 0).
    discount : float
        Discount on the usage that the commitment covers, which is commitment / (1 - discount) at
        the list price (0 to below 1).

    Examples
    --------
    $1,400 at 30 % off cover 1,000 units of $2.  A customer with 600 units pays less without; one
    with 800 signs and leaves some unused; one with 1,100 pays the list price for 100:

    >>> workload = Workload([600, 800, 1100], price=2, unit_cost=0.8)
    >>> SpendCommitment(1400, discount=0.3).bill(workload, workload.quantity)
    array([1200., 1400., 1600.])
    """

    commitment: Commitment
    discount: CommitmentDiscount

    def bill(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        list_bill = workload.price * quantity
        signed = commitment_cost(list_bill, self.commitment, self.discount)
        return np.minimum(signed, list_bill)


@dataclass(frozen=True)
class DiscountedShare(Strategy):
    """A discount on one kind of usage, which may also be cheaper to serve.

    Parameters
    ----------
    discount : float
        Discount on the list price of that usage (0 to 1).
    cost_saving : float, default 0
        Share of the unit cost that is saved on that usage once the offer stands (0 to 1).  Leave
        it at 0 where the unit cost of the workload already counts the saving.
    """

    discount: Discount
    cost_saving: CostSaving = 0.0

    @abstractmethod
    def share(self, workload: Workload) -> Array:
        """Share of the usage of each customer that the discount is for."""

    def bill(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        return workload.price * quantity * (1 - self.share(workload) * self.discount)

    def cost(  # noqa: D102
        self, workload: Workload, quantity: Array
    ) -> Array:
        return workload.unit_cost * quantity * (1 - self.share(workload) * self.cost_saving)


@dataclass(frozen=True)
class CachePrice(DiscountedShare):
    """A discount on the ``cached_share`` of the workload; parameters as in `DiscountedShare`.

    Examples
    --------
    A tenth of the list price for the 40 % that is read from the cache: 1,000 (0.6 + 0.04).

    >>> workload = Workload(500, price=2, unit_cost=0.8, cached_share=0.4)
    >>> CachePrice(0.9).bill(workload, workload.quantity)
    array([640.])
    """

    def share(self, workload: Workload) -> Array:  # noqa: D102
        return workload.cached_share


@dataclass(frozen=True)
class BatchPrice(DiscountedShare):
    """A discount on the ``batch_share`` of the workload; parameters as in `DiscountedShare`.

    Examples
    --------
    Half price for the half that can wait, which then costs a quarter less to serve:

    >>> workload = Workload(500, price=2, unit_cost=0.8, batch_share=0.5)
    >>> batch = BatchPrice(0.5, cost_saving=0.25)
    >>> batch.bill(workload, workload.quantity), batch.cost(workload, workload.quantity)
    (array([750.]), array([350.]))
    """

    def share(self, workload: Workload) -> Array:  # noqa: D102
        return workload.batch_share


@dataclass(frozen=True)
class OffPeakPrice(DiscountedShare):
    """A discount on the ``off_peak_share`` of the workload; parameters as in `DiscountedShare`.

    Examples
    --------
    >>> workload = Workload(500, price=2, unit_cost=0.8, off_peak_share=0.25)
    >>> OffPeakPrice(0.5).bill(workload, workload.quantity)
    array([875.])
    """

    def share(self, workload: Workload) -> Array:  # noqa: D102
        return workload.off_peak_share
