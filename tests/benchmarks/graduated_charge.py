"""A million quantities through a four-tier graduated charge, against NumPy written by hand.

Run it with ``python -m tests.benchmarks.graduated_charge``.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from lmprice import graduated_charge

UP_TO = [1000.0, 10_000.0, 100_000.0, inf]
PRICES = [0.10, 0.05, 0.02, 0.01]
ROUNDS = 30


def by_bisection(quantity: Any) -> Any:
    """The tier of each quantity looked up, and the charge of all tiers below it."""
    above = np.array([0.0, *UP_TO[:-1]])
    prices = np.array(PRICES)
    below = np.concatenate([[0.0], np.cumsum(np.diff(above) * prices[:-1])])
    tier = np.searchsorted(UP_TO, quantity)
    return below[tier] + (quantity - above[tier]) * prices[tier]


def by_steps(quantity: Any) -> Any:
    """All at the first price, and the price difference beyond each bound, without temporaries."""
    charge = quantity * PRICES[0]
    beyond = np.empty_like(quantity)
    for bound, step in zip(UP_TO, np.diff(PRICES), strict=False):
        np.subtract(quantity, bound, out=beyond)
        np.maximum(beyond, 0, out=beyond)
        np.multiply(beyond, step, out=beyond)
        np.add(charge, beyond, out=charge)
    return charge


def by_steps_in_blocks(quantity: Any, block: int = 65536) -> Any:
    """The same, a piece at a time that stays in the cache."""
    charge = np.empty_like(quantity)
    for start in range(0, quantity.size, block):
        charge[start : start + block] = by_steps(quantity[start : start + block])
    return charge


def by_tiers(quantity: Any) -> Any:
    """A row of the table for every tier, summed up: what comes to mind first."""
    up_to = np.array(UP_TO)[:, None]
    above = np.array([0.0, *UP_TO[:-1]])[:, None]
    units = np.clip(np.minimum(quantity, up_to) - above, 0, None)
    return (units * np.array(PRICES)[:, None]).sum(axis=0)


def milliseconds(calls: list[Callable[[], Any]]) -> list[float]:
    """The best of some rounds for each call, in turns: what disturbs a run only adds to it."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, measured in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            measured.append(time.perf_counter() - start)
    return [min(measured) * 1e3 for measured in times]


def main() -> None:
    """Print the time of each way."""
    quantity = np.random.default_rng(0).uniform(0, 200_000, 1_000_000)
    ways: dict[str, Callable[[Any], Any]] = {
        "by tiers": by_tiers,
        "by bisection": by_bisection,
        "by steps": by_steps,
        "by steps in blocks": by_steps_in_blocks,
        "graduated_charge": lambda q: graduated_charge(q, UP_TO, PRICES),
    }
    for way in ways.values():
        np.testing.assert_allclose(way(quantity), by_bisection(quantity), rtol=1e-12)
    ways["with flat fees"] = lambda q: graduated_charge(q, UP_TO, PRICES, [1, 2, 3, 4])
    times = milliseconds([functools.partial(way, quantity) for way in ways.values()])
    for name, best in zip(ways, times, strict=True):
        print(f"{name:20} {best:6.2f} ms")


if __name__ == "__main__":
    main()
