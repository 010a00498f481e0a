"""Calls with arrays, at growing sizes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from math import inf
from typing import Any

import numpy as np

import lmprice
from tests.benchmarks.pairs import Pair

UP_TO = [1000.0, 10_000.0, 100_000.0, inf]
PRICES = [0.10, 0.05, 0.02, 0.01]
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
# At ten thousand the call itself counts; what is between is as it comes.
TARGETS = {10_000: 2.7, 1_000_000: 1.05, 10_000_000: 1.05}
CHECKED = "each array is looked at for what is no valid number, and the result as well"
REASONS = {
    "profit(q, p, c)": f"{CHECKED}: four passes beside the four of the formula",
    "token_cost(i, o, cached)": (
        f"{CHECKED}, and cached against input tokens: six passes; "
        "the formula has eleven (cache writes, discount), that by hand seven"
    ),
}
Way = Callable[[Any, Any, Any], Any]


def _tiers(quantity: Any) -> Any:
    """All at the first price, and the difference beyond each bound, without temporaries."""
    charge = quantity * PRICES[0]
    beyond = np.empty_like(quantity)
    for bound, step in zip(UP_TO, np.diff(PRICES), strict=False):
        np.subtract(quantity, bound, out=beyond)
        np.maximum(beyond, 0, out=beyond)
        np.multiply(beyond, step, out=beyond)
        np.add(charge, beyond, out=charge)
    return charge


def _margin(price: Any, cost: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(price > 0, (price - cost) / price, np.nan)


WAYS: dict[str, tuple[Way, Way]] = {
    "profit(q)": (
        lambda q, _p, _c: lmprice.profit(q, 20, 10, 100),
        lambda q, _p, _c: 20 * q - 10 * q - 100,
    ),
    "profit(q, p, c)": (
        lambda q, p, c: lmprice.profit(q, p, c, 100),
        lambda q, p, c: p * q - c * q - 100,
    ),
    "token_cost(i, o, cached)": (
        lambda q, p, c: lmprice.token_cost(q, p, 2.5, 15, c, 0.25),
        lambda q, p, c: ((q - c) * 2.5 + c * 0.25 + p * 15) / 1e6,
    ),
    "gross_margin(p, c)": (
        lambda _q, p, c: lmprice.gross_margin(p, c),
        lambda _q, p, c: _margin(p, c),
    ),
    "graduated_charge(q), 4 tiers": (
        lambda q, _p, _c: lmprice.graduated_charge(q, UP_TO, PRICES),
        lambda q, _p, _c: _tiers(q),
    ),
}


def pairs() -> Iterator[Pair]:
    """Ours beside NumPy by hand; at the end how far both are from a plain copy."""
    for size in SIZES:
        rounds = 7 if size == SIZES[-1] else 25
        for name, (ours, theirs) in WAYS.items():
            given = arrays(size)
            yield Pair(
                name,
                f"{size:,}",
                "NumPy by hand",
                functools.partial(ours, *given),
                functools.partial(theirs, *given),
                TARGETS.get(size),
                rounds,
                REASONS.get(name, CHECKED),
            )
    given = arrays(1_000_000)
    ours = WAYS["profit(q)"][0]
    yield Pair(
        "profit(q)", "1,000,000", "a copy of q", functools.partial(ours, *given), given[0].copy
    )
    yield from _engines(given)


def _engines(given: tuple[Any, Any, Any]) -> Iterator[Pair]:
    """Ours beside engines that compile expressions, on one thread."""
    import numexpr
    import polars as pl

    numexpr.set_num_threads(1)
    q, p, c = given
    frame = pl.DataFrame({"q": q, "p": p, "c": c})
    expression = pl.col("p") * pl.col("q") - pl.col("c") * pl.col("q") - 100
    name, (ours, _) = "profit(q, p, c)", WAYS["profit(q, p, c)"]
    call = functools.partial(ours, *given)
    names = {"q": q, "p": p, "c": c}
    by_numexpr = functools.partial(numexpr.evaluate, "p * q - c * q - 100", names)
    yield Pair(name, "1,000,000", "numexpr, one thread", call, by_numexpr)
    yield Pair(name, "1,000,000", "polars", call, lambda: frame.select(expression))


@functools.lru_cache(maxsize=2)
def arrays(size: int) -> tuple[Any, Any, Any]:
    """Quantities, prices and costs, the same ones each time."""
    source = np.random.default_rng(0)
    quantity = source.uniform(1e4, 2e5, size)
    return quantity, source.uniform(1, 30, size), source.uniform(0, 1000, size)
