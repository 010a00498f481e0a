"""Any function of named numbers as a scenario, so that all that is done with scenarios takes it."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar

import pydantic

from lmprice.language.errors import PricingError
from lmprice.language.terms import Term, Text
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.template import Answer, Around, Curves, Sensitivity, Span, Template

_OWNER = "scenario_of"
_STEP = 0.1
_MOST_FIGURES = 6
_PLAIN = Text("", "")


def scenario_of(
    function: Callable[..., Any], /, terms: Mapping[str, Term] | None = None, **values: float
) -> Scenario:
    """Make a scenario of a function of named numbers.

    Parameters
    ----------
    function : callable
        Takes numbers by name and gives a number, or a mapping of names to numbers.  It is called
        with arrays where inputs vary, and with cells where a workbook is written of it, so it may
        use arithmetic, the functions of lmprice and those of `lmprice.language.expression`.
    terms : mapping of str to Term, optional
        Title, unit and bounds of inputs and results; of the others the name is the title.
    **values : float
        Its arguments; those left out are the function's own defaults.

    Returns
    -------
    Scenario
        For `sensitivity`, `two_way`, `monte_carlo`, charts and workbooks.  A single result has the
        name of the function.

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
        key: (Annotated[float, known.get(key, _term(key))], value)
        for key, value in arguments.items()
    }

    def results(self: Scenario, out: Out) -> None:
        out.section(Text(_title(name), _title(name)))
        found = function(**{key: getattr(self, key) for key in arguments})
        named = found if isinstance(found, Mapping) else {name: found}
        for key, value in named.items():
            out(key, value, known.get(key, _term(key)))

    made = pydantic.create_model(name, __base__=_FunctionScenario, **fields)
    made.results = results  # type: ignore[method-assign]
    first = next(iter(arguments), "")
    second = list(arguments)[1] if len(arguments) > 1 else first
    down, across = (Around((key,), _STEP) for key in (first, second))
    keys = list(made().evaluate())
    title = Text(_title(name), _title(name))
    made.template = Template(
        name=name.replace("_", "-"),
        version=1,
        title=title,
        about=Text(inspect.getdoc(function) or "", inspect.getdoc(function) or ""),
        example=_PLAIN,
        sensitivity=Sensitivity(keys[0], down, across),
        curves=Curves(title, Span((first,), (first,), (first,)), (keys[0],)),
        answer=Answer(tuple(keys[:_MOST_FIGURES])),
    )
    return made()


class _FunctionScenario(Scenario):
    """A scenario that a function makes."""

    template: ClassVar[Template]


def _arguments(function: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, float]:
    parameters = inspect.signature(function).parameters
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
            raise PricingError(_OWNER, name, None, "is needed: it has no default")
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise PricingError(_OWNER, name, value, "is not a number")
    return {name: float(value) for name, value in found.items()}


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _term(name: str) -> Term:
    return Term(Text(_title(name), _title(name)), Text("number", "数"), _PLAIN)
