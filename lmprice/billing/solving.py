"""Solving: the one factor on all prices of a book at which a target holds over the whole base.

Every try is an exact rating of all usage.  The more is charged, the more is paid, so that the
factor is found by interpolation (at once where bills are proportional to prices) and bisection.
With a response of demand each try is what customers would pay and cost after it; a margin is then
sought as money, what is left of the revenue beside costs and the target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from lmprice.billing.backtesting import Draft, beside, compare, cost_of, paid, read_once
from lmprice.billing.book import PriceBook
from lmprice.billing.lazy import pl
from lmprice.billing.margins import check_alike
from lmprice.billing.parsing import parse_book
from lmprice.billing.rating import Rating, UsageTable, rate
from lmprice.billing.responding import ElasticityArgument, elasticities, with_responses
from lmprice.billing.spans import PeriodArgument
from lmprice.billing.tabular import Tabular
from lmprice.billing.taking import Taken
from lmprice.language.checks import check_kind, check_mapping
from lmprice.language.errors import PricingError

STEPS = 1_000_000  # factors have six decimals
LARGEST = 1000
_PRICES = frozenset({
    *("unit_price", "list_unit_price", "off_peak_price", "package_price", "block_price"),
    *("flat_fee", "fixed_fee", "event_minimum", "event_maximum", "minimum", "maximum", "rate"),
})  # fmt: skip

TARGETS = (int, float, Decimal, np.number)


@dataclass(frozen=True, repr=False)
class Solved(Tabular):
    """The least factor, in steps of a millionth, at which the target holds.

    Attributes
    ----------
    factor : Decimal
        What all prices are multiplied by.
    book : PriceBook
        The book with those prices.
    draft : Draft
        The usage under it beside today's, customer by customer.
    revenue : Decimal
        What all customers pay then, without tax, after the response of demand where one is given.
    cost : Decimal or None
        What their usage costs then, where a book of costs is given.
    ratings : int
        How many ratings it took.
    """

    factor: Decimal
    book: PriceBook
    draft: Draft
    revenue: Decimal
    cost: Decimal | None
    ratings: int

    def in_words(self) -> list[str]:
        """The factor, what all pay then, and what that does to customers."""
        reached = f"{self.revenue:,} {self.book.currency}"
        if self.cost is not None and self.revenue:
            reached += f", a margin of {1 - self.cost / self.revenue:.2%}"
        found = f"Times {self.factor}, found in {self.ratings} ratings"
        lines = [found, f"Then all pay {reached}", *self.draft.in_words()]
        return lines + self.draft.rating.refused_in_words()

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables of the draft."""
        return self.draft.tables()


def _is_finite(number: Any) -> bool:
    try:
        return math.isfinite(number)
    except (OverflowError, TypeError, ValueError):  # 10**400, a span of time, a signalling NaN
        return False


def scaled(book: PriceBook, factor: Decimal, charges: Sequence[str] = ()) -> PriceBook:
    """A book with all its prices, and the fees of its plans, times a factor.

    Commitments, coupons, credits and factors stay as they are; of a percentage the rate is scaled.
    Where ``charges`` names some, as a bill does, only their prices are.
    """
    data = book.model_dump(exclude_unset=True)
    owners = [data, *data.get("plans", ()), *data.get("accounts", ())]
    found = set()
    for owner, (_, own) in zip(owners, book.lists(), strict=True):
        for written, charge in zip(owner.get("charges", ()), own, strict=True):
            if not charges or charge.title in charges:
                found.add(charge.title)
                _scale(written, factor)
    missing = [name for name in charges if name not in found]
    if missing:
        raise ValueError(f"the price book has no charge {missing[0]!r}")
    for plan in () if charges else data.get("plans", ()):
        for fee in plan.get("fees", ()):
            fee["amount"] = _times(fee["amount"], factor)
    return parse_book(data)


def _scale(part: dict[str, Any], factor: Decimal) -> None:
    for name, value in part.items():
        if value is None:
            continue
        if name in _PRICES:
            part[name] = _times(value, factor)
        elif name in ("tiers", "steps"):
            for one in value:
                _scale(one, factor)


def _times(price: float, factor: Decimal) -> float:
    return float(Decimal(str(price)) * factor)


