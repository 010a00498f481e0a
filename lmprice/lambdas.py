"""The ``LAMBDA`` of a pricing function: the same formula in Excel 365 and 2024, without Python.

Unlike a template, a LAMBDA cannot rely on checked inputs.  It fills in optional arguments, answers
``#NUM!`` to invalid ones, ``#N/A`` where there is no answer, and gives every repeated part of the
formula a name with ``LET``.
"""

from __future__ import annotations

from collections import Counter

from lmprice.expr import Expr
from lmprice.formula import PricingFunction


def lambda_text(f: PricingFunction, *, stored: bool = False) -> str | None:
    """The LAMBDA of a function, None where it has no closed form.

    Parameters
    ----------
    f : PricingFunction
        The function.
    stored : bool, default False
        Write it as the file format stores it (``_xlfn.`` and ``_xlpm.`` before names) instead of
        as it is typed into the Name Manager.
    """
    if not f.has_formula:
        return None
    function, name, option = ("_xlfn.", "_xlpm.", "_xlop.{}") if stored else ("", "", "[{}]")
    signature = [option.format(p.name) if p.is_optional else name + p.name for p in f.parameters]
    lets: list[tuple[str, str]] = []
    arguments: dict[str, Expr] = {}
    for p in f.parameters:
        used = name + p.name
        if p.is_optional:
            default = f"{p.default:.15g}"
            blank = f"IF(ISBLANK({used}),{default},{used})"
            lets.append((used + "_", f"IF({function}ISOMITTED({used}),{default},{blank})"))
            used += "_"
        arguments[p.name] = Expr.name(used, is_column=p.is_column)
    parts, body = _shared_parts(f.trace(arguments).elementwise(), name + "part_")
    lets += [(part, value.text()) for part, value in parts]
    text = f"IF({_guard(f, arguments)},{body.text()},#NUM!)"
    if lets:
        text = f"{function}LET({','.join(f'{n},{value}' for n, value in lets)},{text})"
    return f"={function}LAMBDA({','.join(signature)},{text})"


def _guard(f: PricingFunction, arguments: dict[str, Expr]) -> str:
    """A product that is 1 where every argument is valid."""
    factors = []
    for p in f.parameters:
        value = str(arguments[p.name])
        if p.is_column:
            factors.append(f"(COUNT({value})=ROWS({value})*COLUMNS({value}))")
        else:
            factors.append(f"ISNUMBER({value})")
        for bound in p.term.bounds:
            extreme = "MIN" if bound.is_lower else "MAX"
            checked = Expr.name(f"{extreme}({value})" if p.is_column else value)
            factors.append(f"({bound.holds(checked)})")
    return "*".join([*factors, *(f"({r.holds(arguments)})" for r in f.requirements)])


def _shared_parts(body: Expr, prefix: str) -> tuple[list[tuple[str, Expr]], Expr]:
    """Names for the parts that stand more than once, each before its use, and what remains."""
    parts: list[tuple[str, Expr]] = []
    while True:
        trees = [body, *(value for _, value in parts)]
        counts = Counter(str(node) for tree in trees for node in tree.walk() if node.args)
        repeated = [text for text, count in counts.items() if count > 1]
        if not repeated:
            return parts, body
        # The longest first: what it contains may then stand only once.
        longest = max(repeated, key=len)
        shared = next(n for tree in trees for n in tree.walk() if str(n) == longest)
        name = f"{prefix}{len(parts) + 1}"
        body = _with_name(body, shared, name)
        parts = [(name, shared), *((n, _with_name(value, shared, name)) for n, value in parts)]


def _with_name(tree: Expr, part: Expr, name: str) -> Expr:
    """The tree with a name where the part stood."""
    text, named = str(part), Expr.name(name, is_column=part.is_column)
    return tree.rewrite(lambda node: named if str(node) == text else None)
