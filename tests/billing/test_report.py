"""What is written: complete files or none, a workbook that adds up."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from lmprice.billing import reconciling
from lmprice.billing.margins import margin
from lmprice.billing.rating import COSTS, Rating, rate
from lmprice.billing.report import Report
from lmprice.billing.sheets import bill_workbook
from tests.billing.books import book, standard, usage

BOOK = book(standard(2), standard(1, model="small"))
COST_BOOK = book(standard(1), standard(3, model="small"), digits=9)
ROWS = usage(
    {"quantity": 10},
    {"quantity": 5, "model": "small", "customer": "=1+1"},
    {"quantity": 5, "model": "tiny"},
)


def written(path: Path, *, force: bool = False) -> Rating:
    with Report(path, force=force) as report:
        rated = rate(ROWS, BOOK, on_refused=report.refuse)
        report.write(rated)
    return rated


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_files_of_a_report(kind: str, tmp_path: Path) -> None:
    rated = written(tmp_path / f"bill.{kind}")
    lines = f"bill.lines.{'parquet' if kind == 'parquet' else 'csv'}"
    assert {p.name for p in tmp_path.iterdir()} == {f"bill.{kind}", lines, "bill.refused.csv"}
    if kind == "parquet":
        assert pl.read_parquet(tmp_path / lines).equals(rated.lines)
        assert pl.read_parquet(tmp_path / "bill.parquet").equals(rated.bill)
    elif kind == "csv":
        sums = pl.read_csv(tmp_path / lines).group_by("customer").agg(pl.col(COSTS).sum())
        bill = pl.read_csv(tmp_path / "bill.csv").select("customer", *COSTS)
        assert bill.equals(sums.sort("customer"))
    refused = (tmp_path / "bill.refused.csv").read_text().splitlines()
    assert refused[0] == "row,reason,timestamp,customer,model,quantity"
    assert refused[1].startswith("3,the price book has no model tiny,")


def test_refused_rows_are_read_again_as_they_were(tmp_path: Path) -> None:
    names = ["=1+1", "'=1+1", "'tis", "-5", "+a,b", '@"x"']
    rows = usage(*({"quantity": 1, "model": "later", "customer": name} for name in names))
    with Report(tmp_path / "bill.csv") as report:
        report.write(rate(rows, BOOK, on_refused=report.refuse))
    refused = pl.read_csv(tmp_path / "bill.refused.csv", infer_schema=False)
    assert refused["customer"].to_list() == ["'=1+1", "''=1+1", "'tis", "-5", "'+a,b", '\'@"x"']
    # By then the book has the model: only what was added to the rows is taken off.
    again = tmp_path / "again.csv"
    refused.drop("row", "reason").write_csv(again)
    rated = rate(again, book(standard(2, model="later")))
    assert sorted(rated.bill["customer"]) == sorted(names)
    once_more = rate(again, BOOK).refused
    assert once_more["customer"].to_list() == names


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    written(path)
    path.unlink()
    with pytest.raises(FileExistsError, match=r"bill\.refused\.csv exists already$"):
        Report(path)
    with Report(path, force=True) as report:
        report.write(rate(ROWS[:1], BOOK))
    assert {p.name for p in tmp_path.iterdir()} == {"bill.csv", "bill.lines.csv"}


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fails() -> None:
        with Report(tmp_path / "bill.csv") as report:
            rate(ROWS, BOOK, on_refused=report.refuse)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"^bill\.pdf: a bill is written as \.xlsx, \.csv, "):
        Report(tmp_path / "bill.pdf")


KILLED = """
import sys, time
from pathlib import Path
from lmprice.billing.rating import rate
from lmprice.billing.report import Report
from tests.billing.test_report import BOOK, ROWS

def wait(rows):
    print(rows, flush=True)
    time.sleep(60)

with Report(Path(sys.argv[1])) as report:
    rating = rate(ROWS, BOOK, on_refused=report.refuse, on_progress=wait)
    report.write(rating)
