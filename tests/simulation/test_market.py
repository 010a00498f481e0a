"""A market over time: rest at the equilibrium, costs by hand, accounts that add up."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

import lmprice
from lmprice import PricingError, logit_nash_prices
from lmprice.simulation import MarketPath, Provider, simulate_market


def simulate(providers: list[Provider], years: float = 2, **options: Any) -> MarketPath:
    return simulate_market(
        providers, years, **{"market_size": 1000, "price_scale": 1, "outside": 0} | options
    )


def test_prices_come_to_rest_at_the_published_equilibrium() -> None:
    # Calvano et al. 2020: quality 2, cost 1, outside 0, scale 0.25: 1.4729 in equilibrium.
    duopoly = [
        Provider("A", unit_cost=1, quality=2, price=1.9250),
        Provider("B", unit_cost=1, quality=2, price=1.1, response=0.5),
    ]
    path = simulate(duopoly, years=10, price_scale=0.25)
    assert path.prices[:, -1] == pytest.approx([1.4729, 1.4729], abs=5e-5)
    at_rest = simulate([Provider("A", 1, 2), Provider("B", 1, 2)], price_scale=0.25)
    assert at_rest.prices == pytest.approx(1.4729, abs=5e-5)
    alone = simulate([Provider("A", 1, 2, price=3)], price_scale=0.25)
    # A monopolist's margin is the scale over the share of those who do not buy.
    price, share = alone.prices[0, -1], alone.shares[0, -1]
    assert price - 1 == pytest.approx(0.25 / (1 - share))


def test_a_reply_earns_the_most() -> None:
    providers = [Provider(n, c, q, price=p) for n, c, q, p in (("A", 1, 3, 4), ("B", 2, 5, 3.5))]
    path = simulate([*providers, Provider("C", 1, 4, price=9, response=0.25)])

    def loss(price: float, me: int) -> float:
        worth = np.exp(np.array([3, 5, 4]) - np.where(np.arange(3) == me, price, [4, 3.5, 9]))
        return float(-(price - [1, 2, 1][me]) * worth[me] / (1 + worth.sum()))

    best = [minimize_scalar(loss, (1, 5), args=(me,), tol=1e-12).x for me in range(3)]
    assert path.prices[:, 0].tolist() == [4, 3.5, 9]
    assert path.prices[:2, 1] == pytest.approx(best[:2], rel=1e-6)
    assert path.prices[2, 1] == pytest.approx(9 + 0.25 * (best[2] - 9), rel=1e-6)


def test_costs_fall_with_time_and_with_output() -> None:
    path = simulate(
        [
            Provider("Time", 4, 5, cost_factor=4, price=5, response=0),
            Provider("Output", 4, 5, learning_rate=0.2, experience=100, price=5, response=0),
            Provider("Neither", 4, 5, price=5, response=0),
        ],
        periods_per_year=2,
    )
    assert path.years.tolist() == [0, 0.5, 1, 1.5]
    assert path.unit_costs[0] == pytest.approx([4, 2, 1, 0.5])
    # Equal surplus of 0 with the outside option: each sells a quarter of 500 in half a year.
    assert path.quantities == pytest.approx(125)
    doublings = [math.log2(1 + made / 100) for made in (0, 125, 250, 375)]
    assert path.unit_costs[1] == pytest.approx([4 * 0.8**n for n in doublings])
    assert path.unit_costs[2].tolist() == [4, 4, 4, 4]


def test_prices_stay_and_do_not_go_below_cost() -> None:
    path = simulate([Provider("A", 4, 5, price=7, response=0), Provider("B", 4, 5, price=1)])
    assert (path.prices[0] == 7).all()
    assert path.prices[1, 0] == 1
    dearer = simulate([Provider("A", 4, 5, price=5, response=0, cost_factor=0.5)], years=1)
    assert dearer.prices[0] == pytest.approx([5, 5, 4 * 2**0.5, 4 * 2**0.75])


def test_the_market_grows() -> None:
    path = simulate([Provider("A", 1, 2, price=2, response=0)], growth=1, periods_per_year=1)
    assert path.quantities[0].tolist() == [500, 1000]
    assert path.outside_share == pytest.approx([0.5, 0.5])


providers = st.lists(
    st.builds(
        lambda c, q, p, f, r, lr: Provider("", c, q, p, f, lr, 50.0, r),
        st.floats(0, 10),
        st.floats(-5, 20),
        st.none() | st.floats(0, 20),
        st.floats(0.5, 20),
        st.floats(0, 1),
        st.floats(0, 0.4),
    ),
    min_size=1,
    max_size=4,
).map(lambda some: [named(p, i) for i, p in enumerate(some)])


def named(provider: Provider, number: int) -> Provider:
    fields = {**vars(provider), "name": f"P{number}", "fixed_cost": 10.0 * number}
    return Provider(**fields)


@pytest.mark.engine
@given(providers, st.floats(0.1, 5), st.floats(-0.5, 2), st.sampled_from([0, 0.3]), st.booleans())
@settings(max_examples=100)
def test_laws_of_a_market(
    some: list[Provider], scale: float, growth: float, noise: float, must_buy: bool
) -> None:
    outside = None if must_buy and len(some) > 1 else 1.0
    options: dict[str, Any] = {"price_scale": scale, "growth": growth, "outside": outside}
    path = simulate(some, noise=noise, seed=1, **options)
    again = simulate(some, noise=noise, seed=1, **options)
    assert (path.prices == again.prices).all()
    assert path.prices.shape == (len(some), 8)
    assert path.shares.sum(axis=0) + path.outside_share == pytest.approx(1)
    assert (path.shares >= 0).all()
    assert (path.prices[:, 1:] >= path.unit_costs[:, 1:]).all()
    fixed = np.array([p.fixed_cost for p in some])[:, None] / 4
    earned = (path.prices - path.unit_costs) * path.quantities - fixed
    size = float(np.max(path.prices * path.quantities)) + 1
    assert path.profits == pytest.approx(earned, abs=1e-9 * size)
    bought = path.shares.sum(axis=0) > 0
    assert (path.average_price >= path.prices.min(axis=0) - 1e-9)[bought].all()
    assert (path.average_price <= path.prices.max(axis=0) + 1e-9)[bought].all()


def test_cheaper_costs_never_make_an_equilibrium_dearer() -> None:
    falling = [Provider(str(i), 5 + i, 8, cost_factor=3) for i in range(3)]
    path = simulate(falling, years=5)
    assert (np.diff(path.prices, axis=1) <= 1e-12).all()
    assert path.price_factor() > 1
    last = logit_nash_prices(path.unit_costs[:, -1], [8, 8, 8], 1, 0)
    assert path.prices[:, -1] == pytest.approx(last, abs=0.05)
    # Margins stay: the price becomes cheaper less fast than the cost.
    assert path.price_factor("0") < 3
    first, last_price = path.prices[0, 0], path.prices[0, -1]
    assert path.price_factor("0") == pytest.approx((first / last_price) ** (1 / 4.75))


@pytest.mark.engine
def test_noise_is_as_large_as_asked_for() -> None:
    many = [Provider(str(i), 4, price=5, response=0) for i in range(2000)]
    path = simulate(many, years=1.25, noise=0.3, seed=4)
    logs = np.log(path.unit_costs[:, 4] / 4)
    # Five standard errors of a mean and of a standard deviation.
    assert logs.mean() == pytest.approx(0, abs=5 * 0.3 / math.sqrt(2000))
    assert logs.std() == pytest.approx(0.3, abs=5 * 0.3 / math.sqrt(4000))
    assert (path.unit_costs[:, 0] == 4).all()
    other = simulate(many, years=1.25, noise=0.3, seed=5)
    assert not np.allclose(path.unit_costs, other.unit_costs)
    assert simulate(many[:1], noise=0.3, seed=4).quantities[0].std() > 0


def test_the_report_and_rows() -> None:
    path = simulate(
        [Provider("A [1]", 1, 2, price=2, response=0), Provider("B", 1, 2, price=2, cost_factor=2)],
        growth=0.5,
    )
    lines = str(path).splitlines()
    assert lines[0].split()[:5] == ["Provider", "First", "price", "Last", "price"]
    assert lines[2].split()[:5] == ["A", "[1]", "2.00", "2.00", "1"]
    assert "33.3 %" in lines[2]
    assert lines[-1].startswith("The average price becomes 1.")
    assert sum(line.startswith(("0 ", "1.75 ")) for line in lines) == 2
    rows = path.to_dicts()
    assert len(rows) == 16
    assert rows[0] == {
        "year": 0,
        "provider": "A [1]",
        "unit_cost": 1,
        "price": 2,
        "share": pytest.approx(1 / 3),
        "quantity": pytest.approx(1000 / 12),
        "profit": pytest.approx(1000 / 12),
    }
    one = simulate([Provider("A", 1, 2)], years=0.25)
    assert math.isnan(one.price_factor())
    free = simulate([Provider("A", 0, 2, price=0, response=0)])
    assert math.isnan(free.price_factor("A"))
    assert lmprice.simulate_market is simulate_market


A = Provider("A", 1)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([],), {}, "simulate_market: providers [] names no provider"),
        ((A,), {}, "is not a list of providers"),
        (([A, A],), {}, "simulate_market: providers[1] 'A' is there twice"),
        ((["A"],), {}, "simulate_market: providers[0] 'A' is not a Provider"),
        (([A], 0), {}, "years 0 is not above 0"),
        (([A], 1.1), {}, "years 1.1 is no whole number of periods of 1/4 year"),
        (([A], 0.1), {}, "years 0.1 is no whole number of periods of 1/4 year"),
        (([A],), {"periods_per_year": 0}, "periods_per_year 0 is below 1"),
        (([A],), {"price_scale": 0}, "price_scale 0 is not above 0"),
        (([A],), {"market_size": 0}, "market_size 0 is not above 0"),
        (([A],), {"growth": -1}, "growth -1 is not above -1"),
        (([A],), {"growth": 1e300}, "growth 1e+300 makes the market too large for a number"),
        (([A],), {"noise": 0.1}, "noise 0.1 needs a seed"),
        (([A],), {"noise": 0.1, "seed": 1.5}, "seed 1.5 is not a whole number"),
        (([A],), {"outside": math.nan}, "outside nan is not a number"),
    ],
)
def test_what_is_refused(arguments: Any, options: Any, message: str) -> None:
    with pytest.raises(PricingError) as caught:
        simulate(*arguments, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": {}}, "Provider: name {} is not a text"),
        ({"unit_cost": -1}, "Provider: unit_cost -1 is below 0"),
        ({"price": -1}, "Provider: price -1 is below 0"),
        ({"experience": 0}, "Provider: experience 0 is not above 0"),
        ({"response": 1.5}, "Provider: response 1.5 is above 1"),
        ({"cost_factor": 0}, "Provider: cost_factor 0 is not above 0"),
        ({"learning_rate": 0.2}, "Provider: learning_rate 0.2 needs the experience: the units "),
    ],
)
def test_providers_that_are_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PricingError) as caught:
        Provider(**cast(Any, {"name": "A", "unit_cost": 1} | fields))
    assert message in str(caught.value)


def test_a_provider_that_is_not_there() -> None:
    with pytest.raises(PricingError, match="price_factor: name 'B' is no provider; there are: A"):
        simulate([A]).price_factor("B")
