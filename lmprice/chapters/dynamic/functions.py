"""Dynamic pricing: a stock to sell until a date, at a price that follows stock and time.

Capacity of an hour, seats and rooms are worth nothing once their time is over.  Customers arrive
at random, a Poisson process of rate a, and the share e^(-alpha p) of them buys at price p.
Gallego and van Ryzin solved this in closed form.  With the load x = a t / e, the number of sales to
expect at the price 1/alpha that the seller would ask without a limit on stock, and the sums
S_n = 1 + x + ... + x^n/n!, stock n is worth J = ln(S_n) / alpha and its price is
p = J_n - J_(n-1) + 1/alpha: what the unit would fetch later, and the margin on top.

Cost is sunk here: where a sale itself costs c, take the arrival rate a e^(-alpha c) and add c to
the price.

References
----------
G. Gallego and G. van Ryzin, "Optimal dynamic pricing of inventories with stochastic demand over
finite horizons", Management Science 40 (1994) 999-1020.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lmprice.chapters.dynamic.quantities import (
    ArrivalRate,
    DynamicPrice,
    ExpectedRevenue,
    FixedPrice,
    PriceSensitivity,
    Stock,
    TimeLeft,
)
from lmprice.language.expression import (
    Expr,
    exp,
    floor,
    log,
    log_factorial,
    nan,
    poisson_cdf,
    sqrt,
    where,
)
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import UnitPrice
from lmprice.language.roots import find_roots

CATEGORY = "dynamic"

# So many standard deviations beyond the stock, the probability of so few customers is below what a
# 64-bit float holds, and a continued fraction of few terms gives the ratios of the sums exactly.
_SCARCE = 25
_TERMS = 5


def _load(time_left: float, arrival_rate: float) -> float:
    """The expected number of sales at the price of unlimited stock."""
    one: Any = Expr.lift(1) if isinstance(time_left, Expr) else 1.0
    return arrival_rate * time_left / exp(one)


def _is_scarce(units: float, load: float) -> bool:
    """Whether demand is so far beyond the stock that the sums need their continued fraction."""
    return load - units > _SCARCE * sqrt(load)


def _scarce_ratio(units: float, load: float) -> float:
    """S_(n-1) / S_n by Legendre's continued fraction of the incomplete gamma function."""
    fraction = load - units + 2 * _TERMS
    for i in range(_TERMS, 1, -1):
        fraction = load - units + 2 * (i - 1) + i * (units - (i - 1)) / fraction
    return units / load * (1 - 1 / fraction)


@pricing_function("LMDYNPRICE", CATEGORY)
def dynamic_price(
    stock: Stock,
    time_left: TimeLeft,
    arrival_rate: ArrivalRate,
    price_sensitivity: PriceSensitivity,
) -> DynamicPrice:
    """Best price to ask now for a stock that must be sold in time (Gallego and van Ryzin).

    Notes
    -----
    (1 - ln(S_(n-1) / S_n)) / alpha with S_n the sum of x^i/i! up to the stock n and x = a t / e.
    S_(n-1) / S_n is one less Erlang's loss probability of n lines under the load x.  The price
    rises as stock gets scarce and falls as time runs out, to 1/alpha at the end.  NaN without
    stock.

    Examples
    --------
    >>> round(dynamic_price(5, 1, 10, 1), 6)
    1.186573

    The last unit is dearer, and everything gets cheaper as time runs out:

    >>> dynamic_price([5, 1], [[1], [0.5], [0]], 10, 1).round(4)
    array([[1.1866, 2.543 ],
           [1.0286, 2.0436],
           [1.    , 1.    ]])
    """
    units = floor(stock)
    load = _load(time_left, arrival_rate)
    ample = poisson_cdf(units - 1, load) / poisson_cdf(units, load)
    ratio = where(_is_scarce(units, load), _scarce_ratio(units, load), ample)
    price = where(load > 0, 1 - log(ratio), 1) / price_sensitivity
    return where(units >= 1, price, nan)


