"""Roots of many equations at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmprice.language.roots import find_roots


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=5), st.integers(1, 5))
def test_powers(roots: list[float], power: int) -> None:
    wanted = np.array(roots)
    found = find_roots(lambda x: x**power - wanted**power, np.zeros(len(roots)), 2e3)
    assert found == pytest.approx(wanted, rel=1e-12)


def test_a_falling_function_with_an_infinite_end() -> None:
    # log x = -x at the omega constant, 0.5671432904097838 (OEIS A030178)
    found = find_roots(lambda x: -np.log(x) - x, np.zeros(1), np.ones(1))
    assert found == pytest.approx(0.5671432904097838, rel=1e-15)


def test_a_step_is_found_by_halving() -> None:
    found = find_roots(lambda x: np.where(x < 0.3, -1.0, 1.0), np.zeros(1), np.ones(1))
    assert found == pytest.approx(0.3, rel=1e-12)


def test_a_root_at_an_end_and_nan() -> None:
    found = find_roots(lambda x: x - np.array([0.0, 1.0, np.nan]), np.zeros(3), np.ones(3))
    assert found[:2] == pytest.approx([0, 1], abs=1e-15)
