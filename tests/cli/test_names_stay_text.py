"""What others typed into name fields stays text in every file that is made of it."""

from __future__ import annotations

import csv
import html
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.language.errors import PricingError
from lmprice.scenarios import Discounts
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.workbook import read
from tests.engines import libreoffice
from tests.office import Office
from tests.workbook.conftest import edit
from tests.workbook.made import build

COMMAND = "=cmd|' /C calc'!A0"
NAMES = (COMMAND, "+1", "@x", "-1+1", "=1+1", "<script>alert(1)</script>", r"$\frac$ $x$")
SCRIPT = html.escape(NAMES[5])
SCENARIO = Discounts(workload=[Customer(customer=name, usage=1.0) for name in NAMES])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workbook with such names, one of them that of the scenario in use."""
    monkeypatch.chdir(tmp_path)
    path = build(SCENARIO, tmp_path / "w.xlsx")
    workbook = openpyxl.load_workbook(path)
    for cell in (workbook["Inputs"]["E4"], workbook["Inputs"]["B3"]):
        cell.value = COMMAND
        cell.data_type = "s"  # as a program writes what was typed with an apostrophe before it
    workbook.save(path)
    return path


def run(*arguments: str) -> str:
    outcome = CliRunner().invoke(app, list(arguments))
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


@pytest.mark.engine
def test_in_a_workbook_and_read_back(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)["Workload"]
    cells = [sheet.cell(5 + n, 1) for n in range(len(NAMES))]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", name) for name in NAMES]
    assert read(path) == SCENARIO


def test_in_a_workbook_that_libreoffice_saved(soffice: Office, path: Path, tmp_path: Path) -> None:
    saved = libreoffice(soffice, path, "xlsx", tmp_path)
    assert read(saved) == SCENARIO


@pytest.mark.engine
def test_in_what_evaluate_prints(path: Path) -> None:
    assert "Commitment" in run("evaluate", str(path))
    assert json.loads(run("evaluate", str(path), "--json"))["scenario"] == COMMAND


@pytest.mark.engine
def test_in_a_summary(path: Path) -> None:
    folder = Path("files")
    folder.mkdir()
    for name in ("=1+1.xlsx", "@x.xlsx"):
        shutil.copy(path, folder / name)
    for kind in ("csv", "xlsx", "parquet"):
        run("evaluate", "files", "--summary", f"all.{kind}")
    with Path("all.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["scenario"] for row in rows} == {f"'{COMMAND}"}  # so that Excel takes it as text
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    cells = [cell for row in openpyxl.load_workbook("all.xlsx").worksheets[0] for cell in row]
    assert {cell.data_type for cell in cells if cell.value in (COMMAND, "files/=1+1.xlsx")} == {"s"}
    assert not any(cell.data_type == "f" for cell in cells)
    assert pl.read_parquet("all.parquet")["scenario"].to_list() == [COMMAND, COMMAND]


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["html", "md", "pdf"])
def test_in_a_report(path: Path, kind: str) -> None:
    run("report", str(path), "-o", f"report.{kind}")
    content = Path(f"report.{kind}").read_bytes()
    assert NAMES[5].encode() not in content
    if kind == "html":
        assert SCRIPT in content.decode()
        assert html.escape(COMMAND) in content.decode()
    if kind == "md":
        assert r"\<script\>alert(1)\</script\>" in content.decode()
        assert r"\$\\frac\$ \$x\$" in content.decode()


@pytest.mark.engine
def test_in_a_page(path: Path) -> None:
    run("page", str(path), "-o", "page.html")
    assert NAMES[5] not in Path("page.html").read_text(encoding="utf-8")


@pytest.mark.engine
def test_in_workbooks_that_are_filled_from_records(tmp_path: Path, path: Path) -> None:
    Path("data.json").write_text(json.dumps([{"customer": COMMAND, "list_price": 9.0}]))
    run("fill", "discounts", "--from", "data.json", "-o", "out", "--name", "{customer}")
    (made,) = Path("out").iterdir()
    assert made.suffix == ".xlsx"
    assert made.parent.resolve() == (tmp_path / "out").resolve()
    edit(made, {"Inputs!J5": "from the invoice"})
    assert read(made) == Discounts(list_price=9.0)


@pytest.mark.parametrize("name", ["a\x01b", "a\ud800b", "a\uffffb", "x" * 40_000])
def test_a_name_that_no_workbook_can_hold_is_refused(name: str) -> None:
    records: Any = [{"customer": name, "usage": 1.0}]
    rule = "has signs that no workbook can hold, or more than 32,767 characters"
    with pytest.raises(PricingError, match=f"^Customer: customer .* {rule}"):
        Customer(customer=name, usage=1.0)
    with pytest.raises(PricingError, match=rf"^Discounts: workload\[0\].customer .* {rule}"):
        Discounts(workload=records)


def test_records_with_half_of_a_pair_are_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.json").write_text(
        r'[{"name": "\ud83d", "workload": [{"customer": "A\udc00", "usage": 5.0}]}]'
    )
    run("fill", "discounts", "--from", "data.json", "-o", "o", "--name", "{name}")
    (made,) = Path("o").iterdir()
    found = read(made)
    assert isinstance(found, Discounts)
    assert found.workload[0].customer == r"A\udc00"
