"""Formulas compiled by numba: the same numbers to the last bit, in a first and a second process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lmprice
from lmprice.dialects import numba
from lmprice.language.formula import PricingFunction
from tests.dialects.batches import batch, having

pytestmark = pytest.mark.scale


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("numba", reason="needs the extra fast")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    numba._compiled.cache_clear()


@pytest.mark.parametrize("function", having("numba"), ids=lambda f: str(f.name))
def test_machine_code_gives_the_engines_numbers(function: PricingFunction) -> None:
    given = batch(function).as_arrays(function)
    expected = function.function(*given)
    assert np.array_equal(lmprice.compiled(function)(*given), expected, equal_nan=True)


def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    code = (
        "import numpy as np, lmprice; from lmprice.dialects import numba\n"
        "print(lmprice.compiled('profit')(np.array([1.0, 100.0]), 20, 10, 100))\n"
        "(loop,) = [numba._compiled(f, long) for f, long in FOUND]\n"
        "print(sum(loop.stats.cache_hits.values()), sum(loop.stats.cache_misses.values()))"
    ).replace("FOUND", "[(next(f for f in lmprice.functions() if f.name == 'profit'), "
              "frozenset({'quantity'}))]")  # fmt: skip
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    command = [sys.executable, "-c", code]
    said = [
        subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        for _ in range(2)
    ]
    assert said == ["[-90. 900.]\n0 1\n", "[-90. 900.]\n1 0\n"]
