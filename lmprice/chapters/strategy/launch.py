"""Launches: skimming and penetration price paths, compared by their net present value.

Skimming starts high and comes down the demand curve, so that those who value the product most pay
most.  Penetration starts low, so that owners spread the word while the market is young.  Which of
them earns more depends on how buyers hear of the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lmprice.chapters.decline.quantities import EndPrice, StartPrice
from lmprice.chapters.demand.functions import exponential_demand, linear_demand
from lmprice.chapters.demand.quantities import (
    Buyers,
    Imitation,
    Innovation,
    PeriodRate,
    Willingness,
)
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import check_fields, check_mapping, moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.quantities import UnitCost, UnitPrice
from lmprice.language.terms import term
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import amounts, plain_text, text_table

__all__ = [
    "Launch",
    "LaunchComparison",
    "LaunchMarket",
    "compare_launches",
    "penetration_path",
    "skimming_path",
]

_FORMS = ("linear", "exponential")
_MOST_PERIODS = 1_000_000


@dataclass(frozen=True)
class LaunchMarket:
    """The buyers of a new product: what they would pay, and how they come to hear of it.

    Parameters
    ----------
    buyers : float
        All who may ever buy, one unit each (above 0).
    willingness : float
        Highest willingness to pay where it is linear, the mean where it is exponential (USD per
        unit; above 0).
    form : {"linear", "exponential"}, default "linear"
        How willingness to pay is distributed: evenly from 0 to the highest (linear demand), or
        exponentially (exponential demand).
    innovation : float, default 1
        Share of those who do not know the product yet that hear of it by themselves in a period
        (above 0 and at most 1); with 1 everybody knows it from the start.
    imitation : float, default 0
        Further share that hears of it once everybody owns it, less in step before that (at least
        0).

    Raises
    ------
    PricingError
        A field is not a number, out of its range or no such form.

    Notes
    -----
    Of those who do not know the product, the share p + q X / N hears of it in a period (at most
    all), where X of N buyers own it: F. Bass, "A new product growth for model consumer durables",
    Management Science 15 (1969).  In Bass's model whoever hears of it buys; here the price decides.

    Examples
    --------
    >>> LaunchMarket(buyers=100, willingness=10).share_willing(7.5)
    0.25
    """

    buyers: Buyers
    willingness: Willingness
    form: Literal["linear", "exponential"] = "linear"
    innovation: Innovation = 1.0
    imitation: Imitation = 0.0

    def __post_init__(self) -> None:
        check_fields(self, moderate)
        if not isinstance(self.form, str) or self.form not in _FORMS:
            rule = f"is not one of {', '.join(_FORMS)}"
            raise PricingError("LaunchMarket", "form", self.form, rule)

    def share_willing(self, price: float) -> float:
        """Share of all buyers whose willingness to pay is at least the price.

        Parameters
        ----------
        price : float
            Price of one unit (USD per unit; at least 0).
        """
        demand = linear_demand if self.form == "linear" else exponential_demand
        return demand(price / self.willingness, 1, 1)


@dataclass(frozen=True, eq=False)
class Launch(Framed):
    """What one price path brings.

    Parameters
    ----------
    name : str
        Name of the path.
    prices : array
        Price in each period (USD per unit).
    quantities : array
        Units sold in each period.
    profits : array
        Price less unit cost, times the quantity, in each period (USD).
    npv : float
        Net present value of the profits; the first period counts in full (USD).
    """

    name: str
    prices: Array
    quantities: Array
    profits: Array
    npv: float

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a period."""
        return rows(
            path=self.name,
            period=range(len(self.prices)),
            price=self.prices,
            quantity=self.quantities,
            profit=self.profits,
        )

    def __str__(self) -> str:
        return str(LaunchComparison((self,)))


