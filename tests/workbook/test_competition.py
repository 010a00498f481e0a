"""The competition template: the library's exact answers, found by the steps of a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmprice
from lmprice.chapters.competition.price_wars import PriceWar
from lmprice.chapters.competition.quantities import NO_OUTSIDE
from lmprice.scenarios import Competition
from lmprice.scenarios.competition.scenario import Rival
from lmprice.scenarios.results import Results
from lmprice.workbook import check, guard, read
from tests.office import Office
from tests.workbook.conftest import cell_named, edit
from tests.workbook.in_ironcalc import filled_in_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice
from tests.workbook.made import build, made
from tests.workbook.test_engines import disagreements, stored_cells


def rival(name: str, price: float, unit_cost: float, quality: float) -> Rival:
    return Rival(name=name, price=price, unit_cost=unit_cost, quality=quality)


# Two like sellers of quality 2 and unit cost 1, price scale 0.25, outside option 0.
CALVANO = Competition(
    price=1.5, unit_cost=1.0, quality=2.0, price_scale=0.25, rivals=[rival("Other", 1.6, 1.0, 2.0)]
)
ALONE_WITHOUT_CHOICE = Competition(
    outside=NO_OUTSIDE, cut=0.9, rivals=[rival("Other", 2.0, 0.5, 3.0)]
)
# A price scale at which the best of them takes all buyers at the prices of today.
HARD = Competition(
    price=3.0,
    price_scale=0.02,
    cut=1.0,
    rivals=[rival("A", 4.0, 1.0, 3.0), rival("B", 4.0, 1.0, 8.0), rival("C", 1.0, 2.0, 1.0)],
)
FULL = Competition(
    rivals=[
        rival(f"R{n}", round(1 + n / 100, 2), n / 200, round(1 + n / 150, 4)) for n in range(200)
    ]
)
EXAMPLES = {
    "example": Competition(),
    "published": CALVANO,
    "two": ALONE_WITHOUT_CHOICE,
    "hard": HARD,
    "full": FULL,
}
every = pytest.mark.parametrize("market", EXAMPLES.values(), ids=EXAMPLES)


def war_of(market: Competition) -> PriceWar:
    """The exact answers of the library to the same market."""
    return lmprice.price_war(
        [market.price, *(r.price for r in market.rivals)],
        [market.unit_cost, *(r.unit_cost for r in market.rivals)],
        [market.quality, *(r.quality for r in market.rivals)],
        market.price_scale,
        me=0,
        rival=1,
        cut=market.cut,
        market_size=market.market_size,
        outside=None if market.outside == NO_OUTSIDE else market.outside,
    )


def column(results: Results, name: str) -> Any:
    (found,) = (c.value for c in results.columns if c.name == name)
    return found


def assert_is_the_price_war(market: Competition) -> None:
    results, war = market.evaluate(), war_of(market)
    answers = {
        "hold": war.hold,
        "match_price": war.match_price,
        "match_cut": war.match_cut,
        "reply": war.best_reply,
        "nash": war.equilibrium,
    }
    for key, answer in answers.items():
        found = [results[f"{key}_{name}"] for name in ("price", "share", "profit")]
        profit = pytest.approx(answer.profit, rel=1e-9, abs=1e-9 * market.market_size)
        assert found[:2] == pytest.approx([answer.price, answer.share], rel=1e-9, abs=1e-12), key
        assert found[2] == profit, key
    assert results["share"] == pytest.approx(war.before.share, rel=1e-9, abs=1e-12)
    assert results["hold_change"] == pytest.approx(
        war.hold.profit_change, rel=1e-9, abs=1e-9 * market.market_size
    )
    nash = [results["nash_price"], *column(results, "rivals_nash_price")]
    assert nash == pytest.approx(list(war.equilibrium_prices.values()), rel=1e-9)
    for warning in results.warnings:
        assert "has not come to rest" not in warning.en


def test_an_equilibrium_too_far_for_the_steps_is_said_to_be() -> None:
    # The best seller is 1,200 price scales ahead of all others.
    far = HARD.model_copy(update={"price_scale": 0.004})
    warnings = [warning.en for warning in far.evaluate().warnings]
    assert "Nash: odds of a sale has not come to rest: see its residual." in warnings
    assert war_of(far).hold.profit == pytest.approx(far.evaluate()["hold_profit"])


# Against the library ------------------------------------------------------------------------------


def test_the_published_duopoly() -> None:
    # Calvano et al. (2020), baseline: Nash price 1.4729.
    results = CALVANO.evaluate()
    assert results["nash_price"] == pytest.approx(1.4729, abs=5e-5)
    assert column(results, "rivals_nash_price") == pytest.approx([1.4729], abs=5e-5)


@every
def test_answers_are_those_of_the_price_war(market: Competition) -> None:
    assert_is_the_price_war(market)


amount = st.floats(0.01, 5)


@st.composite
def markets(draw: st.DrawFn) -> Competition:
    """Markets from those where taste decides to those where the best seller has nearly all."""
    scale = draw(st.floats(0.02, 20))
    surplus = st.floats(-40, 40)

    def seller() -> dict[str, float]:
        cost = draw(amount)
        quality = cost + scale * draw(surplus)
        return {"price": cost + draw(amount), "unit_cost": cost, "quality": quality}

    sellers = [seller() for _ in range(draw(st.integers(2, 6)))]
    return Competition(
        **sellers[0],
        price_scale=scale,
        outside=draw(st.just(NO_OUTSIDE) | surplus.map(lambda x: x * scale)),
        market_size=1.0,
        cut=draw(st.floats(0, 1)),
        rivals=[Rival(name=str(n), **found) for n, found in enumerate(sellers[1:])],
    )


@pytest.mark.engine
@settings(max_examples=200)
@given(markets())
def test_any_market_comes_to_rest_where_the_library_says(market: Competition) -> None:
    assert_is_the_price_war(market)


@every
def test_shares_beside_the_rivals(market: Competition) -> None:
    rivals = market.rivals
    prices = np.array([market.price, *(r.price for r in rivals)])
    qualities = [market.quality, *(r.quality for r in rivals)]
    outside = None if market.outside == NO_OUTSIDE else market.outside
    shares = np.array(lmprice.logit_shares(prices, qualities, market.price_scale, outside))
    results = market.evaluate()
    np.testing.assert_allclose(column(results, "rivals_share"), shares[1:], atol=1e-12)
    assert results["nonbuyers"] == pytest.approx(1 - shares.sum(), abs=1e-12)
    elasticity = -prices / market.price_scale * (1 - shares)
    assert results["elasticity"] == pytest.approx(elasticity[0])
    np.testing.assert_allclose(column(results, "rivals_elasticity"), elasticity[1:], rtol=1e-9)
    profit = (prices[1:] - [r.unit_cost for r in rivals]) * shares[1:] * market.market_size
    np.testing.assert_allclose(column(results, "rivals_profit"), profit, atol=1e-6)
    at_nash = [results["nash_share"], *column(results, "rivals_nash_share")]
    ends = [results["nash_price"], *column(results, "rivals_nash_price")]
    expected = lmprice.logit_shares(ends, qualities, market.price_scale, outside)
    np.testing.assert_allclose(at_nash, expected, atol=1e-9)


def test_the_rival_after_its_cut() -> None:
    # With all sellers' attractions: exp(2.8 - 0.6) of all of them is Nimbus after the cut.
    attractions = np.exp([0.8, 2.2, -0.2, -0.4, -0.6, 0])
    share = attractions[1] / attractions.sum()
    results = Competition().evaluate()
    assert results["rival_profit_after"] == pytest.approx((0.6 - 0.5) * share * 500_000)


def test_the_share_that_matching_needs() -> None:
    results = Competition().evaluate()
    margin = 0.6 - 0.45
    assert results["needed_share"] * margin * 500_000 == pytest.approx(results["hold_profit"])
    assert np.isnan(Competition(unit_cost=0.6).evaluate()["needed_share"])


def test_a_sweep_over_cuts_is_that_of_the_library() -> None:
    cuts = np.arange(0, 95, 5) / 100
    swept = Competition().evaluate_at({"cut": cuts})
    expected = war_of(Competition()).over_cuts(cuts)
    for key in ("hold", "match_price", "match_cut"):
        np.testing.assert_allclose(swept[f"{key}_profit"], expected[f"{key}_profit"], rtol=1e-12)
        found = np.broadcast_to(swept[f"{key}_share"], cuts.shape)
        np.testing.assert_allclose(found, expected[f"{key}_share"], rtol=1e-12)


# A cut of 25 % is worth matching in price, not in per cent (26.6 % and 5.3 % are the limits).
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ["Matching the rival's price", "Matching the rival's cut"]),
        ({"cut": 0.25}, ["Matching the rival's cut"]),
        ({"cut": 0.05}, []),
        ({"unit_cost": 0.55, "cut": 0.75},
         ["Matching the rival's price", "Matching the rival's cut", "A price that matches is"]),
    ],
)  # fmt: skip
def test_what_is_said_about_matching(changes: dict[str, float], said: list[str]) -> None:
    warnings = Competition(**changes).evaluate().warnings  # type: ignore[arg-type]
    assert len(warnings) == len(said)
    for warning, begin in zip(warnings, said, strict=True):
        assert warning.en.startswith(begin)


# In a spreadsheet ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["published", "two", "hard", "full"])
def test_libreoffice_takes_the_same_steps(soffice: Office, tmp_path: Path, name: str) -> None:
    lang = "zh" if name in ("two", "full") else "en"
    market = EXAMPLES[name]
    recalculated = filled_in_by_libreoffice(soffice, market, lang, tmp_path)
    assert disagreements(stored_cells(recalculated), market, lang) == []
    assert read(recalculated) == market
    assert check(recalculated) == ()


@pytest.mark.engine
@pytest.mark.parametrize("name", ["published", "two", "hard"])
def test_ironcalc_takes_the_same_steps(name: str) -> None:
    market = EXAMPLES[name]
    found = disagreements(filled_in_by_ironcalc(market, "en"), market, "en")
    if name == "hard":
        # A whole month earns 1E-79 here, and IronCalc takes what is below 1E-15 for 0 in a
        # comparison: the words that follow from one differ, the numbers do not.
        words = ("('Answer', 'A3')", "('Answer', 'K", "('Texts'", "('Drivers', 'E")
        found = [line for line in found if not line.startswith(words)]
    assert found == []


@pytest.mark.engine
def test_a_full_table_stays_below_what_a_reader_opens() -> None:
    for lang in ("en", "zh"):
        assert guard.refusal(made(FULL, lang).content) is None


@pytest.mark.engine
def test_a_changed_workbook_is_read_back(tmp_path: Path) -> None:
    path = build(Competition(), tmp_path / "t.xlsx")
    base = cell_named(path, "cut_cases").partition(":")[0]
    rival = {"Rivals!A9": "New", "Rivals!B9": 1.2, "Rivals!C9": 0.4, "Rivals!D9": 1.5}
    edit(path, {base: 0.25} | rival)
    found = read(path)
    assert isinstance(found, Competition)
    assert (found.cut, len(found.rivals), found.rivals[-1].name) == (0.25, 5, "New")
    assert_is_the_price_war(found)


@pytest.mark.engine
def test_the_price_war_on_its_sheet(tmp_path: Path) -> None:
    path = build(Competition(), tmp_path / "t.xlsx")
    cells = stored_cells(path)
    expected = war_of(Competition()).over_cuts()
    assert cells["Price war", "A5"] == Competition().cut  # the first row is that of the inputs
    for row, cut in enumerate(expected["cut"], 6):
        shown = [cells["Price war", f"{letter}{row}"] for letter in "ABEFG"]
        names = ("rival_price", "hold_profit", "match_price_profit", "match_cut_profit")
        at = [expected[name][row - 6] for name in names]
        assert shown == pytest.approx([cut, *at])
    (chart,) = openpyxl.load_workbook(path)["Price war"]._charts  # type: ignore[attr-defined]
    assert [s.yVal.numRef.f.split("!")[1] for s in chart.series] == [
        "$E$6:$E$24", "$F$6:$F$24", "$G$6:$G$24",
    ]  # fmt: skip
