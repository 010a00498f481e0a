"""The sum of a geometric series, which annuities, declining margins and draft tokens are."""

from __future__ import annotations

from lmprice.language.expression import where

# Below it the series is right to twelve digits, and above it the closed form.
_SMALL = 3e-4


def geometric_sum(fall: float, count: float) -> float:
    """The sum of ``count`` terms, from 1 on, each smaller by the share ``fall`` than the last.

    (1 - (1 - f)^n) / f; where f is almost 0 the first terms of the binomial series stand for it,
    which would lose its digits.

    >>> float(geometric_sum(0.5, 3))
    1.75
    """
    series = count * (1 - (count - 1) / 2 * fall * (1 - (count - 2) / 3 * fall))
    return where((count + 1) * fall < _SMALL, series, (1 - (1 - fall) ** count) / fall)
