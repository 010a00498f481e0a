"""Paths, folders, patterns and frames: what exists is that, and nothing else is read."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pandas
import polars as pl
import pytest

from lmprice.billing import parse_book, rate
from lmprice.billing.taking import Taken, files_of, take
from lmprice.billing.usage import UsageError
from tests.billing.readers.samples import ANTHROPIC, claude_code, lines

OWN = "timestamp,customer,model,input_tokens\n2026-01-05,acme,chat,5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "usage[12].csv").write_text(OWN)
    (tmp_path / "usage1.csv").write_text(OWN.replace("acme", "other"))
    (tmp_path / "notes.md").write_text("no usage")
    return tmp_path


def test_a_file_that_exists_is_no_pattern(folder: Path) -> None:
    assert files_of(folder / "usage[12].csv") == (folder / "usage[12].csv",)
    assert files_of(str(folder / "usage[1]*.csv")) == (folder / "usage1.csv",)
    assert files_of(folder) == (folder / "usage1.csv", folder / "usage[12].csv")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "there is no file .*none.csv"),
        ("*.parquet", "no file matches"),
        ("empty", r"has no usage files \(\.csv"),
    ],
)
def test_what_is_not_there(folder: Path, name: str, message: str) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(UsageError, match=message):
        files_of(folder / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is no file that can be read twice; say -"):
        files_of(tmp_path / "pipe")


def test_a_table_of_ours_is_read_in_batches(folder: Path) -> None:
    assert take(folder / "usage1.csv").table == folder / "usage1.csv"


def test_files_of_several_sources_are_one_table(folder: Path) -> None:
    (folder / "usage2.csv").write_text(ANTHROPIC)
    (folder / "usage3.jsonl").write_text(lines(claude_code(7)) + "oops\n")
    taken = take(folder)
    assert isinstance(taken.table, pl.DataFrame)
    assert taken.sources == ("usage", "anthropic", "claude-code")
    assert taken.table["customer"].to_list()[:4] == ["other", "Research", "/home/me/shop", None]
    assert taken.has_reasons


def test_parquet_files(folder: Path) -> None:
    frame = pl.read_csv(OWN.encode())
    frame.write_parquet(folder / "a.parquet")
    frame.with_columns(output_tokens=1).write_parquet(folder / "b.parquet")
    taken = take(str(folder / "?.parquet"))
    assert isinstance(taken.table, pl.LazyFrame)
    assert taken.table.collect()["output_tokens"].to_list() == [None, 1]
    renamed = take(folder / "a.parquet", columns={"output_tokens": "input_tokens"})
    assert isinstance(renamed.table, pl.DataFrame)
    assert renamed.table["output_tokens"].to_list() == [5]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ANTHROPIC.encode())))
    taken = take("-")
    assert taken.sources == ("anthropic",)
    assert isinstance(taken.table, pl.DataFrame)
    assert taken.table.height == 1


def test_frames_of_other_libraries() -> None:
    frame = pl.read_csv(OWN.encode())
    cells = frame.to_dict(as_series=False)
    pyarrow = pytest.importorskip("pyarrow")
    assert frame.equals(table_of(take(pyarrow.table(cells))))
    taken = take(pandas.DataFrame(cells), columns={"quantity": "input_tokens"})
    assert table_of(taken).columns[-1] == "quantity"


def table_of(taken: Taken) -> pl.DataFrame:
    assert isinstance(taken.table, pl.DataFrame)
    return taken.table


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="usage is a path, or a table of polars, pandas or pyarrow"):
        take(5)
    frame = pl.DataFrame({"a": [1]})
    assert take(frame).table is frame
    with pytest.raises(UsageError, match="the usage table has no column b; it has a"):
        take(frame, columns={"customer": "b"})


def test_a_table_that_says_nothing_of_requests_has_one_a_row() -> None:
    charge = {"model": "chat", "charge_model": "standard", "meter": "requests", "unit_price": 0.5}
    other = charge | {"meter": "input", "unit_price": 1}
    book = parse_book({
        "format": 2, "name": "b", "version": "1", "currency": "USD", "charges": [charge, other],
    })  # fmt: skip
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "input_tokens": 2}
    assert float(rate(pl.DataFrame([row, row]), book).bill["billed_cost"].item()) == 2 * (0.5 + 2)
