"""All internal rates of return of a row of cash flows.

In u = ln(1 + r) the net present value is a sum of exponentials, f(u) = Σ flow_t e^(-t u).  Multiply
it by e^(k u), with k between the two flows of one change of sign: the derivative of that has one
change of sign less.  Its roots, found in the same way, cut the line into pieces on each of which f
has one root at most.  So no root is missed, whatever the flows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lmprice.chapters.investment.quantities import CashFlow
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers
from lmprice.language.errors import PricingError
from lmprice.language.terms import term

_EPSILON = np.finfo(np.float64).eps
_HALVINGS = 100


def internal_rates(cash_flows: Sequence[float] | Values) -> tuple[float, ...]:
    """All discount rates above -100 % at which cash flows are worth nothing, in ascending order.

    Parameters
    ----------
    cash_flows : sequence of floats
        What comes in (below 0: goes out), one a period, the first one now (USD).

    Returns
    -------
    tuple of floats
        The rates, as fractions a period: none where all flows have the same sign, one where the
        sign changes once, and possibly several where it changes more often.  A rate at which the
        net present value touches zero without crossing it is there once.

    Raises
    ------
    PricingError
        A flow is not a finite number, or flows are so different in size that a rate is beyond
        64-bit floats.

    References
    ----------
    OpenStax, *Principles of Finance*, chapter 16, on flows with two internal rates.

    Examples
    --------
    >>> [round(rate, 6) for rate in internal_rates([-350, 950, -620])]
    [0.091797, 0.622488]
    """
    flows = numbers("internal_rates", "cash_flows", cash_flows, term(CashFlow))
    rates = rates_of(np.atleast_1d(flows))
    if not all(map(math.isfinite, rates)):
        rule = "has flows so different in size that a rate is beyond 64-bit floats"
        raise PricingError("internal_rates", "cash_flows", cash_flows, rule)
    return rates


def rates_of(flows: Array) -> tuple[float, ...]:
    """The rates of flows that are known to be finite; NaN for one beyond 64-bit floats."""
    (periods,) = np.nonzero(flows)
    flows = flows[periods]
    roots = _roots(np.sign(flows), np.log(np.abs(flows)), periods.astype(np.float64))
    with np.errstate(over="ignore"):
        rates = np.expm1(roots)
    return tuple(float(rate) if -1 < rate < np.inf else math.nan for rate in rates)


def _roots(signs: Array, logs: Array, periods: Array) -> Array:
    """The roots u, ascending, of Σ flow e^(-period u), from the signs and logarithms of flows."""
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if not changes.size:
        return np.empty(0)
    middle = (periods[changes[0]] + periods[changes[0] + 1]) / 2
    first, last = _end(logs, periods, -1), _end(logs, periods, 0)
    away = middle - periods
    turns = _roots(signs * np.sign(away), logs + np.log(np.abs(away)), periods)
    turns = turns[(turns > first) & (turns < last)]
    ends = np.concatenate([[first], turns, [last]])
    values, rounding = _values(signs, logs, periods, ends)
    values[np.abs(values) <= rounding] = 0
    touching = ends[values == 0]
    crossed = values[:-1] * values[1:] < 0
    low, high, sign = ends[:-1][crossed], ends[1:][crossed], np.sign(values[:-1][crossed])
    for _ in range(_HALVINGS):
        centre = (low + high) / 2
        before = np.sign(_values(signs, logs, periods, centre)[0]) == sign
        low, high = np.where(before, centre, low), np.where(before, high, centre)
    return np.sort(np.concatenate([touching, (low + high) / 2]))


def _values(signs: Array, logs: Array, periods: Array, at: Array) -> tuple[Array, Array]:
    """The sum at each u, in units of its largest term, and how much of it may be rounding."""
    logs = logs - np.outer(at, periods)
    terms = np.exp(logs - logs.max(axis=1, keepdims=True))
    rounding = 4 * _EPSILON * np.sum(terms * (1 + np.abs(logs)), axis=1)
    return terms @ signs, rounding


def _end(logs: Array, periods: Array, side: int) -> float:
    """A u beyond which the first (side 0) or the last (side -1) flow outweighs all the others."""
    others = np.delete(periods, side)
    # There, each of the others is at most its share of this one.
    weights = np.delete(logs, side) - logs[side] + np.log(len(others))
    bounds = weights / (others - periods[side])
    return float(bounds.max() + 1 if side == 0 else bounds.min() - 1)
