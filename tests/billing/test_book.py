"""Price books: what is refused, by which name, and reading back what was written."""

from __future__ import annotations

import pickle
import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lmprice import billing
from lmprice.billing import Account, PriceBook, accounts, rate
from lmprice.billing.calendar import as_datetime
from lmprice.billing.fields import moment
from lmprice.billing.files import book_text, load_book, save_book
from lmprice.billing.parsing import BookError, parse_book
from lmprice.billing.scopes import Scopes
from lmprice.billing.timeline import NEVER
from tests.billing.books import SINCE, book, standard, usage

EVERYTHING: list[dict[str, Any]] = [
    standard(0.1, list_unit_price=0.3, discount=0.1, round_units="up", unit_multiple=5),
    standard(0.2, valid_from="2026-06-01T08:30:00+02:00", valid_until="2026-07-01", name="sale"),
    {
        "charge_model": "graduated",
        "meter": "input",
        "per": 1e6,
        "tiers": [{"up_to": 10, "unit_price": 0.1, "flat_fee": 1}, {"unit_price": 1e-9}],
        "allowance": 5,
        "maximum": 100,
        "minimum": 1,
    },
    {"charge_model": "volume", "meter": "output", "tiers": [{"unit_price": 1 / 3}]},
    {"charge_model": "graduated_percentage", "model": "a", "tiers": [{"rate": 0.01}]},
    {"charge_model": "percentage", "model": "b", "rate": 0.03, "fixed_fee": 0.25},
    {"charge_model": "package", "model": "c", "package_size": 10, "package_price": 3},
    {"charge_model": "block", "model": "d", "tiers": [{"block_size": 10, "block_price": 3}]},
    {
        "charge_model": "context",
        "meter": "cached",
        "unit_price": 1,
        "steps": [{"above": 200_000, "unit_price": 2}],
    },
    {
        "charge_model": "off_peak",
        "meter": "cache_write",
        "unit_price": 2,
        "off_peak_price": 1,
        "peak_hours": [{"start": "22:00", "end": "24:00"}],
        "peak_weekdays": [1, 2],
    },
]
ACCOUNTS = [
    {
        "customer": "acme",
        "coupons": [
            {"kind": "amount", "name": "welcome", "amount": 10, "used": 2.5, **SINCE},
            {"kind": "rate", "name": "20 % off", "rate": 0.2, "valid_until": "2027-01-01", **SINCE},
        ],
        "credits": [{"name": "prepaid", "amount": 1000, **SINCE}],
        "commitments": [{"name": "yearly", "minimum": 500, **SINCE}],
    }
]


@pytest.fixture
def everything() -> PriceBook:
    return book(*EVERYTHING, accounts=ACCOUNTS, currency="CNY", digits=3, rounding="half_even")


