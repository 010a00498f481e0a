"""The command ``lmprice rate``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from lmprice.billing.files import save_book
from lmprice.cli import rate as commands
from lmprice.cli.main import app as main_app
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE
from tests.billing.books import book, tokens
from tests.billing.readers.samples import ANTHROPIC

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
        "Read as: usage\n"
        "Priced: 2,500,000 input, 500,000 cached, 400,000 output\n"
        "Billed 13.65 USD to 2 customers, 2026-01-01 to 2026-02-01\n"
        "Prices: Test 1, of 2026-01-01\n"
        "Wrote bill.csv\n"
        "Wrote bill.lines.csv\n"
    )
    assert (here / "bill.csv").read_text().splitlines()[
        1
    ] == "acme,2026-01-01,9.15,9.15,9.15,9.15,0.00"


def test_the_summary_of_a_bill_with_reductions(here: Path) -> None:
    """One price in Shanghai's time, two of them dated, list cost beside what is billed."""
    shanghai = "2026-01-01T00:00:00+08:00"
    prices = book(
        *(
            {**price, "discount": 0.5, "valid_from": shanghai}
            for price in tokens(input=3, cached=1)
        ),
        *tokens(output=15),
        time_zone="Asia/Shanghai",
    )
    save_book(prices, here / "book.toml", force=True)
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    # By hand: 2.5 * 3 + 0.5 * 1 + 0.4 * 15 = 14 listed, half of the first two off.
    assert "Billed 10.00 USD (list 14.00, contracted 10.00, effective 10.00) to 2" in result.stdout
    assert "\nPrices: Test 1, of 2026-01-01\n" in result.stdout
    later = book(*tokens(input=3, cached=1), {**tokens(output=15)[0], "valid_from": "2026-01-03"})
    save_book(later, here / "book.toml", force=True)
    result = run("usage.csv", "--book", "book.toml", "-o", "bill2.csv")
    assert "\nPrices: Test 1, from 2026-01-01 to 2026-01-03\n" in result.stdout


def test_margins(here: Path) -> None:
    result = run("usage.csv", "--book", "book.toml", "--costs", "costs.json", "-o", "bill.xlsx")
    assert result.exit_code == 0, result.output
    assert "beta loses money: pays 4.50, costs 4.60\n" in result.stdout
    assert "Margin" in openpyxl.load_workbook(here / "bill.xlsx").sheetnames
    assert not (here / "bill.margins.csv").exists()


def test_margins_beside_a_bill_in_csv(here: Path) -> None:
    """All pay 13.65, of which beta 4.50 for a cost of 4.60."""
    result = run("usage.csv", "--book", "book.toml", "--costs", "costs.json", "-o", "bill.csv")
    assert "Margin " in result.stdout
    assert ": 13.65 paid, " in result.stdout
    assert "Wrote bill.margins.csv\n" in result.stdout
    header, *rows = (here / "bill.margins.csv").read_text().splitlines()
    assert header == "customer,model,revenue,cost,profit,margin"
    (beta,) = [row for row in rows if row.startswith("beta,")]
    assert beta.startswith("beta,chat,4.50,4.600000000,-0.100000000,-0.0222")


