"""The vocabulary of formulas on plain floats, for calls of single numbers, without NumPy's cost.

What Python's arithmetic refuses raises an ArithmeticError or a ValueError here, of which the caller
asks the engine.  Where there is an answer, it is the engine's to the last bit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from sys import float_info
from typing import Any

import numpy as np

from lmprice.language import expression
from lmprice.language.twins import twin

MAX = float_info.max
FLOAT: dict[type, Callable[[Any], float]] = {int: float}
"""How an argument becomes a float that is not one already; of any other type the engine knows."""
UNUSUAL = (ArithmeticError, LookupError, TypeError, ValueError)
"""What is raised where the engine has to answer."""

nan = math.nan
sqrt = math.sqrt

ROWS_IN_ORDER = 8  # NumPy adds up fewer rows than these one after the other, as we do
_LARGEST_EXPONENT = 709.0


def exp(x: float) -> float:
    """NumPy's exponential, which may differ from Python's in the last bit."""
    if x > _LARGEST_EXPONENT:
        raise OverflowError
    return float(np.exp(x))


def log(x: float) -> float:
    """NumPy's logarithm, which may differ from Python's in the last bit."""
    if not x > 0:
        raise ValueError
    return float(np.log(x))


def where(condition: bool, yes: float, no: float) -> float:
    """``yes`` where the condition holds, else ``no``."""
    return yes if condition else no


def ratio(numerator: float, denominator: float) -> float:
    """The quotient, or NaN where the denominator is zero or the quotient too large."""
    if denominator == 0:
        return nan
    quotient = numerator / denominator
    return quotient if -MAX <= quotient <= MAX else nan


def maximum(a: float, b: float) -> float:
    """The larger of two numbers, NaN where one of them is NaN."""
    return a if a >= b else b if b >= a else nan


def minimum(a: float, b: float) -> float:
    """The smaller of two numbers, NaN where one of them is NaN."""
    return a if a <= b else b if b <= a else nan


def ceil(x: float) -> float:
    """The whole number at or above ``x``."""
    return float(math.ceil(x))


def floor(x: float) -> float:
    """The whole number at or below ``x``."""
    return float(math.floor(x))


def total(column: Iterable[float]) -> float:
    """The sum over the rows of a table, one after the other."""
    found: float = 0
    for value in column:
        found += value
    return found


def product(column: Iterable[float]) -> float:
    """The product over the rows of a table."""
    found: float = 1
    for value in column:
        found *= value
    return found


def rows(*columns: Sequence[float]) -> Iterator[tuple[float, ...]]:
    """The rows of a table."""
    return zip(*columns, strict=True)


def is_zero(column: Iterable[float]) -> bool:
    """Whether all rows of a table are zero."""
    return not any(column)


def column(values: Any, low: float, high: float = MAX) -> list[float]:
    """The rows of a column as floats, each within its bounds."""
    if type(values) is np.ndarray and values.ndim == 1:
        values = values.tolist()
    if type(values) is not list and type(values) is not tuple:
        raise TypeError
    if not values:
        raise ValueError
    found = [x if type(x) is float else FLOAT[type(x)](x) for x in values]
    for x in found:
        if not low <= x <= high:
            raise ValueError
    return found


def column_of(count: int, values: Any, low: float, high: float = MAX) -> list[float]:
    """The rows of a column for which one number may stand."""
    is_number = type(values) is float or type(values) is int
    return column([values] * count if is_number else values, low, high)


def limits(values: Any, low: float, is_increasing: bool) -> list[float]:
    """The rows of a column the last of which has no limit, the others within their bounds."""
    *found, last = column(values, low, math.inf)
    if last != math.inf or math.inf in found:
        raise ValueError
    found.append(last)
    if is_increasing and any(map(operator.ge, found, found[1:])):
        raise ValueError
    return found


_VOCABULARY: dict[Any, Callable[..., Any]] = {
    getattr(expression, function.__name__): function
    for function in (
        exp,
        log,
        where,
        ratio,
        maximum,
        minimum,
        ceil,
        floor,
        total,
        product,
        rows,
        is_zero,
    )
} | {expression.sqrt: sqrt}


def plain(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula of the vocabulary, and what it calls, on plain floats: the same code.

    Raises
    ------
    TypeError
        It uses what is no part of the vocabulary.
    """
    return twin(formula, _plain_value)


def _plain_value(name: str, value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value
    if callable(value) and value in _VOCABULARY:
        return _VOCABULARY[value]
    if not getattr(value, "__module__", "").startswith("lmprice."):
        raise TypeError(f"{name} is no part of the vocabulary of formulas")
    return plain(value)
