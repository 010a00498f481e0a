"""Workbooks in LibreOffice: templates as they are, and with other inputs in their cells."""

from __future__ import annotations

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from lmprice.language.dates import serial
from lmprice.scenarios import Scenario
from lmprice.workbook import texts
from tests.office import Office
from tests.shared import once
from tests.workbook.conftest import typed_in
from tests.workbook.made import build


def filled_in_by_libreoffice(office: Office, scenario: Scenario, lang: str, folder: Path) -> Path:
    """The template of a scenario with its inputs typed in, recalculated and saved.

    It is built with the example: every number that it has stored is wrong before.
    """
    path = build(type(scenario)(), folder / "template.xlsx", lang=lang)
    cells: dict[str, dict[tuple[int, int], Any]] = {}
    for sheet, row, column, value in typed_in(scenario, lang):
        is_date = isinstance(value, datetime.date)
        typed = "" if value is None else serial(value) if is_date else value
        cells.setdefault(sheet, {})[row, column] = typed
    steps = [("fill in", sheet, *_as_range(typed)) for sheet, typed in cells.items()]
    saved = folder / "filled in.xlsx"
    office.change(path, steps, saved)
    return saved


def _as_range(typed: dict[tuple[int, int], Any]) -> tuple[str, list[list[Any]]]:
    rows, columns = (sorted(set(numbers)) for numbers in zip(*typed, strict=True))
    left, right = (get_column_letter(columns[end]) for end in (0, -1))
    return f"{left}{rows[0]}:{right}{rows[-1]}", [
        [typed[row, column] for column in columns] for row in rows
    ]


class Saved(NamedTuple):
    """What LibreOffice makes of a template."""

    seconds: float  # that recalculating all of it takes
    xlsx: bytes
    pdf: bytes


def saved_by_libreoffice(office: Office, kind: type[Scenario], lang: str) -> Saved:
    """A template, recalculated after something was typed into it: opened once for all tests."""
    return once(("saved by LibreOffice", kind, lang), lambda: _saved(office, kind, lang))


def _saved(office: Office, kind: type[Scenario], lang: str) -> Saved:
    with TemporaryDirectory() as folder:
        path = build(kind(), Path(folder) / "template.xlsx", lang=lang)
        xlsx, pdf = Path(folder) / "saved.xlsx", Path(folder) / "saved.pdf"
        seconds = office.change(path, [("type", texts.INPUTS(lang), "J5", "-")], xlsx, pdf)
        return Saved(seconds, xlsx.read_bytes(), pdf.read_bytes())
