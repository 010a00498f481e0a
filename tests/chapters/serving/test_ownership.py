"""Owning and renting: published totals of ownership, and laws that hold for all inputs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice import (
    PricingError,
    capital_recovery,
    gpu_hour_cost,
    net_present_value,
    own_rent_utilization,
    rent_mix_price,
    spot_useful_share,
)

money = st.floats(1, 1e6)
share = st.floats(0, 0.95)


@pytest.mark.parametrize(
    ("node", "site", "operation", "published"),
    [(300_000, 50_000, 30_000, 380_000), (400_000, 80_000, 50_000, 530_000)],
)
def test_three_years_of_a_node_of_eight_gpus(
    node: float, site: float, operation: float, published: float
) -> None:
    # technolynx.com/post/data-center-gpu-for-ai-workloads: hardware, colocation, network and
    # operation of 8 x H100 SXM over three years, low and high.
    hour = gpu_hour_cost(node / 8, 3, upkeep=(site + operation) / 3 / 8)
    assert hour * 8 * 3 * 8760 == pytest.approx(published, rel=1e-12)


def test_a_rig_at_home() -> None:
    # aiproductivity.ai, self-hosting: $2,800 over 36 months, 0.7 kW at $0.30 for 8 hours of each
    # of 30 days: $128.18 a month.  Here a month is a twelfth of a year, so that the energy is
    # 365/360 of that.
    hours = 8 * 365
    hour = gpu_hour_cost(2800, 3, power=0.7 * 8 / 24, power_price=0.3, utilization=8 / 24)
    assert hour * hours / 12 == pytest.approx(2800 / 36 + 50.4 * 365 / 360, rel=1e-12)


def test_what_depreciation_alone_says_is_too_little() -> None:
    # computetape.com has $1.64 for the purchase alone: power, site and capital come on top.
    alone = gpu_hour_cost(30000, 3, utilization=6100 / 8760)
    whole = gpu_hour_cost(30000, 3, 0.25, 0.1, 1.3, 0.08, 1.25, 150, 0.15, 0.03, 900, 6100 / 8760)
    assert round(alone, 2) == 1.64
    assert whole > alone + 0.5


@given(money, st.integers(1, 10), share, st.floats(0.001, 0.5))
def test_capital_recovery_is_worth_the_purchase(
    price: float, life: int, residual: float, rate: float
) -> None:
    yearly = capital_recovery(price, life, residual, rate)
    flows = [-price, *[yearly] * (life - 1), yearly + residual * price]
    assert net_present_value(rate, flows) == pytest.approx(0, abs=1e-9 * price)


@given(money, st.floats(1, 10), share, st.floats(0, 0.5), share)
def test_an_hour_costs_no_less_where_capital_costs_more(
    price: float, life: float, residual: float, rate: float, more: float
) -> None:
    cheap = gpu_hour_cost(price, life, residual, rate)
    assert gpu_hour_cost(price, life, residual, rate + more) >= cheap * (1 - 1e-12)


@given(money, st.floats(0.01, 1), st.floats(0.01, 1))
def test_at_the_breakeven_utilization_owning_costs_what_renting_does(
    price: float, first: float, second: float
) -> None:
    rent = max(first, second) * price / 8760
    used = own_rent_utilization(gpu_hour_cost(price, 2), rent)
    if math.isnan(used):
        assert gpu_hour_cost(price, 2) > rent
    else:
        assert gpu_hour_cost(price, 2, utilization=used) == pytest.approx(rent)


@given(st.floats(0.1, 10), st.floats(0, 0.5), st.floats(0, 1.5))
def test_spot_is_no_cheaper_than_its_price(price: float, rate: float, lost: float) -> None:
    useful = spot_useful_share(rate, lost)
    assert rent_mix_price([1], [price], [useful]) >= price


def test_a_pue_below_one_is_refused() -> None:
    with pytest.raises(PricingError, match="pue"):
        gpu_hour_cost(30000, 3, pue=0.9)