def solve(
    usage: UsageTable | Taken,
    book: PriceBook,
    *,
    revenue: float | Decimal | None = None,
    margin: float | None = None,
    costs: PriceBook | None = None,
    charges: Sequence[str] = (),
    elasticity: ElasticityArgument = None,
    source: str | None = None,
    customer: str | None = None,
    columns: Mapping[str, str] | None = None,
    period: PeriodArgument = None,
) -> Solved:
    """The least factor on all prices at which revenue or margin reaches a target.

    Parameters
    ----------
    usage, book
        As for `rate`.
    revenue : number, optional
        What all customers are to pay, without tax; either this or ``margin``.
    margin : float, optional
        The share of the revenue that is to be left after costs, below 1.
    costs : PriceBook, optional
        A book with costs for prices, for ``margin``.
    charges : sequence of str, optional
        The charges whose prices are to move, as a bill names them; all prices where left out.
    elasticity : float, sequence or DemandFit, optional
        As for `backtest`; the likely one is what the target holds at.  Where left out, demand stays
        what it was.
    source, customer, columns, period
        As for `rate`.

    Raises
    ------
    ValueError
        Where there is not one target, or no factor up to 1000 reaches it, or a factor of 0 does; or
        where a revenue is asked for at an elasticity of -1 or below, at which no rise brings more.

    Examples
    --------
    >>> import polars as pl
    >>> from lmprice.billing import PriceBook, StandardCharge
    >>> charge = StandardCharge(charge_model="standard", model="chat", meter="quantity",
    ...                         valid_from="2026-01-01", unit_price=2)
    >>> book = PriceBook(name="Now", version="1", currency="USD", charges=[charge])
    >>> row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "quantity": 10}
    >>> solved = solve(pl.DataFrame([row]), book, revenue=25)
    >>> solved.factor, solved.revenue  # 24.995 is billed as 25.00
    (Decimal('1.249750'), Decimal('25.00'))
    """
    check_kind("solve", "book", book, PriceBook)
    check_mapping("solve", "columns", {} if columns is None else columns)
    if costs is not None:
        check_kind("solve", "costs", costs, PriceBook)
    for name, aim in (("revenue", revenue), ("margin", margin)):
        if aim is not None and (isinstance(aim, bool) or not isinstance(aim, TARGETS)):
            raise PricingError("solve", name, aim, "is not a number")
        if aim is not None and not _is_finite(aim):
            raise PricingError("solve", name, aim, "is not a finite number")
    if (revenue is None) == (margin is None):
        message = "solve: give either revenue or margin"
        raise PricingError.said(message, "solve", "revenue", revenue)
    if margin is not None and costs is None:
        raise PricingError.said("solve: margin needs costs", "solve", "costs", costs)
    if margin is not None and not margin < 1:
        message = f"solve: margin {margin} is not below 1"
        raise PricingError.said(message, "solve", "margin", margin)
    found = elasticities("solve", elasticity)
    likely = found[len(found) // 2 :][:1]
    if revenue is not None and likely and likely[0] <= -1:
        message = (
            f"solve: at an elasticity of {likely[0]:.4g} revenue does not rise with prices: give a "
            "margin"
        )
        raise PricingError.said(message, "solve", "elasticity", elasticity)
    once = read_once(usage, book, source, customer, columns)
    costed = None if costs is None else rate(once, costs, period=period)
    tries = _Tries(once, book, period, charges, costed, likely)
    now = tries.rating(STEPS)
    if costed is not None:
        check_alike(now, costed)
    share = Decimal(0 if margin is None else str(margin))
    target = _Target(Decimal(0 if revenue is None else str(revenue)), share, margin is not None)
    steps = _least(tries, target)
    paid_then, cost = tries.outcome(steps)
    factor = (Decimal(steps) / STEPS).quantize(Decimal("0.000001"))
    rating = tries.rating(steps)
    draft = compare(now, rating, costed, found)
    return Solved(factor, rating.book, draft, paid_then, cost, len(tries.known))


class _Target(NamedTuple):
    """What is to be reached: a revenue, or a margin over costs."""

    revenue: Decimal
    margin: Decimal
    is_margin: bool

    def surplus(self, revenue: Decimal, cost: Decimal | None) -> Decimal:
        """How much more there is than the target asks for; below 0 where it is not reached."""
        if not self.is_margin:
            return revenue - self.revenue
        assert cost is not None
        return revenue - cost / (1 - self.margin)

    def __str__(self) -> str:
        return f"a margin of {self.margin:.4%}" if self.is_margin else f"{self.revenue:,.2f}"


class _Tries:
    """Ratings of one usage under a book times factors, each made once."""

    def __init__(
        self,
        usage: Taken,
        book: PriceBook,
        period: PeriodArgument,
        charges: Sequence[str],
        costs: Rating | None,
        likely: tuple[float, ...],
    ) -> None:
        self.usage, self.book, self.period, self.charges = usage, book, period, charges
        self.likely = likely
        self.known: dict[int, Rating] = {}
        self._cost = None if costs is None else cost_of(costs)

    def rating(self, steps: int) -> Rating:
        """The bill at a factor of so many millionths."""
        if steps not in self.known:
            new = scaled(self.book, Decimal(steps) / STEPS, self.charges)
            self.known[steps] = rate(self.usage, new, period=self.period)
        return self.known[steps]

    def outcome(self, steps: int) -> tuple[Decimal, Decimal | None]:
        """What is paid at a factor of so many millionths, and what that usage costs."""
        own = paid(self.rating(steps))
        if not self.likely:
            cost = None if self._cost is None else Decimal(self._cost["cost"].sum() or 0)
            return self._rounded(Decimal(own["paid"].sum() or 0)), cost
        now = paid(self.rating(STEPS)).rename({"paid": "now"})
        table = beside(now, own.rename({"paid": "then"}))
        if self._cost is not None:
            table = beside(table, self._cost)
        _, (answer,) = with_responses(table, self.likely)
        cost = None if answer.cost is None else Decimal(answer.cost)
        return self._rounded(Decimal(answer.revenue)), cost

    def _rounded(self, revenue: Decimal) -> Decimal:
        return revenue.quantize(Decimal(1).scaleb(-self.book.digits))


def _least(tries: _Tries, target: _Target) -> int:
    """The least number of steps at which the target is reached."""

    def surplus(steps: int) -> Decimal:
        return target.surplus(*tries.outcome(steps))

    low, below = 0, surplus(0)
    if below >= 0:
        message = f"solve: {target} is reached even where the prices are 0"
        raise PricingError.said(message, "solve", "revenue", target)
    high, above = STEPS, surplus(STEPS)
    while above < 0:
        low, below, high = high, above, high * 4
        if high > LARGEST * STEPS:
            message = f"solve: no factor up to {LARGEST} reaches {target}"
            raise PricingError.said(message, "solve", "revenue", target)
        above = surplus(high)
    interpolates = True
    while high - low > 1:
        middle = (low + high) // 2
        if interpolates:
            middle = low + int(-below / (above - below) * (high - low))
        middle = min(max(middle, low + 1), high - 1)
        found = surplus(middle)
        if found >= 0:
            high, above = middle, found
        else:
            low, below = middle, found
        interpolates = not interpolates
    return high
