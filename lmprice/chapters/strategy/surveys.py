"""Prices from surveys: Van Westendorp's price sensitivity meter, and Gabor and Granger's method.

Van Westendorp asks each respondent for four prices and reads price points off the crossings of
cumulative curves.  Gabor and Granger ask who would buy at given prices, which is a demand curve.

References
----------
P. van Westendorp, "NSS Price Sensitivity Meter (PSM): a new approach to study consumer perception
of price", Proceedings of the ESOMAR Congress (Venice, 1976) 139-167.
A. Gabor and C. W. J. Granger, "Price as an indicator of quality", Economica 33 (1966) 43-70.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.strategy.checks import column, matching
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import as_array, moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.quantities import UnitCost, UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.printing import amounts, percent, plain_text, text_table

Mask = NDArray[np.bool_]
_ROOT = 1e-11  # so little of each share may be left unexplained

# fmt: off
BuyingShare = Annotated[float, Term(
    Text("Share who would buy", "愿意购买的比例"), FRACTION,
    Text("Share of the respondents who would buy at the price", "在该价格下愿意购买的受访者比例"),
    ge=0, le=1)]
Weight = Annotated[float, Term(
    Text("Weight", "权重"), Text("ratio", "倍数"),
    Text("How much a respondent counts", "受访者的权重"), ge=0)]
Ceiling = Annotated[float, Term(
    Text("Ceiling", "上限"), FRACTION,
    Text("Share who would buy if the price did not matter", "不考虑价格时愿意购买的比例"),
    gt=0, le=1)]
# fmt: on


class PriceRange(NamedTuple):
    """A range of prices (USD)."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PriceSensitivity:
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


@dataclass(frozen=True, eq=False)
class GaborGranger:
    """What the share of buyers at tested prices says.

    Attributes
    ----------
    prices : array
        Tested prices, rising (USD).
    shares : array
        Share of the respondents who would buy at each.
    revenues, profits : array
        Revenue and profit for each person asked (USD).
    revenue_price, profit_price : float
        Tested price of the largest revenue, and of the largest profit (USD).
    interpolated_price : float
        Price of the largest profit if demand is a straight line between tested prices (USD).
    intercept, slope : float
        Logit through the shares, ``ceiling / (1 + exp(-(intercept + slope * price)))``, by maximum
        likelihood; NaN where the shares do not determine it.
    rises : tuple of int
        Tested prices (from 0) at which more would buy than at the price below: noise to look at.
    """

    prices: Array
    shares: Array
    revenues: Array
    profits: Array
    revenue_price: float
    profit_price: float
    interpolated_price: float
    intercept: float
    slope: float
    rises: tuple[int, ...]

    def __str__(self) -> str:
        table = text_table("Price", "Would buy", "Revenue", "Profit")
        rows = zip(self.prices, self.shares, self.revenues, self.profits, strict=True)
        for price, share, revenue, profit in rows:
            table.add_row(*amounts((price,)), percent(float(share)), *amounts((revenue, profit)))
        revenue, profit, between = amounts(
            (self.revenue_price, self.profit_price, self.interpolated_price)
        )
        best = f"Most revenue at {revenue}, most profit at {profit}"
        return f"{plain_text(table)}\n\n{best} (between tested prices: {between})."


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
    skipped = too_cheap is None or _is_open(too_cheap)
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
        prices, curves, used.shape[1], _numbers_of(~in_order & ~missing), _numbers_of(missing)
    )


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
    >>> meter = van_westendorp_curves([10, 15, 20], None, [1, 0.5, 0], [0, 0.5, 1], [0, 0.2, 0.6])
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
        curve = matching(owner, name, np.asarray(values), BuyingShare, at.size)
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


def _is_open(answers: Any) -> bool:
    """Whether nobody has answered: every element is NaN."""
    found = np.asarray(answers)
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


def _numbers_of(mask: Mask) -> tuple[int, ...]:
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


