"""Laws of a comparison of offers."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lmprice import breakeven_sales_change
from lmprice.offers import (
    BatchPrice,
    CachePrice,
    ConstantElasticity,
    Demand,
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
from tests.chapters.discounts.offers import Table, only

money = st.floats(0.01, 100)
usage = st.just(0.0) | st.floats(0.001, 1e5)
fraction = st.floats(0, 1)
elasticities = st.floats(-4, 0)


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    size = draw(st.integers(1, 6))

    def column(elements: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(elements, min_size=size, max_size=size))

    shares = {name: column(fraction) for name in ("cached_share", "batch_share", "off_peak_share")}
    return Workload(column(usage), column(money), column(money), draw(usage), **shares)


@st.composite
def tables(draw: st.DrawFn, fees: st.SearchStrategy[float] = usage) -> Table:
    bounds = draw(st.lists(st.integers(1, 100_000), max_size=3, unique=True))
    size = len(bounds) + 1
    prices = draw(st.lists(money, min_size=size, max_size=size))
    return [*sorted(bounds), inf], prices, draw(st.lists(fees, min_size=size, max_size=size))


demands = st.one_of(
    st.builds(ConstantElasticity, elasticities),
    st.builds(LogitDemand, st.floats(-3, 3), st.floats(-1, 0)),
)
strategies: st.SearchStrategy[Strategy] = st.one_of(
    st.builds(FlatCut, st.floats(0, 0.9)),
    st.builds(Promotion, st.floats(0, 0.9), st.floats(0, 6), st.floats(6, 24)),
    st.builds(SpendCommitment, usage, st.floats(0, 0.9)),
    st.builds(CachePrice, st.floats(0, 0.9), fraction),
    st.builds(BatchPrice, st.floats(0, 0.9), fraction),
    st.builds(OffPeakPrice, st.floats(0, 0.9), fraction),
    tables().map(lambda table: GraduatedTiers(*table)),
    tables().map(lambda table: VolumeTiers(*table)),
)


@given(workloads(), strategies)
def test_without_demand_quantities_stay(workload: Workload, strategy: Strategy) -> None:
    row = compare_strategies(workload, {"it": strategy})["it"]
    assert (row.customers.quantity == workload.quantity).all()
    assert row.quantity_change == 0 or not workload.quantity.any()


@given(workloads(), st.floats(0, 0.9), elasticities)
def test_a_flat_cut_changes_quantities_by_its_elasticity(
    workload: Workload, cut: float, elasticity: float
) -> None:
    demand = ConstantElasticity(elasticity)
    row = compare_strategies(workload, {"it": FlatCut(cut)}, demand)["it"]
    assert row.customers.quantity == pytest.approx(workload.quantity * (1 - cut) ** elasticity)


@given(workloads(), st.one_of(st.none(), demands), money, st.floats(0, 0.9))
def test_a_strategy_equal_to_the_base_changes_nothing(
    workload: Workload, demand: Demand | None, price: float, cost: float
) -> None:
    # Tiers have one price for all customers, so the base has it too.
    workload = Workload(workload.quantity, price, price * cost, workload.fixed_cost)
    same: dict[str, Strategy] = {
        "cut": FlatCut(0),
        "promotion": Promotion(0.5, 0),
        "commitment": SpendCommitment(1000, 0),
        "cache": CachePrice(0.9),  # nobody has a share of it
        "graduated": GraduatedTiers([10, 100, inf], [price] * 3),
        "volume": VolumeTiers([10, 100, inf], [price] * 3),
    }
    base, *rows = compare_strategies(workload, same, demand).to_dicts()
    base["name"] = 0  # all else are numbers
    for row in rows:
        row["name"] = base["name"]
        size = base["revenue"] + base["cost"]
        for key, value in row.items():
            assert value == pytest.approx(base[key], rel=1e-9, abs=1e-9 * size, nan_ok=True)


@given(money, money, st.floats(0.05, 1), st.floats(0, 0.9))
def test_the_breakeven_lift_of_a_flat_cut(
    quantity: float, price: float, margin: float, cut: float
) -> None:
    assume(abs(margin - cut) > 1e-6)
    row = only(Workload(quantity, price, price * (1 - margin)), FlatCut(cut))
    expected = breakeven_sales_change(-cut, margin)
    assert row["breakeven_lift"] == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)


@given(workloads(), strategies, st.one_of(st.none(), demands))
def test_groups_add_up(workload: Workload, strategy: Strategy, demand: Demand | None) -> None:
    base, row = compare_strategies(workload, {"it": strategy}, demand).rows
    groups = (row.winners, row.losers, row.unchanged)
    size = row.revenue + row.cost + base.revenue + base.cost
    assert sum(g.customers for g in groups) == workload.customers
    assert row.winners.bill_change <= 0 <= row.losers.bill_change
    assert row.profit == pytest.approx(row.revenue - row.cost)
    assert sum(g.profit for g in groups) - workload.fixed_cost == (
        pytest.approx(row.profit, abs=1e-9 * size)
    )
    assert sum(g.profit_change for g in groups) == (
        pytest.approx(row.profit - base.profit, abs=1e-9 * size)
    )


@settings(max_examples=50)
@given(workloads(), st.lists(strategies, min_size=1, max_size=4), demands)
def test_the_best_has_the_highest_profit(
    workload: Workload, offers: list[Strategy], demand: Demand
) -> None:
    comparison = compare_strategies(workload, {str(i): s for i, s in enumerate(offers)}, demand)
    assert comparison.best.profit == max(row.profit for row in comparison.rows)
    assert len(comparison.to_dicts()) == len(offers) + 1
    assert all(str(i) in str(comparison) for i in range(len(offers)))


@given(tables())
def test_graduated_tiers_have_no_cliff(table: Table) -> None:
    tiers = GraduatedTiers(*table)
    assert tiers.cliffs() == ()
    quantities = np.sort([*np.linspace(0, 2e5, 50), *table[0][:-1]])
    bills = tiers.charge(quantities)
    assert (np.diff(bills) >= -1e-9 * bills[1:]).all()


@given(tables(fees=st.just(0.0)))
def test_falling_prices_have_a_cliff_at_each_bound(table: Table) -> None:
    up_to, prices, _ = table
    falls = [b for b, p, q in zip(up_to, prices, prices[1:], strict=False) if q < p * (1 - 1e-9)]
    assert [cliff.bound for cliff in VolumeTiers(up_to, prices).cliffs()] == falls


@given(tables())
def test_a_cliff_is_where_buying_more_costs_less(table: Table) -> None:
    tiers = VolumeTiers(*table)
    for cliff in tiers.cliffs():
        assert 0 <= cliff.start < cliff.bound < cliff.end
        above = tiers.charge(np.array([np.nextafter(cliff.bound, inf)]))
        assert above == pytest.approx(cliff.bill_above)
        assert tiers.charge(np.array([cliff.bound])) == pytest.approx(cliff.bill)
        dearer = np.linspace(cliff.start, cliff.bound, 20)[1:]
        assert (tiers.charge(dearer) >= cliff.bill_above * (1 - 1e-9)).all()
        cheaper = np.linspace(cliff.bound, cliff.end, 20)[1:-1]
        assert (tiers.charge(cheaper) <= cliff.bill * (1 + 1e-9)).all()
        assert tiers.charge(np.array([cliff.start])) <= cliff.bill_above * (1 + 1e-9) or (
            cliff.start == 0
        )
        assert tiers.charge(np.array([np.nextafter(cliff.end, inf)])) >= cliff.bill * (1 - 1e-9)


@given(workloads(), tables(), st.sampled_from([GraduatedTiers, VolumeTiers]), st.floats(-1, 0.9))
def test_the_factor_earns_the_margin(
    workload: Workload, table: Table, kind: Callable[..., Any], margin: float
) -> None:
    tiers = kind(*table)
    factor = factor_for_margin(workload, tiers, margin)
    now = only(workload, tiers)
    if now["revenue"] == 0 or now["cost"] == 0:
        assert math.isnan(factor)
    else:
        margin_there = only(workload, tiers.scaled(factor))["margin"]
        assert margin_there == pytest.approx(margin, abs=1e-9)


@pytest.mark.engine
@settings(max_examples=50)
@given(workloads(), tables(), st.floats(0.05, 0.8), demands)
def test_the_factor_earns_the_margin_with_response(
    workload: Workload, table: Table, margin: float, demand: Demand
) -> None:
    tiers = GraduatedTiers(*table)
    factor = factor_for_margin(workload, tiers, margin, demand)
    assume(not math.isnan(factor))
    assert only(workload, tiers.scaled(factor), demand)["margin"] == (
        pytest.approx(margin, abs=1e-9)
    )
