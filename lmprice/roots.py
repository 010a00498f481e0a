"""Roots of many equations at once.

SciPy solves one equation a call, and many at once only from version 1.15 on, which the Python of
LibreOffice does not have in every distribution.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_HALVINGS = 80  # a bracket as wide as its numbers are large is at its last digit after 53


def bisect(is_low: Callable[[Floats], Any], low: Floats, high: Floats) -> Floats:
    """Where ``is_low`` turns from true to false between ``low`` and ``high``, element by element.

    >>> bisect(lambda x: x**3 < 5, np.zeros(1), np.full(1, 5.0)).round(12)
    array([1.709975946677])
    """
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = is_low(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2)
