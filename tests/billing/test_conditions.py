"""Conditions: texts without case, blanks or a point that says nothing, and comparisons."""

from __future__ import annotations

from typing import Any

import pytest

from lmprice.billing.rating import rate
from tests.billing.books import book, standard, usage


def matched(test: Any, cell: Any) -> bool | str:
    """Whether a cell meets a condition, or why the row is refused."""
    prices = book(standard(2.0, when={"n": test}), standard(1.0))
    rated = rate(usage({"n": cell, "quantity": 1}), prices)
    if rated.refused.height:
        return str(rated.refused["reason"].item())
    return bool(rated.bill["billed_cost"].item() == 2)


@pytest.mark.parametrize(
    ("test", "cell", "expected"),
    [
        (5, "5", True),
        (5, "5.0", True),  # as pandas writes a whole number beside empty cells
        ("5.0", "5", True),
        (5, 5.0, True),
        ("5.0", "5.00", True),
        (5.5, "5.50", False),  # texts, but for a point without decimals
        (5, "05", False),
        (True, "TRUE", True),
        ("Fast Mode", "fastmode", True),
        ("<= 200k", "≤ 200K", True),
        (["eu", "us"], " US ", True),
        ("", "", True),
        ("", None, True),
        ("eu", "", False),
        ({"above": 5}, "5", False),
        ({"above": 5}, "5.01", True),
        ({"at_least": 5, "below": 6}, "5", True),
        ({"at_most": 5}, "-1e3", True),
        ({"at_most": 5}, "", False),  # an empty cell meets no comparison
        ({"at_most": 5}, None, False),
        ({"at_most": 5}, "few", "n is not a number"),
    ],
)
def test_cells_and_conditions(test: Any, cell: Any, *, expected: bool | str) -> None:
    assert matched(test, cell) == expected


def test_vendors_are_texts_too() -> None:
    prices = book(standard(), factors=[{"factor": 3, "vendor": "Azure AI"}])
    rated = rate(usage({"vendor": "azureai", "quantity": 1}), prices)
    assert rated.bill["billed_cost"].to_list() == [3]
