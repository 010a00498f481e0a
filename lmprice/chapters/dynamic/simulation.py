"""Dynamic pricing played out: customers who come at random and decide at the price they meet.

The closed form of `dynamic_revenue` is an expectation.  The simulation sells the stock to single
customers instead, and so also says how far one season is from the mean, how often the stock runs
out and what prices customers meet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.dynamic.functions import dynamic_price, dynamic_revenue
from lmprice.chapters.dynamic.quantities import ArrivalRate, PriceSensitivity, Stock, TimeLeft
from lmprice.language.arrays import Array
from lmprice.language.checks import single_number
from lmprice.language.errors import PricingError
from lmprice.language.terms import term
from lmprice.output.framed import Framed, rows

Span = tuple[float, float]

_OWNER = "simulate_dynamic_pricing"
_SEED = 0
# The price path is shown at the ends of so many equal spans of time.
_SPANS = 20
# From so many customers on the simulation takes seconds, and shows how far it is.
_LONG = 3_000_000
# Beyond these it would take more than some minutes.
_MOST_STOCK = 1e15
_MOST_A_SEASON = 1e6
_MOST_IN_ALL = 1e9


@dataclass(frozen=True, eq=False)
class DynamicSimulation(Framed):
    """What simulated sales seasons came to.

    Attributes
    ----------
    runs : int
        Seasons that were simulated.
    mean_revenue : float
        Mean revenue of a season (USD).
    standard_error : float
        Standard error of that mean; the closed form lies within two of it in 19 cases of 20.
    expected_revenue : float
        What `dynamic_revenue` expects (USD).
    revenue_deviation : float
        Standard deviation of the revenue from season to season (USD).
    mean_sold : float
        Mean number of units sold.
    sold_out_share : float
        Share of the seasons in which the stock ran out.
    times : array
        Points of time at which the path is taken, from the start to the end.
    mean_prices : array
        Mean price asked at these times, over the seasons that still have stock; NaN where none has.
    mean_stock : array
        Mean stock left at these times.
    """

    runs: int
    mean_revenue: float
    standard_error: float
    expected_revenue: float
    revenue_deviation: float
    mean_sold: float
    sold_out_share: float
    times: Array
    mean_prices: Array
    mean_stock: Array

    def __str__(self) -> str:
        return (
            f"{self.runs:,} seasons: revenue {self.mean_revenue:,.6g} "
            f"± {self.standard_error:.2g} (expected {self.expected_revenue:,.6g}), "
            f"{self.mean_sold:,.4g} units sold, sold out in {self.sold_out_share:.1%}"
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a point of time: the mean price, and the mean stock left."""
        return rows(time=self.times, mean_price=self.mean_prices, mean_stock=self.mean_stock)


