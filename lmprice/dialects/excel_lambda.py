"""The ``LAMBDA`` of a pricing function: the same formula in Excel 365 and 2024, without Python.

Unlike a template, a LAMBDA cannot rely on checked inputs.  It fills in optional arguments, answers
``#NUM!`` to invalid ones, ``#N/A`` where there is no answer, and gives every repeated part of the
formula a name with ``LET``.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from lmprice.dialects import excel
from lmprice.dialects.excel import call
from lmprice.dialects.rules.elementwise_extremes import elementwise_extremes
from lmprice.dialects.rules.products_by_logarithms import products_by_logarithms
from lmprice.dialects.rules.rows_of_ranges import rows_of_ranges
from lmprice.dialects.rules.shared_parts import shared_parts
from lmprice.language.dialect import Dialect
from lmprice.language.expression import following, total
from lmprice.language.record import Definition, Parameter
from lmprice.language.terms import INFINITY
from lmprice.language.tree import Expr


class Lambda(Dialect[Expr]):
    """LAMBDAs as they are typed into the Name Manager, or ``stored`` as the file format has them.

    A file has ``_xlfn.`` before the names of newer functions and ``_xlpm.`` before parameters.
    """

    title: ClassVar[str] = "LAMBDA"
    rules = (products_by_logarithms, rows_of_ranges, elementwise_extremes)
    has_tables: ClassVar[bool] = True

    def __init__(self, *, stored: bool = False) -> None:
        self._prefix, self._name, self._option = (
            ("_xlfn.", "_xlpm.", "_xlop.{}") if stored else ("", "", "[{}]")
        )
        self.operations = {
            **excel.OPERATIONS,
            "row": lambda column, row: call("INDEX", self._longer(column), row),
            "following": lambda column: call(f"{self._prefix}DROP", self._longer(column), 1),
        }

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def _longer(self, column: Expr) -> Expr:
        # Columns need not be ranges of cells.  One row more: of a table of one row, some engines
        # would make a single number.
        return call(f"{self._prefix}VSTACK", column, 0)

    def _text(self, tree: Any) -> str:
        return excel.written_out(self.built(Expr.lift(tree)))

    def written(self, f: Definition) -> str:
        """The LAMBDA with its equals sign."""
        self.refuse_lacking(f)
        name = self._name
        signature = [
            self._option.format(p.name) if p.is_optional else name + p.name for p in f.parameters
        ]
        lets: list[tuple[str, str]] = []
        arguments: dict[str, Expr] = {}
        tables = [name + p.name for p in f.parameters if p.is_column]
        table = "" if f.separate_columns or not tables else tables[0]
        for p in f.parameters:
            used = name + p.name
            if p.is_optional:
                lets.append((f"{used}_", self._filled_in(p, used, table)))
                used += "_"
            arguments[p.name] = Expr.name(used, is_column=p.is_column)
        body = self.built(f.trace(arguments))
        parts, body = shared_parts(body, f"{name}part_", excel.written_out)
        lets += [(part, excel.written_out(value)) for part, value in parts]
        text = f"IF({self._guard(f, arguments)},{excel.written_out(body)},#NUM!)"
        if lets:
            text = f"{self._prefix}LET({','.join(f'{n},{value}' for n, value in lets)},{text})"
        return f"={self._prefix}LAMBDA({','.join(signature)},{text})"

    def _filled_in(self, p: Parameter, name: str, table: str) -> str:
        """An argument, or its default where it is left out or blank."""
        default = self._text(p.default)
        blank = f"IF(ISBLANK({name}),{default},{name})"
        value = f"IF({self._prefix}ISOMITTED({name}),{default},{blank})"
        # One number becomes a column as long as the table.
        return f"{value}+0*{table}" if p.is_column and table else value

    def _guard(self, f: Definition, arguments: dict[str, Expr]) -> str:
        """A product that is 1 where every argument is valid."""
        factors = []
        for p in f.parameters:
            value = self._text(arguments[p.name])
            if p.is_column:
                factors += self._column_guard(p, arguments[p.name])
            elif p.term.is_flag:
                factors.append(
                    f"(ISNUMBER({value})+ISLOGICAL({value}))*((N({value})=0)+(N({value})=1))"
                )
            else:
                factors.append(f"ISNUMBER({value})")
                factors += [f"({self._text(b.holds(arguments[p.name]))})" for b in p.term.bounds]
        columns = [
            self._text(arguments[p.name]) for p in f.parameters if p.is_column and not p.is_optional
        ]
        if not f.separate_columns:
            factors += [f"(ROWS({column})=ROWS({columns[0]}))" for column in columns[1:]]
        for requirement in f.requirements:
            rule = requirement.holds(arguments)
            factors.append(f"({self._text(total(1 - rule) == 0 if rule.is_column else rule)})")
        return "*".join(factors)

    def _column_guard(self, p: Parameter, argument: Expr) -> list[str]:
        """Factors that are 1 where a column has a number in every row and keeps its rules."""
        column = self._text(argument)
        bounds = [
            self._text(bound.holds(Expr.name(f"{'MIN' if bound.is_lower else 'MAX'}({column})")))
            for bound in p.term.bounds
        ]
        if p.term.unlimited:
            last = f"SUM({self._prefix}TAKE({column},-1))"
            factors = [f"(COUNT({column})+({last}=0)=ROWS({column}))"]
            factors.append(f"(({last}=0)+({last}>={self._text(INFINITY)})>0)")
            # Of a column without any number, an only row that is empty, the extremes are 0.
            factors += [f"((COUNT({column})=0)+({bound})>0)" for bound in bounds]
        else:
            count = f"(COUNT({column})=ROWS({column})*COLUMNS({column}))"
            # An optional column has been added to: what is not a number in it is an error by now.
            numbers = f"ISNUMBER(SUM({column}))" if p.is_optional else count
            factors = [numbers, *(f"({bound})" for bound in bounds)]
        if p.term.increasing:
            below: Any = following(argument)
            disorder = cast(Expr, total((below > 0) & (below <= argument)))
            factors.append(f"({self._text(disorder == 0)})")
        return factors


DIALECT = Lambda()
STORED = Lambda(stored=True)
