"""How time grows with size: ten times as many samples, draws, rows or providers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator

from lmprice import fit_decline
from tests.benchmarks.arrays import SIZES, WAYS, arrays
from tests.benchmarks.pairs import Pair
from tests.benchmarks.simulations import drawn, history, market

STEP = 10
MOST = 15  # linear is 10; what leaves the cache of the processor takes longer
OUT_OF_CACHE = "the smaller size stays in the cache of the processor"


def pairs() -> Iterator[Pair]:
    """Each size beside a tenth of it."""
    for name, (ours, _) in WAYS.items():
        yield from _grown(name, "samples", SIZES, functools.partial(_called, ours))
    yield from _grown("monte_carlo, one result", "draws", SIZES, lambda n: lambda: drawn(n))
    yield from _grown("fit_decline", "rows", SIZES[:-1], _fitted)
    yield from _grown("simulate_market, 20 periods", "providers", (10, 100, 1000), market)


def _grown(
    case: str, unit: str, sizes: tuple[int, ...], made: Callable[[int], Callable[[], object]]
) -> Iterator[Pair]:
    for fewer, more in itertools.pairwise(sizes):
        size, beside = f"{more:,} {unit}", f"{fewer:,} {unit}"
        yield Pair(case, size, beside, made(more), made(fewer), MOST, 5, OUT_OF_CACHE)


def _called(call: Callable[..., object], size: int) -> Callable[[], object]:
    return functools.partial(call, *arrays(size))


def _fitted(rows: int) -> Callable[[], object]:
    dates, prices = history(rows)
    return lambda: fit_decline(dates, prices)
