"""Slopes: what one more of an input changes in a result of a scenario, exactly.

The formulas of a scenario are trees over its inputs and over earlier results; a result is
differentiated through all of these by the chain rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from lmprice.language.calculus import derivative_tree
from lmprice.language.dates import serial
from lmprice.language.evaluation import check_known, evaluated
from lmprice.language.terms import Choice
from lmprice.language.tree import Expr
from lmprice.scenarios import Scenario


def slopes(scenario: Scenario, result: str, names: Iterable[str]) -> dict[str, float]:
    """The derivative of a result by each of some inputs.

    NaN at a kink or a step, and where it is not in closed form: through a table, a search, or a
    function that takes no symbols.
    """
    nothing = dict.fromkeys(names, math.nan)
    kind = type(scenario)
    if kind.tables():
        return nothing
    try:
        trace = kind.trace("en")
    except TypeError:
        return nothing
    if trace.iterations:
        return nothing
    values: dict[str, Any] = dict(scenario.evaluate())
    for key, term in kind.terms().items():
        given = getattr(scenario, key)
        values[key] = term.options[given]("en") if isinstance(term, Choice) else serial(given)
    return {name: _change(result, name, trace.expressions, values) for name in nothing}


def _change(result: str, name: str, trees: Any, values: dict[str, Any]) -> float:
    """What one more of an input changes in a result."""
    known: dict[str, float] = {name: 1.0}

    def change(key: str) -> float:
        if key not in known:
            known[key] = sum(map(float, parts(trees[key]))) if key in trees else 0.0
        return known[key]

    def parts(tree: Expr) -> Iterable[float]:
        for part in dict.fromkeys(node.value for node in tree.walk() if node.is_name):
            by = change(part)
            if by == 0:
                continue
            slope = derivative_tree(tree, part)
            check_known(slope)
            yield evaluated(slope, values) * by

    try:
        with np.errstate(all="ignore"):
            return change(result)
    except TypeError:
        return math.nan
