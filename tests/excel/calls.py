"""Calls of :func:`evaluate`, short to write and easy to compare."""

from __future__ import annotations

from typing import Any

import lmprice
from lmprice_excel.cells import CellError, evaluate


def run(excel_name: str, *arguments: Any) -> Any:
    f = next(f for f in lmprice.functions() if f.excel_name == excel_name)
    return evaluate(f, arguments)


def texts(result: Any) -> Any:
    """Errors as a host that has only text shows them."""
    if isinstance(result, list):
        return [[c.text if isinstance(c, CellError) else c for c in row] for row in result]
    return result.text if isinstance(result, CellError) else result


def down(*cells: Any) -> list[list[Any]]:
    return [[cell] for cell in cells]


def across(*cells: Any) -> list[list[Any]]:
    return [list(cells)]
