"""Sellers whose offers differ: shares, elasticities and equilibrium prices under logit demand.

A buyer takes the offer with the most quality less price, up to a taste of its own that spreads
sales over the sellers: the share of seller i is exp((q_i - p_i) / mu) over the sum of that term for
all sellers and for the outside option of not buying.  The price scale mu says how much taste there
is.  At a small one the cheapest wins all, at a large one each seller has buyers of its own.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from lmprice.chapters.competition.quantities import (
    NO_OUTSIDE,
    BestReply,
    CollusivePrice,
    CrossElasticity,
    EquilibriumPrice,
    MarketShare,
    Outside,
    OwnElasticity,
    PriceScale,
    Quality,
    RivalPrice,
    RivalQuality,
    RivalShare,
    SellerCost,
    SellerPrice,
    SellerQuality,
    Share,
)
from lmprice.language.arrays import Array
from lmprice.language.errors import PricingError
from lmprice.language.expression import exp, largest, maximum, total
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import UnitCost, UnitPrice
from lmprice.language.roots import find_roots
from lmprice.language.terms import Column

CATEGORY = "competition"

# Newton's steps from the starts below; six reach the last digit, from 1e-300 to 1e300.
_STEPS = 8


# Shares ------------------------------------------------------------------------------------------


def _attraction(
    prices: float, qualities: float, price_scale: float, outside: float
) -> tuple[float, float, float]:
    """How strongly each seller attracts, and the outside option, where the best surplus has 1."""
    surplus = qualities - prices
    best = maximum(largest(surplus), outside)
    return exp((surplus - best) / price_scale), exp((outside - best) / price_scale), best


@pricing_function("LMSHARE", CATEGORY)
def logit_shares(
    prices: Column[SellerPrice],
    qualities: Column[SellerQuality],
    price_scale: PriceScale,
    outside: Outside = 0.0,
) -> Column[MarketShare]:
    """Share of each seller of all buyers, under logit demand; who does not buy takes the rest.

    Notes
    -----
    s_i = exp((q_i - p_i) / mu) / (Σ exp((q_j - p_j) / mu) + exp(outside / mu)).

    References
    ----------
    S. P. Anderson, A. de Palma and J.-F. Thisse, *Discrete Choice Theory of Product
    Differentiation* (MIT Press, 1992).

    Examples
    --------
    >>> logit_shares([2, 2, 2], [3, 2.5, 2], 1, 0).round(4)
    array([0.4269, 0.2589, 0.1571])

    Where buyers must buy from one of them:

    >>> logit_shares([2, 2, 2], [3, 2.5, 2], 1, None).round(4)
    array([0.5065, 0.3072, 0.1863])
    """
    sellers, nobody, _ = _attraction(prices, qualities, price_scale, outside)
    return sellers / (total(sellers) + nobody)


@pricing_function("LMOUTSIDESHARE", CATEGORY)
def outside_share(
    prices: Column[SellerPrice],
    qualities: Column[SellerQuality],
    price_scale: PriceScale,
    outside: Outside = 0.0,
) -> MarketShare:
    """Share of the buyers who do not buy from any of the sellers, under logit demand.

    Notes
    -----
    1 - Σ s_i, without the loss of digits where it is small; 0 without an outside option.

    Examples
    --------
    >>> round(outside_share([2, 2, 2], [3, 2.5, 2], 1, 0), 4)
    0.1571
    """
    sellers, nobody, _ = _attraction(prices, qualities, price_scale, outside)
    return nobody / (total(sellers) + nobody)


@pricing_function("LMOWNELASTICITY", CATEGORY)
def logit_own_elasticity(price: UnitPrice, share: Share, price_scale: PriceScale) -> OwnElasticity:
    """Own-price elasticity under logit demand: what a price rise of 1 % does to the quantity, in %.

    Notes
    -----
    -(p / mu)(1 - s): a large seller, whose buyers have fewer others to go to, has the smaller one.

    Examples
    --------
    >>> round(logit_own_elasticity(2, 0.506480391056, 1), 6)
    -0.987039
    """
    return -(price / price_scale) * (1 - share)


@pricing_function("LMCROSSELASTICITY", CATEGORY)
def logit_cross_elasticity(
    rival_price: RivalPrice, rival_share: RivalShare, price_scale: PriceScale
) -> CrossElasticity:
    """Cross-price elasticity under logit demand: what a rival's rise of 1 % brings, in %.

    Notes
    -----
    p' s' / mu with the rival's price and share: the same for whoever is not that rival.

    Examples
    --------
    >>> round(logit_cross_elasticity(2, 0.506480391056, 1), 6)
    1.012961
    """
    return rival_price * rival_share / price_scale


# Prices ------------------------------------------------------------------------------------------


@pricing_function("LMBESTREPLY", CATEGORY, has_formula=False)
def logit_best_response(
    unit_cost: UnitCost,
    quality: Quality,
    rival_prices: Column[RivalPrice],
    rival_qualities: Column[RivalQuality],
    price_scale: PriceScale,
    outside: Outside = 0.0,
) -> BestReply:
    """Price that earns most against given prices of the rivals, under logit demand.

    Notes
    -----
    p = c + mu (1 + W(exp((q - c) / mu - 1) / A)) with Lambert's W and the attraction of all others,
    A = Σ exp((q_j - p_j) / mu) + exp(outside / mu).  There p = c + mu / (1 - s).  NaN where buyers
    have no outside option and no rival has an offer that any buyer would take.

    Examples
    --------
    A rival cuts from 1.47 to 1.10; the best reply follows it less than half of the way:

    >>> round(logit_best_response(1, 2, [1.47], [2], 0.25, 0), 4)
    1.4717
    >>> round(logit_best_response(1, 2, [1.1], [2], 0.25, 0), 4)
    1.3423
    """
    from scipy.special import wrightomega

    rivals, nobody, best = _attraction(rival_prices, rival_qualities, price_scale, outside)
    advantage = (quality - unit_cost - best) / price_scale - 1
    markup = 1 + wrightomega(advantage - np.log(total(rivals) + nobody))
    # Below what stands for no outside option nothing is left that limits the price.
    return cast(float, np.where(best > NO_OUTSIDE, unit_cost + price_scale * markup, np.nan))


@pricing_function("LMNASH", CATEGORY, has_formula=False)
def logit_nash_prices(
    unit_costs: Column[SellerCost],
    qualities: Column[SellerQuality],
    price_scale: PriceScale,
    outside: Outside = 0.0,
) -> Column[EquilibriumPrice]:
    """Nash equilibrium prices under logit demand: each is the best reply to all the others.

    Notes
    -----
    p_i = c_i + mu / (1 - s_i).  Given the sum H of all attractions, each share is the root of
    s = exp((q_i - c_i) / mu - 1 / (1 - s)) / H, and H is where the shares add up to one with the
    outside option.  Both are roots of monotone functions within known limits, so they are always
    found and there is one equilibrium.  A seller that is alone has no finite price where buyers
    have no outside option.

    References
    ----------
    W. R. Morrow and S. J. Skerlos, "Fixed-point approaches to computing Bertrand-Nash equilibrium
    prices under mixed-logit demand", Operations Research 59 (2011); E. Calvano et al., "Artificial
    intelligence, algorithmic pricing, and collusion", American Economic Review 110 (2020).

    Examples
    --------
    >>> logit_nash_prices([1, 1], [2, 2], 0.25, 0).round(4)
    array([1.4729, 1.4729])
    """
    costs: Any = unit_costs
    if len(costs) == 1:
        _refuse_no_outside("logit_nash_prices", outside, "leaves one seller, alone,")
    odds = _equilibrium_odds(cast(Any, qualities) - costs, price_scale, outside)
    return cast(float, costs + price_scale * (1 + odds))


@pricing_function("LMMONOPOLY", CATEGORY, has_formula=False)
def joint_monopoly_prices(
    unit_costs: Column[SellerCost],
    qualities: Column[SellerQuality],
    price_scale: PriceScale,
    outside: Outside = 0.0,
) -> Column[CollusivePrice]:
    """Prices that make the profit of all sellers together largest, under logit demand.

    Notes
    -----
    All have the same markup, m = mu (1 + W(Σ exp((q_i - c_i - outside) / mu - 1))) with Lambert's
    W: what perfect collusion or one owner of all offers would charge.  Without an outside option
    there is no finite price.

    References
    ----------
    E. Calvano et al., "Artificial intelligence, algorithmic pricing, and collusion", American
    Economic Review 110 (2020).

    Examples
    --------
    >>> joint_monopoly_prices([1, 1], [2, 2], 0.25, 0).round(4)
    array([1.925, 1.925])
    """
    from scipy.special import wrightomega

    _refuse_no_outside("joint_monopoly_prices", outside, "leaves the sellers together")
    surplus: Any = qualities - unit_costs
    best = largest(surplus)
    attraction = np.log(total(exp((surplus - best) / price_scale)))
    markup = 1 + wrightomega((best - outside) / price_scale - 1 + attraction)
    return cast(float, unit_costs + price_scale * markup)


def _refuse_no_outside(function: str, outside: float, what: str) -> None:
    """Raise where buyers must buy, whatever the price."""
    missing = np.asarray(outside) <= NO_OUTSIDE
    if missing.any():
        first = tuple(int(i) for i in np.argwhere(missing)[0])
        rule = f"{what} without a finite price: its buyers must buy at any"
        raise PricingError(function, "outside", None, rule, first, missing)


# The equilibrium ---------------------------------------------------------------------------------


def _equilibrium_odds(surplus: Array, price_scale: float, outside: float) -> Array:
    """Odds s / (1 - s) of each seller in equilibrium; surplus is quality less unit cost."""
    best = surplus.max(axis=0)
    utility = np.asarray((surplus - best) / price_scale)  # at cost, less that of the best seller
    nobody = np.asarray((outside - best) / price_scale)
    samples = np.broadcast_shapes(utility.shape[1:], nobody.shape)
    shape = (len(utility), *samples)
    utility = np.broadcast_to(utility, shape).reshape(len(utility), -1)
    nobody = np.broadcast_to(nobody, samples).reshape(-1)
    is_best = np.arange(len(utility))[:, None] == utility.argmax(axis=0)

    def excess(log_sum: Array) -> Any:
        """Logarithm of what the others' shares are over what the best seller leaves them."""
        log_odds = _log_odds(utility - log_sum)
        log_rest = np.log1p(np.exp(log_odds))  # that of 1 / (1 - s)
        others = np.where(is_best, -np.inf, log_odds - log_rest)
        others = np.logaddexp(np.logaddexp.reduce(others, axis=0), nobody - log_sum)
        return others + np.where(is_best, log_rest, 0).sum(axis=0)

    # At the lower end the outside option, or the two best sellers, take all buyers by themselves;
    # at the upper end each share is below its exp(u - 1) / H, and these are one in all.
    runner_up = np.sort(utility, axis=0)[-2] if len(utility) > 1 else nobody
    low = np.maximum(nobody, runner_up - 2 + np.log(2))
    high = np.logaddexp(np.logaddexp.reduce(utility - 1, axis=0), nobody)
    log_sum = find_roots(excess, low - 1 - 1e-9 * abs(low), high + 1 + 1e-9 * abs(high))
    return np.exp(_log_odds(utility - log_sum)).reshape(shape)


def _log_odds(y: Array) -> Array:
    """The t with t - log(1 + e^t) + 1 + e^t = y: log s + 1 / (1 - s) = y, in log odds.

    The left side is convex and rises; both starts are above the root, so Newton's steps only fall.
    """
    large = np.maximum(y - 1, 0.5)
    t = np.where(y > 1.5, np.log(large + np.log1p(1 / large)), y - 1)
    for _ in range(_STEPS):
        odds = np.exp(t)
        t = t - (t - np.log1p(odds) + 1 + odds - y) / (1 / (1 + odds) + odds)
    return t
