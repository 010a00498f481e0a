"""Which of several alternatives is the best one, some of which may have no answer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any, cast

import numpy as np

from lmprice.language.expression import known_or, maximum, nan, where
from lmprice.language.tree import Expr

LOWEST = -1e300  # below every result


def known(value: float, other: float) -> float:
    """The value, or the other one where it has no answer."""
    if isinstance(value, Expr):
        return cast(float, known_or(value, other))
    number: Any = value
    return cast(float, np.where(np.isnan(number), other, number)[()])


def highest(values: Iterable[float]) -> float:
    """The largest of those values that have an answer; no answer where none has one."""
    best = reduce(maximum, (known(value, LOWEST) for value in values))
    return where(best > LOWEST, best, nan)
