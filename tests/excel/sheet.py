"""Real workbooks, computed by a spreadsheet engine that calls the Python functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import formualizer
import openpyxl
from openpyxl.utils import get_column_letter

import lmprice
from lmprice.language.formula import PricingFunction
from lmprice_excel.cells import CellError, evaluate
from tests.vector import Vector

SHEET = "Prices"
_KINDS = {"#NUM!": "Num", "#N/A": "Na", "#VALUE!": "Value", "#DIV/0!": "Div"}
_CODES = {kind: code for code, kind in _KINDS.items()}


def error(code: str) -> dict[str, str]:
    """How the engine shows an error value."""
    return {"type": "Error", "kind": _KINDS[code]}


def calculated(path: Path) -> formualizer.Workbook:
    """A workbook file with all its formulas evaluated."""
    workbook = formualizer.Workbook.from_path(str(path))
    for f in lmprice.functions():
        workbook.register_function(f.excel_name, _callback(f))
    workbook.evaluate_all()
    return workbook


def compute(formulas: Sequence[tuple[str, Sequence[Any]]], path: Path) -> list[Any]:
    """The values of formulas, each over cells of its own; a list goes down a column."""
    vectors = [Vector(name, tuple(arguments), 0) for name, arguments in formulas]
    return [cells[0] for cells in compute_all(vectors, path)]


def compute_all(vectors: Sequence[Vector], path: Path) -> list[list[Any]]:
    """The cells that each formula spills into, as many as the vector expects."""
    book = openpyxl.Workbook()
    cells: Any = book.active
    cells.title = SHEET
    top = 1
    places = []
    for vector in vectors:
        references = []
        for i, argument in enumerate(vector.arguments, start=2):
            values = argument if isinstance(argument, list) else [argument]
            letter = get_column_letter(i)
            for k, value in enumerate(values):
                cells.cell(top + k, i, value)
            last = f":{letter}{top + len(values) - 1}" if isinstance(argument, list) else ""
            references.append(f"{letter}{top}{last}")
        cells.cell(top, 1, f"={vector.excel_name}({','.join(references)})")
        places.append(range(top, top + len(vector.rows)))
        top += vector.height
    book.save(path)
    workbook = calculated(path)
    return [[workbook.evaluate_cell(SHEET, row, 1) for row in place] for place in places]


def _callback(f: PricingFunction) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        result = evaluate(f, [_each(_from_engine, a) for a in arguments])
        return _each(_to_engine, result)

    return call


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    return [[change(v) for v in row] for row in value] if isinstance(value, list) else change(value)


def _from_engine(value: Any) -> Any:
    return CellError(_CODES[value["kind"]]) if isinstance(value, dict) else value


def _to_engine(value: Any) -> Any:
    return error(str(value)) if isinstance(value, CellError) else value
