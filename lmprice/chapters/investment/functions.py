"""Investment: what payments at different times are worth together, and when they pay back.

Payments are the rows of a column, one a period, and the first of them is made now: training a model
costs something today, and what serving it earns comes later.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from lmprice.chapters.investment.quantities import (
    CashFlow,
    FlowDiscountRate,
    Horizon,
    InterestRate,
    InternalRate,
    NetPresentValue,
)
from lmprice.chapters.investment.rates_of_return import rates_of
from lmprice.chapters.investment.series import geometric_sum
from lmprice.chapters.profit.breakeven import ROUNDING
from lmprice.language.expression import Expr, discounted_total
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Decline, FirstMargin, Investment, Periods
from lmprice.language.terms import Column

CATEGORY = "investment"


def _discounted(rate: Any, cash_flows: Any) -> Any:
    """The flows as they are worth now."""
    periods = np.arange(len(cash_flows)).reshape((-1,) + (1,) * (cash_flows.ndim - 1))
    return cash_flows / (1 + rate) ** periods


def _npv_in_a_sheet(rate: Expr, cash_flows: Expr) -> Expr:
    # A spreadsheet's NPV puts the first flow one period ahead.
    return discounted_total(rate, cash_flows) * (1 + rate)


@pricing_function("LMNPV", CATEGORY, sheet_form=_npv_in_a_sheet)
def net_present_value(rate: InterestRate, cash_flows: Column[CashFlow]) -> NetPresentValue:
    """Net present value of cash flows of which the first one is now, unlike NPV of spreadsheets.

    Notes
    -----
    Σ flow_t / (1 + r)^t with t = 0 for the first row.  A spreadsheet's NPV takes the first row for
    a payment at the end of the first period; its value times 1 + r is this one.  NaN where a power
    of 1 + r is beyond 64-bit floats.

    References
    ----------
    OpenStax, *Principles of Accounting, Volume 2: Managerial Accounting*, section 11.4.

    Examples
    --------
    >>> round(net_present_value(0.1, [-100, 60, 60]), 6)
    4.132231
    """
    return cast(float, np.sum(_discounted(rate, cash_flows), axis=0))


@pricing_function("LMIRR", CATEGORY, has_formula=False)
def internal_rate_of_return(cash_flows: Column[CashFlow]) -> InternalRate:
    """Internal rate of return: the discount rate at which the cash flows are worth nothing.

    Notes
    -----
    The only rate above -100 % at which the net present value is 0.  NaN where there is none and
    where there are several, which happens only if the flows change sign more than once:
    `internal_rates` lists them all.  A spreadsheet's IRR would give one of them without a word.

    Examples
    --------
    >>> round(internal_rate_of_return([-100, 60, 60]), 6)
    0.130662
    >>> internal_rate_of_return([-350, 950, -620])
    nan
    """
    flows: Any = cash_flows
    if not flows.size:
        return cast(float, np.empty(flows.shape[1:]))
    return cast(float, np.apply_along_axis(_only_rate, 0, flows))


def _only_rate(flows: Any) -> float:
    rates = rates_of(flows) if np.isfinite(flows).all() else ()
    return rates[0] if len(rates) == 1 else np.nan


@pricing_function("LMMIRR", CATEGORY, has_formula=False)
def modified_internal_rate(
    cash_flows: Column[CashFlow], finance_rate: InterestRate, reinvestment_rate: InterestRate
) -> InternalRate:
    """Modified internal rate of return: outlays financed at one rate, income reinvested at another.

    Notes
    -----
    (income as it is worth at the end / outlays as they are worth now)^(1 / periods) - 1.  One
    answer for any flows, as MIRR of spreadsheets; NaN without income or without outlays.

    Examples
    --------
    The example of MIRR in Excel, whose rate is 12.61 %:

    >>> round(modified_internal_rate([-120, 39, 30, 21, 37, 46], 0.1, 0.12), 6)
    0.126094
    """
    flows = np.asarray(cash_flows)
    outlays = np.sum(_discounted(finance_rate, np.minimum(flows, 0)), axis=0)
    income = np.sum(_discounted(reinvestment_rate, np.maximum(flows, 0)), axis=0)
    periods = len(flows) - 1
    if not periods:
        return cast(float, np.full(np.shape(income), np.nan)[()])
    grown = income * (1 + np.asarray(reinvestment_rate)) ** periods
    growth = np.where((income > 0) & (outlays < 0), grown / -outlays, np.nan)
    return cast(float, growth ** (1 / periods) - 1)


@pricing_function("LMPAYBACKFLOWS", CATEGORY, has_formula=False)
def payback_of_flows(cash_flows: Column[CashFlow], discount_rate: FlowDiscountRate = 0) -> Periods:
    """Periods until uneven cash flows have paid back; with a discount rate, the discounted payback.

    Notes
    -----
    When the flows so far first add up to 0 or more; a flow counts as coming in evenly over the
    period that it ends.  0 where the first flow is not a payment; NaN where they never add up.
    `payback_periods` is the same for a margin that falls by a constant share.

    References
    ----------
    OpenStax, *Principles of Accounting, Volume 2: Managerial Accounting*, section 11.2.

    Examples
    --------
    >>> round(payback_of_flows([-40000, 10000, 10000, 5000, 5000, 7500, 7500]), 6)
    5.333333
    """
    flows = _discounted(discount_rate, cash_flows)
    balance = np.cumsum(flows, axis=0)
    # What adds up to 0 in decimals may end just below it in binary.
    size = np.cumsum(np.abs(flows), axis=0)
    paid = balance >= -ROUNDING * size
    first = np.argmax(paid, axis=0)[np.newaxis]
    last_flow = np.take_along_axis(flows, first, axis=0)[0]
    over = np.take_along_axis(balance, first, axis=0)[0]
    part = np.where(first[0] > 0, np.clip(over / last_flow, 0, 1), 0)
    return cast(float, np.where(paid.any(axis=0), first[0] - part, np.nan))


@pricing_function("LMMARGINNPV", CATEGORY)
def declining_margin_npv(
    investment: Investment,
    first_margin: FirstMargin,
    decline: Decline,
    discount_rate: FlowDiscountRate,
    periods: Horizon,
) -> NetPresentValue:
    """Net present value of an investment whose margin falls by the same share each period.

    Notes
    -----
    M (1 - q^n) / (r + d) - K with q = (1 - d) / (1 + r): the margin M comes at the end of the first
    period and (1 - d) of the one before in each later period.  Where q is almost 1 the first terms
    of the binomial series stand for 1 - q^n, which would lose its digits.  Without a discount rate
    the value is 0 after `payback_periods`.

    Examples
    --------
    >>> round(declining_margin_npv(1000, 400, 0.2, 0.1, 6), 4)
    136.0354
    """
    # By this share the present value of a margin falls from period to period.
    fall = (discount_rate + decline) / (1 + discount_rate)
    return first_margin / (1 + discount_rate) * geometric_sum(fall, periods) - investment
