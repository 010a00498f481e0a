"""A price war: a rival cuts its price, and the answers to it are compared.

Buyers choose as under :func:`lmprice.logit_shares`.  The answers are to hold the price, to match
the rival's new price, to match its cut, and the price that earns most against it; beside them
stands where prices end when every seller goes on answering.

Nimbus has cut its price of $2 per million tokens by 75 %.  We ask $2.20 for a somewhat better model
that costs us $0.60 to serve:

>>> war = price_war(
...     prices=[2.2, 2, 1.8],
...     unit_costs=[0.6, 0.45, 0.7],
...     qualities=[2.6, 2.2, 2],
...     price_scale=0.5,
...     names=["We", "Nimbus", "Cirrus"],
...     me="We",
...     rival="Nimbus",
...     cut=0.75,
...     market_size=100_000,  # million tokens a month
... )
>>> print(war)
Nimbus cuts its price by 75 %, from 2 to 0.5. Our unit cost is 0.6.
<BLANKLINE>
                  Price   Share  Quantity  Profit   Change
Before              2.2  35.8 %    35,843  57,348       +0
Hold                2.2   6.4 %     6,417  10,267  -47,081
Match the price     0.5  67.3 %    67,263  -6,726  -64,075
Match the cut      0.55  65.0 %    65,025  -3,251  -60,600
Best reply        1.305  29.1 %    29,103  20,525  -36,823
All reply (Nash)  1.482  43.3 %    43,282  38,156  -19,193
<BLANKLINE>
Matching the price loses 16,994 against holding, and is below unit cost.
  The deepest cut worth matching so is 55 %.
Matching the cut loses 13,519 against holding, and is below unit cost.
  The deepest cut worth matching so is 60.8 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.competition.functions import logit_nash_prices, logit_shares
from lmprice.chapters.competition.logit_market import Market, checked_market
from lmprice.chapters.competition.quantities import PriceCut
from lmprice.language.arrays import Array, Values
from lmprice.language.checks import numbers, single_number
from lmprice.language.labels import paired
from lmprice.language.terms import term
from lmprice.output.framed import Framed, figures

# The cuts on whose grid the deepest one worth matching is looked for, before it is solved for.
_GRID = 1000
_LARGE = 10_000  # from here on cents are noise


@dataclass(frozen=True)
class Answer:
    """One answer to the cut, and what it brings.

    Parameters
    ----------
    name : str
        What the answer is.
    price : float
        Our price (USD per unit).
    share : float
        Our share of all buyers, those who do not buy included.
    quantity : float
        Units we sell.
    profit : float
        Price less unit cost, times the quantity; before fixed cost (USD).
    profit_change : float
        Change of the profit against that before the cut (USD).
    below_cost : bool
        Whether the price is below our unit cost.
    """

    name: str
    price: float
    share: float
    quantity: float
    profit: float
    profit_change: float
    below_cost: bool


@dataclass(frozen=True, eq=False)
class PriceWar(Framed):
    """What a rival's cut does to us, and what each answer to it brings.

    ``print(war)`` shows the answers as a table and says in words whether matching pays.

    Parameters
    ----------
    me, rival : str
        Names of the seller that answers and of the one that cuts.
    cut : float
        Share that the rival takes off its price.
    rival_price_before, rival_price : float
        Its price before and after (USD per unit).
    before : Answer
        Where we stood before the cut.
    hold : Answer
        We leave our price as it is.
    match_price : Answer
        We ask the rival's new price (or stay where we are, if that is lower).
    match_cut : Answer
        We take the same share off our price.
    best_reply : Answer
        We ask the price that earns most, while all others leave theirs.
    equilibrium : Answer
        Every seller goes on answering until none gains by moving: the Nash equilibrium.
    equilibrium_prices : mapping of str to float
        The price of each seller there (USD per unit).
    deepest_price_match, deepest_cut_match : float
        Deepest cut of this rival at which matching its price, or its cut, earns more than holding;
        0 if there is none.
    market : Market
        The sellers.
    """

    me: str
    rival: str
    cut: float
    rival_price_before: float
    rival_price: float
    before: Answer
    hold: Answer
    match_price: Answer
    match_cut: Answer
    best_reply: Answer
    equilibrium: Answer
    equilibrium_prices: Mapping[str, float]
    deepest_price_match: float
    deepest_cut_match: float
    market: Market

    @property
    def matching_price_loses(self) -> bool:
        """Whether matching the rival's price earns less than holding ours."""
        return self.match_price.profit < self.hold.profit

    @property
    def matching_cut_loses(self) -> bool:
        """Whether matching the rival's cut earns less than holding our price."""
        return self.match_cut.profit < self.hold.profit

    def over_cuts(self, cuts: Values | None = None) -> dict[str, Array]:
        """The answers to cuts of different depth, as the columns of a table or chart.

        Parameters
        ----------
        cuts : array, optional
            Shares that the rival takes off its price; without it from 0 to 90 % in steps of 5 %.

        Returns
        -------
        dict of str to array
            ``cut``, ``rival_price``, and ``price``, ``share`` and ``profit`` of each answer under
            names such as ``hold_share``.  ``pandas.DataFrame`` makes a table of it.

        Examples
        --------
        >>> war = price_war([2, 2], [1, 1], [2, 2], 0.5, me=0, rival=1, cut=0.5, market_size=100)
        >>> war.over_cuts([0, 0.25, 0.5])["hold_profit"].round(2)
        array([33.33, 21.19, 10.65])
        """
        given = np.arange(0, 95, 5) / 100 if cuts is None else cuts
        at = np.atleast_1d(numbers("over_cuts", "cuts", given, term(PriceCut)))
        market = self.market
        table = {"cut": at, "rival_price": market.rival_price(at)}
        for answer in (market.hold, market.match_price, market.match_cut, market.best_reply):
            price = answer(at)
            table[f"{answer.__name__}_price"] = price
            table[f"{answer.__name__}_share"] = market.share(price, at)
            table[f"{answer.__name__}_profit"] = market.profit(price, at)
        return table

    def __str__(self) -> str:
        matches = (self.match_price, self.match_cut)
        answers = (self.before, self.hold, *matches, self.best_reply, self.equilibrium)
        digits = 0 if max(abs(a.profit) for a in answers) >= _LARGE else 2
        rows = [("", "Price", "Share", "Quantity", "Profit", "Change")]
        for a in answers:
            share = f"{a.share:.1%}".replace("%", " %")
            change = f"{round(a.profit_change, digits) + 0.0:+,.{digits}f}"
            amounts = (f"{a.quantity:,.{digits}f}", f"{a.profit:,.{digits}f}", change)
            rows.append((a.name, f"{a.price:,.4g}", share, *amounts))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            f"{self.rival} cuts its price by {100 * self.cut:.3g} %, "
            f"from {self.rival_price_before:,.4g} to {self.rival_price:,.4g}. "
            f"Our unit cost is {self.market.unit_cost:,.4g}.",
            "",
            *("  ".join([n.ljust(widths[0]), *map(str.rjust, v, widths[1:])]) for n, *v in rows),
            "",
        ]
        deepest = (self.deepest_price_match, self.deepest_cut_match)
        for what, match, limit in zip(("price", "cut"), matches, deepest, strict=True):
            gain = match.profit - self.hold.profit
            lines += [
                f"Matching the {what} {'loses' if gain < 0 else 'gains'} {abs(gain):,.{digits}f} "
                f"against holding{', and is below unit cost' if match.below_cost else ''}.",
                f"  The deepest cut worth matching so is {100 * limit:.3g} %."
                if limit
                else "  No cut is worth matching so.",
            ]
        return "\n".join(lines)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row an answer, and where we stood before the cut."""
        answers = ("before", "hold", "match_price", "match_cut", "best_reply", "equilibrium")
        return [{"answer": name} | figures(getattr(self, name)) for name in answers]


@paired("prices", "unit_costs", "qualities")
def price_war(
    prices: Values,
    unit_costs: Values,
    qualities: Values,
    price_scale: float,
    *,
    me: int | str,
    rival: int | str,
    cut: float,
    market_size: float,
    outside: float | None = 0.0,
    names: Sequence[str] | None = None,
) -> PriceWar:
    """Compare the answers to a rival's price cut: hold, match, or the price that earns most.

    Parameters
    ----------
    prices, unit_costs, qualities : array
        What each seller asks, what a unit costs it, and what its offer is worth to a buyer (USD per
        unit).
    price_scale : float
        Price advantage that multiplies the odds of a sale by e (USD per unit, above 0).
    me, rival : int or str
        The seller that answers and the one that cuts: its name, or its place counted from 0.
    cut : float
        Share that the rival takes off its price, from 0 to 1.
    market_size : float
        Units that all buyers together could buy (above 0).
    outside : float or None, default 0
        What a buyer has from not buying, on the scale of quality less price; None where buyers must
        buy.
    names : sequence of str, optional
        Names of the sellers; those of a column of pandas by default.

    Returns
    -------
    PriceWar
        The answers, where prices end, and the deepest cut that is worth matching.

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, the columns differ in length, or a seller
        is not known.

    Notes
    -----
    Quantities are `logit_shares` times the market size.  Other rivals hold their prices, except in
    the equilibrium, which is `logit_nash_prices` and does not depend on the cut.  The deepest cut
    worth matching is looked for in steps of 0.1 % and then solved for.

    Examples
    --------
    Two like sellers at a price of 2.  A cut of 20 % is better matched:

    >>> war = price_war([2, 2], [1, 1], [2, 2], 0.5, me=0, rival=1, cut=0.2, market_size=100)
    >>> round(war.hold.profit, 2), round(war.match_price.profit, 2), war.matching_price_loses
    (23.67, 24.5, False)
    """
    market, labels = checked_market(
        {"prices": prices, "unit_costs": unit_costs, "qualities": qualities},
        {"price_scale": price_scale, "outside": outside, "market_size": market_size},
        {"me": me, "rival": rival},
        names,
    )
    depth = single_number("price_war", "cut", cut, term(PriceCut))
    none, at = np.zeros(1), np.array([depth])
    before = float(market.profit(market.hold(none), none)[0])

    def answer(name: str, price: Any, share: Any) -> Answer:
        profit = float((price - market.unit_cost) * share * market.market_size)
        return Answer(
            name=name,
            price=float(price),
            share=float(share),
            quantity=float(share * market.market_size),
            profit=profit,
            profit_change=profit - before,
            below_cost=bool(price < market.unit_cost),
        )

    def to_cut(name: str, price: Array, cuts: Array = at) -> Answer:
        return answer(name, price[0], market.share(price, cuts)[0])

    ends = logit_nash_prices(market.unit_costs, market.qualities, price_scale, outside)
    end_shares = logit_shares(ends, market.qualities, price_scale, outside)
    return PriceWar(
        me=labels[market.me],
        rival=labels[market.rival],
        cut=depth,
        rival_price_before=float(market.prices[market.rival]),
        rival_price=float(market.rival_price(at)[0]),
        before=to_cut("Before", market.hold(none), none),
        hold=to_cut("Hold", market.hold(at)),
        match_price=to_cut("Match the price", market.match_price(at)),
        match_cut=to_cut("Match the cut", market.match_cut(at)),
        best_reply=to_cut("Best reply", market.best_reply(at)),
        equilibrium=answer("All reply (Nash)", ends[market.me], end_shares[market.me]),
        equilibrium_prices=dict(zip(labels, map(float, ends), strict=True)),
        deepest_price_match=_deepest(market, market.match_price),
        deepest_cut_match=_deepest(market, market.match_cut),
        market=market,
    )


def _deepest(market: Market, match: Callable[[Array], Array]) -> float:
    """The deepest cut at which this way of matching earns more than holding; 0 if none does."""
    from scipy.optimize import brentq

    def gain(cuts: Array) -> Array:
        return market.profit(match(cuts), cuts) - market.profit(market.hold(cuts), cuts)

    cuts = np.arange(1, _GRID + 1) / _GRID
    (pays,) = np.nonzero(gain(cuts) > 0)
    if not pays.size:
        return 0.0
    last = int(pays[-1])  # never the whole price: to sell for nothing earns no more than holding
    root: Any = brentq(lambda cut: gain(np.array([cut]))[0], cuts[last], cuts[last + 1])
    return float(root)
