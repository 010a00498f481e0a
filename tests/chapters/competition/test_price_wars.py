"""The answers to a rival's price cut."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmprice import PricingError, price_war
from lmprice.chapters.competition.price_wars import PriceWar

DUOPOLY: dict[str, Any] = {
    "prices": [2, 2],
    "unit_costs": [1, 1],
    "qualities": [2, 2],
    "price_scale": 0.5,
    "me": 0,
    "rival": 1,
    "cut": 0.5,
    "market_size": 100,
}


def war(**changes: Any) -> PriceWar:
    return price_war(**(DUOPOLY | changes))


def test_by_hand() -> None:
    # Surplus over the scale: ours 0, theirs 2 after the cut; with ours cut as well 2 too.
    found = war()
    assert (found.rival_price_before, found.rival_price) == (2, 1)
    assert found.before.share == pytest.approx(1 / 3)
    assert found.before.profit == pytest.approx(100 / 3)
    assert found.hold.share == pytest.approx(1 / (2 + exp(2)))
    assert found.hold.profit == pytest.approx(100 / (2 + exp(2)))
    assert found.hold.profit_change == pytest.approx(100 / (2 + exp(2)) - 100 / 3)
    assert found.match_price.share == pytest.approx(exp(2) / (1 + 2 * exp(2)))
    assert found.match_price.quantity == pytest.approx(100 * exp(2) / (1 + 2 * exp(2)))
    assert (found.match_price.price, found.match_price.profit) == (1, 0)
    assert found.match_cut.price == 1
    assert found.matching_price_loses
    assert found.matching_cut_loses
    assert not found.match_price.below_cost
    assert war(cut=0.51).match_cut.below_cost


def test_matching_pays_for_a_cut_that_is_small_enough() -> None:
    limit = war().deepest_cut_match
    assert 0.2 < limit < 0.5
    # Scale 0.5, both at 2 - 2 x: profit (1 - 2 x) s against s' at 2, by hand.
    both = exp(4 * limit) / (1 + 2 * exp(4 * limit))
    assert (1 - 2 * limit) * both == pytest.approx(1 / (2 + exp(4 * limit)))
    just_below, just_above = war(cut=limit - 1e-3), war(cut=limit + 1e-3)
    assert not just_below.matching_cut_loses
    assert just_above.matching_cut_loses
    assert war().deepest_price_match == pytest.approx(limit)


def test_no_cut_is_worth_matching_below_the_best_reply() -> None:
    # We charge less than pays already: to cut further never helps.
    found = war(prices=[1.1, 1.1], cut=0.1)
    assert (found.deepest_price_match, found.deepest_cut_match) == (0, 0)
    assert str(found).count("No cut is worth matching so.") == 2
    assert found.best_reply.price > 1.1


def test_matching_never_raises_the_price() -> None:
    found = war(prices=[1.5, 4], cut=0.25)
    assert found.rival_price == 3
    assert found.match_price.price == 1.5
    assert found.match_price.profit == found.hold.profit
    assert not found.matching_price_loses


def test_equilibrium_does_not_depend_on_the_cut() -> None:
    # Calvano et al. 2020: 1.4729 each.
    one = war(price_scale=0.25, names=["A", "B"], me="A", rival="B")
    other = war(price_scale=0.25, cut=0.9)
    assert one.equilibrium_prices["A"] == pytest.approx(1.4729, abs=5e-5)
    assert one.equilibrium_prices["B"] == pytest.approx(1.4729, abs=5e-5)
    assert one.equilibrium.price == other.equilibrium.price
    assert (one.me, one.rival, other.me, other.rival) == ("A", "B", "Seller 0", "Seller 1")


def test_without_an_outside_option() -> None:
    found = war(outside=None, cut=0)
    assert found.before.share == found.hold.share == 0.5
    assert found.equilibrium.price == pytest.approx(2)  # c + mu / (1 - 1/2)


def test_table_over_cuts() -> None:
    table = war().over_cuts()
    assert table["cut"].tolist() == pytest.approx([i / 20 for i in range(19)])
    at = war(cut=0.5)
    for name in ("hold", "match_price", "match_cut", "best_reply"):
        answer = getattr(at, name)
        assert table[f"{name}_price"][10] == pytest.approx(answer.price)
        assert table[f"{name}_share"][10] == pytest.approx(answer.share)
        assert table[f"{name}_profit"][10] == pytest.approx(answer.profit)
    assert (np.diff(table["hold_share"]) < 0).all()
    assert (np.diff(table["best_reply_profit"]) < 0).all()
    assert table["rival_price"][18] == pytest.approx(0.2)
    with pytest.raises(PricingError, match=r"over_cuts: cuts\[1\] 1\.5 is above 1"):
        war().over_cuts([0, 1.5])


@settings(max_examples=50)
@given(
    st.lists(st.tuples(*[st.floats(0, 5)] * 3), min_size=2, max_size=5),
    st.floats(0.1, 5),
    st.floats(0, 1),
    st.none() | st.floats(-5, 5),
)
def test_nothing_beats_the_best_reply(
    rows: list[tuple[float, float, float]], scale: float, cut: float, outside: float | None
) -> None:
    prices, costs, qualities = np.array(rows).T
    found = price_war(
        prices, costs, qualities, scale, me=0, rival=1, cut=cut, market_size=1, outside=outside
    )
    for answer in (found.hold, found.match_price, found.match_cut):
        assert answer.profit <= found.best_reply.profit + 1e-12
    for deepest, name in (
        (found.deepest_price_match, "match_price"),
        (found.deepest_cut_match, "match_cut"),
    ):
        assert 0 <= deepest <= 1
        table = found.over_cuts([min(1.0, deepest + (1 - deepest) * i / 10) for i in range(11)])
        assert (table[f"{name}_profit"] <= table["hold_profit"] + 1e-9).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cut": 1.5}, "cut 1.5 is above 1"),
        ({"cut": [0.1, 0.2]}, r"cut \[0.1, 0.2\] is not a single number"),
        ({"prices": [2, -2]}, r"prices\[1\] -2 is below 0"),
        ({"unit_costs": [1, 1, 1]}, r"unit_costs \[1, 1, 1\] is not one number for each of 2"),
        ({"qualities": [[2, 2]]}, "qualities"),
        ({"price_scale": 0}, "price_scale 0 is not above 0"),
        ({"market_size": 0}, "market_size 0 is not above 0"),
        ({"price_scale": 1e308}, r"price_scale 1e\+308 is too large to compute with"),
        ({"price_scale": 1e-308}, "price_scale 1e-308 is too small to compute with"),
        ({"outside": "none"}, "outside 'none' is not a number"),
        ({"me": 2}, "me 2 is none of Seller 0, Seller 1"),
        ({"me": -1}, "me -1 is none of Seller 0, Seller 1"),
        ({"rival": "Them"}, "rival 'Them' is none of Seller 0, Seller 1"),
        ({"rival": 0}, "rival 0 is the seller that answers"),
        ({"names": ["A"]}, r"names \['A'\] is not one name of its own for each of 2 sellers"),
        (
            {"names": ["A", "A"]},
            r"names \['A', 'A'\] is not one name of its own for each of 2 sellers",
        ),
    ],
)
def test_invalid(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PricingError, match=f"^price_war: {message}"):
        war(**changes)


def test_summary() -> None:
    text = str(war(names=["We", "They"]))
    assert text.splitlines()[0] == ("They cuts its price by 50 %, from 2 to 1. Our unit cost is 1.")
    assert [line.split()[0] for line in text.splitlines()[3:9]] == [
        *("Before", "Hold", "Match", "Match", "Best", "All")
    ]
    assert "Matching the price loses 10.65 against holding." in text
