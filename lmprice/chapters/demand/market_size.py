"""Logistic demand: the size of a market and what it pays, learned from prices and quantities.

>>> demand = fit_logistic_demand([14, 17, 18, 19, 22], [461, 493, 469, 339, 60])
>>> print(demand)
quantity = 490.6 / (1 + e^((p - 19.93) / 0.8935)): R² 0.9777, residual error 38.11 (5 observations)
>>> round(demand.optimal_price(unit_cost=0), 4)
17.3322
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.demand.optimal_prices import optimal_price_logit
from lmprice.chapters.learning.regression import dependent_column
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import Quantity, UnitPrice
from lmprice.language.terms import term
from lmprice.output.framed import Framed, figures

_OWNER = "fit_logistic_demand"
_COEFFICIENTS = 3

# Where the search starts, in units of the spread of prices: midpoints and scales.
_MIDPOINTS = np.linspace(-3, 3, 61)
_SCALES = np.geomspace(0.01, 3, 31)
_STARTS = 5
_STEEPEST = 50
# A market this many times as large as anything that was sold is not seen in the data.
_LARGEST_MARKET = 100


@dataclass(frozen=True)
class LogisticDemand(Framed):
    """Demand N / (1 + e^((p - u) / s)), as it was fitted.

    Parameters
    ----------
    market_size : float
        N, the quantity if every buyer bought (units).
    midpoint : float
        u, the price at which half of the market buys (USD per unit).
    scale : float
        s, how far prices spread around it (USD per unit): 1 / s is the slope of the log odds.
    standard_errors : tuple of three floats
        Of N, u and s; NaN where there are three observations only.
    r_squared : float
        Share of the variance of the quantity that the curve explains.
    residual_error : float
        Standard deviation of the quantity around the curve (units); NaN where there are three
        observations only.
    rows : int
        How many observations it was fitted to.
    """

    market_size: float
    midpoint: float
    scale: float
    standard_errors: tuple[float, float, float]
    r_squared: float
    residual_error: float
    rows: int

    @property
    def intercept(self) -> float:
        """The intercept u / s that `logit_demand` and `optimal_price_logit` ask for."""
        return self.midpoint / self.scale

    @property
    def slope(self) -> float:
        """The slope -1 / s that `logit_demand` and `optimal_price_logit` ask for."""
        return -1 / self.scale

    def quantity(self, price: Values) -> float | Array:
        """The quantity demanded at a price (units); an array for an array.

        Parameters
        ----------
        price : float or array
            Price of one unit (USD per unit; at least 0).
        """
        from scipy.special import expit

        prices = numbers("LogisticDemand.quantity", "price", price, term(UnitPrice))
        units: Array = np.asarray(self.market_size * expit((self.midpoint - prices) / self.scale))
        return units if units.ndim else float(units)

    def optimal_price(self, unit_cost: float = 0.0) -> float:
        """The price with the highest profit, and without a unit cost that with the most revenue.

        Parameters
        ----------
        unit_cost : float, default 0
            Variable cost of one unit (USD per unit; at least 0).
        """
        return optimal_price_logit(self.intercept, self.slope, unit_cost)

    def __str__(self) -> str:
        """The curve and its fit in one line."""
        observed = f"({self.rows} observations)"
        error = f"residual error {self.residual_error:.4g} {observed}"
        if math.isnan(self.residual_error):
            error = f"an exact fit {observed}: nothing is known of its error"
        return (
            f"quantity = {self.market_size:.4g} / (1 + e^((p - {self.midpoint:.4g}) / "
            f"{self.scale:.4g})): R² {self.r_squared:.4f}, {error}"
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """One row: the three parameters with their standard errors, and how well they fit."""
        names = ("market_size_error", "midpoint_error", "scale_error")
        return [figures(self) | dict(zip(names, self.standard_errors, strict=True))]


@paired("prices", "quantities")
def fit_logistic_demand(prices: Values, quantities: Values) -> LogisticDemand:
    """Fit the size of a market and its willingness to pay to prices and quantities sold.

    Parameters
    ----------
    prices : sequence of floats
        The price of each observation (USD per unit; at least 0).
    quantities : sequence of floats
        What was sold at it (units; at least 0).

    Returns
    -------
    LogisticDemand
        ``optimal_price(unit_cost)`` is the best price on it; without a unit cost, the one with the
        most revenue.

    Raises
    ------
    PricingError
        A value is not a number or out of its range, the lengths differ, there are fewer than three
        different prices, or the quantities do not show both a fall and where it begins: then they
        do not tell the three coefficients apart.

    Notes
    -----
    Nonlinear least squares.  The search starts from the five best points of a grid of midpoints and
    scales, each with the market size that fits it best.

    Examples
    --------
    >>> demand = fit_logistic_demand([1, 2, 3, 4], [90, 75, 50, 25])
    >>> round(demand.quantity(demand.midpoint) / demand.market_size, 12)
    0.5
    """
    at = numbers(_OWNER, "prices", prices, term(UnitPrice))
    sold = numbers(_OWNER, "quantities", quantities, term(Quantity))
    _check_rows(at, sold)
    middle, spread, most = float(at.mean()), float(at.max() - at.min()), float(sold.max())
    places, shares = (at - middle) / spread, sold / most
    (share, midpoint, log_scale), jacobian, residuals = _best(places, shares)
    flat = sold.min() == sold.max()
    if flat or share > _LARGEST_MARKET or dependent_column(jacobian) is not None:
        rule = (
            "is the number of observations, which do not tell its three coefficients apart: they "
            "must show the level that demand falls from, and prices on the fall itself"
        )
        raise PricingError(_OWNER, "quantities", len(sold), rule)
    scale = math.exp(log_scale)
    degrees = len(sold) - _COEFFICIENTS
    error = math.sqrt(residuals @ residuals / degrees) if degrees else math.nan
    errors = error * np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian)))
    in_units = errors * [most, spread, spread * scale]
    return LogisticDemand(
        market_size=most * share,
        midpoint=middle + spread * midpoint,
        scale=spread * scale,
        standard_errors=(float(in_units[0]), float(in_units[1]), float(in_units[2])),
        r_squared=float(1 - residuals @ residuals / np.sum((shares - shares.mean()) ** 2)),
        residual_error=most * error,
        rows=len(sold),
    )


def _check_rows(at: Array, sold: Array) -> None:
    if at.ndim == 0:
        raise PricingError(_OWNER, "prices", float(at), "is not a column of numbers")
    if sold.shape != at.shape:
        rule = f"is a shape that is not that of the prices, {at.shape}"
        raise PricingError(_OWNER, "quantities", sold.shape, rule)
    different = len(np.unique(at))
    if different < _COEFFICIENTS:
        rule = f"is the number of different prices: the curve takes at least {_COEFFICIENTS}"
        raise PricingError(_OWNER, "prices", different, rule)
    if sold.max() == 0:
        raise PricingError(_OWNER, "quantities", 0.0, "is all that was sold")


def _best(places: Array, shares: Array) -> tuple[tuple[float, float, float], Array, Array]:
    """The best coefficients (size, midpoint, logarithm of scale), the jacobian and residuals."""
    from scipy.optimize import least_squares
    from scipy.special import expit

    def steepness(x: Array) -> float:
        # On its way to a cliff, or to no fall at all, the search must not overflow.
        return math.exp(min(max(-x[2], -_STEEPEST), _STEEPEST))

    def residuals(x: Array) -> Array:
        gaps: Array = x[0] * expit((x[1] - places) * steepness(x)) - shares
        return gaps

    def jacobian(x: Array) -> Array:
        odds = (x[1] - places) * steepness(x)
        bought = expit(odds)
        slope = x[0] * bought * (1 - bought)
        return np.column_stack([bought, slope * steepness(x), -slope * odds])

    midpoints, scales = (a.ravel() for a in np.meshgrid(_MIDPOINTS, _SCALES))
    bought = expit((midpoints[:, np.newaxis] - places) / scales[:, np.newaxis])
    sizes = (bought @ shares) / np.maximum(np.sum(bought**2, axis=1), np.finfo(float).tiny)
    losses = np.sum((sizes[:, np.newaxis] * bought - shares) ** 2, axis=1)
    found = [
        least_squares(
            residuals,
            [sizes[i], midpoints[i], math.log(scales[i])],
            jac=jacobian,  # pyright: ignore[reportArgumentType]
            method="lm",
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
        )
        for i in np.argsort(losses, kind="stable")[:_STARTS]
    ]
    best = min(found, key=lambda fit: fit.cost)
    size, midpoint, log_scale = best.x.tolist()
    return (size, midpoint, log_scale), best.jac, best.fun
