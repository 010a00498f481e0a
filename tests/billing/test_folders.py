"""Folders of usage: files one after another in bounded memory, and the damaged ones among them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import zstandard
from typer.testing import CliRunner

from lmprice.billing import spool
from lmprice.billing.backtesting import backtest
from lmprice.billing.files import save_book
from lmprice.billing.rating import rate
from lmprice.billing.readers import opening, pieces, tables
from lmprice.billing.taking import take
from lmprice.billing.usage import UsageError
from lmprice.cli.main import app
from tests.billing.books import book, standard

HEADER = "timestamp,customer,model,quantity\n"
BOOK = book(standard(1))
WHOLE = HEADER + "2026-01-05,acme,chat,2\n2026-01-05,beta,chat,3\n"
UNCOUNTED = "none of its rows is counted"


def damaged(path: Path) -> Path:
    """Parquet of two row groups; the pages of the second have no headers any more."""
    pyarrow = pytest.importorskip("pyarrow.parquet")
    rows = 2000
    cells = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat"}
    table = pl.DataFrame({name: [cell] * rows for name, cell in cells.items()})
    table.with_columns(quantity=pl.int_range(rows)).write_parquet(path, row_group_size=1000)
    column = pyarrow.ParquetFile(path).metadata.row_group(1).column(3)
    start = column.dictionary_page_offset or column.data_page_offset
    content = path.read_bytes()
    path.write_bytes(content[:start] + b"\xff" * 16 + content[start + 16 :])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six files, four of them damaged in ways of their own, between two that are whole."""
    log = tmp_path / "log"
    log.mkdir()
    (log / "a.csv").write_text(WHOLE)
    (log / "b.csv.gz").write_bytes(gzip.compress(WHOLE.encode() * 1000)[:-9])
    damaged(log / "c.parquet")
    (log / "d.jsonl.zst").write_bytes(zstandard.compress(b'{"timestamp": 1}\n' * 999)[:-5])
    (log / "e.json").write_text('{"rows": [{"timestamp": ')
    (log / "f.csv").write_text(WHOLE + "2026-01-05,acme,other,1\n")
    return log


REASONS = {
    "b.csv.gz": "the compressed file is damaged or cut short",
    "d.jsonl.zst": "the compressed file is damaged or cut short",
    "e.json": "line 1, column 25 is no JSON",
    "c.parquet": "cannot be read after row 1,000: what follows is damaged",
}


@pytest.mark.parametrize("by", [(), ("day",)])
def test_damaged_files_are_refused_and_the_rest_is_rated(folder: Path, by: tuple[str, ...]) -> None:
    rated = rate(folder, BOOK, batch_rows=500, by=by)
    assert rated.bill["billed_cost"].to_list() == [4, 6]
    assert (rated.totals.rows, rated.totals.refused_rows) == (5, 1)
    assert rated.refused_files == tuple(
        f"{folder / name}: {reason}; {UNCOUNTED}" for name, reason in REASONS.items()
    )
    assert rated.refused["row"].to_list() == [None, None, None, None, 5]
    assert tuple(rated.refused["reason"][:4]) == rated.refused_files
    assert rated.refused["model"].to_list() == [None, None, None, None, "other"]


def test_what_a_command_says_of_files_that_it_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_book(BOOK, tmp_path / "book.toml")
    asked = ["rate", "log", "--book", "book.toml", "-o"]
    result = CliRunner().invoke(app, [*asked, "bill.csv"])
    assert result.exit_code == 1
    said = [f"log/{name}: {reason}; {UNCOUNTED}" for name, reason in REASONS.items()]
    said[-1] = said[-1].replace("1,000", "0")  # all rows are one batch here
    assert result.stderr.splitlines() == [f"lmprice: {text}" for text in said]
    assert "5 rows: 4 rated, 1 refused; 4 files could not be read\n" in result.stdout
    assert "Refused: 1 rows: the price book has no model other" in result.stdout
    with (tmp_path / "bill.refused.csv").open() as file:
        rows = list(csv.reader(file))
    assert [row[:2] for row in rows[1:5]] == [["", text] for text in said]
    assert rows[5][:1] + rows[5][2:] == ["5", "2026-01-05", "acme", "other", "1"]
    (folder / "f.csv").unlink()
    result = CliRunner().invoke(app, [*asked, "whole.xlsx"])
    assert result.exit_code == 1
    sheet = openpyxl.load_workbook("whole.xlsx")["Reconciliation"]
    last = list(sheet.iter_rows(values_only=True))[-1]
    assert last == ("Files that could not be read", None, 4, None)


