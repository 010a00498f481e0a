"""The derivative of a pricing function by one of its parameters, as a definition of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from lmprice.language.calculus import derivative_tree
from lmprice.language.errors import PricingError
from lmprice.language.evaluation import check_known, evaluated
from lmprice.language.record import Definition
from lmprice.language.terms import Term, Text
from lmprice.language.tree import Expr


def numbers_of(f: Definition) -> list[str]:
    """The parameters that are numbers: by these there is a derivative."""
    return [p.name for p in f.parameters if not p.is_column and not p.term.is_flag]


def derived(f: Definition, by: str) -> dict[str, Any]:
    """What the definition of the derivative consists of.

    Raises
    ------
    PricingError
        The parameter is none that is a number, or the function has no closed form.
    """
    numbers = numbers_of(f)
    parameter = next((p for p in f.parameters if p.name == by), None)
    if parameter is None or by not in numbers:
        rule = f"is no parameter of {f.name} that is a number: there are {', '.join(numbers)}"
        raise PricingError("derivative", "by", by, rule)
    if f.returns_column:
        raise PricingError("derivative", "function", f.name, "gives a column, not a number")
    if f.expression is None:
        rule = "is computed step by step and has no closed form to differentiate"
        raise PricingError("derivative", "function", f.name, rule)
    try:
        tree = derivative_tree(f.expression, by)
        check_known(tree)
    except TypeError as error:
        raise PricingError("derivative", "function", f.name, f"has none: {error}") from None
    return _fields(f, parameter.term, by, tree)


def _fields(f: Definition, term: Term, by: str, tree: Expr) -> dict[str, Any]:
    names = [p.name for p in f.parameters]

    def kernel(*arguments: Any, **others: Any) -> Any:
        if others or len(arguments) != len(names):
            return f.kernel(*arguments, **others)  # which says what is missing or unknown
        value = evaluated(tree, dict(zip(names, arguments, strict=True)))
        samples = [
            np.shape(a)[1:] if p.is_column else np.shape(a)
            for p, a in zip(f.parameters, arguments, strict=True)
        ]
        return np.array(np.broadcast_to(value, np.broadcast_shapes(*samples)))

    def sheet_form(*arguments: Expr) -> Expr:
        given = dict(zip(names, arguments, strict=True))
        return tree.rewrite(lambda node: given[node.value] if node.is_name else None)

    kernel.__signature__ = f.signature  # type: ignore[attr-defined]
    kernel.__doc__ = f"{f.summary.rstrip('.')}: its derivative by {by}."
    unit = Text(f"{f.result.unit.en} per {term.unit.en}", f"{f.result.unit.zh}，每{term.unit.zh}")
    title = Text(
        f"{f.result.title.en} by {term.title.en}", f"{f.result.title.zh}对{term.title.zh}的导数"
    )
    return {
        "name": f"{f.name}_by_{by}",
        "excel_name": f.excel_name,
        "category": f.category,
        "parameters": f.parameters,
        "result": Term(title, unit, Text(f"What one more {by} changes", "该参数增加一单位的变化")),
        "returns_column": f.returns_column,
        "requirements": f.requirements,
        "has_formula": True,
        "kernel": kernel,
        "sheet_form": sheet_form,
        "separate_columns": f.separate_columns,
        "result_has_rows": f.result_has_rows,
    }