def gabor_granger(
    prices: Values, would_buy: Values, unit_cost: float = 0, *, ceiling: float = 1
) -> GaborGranger:
    """Revenue and profit at tested prices, from the share of respondents who would buy at each.

    Parameters
    ----------
    prices : column of floats
        Tested prices, each once, in any order (USD; at least 0).
    would_buy : column of floats
        Share of the respondents who would buy at each (at least 0 and at most 1).
    unit_cost : float, default 0
        Variable cost of one unit (USD; at least 0).
    ceiling : float, default 1
        Share who would buy if the price did not matter, for the logit (above 0 and at most 1).

    Returns
    -------
    GaborGranger
        Revenue and profit at each price, the best prices, and a logit through the shares, whose
        intercept and slope a logit optimum asks for.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, a price is there twice, a share is above
        the ceiling, or the columns have different lengths.

    Examples
    --------
    >>> found = gabor_granger([5, 10, 15, 20], [0.8, 0.6, 0.3, 0.1], unit_cost=4)
    >>> found.revenue_price, found.profit_price, round(found.interpolated_price, 9)
    (10.0, 10.0, 12.0)
    """
    owner = "gabor_granger"
    tested = column(owner, "prices", prices, UnitPrice)
    shares = matching(owner, "would_buy", would_buy, BuyingShare, tested.size)
    cost = single_number(owner, "unit_cost", unit_cost, term(UnitCost), moderate)
    most = single_number(owner, "ceiling", ceiling, term(Ceiling))
    order = np.argsort(tested, kind="stable")
    tested, shares = tested[order], shares[order]
    if (np.diff(tested) == 0).any():
        raise PricingError(owner, "prices", tested[:-1][np.diff(tested) == 0][0], "is there twice")
    if (shares > most).any():
        raise PricingError(owner, "would_buy", shares.max(), f"is above the ceiling {most:g}")
    profits = (tested - cost) * shares
    intercept, slope = _logit_fit(tested, shares / most)
    return GaborGranger(
        prices=tested,
        shares=shares,
        revenues=tested * shares,
        profits=profits,
        revenue_price=float(tested[(tested * shares).argmax()]),
        profit_price=float(tested[profits.argmax()]),
        interpolated_price=_best_between(tested, shares, cost),
        intercept=intercept,
        slope=slope,
        rises=_numbers_of(np.diff(shares, prepend=shares[0]) > 0),
    )


def _best_between(prices: Array, shares: Array, cost: float) -> float:
    """The best price if demand is a straight line between neighbouring prices."""
    slopes = np.diff(shares) / np.diff(prices)
    with np.errstate(divide="ignore", invalid="ignore"):
        tops = (prices[:-1] + cost - shares[:-1] / slopes) / 2
    inside = (slopes < 0) & (tops > prices[:-1]) & (tops < prices[1:])
    tried = np.concatenate([prices, tops[inside]])
    return float(tried[((tried - cost) * np.interp(tried, prices, shares)).argmax()])


def _logit_fit(prices: Array, shares: Array) -> tuple[float, float]:
    """Intercept and slope of the logit of the largest likelihood; NaN where there is none."""
    from scipy.optimize import root
    from scipy.special import expit

    buying, refusing = prices[shares > 0], prices[shares < 1]
    if prices.size < 2 or not buying.size or not refusing.size:
        return np.nan, np.nan
    # Where one price parts those who would buy from those who would not, no finite slope is best.
    if buying.max() <= refusing.min() or refusing.max() <= buying.min():
        return np.nan, np.nan
    centre, scale = prices.mean(), prices.std()
    rows = np.column_stack([np.ones(prices.size), (prices - centre) / scale])

    def score(b: Array) -> Array:
        lacking: Array = rows.T @ (expit(rows @ b) - shares)
        return lacking

    def slope_of_score(b: Array) -> Array:
        chance = expit(rows @ b)
        bend: Array = (rows * (chance * (1 - chance))[:, None]).T @ rows
        return bend

    # The solver takes a root that it cannot improve on for a failure: the score says what it is.
    found = root(score, np.zeros(2), jac=slope_of_score, tol=1e-13).x
    if not np.abs(score(found)).max() < _ROOT * prices.size:
        return np.nan, np.nan
    slope = found[1] / scale
    return float(found[0] - slope * centre), float(slope)
