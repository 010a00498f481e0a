"""Cost curves: fixed and variable cost learned from what was observed.

>>> curve = fit_cost_curve([10, 50, 100, 200], [205, 590, 1110, 2095])
>>> print(curve)
cost = 102 + 9.978 x: R² 0.9999, residual error 10.95 (4 observations)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from lmprice.chapters.learning.gradient import gradient_descent
from lmprice.chapters.learning.regression import dependent_column, least_squares
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import check_word, numbers, refuse_huge, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import Cost, Quantity
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.framed import Framed, FramedTuple, figures

_OWNER = "fit_cost_curve"
_CONFIDENCE = Term(
    Text("Confidence", "置信水平"),
    FRACTION,
    Text("Confidence of the interval", "区间的置信水平"),
    gt=0,
    lt=1,
)
_DEGREES = {"linear": 1, "quadratic": 2}
_METHODS = ("least squares", "gradient descent")

# On an orthogonal basis every step of this rate halves the distance to the best curve, so that
# after so many nothing is left of it in 64-bit floats.
_LEARNING_RATE = 0.25
_STEPS = 80
_ROUNDING = 1e-14
# The square of a spread below it would be next to nothing.
_SMALLEST = 1e-100


class _CostPrediction(NamedTuple):
    cost: float
    low: float
    high: float


class CostPrediction(_CostPrediction, FramedTuple):
    """A cost on the curve, and the interval in which one observation will lie (USD)."""


@dataclass(frozen=True)
class CostCurve(Framed):
    """A cost curve a x² + b x + F, with how well it fits.

    Parameters
    ----------
    fixed_cost : float
        F (USD).
    linear : float
        b (USD per unit): the unit cost where the curve is a line.
    quadratic : float
        a (USD per unit squared); 0 where the curve is a line.
    standard_errors : tuple of three floats
        Of F, b and a; NaN where there are as many observations as coefficients, 0 for what was not
        fitted.
    r_squared : float
        Share of the variance of cost that the curve explains; NaN where cost does not vary.
    residual_error : float
        Standard deviation of cost around the curve (USD); NaN where there are as many observations
        as coefficients.
    rows : int
        How many observations it was fitted to.
    method : str
        How it was fitted.
    spread : array
        Covariance of F, b and a over the squared residual error.
    """

    fixed_cost: float
    linear: float
    quadratic: float
    standard_errors: tuple[float, float, float]
    r_squared: float
    residual_error: float
    rows: int
    method: str
    spread: Array = field(repr=False, compare=False)

    def prediction(self, quantity: float, confidence: float = 0.9) -> CostPrediction:
        """The cost of a quantity, and the interval in which the cost of one period will lie.

        Parameters
        ----------
        quantity : float
            Units (at least 0).
        confidence : float, default 0.9
            Confidence of the interval (above 0 and below 1), by Student's t.

        Returns
        -------
        CostPrediction
            cost, low, high (USD); the interval of an exact fit is NaN.
        """
        owner = "CostCurve.prediction"
        units = single_number(owner, "quantity", quantity, term(Quantity))
        level = single_number(owner, "confidence", confidence, _CONFIDENCE)
        middle = (self.quadratic * units + self.linear) * units + self.fixed_cost
        degrees = self.rows - len(self.spread)
        if not degrees:
            return CostPrediction(middle, math.nan, math.nan)
        from scipy.special import stdtrit

        row = units ** np.arange(len(self.spread))
        error = self.residual_error * math.sqrt(1 + float(row @ self.spread @ row))
        half = float(stdtrit(degrees, (1 + level) / 2)) * error
        return CostPrediction(middle, middle - half, middle + half)

    def cost(self, quantity: Values) -> float | Array:
        """The cost of a quantity on the curve (USD); an array for an array.

        Parameters
        ----------
        quantity : float or array
            Units (at least 0).
        """
        units = numbers("CostCurve.cost", "quantity", quantity, term(Quantity))
        total: Array = (self.quadratic * units + self.linear) * units + self.fixed_cost
        return total if total.ndim else float(total)

    def __str__(self) -> str:
        """The curve and its fit in one line, and a warning where it cannot hold near 0."""
        parts = [f"cost = {self.fixed_cost:.4g}"]
        powers = ((self.linear, "x"), (self.quadratic, "x²"))
        parts += [_signed(value, power) for value, power in powers if value]
        observed = f"({self.rows} observations)"
        if math.isnan(self.r_squared):
            return f"{' '.join(parts)}: the cost does not vary {observed}"
        error = f"residual error {self.residual_error:.4g} {observed}"
        if math.isnan(self.residual_error):
            error = f"an exact fit {observed}: nothing is known of its error"
        lines = [f"{' '.join(parts)}: R² {self.r_squared:.4f}, {error}"]
        if self.fixed_cost < 0:
            lines.append("The fixed cost is below 0: the curve does not hold for small quantities.")
        return "\n".join(lines)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One row: the coefficients with their standard errors, and how well they fit."""
        names = ("fixed_cost_error", "linear_error", "quadratic_error")
        return [figures(self) | dict(zip(names, self.standard_errors, strict=True))]


def _signed(value: float, power: str) -> str:
    return f"{'-' if value < 0 else '+'} {abs(value):.4g} {power}"


