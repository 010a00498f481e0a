"""The past under a new price; all figures by hand."""

from __future__ import annotations

import io
import json
import math
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from lmprice.billing import backtesting
from lmprice.billing.backtest_report import as_json, as_workbook
from lmprice.billing.backtesting import backtest
from lmprice.billing.guards import parse_guard
from lmprice.billing.margins import ComparisonError
from lmprice.billing.responding import observed_demand
from lmprice.billing.solving import scaled, solve
from lmprice.billing.taking import take
from tests.billing.books import SINCE, book, standard, usage

# acme 10 chat; beta 5 chat and 20 small; idle nothing.
ROWS = usage(
    {"quantity": 10},
    {"quantity": 5, "customer": "beta"},
    {"quantity": 20, "customer": "beta", "model": "small"},
    {"quantity": 0, "customer": "idle"},
)
NOW = book(standard(4), standard(1, model="small"))  # acme 40, beta 20 + 20 = 40
DRAFT = book(standard(3), standard(2, model="small"), name="Draft")  # acme 30, beta 15 + 40 = 55
COSTS = book(standard(3.5), standard(1.5, model="small"))  # acme 35, beta 17.5 + 30 = 47.5


def test_customers_and_totals() -> None:
    draft = backtest(ROWS, NOW, DRAFT).drafts[0]
    assert draft.customers.rows() == [
        ("beta", Decimal(40), Decimal(55), Decimal(15), 0.375),
        ("idle", 0, 0, 0, None),
        ("acme", Decimal(40), Decimal(30), Decimal(-10), -0.25),
    ]
    assert (draft.now, draft.then) == (Decimal(80), Decimal(85))
    assert draft.share == 0.0625
    assert draft.paying_more["customer"].to_list() == ["beta"]
    # Of three changes, -25 %, 0 and 37.5 %, the ranks are ceil(3p): 1, 1, 2, 3, 3, 3.
    names = ("p05", "p25", "median", "p75", "p95", "max")
    assert [draft.percentile(n) for n in names] == [-0.25, -0.25, 0, 0.375, 0.375, 0.375]
    assert draft.percentile("max", of_share=False) == 15
    assert draft.losing is None


def test_margins() -> None:
    draft = backtest(ROWS, NOW, DRAFT, COSTS).drafts[0]
    assert draft.cost == Decimal("82.5")
    table = draft.customers.select("customer", "profit_now", "profit_then")
    profits = {row[0]: row[1:] for row in table.iter_rows()}
    assert profits["acme"] == (5, -5)
    assert profits["beta"] == (Decimal("-7.5"), Decimal("7.5"))
    assert draft.losing is not None
    assert draft.losing["customer"].to_list() == ["acme"]


def test_response_of_each_customer() -> None:
    draft = backtest(ROWS, NOW, DRAFT, COSTS, elasticity=(-2, -1, 0)).drafts[0]
    low, likely, high = draft.responses
    # At -1 each pays what it paid: 80.  At 0 nobody moves: 85.  At -2: 30 (3/4)^-2 + 55 (11/8)^-2.
    assert likely.revenue == pytest.approx(80, rel=1e-12)
    assert high.revenue == 85
    assert low.revenue == pytest.approx(30 * 16 / 9 + 55 * 64 / 121, rel=1e-12)
    # Costs at -1: 35 (4/3) + 47.5 (8/11).
    assert likely.cost == pytest.approx(35 * 4 / 3 + 47.5 * 8 / 11, rel=1e-12)
    assert likely.fixed == 1  # idle
    acme = draft.customers.filter(pl.col("customer") == "acme").row(0, named=True)
    assert acme["demand"] == pytest.approx(4 / 3)
    assert acme["response"] == pytest.approx(40)
    assert acme["response_low"] == 30
    assert acme["response_high"] == pytest.approx(30 * 16 / 9)


def test_who_pays_for_the_first_time_rises_without_end() -> None:
    free = book(standard(0))
    draft = backtest(usage({"quantity": 1}), free, book(standard(1)), elasticity=-1).drafts[0]
    assert draft.percentile("max") == math.inf
    assert draft.share is None
    assert draft.responses[0].revenue == 1  # no elasticity tells
    assert not parse_guard("max<1000%").holds(draft)
    written = json.loads(as_json(backtest(usage({"quantity": 1}), free, book(standard(1)))))
    assert written["drafts"][0]["max"] is None


def test_several_drafts_from_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def counted(*arguments: object) -> object:
        reads.append(arguments)
        return take(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backtesting, "take", counted)
    same = book(standard(4), standard(1, model="small"), name="Same")
    found = backtest(ROWS, NOW, [DRAFT, same], COSTS)
    assert [d.then for d in found.drafts] == [85, 80]
    assert len(reads) == 1


def test_typed_cells_cost_what_texts_cost() -> None:
    prices = book(standard(2, meter="output"))
    texts = usage({"output_tokens": "12"}, {"output_tokens": "x"})
    found = backtest(texts, prices, prices)
    assert found.drafts[0].then == 24
    assert found.now.refused["reason"].to_list() == [
        "output_tokens x is not a whole number, at least 0"
    ]


