"""A price for each segment (third-degree price discrimination) against one price for all.

Each segment i buys a_i - b_i p units, down to none at its choke price a_i / b_i.  Priced apart, a
segment pays the middle of choke price and unit cost.  One price for all faces the sum of the
demands, which has a kink at every choke price: the seller may earn more by leaving the segments of
low choke prices out, so the best price is looked for on every stretch between two kinks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.chapters.strategy.checks import DemandIntercept, DemandSlope, column, matching
from lmprice.language.arrays import Array, Values
from lmprice.language.labels import paired, row_names
from lmprice.language.quantities import UnitCost
from lmprice.output.framed import Framed, rows
from lmprice.output.printing import amounts, plain_text, text_table

_OWNER = "segment_prices"


@dataclass(frozen=True, eq=False)
class SegmentOutcome(Framed):
    """What the segments pay, buy and bring under one way of pricing; one element a segment.

    Attributes
    ----------
    prices : array
        Price that each segment is asked (USD per unit); NaN where it is not worth serving.
    quantities, profits, consumer_surpluses : array
        Units bought, profit and consumer surplus of each segment.
    elasticities : array
        Price elasticity of demand at that price; NaN where nothing is bought.
    names : tuple
        The segments: labels of a column of pandas, or places from 0.
    """

    prices: Array
    quantities: Array
    profits: Array
    consumer_surpluses: Array
    elasticities: Array
    names: tuple[Any, ...]

    @property
    def profit(self) -> float:
        """Profit over all segments (USD)."""
        return float(self.profits.sum())

    @property
    def consumer_surplus(self) -> float:
        """Consumer surplus over all segments (USD)."""
        return float(self.consumer_surpluses.sum())

    @property
    def served(self) -> NDArray[np.bool_]:
        """Which segments buy anything."""
        return self.quantities > 0

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a segment."""
        return rows(
            segment=self.names,
            price=self.prices,
            quantity=self.quantities,
            profit=self.profits,
            consumer_surplus=self.consumer_surpluses,
            elasticity=self.elasticities,
        )


@dataclass(frozen=True, eq=False)
class SegmentPrices(SegmentOutcome):
    """A price for each segment, and beside it the best price for all.

    Attributes
    ----------
    uniform : SegmentOutcome
        The segments under the best single price.
    """

    uniform: SegmentOutcome

    @property
    def uniform_price(self) -> float:
        """The best single price; NaN where none earns anything."""
        return float(self.uniform.prices[0])

    @property
    def gain(self) -> float:
        """Profit that pricing apart adds to the profit of the best single price (USD)."""
        return self.profit - self.uniform.profit

    @property
    def excluded(self) -> tuple[int, ...]:
        """Segments (from 0) that buy at a price of their own, but not at the single price."""
        return tuple(int(i) for i in np.flatnonzero(self.served & ~self.uniform.served))

    def __str__(self) -> str:
        table = text_table(
            "Segment", "Price", "Quantity", "Profit", "Elasticity", "Quantity at one price"
        )
        columns = (self.prices, self.quantities, self.profits, self.elasticities)
        rows = zip(*columns, self.uniform.quantities, strict=True)
        for name, row in zip(self.names, rows, strict=True):
            table.add_row(str(name), *amounts(row))
        one, profit, alone, gain = amounts(
            (self.uniform_price, self.profit, self.uniform.profit, self.gain)
        )
        last = f"Profit {profit}; with one price of {one} for all {alone}, which is {gain} less."
        return f"{plain_text(table)}\n\n{last}"

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a segment, and what it buys at one price for all."""
        alone = rows(uniform_price=self.uniform.prices, uniform_quantity=self.uniform.quantities)
        return [own | one for own, one in zip(super().to_dicts(), alone, strict=True)]


@paired("intercepts", "slopes", "unit_cost")
def segment_prices(intercepts: Values, slopes: Values, unit_cost: Values) -> SegmentPrices:
    """Best price for each segment with linear demand, compared with the best price for all.

    Parameters
    ----------
    intercepts : column of floats
        Units a_i that each segment buys at a price of 0 (above 0).
    slopes : column of floats
        Units b_i that each further USD costs, for each segment or one for all (above 0).
    unit_cost : float or column of floats
        Variable cost of one unit, one for all or one for each segment (at least 0).

    Returns
    -------
    SegmentPrices
        Prices, quantities, profits, elasticities and consumer surplus of each segment, and the
        same under the best single price (``uniform``).

    Raises
    ------
    PricingError
        An argument is not a number or out of its range, or columns have different lengths.

    Notes
    -----
    p_i = (a_i / b_i + c_i) / 2, and demand max(0, a_i - b_i p).  On a stretch where the segments S
    buy, profit is a parabola with its top at (sum of a_i + b_i c_i) / (2 sum of b_i); the best of
    these tops and of the kinks is the best single price.

    Examples
    --------
    >>> apart = segment_prices([1000, 600], 1, 200)
    >>> apart.prices, apart.profits
    (array([600., 400.]), array([160000.,  40000.]))
    >>> apart.uniform_price, apart.gain
    (500.0, 20000.0)

    A segment whose choke price of 60 is far below the others' is left out of a single price:

    >>> segment_prices([100, 60], [1, 1], 50).excluded
    (1,)
    """
    a = column(_OWNER, "intercepts", intercepts, DemandIntercept)
    b = matching(_OWNER, "slopes", slopes, DemandSlope, a.size)
    c = matching(_OWNER, "unit_cost", unit_cost, UnitCost, a.size)
    names = row_names(a.size, intercepts, slopes, unit_cost)
    choke = a / b
    apart = _outcome(a, b, c, np.where(choke > c, (choke + c) / 2, np.nan), names)
    uniform = _outcome(a, b, c, np.full(a.size, _uniform_price(a, b, c)), names)
    return SegmentPrices(**vars(apart), uniform=uniform)


def _outcome(a: Array, b: Array, c: Array, prices: Array, names: tuple[Any, ...]) -> SegmentOutcome:
    quantities = np.where(np.isnan(prices), 0, np.maximum(a - b * prices, 0))
    buys = quantities > 0
    margin = np.where(buys, prices - c, 0)
    moved = np.where(buys, -b * prices, np.nan)
    return SegmentOutcome(
        prices=prices,
        quantities=quantities,
        profits=margin * quantities,
        consumer_surpluses=quantities**2 / (2 * b),
        elasticities=moved / np.where(buys, quantities, 1),
        names=names,
    )


def _uniform_price(a: Array, b: Array, c: Array) -> float:
    """The best single price; NaN where none earns anything."""
    order = np.argsort(-(a / b), kind="stable")
    tops = np.cumsum((a + b * c)[order]) / (2 * np.cumsum(b[order]))
    # A segment that costs more than it would pay can make a kink the best price: all are tried.
    tried = np.concatenate([tops, a / b])[:, None]
    profits = ((tried - c) * np.maximum(a - b * tried, 0)).sum(axis=1)
    best = int(profits.argmax())
    return float(tried[best, 0]) if profits[best] > 0 else float("nan")
