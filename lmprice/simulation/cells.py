"""What a simulation may change in a scenario: numbers, also in tables; and what it looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm
from lmprice.language.errors import PricingError
from lmprice.language.terms import Term
from lmprice.scenarios import Result, Scenario
from lmprice.scenarios.of_functions import scenario_of
from lmprice.scenarios.table_inputs import base_and_term, table_input
from lmprice.scenarios.tracing import RESIDUAL

MANY, FEW = 40, 8  # results of which all are named, or those alone that are most like a key


def number_inputs(scenario: Scenario) -> dict[str, Term]:
    """The inputs of a scenario that are one number each."""
    terms = type(scenario).terms().items()
    return {n: t for n, t in terms if isinstance(t, Term) and not isinstance(t, DateTerm)}


def number_input(owner: str, parameter: str, scenario: Scenario, name: Any) -> Term:
    """The term of an input by its name; raises where there is no such number."""
    return _base_and_term(owner, parameter, scenario, name)[1]


def base_value(owner: str, parameter: str, scenario: Scenario, name: str) -> float:
    """An input as it stands in the scenario; 1 where it is a factor on a column."""
    return _base_and_term(owner, parameter, scenario, name)[0]


def _base_and_term(owner: str, parameter: str, scenario: Scenario, name: Any) -> tuple[float, Term]:
    inputs = number_inputs(scenario)
    if name in inputs:
        return float(getattr(scenario, name)), inputs[name]
    tables = type(scenario).tables()
    place = table_input(name)
    if place is not None and place.table in tables:
        found = base_and_term(place, tables, getattr(scenario, place.table))
        if isinstance(found, str):
            raise PricingError(owner, parameter, name, found)
        return found
    kinds = {**dict.fromkeys(tables, "a table"), **_others(scenario)}
    kind = f"is {kinds[name]}" if name in kinds else f"is no input of {scenario.template.name}"
    columns = [f"{n}.{c.key}" for n, t in tables.items() for c in t.columns if type(c.term) is Term]
    rule = f"{kind}; what can vary: {', '.join([*inputs, *columns])}"
    raise PricingError(owner, parameter, name, rule)


def _others(scenario: Scenario) -> dict[str, str]:
    """What the inputs of one cell are that are no numbers."""
    terms = type(scenario).terms().items()
    return {name: "a date" if isinstance(t, DateTerm) else "a choice" for name, t in terms}


def as_scenario(owner: str, given: Any, parameter: str = "scenario") -> Scenario:
    """A scenario as it is; a function of named numbers as one, with its defaults for inputs."""
    if isinstance(given, Scenario):
        return given
    if callable(given) and not isinstance(given, type):
        return scenario_of(given)
    rule = "is not a scenario with its inputs, nor a function of named numbers"
    raise PricingError(owner, parameter, given, rule)


def base_results(scenario: Scenario) -> dict[str, Result]:
    """The results of a scenario as it is, by key."""
    return {row.key: row for row in scenario.evaluate().rows}


def known_result(owner: str, parameter: str, results: Mapping[str, Result], key: Any) -> Result:
    """A result by its key; raises where there is none."""
    if key not in results:
        raise PricingError(
            owner, parameter, key, f"is no result; there are: {_named(results, key)}"
        )
    return results[key]


def _named(results: Iterable[str], key: Any) -> str:
    """The results by their keys; of many those that are most like a key."""
    keys = [name for name in results if not name.endswith(RESIDUAL)]
    if len(keys) <= MANY:
        return ", ".join(keys)
    near = get_close_matches(str(key).casefold(), keys, FEW, 0.3) or keys[:FEW]
    return f"{', '.join(near)} and {len(keys) - len(near)} more"


def outside(term: Term, values: Array) -> Iterator[tuple[NDArray[np.bool_], str]]:
    """Which values break a rule of an input, and what is said of them, for each broken rule."""
    rules = [(~np.isfinite(values), "is not finite")]
    rules += [(~bound.holds(values), bound.broken.en) for bound in term.bounds]
    return ((bad, rule) for bad, rule in rules if bad.any())


def at_points(scenario: Scenario, changes: Mapping[str, Array], key: str) -> Array:
    """One result at many points; the arrays of the changed inputs broadcast."""
    shape = np.broadcast_shapes(*(array.shape for array in changes.values()))
    return np.broadcast_to(scenario.evaluate_at(changes, [key])[key], shape).astype(np.float64)


def whole(owner: str, name: str, value: Any, least: int) -> int:
    """A whole number that is large enough."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise PricingError(owner, name, value, "is not a whole number")
    if value < least:
        raise PricingError(owner, name, value, f"is below {least}")
    return int(value)
