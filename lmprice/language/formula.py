"""``@pricing_function``: from one short formula to a function and its help.

The decorated function is the only definition.  Its annotations are terms of the vocabulary, so the
decorator knows units, bounds and help of every parameter.  It wraps the formula in validation and
broadcasting, completes the docstring and enters all of it in the registry.  What the formula is in
Excel, in a query or elsewhere, its dialects know.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, cast, get_type_hints

from lmprice.language import scalars
from lmprice.language.arrays import Vectorized
from lmprice.language.dialect import dialect, dialects
from lmprice.language.engine import call_formula
from lmprice.language.record import Definition, Parameter, Requirement
from lmprice.language.terms import is_column, term

P = ParamSpec("P")

_EXCEL_NAME = re.compile(r"LM[A-Z]+")
# A parameter that looks like a cell (`q1`) or like R1C1 notation (`r`, `c`) is no name in Excel.
# Both cases are written out: a pattern that ignores them takes long to compile.
LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[RCrc][0-9]*([Cc][0-9]*)?")
_REQUIRED = inspect.Parameter.empty
OWN = "lmprice."  # the modules whose formulas have functions of plain floats generated


@dataclass(frozen=True, eq=False, repr=False)
class PricingFunction(Definition):
    """A registered function and everything that is known about it."""

    function: Callable[..., float]

    def __repr__(self) -> str:
        names = ", ".join(f"[{p.name}]" if p.is_optional else p.name for p in self.parameters)
        return f"PricingFunction({self.name}: {self.excel_name}({names}))"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.kernel.__module__, self.name)

    @functools.cached_property
    def example_result(self) -> list[float]:
        """What the example gives: its one number, or the rows of its column."""
        value: Any = self.function(*self.example)
        return [float(row) for row in value] if self.returns_column else [value]

    @property
    def dialects(self) -> tuple[str, ...]:
        """The dialects that have the function."""
        return tuple(name for name, known in dialects().items() if not known.lacking(self))

    def written(self, name: str) -> Any:
        """The function in a dialect: what one writes there to have it."""
        return dialect(name).written(self)

    @property
    def formula(self) -> str | None:
        """The Excel formula over the parameter names, without the equals sign."""
        return self._text("excel")

    @property
    def lambda_text(self) -> str | None:
        """The ``LAMBDA`` of the same name, to paste into Excel 365 or 2024."""
        return self._text("excel_lambda")

    def _text(self, name: str) -> str | None:
        return str(self.written(name)) if self.has_formula else None

    def derivative(self, by: str) -> Derivative:
        """What one more of a parameter changes: `lmprice.derivative` says more."""
        # A first call of a formula does without.
        from lmprice.language.derivatives import derived

        return Derivative(**derived(self, by), function=_Call(self, by), of=self, by=by)

    def gradient(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The derivatives by all parameters that are numbers, at one point."""
        from lmprice.language.derivatives import numbers_of

        return {name: self.derivative(name)(*args, **kwargs) for name in numbers_of(self)}


@dataclass(frozen=True)
class _Call:
    """The derivative as a plain function, which can be sent to another process."""

    of: PricingFunction
    by: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.of.derivative(self.by)(*args, **kwargs)


@dataclass(frozen=True, eq=False, repr=False)
class Derivative(PricingFunction):
    """The derivative of a pricing function by one of its parameters: itself such a function.

    Call it with the arguments of the function.  ``formula`` is its Excel formula, ``lambda_text``
    its ``LAMBDA``, and ``written(dialect)`` what it is in any dialect.
    """

    of: PricingFunction
    by: str

    def __reduce__(self) -> tuple[Any, ...]:
        return PricingFunction.derivative, (self.of, self.by)

    def __repr__(self) -> str:
        return f"Derivative({self.name}: {self.formula})"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The derivative at a point; an array for arrays; NaN at a kink or a step."""
        return call_formula(self, args, kwargs)


_registry: dict[str, PricingFunction] = {}


@dataclass(frozen=True)
class _Worded:
    """A condition between arguments, and what is said where it does not hold."""

    condition: Callable[..., Any]
    words: str


def needed(condition: Callable[..., Any], words: str) -> _Worded:
    """A condition for ``require`` that is told in words, such as "is needed: ..."."""
    return _Worded(condition, words)


def _restored(module: str, name: str) -> PricingFunction:
    """A registered function by its name, once the module that defines it is loaded."""
    importlib.import_module(module)
    return _registry[name]


def registered() -> tuple[PricingFunction, ...]:
    """The formulas that have been defined so far, in the order of their definition."""
    return tuple(_registry.values())


def pricing_function(
    excel_name: str,
    category: str,
    *,
    require: Mapping[str, Callable[..., Any] | _Worded] | None = None,
    has_formula: bool = True,
    sheet_form: Callable[..., Any] | None = None,
    separate_columns: bool = False,
    result_has_rows: bool = True,
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
        Another form of the formula, of the same parameters, from which the tree is made
        where the function itself goes through a table row by row.
    separate_columns : bool, default False
        True where the columns are no rows of one table: each has a length of its own, and one
        number is a column of one row.
    result_has_rows : bool, default True
        False where a result that is a column is a list of figures, not one for each row of a table.
    """

    def decorate(kernel: Callable[P, float]) -> Vectorized[P]:
        hints = get_type_hints(kernel, include_extras=True)
        parameters = tuple(
            _parameter(p, hints) for p in inspect.signature(kernel).parameters.values()
        )
        requirements = tuple(_requirement(*rule) for rule in (require or {}).items())

        def engine(*args: Any, **kwargs: Any) -> Any:
            return call_formula(record, args, kwargs)

        is_own = kernel.__module__.startswith(OWN)
        made = getattr(scalars, kernel.__name__, None) if is_own else None
        function = functools.wraps(kernel)(made(engine, kernel) if made else engine)

        record = PricingFunction(
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
            separate_columns=separate_columns,
            result_has_rows=result_has_rows,
        )
        _register(record)
        function.__doc__ = _completed_docstring(record)
        return cast(Vectorized[P], function)

    return decorate


def _requirement(name: str, rule: Callable[..., Any] | _Worded) -> Requirement:
    worded = rule if isinstance(rule, _Worded) else _Worded(rule, "")
    names = tuple(inspect.signature(worded.condition).parameters)
    return Requirement(name, names, worded.condition, worded.words)


def _parameter(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Parameter:
    if LIKE_A_CELL.fullmatch(parameter.name):
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
    # Written ahead: asking the dialect of Excel for it at import would take longer than the rest.
    is_own = f.kernel.__module__.startswith(OWN)
    formula = scalars.FORMULAS.get(f.name) if is_own else None
    formula = formula or f.formula
    if formula is not None:
        lines += [f"Formula: ``{formula}``", ""]
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
    rules = "".join(f", or ``{r.formula}`` does not hold" for r in f.requirements)
    lines += ["PricingError", f"    An argument is not a number or out of its range{rules}."]
    return "\n".join([*lines, *(f"\n{section}" for section in rest)]) + "\n"
