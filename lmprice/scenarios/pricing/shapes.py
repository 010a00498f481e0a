"""Demand curves through one point with one slope: alike at the price of today, apart elsewhere.

What a product sells today at its price, and the elasticity there, leave open how demand goes on
from there.  The best price depends on it, so each shape gives one of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmprice.chapters.demand import functions as demand
from lmprice.chapters.demand import optimal_prices
from lmprice.language.expression import exp, log, nan, where
from lmprice.language.terms import Text
from lmprice.scenarios.base import Out
from lmprice.scenarios.pricing import terms

NEWTON_STEPS = 8


@dataclass(frozen=True)
class DemandCurve:
    """The quantity that is bought at a price, and the price at which profit is highest."""

    demand: Callable[[float], float]
    best_price: float


def curves_through_today(
    out: Out, price: float, quantity: float, elasticity: float, cost: float, market_size: float
) -> dict[str, DemandCurve]:
    """Demand of each shape, with the quantity and the elasticity of today at its price."""
    out.section(Text("Demand curves through today's point", "经过当前点的需求曲线"))
    sensitivity = out("sensitivity", -elasticity / price, terms.SENSITIVITY)
    intercept = out("linear_intercept", quantity * (1 - elasticity), terms.LINEAR_INTERCEPT)
    slope = out("linear_slope", quantity * sensitivity, terms.LINEAR_SLOPE)
    return {
        "constant": DemandCurve(
            # In prices of today, so that the quantity of today is the scale.
            lambda p: demand.constant_elasticity_demand(p / price, quantity, elasticity),
            optimal_prices.markup_price(cost, elasticity),
        ),
        "exponential": DemandCurve(
            lambda p: quantity * exp(sensitivity * (price - p)),
            optimal_prices.optimal_price_exponential(sensitivity, cost),
        ),
        "linear": DemandCurve(
            lambda p: demand.linear_demand(p, intercept, slope),
            optimal_prices.optimal_price_linear(intercept, slope, cost),
        ),
        "logit": _logit(out, price, quantity, sensitivity, cost, market_size),
    }


def _logit(
    out: Out, price: float, quantity: float, sensitivity: float, cost: float, market_size: float
) -> DemandCurve:
    """The logit whose market is served to the share of today.

    Its elasticity b1 p (1 - s) and its log odds b0 + b1 p at the price of today give b1 and b0.
    """
    out.warn(market_size <= quantity, terms.SMALL_MARKET)
    out.question("market_size", market_size <= quantity, terms.SMALLER_THAN_TODAY)
    unsold = where(market_size > quantity, market_size - quantity, nan)
    unsold = out("logit_unsold", unsold, terms.LOGIT_UNSOLD)
    slope = out("logit_slope", -(sensitivity * market_size / unsold), terms.LOGIT_SLOPE)
    intercept = log(quantity / unsold) - slope * price
    intercept = out("logit_intercept", intercept, terms.LOGIT_INTERCEPT)
    odds = _best_odds(out, intercept + slope * cost - 1)
    return DemandCurve(
        lambda p: demand.logit_demand(p, intercept, slope, market_size),
        cost - (1 + odds) / slope,
    )


def _best_odds(out: Out, level: float) -> float:
    """The odds w of a purchase at the best price, which solve w + ln w = b0 + b1 c - 1.

    The left side is concave and rises, so that from any start Newton's method is below the
    solution after one step, and comes up to it from there.
    """
    level = out("logit_level", level, terms.LOGIT_LEVEL)
    # Close to the solution: w is about e^level where that is small, and about the level beyond.
    start = where(level < 1, exp(level), level)
    return out.iterate(
        "logit_odds",
        lambda odds: odds * (1 + level - log(odds)) / (1 + odds),
        start,
        NEWTON_STEPS,
        terms.LOGIT_ODDS,
    )
