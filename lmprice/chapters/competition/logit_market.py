"""A market with logit demand in which one seller cuts its price and another one answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmprice.chapters.competition.functions import logit_best_response, logit_shares
from lmprice.chapters.competition.quantities import (
    MarketSize,
    Outside,
    PriceScale,
    SellerCost,
    SellerPrice,
    SellerQuality,
)
from lmprice.language.arrays import Array
from lmprice.language.checks import moderate, single_number
from lmprice.language.errors import PricingError
from lmprice.language.labels import row_names
from lmprice.language.terms import term

# fmt: off
KINDS = {
    "prices": SellerPrice, "unit_costs": SellerCost, "qualities": SellerQuality,
    "price_scale": PriceScale, "outside": Outside, "market_size": MarketSize,
}
# fmt: on


@dataclass(frozen=True, eq=False)
class Market:
    """The sellers of a market with logit demand, who of them cuts, and who answers."""

    prices: Array
    unit_costs: Array
    qualities: Array
    price_scale: float
    outside: float | None
    market_size: float
    me: int
    rival: int

    @property
    def unit_cost(self) -> float:
        """Our unit cost."""
        return float(self.unit_costs[self.me])

    def rival_price(self, cuts: Array) -> Array:
        """The rival's price after cuts of that depth."""
        return np.asarray(self.prices[self.rival] * (1 - cuts))

    def hold(self, cuts: Array) -> Array:
        """Our price, as it is."""
        return np.full(cuts.shape, self.prices[self.me])

    def match_price(self, cuts: Array) -> Array:
        """The rival's new price, if it is below ours."""
        return np.minimum(self.rival_price(cuts), self.hold(cuts))

    def match_cut(self, cuts: Array) -> Array:
        """Our price, cut by the same share."""
        return np.asarray(self.hold(cuts) * (1 - cuts))

    def best_reply(self, cuts: Array) -> Array:
        """The price that earns most against the cut, while all others hold theirs."""
        others = np.arange(len(self.prices)) != self.me
        reply = logit_best_response(
            self.unit_cost,
            float(self.qualities[self.me]),
            self._prices(self.hold(cuts), cuts)[others],
            self.qualities[others],
            self.price_scale,
            self.outside,
        )
        return np.asarray(reply)

    def share(self, price: Array, cuts: Array) -> Array:
        """Our share at a price of ours, after cuts of that depth."""
        prices = self._prices(price, cuts)
        shares = logit_shares(prices, self.qualities, self.price_scale, self.outside)
        return np.asarray(shares[self.me])

    def profit(self, price: Array, cuts: Array) -> Array:
        """Our profit at a price of ours, after cuts of that depth."""
        return (price - self.unit_cost) * self.share(price, cuts) * self.market_size

    def _prices(self, price: Array, cuts: Array) -> Array:
        prices = np.repeat(self.prices[:, None], len(cuts), axis=1)
        prices[self.me] = price
        prices[self.rival] = self.rival_price(cuts)
        return prices


def checked_market(
    columns: Mapping[str, Any],
    single: Mapping[str, Any],
    chosen: Mapping[str, int | str],
    names: Sequence[str] | None,
) -> tuple[Market, list[str]]:
    """The checked market, and the name of each seller."""
    checked: dict[str, Any] = {}
    for name, value in columns.items():
        checked[name] = moderate("price_war", name, value, term(KINDS[name]))
        if checked[name].shape != (checked["prices"].size,):
            rule = f"is not one number for each of {checked['prices'].size} sellers"
            raise PricingError("price_war", name, value, rule)
    for name, value in single.items():
        is_none = name == "outside" and value is None
        checked[name] = (
            None
            if is_none
            else single_number("price_war", name, value, term(KINDS[name]), moderate)
        )
    sellers = checked["prices"].size
    if names is None:
        found = row_names(sellers, *columns.values())
        names = [name if isinstance(name, str) else f"Seller {name}" for name in found]
    labels = list(names)
    if len(labels) != sellers or len(set(labels)) != sellers:
        rule = f"is not one name of its own for each of {sellers} sellers"
        raise PricingError("price_war", "names", labels, rule)
    for name, given in chosen.items():
        if given not in (labels if isinstance(given, str) else range(sellers)):
            raise PricingError("price_war", name, given, f"is none of {', '.join(labels)}")
        checked[name] = labels.index(given) if isinstance(given, str) else int(given)
    if checked["me"] == checked["rival"]:
        raise PricingError("price_war", "rival", chosen["rival"], "is the seller that answers")
    return Market(**checked), labels