@pytest.mark.parametrize("name", ["book.toml", "book.json"])
def test_round_trip(everything: PriceBook, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    save_book(everything, path)
    assert load_book(path) == everything
    with pytest.raises(FileExistsError):
        save_book(everything, path)
    save_book(book(standard()), path, force=True)
    assert load_book(path) == book(standard())


def test_times_are_utc_however_they_are_written() -> None:
    written = """
        name = "Times"
        version = "1"
        currency = "USD"
        [[charges]]
        model = "chat"
        meter = "input"
        charge_model = "standard"
        unit_price = 1
        valid_from = {}
    """
    for text in ("2026-03-01", "2026-03-01T00:00:00", "2026-03-01T08:00:00+08:00", '"2026-03-01"'):
        read = parse_book(tomllib.loads(written.format(text)))
        start = read.charges[0].valid_from
        assert start is not None
        assert moment(start) == datetime(2026, 3, 1, tzinfo=UTC)
        # Without an offset it is midnight in the zone of the account.
        shanghai = datetime(2026, 2, 28, 16, tzinfo=UTC)
        has_offset = "+" in text
        assert (moment(start, ZoneInfo("Asia/Shanghai")) == shanghai) is not has_offset


def test_defaults_are_not_written() -> None:
    assert "rounding" not in book_text(book(standard()))
    assert "null" not in book_text(book(standard()), as_json=True)


TIER = {"up_to": 20, "unit_price": 1}
GRADUATED = {"charge_model": "graduated", "tiers": [TIER, {"unit_price": 1}]}
BAD = [
    ({"tiers": [TIER, {**TIER, "up_to": 10}, {"unit_price": 1}]},
     "charges[1].tiers[1].up_to: 10 is not above 20"),
    ({"tiers": [TIER]}, "charges[1].tiers[0].up_to: 20 ends the last tier, which has no end"),
    ({"tiers": [{"unit_price": 1}, {"unit_price": 1}]},
     "charges[1].tiers[0].up_to: is missing; only the last has no end"),
    ({"tiers": [{"unit_price": -1}]}, "charges[1].tiers[0].unit_price: -1 is below 0"),
    ({"tiers": [{"unit_price": "{}"}]}, "charges[1].tiers[0].unit_price: '{}' is not a number"),
    ({"tiers": []}, "charges[1].tiers: is empty"),
    ({"discount": 1.5}, "charges[1].discount: 1.5 is above 1"),
    ({"per": 0}, "charges[1].per: 0 is not above 0"),
    ({"maximum": float("inf")}, "charges[1].maximum: inf is not a finite number"),
    ({"minimum": 3, "maximum": 2}, "charges[1].minimum: 3 is above the maximum 2"),
    ({"valid_from": "soon"}, "charges[1].valid_from: 'soon' is not a date or time"),
    ({"valid_until": "2026-01-01"},
     "charges[1].valid_until: 2026-01-01 is not after 2026-01-01"),
    ({"valid_from": 2026}, "charges[1].valid_from: 2026 is not a date or time"),
    ({"colour": 1}, "charges[1].colour: is not a field of a price book"),
    ({"model": ""}, "charges[1].model: is empty"),
    ({"meter": ""}, "charges[1].meter: is empty"),
    ({"when": {"batch": []}}, "charges[1].when.batch: is empty"),
    ({"when": {"size": {"over": 1}}}, "charges[1].when.size.over: is not a field of a price book"),
    ({"when": {"model": "a"}}, "charges[1].when.model: is no condition: it has a field of its own"),
    ({"currency": "EUR"}, "charges[1].currency: 'EUR' has no rate"),
    ({"customer": "acme"}, "charges[1].customer: is not a field of a charge: write it under "
     "charges of the account"),
    ({"charge_model": "tiered"}, "charges[1].charge_model: 'tiered' is none of 'standard', "
     "'graduated', 'volume', 'graduated_percentage', 'percentage', 'package', 'block', "
     "'context', 'off_peak'"),
    ({"charge_model": "block", "tiers": [{"block_size": 1, "block_price": 1}] * 2},
     "charges[1].tiers[0].max_blocks: is missing; only the last has no end"),
    ({"charge_model": "percentage", "rate": 0.1, "fixed_fee": 1, "free_units": 1, "tiers": None},
     "charges[1].tiers: is not a field of a price book"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "problem"), BAD)
def test_errors_name_the_path(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(BookError) as caught:
        book(standard(), {**GRADUATED, "meter": "input", **fields})
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize(
    ("charge", "problem"),
    [
        ({"charge_model": "percentage", "rate": 0.1, "fixed_fee": 1, "aggregation": "max"},
         "charges[0].fixed_fee: is for sums of rows, not for max"),
        ({"charge_model": "standard", "unit_price": 1, "aggregation": "last", "factor": 1.1},
         "charges[0].factor: is for sums of rows, not for last"),
        ({"charge_model": "context", "unit_price": 1,
          "steps": [{"above": 2, "unit_price": 1}, {"above": 2, "unit_price": 1}]},
         "charges[0].steps[1].above: 2 is not above 2"),
        ({"charge_model": "off_peak", "unit_price": 1, "off_peak_price": 1,
          "peak_hours": [{"start": "22:00", "end": "02:00"}]},
         "charges[0].peak_hours[0].end: 02:00 is not after 22:00; over midnight takes two windows"),
        ({"charge_model": "off_peak", "unit_price": 1, "off_peak_price": 1,
          "peak_hours": [{"start": "22:00", "end": "24:00"}], "peak_weekdays": [8]},
         "charges[0].peak_weekdays[0]: 8 is above 7"),
    ],
)  # fmt: skip
def test_errors_of_one_kind_of_charge(charge: dict[str, Any], problem: str) -> None:
    with pytest.raises(BookError) as caught:
        book(charge)
    assert caught.value.problems == (problem,)


def test_all_problems_at_once() -> None:
    with pytest.raises(BookError) as caught:
        book(standard(-1), {**standard(), "meter": "input", "per": -1}, currency="dollars")
    assert caught.value.problems == (
        "currency: 'dollars' does not look like ^[A-Z]{3}$",
        "charges[0].unit_price: -1 is below 0",
        "charges[1].per: -1 is not above 0",
    )
    assert str(caught.value) == "\n".join(caught.value.problems)


def test_ambiguous_books() -> None:
    with pytest.raises(BookError, match=r"^charges\[1\]\.valid_from: is that of charges\[0\] too$"):
        book(standard(), standard(2))
    with pytest.raises(BookError, match=r"^accounts\[1\]\.customer: 'acme' stands twice$"):
        book(standard(), accounts=[{"customer": "acme"}, {"customer": "acme"}])


EUR = {"currency": "EUR", "rate": 1.1, "valid_from": "2026-01-01"}


@pytest.mark.parametrize(
    ("rates", "problem"),
    [
        ([EUR, {**EUR, "rate": 1.2}], "rates[1].valid_from: is that of rates[0] too"),
        ([{**EUR, "currency": "USD"}], "rates[0].currency: 'USD' is that of the book"),
    ],
)
def test_rates_that_say_two_things(rates: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(BookError) as caught:
        book(standard(), rates=rates)
    assert caught.value.problems == (problem,)


def test_what_begins_at_one_moment_in_the_zone_of_an_account() -> None:
    """In Shanghai a day begins at 16:00 UTC."""
    at = {"valid_from": "2025-12-31T16:00:00Z"}
    fields: dict[str, Any] = {"time_zone": "Asia/Shanghai"}
    rated = book(standard(currency="EUR"), rates=[EUR, {**EUR, **at, "rate": 1.2}], **fields)
    with pytest.raises(BookError, match=r"^rates: two of EUR begin at one moment in Asia/Shanghai"):
        rate(usage({"quantity": 1}), rated)
    own = [{"plan": "a", "valid_from": "2026-01-01"}, {"plan": "b", **at}]
    plans = [{"name": "a"}, {"name": "b"}]
    planned = book(standard(), plans=plans, accounts=[{"customer": "acme", "plans": own}], **fields)
    with pytest.raises(BookError, match=r"^accounts: two plans of acme begin at one moment in As"):
        rate(usage({"quantity": 1}), planned)


@pytest.mark.parametrize(
    "zone",
    ["Mars/Olympus", "europe/berlin", "+08:00", "UTC+8", "Europe", "../UTC", "a\0", "posixrules",
     "localtime", "Factory", "right/Europe/Berlin", "posix/UTC", "leapseconds", "x" * 99],
)  # fmt: skip
def test_what_is_no_time_zone(zone: str) -> None:
    for fields in ({"time_zone": zone}, {"accounts": [{"customer": "a", "time_zone": zone}]}):
        with pytest.raises(BookError, match=r"time_zone: '.* is no IANA time zone$"):
            book(standard(), **fields)


def test_a_time_zone_that_polars_does_not_know_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_OF_SYSTEMS", re.compile("none"))
    rated = book(standard(), time_zone="Factory")
    with pytest.raises(BookError, match=r"^time_zone: 'Factory' is not known to this version"):
        rate(usage({"quantity": 1}), rated)


def test_files_that_hold_no_book(tmp_path: Path) -> None:
    for name, text, problem in (
        ("a.toml", "charges = [", "a.toml: its end is no TOML"),
        ("b.toml", "name = 1\nname", "b.toml: its end is no TOML"),
        ("d.toml", "name = 1\n\nx = \n", "d.toml: line 3, column 5 is no TOML"),
        ("e.toml", "[a]\n[a]\n", "e.toml: line 2, column 3 says a name again"),
        ("f.toml", f"a = {'1' * 5000}", "f.toml: has a whole number of more than 4,300 digits"),
        ("a.json", "[1]", "a.json: holds no price book"),
        ("b.json", "{", "b.json: line 1, column 2 is no JSON"),
        ("c.json", '{"a": 1, "a": 2}', "c.json: the key 'a' stands twice"),
        ("d.json", '{"name": 1}', "d.json: name: 1 is not text"),
        ("e.json", '{"a": [0.0, -0e5, 1e-400]}', "e.json: the number '1e-400' is too close to 0"),
        ("g.toml", "a = -0.002e-400", "g.toml: the number '-0.002e-400' is too close to 0"),
        ("a.yaml", "", "a.yaml: a price book is one of .toml, .json, .xlsx"),
    ):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(BookError) as caught:
            load_book(path)
        assert caught.value.problems[0] == problem
    (tmp_path / "c.toml").write_bytes(b"\xff")
    with pytest.raises(BookError, match=r"^c\.toml: byte 1 is not UTF-8$"):
        load_book(tmp_path / "c.toml")


def test_writing_toml_without_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomli_w", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'lmprice\[data\]'$"):
        book_text(book(standard()))


def test_errors_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(BookError(["a", "b"])))
    assert error.problems == ("a", "b")


def test_names_of_the_package() -> None:
    assert all(hasattr(billing, name) for name in billing.__all__)
    with pytest.raises(AttributeError, match=r"'lmprice\.billing' has no attribute 'price'$"):
        billing.price  # noqa: B018


def test_timeline() -> None:
    promoted = book(
        standard(3),
        standard(1, valid_from="2026-03-01", valid_until="2026-04-01"),
        standard(2, valid_from="2026-06-01", valid_until="2026-09-01"),
        standard(9, valid_from="2026-02-01", model="other", valid_until="2026-02-02"),
    )
    scopes = Scopes(promoted)
    scope = scopes.scope(0, Account(customer="*"), None)
    found = [
        (identity.entry.model, as_datetime(at).month, as_datetime(at).day, version and version.path)
        for identity, timeline in scope.versions.items()
        for at, version in zip(timeline.starts, timeline.values, strict=True)
        if at < NEVER
    ]
    assert found == [
        ("chat", 1, 1, "charges[0]"),
        ("chat", 3, 1, "charges[1]"),
        ("chat", 4, 1, "charges[0]"),
        ("chat", 6, 1, "charges[2]"),
        ("chat", 9, 1, "charges[0]"),
        ("other", 2, 1, "charges[3]"),
        ("other", 2, 2, None),
    ]