def test_where_no_file_can_be_read_there_is_no_bill(folder: Path) -> None:
    (folder / "a.csv").unlink()
    (folder / "f.csv").unlink()
    with pytest.raises(UsageError, match=r"^b\.csv\.gz: the compressed file is damaged or cut"):
        rate(folder, BOOK)
    (folder / "b.csv.gz").unlink()
    (folder / "d.jsonl.zst").unlink()
    (folder / "e.json").unlink()
    with pytest.raises(UsageError, match=r"^c\.parquet: cannot be read after row 0: what follows"):
        rate(folder, BOOK)


def test_an_analysis_is_not_made_of_part_of_a_log(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"^b\.csv\.gz: the compressed file is damaged or cut"):
        backtest(folder, BOOK, BOOK)


@pytest.mark.parametrize(
    ("table", "held", "number", "number_on_disk"),
    [(0, 0, 15, 15), (0, 500, 15, 10), (0, 1 << 26, 15, 0), (1 << 26, 0, 6, 6)],
)
def test_exports_that_are_put_on_disk_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    table: int, held: int, number: int, number_on_disk: int,
) -> None:  # fmt: skip
    rows = [
        {"timestamp": "2026-01-05", "customer": f"c{n % 3}", "model": "chat", "quantity": n}
        for n in range(40)
    ]
    odd = [{**row, "extra": "[1"} for row in rows[:2]] + [{"timestamp": "x", "model": "chat"}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n5\n[\n")
    (tmp_path / "b.json").write_text(json.dumps([*rows, *odd], indent=1))
    (tmp_path / "c.csv").write_text(HEADER.replace(",", ";") + '2026-01-05;"a;b";chat;7\n')
    monkeypatch.setattr(tables, "_BATCH", 7)
    monkeypatch.setattr(spool, "_TABLE", table)
    monkeypatch.setattr(spool, "HELD", held)
    taken = take(tmp_path)
    on_disk = [part for part in taken.parts if isinstance(part.table, Path)]
    assert (len(taken.parts), len(on_disk)) == (number, number_on_disk)
    rated = rate(taken, BOOK, batch_rows=5)
    assert rated.bill.group_by("customer").agg(pl.col("billed_cost").sum()).sort(
        "customer"
    ).rows() == [("a;b", 7), ("c0", 546), ("c1", 495), ("c2", 520)]
    assert rated.refused["row"].to_list() == [41, 42, 85]
    assert rated.refused["reason"].to_list()[:2] == [
        "the record is none of usage",
        "line 42, column 2 is no JSON",
    ]
    assert rated.refused["line"].to_list()[:2] == ["5", "["]
    assert rated.totals.rows == 86
    folders = {part.table.parent for part in on_disk if isinstance(part.table, Path)}
    del taken, on_disk
    assert not any(folder.exists() for folder in folders)


@pytest.mark.parametrize("block", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    ("text", "values"),
    [
        (' [ 12 , {"a": [1]} ,\n "]" ]', [12, {"a": [1]}, "]"]),
        ("[]", []),
        ('[1, 2]\n[3]\n{"a": 4}\n', [1, 2, [3], {"a": 4}]),
        ('{"a": 1}\n\n[2]\n', [{"a": 1}, [2]]),
        ('{"a":\n 1}', [{"a": 1}]),
    ],
)
def test_json_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, text: str, values: list[object]
) -> None:
    monkeypatch.setattr(pieces, "_BLOCK", block)
    path = tmp_path / "a.json"
    path.write_text(text)
    with path.open() as file:
        assert [value for value, _ in pieces.documents_of("a.json", file)] == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2", "its list goes on with no comma after value 2"),
        ("[1 2]", "its list goes on with no comma after value 1"),
        ("[1,]", "its list goes on with no comma after value 1"),
        ("[1, oops]", "value 2 of its list is no JSON"),
        ("[" * 100_000, "JSON that is nested too deeply"),
        ('{"a": ' * 100_000, "JSON that is nested too deeply"),
    ],
)
def test_json_that_is_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with path.open() as file, pytest.raises(UsageError, match=rf"^a\.json: {message}"):
        list(pieces.documents_of("a.json", file))


