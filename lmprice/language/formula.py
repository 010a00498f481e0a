"""``@pricing_function``: from one short formula to a function, its help and its Excel text.

The decorated function is the only definition.  Its annotations are terms of the vocabulary, so the
decorator knows units, bounds and help of every parameter.  It wraps the formula in validation and
broadcasting, completes the docstring, traces the Excel formula and enters all of it in the registry
that :func:`functions` lists.
"""

from __future__ import annotations

import ast
import functools
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, cast, get_type_hints

from lmprice.language.arrays import Vectorized
from lmprice.language.engine import call_formula
from lmprice.language.expression import Expr
from lmprice.language.terms import Term, is_column, term

P = ParamSpec("P")

_EXCEL_NAME = re.compile(r"LM[A-Z]+")
# A parameter that looks like a cell (`q1`) or like R1C1 notation (`r`, `c`) is no name in Excel.
_LIKE_A_CELL = re.compile(r"[a-z]{1,3}[0-9]+|[rc][0-9]*(c[0-9]*)?", re.IGNORECASE)
_REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """One parameter of a registered function."""

    name: str
    term: Term
    is_column: bool
    default: float | None

    @property
    def is_optional(self) -> bool:
        """Whether the argument may be left out."""
        return self.default is not None

    @property
    def default_text(self) -> str:
        """The default as a sheet shows it; "" for a required argument."""
        if self.default is None:
            return ""
        return str(bool(self.default)).upper() if self.term.is_flag else f"{self.default:G}"


@dataclass(frozen=True)
class Requirement:
    """A condition between arguments, such as ``cached_tokens <= input_tokens``."""

    parameter: str
    names: tuple[str, ...]
    condition: Callable[..., Any]

    def holds(self, arguments: Mapping[str, Any]) -> Any:
        """The condition on numbers, arrays or expressions."""
        return self.condition(*(arguments[name] for name in self.names))

    @property
    def rule(self) -> str:
        """The condition as text."""
        return str(self.holds({name: Expr.name(name) for name in self.names}))


