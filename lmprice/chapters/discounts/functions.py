"""Discounts: what is left of a list price, and when a commitment or a promotion pays."""

from __future__ import annotations

from lmprice.chapters.discounts.quantities import (
    Charge,
    Commitment,
    CommitmentDiscount,
    ContextThreshold,
    Credit,
    Deduction,
    EffectiveDiscount,
    Elapsed,
    Expiry,
    FirstPeakDay,
    Hour,
    Inclusive,
    LastPeakDay,
    ListCost,
    ListPrice,
    LowPrice,
    MinimumSpend,
    NetCost,
    NetPrice,
    OverageDiscount,
    PeakEnd,
    PeakPrice,
    PeakStart,
    PeriodShare,
    PocketPrice,
    PriceAbove,
    PriceBelow,
    PromotionDiscount,
    PromptTokens,
    StackedDiscount,
    UsageCharge,
    Weekday,
)
from lmprice.language.expression import maximum, product, ratio, total, where
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import TokenPrice
from lmprice.language.terms import Column

CATEGORY = "discounts"


@pricing_function("LMCONTEXTPRICE", CATEGORY)
def context_price(
    tokens: PromptTokens,
    threshold: ContextThreshold,
    price_below: PriceBelow,
    price_above: PriceAbove,
    inclusive: Inclusive = True,
) -> TokenPrice:
    """Price of a million tokens that depends on the length of the request: all of it at one price.

    Notes
    -----
    A request as long as the threshold is still short; with ``inclusive`` false it is long already
    (vendors differ).  The length is that of the input; the price of the output changes with it too.

    Examples
    --------
    >>> context_price(200000, 200000, 1.25, 2.5)
    1.25
    >>> context_price(200001, 200000, 1.25, 2.5)
    2.5
    """
    at_threshold = where((tokens == threshold) & inclusive, price_below, price_above)
    return where(tokens < threshold, price_below, at_threshold)


@pricing_function(
    "LMOFFPEAK",
    CATEGORY,
    require={
        "peak_ends": lambda peak_ends, peak_starts: peak_ends > peak_starts,
        "last_peak_day": lambda last_peak_day, first_peak_day: last_peak_day >= first_peak_day,
    },
)
def off_peak_price(
    weekday: Weekday,
    hour: Hour,
    peak_starts: Column[PeakStart],
    peak_ends: Column[PeakEnd],
    peak_price: PeakPrice,
    low_price: LowPrice,
    first_peak_day: FirstPeakDay = 1,
    last_peak_day: LastPeakDay = 5,
) -> TokenPrice:
    """Price at a time of the week: the peak price in daily windows from Monday to Friday, in UTC.

    Notes
    -----
    A window includes its start and excludes its end; one over midnight is given as two.  Days count
    from 1 for Monday to 7 for Sunday, as WEEKDAY(date,2) gives them; those from the first peak day
    to the last one have a peak.

    Examples
    --------
    Wednesday at 2:00 is in the window from 1:00 to 4:00; Saturday is off-peak:

    >>> off_peak_price(3, 2, [1, 6], [4, 10], 0.3, 0.15)
    0.3
    >>> off_peak_price(6, 2, [1, 6], [4, 10], 0.3, 0.15)
    0.15
    """
    is_peak_day = (weekday >= first_peak_day) & (weekday <= last_peak_day)
    windows = total((hour >= peak_starts) & (hour < peak_ends))
    return where(is_peak_day & (windows > 0), peak_price, low_price)


@pricing_function("LMNETPRICE", CATEGORY)
def net_price(list_price: ListPrice, discounts: Column[StackedDiscount]) -> NetPrice:
    """Net price after stacked discounts: each is taken off what the ones before it leave.

    Notes
    -----
    list price × Π (1 - discount).

    Examples
    --------
    10 % and 5 % more are 14.5 % in all:

    >>> round(net_price(500, [0.1, 0.05]), 9)
    427.5
    """
    return list_price * product(1 - discounts)


