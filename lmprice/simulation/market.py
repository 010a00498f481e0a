"""A market over time: costs fall, rivals answer each other's prices, demand grows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.competition.functions import (
    logit_best_response,
    logit_nash_prices,
    logit_shares,
    outside_share,
)
from lmprice.chapters.competition.quantities import Outside, PriceScale, Quality
from lmprice.chapters.decline.functions import annual_factor, declined_price, experience_curve_cost
from lmprice.chapters.decline.quantities import Factor, LearningRate
from lmprice.chapters.profit.functions import profit
from lmprice.language.arrays import Array, Scalar
from lmprice.language.checks import check_fields, single_number
from lmprice.language.errors import PricingError
from lmprice.language.quantities import FixedCost, UnitCost, UnitPrice
from lmprice.language.terms import term
from lmprice.output.framed import Framed
from lmprice.output.printing import percent, plain_text, text_table
from lmprice.simulation import quantities as terms
from lmprice.simulation.cells import whole
from lmprice.simulation.figures import money, some_rows

NAME = "simulate_market"


@dataclass(frozen=True)
class Provider:
    """A provider: its cost and price at the start, and what becomes of them.

    Parameters
    ----------
    name : str
        Its name.
    unit_cost : float
        Variable cost of one unit at the start (USD per unit; at least 0).
    quality : float, default 0
        What its offer is worth to a buyer (USD per unit).
    price : float, optional
        Price at the start (USD per unit); the equilibrium price when left out.
    cost_factor : float, default 1
        How many times cheaper its units get in a year, whatever it sells (above 0).
    learning_rate : float, default 0
        Share by which its cost falls, besides, with each doubling of the units it has made.
    experience : float, optional
        Units made before the start; needed for a learning rate.
    response : float, default 1
        Share of the way to its best price that it goes in a period (0 to 1): 1 follows at once, 0
        keeps its price.
    fixed_cost : float, default 0
        Cost of a year that does not depend on the quantity (USD a year).
    """

    name: str
    unit_cost: UnitCost
    quality: Quality = 0.0
    price: float | None = None
    cost_factor: Factor = 1.0
    learning_rate: LearningRate = 0.0
    experience: float | None = None
    response: terms.Response = 1.0
    fixed_cost: FixedCost = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise PricingError("Provider", "name", self.name, "is not a text")
        check_fields(self)
        for name, kind in (("price", UnitPrice), ("experience", terms.Experience)):
            if (value := getattr(self, name)) is not None:
                single_number("Provider", name, value, term(kind))
        if self.learning_rate > 0 and self.experience is None:
            rule = "needs the experience: the units made before the start"
            raise PricingError("Provider", "learning_rate", self.learning_rate, rule)


@dataclass(frozen=True, eq=False)
class MarketPath(Framed):
    """What becomes of a market; ``print`` sums it up.

    The arrays have a row for each provider and a column for each period.

    Parameters
    ----------
    names : tuple of str
        The providers.
    years : array
        Start of each period, in years from the start.
    unit_costs, prices : array
        Variable cost and price of a unit (USD per unit).
    shares : array
        Share of all buyers.
    quantities, profits : array
        Units sold in the period, and what they earn after all cost (USD).
    outside_share : array
        Share of the buyers who buy from no provider, for each period.
    average_price : array
        Price of the units sold, on average, for each period (USD per unit).
    """

    names: tuple[str, ...]
    years: Array
    unit_costs: Array
    prices: Array
    shares: Array
    quantities: Array
    profits: Array
    outside_share: Array
    average_price: Array

    def price_factor(self, name: str | None = None) -> float:
        """How many times cheaper a provider gets in a year; without a name, the average price.

        NaN for a single period, and where a price is 0.
        """
        if name is not None and name not in self.names:
            rule = f"is no provider; there are: {', '.join(self.names)}"
            raise PricingError("price_factor", "name", name, rule)
        path = self.average_price if name is None else self.prices[self.names.index(name)]
        first, last = float(path[0]), float(path[-1])
        if path.size == 1 or not min(first, last) > 0:
            return math.nan
        return annual_factor(first, last, float(self.years[-1]))

    def to_dicts(self) -> list[dict[str, Any]]:
        """One flat row for each provider and period: ``pandas.DataFrame(path.to_dicts())``."""
        columns = {
            "unit_cost": self.unit_costs,
            "price": self.prices,
            "share": self.shares,
            "quantity": self.quantities,
            "profit": self.profits,
        }
        return [
            {"year": year, "provider": name}
            | {column: float(array[i, t]) for column, array in columns.items()}
            for t, year in enumerate(self.years.tolist())
            for i, name in enumerate(self.names)
        ]

    def __str__(self) -> str:
        head = ("First price", "Last price", "Times a year", "First share", "Last share", "Profit")
        table = text_table("Provider", *head)
        for i, name in enumerate(self.names):
            table.add_row(
                name,
                *(money(x) for x in self.prices[i, [0, -1]].tolist()),
                f"{self.price_factor(name):.3g}",
                *(percent(x) for x in self.shares[i, [0, -1]].tolist()),
                money(float(self.profits[i].sum())),
            )
        average = text_table("Year", "Average price", "Buyers", "Profit of all")
        for i in some_rows(self.years.size):
            buyers = percent(float(1 - self.outside_share[i]))
            profit, price = float(self.profits[:, i].sum()), float(self.average_price[i])
            average.add_row(f"{self.years[i]:.4g}", money(price), buyers, money(profit))
        last = f"The average price becomes {self.price_factor():.3g} times cheaper a year."
        return "\n".join([plain_text(table), "", plain_text(average), "", last])


def simulate_market(
    providers: Sequence[Provider],
    years: Scalar,
    *,
    market_size: Scalar,
    price_scale: Scalar,
    outside: Scalar | None = 0.0,
    growth: Scalar = 0.0,
    periods_per_year: int = 4,
    noise: Scalar = 0.0,
    seed: int | None = None,
) -> MarketPath:
    """Follow providers who compete on price while their costs fall and the market grows.

    Parameters
    ----------
    providers : sequence of Provider
        The providers, each with a name of its own.
    years : float
        How long the market is followed (years, above 0): a whole number of periods.
    market_size : float
        Units that all buyers together could buy in a year, at the start (above 0).
    price_scale : float
        Price advantage that multiplies the odds of a sale by e (USD per unit, above 0); the
        smaller, the harder the competition.
    outside : float or None, default 0
        What a buyer has from not buying, on the scale of quality less price; None where buyers must
        buy.
    growth : float, default 0
        Growth of the market in a year, as a fraction (above -1).
    periods_per_year : int, default 4
        How often a year prices may change.
    noise : float, default 0
        Standard deviation of the logarithm of each unit cost, and of the market size, after a year:
        they then walk at random around their path.
    seed : int, optional
        Seed of the noise; needed with noise, and the same seed gives the same path.

    Returns
    -------
    MarketPath
        Costs, prices, shares, quantities and profits by provider and period.

    Raises
    ------
    PricingError
        An argument is out of its range, or two providers have the same name.

    Notes
    -----
    Shares are `logit_shares`.  In each period a provider goes from its price towards the one that
    earns most at its new cost against the last prices of its rivals, `logit_best_response`, as far
    as its ``response`` says, and never below its unit cost.  With constant costs prices come to
    rest at `logit_nash_prices`.  A cost is `declined_price`, times what `experience_curve_cost`
    takes off for the units made since the start.

    Examples
    --------
    A leader whose cost halves every year against a follower that keeps its price of 10:

    >>> path = simulate_market(
    ...     [
    ...         Provider("Leader", unit_cost=4, quality=10, cost_factor=2),
    ...         Provider("Keeper", unit_cost=4, quality=10, price=10, response=0),
    ...     ],
    ...     years=3,
    ...     market_size=1000,
    ...     price_scale=2,
    ... )
    >>> path.prices[:, [0, -1]].round(2)
    array([[ 7.55,  7.02],
           [10.  , 10.  ]])
    >>> path.shares[:, -1].round(2)
    array([0.69, 0.16])
    """
    sellers = _checked_providers(providers)
    count = whole(NAME, "periods_per_year", periods_per_year, least=1)
    length = single_number(NAME, "years", years, term(terms.Years)) * count
    periods = round(length)
    if periods < 1 or abs(length - periods) > 1e-6:
        raise PricingError(NAME, "years", years, f"is no whole number of periods of 1/{count} year")
    scale = single_number(NAME, "price_scale", price_scale, term(PriceScale))
    nobody = None if outside is None else single_number(NAME, "outside", outside, term(Outside))
    at = np.arange(periods) / count
    size = single_number(NAME, "market_size", market_size, term(terms.AnnualMarketSize))
    with np.errstate(all="ignore"):
        grown = size * (1 + single_number(NAME, "growth", growth, term(terms.Growth))) ** at
    if not np.isfinite(grown).all():
        raise PricingError(NAME, "growth", growth, "makes the market too large for a number")
    walks = _walks(len(sellers) + 1, periods, count, noise, seed)
    market = _Market(sellers, scale, nobody)
    return market.path(at, grown * walks[-1] / count, walks[:-1], count)


class _Market:
    """The providers as columns, and how they answer each other."""

    def __init__(
        self, providers: Sequence[Provider], price_scale: float, outside: float | None
    ) -> None:
        self.names = tuple(p.name for p in providers)
        self.start_costs = np.array([p.unit_cost for p in providers], dtype=np.float64)
        self.qualities = np.array([p.quality for p in providers], dtype=np.float64)
        self.factors = np.array([p.cost_factor for p in providers], dtype=np.float64)
        self.rates = np.array([p.learning_rate for p in providers], dtype=np.float64)
        # Without learning the experience has no part in the cost.
        self.experience = np.array([p.experience or 1.0 for p in providers], dtype=np.float64)
        self.responses = np.array([p.response for p in providers], dtype=np.float64)
        self.fixed_costs = np.array([p.fixed_cost for p in providers], dtype=np.float64)
        self.start_prices = np.array([math.nan if p.price is None else p.price for p in providers])
        self.scale, self.outside = price_scale, outside

    def path(self, years: Array, sizes: Array, walks: Array, periods_per_year: int) -> MarketPath:
        """All periods, one after the other."""
        shape = (len(self.names), years.size)
        costs, prices, shares, sold = (np.empty(shape) for _ in range(4))
        made = np.zeros(len(self.names))
        for t, year in enumerate(years.tolist()):
            costs[:, t] = self._costs(year, made) * walks[:, t]
            last = prices[:, t - 1] if t else None
            prices[:, t] = self._prices(costs[:, t], last)
            shares[:, t] = logit_shares(prices[:, t], self.qualities, self.scale, self.outside)
            sold[:, t] = shares[:, t] * sizes[t]
            made += sold[:, t]
        fixed = self.fixed_costs[:, np.newaxis] / periods_per_year
        with np.errstate(all="ignore"):  # NaN where nobody buys
            average = (shares * prices).sum(axis=0) / shares.sum(axis=0)
        return MarketPath(
            names=self.names,
            years=years,
            unit_costs=costs,
            prices=prices,
            shares=shares,
            quantities=sold,
            profits=profit(sold, prices, costs, fixed),
            outside_share=np.asarray(
                outside_share(prices, self.qualities, self.scale, self.outside)
            ),
            average_price=average,
        )

    def _costs(self, year: float, made: Array) -> Array:
        fallen = declined_price(np.ones(len(self.names)), self.factors, year) * self.start_costs
        return experience_curve_cost(fallen, 1 + made / self.experience, self.rates)

    def _prices(self, costs: Array, last: Array | None) -> Array:
        if last is None:
            if not np.isnan(self.start_prices).any():
                return self.start_prices
            equilibrium = logit_nash_prices(costs, self.qualities, self.scale, self.outside)
            return np.where(np.isnan(self.start_prices), equilibrium, self.start_prices)
        moved = last + self.responses * (self._replies(costs, last) - last)
        return np.maximum(moved, costs)

    def _replies(self, costs: Array, prices: Array) -> Array:
        """The best price of each provider against the prices of the others."""
        count = len(self.names)
        if count == 1:
            return logit_nash_prices(costs, self.qualities, self.scale, self.outside)
        rivals = self._rivals(prices)
        return logit_best_response(
            costs, self.qualities, np.zeros((1, count)), rivals, self.scale, self.outside
        )

    def _rivals(self, prices: Array) -> Array:
        """The rivals of each provider as one at a price of 0: its quality, in one row.

        It is the log of the sum of what all others offer, of those before and those after it.
        """
        offers = (self.qualities - prices) / self.scale
        nobody = [-math.inf]
        before = np.concatenate([nobody, np.logaddexp.accumulate(offers)[:-1]])
        after = np.concatenate([np.logaddexp.accumulate(offers[::-1])[-2::-1], nobody])
        rivals: Array = self.scale * np.logaddexp(before, after)[np.newaxis]
        return rivals


def _checked_providers(providers: Sequence[Provider]) -> list[Provider]:
    if not isinstance(providers, Iterable) or getattr(providers, "ndim", 1) == 0:
        raise PricingError(NAME, "providers", providers, "is not a list of providers")
    sellers = list(providers)
    if not sellers:
        raise PricingError(NAME, "providers", sellers, "names no provider")
    names: set[str] = set()
    for i, seller in enumerate(sellers):
        if not isinstance(seller, Provider):
            raise PricingError(NAME, "providers", seller, "is not a Provider", (i,))
        if seller.name in names:
            raise PricingError(NAME, "providers", seller.name, "is there twice", (i,))
        names.add(seller.name)
    return sellers


def _walks(rows: int, periods: int, periods_per_year: int, noise: Any, seed: Any) -> Array:
    """Factors that walk at random from 1, a row for each; all 1 without noise."""
    spread = single_number(NAME, "noise", noise, term(terms.Noise))
    if spread == 0:
        return np.ones((rows, periods))
    if seed is None:
        raise PricingError(NAME, "noise", spread, "needs a seed")
    generator = np.random.default_rng(whole(NAME, "seed", seed, least=0))
    steps = generator.normal(0, spread / math.sqrt(periods_per_year), (rows, periods))
    steps[:, 0] = 0
    return np.exp(np.cumsum(steps, axis=1))
