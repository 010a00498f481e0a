"""The command ``lmprice backtest``."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from lmprice.billing.files import save_book
from lmprice.cli.main import app
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE
from tests.billing.books import book, tokens

USAGE = """timestamp,customer,model,output_tokens
2026-01-05T10:00:00Z,acme,chat,2000000
2026-01-20T10:00:00Z,beta,chat,1000000
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(USAGE)
    save_book(book(*tokens(output=10)), tmp_path / "now.toml")
    save_book(book(*tokens(output=11), name="Draft"), tmp_path / "draft.toml")
    save_book(book(*tokens(output=5)), tmp_path / "costs.toml")
    return tmp_path


def run(*arguments: str) -> Result:
    start = ("backtest", "usage.csv", "--book", "now.toml", "--against", "draft.toml")
    return CliRunner().invoke(app, [*start, *arguments])


def test_backtest(here: Path) -> None:
    result = run("--costs", "costs.toml", "--elasticity", "-1", "-o", "report.json")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "2 rows: 2 rated, 0 refused\n"
        "Draft 1: 33.00 USD instead of 30.00, +3.00 (+10.0%)\n"
        "2 of 2 customers pay more\n"
        "acme pays 2.00 more: 22.00 instead of 20.00\n"
        "beta pays 1.00 more: 11.00 instead of 10.00\n"
        "Margin 54.5% instead of 50.0%; 0 customers lose money\n"
        # 33 x (10/11) and 15 x (10/11)
        "At an elasticity of -1: 30.00 USD, profit 16.36\n"
        "Wrote report.json\n"
    )
    assert json.loads((here / "report.json").read_text())["drafts"][0]["then"] == 33


def test_refused_rows_are_told_and_set_the_exit_code(here: Path) -> None:
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,chat,x\n2026-01-20T10:00:00Z,beta,chess,1\n")
    result = run("-o", "report.json")
    assert result.exit_code == PROBLEMS
    assert result.stdout.startswith(
        "4 rows: 2 rated, 2 refused\n"
        "Refused: 1 rows: output_tokens x is not a whole number, at least 0\n"
        "Refused: 1 rows: the price book has no model chess\n"
        "Draft 1: 33.00 USD instead of 30.00, "
    )
    assert (here / "report.json").exists()


def test_guards_set_the_exit_code(here: Path) -> None:
    result = run("--guard", "p95<10%", "--guard", "max<=2", "-o", "report.xlsx")
    assert result.exit_code == PROBLEMS
    assert "Guard p95<10%: 10.00%, broken\nGuard max<=2: 2.00, holds\n" in result.stdout
    assert "Draft 1" in openpyxl.load_workbook(here / "report.xlsx").sheetnames
    assert run("--guard", "total<=10%", "-o", "report.json").exit_code == 0


def test_demand_by_observations(here: Path) -> None:
    (here / "sold.csv").write_text("price,quantity\n1,100\n2,51\n4,24\n8,13\n")
    result = run("--response", "sold.csv", "-o", "report.json")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Demand by sold.csv: quantity = ")
    responses = json.loads((here / "report.json").read_text())["drafts"][0]["responses"]
    assert [round(r["elasticity"]) for r in responses] == [-1, -1, -1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "a.json", "--elasticity", "-1", "--response", "usage.csv"), "give either"),
        (("-o", "a.json", "--response", "usage.csv"), "usage.csv has no columns price and"),
        (("-o", "report.pdf"), "a backtest is written as .xlsx or .json"),
        (("-o", "no/report.json"), "there is no folder no"),
        (("-o", "now.toml.json", "--guard", "p9<1"), "p9 is none of median"),
        (("-o", "a.json", "--guard", "losing<1"), "a guard on losing needs --costs"),
        (("-o", "a.json", "--elasticity", "x"), "--elasticity x: write -1.2"),
        (("-o", "a.json", "--elasticity", "2"), "elasticity 2 is not at most 0"),
    ],
)
def test_wrong_usage(here: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == WRONG_USAGE
    assert message in result.stderr
    assert not list(here.glob("*.json"))


def test_a_file_that_exists_stays(here: Path) -> None:
    (here / "report.json").write_text("mine")
    assert run("-o", "report.json").exit_code == WRONG_USAGE
    assert (here / "report.json").read_text() == "mine"
    assert run("-o", "report.json", "--force").exit_code == 0


def test_books_that_cannot_be_compared(here: Path) -> None:
    save_book(book(*tokens(output=11), currency="CNY"), here / "draft.toml", force=True)
    result = run("-o", "report.json")
    assert result.exit_code == PROBLEMS
    assert "Test is in USD, Test in CNY" in result.stderr
