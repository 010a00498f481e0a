"""Calls of single numbers give what the engine gives: number, sign of zero, or error."""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice.language import scalars
from lmprice.language.engine import call_formula
from lmprice.language.formula import PricingFunction
from lmprice.language.plain import plain
from lmprice.language.record import Parameter

CALLS = 400
HOSTILE: list[Any] = [
    0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 5e-324, 1e-300, 1e150, 1e300, 1e301, 1e308, -1e308, math.nan,
    math.inf, -math.inf, 0, 1, -1, 3, 10**400, True, False, Decimal("0.25"), Fraction(1, 3),
    np.float64(0.75), np.float32(0.5), np.int64(3), np.bool_(True), "x", None, b"1", [1.0], [], 1j,
]  # fmt: skip
FUNCTIONS = [f for f in lmprice.functions() if hasattr(scalars, f.name)]


def _value(p: Parameter, source: random.Random) -> Any:
    """An argument that is mostly valid: often a bound, an integer or of another size."""
    if source.random() < 0.04:
        return source.choice(HOSTILE)
    if p.term.is_flag:
        return source.choice([True, False, 0, 1])
    low = next((b.limit for b in p.term.bounds if b.is_lower), -1e3)
    high = next((b.limit for b in p.term.bounds if not b.is_lower), None)
    value: Any = low + 10 ** source.uniform(-3, 6) if high is None else source.uniform(low, high)
    kind = source.random()
    if kind < 0.2:
        value = math.ceil(value)
    elif kind < 0.3:
        value = source.choice([low, low if high is None else high])
    elif kind < 0.33:
        value *= 10.0 ** source.choice([-300, -30, 30, 300])
    return value


def _column(p: Parameter, rows: int, source: random.Random) -> Any:
    found = [_value(p, source) for _ in range(rows)]
    if p.term.increasing and source.random() < 0.95:
        found = sorted(x for x in found if type(x) in (int, float))
    if p.term.unlimited and source.random() < 0.95:
        found = [*found[:-1], math.inf]
    if p.is_optional and source.random() < 0.5:
        return _value(p, source)
    are_numbers = all(type(x) in (int, float) and abs(x) < 1e308 for x in found)
    return source.choice([list, list, tuple, np.array if are_numbers else list])(found)


def _arguments(f: PricingFunction, source: random.Random) -> list[Any]:
    rows = source.choice([1, 2, 3, 4, 7, 8, 9])
    drawn = []
    for p in f.parameters:
        if p.is_column:
            drawn.append(_column(p, rows if source.random() < 0.98 else rows + 1, source))
        else:
            drawn.append(_value(p, source))
    optional = sum(p.is_optional for p in f.parameters)
    if source.random() < 0.3:  # some of the last ones left out
        drawn = drawn[: len(drawn) - source.randint(0, optional)]
    if source.random() < 0.1 and len(drawn) > 1:  # alike: differences are zero
        drawn[1] = drawn[0]
    return drawn


def drawn(f: PricingFunction, source: random.Random) -> list[Any]:
    """Valid arguments, all given."""
    while True:
        arguments = _arguments(f, source)
        if len(arguments) == len(f.parameters):
            try:
                f.function(*arguments)
            except (lmprice.PricingError, TypeError):
                continue
            pairs = zip(f.parameters, arguments, strict=True)
            if all(p.is_column or type(a) in (int, float, bool) for p, a in pairs):
                return arguments


def _outcome(call: Any, arguments: list[Any]) -> Any:
    """The number with its sign, or the error with all that it tells."""
    try:
        found = call(*arguments)
    except lmprice.PricingError as error:
        return str(error), repr(error.value), error.index, error.mask.tolist()
    if not isinstance(found, float):
        return repr(found)
    return "nan" if math.isnan(found) else (type(found), found, math.copysign(1, found))


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
def test_a_call_gives_what_the_engine_gives(f: PricingFunction) -> None:
    source = random.Random(f.name)
    for _ in range(CALLS):
        arguments = _arguments(f, source)
        expected = _outcome(lambda *given: call_formula(f, given, {}), arguments)
        assert _outcome(f.function, arguments) == expected, arguments


def test_most_functions_have_one() -> None:
    names = {f.name for f in FUNCTIONS}
    assert {"profit", "token_cost", "graduated_charge", "volume_charge", "block_charge"} <= names
    assert {"off_peak_price", "package_charge", "context_price", "mix_breakeven"} <= names
    assert len(names) >= 130


def test_valid_numbers_do_not_ask_the_engine() -> None:
    def engine(*_: Any) -> Any:
        raise AssertionError("the engine was asked")

    for f in FUNCTIONS:
        made = getattr(scalars, f.name)(engine, f.kernel)
        assert made(*f.example) == f.function(*f.example), f.name
    made = scalars.breakeven_quantity(engine, None)  # type: ignore[no-untyped-call]
    assert math.isnan(made(10, 20, 100))  # no answer needs no engine either


def test_what_is_not_the_vocabulary_is_not_made_plain() -> None:
    with pytest.raises(TypeError, match="np is no part of the vocabulary"):
        plain(_outside)
    with pytest.raises(TypeError, match="is not written in Python"):
        plain(math.sqrt)


def _outside(x: float) -> Any:
    return np.sin(x)
