"""How an expression is written as an Excel formula.

Excel reads some operators differently from Python: there ``-2^2`` is 4 and ``2^3^2`` is 64.  So a
power has its operands in parentheses unless they are names or numbers, and a minus sign stands
without parentheses only where nothing binds it tighter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lmprice.language.expression import Expr

INFINITY = 1e300  # what stands for no limit in a sheet, which knows no infinity

_ATOM = 9
_SIGNED = 6
_COMPARISON = 1
_PRECEDENCE = {"neg": _SIGNED, "^": 5, "*": 4, "/": 4, "+": 3, "-": 3}
_PRECEDENCE |= dict.fromkeys((">", ">=", "<", "<=", "=", "<>"), _COMPARISON)
_EXCEL_DIGITS = 15


def is_comparison(node: Expr) -> bool:
    """Whether a node is TRUE or FALSE."""
    return _precedence(node) == _COMPARISON


def number_text(value: float) -> str:
    """A number as a literal; infinity is the number that stands for it."""
    if math.isnan(value):
        return "NA()"
    if math.isinf(value):
        value = math.copysign(INFINITY, value)
    if value == int(value) and abs(value) < 10**_EXCEL_DIGITS:
        return str(int(value))
    text = f"{value:.{_EXCEL_DIGITS}g}"
    if float(text) != value:
        raise ValueError(
            f"{value!r} needs more than Excel's {_EXCEL_DIGITS} digits: make it an input"
        )
    return text.upper()


def _precedence(node: Expr) -> int:
    if node.kind == "operator":
        return _PRECEDENCE[node.head]
    return _SIGNED if node.kind == "literal" and node.head.startswith("-") else _ATOM


def _operand(node: Expr, least: int, *, sign_is_free: bool = False) -> str:
    """An operand, in parentheses unless it binds at least as tightly as ``least``."""
    text = rendered(node)
    if text.startswith("-") and _precedence(node) >= _SIGNED:
        return text if sign_is_free else f"({text})"
    return text if _precedence(node) >= least else f"({text})"


def rendered(node: Expr) -> str:
    """The expression as Excel reads it."""
    if not node.args:
        return node.head
    if node.kind == "function":
        return f"{node.head}({','.join(rendered(a) for a in node.args)})"
    if node.head == "neg":
        return "-" + _operand(node.args[0], _ATOM)
    left, right = node.args
    level = _precedence(node)
    if node.head == "^":
        return f"{_operand(left, _ATOM)}^{_operand(right, _ATOM)}"
    # A right operand of the same level keeps its parentheses: the rounding is then the same too.
    compares = level == _COMPARISON
    first = _operand(left, level + compares, sign_is_free=True)
    return f"{first}{node.head}{_operand(right, level + 1, sign_is_free=compares)}"
