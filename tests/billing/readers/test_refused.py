"""What an export does not say, or says in two ways, is refused, and nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from lmprice.billing.readers import pieces, read_usage
from lmprice.billing.readers.skus import parsed
from lmprice.billing.taking import take
from lmprice.billing.usage import UsageError
from tests.billing.readers.samples import ANTHROPIC
from tests.billing.readers.test_readers import rows, written


@pytest.mark.parametrize("cell", ["20260301", "1", "46023", "-5", "20260301120000", "1e12.5"])
def test_a_number_that_counts_no_seconds_stays_for_the_row_to_be_refused(
    tmp_path: Path, cell: str
) -> None:
    """Days without their signs and days of a spreadsheet would be in 1970, or in 2612."""
    path = written(tmp_path, "usage.csv", ANTHROPIC.replace("2026-03-01", cell))
    assert rows(read_usage(path))[0]["timestamp"] == cell


SPEND = "request_id,call_type,prompt_tokens,completion_tokens,startTime,model,metadata\n"


@pytest.mark.parametrize(
    "metadata",
    [
        "{'usage_object': {'prompt_tokens_details': {'cached_tokens': 6}}}",  # Python's
        '{"usage_object": {"prompt_tokens_details": {"cached',
        '{"usage_object": [1]}',
        '{"usage_object": {"prompt_tokens_details": [6]}}',
        '{"usage_object": {"prompt_tokens_details": {"cached_tokens": 6, "cached_tokens": 5}}}',
        "[1]",
    ],
)
def test_cached_tokens_that_cannot_be_read_are_not_billed_as_others(
    tmp_path: Path, metadata: str
) -> None:
    quoted = metadata.replace('"', '""')
    text = f'{SPEND}r1,c,10,2,2026-01-01 10:00:00,chat,"{quoted}"\n'
    reason = rows(read_usage(written(tmp_path, "spend.csv", text)))[0]["reason"]
    assert reason == f"metadata {metadata[:60]!r} does not say what was cached"


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ('{"input": 4, "prompt_tokens": 4}', "has input and prompt_tokens, which may say the same"),
        ('{"output": 4, "output_tokens": 4}', "has output and output_tokens, which may say the"),
        ('{"input_cached": 4, "input_cache_read": 4}', "has input_cached and input_cache_read, wh"),
        ('{"input": 4, "cached_tokens": 4}', "has cached_tokens: it is not known whether others"),
        (
            '{"input": 4, "input": 7}',
            "'{\"input\": 4, \"input\": 7}': the key 'input' stands twice",
        ),
    ],
)
def test_usage_that_may_be_said_twice_is_refused(tmp_path: Path, details: str, reason: str) -> None:
    row = {
        "start_time": "2026-01-01T10:00:00Z",
        "provided_model_name": "m",
        "usage_details": details,
    }
    path = written(tmp_path, "observations.jsonl", json.dumps(row))
    assert rows(read_usage(path))[0]["reason"].startswith(f"usage_details {reason}")


def test_other_names_of_input_and_output(tmp_path: Path) -> None:
    row = {
        "start_time": "2026-01-01T10:00:00Z", "provided_model_name": "m",
        "usage_details": {"input_tokens": 4, "output_tokens": 2, "input_cached_tokens": 3},
    }  # fmt: skip
    found = rows(read_usage(written(tmp_path, "observations.jsonl", json.dumps(row))))
    assert {"input_tokens": "7", "cached_tokens": "3", "output_tokens": "2"}.items() <= (
        found[0].items()
    )


@pytest.mark.parametrize(
    ("batch", "tier", "reason"),
    [("True", "batch", None), ("1", "batch", None), ("no", "default", None),
     ("maybe", "default", "batch maybe is neither true nor false")],
)  # fmt: skip
def test_whether_it_was_a_batch(tmp_path: Path, batch: str, tier: str, reason: str | None) -> None:
    text = (
        "start_time,end_time,start_time_iso,model,batch,service_tier,input_tokens,num_model_requests\n"
        f"1754092800,1754179200,x,gpt-5,{batch},priority,5,1\n"
    )
    row = rows(read_usage(written(tmp_path, "usage.csv", text)))[0]
    assert row["service_tier"] == ("batch" if tier == "batch" else "priority")
    assert row.get("reason") == reason


@pytest.mark.parametrize("kind", ["model", "customer", "reason", "api_key_name", "input_tokens"])
def test_a_kind_of_deepseek_takes_no_other_column(tmp_path: Path, kind: str) -> None:
    span = "u,2026-01-01T00:00:00+08:00,2026-01-02T00:00:00+08:00,deepseek-chat,prod,sk"
    text = (
        "user_id,start_time_iso,end_time_iso,model,api_key_name,api_key,type,price,amount\n"
        f"{span},{kind},1,9\n{span},output_tokens,1,7\n"
    )
    found = rows(read_usage(written(tmp_path, "amount.csv", text)))
    assert [(r["customer"], r["model"], r.get("reason")) for r in found] == [
        ("prod", "deepseek-chat", None)
    ] * 2
    assert found[0][f"usage {kind}"] == "9"


SEMICOLONS = "timestamp;customer;model;quantity\n2026-01-05;M{};chat;2\n2026-01-05;b;chat;1\n"


def test_names_that_cannot_be_read_are_not_taken_for_one_another(tmp_path: Path) -> None:
    """Müller and Möller in one byte a letter."""
    text = (SEMICOLONS.format("üller") + "2026-01-05;Möller;chat;3\n").encode("latin-1")
    path = written(tmp_path, "usage.csv", text)
    found = rows(read_usage(path))
    assert [row.get("reason") for row in found] == [
        None, "line 2 is not UTF-8", "line 4 is not UTF-8",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ('{"timestamp":"2026-01-05","customer":"M\xfc","model":"chat","quantity":1}\n', ["line 1"]),
        ('{"timestamp":"2026-01-05","customer":"Mu","model":"chat","quantity":1}\n'
         '{"timestamp":"2026-01-05","customer":"M\xfc","model":"chat","quantity":1}\n',
         [None, "line 2"]),
        ('[{"timestamp":"2026-01-05","customer":"Mu","model":"chat","quantity":1},\n'
         '{"timestamp":"2026-01-05","customer":"M\xfc","model":"chat","quantity":1}]',
         [None, "line of the value 2 of the list"]),
        ('{"timestamp":\n"2026-01-05","customer":"M\xfc","model":"chat","quantity":1}', [""]),
    ],
)  # fmt: skip
def test_json_that_is_not_utf_8(tmp_path: Path, text: str, reasons: list[str | None]) -> None:
    path = written(tmp_path, "usage.json", text.encode("latin-1"))
    if reasons[0] is not None:  # there is nothing else in it
        with pytest.raises(UsageError, match=rf"^usage\.json:? {reasons[0]}.*is not UTF-8$"):
            take(path)
        return
    told = [None if reason is None else f"{reason} is not UTF-8" for reason in reasons]
    assert [row.get("reason") for row in rows(read_usage(path))] == told


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-32"):
        path = written(tmp_path, "usage.csv", SEMICOLONS.encode(encoding))
        with pytest.raises(UsageError, match=r"^usage\.csv: its first line has bytes of zero"):
            read_usage(path)


@pytest.mark.parametrize(
    "name",
    ["Gemini 1.0 Pro Text Input Characters", "Chirp Output Seconds", "Imagen 3 Output Images",
     "Model Input Requests"],
)  # fmt: skip
def test_a_price_of_something_else_is_not_taken_for_tokens(name: str) -> None:
    reason = parsed(name).reason
    assert reason is not None
    assert "which this reader does not read" in reason


@pytest.mark.parametrize("block", [1, 7, 1000, 1 << 22])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_many_blank_lines_hide_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, end: str
) -> None:
    monkeypatch.setattr(pieces, "_BLOCK", block)
    monkeypatch.setattr(pieces, "_MANY", 3)
    blanks = "\n" * 50 + " \n" * 7
    lines = ["timestamp;customer;model;quantity\n", *(
        f"2026-01-05;{name};chat;1\n{blanks if name in 'bdf' else ''}" for name in "abcdefg"
    ), "2026-01-05;M\xfc;chat;1\n"]  # fmt: skip
    path = written(tmp_path, "usage.csv", "".join(lines).replace("\n", end).encode("latin-1"))
    found = rows(read_usage(path))
    assert [row.get("customer") for row in found] == [*"abcdefg", None]
    assert found[-1]["reason"] == f"line {2 + 7 + 3 * 57} is not UTF-8"


def _span(attributes: Mapping[str, object], **fields: object) -> str:
    written = [{"key": k, "value": {"intValue": v}} for k, v in attributes.items()]
    span = {"spanId": "s1", "startTimeUnixNano": "1754006400000000000", "attributes": written}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{**span, **fields}]}]}]})


def test_one_bad_span_does_not_cost_the_others(tmp_path: Path) -> None:
    used = {"gen_ai.usage.input_tokens": 5}
    path = written(
        tmp_path, "spans.jsonl", f"{_span(used, startTimeUnixNano='x')}\n{_span(used)}\n"
    )
    found = rows(read_usage(path))
    assert [row["timestamp"] for row in found] == ["x", "2025-08-01T00:00:00.000000Z"]
    assert found[0]["span_id"] == "s1"  # by which a book may count a request once


def test_old_and_new_names_of_a_span_that_say_different_things(tmp_path: Path) -> None:
    both = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.prompt_tokens": 70}
    path = written(tmp_path, "spans.json", _span(both))
    assert rows(read_usage(path))[0]["input_tokens"] == "100 or 70"
    path = written(tmp_path, "spans.json", _span(dict.fromkeys(both, 100)))
    assert rows(read_usage(path))[0]["input_tokens"] == "100"


@pytest.mark.parametrize("amount", ["abc", "1e30"])
def test_an_amount_of_a_cloud_that_is_none_is_told(tmp_path: Path, amount: str) -> None:
    path = written(tmp_path, "cur.csv", (
        "line_item_usage_start_date,line_item_product_code,line_item_usage_type,"
        "line_item_usage_amount,pricing_unit\n"
        f"2026-01-05T00:00:00Z,AmazonBedrock,USE1-Claude-input-tokens,{amount},1K tokens\n"
    ))  # fmt: skip
    reason = rows(read_usage(path))[0]["reason"]
    assert reason == f"line_item_usage_amount '{amount}' is no count of tokens"