def test_what_is_too_large_is_refused_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "LONGEST", 200)
    monkeypatch.setattr(pieces, "LARGEST", 300)
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "quantity": 1}
    long = json.dumps({**row, "note": "x" * 300})
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(row)}\n{long}\n{json.dumps(row)}\n")
    rated = rate(tmp_path / "a.jsonl", BOOK)
    assert rated.totals.rated_rows == 2
    assert rated.refused["reason"].to_list() == ["line 2 has more than 200 characters"]
    cells = ";".join(map(str, row.values()))
    (tmp_path / "b.csv").write_text(f"{';'.join(row)}\n{cells}\n{cells}{'0' * 300}\n{cells}\n")
    rated = rate(tmp_path / "b.csv", BOOK)
    assert rated.totals.rated_rows == 2
    assert rated.refused["reason"].to_list() == ["line 3 has more than 200 characters"]
    (tmp_path / "c.json").write_text(json.dumps({"rows": [row] * 9}, indent=1))
    with pytest.raises(UsageError, match=r"^c\.json: one JSON value of more than 300 characters"):
        rate(tmp_path / "c.json", BOOK)


def test_a_quote_that_is_not_closed_takes_no_other_rows_along(tmp_path: Path) -> None:
    """In an export too, whose last cell the quote may open."""
    path = tmp_path / "usage.csv"
    header = HEADER.replace(",", ";").replace("quantity", "quantity;note")
    path.write_text(
        header + '2026-01-05;a;chat;1;"open\n2026-01-05;b;chat;2;"two\nlines"\n'
        '2026-01-05;c;chat;4;"x" y\n2026-01-05;d;chat;8;5;6\n' + "2026-01-05;e;chat;16;\n" * 2
    )
    rated = rate(path, BOOK)
    assert dict(rated.bill.select("customer", "billed_cost").iter_rows()) == {"b": 2, "e": 32}
    quote = "the row has a quote that does not close its cell"
    assert rated.refused["reason"].to_list() == [
        "the row has 6 fields instead of 5", quote, quote,
    ]  # fmt: skip
    assert rated.refused["note"].to_list() == ["5,6", None, None]
    assert rated.refused["line"].to_list()[1:] == [
        '2026-01-05;a;chat;1;"open', '2026-01-05;c;chat;4;"x" y',
    ]  # fmt: skip


def test_a_record_longer_than_a_block_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "quantity": 1}
    long = json.dumps({**row, "note": "x" * 2000})
    monkeypatch.setattr(opening, "_JSON_BLOCK", 300)
    monkeypatch.setattr(opening, "LONGEST", 600)
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(row)}\n\n{long}\n{json.dumps(row)}\n{long}")
    rated = rate(tmp_path / "a.jsonl", BOOK)
    assert rated.totals.rated_rows == 2
    assert rated.refused["reason"].to_list() == [
        f"line {number} has more than 600 characters" for number in (3, 5)
    ]
    assert rated.refused["line"].to_list()[0].startswith('{"timestamp": "2026-01-05", ')
