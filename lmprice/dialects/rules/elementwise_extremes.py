"""The larger and the smaller of two numbers as a choice between them.

``MAX`` and ``MIN`` of a sheet make one number of ranges, so that element by element there is only
a choice.
"""

from __future__ import annotations

from lmprice.language.tree import Expr


def elementwise_extremes(tree: Expr) -> Expr:
    """The tree without ``maximum`` and ``minimum``."""

    def change(node: Expr) -> Expr | None:
        if node.operation not in ("maximum", "minimum"):
            return None
        a, b = (elementwise_extremes(arg) for arg in node.args)
        return Expr.of("if_else", a > b if node.operation == "maximum" else a < b, a, b)

    return tree.rewrite(change)
