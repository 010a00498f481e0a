"""Offers: hand arithmetic, published tiers, and the laws of a comparison."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import inf, nan
from typing import Any

import numpy as np
import pytest

import lmprice.offers
from lmprice import PricingError
from lmprice.offers import (
    BatchPrice,
    CachePrice,
    Cliff,
    Comparison,
    ConstantElasticity,
    FlatCut,
    GraduatedTiers,
    LogitDemand,
    OffPeakPrice,
    Promotion,
    SpendCommitment,
    Strategy,
    VolumeTiers,
    Workload,
    compare_strategies,
    factor_for_margin,
)
from tests.chapters.discounts.offers import only

# Published by zuplo.com: 15,000 units cost 600 graduated and 150 by volume.
ZUPLO = ([1000, 10000, inf], [0.1, 0.05, 0.01])


# Hand arithmetic ----------------------------------------------------------------------------------


def test_list_price_is_the_base() -> None:
    base = compare_strategies(Workload([100, 50], 10, [2, 4], 300), {}).rows[0].to_dict()
    assert base == {
        "name": "List price",
        "quantity": 150,
        "quantity_change": 0,
        "revenue": 1500,
        "cost": 700,  # 100 * 2 + 50 * 4 + 300
        "profit": 800,
        "margin": 800 / 1500,
        "effective_discount": 0,
        "breakeven_lift": 0,
        "winners": 0,
        "winners_bill_change": 0,
        "winners_profit": 0,
        "winners_profit_change": 0,
        "losers": 0,
        "losers_bill_change": 0,
        "losers_profit": 0,
        "losers_profit_change": 0,
        "unchanged": 2,
        "unchanged_bill_change": 0,
        "unchanged_profit": 1100,  # before fixed cost
        "unchanged_profit_change": 0,
        "cliffs": 0,
    }


def test_flat_cut_with_elastic_demand() -> None:
    row = only(Workload(100, 10, 2, 50), FlatCut(0.5), ConstantElasticity(-2))
    assert row["quantity"] == 400  # 100 / 0.5^2
    assert row["quantity_change"] == 3
    assert (row["revenue"], row["cost"], row["profit"]) == (2000, 850, 1150)
    assert row["margin"] == 0.575
    assert row["effective_discount"] == 0.5
    assert row["breakeven_lift"] == pytest.approx(5 / 3)  # contribution of 8 falls to 3
    assert (row["winners"], row["winners_bill_change"]) == (1, -500)  # at the usage of today
    assert (row["winners_profit"], row["winners_profit_change"]) == (1200, 400)


def test_a_discount_of_a_published_waterfall() -> None:
    assert only(Workload(1, 500, 0), FlatCut(0.12))["revenue"] == 440  # pryse.ai


@pytest.mark.parametrize(
    ("tiers", "total", "discount", "lift"),
    [(GraduatedTiers, 600, 0.6, 1425 / 525 - 1), (VolumeTiers, 150, 0.9, 1425 / 75 - 1)],
)
def test_published_tiers(
    tiers: Callable[..., Strategy], total: float, discount: float, lift: float
) -> None:
    # 1,500 at the price of the first tier; serving costs 75
    row = only(Workload(15000, 0.1, 0.005), tiers(*ZUPLO))
    assert row["revenue"] == pytest.approx(total)
    assert row["effective_discount"] == pytest.approx(discount)
    assert row["breakeven_lift"] == pytest.approx(lift)


def test_no_lift_recovers_a_price_at_cost() -> None:
    assert math.isnan(only(Workload(10, 10, 5), FlatCut(0.5))["breakeven_lift"])
    assert math.isnan(only(Workload(10, 10, 5), FlatCut(0.6))["breakeven_lift"])


def test_who_wins_and_who_loses() -> None:
    # At 1 for all: 5 becomes 5 + 3; 20 becomes 20 * 0.5 + 3; 6 stays 6 * 0.5 + 3.
    tiers = GraduatedTiers([5, inf], [1, 0.2], [0, 1])
    comparison = compare_strategies(Workload([5, 20, 6], [1, 1, 1.2], 0.4), {"Tiers": tiers})
    row = comparison["Tiers"]
    # 5; 5 + 15 * 0.2 + 1 = 9; 5 + 0.2 + 1 = 6.2 against 5, 20 and 7.2
    assert row.customers.bill == pytest.approx([5, 9, 6.2])
    assert row.customers.bill_change == pytest.approx([0, -11, -1])
    assert (row.winners.customers, row.losers.customers, row.unchanged.customers) == (2, 0, 1)
    assert row.winners.profit == pytest.approx(9 - 8 + 6.2 - 2.4)
    assert row.winners.profit_change == pytest.approx(-12)
    fees = compare_strategies(Workload([0, 4, 20], 1, 0.4), {"Fee": VolumeTiers([inf], [0.5], [3])})
    losers = fees["Fee"].losers  # 0 becomes 3 and 4 becomes 5; 20 becomes 13
    assert (losers.customers, losers.bill_change) == (2, 4)
    assert losers.profit == pytest.approx(6.4)
    assert fees["Fee"].winners.bill_change == -7


def test_commitment_is_signed_where_it_pays() -> None:
    # 1,400 for 1,000 units, which is 30 % off and worth it above 700 units
    workload = Workload([699, 700, 701, 1000, 1500], 2, 0.5)
    row = compare_strategies(workload, {"it": SpendCommitment(1400, 0.3)})["it"]
    assert row.customers.bill == pytest.approx([1398, 1400, 1400, 1400, 2400])
    assert (row.winners.customers, row.unchanged.customers) == (3, 2)


def test_promotion_averages_over_the_horizon() -> None:
    # 60 % off for a quarter of the time is 15 %
    assert only(Workload(100, 10, 2), Promotion(0.6, 3))["revenue"] == 850
    assert only(Workload(100, 10, 2), Promotion(0.6, 3, 6))["revenue"] == 700
    demand = ConstantElasticity(-1)
    assert only(Workload(100, 10, 2), Promotion(0.4, 6, 12), demand)["quantity"] == 125


@pytest.mark.parametrize(
    ("price", "share"),
    [(CachePrice, "cached_share"), (BatchPrice, "batch_share"), (OffPeakPrice, "off_peak_share")],
)
def test_prices_of_a_share_of_the_usage(price: Callable[..., Strategy], share: str) -> None:
    shares: dict[str, Any] = {share: [0.5, 0]}
    workload = Workload([100, 100], 10, 4, 100, **shares)
    row = only(workload, price(0.5, cost_saving=0.25))
    assert row["revenue"] == 1750  # 50 * 10 + 50 * 5 + 1000
    assert row["cost"] == 850  # 50 * 4 + 50 * 3 + 400 + 100
    assert (row["winners"], row["unchanged"]) == (1, 1)
    assert only(workload, price(0.5))["cost"] == 900


def test_logit_demand() -> None:
    # Odds of e^(3 - 1 p): 1/2 at a price of 3, 1 / (1 + 1/e) at 2
    row = only(Workload(100, 3, 1), FlatCut(1 / 3), LogitDemand(3, -1))
    assert row["quantity"] == pytest.approx(200 / (1 + math.exp(-1)))
    far = LogitDemand(0, -1000).response(np.array([10.0]), np.array([9.999]))
    assert far == pytest.approx(math.e)  # of two probabilities that are 0 in 64 bits


def test_demand_of_each_customer() -> None:
    demand = ConstantElasticity([0, -1, -2])
    row = compare_strategies(Workload([10, 10, 10], 4, 1), {"it": FlatCut(0.5)}, demand)["it"]
    assert list(row.customers.quantity) == [10, 20, 40]


def test_demand_has_no_answer_to_a_gift() -> None:
    comparison = compare_strategies(
        Workload([10, 0], 4, 1), {"gift": FlatCut(1)}, ConstantElasticity(-1)
    )
    assert math.isnan(comparison["gift"].profit)
    assert comparison.best.name == "List price"
    assert "gift" in str(comparison)


def test_nothing_is_used() -> None:
    row = only(Workload([0, 0], 4, 1, 5), FlatCut(0.2), ConstantElasticity(-1))
    assert (row["quantity"], row["profit"], row["unchanged"]) == (0, -5, 2)
    assert math.isnan(row["quantity_change"])
    assert math.isnan(row["effective_discount"])


# Cliffs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "cliffs"),
    [
        # zuplo.com: 1,000 at 0.05 is 50, as 500 at 0.1; 2,000 at 0.05 is 100 again
        ((*ZUPLO, 0), [(500, 1000, 2000, 100, 50), (2000, 10000, 50000, 500, 100)]),
        # Lago: 210 at 100 units, 101 at 101.  10 + 45 * 2 is 100; 50 + 320 * 0.5 is 210, since the
        # second tier ends at 200
        (
            ([100, 200, inf], [2, 1, 0.5], [10, 0, 50]),
            [(45, 100, 320, 210, 100), (150, 200, 300, 200, 150)],
        ),
        # OpenMeter: fees of 100 and 150 alone, then 10 and 5 a unit; 100 is not more than 100
        (
            ([5, 10, 15, inf], [0, 0, 10, 5], [100, 150, 0, 0]),
            [(5, 10, 15, 150, 100), (0, 15, 30, 150, 75)],
        ),
        # The fall to 20 at 20 units is below the bill of all tiers down to 2 units
        (
            ([10, 20, inf], [10, 9, 1], 0),
            [(9, 10, 100 / 9, 100, 90), (2, 20, 180, 180, 20)],
        ),
        (([10, inf], [1, 0], 0), [(0, 10, inf, 10, 0)]),
        # A fee that stands in the way: 10 at 10 units, 5 above, then 25 from 12 units on
        (([10, 12, inf], [1, 0.5, 0], [0, 0, 25]), [(5, 10, 12, 10, 5)]),
        (([10, inf], [1, 2], 0), []),
        (([10, inf], [1, 0.5], [0, 5]), []),  # the fee makes up for the lower price
        # 0.1 * 3 is more than 0.3 in 64 bits, but no cliff
        (([3, inf], [0.1, 0], [0, 0.3]), []),
    ],
)
def test_cliffs_of_volume_tiers(table: Any, cliffs: list[tuple[float, ...]]) -> None:
    found = VolumeTiers(*table).cliffs()
    assert [c.bound for c in found] == [expected[1] for expected in cliffs]
    for cliff, expected in zip(found, cliffs, strict=True):
        parts = (cliff.start, cliff.bound, cliff.end, cliff.bill, cliff.bill_above)
        assert parts == pytest.approx(expected)


def test_the_table_tells_of_cliffs() -> None:
    comparison = compare_strategies(
        Workload([900, 15000], 0.1, 0.01), {"Volume": VolumeTiers(*ZUPLO)}
    )
    text = str(comparison)
    assert "Volume: above 1,000 units the bill falls from 100.00 to 50.00" in text
    assert "(from 500 on it is cheaper to buy more; the bill is 100.00 again at 2,000)" in text
    assert "Best by profit: List price." in text
    assert all(line == line.rstrip() for line in text.splitlines())
    never = compare_strategies(Workload(5, 1, 0), {"V": VolumeTiers([10, inf], [1, 0])})
    assert "never again" in str(never)


# The factor for a margin --------------------------------------------------------------------------


def test_factor_without_response() -> None:
    # Revenue 600, cost 300: 300 / (1 - 0.375) = 480 is 0.8 of 600
    assert factor_for_margin(Workload(15000, 0.1, 0.02), GraduatedTiers(*ZUPLO), 0.375) == (
        pytest.approx(0.8)
    )
    # The same with fixed cost for two thirds of it, and with fees for a sixth of the revenue
    tiers = VolumeTiers([inf], [1], [100])
    assert factor_for_margin(Workload(500, 2, 0.2, 200), tiers, 0.375) == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("elasticity", "fixed_cost", "margin", "factor"),
    [
        (-3, 0, 0.5, 0.8),  # without fixed cost 4 / (10 f) = 0.5 whatever the elasticity
        (-1, 200, 0.3, 0.8),  # revenue stays 1,000 and cost is 400 / f + 200
        # Revenue 1,000 / f and cost 400 / f^2 + 150: 150 f^2 - 500 f + 400 = 0 at 4/3 and 2
        (-2, 150, 0.5, 4 / 3),
        (-2, 200, 0.5, nan),  # 200 f^2 - 500 f + 400 has no root
    ],
)
def test_factor_with_response(
    elasticity: float, fixed_cost: float, margin: float, factor: float
) -> None:
    tiers = GraduatedTiers([inf], [10])
    workload = Workload(100, 10, 4, fixed_cost)
    found = factor_for_margin(workload, tiers, margin, ConstantElasticity(elasticity))
    assert found == pytest.approx(factor, nan_ok=True)


def test_no_factor() -> None:
    free = GraduatedTiers([inf], [0])
    assert math.isnan(factor_for_margin(Workload(10, 1, 0.5), free, 0.2))  # no revenue
    assert math.isnan(factor_for_margin(Workload(10, 1, 0), GraduatedTiers(*ZUPLO), 0.2))


def test_the_margin_may_jump_past_the_target() -> None:
    # Where usage crosses 100 units the unit price goes from 1 to 0.5, and the margin with it
    tiers = VolumeTiers([100, inf], [1, 0.5])
    workload, demand = Workload(100, 1, 0.4), ConstantElasticity(-1)
    # 100 / f units: above f = 1 the margin is 1 - 0.4 / f, below it 1 - 0.8 / f
    assert math.isnan(factor_for_margin(workload, tiers, 0.4, demand))
    assert factor_for_margin(workload, tiers, 0.75, demand) == pytest.approx(1.6)
    assert factor_for_margin(workload, tiers, 0.1, demand) == pytest.approx(0.8 / 0.9)


# What is refused ----------------------------------------------------------------------------------

WORKLOAD = Workload([1, 2, 3], 1, 0.5)
UNTYPED: Any = lmprice.offers  # for what the type checkers refuse already


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Workload([1, -2], 1, 1), "Workload: quantity[1] -2 is below 0"),
        (lambda: Workload([1, nan], 1, 1), "Workload: quantity[1] nan is not a number"),
        (lambda: Workload([1, inf], 1, 1), "Workload: quantity[1] inf is infinite"),
        (lambda: UNTYPED.Workload("many", 1, 1), "Workload: quantity 'many' is not a number"),
        (lambda: Workload([[1], [2, 3]], 1, 1), "quantity [[1], [2, 3]] has rows of different"),
        (lambda: Workload([[1, 2]], 1, 1), "quantity (1, 2) is a shape of more than one dimension"),
        (lambda: Workload([1, 2], 0, 1), "Workload: price 0 is not above 0"),
        (lambda: Workload([1, 2, 3], [1, 2], 1), "Workload: price 2 is the number of customers"),
        (lambda: UNTYPED.Workload([1], 1, 1, [5, 6]), "fixed_cost [5, 6] is not a single number"),
        (lambda: Workload([1], 1, 1, batch_share=1.5), "Workload: batch_share 1.5 is above 1"),
        (lambda: FlatCut(1.2), "FlatCut: discount 1.2 is above 1"),
        (lambda: UNTYPED.FlatCut([0.1]), "FlatCut: discount [0.1] is not a single number"),
        (lambda: BatchPrice(0.5, -1), "BatchPrice: cost_saving -1 is below 0"),
        (lambda: SpendCommitment(-1, 0), "SpendCommitment: commitment -1 is below 0"),
        (lambda: Promotion(0.5, 13), "Promotion: months 13 is above horizon_months 12"),
        (lambda: ConstantElasticity(1), "ConstantElasticity: elasticity 1 is above 0"),
        (lambda: LogitDemand(1, 0.1), "LogitDemand: slope 0.1 is above 0"),
        (lambda: GraduatedTiers([1, 2], [1, 1]), "up_to"),
        (lambda: VolumeTiers([2, 1, inf], [1, 1, 1]), "up_to"),
        (lambda: VolumeTiers([2, inf], [1, -1]), "unit_prices"),
        (lambda: VolumeTiers([2, inf], [1]), "unit_prices"),
        (
            lambda: compare_strategies(WORKLOAD, {"List price": FlatCut(0.1)}),
            "strategies 'List price' is the name of the base",
        ),
        (
            lambda: compare_strategies(WORKLOAD, {"a": FlatCut(0.1)}, ConstantElasticity([-1, -2])),
            "is not one number, nor one for each of 3 customers",
        ),
        (
            lambda: factor_for_margin(WORKLOAD, GraduatedTiers([inf], [1]), 1),
            "factor_for_margin: target_margin 1 is not below 1",
        ),
    ],
)
def test_what_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(PricingError) as caught:
        make()
    assert message in str(caught.value)


def test_an_unknown_name() -> None:
    with pytest.raises(KeyError, match="other"):
        Comparison(())["other"]


def test_strategies_compare_by_value_and_print() -> None:
    assert GraduatedTiers([5, inf], [1, 2], 3) == GraduatedTiers((5, inf), (1, 2), (3, 3))
    assert FlatCut(0.2) in {FlatCut(0.2)}
    cliff = Cliff(start=1, bound=2, end=3, bill=5, bill_above=4)
    assert "bound=2" in repr(cliff)
    assert repr(WORKLOAD) == "Workload(3 customers, 6 units)"
