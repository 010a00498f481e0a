"""Greeks: derivatives of pricing functions, their gradient, and what uncertain inputs do to them.

>>> per_price = derivative("profit", "price")
>>> per_price(100, 20, 10, 100), per_price.formula
(100.0, 'quantity')
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from lmprice.chapters import functions
from lmprice.language.errors import PricingError
from lmprice.language.formula import Derivative, PricingFunction
from lmprice.output.framed import FramedTuple


class _Uncertain(NamedTuple):
    value: float
    standard_error: float


class Uncertain(_Uncertain, FramedTuple):
    """A figure and its standard error."""


def derivative(function: str | Callable[..., Any] | PricingFunction, by: str) -> Derivative:
    """The derivative of a pricing function by one of its parameters.

    Parameters
    ----------
    function : str, function or PricingFunction
        Its name, such as "profit" or "LMPROFIT", or the function itself.
    by : str
        The parameter; one that is a number, no column of a table.

    Returns
    -------
    Derivative
        What one more of the parameter changes, by the unit of the result: a function of the same
        arguments, with its Excel text and those of all dialects.

    Raises
    ------
    PricingError
        There is no such function or parameter, or the function has no closed form.

    Notes
    -----
    The tree of the formula is differentiated, rule by rule, so the answer is exact.  It is NaN at a
    kink or a step, where there is none.

    Examples
    --------
    >>> derivative("breakeven_quantity", "price")(20, 10, 100)  # -100 / (20 - 10)²
    -1.0
    """
    return _known("derivative", function).derivative(by)


def gradient(
    function: str | Callable[..., Any] | PricingFunction, *args: Any, **kwargs: Any
) -> dict[str, Any]:
    """The derivatives of a pricing function by all its parameters that are numbers, at one point.

    Examples
    --------
    >>> gradient("profit", 100, 20, 10, 100)
    {'quantity': 10.0, 'price': 100.0, 'unit_cost': -100.0, 'fixed_cost': -1.0}
    """
    return _known("gradient", function).gradient(*args, **kwargs)


def uncertainty(
    function: str | Callable[..., Any] | PricingFunction,
    values: Mapping[str, float],
    standard_errors: Mapping[str, float],
    correlations: Mapping[tuple[str, str], float] | None = None,
) -> Uncertain:
    """What a pricing function makes of uncertain inputs, by the delta method.

    Parameters
    ----------
    function : str, function or PricingFunction
        The function.
    values : mapping of str to float
        Its arguments by name.
    standard_errors : mapping of str to float
        Standard error of those that are uncertain (at least 0).
    correlations : mapping of pairs of str to float, optional
        Correlations between them (from -1 to 1); 0 where none is given.

    Returns
    -------
    Uncertain
        The result and its standard error, sqrt(g' S g): g the gradient, S the covariance.  It is
        exact where the result is linear in what is uncertain, and good where it is nearly so.

    Raises
    ------
    PricingError
        An input is none of the function, or a number is out of its range.

    Examples
    --------
    A price of 20 give or take 2 moves the profit on 100 units by 200:

    >>> arguments = {"quantity": 100, "price": 20, "unit_cost": 10, "fixed_cost": 100}
    >>> uncertainty("profit", arguments, {"price": 2, "fixed_cost": 50})
    Uncertain(value=900.0, standard_error=206.15528128088303)
    """
    owner = "uncertainty"
    f = _known(owner, function)
    names = list(standard_errors)
    spread = np.array([_number(owner, "standard_errors", standard_errors[n]) for n in names])
    if (spread < 0).any():
        raise PricingError(owner, "standard_errors", float(spread.min()), "is below 0")
    together = np.eye(len(names))
    for pair, value in (correlations or {}).items():
        known = isinstance(pair, tuple) and len(pair) == 2 and set(pair) <= set(names)
        if not known:
            raise PricingError(owner, "correlations", pair, "is no pair of uncertain inputs")
        share = _number(owner, "correlations", value)
        if not -1 <= share <= 1:
            raise PricingError(owner, "correlations", share, "is not between -1 and 1")
        i, j = names.index(pair[0]), names.index(pair[1])
        together[i, j] = together[j, i] = share
    slopes = np.array([float(f.derivative(name)(**values)) for name in names])
    moved = slopes * spread
    variance = float(moved @ together @ moved)
    if variance < -1e-12 * float(moved @ moved):
        raise PricingError(owner, "correlations", dict(correlations or {}), "contradict each other")
    return Uncertain(float(f.function(**values)), math.sqrt(max(variance, 0.0)))


def _number(owner: str, name: str, value: Any) -> float:
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return float(value)
    raise PricingError(owner, name, value, "is not a number")


def _known(owner: str, function: Any) -> PricingFunction:
    if isinstance(function, PricingFunction):
        return function
    name = function if isinstance(function, str) else getattr(function, "__name__", None)
    for f in functions():
        if name in (f.name, f.excel_name) and (isinstance(function, str) or f.function is function):
            return f
    raise PricingError(owner, "function", function, "is none of lmprice.functions()")
