"""Exports as people have them, read with no options."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lmprice.billing.plain_json import plain_records
from lmprice.billing.readers import SOURCES, Reading, read_usage
from lmprice.billing.readers.skus import parsed
from lmprice.billing.usage import UsageError
from tests.billing.readers.exports import EXPORTS, Export
from tests.billing.readers.samples import ANTHROPIC, OPENAI, lines

# What a row says of itself beside the amounts: it has to be as expected even where that is nothing.
ABOUT = ("timestamp", "customer", "model", "requests", "reason", "service_tier", "region")


def rows(reading: Reading) -> list[dict[str, Any]]:
    return [
        {name: cell for name, cell in row.items() if cell not in (None, "", "0")}
        | ({"requests": "0"} if row.get("requests") == "0" else {})
        for batch in reading.batches
        for row in batch.to_dicts()
    ]


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def assert_rows(found: list[dict[str, Any]], export: Export) -> None:
    assert len(found) == len(export.rows)
    for row, expected in zip(found, export.rows, strict=True):
        told = {n: c for n, c in row.items() if n in ABOUT or n in expected or _is_amount(n)}
        assert told == expected


def _is_amount(name: str) -> bool:
    return name.endswith("_tokens") or name == "web_searches"


@pytest.mark.parametrize("export", EXPORTS, ids=lambda e: f"{e.source}-{e.file}")
def test_an_export_as_it_is(export: Export, tmp_path: Path) -> None:
    reading = read_usage(written(tmp_path, export.file, export.text))
    assert reading.source == export.source
    assert_rows(rows(reading), export)
    assert reading.notes.counts == export.notes


def test_every_source_has_an_export() -> None:
    assert {export.source for export in EXPORTS} | {"deepseek"} == set(SOURCES)


def test_the_archive_of_deepseek(tmp_path: Path) -> None:
    # Header of three public files; BOM, CRLF and +08:00 occur.
    header = "user_id,start_time_iso,end_time_iso,model,api_key_name,api_key,type,price,amount"
    span = "u,2026-01-01T00:00:00+08:00,2026-01-02T00:00:00+08:00,deepseek-chat,prod,sk"
    amounts = ("input_cache_hit_tokens,0.2,100", "input_cache_miss_tokens,2,50",
               "output_tokens,3,7", "request_count,,3", "video_seconds,1,9")  # fmt: skip
    path = tmp_path / "usage.zip"
    with zipfile.ZipFile(path, "w") as archive:
        text = "\r\n".join([f"\ufeff{header}", *(f"{span},{a}" for a in amounts)])
        archive.writestr("amount-2026-1.csv", text)
        archive.writestr("cost-2026-1.csv", "user_id,start_time_iso,end_time_iso,model,cost\r\n")
    reading = read_usage(path)
    assert reading.source == "deepseek"
    about = {"timestamp": "2026-01-01", "customer": "prod", "model": "deepseek-chat",
             "user_id": "u", "requests": "0"}  # fmt: skip
    assert rows(reading) == [
        about | {"input_tokens": "100", "cached_tokens": "100", "requests": "3"},
        about | {"input_tokens": "50"},
        about | {"output_tokens": "7"},
        about | {"video_seconds": "9"},  # an unknown kind is a column, for rating to ask about it
    ]


def test_the_customer_is_a_column_of_choice(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv", ANTHROPIC)
    assert rows(read_usage(path, customer="api_key"))[0]["customer"] == "key"
    with pytest.raises(UsageError, match="has no column team; it has the columns usage_date_utc,"):
        read_usage(path, customer="team")


def test_a_row_without_its_customer_is_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path, "usage.csv", ANTHROPIC + ANTHROPIC.split("\n")[1].replace("Research", "")
    )
    assert [r["customer"] for r in rows(read_usage(path))] == ["Research", "(no workspace)"]


def test_an_export_that_names_no_customer_is_of_one(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv", OPENAI.replace("proj_a", ""))
    assert [r["customer"] for r in rows(read_usage(path))] == ["openai"]


def test_an_export_of_empty_buckets_alone(tmp_path: Path) -> None:
    text = "start_time,end_time,start_time_iso,end_time_iso\n1754006400,1754092800,a,b\n"
    reading = read_usage(written(tmp_path, "usage.csv", text))
    assert rows(reading) == []
    assert reading.notes.counts == {"empty buckets": 1}


def test_costs_are_no_usage(tmp_path: Path) -> None:
    text = "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency\n"
    with pytest.raises(UsageError, match="is of no source that is known: it has the columns start"):
        read_usage(written(tmp_path, "cost.csv", text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_ones_own(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = 'when,who,model,input_tokens\n2026-01-05T02:00:00+02:00,"公司\n北京",chat,5\n'
    path = written(tmp_path, "log.csv", text.replace(",", delimiter).encode(encoding))
    reading = read_usage(path, columns={"timestamp": "when", "customer": "who"})
    assert reading.source == "usage"
    assert rows(reading) == [{"timestamp": "2026-01-05T02:00:00+02:00", "customer": "公司\n北京",
                              "model": "chat", "input_tokens": "5"}]  # fmt: skip


def test_a_compressed_file(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv.gz", gzip.compress(ANTHROPIC.encode()))
    assert rows(read_usage(path))[0]["input_tokens"] == "1123"
    zstandard = pytest.importorskip("zstandard")
    head, tail = ANTHROPIC[:99].encode(), ANTHROPIC[99:].encode()
    frames = zstandard.compress(head) + zstandard.compress(tail)
    path = written(tmp_path, "usage.csv.zst", frames)
    assert rows(read_usage(path))[0]["input_tokens"] == "1123"


@pytest.mark.parametrize("name", ["usage.csv.gz", "usage.csv.zst"])
def test_a_compressed_file_that_is_cut_short(tmp_path: Path, name: str) -> None:
    zstandard = pytest.importorskip("zstandard")
    pack = gzip.compress if name.endswith("gz") else zstandard.compress
    path = written(tmp_path, name, pack(ANTHROPIC.encode() * 1000)[:-9])
    with pytest.raises(UsageError, match=r"the compressed file is damaged or cut short"):
        rows(read_usage(path))


def test_what_is_not_a_number_stays_for_the_row_to_be_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv", ANTHROPIC.replace(",3,100,", ",many,100,"))
    assert rows(read_usage(path))[0]["input_tokens"] == "many"


def test_a_spoilt_line_has_its_reason(tmp_path: Path) -> None:
    row = {"start_time": "2026-01-01T00:00:00Z", "usage_details": {"input": 1},
           "provided_model_name": "m"}  # fmt: skip
    found = rows(read_usage(written(tmp_path, "x.jsonl", lines(row) + "{oops\n" + lines(row))))
    assert [r.get("reason") for r in found] == [
        None, None,
        "line 2, column 2 is no JSON",
    ]  # fmt: skip
    assert found[2]["line"] == "{oops"


PLAIN = {
    "timestamp": "2026-01-05T10:00:00Z",
    "customer": "acme",
    "model": "chat",
    "input_tokens": 5,
}


@pytest.mark.parametrize(
    "odd",
    [
        {"customer": 'a "quoted" name\n'},
        {"customer": "köln"},
        {"tier": "batch"},
        {"tags": {"team": "a"}},
        {"tags": ["a", "b"]},
        {"input_tokens": None},
        {"input_tokens": True},
        {"input_tokens": 1.5},
        {"input_tokens": 1e-7},
        {"input_tokens": "007"},
        {"input_tokens": 12345678901234567890123},
        {"note": "null", "customer": "{:}"},
    ],
    ids=str,
)
@pytest.mark.parametrize("left_out", [(), ("input_tokens",)], ids=["all", "one left out"])
def test_json_lines_are_read_alike_by_the_block_and_by_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: dict[str, Any], left_out: tuple[str, ...]
) -> None:
    record = {name: value for name, value in {**PLAIN, **odd}.items() if name not in left_out}
    records = [*[PLAIN] * 3, record, *[PLAIN] * 20]
    path = written(tmp_path, "x.jsonl", "".join(json.dumps(r) + "\n" for r in records))
    expected = [
        {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in one.items()
            if value is not None
        }
        for one in records
    ]
    assert cells(path) == expected
    monkeypatch.setattr("lmprice.billing.readers.opening._JSON_BLOCK", 300)  # bytes: some lines
    assert cells(path) == expected
    path.write_text(path.read_text().replace(": ", ":").replace(", ", ","))
    assert cells(path) == expected


def cells(path: Path) -> list[dict[str, str]]:
    """The rows of a file, whose whole numbers may be numbers or texts."""
    return [{n: str(cell) for n, cell in row.items()} for row in rows(read_usage(path))]


def test_ordinary_lines_are_read_as_a_block() -> None:
    block = lines({**PLAIN, "note": None}, {**PLAIN, "note": "x"}).encode()
    for whole, amount in ((frozenset[str](), "5"), (frozenset({"input_tokens"}), 5)):
        found = plain_records(block, whole)
        assert found is not None
        assert found.rows() == [
            ("2026-01-05T10:00:00Z", "acme", "chat", amount, None),
            ("2026-01-05T10:00:00Z", "acme", "chat", amount, "x"),
        ]
    for other in ({"note": "x"}, {**PLAIN, "tier": "x"}, {**PLAIN, "note": {}}):
        assert plain_records(lines(PLAIN, other).encode()) is None


# As it is written, to the last of nine decimals; the nearest double is 123456789.12345679104...
@pytest.mark.parametrize("number", ["123456789.123456789", "0.10000000000000001", "1.10", "2e3"])
@pytest.mark.parametrize("beside", ["", ', "note": {}'], ids=["by the block", "by the line"])
def test_numbers_of_json_lines_keep_their_digits(tmp_path: Path, number: str, beside: str) -> None:
    line = lines(PLAIN).rstrip("}\n") + f', "quantity": {number}, "cost": 1{beside}}}\n'
    block = line + line.replace(number, "7")
    assert (plain_records(block.encode()) is None) == bool(beside)
    found = cells(written(tmp_path, "x.jsonl", block))
    assert [row["quantity"] for row in found] == [number, "7"]
    backwards = "".join(reversed(block.splitlines(keepends=True)))
    assert [r["quantity"] for r in cells(written(tmp_path, "y.jsonl", backwards))] == ["7", number]


@pytest.mark.parametrize("number", ["1.", "01.5", "1.5.2", "1e", "-.5"])
def test_what_is_no_number_of_json_is_refused(tmp_path: Path, number: str) -> None:
    line = lines({**PLAIN, "cost": 1})
    path = written(tmp_path, "x.jsonl", line * 2 + line.replace(" 1}", f" {number}}}") + line)
    found = rows(read_usage(path))
    reasons = [row["reason"] for row in found if "reason" in row]
    assert (len(found), len(reasons)) == (4, 1)
    assert reasons[0].startswith("line 3, column ")


# Of two values of a key nobody knows which one is meant; the keys of a block add up all the same.
@pytest.mark.parametrize("twice", ['"note": null, "note": "x"', '"note": "x", "note": null',
                                   '"note": "x", "note": 7'])  # fmt: skip
@pytest.mark.parametrize("lacking", ["", ', "note" : 5'], ids=["lacking", "before a blank"])
def test_a_key_that_stands_twice_is_found(tmp_path: Path, twice: str, lacking: str) -> None:
    line = lines({**PLAIN, "note": "y"})
    of_two = line.replace('"note": "y"', twice)
    of_none = line.replace(', "note": "y"', lacking)
    text = line + of_two + of_none + line.replace('"y"', "null")
    assert plain_records(text.encode()) is None
    found = rows(read_usage(written(tmp_path, "x.jsonl", text)))
    assert [row.get("reason") for row in found if "reason" in row] == [
        "line 2: the key 'note' stands twice"
    ]
    assert len(found) == 4


def test_a_spoilt_line_among_plain_ones_has_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lmprice.billing.readers.opening._JSON_BLOCK", 300)
    text = lines(PLAIN) * 7 + "\n" + lines(PLAIN) * 4 + "{oops\n" + lines(PLAIN) * 4
    found = rows(read_usage(written(tmp_path, "x.jsonl", "\ufeff" + text)))
    reasons = [r["reason"] for r in found if "reason" in r]
    assert (len(found), reasons) == (16, ["line 13, column 2 is no JSON"])


def test_a_row_of_another_width_has_its_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv", ANTHROPIC + "2026-03-02,claude\n")
    assert [r.get("reason") for r in rows(read_usage(path))] == [
        None, "the row has 2 fields instead of 14",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "a,b\n1,2\n", r"a\.csv is of no source that is known: it has the columns a, b\. "
                                r"Name its columns with --map timestamp=\.\.\."),
        ("a.csv", "a,a\n1,2\n", r"a\.csv has two columns a"),
        ("a.json", '{"x": 1}', "its JSON has the keys x"),
        ("a.json", "[]", "it holds no records"),
        ("a.json", '{"x": ', r"a\.json: line 1, column 7 is no JSON"),
        ("a.json", f'{{"x": {"1" * 5000}}}', "has a whole number of more than 4,300 digits"),
        ("a.json", "[" * 100_000, r"a\.json: JSON that is nested too deeply"),
    ],
)  # fmt: skip
def test_nothing_is_guessed(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_usage(written(tmp_path, name, text))


def test_two_sources_that_fit_are_a_question(tmp_path: Path) -> None:
    header = ANTHROPIC.split("\n")[0] + ",MeterCategory,MeterName,UnitOfMeasure\n"
    path = written(tmp_path, "both.csv", header)
    with pytest.raises(UsageError, match="could be of anthropic, azure: say which with --source"):
        read_usage(path)
    assert read_usage(path, source="anthropic").source == "anthropic"


def test_a_source_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "usage.csv", ANTHROPIC)
    with pytest.raises(UsageError, match="there is no source 'claude'; there are: anthropic, audr"):
        read_usage(path, source="claude")
    with pytest.raises(UsageError, match=r"usage\.csv is not of the source openai: it has the col"):
        read_usage(path, source="openai")
    with pytest.raises(UsageError, match=r"usage\.csv has no column who; it has"):
        read_usage(path, columns={"customer": "who"})


# Names as they occur in public price sheets and reports.
@pytest.mark.parametrize(
    ("name", "model", "meter", "tier"),
    [
        ("gpt-4o-0806-Inp-glbl Tokens", "gpt-4o-0806", "input", None),
        ("gpt-5-codex-ccchd-inp-glbl Tokens", "gpt-5-codex", "cached", None),
        ("5.4 cd inp Gl 1M Tokens", "5.4", "cached", None),
        ("anthropic.claude-x-mantle-cache-write-tokens-1h-standard", "anthropic.claude-x",
         "cache_write_1h", "standard"),
        ("Nova2.0Pro-text-input-tokens-priority-cross-region-global", "Nova2.0Pro", "input",
         "priority"),
        ("gpt-4o-realtime-audio-inp", "gpt-4o-realtime-audio", "input", None),
    ],
)  # fmt: skip
def test_names_of_prices(name: str, model: str, meter: str, tier: str | None) -> None:
    sku = parsed(name)
    assert (sku.model, sku.meter, sku.tier) == (model, meter, tier)
    assert (sku.reason is not None) == ("audio" in name)


def test_azure_writes_days_in_two_ways(tmp_path: Path) -> None:
    (azure,) = (export for export in EXPORTS if export.source == "azure")
    text = azure.text.replace("2026-01-05", "01/05/2026")
    assert_rows(rows(read_usage(written(tmp_path, azure.file, text))), azure)


def test_an_openai_page_of_other_kinds(tmp_path: Path) -> None:
    result = {"object": "organization.usage.images.result", "images": 4, "size": "1024x1024",
              "num_model_requests": 2, "model": "gpt-image", "project_id": "p"}  # fmt: skip
    page = {"data": [{"start_time": 1754092800, "end_time": 1754179200, "results": [result]}]}
    found = rows(read_usage(written(tmp_path, "page.json", json.dumps([page, page]))))
    assert [r["images"] for r in found] == ["4", "4"]
