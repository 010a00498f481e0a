"""Blocks are counted as the decimals that are written, against exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import inf
from random import Random

from lmprice import block_charge


def exact(number: float) -> Fraction:
    return Fraction(Decimal(repr(number)))


def blocks_begun(quantity: float, sizes: list[float], most: list[int]) -> int:
    """The rule in whole fractions: each tier's blocks, a started one counted whole."""
    begun, above = 0, Fraction(0)
    for number, size in enumerate(sizes):
        held = max(exact(quantity) - above, Fraction(0))
        if number < len(most):
            held = min(held, exact(size) * most[number])
            above += exact(size) * most[number]
        begun += -(-held // exact(size))
    return begun


def test_three_blocks_of_a_tenth_are_three() -> None:
    assert block_charge(1, [0.1, 1], [3, inf], [1, 0]) == 3
    for size in (0.1, 0.2, 0.3, 0.6, 0.7, 0.01, 0.05, 1.1, 100):
        for number in range(1, 101):
            assert block_charge(size * 1000, [size, 1], [number, inf], [1, 0]) == number


def test_random_tiers() -> None:
    chance = Random(5)
    for _ in range(1000):
        count = chance.randint(1, 5)
        sizes = [chance.choice([0.1, 0.2, 0.3, 0.7, 0.01, 0.05, 1.1, 2.5, 3]) for _ in range(count)]
        most = [chance.randint(1, 50) for _ in range(count - 1)]
        bounds = [sum(exact(s) * m for s, m in zip(sizes, most[:n], strict=False))
                  for n in range(1, count)]  # fmt: skip
        quantity = float(chance.choice([*bounds, Fraction(chance.randint(1, 10_000), 100)]))
        charge = block_charge(quantity, sizes, [*most, inf], [1] * count)
        assert charge == blocks_begun(quantity, sizes, most), (quantity, sizes, most)
