"""The vectors, in Python and through every route of this side of Excel."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

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


def close_to(expected: float) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_every_function_has_vectors() -> None:
    assert {v.excel_name for v in VECTORS} == set(FUNCTIONS)
    assert len(VECTORS) >= 60


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_python(vector: Vector) -> None:
    f = FUNCTIONS[vector.excel_name]
    named = zip((p.name for p in f.parameters), vector.arguments, strict=False)
    result = f.function(**{name: value for name, value in named if value is not None})
    assert result == close_to(vector.expected) or (
        math.isnan(result) and math.isnan(vector.expected)
    )


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_excel_hands_over_cells(host: Excel, vector: Vector) -> None:
    arguments = [
        column(*map(float, a)) if isinstance(a, list) else ComRange(a and float(a))
        for a in vector.arguments
    ]
    assert_shown(host.call(vector.excel_name, *arguments), vector)


@pytest.mark.parametrize("vector", VECTORS, ids=ids)
def test_excel_hands_over_values(host: Excel, vector: Vector) -> None:
    arguments = [
        MISSING if a is None else (tuple(map(float, a)),) if isinstance(a, list) else float(a)
        for a in vector.arguments
    ]
    assert_shown(host.call(vector.excel_name, *arguments), vector)


def assert_shown(result: Any, vector: Vector) -> None:
    if math.isnan(vector.expected):
        assert isinstance(result, str)
        assert result.startswith(f"#N/A {vector.excel_name}: no answer for ")
    else:
        assert type(result) is float
        assert result == close_to(vector.expected)


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """Every vector as a formula over cells of a workbook."""
    rows = [(v.excel_name, v.arguments) for v in VECTORS]
    return sheet.compute(rows, tmp_path_factory.mktemp("sheet") / "vectors.xlsx")


@pytest.mark.parametrize(("i", "vector"), list(enumerate(VECTORS)), ids=ids)
def test_workbook(computed: list[Any], i: int, vector: Vector) -> None:
    if math.isnan(vector.expected):
        assert computed[i] == sheet.error("#N/A")
    else:
        assert computed[i] == close_to(vector.expected)
