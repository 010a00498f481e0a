"""Formulas as loops over arrays: their texts, run here by Python; compiled: tests/scale."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice.dialects import numba
from lmprice.language.formula import PricingFunction
from tests.dialects.batches import batch, having

ARRAY = np.array([1.0, 100, 0])


@pytest.fixture(autouse=True)
def loops(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Loops of Python in place of compiled ones; gives the names of those that were run."""
    run: list[str] = []

    def njit(**_: Any) -> Any:
        def kept(function: Any) -> Any:
            @functools.wraps(function)
            def noted(*args: Any) -> Any:
                run.append(function.__name__)
                return function(*args)

            return noted

        return kept

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(numba, "_numba", lambda: SimpleNamespace(njit=njit))
    numba._compiled.cache_clear()
    with np.errstate(all="ignore"):
        yield run
    numba._compiled.cache_clear()


@pytest.mark.parametrize("function", having("numba"), ids=lambda f: str(f.name))
def test_a_loop_gives_the_engines_numbers(function: PricingFunction, loops: list[str]) -> None:
    given = batch(function).as_arrays(function)
    expected = function.function(*given)
    found = lmprice.compiled(function)(*given)
    assert np.array_equal(found, expected, equal_nan=True)
    if not np.isnan(expected).any():  # which a flag of other draws may bring about
        assert function.name in loops


def test_numbers_beside_arrays(loops: list[str]) -> None:
    profit = lmprice.compiled("profit")
    assert profit(ARRAY, 20, np.array([10.0, 10, 10]), fixed_cost=100).tolist() == [-90, 900, -100]
    assert profit.__name__ == "profit"
    assert loops == ["profit"]


def test_what_is_absent(loops: list[str]) -> None:
    cost = lmprice.compiled("token_cost")(ARRAY * 1e6, 1e6, 2, 10)
    assert cost.tolist() == [12, 210, 10]  # 2, 200 and 0 for input, 10 for output
    assert loops[-1] == "token_cost"


@pytest.mark.parametrize(
    "quantity",
    [3, [1.0, 2.0], np.array([1, 2]), np.array([[1.0], [2.0]]), np.arange(6.0)[::2],
     np.array([1.0, np.nan]), np.array([]), np.array([2.0], dtype=np.float32)],
    ids=str,
)  # fmt: skip
def test_what_is_unusual_is_the_engines(quantity: Any) -> None:
    expected: Any = lmprice.profit(quantity, 20, 10, 100)
    found = lmprice.compiled("profit")(quantity, 20, 10, 100)
    assert type(found) is type(expected)
    assert np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((np.array([1.0, -1]), 20, 10), r"profit: quantity\[2\] -1 is below 0|quantity\[1\] -1"),
        ((ARRAY, 20, ARRAY[:2]), "profit"),
        ((ARRAY, 10**400, 1), "price .* is too large"),
        ((ARRAY, "20", 1), "price '20' is not a number"),
    ],
)
def test_errors_are_those_of_the_function(given: tuple[Any, ...], message: str) -> None:
    with pytest.raises(lmprice.PricingError, match=message):
        lmprice.compiled("profit")(*given)


def test_a_missing_argument_is_said_as_by_the_function() -> None:
    with pytest.raises(TypeError, match=r"profit\(\) missing 1 required positional argument"):
        lmprice.compiled("profit")(ARRAY, 20)


def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lmprice.compiled("profit")(ARRAY, 20, 10)
    assert [path.suffix for path in (tmp_path / "lmprice").iterdir()] == [".py"]
    numba._compiled.cache_clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "lmprice" / "no folder.txt"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "lmprice" / "no folder.txt"))
    (tmp_path / "lmprice" / "no folder.txt").write_text("")
    assert lmprice.compiled("profit")(ARRAY, 20, 10).tolist() == [10, 1000, 0]


def test_what_has_no_loop_is_refused() -> None:
    with pytest.raises(TypeError, match="graduated_charge is not to be had in numba: no tables"):
        lmprice.compiled("graduated_charge")
    with pytest.raises(TypeError, match="half_life is not to be had in numba: no log"):
        lmprice.compiled("half_life")
    with pytest.raises(lmprice.PricingError, match="compiled: name 'prophet' is no function"):
        lmprice.compiled("prophet")


def test_without_numba_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(__import__("sys").modules, "numba", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'lmprice\[fast\]'"):
        lmprice.compiled("profit")
