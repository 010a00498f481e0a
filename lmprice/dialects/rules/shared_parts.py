"""Names for the parts of a formula that stand in it more than once."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable

from lmprice.language.tree import Expr


def shared_parts(
    body: Expr, prefix: str, text: Callable[[Expr], str] = str
) -> tuple[list[tuple[str, Expr]], Expr]:
    """Names for what stands more than once, each before its use, and what remains of the body.

    Parts are the same where ``text`` writes them alike.
    """
    parts: list[tuple[str, Expr]] = []
    while True:
        trees = [body, *(value for _, value in parts)]
        counts = Counter(text(node) for tree in trees for node in tree.walk() if node.args)
        repeated = [written for written, count in counts.items() if count > 1]
        if not repeated:
            return parts, body
        # The longest first: what it contains may then stand only once.
        longest = max(repeated, key=len)
        shared = next(n for tree in trees for n in tree.walk() if text(n) == longest)
        name = Expr.name(f"{prefix}{len(parts) + 1}", is_column=shared.is_column)
        named = functools.partial(_named, longest, name, text)
        body = named(body)
        parts = [(name.value, shared), *((n, named(value)) for n, value in parts)]


def _named(part: str, name: Expr, text: Callable[[Expr], str], tree: Expr) -> Expr:
    """The tree with a name where a part stood."""
    return tree.rewrite(lambda node: name if text(node) == part else None)
