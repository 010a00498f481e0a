"""Any function of named numbers as a scenario, so that all that is done with scenarios takes it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
import pydantic

from lmprice.language.errors import PricingError
from lmprice.language.terms import Term
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.plain import plain_term, plain_text

_OWNER = "scenario_of"


def scenario_of(
    function: Callable[..., Any], /, terms: Mapping[str, Term] | None = None, **values: float
) -> Scenario:
    """Make a scenario of a function of named numbers.

    Parameters
    ----------
    function : callable
        Takes numbers by name and gives a number, or a mapping of names to numbers.  It is called
        with arrays where inputs vary, and with cells where a workbook is written of it, so it may
        use arithmetic, the functions of lmprice, and `where`, `exp` and their like of
        `lmprice.scenarios`.
    terms : mapping of str to Term, optional
        Title, unit and bounds of inputs and results; of the others the name is the title.
    **values : float
        Its arguments; those left out are the function's own defaults.

    Returns
    -------
    Scenario
        For `sensitivity`, `two_way`, `monte_carlo`, charts and workbooks.  A single result has the
        name of the function.  A function that takes no arrays is called point by point; only a
        workbook needs one that takes cells.

    Raises
    ------
    PricingError
        An argument is missing, unknown or not a number.

    Examples
    --------
    >>> def margin(price, tokens, gpu_hours=10):
    ...     return price * tokens - 2.5 * gpu_hours
    >>> plan = scenario_of(margin, price=3, tokens=20)
    >>> plan.evaluate()["margin"]
    35.0
    """
    if not callable(function):
        raise PricingError(_OWNER, "function", function, "is no function of named numbers")
    known = dict(terms or {})
    arguments = _arguments(function, values)
    name = getattr(function, "__name__", "function")
    fields: dict[str, Any] = {
        key: (Annotated[float, known.get(key, plain_term(key))], value)
        for key, value in arguments.items()
    }

    def results(self: Scenario, out: Out) -> None:
        out.section(plain_text(name))
        found = _called(function, {key: getattr(self, key) for key in arguments})
        named = found if isinstance(found, Mapping) else {name: found}
        for key, value in named.items():
            out(key, value, known.get(key))

    made = pydantic.create_model(
        name, __base__=Scenario, __doc__=inspect.getdoc(function), **fields
    )
    made.results = results  # type: ignore[method-assign]
    return made()


def _called(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What a function gives; where it takes no arrays, what it gives point by point."""
    arrays = {key: np.asarray(value) for key, value in arguments.items()}
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    if not shape or any(array.dtype == object for array in arrays.values()):  # cells are objects
        return function(**arguments)
    try:
        return function(**arguments)
    except (TypeError, ValueError):
        columns = [np.broadcast_to(array, shape).ravel().tolist() for array in arrays.values()]
        points = (dict(zip(arrays, point, strict=True)) for point in zip(*columns, strict=True))
        found = [function(**point) for point in points]
    if isinstance(found[0], Mapping):
        return {key: np.reshape([f[key] for f in found], shape) for key in found[0]}
    return np.reshape(found, shape)


def _arguments(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, float]:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        rule = "does not say which arguments it takes"
        raise PricingError(_OWNER, "function", function, rule) from None
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    named = {n: p for n, p in parameters.items() if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)}
    unknown = [name for name in values if name not in named]
    if unknown and not takes_any:
        rule = f"is no argument of {getattr(function, '__name__', function)}: {', '.join(named)}"
        raise PricingError(_OWNER, "values", unknown[0], rule)
    found = {n: values.get(n, p.default) for n, p in named.items()}
    found |= {name: values[name] for name in unknown}
    for name, value in found.items():
        if value is inspect.Parameter.empty:
            raise PricingError(
                _OWNER, name, None, "is needed: it has no default; scenario_of takes it"
            )
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise PricingError(_OWNER, name, value, "is not a number")
    return {name: float(value) for name, value in found.items()}
