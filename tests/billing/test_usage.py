"""Usage files: every broken row is refused for its own reason, and all is accounted for."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from lmprice.billing.rating import Rating, rate
from lmprice.billing.usage import UsageError, batches, column_names, count_rows
from tests.billing.books import book, standard, tokens, usage

HEADER = "timestamp,customer,model,input_tokens,cached_tokens,output_tokens"
BOOK = book(*tokens(input=3, cached=0.3, output=15))

BROKEN = {
    "soon,acme,chat,1,0,1": "timestamp soon is no date or time",
    ",acme,chat,1,0,1": "timestamp is missing",
    "2026-02-30,acme,chat,1,0,1": "timestamp 2026-02-30 is no date or time",
    "2026-01-01, ,chat,1,0,1": "customer is missing",
    "2026-01-01,acme,,1,0,1": "model is missing",
    "2026-01-01,acme,chess,1,0,1": "the price book has no model chess",
    "2025-12-31,acme,chat,1,0,1": "no input price for chat at this time",
    "2026-01-01,acme,chat,many,0,1": "input_tokens many is not a whole number, at least 0",
    "2026-01-01,acme,chat,1.5,0,1": "input_tokens 1.5 is not a whole number, at least 0",
    "2026-01-01,acme,chat,1,0,-1": "output_tokens -1 is not a whole number, at least 0",
    "2026-01-01,acme,chat,nan,0,1": "input_tokens nan is not a whole number, at least 0",
    "2026-01-01,acme,chat,1e15,0,1": "input_tokens 1e15 is not a whole number, at least 0",
    "2026-01-01,acme,chat,1e99,0,1": "input_tokens 1e99 is not a whole number, at least 0",
    "2026-01-01,acme,chat,5,6,1": "6 cached tokens are more than all 5 input tokens",
    "2026-01-01,acme,chat,,6,1": "6 cached tokens are more than all 0 input tokens",
    "2026-01-01,acme,chat,,,": "no amount is given",
    "": "the line has 1 field instead of 6",
    "2026-01-01,acme,chat,1": "the line has 4 fields instead of 6",
    "2026-01-01,acme,chat,1,0,1,2,3": "the line has 8 fields instead of 6",
    '2026-01-01,"acme,chat,1,0,1': "the line has a quote that does not close its field",
    '2026-01-01,"ac"me,chat,1,0,1': "the line has a quote that does not close its field",
    "2026-01-01,acm\udcff,chat,1,0,1": "the line is not UTF-8",
}
GOOD = "2026-01-01T10:00:00Z,acme,chat,10,4,2"


def written(path: Path, *lines: str, header: str = HEADER) -> Path:
    path.write_bytes("\n".join([header, *lines]).encode(errors="surrogateescape") + b"\n")
    return path


def reconciled(rated: Rating) -> Rating:
    """The rating, after adding up its parts from scratch."""
    totals = rated.totals
    assert totals.rated_rows + totals.refused_rows == totals.rows
    assert rated.refused.height == totals.refused_rows
    for name, amount in totals.amounts.items():
        assert totals.rated_amounts[name] + totals.refused_amounts[name] == amount
    used = dict(rated.lines.group_by("meter").agg(pl.col("quantity").sum()).iter_rows())
    assert used.get("output", 0) == totals.rated_amounts["output_tokens"]
    fresh_and_cached = used.get("input", 0) + used.get("cached", 0)
    assert fresh_and_cached == totals.rated_amounts["input_tokens"]
    return rated


@pytest.mark.engine
@pytest.mark.parametrize("batch_rows", [1, 3, 1000])
def test_each_broken_row_has_its_reason(tmp_path: Path, batch_rows: int) -> None:
    lines = [line for broken in BROKEN for line in (broken, GOOD)]
    path = written(tmp_path / "usage.csv", *lines)
    rated = reconciled(rate(path, BOOK, batch_rows=batch_rows))
    assert rated.refused["reason"].to_list() == list(BROKEN.values())
    assert rated.refused["row"].to_list() == list(range(1, 2 * len(BROKEN), 2))
    assert rated.totals.rated_amounts["input_tokens"] == 10 * len(BROKEN)


def test_refused_rows_keep_their_cells(tmp_path: Path) -> None:
    path = written(tmp_path / "usage.csv", GOOD, "2026-01-01,a,chat,1,0,1,2,3", "x,b")
    refused = rate(path, BOOK).refused
    assert refused.columns == ["row", "reason", *HEADER.split(",")]
    assert refused.rows()[0][2:] == ("2026-01-01", "a", "chat", "1", "0", "1,2,3")
    assert refused.rows()[1][2:] == ("x", "b", None, None, None, None)


def test_other_columns_are_nobodys_business(tmp_path: Path) -> None:
    """Whatever they are called, they only come back with refused rows."""
    header = "timestamp,customer,model,quantity,input,charge,from,_time,period"
    lines = ["2026-01-01,acme,chat,2,a,b,c,d,e", "2026-01-01,acme,chat,lots,a,b,c,d,e"]
    path = written(tmp_path / "usage.csv", *lines, header=header)
    rated = rate(path, book(standard()))
    assert rated.lines["billed_cost"].to_list() == [Decimal(2)]
    assert rated.refused.row(0) == (
        *(2, "quantity lots is not a number"),
        *("2026-01-01", "acme", "chat", "lots", "a", "b", "c", "d", "e"),
    )


@pytest.mark.engine
def test_one_row_in_a_hundred_is_broken(tmp_path: Path) -> None:
    chance = random.Random(1)
    broken = list(BROKEN)
    lines = []
    for _ in range(20_000):
        customer, tokens_in = chance.randrange(50), chance.randrange(1, 10**6)
        lines.append(f"2026-01-{chance.randrange(1, 32):02},c{customer},chat,{tokens_in},1,7")
    places = chance.sample(range(len(lines)), 200)
    for number, place in enumerate(places):
        lines[place] = broken[number % len(broken)]
    rated = reconciled(rate(written(tmp_path / "usage.csv", *lines), BOOK, batch_rows=999))
    assert rated.totals.rows == 20_000
    assert sorted(place + 1 for place in places) == rated.refused["row"].to_list()
    assert rated.totals.rated_amounts["output_tokens"] == 7 * 19_800
    assert rated.lines["billed_cost"].sum() == rated.bill["billed_cost"].sum()


def test_spellings_of_a_valid_row(tmp_path: Path) -> None:
    lines = (
        '2026-01-01T10:00:00Z,"acme, Inc.",chat,10,,2',
        '2026-01-01 10:00:00.123456+00:00,"acme, Inc.", chat ,1e1,0,2',
        '2026-01-01T10:00,"acme, Inc.",chat,10.0,0,2\r',
        '"2026-01-01","acme, Inc.","chat","10","0","2"',
        '2025-12-31T22:00-05:00,"acme, Inc.",chat,10,0,2',
    )
    path = written(tmp_path / "usage.csv", *lines, header="\ufeff" + HEADER + "\r")
    rated = reconciled(rate(path, BOOK))
    assert rated.refused.is_empty()
    assert rated.bill["customer"].to_list() == ["acme, Inc."]
    assert rated.totals.rated_amounts["input_tokens"] == 50


def test_parquet_and_csv_give_the_same_bill(tmp_path: Path) -> None:
    path = written(tmp_path / "usage.csv", *[GOOD] * 10, "2026-01-01,beta,chat,5,6,1")
    pl.read_csv(path).write_parquet(tmp_path / "usage.parquet")
    csv, parquet = (reconciled(rate(tmp_path / f"usage.{k}", BOOK)) for k in ("csv", "parquet"))
    assert csv.lines.equals(parquet.lines)
    assert csv.refused["row"].to_list() == parquet.refused["row"].to_list()
    assert {count_rows(tmp_path / f"usage.{k}") for k in ("csv", "parquet")} == {11}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^there is no file .*usage\.xls"):
        rate(tmp_path / "usage.xls", BOOK)
    for header, message in (
        ("", "usage.csv is of no source that is known: it has no header"),
        ("customer,model", "usage.csv is of no source that is known: it has the columns customer,"),
        (HEADER + ",model", "the usage table has two columns model"),
        ('"' + HEADER, "usage.csv: the header has a quote"),
        (HEADER + ",reason", "the usage table has a column reason; refused rows get one"),
    ):
        with pytest.raises(UsageError, match=f"^{message}"):
            rate(written(tmp_path / "usage.csv", header=header), BOOK)
    (tmp_path / "usage.parquet").write_bytes(b"PAR1")
    with pytest.raises(UsageError, match=r"^usage\.parquet: "):
        rate(tmp_path / "usage.parquet", BOOK)


def test_amounts_that_get_lost_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmprice.billing.reconciling.KINDS", ("rated",))
    with pytest.raises(RuntimeError, match=r"^quantity: the totals do not reconcile: "):
        rate(usage({"quantity": 2, "model": "unknown"}, {"quantity": 1}), book(standard()))


def test_progress_is_reported_by_batch_and_refused_rows_once(tmp_path: Path) -> None:
    path = written(tmp_path / "usage.csv", GOOD, "x", GOOD, "y", GOOD)
    done: list[int] = []
    parts: list[pl.DataFrame] = []
    rated = rate(path, BOOK, batch_rows=2, on_progress=done.append, on_refused=parts.append)
    assert done == [2, 4, 5]
    assert [part["row"].to_list() for part in parts] == [[2, 4]]
    assert rated.refused.is_empty()
    assert rated.totals.refused_rows == 2


def test_amounts_are_added_exactly(tmp_path: Path) -> None:
    lines = ["2026-01-01,acme,chat,0.1", "2026-01-01,acme,chat,0.2"] * 1000
    path = written(tmp_path / "u.csv", *lines, header="timestamp,customer,model,quantity")
    rated = rate(path, book({"charge_model": "standard", "unit_price": 1}))
    assert rated.lines["quantity"].item() == Decimal(300)


@pytest.mark.parametrize("lazily", [False, True])
def test_a_page_at_which_reading_breaks_down(lazily: bool) -> None:
    """Polars panics in a thread of its own there; its batches then end as if that were all."""
    path = Path(__file__).parents[1] / "fuzz" / "finds" / "usage" / "6192" / "usage.parquet"
    usage = pl.scan_parquet(path) if lazily else path
    with pytest.raises(UsageError, match=r"cannot be read after row 0: what follows is damaged$"):
        list(batches(usage, 1000, column_names(usage, has_reasons=False)))


@pytest.mark.parametrize(
    ("meter", "amount", "reason"),
    [
        ("input_tokens", Decimal("100.5"), "input_tokens 100.5 is not a whole number, at least 0"),
        ("input_tokens", Decimal("0.000000000001"), "input_tokens 0.000000000001 has more than"),
        ("quantity", Decimal("0.0000000001"), "quantity 0.0000000001 has more than nine decimals"),
        ("quantity", 1e-10, "quantity 1e-10 has more than nine decimals"),
        ("quantity", Decimal("0.5000000000"), None),
        ("quantity", 0.1 + 0.2, None),  # a trace of binary fractions
        ("input_tokens", Decimal("100.0"), None),
    ],
)
def test_numbers_of_a_table_are_as_strict_as_those_of_a_text(
    meter: str, amount: Decimal | float, reason: str | None
) -> None:
    prices = book(standard(1), *tokens(input=3))
    refused = rate(usage({meter: amount}), prices).refused
    assert refused.height == (reason is not None)
    assert reason is None or refused["reason"].item().startswith(reason)


def test_customers_are_the_same_where_some_are_missing() -> None:
    """A column of numbers in which one is missing is one of floats in pandas."""
    table = pl.concat([usage({"customer": c, "quantity": 1}) for c in (7.0, 7.5, None)])
    rated = rate(table, book(standard(1)))
    assert rated.bill["customer"].to_list() == ["7", "7.5"]
    assert rated.refused["reason"].to_list() == ["customer is missing"]


def test_rows_of_one_moment_with_records(recwarn: pytest.WarningsRecorder) -> None:
    """Their order is by all cells, of whatever type."""
    row = {"quantity": 1, "note": {"a": [1]}, "other": None}
    rated = rate(usage(row, row, {**row, "note": None}), book(standard(1)), rows=True)
    assert rated.bill["billed_cost"].to_list() == [3]
    assert list(recwarn) == []
