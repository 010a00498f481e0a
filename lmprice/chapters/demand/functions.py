"""How much buyers take at a price, and how they answer to a change of it.

Four forms of demand, each with a price elasticity of its own: a straight line, a power of the price
(constant elasticity), an exponential, and the logit of a purchase that is made or not.
"""

from __future__ import annotations

from lmprice.chapters.demand.quantities import (
    Demanded,
    DemandIntercept,
    DemandSlope,
    Elasticity,
    ExponentialScale,
    ExponentialSlope,
    FoundElasticity,
    LogitIntercept,
    LogitSlope,
    MarketSize,
    PowerScale,
    PriceAfter,
    PriceBefore,
    QuantityAfter,
    QuantityBefore,
    QuantityChange,
)
from lmprice.language.expression import exp, log, maximum, nan, ratio, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Quantity, UnitPrice

CATEGORY = "demand"

# The exponential of a larger number is close to the largest that a sheet knows.
_LARGEST_LOG = 600


# Quantity ----------------------------------------------------------------------------------------


@pricing_function("LMDEMANDLINEAR", CATEGORY)
def linear_demand(price: UnitPrice, intercept: DemandIntercept, slope: DemandSlope) -> Demanded:
    """Quantity demanded at a price, where demand is a straight line: a - b p.

    Notes
    -----
    0 from the choke price a / b on, at which the last buyer leaves.

    Examples
    --------
    >>> linear_demand(26.5, 100, 2)
    47.0
    >>> linear_demand([0, 50, 60], 100, 2)
    array([100.,   0.,   0.])
    """
    return maximum(intercept - slope * price, 0)


@pricing_function("LMDEMANDPOWER", CATEGORY)
def constant_elasticity_demand(
    price: UnitPrice, demand_scale: PowerScale, elasticity: Elasticity
) -> Demanded:
    """Quantity demanded at a price, where the elasticity is the same at every price: A p^E.

    Notes
    -----
    NaN at price 0, where such demand has no limit, and where p^E is beyond e^600.

    Examples
    --------
    >>> constant_elasticity_demand(2, 60000, -2)
    15000.0
    """
    quantity = where(elasticity * log(price) < _LARGEST_LOG, demand_scale * price**elasticity, nan)
    return where(price > 0, quantity, nan)


@pricing_function("LMDEMANDEXP", CATEGORY)
def exponential_demand(
    price: UnitPrice, demand_scale: ExponentialScale, slope: ExponentialSlope
) -> Demanded:
    """Quantity demanded at a price, where each USD takes the same share of buyers: A e^(-b p).

    Notes
    -----
    The buyers' willingness to pay is exponentially distributed, with a mean of 1 / b.

    Examples
    --------
    >>> round(exponential_demand(10, 1000, 0.1), 3)
    367.879
    """
    return demand_scale * exp(-(slope * price))


@pricing_function("LMDEMANDLOGIT", CATEGORY)
def logit_demand(
    price: UnitPrice, intercept: LogitIntercept, slope: LogitSlope, market_size: MarketSize = 1
) -> Demanded:
    """Quantity demanded at a price, where each buyer buys with the probability of a logit.

    Notes
    -----
    N / (1 + e^-(b0 + b1 p)).  With a market size of 1 it is the purchase probability.

    Examples
    --------
    >>> logit_demand(3, 6, -2)
    0.5
    >>> round(logit_demand(7.5, 8.3, -0.97, 3300), 1)
    2428.6
    """
    utility = intercept + slope * price
    # Far out, the one in the denominator counts for nothing, and without it nothing overflows.
    bought = where(utility > -_LARGEST_LOG, 1 / (1 + exp(-utility)), exp(utility))
    return market_size * bought


# Elasticity --------------------------------------------------------------------------------------


@pricing_function("LMELASTICITY", CATEGORY)
def elasticity(
    quantity_before: QuantityBefore,
    quantity_after: QuantityAfter,
    price_before: PriceBefore,
    price_after: PriceAfter,
) -> FoundElasticity:
    """Price elasticity between two observations, by the midpoint method.

    Notes
    -----
    Both changes are taken as shares of their midpoints, so the way back has the same elasticity:
    ((q2 - q1) / (q1 + q2)) / ((p2 - p1) / (p1 + p2)).  Of demand it is below 0; above 0, something
    else than the price has moved (or it is supply).  NaN where the price does not change or nothing
    is sold at either price.

    References
    ----------
    OpenStax, *Principles of Economics*, chapter 5.1, which prints the elasticity of demand without
    its sign.

    Examples
    --------
    >>> round(elasticity(2800, 2600, 70, 80), 4)
    -0.5556
    """
    numerator = (quantity_after - quantity_before) * (price_before + price_after)
    return ratio(numerator, (quantity_before + quantity_after) * (price_after - price_before))


@pricing_function("LMELASTICPOINT", CATEGORY)
def point_elasticity(
    price: UnitPrice, quantity: Quantity, change: QuantityChange
) -> FoundElasticity:
    """Price elasticity at a point of any demand curve: its slope times price over quantity.

    Notes
    -----
    dq/dp × p / q.  NaN where nothing is sold.

    Examples
    --------
    At a price of $70, 2,100 units are sold, and each further dollar costs 30:

    >>> point_elasticity(70, 2100, -30)
    -1.0
    """
    return ratio(change * price, quantity)


@pricing_function("LMELASTICLINEAR", CATEGORY)
def linear_elasticity(
    price: UnitPrice, intercept: DemandIntercept, slope: DemandSlope
) -> FoundElasticity:
    """Price elasticity of linear demand at a price: -b p / (a - b p).

    Notes
    -----
    -1 half-way to the choke price a / b, where revenue is highest.  NaN from the choke price on,
    where nothing is sold.

    Examples
    --------
    >>> linear_elasticity(600, 1000, 1)
    -1.5
    """
    lost = slope * price
    return where(lost < intercept, -(lost / (intercept - lost)), nan)


@pricing_function("LMELASTICEXP", CATEGORY)
def exponential_elasticity(price: UnitPrice, slope: ExponentialSlope) -> FoundElasticity:
    """Price elasticity of exponential demand at a price: -b p.

    Examples
    --------
    >>> exponential_elasticity(15, 0.1)
    -1.5
    """
    return -(slope * price)


@pricing_function("LMELASTICLOGIT", CATEGORY)
def logit_elasticity(
    price: UnitPrice, intercept: LogitIntercept, slope: LogitSlope
) -> FoundElasticity:
    """Price elasticity of logit demand at a price: b1 p (1 - s), s the purchase probability.

    Examples
    --------
    >>> logit_elasticity(3, 6, -2)
    -3.0
    """
    utility = intercept + slope * price
    # Far out, the one in the denominator counts for nothing, and without it nothing overflows.
    is_not_bought = where(utility < _LARGEST_LOG, 1 / (1 + exp(utility)), exp(-utility))
    return slope * price * is_not_bought
