"""Drivers: the forces behind falling prices, each with its pace, and what they do together.

Hardware, algorithms and open source take a share off the unit cost every year.  Competition takes a
share off the markup over it.  Demand grows by itself, and more where prices fall.

>>> drivers = Drivers(
...     hardware=(0.2, 0.3, 0.35),
...     algorithms=(0.3, 0.5, 0.6),
...     open_source=0.1,
...     competition=(0.1, 0.2, 0.4),
...     demand_growth=(0.5, 1, 1.5),
...     elasticity=(-1.3, -1, -0.7),
... )
>>> print(project_drivers(1_000, 10, 4, 5_000, drivers, years=3))
The price falls from 10 to 0.221 in 3 years (0.06786 to 1.072), 3.56 times cheaper a year.
  algorithms     54.6 %
  hardware       28.1 %
  competition     9.1 %
  open source     8.3 %
The unit cost falls from 4 to 0.125, the markup goes from 150.0 % to 76.8 %.
The volume is 361.9 times as large: 8 times by its own growth, 45.24 times by the price.
Profit goes from 1,000 to 29,751; it does not change sign.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, TypeAlias, get_type_hints

import numpy as np

from lmprice.chapters.decline.quantities import StartPrice
from lmprice.chapters.demand.quantities import Elasticity
from lmprice.language.arrays import Array
from lmprice.language.checks import numbers, single_number
from lmprice.language.errors import PricingError
from lmprice.language.quantities import FixedCost, Quantity
from lmprice.language.terms import Term, Text, term
from lmprice.output.framed import Framed, rows

Range: TypeAlias = float | tuple[float, float, float]
Pace: TypeAlias = Literal["slow", "base", "fast"]

# fmt: off
A_YEAR = Text("fraction a year", "比例/年")
CostDecline = Annotated[float, Term(
    Text("Cost decline", "成本降幅"), A_YEAR,
    Text("Share that the force takes off the unit cost in a year; below 0 cost rises",
         "该因素每年使单位成本下降的比例；负数表示上升"), lt=1)]
MarkupDecline = Annotated[float, Term(
    Text("Markup decline", "加成降幅"), A_YEAR,
    Text("Share that competition takes off the markup in a year; below 0 the markup rises",
         "竞争每年使加成率下降的比例；负数表示上升"), lt=1)]
DemandGrowth = Annotated[float, Term(
    Text("Demand growth", "需求增长"), A_YEAR,
    Text("Growth of the quantity in a year at an unchanged price",
         "价格不变时数量的年增长"), gt=-1)]
StartCost = Annotated[float, Term(
    Text("Unit cost", "单位成本"), Text("USD per unit", "美元/单位"),
    Text("Variable cost of one unit at the start", "起始时的单位可变成本"), gt=0)]
# fmt: on

_COST_FORCES = ("hardware", "algorithms", "open_source")
_PACES: tuple[Pace, ...] = ("slow", "base", "fast")
_OWNER = "project_drivers"


@dataclass(frozen=True)
class Drivers:
    """The forces and their pace: each a rate, or its low, most likely and high value.

    Parameters
    ----------
    hardware, algorithms, open_source : float or tuple of three floats, default 0
        Share that better hardware, better algorithms and open source each take off the unit cost in
        a year (below 1; 0.3 is 30 %).
    competition : float or tuple of three floats, default 0
        Share that competition takes off the markup over unit cost in a year (below 1).
    demand_growth : float or tuple of three floats, default 0
        Growth of the quantity in a year at an unchanged price (above -1; 1 doubles it).
    elasticity : float or tuple of three floats, default 0
        Price sensitivity: per cent that the quantity moves when the price rises by one per cent (at
        most 0).  The lowest of the three is the strongest.

    Raises
    ------
    PricingError
        A rate is not a number or out of its range, or three of them are not in ascending order.

    Examples
    --------
    >>> Drivers(hardware=(0.2, 0.3, 0.4), elasticity=-1.2).at("fast")["hardware"]
    0.4
    """

    hardware: Annotated[Range, term(CostDecline)] = 0.0
    algorithms: Annotated[Range, term(CostDecline)] = 0.0
    open_source: Annotated[Range, term(CostDecline)] = 0.0
    competition: Annotated[Range, term(MarkupDecline)] = 0.0
    demand_growth: Annotated[Range, term(DemandGrowth)] = 0.0
    elasticity: Annotated[Range, term(Elasticity)] = 0.0

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self), include_extras=True)
        for field in fields(self):
            value = getattr(self, field.name)
            rates = numbers("Drivers", field.name, value, hints[field.name].__metadata__[0])
            if rates.shape not in ((), (3,)):
                rule = "is neither one rate nor three: low, most likely and high"
                raise PricingError("Drivers", field.name, value, rule)
            if rates.ndim and (np.diff(rates) < 0).any():
                rule = "is not in ascending order: low, most likely and high"
                raise PricingError("Drivers", field.name, value, rule)

    def at(self, pace: Pace) -> Mapping[str, float]:
        """The rate of each force when all of them are weak, most likely or strong.

        Parameters
        ----------
        pace : {"slow", "base", "fast"}
            Slow takes the low value of every force, and the high one of the elasticity, which is
            the closest to 0; fast the other way round.
        """
        if pace not in _PACES:
            raise PricingError("Drivers.at", "pace", pace, f"is none of {', '.join(_PACES)}")
        position = _PACES.index(pace)
        rates = {}
        for field in fields(self):
            low_base_high = np.broadcast_to(getattr(self, field.name), 3).tolist()
            is_strong_when_low = field.name == "elasticity"
            rates[field.name] = low_base_high[2 - position if is_strong_when_low else position]
        return rates


@dataclass(frozen=True, eq=False)
class DriverPath(Framed):
    """What happens year by year at one pace of the forces.

    Parameters
    ----------
    rates : mapping of str to float
        The rate of each force.
    year : array
        0 for today, then 1, 2 and so on.
    unit_cost, price : array
        USD per unit.
    volume : array
        Units a year.
    revenue, profit : array
        USD a year.
    """

    rates: Mapping[str, float]
    year: Array
    unit_cost: Array
    price: Array
    volume: Array
    revenue: Array
    profit: Array

    @property
    def price_contributions(self) -> dict[str, float]:
        """What each force adds to ln(last price / first price); the sum is exactly that."""
        years = float(self.year[-1])
        added = {force: years * math.log1p(-self.rates[force]) for force in _COST_FORCES}
        markup = self.price / self.unit_cost
        added["competition"] = math.log(markup[-1] / markup[0])
        return added

    @property
    def volume_contributions(self) -> dict[str, float]:
        """What each force adds to ln(last volume / first volume); the sum is exactly that.

        The forces that lower the price raise the volume by way of the elasticity; demand growth
        does so by itself.
        """
        elasticity = self.rates["elasticity"]
        added = {force: elasticity * part for force, part in self.price_contributions.items()}
        added["demand_growth"] = float(self.year[-1]) * math.log1p(self.rates["demand_growth"])
        return added

    @property
    def turn(self) -> int | None:
        """The first year in which profit has changed its sign since today; None where none has."""
        earns = self.profit >= 0
        changed = np.flatnonzero(earns != earns[0])
        return int(self.year[changed[0]]) if changed.size else None

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a year."""
        return rows(
            year=self.year,
            unit_cost=self.unit_cost,
            price=self.price,
            volume=self.volume,
            revenue=self.revenue,
            profit=self.profit,
        )