def simulate_dynamic_pricing(
    stock: float,
    horizon: float,
    arrival_rate: float,
    price_sensitivity: float,
    *,
    runs: int = 10_000,
    seed: int = _SEED,
) -> DynamicSimulation:
    """Sell a stock at its dynamic price to customers who come at random, many times over.

    Parameters
    ----------
    stock : float
        Units to sell; only whole units count (at least 0).
    horizon : float
        Time until the season is over (periods; at least 0).
    arrival_rate : float
        Customers who would buy at a price of 0 (customers a period; at least 0).
    price_sensitivity : float
        One over the mean willingness to pay (per USD; above 0).
    runs : int, default 10000
        Seasons to simulate (at least 2).
    seed : int, default 0
        Seed of the random numbers (at least 0): the same seed gives the same numbers.

    Returns
    -------
    DynamicSimulation
        Revenue with its standard error, units sold, and the path of price and stock.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, or there is more to simulate than some
        minutes allow: above 1e15 units, a million customers who come into question in a season
        (arrival rate times horizon / e), or a thousand million in all seasons.

    Notes
    -----
    Exact in time: no grid, the price is that of the instant a customer comes.  Willingness to pay
    is exponential, so of all customers the share 1/e would pay 1/alpha, the lowest price there ever
    is, and how much more than that they would pay is exponential again.  Only these are drawn.

    Examples
    --------
    >>> season = simulate_dynamic_pricing(5, 1, 10, 1)
    >>> abs(season.mean_revenue - season.expected_revenue) < 2 * season.standard_error
    True
    >>> season.mean_prices[[0, -1]].round(4)
    array([1.1866, 1.    ])
    """
    units = math.floor(single_number(_OWNER, "stock", stock, term(Stock)))
    length = single_number(_OWNER, "horizon", horizon, term(TimeLeft))
    rate = single_number(_OWNER, "arrival_rate", arrival_rate, term(ArrivalRate)) / math.e
    sensitivity = single_number(
        _OWNER, "price_sensitivity", price_sensitivity, term(PriceSensitivity)
    )
    _check_whole("runs", runs, 2)
    _check_whole("seed", seed, 0)
    if units > _MOST_STOCK:
        raise PricingError(_OWNER, "stock", stock, f"is above {_MOST_STOCK:g}")
    _check_work(rate, length, runs)
    expected = dynamic_revenue(stock, horizon, arrival_rate, price_sensitivity)
    highest = dynamic_price(1, horizon, arrival_rate, price_sensitivity)
    if math.isnan(expected + highest):
        rule = "makes prices too large for a number"
        raise PricingError(_OWNER, "price_sensitivity", price_sensitivity, rule)

    draw = np.random.default_rng(seed)
    left = np.full(runs, units)
    revenue = np.zeros(runs)
    times = np.linspace(0, length, _SPANS + 1)
    path: list[tuple[float, float]] = []

    # Until the end money is counted in mean willingnesses to pay, whose squares are no large ones.

    def prices(of: NDArray[np.intp], at: float | Array) -> Array:
        return dynamic_price(left[of], length - np.asarray(at), arrival_rate, 1.0)

    def note(at: float) -> None:
        stocked = np.flatnonzero(left)
        mean = float(prices(stocked, at).mean()) if stocked.size else math.nan
        path.append((mean, float(left.mean())))

    for start, end in _shown(list(pairwise(times.tolist())), runs * rate * length):
        note(start)
        # What happened before a span says nothing about who comes in it: it starts afresh.
        open_ = np.flatnonzero(left)
        clock = np.full(open_.size, start)
        while open_.size:
            with np.errstate(divide="ignore", over="ignore"):
                clock = clock + draw.standard_exponential(open_.size) / np.float64(rate)
            open_, clock = open_[clock <= end], clock[clock <= end]
            price = prices(open_, clock)
            buys = price < 1 + draw.standard_exponential(open_.size)
            revenue[open_[buys]] += price[buys]
            left[open_[buys]] -= 1
            stocked = left[open_] > 0
            open_, clock = open_[stocked], clock[stocked]
    note(length)

    deviation = float(revenue.std(ddof=1)) / sensitivity
    return DynamicSimulation(
        runs=runs,
        mean_revenue=float(revenue.mean()) / sensitivity,
        standard_error=deviation / math.sqrt(runs),
        expected_revenue=expected,
        revenue_deviation=deviation,
        mean_sold=float(units - left.mean()),
        sold_out_share=float((left == 0).mean()),
        times=times,
        mean_prices=np.array([price / sensitivity for price, _ in path]),
        mean_stock=np.array([mean for _, mean in path]),
    )


def _check_whole(name: str, value: int, least: int) -> None:
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, np.timedelta64)
    if isinstance(value, bool) or not is_whole:
        raise PricingError(_OWNER, name, value, "is not a whole number")
    if value < least:
        raise PricingError(_OWNER, name, value, f"is below {least}")


def _check_work(rate: float, length: float, runs: int) -> None:
    """Raise where it would never end."""
    season = rate * length
    if season > _MOST_A_SEASON:
        name, value = max(("horizon", length), ("arrival_rate", rate * math.e), key=lambda p: p[1])
        rule = f"brings {season:.3g} customers a season: more than {_MOST_A_SEASON:,.0f} take long"
        raise PricingError(_OWNER, name, value, rule)
    if runs * max(season, 10) > _MOST_IN_ALL:
        rule = (
            f"is above {math.floor(_MOST_IN_ALL / max(season, 10)):,} seasons of so many customers"
        )
        raise PricingError(_OWNER, "runs", runs, rule)


def _shown(spans: list[Span], customers: float) -> Iterable[Span]:
    """The spans one by one, with a progress bar where there are many customers to draw."""
    if customers < _LONG:
        return spans
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(
        spans,
        description="simulates",
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
