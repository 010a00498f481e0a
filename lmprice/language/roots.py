"""Roots of many equations at once, by Chandrupatla's method.

SciPy solves one equation a call, and many at once only from version 1.15 on, which the Python of
LibreOffice does not have in every distribution.

T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear
function without using derivatives", Advances in Engineering Software 28 (1997).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = 200
_EPSILON = float(np.finfo(np.float64).eps)
_TINY = float(np.finfo(np.float64).tiny)


def find_roots(function: Callable[[Any], Any], low: Any, high: Any) -> NDArray[np.float64]:
    """Where a function is zero between ``low`` and ``high``, element by element.

    The function has one sign at ``low`` and the other at ``high``; it may be infinite there.

    >>> find_roots(lambda x: x**3 - np.array([8.0, 27.0]), 0.0, 10.0).round(12)
    array([2., 3.])
    """
    with np.errstate(all="ignore"):
        root: Any = high
        newest, other = high, low
        at_newest, at_other = function(high), function(low)
        share: Any = 0.5  # of the way from the newest point to the other end of the bracket
        for _ in range(_MOST):
            point = newest + share * (other - newest)
            at_point = function(point)
            is_beside_newest = np.sign(at_point) == np.sign(at_newest)
            last = np.where(is_beside_newest, newest, other)
            at_last = np.where(is_beside_newest, at_newest, at_other)
            other = np.where(is_beside_newest, other, newest)
            at_other = np.where(is_beside_newest, at_other, at_newest)
            newest, at_newest = point, at_point

            is_newest_best = abs(at_newest) < abs(at_other)
            root = np.where(is_newest_best, newest, other)
            least = (2 * _EPSILON * abs(root) + _TINY) / abs(other - newest)
            is_found = (least > 0.5) | (np.where(is_newest_best, at_newest, at_other) == 0)
            if (is_found | np.isnan(at_newest)).all():
                break
            # An inverse parabola through the three points, where it is sure to stay between them.
            along = (newest - other) / (last - other)
            rise = (at_newest - at_other) / (at_last - at_other)
            is_smooth = (rise**2 < along) & ((1 - rise) ** 2 < 1 - along)
            parabola = at_newest / (at_other - at_newest) * at_last / (at_other - at_last) + (
                (last - newest) / (other - newest)
            ) * at_newest / (at_last - at_newest) * at_other / (at_last - at_other)
            share = np.clip(np.where(is_smooth, parabola, 0.5), least, 1 - least)
            share = np.where(is_found, 0, share)  # stay
    return np.asarray(root)
