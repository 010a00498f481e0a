"""Workbooks that many tests look at: each is made once in a process."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from lmprice.scenarios import Scenario
from lmprice.workbook.building import make_book
from lmprice.workbook.package import package


class Made(NamedTuple):
    """A workbook as a file, and what its formulas give by sheet and cell."""

    content: bytes
    values: Mapping[tuple[str, str], Any]


_made: dict[tuple[type, str, str, bool], Made] = {}
_opened: dict[tuple[type, str, str], openpyxl.Workbook] = {}


def made(scenario: Scenario, lang: str = "en", *, blank: bool = False) -> Made:
    """The workbook of a scenario, as `lmprice.workbook.building.workbook_bytes` has it."""
    key = (type(scenario), repr(scenario), lang, blank)
    if key not in _made:
        book = make_book(scenario, lang=lang, blank=blank)
        _made[key] = Made(package(book.workbook, book.values), dict(book.values))
    return _made[key]


def build(scenario: Scenario, path: Path, *, lang: str = "en", blank: bool = False) -> Path:
    """What `lmprice.build` writes."""
    path.write_bytes(made(scenario, lang, blank=blank).content)
    return path


def opened(scenario: Scenario, lang: str = "en") -> openpyxl.Workbook:
    """The workbook of a scenario in memory, with its formulas: to look at, not to change."""
    key = (type(scenario), repr(scenario), lang)
    if key not in _opened:
        _opened[key] = openpyxl.load_workbook(BytesIO(made(scenario, lang).content))
    return _opened[key]