@dataclass(frozen=True)
class DriverProjection(Framed):
    """The path of price, cost, volume and profit, and how far it may lie to either side.

    Parameters
    ----------
    slow : DriverPath
        Every force at its weakest.
    base : DriverPath
        Every force at its most likely rate.
    fast : DriverPath
        Every force at its strongest.

    Notes
    -----
    Every price and unit cost that rates within their ranges can give lies between the slow path and
    the fast one.  Profit need not: a fast fall of cost and a slow one of the markup is better than
    either path.
    """

    slow: DriverPath
    base: DriverPath
    fast: DriverPath

    def __str__(self) -> str:
        """The base path in plain language, with the price of the slow and the fast one."""
        path = self.base
        years = int(path.year[-1])
        change = path.price[-1] / path.price[0]
        headline = f"The price {_from_to(path.price)}"
        if change != 1:
            period = f"{years} year{'s' if years > 1 else ''}"
            ends = f"{self.fast.price[-1]:,.4g} to {self.slow.price[-1]:,.4g}"
            headline += f" in {period} ({ends}), {_pace(change ** (1 / years))} a year"
        lines = [f"{headline}.", *self._shares(math.log(change))]
        markups = [f"{100 * markup:.1f} %" for markup in (path.price / path.unit_cost - 1)[[0, -1]]]
        moves = " to ".join(markups) if markups[0] != markups[1] else ""
        markup = f"goes from {moves}" if moves else f"stays at {markups[0]}"
        lines.append(f"The unit cost {_from_to(path.unit_cost)}, the markup {markup}.")
        lines += [_volume(path), _profit(path)]
        return "\n".join(lines)

    def _shares(self, whole: float) -> list[str]:
        """One line for each force that moves the price, the strongest first."""
        parts = {force: part for force, part in self.base.price_contributions.items() if part}
        # Shares of a change say nothing where forces that oppose each other leave almost none.
        if abs(whole) <= 1e-9 * sum(map(abs, parts.values())):
            return []
        ranked = sorted(parts, key=lambda force: -parts[force] / whole)
        return [
            f"  {force.replace('_', ' '):<12}{100 * parts[force] / whole:>7.1f} %"
            for force in ranked
        ]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a year of each pace."""
        paces = {"slow": self.slow, "base": self.base, "fast": self.fast}
        return [{"pace": pace} | row for pace, path in paces.items() for row in path.to_dicts()]


def _from_to(path: Array) -> str:
    first, last = (f"{number:,.4g}" for number in path[[0, -1]])
    if path[0] == path[-1]:
        return f"stays at {first}"
    return f"{'rises' if path[-1] > path[0] else 'falls'} from {first} to {last}"


def _volume(path: DriverPath) -> str:
    own = (1 + path.rates["demand_growth"]) ** path.year[-1]
    by_price = (path.price[-1] / path.price[0]) ** path.rates["elasticity"]
    if np.ptp(path.volume) == 0:
        return f"The volume stays at {path.volume[0]:,.4g}."
    parts = {"its own growth": own, "the price": by_price}
    causes = {cause: f"{times:,.4g}" for cause, times in parts.items() if f"{times:,.4g}" != "1"}
    times = f"{own * by_price:,.4g}"
    size = "as large as today" if times == "1" else f"{times} times as large"
    if len(causes) == 1:
        return f"The volume is {size}, by {next(iter(causes))}."
    of_each = ", ".join(f"{times} times by {cause}" for cause, times in causes.items())
    return f"The volume is {size}: {of_each}."


def _profit(path: DriverPath) -> str:
    if np.ptp(path.profit) == 0:
        return f"Profit stays at {path.profit[0]:,.0f}."
    first, last = (f"{amount:,.0f}" for amount in path.profit[[0, -1]])
    turn = "it does not change sign" if path.turn is None else f"it turns in year {path.turn}"
    return f"Profit goes from {first} to {last}; {turn}."


def _pace(yearly: float) -> str:
    return f"{1 / yearly:,.3g} times cheaper" if yearly < 1 else f"{yearly:,.3g} times dearer"


def project_drivers(
    quantity: float,
    price: float,
    unit_cost: float,
    fixed_cost: float,
    drivers: Drivers,
    years: int = 5,
) -> DriverProjection:
    """Project price, unit cost, volume and profit under the forces that drive them.

    Parameters
    ----------
    quantity : float
        Units sold in a year today (at least 0).
    price : float
        Price of one unit today (USD per unit; not below the unit cost).
    unit_cost : float
        Variable cost of one unit today (USD per unit; above 0).
    fixed_cost : float
        Cost of a year that does not depend on the quantity (USD; at least 0).
    drivers : Drivers
        The forces and their pace.
    years : int, default 5
        How many years to look ahead (at least 1).

    Returns
    -------
    DriverProjection
        ``base`` is the path at the most likely rates, ``slow`` and ``fast`` those with every force
        at its weakest and at its strongest.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, the price is below the unit cost, so that
        there is no markup for competition to take from, or a path grows beyond 64-bit floats.

    Notes
    -----
    With hardware h, algorithms a, open source o, competition k, demand growth g, elasticity E and
    the markup m0 of today, in year t:

    - unit cost c = c0 ((1 - h) (1 - a) (1 - o))^t
    - price p = c (1 + m0 (1 - k)^t)
    - volume x = x0 (1 + g)^t (p / p0)^E
    - profit p x - c x - F

    The forces multiply, so their logarithms add up: `price_contributions` and
    `volume_contributions` divide the whole change among them without a rest.

    Examples
    --------
    A markup of 100 % that halves every year, over a cost that stays, falls to 50 %:

    >>> path = project_drivers(100, 20, 10, 600, Drivers(competition=0.5), years=2).base
    >>> path.price
    array([20. , 15. , 12.5])
    >>> path.profit, path.turn
    (array([ 400., -100., -350.]), 1)
    """
    start = {
        "quantity": single_number(_OWNER, "quantity", quantity, term(Quantity)),
        "price": single_number(_OWNER, "price", price, term(StartPrice)),
        "unit_cost": single_number(_OWNER, "unit_cost", unit_cost, term(StartCost)),
        "fixed_cost": single_number(_OWNER, "fixed_cost", fixed_cost, term(FixedCost)),
    }
    if start["price"] < start["unit_cost"]:
        rule = f"is below the unit cost {unit_cost:g}: there is no markup to compete for"
        raise PricingError(_OWNER, "price", price, rule)
    if not isinstance(drivers, Drivers):
        raise PricingError(_OWNER, "drivers", drivers, "is not Drivers(...)")
    if isinstance(years, bool) or not isinstance(years, (int, np.integer)) or years < 1:
        raise PricingError(_OWNER, "years", years, "is not a whole number of at least 1")
    slow, base, fast = (_path(start, drivers.at(pace), int(years)) for pace in _PACES)
    return DriverProjection(slow, base, fast)


def _path(start: Mapping[str, float], rates: Mapping[str, float], years: int) -> DriverPath:
    year = np.arange(years + 1.0)
    markup = start["price"] / start["unit_cost"] - 1
    # What overflows here ends in the error below.
    with np.errstate(all="ignore"):
        left_of_cost = math.prod(1 - rates[force] for force in _COST_FORCES)
        unit_cost = start["unit_cost"] * left_of_cost**year
        price = unit_cost * (1 + markup * (1 - rates["competition"]) ** year)
        grown = start["quantity"] * (1 + rates["demand_growth"]) ** year
        volume = grown * (price / start["price"]) ** rates["elasticity"]
        revenue = price * volume
        profit = revenue - unit_cost * volume - start["fixed_cost"]
    if not np.isfinite(profit).all() or unit_cost[-1] == 0:
        rule = "is so far ahead that the numbers leave the range of 64-bit floats"
        raise PricingError(_OWNER, "years", years, rule)
    return DriverPath(rates, year, unit_cost, price, volume, revenue, profit)
