"""Texts of strangers on a terminal and in tables."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice.output.foreign import (
    LONGEST_CELL,
    fits_cell,
    from_csv,
    in_cell,
    in_csv,
    is_like_a_formula,
    on_terminal,
    whole_texts,
)


# What a spreadsheet takes for a formula, as the OWASP page on CSV injection lists it.
@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\t=1", "\r=1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert in_csv(text) == f"'{text}"
    assert from_csv(in_csv(text)) == text


@pytest.mark.parametrize("text", ["acme", "", "'quoted", "-5", "+1.5e3", "2-3", "北京"])
def test_other_texts_stay(text: str) -> None:
    assert in_csv(text) == text
    assert from_csv(text) == text


@given(st.text("'=+-@a1\t\n.e"))
def test_it_can_be_taken_back(text: str) -> None:
    assert from_csv(in_csv(text)) == text
    assert not in_csv(text).startswith(("=", "@", "\t", "\r", "\n"))
    assert is_like_a_formula(in_csv(text)) == is_like_a_formula(text)


def test_controls_are_written_out() -> None:
    assert on_terminal("a\x1b[31mb\r\n\x07") == r"a\x1b[31mb\r\n\x07"
    assert on_terminal("left\u202eright\u200b\u2028") == r"left\u202eright\u200b\u2028"
    assert on_terminal("\udc80") == r"\udc80"  # a byte of a file name that is not UTF-8
    assert on_terminal("Zoë 北京 :smile: [red]") == "Zoë 北京 :smile: [red]"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1bc\uffffd\ud800", "a\ufffdb\ufffdc\ufffdd\ufffd"),
        ("x" * (LONGEST_CELL + 1), "x" * (LONGEST_CELL - 1) + "…"),
        ("客\t\n\r\U0001f600" + "x" * 9000, None),
        ("x" * LONGEST_CELL, None),
    ],
)
def test_what_a_cell_cannot_hold_is_marked(text: str, shown: str | None) -> None:
    assert in_cell(text) == (shown or text)
    assert fits_cell(text) == (shown is None)


def test_halves_of_pairs_are_written_out() -> None:
    given = json.loads(r'{"\udc00": ["\ud83d", {"a": "\ud83d\ude00"}, 1, null, "\\ud800"]}')
    assert whole_texts(given) == {"\\udc00": ["\\ud83d", {"a": "\U0001f600"}, 1, None, "\\ud800"]}
