"""Plain functions of Python floats, generated ahead of time for calls of single numbers.

Such a function has the checks of its arguments written out, and the formula where it has one of
single numbers or of sums over rows; where a formula goes through a table row by row, its own code
runs on floats.  Whatever is unusual (an array, a number out of its range, an operation that floats
refuse) is left to the engine, so that it alone words errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from lmprice.dialects.rules.shared_parts import shared_parts
from lmprice.language.dialect import CLOSED_FORM, Dialect
from lmprice.language.notation import SYMBOLS, Notation
from lmprice.language.plain import MAX, ROWS_IN_ORDER
from lmprice.language.record import Definition, Parameter
from lmprice.language.tree import NAME, NUMBER, Expr

_FUNCTIONS = {
    "square_root": "sqrt",
    "exp": "exp",
    "log": "log",
    "floor": "floor",
    "ceiling": "ceil",
    "maximum": "maximum",
    "minimum": "minimum",
}
_OVER_ROWS = {"total": "total", "product": "product"}
_SYMBOLS = {name: f" {symbol} " for name, symbol in SYMBOLS.items()}
_SYMBOLS |= {"power": "**", "equal": " == ", "both": " and "}
_INDENT = "    "


def _leaf(node: Expr) -> str:
    if node.operation == NUMBER:
        return repr(node.value)
    return str(node.value) if node.operation == NAME else "nan"


def _call(node: Expr, args: list[str]) -> str:
    if node.operation == "if_else":
        quotient = _ratio(node)
        if quotient is not None:
            return f"ratio({', '.join(map(NOTATION.text, quotient.args))})"
        return f"({args[1]} if {args[0]} else {args[2]})"
    if node.operation == "count":
        return f"float(len({_columns(node)[0]}))"
    if node.operation in _OVER_ROWS:
        return f"{_OVER_ROWS[node.operation]}({_each(node.args[0], args[0])})"
    return f"{_FUNCTIONS[node.operation]}({', '.join(args)})"


def _ratio(node: Expr) -> Expr | None:
    """The quotient of a choice that is one wherever the denominator is not zero."""
    holds, quotient, otherwise = node.args
    is_ratio = (
        quotient.operation == "divided_by"
        and str(holds) == str(quotient.args[1] != 0)
        and otherwise.operation == "no_answer"
    )
    return quotient if is_ratio else None


def _columns(node: Expr) -> list[str]:
    return [*dict.fromkeys(leaf.value for leaf in node.walk() if leaf.is_name and leaf.is_column)]


def _each(node: Expr, text: str) -> str:
    """A text over the rows of the columns of a node."""
    if node.is_name:
        return text
    columns = _columns(node)
    if len(columns) == 1:
        return f"{text} for {columns[0]} in {columns[0]}"
    names = ", ".join(columns)
    return f"{text} for {names} in rows({names})"


NOTATION = Notation(_leaf, _call, _SYMBOLS)


def _kept(operation: str) -> Callable[..., Expr]:
    return lambda *args: Expr(operation, args)


def _scalar_text(node: Expr) -> str:
    # What has a number in each row cannot be computed once for all of them.
    return f"#{id(node)}" if node.is_column else str(node)


class Python(Dialect[Expr]):
    """Functions of floats, and of lists for the columns of tables."""

    title: ClassVar[str] = "Python floats"
    has_tables: ClassVar[bool] = True
    operations: ClassVar[dict[str, Callable[..., Expr]]] = {  # type: ignore[misc]
        operation: _kept(operation)
        for operation in ("negative", "if_else", "count", *_SYMBOLS, *_FUNCTIONS, *_OVER_ROWS)
    }

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def lacking(self, f: Definition) -> tuple[str, ...]:
        """What the function needs and the dialect does not have; its own code may do instead."""
        if f.goes_by_row:
            return ()
        if f.returns_column:
            return ("columns of results",)
        return super().lacking(f) if f.is_one_expression else (CLOSED_FORM,)

    def written(self, f: Definition) -> str:
        """What makes the function, from the engine and the code of the formula."""
        self.refuse_lacking(f)
        names = ", ".join(p.name for p in f.parameters)
        lines = [f"def {f.name}(engine, kernel):"]
        if f.goes_by_row:
            lines.append(f"{_INDENT}kernel = plain(kernel)")
        lines.append(f"{_INDENT}def {f.name}({', '.join(map(_parameter, f.parameters))}):")
        body = [f"given = ({names},)", "try:"]
        body += [f"{_INDENT}{line}" for line in self._inner(f)]
        body += ["except UNUSUAL:", f"{_INDENT}pass", "return engine(*given)"]
        lines += [f"{_INDENT * 2}{line}" for line in body]
        return "\n".join([*lines, f"{_INDENT}return {f.name}", ""])

    def _inner(self, f: Definition) -> Iterator[str]:
        """Statements that answer where nothing is unusual."""
        yield from _floats(f)
        yield f"if {' and '.join(self._conditions(f))}:"
        if not f.goes_by_row:
            assert f.expression is not None
            parts, body = shared_parts(self.built(f.expression), "part", _scalar_text)
            for name, value in parts:
                yield f"{_INDENT}{name} = {NOTATION.text(value)}"
            result = NOTATION.text(body)
        else:
            result = f"kernel({', '.join(p.name for p in f.parameters)})"
        yield f"{_INDENT}result = {result}"
        yield f"{_INDENT}return result + 0.0 if -MAX <= result <= MAX else nan"

    def _conditions(self, f: Definition) -> Iterator[str]:
        """What holds of valid arguments."""
        columns = [p.name for p in f.parameters if p.is_column]
        if len(columns) > 1 and not f.separate_columns:
            yield " == ".join(f"len({name})" for name in columns)
        if columns and not f.goes_by_row:
            yield from (f"len({name}) < {ROWS_IN_ORDER}" for name in columns)
        for p in f.parameters:
            if p.term.is_flag:
                yield f"type({p.name}) is bool"
            elif not p.is_column:
                (low, below), (high, above) = limits_of(p)
                yield f"{low} {below} {p.name} {above} {high}"
        for requirement in f.requirements:
            tree = self.built(requirement.holds(f.names))
            text = NOTATION.text(tree)
            yield f"all({_each(tree, text)})" if tree.is_column else text


def _floats(f: Definition) -> Iterator[str]:
    """Statements that make floats, and lists of floats, of the arguments."""
    table = next((p.name for p in f.parameters if p.is_column), "")
    for p in f.parameters:
        if p.term.is_flag:
            continue
        if p.is_column:
            low, high = _closed(p)
            if p.term.unlimited:
                yield f"{p.name} = limits({p.name}, {low}, {p.term.increasing})"
            elif p.is_optional:
                count = 1 if f.separate_columns else f"len({table})"
                yield f"{p.name} = column_of({count}, {p.name}, {low}, {high})"
            else:
                yield f"{p.name} = column({p.name}, {low}, {high})"
            continue
        is_other = "if"
        if p.term.absent is not None:
            yield f"if {p.name} is None:"
            yield f"{_INDENT}{p.name} = {p.term.absent!r}"
            is_other = "elif"
        yield f"{is_other} type({p.name}) is not float:"
        yield f"{_INDENT}{p.name} = FLOAT[type({p.name})]({p.name})"


def limits_of(p: Parameter) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both limits of a number as texts, each with the comparison that holds."""
    lower, upper = ("-MAX", "<="), ("MAX", "<=")
    for bound in p.term.bounds:
        comparison = bound.operator.replace(">", "<")
        if bound.is_lower:
            lower = (repr(float(bound.limit)), comparison)
        else:
            upper = (repr(float(bound.limit)), comparison)
    return lower, upper


