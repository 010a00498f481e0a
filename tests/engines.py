"""Real spreadsheet engines: IronCalc in this process, LibreOffice as a program beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ironcalc

from lmprice.language.formula import PricingFunction
from tests.office import Office


class IronCalcSheet:
    """A formula over named cells, or a LAMBDA called with cells, for many sets of values.

    IronCalc cannot tell a parameter of a LAMBDA from a defined name, so a LAMBDA gets addresses.
    """

    def __init__(self, function: PricingFunction, formula: str) -> None:
        self.model = ironcalc.create("sheet")
        self.columns = {p.name: n for n, p in enumerate(function.parameters, 1)}
        self.formula = formula
        self.is_lambda = formula.startswith("LAMBDA(")
        self.names: set[str] = set()

    def compute(self, values: Mapping[str, Any]) -> str | float | bool | None:
        """The value of the formula: a number, or an error such as "#N/A"."""
        value: str | float | bool | None = self.compute_rows(values, 1)[0]
        return value

    def compute_rows(self, values: Mapping[str, Any], count: int) -> list[Any]:
        """The first cells of a formula that spills; a single error counts for all of them."""
        references = [self._write(name, value) for name, value in values.items()]
        call = f"({','.join(references)})" if self.is_lambda else ""
        self.model.set_user_input(0, 1, 30, f"={self.formula}{call}")
        self.model.evaluate()
        found = [self.model.get_cell_value(0, row, 30) for row in range(1, count + 1)]
        return spread(found)

    def _write(self, name: str, value: Any) -> str:
        cells = value if isinstance(value, list) else [value]
        for row, number in enumerate(cells, 1):
            place = (0, row, self.columns[name])
            if isinstance(number, bool) or math.isinf(number):  # no limit: an empty cell
                self.model.set_user_input(*place, str(number).upper() if number in (0, 1) else "")
            else:
                self.model.update_cell_with_number(*place, float(number))
        column = ironcalc.column_name_from_number(self.columns[name])
        last = f":${column}${len(cells)}" if isinstance(value, list) else ""
        reference = f"Sheet1!${column}$1{last}"
        if not self.is_lambda:
            if name in self.names:
                self.model.update_defined_name(name, None, name, None, reference)
            else:
                self.model.new_defined_name(name, None, reference)
            self.names.add(name)
        return reference


def ironcalc_workbook(path: Path) -> Any:
    """A workbook file in IronCalc, recalculated."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    model.evaluate()
    return model


def spread(found: list[Any]) -> list[Any]:
    """Cells below each other; a lone error in the first stands for all."""
    lone = isinstance(found[0], str) and not any(found[1:])
    return found[:1] * len(found) if lone else found


def as_number(value: Any) -> float:
    """A cell value as Python has it: "#N/A" is NaN; other errors are not numbers."""
    if value == "#N/A":
        return math.nan
    assert isinstance(value, (int, float)), f"{value!r} is not a number"
    return float(value)


def libreoffice(office: Office, path: Path, to: str, folder: Path) -> Path:
    """Recalculate a file in LibreOffice and save it as another; gives the new file."""
    output = folder / "converted"
    output.mkdir(exist_ok=True)
    return office.convert(path, to, output)
