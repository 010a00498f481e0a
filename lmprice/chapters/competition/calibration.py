"""A logit market from what is seen of it: prices, shares, and the margin of one seller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from lmprice.chapters.competition.quantities import SellerPrice
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import paired, row_names
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import amounts, percent, plain_text, text_table

_OWNER = "calibrate_logit_market"
_WHOLE = 1e-9  # shares may miss 1 by so much

# fmt: off
ObservedShare = Annotated[float, Term(
    Text("Share", "份额"), FRACTION,
    Text("Share of all buyers who buy from the seller", "从该卖方购买的买方比例"), gt=0, lt=1)]
KnownMargin = Annotated[float, Term(
    Text("Gross margin", "毛利率"), FRACTION,
    Text("Gross margin of the seller whose margin is known", "已知毛利率的卖方的毛利率"),
    gt=0, le=1)]
# fmt: on


@dataclass(frozen=True, eq=False)
class LogitCalibration(Framed):
    """The market that explains prices, shares and one margin.

    Attributes
    ----------
    price_scale : float
        How far prices have to differ to move buyers (USD per unit).
    qualities : array
        Quality of each seller, on the scale of prices; not to buy is worth 0.  Where all buy, the
        first seller is worth its price.
    outside : float or None
        0 where some do not buy, None where all do: an argument of `logit_shares`.
    unit_costs : array
        Unit costs under which these prices are a Nash equilibrium (USD).
    margins : array
        The gross margins that follow.
    names : tuple
        The sellers: labels of a column of pandas, or places from 0.
    """

    price_scale: float
    qualities: Array
    outside: float | None
    unit_costs: Array
    margins: Array
    names: tuple[Any, ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a seller: quality, unit cost and margin, and the price scale of all."""
        return rows(
            seller=self.names,
            quality=self.qualities,
            unit_cost=self.unit_costs,
            margin=self.margins,
            price_scale=self.price_scale,
        )

    def __str__(self) -> str:
        table = text_table("Seller", "Quality", "Unit cost", "Margin")
        for row in self.to_dicts():
            known = amounts((row["quality"], row["unit_cost"]))
            table.add_row(str(row["seller"]), *known, percent(row["margin"]))
        return f"{plain_text(table)}\n\nPrice scale: {self.price_scale:,.4g}."


@paired("prices", "shares")
def calibrate_logit_market(
    prices: Values,
    shares: Values,
    margin: float,
    of: int | str = 0,
) -> LogitCalibration:
    """Find price scale, qualities and unit costs of a logit market from what is seen of it.

    Parameters
    ----------
    prices, shares : column of floats
        Price (USD) and share of all buyers of each seller.  What is missing to 1 does not buy.
    margin : float
        Gross margin of one seller, (price - unit cost) / price.
    of : int or str, default 0
        Which seller's it is: its place from 0, or its label in a column of pandas.

    Returns
    -------
    LogitCalibration
        Price scale, qualities and unit costs: arguments of `logit_shares`, `logit_nash_prices` and
        `price_war`.

    Raises
    ------
    PricingError
        A value is not a number or out of its range, shares add up to more than 1, the lengths
        differ, or there is no such seller.

    Notes
    -----
    In equilibrium p - c = μ / (1 - s), so μ = margin p (1 - s) of that seller; qualities follow
    from the odds against not buying, q = p + μ ln(s / s0), and the other costs from their shares.

    References
    ----------
    G. J. Werden and L. M. Froeb, "The effects of mergers in differentiated products industries:
    logit demand and merger policy", J. Law, Economics and Organization 10 (1994).

    Examples
    --------
    >>> found = calibrate_logit_market([2, 2, 4], [0.25, 0.25, 0.25], margin=0.5)
    >>> found.price_scale, found.unit_costs
    (0.75, array([1., 1., 3.]))
    """
    at = np.atleast_1d(moderate(_OWNER, "prices", prices, term(SellerPrice)))
    share = np.atleast_1d(moderate(_OWNER, "shares", shares, term(ObservedShare)))
    known = single_number(_OWNER, "margin", margin, term(KnownMargin))
    if share.size != at.size:
        rule = f"is the number of rows, but prices has {at.size}"
        raise PricingError(_OWNER, "shares", share.size, rule)
    names = row_names(at.size, prices, shares)
    place: Any = names.index(of) if isinstance(of, str) and of in names else of
    is_whole = isinstance(place, (int, np.integer)) and not isinstance(place, bool)
    if not is_whole or not 0 <= place < at.size:
        known_names = f", or {', '.join(names)}" if isinstance(names[0], str) else ""
        rule = f"is no seller: there are 0 to {at.size - 1}{known_names}"
        raise PricingError(_OWNER, "of", of, rule)
    nobody = 1 - float(share.sum())
    if nobody < -_WHOLE:
        raise PricingError(_OWNER, "shares", float(share.sum()), "is the sum, which is above 1")
    has_outside = nobody > _WHOLE
    scale = float(known * at[place] * (1 - share[place]))
    odds = np.log(share / (nobody if has_outside else share[0]))
    start = 0.0 if has_outside else float(at[0])
    qualities = at - (0 if has_outside else at[0]) + start + scale * odds
    costs = at - scale / (1 - share)
    outside = 0.0 if has_outside else None
    return LogitCalibration(scale, qualities, outside, costs, 1 - costs / at, names)
