"""Price response: the chance of a sale at a price, learned from offers that were won and lost.

>>> response = fit_price_response([4, 5, 6, 7, 8, 9], [38, 33, 24, 15, 8, 3], trials=40)
>>> print(response)
P(sale) = 1 / (1 + e^-(6.6946 - 1.0256 p)) from 240 offers, 121 of them won
Half of the buyers buy at 6.527; standard errors 0.8316 and 0.1249; cross-entropy 0.4617.
>>> round(response.optimal_price(unit_cost=3), 4)
5.8762
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.demand.optimal_prices import optimal_price_logit
from lmprice.chapters.learning.quantities import OfferedPrice, Outcome
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers, refuse_huge
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import Quantity
from lmprice.language.terms import term
from lmprice.output.framed import Framed, figures

_OWNER = "fit_price_response"

# A Newton step that would lower the loss of an offer by less than this is the last one.
_ENOUGH = 1e-20
_NOISE = 1e-12
_PART = 0.1
_MOST_STEPS = 100
# The square of a difference of prices below it would be next to nothing.
_SMALLEST = 1e-100
# Below twice its standard error a slope may as well be none.
_CLEAR = 2


@dataclass(frozen=True)
class LogitResponse(Framed):
    """The chance of a sale, 1 / (1 + e^-(b0 + b1 p)), as it was fitted.

    Parameters
    ----------
    intercept : float
        b0, the log odds of a sale at price 0.
    slope : float
        b1, the change of the log odds for each USD.
    standard_errors : tuple of two floats
        Of b0 and b1.
    cross_entropy : float
        Mean over the offers, in nats; times their number it is the negative log likelihood.
    offers : int
        How many offers it was fitted to.
    won : float
        How many of them were won.
    """

    intercept: float
    slope: float
    standard_errors: tuple[float, float]
    cross_entropy: float
    offers: float
    won: float

    @property
    def even_price(self) -> float:
        """The price at which a sale is as likely as none; NaN where the price does not matter."""
        return -self.intercept / self.slope if self.slope else math.nan

    def probability(self, price: Values) -> float | Array:
        """The chance of a sale at a price; an array for an array.

        Parameters
        ----------
        price : float or array
            Price of one unit (USD per unit), as the fit had it.
        """
        from scipy.special import expit

        prices = numbers("LogitResponse.probability", "price", price, term(OfferedPrice))
        chance: Array = np.asarray(expit(self.intercept + self.slope * prices))
        return chance if chance.ndim else float(chance)

    def optimal_price(self, unit_cost: float) -> float:
        """The price with the highest expected profit: `optimal_price_logit` of this response.

        Parameters
        ----------
        unit_cost : float
            Variable cost of one unit (USD per unit; at least 0).

        Raises
        ------
        PricingError
            The slope is not below 0: the dearer the better, so that no price is the best.
        """
        return optimal_price_logit(self.intercept, self.slope, unit_cost)

    def __str__(self) -> str:
        """The response in two lines, and a warning where the slope is not clearly below 0."""
        sign = "-" if self.slope < 0 else "+"
        first, second = self.standard_errors
        lines = [
            f"P(sale) = 1 / (1 + e^-({self.intercept:.5g} {sign} {abs(self.slope):.5g} p)) "
            f"from {self.offers:g} offers, {self.won:g} of them won",
            f"Half of the buyers buy at {self.even_price:.4g}; standard errors {first:.4g} and "
            f"{second:.4g}; cross-entropy {self.cross_entropy:.4f}.",
        ]
        if self.slope > -_CLEAR * second:
            lines.append(
                "The slope is not clearly below 0: too little evidence that a higher price sells "
                "less."
            )
        return "\n".join(lines)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One row: the coefficients with their standard errors, and how well they fit."""
        intercept, slope = self.standard_errors
        return [figures(self) | {"intercept_error": intercept, "slope_error": slope}]


@paired("prices", "outcomes", "trials")
def fit_price_response(
    prices: Values,
    outcomes: Values,
    trials: Values | None = None,
) -> LogitResponse:
    """Fit the chance of a sale to offers that were won or lost: a logistic regression on the price.

    Parameters
    ----------
    prices : sequence of floats
        The price of each offer, or of each group of offers (USD per unit).  It may be the
        difference to a rival's price, and so below 0.
    outcomes : sequence of floats or bools
        1 for an offer that was won and 0 for one that was lost; with ``trials``, how many of the
        group were won.
    trials : float or sequence of floats, optional
        How many offers each group had, or one number for all groups.

    Returns
    -------
    LogitResponse
        Its ``intercept`` and ``slope`` are arguments of `optimal_price_logit` and `logit_demand`.

    Raises
    ------
    PricingError
        A value is not a number or out of its range, the lengths differ, all prices are the same,
        or one price parts all that was won from all that was lost.  The last case has no finite
        answer: the steeper the slope, the better the fit.

    Notes
    -----
    The coefficients with the smallest `cross_entropy`, which are those of the largest likelihood,
    found by Newton's method.  Standard errors are from the inverse of the Fisher information.

    Examples
    --------
    >>> response = fit_price_response([3, 4, 5, 6, 7, 8], [1, 1, 0, 1, 0, 0])
    >>> round(response.even_price, 6), response.slope < 0
    (5.5, True)
    """
    at = numbers(_OWNER, "prices", prices, term(OfferedPrice))
    refuse_huge(_OWNER, "prices", at)
    won, offered = _counts(at, outcomes, trials)
    _check_overlap(at, won, offered)
    # Newton's steps do not depend on the scale, but their arithmetic does.
    middle, spread = float(at.mean()), float(at.std())
    design = np.column_stack([np.ones_like(at), (at - middle) / spread])
    coefficients, information, loss = _newton(design, won, offered)
    back = np.array([[1, -middle / spread], [0, 1 / spread]])
    intercept, slope = back @ coefficients
    errors = np.sqrt(np.diag(back @ np.linalg.inv(information) @ back.T))
    return LogitResponse(
        intercept=float(intercept),
        slope=float(slope),
        standard_errors=(float(errors[0]), float(errors[1])),
        cross_entropy=loss,
        offers=float(offered.sum()),
        won=float(won.sum()),
    )


