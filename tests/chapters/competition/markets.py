"""Hypothesis strategies for markets with logit demand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray


class Sellers(NamedTuple):
    """What a market with logit demand is made of."""

    costs: NDArray[np.float64]
    qualities: NDArray[np.float64]
    scale: float
    outside: float | None

    @property
    def rounding(self) -> float:
        """What the last digit of a quality is, in money."""
        return float(8 * np.finfo(float).eps * np.abs([*self.qualities, *self.costs]).max())


@st.composite
def sellers(draw: st.DrawFn, most: int = 6, reach: float = 10) -> Sellers:
    """A market in which every seller has buyers, at least a few."""
    number = draw(st.integers(2, most))
    column = st.lists(st.floats(0, reach), min_size=number, max_size=number).map(np.array)
    outside = draw(st.none() | st.floats(-reach, reach))
    return Sellers(draw(column), draw(column), draw(st.floats(0.5, 5)), outside)


@st.composite
def extreme_sellers(draw: st.DrawFn) -> Sellers:
    """Any market: one seller to fifty, tiny and huge price scales, qualities far apart."""
    number = draw(st.integers(1, 50))
    quality = st.sampled_from([0.0, 1.0, -1e4, 1e4]) | st.floats(-1e4, 1e4)
    cost = st.sampled_from([0.0, 1.0]) | st.floats(0, 1e4)
    qualities = draw(st.lists(quality, min_size=number, max_size=number).map(np.array))
    costs = draw(st.lists(cost, min_size=number, max_size=number).map(np.array))
    outside = draw(st.floats(-1e4, 1e4) | st.none() if number > 1 else st.floats(-1e4, 1e4))
    return Sellers(costs, qualities, 10 ** draw(st.floats(-6, 6)), outside)
