"""What a simulation may change in a scenario: inputs that are one number; and what it looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm
from lmprice.language.errors import PricingError
from lmprice.language.terms import Term
from lmprice.scenarios import Result, Scenario
from lmprice.scenarios.of_functions import scenario_of


def number_inputs(scenario: Scenario) -> dict[str, Term]:
    """The inputs of a scenario that are one number each."""
    terms = type(scenario).terms().items()
    return {n: t for n, t in terms if isinstance(t, Term) and not isinstance(t, DateTerm)}


def number_input(owner: str, parameter: str, scenario: Scenario, name: Any) -> Term:
    """The term of an input by its name; raises where there is no such number."""
    inputs = number_inputs(scenario)
    if name in inputs:
        return inputs[name]
    kinds = {**dict.fromkeys(type(scenario).tables(), "a table"), **_others(scenario)}
    kind = f"is {kinds[name]}" if name in kinds else f"is no input of {scenario.template.name}"
    raise PricingError(owner, parameter, name, f"{kind}; what can vary: {', '.join(inputs)}")


def _others(scenario: Scenario) -> dict[str, str]:
    """What the inputs of one cell are that are no numbers."""
    terms = type(scenario).terms().items()
    return {name: "a date" if isinstance(t, DateTerm) else "a choice" for name, t in terms}


def as_scenario(owner: str, given: Any) -> Scenario:
    """A scenario as it is; a function of named numbers as one, with its defaults for inputs."""
    if isinstance(given, Scenario):
        return given
    if callable(given) and not isinstance(given, type):
        return scenario_of(given)
    raise PricingError(owner, "scenario", given, "is not a scenario with its inputs")


def base_results(scenario: Scenario) -> dict[str, Result]:
    """The results of a scenario as it is, by key."""
    return {row.key: row for row in scenario.evaluate().rows}


def known_result(owner: str, parameter: str, results: Mapping[str, Result], key: Any) -> Result:
    """A result by its key; raises where there is none."""
    if key not in results:
        raise PricingError(owner, parameter, key, f"is no result; there are: {', '.join(results)}")
    return results[key]


def outside(term: Term, values: Array) -> Iterator[tuple[NDArray[np.bool_], str]]:
    """Which values break a rule of an input, and what is said of them, for each broken rule."""
    rules = [(~np.isfinite(values), "is not finite")]
    rules += [(~bound.holds(values), bound.broken.en) for bound in term.bounds]
    return ((bad, rule) for bad, rule in rules if bad.any())


def at_points(scenario: Scenario, changes: Mapping[str, Array], key: str) -> Array:
    """One result at many points; the arrays of the changed inputs broadcast."""
    shape = np.broadcast_shapes(*(array.shape for array in changes.values()))
    return np.broadcast_to(scenario.evaluate_at(changes)[key], shape).astype(np.float64)


def whole(owner: str, name: str, value: Any, least: int) -> int:
    """A whole number that is large enough."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise PricingError(owner, name, value, "is not a whole number")
    if value < least:
        raise PricingError(owner, name, value, f"is below {least}")
    return int(value)
