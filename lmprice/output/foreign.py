"""Texts of strangers where they are shown: on a terminal, and in tables that a spreadsheet opens.

A name in a usage log may hold whatever somebody typed.  A terminal gets it with control and escape
sequences written out.  A spreadsheet takes a cell for a formula that begins with one of
``= + - @``, a tab or a line break; such a text gets an apostrophe before it in every CSV file, and
one that has apostrophes before such a sign gets one more, so that reading takes off exactly one.

>>> in_csv("=2+3"), in_csv("'=x"), in_csv("acme")
("'=2+3", "''=x", 'acme')
>>> from_csv("''=x"), from_csv("'tis")
("'=x", "'tis")
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

FORMULA_SIGNS = "=+-@\t\r\n"
_FORMULA = re.compile(rf"'*[{re.escape(FORMULA_SIGNS)}]")
_HALF = re.compile("[\ud800-\udfff]")
_NO_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # characters
NO_CELL = f"has signs that no workbook can hold, or more than {LONGEST_CELL:,} characters"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def in_csv(text: str) -> str:
    """A text as a CSV file holds it: never a formula."""
    return f"'{text}" if is_like_a_formula(text) else text


def from_csv(text: str) -> str:
    """A text of a CSV file as it was before `in_csv`."""
    return text[1:] if text.startswith("'") and is_like_a_formula(text) else text


def is_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet might take a cell for a formula; a number is none."""
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def in_cell(text: str) -> str:
    r"""A text as a workbook can hold it: other signs are replaced, the end of a long one is cut.

    >>> in_cell("a\x00b")
    'a\ufffdb'
    """
    text = _NO_CELL.sub("\ufffd", text)
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def fits_cell(text: str) -> bool:
    """Whether a workbook gives a text back as it is."""
    return in_cell(text) == text


def whole_texts(value: Any) -> Any:
    r"""A value of JSON in whose texts halves of a pair, which no file can hold, are written out.

    >>> whole_texts({"note": "cut \ud83d"})
    {'note': 'cut \\ud83d'}
    """
    if isinstance(value, str):
        return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", value)
    if isinstance(value, dict):
        return {whole_texts(key): whole_texts(own) for key, own in value.items()}
    return list(map(whole_texts, value)) if isinstance(value, list) else value


def on_terminal(text: str) -> str:
    r"""A text on one line, with control and invisible characters written out.

    >>> on_terminal("a\x1b[31mb\n")
    'a\\x1b[31mb\\n'
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    # Controls, formatting such as text direction, lone halves of a pair, and line separators.
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