@pricing_function("LMPOCKET", CATEGORY, separate_columns=True)
def pocket_price(
    list_price: ListPrice,
    discounts: Column[StackedDiscount],
    deductions: Column[Deduction] = 0.0,
) -> PocketPrice:
    """Pocket price: what stays of the list price after discounts and all that is given away later.

    Notes
    -----
    list price × Π (1 - discount) - Σ deduction.  There may be more of the one than of the
    other, and one number is one of them.  Below 0 where more is given away than is charged.
    Source: Marn and Rosiello, *Managing Price, Gaining Profit*.

    Examples
    --------
    >>> round(pocket_price(100, [0.2, 0.05], 6), 9)
    70.0
    >>> pocket_price(100, 0, [15, 5, 3])
    77.0
    """
    return net_price(list_price, discounts) - total(deductions)


@pricing_function("LMPROMO", CATEGORY)
def promotion_price(
    list_price: ListPrice, discount: PromotionDiscount, elapsed: Elapsed, expiry: Expiry
) -> NetPrice:
    """Price under a promotion that expires: the discount holds before the expiry, not at it.

    Examples
    --------
    Half price for three months; the fourth month starts at 3:

    >>> promotion_price(20, 0.5, 2, 3)
    10.0
    >>> promotion_price(20, 0.5, 3, 3)
    20.0
    """
    return where(elapsed < expiry, list_price * (1 - discount), list_price)


@pricing_function("LMCOMMIT", CATEGORY)
def commitment_cost(
    list_cost: ListCost,
    commitment: Commitment,
    discount: CommitmentDiscount = 0.0,
    overage_discount: OverageDiscount = 0.0,
) -> Charge:
    """Cost of usage under a spend commitment: the commitment in any case, and what goes beyond it.

    Notes
    -----
    commitment + max(list cost - commitment / (1 - discount), 0) × (1 - overage discount).  The
    commitment is what is paid; at the discounted prices it covers commitment / (1 - discount) of
    usage at list prices.

    Examples
    --------
    $700 at 30 % off cover $1000 of usage at list prices; $200 go beyond:

    >>> round(commitment_cost(1200, 700, 0.3), 9)
    900.0
    """
    covered = commitment / (1 - discount)
    return commitment + maximum(list_cost - covered, 0) * (1 - overage_discount)


@pricing_function("LMMINSPEND", CATEGORY)
def minimum_spend(
    charge: UsageCharge, minimum: MinimumSpend, period_share: PeriodShare = 1.0
) -> Charge:
    """Bill under a minimum spend: the charge, topped up to the minimum of the days billed.

    Notes
    -----
    max(charge, minimum × share of the period).  The true-up is what this is above the charge.

    Examples
    --------
    >>> minimum_spend(700, 1000)
    1000.0
    """
    return maximum(charge, minimum * period_share)


@pricing_function("LMCREDIT", CATEGORY)
def charge_after_credit(charge: UsageCharge, credit: Credit) -> Charge:
    """What is left to pay of a charge after prepaid credit, never below zero.

    Examples
    --------
    >>> charge_after_credit(100, 30)
    70.0
    """
    return maximum(charge - credit, 0)


@pricing_function("LMEFFDISCOUNT", CATEGORY)
def effective_discount(list_cost: ListCost, net_cost: NetCost) -> EffectiveDiscount:
    """Effective discount: what is saved of the list cost, as a share of it.

    Notes
    -----
    (list cost - net cost) / list cost.  Negative when more than the list cost is paid, as under a
    commitment that is not used up.  NaN without a list cost.  A tiered price is not a discount: the
    list cost is the cost at the tiers of the price list (FOCUS).

    Examples
    --------
    >>> effective_discount(500, 427.5)
    0.145
    """
    return ratio(list_cost - net_cost, list_cost)
