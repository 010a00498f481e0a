"""What is known of a price, and what changed between two lists; the lists have our own numbers."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from lmprice.billing.book import PriceBook
from lmprice.billing.files import save_book
from lmprice.billing.known import KnownPrice, disagreements, known_prices
from lmprice.billing.margins import ComparisonError
from lmprice.billing.parsing import parse_book
from lmprice.billing.price_changes import bill_change, other_changes, price_changes
from lmprice.billing.prices import PriceListError
from tests.billing.books import book, standard

# In the shape of simonw/llm-prices and of LiteLLM's file.
DATED = {"vendor": "acme", "models": [{"id": "acme/gpt-4o", "name": "x", "price_history": [
    {"input": 4, "output": 10, "from_date": None, "to_date": "2026-03-01"},
    {"input": 3, "output": 10, "from_date": "2026-03-01", "to_date": None},
]}]}  # fmt: skip
FLAT = {"gpt-4o": {
    "litellm_provider": "openai", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
    "provider_specific_entry": {"us": 1.1},
}}  # fmt: skip


def written(folder: Path, name: str, data: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(data))
    return path


def prices(known: tuple[KnownPrice, ...], source: str, meter: str, day: date) -> list[float | None]:
    return [
        one.unit_price
        for one in known
        if one.source.startswith(source) and one.meter == meter and one.holds(day) and not one.when
    ]


def test_sources_side_by_side(tmp_path: Path) -> None:
    """OpenAI's price of gpt-4o is 2.50 and 10 USD for a million; the file of ours says 3."""
    files = [written(tmp_path, "dated.json", DATED), written(tmp_path, "flat.json", FLAT)]
    known = known_prices("GPT-4o", files)
    day = date(2026, 4, 1)
    assert {one.source.split()[0] for one in known} == {
        "list_prices", "genai-prices", "dated.json", "flat.json",
    }  # fmt: skip
    for source in ("list_prices", "genai-prices", "flat.json"):
        assert prices(known, source, "input", day) == [2.5e-06]
        assert prices(known, source, "output", day) == [1e-05]
    assert prices(known, "dated.json", "input", day) == [3e-06]
    assert prices(known, "dated.json", "input", date(2026, 2, 28)) == [4e-06]
    assert disagreements(known, day) == [("input", "")]
    assert [(k.model, k.when, k.price) for k in known if k.meter == "factor"] == [
        ("gpt-4o", "region = us", "times 1.1")
    ]


def test_versions_of_a_book_follow_each_other(tmp_path: Path) -> None:
    million = {"meter": "input", "per": 1e6}
    made = book(
        standard(5, valid_from=None, **million),
        standard(4, valid_from=datetime(2026, 3, 1), **million),
        standard(3, valid_from="2026-06-01", **million),
    )
    save_book(made, tmp_path / "book.toml")
    known = known_prices("chat", [tmp_path / "book.toml"])
    for day, price in ((date(2026, 2, 28), 5e-06), (date(2026, 3, 1), 4e-06),
                       (date(2026, 6, 1), 3e-06)):  # fmt: skip
        assert prices(known, "book.toml", "input", day) == [price]


def test_a_model_that_nobody_knows(tmp_path: Path) -> None:
    path = written(tmp_path, "flat.json", FLAT)
    with pytest.raises(PriceListError, match=r"^no source knows the model x: .*, flat\.json$"):
        known_prices("x", [path])


def listed(**changes: Any) -> PriceBook:
    charge = {"charge_model": "standard", "model": "chat", "meter": "input", "unit_price": 2.5,
              "per": 1e6}  # fmt: skip
    data = {"name": "List", "version": "1", "currency": "USD", "charges": [charge]}
    return parse_book(data | changes)


def test_the_same_price_in_other_units_is_no_change() -> None:
    charge = {"charge_model": "standard", "model": "chat", "meter": "input"}
    thousand = listed(charges=[charge | {"per": 1000, "unit_price": 0.0025}], name="Other")
    assert price_changes(listed(), thousand) == []
    assert other_changes(listed(), thousand) == []


def test_what_changed() -> None:
    charge = {"charge_model": "standard", "model": "chat", "meter": "input", "per": 1e6}
    steps = {"charge_model": "context", "steps": [{"above": 1000, "unit_price": 5.0}]}
    new = listed(
        charges=[
            charge | {"unit_price": 3.0},
            charge | {"unit_price": 2.0, "when": {"service_tier": "batch"}},
            charge | {"model": "mini", "unit_price": 1.0} | steps,
        ],
        factors=[{"factor": 1.1, "when": {"region": "us"}, "valid_from": date(2026, 3, 1)}],
        time_zone="Asia/Shanghai",
    )
    old = listed(charges=[*listed().model_dump()["charges"],
                          charge | {"model": "old", "unit_price": 1.0},
                          charge | {"model": "mini", "unit_price": 1.0}])  # fmt: skip
    found = [(c.model, c.meter, c.when, c.old, c.new) for c in price_changes(old, new)]
    million = "per million input tokens"
    assert found == [
        ("all models", "factor", "region = us", None, "times 1.1 from 2026-03-01"),
        ("chat", "input", "", f"$2.5 {million}", f"$3 {million}"),
        ("chat", "input", "service_tier = batch", None, f"$2 {million}"),
        ("mini", "input", "", f"$1 {million}",
         f"$1 {million}, by input length $5 above 1,000"),
        ("old", "input", "", f"$1 {million}", None),
    ]  # fmt: skip
    shares = {(c.model, c.when): c.share for c in price_changes(old, new)}
    assert shares["chat", ""] == pytest.approx(0.2)
    assert shares["mini", ""] is None
    assert other_changes(old, new) == ["time_zone"]


def test_what_it_does_to_a_bill() -> None:
    """By hand: 2 million at 2.5 and at 3; the other model has a price in the new list only."""
    new = listed(
        charges=[
            {"charge_model": "standard", "model": model, "meter": "input", "per": 1e6,
             "unit_price": 3.0}
            for model in ("chat", "mini")
        ]
    )  # fmt: skip
    row = {"timestamp": "2026-01-05", "customer": "acme", "input_tokens": 2_000_000}
    usage = pl.DataFrame([row | {"model": "chat"}, row | {"model": "mini"}])
    bill = bill_change(usage, listed(), new)
    assert [float(total) for total in bill.totals] == [5, 12]
    assert bill.models.select("model", "change").rows() == [("mini", 6), ("chat", 1)]
    assert bill.old.unpriced.select("model", "meter", "rows").rows() == [("mini", "input", 1)]


def test_two_currencies() -> None:
    with pytest.raises(ComparisonError, match="List is in USD, List in EUR"):
        price_changes(listed(), listed(currency="EUR"))
