"""SQL: the same expression for every database, written out by sqlglot in the words of each.

Every operand and every literal is a double, since databases would compute with decimals or whole
numbers otherwise.  What has no answer is NULL, and so is what NaN, infinity or NULL go into.  A
division by zero, the logarithm or the root of a number that has none are NULL before the database
can stop at them, for a database may compute branches that are not taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from lmprice.dialects.rules.conditions_as_choices import condition, conditions_as_choices
from lmprice.dialects.rules.elementwise_extremes import elementwise_extremes
from lmprice.language.dialect import Dialect
from lmprice.language.record import Definition
from lmprice.language.tree import NAME, NO_ANSWER, Expr

if TYPE_CHECKING:
    from sqlglot.expressions import Condition

_LARGEST = sys.float_info.max


def _node(name: str) -> Callable[..., Condition]:
    """An operator or a function of sqlglot; what is an operator itself is put in brackets."""

    def build(*operands: Condition) -> Condition:
        from sqlglot import exp

        names = ("this", "expression")[: len(operands)]
        wrapped = (_in_brackets(o) if isinstance(o, (exp.Binary, exp.Neg)) else o for o in operands)
        return getattr(exp, name)(**dict(zip(names, wrapped, strict=True)))  # type: ignore[no-any-return]

    return build


def _choice(holds: Any, yes: Any, no: Any = None) -> Condition:
    from sqlglot import exp

    return exp.Case(ifs=[exp.If(this=holds, true=yes)], default=no)


def _double(value: float) -> Condition:
    from sqlglot import exp

    return _cast(exp.Literal.number(repr(float(value))))


def _cast(column: Condition) -> Condition:
    from sqlglot import exp

    return exp.Cast(this=column, to=exp.DataType(this=exp.DataType.Type.DOUBLE))


def _in_brackets(operand: Condition) -> Condition:
    from sqlglot import exp

    return exp.Paren(this=operand)


def _quotient(a: Condition, b: Condition) -> Condition:
    from sqlglot import exp

    return _node("Div")(a, exp.Nullif(this=b, expression=_double(0)))


def _where(name: str, comparison: str) -> Callable[[Condition], Condition]:
    """A function of numbers above, or at least, zero; NULL of others."""

    def build(x: Condition) -> Condition:
        return _node(name)(_choice(_node(comparison)(x.copy(), _double(0)), x))

    return build


def _power(base: Condition, exponent: Condition) -> Condition:
    from sqlglot import exp

    if isinstance(exponent, exp.Cast) and isinstance(exponent.this, exp.Literal):
        return _node("Pow")(base, exponent)  # a whole number above 0, in all formulas
    has_power = exp.or_(
        _node("GT")(base.copy(), _double(0)),
        exp.and_(_node("EQ")(base.copy(), _double(0)), _node("GTE")(exponent.copy(), _double(0))),
    )
    return _choice(has_power, _node("Pow")(base, exponent))


class Sql(Dialect[Any]):
    """Expressions of sqlglot over columns that have the names of the parameters."""

    title: ClassVar[str] = "SQL"
    rules = (elementwise_extremes, conditions_as_choices)

    def __init__(self) -> None:
        self.operations = {
            "negative": _node("Neg"),
            "plus": _node("Add"),
            "minus": _node("Sub"),
            "times": _node("Mul"),
            "divided_by": _quotient,
            "power": _power,
            "above": _node("GT"),
            "at_least": _node("GTE"),
            "below": _node("LT"),
            "at_most": _node("LTE"),
            "equal": _node("EQ"),
            "unequal": _node("NEQ"),
            "both": _node("And"),
            "if_else": _choice,
            "square_root": _where("Sqrt", "GTE"),
            "log": _where("Ln", "GT"),
            "exp": _node("Exp"),
            "absolute": _node("Abs"),
            "floor": _node("Floor"),
            "ceiling": _node("Ceil"),
        }

    def leaf(self, node: Expr) -> Condition:
        """A column or a number as a double."""
        from sqlglot import exp

        if node.operation == NAME:
            return _cast(exp.column(node.value))
        return _cast(exp.null()) if node.operation == NO_ANSWER else _double(node.value)

    def written(self, f: Definition) -> Condition:
        """The expression; arguments out of their range are not looked for."""
        return self.expression(f, checked=False)

    def expression(
        self, f: Definition, *, checked: bool, names: Mapping[str, Any] | None = None
    ) -> Condition:
        """The expression, ``checked`` one that is NULL where an argument is out of its range."""
        self.refuse_lacking(f)
        assert f.expression is not None
        columns = {name: _cast(column) for name, column in (names or {}).items()}
        result = self.built(f.expression, columns)
        arguments = (self.built_as_it_is(name, columns) for name in f.names.values())
        conditions = [self._is_finite(argument) for argument in arguments]
        if checked:
            rules = [
                *(bound.holds(f.names[p.name]) for p in f.parameters for bound in p.term.bounds),
                *(requirement.holds(f.names) for requirement in f.requirements),
            ]
            conditions += [self.built_as_it_is(condition(rule), columns) for rule in rules]
        return _choice(_all([*conditions, self._is_finite(result)]), result.copy())

    def _is_finite(self, number: Condition) -> Condition:
        # NaN is above all numbers in some databases, beside them in others, and between in none.
        from sqlglot import exp

        return exp.Between(
            this=_in_brackets(number) if isinstance(number, exp.Binary) else number,
            low=_double(-_LARGEST),
            high=_double(_LARGEST),
        )


def _all(conditions: Iterable[Condition]) -> Condition:
    from sqlglot import exp

    first, *others = conditions
    for other in others:
        first = exp.And(this=first, expression=other)
    return first


DIALECT = Sql()
