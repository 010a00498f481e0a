"""Elasticity from observations: a curve of constant elasticity, or a straight line, and how sure.

>>> demand = fit_demand([10, 12, 14, 16, 18, 20], [160, 118, 97, 78, 66, 55])
>>> print(demand)
quantity = 5203 p^-1.515, 6 observations:
elasticity -1.515 (90 % interval -1.574 to -1.456).
R² 0.9987; a quantity is typically off by 1.6 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from lmprice.chapters.learning.regression import Regression, dependent_column, least_squares
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers, refuse_huge, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import Quantity, UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.framed import Framed

Form: TypeAlias = Literal["log-log", "linear"]

_OWNER = "fit_demand"
_CONFIDENCE = Term(
    Text("Confidence", "置信水平"),
    FRACTION,
    Text("Confidence of the intervals", "区间的置信水平"),
    gt=0,
    lt=1,
)


class Figure(NamedTuple):
    """A figure and its interval; NaN where there are as many observations as coefficients."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class DemandFit(Framed):
    """A demand curve fitted to prices and quantities; ``str(fit)`` says what it means.

    Attributes
    ----------
    form : str
        "log-log", ``scale * price ** elasticity``, or "linear", ``intercept - slope * price``.
    level : float
        The scale A, or the intercept a (units).
    slope : float
        The elasticity E, or the units b that each further USD costs.
    elasticity : Figure
        Price elasticity with its interval: everywhere, or at the mean price and quantity.
    confidence : float
        Confidence of the intervals.
    r_squared : float
        Share of the variance that the fit explains, of the logarithm or of the quantity.
    residual_error : float
        Standard deviation of the logarithm, or of the quantity, beside the curve.
    rows : int
        Observations it was fitted to.
    regression : Regression
        The least squares fit.
    """

    form: Form
    level: float
    slope: float
    elasticity: Figure
    confidence: float
    r_squared: float
    residual_error: float
    rows: int
    regression: Regression = field(repr=False)

    def quantity(self, price: float, *, confidence: float | None = None) -> Figure:
        """The quantity at a price, and the interval in which one observation will lie.

        Parameters
        ----------
        price : float
            Price of one unit (USD; above 0 for a log-log curve).
        confidence : float, optional
            Confidence of the interval; that of the fit by default.
        """
        owner = "DemandFit.quantity"
        at = single_number(owner, "price", price, term(UnitPrice))
        level = self.confidence
        if confidence is not None:
            level = single_number(owner, "confidence", confidence, _CONFIDENCE)
        if self.form == "linear":
            return Figure(*self.regression.prediction(np.array([1.0, at]), level))
        if not at > 0:
            raise PricingError(owner, "price", at, "is not above 0, as the curve asks for")
        logs = self.regression.prediction(np.array([1.0, math.log(at)]), level)
        return Figure(*map(math.exp, logs))

    def __str__(self) -> str:
        sign = "-" if self.slope > 0 else "+"
        curve = (
            f"{self.level:.4g} p^{self.slope:.4g}"
            if self.form == "log-log"
            else f"{self.level:.4g} {sign} {abs(self.slope):.4g} p"
        )
        value, low, high = self.elasticity
        where = "" if self.form == "log-log" else " at the mean price"
        known = f"{100 * self.confidence:g} % interval {low:.4g} to {high:.4g}"
        interval = "no interval" if math.isnan(low) else known
        off = f"{100 * math.expm1(min(self.residual_error, 300)):.2g} %"
        if self.form == "linear":
            off = f"{self.residual_error:.4g} units"
        lines = [
            f"quantity = {curve}, {self.rows} observations:",
            f"elasticity {value:.4g}{where} ({interval}).",
        ]
        if math.isfinite(self.residual_error):
            lines.append(f"R² {self.r_squared:.4f}; a quantity is typically off by {off}.")
        if high >= 0:
            lines.append("The interval reaches 0: too little evidence that a price matters.")
        return "\n".join(lines)


@paired("prices", "quantities")
def fit_demand(
    prices: Values,
    quantities: Values,
    form: Form = "log-log",
    *,
    confidence: float = 0.9,
) -> DemandFit:
    """Fit a demand curve to prices and the quantities that were sold at them.

    Parameters
    ----------
    prices : column of floats
        The price of each observation (USD per unit; above 0 for a log-log curve).
    quantities : column of floats
        What was sold at it (units; above 0 for a log-log curve).
    form : {"log-log", "linear"}
        Constant elasticity, q = A p^E, whose logarithm is a line; or a straight line, q = a - b p.
    confidence : float, default 0.9
        Confidence of the intervals.

    Returns
    -------
    DemandFit
        Elasticity with interval, the curve, and quantities with prediction intervals.  Its
        ``slope`` is an argument of `markup_price` (log-log), ``level`` and ``slope`` are of
        `optimal_price_linear` (linear).

    Raises
    ------
    PricingError
        A value is not a number or out of its range, the lengths differ, or all prices are the same.

    Notes
    -----
    Ordinary least squares, intervals by Student's t.  They hold where the price did not answer to
    demand itself: a price that is raised when demand is high hides how much it costs.  The interval
    of the elasticity of a line, -b p / q at the means, is that of b.

    Examples
    --------
    >>> fit = fit_demand([10, 12, 14, 16, 18, 20], [5000 * p**-1.5 for p in range(10, 21, 2)])
    >>> round(fit.elasticity.value, 9)
    -1.5
    """
    if not isinstance(form, str) or form not in get_args(Form):
        raise PricingError(_OWNER, "form", form, f"is none of {', '.join(get_args(Form))}")
    level = single_number(_OWNER, "confidence", confidence, _CONFIDENCE)
    at = _column("prices", prices, UnitPrice, is_log=form == "log-log")
    sold = _column("quantities", quantities, Quantity, is_log=form == "log-log")
    if at.shape != sold.shape:
        rule = f"is the number of rows, but prices has {len(at)}"
        raise PricingError(_OWNER, "quantities", len(sold), rule)
    x, y = (np.log(at), np.log(sold)) if form == "log-log" else (at, sold)
    design = np.column_stack([np.ones(len(x)), x])
    if len(x) < 2 or dependent_column(design) is not None:
        raise PricingError(_OWNER, "prices", float(at[0]), "is the only price")
    line = least_squares(design, y)
    slope, low, high = line.coefficient(1, level)
    start = float(line.coefficients[0])
    if form == "log-log":
        start, elasticity = math.exp(start), Figure(slope, low, high)
    else:
        share = float(at.mean() / sold.mean()) if sold.mean() > 0 else math.nan
        elasticity, slope = Figure(slope * share, low * share, high * share), -slope
    return DemandFit(
        form=form,
        level=start,
        slope=slope,
        elasticity=elasticity,
        confidence=level,
        r_squared=line.r_squared,
        residual_error=line.residual_error,
        rows=line.rows,
        regression=line,
    )


def _column(name: str, values: Values, kind: Any, *, is_log: bool) -> Array:
    found = numbers(_OWNER, name, values, term(kind))
    if found.ndim == 0:
        raise PricingError(_OWNER, name, values, "is not a column of numbers")
    if not found.size:
        raise PricingError(_OWNER, name, [], "has no rows")
    refuse_huge(_OWNER, name, found)
    if is_log and not (found > 0).all():
        first = int(np.argmax(found <= 0))
        rule = "is not above 0, as a log-log curve asks for"
        raise PricingError(_OWNER, name, float(found[first]), rule, (first,), found <= 0)
    return found
