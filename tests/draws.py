"""Hypothesis strategies for the arguments of pricing functions."""

from __future__ import annotations

import functools
import itertools
import math
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter
from lmprice.language.terms import Term


@functools.cache  # building a strategy takes longer than drawing from it
def values(term: Term) -> st.SearchStrategy[float]:
    """Valid values of a quantity: round and uneven ones, its limits, and very small ones."""
    low = next((b.limit for b in term.bounds if b.operator in (">=", ">")), -1e6)
    high = next((b.limit for b in term.bounds if b.operator in ("<=", "<")), 1e6)
    uneven = st.floats(low, high, allow_nan=False, allow_infinity=False)
    decimals = st.integers(0, 10_000).map(lambda n: round(low + (high - low) * n / 10_000, 4))
    small = st.integers(int(max(low, -20)), int(min(high, 20))).map(float)
    tiny = st.sampled_from([0.0, 1e-8, 1.5e-6, 0.01])
    none = st.just(term.absent) if term.absent is not None else st.nothing()
    # Spreadsheets compare fifteen digits, so nothing is drawn that almost ties with a limit.
    limits = [0.0, *(bound.limit for bound in term.bounds)]
    return st.one_of(uneven, decimals, small, tiny, none).filter(
        lambda x: (
            term.broken_rule(x) is None
            and all(x == limit or abs(x - limit) > 1e-9 * max(1, abs(limit)) for limit in limits)
        )
    )


@functools.cache
def _rows(term: Term, rows: int) -> st.SearchStrategy[list[float]]:
    return st.lists(values(term), min_size=rows, max_size=rows)


@st.composite
def columns(draw: st.DrawFn, term: Term, rows: int) -> list[float]:
    """A valid column of a table; one without a limit has an infinite last row."""
    drawn = draw(_rows(term, rows))
    if term.increasing:
        drawn.sort()
        gaps = [above - below for below, above in itertools.pairwise(drawn)]
        assume(all(gap > 1e-6 for gap in gaps))
    return [*drawn[:-1], math.inf] if term.unlimited else drawn


@st.composite
def arguments(draw: st.DrawFn, function: PricingFunction) -> list[Any]:
    """Valid arguments of a function; columns have the same number of rows."""
    rows = draw(st.integers(1, 5))

    def one(parameter: Parameter) -> Any:
        if parameter.is_column:
            return draw(columns(parameter.term, rows))
        return draw(st.booleans() if parameter.term.is_flag else values(parameter.term))

    drawn = [one(parameter) for parameter in function.parameters]
    names = [p.name for p in function.parameters]
    for requirement in function.requirements:
        if requirement.words:  # a price that may be needed
            place = names.index(requirement.parameter)
            given = (np.array(drawn[names.index(name)]) for name in requirement.names)
            if not np.all(requirement.condition(*given)):
                drawn[place] = 1.0
            continue
        if len(requirement.names) > 2:
            places = [names.index(name) for name in requirement.names]
            kinds = [function.parameters[place].term for place in places]
            for order in itertools.permutations([drawn[place] for place in places]):
                are_valid = all(
                    kind.broken_rule(value) is None
                    for kind, one_given in zip(kinds, order, strict=True)
                    for value in np.ravel(one_given).tolist()
                )
                if are_valid and np.all(requirement.condition(*map(np.array, order))):
                    break
            else:
                assume(False)
            for place, value in zip(places, order, strict=True):
                drawn[place] = value
            continue
        # One that compares two arguments holds when they are swapped.
        first, second = (names.index(name) for name in requirement.names)
        here, there = np.array(drawn[first]), np.array(drawn[second])
        holds = np.asarray(requirement.condition(here, there))
        drawn[first] = np.where(holds, here, there).tolist()
        drawn[second] = np.where(holds, there, here).tolist()
        assume(np.all(requirement.condition(np.array(drawn[first]), np.array(drawn[second]))))
    return drawn
