"""What machine code reaches: functions compiled by numba, beside a copy of as many bytes.

A formula that reads three arrays and writes one moves the bytes that the copies of two move.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

import lmprice
from tests.benchmarks.arrays import WAYS, arrays
from tests.benchmarks.pairs import Pair, program

SIZE = 10_000_000
COPY = "copies of two arrays, the same bytes"
CALLS = {
    "profit(q, p, c)": lambda f, q, p, c: f(q, p, c, 100),
    "token_cost(i, o, cached)": lambda f, q, p, c: f(q, p, 2.5, 15, c, 0.25),
}
BY_HAND = {
    "profit(q, p, c)": "p * q - c * q - 100",
    "token_cost(i, o, cached)": "((q - c) * 2.5 + c * 0.25 + p * 15) / 1e6",
}
ONCE = (
    "import numpy as np, lmprice; lmprice.compiled('profit')(np.ones(10), 20, 10, 100)",
    "import numpy as np, lmprice; lmprice.profit(np.ones(10), 20, 10, 100)",
)


def pairs() -> Iterator[Pair]:
    """Ours as it is, compiled, and numexpr; at the end what it takes to begin."""
    import numexpr

    numexpr.set_num_threads(1)
    given = arrays(SIZE)
    names = dict(zip("qpc", given, strict=True))

    def copies() -> object:
        return given[0].copy(), given[1].copy()

    for case, call in CALLS.items():
        ours = functools.partial(WAYS[case][0], *given)
        compiled: Any = lmprice.compiled(case.partition("(")[0])
        loop = functools.partial(call, compiled, *given)
        evaluated = functools.partial(numexpr.evaluate, BY_HAND[case], names)
        assert np.array_equal(loop(), ours())
        by_numexpr = "numexpr, one thread, without checks"
        for name, way in {"compiled": loop, "not compiled": ours, by_numexpr: evaluated}.items():
            yield Pair(f"{case}, {name}", f"{SIZE:,}", COPY, way, copies)
        yield Pair(f"{case}, compiled", f"{SIZE:,}", "not compiled", loop, ours)
    yield Pair(
        "a first call, compiled before", "whole process", "not compiled",
        program("-c", ONCE[0]), program("-c", ONCE[1]), rounds=7,
    )  # fmt: skip
