"""The table of list prices: its form, facts known from elsewhere, and that it ships."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import date
from importlib.resources import files
from urllib.parse import urlsplit

import pytest

import lmprice
from lmprice import PricingError, list_prices
from lmprice.data import DatedPrice

ROWS = list_prices()
FILE = files("lmprice.data").joinpath("list_prices.csv")


def label(row: DatedPrice) -> str:
    return f"{row.model}-{row.valid_from}"


def test_the_file_has_one_column_for_each_field_and_no_cell_too_many() -> None:
    header, *records = csv.reader(FILE.read_text(encoding="utf-8").splitlines())
    assert header == list(DatedPrice.__dataclass_fields__)
    assert {len(record) for record in records} == {len(header)}
    assert len(records) == len(ROWS) >= 30


def test_nothing_in_the_file_is_lost_when_it_is_read() -> None:
    records = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
    for record, row in zip(records, ROWS, strict=True):
        shown = {name: "" if value is None else str(value) for name, value in vars(row).items()}
        prices = {name for name in record if name.endswith("_price") and record[name]}
        for name in set(record) - prices:
            assert shown[name] == record[name], label(row)
        for name in prices:
            assert float(shown[name]) == float(record[name]), label(row)


def test_the_rows_stand_in_order_of_vendor_and_date() -> None:
    assert list(ROWS) == sorted(ROWS, key=lambda row: (row.vendor, row.valid_from, row.model))


def test_a_model_has_one_price_a_day() -> None:
    days = Counter((row.vendor, row.model, row.valid_from) for row in ROWS)
    assert [day for day, times in days.items() if times > 1] == []


def test_a_model_has_a_new_row_only_where_its_price_changes() -> None:
    last: dict[tuple[str, str], DatedPrice] = {}
    for row in ROWS:
        before = last.get((row.vendor, row.model))
        if before is not None:
            prices = (before.input_price, before.output_price)
            assert prices != (row.input_price, row.output_price), label(row)
        last[row.vendor, row.model] = row


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_row_is_complete_and_plausible(row: DatedPrice) -> None:
    assert row.vendor
    assert row.model == row.model.strip().lower()
    assert date(2022, 1, 1) <= row.valid_from <= date(2026, 11, 24)
    assert row.date_kind in {"release", "change", "listed"}
    assert 0 < row.input_price <= row.output_price <= 1000
    if row.cached_price is not None:
        assert 0 < row.cached_price < row.input_price
    address = urlsplit(row.source)
    assert address.scheme == "https"
    assert "." in address.netloc
    assert address.path.strip("/")


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_dated_name_does_not_come_before_its_date(row: DatedPrice) -> None:
    """Snapshots of OpenAI carry their day: gpt-4o-2024-05-13."""
    day = row.model[-10:]
    if day[:2] == "20" and day[4] == "-":
        assert row.valid_from == date.fromisoformat(day)


def test_a_changed_price_differs_from_the_one_before() -> None:
    last: dict[str, tuple[float, float, float | None]] = {}
    for row in ROWS:
        now = (row.input_price, row.output_price, row.cached_price)
        if row.date_kind == "change":
            assert last.get(row.model) != now, label(row)
        last[row.model] = now


def test_a_lineage_is_of_one_vendor_and_has_more_than_one_point() -> None:
    lines = {row.line for row in ROWS if row.line}
    for line in lines:
        rows = list_prices(line)
        assert {row.line for row in rows} == {line}
        assert len({row.vendor for row in rows}) == 1
        assert len(rows) > 1
    assert sum(len(list_prices(line)) for line in lines) == sum(bool(row.line) for row in ROWS)


@pytest.mark.parametrize(
    ("line", "prices"),
    [
        # Written out again from the pages, so that a slip of the file is seen.
        ("Claude Opus", [15, 15, 15, 5, 5, 5, 5, 4]),
        ("Claude Haiku", [0.25, 1, 0.8, 1, 0.1]),
        ("DeepSeek chat", [0.14, 0.27, 0.56, 0.28, 0.14, 0.44]),
        ("Gemini Flash", [0.075, 0.1, 0.3, 0.5, 1.5]),
    ],
)
def test_known_lineages(line: str, prices: list[float]) -> None:
    assert [row.input_price for row in list_prices(line)] == prices


def test_an_unknown_lineage_is_refused() -> None:
    with pytest.raises(PricingError, match=r"^list_prices: line 'Opus' is none of Claude Haiku, "):
        list_prices("Opus")


def test_it_is_exported_and_read_only_when_it_is_used() -> None:
    assert {"data", "list_prices"} <= set(dir(lmprice))
    code = "import lmprice, sys; assert 'lmprice.data' not in sys.modules; lmprice.list_prices()"
    subprocess.run([sys.executable, "-c", code], check=True)
