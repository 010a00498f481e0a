"""The arithmetic that formulas are written in.

A formula is ordinary Python over ``+ - * / **``, comparisons and the functions below.  Called with
numbers or arrays it computes; called with :class:`Expr` arguments it builds its tree:

>>> price, unit_cost = Expr.name("price"), Expr.name("unit_cost")
>>> print(where(price > unit_cost, 100 / (price - unit_cost), nan))
if_else(price>unit_cost, 100/(price-unit_cost), nan)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from lmprice.language.tree import Expr as Expr  # noqa: PLC0414  # part of the vocabulary

nan = math.nan


def _is_traced(*values: Any) -> bool:
    return any(isinstance(v, Expr) for v in values)


def _traced(operation: str, *args: Any) -> Any:
    return Expr.of(operation, *args)


def _one_argument(operation: str, compute: Callable[[Any], Any]) -> Callable[[float], float]:
    def function(x: float) -> float:
        return cast(float, _traced(operation, x) if isinstance(x, Expr) else compute(x))

    return function


# The functions a formula may use, typed for numbers, as formulas are.

sqrt = _one_argument("square_root", np.sqrt)
exp = _one_argument("exp", np.exp)
log = _one_argument("log", np.log)


def where(condition: bool, yes: float, no: float) -> float:
    """``yes`` where the condition holds, else ``no``; both are evaluated in Python."""
    if _is_traced(condition, yes, no):
        return cast(float, _traced("if_else", condition, yes, no))
    return cast(float, np.where(condition, yes, no)[()])


def ratio(numerator: float, denominator: float) -> float:
    """The quotient, or NaN (no answer) where the denominator is zero or the quotient too large."""
    if _is_traced(numerator, denominator):
        return where(denominator != 0, numerator / denominator, nan)
    with np.errstate(all="ignore"):
        quotient = np.divide(numerator, denominator)
        return where(np.isfinite(quotient), quotient, nan)


def maximum(a: float, b: float) -> float:
    """The larger of two numbers, element by element."""
    return cast(float, _traced("maximum", a, b) if _is_traced(a, b) else np.maximum(a, b))


def minimum(a: float, b: float) -> float:
    """The smaller of two numbers, element by element."""
    return cast(float, _traced("minimum", a, b) if _is_traced(a, b) else np.minimum(a, b))


def ceil(x: float) -> float:
    """The whole number at or above ``x``."""
    return cast(float, _traced("ceiling", x) if isinstance(x, Expr) else np.ceil(x))


def floor(x: float) -> float:
    """The whole number at or below ``x``."""
    return cast(float, _traced("floor", x) if isinstance(x, Expr) else np.floor(x))


def log_factorial(n: float) -> float:
    """The logarithm of n!, which also holds where n! itself is beyond a 64-bit float."""
    if isinstance(n, Expr):
        return cast(float, _traced("log_factorial", n))
    from scipy.special import gammaln

    return cast(float, gammaln(n + 1))


def poisson_cdf(count: float, mean: float) -> float:
    """The probability that a Poisson variable of that mean is at most ``count``."""
    if _is_traced(count, mean):
        return cast(float, _traced("poisson_cdf", count, mean))
    from scipy.special import pdtr

    return cast(float, pdtr(count, mean))


def t_quantile(confidence: float, degrees: float) -> float:
    """Standard errors that an interval of that confidence reaches to either side (Student's t)."""
    if _is_traced(confidence, degrees):
        return cast(float, _traced("t_quantile", confidence, degrees))
    from scipy.special import stdtrit

    return cast(float, stdtrit(degrees, (1 + np.asarray(confidence)) / 2))


def total(column: float) -> float:
    """The sum over the rows of a table."""
    return cast(
        float, _traced("total", column) if isinstance(column, Expr) else np.sum(column, axis=0)
    )


def figures(*values: float) -> float:
    """Several numbers as the rows of one column, for a function that gives more than one."""
    return cast(float, np.stack(np.broadcast_arrays(*values)))


def largest(column: float) -> float:
    """The largest number in the rows of a table.

    In a template the rows that are not filled in count as well once the column is computed: in
    ``largest(2 * prices)`` they are zeros.  Numbers that are not negative have the same largest one
    with them; of others, give those rows a number that never wins, or take the column as it
    stands, whose empty cells a spreadsheet passes over.
    """
    return cast(float, _extreme("largest", column))


def smallest(column: float) -> float:
    """The smallest number in the rows of a table; of empty rows see `largest`.

    The zeros of empty rows are below every positive number, so that only of a column as it stands,
    or of numbers that are not positive, a template gives the same as Python.
    """
    return cast(float, _extreme("smallest", column))


def _extreme(operation: str, column: Any) -> Any:
    if isinstance(column, Expr):
        return _traced(operation, column)
    # Of no rows the answer is infinite, of which the engine makes NaN.
    if operation == "largest":
        return np.max(column, axis=0, initial=-math.inf)
    return np.min(column, axis=0, initial=math.inf)


def count(column: float) -> float:
    """How many rows a table has; in a template, how many of them are filled in."""
    if isinstance(column, Expr):
        return cast(float, _traced("count", column))
    return float(len(cast(Any, column)))


def rows(*columns: float) -> Iterator[tuple[Any, ...]]:
    """The rows of a table, for a function that goes through them one after the other."""
    return zip(*cast(Any, columns), strict=True)


def is_zero(column: float) -> bool:
    """Whether all rows of a table that is known are zero, for a function that goes through them."""
    return not np.any(column)


def product(column: float) -> float:
    """The product over the rows of a table, of numbers that are not negative."""
    if isinstance(column, Expr):
        return cast(float, _traced("product", column))
    return cast(float, np.prod(column, axis=0))


# What is only ever traced may use these as well.


def nth(column: Expr, row: Any) -> Expr:
    """One row of a column, counted from 1; of one number for all rows, that number."""
    return Expr.of("row", column, row) if column.is_column else column


def following(column: Expr) -> Expr:
    """Each row's next row: a column that starts one row lower.

    After the last row it holds whatever stands below the table: only a `weighted_total` that gives
    that row the weight 0 may use it.
    """
    return Expr.of("following", column) if column.is_column else column


def weighted_total(weights: Expr, column: Expr) -> Expr:
    """The sum of the column times the weights; text in the column counts as zero."""
    if column.is_column:
        return Expr.of("weighted_total", weights, column)
    return Expr.of("total", weights) * column


def discounted_total(rate: Expr, column: Expr) -> Expr:
    """The rows of a column added up, the first discounted by one period, the next by two."""
    return Expr.of("discounted_total", rate, column)


def known_or(value: Any, other: Any) -> Expr:
    """The value, or the other one where it has none."""
    return Expr.of("known_or", value, other)
