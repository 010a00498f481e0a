"""Data of one's own, percentiles, distributions of SciPy, and inputs that move together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from lmprice import PricingError, monte_carlo, sensitivity, two_way
from lmprice.scenarios import Breakeven, Discounts
from lmprice.simulation import Normal, Observed, Percentiles, Truncated, Uniform


def margin(price: float = 20, usage: float = 100, unit_cost: float = 10) -> float:
    return (price - unit_cost) * usage


def both(price: float = 20, usage: float = 100) -> dict[str, float]:
    return {"first": price * 1.0, "second": usage * 1.0}


def test_observed_quantiles_are_those_of_numpy() -> None:
    data = [7.0, 3, 12, 5, 5, 9]
    shares = np.linspace(0, 1, 41)
    assert Observed(data).quantile(shares).tolist() == pytest.approx(np.quantile(data, shares))
    assert str(Observed(data)) == "Observed(6 values from 3 to 12)"


def test_percentiles_are_reached() -> None:
    known = Percentiles({0: 50, 0.9: 150, 0.5: 80, 1: 300})
    assert known.quantile([0, 0.5, 0.7, 0.9, 1]).tolist() == [50, 80, 115, 150, 300]
    assert str(known) == "Percentiles({0: 50, 0.5: 80, 0.9: 150, 1: 300})"
    drawn = monte_carlo(margin, {"usage": known}, 40_000)["margin"]
    # The mean of three rectangles: .5 * 65 + .4 * 115 + .1 * 225 = 101.
    assert drawn.mean == pytest.approx(1010, rel=0.01)


def test_a_truncated_observation_stays_within_its_limits() -> None:
    cut = Truncated(Observed([0, 10]), low=5)
    assert cut.quantile([0, 0.5, 1]).tolist() == [5, 7.5, 10]


def test_a_frozen_distribution_of_scipy() -> None:
    drawn = monte_carlo(margin, {"usage": stats.gamma(4, scale=25)}, 100_000)["margin"]
    assert drawn.mean == pytest.approx(1000, rel=0.01)  # of shape times scale
    assert drawn.sd == pytest.approx(500, rel=0.02)  # of sqrt(shape) times scale
    kept = Truncated(stats.norm(100, 10), low=100)
    assert kept.quantile(0.5) == pytest.approx(100 + 10 * stats.norm.ppf(0.75))
    assert "gamma(4, scale=25)" in str(monte_carlo(margin, {"usage": stats.gamma(4, scale=25)}, 9))


@pytest.mark.parametrize("rank", [-1.0, -0.7, 0.3, 1.0])
def test_ranks_are_correlated_as_asked(rank: float) -> None:
    drawn = monte_carlo(
        both,
        {"price": Normal(20, 2), "usage": stats.lognorm(1, scale=100)},
        40_000,
        correlations={("price", "usage"): rank},
    )
    found = stats.spearmanr(drawn["first"].draws, drawn["second"].draws).statistic
    assert found == pytest.approx(rank, abs=0.015)
    # Each keeps its own distribution.
    assert np.median(drawn["second"].draws) == pytest.approx(100, rel=0.03)


def test_without_correlations_nothing_changes() -> None:
    uncertain = {"price": Normal(20, 2), "usage": Uniform(50, 150)}
    alone = monte_carlo(both, {"price": uncertain["price"]}, 500)["first"].draws
    joined = monte_carlo(both, uncertain, 500, correlations={("price", "usage"): 0.5})
    assert joined["first"].draws.tolist() == pytest.approx(alone.tolist())
    assert "rank correlation of price and usage: 0.5" in str(joined)


def test_a_product_of_correlated_inputs_by_hand() -> None:
    # E[xy] = E[x] E[y] + cov; of normal ones with ranks at 0.5 the correlation is 2 sin(pi / 12).
    drawn = monte_carlo(
        lambda x=10, y=20: x * y,
        {"x": Normal(10, 1), "y": Normal(20, 3)},
        200_000,
        correlations={("y", "x"): 0.5},
    )
    expected = 10 * 20 + 3 * 2 * math.sin(math.pi / 12)
    assert drawn.outcomes[0].mean == pytest.approx(
        expected, abs=4 * drawn.outcomes[0].standard_error
    )


# Tables ------------------------------------------------------------------------------------------


def test_inputs_in_tables_by_hand() -> None:
    # 600 units: 50 at 10, 150 at 9 and 400 at 8 are 500 + 1,350 + 3,200 = 5,050.
    tornado = sensitivity(Discounts(), "graduated_charge", ["tiers.unit_price"])
    assert [tornado.bars[0].at_low, tornado.bars[0].at_high] == pytest.approx([4545, 5555])
    table = two_way(
        Discounts(),
        "graduated_charge",
        {"tiers[0].unit_price": [10, 20]},
        {"tiers[1].up_to": [100, 200]},
    )
    # To 100 only: 50 at 9 and 500 at 8.
    assert table.values.tolist() == [[4950, 5050], [5450, 5550]]


def test_a_table_is_drawn() -> None:
    drawn = monte_carlo(Discounts(), {"tiers[2].unit_price": Uniform(7, 9)}, 2_000)
    assert drawn["graduated_charge"].mean == pytest.approx(5050, abs=12)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tiers[9].unit_price", "is beyond the 4 rows of tiers"),
        ("tiers.price", "is no column of tiers: up_to, unit_price"),
        ("tiers[3].up_to", "has no limit"),
        ("workload.customer", "is a column of words"),
        ("tiers", "is a table; what can vary: list_price"),
        ("levels.price", "is no input of discounts"),
    ],
)
def test_what_cannot_vary_in_a_table(name: str, message: str) -> None:
    with pytest.raises(PricingError, match=message.replace("[", r"\[")):
        sensitivity(Discounts(), "graduated_charge", [name])


def test_a_limit_stays_between_its_neighbours() -> None:
    with pytest.raises(PricingError, match="is not below 1000"):
        two_way(Discounts(), "list_profit", {"tiers[1].up_to": [1000]}, {"quantity": [600]})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Observed([1]), "has less than 2 numbers"),
        (lambda: Observed(["a", 2]), "'a' is not a number"),  # type: ignore[arg-type]
        (lambda: Percentiles({0.5: 1, 1: 2}), r"has not both the least value \(0\)"),
        (lambda: Percentiles({0: 5, 0.5: 3, 1: 6}), "at 0.5 is below 5 at 0"),
        (lambda: Percentiles({0: 5, 1: 5}), "is one value alone"),
        (lambda: Percentiles([1]), "is not a mapping"),  # type: ignore[arg-type]
        (lambda: Truncated(5, low=1), "5 is not a distribution"),  # type: ignore[arg-type]
        (lambda: _drawn({"price": 5}), "5 is not a distribution for price"),
        (lambda: _drawn({"price": Normal(1, 1)}, {("price", "cost"): 1}), "is no pair of inputs"),
        (lambda: _drawn({"price": Normal(1, 1)}, {"price": 1}), "is no pair of inputs"),
        (lambda: _all({("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}), "contradict"),
        (lambda: _all({("a", "b"): 1.2}), "1.2 is above 1"),
    ],
)
def test_refusals(call: Any, message: str) -> None:
    with pytest.raises(PricingError, match=message):
        call()


def _drawn(distributions: Any, correlations: Any = None) -> Any:
    return monte_carlo(margin, distributions, 10, correlations=correlations)


def _all(correlations: Any) -> Any:
    def three(a: float = 1, b: float = 1, c: float = 1) -> float:
        return a + b + c

    return monte_carlo(three, dict.fromkeys("abc", Normal(5, 1)), 10, correlations=correlations)


def test_bounds_still_hold_when_inputs_are_correlated() -> None:
    uncertain = {"price": Normal(1, 1), "quantity": Normal(100, 1)}
    with pytest.raises(PricingError, match=r"price.* is below 0; 1"):
        monte_carlo(Breakeven(), uncertain, 1000, correlations={("price", "quantity"): 0.5})


def test_tables_and_results_are_frames() -> None:
    table = two_way(margin, "margin", {"price": [15, 20]}, {"usage": [10, 50]})
    assert table.to_pandas()["margin"].tolist() == [50, 250, 100, 500]
    assert table.to_polars().columns == ["price", "usage", "margin"]
    assert "<pre>" in table._repr_html_()
    results = Breakeven().evaluate()
    row = results.to_polars().row(by_predicate=pl.col("key") == "profit", named=True)
    assert (row["value"], row["unit"]) == (900, "USD")


def test_variables_of_scipy_are_drawn_as_its_frozen_distributions() -> None:
    variable: Any = getattr(stats, "Normal", None)
    if variable is None:  # before SciPy 1.15
        pytest.skip("this SciPy has frozen distributions only")
    new, old = (_drawn({"price": d}) for d in (variable(mu=3, sigma=0.2), stats.norm(3, 0.2)))
    for one, other in zip(new.outcomes, old.outcomes, strict=True):
        assert one.draws == pytest.approx(other.draws)
    assert "price ~ Normal(mu=3" in str(new)
    cut = _drawn({"price": Truncated(variable(mu=3, sigma=0.2), low=3)})
    assert "Truncated(Normal(mu=3" in str(cut)


def test_numbers_that_were_seen_are_pointed_to() -> None:
    with pytest.raises(PricingError, match=r"numbers that were seen are Observed\(numbers\)"):
        _drawn({"price": [1, 2, 3]})


def test_what_does_not_vary_has_no_spread() -> None:
    def result(price: float = 3.0) -> dict[str, float]:
        return {"price": price, "fixed": 0.1 + 0.2}

    fixed = monte_carlo(result, {"price": Normal(3, 0.2)}, 1000)["fixed"]
    assert (fixed.mean, fixed.sd, fixed.standard_error) == (0.1 + 0.2, 0, 0)
