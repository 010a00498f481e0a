"""What the tests of offers share."""

from __future__ import annotations

from typing import Any

from lmprice.offers import Demand, Strategy, Workload, compare_strategies

Table = tuple[list[float], list[float], list[float]]


def only(workload: Workload, strategy: Strategy, demand: Demand | None = None) -> dict[str, Any]:
    """The row of one strategy."""
    return compare_strategies(workload, {"it": strategy}, demand)["it"].to_dict()
