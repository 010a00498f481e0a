"""The time of a row: days whose midnight the clocks skip, and wall times that no clock shows.

The dates are those of the IANA time zone database: clocks went forward at midnight in Africa/Cairo
on 2024-04-26, in Asia/Beirut on 2024-03-31 and in America/Havana on 2024-03-10.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from lmprice.billing.rating import rate
from tests.billing.books import book, standard, usage

SKIPPED = [
    ("Africa/Cairo", "2024-04-26"),
    ("Asia/Beirut", "2024-03-31"),
    ("America/Havana", "2024-03-10"),
]


@pytest.mark.parametrize(("zone", "day"), SKIPPED)
@pytest.mark.parametrize("as_text", [True, False])
def test_a_day_whose_midnight_is_skipped(zone: str, day: str, *, as_text: bool) -> None:
    written: object = day if as_text else date.fromisoformat(day)
    prices = book(standard(valid_from="2024-01-01"), time_zone=zone)
    rated = rate(usage({"timestamp": written, "quantity": 1}), prices, by=["day"])
    assert rated.refused.height == 0
    assert rated.detail is not None
    assert rated.detail["day"].to_list() == [date.fromisoformat(day)]
    assert rated.bill["billed_cost"].to_list() == [1]


def test_it_begins_when_the_clocks_change() -> None:
    # Cairo leaves UTC+2 at 24:00 of 25 April: the 26th begins at 22:00 UTC, at 01:00 local time.
    begins = datetime(2024, 4, 25, 22, tzinfo=UTC).isoformat()
    old = standard(valid_from="2024-01-01", valid_until=begins)
    new = standard(2.0, valid_from=begins)
    prices = book(old, new, accounts=[{"customer": "acme", "time_zone": "Africa/Cairo"}])
    assert rate(usage({"timestamp": "2024-04-26", "quantity": 1}), prices).bill[
        "billed_cost"
    ].to_list() == [2]


def test_a_wall_time_that_no_clock_shows() -> None:
    prices = book(
        standard(valid_from="2024-01-01"),
        time_zone="Africa/Cairo",
        accounts=[{"customer": "bonn", "time_zone": "Europe/Berlin"}],
    )
    table = usage(
        {"timestamp": "2024-03-31T02:30:00", "customer": "bonn", "quantity": 1},
        {"timestamp": "2024-04-26 00:30", "customer": "giza", "quantity": 1},
        {"timestamp": "2024-03-31T02:30:00", "customer": "giza", "quantity": 1},
    )
    rated = rate(table, prices)
    assert rated.refused["reason"].to_list() == [
        "timestamp 2024-03-31T02:30:00 is skipped by the clocks of Europe/Berlin",
        "timestamp 2024-04-26 00:30 is skipped by the clocks of Africa/Cairo",
    ]
    assert rated.bill["billed_cost"].sum() == Decimal(1)


def test_a_time_of_a_table_that_no_clock_shows() -> None:
    table = usage({"quantity": 1}).with_columns(timestamp=datetime(2024, 3, 31, 2, 30))
    rated = rate(table, book(standard(), time_zone="Europe/Berlin"))
    assert rated.refused["reason"].to_list() == [
        "timestamp 2024-03-31 02:30:00.000000 is skipped by the clocks of Europe/Berlin"
    ]


def test_an_hour_that_the_clocks_show_twice_is_the_first() -> None:
    # Berlin, 2024-10-27 02:30: at 00:30 and at 01:30 UTC.
    prices = book(
        standard(valid_from="2024-01-01", valid_until="2024-10-27T01:00:00Z"),
        standard(2.0, valid_from="2024-10-27T01:00:00Z"),
        time_zone="Europe/Berlin",
    )
    table = pl.concat(
        [
            usage({"timestamp": "2024-10-27T02:30:00", "quantity": 1}),
            usage({"timestamp": "2024-10-27T02:30:00+01:00", "quantity": 1}),
        ]
    )
    assert rate(table, prices).bill["billed_cost"].to_list() == [3]


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05T18:00:00+08:00",
        "2026-01-05T05:00:00-0500",
        "2026-01-05 18:00:00 +0800",
        "2026-01-05 10:00:00 UTC",
        "2026-01-05T10:00:00.000001z",
        "2026-01-05 10:00",
        "1767607200",  # seconds since 1970
        "1767607200.25",
        "1767607200000",
        "1767607200000000",
        1767607200,
        1767607200000,
        1767607200.0,
    ],
)
def test_the_spellings_of_a_moment(written: str | float) -> None:
    """Ten o'clock UTC on 5 January 2026: the price changes a second later, and one before."""
    prices = book(
        {**standard(1), "valid_until": datetime(2026, 1, 5, 10, tzinfo=UTC)},
        {**standard(2), "valid_from": datetime(2026, 1, 5, 10, tzinfo=UTC)},
        {**standard(3), "valid_from": datetime(2026, 1, 5, 10, 0, 1, tzinfo=UTC)},
    )
    assert rate(usage({"timestamp": written, "quantity": 1}), prices).bill[
        "billed_cost"
    ].to_list() == [2]


@pytest.mark.parametrize(
    "written",
    [
        *("20260105", "2026/01/05", "05.01.2026", "12", 12, "1e9", True),
        *("20260105103000", 20260105103000, "202601051030"),  # would be in 2612, and in 1976
        *("2026-03-31T23:59:60Z", "2026-03-31 23:59:60", "2026-03-31T23:59:60.5+00:00"),
    ],
)
def test_what_is_no_moment_is_refused(written: object) -> None:
    rated = rate(usage({"timestamp": written, "quantity": 1}), book(standard(1)))
    assert rated.refused["reason"].item().endswith("is no date or time")


@pytest.mark.parametrize("clock", ["%H:%M:%SZ", "%H:%M:%S", "%H:%M:%S.5Z", "%H:%M:%S.5"])
def test_a_leap_second_is_not_counted_to_the_next_month(clock: str) -> None:
    """Beside times of the same form, which are read at once."""
    good = f"2026-03-31T{clock}".replace("%H:%M:%S", "23:59:59")
    leap = good.replace(":59:59", ":59:60")
    rated = rate(usage({"timestamp": good, "quantity": 1}, {"timestamp": leap, "quantity": 1}),
                 book(standard(1)))  # fmt: skip
    assert rated.bill["period"].to_list() == [date(2026, 3, 1)]
    assert rated.refused["reason"].to_list() == [f"timestamp {leap} is no date or time"]
