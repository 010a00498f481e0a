"""Ordinary least squares with its inference: what a line through data says, and how surely.

The response is a sum of the columns of a design, each times a coefficient, plus independent normal
errors of one size.  Intervals are Student's t, exact for such errors at any number of rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# A column is taken for a combination of the others where this share of it is left beside them.
from lmprice.language.arrays import Array

_COLLINEAR = 1e-10


class Estimate(NamedTuple):
    """A figure and its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Regression:
    """A least squares fit.

    Attributes
    ----------
    coefficients : array
        One for each column of the design.
    spread : array
        The inverse of X'X: times the squared residual error it is the covariance of the
        coefficients.
    residuals : array
        Response less fit, row by row.
    residual_error : float
        Standard deviation of the errors, from the residuals and the degrees of freedom; NaN where
        there are none.
    r_squared : float
        Share of the variance of the response that the fit explains; NaN where there is none.
    """

    coefficients: Array
    spread: Array
    residuals: Array
    residual_error: float
    r_squared: float

    @property
    def rows(self) -> int:
        """How many rows it was fitted to."""
        return len(self.residuals)

    @property
    def degrees(self) -> int:
        """Degrees of freedom: rows less coefficients."""
        return self.rows - len(self.coefficients)

    @property
    def standard_errors(self) -> Array:
        """Standard error of each coefficient."""
        errors: Array = self.residual_error * np.sqrt(np.diag(self.spread))
        return errors

    def coefficient(self, position: int, confidence: float) -> Estimate:
        """A coefficient with its confidence interval."""
        error = float(self.standard_errors[position])
        return self._estimate(float(self.coefficients[position]), error, confidence)

    def prediction(self, row: Array, confidence: float) -> Estimate:
        """The response of a new row with its prediction interval: that of one observation."""
        leverage = float(row @ self.spread @ row)
        error = self.residual_error * math.sqrt(1 + leverage)
        return self._estimate(float(row @ self.coefficients), error, confidence)

    def _estimate(self, value: float, error: float, confidence: float) -> Estimate:
        if not self.degrees:
            return Estimate(value, math.nan, math.nan)
        from scipy.special import stdtrit

        half = float(stdtrit(self.degrees, (1 + confidence) / 2)) * error
        return Estimate(value, value - half, value + half)


def dependent_column(design: Array) -> int | None:
    """The first column that is a combination of those before it, or None."""
    sizes = np.linalg.norm(design, axis=0)
    left = np.abs(np.diag(np.linalg.qr(design / np.where(sizes > 0, sizes, 1), mode="r")))
    # A design with fewer rows than columns has a shorter diagonal: the next one depends.
    missing = np.append(left <= _COLLINEAR, True)
    first = int(np.argmax(missing))
    return first if first < design.shape[1] else None


def least_squares(design: Array, response: Array) -> Regression:
    """Fit a response by the columns of a design (rows by columns, none dependent on others).

    Examples
    --------
    >>> line = least_squares(np.array([[1.0, 0], [1, 1], [1, 2]]), np.array([1.0, 3, 5]))
    >>> line.coefficients.round(12)
    array([1., 2.])
    """
    orthonormal, triangle = np.linalg.qr(design)
    inverse = np.linalg.inv(triangle)
    coefficients = inverse @ (orthonormal.T @ response)
    residuals = response - design @ coefficients
    unexplained = float(residuals @ residuals)
    total = float(np.sum((response - response.mean()) ** 2))
    degrees = len(response) - design.shape[1]
    return Regression(
        coefficients=coefficients,
        spread=inverse @ inverse.T,
        residuals=residuals,
        residual_error=math.sqrt(unexplained / degrees) if degrees else math.nan,
        r_squared=1 - unexplained / total if np.ptp(response) > 0 else math.nan,
    )
