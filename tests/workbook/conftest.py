"""Fixtures for workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lmprice.scenarios import Breakeven
from lmprice.workbook import build


@pytest.fixture
def breakeven(tmp_path: Path) -> Path:
    """The breakeven workbook, filled in with its example."""
    return build(Breakeven(), tmp_path / "breakeven.xlsx")


def edit(path: Path, cells: dict[str, Any], to: Path | None = None) -> Path:
    """Write values into cells ("Inputs!B5"), as a user would, and save."""
    workbook = openpyxl.load_workbook(path)
    for place, value in cells.items():
        sheet, _, address = place.partition("!")
        workbook[sheet][address].value = value
    workbook.save(to or path)
    return to or path


def cell_named(path: Path, name: str) -> str:
    """Where a defined name points to: "Inputs!B5"."""
    target = openpyxl.load_workbook(path).defined_names[name].attr_text
    return str(target).replace("'", "").replace("$", "")
