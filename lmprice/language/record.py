"""What is known of a pricing function: its parameters, rules and formula, as data."""

from __future__ import annotations

import ast
import functools
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from sys import float_info
from typing import Any

from lmprice.language.plain import plain
from lmprice.language.terms import Term
from lmprice.language.tree import Expr
from lmprice.language.twins import unnested


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

    @functools.cached_property
    def closed_range(self) -> tuple[float, float]:
        """The least and the largest finite number that is valid."""
        low, high = -float_info.max, float_info.max
        for bound in self.term.bounds:
            limit = float(bound.limit)
            if bound.is_lower:
                low = math.nextafter(limit, math.inf) if bound.operator == ">" else limit
            else:
                high = math.nextafter(limit, -math.inf) if bound.operator == "<" else limit
        return low, high

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
    words: str = ""

    def holds(self, arguments: Mapping[str, Any]) -> Any:
        """The condition on numbers, arrays or expressions."""
        return self.condition(*(arguments[name] for name in self.names))

    @property
    def is_need(self) -> bool:
        """Whether it asks only that a parameter is there where others need it."""
        return bool(self.words)

    @property
    def rule(self) -> str:
        """What is wrong with the parameter where the condition does not hold."""
        return self.words or f"breaks the rule {self.formula}"

    @property
    def formula(self) -> str:
        """The condition as text."""
        return str(self.holds({name: Expr.name(name) for name in self.names}))


@dataclass(frozen=True, eq=False)
class Definition:
    """A pricing function: everything but the checked function itself."""

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
    separate_columns: bool  # each with rows of its own
    result_has_rows: bool  # those of the arguments; False where a column is a list of figures

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the formula."""
        return inspect.signature(self.kernel)

    @functools.cached_property
    def unchecked(self) -> Callable[..., float]:
        """The formula on valid arguments.

        What one expression calls takes its arguments for valid too, as it does in a cell; what is
        no expression hands on the errors of what it calls.
        """
        return unnested(self.kernel) if self.has_formula else self.kernel

    @property
    def is_one_expression(self) -> bool:
        """Whether the formula itself is the expression that it becomes in other languages."""
        return self.has_formula and self.sheet_form is self.kernel and not self.returns_column

    @functools.cached_property
    def goes_by_row(self) -> bool:
        """Whether the formula goes through the rows of tables, one after the other."""
        if not self.has_columns or self.is_one_expression or self.returns_column:
            return False
        try:
            plain(self.kernel)
        except TypeError:  # it computes with whole arrays
            return False
        return True

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

    def trace(self, arguments: Mapping[str, Expr]) -> Expr:
        """The tree of the formula on these arguments."""
        if not self.has_formula:
            raise TypeError(f"{self.name} is computed step by step and has no formula form")
        return Expr.lift(self.sheet_form(*(arguments[p.name] for p in self.parameters)))

    @functools.cached_property
    def names(self) -> dict[str, Expr]:
        """The parameters as names."""
        return {p.name: Expr.name(p.name, is_column=p.is_column) for p in self.parameters}

    @functools.cached_property
    def expression(self) -> Expr | None:
        """The formula over its own parameter names; None where there is no closed form."""
        return self.trace(self.names) if self.has_formula else None


def _plain_value(node: ast.expr) -> Any:
    """The value of an argument that is written out in an example."""
    if isinstance(node, ast.List):
        return [_plain_value(element) for element in node.elts]
    return math.inf if isinstance(node, ast.Name) and node.id == "inf" else ast.literal_eval(node)
