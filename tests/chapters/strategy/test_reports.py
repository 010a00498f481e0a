"""What ``print`` shows of segments, tariffs, bundles, versions, surveys and launches.

The numbers are those of the examples in the chapters, which are worked out by hand there.
"""

from __future__ import annotations

from typing import Any

import pytest

import lmprice
from lmprice.chapters.strategy.launch import LaunchMarket, penetration_path, skimming_path

call: Any = lmprice


def cells(report: str) -> list[list[str]]:
    return [line.split() for line in report.splitlines()]


def test_segments() -> None:
    rows = cells(str(call.segment_prices([100, 60], [1, 1], 50)))
    assert rows[2:4] == [
        ["0", "75.00", "25.00", "625.00", "-3.00", "25.00"],
        ["1", "55.00", "5.00", "25.00", "-11.00", "0"],
    ]
    last = "Profit 650.00; with one price of 75.00 for all 625.00, which is 25.00 less."
    assert rows[-1] == last.split()


def test_a_segment_without_a_price() -> None:
    rows = cells(str(call.segment_prices([100, 60], 1, [10, 70])))
    assert rows[3][:5] == ["1", "-", "0", "0", "-"]


def test_tariff() -> None:
    report = str(call.two_part_tariff([5, 5], [0.25, 0.2], 8))
    assert cells(report)[2] == ["0", "9.00", "15.13", "36.20", "0,", "1"]
    assert cells(report)[3] == ["1", "8.00", "28.90", "28.90", "1"]
    assert report.endswith("\nBest: 9.00 a unit and a fee of 15.13, profit 36.20.")
    assert str(call.two_part_tariff([5], [5], 8)).endswith("\nNo tariff earns anything.")


def test_choice_of_bundles() -> None:
    rows = cells(str(call.bundle_choice([20, 15], 24, [[30, 2], [30, 7], [1, 1]])))
    assert rows[2:] == [
        ["0", "0", "20.00", "10.00"],
        ["1", "the", "bundle", "24.00", "13.00"],
        ["2", "nothing", "0", "0"],
    ]


def test_bundles() -> None:
    report = str(call.best_bundles([[9, 1], [1, 9], [6, 6]]))
    assert cells(report)[2:4] == [
        ["separate", "6.00", "6.00", "-", "24.00"],
        ["pure", "-", "-", "10.00", "30.00"],
    ]
    assert report.endswith("\nBest: pure.")


def test_versions() -> None:
    report = str(call.best_versions([[15, 18], [15, 18], [20, 50]]))
    assert cells(report)[2:4] == [["0", "15.00", "2"], ["1", "45.00", "1"]]
    assert report.endswith("\nProfit 75.00; with the best single version 54.00.")


def test_survey() -> None:
    report = str(call.gabor_granger([5, 10, 15, 20], [0.8, 0.6, 0.3, 0.1], unit_cost=4))
    assert cells(report)[3] == ["10.00", "60.0", "%", "6.00", "3.60"]
    assert "most profit at 10.00 (between tested prices: 12.00)." in report


@pytest.mark.parametrize("name", ["skim", "[red]"])
def test_launches(name: str) -> None:
    market = LaunchMarket(buyers=100, willingness=10)
    paths = {name: skimming_path(8, 2, 3), "penetrate": penetration_path(2, 8, 3)}
    report = str(call.compare_launches(market, paths, unit_cost=1))
    assert cells(report)[2] == [name, "8.00", "2.00", "80.00", "280.00"]
    assert cells(report)[3] == ["penetrate", "2.00", "8.00", "80.00", "80.00"]
    assert report.endswith(f"\nBest: {name}.")
