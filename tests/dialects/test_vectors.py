"""The vectors of every route, as native formulas in a spreadsheet engine."""

from __future__ import annotations

import math

import pytest

import lmprice
from lmprice.language.formula import PricingFunction
from tests.engines import IronCalcSheet, as_number
from tests.vectors import VECTORS, Vector

FUNCTIONS = {f.excel_name: f for f in lmprice.functions()}


@pytest.mark.parametrize(
    "vector", VECTORS, ids=[f"{n}-{v.excel_name}" for n, v in enumerate(VECTORS)]
)
def test_native_formula(vector: Vector) -> None:
    assert_native(FUNCTIONS[vector.excel_name], vector)


def assert_native(function: PricingFunction, vector: Vector) -> None:
    """The formula of a function, typed into cells, gives what the vector expects."""
    if not function.has_formula:
        pytest.skip("computed step by step")
    given = dict(zip((p.name for p in function.parameters), vector.arguments, strict=False))
    rows = max((len(a) for a in vector.arguments if isinstance(a, list)), default=1)
    values = {
        p.name: ([p.default] * rows if p.is_column else p.default)
        if given.get(p.name) is None
        else given[p.name]
        for p in function.parameters
    }
    sheet = IronCalcSheet(function, str(function.formula))
    found = [as_number(cell) for cell in sheet.compute_rows(values, len(vector.rows))]
    assert found == pytest.approx(vector.rows, rel=1e-9, abs=1e-9, nan_ok=True)
    assert list(map(math.isnan, found)) == list(map(math.isnan, vector.rows))


def test_there_are_enough_and_for_every_function() -> None:
    assert len(VECTORS) >= 60
    assert {v.excel_name for v in VECTORS} == set(FUNCTIONS)
