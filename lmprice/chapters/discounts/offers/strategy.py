"""What a strategy is: what customers are billed, what serving them costs, where the bill falls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from lmprice.chapters.discounts.offers.workload import Workload
from lmprice.language.arrays import Array
from lmprice.language.checks import check_fields


@dataclass(frozen=True)
class Cliff:
    """A bound of a tier table at which the bill falls.

    Parameters
    ----------
    start, end : float
        The quantities around the bound (units).  From ``start``, excluded, to the bound it is
        cheaper to buy just more than the bound; above the bound the bill is back at ``bill`` only
        at ``end``, which is infinite where that never happens.
    bound : float
        The last quantity before the fall (units).
    bill : float
        The bill at the bound (USD).
    bill_above : float
        The bill just above the bound (USD).
    """

    start: float
    bound: float
    end: float
    bill: float
    bill_above: float


class Strategy(ABC):
    """What customers are billed; subclass it for an offer that is not here."""

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def bill(self, workload: Workload, quantity: Array) -> Array:
        """The bill of each customer (USD) at these quantities, one for each customer."""

    def cost(self, workload: Workload, quantity: Array) -> Array:
        """The variable cost of serving each customer (USD) at these quantities."""
        return workload.unit_cost * quantity

    def cliffs(self) -> tuple[Cliff, ...]:
        """Where the bill falls as usage rises."""
        return ()
