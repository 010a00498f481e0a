"""Distributions that are not given by a formula: data of one's own, percentiles, those of SciPy."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lmprice.language.arrays import Array, Values
from lmprice.language.checks import check_mapping, numbers, single_number
from lmprice.language.errors import PricingError, shown
from lmprice.language.terms import term
from lmprice.simulation import quantities as terms
from lmprice.simulation.distributions import Distribution


@dataclass(frozen=True, eq=False)
class _Line:
    """A distribution whose quantiles lie on straight lines between points; speaks as SciPy does."""

    shares: Array
    values: Array

    def ppf(self, shares: Values) -> Array:
        return np.asarray(np.interp(shares, self.shares, self.values))

    def isf(self, shares: Values) -> Array:
        return self.ppf(1 - np.asarray(shares))

    def cdf(self, value: Values) -> Array:
        return np.asarray(np.interp(value, self.values, self.shares))

    def sf(self, value: Values) -> Array:
        return 1 - self.cdf(value)


@dataclass(frozen=True, eq=False, repr=False)
class Observed(Distribution):
    """What was observed: draws lie among data of one's own, such as the tokens of past days.

    Parameters
    ----------
    values : array
        The data (at least 2 numbers), in any order, in the unit of the input.

    Notes
    -----
    Quantiles are those of the data, on a straight line between neighbours (number 7 of Hyndman and
    Fan, *Sample Quantiles in Statistical Packages*, The American Statistician 50, 1996): no draw
    lies beyond the data.

    Examples
    --------
    >>> Observed([30, 10, 20]).quantile([0, 0.25, 1])
    array([10., 15., 30.])
    """

    values: Values
    _line: _Line = field(init=False)

    def __post_init__(self) -> None:
        data = np.sort(np.atleast_1d(numbers("Observed", "values", self.values, term(terms.Mode))))
        if data.size < 2:
            raise PricingError("Observed", "values", self.values, "has less than 2 numbers")
        object.__setattr__(self, "_line", _Line(np.linspace(0, 1, data.size), data))

    def __str__(self) -> str:
        data: Array = self.frozen().values
        return f"Observed({data.size:,} values from {data[0]:.6g} to {data[-1]:.6g})"

    __repr__ = __str__

    def frozen(self) -> Any:
        """The same distribution with the methods that SciPy's have."""
        return self._line


@dataclass(frozen=True, eq=False, repr=False)
class Percentiles(Distribution):
    """What is known by percentiles: ``{0: 50, 0.5: 80, 0.9: 150, 1: 300}``.

    Parameters
    ----------
    points : mapping of float to float
        Value by share of the draws below it; the least (0) and the greatest (1) belong to it.

    Notes
    -----
    Between two percentiles all values are equally likely.

    Examples
    --------
    >>> Percentiles({0: 50, 0.5: 80, 1: 300}).quantile([0.25, 0.75])
    array([ 65., 190.])
    """

    points: Mapping[float, float]
    _line: _Line = field(init=False)

    def __post_init__(self) -> None:
        check_mapping("Percentiles", "points", self.points)
        kind = term(terms.Probability)
        known = {
            single_number("Percentiles", "points", share, kind): single_number(
                "Percentiles", "points", value, term(terms.Mode)
            )
            for share, value in self.points.items()
        }
        shares = sorted(known)
        if not shares or shares[0] != 0 or shares[-1] != 1:
            rule = "has not both the least value (0) and the greatest (1)"
            raise PricingError("Percentiles", "points", self.points, rule)
        values = np.array([known[share] for share in shares])
        falls = np.diff(values) < 0
        if falls.any():
            at = int(np.argmax(falls)) + 1
            rule = f"at {shares[at]:g} is below {shown(values[at - 1])} at {shares[at - 1]:g}"
            raise PricingError("Percentiles", "points", values[at], rule)
        if values[0] == values[-1]:
            raise PricingError("Percentiles", "points", self.points, "is one value alone")
        object.__setattr__(self, "_line", _Line(np.array(shares), values))

    def __str__(self) -> str:
        points = (f"{share:g}: {value:.6g}" for share, value in sorted(self.points.items()))
        return f"Percentiles({{{', '.join(points)}}})"

    __repr__ = __str__

    def frozen(self) -> Any:
        """The same distribution with the methods that SciPy's have."""
        return self._line


def correlated(names: Sequence[str], given: Mapping[Any, Any], owner: str) -> Array | None:
    """What makes independent normal numbers have the rank correlations that are given.

    Rows and columns stand in the order of the names.  The correlation of normal numbers is
    2 sin(pi rho / 6) where that of their ranks is rho (Pearson, *On Further Methods of Determining
    Correlation*, 1907); None where nothing is correlated.
    """
    check_mapping(owner, "correlations", given)
    together = np.eye(len(names))
    for pair, value in given.items():
        is_pair = isinstance(pair, tuple) and len(pair) == 2 and pair[0] != pair[1]
        if not is_pair or not set(pair) <= set(names):
            raise PricingError(owner, "correlations", pair, "is no pair of inputs that are drawn")
        rank = single_number(owner, "correlations", value, term(terms.Correlation))
        i, j = names.index(pair[0]), names.index(pair[1])
        together[i, j] = together[j, i] = 2 * math.sin(math.pi * rank / 6)
    if not given:
        return None
    spread, directions = np.linalg.eigh(together)
    if spread.min() < -1e-9:
        raise PricingError(owner, "correlations", dict(given), "contradict each other")
    # Lower triangular, so that the first input keeps its draws, also where two move as one.
    root = np.linalg.qr((directions * np.sqrt(np.maximum(spread, 0))).T).R.T
    return root * np.where(np.diag(root) < 0, -1.0, 1.0)
