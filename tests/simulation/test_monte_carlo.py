"""Monte Carlo: agreement with analytic results, streams of random numbers, errors."""

from __future__ import annotations

import io
import math
import re
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import lmprice
from lmprice import PricingError
from lmprice.scenarios import SCENARIOS, Breakeven, Discounts, Inference, Scenario
from lmprice.simulation import (
    Distribution,
    Normal,
    Outcome,
    Pert,
    Triangular,
    Truncated,
    Uniform,
    draws,
    monte_carlo,
    progress,
)
from tests.simulation.changed import changed, some_inputs

LINEAR = Breakeven(price=20, quantity=100, unit_cost=10, fixed_cost=600)


@given(
    mean=st.floats(15, 40),
    sd=st.floats(0.1, 2.5),
    low=st.floats(0, 500),
    width=st.floats(1, 1000),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=100)
def test_a_linear_scenario_has_the_analytic_mean_and_variance(
    mean: float, sd: float, low: float, width: float, seed: int
) -> None:
    # profit = 100 price - 1000 - fixed cost
    uncertain = {"price": Normal(mean, sd), "fixed_cost": Uniform(low, low + width)}
    profit = monte_carlo(LINEAR, uncertain, draws=4000, seed=seed, results=["profit"])["profit"]
    assert profit.mean == pytest.approx(
        100 * mean - 1000 - low - width / 2, abs=5 * profit.standard_error
    )
    # The fourth central moment of a sum of independent parts; 3σ⁴ of a normal, (b-a)⁴/80 of a
    # uniform distribution.  It gives the standard error of a sample variance.
    parts = (100 * sd) ** 2, width**2 / 12
    variance = sum(parts)
    fourth = 3 * parts[0] ** 2 + width**4 / 80 + 6 * parts[0] * parts[1]
    error = math.sqrt((fourth - variance**2) / 4000)
    assert profit.sd**2 == pytest.approx(variance, abs=5.5 * error)
    assert profit.standard_error == pytest.approx(profit.sd / math.sqrt(4000))


def test_chance_of_loss_and_quantiles_are_those_of_the_normal_distribution() -> None:
    # profit = 100 price - 1600 is N(400, 250²): a loss is 1.6 standard deviations below the mean,
    # and Φ(-1.6) = 0.0548 in any table of the normal distribution.
    simulated = monte_carlo(LINEAR, {"price": Normal(20, 2.5)}, draws=200_000, seed=3)
    profit = simulated["profit"]
    assert profit.base == 400
    assert profit.chance_of_loss == pytest.approx(0.0548, abs=0.002)
    assert profit.chance_below(0) == profit.chance_of_loss
    assert profit.quantiles[0.95] == pytest.approx(400 + 1.6449 * 250, abs=5)
    assert profit.quantiles[0.5] == pytest.approx(400, abs=3)
    assert profit.no_answer == 0
    assert simulated["cost"].sd == 0


def test_draws_without_an_answer_are_counted() -> None:
    # Nothing breaks even where the price is not above the unit cost: half of the draws.
    scenario = Breakeven(price=20, unit_cost=10, fixed_cost=100)
    found = monte_carlo(scenario, {"price": Uniform(5, 15)}, draws=10_000)["breakeven_quantity"]
    assert found.no_answer == pytest.approx(0.5, abs=0.02)
    assert np.isnan(found.draws).mean() == pytest.approx(found.no_answer)
    assert found.mean > 20
    assert found.chance_of_loss == 0
    # Of the answers, those at a price of 10 to 11 are a loss: breakeven is beyond 100 there.
    safety = monte_carlo(scenario, {"price": Uniform(5, 15)}, draws=10_000)["margin_of_safety"]
    assert safety.no_answer == pytest.approx(0.5, abs=0.02)
    assert safety.chance_of_loss == pytest.approx(0.2, abs=0.02)
    none = monte_carlo(scenario, {"price": Uniform(1, 2)}, draws=10)["breakeven_quantity"]
    assert none.no_answer == 1
    figures = (none.mean, none.sd, none.standard_error, none.chance_of_loss, none.chance_below(1))
    assert all(math.isnan(x) for x in (*figures, *none.quantiles.values()))
    assert none.convergence().mean.size == 0


PRICE = {"price": Normal(20, 1)}


def same(a: Outcome, b: Outcome) -> bool:
    return bool((a.draws == b.draws).all())


@given(st.integers(0, 2**63))
@settings(max_examples=30)
def test_the_same_seed_gives_the_same_numbers(seed: int) -> None:
    first = monte_carlo(LINEAR, PRICE, draws=20, seed=seed)["profit"]
    assert same(first, monte_carlo(LINEAR, PRICE, draws=20, seed=seed)["profit"])
    assert not same(first, monte_carlo(LINEAR, PRICE, draws=20, seed=seed + 1)["profit"])