def test_cliffs() -> None:
    tiers = [{"up_to": 10, "unit_price": 3}, {"unit_price": 2, "flat_fee": 4}]
    volume = {"charge_model": "volume", "tiers": tiers}
    draft = backtest(ROWS, NOW, book(volume, standard(1, model="small"))).drafts[0]
    # At 10 units: 10 x (2 - 3) + 4 = -6; acme has exactly 10, beta 5.
    assert draft.cliffs.rows() == [("chat quantity", "period", 10.0, -6.0, ["acme"])]


def test_cliff_of_a_long_request() -> None:
    context = {"charge_model": "context", "meter": "input", "per": 1e6, "unit_price": 1,
               "steps": [{"above": 200_000, "unit_price": 2}]}  # fmt: skip
    draft = backtest(usage({"input_tokens": 10}), book(context), book(context)).drafts[0]
    # 0.2 million tokens at $1 more.
    assert draft.cliffs.rows() == [("chat input", "request", 200_000.0, 0.2, None)]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("total<=6.25%", True),
        ("total<5", False),
        ("p95<37.5%", False),
        ("p95 <= 37.5%", True),
        ("max<=15", True),
        ("p05>-30%", True),
        ("median>=0", True),
        ("losing<=1", True),
        ("losing<33%", False),
    ],
)
def test_guards(text: str, holds: bool) -> None:
    draft = backtest(ROWS, NOW, DRAFT, COSTS).drafts[0]
    assert parse_guard(text).holds(draft) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p95", "the guard 'p95' is not MEASURE"),
        ("p90<10%", "the guard 'p90<10%': p90 is none of median"),
        ("p95=10%", "the guard 'p95=10%' is not"),
    ],
)
def test_wrong_guards(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_guard(text)


def test_guard_on_losing_needs_costs() -> None:
    with pytest.raises(ValueError, match="'losing<1' needs a book of costs"):
        parse_guard("losing<1").holds(backtest(ROWS, NOW, DRAFT).drafts[0])


def test_what_cannot_be_compared() -> None:
    with pytest.raises(ComparisonError, match="is in USD"):
        backtest(ROWS, NOW, book(standard(), standard(model="small"), currency="CNY"))
    other = book(standard(), standard(model="small"), period_day=15)
    with pytest.raises(ComparisonError, match="bill other days"):
        backtest(ROWS, NOW, other)
    for wrong in (1, (-1, -2, 0), (-1, 0), math.nan):
        with pytest.raises(ValueError, match="elasticity"):
            backtest(ROWS, NOW, DRAFT, elasticity=wrong)
    with pytest.raises(ValueError, match="drafts is empty"):
        backtest(ROWS, NOW, [])


def test_report() -> None:
    found = backtest(ROWS, NOW, DRAFT, COSTS, elasticity=-1)
    guards = [parse_guard("p95<10%")]
    draft = json.loads(as_json(found, guards))["drafts"][0]
    assert (draft["now"], draft["then"], draft["losing"]) == (80, 85, 1)
    assert draft["guards"] == [{"guard": "p95<10%", "measured": 37.5, "holds": False}]
    assert draft["by_customer"][0]["customer"] == "beta"
    workbook = openpyxl.load_workbook(io.BytesIO(as_workbook(found, guards)))
    assert workbook.sheetnames == ["Summary", "Draft 1"]
    cells = {row[0].value: row[1].value for row in workbook["Summary"].iter_rows(min_row=3)}
    assert cells["Change"] == 5
    assert cells["p95<10%"] == "broken"
    chart = workbook["Draft 1"]._charts[0]  # type: ignore[attr-defined]
    assert chart.series[0].val.numRef.f == "'Draft 1'!$D$3:$D$5"
    assert [c.value for c in workbook["Draft 1"][3]][:4] == ["beta", 40, 55, 15]


@pytest.mark.engine
def test_solve_revenue_and_margin() -> None:
    # 80 at a factor of 1; 100 takes 1.25, where each bill is exact.
    solved = solve(ROWS, NOW, revenue=99.995)
    assert (solved.factor, solved.revenue) == (Decimal("1.249875"), Decimal("100.00"))
    # Cost 82.5; at a margin of 25 % revenue is 110, a factor of 1.375.  Bills of 54.995 round up.
    solved = solve(ROWS, NOW, margin=0.25, costs=COSTS)
    assert (solved.factor, solved.revenue, solved.cost) == (
        Decimal("1.374875"), Decimal("110.00"), Decimal("82.5"),
    )  # fmt: skip


@pytest.mark.engine
def test_solve_for_named_charges() -> None:
    # 60 for chat and 20 f for small: 90 at 1.5, where half a cent rounds up.
    solved = solve(ROWS, NOW, revenue=90, charges=["small quantity"])
    assert (solved.factor, solved.revenue) == (Decimal("1.499750"), Decimal("90.00"))
    with pytest.raises(ValueError, match="has no charge 'big quantity'"):
        solve(ROWS, NOW, revenue=90, charges=["big quantity"])


@pytest.mark.engine
def test_solve_beside_a_commitment() -> None:
    # acme owes 60 at least; beta pays 40 f.  100 + 40 f ... 140 takes f = 2 for beta: 80 + 80.
    commitments = [{"name": "least", "minimum": 60, **SINCE}]
    committed = book(
        standard(4), standard(1, model="small"),
        accounts=[{"customer": "acme", "commitments": commitments}],
    )  # fmt: skip
    # Up to f = 1.5 acme pays 60: 60 + 40 f = 110 at 1.25.
    solved = solve(ROWS, committed, revenue=110)
    assert solved.revenue == 110
    assert Decimal("1.2495") < solved.factor <= Decimal("1.25")
    with pytest.raises(ValueError, match=r"60\.00 is reached even where the prices are 0"):
        solve(ROWS, committed, revenue=60)


def test_solve_refuses() -> None:
    with pytest.raises(ValueError, match="either revenue or margin"):
        solve(ROWS, NOW)
    with pytest.raises(ValueError, match="margin needs costs"):
        solve(ROWS, NOW, margin=0.5)
    with pytest.raises(ValueError, match="margin 1 is not below 1"):
        solve(ROWS, NOW, margin=1, costs=COSTS)
    with pytest.raises(ValueError, match="no factor up to 1000"):
        solve(usage({"quantity": 0}), NOW, revenue=1)


@pytest.mark.engine
def test_solve_with_a_response_of_demand() -> None:
    """With one meter and f times its price, customers use f^E times as much: R = 80 f^(1+E).

    100 of revenue at E = -0.5 takes f = 1.25^2; a margin does not depend on E: R/C = 80 f / 82.5.
    """
    solved = solve(ROWS, NOW, revenue=100, elasticity=-0.5)
    assert float(solved.factor) == pytest.approx(1.5625, abs=1e-3)  # to the cent
    assert solved.revenue == 100
    assert set(solved.draft.customers["customer"]) == {"acme", "beta", "idle"}
    solved = solve(ROWS, NOW, margin=0.25, costs=COSTS, elasticity=(-2, -1.5, -1))
    assert float(solved.factor) == pytest.approx(1.375, abs=1e-3)
    assert solved.cost is not None
    assert float(solved.cost) == pytest.approx(82.5 * 1.375**-1.5, rel=1e-3)
    assert [one.elasticity for one in solved.draft.responses] == [-2, -1.5, -1]
    with pytest.raises(ValueError, match=r"at an elasticity of -1 revenue does not rise"):
        solve(ROWS, NOW, revenue=100, elasticity=-1)


def test_demand_as_it_was_observed(tmp_path: Path) -> None:
    """q = 5000 p^-1.5 within 1 %, and what says nothing about prices."""
    prices, file = range(10, 21, 2), tmp_path / "sold.csv"
    noise = (1.01, 0.99, 1.01, 0.99, 1.01, 0.99)
    sold = [5000 * p**-1.5 * n for p, n in zip(prices, noise, strict=True)]
    pl.DataFrame({"price": prices, "quantity": sold, "note": ["x"] * 6}).write_csv(file)
    fit = observed_demand(file)
    draft = backtest(ROWS, NOW, DRAFT, elasticity=fit).drafts[0]
    found = [one.elasticity for one in draft.responses]
    assert found == [fit.elasticity.low, fit.elasticity.value, fit.elasticity.high]
    assert found[1] == pytest.approx(-1.5, abs=0.05)
    assert found[0] < -1.5 < found[2] < 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("p,q\n1,2\n", r"sold\.csv has no columns price and quantity"),
        ("price,quantity\n1,x\n", r"sold\.csv has no columns price and quantity"),
        ("price,quantity\n1,2\n1,3\n", r"sold\.csv: fit_demand: prices"),
        ("price,quantity\n1,2\n2,1\n", r"sold\.csv: 2 observations give no interval"),
        ("price,quantity\n1,2\n2,3\n3,2\n", r"sold\.csv: elasticity .* is not at most 0"),
    ],
)
def test_observations_that_tell_nothing(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "sold.csv").write_text(content)
    with pytest.raises(ValueError, match=message):
        observed_demand(tmp_path / "sold.csv")


def test_scaled_book() -> None:
    fees = [{"name": "seat", "amount": 10}]
    tiers = [{"up_to": 5, "unit_price": 1, "flat_fee": 2}, {"unit_price": 0.5}]
    plain = book(
        {"charge_model": "graduated", "tiers": tiers},
        plans=[{"name": "team", "fees": fees, "charges": [
            {"model": "small", "meter": "quantity", **standard(0.1)}]}],
    )  # fmt: skip
    new = scaled(plain, Decimal("1.5"))
    first = new.charges[0]
    assert first.charge_model == "graduated"
    assert [(t.up_to, t.unit_price, t.flat_fee) for t in first.tiers] == [
        (5, 1.5, 3),
        (None, 0.75, 0),
    ]
    assert new.plans[0].fees[0].amount == 15
    small = new.plans[0].charges[0]
    assert small.charge_model == "standard"
    assert small.unit_price == 0.15
