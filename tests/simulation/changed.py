"""Scenarios with other inputs, the plain way: made anew, validated and evaluated one by one."""

from __future__ import annotations

from collections.abc import Mapping

from lmprice.language.terms import Term
from lmprice.scenarios import Scenario


def changed(scenario: Scenario, changes: Mapping[str, float]) -> Scenario:
    """The scenario with some of its inputs replaced."""
    return type(scenario)(**{**dict(scenario), **changes})


def some_inputs(scenario: Scenario) -> dict[str, float]:
    """The inputs that are one number other than 0."""
    terms = type(scenario).terms()
    values = {name: getattr(scenario, name) for name, t in terms.items() if isinstance(t, Term)}
    numbers = {name: value for name, value in values.items() if isinstance(value, float)}
    return {name: value for name, value in numbers.items() if value != 0}
