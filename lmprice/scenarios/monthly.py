"""Month by month: growth of the volume, decline of price and cost, and when it has paid back.

Months are calendar months from a first day on; a table of 36 of them stands on a sheet of its own,
and the results are those up to the horizon.  Growth and declines are those of a year, in equal
monthly steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from lmprice.language.dates import months_later
from lmprice.language.expression import floor, maximum, nan, smallest, total, where
from lmprice.language.terms import Text
from lmprice.scenarios import monthly_terms as terms
from lmprice.scenarios.base import Out
from lmprice.scenarios.tables import MONTHLY, MONTHS, running_total

MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Outlook:
    """What changes from month to month, and what was spent before the first."""

    first_month: float  # the number of its first day
    horizon: float
    volume_growth: float
    price_decline: float
    cost_decline: float
    upfront: float
    kept: float = 1.0
    """The share of the customers that is still there a month later."""


@dataclass(frozen=True)
class FirstMonth:
    """What the first month has, or each day of it."""

    volume: float
    revenue: float
    cost: float  # that falls by the cost decline
    other_cost: float = 0.0  # that grows with the volume, and does not fall
    fixed_cost: float = 0.0
    is_daily: bool = False
    """Whether volume, revenue and cost are those of a day: a month has as many as it has days."""


class Found(NamedTuple):
    """What the months come to."""

    cash_end: float
    breakeven_month: float


def month_by_month(out: Out, outlook: Outlook, start: FirstMonth) -> Found:
    """Report the months as columns of their table, and what they come to."""
    number = out.months()
    years = (number - 1) / MONTHS_A_YEAR
    growth = (1 + outlook.volume_growth) ** years * outlook.kept ** (number - 1)
    growth = growth * _days(out, outlook, number, is_daily=start.is_daily)
    volume = out.column(MONTHLY, "volume", start.volume * growth, terms.VOLUME)
    revenue = start.revenue * growth * (1 - outlook.price_decline) ** years
    revenue = out.column(MONTHLY, "revenue", revenue, terms.REVENUE)
    falling = start.cost * (1 - outlook.cost_decline) ** years
    cost = growth * (falling + start.other_cost) + start.fixed_cost
    cost = out.column(MONTHLY, "cost", cost, terms.COST)
    out.column(MONTHLY, "price", _each(revenue, volume), terms.PRICE)
    out.column(MONTHLY, "unit_cost", _each(cost, volume), terms.UNIT_COST)
    profit = out.column(MONTHLY, "profit", revenue - cost, terms.PROFIT)
    cash = running_total(profit) - outlook.upfront
    cash = out.column(MONTHLY, "cash", cash, terms.CASH)

    # What the results below look for; a month beyond the last is none.
    is_seen = number <= outlook.horizon
    counted = out.column(MONTHLY, "counted", where(is_seen, profit, 0), terms.COUNTED)
    tied_up = out.column(MONTHLY, "tied_up", where(is_seen, cash, 0), terms.TIED_UP)
    paid = out.column(MONTHLY, "paid", where(cash >= 0, number, MONTHS + 1), terms.PAID)
    lossy = out.column(MONTHLY, "lossy", where(profit < 0, number, MONTHS + 1), terms.LOSSY)

    out.section(Text("Month by month", "逐月"))
    cash_end = out("cash_end", total(counted) - outlook.upfront, terms.CASH_END)
    most = maximum(outlook.upfront, -smallest(tied_up))
    out("funding", most, terms.FUNDING)
    month = smallest(paid)
    month = where(month <= outlook.horizon, month, nan)
    month = out("breakeven_month", month, terms.BREAKEVEN_MONTH)
    day = months_later(outlook.first_month, floor(month - 1))
    out("breakeven_date", day, terms.BREAKEVEN_DATE)
    loss = smallest(lossy)
    out("first_loss_month", where(loss <= outlook.horizon, loss, nan), terms.FIRST_LOSS_MONTH)
    return Found(cash_end, month)


def _days(out: Out, outlook: Outlook, number: float, *, is_daily: bool) -> float:
    """The first day of each month, and how many days it has where those count."""
    first = months_later(outlook.first_month, floor(number - 1))
    first = out.column(MONTHLY, "start", first, terms.MONTH)
    if not is_daily:
        return 1
    days = months_later(outlook.first_month, floor(number)) - first
    return out.column(MONTHLY, "days", days, terms.DAYS_OF_MONTH)


def _each(amount: float, volume: float) -> float:
    """The amount of a million tokens; no answer where nothing is sold."""
    return where(volume > 0, amount / volume, nan)
