"""The vectors, in Python and through every route of this side of Excel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import lmprice
from tests.excel import sheet
from tests.excel.com_host import MISSING, ComRange, Excel, column, excel
from tests.vectors import VECTORS, Vector

ids = [f"{v.excel_name}-{i}" for i, v in enumerate(VECTORS)]
FUNCTIONS = {f.excel_name: f for f in lmprice.functions()}


@pytest.fixture(scope="module")
def host() -> Iterator[Excel]:
    with excel() as running:
        yield running


def close_to(expected: float | list[float]) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)


def test_every_function_has_vectors() -> None:
    assert {v.excel_name for v in VECTORS} == set(FUNCTIONS)
    assert len(VECTORS) >= 60


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_python(vector: Vector) -> None:
    f = FUNCTIONS[vector.excel_name]
    named = zip((p.name for p in f.parameters), vector.arguments, strict=False)
    result = f.function(**{name: value for name, value in named if value is not None})
    assert isinstance(result, np.ndarray) == isinstance(vector.expected, list)
    assert np.atleast_1d(result).tolist() == close_to(vector.rows)


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_excel_hands_over_cells(host: Excel, vector: Vector) -> None:
    assert_cells_give(host, vector)


def assert_cells_give(host: Excel, vector: Vector) -> None:
    """References to cells; the table columns stand upright, and so does a column result."""
    arguments = [
        column(*map(float, a)) if isinstance(a, list) else ComRange(a and float(a))
        for a in vector.arguments
    ]
    result = host.call(vector.excel_name, *arguments)
    is_range = isinstance(result, list)
    assert is_range == (len(vector.rows) > 1)
    assert all(len(row) == 1 for row in result) if is_range else True
    assert_shown(result, vector)


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_excel_hands_over_values(host: Excel, vector: Vector) -> None:
    assert_values_give(host, vector)


def assert_values_give(host: Excel, vector: Vector) -> None:
    """Values, the table columns as a row; then so is a column result, over COM without a row."""
    arguments = [
        MISSING if a is None else (tuple(map(float, a)),) if isinstance(a, list) else float(a)
        for a in vector.arguments
    ]
    assert_shown(host.call(vector.excel_name, *arguments), vector)


def assert_shown(result: Any, vector: Vector) -> None:
    cells = np.array(result, dtype=object).ravel().tolist()
    for cell, number in zip(cells, vector.rows, strict=True):
        if math.isnan(number):
            assert isinstance(cell, str)
            assert cell.startswith(f"#N/A {vector.excel_name}: no answer for ")
        else:
            assert type(cell) is float
            assert cell == close_to(number)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Every vector as a formula over cells of a workbook."""
    return sheet.compute_all(VECTORS, tmp_path_factory.mktemp("sheet") / "vectors.xlsx")


@pytest.mark.parametrize(("i", "vector"), list(enumerate(VECTORS)), ids=ids)
def test_workbook(computed: list[Any], i: int, vector: Vector) -> None:
    assert_computed(computed[i], vector)


def assert_computed(found: list[Any], vector: Vector) -> None:
    """The cells of a workbook below each other are what the vector expects."""
    for cell, number in zip(found, vector.rows, strict=True):
        if math.isnan(number):
            assert cell == sheet.error("#N/A")
        else:
            assert cell == close_to(number)
