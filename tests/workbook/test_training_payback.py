"""The template on training and its payback: published costs, cash flows month by month."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.scenarios import TrainingPayback
from lmprice.workbook import check, read
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.in_ironcalc import filled_in_by_ironcalc
from tests.workbook.in_libreoffice import filled_in_by_libreoffice
from tests.workbook.made import build
from tests.workbook.test_engines import disagreements, stored_cells

EXAMPLES = [
    TrainingPayback(),
    TrainingPayback(hours_from="parameters", mfu=0.4, other_cost=1e6),
    TrainingPayback(price=0.2),  # every token loses money
    TrainingPayback(margin_decline=0.0, discount_rate=0.0),
    TrainingPayback(margin_decline=0.9, horizon=0.0),
    TrainingPayback(gpu_hours=1.0, volume=0.0, training_tokens=0.0, price=0.0),
]
IDS = ["example", "parameters", "loss", "level", "no time", "nothing"]


def test_what_the_training_of_deepseek_v3_cost() -> None:
    # DeepSeek-V3 technical report (arXiv 2412.19437), table 1: 2788K H800 hours, $5.576M.
    plan = TrainingPayback().evaluate()
    assert plan["training_cost"] == 5_576_000
    # 6 · 37e9 · 14.8e12 by hand; pre-training on 2,048 GPUs took 180K hours a trillion tokens.
    assert plan["compute"] == pytest.approx(3.2856)
    pretraining = TrainingPayback(gpu_hours=2_664_000.0).evaluate()
    assert pretraining["days"] == pytest.approx(54.19921875)
    # 342.59 of 989 TFLOP/s is the MFU at which the parameters give the same hours.
    of_parameters = TrainingPayback(hours_from="parameters", mfu=342.592592592593 / 989)
    assert of_parameters.evaluate()["hours"] == pytest.approx(2_664_000)


def month_by_month(plan: TrainingPayback) -> tuple[float, float, float, float]:
    """Payback and net present value from cash flows: a flow comes in at the end of its month."""
    spent = plan.gpu_hours * plan.gpu_hour_price + plan.other_cost
    margin = plan.volume * (plan.price - plan.unit_cost)
    balance = discounted = -spent
    paid = paid_discounted = math.nan
    for month in range(1, int(plan.horizon) + 1):
        flow = margin * (1 - plan.margin_decline) ** ((month - 1) / 12)
        worth = flow / (1 + plan.discount_rate) ** (month / 12)
        if balance < 0 <= balance + flow:
            paid = month
        if discounted < 0 <= discounted + worth:
            paid_discounted = month
        balance, discounted = balance + flow, discounted + worth
    return paid, paid_discounted, balance, discounted


@pytest.mark.parametrize(
    "plan",
    [
        *EXAMPLES[:1],
        EXAMPLES[3],
        TrainingPayback(margin_decline=0.3, horizon=18.0, other_cost=2e6, price=1.5),
        TrainingPayback(margin_decline=0.85),
        TrainingPayback(discount_rate=0.0),
    ],
)
def test_it_agrees_with_the_cash_flows_of_each_month(plan: TrainingPayback) -> None:
    found = plan.evaluate()
    paid, paid_discounted, balance, npv = month_by_month(plan)
    assert found["balance"] == pytest.approx(balance)
    assert found["npv"] == pytest.approx(npv)
    for key, month in (("payback", paid), ("discounted_payback", paid_discounted)):
        if math.isnan(month):
            assert math.isnan(found[key])
        else:
            assert month - 1 < found[key] <= month + 1e-9
    spent = found["investment"]
    assert found["profitability"] == pytest.approx(1 + npv / spent)
    assert bool(found.warnings) == (npv < 0)
    # With the margin that is needed the net present value is 0.
    volume = found["needed_volume"]
    enough = plan.model_copy(update={"volume": volume}).evaluate()
    assert enough["npv"] == pytest.approx(0, abs=1e-6 * spent)
    assert enough["first_margin"] == pytest.approx(found["needed_margin"])


def test_no_payback() -> None:
    # Margins that halve again and again never add up; others do, but after the model has gone.
    never = TrainingPayback(margin_decline=0.9).evaluate()
    assert math.isnan(never["payback_ever"])
    late = TrainingPayback(horizon=22.0).evaluate()
    assert late["payback_ever"] == pytest.approx(22.445895, abs=1e-6)
    assert math.isnan(late["payback"])
    loss = TrainingPayback(price=0.2).evaluate()
    assert loss["first_margin"] == pytest.approx(-100_000)
    assert (loss["gain"], loss["npv"] < -5_576_000) == (0, True)
    assert math.isnan(loss["payback"])
    assert math.isnan(loss["needed_volume"])
    assert len(loss.warnings) == 1


@pytest.mark.parametrize(("scenario", "lang"), [(EXAMPLES[1], "zh"), (EXAMPLES[2], "en")])
def test_libreoffice_computes_the_same(
    soffice: Office, tmp_path: Path, scenario: TrainingPayback, lang: str
) -> None:
    recalculated = filled_in_by_libreoffice(soffice, scenario, lang, tmp_path)
    assert disagreements(stored_cells(recalculated), scenario, lang) == []
    assert read(recalculated) == scenario
    assert check(recalculated) == ()


@pytest.mark.engine
@pytest.mark.parametrize("scenario", EXAMPLES, ids=IDS)
def test_ironcalc_computes_the_same(scenario: TrainingPayback) -> None:
    assert disagreements(filled_in_by_ironcalc(scenario, "en"), scenario, "en") == []


def test_a_changed_workbook_on_the_command_line(tmp_path: Path) -> None:
    path = build(TrainingPayback(), tmp_path / "t.xlsx")
    edit(path, {"Inputs!B5": "parameters", "Inputs!B19": 24})
    found = read(path)
    assert isinstance(found, TrainingPayback)
    assert (found.hours_from, found.horizon) == ("parameters", 24)
    run = CliRunner()
    results = json.loads(run.invoke(app, ["evaluate", str(path), "--json"]).stdout)["results"]
    # 3.2856e24 / (989e12 · 0.35) / 3600 by hand.
    assert results["hours"] == pytest.approx(2_636_621.888, rel=1e-9)
