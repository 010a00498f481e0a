"""Prices from surveys: Gabor and Granger's method.

Gabor and Granger ask who would buy at given prices, which is a demand curve.

References
----------
A. Gabor and C. W. J. Granger, "Price as an indicator of quality", Economica 33 (1966) 43-70.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from lmprice.chapters.strategy.checks import column, matching
from lmprice.chapters.strategy.surveys import BuyingShare, numbers_of
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired
from lmprice.language.quantities import UnitCost, UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import amounts, percent, plain_text, text_table

_ROOT = 1e-11  # so little of each share may be left unexplained

# fmt: off
Ceiling = Annotated[float, Term(
    Text("Ceiling", "上限"), FRACTION,
    Text("Share who would buy if the price did not matter", "不考虑价格时愿意购买的比例"),
    gt=0, le=1)]
# fmt: on


@dataclass(frozen=True, eq=False)
class GaborGranger(Framed):
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

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a tested price."""
        return rows(
            price=self.prices, share=self.shares, revenue=self.revenues, profit=self.profits
        )


@paired("prices", "would_buy")
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
        rises=numbers_of(np.diff(shares, prepend=shares[0]) > 0),
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
