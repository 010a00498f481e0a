"""Rows of computed columns as computations on rows: a sheet has rows of ranges only."""

from __future__ import annotations

from lmprice.language.tree import Expr


def rows_of_ranges(tree: Expr) -> Expr:
    """The tree in which only columns that stand as they are have a row or are shifted by one."""

    def change(node: Expr) -> Expr | None:
        if node.operation not in ("row", "following"):
            return None
        column, *others = (rows_of_ranges(arg) for arg in node.args)
        return _pushed(column, node.operation, others)

    return tree.rewrite(change)


def _pushed(column: Expr, operation: str, others: list[Expr]) -> Expr:
    def change(node: Expr) -> Expr | None:
        if not node.is_column:  # what is added up already stays
            return node
        return None if node.args else Expr.of(operation, node, *others)

    return column.rewrite(change)
