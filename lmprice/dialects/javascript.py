"""Plain functions of JavaScript, for a page, a sheet of Google or a server.

A table is an array a column.  A bad argument throws a RangeError that names it; no answer is NaN.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import ClassVar

from lmprice.dialects.rules.conditions_as_choices import condition, conditions_as_choices
from lmprice.dialects.rules.rows_of_ranges import rows_of_ranges
from lmprice.dialects.rules.shared_parts import shared_parts
from lmprice.language.dialect import Dialect
from lmprice.language.notation import SYMBOLS, Notation, number_text
from lmprice.language.record import Definition, Parameter
from lmprice.language.tree import NAME, NUMBER, TEXT, Expr

_FUNCTIONS = {
    "power": "Math.pow",
    "square_root": "Math.sqrt",
    "exp": "Math.exp",
    "log": "Math.log",
    "absolute": "Math.abs",
    "floor": "Math.floor",
    "ceiling": "Math.ceil",
    "maximum": "Math.max",
    "minimum": "Math.min",
    "log_factorial": "lmLogFactorial",
    "poisson_cdf": "lmPoissonCdf",
    "t_quantile": "lmTQuantile",
    "months_later": "lmMonthsLater",
    "known_or": "lmKnownOr",
}
_OVER_ROWS = {
    "total": "lmTotal({n}, ({i}) => {0})",
    "weighted_total": "lmTotal({n}, ({i}) => ({0}) * ({1}))",
    "discounted_total": "lmTotal({n}, ({i}) => ({1}) / Math.pow(1 + ({0}), {i} + 1))",
    "product": "lmProduct({n}, ({i}) => {0})",
    "largest": "lmLargest({n}, ({i}) => {0})",
    "smallest": "-lmLargest({n}, ({i}) => -({0}))",
    "count": "{n}",
}
_SYMBOLS = {name: f" {symbol} " for name, symbol in SYMBOLS.items() if name != "power"}
_SYMBOLS |= {"equal": " === ", "unequal": " !== ", "both": " && "}
_ROWS = "rows"


def _leaf(node: Expr) -> str:
    if node.operation == NUMBER:
        return number_text(node.value).replace("inf", "Infinity")
    if node.operation == NAME:
        return f"{node.value}[i]" if node.is_column else str(node.value)
    return json.dumps(node.value) if node.operation == TEXT else "NaN"


def _call(node: Expr, args: list[str]) -> str:
    if node.operation == "if_else":
        return f"({args[0]} ? {args[1]} : {args[2]})"
    if node.operation == "row":
        return f"{node.args[0].value}[{args[1]} - 1]"
    if node.operation == "following":  # after the last row nothing counts
        return f"({node.args[0].value}[i + 1] ?? 0)"
    if node.operation in _OVER_ROWS:
        return over_rows(node.operation, args, _rows_of(node), "i")
    return f"{_FUNCTIONS[node.operation]}({', '.join(args)})"


def _rows_of(node: Expr) -> str:
    """How many rows a node runs over: those of its first column."""
    column = next((leaf for leaf in node.walk() if leaf.is_name and leaf.is_column), None)
    return _ROWS if column is None else f"{column.value}.length"


def over_rows(operation: str, operands: list[str], rows: str, index: str) -> str:
    """One number of all rows: the text of a call, of operands that name a row by its index."""
    return f"({_OVER_ROWS[operation].format(*operands, n=rows, i=index)})"


NOTATION = Notation(_leaf, _call, _SYMBOLS)


def _kept(operation: str) -> Callable[..., Expr]:
    return lambda *args: Expr(operation, args)


def _scalar_text(node: Expr) -> str:
    # What has a number in each row cannot be computed once for all of them.
    return f"#{id(node)}" if node.is_column else NOTATION.text(node)


class JavaScript(Dialect[Expr]):
    """Functions over numbers, and over arrays for the columns of tables."""

    title: ClassVar[str] = "JavaScript"
    rules = (rows_of_ranges, conditions_as_choices)
    has_tables: ClassVar[bool] = True
    operations: ClassVar[dict[str, Callable[..., Expr]]] = {  # type: ignore[misc]
        operation: _kept(operation)
        for operation in (
            "negative", "if_else", "row", "following", *_SYMBOLS, *_FUNCTIONS, *_OVER_ROWS
        )
    }  # fmt: skip

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def written(self, f: Definition) -> str:
        """The function under its name in Python; it needs `LIBRARY`."""
        return self.function(f, f.name)

    def function(self, f: Definition, name: str) -> str:
        """The function under a name."""
        self.refuse_lacking(f)
        assert f.expression is not None
        parts, body = shared_parts(self.built(f.expression), "part", _scalar_text)
        lines = [*self._arguments(f), *self._checks(f)]
        lines += [f"const {part} = {NOTATION.text(value)};" for part, value in parts]
        if f.returns_column:
            row = f"lmAnswer({NOTATION.text(body)}, known)"
            lines.append(f"return Array.from({{ length: {_ROWS} }}, (_, i) => {row});")
        else:
            lines.append(f"return lmAnswer({NOTATION.text(body)}, known);")
        signature = ", ".join(map(_parameter, f.parameters))
        return f"function {name}({signature}) {{\n  " + "\n  ".join(lines) + "\n}\n"

    def _arguments(self, f: Definition) -> Iterator[str]:
        table = next((p.name for p in f.parameters if p.is_column), None)
        if table is not None:
            yield f"const {_ROWS} = {table}.length;"
        for p in f.parameters:
            if p.term.absent is not None:
                yield f"if ({p.name} === null) {p.name} = {number_text(p.term.absent)};"
            if p.term.is_flag:
                yield f"{p.name} = Number({p.name});"
            if p.is_column and p.is_optional:
                filled = f"[{p.name}]" if f.separate_columns else f"Array({_ROWS}).fill({p.name})"
                yield f"if (!Array.isArray({p.name})) {p.name} = {filled};"

    def _checks(self, f: Definition) -> Iterator[str]:
        """Statements that throw where an argument breaks a rule, which NaN does not."""
        for p in f.parameters:
            place = f'"{f.name}", "{p.name}"'
            if p.is_column:
                limits = "true" if p.term.unlimited else "false"
                rising = "true" if p.term.increasing else "false"
                rows = f"{p.name}.length" if f.separate_columns else _ROWS
                yield f"lmCheckRows({place}, {p.name}, {rows}, {rising}, {limits});"
            else:
                yield f"lmCheckNumber({place}, {p.name});"
            for bound in p.term.bounds:
                value = "value" if p.is_column else p.name
                holds = self._condition(bound.holds(Expr.name(value)))
                words = f'"{bound.broken.en}"'
                yield (
                    f"for (const value of {p.name}) lmCheck({place}, value, {holds}, {words});"
                    if p.is_column
                    else f"lmCheck({place}, {p.name}, {holds}, {words});"
                )
        for requirement in f.requirements:
            tree = requirement.holds(f.names)
            holds = self._condition(tree)
            each = f"for (let i = 0; i < {_ROWS}; i++) " if tree.is_column else ""
            blamed = _leaf(f.names[requirement.parameter]) if each else requirement.parameter
            named = " || ".join(
                f"Number.isNaN({_leaf(f.names[name])})" for name in requirement.names
            )
            words = f'"{requirement.rule}"'
            yield (
                f'{each}lmCheck("{f.name}", "{requirement.parameter}", {blamed}, '
                f"{named} || {holds}, {words});"
            )
        known = [
            f"!{p.name}.some(Number.isNaN)" if p.is_column else f"!Number.isNaN({p.name})"
            for p in f.parameters
        ]
        yield f"const known = {' && '.join(known)};"

    def _condition(self, tree: Expr) -> str:
        return NOTATION.text(condition(tree))


def _parameter(p: Parameter) -> str:
    if p.default is None:
        return p.name
    return f"{p.name} = {'null' if p.default == p.term.absent else number_text(p.default)}"


DIALECT = JavaScript()

LIBRARY = (resources.files("lmprice.dialects") / "javascript.js").read_text("utf-8")
"""What the functions call."""