@pricing_function("LMDYNREVENUE", CATEGORY)
def dynamic_revenue(
    stock: Stock,
    time_left: TimeLeft,
    arrival_rate: ArrivalRate,
    price_sensitivity: PriceSensitivity,
) -> ExpectedRevenue:
    """Revenue to expect from a stock that is sold at the dynamic price.

    Notes
    -----
    ln(S_n) / alpha with S_n the sum of x^i/i! up to the stock n and x = a t / e.  The sum is
    e^x times a Poisson probability; where that is too small for a number, it is x^n/n! over
    Erlang's loss probability.

    Examples
    --------
    >>> round(dynamic_revenue(5, 1, 10, 1), 6)
    3.496201
    """
    units = floor(stock)
    load = _load(time_left, arrival_rate)
    ample = load + log(poisson_cdf(units, load))
    last = units * log(load) - log_factorial(units)
    scarce = last - log(1 - _scarce_ratio(units, load))
    value = where(_is_scarce(units, load), scarce, ample) / price_sensitivity
    return where((units >= 1) & (load > 0), value, 0)


@pricing_function("LMFIXEDREVENUE", CATEGORY)
def fixed_price_revenue(
    price: UnitPrice,
    stock: Stock,
    time_left: TimeLeft,
    arrival_rate: ArrivalRate,
    price_sensitivity: PriceSensitivity,
) -> ExpectedRevenue:
    """Revenue to expect from a stock that is sold at one price until stock or time is over.

    Notes
    -----
    p E[min(n, N)], N the customers who would buy, Poisson with mean y = a t e^(-alpha p):
    p (y P(N <= n-1) + n (1 - P(N <= n))).

    Examples
    --------
    >>> round(fixed_price_revenue(1.25, 5, 1, 10, 1), 6)
    3.442315
    """
    units = floor(stock)
    buyers = arrival_rate * time_left * exp(-(price_sensitivity * price))
    sold = buyers * poisson_cdf(units - 1, buyers) + units * (1 - poisson_cdf(units, buyers))
    return price * where((units >= 1) & (buyers > 0), sold, 0)


@pricing_function("LMDYNFIXED", CATEGORY, has_formula=False)
def best_fixed_price(
    stock: Stock,
    time_left: TimeLeft,
    arrival_rate: ArrivalRate,
    price_sensitivity: PriceSensitivity,
) -> FixedPrice:
    """Best single price for a stock that must be sold in time.

    Notes
    -----
    The price at which `fixed_price_revenue` is largest, the only root of
    alpha p = 1 + n P(N > n) / (y P(N < n)), N Poisson with mean y = a t e^(-alpha p).  1/alpha
    where stock never binds.  NaN without stock.

    Examples
    --------
    >>> round(best_fixed_price(5, 1, 10, 1), 6)
    1.183333

    What changing the price is worth, over the best price that never changes:

    >>> fixed = fixed_price_revenue(best_fixed_price(5, 1, 10, 1), 5, 1, 10, 1)
    >>> round(dynamic_revenue(5, 1, 10, 1) / fixed - 1, 4)
    0.0132
    """
    from scipy.special import pdtr, pdtrc

    units = np.floor(stock)
    arrivals = arrival_rate * time_left + 0 * units
    low = np.ones_like(arrivals)
    # The fluid price, at which demand just takes the stock, and two more is always too much.
    high = np.maximum(1, np.log(arrivals / units)) + 2

    def excess(scaled_price: Any) -> Any:
        buyers = arrivals * np.exp(-scaled_price)
        missed = pdtrc(units, buyers) / (buyers * pdtr(units - 1, buyers))
        return scaled_price - (1 + units * missed)

    found: Any = find_roots(excess, low, high)
    price = where(arrivals > 0, found, 1) / price_sensitivity
    return where(units >= 1, price, nan)