@paired("quantities", "costs")
def fit_cost_curve(
    quantities: Values,
    costs: Values,
    curve: Literal["linear", "quadratic"] = "linear",
    method: Literal["least squares", "gradient descent"] = "least squares",
) -> CostCurve:
    """Fit fixed cost and variable cost to observed quantities and costs.

    Parameters
    ----------
    quantities : sequence of floats
        Units of each period (at least 0).
    costs : sequence of floats
        Total cost of the same period (USD).
    curve : {"linear", "quadratic"}, default "linear"
        b x + F, or a x² + b x + F.
    method : {"least squares", "gradient descent"}, default "least squares"
        Solve for the smallest mean squared error, or walk down to it.

    Returns
    -------
    CostCurve
        Its ``fixed_cost``, ``linear`` and ``quadratic`` are arguments of `cost`, `quadratic_cost`,
        `breakeven_quantity` and their like.

    Raises
    ------
    PricingError
        A value is not a number or out of its range, the lengths differ, or there are fewer
        different quantities than coefficients.

    Notes
    -----
    Both methods work on quantities centred and scaled to [-1, 1].  Gradient descent needs more than
    that to come near the answer in any number of steps, so its columns are made orthogonal as well;
    then each step halves the distance, and 80 of them give the same curve as least squares to
    rounding.

    Examples
    --------
    >>> quantities = [0, 10, 20, 30, 40]
    >>> costs = [0.1 * x**2 + 10 * x + 100 for x in quantities]
    >>> found = fit_cost_curve(quantities, costs, "quadratic", method="gradient descent")
    >>> [round(number, 9) for number in (found.quadratic, found.linear, found.fixed_cost)]
    [0.1, 10.0, 100.0]
    """
    units = numbers(_OWNER, "quantities", quantities, term(Quantity))
    paid = numbers(_OWNER, "costs", costs, term(Cost))
    check_word(_OWNER, "curve", curve, _DEGREES)
    check_word(_OWNER, "method", method, _METHODS)
    if units.ndim == 0:
        raise PricingError(_OWNER, "quantities", quantities, "is not a column of numbers")
    if units.shape != paid.shape:
        rule = f"is not as long as the {len(units)} quantities"
        raise PricingError(_OWNER, "costs", costs, rule)
    refuse_huge(_OWNER, "quantities", units)
    refuse_huge(_OWNER, "costs", paid)
    degree = _DEGREES[curve]
    middle, spread, design = _scaled(units, degree)
    found = least_squares(design, paid)
    coefficients = found.coefficients
    if method == "gradient descent":
        coefficients = _descended(design, paid)
    # What is nothing beside the largest cost, or beside its own parts, is rounding.
    coefficients = np.where(np.abs(coefficients) > _ROUNDING * np.abs(paid).max(), coefficients, 0)
    residuals = paid - design @ coefficients
    back = _unscaling(middle, spread)[: degree + 1, : degree + 1]
    found_in_units = back @ coefficients
    parts = np.abs(back) @ np.abs(coefficients)
    found_in_units = np.where(np.abs(found_in_units) > _ROUNDING * parts, found_in_units, 0)
    fixed, linear, quadratic = [*found_in_units.tolist(), 0.0][:3]
    error = math.sqrt(residuals @ residuals / found.degrees) if found.degrees else math.nan
    errors = error * np.sqrt(np.diag(back @ found.spread @ back.T))
    varies = np.ptp(paid) > 0
    return CostCurve(
        fixed_cost=fixed,
        linear=linear,
        quadratic=quadratic,
        standard_errors=tuple([*errors.tolist(), 0.0][:3]),
        r_squared=float(1 - residuals.var() / paid.var()) if varies else math.nan,
        residual_error=error,
        rows=len(units),
        method=method,
        spread=back @ found.spread @ back.T,
    )


def _scaled(units: Array, degree: int) -> tuple[float, float, Array]:
    """The middle of the quantities, their spread, and the powers of what is centred and scaled."""
    different = len(np.unique(units))
    if different <= degree:
        rule = f"is the number of different quantities: the curve takes at least {degree + 1}"
        raise PricingError(_OWNER, "quantities", different, rule)
    middle = float(units.mean())
    spread = float(np.max(np.abs(units - middle)))
    design = np.vander((units - middle) / spread, degree + 1, increasing=True)
    if spread < _SMALLEST or dependent_column(design) is not None:
        rule = "is the number of different quantities, but some are too close to tell them apart"
        raise PricingError(_OWNER, "quantities", different, rule)
    return middle, spread, design


def _unscaling(middle: float, spread: float) -> Array:
    """What turns coefficients of ((x - middle) / spread)^k into coefficients of x^k."""
    shift = middle / spread
    return np.array(
        [
            [1, -shift, shift**2],
            [0, 1 / spread, -2 * shift / spread],
            [0, 0, 1 / spread**2],
        ]
    )


def _descended(design: Array, paid: Array) -> Array:
    """The coefficients with the smallest mean squared error, found by gradient descent."""
    orthonormal, triangle = np.linalg.qr(design)
    basis = math.sqrt(len(paid)) * orthonormal

    def slope_of_mse(weights: Array) -> Array:
        slope: Array = 2 / len(paid) * (basis.T @ (basis @ weights - paid))
        return slope

    start = np.zeros(design.shape[1])
    descent = gradient_descent(slope_of_mse, start, _LEARNING_RATE, _STEPS)
    weights = math.sqrt(len(paid)) * np.asarray(descent.point)
    return np.asarray(np.linalg.solve(triangle, weights), dtype=np.float64)
