"""What the README shows is what the code prints."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.scenarios import ApiVsSelfhost, Competition, PriceDecline, Pricing, TrainingPayback
from lmprice.scenarios.competition.terms import ANSWERS
from lmprice.scenarios.pricing.terms import MECHANISMS

TEMPLATES = Path(__file__).parent.parent / "templates"
TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(heading: str, language: str) -> list[str]:
    """The code blocks of a language under a heading."""
    section = f"\n{TEXT}".partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [code for fence, code in fenced if fence == language]


def test_the_first_screen() -> None:
    (code, *_) = blocks("# lmprice", "python")
    names: dict[str, Any] = {"array": list, "nan": math.nan}
    lines = code.splitlines()
    exec(lines[0], names)
    for line in lines[2:]:
        call, shown = line.split("#")
        value = eval(call, names)
        expected = eval(re.split(r": | USD", shown)[0].strip(), names)
        if isinstance(expected, list):
            value = value.tolist()
        assert value == pytest.approx(expected, rel=0.01, nan_ok=True), line


def section(heading: str) -> str:
    """The text under a heading, on one line."""
    return " ".join(TEXT.partition(f"\n{heading}\n")[2].partition("\n## ")[0].split())


def test_what_should_a_million_tokens_cost() -> None:
    text, example = section("## What should a million tokens cost"), Pricing().evaluate()
    for key in MECHANISMS:
        price, profit = example[f"{key}_price"], example[f"{key}_profit"]
        row = re.search(rf"\| {price:.2f}(?: on average)? \| ([\d,]+) \|", text)
        assert (row is None) == (key == "tried"), key
        assert row is None or float(row[1].replace(",", "")) == pytest.approx(profit, abs=0.51)
    assert f"ends at {100 * example['target_return_return']:.1f} %" in text
    assert f"best price is ${example['linear_best_price']:.2f}" in text
    assert f"earns ${example['linear_demand_profit']:,.0f}" in text


def test_what_the_history_and_the_training_say() -> None:
    text = section("## How fast does a price fall")
    decline, training = PriceDecline().evaluate(), TrainingPayback().evaluate()
    assert f"{decline['factor']:.1f} times cheaper a year" in text
    assert f"from a discount of {100 * decline['breakeven_discount']:.0f} %" in text
    assert f"${training['training_cost'] / 1e6:.3f} million" in text
    assert f"paid back after {training['payback']:.1f} months" in text


def test_which_discount_to_offer(capsys: pytest.CaptureFixture[str]) -> None:
    heading = "## Which discount to offer"
    (code,) = blocks(heading, "python")
    (printed,) = blocks(heading, "")
    exec(code, {})
    assert capsys.readouterr().out == printed


def test_a_rival_cut_by_75_per_cent() -> None:
    heading = "## A rival cut by 75 %: should we match?"
    section = TEXT.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    market = Competition().evaluate()
    for key, name in ANSWERS.items():
        price, share, profit, gain = (
            market[f"{key}_{column}"] for column in ("price", "share", "profit", "gain")
        )
        row = f"| {name.en} | {price:.2f} | {100 * share:.1f} % | {profit:,.0f} | {gain:,.0f} |"
        assert row in section
    text = " ".join(section.split())
    assert f"before ({100 * market['share']:.1f} %)" in text
    assert f"need {100 * market['needed_share']:.0f} % of the market" in text
    sharper = Competition(price_scale=0.4).evaluate()["match_price_gain"]
    assert f"where $0.40 does what $1.00 does here, matching gains {sharper:,.0f}" in text
    assert f"our price ends at ${market['nash_price']:.2f} (Nash)" in text
    assert round(Competition().price - market["reply_price"], 2) == 0.30
    assert (TEMPLATES / "price-war.png").is_file()
    (code,) = blocks(heading, "python")
    call, *shown = re.split(r"^(?=war\.)", code, flags=re.MULTILINE)
    names: dict[str, Any] = {}
    exec(call, names)
    assert len(shown) == 3
    for line in shown:
        expression, value = line.split("#")
        assert eval(expression, names) == pytest.approx(float(value.split(":")[0]), rel=1e-3)
    # The title of the chart: matching a cut of 25 % still pays, matching one of 27 % does not.
    gains = Competition().evaluate_at({"cut": np.array([0.25, 0.27])})["match_price_gain"]
    assert gains[0] > 0 > gains[1]


def test_how_fast_does_a_price_fall(capsys: pytest.CaptureFixture[str]) -> None:
    heading = "## How fast does a price fall"
    (code,) = blocks(heading, "python")
    (printed,) = blocks(heading, "")
    exec(code, {})
    assert capsys.readouterr().out == printed


def test_what_a_million_tokens_cost_us(capsys: pytest.CaptureFixture[str]) -> None:
    heading = "## What does a million tokens cost us, by kind, at 2 seconds to first token?"
    (code,) = blocks(heading, "python")
    printed, _ = blocks(heading, "")
    assert len(code.strip().splitlines()) <= 11
    exec(code, {})
    assert capsys.readouterr().out == printed
    text, plan = section(heading), ApiVsSelfhost().evaluate()
    assert f"{ApiVsSelfhost().requests / 1000:.0f} million requests a month" in text
    assert f"${plan['api_cost']:,.0f} from an API and ${plan['own_cost']:,.0f} on own" in text
    assert f"used for {100 * plan['utilization']:.0f} % of the time" in text
    assert f"from month {plan['switch']:.0f} on" in text
    assert f"${plan['uncached_cost']:.3f} (uncached input)" in text
    assert f"${plan['cached_cost']:.3f} (cached) and ${plan['output_cost']:.2f} (output)" in text


def test_how_sure_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "## How sure is a plan"
    monkeypatch.chdir(tmp_path)
    ((template, sensitivity, *printed),) = (b.splitlines() for b in blocks(heading, "console"))
    run = CliRunner().invoke
    assert run(app, template.removeprefix("$ lmprice ").split()).exit_code == 0
    found = run(app, sensitivity.removeprefix("$ lmprice ").split()).output
    assert found.splitlines()[: len(printed)] == printed
    (simulate,) = blocks(heading, "")
    found = run(app, simulate.replace("\\\n", "").removeprefix("lmprice ").split()).output
    (margin,) = (line for line in found.splitlines() if line.startswith("Gross margin"))
    assert [part in margin for part in ("84.5 %", "71.9 %", "88.9 %")] == [True] * 3


def test_a_question_of_your_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question, varied, web, function, greeks = blocks("## How sure is a plan", "python")
    names: dict[str, Any] = {}
    assert len(question.partition("class ")[2].strip().splitlines()) <= 15
    for block in (question, varied, web, function, greeks):
        exec(block, names)
    # 40,000 tickets at 0.35 less 0.12 each, less 5,000.
    assert names["plan"].__class__.__name__ == "margin"
    assert names["Support"](price=0.35).evaluate()["profit"] == pytest.approx(4_200)
    assert {path.name for path in tmp_path.iterdir()} == {
        "support.xlsx",
        "support.html",
        "margin.xlsx",
    }
    assert names["lmprice"].read("support.xlsx", names["Support"]) == names["Support"](price=0.35)


def test_price_a_usage_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "## Price a usage log"
    monkeypatch.chdir(tmp_path)
    for name, language in (("book.toml", "toml"), ("usage.csv", "csv")):
        (content,) = blocks(heading, language)
        Path(name).write_text(content, encoding="utf-8")
    for exit_code, block in enumerate(blocks(heading, "console")):
        command, *printed = block.splitlines()
        result = CliRunner().invoke(app, command.removeprefix("$ lmprice ").split())
        assert result.exit_code == exit_code  # of the second command one row is refused
        assert result.output.splitlines() == printed
    # Hand, acme: input 100 at 3 and 20 at 2, then 20 at 2 and half price; cached 30 at 0.3; output
    # 2 less the one included at 15, then 4 at 7.5 and half price: 399.  Fees 100 + 3 x 20, less
    # 100; 101 are missing from 500; a fifth of the 560 is VAT: 672.  Beta pays 2.40 + 0.06 + 2.25.
    assert "676.71" in result.output


def test_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ((_, command),) = (block.splitlines() for block in blocks("## Charts", ""))
    assert CliRunner().invoke(app, ["template", "breakeven", "-o", "plan.xlsx"]).exit_code == 0
    arguments = command.partition("#")[0].removeprefix("lmprice ").split()
    assert CliRunner().invoke(app, arguments).exit_code == 0
    (code,) = blocks("## Charts", "python")
    exec(code, {})
    assert {path.name for path in tmp_path.iterdir()} == {"plan.xlsx", "plan.png", "trend.svg"}