def _closed(p: Parameter) -> tuple[str, str]:
    """Both limits of the numbers of a column as texts; of an open one, the number beside it."""
    low, high = p.closed_range
    return "-MAX" if low == -MAX else repr(low), "MAX" if high == MAX else repr(high)


def _parameter(p: Parameter) -> str:
    if p.default is None:
        return p.name
    if p.term.is_flag:
        return f"{p.name}={bool(p.default)}"
    return f"{p.name}={'None' if p.default == p.term.absent else repr(p.default)}"


_HEAD = '''\
"""Generated by .ci/generate.py: the checks and formulas of single numbers, written out.

Each function makes one from the engine, which answers what is unusual, and the code of the formula.
"""

# mypy: ignore-errors
# pyright: basic

from lmprice.language.plain import (
    FLOAT,
    MAX,
    UNUSUAL,
    ceil,
    column,
    column_of,
    exp,
    floor,
    limits,
    log,
    maximum,
    minimum,
    nan,
    plain,
    product,
    ratio,
    rows,
    sqrt,
    total,
)
'''

DIALECT = Python()


def scalars(functions: Iterable[Definition], formulas: Mapping[str, str]) -> str:
    """The text of lmprice/language/scalars.py; ``formulas`` has those of Excel by function."""
    lines = [f"    {name!r}: {text!r}," for name, text in formulas.items()]
    known = "\n".join(["FORMULAS = {", *lines, "}", ""])
    written = (DIALECT.written(f) for f in functions if not DIALECT.lacking(f))
    return "\n\n".join([f"{_HEAD}\n{known}", *written])
