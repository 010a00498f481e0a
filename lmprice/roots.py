"""Roots of many equations at once, by Ridders' method.

SciPy solves one equation a call, and many at once only from version 1.15 on, which the Python of
LibreOffice does not have in every distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MOST = 100  # each step halves the bracket at least; ten are enough for smooth functions
_CLOSE = 4 * np.finfo(np.float64).eps


def find_roots(function: Callable[[Any], Any], low: Any, high: Any) -> Floats:
    """Where a function is zero between ``low`` and ``high``, element by element.

    The function has one sign at ``low`` and the other at ``high``; it may be infinite there.

    >>> find_roots(lambda x: x**3 - np.array([8.0, 27.0]), 0.0, 10.0).round(12)
    array([2., 3.])
    """
    with np.errstate(all="ignore"):
        at_low, at_high = function(low), function(high)
        root: Any = np.inf
        for _ in range(_MOST):
            middle = (low + high) / 2
            at_middle = function(middle)
            step = (middle - low) * np.sign(at_low - at_high)
            new = middle + step * at_middle / np.sqrt(at_middle**2 - at_low * at_high)
            new = np.where(np.isfinite(new), new, middle)
            at_new = function(new)
            # The root lies between the two points, or between the new one and an end.
            is_between = np.sign(at_middle) * np.sign(at_new) < 0
            is_below = np.sign(at_low) * np.sign(at_new) < 0
            low, at_low = (
                np.where(is_between, at, np.where(is_below, old, from_new))
                for at, old, from_new in ((middle, low, new), (at_middle, at_low, at_new))
            )
            high, at_high = (
                np.where(is_between | ~is_below, np.where(is_between, from_new, old), from_new)
                for old, from_new in ((high, new), (at_high, at_new))
            )
            is_done = (abs(new - root) <= _CLOSE * abs(new)) | (at_new == 0) | np.isnan(at_new)
            root = new
            if is_done.all():
                break
    return np.asarray(root)
