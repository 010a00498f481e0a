"""The commands ``lmprice simulate`` and ``lmprice sensitivity``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import lmprice
from lmprice.cli.main import app
from lmprice.scenarios import Breakeven, Pricing
from lmprice.simulation import Normal, Truncated, monte_carlo, sensitivity

SCENARIO = Breakeven(price=20.0, quantity=100.0, unit_cost=10.0, fixed_cost=600.0)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("books") / "book.xlsx"
    lmprice.build(SCENARIO, path)
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def test_simulate(book: str) -> None:
    options = ("--vary", "price=normal:20,9,low=0", "--draws", "500", "--seed", "3")
    expected = monte_carlo(SCENARIO, {"price": Truncated(Normal(20, 9), low=0)}, 500, 3)
    shown = run("simulate", book, *options)
    assert (shown.exit_code, shown.stdout) == (0, f"{expected}\n")
    found = json.loads(run("simulate", book, *options, "--json").stdout)
    assert (found["file"], found["template"], found["draws"]) == (book, "breakeven", 500)
    profit = next(row for row in found["results"] if row["key"] == "profit")
    assert profit["chance_of_loss"] == expected["profit"].chance_of_loss > 0.2


@pytest.mark.parametrize(
    ("vary", "text"),
    [
        ("uniform:10,30", "Uniform(low=10, high=30)"),
        ("triangular:10,20,40", "Triangular(low=10, mode=20, high=40)"),
        ("pert:10,20,40", "Pert(low=10, mode=20, high=40)"),
        ("lognormal:20,5,high=90", "Truncated(LogNormal(mean=20, sd=5), high=90)"),
    ],
)
def test_distributions(book: str, vary: str, text: str) -> None:
    shown = run("simulate", book, "--vary", f"price={vary}", "--draws", "10")
    assert shown.stdout.splitlines()[1] == f"  price ~ {text}"


def test_sensitivity(book: str) -> None:
    expected = sensitivity(SCENARIO, "profit", change=0.2)
    shown = run("sensitivity", book, "profit", "--change", "0.2")
    assert (shown.exit_code, shown.stdout) == (0, f"{expected}\n")
    found = json.loads(run("sensitivity", book, "operating_leverage", "--json").stdout)
    assert found["base"] == 2.5
    assert found["inputs"][0]["name"] == "price"
    # No elasticity where the result has no answer: JSON has no NaN.
    found = json.loads(run("sensitivity", book, "breakeven_low", "--json").stdout)
    assert found["base"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--vary", "price"), "--vary 'price' is not an input, = and one of normal, uniform, "),
        (("--vary", "price=gauss:1,2"), "--vary 'price=gauss:1,2' is not an input, = and one"),
        (("--vary", "price=normal:1,x"), "--vary 'price=normal:1,x': 'x' is not a number"),
        (("--vary", "price=normal:1,sd=2"), "'sd=2' is not a number"),
        (("--vary", "price=normal:1"), "--vary 'price=normal:1': normal takes 2 numbers, not 1"),
        (("--vary", "price=normal:1,-2"), "Normal: sd -2 is not above 0"),
        (("--vary", "pric=normal:1,2"), "distributions 'pric' is no input of breakeven"),
        (("--vary", "price=normal:1,2"), "use Truncated(Normal(mean=1.0, sd=2.0), low=0)"),
    ],
)
def test_wrong_usage(book: str, arguments: tuple[str, ...], message: str) -> None:
    shown = run("simulate", book, *arguments)
    assert shown.exit_code == 2
    assert shown.stderr.startswith("lmprice: ")
    assert message in shown.stderr


def test_titles_are_taken_where_keys_are(book: str, tmp_path: Path) -> None:
    keys = run("sensitivity", book, "breakeven_quantity").stdout
    assert run("sensitivity", book, "breakeven QUANTITY").stdout == keys
    assert run("sensitivity", book, "盈亏平衡数量").stdout == keys
    options = ("--draws", "20", "--seed", "3", "--json")
    by_key = run("simulate", book, "--vary", "unit_cost=normal:9,1,low=0", *options).stdout
    by_title = run("simulate", book, "--vary", "Unit cost=normal:9,1,low=0", *options).stdout
    assert by_title == by_key
    twice = run(
        "simulate", book, "--vary", "price=uniform:1,2", "--vary", "Price=uniform:1,3", *options
    )
    assert "price varies already" in twice.stderr


@pytest.mark.engine
def test_of_many_results_those_are_named_that_are_like_it(tmp_path: Path) -> None:
    path = lmprice.build(Pricing(), tmp_path / "p.xlsx")
    wrong = run("sensitivity", str(path), "best profits")
    assert "'best profits' is no result; there are: best_profit, " in wrong.stderr
    assert wrong.stderr.rstrip().endswith(" more")
    assert "residual" not in wrong.stderr
    assert len(wrong.stderr) < 400


def test_problems(book: str, tmp_path: Path) -> None:
    wrong = run("sensitivity", book, "profits")
    assert (wrong.exit_code, "'profits' is no result" in wrong.stderr) == (2, True)
    bad = tmp_path / "bad.xlsx"
    bad.write_text("no workbook")
    shown = run("simulate", str(bad), "--vary", "price=uniform:1,2")
    assert shown.exit_code == 1
    assert shown.stderr.startswith(f"lmprice: {bad}: ")


def test_an_input_varies_once(book: str) -> None:
    twice = ("--vary", "price=normal:20,2,low=0", "--vary", "price=uniform:1,2")
    shown = run("simulate", book, *twice)
    message = "lmprice: --vary 'price=uniform:1,2': price varies already, as Truncated("
    assert shown.exit_code == 2
    assert shown.stderr.startswith(message)


def test_draws_have_a_limit(book: str) -> None:
    shown = run("simulate", book, "--vary", "price=uniform:10,30", "--draws", "10000000000")
    assert shown.exit_code == 2
    assert "draws 10000000000 is above 4,545,454, the most where 22 results" in shown.stderr


def test_draws_whose_squares_are_too_large_bring_no_warning(
    book: str, recwarn: pytest.WarningsRecorder
) -> None:
    result = run("simulate", book, "--vary", "price=lognormal:1,1e308", "--draws", "10")
    assert result.exit_code == 0, result.output
    assert list(recwarn) == []
