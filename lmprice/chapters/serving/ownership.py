"""An hour of a GPU: what it costs to own one, to rent one, and which of the two costs less.

All amounts are of one GPU together with its share of the server it stands in.
"""

from __future__ import annotations

from lmprice.chapters.investment.series import geometric_sum
from lmprice.chapters.serving.quantities import (
    CapitalRecovery,
    Colocation,
    CostOfCapital,
    ExtrasShare,
    FleetUse,
    GpuHourCost,
    Interruptions,
    Life,
    LostHours,
    OwnHour,
    OwnRentUse,
    Power,
    PowerPrice,
    PowerUsage,
    PurchasePrice,
    RentedPrice,
    RentedShare,
    RentHour,
    ResidualShare,
    SparesShare,
    Upkeep,
    UsefulHours,
    UsefulShare,
)
from lmprice.language.expression import nan, ratio, total, where
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column

CATEGORY = "serving"

HOURS_A_YEAR = 8760
MONTHS_A_YEAR = 12


# Owning ------------------------------------------------------------------------------------------


@pricing_function("LMCAPITALRECOVERY", CATEGORY)
def capital_recovery(
    purchase_price: PurchasePrice,
    life: Life,
    residual_share: ResidualShare = 0,
    cost_of_capital: CostOfCapital = 0,
) -> CapitalRecovery:
    """Equal yearly amount that pays for hardware over its life, and for the capital in it.

    Notes
    -----
    (P - S) i / (1 - (1 + i)^-n) + S i with the residual value S: the annuity of what is used up,
    and the interest on what is left.  Without a cost of capital it is straight-line depreciation.

    References
    ----------
    Park, *Contemporary Engineering Economics*, chapter on annual equivalent worth: capital recovery
    with a salvage value.

    Examples
    --------
    A machine of 20,000 that is worth 4,000 after five years, at 10 %:

    >>> round(capital_recovery(20000, 5, 0.2, 0.1), 2)
    4620.76
    """
    payments = geometric_sum(cost_of_capital / (1 + cost_of_capital), life)
    used_up = (1 - residual_share) * (1 + cost_of_capital) / payments
    return purchase_price * (used_up + residual_share * cost_of_capital)


@pricing_function("LMGPUHOUR", CATEGORY)
def gpu_hour_cost(
    purchase_price: PurchasePrice,
    life: Life,
    residual_share: ResidualShare = 0,
    cost_of_capital: CostOfCapital = 0,
    power: Power = 0,
    power_price: PowerPrice = 0,
    pue: PowerUsage = 1,
    colocation: Colocation = 0,
    extras_share: ExtrasShare = 0,
    spares_share: SparesShare = 0,
    upkeep: Upkeep = 0,
    utilization: FleetUse = 1,
) -> GpuHourCost:
    """Cost of an hour of use of an own GPU: capital, power, site and staff over the hours used.

    Notes
    -----
    A year costs the capital recovery of the price with network, storage and spares on top, the
    energy power · 8760 h · PUE, the colocation of that power for twelve months, and staff and
    upkeep.  Divided by 8760 h times the utilization of the fleet it is the cost of an hour of use.
    The power is an average over all hours, used or not.

    Examples
    --------
    A GPU for $30,000 over three years, used 6,100 of the 8,760 hours of a year:

    >>> round(gpu_hour_cost(30000, 3, utilization=6100 / 8760), 2)
    1.64
    """
    price = purchase_price * (1 + extras_share) * (1 + spares_share)
    capital = capital_recovery(price, life, residual_share, cost_of_capital)
    energy = power * HOURS_A_YEAR * pue * power_price
    site = power * colocation * MONTHS_A_YEAR
    return (capital + energy + site + upkeep) / (HOURS_A_YEAR * utilization)


# Renting -----------------------------------------------------------------------------------------


@pricing_function("LMSPOTUSEFUL", CATEGORY)
def spot_useful_share(interruptions: Interruptions, lost_hours: LostHours) -> UsefulHours:
    """Share of the paid hours of spot hardware that do useful work, after what interruptions cost.

    Notes
    -----
    1 - interruptions an hour · hours lost by each.  NaN where they lose more than there is.

    Examples
    --------
    One interruption in twenty hours that loses half an hour:

    >>> spot_useful_share(0.05, 0.5)
    0.975
    """
    lost = interruptions * lost_hours
    return where(lost < 1, 1 - lost, nan)


@pricing_function("LMRENTMIX", CATEGORY)
def rent_mix_price(
    shares: Column[RentedShare],
    prices: Column[RentedPrice],
    useful_shares: Column[UsefulShare] = 1,
) -> GpuHourCost:
    """Price of a useful GPU hour of a mix: on demand, reserved and spot, each a row.

    Notes
    -----
    Σ share · price / useful share, over Σ share.  Of a reservation the useful share is how much of
    it is used, of spot hardware `spot_useful_share`.  NaN where all shares are 0.

    Examples
    --------
    Half reserved at $2 and used for 80 % of the time, half on demand at $3:

    >>> rent_mix_price([0.5, 0.5], [2, 3], [0.8, 1])
    2.75
    """
    return ratio(total(shares * prices / useful_shares), total(shares))


@pricing_function("LMOWNRENTUTIL", CATEGORY)
def own_rent_utilization(own_hour: OwnHour, rent_hour: RentHour) -> OwnRentUse:
    """Utilization of own hardware above which an hour of use costs less than renting it.

    Notes
    -----
    The cost of an own hour at full use over the price of a rented one.  NaN where owning costs more
    even at full use.

    Examples
    --------
    >>> own_rent_utilization(1.5, 2.5)
    0.6
    """
    return where(own_hour <= rent_hour, own_hour / rent_hour, nan)