def test_streams_of_inputs_are_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = monte_carlo(LINEAR, PRICE, draws=1000)["revenue"]
    # Another input, other blocks or more draws do not change the draws of this one.
    costs = {"unit_cost": Normal(10, 1), "fixed_cost": Normal(600, 10)}
    assert same(alone, monte_carlo(LINEAR, costs | PRICE, draws=1000)["revenue"])
    more = monte_carlo(LINEAR, PRICE, draws=2000)["revenue"].draws
    assert (more[:1000] == alone.draws).all()
    monkeypatch.setattr(draws, "_BLOCK", 17)
    assert same(alone, monte_carlo(LINEAR, PRICE, draws=1000)["revenue"])
    # Inputs do not move together.
    both = monte_carlo(LINEAR, costs | PRICE, draws=10_000)
    unit_costs = both["cost"].draws
    assert abs(np.corrcoef(both["revenue"].draws, unit_costs)[0, 1]) < 0.05


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6, unique=True), st.integers(0, 99))
@settings(max_examples=50)
def test_quantiles_are_ordered(probabilities: list[float], seed: int) -> None:
    found = monte_carlo(LINEAR, PRICE, draws=100, seed=seed, quantiles=sorted(probabilities))
    profit = found["profit"]
    values = list(profit.quantiles.values())
    assert values == sorted(values)
    assert profit.draws.min() <= values[0]
    assert values[-1] <= profit.draws.max()


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_any_scenario(scenario: type[Scenario]) -> None:
    base = scenario()
    uncertain: dict[str, Distribution] = {
        name: Uniform(*sorted((0.9 * value, 0.95 * value)))
        for name, value in some_inputs(base).items()
    }
    simulated = monte_carlo(base, uncertain, draws=50, seed=5)
    assert [o.key for o in simulated.outcomes] == [row.key for row in base.evaluate().rows]
    assert {o.key: o.base for o in simulated.outcomes} == pytest.approx(
        dict(base.evaluate()), nan_ok=True
    )
    # The draws are those that single inputs would show, result by result.
    drawn = {
        name: d.draw(
            np.random.default_rng(np.random.SeedSequence(5, spawn_key=tuple(name.encode()))), 50
        )
        for name, d in uncertain.items()
    }
    for i in (0, 49):
        one = changed(base, {name: float(values[i]) for name, values in drawn.items()}).evaluate()
        found = {o.key: o.draws[i] for o in simulated.outcomes}
        assert found == pytest.approx(dict(one), rel=1e-9, abs=1e-9, nan_ok=True)


def test_a_scenario_with_tables_in_small_blocks() -> None:
    scenario = Discounts()
    assert len(scenario.tiers) * len(scenario.workload) == 48
    assert draws._block_size(scenario) == 4 * 65536 // 48
    found = monte_carlo(scenario, {"elasticity": Pert(-2.5, -2, -1)}, 6000, results=["flat_profit"])
    # Profit of a flat cut: usage 2690 times 0.9^E, at a price of 9 and a cost of 4.
    e = Pert(-2.5, -2, -1).draw(
        np.random.default_rng(np.random.SeedSequence(0, spawn_key=tuple(b"elasticity"))), 6000
    )
    assert found["flat_profit"].draws == pytest.approx(2690 * 0.9**e * 5, rel=1e-12)
    assert len(found.outcomes) == 1


def test_convergence() -> None:
    profit = monte_carlo(LINEAR, PRICE, draws=5000, seed=1)["profit"]
    path = profit.convergence(points=20)
    assert path.draws[0] == 2
    assert path.draws[-1] == 5000
    assert path.mean[-1] == pytest.approx(profit.mean)
    assert path.half_width[-1] == pytest.approx(1.959964 * profit.standard_error)
    for at, mean, width in zip(path.draws, path.mean, path.half_width, strict=True):
        first = profit.draws[: int(at)]
        assert mean == pytest.approx(first.mean())
        assert width == pytest.approx(1.959964 * first.std(ddof=1) / math.sqrt(at))
    wide = profit.convergence(confidence=0.99)
    assert wide.half_width[-1] == pytest.approx(2.575829 * profit.standard_error)
    with pytest.raises(PricingError, match="convergence: confidence 1 is not below 1"):
        profit.convergence(confidence=1)
    with pytest.raises(PricingError, match="convergence: points 1 is below 2"):
        profit.convergence(points=1)


def refused(*arguments: Any, **options: Any) -> str:
    with pytest.raises(PricingError) as caught:
        monte_carlo(*arguments, **options)
    return str(caught.value)


class Endless(Normal):
    """A distribution that overflows."""

    def _quantile(self, shares: Any) -> NDArray[np.float64]:
        return super()._quantile(shares) * 1e308


def test_the_first_draw_out_of_bounds_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    source = np.random.default_rng(np.random.SeedSequence(0, spawn_key=tuple(b"price")))
    first = int(np.argmax(Normal(20, 10).draw(source, 1000) < 0))
    assert first > 10
    monkeypatch.setattr(draws, "_BLOCK", 10)
    message = refused(LINEAR, {"price": Normal(20, 10)}, draws=1000)
    assert message.startswith(f"monte_carlo: price[{first}] -")


