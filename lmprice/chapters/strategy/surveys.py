"""Prices from surveys: Van Westendorp's price sensitivity meter.

Van Westendorp asks each respondent for four prices and reads price points off the crossings of
cumulative curves.

References
----------
P. van Westendorp, "NSS Price Sensitivity Meter (PSM): a new approach to study consumer perception
of price", Proceedings of the ESOMAR Congress (Venice, 1976) 139-167.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.strategy.checks import column, matching
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import as_array
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import FRACTION, Term, Text
from lmprice.output.framed import Framed, rows

Mask = NDArray[np.bool_]

# fmt: off
BuyingShare = Annotated[float, Term(
    Text("Share who would buy", "愿意购买的比例"), FRACTION,
    Text("Share of the respondents who would buy at the price", "在该价格下愿意购买的受访者比例"),
    ge=0, le=1)]
Weight = Annotated[float, Term(
    Text("Weight", "权重"), Text("ratio", "倍数"),
    Text("How much a respondent counts", "受访者的权重"), ge=0)]
# fmt: on


class PriceRange(NamedTuple):
    """A range of prices (USD)."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PriceSensitivity(Framed):
    """What a price sensitivity meter shows.

    Attributes
    ----------
    optimal_price : float
        As many find the price too cheap as find it too expensive (OPP).
    indifference_price : float
        As many find the price cheap as find it expensive (IPP).
    acceptable_range : PriceRange
        Van Westendorp's own: from where as many find it too cheap as find it not cheap (point of
        marginal cheapness), to where as many find it too expensive as find it not expensive (point
        of marginal expensiveness).
    narrow_range : PriceRange
        What many tools show instead: from "too cheap" against "expensive" to "too expensive"
        against "cheap".  It lies within the acceptable range.
    respondents : int
        Respondents whose answers were used.
    set_aside : tuple of int
        Respondents (from 0) whose four prices do not rise from too cheap to too expensive.
    unanswered : tuple of int
        Respondents (from 0) who left a question open (NaN); set aside too.
    prices : array
        All prices that were named, rising: where the curves have their points.
    too_cheap, cheap, expensive, too_expensive : array
        Share of the respondents who find each of these prices so.
    """

    optimal_price: float
    indifference_price: float
    acceptable_range: PriceRange
    narrow_range: PriceRange
    respondents: int
    set_aside: tuple[int, ...]
    unanswered: tuple[int, ...]
    prices: Array
    too_cheap: Array
    cheap: Array
    expensive: Array
    too_expensive: Array

    def __str__(self) -> str:
        low, high = self.acceptable_range
        return (
            f"optimal price {self.optimal_price:,.6g}, indifference price "
            f"{self.indifference_price:,.6g}, acceptable from {low:,.6g} to {high:,.6g}; "
            f"{self.respondents} respondents, {len(self.set_aside)} set aside for prices out of "
            f"order, {len(self.unanswered)} for missing answers"
        )

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a price that was named: the share who find it so."""
        return rows(
            price=self.prices,
            too_cheap=self.too_cheap,
            cheap=self.cheap,
            expensive=self.expensive,
            too_expensive=self.too_expensive,
        )


@paired("too_cheap", "cheap", "expensive", "too_expensive", "weights")
def van_westendorp(
    too_cheap: Values | None,
    cheap: Values,
    expensive: Values,
    too_expensive: Values,
    *,
    weights: Values | None = None,
) -> PriceSensitivity:
    """Price points of Van Westendorp's price sensitivity meter.

    Parameters
    ----------
    too_cheap, cheap, expensive, too_expensive : column of floats
        The prices at which each respondent finds the product so (USD; at least 0; NaN where the
        question was left open).  Where "too cheap" was not asked, it is None or NaN throughout:
        the points that need it are NaN then.
    weights : column of floats, optional
        How much each respondent counts (at least 0, not all 0).

    Returns
    -------
    PriceSensitivity
        Optimal and indifference price, the acceptable range in both conventions, the curves, and
        who was set aside.

    Raises
    ------
    PricingError
        A column is not of numbers at least 0, the columns have different lengths, or nobody's four
        prices rise.

    Notes
    -----
    Who names 10 as too cheap finds 10 and everything below it too cheap; who names 30 as expensive
    finds 30 and everything above it expensive.  The curves are straight between the prices named.
    Where two of them run together, the crossing is the middle of that stretch.

    Examples
    --------
    >>> meter = van_westendorp([5, 8, 10, 9], [10, 12, 15, 8], [15, 20, 20, 30], [20, 25, 30, 40])
    >>> print(meter)  # doctest: +NORMALIZE_WHITESPACE
    optimal price 13.5, indifference price 15, acceptable from 11 to 18.3333;
    3 respondents, 1 set aside for prices out of order, 0 for missing answers
    >>> meter.narrow_range, meter.set_aside
    (PriceRange(low=12.0, high=17.5), (3,))
    """
    owner = "van_westendorp"
    names = ("too_cheap", "cheap", "expensive", "too_expensive")
    given = (too_cheap, cheap, expensive, too_expensive)
    skipped = too_cheap is None or _is_open(owner, names[0], too_cheap)
    answers = _answers(owner, names[skipped:], given[skipped:])
    counts = np.ones(answers.shape[1])
    if weights is not None:
        counts = matching(owner, "weights", weights, Weight, answers.shape[1])
    missing = np.asarray(np.isnan(answers).any(axis=0))
    in_order = np.asarray((np.diff(answers, axis=0) > 0).all(axis=0))
    used, counts = answers[:, in_order], counts[in_order]
    if not used.size:
        rule = f"is the number of respondents whose {len(answers)} prices rise, of {in_order.size}"
        raise PricingError(owner, names[skipped], 0, rule)
    if not counts.sum() > 0:
        raise PricingError(owner, "weights", float(counts.sum()), "is the sum of those that count")

    prices = np.unique(used)
    # A price is cheap to all who name it or a higher one, expensive to all who name it or a lower.
    asked = dict(zip(names[skipped:], used, strict=True))
    curves = {
        name: np.average(
            answer >= prices[:, None] if name.endswith("cheap") else answer <= prices[:, None],
            axis=1,
            weights=counts,
        )
        for name, answer in asked.items()
    }
    return _meter(
        prices, curves, used.shape[1], numbers_of(~in_order & ~missing), numbers_of(missing)
    )


@paired("prices", "too_cheap", "cheap", "expensive", "too_expensive")
def van_westendorp_curves(
    prices: Values,
    too_cheap: Values | None,
    cheap: Values,
    expensive: Values,
    too_expensive: Values,
) -> PriceSensitivity:
    """Price points of a price sensitivity meter from its cumulative curves.

    Parameters
    ----------
    prices : column of floats
        The prices of the curves' points, rising (USD; at least 0).
    too_cheap, cheap, expensive, too_expensive : column of floats
        Share of the respondents who find each of these prices so; the first two fall, the others
        rise.  Where "too cheap" was not asked, it is None: the points that need it are NaN then.

    Returns
    -------
    PriceSensitivity
        As `van_westendorp` gives it; a crossing outside the prices is NaN, and no respondents are
        counted.

    Raises
    ------
    PricingError
        A column is not of shares, the columns have different lengths, prices do not rise, or a
        curve rises where it has to fall.

    Examples
    --------
    >>> meter = van_westendorp_curves([10, 15, 20], None, [1, 0.5, 0], [0, 0.5, 1], [0, 0.1, 0.4])
    >>> meter.indifference_price, meter.acceptable_range
    (15.0, PriceRange(low=nan, high=17.5))
    """
    owner = "van_westendorp_curves"
    at = column(owner, "prices", prices, UnitPrice)
    if (np.diff(at) <= 0).any():
        place = int(np.argmax(np.diff(at) <= 0)) + 1
        raise PricingError(owner, "prices", float(at[place]), "is not above the one before it")
    given = {"too_cheap": too_cheap, "cheap": cheap}
    given |= {"expensive": expensive, "too_expensive": too_expensive}
    curves = {}
    for name, values in given.items():
        if values is None and name == "too_cheap":
            continue
        curve = matching(owner, name, as_array(owner, name, values), BuyingShare, at.size)
        falls = name.endswith("cheap")
        wrong = np.diff(curve) > 0 if falls else np.diff(curve) < 0
        if wrong.any():
            place = int(np.argmax(wrong)) + 1
            rule = f"is {'above' if falls else 'below'} the share at the price before it"
            raise PricingError(owner, name, float(curve[place]), rule, (place,))
        curves[name] = curve
    return _meter(at, curves, 0, (), ())


def _meter(
    prices: Array,
    curves: dict[str, Array],
    respondents: int,
    set_aside: tuple[int, ...],
    unanswered: tuple[int, ...],
) -> PriceSensitivity:
    """The price points of curves; those that need a curve that was not asked for are NaN."""
    unasked = np.full(len(prices), np.nan)
    too_cheap = curves.get("too_cheap", unasked)
    cheap, expensive = curves["cheap"], curves["expensive"]
    too_expensive = curves["too_expensive"]
    return PriceSensitivity(
        optimal_price=_crossing(prices, too_expensive, too_cheap),
        indifference_price=_crossing(prices, expensive, cheap),
        acceptable_range=PriceRange(
            _crossing(prices, 1 - cheap, too_cheap),
            _crossing(prices, too_expensive, 1 - expensive),
        ),
        narrow_range=PriceRange(
            _crossing(prices, expensive, too_cheap), _crossing(prices, too_expensive, cheap)
        ),
        respondents=respondents,
        set_aside=set_aside,
        unanswered=unanswered,
        prices=prices,
        too_cheap=too_cheap,
        cheap=cheap,
        expensive=expensive,
        too_expensive=too_expensive,
    )


def _is_open(owner: str, name: str, answers: Any) -> bool:
    """Whether nobody has answered: every element is NaN."""
    found = as_array(owner, name, answers)
    return found.dtype.kind == "f" and found.size > 0 and bool(np.isnan(found).all())


def _answers(owner: str, names: tuple[str, ...], given: tuple[Any, ...]) -> Array:
    """A row for each question and a column for each respondent; NaN where there is no answer."""
    rows: list[Array] = []
    for name, values in zip(names, given, strict=True):
        asked = as_array(owner, name, values)
        is_open = np.isnan(asked) if asked.dtype.kind == "f" else np.zeros(asked.shape, dtype=bool)
        closed = np.where(is_open, 0, asked) if is_open.any() else values
        answered = column(owner, name, closed, UnitPrice)
        if rows and answered.size != rows[0].size:
            rule = f"is the number of rows, but the columns before it have {rows[0].size}"
            raise PricingError(owner, name, answered.size, rule)
        rows.append(np.where(is_open, np.nan, answered))
    return np.array(rows)


def numbers_of(mask: Mask) -> tuple[int, ...]:
    """The numbers, from 0, of the elements that are true."""
    return tuple(int(i) for i in np.flatnonzero(mask))


def _crossing(prices: Array, rising: Array, falling: Array) -> float:
    """Where two curves with points at these prices cross, one rising and one falling."""
    gap = rising - falling
    gap = np.where(np.abs(gap) < 1e-12, 0, gap)
    if (gap == 0).any():
        together = prices[gap == 0]
        return float((together[0] + together[-1]) / 2)
    # Of rising answers, the lowest price has no gap above 0 and the highest none below.  Curves may
    # begin and end anywhere, and one that was not asked for is NaN.
    if not (gap[0] < 0 < gap[-1]):
        return np.nan
    after = int(np.argmax(gap > 0))
    share = -gap[after - 1] / (gap[after] - gap[after - 1])
    return float(prices[after - 1] + share * (prices[after] - prices[after - 1]))
