"""Distributions made of others: one that is cut off, and one that SciPy has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.checks import single_number
from lmprice.language.errors import PricingError, shown
from lmprice.language.terms import term
from lmprice.simulation import quantities as terms
from lmprice.simulation.distributions import Distribution, check_order


@dataclass(frozen=True)
class Truncated(Distribution):
    """A distribution without what lies below or above a limit, as if it were drawn again.

    Parameters
    ----------
    distribution : Distribution
        What is cut off.
    low, high : float, optional
        No draw is below ``low`` or above ``high``, in the unit of the input.

    Notes
    -----
    Cutting off one side moves the mean: that of ``Truncated(Normal(0, 1), low=0)`` is 0.8, not 0.

    Examples
    --------
    >>> from lmprice.simulation import Normal
    >>> half = Truncated(Normal(0, 1), low=0)
    >>> half.quantile([0, 0.5]).round(4)
    array([0.    , 0.6745])
    """

    distribution: Distribution
    low: float = -math.inf
    high: float = math.inf

    def __post_init__(self) -> None:
        known = as_distribution("Truncated", "distribution", self.distribution)
        object.__setattr__(self, "distribution", known)
        if isinstance(self.distribution, Truncated):
            rule = "is truncated already: give it both limits"
            raise PricingError("Truncated", "distribution", self.distribution, rule)
        for name, kind in (("low", terms.Low), ("high", terms.High)):
            limit = getattr(self, name)
            if not (isinstance(limit, float) and math.isinf(limit)):
                single_number("Truncated", name, limit, term(kind))
        check_order(self, low=self.low, high=self.high)
        if not self._limits[2] > 0:
            rule = f"has no draws between {shown(self.low)} and {shown(self.high)}"
            raise PricingError("Truncated", "distribution", self.distribution, rule)

    def __repr__(self) -> str:
        return self._text(repr)

    def __str__(self) -> str:
        return self._text(lambda part: f"{part:.6g}" if isinstance(part, float) else str(part))

    def _text(self, text: Callable[[Any], str]) -> str:
        """The distribution and the limits that it has."""
        limits = {"low": float(self.low), "high": float(self.high)}
        texts = [f"{name}={text(x)}" for name, x in limits.items() if math.isfinite(x)]
        return f"Truncated({', '.join([text(self.distribution), *texts])})"

    def frozen(self) -> Any:
        """The distribution that is cut off, as SciPy has it."""
        return self.distribution.frozen()

    @cached_property
    def _limits(self) -> tuple[bool, float, float]:
        """Whether shares are counted from above; the share beyond the first limit, and that left.

        Near 1 a float is not fine enough.
        """
        known = self.frozen()
        if known.cdf(self.low) > 0.5:
            first, last = float(known.sf(self.low)), float(known.sf(self.high))
            return True, first, first - last
        first, last = float(known.cdf(self.low)), float(known.cdf(self.high))
        return False, first, last - first

    def _quantile(self, shares: Array) -> Array:
        is_upper_tail, first, left = self._limits
        if is_upper_tail:
            values = np.asarray(self.frozen().isf(first - shares * left), dtype=np.float64)
        else:
            values = self.distribution._quantile(first + shares * left)
        return np.clip(values, self.low, self.high)


@dataclass(frozen=True, eq=False)
class OfScipy(Distribution):
    """One of SciPy: a frozen one, ``stats.gamma(2, scale=50)``, or ``stats.Normal(mu=2)``."""

    distribution: Any

    def __post_init__(self) -> None:
        pass

    def __str__(self) -> str:
        if isinstance(self.distribution, _Variable):
            return str(self.distribution.variable)
        kind = self.distribution.dist.name
        given = [f"{value:.6g}" for value in self.distribution.args]
        given += [f"{name}={value:.6g}" for name, value in self.distribution.kwds.items()]
        return f"{kind}({', '.join(given)})"

    __repr__ = __str__

    def frozen(self) -> Any:
        """It, as it was given."""
        return self.distribution


class _Variable:
    """A random variable of SciPy's newer kind, under the names of the frozen ones."""

    def __init__(self, variable: Any) -> None:
        self.variable = variable
        self.ppf, self.isf = variable.icdf, variable.iccdf
        self.cdf, self.sf = variable.cdf, variable.ccdf


def as_distribution(owner: str, parameter: str, given: Any, name: str = "") -> Distribution:
    """A distribution of the library as it is; one of SciPy as one of the library."""
    if isinstance(given, Distribution):
        return given
    if hasattr(given, "dist") and callable(getattr(given, "ppf", None)):
        return OfScipy(given)
    if callable(getattr(given, "icdf", None)) and callable(getattr(given, "iccdf", None)):
        return OfScipy(_Variable(given))
    rule = f"is not a distribution{f' for {name}' if name else ''}, such as Normal(20, 2)"
    if hasattr(given, "__iter__") and not isinstance(given, (str, bytes, Mapping)):
        rule += "; numbers that were seen are Observed(numbers)"
    raise PricingError(owner, parameter, given, rule)
