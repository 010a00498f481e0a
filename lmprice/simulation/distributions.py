"""Distributions: what is known of an input that is not known exactly.

A draw is the quantile of a uniform random number, so every distribution, a truncated one too, uses
one random number a draw, and two distributions with the same seed move together.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, Self, cast

import numpy as np

from lmprice.language.arrays import Array, Values
from lmprice.language.checks import check_fields, single_number
from lmprice.language.errors import PricingError, shown
from lmprice.language.terms import term
from lmprice.simulation import quantities as terms

MOST = 1 - 2.0**-53
LEAST = 2.0**-54  # stands for a random number of exactly 0, whose quantile may be infinite


class Distribution(ABC):
    """What is known of an uncertain input: how likely which value is."""

    def __post_init__(self) -> None:
        check_fields(self)

    def __str__(self) -> str:
        # Six digits are enough for a reader; repr has them all.
        values = (f"{f.name}={getattr(self, f.name):.6g}" for f in fields(cast(Any, self)))
        return f"{type(self).__name__}({', '.join(values)})"

    @abstractmethod
    def frozen(self) -> Any:
        """The same distribution as a frozen distribution of SciPy, which knows all about it."""

    def quantile(self, probability: Values) -> Array:
        """The values below which these shares of the draws lie; NaN where one is no share."""
        shares = np.asarray(probability, dtype=np.float64)
        with np.errstate(all="ignore"):
            return np.where((shares >= 0) & (shares <= 1), self._quantile(shares), math.nan)

    def draw(self, generator: np.random.Generator, draws: int) -> Array:
        """Random draws; one that is too large for a number is infinite or NaN."""
        return self.at(generator.random(draws))

    def at(self, shares: Array) -> Array:
        """The draws that random numbers between 0 and 1 stand for."""
        with np.errstate(all="ignore"):
            return self._quantile(np.clip(shares, LEAST, MOST))

    def _quantile(self, shares: Array) -> Array:
        """The quantiles of numbers between 0 and 1, in closed form where there is one.

        They are SciPy's to the last bit; its own way through a frozen distribution takes longer.
        """
        return np.asarray(self.frozen().ppf(shares), dtype=np.float64)


@dataclass(frozen=True)
class Normal(Distribution):
    """A normal distribution.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation (above 0), in the unit of the input.

    Examples
    --------
    >>> round(Normal(20, 2).quantile(0.975).item(), 2)
    23.92
    """

    mean: terms.Mean
    sd: terms.StandardDeviation

    def frozen(self) -> Any:  # noqa: D102
        from scipy import stats

        return stats.norm(self.mean, self.sd)

    def _quantile(self, shares: Array) -> Array:
        return _standard_normal(shares) * self.sd + self.mean


@dataclass(frozen=True)
class Uniform(Distribution):
    """A uniform distribution: every value between two is equally likely.

    Parameters
    ----------
    low, high : float
        Least and greatest value, in the unit of the input.

    Examples
    --------
    >>> Uniform(10, 30).quantile([0, 0.5, 1])
    array([10., 20., 30.])
    """

    low: terms.Low
    high: terms.High

    def __post_init__(self) -> None:
        super().__post_init__()
        check_order(self, low=self.low, high=self.high)

    def frozen(self) -> Any:  # noqa: D102
        from scipy import stats

        return stats.uniform(self.low, self.high - self.low)

    def _quantile(self, shares: Array) -> Array:
        return shares * (self.high - self.low) + self.low


@dataclass(frozen=True)
class Triangular(Distribution):
    """A triangular distribution: a least, a most likely and a greatest value.

    Parameters
    ----------
    low, mode, high : float
        Least, most likely and greatest value, in the unit of the input.

    Examples
    --------
    >>> Triangular(10, 15, 26).quantile([0, 5 / 16, 1])
    array([10., 15., 26.])
    """

    low: terms.Low
    mode: terms.Mode
    high: terms.High

    def __post_init__(self) -> None:
        super().__post_init__()
        check_order(self, low=self.low, mode=self.mode, high=self.high)

    def frozen(self) -> Any:  # noqa: D102
        from scipy import stats

        width = self.high - self.low
        return stats.triang((self.mode - self.low) / width, self.low, width)

    def _quantile(self, shares: Array) -> Array:
        width = self.high - self.low
        rising = (self.mode - self.low) / width
        below, above = np.sqrt(rising * shares), 1 - np.sqrt((1 - rising) * (1 - shares))
        return np.where(shares < rising, below, above) * width + self.low


@dataclass(frozen=True)
class Pert(Distribution):
    """A PERT distribution: as the triangular one, but smooth, and closer to the most likely value.

    Parameters
    ----------
    low, mode, high : float
        Least, most likely and greatest value, in the unit of the input.

    Notes
    -----
    A beta distribution with the mean (low + 4 mode + high) / 6.  Source: Malcolm, Roseboom, Clark
    and Fazar, *Application of a Technique for Research and Development Program Evaluation*,
    Operations Research 7 (1959).

    Examples
    --------
    >>> Pert(10, 15, 26).quantile([0, 0.5, 1]).round(2)
    array([10.  , 15.76, 26.  ])
    """

    low: terms.Low
    mode: terms.Mode
    high: terms.High

    def __post_init__(self) -> None:
        super().__post_init__()
        check_order(self, low=self.low, mode=self.mode, high=self.high)

    def frozen(self) -> Any:  # noqa: D102
        from scipy import stats

        width = self.high - self.low
        rising = 1 + 4 * (self.mode - self.low) / width
        falling = 1 + 4 * (self.high - self.mode) / width
        return stats.beta(rising, falling, self.low, width)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """A log-normal distribution: never below 0, and as likely times as divided by a factor.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation of the input itself, not of its logarithm (above 0).

    See Also
    --------
    LogNormal.from_median : The same by its median and a factor.

    Examples
    --------
    >>> volume = LogNormal(mean=100, sd=50)
    >>> volume.quantile([0.05, 0.5, 0.95]).round(2)
    array([ 41.12,  89.44, 194.53])
    """

    mean: terms.PositiveMean
    sd: terms.StandardDeviation

    @classmethod
    def from_median(cls, median: float, factor: float) -> Self:
        """The log-normal distribution with this median and geometric standard deviation.

        Parameters
        ----------
        median : float
            Half of the draws lie below it (above 0).
        factor : float
            68 % of the draws lie between ``median / factor`` and ``median * factor`` (above 1).

        Examples
        --------
        >>> rate = LogNormal.from_median(100, 2)
        >>> rate.quantile([0.158655254, 0.5, 0.841344746]).round(6)
        array([ 50., 100., 200.])
        """
        name = f"{cls.__name__}.from_median"
        middle = single_number(name, "median", median, term(terms.Median))
        spread = math.log(single_number(name, "factor", factor, term(terms.SpreadFactor)))
        try:
            mean = middle * math.exp(spread**2 / 2)
            return cls(mean, mean * math.sqrt(math.expm1(spread**2)))
        except OverflowError:
            rule = "is so large that the mean or the standard deviation is no number"
            raise PricingError(name, "factor", factor, rule) from None

    def frozen(self) -> Any:  # noqa: D102
        from scipy import stats

        spread, median = self._spread_and_median()
        return stats.lognorm(spread, scale=median)

    def _quantile(self, shares: Array) -> Array:
        spread, median = self._spread_and_median()
        return np.exp(spread * _standard_normal(shares)) * (median or math.nan)

    def _spread_and_median(self) -> tuple[float, float]:
        # ln(1 + (sd / mean)²) by logarithms, as the square may be too large for a number.
        relative = 2 * (math.log(self.sd) - math.log(self.mean))
        spread = math.sqrt(float(np.logaddexp(0, relative)))
        return spread, self.mean * math.exp(-(spread**2) / 2)


def _standard_normal(shares: Array) -> Array:
    from scipy.special import ndtri

    quantiles: Array = ndtri(shares)
    return quantiles


def check_order(distribution: Distribution, **values: float) -> None:
    """Raise unless each value is at least the one before it, and the last above the first."""
    owner = type(distribution).__name__
    names, numbers = list(values), list(values.values())
    for (before, low), (name, high) in itertools.pairwise(values.items()):
        if high < low:
            raise PricingError(owner, name, high, f"is below {before} {shown(low)}")
    if not numbers[-1] > numbers[0]:
        rule = f"is not above {names[0]} {shown(numbers[0])}"
        raise PricingError(owner, names[-1], numbers[-1], rule)
