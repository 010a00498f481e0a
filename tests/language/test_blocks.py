"""Arrays that go through a formula block by block give what goes through it as a whole."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice.language import blocks
from lmprice.language.formula import PricingFunction
from tests.language.test_scalars import drawn

SAMPLES = 100
FUNCTIONS = [
    f
    for f in lmprice.functions()
    if not f.returns_column and any(not p.is_column for p in f.parameters)
]
BAD = [-1.0, 1.5, -0.0, 0.0, 1e300, math.nan, math.inf, -math.inf]


def _samples(f: PricingFunction, source: random.Random) -> list[Any]:
    """Valid arguments: arrays of some parameters, one number or table of the others."""
    many = [drawn(f, source) for _ in range(SAMPLES)]
    arguments: list[Any] = []
    for p, column in zip(f.parameters, zip(*many, strict=True), strict=True):
        is_one = p.is_column or source.random() < 0.4
        kind = source.choice([np.float64, np.float64, np.float32, np.int64])
        if is_one:
            arguments.append(column[0])
            continue
        array = np.array(column, dtype=bool if p.term.is_flag else np.float64)
        is_whole = not p.term.is_flag and bool(np.all(np.ceil(array) == array))
        arguments.append(array.astype(kind) if is_whole else array)
    return arguments


def _outcome(f: PricingFunction, arguments: list[Any]) -> Any:
    try:
        found = f.function(*arguments)
    except lmprice.PricingError as error:
        return str(error), error.parameter, error.index, error.mask.tolist()
    return np.asarray(found)


@pytest.mark.engine
@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
def test_blocks_give_what_the_whole_gives(
    f: PricingFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 32)
    source = random.Random(f.name)
    for _ in range(4):
        arguments = _samples(f, source)
        arrays = [
            i
            for i, (a, p) in enumerate(zip(arguments, f.parameters, strict=True))
            if isinstance(a, np.ndarray) and not p.is_column
        ]
        if arrays and source.random() < 0.5:
            spoilt = arguments[source.choice(arrays)]
            spoilt[source.randrange(SAMPLES)] = source.choice(
                BAD[:5] if spoilt.dtype.kind in "ib" else BAD
            )
        # Lists are not taken in blocks.
        listed = [a.tolist() if isinstance(a, np.ndarray) else a for a in arguments]
        found, expected = _outcome(f, arguments), _outcome(f, listed)
        if isinstance(expected, tuple) or isinstance(found, tuple):
            assert found == expected
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0, equal_nan=True)


def test_what_is_given_is_not_what_is_returned() -> None:
    given = np.array([1.0, 2.0, 3.0])
    found: Any = lmprice.revenue(given, 1)
    found[0] = 7
    assert given.tolist() == [1, 2, 3]


def test_an_array_of_flags_is_as_quick_as_one() -> None:
    quantity, flags = np.zeros(100_000), np.arange(100_000) % 2 == 0
    charge: Any = lmprice.graduated_charge
    tiers = ([5, math.inf], [7, 6], [2, 3])
    assert charge(quantity, *tiers, flags)[:3].tolist() == [2, 0, 2]
    assert charge(quantity, *tiers, flags.astype(int))[:3].tolist() == [2, 0, 2]
    assert charge(quantity, *tiers, np.where(flags, 1.0, math.nan))[0] == 2
    with pytest.raises(lmprice.PricingError, match=r"bill_zero_quantity\[1\] 2 is neither true"):
        charge([0, 0], *tiers, np.array([1, 2]))
