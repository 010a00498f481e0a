"""A formula over other names: the same code, in which what it calls is something else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any


def twin(formula: Callable[..., Any], counterpart: Callable[[str, Any], Any]) -> Callable[..., Any]:
    """The code of a formula with the counterparts of the global names that it uses."""
    formula = unchecked(formula)
    if not isinstance(formula, FunctionType):
        raise TypeError(f"{formula} is not written in Python")
    known = formula.__globals__
    used = {name: known[name] for name in _names(formula.__code__) if name in known}
    names = {name: counterpart(name, value) for name, value in used.items()}
    return FunctionType(
        formula.__code__, names, formula.__name__, formula.__defaults__, formula.__closure__
    )


def unnested(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A formula in which registered functions that it calls do not check their arguments."""

    def counterpart(_: str, value: Any) -> Any:
        calls_other = _is_checked(value) and unchecked(value) is not formula
        return unnested(unchecked(value)) if calls_other else value

    known = getattr(formula, "__globals__", {})
    names = _names(formula.__code__) if isinstance(formula, FunctionType) else ()
    return twin(formula, counterpart) if any(_is_checked(known.get(n)) for n in names) else formula


def _is_checked(value: Any) -> bool:
    return isinstance(value, FunctionType) and hasattr(value, "__wrapped__")


def unchecked(formula: Callable[..., Any]) -> Callable[..., Any]:
    """A registered function without its checks: the formula itself; anything else as it is."""
    inner: Callable[..., Any] = inspect.unwrap(formula)
    return inner


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
