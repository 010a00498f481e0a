"""Calculus on trees: what one more of a quantity changes, from the tree of a formula.

The tree differentiates itself, one rule an operation, and what comes out is a tree again: a number
in Python, a formula in Excel, and what every dialect makes of it.  At a kink or a step there is no
derivative, so it is NaN there.

>>> price, quantity = Expr.name("price"), Expr.name("quantity")
>>> print(derivative_tree((price - 10) * quantity - 100, "price"))
quantity
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from lmprice.language.expression import log, total, where
from lmprice.language.tree import COMPARISONS, NAME, NO_ANSWER, NUMBER, Expr

Rule = Callable[..., Expr]
_ZERO = Expr.lift(0)
_DUST = 1e-15  # what a count of packages may be off by, as a share of it
_CONDITIONS = COMPARISONS | {"both"}


def derivative_tree(tree: Expr, name: str) -> Expr:
    """The derivative of a tree by a name that stands for one number; TypeError where there is none.

    Parameters
    ----------
    tree : Expr
        What is differentiated.
    name : str
        The name by which.
    """
    if not _has(tree, name):
        # What a name does not stand in does not change, whatever it is computed by.
        return _ZERO if tree.operation != NO_ANSWER else tree
    if tree.operation == NAME:
        return Expr.lift(1)
    if tree.operation in _CONDITIONS:
        return _jump(tree, name)
    if tree.operation == "if_else":
        condition, yes, no = tree.args
        return _choice(condition, yes, no, name)
    if tree.operation == "times":
        for factor, other in (tree.args, tree.args[::-1]):
            if factor.operation in _CONDITIONS and _has(factor, name):  # it is 1 or 0
                return _choice(factor, other, _ZERO, name)
    if tree.operation not in _RULES:
        raise TypeError(f"{tree} has no derivative: none is known of {tree.operation}")
    changes = [derivative_tree(arg, name) for arg in tree.args]
    return _RULES[tree.operation](tree, *tree.args, *changes)


def _has(tree: Expr, name: str) -> bool:
    return any(node.is_name and node.value == name for node in tree.walk())


def _is_zero(tree: Expr) -> bool:
    return tree.is_number(0)


def _plus(a: Expr, b: Expr) -> Expr:
    return b if _is_zero(a) else a if _is_zero(b) else a + b


def _minus(a: Expr, b: Expr) -> Expr:
    return a if _is_zero(b) else _negative(b) if _is_zero(a) else a - b


def _negative(a: Expr) -> Expr:
    if a.operation == NUMBER:
        return Expr.lift(-a.value)
    return a.args[0] if a.operation == "negative" else -a


def _times(a: Expr, b: Expr) -> Expr:
    if _is_zero(a) or _is_zero(b):
        return _ZERO
    if a.is_number(-1):
        return _negative(b)
    return a if b.is_number(1) else _negative(a) if b.is_number(-1) else a * b


def _over(a: Expr, b: Expr) -> Expr:
    return _ZERO if _is_zero(a) else a / b


def _quotient(_: Expr, a: Expr, b: Expr, da: Expr, db: Expr) -> Expr:
    if _is_zero(db):
        return _over(da, b)
    return _minus(_over(da, b), _over(_times(a, db), b**2))


def _power(node: Expr, a: Expr, b: Expr, da: Expr, db: Expr) -> Expr:
    of_base = _ZERO
    if not _is_zero(da):
        lower = a if b.is_number(2) else a ** (b - 1 if b.operation != NUMBER else b.value - 1)
        of_base = _times(_times(b, lower), da)
    of_exponent = _ZERO if _is_zero(db) else _times(_times(node, cast(Expr, log(cast(Any, a)))), db)
    return _plus(of_base, of_exponent)


def _choice(condition: Expr, yes: Expr, no: Expr, name: str) -> Expr:
    """That of the branch that holds; where the condition turns, only if both go on alike."""
    dy, dn = derivative_tree(yes, name), derivative_tree(no, name)
    if not _has(condition, name) or _same(yes, no):
        return _if(condition, dy, dn)
    if no.operation == NO_ANSWER and _only_conditions(condition):
        # With an answer on one side only, there is a derivative inside and none at the turn.
        return _if(_turned(condition, name, _INSIDE), dy, no)
    if yes.operation == NO_ANSWER and _only_conditions(condition):
        return _if(_turned(condition, name, _WITH_ITS_EDGE), yes, dn)
    smooth = _if(condition, dy, dn)
    alike = _if(yes == no, _at_turn(dy, dn), Expr(NO_ANSWER))
    for turn in _turns(condition, name):
        smooth = _if(turn, alike, smooth)
    return smooth


_INSIDE = {"at_least": "above", "at_most": "below"}
_WITH_ITS_EDGE = {"above": "at_least", "below": "at_most"}


def _only_conditions(condition: Expr) -> bool:
    if condition.operation == "both":
        return all(map(_only_conditions, condition.args))
    return condition.operation in COMPARISONS


def _turned(condition: Expr, name: str, edges: dict[str, str]) -> Expr:
    """A condition without its edge, or with it, where it turns with a name."""
    if condition.operation == "both":
        return Expr("both", tuple(_turned(arg, name, edges) for arg in condition.args))
    if not _has(condition, name):
        return condition
    return Expr(edges.get(condition.operation, condition.operation), condition.args)


def _jump(condition: Expr, name: str) -> Expr:
    """Of a condition that is counted as 0 or 1: none where it turns, 0 elsewhere."""
    change = _ZERO
    for turn in _turns(condition, name):
        change = _if(turn, Expr(NO_ANSWER), change)
    return change


def _at_turn(one: Expr, other: Expr) -> Expr:
    if one.operation == other.operation == NUMBER and one.value != other.value:
        return Expr(NO_ANSWER)
    return one if _same(one, other) else _if(one == other, one, Expr(NO_ANSWER))


def _same(one: Expr, other: Expr) -> bool:
    return str(one) == str(other)


def _turns(condition: Expr, name: str) -> list[Expr]:
    """Where a condition turns with a name: what it compares is equal there, and the rest holds."""
    if not _has(condition, name):
        return []
    if condition.operation in COMPARISONS:
        a, b = condition.args
        return [a == b]
    one, other = condition.args
    return [
        Expr.of("both", _turned(rest, name, _WITH_ITS_EDGE), turn)
        for part, rest in ((one, other), (other, one))
        for turn in _turns(part, name)
    ]


def _if(condition: Any, yes: Expr, no: Expr) -> Expr:
    return yes if _same(yes, no) else cast(Expr, where(condition, cast(Any, yes), cast(Any, no)))


def _extreme(is_largest: bool) -> Rule:
    def rule(_: Expr, a: Expr, b: Expr, da: Expr, db: Expr) -> Expr:
        first = a > b if is_largest else a < b
        return _if(a == b, _at_turn(da, db), _if(first, da, db))

    return rule


def _step(node: Expr, a: Expr, da: Expr) -> Expr:
    """Of what goes up by steps: 0 between them, none at one, however it is rounded."""
    del da
    off = Expr.of("absolute", node - a)
    return _if(off <= _DUST * Expr.of("absolute", node) + _DUST, Expr(NO_ANSWER), _ZERO)


def _of_a_count(_: Expr, _count: Expr, change: Expr) -> Expr:
    """Of a function of a count, which changes by steps: 0 or none, as that of the count."""
    return change


def _poisson(_: Expr, count: Expr, mean: Expr, by_count: Expr, by_mean: Expr) -> Expr:
    """The probability of so many or fewer falls by that of exactly so many."""
    if _is_zero(by_mean):
        return by_count
    logarithm = count * cast(Expr, log(cast(Any, mean))) - mean - Expr.of("log_factorial", count)
    return _plus(by_count, _negative(_times(Expr.of("exp", logarithm), by_mean)))


def _row(_: Expr, column: Expr, place: Expr, change: Expr, by_place: Expr) -> Expr:
    """A row of the changes of a column; the place changes by steps, as a count does."""
    del column
    return _plus(_ZERO if _is_zero(change) else Expr.of("row", change, place), by_place)


def _absolute(_: Expr, a: Expr, da: Expr) -> Expr:
    rising = _if(a > 0, da, _negative(da))
    return _if(a == 0, Expr(NO_ANSWER), rising)


def _total(_: Expr, column: Expr, change: Expr) -> Expr:
    if _is_zero(change) or change.is_column:
        return _spread_total(change)
    return _times(change, Expr.of("count", column))  # each row changes by as much


def _weighted(_: Expr, weights: Expr, column: Expr, dw: Expr, dc: Expr) -> Expr:
    parts = [
        _ZERO if _is_zero(a) or _is_zero(b) else Expr.of("weighted_total", a, b)
        for a, b in ((dw, column), (weights, dc))
    ]
    return _plus(*parts)


def _spread_total(change: Expr) -> Expr:
    return _ZERO if _is_zero(change) else cast(Expr, total(cast(Any, change)))


_RULES: dict[str, Rule] = {
    "negative": lambda _, _a, da: _negative(da),
    "plus": lambda _, _a, _b, da, db: _plus(da, db),
    "minus": lambda _, _a, _b, da, db: _minus(da, db),
    "times": lambda _, a, b, da, db: _plus(_times(da, b), _times(a, db)),
    "divided_by": _quotient,
    "power": _power,
    "square_root": lambda node, _a, da: _over(da, 2 * node),
    "exp": lambda node, _a, da: _times(node, da),
    "log": lambda _, a, da: _over(da, a),
    "absolute": _absolute,
    "floor": _step,
    "ceiling": _step,
    "maximum": _extreme(True),
    "minimum": _extreme(False),
    "log_factorial": _of_a_count,
    "poisson_cdf": _poisson,
    "row": _row,
    "total": _total,
    "weighted_total": _weighted,
}
