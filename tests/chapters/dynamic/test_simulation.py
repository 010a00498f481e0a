"""Simulated seasons agree with the closed form, and with queueing theory."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
import rich.console

import lmprice
from lmprice import PricingError
from lmprice.chapters.dynamic import simulation as dynamic_simulation

simulate: Any = lmprice.simulate_dynamic_pricing


@pytest.mark.engine
@pytest.mark.parametrize(
    ("arguments", "seed"),
    [
        ((5, 1, 10, 1), 1),
        ((1, 2, 30, 0.1), 2),
        ((50, 2, 100, 0.1), 3),
        ((20, 0.5, 20, 5), 4),  # hardly ever scarce
        ((3, 1, 5000, 1), 5),  # far more demand than stock
    ],
)
def test_agrees_with_the_closed_form(arguments: tuple[float, ...], seed: int) -> None:
    season = simulate(*arguments, runs=20_000, seed=seed)
    assert season.expected_revenue == lmprice.dynamic_revenue(*arguments)
    assert abs(season.mean_revenue - season.expected_revenue) < 4 * season.standard_error
    assert season.standard_error < 0.02 * season.expected_revenue
    # The probability of k sales from stock n is x^k/k! over their sum: Erlang's distribution.
    load = arguments[2] * arguments[1] / math.e
    weights = np.cumprod([1.0, *(load / k for k in range(1, int(arguments[0]) + 1))])
    chances = weights / weights.sum()
    spread = 4 / math.sqrt(20_000)
    assert season.sold_out_share == pytest.approx(chances[-1], abs=spread / 2)
    assert season.mean_sold == pytest.approx(
        chances @ np.arange(len(chances)), abs=spread * arguments[0] / 2
    )


def test_path_of_price_and_stock() -> None:
    season = simulate(5, 2, 10, 0.5, runs=5000)
    assert season.times[[0, -1]].tolist() == [0, 2]
    assert season.mean_prices[0] == pytest.approx(lmprice.dynamic_price(5, 2, 10, 0.5))
    assert season.mean_prices[-1] == 2  # 1 / alpha for what is left
    assert season.mean_stock[0] == 5
    assert (np.diff(season.mean_stock) < 0).all()
    assert season.mean_stock[-1] == pytest.approx(5 - season.mean_sold)


def test_money_is_as_large_as_it_wants_to_be() -> None:
    cents, fortunes = (simulate(5, 1, 10, alpha, runs=500) for alpha in (2.0, 2.0**-1000))
    assert fortunes.mean_revenue == cents.mean_revenue * 2.0**1001
    assert fortunes.revenue_deviation == cents.revenue_deviation * 2.0**1001


def test_same_seed_same_numbers() -> None:
    one, same, other = (simulate(5, 1, 10, 1, runs=500, seed=seed) for seed in (7, 7, 8))
    assert one.mean_revenue == same.mean_revenue != other.mean_revenue
    assert one.mean_prices.tolist() == same.mean_prices.tolist()


def test_nothing_to_sell_and_nobody_to_buy() -> None:
    for arguments in [(0, 1, 10, 1), (5, 0, 10, 1), (5, 1, 0, 1)]:
        season = simulate(*arguments, runs=10)
        assert season.mean_revenue == season.standard_error == season.mean_sold == 0
    assert np.isnan(simulate(0, 1, 10, 1, runs=10).mean_prices).all()


def test_says_it_in_a_line() -> None:
    text = str(simulate(5, 0, 10, 1, runs=1000))
    assert text == ("1,000 seasons: revenue 0 ± 0 (expected 0), 0 units sold, sold out in 0.0%")


def test_progress_shows_on_long_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[io.StringIO] = []

    class Terminal(rich.console.Console):
        def __init__(self, stderr: bool) -> None:
            assert stderr
            shown.append(io.StringIO())
            super().__init__(file=shown[-1], force_terminal=True)

    monkeypatch.setattr(rich.console, "Console", Terminal)
    short = simulate(2, 1, 10, 1, runs=100)
    assert not shown
    monkeypatch.setattr(dynamic_simulation, "_LONG", 1)
    long = simulate(2, 1, 10, 1, runs=100)
    assert "simulates" in shown[0].getvalue()
    assert long.mean_revenue == short.mean_revenue


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"stock": -1}, "stock -1 is below 0"),
        ({"horizon": math.nan}, "horizon nan is not a number"),
        ({"arrival_rate": math.inf}, "arrival_rate inf is infinite"),
        ({"price_sensitivity": 0}, "price_sensitivity 0 is not above 0"),
        ({"runs": 1}, "runs 1 is below 2"),
        ({"runs": 10.5}, "runs 10.5 is not a whole number"),
        ({"seed": -1}, "seed -1 is below 0"),
        ({"stock": 1e308}, r"stock 1e\+308 is above 1e\+15"),
        ({"arrival_rate": 1e308}, r"arrival_rate 1e\+308 brings 3.68e\+307 customers a season: "),
        ({"horizon": 1e308}, r"horizon 1e\+308 brings inf customers a season: more than 1,000,000"),
        ({"runs": 10**12}, "runs 1000000000000 is above 100,000,000 seasons of so many customers"),
        ({"arrival_rate": 1e6, "runs": 10_000}, "runs 10000 is above 2,718 seasons"),
        ({"price_sensitivity": 1e-308}, "price_sensitivity 1e-308 makes prices too large"),
    ],
)
def test_bad_input(changed: dict[str, Any], message: str) -> None:
    good = {"stock": 5, "horizon": 1, "arrival_rate": 10, "price_sensitivity": 1}
    with pytest.raises(PricingError, match=f"simulate_dynamic_pricing: {message}"):
        simulate(**{**good, **changed})