@dataclass(frozen=True, eq=False)
class PricingFunction:
    """A registered function and everything that is known about it."""

    name: str
    excel_name: str
    category: str
    parameters: tuple[Parameter, ...]
    result: Term
    returns_column: bool
    requirements: tuple[Requirement, ...]
    has_formula: bool
    kernel: Callable[..., float]
    sheet_form: Callable[..., Any]
    function: Callable[..., float]

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the formula."""
        return inspect.signature(self.kernel)

    @functools.cached_property
    def has_columns(self) -> bool:
        """Whether a parameter or the result is a column."""
        return self.returns_column or any(p.is_column for p in self.parameters)

    @functools.cached_property
    def knows_absence(self) -> bool:
        """Whether None is a valid argument of a parameter."""
        return any(p.term.absent is not None for p in self.parameters)

    @property
    def summary(self) -> str:
        """The first line of the docstring, which is also the help of the function wizard."""
        return (self.kernel.__doc__ or "").strip().partition("\n")[0]

    @functools.cached_property
    def example(self) -> tuple[Any, ...]:
        """The arguments of the first call in the examples of the docstring."""
        import doctest

        for example in doctest.DocTestParser().get_examples(self.kernel.__doc__ or ""):
            for node in ast.walk(ast.parse(example.source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == self.name:
                    values = map(_plain_value, node.args)
                    named = zip(self.parameters, values, strict=False)
                    return tuple(p.term.absent if v is None else v for p, v in named)
        raise ValueError(f"{self.name} has no example that calls it with plain numbers")

    @functools.cached_property
    def example_result(self) -> list[float]:
        """What the example gives: its one number, or the rows of its column."""
        value: Any = self.function(*self.example)
        return [float(row) for row in value] if self.returns_column else [value]

    def trace(self, arguments: Mapping[str, Expr]) -> Expr:
        """The Excel expression of the formula on these arguments."""
        if not self.has_formula:
            raise TypeError(f"{self.name} is computed step by step and has no formula form")
        return Expr.lift(self.sheet_form(*(arguments[p.name] for p in self.parameters)))

    @functools.cached_property
    def expression(self) -> Expr | None:
        """The formula over its own parameter names; None where there is no closed form."""
        if not self.has_formula:
            return None
        names = {p.name: Expr.name(p.name, is_column=p.is_column) for p in self.parameters}
        return self.trace(names)

    @property
    def formula(self) -> str | None:
        """The Excel formula over the parameter names, without the equals sign."""
        return None if self.expression is None else self.expression.text()

    @property
    def lambda_text(self) -> str | None:
        """The ``LAMBDA`` of the same name, to paste into Excel 365 or 2024."""
        from lmprice.dialects.excel_lambda import lambda_text

        return lambda_text(self)


_registry: dict[str, PricingFunction] = {}


def functions() -> tuple[PricingFunction, ...]:
    """All formulas, in the order in which their chapters define them: what has a name in Excel.

    What is no formula (fits, surveys, simulations, workbooks) is not among them.

    Examples
    --------
    >>> import lmprice
    >>> profit = next(f for f in lmprice.functions() if f.name == "profit")
    >>> profit.excel_name, profit.category, profit.formula
    ('LMPROFIT', 'profit', 'price*quantity-unit_cost*quantity-fixed_cost')
    """
    return tuple(_registry.values())


def pricing_function(
    excel_name: str,
    category: str,
    *,
    require: Mapping[str, Callable[..., Any]] | None = None,
    has_formula: bool = True,
    sheet_form: Callable[..., Any] | None = None,
) -> Callable[[Callable[P, float]], Vectorized[P]]:
    """Register a formula under its Excel name and make a checked, broadcasting function of it.

    Parameters
    ----------
    excel_name : str
        ``LM`` and upper-case letters.
    category : str
        The chapter, as the function wizard shows it.
    require : mapping, optional
        Conditions between arguments: the parameter to blame, and a function of the arguments it
        names that is true where they are valid.
    has_formula : bool, default True
        False for what no closed form gives (solvers, fits, simulations).
    sheet_form : callable, optional
        Another form of the formula, of the same parameters, from which the Excel text is traced
        where the function itself goes through a table row by row.
    """

    def decorate(kernel: Callable[P, float]) -> Vectorized[P]:
        hints = get_type_hints(kernel, include_extras=True)
        parameters = tuple(
            _parameter(p, hints) for p in inspect.signature(kernel).parameters.values()
        )
        requirements = tuple(
            Requirement(name, tuple(inspect.signature(condition).parameters), condition)
            for name, condition in (require or {}).items()
        )

        @functools.wraps(kernel)
        def function(*args: P.args, **kwargs: P.kwargs) -> float:
            return cast(float, call_formula(registered, args, kwargs))

        registered = PricingFunction(
            name=kernel.__name__,
            excel_name=excel_name,
            category=category,
            parameters=parameters,
            result=term(hints["return"]),
            returns_column=is_column(hints["return"]),
            requirements=requirements,
            has_formula=has_formula,
            kernel=kernel,
            sheet_form=sheet_form or kernel,
            function=function,
        )
        _register(registered)
        function.__doc__ = _completed_docstring(registered)
        return cast(Vectorized[P], function)

    return decorate


def _parameter(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Parameter:
    if _LIKE_A_CELL.fullmatch(parameter.name):
        raise ValueError(f"parameter {parameter.name!r} looks like a cell address in Excel")
    hint = hints[parameter.name]
    found = term(hint)
    default = parameter.default
    if default is None:
        default = found.absent
    elif default is _REQUIRED:
        default = None
    if default is not None and not isinstance(default, bool):
        default = float(default)
    return Parameter(parameter.name, found, is_column(hint), default)


def _plain_value(node: ast.expr) -> Any:
    """The value of an argument that is written out in an example."""
    if isinstance(node, ast.List):
        return [_plain_value(element) for element in node.elts]
    return math.inf if isinstance(node, ast.Name) and node.id == "inf" else ast.literal_eval(node)


def _register(new: PricingFunction) -> None:
    if not _EXCEL_NAME.fullmatch(new.excel_name):
        raise ValueError(f"Excel name {new.excel_name!r} is not LM and upper-case letters")
    for other in _registry.values():
        if new.name == other.name or new.excel_name == other.excel_name:
            raise ValueError(f"{new.name} ({new.excel_name}) is registered already")
    _registry[new.name] = new


def _python_text(p: Parameter) -> str:
    if p.default == p.term.absent:
        return "None"
    return str(bool(p.default)) if p.term.is_flag else p.default_text


def _completed_docstring(f: PricingFunction) -> str:
    """The written docstring with the sections that the vocabulary knows put in their place."""
    written = inspect.cleandoc(f.kernel.__doc__ or "")
    about, *rest = re.split(r"\n\n(?=\w+\n-{3,}\n)", written, maxsplit=1)
    shape = "float or array" if any(not p.is_column for p in f.parameters) else "float"
    lines = [about, ""]
    if f.formula is not None:
        lines += [f"Formula: ``{f.formula}``", ""]
    lines += ["Parameters", "----------"]
    for p in f.parameters:
        kind = "bool or array of bools" if p.term.is_flag else shape
        if p.is_column:
            kind = "column of floats, or one for all rows" if p.is_optional else "column of floats"
        kind += "" if p.term.absent is None else ", or None for none"
        default = "" if p.default is None else f", default {_python_text(p)}"
        rule = f"; {p.term.rule.en}" if p.term.has_rule else ""
        lines += [f"{p.name} : {kind}{default}", f"    {p.term.help.en} ({p.term.unit.en}{rule})."]
    result = "column of floats, samples behind its rows" if f.returns_column else shape
    lines += ["", "Returns", "-------", result]
    lines += [f"    {f.result.help.en} ({f.result.unit.en}).", "", "Raises", "------"]
    rules = "".join(f", or ``{r.rule}`` does not hold" for r in f.requirements)
    lines += ["PricingError", f"    An argument is not a number or out of its range{rules}."]
    return "\n".join([*lines, *(f"\n{section}" for section in rest)]) + "\n"
