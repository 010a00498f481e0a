"""Our cost beside the provider's: every fault that is planted is found and priced, by hand."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import polars as pl
import pytest

from lmprice.billing import PriceBook
from lmprice.billing.gap import Gap, in_cents, reconcile
from lmprice.billing.gap_report import gap_json, gap_workbook
from lmprice.billing.provider_bill import read_bill
from lmprice.billing.usage import UsageError
from tests.billing.books import book, standard, tokens

# A million tokens each way cost 2 and 10 dollars.
BOOK = book(
    *tokens(input=2, output=10),
    factors=[
        {"factor": 0.5, "name": "batch", "when": {"batch": True}},
        {"factor": 1.1, "name": "EU", "when": {"region": "eu"}},
    ],
)
MILLION = 1_000_000
THREE = {"day": "a", "model": "b", "amount": "c"}
COLUMNS = {n: n for n in ("day", "model", "meter", "quantity", "amount", "kind")}


def usage(days: int = 11, **own: int) -> pl.DataFrame:
    """A million tokens each way on each day; ``own`` has the output of a day, such as d8."""
    return pl.DataFrame([
        {
            "timestamp": f"2026-01-{day:02}T12:00:00Z", "customer": "us", "model": "chat",
            "input_tokens": MILLION, "output_tokens": own.get(f"d{day}", MILLION),
        }
        for day in range(1, days + 1)
    ])  # fmt: skip


def bill_rows(days: int = 11) -> dict[tuple[int, str], list[Any]]:
    """What the provider would charge for `usage` if all were right: quantity and amount."""
    prices = {"input": "2.00", "output": "10.00"}
    return {
        (day, meter): [MILLION, price]
        for day in range(1, days + 1)
        for meter, price in prices.items()
    }


def compared(
    path: Path,
    rows: dict[tuple[int, str], list[Any]],
    more: list[str],
    used: pl.DataFrame,
    prices: PriceBook = BOOK,
) -> Gap:
    lines = [f"2026-01-{d:02},Chat,{m},{q},{a},usage" for (d, m), (q, a) in rows.items()]
    path.write_text("\n".join([",".join(COLUMNS), *lines, *more]) + "\n")
    return reconcile(used, prices, read_bill(path, COLUMNS))


def test_ten_faults_and_two_that_overlap(tmp_path: Path) -> None:
    rows = bill_rows()
    more = ["2026-01-01,ghost,output,1000,0.50,usage"]  # 1: nobody used it
    del rows[2, "output"]  # 2: 10 dollars that are not charged
    rows[3, "output"] = [1_100_000, "11.00"]  # 3: counts 100,000 more
    rows[4, "input"] = [900_000, "1.80"]  # 4: counts 100,000 fewer
    rows[5, "output"] = [MILLION, "12.00"]  # 5: 12 a million
    rows[6, "output"] = [MILLION, "5.00"]  # 6: half price, as batches have
    rows[7, "output"] = [MILLION, "11.00"]  # 7: a tenth more, as in the EU
    rows[8, "output"] = [1_000_400, "10.00"]  # 8: 10.004 rounded to cents
    more.append("2026-01-09,,,,3.00,tax")  # 9
    rows[10, "input"] = ["", "2.50"]  # 10: does not say what it counts
    used = usage(d8=1_000_400)
    gap = compared(tmp_path / "bill.csv", rows, more, used)
    expected = {
        "only on the bill": "0.50",
        "only in the usage": "-10.00",
        "counts": "0.80",  # + 1.00 - 0.20
        "unit price": "2.00",
        "tier or batch": "-5.00",
        "region": "1.00",
        "counts and price": "0",
        "rounding": "-0.004",
        "tax and credits": "3.00",
        "unexplained": "0.50",
    }
    assert gap.parts == {name: Decimal(text) for name, text in expected.items()}
    assert list(gap.parts) == list(expected)
    # Ours: 11 x 12 + 0.004.
    assert (gap.ours, gap.theirs) == (Decimal("132.004"), Decimal("124.80"))
    assert sum(gap.parts.values()) == gap.theirs - gap.ours
    assert gap.largest() == [
        "2026-01-02 chat output: in the usage and not on the bill, -10.00",
        "2026-01-06 chat output: tier or batch, charged as batch (times 0.5), -5.00",
        "tax on the bill, +3.00",
        "2026-01-05 chat output: the unit price is 1.2 times that of the book, +2.00",
        "2026-01-03 chat output: the bill counts 1,100,000, the usage 1,000,000, +1.00",
    ]
    whole, parts = in_cents(gap)
    assert whole == Decimal("-7.20")
    assert sum(parts.values()) == whole

    # Two in one cell: 200,000 more, at 15 instead of 10 a million.
    rows[11, "output"] = [1_200_000, "18.00"]
    both = compared(tmp_path / "bill.csv", rows, more, used)
    changed = {n: v - gap.parts[n] for n, v in both.parts.items() if v != gap.parts[n]}
    assert changed == {"counts": 2, "unit price": 5, "counts and price": 1}
    assert sum(both.parts.values()) == both.theirs - both.ours


def test_no_fault_no_gap(tmp_path: Path) -> None:
    gap = compared(tmp_path / "bill.csv", bill_rows(), [], usage())
    assert not any(gap.parts.values())
    assert gap.largest() == []


def test_a_price_under_other_conditions_explains(tmp_path: Path) -> None:
    prices = book(
        *tokens(input=2, output=10),
        standard(4, meter="output", per=1e6, when={"service_tier": "flex"}),
    )
    rows = bill_rows(2)
    rows[2, "output"] = [MILLION, "4.00"]
    gap = compared(tmp_path / "bill.csv", rows, [], usage(2), prices)
    assert gap.parts["tier or batch"] == -6
    assert "flex" in gap.largest()[0]


def test_what_belongs_to_no_model_on_either_side(tmp_path: Path) -> None:
    tax = {"name": "VAT", "rate": 0.2}
    prices = book(*tokens(input=2, output=10), accounts=[{"customer": "us", "tax": tax}])
    more = ["2026-01-31,,,,-1.50,credit"]
    gap = compared(tmp_path / "bill.csv", bill_rows(2), more, usage(2), prices)
    # Ours: 24 and a fifth of it; theirs: 24 less 1.50.
    assert gap.ours == Decimal("28.80")
    assert gap.parts["tax and credits"] == Decimal("-6.30")
    assert gap.largest() == ["tax in the book, -4.80", "credit on the bill, -1.50"]


def test_usage_that_the_book_gives_away(tmp_path: Path) -> None:
    gap = compared(
        tmp_path / "bill.csv", bill_rows(1), [], usage(1), book(*tokens(input=0, output=10))
    )
    assert {n: v for n, v in gap.parts.items() if v} == {"unit price": 2}
    assert gap.largest() == ["2026-01-01 chat input: the book charges nothing for it, +2.00"]


def test_days_that_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    compared(path, bill_rows(2), [], usage(2))
    gap = reconcile(
        usage(5), BOOK, read_bill(path, COLUMNS), start=date(2026, 1, 2), end=date(2026, 1, 4)
    )
    assert (gap.ours, gap.theirs) == (Decimal(24), Decimal(12))
    assert gap.parts["only in the usage"] == -12


def test_openai(tmp_path: Path) -> None:
    # Header: the console's cost export; the numbers are our own.
    path = tmp_path / "cost.csv"
    path.write_text(
        "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,"
        "quantity_unit,line_item,user_id,api_key_id,project_id,organization_id,project_name,"
        "organization_name,user_email\n"
        "1767139200,1767225600,2025-12-31T00:00:00+00:00,2026-01-01T00:00:00,,,,,,,,,,,,\n"
        "1767225600,1767312000,2026-01-01T00:00:00+00:00,2026-01-02T00:00:00,"
        "2.000000000000000000000000000000,usd,1000000.0,tokens,\"chat, input_tokens\",,,p,o,P,O,\n"
        "1767225600,1767312000,2026-01-01T00:00:00+00:00,2026-01-02T00:00:00,"
        "9.000000000000000000000000000000,usd,900000.0,tokens,\"chat, output_tokens\",,,p,o,P,O,\n"
    )  # fmt: skip
    bill = read_bill(path)
    assert (bill.source, bill.currency, len(bill.rows)) == ("openai", "USD", 2)
    gap = reconcile(usage(1), BOOK, bill)
    assert {n: v for n, v in gap.parts.items() if v} == {"counts": -1}


def test_anthropic(tmp_path: Path) -> None:
    # Header: the console's cost export, whose amounts have two decimals; the numbers are our own.
    path = tmp_path / "cost.csv"
    path.write_text(
        "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,"
        "list_price_usd,cost_type,inference_geo,speed\n"
        "2026-01-01,Claude Haiku 4.5,D,k,message,≤ 200k,input_no_cache,1.25,1.25,token,global,\n"
        "2026-01-01,Claude Haiku 4.5,D,k,message,≤ 200k,output,2.75,2.75,token,us,\n"
        "2026-01-01,Claude Haiku 4.5,D,k,message,≤ 200k,input_cache_read,0.03,0.03,token,us,\n",
        encoding="utf-8",
    )  # fmt: skip
    prices = book(
        *({**c, "model": "claude-haiku-4-5"} for c in tokens(input=1, cached=0.1, output=5)),
        factors=[{"factor": 1.1, "name": "US", "when": {"region": "us"}}],
        models=[{"name": "claude-haiku-4-5", "aliases": ["claude-haiku-4-5-*"]}],
    )
    used = pl.DataFrame([{
        "timestamp": "2026-01-01", "customer": "us", "model": "claude-haiku-4-5-20251001",
        "input_tokens": 1_500_000, "cached_tokens": 250_000, "output_tokens": 500_000,
    }])  # fmt: skip
    gap = reconcile(used, prices, read_bill(path))
    # Input 1.25 as billed; output 2.50 becomes 2.75 by a tenth; 0.025 is billed as 0.03.
    assert {n: v for n, v in gap.parts.items() if v} == {
        "region": Decimal("0.25"), "rounding": Decimal("0.005"),
    }  # fmt: skip


@pytest.mark.parametrize("header", ["start_time_iso,end_time_iso", "utc_date"])
def test_deepseek(tmp_path: Path, header: str) -> None:
    # Headers: the platform's archive, new and old; the numbers are our own.
    when = "2026-01-01T00:00:00+08:00,2026-01-02T00:00:00+08:00" if "," in header else "20260101"
    path = tmp_path / "cost-2026-1.csv"
    path.write_bytes(
        f"\ufeffuser_id,{header},model,wallet_type,cost,currency\r\n"
        f"u,{when},chat,Paid,13.5000000000000000,CNY\r\n".encode()
    )
    prices = book(*tokens(input=2, output=10), currency="CNY")
    gap = reconcile(usage(1), prices, read_bill(path))
    # No counts and no meters: 12 against 13.5.
    assert [(c.meter, c.parts) for c in gap.cells] == [
        ("all meters", {"unexplained": 1_500_000_000_000})
    ]
    with pytest.raises(UsageError, match="is in CNY, Test in USD"):
        reconcile(usage(1), BOOK, read_bill(path))


def test_the_archive_of_deepseek(tmp_path: Path) -> None:
    path = tmp_path / "usage_data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("amount-2026-1.csv", "not read here")
        archive.writestr(
            "cost-2026-1.csv",
            "user_id,utc_date,model,wallet_type,cost,currency\nu,2026-01-01,chat,Paid,6,USD\n"
            "u,2026-01-01,chat,Granted,6,USD\n",
        )
    assert not any(reconcile(usage(1), BOOK, read_bill(path)).parts.values())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("amount-2026-1.csv", "")
    with pytest.raises(UsageError, match=r"holds 0 bills: amount-2026-1\.csv"):
        read_bill(path)


def test_a_bill_in_two_currencies(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("a,b,c,d\n2026-01-01,x,1,usd\n2026-01-01,x,1,EUR\n")
    with pytest.raises(UsageError, match="is in EUR and USD"):
        read_bill(path, {**THREE, "currency": "d"})
    with pytest.raises(UsageError, match="there is no file"):
        read_bill(tmp_path / "none.csv")


def test_fees_of_our_plan_belong_to_no_model(tmp_path: Path) -> None:
    fees = [{"name": "seat", "amount": 7}]
    plan = {"name": "team", "fees": fees, "allowances": [{"meter": "output", "amount": MILLION}]}
    prices = book(
        *tokens(input=2, output=10),
        plans=[plan],
        accounts=[{"customer": "us", "plans": [{"plan": "team", "valid_from": "2026-01-01"}]}],
    )
    gap = compared(tmp_path / "bill.csv", bill_rows(1), [], usage(1), prices)
    # A million tokens of output are in the plan; the bill charges 10 for them.
    assert {n: v for n, v in gap.parts.items() if v} == {"unit price": 10, "tax and credits": -7}


def test_counts_that_are_no_sum_are_refused(tmp_path: Path) -> None:
    prices = book(*tokens(input=2, output=10), standard(1, meter="seats", aggregation="max"))
    with pytest.raises(UsageError, match="chat seats is priced by its max, which has no days"):
        compared(tmp_path / "bill.csv", bill_rows(1), [], usage(1), prices)


def test_the_parts_always_add_up(tmp_path: Path) -> None:
    random = Random(5)
    for _ in range(3):
        rows = {
            (day, meter): [random.randint(1, 2 * MILLION), f"{random.uniform(0, 20):.6f}"]
            for day in range(1, 9)
            for meter in ("input", "output")
            if random.random() > 0.2
        }
        gap = compared(tmp_path / "bill.csv", rows, [], usage(6, d2=333_333))
        # Ours is 6 times 12, less what the second day lacks of 10 dollars.
        assert gap.ours == Decimal("65.33333")
        assert gap.theirs == sum((Decimal(str(a)) for _, a in rows.values()), Decimal(0))
        assert sum(gap.parts.values()) == gap.theirs - gap.ours
        assert all(sum(cell.parts.values()) == cell.gap for cell in gap.cells)
        whole, parts = in_cents(gap)
        assert sum(parts.values()) == whole


def test_names_of_models_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("d,m,a\n2026-01-01,The Chat Model,12\n")
    bill = read_bill(path, {"day": "d", "model": "m", "amount": "a"})
    assert reconcile(usage(1), BOOK, bill).parts["only on the bill"] == 12
    said = reconcile(usage(1), BOOK, bill, models={"The Chat Model": "chat"})
    assert not any(said.parts.values())


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("a,b\n1,2\n", {}, "no bill that is known"),
        ("a,b\n1,2\n", {"day": "a", "model": "b"}, "say which column is amount"),
        ("a,b\n1,2\n", THREE, "has no column c"),
        ("a,b\n1,2\n", {"when": "a"}, "a bill has no when"),
        ("a,b,c\n2026-01-01,x,y\n", THREE, "row 1: c y is not a number"),
        ("a,b,c\n2026-01-01,x,\n", {**THREE, "model": "b"}, "row 1: c is empty"),
        ("a,b,c\n1st,x,1\n", THREE, "row 1: a 1st is not a day"),
        ("a,b,c\n1\n", THREE, "1 cells instead of 3"),
        ("a,b,c,c\n2026-01-01,x,1,2\n", THREE, r"^bill\.csv has two columns c$"),
        ("a,b,c\n01/05/2026,x,1\n", THREE, "row 1: a 01/05/2026 is not a day"),  # or 1 May
        ("a,b,c\n2026-01-01,x,1e999999999\n", THREE, "c 1e999999999 has more than 22 digits bef"),
        ("a,b,c\n2026-01-01,x,-1e-999999999\n", THREE, "or 100 after it$"),
        ('[{"a": "2026-01-01", "b": "x", "c": 1e400}]', THREE, "row 1: c inf is not a number"),
    ],
)
def test_bills_that_cannot_be_read(
    tmp_path: Path, text: str, columns: dict[str, str], message: str
) -> None:
    path = tmp_path / "bill.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        read_bill(path, columns)


def test_report(tmp_path: Path) -> None:
    rows = bill_rows(2)
    rows[2, "output"] = [MILLION, "11.00"]
    gap = compared(tmp_path / "bill.csv", rows, ["2026-01-31,,,,-1.50,credit"], usage(2))
    found = json.loads(gap_json(gap))
    assert (found["ours"], found["theirs"], found["gap"]) == (24, 23.5, -0.5)
    assert found["parts"]["region"] == 1
    assert found["other"] == [{"side": "theirs", "name": "credit", "amount": -1.5}]
    assert found["cells"][-1]["cause"] == "EU (times 1.1)"
    workbook = openpyxl.load_workbook(io.BytesIO(gap_workbook(gap)))
    values = {row[0].value: row[1].value for row in workbook["Gap"].iter_rows(min_row=3)}
    assert (values["Our cost"], values["Region"], values["Gap"]) == (24, 1, -0.5)
    assert workbook["Day, model, meter"].max_row == 2 + 4
