"""A logit market from prices, shares and one margin: the market it was made of is found again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lmprice import PricingError, calibrate_logit_market, logit_nash_prices, logit_shares

COSTS, QUALITIES, SCALE = [0.5, 1.0, 2.0], [2.0, 3.0, 4.5], 0.8


@pytest.mark.parametrize("outside", [0.0, None])
def test_the_market_is_found_again(outside: float | None) -> None:
    prices = np.asarray(logit_nash_prices(COSTS, QUALITIES, SCALE, outside))
    shares = np.asarray(logit_shares(prices, QUALITIES, SCALE, outside))
    margin = 1 - COSTS[1] / prices[1]
    found = calibrate_logit_market(prices, shares, margin, of=1)
    assert found.price_scale == pytest.approx(SCALE)
    assert found.unit_costs == pytest.approx(COSTS)
    assert found.outside == outside
    again = logit_shares(prices, found.qualities, found.price_scale, found.outside)
    assert np.asarray(again) == pytest.approx(shares)
    if outside is not None:
        assert found.qualities == pytest.approx(QUALITIES)


def test_by_hand() -> None:
    # A quarter each and a quarter that does not buy: μ = 0.5 x 2 x 0.75, and qualities are prices.
    found = calibrate_logit_market([2, 2, 4], [0.25] * 3, 0.5)
    assert found.price_scale == 0.75
    assert found.qualities.tolist() == [2, 2, 4]
    assert found.margins.tolist() == [0.5, 0.5, 0.25]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2, 2], [0.7, 0.7], 0.5), "shares 1.4 is the sum, which is above 1"),
        (([2, 2], [0.7], 0.5), "shares 1 is the number of rows, but prices has 2"),
        (([2, 2], [0.5, 0.5], 0.5, 2), "of 2 is no seller: there are 0 to 1"),
        (([2, 2], [0.5, 0.5], 0), "margin 0 is not above 0"),
    ],
)
def test_refusals(arguments: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        calibrate_logit_market(*arguments)