def test_a_bill_as_focus(here: Path) -> None:
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.focus.csv", "--focus", "1.2")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith("\nWrote bill.focus.csv\n")
    header, *rows = (here / "bill.focus.csv").read_text().splitlines()
    assert "ProviderName" in header.split(",")
    assert len(rows) == 5  # input, cached and output of acme, input and output of beta
    assert not (here / "bill.lines.csv").exists()


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
        (
            ("--book", "book.toml", "-o", "b.csv", "--focus", "1.2"),
            2,
            "b.csv: FOCUS is written to a name such as bill.focus.csv",
        ),
        (("--book", "book.toml", "-o", "usage.csv"), 2, "usage.csv is read by this command"),
        (
            ("--book", "book.toml", "-o", "usage.csv", "--force"),
            2,
            "usage.csv is read by this command; write to another file",
        ),
        (
            ("--book", "book.toml", "-o", "b.csv", "--map", "customer"),
            2,
            "--map customer: write COLUMN=COLUMN, such as customer=project_id",
        ),
        (
            ("--book", "bad.toml", "-o", "b.csv"),
            1,
            "bad.toml: name: is missing\nlmprice: bad.toml: version: is missing",
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

    monkeypatch.setattr("lmprice.output.files._exclusively", full)
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == WRONG_USAGE
    assert result.stderr == "lmprice: cannot write bill.csv: No space left on device\n"
    assert not list(here.glob("*bill*"))


def test_usage_that_is_no_usage_table(here: Path) -> None:
    result = run("book.toml", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == PROBLEMS
    assert result.stderr.startswith("lmprice: book.toml is of no source that is known: it has ")


def test_an_export_as_it_is(here: Path) -> None:
    """By hand: 3 + 100 + 20 + 1000 input tokens and 550 output tokens of the log, at 1 each."""
    charge = 'model = "claude-*"\nper = 1\ncharge_model = "standard"\nunit_price = 1\n'
    head = 'format = 2\nname = "b"\nversion = "1"\ncurrency = "USD"\n'
    source = '[[sources]]\nname = "all"\ncontains = { input = ["cached", "cache_write", '
    ignored = 'ignore = ["service_tier", "speed", "region", "context_window", "web_searches"]\n'
    charges = "".join(f'[[charges]]\nmeter = "{m}"\n{charge}' for m in ("input", "output"))
    text = f'{head}{ignored}{source}"cache_write_1h"] }}\n{charges}'
    (here / "list.toml").write_text(text)
    (here / "export.csv").write_text(ANTHROPIC + "2026-03-02,claude\n")
    result = run("export.csv", "--book", "list.toml", "-o", "b.csv", "--customer", "api_key")
    assert result.exit_code == PROBLEMS
    assert "2 rows: 1 rated, 1 refused\nRead as: anthropic\n" in result.stdout
    assert "Refused: 1 rows: the row has ... fields instead of ...\n" in result.stdout
    assert "Billed 1,673.00 USD to 1 customers" in result.stdout
    assert (here / "b.csv").read_text().splitlines()[1].startswith("key,2026-03-01,1673.00,")
    assert "2026-03-02,(no api_key),claude," in (here / "b.refused.csv").read_text()


def test_texts_that_a_spreadsheet_would_take_for_formulas(here: Path) -> None:
    usage = (here / "usage.csv").read_text()
    (here / "usage.csv").write_text(usage.replace("acme", "=2+3"))
    assert run("usage.csv", "--book", "book.toml", "-o", "bill.csv").exit_code == 0
    assert "\n'=2+3," in (here / "bill.csv").read_text()
    assert "'=2+3," in (here / "bill.lines.csv").read_text()


def test_without_polars(here: Path) -> None:
    """The books load without it; pricing says what to install."""
    code = """
import sys
sys.modules["polars"] = None
from lmprice.billing.files import load_book
load_book("book.toml")
import typer
from tests.billing.readers.samples import ANTHROPIC
from lmprice.cli.rate import rate
typer.run(rate)
"""
    command = [sys.executable, "-c", code, "usage.csv", "--book", "book.toml", "-o", "bill.csv"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == WRONG_USAGE
    assert found.stderr == (
        "lmprice: pricing usage tables needs polars: pip install 'lmprice[data]'\n"
    )


def test_a_span_and_grains(here: Path) -> None:
    result = run(
        *("usage.csv", "--book", "book.toml", "-o", "bill.csv", "--from", "2026-01-01"),
        *("--to", "2026-03-01", "--by", "day", "--by", "model", "--rows"),
    )
    assert result.exit_code == 0, result.output
    assert "Billed 13.65 USD to 2 customers, 2026-01-01 to 2026-03-01\n" in result.stdout
    assert (here / "bill.by.csv").read_text().splitlines() == [
        "customer,period,day,model,category,effective_cost,billed_cost",
        "acme,2026-01-01,2026-01-05,chat,usage,9.15,9.15",
        "beta,2026-01-01,2026-01-20,chat,usage,4.50,4.50",
    ]
    rows = (here / "bill.rows.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows] == ["row", "1", "2"]
    wrong = run("usage.csv", "--book", "book.toml", "-o", "b.csv", "--from", "spring")
    assert (wrong.exit_code, wrong.stderr) == (
        1, "lmprice: 'spring' is no date such as 2026-03-01\n",
    )  # fmt: skip


def test_what_stays_open_and_what_has_no_price(here: Path) -> None:
    since = {"valid_from": "2026-01-01"}
    yearly = [{"name": "yearly", "minimum": 1200, "period": "year", **since}]
    prepaid = [{"name": "prepaid", "amount": 10, **since}]
    accounts = [{"customer": "acme", "commitments": yearly, "credits": prepaid}]
    names = [{"name": "chat", "aliases": ["other/*"]}]
    prices = book(*tokens(input=3, cached=0.3), accounts=accounts, models=names, unpriced="list")
    save_book(prices, here / "book.toml", force=True)
    with (here / "usage.csv").open("a") as file:
        file.write("2026-01-20T10:00:00Z,beta,other/chat,100,0,0\n")
    result = run("usage.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.exit_code == 0, result.output
    for line in (
        "chat: 400,000 output without a price, in 2 rows",
        "acme: yearly: 1,195.35 due by 2027-01-01",
        "acme: prepaid: 5.35 of credit left",
        "other/chat is priced as chat (pattern), 1 rows",
    ):
        assert line + "\n" in result.stdout


def test_book_check_and_schema(here: Path) -> None:
    """The workings of a book in words; problems by path; a schema."""
    runner = CliRunner()
    found = runner.invoke(main_app, ["book", "check", "book.toml"])
    assert found.exit_code == 0
    assert "chat: $3 per million input tokens from 2026-01-01\n" in found.output
    (here / "bad.toml").write_text("currency = 'USD'\nname = 'n'\nversion = '1'\nfee = 1\n")
    found = runner.invoke(main_app, ["book", "check", "bad.toml"])
    assert found.exit_code == 1
    assert "lmprice: bad.toml: fee: is not a field of a price book" in found.output
    schema = json.loads(runner.invoke(main_app, ["book", "schema"]).output)
    assert schema["properties"]["currency"]["pattern"] == "^[A-Z]{3}$"


def test_the_files_of_a_pattern_are_named(here: Path) -> None:
    for name in ("a1.csv", "a2.csv", "a[12].csv", "b1.csv"):
        (here / name).write_text(USAGE)
    result = run("a*.csv", "--book", "book.toml", "-o", "bill.csv")
    assert result.stdout.startswith(
        "3 files: a1.csv, a2.csv, a[12].csv\n6 rows: 6 rated, 0 refused\n"
    )
    one = run("a[12].csv", "--book", "book.toml", "-o", "one.csv")  # a file of that name is it
    assert one.stdout.startswith("2 rows: 2 rated, 0 refused\n")


def test_refused_lines_have_their_bytes(here: Path) -> None:
    line = b'2026-01-05T10:00:00Z,M\xfc"ller,chat,1,0,1'
    (here / "usage.csv").write_bytes(USAGE.encode() + line + b"\n")
    assert run("usage.csv", "--book", "book.toml", "-o", "b.csv").exit_code == PROBLEMS
    assert b'Z,"M\xfc""ller",chat' in (here / "b.refused.csv").read_bytes()


def test_a_column_that_is_named_twice(here: Path) -> None:
    mapped = ("--map", "customer=a", "--map", "customer=b")
    result = run("usage.csv", "--book", "book.toml", "-o", "b.csv", *mapped)
    assert (result.exit_code, result.stderr) == (
        WRONG_USAGE, "lmprice: --map customer=: customer is said twice\n",
    )  # fmt: skip
