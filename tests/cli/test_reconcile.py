"""The command ``lmprice reconcile``."""

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
2026-01-06T10:00:00Z,beta,chat,1000000
"""
BILL = """date,name,kind_of_tokens,units,eur
2026-01-05,chat,output,2000000,20.00
2026-01-06,chat,output,1100000,11.00
"""
MAP = [
    part
    for pair in ("day=date", "model=name", "meter=kind_of_tokens", "quantity=units", "amount=eur")
    for part in ("--map", pair)
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(USAGE)
    (tmp_path / "bill.csv").write_text(BILL)
    save_book(book(*tokens(output=10)), tmp_path / "book.toml")
    return tmp_path


def run(*arguments: str) -> Result:
    start = ("reconcile", "usage.csv", "--book", "book.toml", "--bill", "bill.csv")
    return CliRunner().invoke(app, [*start, *arguments])


def test_reconcile(here: Path) -> None:
    result = run(*MAP, "-o", "gap.json")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "2 rows of usage, 2 of the bill (columns)\n"
        "Ours 30.00 USD, theirs 31.00: a gap of +1.00\n"
        "  counts: +1.00\n"
        "2026-01-06 chat output: the bill counts 1,100,000, the usage 1,000,000, +1.00\n"
        "Wrote gap.json\n"
    )
    assert json.loads((here / "gap.json").read_text())["gap"] == 1


def test_workbook_and_days(here: Path) -> None:
    result = run(*MAP, "--to", "2026-01-06", "-o", "gap.xlsx", "--lang", "zh")
    assert result.exit_code == 0, result.output
    assert "Ours 20.00 USD, theirs 20.00: a gap of +0.00\n" in result.stdout
    assert openpyxl.load_workbook(here / "gap.xlsx").sheetnames[0] == "差额"


def test_refused_rows_are_said(here: Path) -> None:
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,chat,x\n")
    result = run(*MAP, "-o", "gap.json")
    assert result.exit_code == PROBLEMS
    assert (
        "1 rows of usage are refused and stand on no side\n"
        "Refused: 1 rows: output_tokens x is not a whole number, at least 0\n"
    ) in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "gap.pdf"), WRONG_USAGE, "a reconciliation is written as .xlsx or .json"),
        (("-o", "no/gap.json"), WRONG_USAGE, "there is no folder no"),
        (("-o", "gap.json"), PROBLEMS, "bill.csv is no bill that is known (openai, anthropic, "),
        (("-o", "gap.json", "--from", "May"), WRONG_USAGE, "--from May: write a day such as"),
    ],
)
def test_problems(here: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (here / "gap.json").exists()


def test_a_file_that_exists_stays(here: Path) -> None:
    (here / "gap.json").write_text("mine")
    assert run(*MAP, "-o", "gap.json").exit_code == WRONG_USAGE
    assert (here / "gap.json").read_text() == "mine"
