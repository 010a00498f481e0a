"""Conditions that are counted with as choices between numbers.

In a formula a condition may be multiplied, as in ``(quantity > bound) * fee``, and a flag of 0 or 1
may be a condition.  Where true is not 1, each has to be made the other.
"""

from __future__ import annotations

from lmprice.language.tree import Expr


def conditions_as_choices(tree: Expr) -> Expr:
    """The tree of a number in which operands of arithmetic are numbers."""
    if _is_condition(tree):
        return Expr.of("if_else", condition(tree), 1, 0)
    if tree.operation == "times":
        for factor, other in (tree.args, tree.args[::-1]):
            if _is_condition(factor):
                return Expr.of("if_else", condition(factor), conditions_as_choices(other), 0)
    if tree.operation == "if_else":
        holds, yes, no = tree.args
        choices = conditions_as_choices(yes), conditions_as_choices(no)
        return Expr.of("if_else", condition(holds), *choices)
    if not tree.args:
        return tree
    return Expr(tree.operation, tuple(map(conditions_as_choices, tree.args)), tree.value)


def condition(tree: Expr) -> Expr:
    """The tree of a condition in which conditions are combined and numbers compared."""
    if tree.is_comparison:
        return Expr(tree.operation, tuple(map(conditions_as_choices, tree.args)))
    if tree.operation == "both":
        return Expr("both", tuple(map(condition, tree.args)))
    return Expr.of("unequal", conditions_as_choices(tree), 0)


def _is_condition(node: Expr) -> bool:
    return node.is_comparison or node.operation == "both"
