"""How a tree is written in one line: operators between operands, and no needless brackets.

Languages read some operators differently: in Excel ``-2^2`` is 4 and ``2^3^2`` is 64, in Python -4
and 512.  So a power has its operands in brackets unless they are names or numbers, and a minus sign
stands without brackets only where nothing binds it tighter.  The text then means the same in each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

_ATOM = 9
_SIGNED = 6
_COMPARISON = 1

SYMBOLS = {
    "plus": "+",
    "minus": "-",
    "times": "*",
    "divided_by": "/",
    "power": "^",
    "above": ">",
    "at_least": ">=",
    "below": "<",
    "at_most": "<=",
    "equal": "=",
    "unequal": "!=",
    "both": "&",
}
_LEVELS = {"negative": _SIGNED, "power": 5, "times": 4, "divided_by": 4, "plus": 3, "minus": 3}
_LEVELS |= dict.fromkeys(("above", "at_least", "below", "at_most", "equal", "unequal"), _COMPARISON)
_LEVELS |= {"both": 0}


class Node(Protocol):
    """What is read of a node."""

    @property
    def operation(self) -> str: ...  # noqa: D102
    @property
    def args(self) -> tuple[Any, ...]: ...  # noqa: D102


class Notation:
    """A way to write trees: symbols of operators, and how leaves and functions look.

    ``leaf`` gives the text of a node without operands, ``call`` that of a function from the texts
    of its operands.  An operator that has no symbol is written as a function.
    """

    def __init__(
        self,
        leaf: Callable[[Any], str],
        call: Callable[[Any, list[str]], str],
        symbols: Mapping[str, str] = SYMBOLS,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        self._leaf = leaf
        self._call = call
        self._symbols = symbols
        self._levels = _LEVELS if levels is None else _LEVELS | dict(levels)

    def text(self, node: Node) -> str:
        """The text of a tree."""
        if not node.args:
            return self._leaf(node)
        if node.operation == "negative":
            return "-" + self._operand(node.args[0], _ATOM)
        symbol = self._symbols.get(node.operation)
        if symbol is None:
            return self._call(node, [self.text(a) for a in node.args])
        left, right = node.args
        level = self._levels[node.operation]
        if node.operation == "power":
            return f"{self._operand(left, _ATOM)}{symbol}{self._operand(right, _ATOM)}"
        # A right operand of the same level keeps its brackets: the rounding is then the same too.
        compares = level == _COMPARISON
        first = self._operand(left, level + compares, sign_is_free=True)
        return f"{first}{symbol}{self._operand(right, level + 1, sign_is_free=compares)}"

    def _level(self, node: Node, text: str) -> int:
        if node.args:
            is_operator = node.operation == "negative" or node.operation in self._symbols
            return self._levels[node.operation] if is_operator else _ATOM
        return _SIGNED if node.operation == "number" and text.startswith("-") else _ATOM

    def _operand(self, node: Node, least: int, *, sign_is_free: bool = False) -> str:
        """An operand, in brackets unless it binds at least as tightly as ``least``."""
        text = self.text(node)
        level = self._level(node, text)
        if text.startswith("-") and level >= _SIGNED:
            return text if sign_is_free else f"({text})"
        return text if level >= least else f"({text})"


def number_text(value: float) -> str:
    """A finite number with the digits that it needs; "inf" for an infinite one."""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