"""


@pytest.mark.engine
def test_a_killed_process_leaves_no_result(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "bill.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has priced the rows and put one aside
        process.kill()
    assert process.returncode == (1 if os.name == "nt" else -signal.SIGKILL)
    assert not [p for p in tmp_path.iterdir() if not p.name.startswith(".")]
    written(tmp_path / "bill.csv")  # and nothing stands in the way of the next run


def test_workbook() -> None:
    rated, costed = rate(ROWS, BOOK), rate(ROWS, COST_BOOK)
    content = bill_workbook(rated, margin(rated, costed))
    assert content == bill_workbook(rated, margin(rated, costed))
    stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(content))
    assert stored.sheetnames == ["Bill", "Margin", "Reconciliation"]
    bill = list(stored["Bill"].iter_rows(values_only=True))
    assert bill[0][0] == "Test 1, USD"
    assert bill[1] == (
        *("Customer", "Period from", "List cost"),
        *("Contracted cost", "Effective cost", "Billed cost", "Tax"),
    )
    assert [row[0] for row in bill[2:]] == ["=1+1", "acme", "Total"]
    assert bill[-1][2:] == (25, 25, 25, 25, 0)
    assert formulas["Bill"]["F5"].value == "=SUM(F2:F4)"
    assert formulas["Bill"]["A3"].data_type == "s"
    margins = list(stored["Margin"].iter_rows(min_row=3, values_only=True))
    assert margins == [
        ("=1+1", "small", 5, 15, -10, -2),
        ("acme", "chat", 20, 10, 10, 0.5),
        ("Total", None, 25, 25, 0, None),
    ]
    rows = list(stored["Reconciliation"].iter_rows(min_row=3, values_only=True))
    assert rows[0] == ("Rows", 2, 1, 3)
    assert rows[-1] == ("Quantity, units", 15, 5, 20)


def test_an_empty_bill_is_a_workbook_too() -> None:
    content = bill_workbook(rate(ROWS[2:], BOOK))
    bill = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Bill"]
    assert [cell.value for cell in bill[3]] == ["Total", None, 0, 0, 0, 0, 0]


def test_a_bill_longer_than_a_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmprice.billing.sheets.MAX_ROWS", 1)
    with pytest.raises(ValueError, match=r"^2 rows are too many for a workbook"):
        bill_workbook(rate(ROWS, BOOK))


@pytest.mark.parametrize("name", ["a\x01b\uffff", "x" * 40_000])
def test_a_bill_marks_what_a_workbook_cannot_hold_of_a_name(tmp_path: Path, name: str) -> None:
    with Report(tmp_path / "bill.xlsx") as report:
        rows = usage({"quantity": "1", "customer": name})
        report.write(rate(rows, BOOK, on_refused=report.refuse))
    found = openpyxl.load_workbook(tmp_path / "bill.xlsx")["Bill"]["A3"].value
    assert found == ("a\ufffdb\ufffd" if len(name) < 9 else "x" * 32_766 + "…")
    assert name in (tmp_path / "bill.lines.csv").read_text()


def test_nested_columns_are_put_aside_as_text(tmp_path: Path) -> None:
    nested = ROWS.with_columns(pl.Series("tags", [["a"], [], ["b", "c"]]))
    with Report(tmp_path / "bill.csv") as report:
        report.write(rate(nested, BOOK, on_refused=report.refuse))
    assert (tmp_path / "bill.refused.csv").read_text().splitlines()[1].endswith("\"['b', 'c']\"")


def test_reasons_are_counted_by_kind_and_keep_names(tmp_path: Path) -> None:
    table = usage(
        {"quantity": "1", "model": "gpt-4o-2024-08-06"},
        {"quantity": "1", "model": "4o"},
        {"quantity": "1", "timestamp": "2026-02-30"},
        {"quantity": "1", "timestamp": "2026-02-31T00:00:00Z"},
        {"quantity": "1,5"},
        {"quantity": "1.5.2"},
    )
    with Report(tmp_path / "bill.csv") as report:
        report.write(rate(table, BOOK, on_refused=report.refuse))
    assert sorted(report.refused_in_words()) == [
        "Refused: 1 rows: the price book has no model 4o",
        "Refused: 1 rows: the price book has no model gpt-4o-2024-08-06",
        "Refused: 2 rows: quantity ... is not a number",
        "Refused: 2 rows: timestamp ... is no date or time",
    ]


def test_names_of_columns_are_no_formulas_and_are_read_again(tmp_path: Path) -> None:
    rows = usage({"quantity": 1, "model": "later", "=x": "@n", "'=y": "'tis", "z": "-1"})
    with Report(tmp_path / "bill.csv") as report:
        report.write(rate(rows, BOOK, on_refused=report.refuse))
    header, row = (tmp_path / "bill.refused.csv").read_text().splitlines()
    assert header == "row,reason,timestamp,customer,model,quantity,'=x,''=y,z"
    assert row.endswith(",1,'@n,'tis,-1")
    plain = [",".join(line.split(",")[2:]) for line in (header, row)]
    for delimiter in (",", ";"):  # as it is, and by the reader of tables of any form
        again = tmp_path / "again.csv"
        again.write_text("\n".join(plain).replace(",", delimiter))
        refused = rate(again, BOOK).refused.drop("row", "reason", "timestamp")
        assert refused.columns == ["customer", "model", "quantity", "=x", "'=y", "z"]
        assert refused.row(0) == ("acme", "later", "1", "@n", "'tis", "-1")


def test_reasons_without_number_take_no_memory_without_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciling, "MOST_REASONS", 4)
    reasons: Counter[str] = Counter()
    for batch in (["often"] * 9 + list("abc"), list("defg"), ["often", "again", "again", *"hi"]):
        reconciling.add_reasons(reasons, Counter(batch))
    assert reasons.total() == 12 + 4 + 5
    assert len(reasons) <= 4
    assert reasons["often"] == 10
    assert reasons[reconciling.OTHERS] >= 6
