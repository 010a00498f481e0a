"""The response of demand: how much of the baseline usage remains, or comes, at another price.

Demand responds once, at baseline usage: the prices before and after are what a customer pays for
one unit of the usage it has today, under the list price and under the strategy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from lmprice.chapters.demand.quantities import Elasticity, LogitIntercept, LogitSlope
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers
from lmprice.language.errors import PricingError
from lmprice.language.series import library
from lmprice.language.terms import term


class Demand(ABC):
    """How usage answers to a change of the unit price."""

    @abstractmethod
    def response(self, before: Array, after: Array) -> Array:
        """Usage after the change as a multiple of the usage before, for each customer.

        Parameters
        ----------
        before, after : array
            Effective unit price of each customer at baseline usage (USD per unit).
        """


@dataclass(frozen=True, eq=False)
class ConstantElasticity(Demand):
    """Demand with a constant price elasticity: q1 = q0 (p1 / p0)^E.

    Parameters
    ----------
    elasticity : float or array
        Per cent that demand moves when the price rises by one per cent, for all customers or for
        each (at most 0).

    Notes
    -----
    No finite quantity meets a price of 0: the result is NaN there.

    Examples
    --------
    At an elasticity of -2, half the price brings four times the usage:

    >>> ConstantElasticity(-2).response(np.array([10.0]), np.array([5.0]))
    array([4.])
    """

    elasticity: Values

    def __post_init__(self) -> None:
        numbers("ConstantElasticity", "elasticity", self.elasticity, term(Elasticity))

    def response(  # noqa: D102
        self, before: Array, after: Array
    ) -> Array:
        return np.power(after / before, np.asarray(self.elasticity, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class LogitDemand(Demand):
    """Demand whose purchase probability follows a logit: q1 = q0 P(p1) / P(p0).

    A customer buys with probability P(p) = 1 / (1 + exp(-(b0 + b1 p))); its expected usage moves in
    step with that probability.

    Parameters
    ----------
    intercept : float or array
        Log odds b0 of a purchase at price 0, for all customers or for each.
    slope : float or array
        Change b1 of the log odds for each USD of the unit price (at most 0).

    Examples
    --------
    Log odds of 2 - p: certain buyers are one in two at a price of 2 and, at a price of 1, e / (1 +
    e) or 73 %:

    >>> LogitDemand(2, -1).response(np.array([2.0]), np.array([1.0])).round(4)
    array([1.4621])
    """

    intercept: Values
    slope: Values

    def __post_init__(self) -> None:
        numbers("LogitDemand", "intercept", self.intercept, term(LogitIntercept))
        numbers("LogitDemand", "slope", self.slope, term(LogitSlope))

    def response(  # noqa: D102
        self, before: Array, after: Array
    ) -> Array:
        # ln P = -ln(1 + exp(-x)): the quotient of tiny probabilities stays exact this way.
        b0 = np.asarray(self.intercept, dtype=np.float64)
        b1 = np.asarray(self.slope, dtype=np.float64)
        log_before: Array = -np.logaddexp(0, -b0 - b1 * before)
        log_after: Array = -np.logaddexp(0, -b0 - b1 * after)
        return np.exp(log_after - log_before)


def for_customers(demand: Demand, names: tuple[Any, ...]) -> Demand:
    """The same demand with what it knows of each customer in the order of these customers."""
    labelled = {n: v for n, v in vars(demand).items() if library(v) == "pandas"}
    for name, column in labelled.items():
        labels = column.index
        if names == tuple(range(len(labels))):  # without names customers stand by their places
            continue
        if not (labels.is_unique and set(labels) == set(names)):
            rule = "has other labels than the customers of the workload"
            raise PricingError(type(demand).__name__, name, labels.tolist(), rule)
        labelled[name] = column.reindex(names)
    return replace(cast(Any, demand), **labelled) if labelled else demand
