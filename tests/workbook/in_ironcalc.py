"""Workbooks in IronCalc: as they are built, and templates with other inputs in their cells."""

from __future__ import annotations

import datetime
import functools
import math
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.worksheet.formula import ArrayFormula

from lmprice.language.dates import serial
from lmprice.scenarios import Scenario
from tests.engines import ironcalc_workbook
from tests.workbook.conftest import typed_in
from tests.workbook.made import build, computed, opened

Place = tuple[str, str]


class _Model:
    """A workbook that IronCalc has read."""

    def __init__(self, path: Path) -> None:
        readable = path.with_stem(f"{path.stem}-ironcalc")
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(readable, "w") as changed:
            for name in archive.namelist():
                changed.writestr(name, _readable(name, archive.read(name)))
        self._model = ironcalc_workbook(readable)
        sheets = self._model.get_worksheets_properties()
        self._sheets = {sheet["name"]: number for number, sheet in enumerate(sheets)}

    def fill_in(self, scenario: Scenario, lang: str) -> None:
        """Type the inputs of a scenario into their cells and recalculate."""
        for title, row, column, value in typed_in(scenario, lang):
            self._write(self._sheets[title], row, column, value)
        values = computed(scenario, lang)
        for place in _array_formulas(type(scenario), lang):
            self._write(*self._at(place), values[place])
        self._model.evaluate()

    def _write(self, sheet: int, row: int, column: int, value: Any) -> None:
        if value is None:
            self._model.clear_cell_contents(sheet, row, column)
        elif isinstance(value, str):
            self._model.update_cell_with_text(sheet, row, column, value)
        elif isinstance(value, float) and math.isnan(value):
            self._model.set_user_input(sheet, row, column, "#N/A")
        else:
            number = serial(value) if isinstance(value, datetime.date) else value
            self._model.update_cell_with_number(sheet, row, column, float(number))

    def cells(self, scenario: Scenario, lang: str) -> dict[Place, Any]:
        """The cells that have a formula."""
        return {
            place: self._model.get_cell_value(*self._at(place))
            for place in computed(scenario, lang)
        }

    def _at(self, place: Place) -> tuple[int, int, int]:
        title, address = place
        letters, row = coordinate_from_string(address)
        return self._sheets[title], row, column_index_from_string(letters)


def recalculated_by_ironcalc(path: Path, scenario: Scenario, lang: str) -> dict[Place, Any]:
    """The cells of a file that have a formula, as IronCalc computes them."""
    return _Model(path).cells(scenario, lang)


def filled_in_by_ironcalc(scenario: Scenario, lang: str) -> dict[Place, Any]:
    """The same of the template of a scenario, with its inputs typed in: IronCalc reads it once."""
    template = _template(type(scenario), lang)
    template.fill_in(scenario, lang)
    return template.cells(scenario, lang)


@functools.cache
def _template(kind: type[Scenario], lang: str) -> _Model:
    with TemporaryDirectory() as folder:
        return _Model(build(kind(), Path(folder) / "t.xlsx", lang=lang))


@functools.cache
def _array_formulas(kind: type[Scenario], lang: str) -> tuple[Place, ...]:
    """Cells that LibreOffice computes: here they show what is stored."""
    return tuple(
        (sheet.title, cell.coordinate)
        for sheet in opened(kind(), lang)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, ArrayFormula)
    )


def _readable(name: str, content: bytes) -> bytes:
    if name.endswith(".rels"):
        # It takes targets within the package only when they are relative,
        up = b'"' if name == "xl/_rels/workbook.xml.rels" else b'"../'
        return content.replace(b'"/xl/', up)
    if name.startswith("xl/worksheets/"):
        # takes a cell for 0 that is said to be a number and has none, and knows no array formulas:
        # it is given what they have stored, LibreOffice computes them.
        content = re.sub(rb'<f [^>]*t="array"[^>]*>[^<]*</f>', b"", content)
        # Nobody sees its colours, and it would spend nearly all of its time on them.
        content = re.sub(rb"<conditionalFormatting.*</conditionalFormatting>", b"", content)
        return content.replace(b' t="n"></c>', b"></c>")
    return content
