"""The command line, as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from lmprice.cli import main as cli
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE
from lmprice.scenarios import SCENARIOS, Breakeven, Inference
from lmprice.workbook import read
from lmprice.workbook.building import workbook_bytes
from tests.workbook.conftest import edit
from tests.workbook.made import build


def run(*arguments: object) -> Result:
    """Run a command; nothing may end in a traceback."""
    result = CliRunner().invoke(cli.app, [str(a) for a in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_demo_prints_the_published_day(folder: Path) -> None:
    result = run("demo")
    assert result.exit_code == 0
    lines = {" ".join(line.split()) for line in result.output.splitlines()}
    # DeepSeek published cost 87,072, revenue 562,027 and 545 %; 84.5 % follows from the first two.
    assert "Cost 87,072 USD 87,072" in lines
    assert "Revenue 562,100 USD 562,027" in lines
    assert "Gross margin 84.5 % 84.5 %" in lines
    assert "Profit over cost 5.46 ratio 5.45" in lines
    assert "unrounded token counts" in result.output
    path = folder / "lmprice-demo" / "inference.xlsx"
    assert str(path) in result.output
    assert read(path) == Inference()


@pytest.mark.engine
def test_demo_again_and_over_a_changed_workbook(folder: Path) -> None:
    assert run("demo", "-o", "d").exit_code == 0
    assert run("demo", "-o", "d").exit_code == 0
    path = edit(Path("d/inference.xlsx"), {"Inputs!B5": 100})
    refused = run("demo", "-o", "d")
    assert refused.exit_code == WRONG_USAGE
    assert "exists already; --force overwrites it" in refused.output
    assert read(path) == Inference(nodes=100)
    assert run("demo", "-o", "d", "--force").exit_code == 0
    assert read(path) == Inference()


@pytest.mark.engine
def test_template(folder: Path) -> None:
    assert "Wrote breakeven.xlsx" in run("template", "breakeven").output
    assert read("breakeven.xlsx") == Breakeven()
    refused = run("template", "breakeven")
    assert refused.exit_code == WRONG_USAGE
    assert refused.output == "lmprice: breakeven.xlsx exists already; --force overwrites it\n"
    forced = run("template", "breakeven", "--force", "--lang", "zh", "-o", "breakeven.xlsx")
    assert forced.exit_code == 0
    assert openpyxl.load_workbook("breakeven.xlsx").sheetnames[:2] == ["答案", "输入"]
    assert run("template", "inference", "--blank", "-o", "blank.xlsx").exit_code == 0
    assert Path("blank.xlsx").read_bytes() == workbook_bytes(Inference(), blank=True)


def test_template_used_wrongly(folder: Path) -> None:
    unknown = run("template", "nothing")
    assert unknown.exit_code == WRONG_USAGE
    known = ", ".join([*SCENARIOS, "price-book"])
    assert f"there is no template 'nothing'; there are: {known}" in unknown.output
    nowhere = run("template", "breakeven", "-o", "nowhere/b.xlsx")
    assert nowhere.exit_code == WRONG_USAGE
    assert "there is no folder nowhere" in nowhere.output
    assert run("template", "breakeven", "--lang", "de").exit_code == WRONG_USAGE


def test_a_folder_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "replace", refuse)
    result = run("template", "breakeven")
    assert result.exit_code == WRONG_USAGE
    assert result.output == "lmprice: cannot write breakeven.xlsx: Permission denied\n"


def test_evaluate_as_a_table(folder: Path) -> None:
    build(Breakeven(price=8), "b.xlsx")
    build(Inference(cached_price=1e-6), "i.xlsx")
    result = run("evaluate", "b.xlsx", "i.xlsx")
    assert result.exit_code == 0
    lines = {" ".join(line.split()) for line in result.output.splitlines()}
    assert "Profit -300.00 USD" in lines  # hand: 100 · (8 - 10) - 100
    assert "Breakeven quantity no answer units" in lines
    assert "Gross margin -25.0 %" in lines
    assert "Revenue, cached input 0.342 USD" in lines
    assert {"b.xlsx", "i.xlsx"} <= lines


def test_evaluate_as_json(folder: Path) -> None:
    build(Breakeven(price=8), "b.xlsx")
    build(Breakeven(), "bad.xlsx")
    edit(Path("bad.xlsx"), {"Inputs!B5": "abc", "Inputs!B6": -5})
    Path("text.xlsx").write_text("no workbook")
    result = run("evaluate", "b.xlsx", "bad.xlsx", "text.xlsx", "--json")
    assert result.exit_code == PROBLEMS
    good, bad, text = (json.loads(line) for line in result.output.splitlines())
    assert list(good) == [
        "file", "template", "version", "scenario", "currency", "tokens",
        "verdict", "results", "notes", "stale",
        "problems",
    ]  # fmt: skip
    assert (good["file"], good["template"], good["version"]) == ("b.xlsx", "breakeven", 3)
    # Hand: 100 · (8 - 10) - 100 = -300, and at a price below the unit cost it stays a loss.
    assert good["verdict"] == {
        "tone": "bad",
        "text": "Loses 300 USD at 100 units, and selling more does not earn it back.",
    }
    assert (good["scenario"], good["stale"], good["notes"]) == ("Base", 0, [])
    assert good["results"]["profit"] == -300
    assert good["results"]["breakeven_quantity"] is None
    assert good["problems"] == []
    assert (bad["template"], bad["results"]) == ("breakeven", None)
    assert bad["problems"] == [
        "Inputs!B5 Quantity: 'abc' is text, not a number",
        "Inputs!B6 Price: -5 is below 0",
    ]
    assert (text["template"], text["version"], text["results"]) == (None, None, None)
    assert text["problems"] == ["is not an Excel workbook, or is damaged"]


def test_evaluate_with_problems(folder: Path) -> None:
    build(Breakeven(), "bad.xlsx")
    edit(Path("bad.xlsx"), {"Inputs!B6": -5})
    result = run("evaluate", "bad.xlsx")
    assert result.exit_code == PROBLEMS
    assert result.stderr == "bad.xlsx: Inputs!B6 Price: -5 is below 0\n"
    assert run("evaluate", "missing.xlsx").exit_code == WRONG_USAGE
    assert run("evaluate").exit_code == WRONG_USAGE


def test_check(folder: Path) -> None:
    build(Breakeven(), "b.xlsx")
    assert run("check", "b.xlsx").exit_code == 0
    edit(Path("b.xlsx"), {"Results!B8": 905})
    result = run("check", "b.xlsx")
    assert result.exit_code == PROBLEMS
    assert result.stderr.startswith("b.xlsx: Results!B8 Profit: the formula =price*quantity")
    openpyxl.Workbook().save("theirs.xlsx")
    other = run("check", "theirs.xlsx")
    assert (other.exit_code, other.stderr) == (
        1,
        "theirs.xlsx: is not an lmprice template: 'lmprice template NAME' makes one to fill in\n",
    )


def test_functions() -> None:
    table = run("functions")
    assert table.exit_code == 0
    assert "breakeven_quantity" in table.output
    assert "LMBREAKEVEN" in table.output
    for name in ("breakeven_quantity", "LMBREAKEVEN", "lmbreakeven"):
        shown = run("functions", name).output
        assert "=LMBREAKEVEN(price, unit_cost, fixed_cost)" in shown
        assert "IF(price-unit_cost>0,fixed_cost/(price-unit_cost),NA())" in shown
        assert "LAMBDA: =LAMBDA(price,unit_cost,fixed_cost,LET(" in shown
    assert "[fixed_cost]" in run("functions", "profit").output
    unknown = run("functions", "nothing")
    assert unknown.exit_code == WRONG_USAGE
    assert "there is no function 'nothing'" in unknown.output


def test_help_and_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("--help").exit_code == 0
    assert run().exit_code == WRONG_USAGE
    monkeypatch.setattr("sys.argv", ["lmprice", "functions", "cost"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 0


@pytest.mark.engine
def test_version_and_lambda_edition(folder: Path) -> None:
    assert run("--version").output == "lmprice 0.1.0\n"
    assert "Wrote f.xlsx" in run("excel", "lambda", "-o", "f.xlsx").output
    assert "LMPROFIT" in openpyxl.load_workbook("f.xlsx").defined_names
    assert run("excel", "lambda", "-o", "f.xlsx").exit_code == WRONG_USAGE
    assert run("excel", "lambda", "-o", "nowhere/f.xlsx").exit_code == WRONG_USAGE


def test_where_a_workbook_cannot_be(folder: Path) -> None:
    Path("file").write_text("")
    demo = run("demo", "-o", "file/below")
    assert (demo.exit_code, demo.output.count("\n")) == (WRONG_USAGE, 1)
    Path("d/inference.xlsx").mkdir(parents=True)
    assert run("demo", "-o", "d", "--force").exit_code == WRONG_USAGE
    named = run("template", "breakeven", "-o", "b.xls")
    assert named.exit_code == WRONG_USAGE
    assert "ends in .xlsx, not 'b.xls'" in named.output
    if os.name == "posix":
        device = run("evaluate", "/dev/zero")
        assert (device.exit_code, device.stderr) == (PROBLEMS, "/dev/zero: is not a file\n")


def test_notes_of_a_scenario_are_printed(folder: Path) -> None:
    assert run("template", "discounts").exit_code == 0
    assert "Note: With volume tiers a bill falls" in run("evaluate", "discounts.xlsx").output


@pytest.mark.engine
def test_a_narrow_terminal_cuts_no_number(folder: Path) -> None:
    assert run("template", "pricing").exit_code == 0
    assert "27,778" in run("evaluate", "pricing.xlsx").output


def test_functions_are_suggested_listed_and_given_to_a_program() -> None:
    run = CliRunner().invoke
    missing = run(cli.app, ["functions", "margin"])
    assert missing.exit_code == 2
    assert "did you mean" in missing.output
    assert "gross_margin" in missing.output
    assert "did you mean profit" in run(cli.app, ["functions", "proft"]).output
    listed = run(cli.app, ["functions", "--json"])
    content = json.loads(listed.output)
    assert {"fit_decline", "monte_carlo"} <= set(content["more"])
    (profit,) = (f for f in content["functions"] if f["name"] == "profit")
    assert profit["formula"] == "price*quantity-unit_cost*quantity-fixed_cost"
    assert json.loads(run(cli.app, ["functions", "LMPROFIT", "--json"]).output) == profit
    assert run(cli.app, ["functions", "fit_decline"]).output.startswith("fit_decline(")
    assert json.loads(run(cli.app, ["functions", "build", "--json"]).output)["name"] == "build"
    assert run(cli.app, ["functions", "-h"]).exit_code == 0


@pytest.mark.engine
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lmprice template pr", "pricing price-decline price-book"),
        ("lmprice functions gross", "gross_margin"),
        ("lmprice functions fit_d", "fit_decline fit_demand"),
        ("lmprice reco", "reconcile"),
    ],
)
def test_a_shell_completes_names(words: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_LMPRICE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    shown = subprocess.run(
        [sys.executable, "-c", "from lmprice.cli.main import app; app(prog_name='lmprice')"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.split() == found.split()
