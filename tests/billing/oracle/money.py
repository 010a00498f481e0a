"""Rounding of exact amounts."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor


def to_whole(value: Fraction, rule: str) -> int:
    """A number of smallest units made whole by a rule; what is below zero mirrors what is above."""
    size = abs(value)
    if rule == "up":
        whole = ceil(size)
    elif rule == "down":
        whole = floor(size)
    elif rule == "half_away_from_zero":
        whole = floor(size + Fraction(1, 2))
    elif rule == "half_even":
        whole = round(size)  # a Fraction is rounded half to even
    else:
        raise ValueError(rule)
    return whole if value >= 0 else -whole


HALVES: list[Fraction] = []


def rounded(amount: Fraction, digits: int, rule: str) -> Fraction:
    """An amount of money with so many digits after the point; ties are noted for the tests."""
    if (amount * 10**digits) % 1 == Fraction(1, 2):
        HALVES.append(amount)
    return Fraction(to_whole(amount * 10**digits, rule), 10**digits)


def to_multiple(quantity: Fraction, rule: str, multiple: Fraction) -> Fraction:
    """Units rounded up, down or to the nearest multiple."""
    rules = {"up": "up", "down": "down", "nearest": "half_away_from_zero"}
    return to_whole(quantity / multiple, rules[rule]) * multiple
