"""The command ``lmprice solve``."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lmprice.billing import load_book
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
    save_book(book(*tokens(output=6)), tmp_path / "costs.toml")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["solve", "usage.csv", "--book", "now.toml", *arguments])


@pytest.mark.engine
def test_a_margin(here: Path) -> None:
    """Cost 18, so that a margin of 50 % takes 36: 1.2 times the price."""
    result = run("--margin", "50%", "--costs", "costs.toml", "-o", "new.toml")
    assert result.exit_code == 0, result.output
    first, *lines = result.stdout.splitlines()
    assert first.startswith("Times 1.199750, ")  # 20 x it is 23.995, billed as 24.00
    assert lines[1:] == [
        "Then all pay 36.00 USD, a margin of 50.00%",
        "Test 1: 36.00 USD instead of 30.00, +6.00 (+20.0%)",
        "2 of 2 customers pay more",
        "acme pays 4.00 more: 24.00 instead of 20.00",
        "beta pays 2.00 more: 12.00 instead of 10.00",
        "Margin 50.0% instead of 40.0%; 0 customers lose money",
        "Wrote new.toml",
    ]
    new = load_book(here / "new.toml")
    assert new.version == "1 x 1.199750"
    assert new.charges[0].model_dump()["unit_price"] == pytest.approx(12, abs=0.01)


@pytest.mark.engine
def test_refused_rows_are_told_and_set_the_exit_code(here: Path) -> None:
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,chat,x\n")
    result = run("--revenue", "45", "-o", "new.toml")
    assert result.exit_code == PROBLEMS
    told = "\nRefused: 1 rows: output_tokens x is not a whole number, at least 0\nWrote new.toml\n"
    assert result.stdout.endswith(told)


@pytest.mark.engine
def test_a_revenue_of_one_charge(here: Path) -> None:
    result = run("--revenue", "45", "--charge", "chat output", "-o", "new.json")
    assert "Then all pay 45.00 USD\n" in result.stdout
    assert run("--revenue", "45", "-o", "new.json").exit_code == WRONG_USAGE
    assert run("--revenue", "45", "-o", "new.json", "--force").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--revenue", "45", "-o", "new.pdf"), WRONG_USAGE, "a price book is written as .toml"),
        (("--revenue", "45", "-o", "no/new.toml"), WRONG_USAGE, "there is no folder no"),
        (("--margin", "much", "-o", "a.toml"), WRONG_USAGE, "--margin much: write 0.4 or 40%"),
        (("--margin", "0.4", "-o", "a.toml"), WRONG_USAGE, "solve: margin needs costs"),
        (("-o", "a.toml"), WRONG_USAGE, "solve: give either revenue or margin"),
        (("--revenue", "1e9", "-o", "a.toml"), WRONG_USAGE, "no factor up to 1000 reaches 1,000"),
        (("--revenue", "1", "--map", "model=x", "-o", "a.toml"), PROBLEMS, "x"),
    ],
)
def test_what_is_wrong(here: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (here / "a.toml").exists()


@pytest.mark.parametrize("name", ["now.toml", "costs.toml"])
def test_no_book_that_is_read_is_written_over(here: Path, name: str) -> None:
    before = (here / name).read_bytes()
    result = run("--margin", "50%", "--costs", "costs.toml", "-o", name, "--force")
    assert result.exit_code == WRONG_USAGE
    assert result.stderr == f"lmprice: {name} is read by this command; write to another file\n"
    assert (here / name).read_bytes() == before
