"""The command ``lmprice rate``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from lmprice.billing.files import save_book
from lmprice.cli import rate as commands
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE
from tests.billing.books import book, tokens

app = typer.Typer()
app.command()(commands.rate)
app.command()(lambda: None)

USAGE = """timestamp,customer,model,input_tokens,cached_tokens,output_tokens
2026-01-05T10:00:00Z,acme,chat,2000000,500000,300000
2026-01-20T10:00:00Z,beta,chat,1000000,0,100000
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usage.csv").write_text(USAGE)
    save_book(book(*tokens(input=3, cached=0.3, output=15)), tmp_path / "book.toml")
    save_book(book(*tokens(input=4, cached=0.1, output=6)), tmp_path / "costs.json")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rate", *arguments])


def test_rate(here: Path) -> None:
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "2 rows: 2 rated, 0 refused\n"
        "Billed 13.65 USD to 2 customers\n"
        "Wrote bill.csv\n"
        "Wrote bill.lines.csv\n"
    )
    assert (here / "bill.csv").read_text().splitlines()[1] == "acme,2026-01-01,9.15,9.15,9.15,9.15"


def test_margins(here: Path) -> None:
    result = run("usage.csv", "--book", "book.toml", "--costs", "costs.json", "-o", "bill.xlsx")
    assert result.exit_code == 0, result.output
    assert "beta loses money: pays 4.50, costs 4.60\n" in result.stdout
    assert "Margin" in openpyxl.load_workbook(here / "bill.xlsx").sheetnames


def test_refused_rows(here: Path) -> None:
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,chat,1,2,0\n")
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == PROBLEMS
    assert "3 rows: 2 rated, 1 refused\n" in result.stdout
    assert "Wrote bill.refused.csv\n" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--book", "book.toml", "-o", "no/bill.csv"), 2, "there is no folder no"),
        (("--book", "book.toml", "-o", "bill.pdf"), 2, "bill.pdf: a bill is written as .xlsx, "),
        (("--book", "book.toml", "-o", "usage.csv"), 2, "usage.csv exists already; --force over"),
        (
            ("--book", "book.toml", "-o", "usage.csv", "--force"),
            2,
            "usage.csv would be overwritten",
        ),
        (
            ("--book", "bad.toml", "-o", "b.csv"),
            1,
            "name: is missing\nlmprice: version: is missing",
        ),
        (("--book", "book.toml", "--costs", "cny.toml", "-o", "b.csv"), 1, "Test is in USD, "),
    ],
)
def test_problems(here: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    (here / "bad.toml").write_text("currency = 'USD'\ncharges = []")
    save_book(book(*tokens(input=1, cached=1, output=1), currency="CNY"), here / "cny.toml")
    before = set(here.iterdir())
    result = run("usage.csv", *arguments)
    assert result.exit_code == code
    assert result.stderr.startswith(f"lmprice: {message}")
    assert set(here.iterdir()) == before


def test_a_disk_that_does_not_write(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lmprice.billing.report.os.replace", full)
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == WRONG_USAGE
    assert result.stderr == "lmprice: cannot write bill.csv: No space left on device\n"
    assert not list(here.glob("*bill*"))


def test_usage_that_is_no_usage_table(here: Path) -> None:
    result = run("book.toml", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == PROBLEMS
    assert result.stderr == "lmprice: book.toml: a usage table is a .csv or a .parquet file\n"


def test_without_polars(here: Path) -> None:
    """The books load without it; pricing says what to install."""
    code = """
import sys
sys.modules["polars"] = None
from lmprice.billing.files import load_book
load_book("book.toml")
import typer
from lmprice.cli.rate import rate
typer.run(rate)
"""
    command = [sys.executable, "-c", code, "usage.csv", "--book", "book.toml", "-o", "bill.csv"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == WRONG_USAGE
    assert found.stderr == (
        "lmprice: pricing usage tables needs polars: pip install 'lmprice[data]'\n"
    )
