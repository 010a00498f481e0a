"""The ``LAMBDA`` of a pricing function: the same formula in Excel 365 and 2024, without Python.

Unlike a template, a LAMBDA cannot rely on checked inputs.  It fills in optional arguments, answers
``#NUM!`` to invalid ones, ``#N/A`` where there is no answer, and gives every repeated part of the
formula a name with ``LET``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from lmprice.dialects.excel import INFINITY
from lmprice.language.expression import Expr, following, total
from lmprice.language.formula import Parameter, PricingFunction


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
    table = next((name + p.name for p in f.parameters if p.is_column), "")
    for p in f.parameters:
        used = name + p.name
        if p.is_optional:
            default = str(Expr.lift(p.default))
            blank = f"IF(ISBLANK({used}),{default},{used})"
            value = f"IF({function}ISOMITTED({used}),{default},{blank})"
            # One number becomes a column as long as the table.
            lets.append((used + "_", f"{value}+0*{table}" if p.is_column else value))
            used += "_"
        arguments[p.name] = Expr.name(used, is_column=p.is_column)
    parts, body = _shared_parts(f.trace(arguments).elementwise().dynamic(function), name + "part_")
    lets += [(part, value.text()) for part, value in parts]
    text = f"IF({_guard(f, arguments, function)},{body.text()},#NUM!)"
    if lets:
        text = f"{function}LET({','.join(f'{n},{value}' for n, value in lets)},{text})"
    return f"={function}LAMBDA({','.join(signature)},{text})"


def _guard(f: PricingFunction, arguments: dict[str, Expr], prefix: str) -> str:
    """A product that is 1 where every argument is valid."""
    factors = []
    for p in f.parameters:
        value = str(arguments[p.name])
        if p.is_column:
            factors += _column_guard(p, arguments[p.name], prefix)
        elif p.term.is_flag:
            factors.append(
                f"(ISNUMBER({value})+ISLOGICAL({value}))*((N({value})=0)+(N({value})=1))"
            )
        else:
            factors.append(f"ISNUMBER({value})")
            factors += [f"({bound.holds(arguments[p.name])})" for bound in p.term.bounds]
    columns = [str(arguments[p.name]) for p in f.parameters if p.is_column and not p.is_optional]
    factors += [f"(ROWS({column})=ROWS({columns[0]}))" for column in columns[1:]]
    for requirement in f.requirements:
        rule = requirement.holds(arguments)
        factors.append(f"({total(1 - rule) == 0})" if rule.is_column else f"({rule})")
    return "*".join(factors)


def _column_guard(p: Parameter, column: Expr, prefix: str) -> list[str]:
    """Factors that are 1 where a column has a number in every row and keeps its rules."""
    bounds = [
        bound.holds(Expr.name(f"{'MIN' if bound.is_lower else 'MAX'}({column})"))
        for bound in p.term.bounds
    ]
    if p.term.unlimited:
        last = f"SUM({prefix}TAKE({column},-1))"
        factors = [f"(COUNT({column})+({last}=0)=ROWS({column}))"]
        factors.append(f"(({last}=0)+({last}>={Expr.lift(INFINITY)})>0)")
        # Of a column without any number, an only row that is empty, the extremes are 0.
        factors += [f"((COUNT({column})=0)+({bound})>0)" for bound in bounds]
    else:
        count = f"(COUNT({column})=ROWS({column})*COLUMNS({column}))"
        # An optional column has been added to: what is not a number in it is an error by now.
        numbers = f"ISNUMBER(SUM({column}))" if p.is_optional else count
        factors = [numbers, *(f"({bound})" for bound in bounds)]
    if p.term.increasing:
        below: Any = following(column)
        disorder = cast(Expr, total((below > 0) & (below <= column)))
        factors.append(f"({disorder.dynamic(prefix) == 0})")
    return factors


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
