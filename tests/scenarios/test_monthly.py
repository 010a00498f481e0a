"""The months of scenarios, by hand."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest

from lmprice.language.dates import serial
from lmprice.scenarios import Inference, Pricing, Results, Scenario


def column(results: Results, key: str) -> Any:
    return next(c.value for c in results.columns if c.name == f"monthly_{key}")


STEADY: dict[str, Any] = {"volume_growth": 0.0, "price_decline": 0.0, "cost_decline": 0.0}


def test_calendar_months_have_their_days() -> None:
    # A day earns 562,100 - 87,072 = 475,028.
    day = Inference(first_month=datetime.date(2028, 1, 1), horizon=12, upfront=2e7, **STEADY)
    results = day.evaluate()
    assert column(results, "days")[:4].tolist() == [31, 29, 31, 30]  # a leap year
    assert column(results, "profit")[:2] == pytest.approx([31 * 475_028, 29 * 475_028])
    assert column(results, "start")[1] == serial(datetime.date(2028, 2, 1))
    assert results["cash_end"] == pytest.approx(366 * 475_028 - 2e7)
    # 14.7 million are back after January, all 20 after February.
    assert results["breakeven_month"] == 2
    assert results["breakeven_date"] == serial(datetime.date(2028, 2, 1))
    assert results["funding"] == 2e7
    assert math.isnan(results["first_loss_month"])


def test_growth_and_declines_of_a_year_come_in_equal_steps() -> None:
    day = Inference(volume_growth=3.0, price_decline=0.75, cost_decline=0.5, horizon=36)
    results = day.evaluate()
    volume, price, unit_cost = (column(results, k) for k in ("volume", "price", "unit_cost"))
    # March to March: four times the volume, a quarter of the price, half of the cost.
    assert volume[12] / volume[0] == pytest.approx(4)
    assert price[[12, 24]] / price[0] == pytest.approx([1 / 4, 1 / 16])
    assert unit_cost[[12, 24]] / unit_cost[0] == pytest.approx([1 / 2, 1 / 4])
    # The price is 562,100 / 87,072 = 6.4556 of the cost, and halves against it every year: it is
    # below it once 2^(m / 12) > 6.4556, m > 32.29, which is month 34.
    assert results["first_loss_month"] == 34
    assert column(results, "profit")[32] > 0 > column(results, "profit")[33]


def test_a_price_that_is_tried_pays_back_or_not() -> None:
    # At 4.5 demand is 250,000 / 4.5^2 and earns 2.5 of each, less 10,000: 20,864.2 a month.
    earned = 2.5 * 250_000 / 20.25 - 10_000
    steady = Pricing(horizon=36, investment=12 * earned - 1, **STEADY).evaluate()
    assert column(steady, "profit") == pytest.approx(np.full(36, earned))
    assert steady["breakeven_month"] == 12
    assert steady["cash_end"] == pytest.approx(24 * earned + 1)
    never = Pricing(horizon=12, investment=12 * earned + 1, **STEADY).evaluate()
    assert math.isnan(never["breakeven_month"])
    assert math.isnan(never["breakeven_date"])
    assert never["cash_end"] == pytest.approx(-1)


def test_cash_is_tied_up_by_losses_too() -> None:
    # Free tokens: a month loses all its cost, 87,072 a day.
    day = Inference(
        input_price=0, cached_price=0, output_price=0, horizon=12, upfront=1e6, **STEADY
    )
    results = day.evaluate()
    assert results["funding"] == pytest.approx(1e6 + 365 * 87_072)
    assert results["first_loss_month"] == 1


@pytest.mark.parametrize("scenario", [Inference(), Pricing()])
def test_what_ifs_go_through_the_months(scenario: Scenario) -> None:
    declines = np.array([0.1, 0.5, 0.9])
    at = scenario.evaluate_at({"price_decline": declines})
    for number, decline in enumerate(declines):
        one = scenario.model_copy(update={"price_decline": float(decline)}).evaluate()
        for key in ("cash_end", "breakeven_month", "funding"):
            found = np.broadcast_to(at[key], 3)[number]
            assert found == pytest.approx(one[key], nan_ok=True)
