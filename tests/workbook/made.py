"""Workbooks that many tests look at: each is made once."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from lmprice.scenarios import Scenario
from lmprice.workbook.building import make_book
from lmprice.workbook.package import package
from tests.shared import once


class Made(NamedTuple):
    """A workbook as a file, and what its formulas give by sheet and cell."""

    content: bytes
    values: Mapping[tuple[str, str], Any]


_computed: dict[tuple[type, str, str], Mapping[tuple[str, str], Any]] = {}
_made: dict[tuple[type, str, str, bool], Made] = {}
_opened: dict[tuple[type, str, str, bool], openpyxl.Workbook] = {}


def made(scenario: Scenario, lang: str = "en", *, blank: bool = False) -> Made:
    """The workbook of a scenario, as `lmprice.workbook.building.workbook_bytes` has it."""
    key = (type(scenario), repr(scenario), lang, blank)
    if key not in _made:
        _made[key] = once(key, lambda: _make(scenario, lang, blank))
    return _made[key]


def _make(scenario: Scenario, lang: str, blank: bool) -> Made:
    book = make_book(scenario, lang=lang, blank=blank)
    return Made(package(book.workbook, book.values), dict(book.values))


def computed(scenario: Scenario, lang: str = "en") -> Mapping[tuple[str, str], Any]:
    """The values of a workbook, which need no file."""
    key = (type(scenario), repr(scenario), lang)
    if (*key, False) in _made:
        return _made[*key, False].values
    if key not in _computed:
        _computed[key] = once(
            ("computed", *key), lambda: dict(make_book(scenario, lang=lang).values)
        )
    return _computed[key]


def build(scenario: Scenario, path: str | Path, *, lang: str = "en", blank: bool = False) -> Path:
    """What `lmprice.build` writes."""
    path = Path(path)
    path.write_bytes(made(scenario, lang, blank=blank).content)
    return path


def opened(scenario: Scenario, lang: str = "en", *, data_only: bool = False) -> openpyxl.Workbook:
    """The workbook of a scenario in memory, its formulas or their values: not to be changed."""
    key = (type(scenario), repr(scenario), lang, data_only)
    if key not in _opened:
        content = BytesIO(made(scenario, lang).content)
        _opened[key] = openpyxl.load_workbook(content, data_only=data_only)
    return _opened[key]
