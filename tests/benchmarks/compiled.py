"""What a compiled kernel would reach: formulas of the tree as loops of numba and numexpr.

All are beside a plain copy that moves as many bytes: a formula that reads three arrays and writes
one, beside the copies of two.  The loop has the checks of bounds that a call has; a bad argument
would send it back to NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import lmprice
from lmprice.dialects.python import NOTATION
from tests.benchmarks.arrays import WAYS, arrays
from tests.benchmarks.pairs import Pair

SIZE = 10_000_000
COPY = "copies of two arrays, the same bytes"
# The formulas of numexpr are those by hand in `arrays`: it takes no conditions on a whole array.
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "profit(q, p, c)": (
        "profit",
        {"quantity": 0, "price": 1, "unit_cost": 2, "fixed_cost": 100.0},
        "p * q - c * q - 100",
    ),
    "token_cost(i, o, cached)": (
        "token_cost",
        {
            "input_tokens": 0, "output_tokens": 1, "cached_tokens": 2, "input_price": 2.5,
            "output_price": 15.0, "cached_price": 0.25, "cache_write_tokens": 0.0,
            "cache_write_price": 0.0, "discount": 0.0,
        },
        "((q - c) * 2.5 + c * 0.25 + p * 15) / 1e6",
    ),
}  # fmt: skip


def pairs() -> Iterator[Pair]:
    """Each beside the copy, and ours beside the loop of numba."""
    import numexpr

    numexpr.set_num_threads(1)
    given = arrays(SIZE)
    names = dict(zip("qpc", given, strict=True))
    for case, (name, places, by_hand) in CASES.items():
        loop, ours = by_numba(name, places, given), WAYS[case][0]

        def call(ours: Any = ours) -> object:
            return ours(*given)

        def evaluated(by_hand: str = by_hand) -> object:
            return numexpr.evaluate(by_hand, names)

        assert np.array_equal(ours(*given), loop())
        size = f"{SIZE:,}"
        yield Pair(f"{case}, lmprice", size, COPY, call, lambda: _copies(given))
        yield Pair(f"{case}, numba", size, COPY, loop, lambda: _copies(given))
        yield Pair(f"{case}, numexpr without checks", size, COPY, evaluated, lambda: _copies(given))
        yield Pair(f"{case}, lmprice", size, "numba", call, loop)


def _copies(given: Sequence[Any]) -> object:
    return given[0].copy(), given[1].copy()


def by_numba(name: str, places: dict[str, Any], given: Sequence[Any]) -> Callable[[], Any]:
    """The formula of the tree as one loop over arrays, with the checks of their bounds.

    ``places`` has the place of each argument that is an array, and the others as numbers.
    """
    import numba

    formula = next(f for f in lmprice.functions() if f.name == name)
    own = [n for n, place in places.items() if isinstance(place, int)]
    numbers = [n for n in places if n not in own]
    lines = [
        f"def loop(out, {', '.join([*(f'_{n}' for n in own), *numbers])}):",
        "    bad = False",
        "    for i in range(len(out)):",
        *(f"        {n} = _{n}[i]" for n in own),
        *(f"        bad |= not (({n} >= 0.0) & ({n} <= MAX))" for n in own),
        f"        out[i] = {NOTATION.text(formula.expression)}",
        "        bad |= not ((out[i] >= -MAX) & (out[i] <= MAX))",
        "    return bad",
    ]
    space: dict[str, Any] = {"MAX": np.finfo(float).max, "nan": math.nan}
    exec("\n".join(lines), space)
    loop = numba.njit(space["loop"])
    columns = [given[places[n]] for n in own]

    def run() -> Any:
        out = np.empty_like(columns[0])
        assert not loop(out, *columns, *(places[n] for n in numbers))
        return out

    return run
