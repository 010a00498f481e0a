"""Bounds of memory and what they must not change: portions, long lines, columns left aside."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from lmprice.billing import job, lines, partial, plain_charges, plain_csv, spool
from lmprice.billing.backtesting import backtest
from lmprice.billing.parsing import parse_book
from lmprice.billing.rating import rate
from lmprice.billing.readers import opening
from lmprice.billing.report import Report
from tests.billing.books import book, tokens
from tests.billing.test_usage import GOOD, HEADER, written

BOOK = book(*tokens(input=3, cached=0.3, output=15))


def test_customers_in_portions_have_the_same_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(3)
    names = ["acme", "Ämter", "z", "客户", "a b", "\U0001f600", "beta", "Z"]
    rows = [
        f"2026-{chance.randrange(1, 4):02}-05,{chance.choice(names)},chat,{n + 5},1,{n}"
        for n in range(300)
    ]
    path = written(tmp_path / "usage.csv", *rows)
    whole = rate(path, BOOK)
    for portion in (1, 3):
        monkeypatch.setattr(job, "PORTION", portion)
        parts = rate(path, BOOK)
        assert parts.lines.equals(whole.lines)
        assert parts.bill.equals(whole.bill)


def test_a_line_too_long_to_be_a_row_is_refused_with_its_beginning(tmp_path: Path) -> None:
    long = f"2026-01-01,{'x' * 3_000_000},chat,1,0,1"
    rated = rate(written(tmp_path / "usage.csv", GOOD, long, GOOD), BOOK)
    assert rated.totals.rated_rows == 2
    ((row, reason, *cells),) = rated.refused.rows()
    assert row == 2
    assert reason == (
        "the line has 3,000,022 bytes, more than 1,048,576; its beginning stands here"
    )
    assert cells[:2] == ["2026-01-01", "x" * (lines.LONGEST_LINE - 11)]


@pytest.mark.parametrize("block", [7, 64, 1000, 1 << 20])
def test_a_long_line_between_others_is_refused_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(plain_csv, "_BLOCK", block)
    monkeypatch.setattr(plain_csv, "LONGEST_LINE", 100)
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    long = f"2026-01-01,{'x' * 500},chat,1,0,1"
    rows = [GOOD, "", long, GOOD, long, long, GOOD, long]
    rated = rate(written(tmp_path / "usage.csv", *rows), BOOK)
    assert rated.totals.rated_rows == 3
    assert rated.refused["row"].to_list() == [2, 3, 5, 6, 8]
    assert (
        rated.refused["reason"].to_list()[1:]
        == ["the line has 522 bytes, more than 100; its beginning stands here"] * 4
    )
    assert rated.refused["customer"].to_list()[1:] == ["x" * 89] * 4


@pytest.mark.parametrize("block", [1, 2, 7, 1000])
def test_blocks_of_any_size_give_the_same_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(lines, "_BLOCK", block)
    monkeypatch.setattr(lines, "LONGEST_LINE", 10)
    path = tmp_path / "lines"
    path.write_bytes(b"one\n\n0123456789\n0123456789a\r\n" + b"z" * 40 + b"\nlast\n \n\r\n\n")
    with path.open("rb") as file:
        found = [line for piece in lines.lines_of(file, 2) for line in piece]
    assert found == [b"one", b"", b"0123456789", b"0123456789", b"z" * 10, b"last"]
    lengths = [line.length for line in found if isinstance(line, lines.LongLine)]
    assert lengths == [12, 40]


@pytest.mark.parametrize(
    "text",
    [
        b"acm\xff",
        b"\xc3(\xe2\x82",
        "caf\U0010fc80\u00e9".encode(),
        b'\x80\xff\x00,"',
        "客".encode(),
    ],
)
def test_bytes_are_kept(text: bytes) -> None:
    assert lines.as_bytes(lines.text_of(text)[0]) == text


def test_blank_lines_at_the_end_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n\n{GOOD}\n\n \n\r\n")
    rated = rate(path, BOOK)
    assert (rated.totals.rated_rows, rated.totals.refused_rows) == (2, 1)
    assert rated.refused["row"].to_list() == [2]


@pytest.mark.parametrize("block", [7, 64, 1000])
def test_more_blank_lines_than_a_line_could_have_are_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(plain_csv, "_BLOCK", block)
    monkeypatch.setattr(plain_csv, "LONGEST_LINE", 100)
    path = tmp_path / "usage.csv"
    blank = "\n" * 5000 + " \r\n" * 100
    path.write_text(f"{HEADER}\n{GOOD}\n{blank}  soon{GOOD}\n{GOOD}\n{blank}")
    rated = rate(path, BOOK)
    assert rated.totals.rated_rows == 2
    assert rated.refused.select("row", "reason", "timestamp").rows() == [
        (2, "the line is 5,300 bytes of blank lines", ""),
        (3, f"timestamp   soon{GOOD.partition(',')[0]} is no date or time",
         f"  soon{GOOD.partition(',')[0]}"),
    ]  # fmt: skip


@pytest.mark.parametrize("block", [7, 64, 1000])
def test_blank_lines_of_json_are_none_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(opening, "_JSON_BLOCK", block)
    monkeypatch.setattr(opening, "LONGEST", 200)
    path = tmp_path / "usage.jsonl"
    row = '{"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "input_tokens": 1}\n'
    path.write_text(row + "\n" * 5000 + row + "{\n" + "\n" * 5000)
    rated = rate(path, BOOK)
    assert rated.totals.rated_rows == 2
    assert rated.refused["reason"].to_list() == ["line 5003, column 2 is no JSON"]


def test_half_of_a_pair_in_json_stays_as_it_is_written(tmp_path: Path) -> None:
    """A log that was cut within a smiley, in a column of no part and in a name."""
    row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat", "input_tokens": 1}
    rows = [{**row, "note": "\ud83d"}, {**row, "customer": "b\ud83d"}, {**row, "model": "\udc00"}]
    made = [json.dumps(one) for one in rows]
    (tmp_path / "a.jsonl").write_text("\n".join(made))
    (tmp_path / "b.json").write_text(f"[{', '.join(made)}]")
    rated = rate(tmp_path, BOOK)
    assert rated.bill["customer"].to_list() == ["acme", r"b\ud83d"]
    assert rated.refused["reason"].to_list() == [r"the price book has no model \udc00"] * 2


@pytest.mark.engine
def test_refused_rows_on_disk_are_those_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        rows = [GOOD.replace("acme", f"{name}{n}").replace("chat", "chat" if n % 3 else "chess")
                for n in range(50)]  # fmt: skip
        written(tmp_path / f"{name}.csv", *rows)
    whole = rate(tmp_path, BOOK, batch_rows=7)
    monkeypatch.setattr(spool, "HELD", 100)
    apart = rate(tmp_path, BOOK, batch_rows=7)
    assert apart.refused.equals(whole.refused)
    assert apart.refused["customer"].to_list() == [
        f"{name}{n}" for name in "abc" for n in range(0, 50, 3)
    ]
    assert apart.refused["row"].to_list() == [
        50 * file + n + 1 for file in range(3) for n in range(0, 50, 3)
    ]


def test_columns_of_no_part_come_back_with_refused_rows(tmp_path: Path) -> None:
    header = f"{HEADER},{','.join(f'k{n}' for n in range(500))}"
    cells = ",".join(str(n) for n in range(500))
    path = written(tmp_path / "usage.csv", f"{GOOD},{cells}", f"soon{GOOD},{cells}", header=header)
    rated = rate(path, BOOK)
    assert rated.unread == tuple(f"k{n}" for n in range(500))
    assert rated.refused.row(0)[-500:] == tuple(str(n) for n in range(500))


@pytest.mark.engine
def test_plain_charges_of_many_customers_have_the_lines_of_single_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    tiers = [{"up_to": 3, "unit_price": 2.5, "flat_fee": 1}, {"unit_price": 0.333}]
    later = [{"up_to": 1.5, "unit_price": 3}, {"unit_price": 0.125, "flat_fee": 0.005}]
    per = {"model": "chat", "per": 1000, "meter": "input"}
    charges = [
        {**per, "valid_from": start, "charge_model": "graduated", "tiers": own, "discount": off,
         "bill_zero_quantity": False}
        for start, own, off in (
            ("2026-01-01", tiers, 0.1), ("2026-01-17", later, 0), ("2026-02-20", tiers, 0.1),
        )
    ]  # fmt: skip
    off_peak = {
        "charge_model": "off_peak", "model": "chat", "meter": "output", "unit_price": 0.00731,
        "valid_from": "2026-01-01",
        "off_peak_price": 0.0011, "peak_hours": [{"start": "08:00", "end": "20:00"}],
    }  # fmt: skip
    many = book(*charges, off_peak)
    rows = [
        f"2026-{chance.randrange(1, 4):02}-{chance.randrange(1, 29):02}"
        f"T{chance.randrange(24):02}:10:00Z,"
        f"c{chance.randrange(60)},chat,{chance.randrange(3000)},0,{chance.randrange(400)}"
        for _ in range(900)
    ]
    header = "timestamp,customer,model,input_tokens,cached_tokens,output_tokens"
    path = written(tmp_path / "usage.csv", *rows, header=header)
    for digits in (2, 0, 9):
        one = many.model_copy(update={"digits": digits, "ignore": ("cached_tokens",)})
        at_once = rate(path, one)
        monkeypatch.setattr(plain_charges, "FEW", 10**9)
        one_by_one = rate(path, one)
        monkeypatch.undo()
        assert at_once.lines.equals(one_by_one.lines)
        assert at_once.lines.height > 200


WEIGHED = [
    {"factor": 0.5, "when": {"tier": "batch"}},
    {"factor": 1.1, "when": {"tier": "fast"}},
]


def test_factors_on_tiers_have_the_lines_of_single_customers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(6)
    per = {"model": "chat", "per": 1000, "meter": "input", "charge_model": "graduated",
           "bill_zero_quantity": False}  # fmt: skip
    tiers = [{"up_to": 3, "unit_price": 2.5, "flat_fee": 1}, {"unit_price": 0.333}]
    later = [{"up_to": 1.5, "unit_price": 3}, {"unit_price": 0.125, "flat_fee": 0.005}]
    many = book({**per, "tiers": tiers}, {**per, "tiers": later, "valid_from": "2026-01-17"})
    many = parse_book({**many.model_dump(exclude_unset=True), "factors": WEIGHED})
    rows = [
        f"2026-01-{chance.randrange(14, 19):02}T{chance.randrange(3):02}:10:00Z,"
        f"c{chance.randrange(60)},chat,{chance.randrange(900)},"
        f"{chance.choice(['batch', 'fast', ''])}"
        for _ in range(900)
    ]
    header = "timestamp,customer,model,input_tokens,tier"
    path = written(tmp_path / "usage.csv", *rows, header=header)
    at_once = rate(path, many)
    monkeypatch.setattr(plain_charges, "FEW", 10**9)
    assert at_once.lines.equals(rate(path, many).lines)
    assert at_once.lines.height > 60


def test_rows_of_one_moment_share_the_step_into_the_next_tier(tmp_path: Path) -> None:
    tiers = [{"up_to": 3, "unit_price": 1}, {"unit_price": 2}]
    charge = {"model": "chat", "meter": "input", "charge_model": "graduated", "tiers": tiers}
    weighed = parse_book({**book(charge).model_dump(exclude_unset=True), "factors": WEIGHED})
    rows = [
        f"2026-01-05T00:00:00Z,c{number},chat,2,{tier}"
        for number in range(2 * plain_charges.FEW)
        for tier in ("", "batch")
    ]
    path = written(
        tmp_path / "usage.csv", *rows, header="timestamp,customer,model,input_tokens,tier"
    )
    # Four units cost 3 x 1 + 1 x 2; either half has 2.5 of it, one of them weighed by 0.5.
    assert set(rate(path, weighed).bill["billed_cost"]) == {Decimal("3.75")}


@pytest.mark.parametrize("few", [0, 7])
def test_a_table_in_parts_of_any_size_has_the_same_bill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    rows = [f"2026-01-0{1 + n % 9}, c{n % 4},chat,{n},{n % 3},{n}" for n in range(60)]
    rows[7], rows[40] = "x,c1,chat,1,0,1", "2026-01-01,c1,chat,1,2,1"
    path = written(tmp_path / "usage.csv", *rows)
    whole = rate(path, BOOK)
    monkeypatch.setattr(partial, "FEW", few)
    parts = rate(path, BOOK, batch_rows=3)
    assert parts.lines.equals(whole.lines)
    assert parts.refused.equals(whole.refused)
    assert parts.refused["row"].to_list() == [8, 41]
    assert parts.totals.amounts_by_kind == whole.totals.amounts_by_kind


@pytest.mark.parametrize("block", [3, 40, 100, 1 << 24])
def test_blocks_of_a_csv_file_are_rows_as_its_lines_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    odd = [
        '"2026-01-03",b,chat,5,1,2',
        "",
        "2026-01-03,b,chat,5,1",
        "2026-01-03,b,chat,x,1,2,",
        " ",
    ]
    rows = [f"2026-01-02,a,chat,{n + 3},1,{n}" for n in range(9)]
    path = written(tmp_path / "usage.csv", *rows[:4], *odd, *rows[4:], "", "  ", "")
    monkeypatch.setattr(plain_csv, "_BLOCK", block)
    found = rate(path, BOOK)
    assert found.totals.rated_rows == 10
    assert found.refused["row"].to_list() == [6, 7, 8, 9]
    assert found.refused["reason"].to_list() == [
        "the line has 1 field instead of 6",
        "the line has 5 fields instead of 6",
        "the line has 7 fields instead of 6",
        "the line has 1 field instead of 6",
    ]
    assert (
        found.lines["quantity"].to_list()
        == rate(path, BOOK, batch_rows=2).lines["quantity"].to_list()
    )


def test_a_column_may_be_numbers_in_one_block_and_texts_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_csv, "_BLOCK", 60)
    rows = ["2026-01-02,a,chat,30,1,2"] * 6 + ["2026-01-02,a,chat,x,1,2"]
    path = written(tmp_path / "usage.csv", *rows)
    apart, together = rate(path, BOOK), rate(path, BOOK, by=["day"])
    assert apart.lines.equals(together.lines)
    assert apart.refused.equals(together.refused)
    assert backtest(path, BOOK, BOOK).now.lines.equals(apart.lines)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_lines_are_handed_on_and_written_a_portion_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    rows = [f"2026-0{1 + n % 3}-05, c{n % 7},chat,{n},{n % 3},{n}" for n in range(60)]
    path = written(tmp_path / "usage.csv", *rows)
    whole = rate(path, BOOK)
    with Report(tmp_path / f"whole.{kind}") as report:
        report.write(whole)
    monkeypatch.setattr(job, "PORTION", 2)
    handed: list[pl.DataFrame] = []
    with Report(tmp_path / f"parts.{kind}") as report:

        def add(lines: pl.DataFrame) -> None:
            handed.append(lines)
            report.add(lines)

        parts = rate(path, BOOK, on_lines=add)
        report.write(parts)
    assert [lines["customer"].n_unique() for lines in handed] == [2, 2, 2, 1]
    assert pl.concat(handed).equals(whole.lines)
    assert parts.lines.schema == whole.lines.schema
    assert not parts.lines.height
    assert parts.bill.equals(whole.bill)
    assert dict(report.priced()) == {"output": 1770, "input": 1710, "cached": 60}
    assert [meter for meter, _ in report.priced()] == ["output", "input", "cached"]
    for name in (kind, f"lines.{kind}"):
        texts, again = (tmp_path / f"{first}.{name}" for first in ("whole", "parts"))
        if kind == "csv":
            assert again.read_bytes() == texts.read_bytes()
        else:
            assert pl.read_parquet(again).equals(pl.read_parquet(texts))