def test_draws_out_of_bounds() -> None:
    # Φ(-2) = 2.28 % of the draws are below 0.
    message = refused(LINEAR, {"price": Normal(20, 10)}, draws=100_000)
    found = monte_carlo(LINEAR, {"linear": Normal(20, 10)}, draws=100_000, results=["cost"])
    assert found["cost"].no_answer == 0  # a coefficient of any sign is valid
    assert message.startswith("monte_carlo: price[")
    (share,) = re.findall(r" is below 0; ([\d.]+) % of the draws ", message)
    assert float(share) == pytest.approx(2.28, abs=0.15)
    assert " of 100,000) are out of bounds of low=0: use Truncated(Normal(mean=20" in message
    assert message.endswith("sd=10), low=0)")
    # The share is that of all draws, wherever the first of them is.
    source = np.random.default_rng(np.random.SeedSequence(0, spawn_key=tuple(b"price")))
    outside = int((Normal(20, 10).draw(source, 100_000) < 0).sum())
    assert f"({outside:,} of 100,000)" in message
    truncated = monte_carlo(LINEAR, {"price": Truncated(Normal(20, 10), low=0)}, draws=1000)
    assert truncated["revenue"].draws.min() >= 0
    both = refused(Discounts(), {"flat_discount": Uniform(-0.5, 1.5)})
    assert "of low=0, high=1: use Truncated(Uniform(low=-0.5, high=1.5), low=0, high=1)" in both
    beyond = refused(LINEAR, {"price": Truncated(Normal(0, 1), low=-1)})
    assert "out of bounds of low=0" in beyond
    assert "use Truncated" not in beyond
    endless = refused(Breakeven(), {"linear": Endless(1, 2)}, draws=50)
    assert "is not finite; " in endless
    assert endless.endswith(" of 50) are out of bounds")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((LINEAR, {}), {}, "distributions {} names no input"),
        ((LINEAR, [1, 2]), {}, "monte_carlo: distributions [1, 2] is not a mapping by name"),
        (
            (LINEAR, {"pric": Normal(1, 1)}),
            {},
            "distributions 'pric' is no input of breakeven; what can vary: quantity, price, fixed",
        ),
        (
            (LINEAR, {"cost_curve": Normal(1, 1)}),
            {},
            "distributions 'cost_curve' is a choice; ",
        ),
        ((Discounts(), {"tiers": Normal(1, 1)}), {}, "distributions 'tiers' is a table; what can"),
        ((LINEAR, {"price": 3}), {}, "distributions 3 is not a distribution for price"),
        ((LINEAR, PRICE, 1), {}, "draws 1 is below 2"),
        ((LINEAR, PRICE, 10.5), {}, "draws 10.5 is not a whole number"),
        ((LINEAR, PRICE, True), {}, "draws True is not a whole number"),
        ((LINEAR, PRICE), {"seed": -1}, "seed -1 is below 0"),
        ((LINEAR, PRICE), {"results": ["profits"]}, "results 'profits' is no result; there are: "),
        ((LINEAR, PRICE), {"quantiles": [1.5]}, "quantiles 1.5 is above 1"),
        ((Breakeven, PRICE), {}, "is not a scenario with its inputs"),
    ],
)
def test_what_is_refused(arguments: Any, options: Any, message: str) -> None:
    assert message in refused(*arguments, **options)


def test_the_report() -> None:
    simulated = monte_carlo(
        Inference(), {"gpu_hour_price": Triangular(1, 2, 9)}, draws=500, quantiles=[0.1, 0.5]
    )
    text = str(simulated)
    lines = text.splitlines()
    assert lines[0] == "Serving day: 500 draws, seed 0"
    assert lines[1] == "  gpu_hour_price ~ Triangular(low=1, mode=2, high=9)"
    assert lines[3].split() == [
        *("Result", "Base", "Mean", "Std.", "error", "Std.", "dev.", "10", "%", "50", "%"),
        *("Below", "0", "No", "answer"),
    ]
    (margin,) = (line for line in lines if line.startswith("Gross margin"))
    outcome = simulated["gross_margin"]
    assert f"{100 * outcome.standard_error:.3g} %" in margin
    assert "84.5 %" in margin
    row = next(row for row in simulated.to_dicts() if row["key"] == "gross_margin")
    assert row["mean"] == outcome.mean
    assert row["quantile_0.1"] == outcome.quantiles[0.1]
    with pytest.raises(KeyError, match="margin"):
        simulated["margin"]
    empty = str(monte_carlo(LINEAR, {"price": Uniform(1, 2)}, 10, results=["breakeven_quantity"]))
    assert empty.splitlines()[-1].split()[-3:] == ["-", "100.0", "%"]


class Terminal(io.StringIO):
    """What a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Terminal, io.StringIO])
def test_a_bar_on_a_terminal(stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    screen = stream()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(draws, "_BLOCK", 10)
    monte_carlo(LINEAR, PRICE, draws=100)
    assert screen.getvalue() == ""  # nobody has waited yet
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monte_carlo(LINEAR, PRICE, draws=100)
    shown = screen.getvalue()
    assert ("draws" in shown) == (stream is Terminal)


def test_exports() -> None:
    assert lmprice.monte_carlo is monte_carlo
    assert lmprice.simulation.Normal is Normal
