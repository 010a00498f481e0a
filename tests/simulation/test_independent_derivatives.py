"""Derivatives against autograd, which differentiates by reverse mode what it sees computed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice import derivative
from lmprice.language.formula import PricingFunction
from lmprice.language.tree import NAME, NO_ANSWER, Expr

autograd: Any = pytest.importorskip("autograd")
anp: Any = pytest.importorskip("autograd.numpy")

CLOSED = [f for f in lmprice.functions() if f.has_formula and not f.returns_column]
OPERATIONS: dict[str, Any] = {
    "negative": lambda a: -a,
    "plus": lambda a, b: a + b,
    "minus": lambda a, b: a - b,
    "times": lambda a, b: a * b,
    "divided_by": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "above": lambda a, b: a > b,
    "at_least": lambda a, b: a >= b,
    "below": lambda a, b: a < b,
    "at_most": lambda a, b: a <= b,
    "equal": lambda a, b: a == b,
    "unequal": lambda a, b: a != b,
    "both": lambda a, b: (a != 0) & (b != 0),
    "if_else": anp.where,
    "square_root": anp.sqrt,
    "exp": anp.exp,
    "log": anp.log,
    "absolute": anp.abs,
    "floor": anp.floor,
    "ceiling": anp.ceil,
    "maximum": anp.maximum,
    "minimum": anp.minimum,
    "total": anp.sum,
    "weighted_total": lambda weights, column: anp.sum(weights * column),
    "product": anp.prod,
    "largest": anp.max,
    "smallest": anp.min,
    "count": np.size,
}


def value(tree: Expr, values: dict[str, Any]) -> Any:
    """The value of a tree by operations that autograd watches."""
    if tree.operation == NAME:
        return values[tree.value]
    if tree.operation == NO_ANSWER:
        return np.nan
    if not tree.args:
        return tree.value
    if tree.operation == "if_else" and np.ndim(value(tree.args[0], values)) == 0:
        condition, then, otherwise = tree.args
        return value(then if value(condition, values) else otherwise, values)
    return OPERATIONS[tree.operation](*(value(arg, values) for arg in tree.args))


def arguments(f: PricingFunction) -> dict[str, Any]:
    """The example of a function, by the names of its parameters."""
    given = [*f.example, *[p.default for p in f.parameters[len(f.example) :]]]
    found: dict[str, Any] = {}
    for p, argument in zip(f.parameters, given, strict=True):
        number = np.asarray(argument, dtype=float) if p.is_column else argument
        found[p.name] = float(number) if np.ndim(number) == 0 else number
    return found


def test_every_closed_form_agrees_with_autograd() -> None:
    compared, apart, left = 0, [], set()
    for f in CLOSED:
        assert f.expression is not None
        operations = {node.operation for node in f.expression.walk() if node.args}
        if operations - OPERATIONS.keys():
            left.add(f.name)
            continue
        tree, values = f.expression, arguments(f)
        for p in f.parameters:
            if p.is_column or p.term.is_flag:
                continue
            exact = derivative(f, p.name)(**values)
            if np.isnan(exact):  # at a kink or a step there is none
                continue

            def along(x: Any, name: str = p.name, tree: Expr = tree, at: Any = values) -> Any:
                return value(tree, at | {name: x}) + 0 * x  # which it has to depend on

            other = autograd.grad(along)(float(values[p.name]))
            compared += 1
            if other != pytest.approx(exact, rel=1e-9, abs=1e-12):
                apart.append((f.name, p.name, exact, other))
    assert apart == []
    assert compared > 450
    # Of rows in order, of the Poisson distribution, and of discounted columns it knows nothing.
    assert left == {
        "graduated_charge",
        "volume_charge",
        "graduated_percentage_charge",
        "dynamic_price",
        "dynamic_revenue",
        "fixed_price_revenue",
        "trend_factor",
        "net_present_value",
    }
