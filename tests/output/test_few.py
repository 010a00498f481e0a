"""The first few of many things."""

from __future__ import annotations

from lmprice.output.few import MOST, first_few, listed


def test_few_are_all_there() -> None:
    lines = [f"line {n}" for n in range(MOST)]
    assert first_few(lines) == lines
    assert listed(lines) == ", ".join(lines)


def test_of_many_it_is_said_how_many_more() -> None:
    assert first_few(str(n) for n in range(1_505)) == [*"01234", "... and 1,500 more"]
    assert listed(range(1_002), 2) == "0, 1 and 1,000 more"
