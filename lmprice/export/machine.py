"""Formulas in machine code, for arrays that are long and many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lmprice.chapters import function_named
from lmprice.dialects.numba import DIALECT
from lmprice.language.formula import PricingFunction


def compiled(name: str | PricingFunction) -> Callable[..., Any]:
    """A pricing function as one loop of machine code, for long arrays.

    It is called as the function is and gives the same numbers to the last bit.  One-dimensional
    arrays of float64, and numbers beside them, go through memory once, checks included, about as
    fast as they are copied.  Anything else, and an array with a number that is out of its range or
    has no answer, is the function's own.  The first call compiles for a second or two; later
    processes read what it made from the user's cache.

    Parameters
    ----------
    name : str or PricingFunction
        The function, as in Python; or one of `functions`.

    Returns
    -------
    function
        Of the same parameters.

    Raises
    ------
    PricingError
        There is no such function.
    TypeError
        The function takes a table, is computed step by step, or has powers, exponentials or
        logarithms, of which compilers give other last digits.
    ModuleNotFoundError
        numba is missing: ``pip install 'lmprice[fast]'``.

    Examples
    --------
    >>> compiled("learning_rate")
    Traceback (most recent call last):
    TypeError: learning_rate is not to be had in numba: no log, power
    """
    return DIALECT.written(function_named("compiled", name))