def _counts(at: Array, outcomes: Any, trials: Any) -> tuple[Array, Array]:
    """How many offers of each row were won, and how many there were."""
    # What is no row at all is refused below.
    with contextlib.suppress(ValueError):
        if np.asarray(outcomes).dtype == bool:
            outcomes = np.asarray(outcomes, dtype=np.float64)
    kind = term(Outcome if trials is None else Quantity)
    won = numbers(_OWNER, "outcomes", outcomes, kind)
    if at.ndim == 0:
        raise PricingError(_OWNER, "prices", float(at), "is not a column of numbers")
    if not at.size:
        raise PricingError(_OWNER, "prices", [], "has no rows")
    if won.shape != at.shape:
        rule = f"is a shape that is not that of the prices, {at.shape}"
        raise PricingError(_OWNER, "outcomes", won.shape, rule)
    if trials is None:
        bad = (won != 0) & (won != 1)
        _refuse(bad, won, "is neither 0 nor 1; for groups of offers give trials")
        return won, np.ones_like(won)
    offered = numbers(_OWNER, "trials", trials, term(Quantity))
    if offered.shape not in ((), at.shape):
        rule = f"is a shape that is not that of the prices, {at.shape}"
        raise PricingError(_OWNER, "trials", offered.shape, rule)
    refuse_huge(_OWNER, "trials", offered)
    offered = np.broadcast_to(offered, at.shape)
    _refuse(won > offered, won, "is more than the trials")
    return won, offered


def _refuse(bad: NDArray[np.bool_], values: Array, rule: str) -> None:
    if bad.any():
        first = int(np.argmax(bad))
        raise PricingError(_OWNER, "outcomes", values[first], rule, (first,), bad)


def _check_overlap(at: Array, won: Array, offered: Array) -> None:
    """Raise where no finite coefficients fit best."""
    sales, refusals = at[won > 0], at[won < offered]
    if not sales.size or not refusals.size:
        every = "lost" if refusals.size else "won"
        rule = f"is the number of sales: every offer was {every}, which says nothing about prices"
        raise PricingError(_OWNER, "outcomes", float(won.sum()), rule)
    tried = at[offered > 0]
    if np.ptp(tried) == 0:
        raise PricingError(_OWNER, "prices", float(tried[0]), "is the only price")
    if np.ptp(tried) < _SMALLEST:
        raise PricingError(
            _OWNER, "prices", float(tried[0]), "is too close to the others for a fit"
        )
    for edge, other in ((sales, refusals), (refusals, sales)):
        if edge.max() <= other.min():
            kind = "won" if edge is sales else "lost"
            rule = (
                f"parts the offers perfectly, what was {kind} below it from the others above: no "
                "finite slope fits best; offer prices on both sides until they overlap"
            )
            raise PricingError(_OWNER, "prices", float(edge.max()), rule)


def _newton(design: Array, won: Array, offered: Array) -> tuple[Array, Array, float]:
    """The coefficients with the smallest cross-entropy, their information and that minimum."""
    from scipy.special import expit, log_expit

    total = float(offered.sum())

    def loss(coefficients: Array) -> float:
        odds = design @ coefficients
        likelihood = won @ log_expit(odds) + (offered - won) @ log_expit(-odds)
        return float(-likelihood / total)

    def derivatives(coefficients: Array) -> tuple[Array, Array]:
        odds = design @ coefficients
        slope: Array = design.T @ (won - offered * expit(odds))
        # Of odds this high, 1 - expit(odds) would be nothing.
        information: Array = (design.T * (offered * expit(odds) * expit(-odds))) @ design
        return slope, information

    coefficients = np.zeros(2)
    for _ in range(_MOST_STEPS):
        slope, information = derivatives(coefficients)
        step = np.linalg.solve(information, slope)
        decrease = float(step @ slope) / total
        # A full step may go too far where the loss is far from a parabola: it must bring a part of
        # what it promises.
        share = 1.0
        enough = loss(coefficients) + _NOISE
        while loss(coefficients + share * step) > enough - _PART * share * decrease:
            share /= 2
        coefficients = coefficients + share * step
        if decrease <= _ENOUGH:
            break
    return coefficients, derivatives(coefficients)[1], loss(coefficients)