@dataclass(frozen=True, eq=False)
class LaunchComparison(Framed):
    """Price paths for the same market, side by side.

    Parameters
    ----------
    launches : tuple of Launch
        What each path brings, in the order given.
    """

    launches: tuple[Launch, ...]

    @property
    def best(self) -> Launch:
        """The launch with the highest net present value; the first one of several."""
        return max(self.launches, key=lambda launch: launch.npv)

    def __str__(self) -> str:
        table = text_table("Path", "First price", "Last price", "Units sold", "Net present value")
        for path in self.launches:
            ends = path.prices[[0, -1]].tolist()
            table.add_row(path.name, *amounts((*ends, path.quantities.sum(), path.npv)))
        return f"{plain_text(table)}\n\nBest: {self.best.name}."

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a period of each path."""
        return [row for launch in self.launches for row in launch.to_dicts()]


def skimming_path(start_price: float, end_price: float, periods: int) -> Array:
    """Price path that starts high and falls by the same share each period.

    Parameters
    ----------
    start_price : float
        Price of the first period (USD per unit; above 0).
    end_price : float
        Price of the last period (USD per unit; above 0, at most the start price).
    periods : int
        Number of periods (at least 2).

    Returns
    -------
    array
        One price a period.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range.

    Examples
    --------
    >>> skimming_path(8, 2, 3)
    array([8., 4., 2.])
    """
    path = _path("skimming_path", start_price, end_price, periods)
    if end_price > start_price:
        raise PricingError("skimming_path", "end_price", end_price, "is above start_price")
    return path


def penetration_path(start_price: float, end_price: float, periods: int) -> Array:
    """Price path that starts low and rises by the same share each period.

    Parameters
    ----------
    start_price : float
        Price of the first period (USD per unit; above 0).
    end_price : float
        Price of the last period (USD per unit; at least the start price, which keeps it low).
    periods : int
        Number of periods (at least 2).

    Returns
    -------
    array
        One price a period.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range.

    Examples
    --------
    >>> penetration_path(2, 8, 3)
    array([2., 4., 8.])
    """
    path = _path("penetration_path", start_price, end_price, periods)
    if end_price < start_price:
        raise PricingError("penetration_path", "end_price", end_price, "is below start_price")
    return path


def _path(owner: str, start_price: float, end_price: float, periods: int) -> Array:
    first = single_number(owner, "start_price", start_price, term(StartPrice))
    last = single_number(owner, "end_price", end_price, term(EndPrice))
    if isinstance(periods, bool) or not isinstance(periods, (int, np.integer)):
        raise PricingError(owner, "periods", periods, "is not a whole number")
    if periods < 2:
        raise PricingError(owner, "periods", periods, "is below 2")
    if periods > _MOST_PERIODS:
        raise PricingError(owner, "periods", periods, f"is above {_MOST_PERIODS:,}")
    return np.geomspace(first, last, int(periods))


def compare_launches(
    market: LaunchMarket,
    paths: Mapping[str, Values],
    unit_cost: Values = 0.0,
    discount_rate: float = 0.0,
) -> LaunchComparison:
    """Compare price paths for a new product by their net present value.

    Parameters
    ----------
    market : LaunchMarket
        The buyers.
    paths : mapping of str to sequence of float
        The price of each period under each path (USD per unit; at least 0); all paths are equally
        long.
    unit_cost : float or sequence of float, default 0
        Variable cost of one unit, for all periods or for each (USD per unit; at least 0).
    discount_rate : float, default 0
        Interest of a period at which later profits count less (at least 0).

    Returns
    -------
    LaunchComparison
        Prices, quantities, profits and net present value of each path; ``best`` is the path with
        the highest value.

    Raises
    ------
    PricingError
        There is no path, paths differ in length, or a number is out of its range.

    Notes
    -----
    Whoever has heard of the product buys one unit in the first period in which the price is not
    above the willingness to pay; nobody waits for a lower price.  So of those who heard of it
    together, the share S(p) has bought after a lowest price of p, and a price sells only to those
    whom no earlier one has won.  The value is the sum of profit / (1 + r)^t, t = 0, 1, 2 ...

    Examples
    --------
    A market that knows the product is skimmed: of 100 buyers 20 pay 8, then 40 more pay 4.

    >>> known = LaunchMarket(buyers=100, willingness=10)
    >>> paths = {"skim": skimming_path(8, 2, 3), "penetrate": penetration_path(2, 8, 3)}
    >>> skim, penetrate = compare_launches(known, paths, unit_cost=1).launches
    >>> skim.quantities.round(9), round(skim.npv, 9)
    (array([20., 40., 20.]), 280.0)
    >>> penetrate.quantities.round(9), round(penetrate.npv, 9)
    (array([80.,  0.,  0.]), 80.0)

    Where owners have to spread the word, it pays to have owners early:

    >>> new = LaunchMarket(buyers=100, willingness=10, innovation=0.02, imitation=0.9)
    >>> paths = {"skim": skimming_path(9, 5, 8), "penetrate": penetration_path(1, 7, 8)}
    >>> compare_launches(new, paths, unit_cost=0.5).best.name
    'penetrate'
    """
    if not isinstance(market, LaunchMarket):
        raise PricingError("compare_launches", "market", market, "is not a LaunchMarket")
    check_mapping("compare_launches", "paths", paths)
    if not paths:
        raise PricingError("compare_launches", "paths", {}, "is empty")
    prices = {name: _prices(name, path) for name, path in paths.items()}
    periods = next(iter(prices.values())).size
    for name, path in prices.items():
        if path.size != periods:
            rule = f"is the number of periods, but the path before it has {periods}"
            raise PricingError("compare_launches", f"paths[{name!r}]", path.size, rule)
    costs = moderate("compare_launches", "unit_cost", unit_cost, term(UnitCost))
    if costs.ndim and costs.size != periods:
        rule = f"is the number of periods, but the paths have {periods}"
        raise PricingError("compare_launches", "unit_cost", costs.size, rule)
    rate = single_number("compare_launches", "discount_rate", discount_rate, term(PeriodRate))
    weights = (1 + rate) ** -np.arange(periods, dtype=np.float64)
    launches = []
    for name, path in prices.items():
        quantities = _sold(market, path)
        profits = (path - costs) * quantities
        launches.append(Launch(name, path, quantities, profits, float(weights @ profits)))
    return LaunchComparison(tuple(launches))


def _prices(name: str, path: Values) -> Array:
    prices = moderate("compare_launches", f"paths[{name!r}]", path, term(UnitPrice))
    if not prices.size or not prices.ndim:
        raise PricingError("compare_launches", f"paths[{name!r}]", path, "is not a list of prices")
    return prices


def _sold(market: LaunchMarket, prices: Array) -> Array:
    """Units sold in each period."""
    knowing = np.zeros(prices.size)  # those who heard of it in each period
    won = np.zeros(prices.size)  # the share of them that has bought
    sold = np.zeros(prices.size)
    for period, price in enumerate(prices):
        hearing = market.innovation + market.imitation * (sold.sum() / market.buyers)
        knowing[period] = min(hearing, 1.0) * (market.buyers - knowing.sum())
        gained = np.maximum(market.share_willing(float(price)) - won, 0.0)
        gained[period + 1 :] = 0.0
        sold[period] = gained @ knowing
        won += gained
    return sold


def __dir__() -> list[str]:
    return sorted(__all__)
