"""The product of a column as a sum of logarithms, for engines without one over computed columns."""

from __future__ import annotations

from lmprice.language.expression import exp, log, total, where
from lmprice.language.tree import Expr


def products_by_logarithms(tree: Expr) -> Expr:
    """The tree without ``product``, of numbers that are not negative; 0 has no logarithm."""

    def change(node: Expr) -> Expr | None:
        if node.operation != "product":
            return None
        (column,) = map(products_by_logarithms, node.args)
        numbers: float = column  # type: ignore[assignment]
        return Expr.lift(where(total(numbers <= 0) > 0, 0, exp(total(log(numbers)))))

    return tree.rewrite(change)
