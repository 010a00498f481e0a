"""Many draws of the arguments of a function, for engines that compute them all at once."""

from __future__ import annotations

import functools
import itertools
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import lmprice
from lmprice.language.formula import PricingFunction
from lmprice.language.terms import Term
from tests.dialects.trees import Terms

TOLERANCE = 1e-12
DRAWS = 300


@dataclass(frozen=True)
class Batch:
    """Valid arguments of a function with Python's results, and the largest term of each."""

    drawn: list[list[Any]]
    python: list[Any]
    largest: list[float]

    def assert_agree(self, found: Iterable[Any]) -> None:
        """What another engine found is Python's number; NaN or None where that has no answer."""
        for one, python, largest, value in zip(
            self.drawn, self.python, self.largest, found, strict=True
        ):
            for expected, row in zip(np.ravel(python), np.atleast_1d(value), strict=True):
                if math.isnan(expected):
                    assert row is None or math.isnan(row), (one, python, value)
                else:
                    assert row is not None, (one, python)
                    assert abs(expected - row) <= TOLERANCE * largest, (one, python, value)

    def as_arrays(self, function: PricingFunction) -> list[Any]:
        """The arguments that have an answer, each as one array, and a flag as one flag."""
        usual = np.isfinite(self.python)
        columns = [np.array(column)[usual] for column in zip(*self.drawn, strict=True)]
        flags = [p.term.is_flag for p in function.parameters]
        return [bool(c[0]) if flag else c for c, flag in zip(columns, flags, strict=True)]


def having(dialect: str) -> list[PricingFunction]:
    """The functions that a dialect has."""
    return [f for f in lmprice.functions() if dialect in f.dialects]


@functools.cache
def batch(function: PricingFunction) -> Batch:
    """Draws in which nothing is compared that almost ties, the same for all engines."""
    found = Batch([], [], [])
    assert function.expression is not None
    names = [p.name for p in function.parameters]
    for one in draws(function):
        terms = Terms()
        terms.value(function.expression, dict(zip(names, one, strict=True)))
        if not terms.almost_ties:
            found.drawn.append(one)
            found.python.append(function.function(*one))
            found.largest.append(terms.largest)
        if len(found.drawn) == DRAWS:
            break
    return found


def draws(function: PricingFunction) -> Iterator[list[Any]]:
    """Valid arguments of a function without an end, the same in every run."""
    source = random.Random(function.name)
    while True:
        one = _arguments(function, source)
        if one is not None:
            yield one


def _arguments(function: PricingFunction, source: random.Random) -> list[Any] | None:
    """Arguments as Hypothesis draws them elsewhere; None where they break a rule between them."""
    rows = source.randint(1, 5)
    drawn: list[Any] = []
    for p in function.parameters:
        if not p.is_column:
            drawn.append(source.random() < 0.5 if p.term.is_flag else _value(p.term, source))
            continue
        column = [_value(p.term, source) for _ in range(rows)]
        if p.term.increasing:
            column.sort()
            if any(above - below <= 1e-6 for below, above in itertools.pairwise(column)):
                return None
        drawn.append([*column[:-1], math.inf] if p.term.unlimited else column)
    named = {p.name: np.array(v) for p, v in zip(function.parameters, drawn, strict=True)}
    holds = all(np.all(requirement.holds(named)) for requirement in function.requirements)
    return drawn if holds else None


def _value(term: Term, source: random.Random) -> float:
    low = next((b.limit for b in term.bounds if b.is_lower), -1e6)
    high = next((b.limit for b in term.bounds if not b.is_lower), 1e6)
    while True:
        kinds = [
            source.uniform(low, high),
            round(low + (high - low) * source.randint(0, 10_000) / 10_000, 4),
            float(source.randint(int(max(low, -20)), int(min(high, 20)))),
            source.choice([0.0, 1e-8, 1.5e-6, 0.01]),
        ]
        value = source.choice(kinds if term.absent is None else [*kinds, term.absent])
        if term.broken_rule(value) is None:
            return value
