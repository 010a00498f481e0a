"""Many workbooks at once: evaluated into one table, filled from one, and reported."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from lmprice.scenarios import Breakeven, Competition, Discounts, Inference
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.workbook import read
from tests.cli.test_cli import run
from tests.workbook.conftest import edit
from tests.workbook.made import build

BAD = ("=cmd|' /C calc'!A0", "+1", "@x", "-2+3")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number in (1, 2, 3):
        build(Breakeven(quantity=number * 10.0), f"in/{number}.xlsx")
    edit(build(Breakeven(), "in/bad.xlsx"), {"Inputs!B5": "abc"})
    Path("in/broken.xlsx").write_text("no workbook")
    Path("in/~$1.xlsx").write_text("what Excel has open")
    return tmp_path


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_summary_has_a_row_for_each_file(folder: Path, kind: str) -> None:
    result = run("evaluate", "in", "--summary", f"out.{kind}")
    assert result.exit_code == 1
    assert f"Wrote out.{kind}: 5 files, 2 of them with problems" in result.output
    assert "in/bad.xlsx: Inputs!B5 Quantity: 'abc' is text, not a number" in result.stderr
    rows = table(Path(f"out.{kind}"))
    assert [Path(str(row["file"])).name for row in rows] == [
        "1.xlsx", "2.xlsx", "3.xlsx", "bad.xlsx", "broken.xlsx",
    ]  # fmt: skip
    # Hand: x · (20 - 10) - 100.
    assert [float(str(row["profit"])) for row in rows[:3]] == [0, 100, 200]
    assert str(rows[1]["verdict"]) == "Earns 100 USD at 20 units; it breaks even at 10."
    assert "is not an Excel workbook" in str(rows[4]["problems"])
    assert run("evaluate", "in", "--summary", f"out.{kind}").exit_code == 2
    assert run("evaluate", "in", "--summary", f"out.{kind}", "--force").exit_code == 1


def table(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dicts()
    head, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.mark.engine
def test_a_summary_used_wrongly(folder: Path) -> None:
    assert run("evaluate", "in", "--summary", "out.txt").exit_code == 2
    Path("none").mkdir()
    assert "there is no .xlsx in none" in run("evaluate", "none").stderr


def test_no_spreadsheet_of_a_folder_is_passed_over(folder: Path) -> None:
    Path("in/old.XLS").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    Path("in/notes.txt").write_text("no spreadsheet")
    result = run("evaluate", "in", "--summary", "out.csv")
    assert "Wrote out.csv: 6 files, 3 of them with problems" in result.output
    assert "in/old.XLS: is a workbook of Excel 97 to 2003" in result.stderr


@pytest.mark.engine
def test_words_that_look_like_formulas_stay_words(folder: Path) -> None:
    workload = [Customer(customer=name, usage=10.0) for name in BAD]
    path = build(Discounts(workload=workload), "d.xlsx")
    assert read(path) == Discounts(workload=workload)
    named = Path("in") / "=1+1.xlsx"
    build(Breakeven(), named)
    named.rename("=1+1.xlsx")
    run("evaluate", "=1+1.xlsx", "--summary", "s.csv")
    assert Path("s.csv").read_text("utf-8-sig").splitlines()[1].startswith("'=1+1.xlsx,")
    run("evaluate", "=1+1.xlsx", "--summary", "s.xlsx")
    cell = openpyxl.load_workbook("s.xlsx").worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1.xlsx", "s", True)
    for kind in ("html", "md"):
        assert run("report", "d.xlsx", "-o", f"r.{kind}").exit_code == 0
        assert "cmd" in Path(f"r.{kind}").read_text()
    assert "<script" not in Path("r.html").read_text()


def test_a_stale_number_is_said(folder: Path) -> None:
    path = edit(build(Breakeven(), "s.xlsx"), {"Inputs!B5": 200})
    # openpyxl drops stored values of formulas: there is nothing to differ.
    assert json.loads(run("evaluate", path, "--json").output)["stale"] == 0


@pytest.mark.engine
def test_answers_in_the_language_of_the_workbook(folder: Path) -> None:
    build(Competition(), "c.xlsx", lang="zh")
    result = run("evaluate", "c.xlsx")
    assert "✓ 定价 1.70 美元" in result.output
    assert "提示：" in result.output
    assert "排名" in result.output
    build(Competition(), "e.xlsx")
    lines = [" ".join(line.split()) for line in run("evaluate", "e.xlsx").output.splitlines()]
    assert "1 Best reply 1.70 124,617" in lines
    assert "4 Match the cut 0.50 11,315" in lines  # one number format a column
    assert not any("residual" in line for line in lines)


@pytest.mark.engine
def test_a_workbook_for_each_record(folder: Path) -> None:
    Path("data.csv").write_text(
        "customer,quantity,Price,fixed_cost\nAcme/1,10,25%,\nBeta,20,30,50\nBeta,1,1,1\nC,x,1,1\n"
    )
    result = run("fill", "breakeven", "--from", "data.csv", "-o", "out", "--name", "{customer}")
    assert result.exit_code == 1
    assert sorted(p.name for p in Path("out").iterdir()) == ["Acme-1.xlsx", "Beta.xlsx"]
    assert read("out/Acme-1.xlsx") == Breakeven(quantity=10, price=0.25)
    assert read("out/Beta.xlsx") == Breakeven(quantity=20, price=30, fixed_cost=50)
    assert "record 3: there is another record for the file Beta.xlsx" in result.stderr
    assert "record 4: quantity: 'x' is text, not a number" in result.stderr
    assert "Not in data.csv, so as in breakeven: unit_cost, quadratic, linear" in result.stderr


@pytest.mark.engine
def test_records_of_other_kinds(folder: Path) -> None:
    Path("data.json").write_text(json.dumps([{"workload": [{"customer": "A", "usage": 5.0}]}]))
    assert run("fill", "discounts", "--from", "data.json", "-o", "o").exit_code == 0
    filled = read("o/1.xlsx")
    assert isinstance(filled, Discounts)
    assert filled.workload == [Customer(customer="A", usage=5.0)]
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["节点数", "hours"])
    sheet.append([10, 12])
    workbook.save("data.xlsx")
    build(Inference(gpu_hour_price=3), "base.xlsx")
    assert run("fill", "base.xlsx", "--from", "data.xlsx", "-o", "o", "--name", "i").exit_code == 0
    assert read("o/i.xlsx") == Inference(gpu_hour_price=3, nodes=10, hours=12)
    Path("odd.csv").write_text("colour\nred\n")
    assert (
        "there is no input 'colour'"
        in run("fill", "breakeven", "--from", "odd.csv", "-o", "p").stderr
    )
    for wrong in (("nothing", "data.csv"), ("breakeven", "s.txt")):
        Path(wrong[1]).write_text("a\n")
        assert run("fill", wrong[0], "--from", wrong[1], "-o", "p").exit_code == 2


@pytest.mark.engine
def test_what_many_records_have_is_one_line(folder: Path) -> None:
    rows = [f"{number},{'x' if number in (2, 4) else 1},red" for number in range(1, 61)]
    Path("data.csv").write_text("\n".join(["quantity,price,colour", *rows]))
    result = run("fill", "breakeven", "--from", "data.csv", "-o", "out")
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if line.startswith("data.csv")] == [
        "data.csv: records 1 to 60: there is no input 'colour'",
        "data.csv: records 2, 4: price: 'x' is text, not a number",
    ]
    Path("even.csv").write_text("price\n" + "1\nx\n" * 9)
    assert (
        "even.csv: 9 records, among them 2, 4, 6, 8, 10: price: 'x' is text, not a number"
        in run("fill", "breakeven", "--from", "even.csv", "-o", "e").stderr.splitlines()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("price;quantity\n1.5;20\n", ""),
        ("price\tquantity\n1.5\t20\n", ""),
        ("price ,quantity,\n\n1.5,20,\n", ""),
        ("price;quantity\n1,5;20\n", "record 1: price: '1,5' is text, not a number"),
        ("price,quantity\n1,5,20\n", "record 1: a value stands in a column without a name"),
        ("price,quantity,price\n1.5,20,3\n", "the column 'price' stands twice"),
        ("price,quantity,价格\n1.5,20,3\n", "record 1: 价格: is the same input as price"),
        ("", "has no records"),
    ],
)
def test_tables_as_programs_write_them(folder: Path, text: str, said: str) -> None:
    Path("t.csv").write_text(text)
    result = run("fill", "breakeven", "--from", "t.csv", "-o", "t")
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert (result.exit_code == 0) == (not said)
    if not said:
        assert read("t/1.xlsx") == Breakeven(price=1.5, quantity=20)


def test_names_that_cannot_be_made_and_objects_that_say_a_thing_twice(folder: Path) -> None:
    Path("j.json").write_text('[{"price": 1, "price": 2}]')
    twice = run("fill", "breakeven", "--from", "j.json", "-o", "t")
    assert (twice.exit_code, twice.stderr) == (
        2,
        "lmprice: j.json: 'price' stands twice in an object\n",
    )
    Path("k.json").write_text('[{"price": 1}]')
    broken = run("fill", "breakeven", "--from", "k.json", "-o", "t", "--name", "{price")
    assert broken.exit_code == 2
    assert "the name pattern '{price' cannot be read: " in broken.stderr


def test_a_sheet_of_records_with_a_value_beside_them(folder: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["price", None, "quantity"])
    workbook.worksheets[0].append([1.5, None, 20])
    workbook.worksheets[0].append([2.5, "?", 30])
    workbook.save("t.xlsx")
    result = run("fill", "breakeven", "--from", "t.xlsx", "-o", "t")
    assert "record 2: a value stands in a column without a name" in result.stderr
    assert read("t/1.xlsx") == Breakeven(price=1.5, quantity=20)


@pytest.mark.engine
def test_a_report_has_all_of_it(folder: Path) -> None:
    build(Competition(), "c.xlsx", lang="zh")
    build(Breakeven(), "b.xlsx")
    assert run("report", "b.xlsx", "-o", "b.html").exit_code == 0
    page = Path("b.html").read_text()
    assert "✓ Earns 900 USD at 100 units; it breaks even at 10." in page
    assert "data:image/png;base64," in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert run("report", "c.xlsx", "-o", "c.md").exit_code == 0
    assert "定价 1.70 美元" in Path("c.md").read_text()
    assert run("report", "c.xlsx", "-o", "c.pdf").exit_code == 0
    assert Path("c.pdf").read_bytes().startswith(b"%PDF")
    assert run("report", "in/bad.xlsx", "-o", "bad.html").exit_code == 1
    assert "is text, not a number" in Path("bad.html").read_text()
    assert run("report", "b.xlsx", "-o", "b.txt").exit_code == 2
    assert run("report", "b.xlsx", "-o", "b.html").exit_code == 2


@pytest.mark.engine
def test_answers_in_the_currency_of_the_workbook(folder: Path) -> None:
    made = run("template", "inference", "-o", "c.xlsx", "--currency", "CNY", "--tokens", "billion")
    assert made.exit_code == 0
    verdict = "Earns its hardware from 15.5 % of the load on; you run at 100 %: 475,028 CNY a day."
    report = json.loads(run("evaluate", "c.xlsx", "--json").output)
    assert (report["currency"], report["tokens"]) == ("CNY", "billion")
    assert report["verdict"]["text"] == verdict
    assert report["results"]["served"] == 776  # billion tokens
    printed = run("evaluate", "c.xlsx").output
    assert verdict in printed
    assert "CNY per billion tokens" in printed
    assert "USD" not in printed
    for kind in ("md", "html"):
        run("report", "c.xlsx", "-o", f"r.{kind}")
        text = Path(f"r.{kind}").read_text()
        assert verdict in text
        assert "USD" not in text
    Path("data.csv").write_text("input_price,nodes\n600,100\n")
    assert run("fill", "c.xlsx", "--from", "data.csv", "-o", "out").exit_code == 0
    assert json.loads(run("evaluate", "out/1.xlsx", "--json").output)["currency"] == "CNY"
    # Hand: 600 a billion are 0.6 a million.
    assert read("out/1.xlsx") == Inference(input_price=0.6, nodes=100)


@pytest.mark.engine
def test_a_workbook_is_filled_in_its_language(folder: Path) -> None:
    build(Breakeven(), "b.xlsx", lang="zh")
    Path("data.csv").write_text("quantity\n7\n")
    run("fill", "b.xlsx", "--from", "data.csv", "-o", "out")
    assert json.loads(run("evaluate", "out/1.xlsx", "--json").output)["scenario"] == "基准"
    run("fill", "b.xlsx", "--from", "data.csv", "-o", "out", "--lang", "en", "--force")
    assert json.loads(run("evaluate", "out/1.xlsx", "--json").output)["scenario"] == "Base"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("breakeven", "--tokens", "billion"), "breakeven, which has no price of tokens"),
        (("inference", "--currency", "yuan"), "currency 'yuan' is not three capital letters"),
        (("price-book", "--currency", "CNY"), "say their currency and unit, in its cells"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    folder: Path, options: tuple[str, ...], message: str
) -> None:
    result = run("template", *options, "-o", "x.xlsx")
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert not Path("x.xlsx").exists()
