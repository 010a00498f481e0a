"""Paths, folders, patterns and frames: what exists is that, and nothing else is read."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas
import polars as pl
import pytest
import zstandard

from lmprice.billing import parse_book, rate
from lmprice.billing.taking import Taken, files_of, take
from lmprice.billing.usage import UsageError
from tests.billing.books import book, standard, tokens
from tests.billing.readers.samples import ANTHROPIC, claude_code, lines

OWN_HEADER = "timestamp,customer,model,quantity\n"
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
    (part,) = take(folder / "usage1.csv").parts
    assert part.table == part.file == folder / "usage1.csv"


def test_files_of_several_sources_are_one_table(folder: Path) -> None:
    (folder / "usage2.csv").write_text(ANTHROPIC)
    (folder / "usage3.jsonl").write_text(lines(claude_code(7)) + "oops\n")
    taken = take(folder)
    assert taken.sources == ("usage", "anthropic", "claude-code")
    assert customers(taken) == ["other", "Research", "/home/me/shop", None, "acme"]
    assert [part.has_reasons for part in taken.parts] == [False, True, True, True, False]


def test_parquet_files(folder: Path) -> None:
    frame = pl.read_csv(OWN.encode())
    frame.write_parquet(folder / "a.parquet")
    frame.with_columns(output_tokens=1).write_parquet(folder / "b.parquet")
    taken = take(str(folder / "?.parquet"))
    assert [part.names[3:] for part in taken.parts] == [
        ["input_tokens"], ["input_tokens", "output_tokens"],
    ]  # fmt: skip
    (renamed,) = take(folder / "a.parquet", columns={"output_tokens": "input_tokens"}).parts
    assert next(renamed.batches(9, ["output_tokens"]))["output_tokens"].to_list() == [5]
    with pytest.raises(UsageError, match=r"^a\.parquet has no column tokens; it has timestamp, "):
        take(folder / "a.parquet", columns={"output_tokens": "tokens"})


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ANTHROPIC.encode())))
    taken = take("-")
    assert taken.sources == ("anthropic",)
    assert customers(taken) == ["Research"]


def test_frames_of_other_libraries() -> None:
    frame = pl.read_csv(OWN.encode())
    cells = frame.to_dict(as_series=False)
    pyarrow = pytest.importorskip("pyarrow")
    assert frame.equals(table_of(take(pyarrow.table(cells))))
    taken = take(pandas.DataFrame(cells), columns={"quantity": "input_tokens"})
    assert taken.parts[0].names[-1] == "quantity"


def table_of(taken: Taken) -> pl.DataFrame:
    (part,) = taken.parts
    assert isinstance(part.table, pl.DataFrame)
    return part.table


def customers(taken: Taken) -> list[str]:
    """The customers of all parts, in order."""
    pieces = (piece for part in taken.parts for piece in part.batches(100, ["customer"]))
    return [name for piece in pieces for name in piece["customer"]]


def test_what_is_no_table() -> None:
    with pytest.raises(TypeError, match="usage is a path, or a table of polars, pandas or pyarrow"):
        take(5)
    frame = pl.DataFrame({"a": [1]})
    assert table_of(take(frame)) is frame
    with pytest.raises(UsageError, match="the usage table has no column b; it has a"):
        rate(frame, book(standard(1)), columns={"customer": "b"})


def test_a_table_that_says_nothing_of_requests_has_one_a_row() -> None:
    charge = {"model": "chat", "charge_model": "standard", "meter": "requests", "unit_price": 0.5}
    other = charge | {"meter": "input", "unit_price": 1}
    book = parse_book({
        "format": 2, "name": "b", "version": "1", "currency": "USD", "charges": [charge, other],
    })  # fmt: skip
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "input_tokens": 2}
    assert float(rate(pl.DataFrame([row, row]), book).bill["billed_cost"].item()) == 2 * (0.5 + 2)


BREAKS = (
    "timestamp,customer,model,quantity\n"
    '2026-01-05,"North\nand South",chat,2\n'
    "2026-01-05,北京,chat,3\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstandard.compress])
def test_a_table_of_ones_own(
    tmp_path: Path, encoding: str, delimiter: str, packed: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "usage[1].csv"
    path.write_bytes(packed(BREAKS.replace(",", delimiter).encode(encoding)))
    rated = rate(path, book(standard(1)))
    assert rated.refused.is_empty()
    assert rated.bill["customer"].to_list() == ["North\nand South", "北京"]
    assert rated.bill["billed_cost"].to_list() == [2, 3]


def test_a_quote_that_is_never_closed_spoils_its_line(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(OWN_HEADER + '2026-01-05,"a,chat,2\n' + "2026-01-05,b,chat,3\n" * 2)
    rated = rate(path, book(standard(1)))
    assert rated.refused.height == 1
    assert rated.bill["billed_cost"].to_list() == [6]


def test_a_western_letter_in_one_byte_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes((OWN_HEADER + "2026-01-05,Rémy,chat,2\n").encode("latin-1"))
    assert rate(path, book(standard(1))).refused["reason"].to_list() == ["the line is not UTF-8"]


@pytest.mark.parametrize("as_list", [True, False])
def test_records_of_ones_own(tmp_path: Path, *, as_list: bool) -> None:
    record = {"time": 1767607200, "project": "p", "model": "chat", "quantity": 2}
    path = tmp_path / "usage.json"
    whole = json.dumps([record, record]) if as_list else f"{json.dumps(record)}\n" * 2
    path.write_text(whole)
    with pytest.raises(UsageError, match="its JSON has the keys time, project, model, quantity"):
        rate(path, book(standard(1)))
    named = {"timestamp": "time", "customer": "project"}
    rated = rate(path, book(standard(1)), columns=named)
    assert rated.bill["billed_cost"].to_list() == [4]
    assert rate(path, book(standard(1), columns=named)).bill.equals(rated.bill)
    ours = {"timestamp": 1767607200, "customer": "p", "model": "chat", "quantity": 2}
    path.write_text(json.dumps(ours) + "\n5\n")
    rated = rate(path, book(standard(1)))
    assert rated.bill["billed_cost"].to_list() == [2]
    assert rated.refused.select("reason", "line").rows() == [("the record is none of usage", "5")]


def test_an_export_that_is_left_out_is_named(tmp_path: Path) -> None:
    # Header: github.com/Helicone/helicone, examples/export/typescript/index.ts.
    path = tmp_path / "output.csv"
    path.write_text(
        "response_id,response_created_at,response_status,request_created_at,request_body,"
        "request_properties,request_user_id,model,prompt_tokens,completion_tokens,latency,cost\n"
    )
    with pytest.raises(UsageError, match="is an export of Helicone, which is not read: it does"):
        take(path)


def test_lines_that_end_as_on_old_machines(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes((OWN_HEADER + "2026-01-05,a,chat,2\n").replace("\n", "\r").encode())
    assert rate(path, book(standard(1))).bill["billed_cost"].to_list() == [2]


def test_blanks_around_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text((OWN_HEADER + "2026-01-05,a,chat,2\n").replace(",", ", "))
    assert rate(path, book(standard(1))).bill["billed_cost"].to_list() == [2]


def test_an_encoding_that_is_guessed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_bytes((OWN_HEADER + "2026-01-05,北京,chat,2\n").encode("gbk"))
    assert take(path).sources == ("usage (GB18030)",)


def test_an_amount_too_small_for_any_number_is_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(OWN_HEADER + "2026-01-05,a,chat,1e-400\n2026-01-05,a,chat,0e5\n")
    reasons = rate(path, book(standard(1))).refused["reason"].to_list()
    assert reasons == ["quantity 1e-400 has more than nine decimals"]


def test_a_point_before_thousands_is_not_read_as_decimals(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    rows = ["timestamp;customer;model;input_tokens;output_tokens"]
    rows += [f"2026-01-05;a;chat;{n};1" for n in ("1.000", "25.000", "1000.0", "0.000", "1000")]
    path.write_text("\n".join(rows))
    rated = rate(path, book(*tokens(input=1, output=1)))
    why = "may be a thousand times as much: a whole number has no point"
    assert rated.refused["reason"].to_list() == [
        f"input_tokens 1.000 {why}",
        f"input_tokens 25.000 {why}",
    ]


def test_a_date_with_its_hour_is_no_count_of_seconds(tmp_path: Path) -> None:
    """2026010510 seconds after 1970 are in 2034."""
    path = tmp_path / "usage.csv"
    path.write_text(OWN_HEADER + "2026010510,a,chat,1\n1767609000,a,chat,1\n")
    rated = rate(path, book(standard(1)))
    assert rated.refused["reason"].to_list() == ["timestamp 2026010510 is no date or time"]
    assert rated.bill["period"].to_list() == [date(2026, 1, 1)]


def test_tokens_of_a_kind_that_is_new_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(
        ANTHROPIC.replace("usage_input_tokens_cache_read", "usage_input_tokens_cache_hit")
    )
    with pytest.raises(UsageError, match="the column usage_input_tokens_cache_hit holds usage"):
        rate(path, book(*tokens(input=1, output=1, cache_write=1, cache_write_1h=1)))


@pytest.mark.parametrize("name", ["usage.csv", "usage.json", "usage.parquet", None])
def test_what_is_said_of_an_export_is_not_left_out_of_ones_own(
    tmp_path: Path, name: str | None
) -> None:
    table = pl.DataFrame({"timestamp": ["2026-01-05"], "customer": ["a"], "model": ["chat"],
                          "quantity": [2], "team": ["x"]})  # fmt: skip
    given: Any = table if name is None else tmp_path / name
    if name is not None:
        writers = {"csv": "write_csv", "json": "write_ndjson", "parquet": "write_parquet"}
        getattr(table, writers[name.rpartition(".")[2]])(given)
    assert rate(given, book(standard(1)), customer="customer").bill["customer"].to_list() == ["a"]
    with pytest.raises(UsageError, match=r"--map customer=team \(columns= in Python\) says who is"):
        take(given, customer="team")
    with pytest.raises(UsageError, match=r"not (as an export )?of (the source )?openai"):
        take(given, source="openai")


def test_a_column_is_named_for_one() -> None:
    table = pl.DataFrame({"time": ["2026-01-05"], "id": ["chat"], "quantity": [2]})
    with pytest.raises(UsageError, match=r"^the column id is named for two columns of a usage"):
        take(table, columns={"timestamp": "time", "customer": "id", "model": "id"})


def test_a_grain_that_is_said_twice_is_one() -> None:
    table = pl.DataFrame({"timestamp": ["2026-01-05"], "customer": ["a"], "model": ["chat"],
                          "quantity": [2]})  # fmt: skip
    once, twice = (rate(table, book(standard(1)), by=by).detail for by in (["day"], ["day", "day"]))
    assert once is not None
    assert twice is not None
    assert once.equals(twice)
