"""Few sellers and linear demand: Bertrand sets prices, Cournot and Stackelberg set quantities.

With differentiated products each seller's quantity falls with its own price and rises with the
other's, q = a - b p + d p', and the sellers set prices (Bertrand).  With one product for all, the
price falls with everything that is offered, P = a - b Q, and the firms set quantities: at the same
time (Cournot) or one after the other (Stackelberg).  In each model a firm's best reply is linear in
what the other does, so the equilibria are closed forms.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from lmprice.chapters.competition.quantities import (
    BestReply,
    ChokePrice,
    CollusiveQuantity,
    CrossSlope,
    DemandIntercept,
    EquilibriumPrice,
    EquilibriumQuantity,
    Firms,
    FollowerCost,
    InverseSlope,
    LeaderCost,
    MarketPrice,
    OwnSlope,
    RivalCost,
    RivalCrossSlope,
    RivalIntercept,
    RivalOwnSlope,
    RivalPrice,
    SellerCost,
)
from lmprice.language.expression import maximum, minimum, nan, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import UnitCost
from lmprice.language.terms import Column

CATEGORY = "competition"

# Prices: Bertrand with differentiated products ---------------------------------------------------


@pricing_function("LMBERTRANDREPLY", CATEGORY)
def bertrand_best_response(
    rival_price: RivalPrice,
    intercept: DemandIntercept,
    own_slope: OwnSlope,
    cross_slope: CrossSlope,
    unit_cost: UnitCost,
) -> BestReply:
    """Price that earns most against a rival's price, where demand is linear in both prices.

    Notes
    -----
    Profit (p - c)(a - b p + d p') is largest at p = (a + d p' + b c) / 2b, with d above 0 for
    substitutes and below 0 for complements.  NaN where that is below the unit cost: nothing sells
    at a price that pays.

    Examples
    --------
    >>> bertrand_best_response(70, 75, 1, 0.5, 30)
    70.0
    """
    at_no_price = intercept + cross_slope * rival_price
    price = (at_no_price + own_slope * unit_cost) / (2 * own_slope)
    return where(at_no_price >= own_slope * unit_cost, price, nan)


@pricing_function(
    "LMBERTRAND",
    CATEGORY,
    # Beyond this each price would answer the other with a larger step, without end.
    require={"cross_slope": lambda cross_slope, own_slope: cross_slope < 2 * own_slope},
)
def bertrand_price(
    intercept: DemandIntercept, own_slope: OwnSlope, cross_slope: CrossSlope, unit_cost: UnitCost
) -> EquilibriumPrice:
    """Equilibrium price of two like sellers of differentiated products.

    Notes
    -----
    (a + b c) / (2 b - d): the price that is the best reply to itself.  Each sells b (p - c).  NaN
    where it is below the unit cost.

    Examples
    --------
    Demand 75 - p + 0.5 p' at a unit cost of 30; each sells 40 and earns 1600:

    >>> bertrand_price(75, 1, 0.5, 30)
    70.0
    """
    price = (intercept + own_slope * unit_cost) / (2 * own_slope - cross_slope)
    return where(intercept >= (own_slope - cross_slope) * unit_cost, price, nan)


@pricing_function(
    "LMBERTRANDDUO",
    CATEGORY,
    require={
        "cross_slope": lambda cross_slope, rival_cross_slope, own_slope, rival_own_slope: (
            cross_slope * rival_cross_slope < 4 * own_slope * rival_own_slope
        ),
    },
)
def bertrand_duopoly_price(
    intercept: DemandIntercept,
    own_slope: OwnSlope,
    cross_slope: CrossSlope,
    unit_cost: UnitCost,
    rival_intercept: RivalIntercept,
    rival_own_slope: RivalOwnSlope,
    rival_cross_slope: RivalCrossSlope,
    rival_unit_cost: RivalCost,
) -> EquilibriumPrice:
    """Own equilibrium price of two unlike sellers of differentiated products.

    Notes
    -----
    Where the two best replies cross: (2 b' (a + b c) + d (a' + b' c')) / (4 b b' - d d'), the
    rival's letters with a prime.  The rival's price is the same function with the two sellers
    exchanged.  Prices come to rest there while d d' is below 4 b b'.  NaN where either price would
    be below its unit cost: one seller does not sell.

    Examples
    --------
    The second seller has the higher cost, 60 instead of 30:

    >>> bertrand_duopoly_price(75, 1, 0.5, 30, 75, 1, 0.5, 60)
    74.0
    >>> bertrand_duopoly_price(75, 1, 0.5, 60, 75, 1, 0.5, 30)
    86.0
    """
    ours = intercept + own_slope * unit_cost
    theirs = rival_intercept + rival_own_slope * rival_unit_cost
    common = 4 * own_slope * rival_own_slope - cross_slope * rival_cross_slope
    price = (2 * rival_own_slope * ours + cross_slope * theirs) / common
    rival_price = (2 * own_slope * theirs + rival_cross_slope * ours) / common
    return where((price >= unit_cost) & (rival_price >= rival_unit_cost), price, nan)


# Quantities at the same time: Cournot ------------------------------------------------------------


@pricing_function("LMCOURNOT", CATEGORY)
def cournot_quantity(
    intercept: ChokePrice, slope: InverseSlope, unit_cost: UnitCost, firms: Firms
) -> EquilibriumQuantity:
    """Equilibrium quantity of each of several like firms that set quantities at the same time.

    Notes
    -----
    (a - c) / (b (n + 1)) with the market price P = a - b Q; 0 where the unit cost is above the
    intercept.  One firm alone is a monopoly.

    References
    ----------
    A. Cournot, *Recherches sur les principes mathématiques de la théorie des richesses* (1838).

    Examples
    --------
    P = 260 - 2 Q, two firms with a unit cost of 20:

    >>> cournot_quantity(260, 2, 20, 2)
    40.0
    """
    return maximum(intercept - unit_cost, 0) / (slope * (firms + 1))


@pricing_function("LMCOURNOTPRICE", CATEGORY)
def cournot_price(intercept: ChokePrice, unit_cost: UnitCost, firms: Firms) -> MarketPrice:
    """Market price where several like firms set quantities at the same time.

    Notes
    -----
    (a + n c) / (n + 1), whatever the slope of demand.  It nears the unit cost as firms enter; with
    one firm it is the price of a monopoly, and of firms that collude.  NaN where the unit cost is
    above the intercept: nothing is sold.

    Examples
    --------
    >>> cournot_price(260, 20, 2)
    100.0
    """
    return where(intercept >= unit_cost, (intercept + firms * unit_cost) / (firms + 1), nan)


@pricing_function("LMCOLLUSIVE", CATEGORY)
def collusive_quantity(
    intercept: ChokePrice, slope: InverseSlope, unit_cost: UnitCost, firms: Firms
) -> CollusiveQuantity:
    """Quantity of each of several like firms that together act as a monopoly.

    Notes
    -----
    An equal part of the monopoly's quantity, (a - c) / (2 b n); 0 where the unit cost is above the
    intercept.  The price is that of `cournot_price` with one firm.

    Examples
    --------
    >>> collusive_quantity(260, 2, 20, 2)
    30.0
    """
    return maximum(intercept - unit_cost, 0) / (2 * slope * firms)


@pricing_function("LMCOURNOTFIRMS", CATEGORY, has_formula=False)
def cournot_quantities(
    unit_costs: Column[SellerCost], intercept: ChokePrice, slope: InverseSlope
) -> Column[EquilibriumQuantity]:
    """Equilibrium quantities of unlike firms that set quantities at the same time.

    Notes
    -----
    Each firm that produces sells (P - c) / b at the market price P; a firm whose unit cost is not
    below P produces nothing.  With the k cheapest firms in the market the price is
    (a + c1 + ... + ck) / (k + 1); it falls with each firm that enters gladly and would rise with
    one that would not, so the equilibrium is the lowest of these.

    Examples
    --------
    P = 100 - Q; the last firm is too dear to produce:

    >>> cournot_quantities([10, 20, 60], 100, 1)
    array([33.33333333, 23.33333333,  0.        ])
    """
    costs: Any = unit_costs
    entering = np.cumsum(np.sort(costs, axis=0), axis=0)
    producing = np.arange(1, len(costs) + 1).reshape(-1, *[1] * (costs.ndim - 1))
    price = ((intercept + entering) / (producing + 1)).min(axis=0)
    return cast(float, np.maximum(price - costs, 0) / slope)


# Quantities one after the other: Stackelberg -----------------------------------------------------


def _follower_enters(intercept: float, leader_cost: float, follower_cost: float) -> bool:
    """Whether the leader does best with the follower in the market."""
    return 3 * follower_cost < intercept + 2 * leader_cost


@pricing_function("LMSTACKLEAD", CATEGORY)
def stackelberg_leader_quantity(
    intercept: ChokePrice, slope: InverseSlope, leader_cost: LeaderCost, follower_cost: FollowerCost
) -> EquilibriumQuantity:
    """Quantity of the firm that sets it first, knowing how the other will answer.

    Notes
    -----
    (a + c' - 2 c) / 2b with the follower's cost c', and not below 0.  A follower with a cost of
    (a + 2 c) / 3 or more is kept out: the leader then sells what brings the price down to the
    follower's cost, (a - c') / b, or the quantity of a monopoly, (a - c) / 2b, if that is more.

    References
    ----------
    H. von Stackelberg, *Marktform und Gleichgewicht* (1934).

    Examples
    --------
    >>> stackelberg_leader_quantity(260, 2, 20, 20)
    60.0
    >>> stackelberg_leader_quantity(260, 2, 20, 110)
    75.0
    """
    shared = maximum(intercept + follower_cost - 2 * leader_cost, 0) / 2
    alone = maximum(intercept - minimum(follower_cost, (intercept + leader_cost) / 2), 0)
    enters = _follower_enters(intercept, leader_cost, follower_cost)
    return where(enters, shared, alone) / slope


@pricing_function("LMSTACKFOLLOW", CATEGORY)
def stackelberg_follower_quantity(
    intercept: ChokePrice, slope: InverseSlope, leader_cost: LeaderCost, follower_cost: FollowerCost
) -> EquilibriumQuantity:
    """Quantity of the firm that sets it second, as the best reply to the leader's.

    Notes
    -----
    (a + 2 c - 3 c') / 4b with the leader's cost c.  It is that of a monopoly, (a - c') / 2b, where
    the leader produces nothing, and 0 where the leader keeps the follower out.

    Examples
    --------
    >>> stackelberg_follower_quantity(260, 2, 20, 20)
    30.0
    >>> stackelberg_follower_quantity(260, 2, 20, 110)
    0.0
    """
    shared = (intercept + 2 * leader_cost - 3 * follower_cost) / 4
    alone = (intercept - follower_cost) / 2
    return maximum(minimum(shared, alone), 0) / slope


@pricing_function("LMSTACKPRICE", CATEGORY)
def stackelberg_price(
    intercept: ChokePrice, leader_cost: LeaderCost, follower_cost: FollowerCost
) -> MarketPrice:
    """Market price where one firm sets its quantity first and the other follows.

    Notes
    -----
    (a + 2 c + c') / 4, whatever the slope of demand; (a + c') / 2 where the leader produces
    nothing; and where it keeps the follower out the lower of c' and the price of a monopoly,
    (a + c) / 2.  NaN where both unit costs are above the intercept: nothing is sold.

    Examples
    --------
    >>> stackelberg_price(260, 20, 20)
    80.0
    >>> stackelberg_price(260, 20, 110)
    110.0
    """
    shared = minimum(
        (intercept + 2 * leader_cost + follower_cost) / 4, (intercept + follower_cost) / 2
    )
    alone = minimum(follower_cost, (intercept + leader_cost) / 2)
    enters = _follower_enters(intercept, leader_cost, follower_cost)
    price = where(enters, shared, alone)
    return where(minimum(leader_cost, follower_cost) <= intercept, price, nan)
