"""The plan template: bills, losses and the next price, by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lmprice.scenarios import Plan, Results
from lmprice.scenarios.plan.scenario import Customer


def column(results: Results, key: str) -> Any:
    return next(c.value for c in results.columns if c.name == f"customers_{key}").tolist()


def test_the_bills_of_customers_by_size() -> None:
    results = Plan().evaluate()
    # Freelancers, small teams, midsize, large, power users: seats, and tokens of a held seat.
    seats = [2000, 3200, 3600, 4000, 450]
    tokens = [1.8, 3.6, 4.2, 3.2, 28]
    assert column(results, "used") == pytest.approx(
        [s * t for s, t in zip(seats, tokens, strict=True)]
    )
    # Basic is 20 with 2 million and 15 for each beyond; Plus 40 with 6; Pro 100 with 30.
    basic = [20, 20 + 15 * 1.6, 20 + 15 * 2.2, 20 + 15 * 1.2, 20 + 15 * 26]
    assert column(results, "on_basic") == pytest.approx(
        [s * b for s, b in zip(seats, basic, strict=True)]
    )
    assert column(results, "on_plus")[4] == pytest.approx(450 * (40 + 8 * 22))
    assert column(results, "taken") == [1, 2, 2, 1, 3]
    revenue = [40_000, 128_000, 144_000, 152_000, 45_000]
    cost = [s * (4 * t + 3) for s, t in zip(seats, tokens, strict=True)]
    assert column(results, "revenue") == pytest.approx(revenue)
    assert column(results, "cost") == pytest.approx(cost)
    assert results["revenue"] == pytest.approx(509_000)
    assert results["cost"] == pytest.approx(262_310)
    assert results["profit"] == pytest.approx(509_000 - 262_310 - 120_000)
    assert results["gross_margin"] == pytest.approx(246_690 / 509_000)
    # A power user pays 100 for what costs 4 * 28 + 3 = 115.
    assert column(results, "loss") == [0, 0, 0, 0, pytest.approx(450 * 15)]
    assert [results["losing"], results["lost"]] == pytest.approx([150, 6_750])
    assert results["lifetime"] == pytest.approx(50)
    # All bills have to be twice the cost for a margin of a half.
    assert results["margin_raise"] == pytest.approx(2 * 262_310 / 509_000 - 1)
    assert results.verdict is not None
    assert results.verdict.text.en.startswith(
        "Earns 126,690 USD a month, but 6,750 USD are lost on 150 of the customers"
    )


def test_each_plan_by_itself() -> None:
    results = Plan().evaluate()
    assert [results[f"{p}_customers"] for p in ("basic", "plus", "pro")] == [2008, 460, 150]
    assert results["basic_revenue"] == pytest.approx(192_000)
    assert results["plus_revenue"] == pytest.approx(272_000)
    assert results["pro_margin"] == pytest.approx(45_000 - 51_750)
    ((_, left, right),) = results.sums
    assert left == pytest.approx(right)


def test_a_plan_that_is_held_is_not_the_cheapest() -> None:
    held = [Customer(customer="A", count=1, seats=10, active=0.5, tokens=2, plan=3)]
    results = Plan(customers=held).evaluate()
    assert column(results, "taken") == [3]
    assert results["revenue"] == pytest.approx(1_000)
    empty = [held[0].model_copy(update={"plan": 0.0})]
    assert Plan(customers=empty).evaluate()["revenue"] == pytest.approx(200)


def test_the_next_price() -> None:
    # Fees 10 % up: 22, 44 and 110. Basic for the large is 22 + 18 = 40, below 44.
    results = Plan(seat_elasticity=-1).evaluate()
    bills = [22 * 2000, 44 * 3200, 44 * 3600, 40 * 4000, 110 * 450]
    assert column(results, "next_bill") == pytest.approx(bills)
    assert results["kept"] == pytest.approx(1 / 1.1)
    after = (sum(bills) - 262_310) / 1.1 - 120_000
    assert results["next_profit"] == pytest.approx(after)
    assert results["next_change"] == pytest.approx(after - 126_690)
    # Fees half as high and overage twice: the large change from Basic, 10 + 36, to Plus, 20.
    cheaper = Plan(fee_change=-0.5, overage_change=1).evaluate()
    assert column(cheaper, "next_bill")[3] == pytest.approx(4000 * 20)


def test_seats_that_are_lost_and_won() -> None:
    still: dict[str, Any] = {"volume_growth": 0.0, "price_decline": 0.0, "cost_decline": 0.0}
    results = Plan(churn=0.1, horizon=12, upfront=0, **still).evaluate()
    profit = next(c.value for c in results.columns if c.name == "monthly_profit")
    assert profit[:3] == pytest.approx([246_690 * share - 120_000 for share in (1, 0.9, 0.81)])
    # 0.9^n < 120,000 / 246,690 from n = 7 on, which is month 8.
    assert results["first_loss_month"] == 8
    assert math.isnan(Plan(churn=0).evaluate()["lifetime"])
