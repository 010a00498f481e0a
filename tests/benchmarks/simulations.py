"""Monte Carlo, fits of trends, markets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lmprice import fit_decline, simulate_market
from lmprice.scenarios import Breakeven
from lmprice.simulation import LogNormal, Normal, monte_carlo
from lmprice.simulation.market import Provider
from tests.benchmarks.pairs import Pair

DRAWS = 1_000_000
ROWS = 1_000_000
PROVIDERS = (100, 500)


def pairs() -> Iterator[Pair]:
    """Ours beside NumPy by hand; a market beside one of a fifth of the providers."""
    yield Pair(
        "monte_carlo of `breakeven`, one result",
        f"{DRAWS:,} draws",
        "NumPy and SciPy by hand",
        lambda: drawn(DRAWS),
        _drawn_by_hand,
        1.5,
        7,
        "the draws are checked against the bounds of their inputs",
    )
    dates, prices = history(ROWS)
    days = (dates - dates[0]).astype(np.float64)
    yield Pair(
        "fit_decline",
        f"{ROWS:,} rows",
        "np.polyfit",
        lambda: fit_decline(dates, prices),
        lambda: np.polyfit(days, np.log(prices), 1),
        20,
        3,
        "rows are sorted, searched for repeats and typos, and tested for breaks in trend",
    )
    few, many = map(market, PROVIDERS)
    yield Pair(
        "simulate_market, 20 periods",
        f"{PROVIDERS[1]} providers",
        f"{PROVIDERS[0]} providers",
        many,
        few,
        PROVIDERS[1] / PROVIDERS[0],
        7,
    )


def drawn(draws: int) -> Any:
    """The profit of uncertain inputs."""
    known = {"price": Normal(20, 2), "quantity": LogNormal(1000, 300), "unit_cost": Normal(10, 1)}
    return monte_carlo(Breakeven(), known, draws, results=["profit"])


def _drawn_by_hand() -> Any:
    from scipy.special import ndtri

    streams = [np.random.default_rng(seed).random(DRAWS) for seed in range(3)]
    price, unit_cost = 20 + 2 * ndtri(streams[0]), 10 + ndtri(streams[1])
    spread = np.sqrt(np.log1p(0.3**2))
    quantity = 1000 * np.exp(spread * ndtri(streams[2]) - spread**2 / 2)
    profit = price * quantity - unit_cost * quantity - 100
    quantiles = np.quantile(profit, [0.05, 0.25, 0.5, 0.75, 0.95])
    return profit.mean(), profit.std(ddof=1), quantiles, (profit < 0).mean()


def history(rows: int) -> tuple[Any, Any]:
    """Dates and prices that fall by the same factor each year."""
    source = np.random.default_rng(0)
    offsets = np.sort(source.integers(0, 1500, rows))
    prices = np.exp(3 - offsets / 365 + source.normal(0, 0.2, rows))
    return np.datetime64("2021-01-01") + offsets, prices


def market(count: int) -> Callable[[], object]:
    """A market of so many providers."""
    providers = [Provider(f"p{i}", unit_cost=4 + i / count, quality=10) for i in range(count)]
    return lambda: simulate_market(providers, years=5, market_size=1000, price_scale=2)
