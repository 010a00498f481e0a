"""One row of a table as a sheet has it: where its cells are, and what its status cell says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from lmprice.dialects import excel
from lmprice.language.dates import DateTerm
from lmprice.language.expression import Expr
from lmprice.language.terms import Text
from lmprice.scenarios.tables import MAX_ROWS, NO_LIMIT, Column, Label, TableSpec
from lmprice.scenarios.tracing import Calculated, RowCell, number_name
from lmprice.workbook import texts
from lmprice.workbook.book import FIRST_ROW, HEADER_ROW


@dataclass(frozen=True)
class Layout:
    """The columns of a table on its sheet: those to fill in, the status, those calculated."""

    table: TableSpec
    calculated: tuple[Calculated, ...]
    lang: str
    rows: int = MAX_ROWS  # as many as the file has

    @property
    def last_row(self) -> int:
        """The last row that may be filled in."""
        return FIRST_ROW + self.rows - 1

    @cached_property
    def columns(self) -> dict[str, str]:
        """The letter of each column by its name in formulas."""
        names = [column.name for column in self.table.columns]
        names += [self.number_name, self.status_name, *(column.name for column in self.calculated)]
        return {name: get_column_letter(number) for number, name in enumerate(names, 1)}

    @property
    def status_name(self) -> str:
        """The name of the status column in formulas."""
        return f"{self.table.name}_status"

    @property
    def number_name(self) -> str:
        """The name of the column that numbers the rows that are filled in."""
        return number_name(self.table.name)

    def range(self, name: str) -> str:
        """All rows of a column."""
        letter = self.columns[name]
        return f"{letter}{FIRST_ROW}:{letter}{self.last_row}"

    def filled(self, row: int | str) -> str:
        """How many cells of a row are filled in."""
        return f"COUNTA($A{row}:{self._last_input}{row})"

    def number(self, row: int) -> str:
        """The formula of the number of a row among those that are filled in."""
        letter = self.columns[self.number_name]
        above = f"{letter}${HEADER_ROW}:{letter}{row - 1}"
        return f'IF({self.filled(row)}>0,COUNT({above})+1,"")'

    def number_cell(self, row: int | str) -> str:
        """The cell with the number of a row."""
        return f"${self.columns[self.number_name]}{row}"

    def is_last(self, row: int | str) -> str:
        """The condition that no row below is filled in."""
        return f"{self.number_cell(row)}=MAX({self.number_name})"

    def before(self, name: str, row: int | str) -> str:
        """The cell of a column in the filled row before this one, wherever that is."""
        return f"INDEX({name},MATCH({self.number_cell(row)}-1,{self.number_name},0))"

    @property
    def _last_input(self) -> str:
        return f"${get_column_letter(len(self.table.columns))}"

    def cells(self, row: int | str) -> dict[str, RowCell]:
        """What the name of each column stands for in a row."""
        is_first = f"{self.number_cell(row)}=1"
        return {
            name: RowCell(self._value(name, f"${letter}{row}"), is_first, self.before(name, row))
            for name, letter in self.columns.items()
        }

    def indexed(self, at: str) -> dict[str, RowCell]:
        """What the names stand for beside helper cells, in the row whose place is in a cell."""
        return {
            name: RowCell(self._value(name, f"INDEX({name},{at})"), "", "") for name in self.columns
        }

    def _value(self, name: str, cell: str) -> str:
        return f'IF({cell}="",1E+300,{cell})' if name in self._limits else cell

    @cached_property
    def _limits(self) -> set[str]:
        return {column.name for column in self.table.columns if column.is_limit}

    def status(self, row: int | str) -> Expr:
        """What the status cell of a row says: the first rule that is broken, "ok", or nothing."""
        answer = self._word(texts.OK)
        checks = [check for column in self.table.columns for check in self._checks(column, row)]
        for condition, message in reversed(checks):
            answer = when(condition, Expr.lift(message), answer)
        # A table needs a row; rows between others may be empty.
        nothing = f"AND(ROW()={FIRST_ROW},COUNT({self.number_name})=0)"
        empty = when(nothing, self._word(texts.IS_EMPTY), Expr.lift(""))
        return when(f"{self.filled(row)}=0", empty, answer)

    def _word(self, text: Text) -> Expr:
        return Expr.lift(text(self.lang))

    def _checks(self, column: Column, row: int | str) -> Iterator[tuple[str, str]]:
        """What can be wrong with a cell, each condition where those before it do not hold."""
        title = column.term.title(self.lang)
        for condition, message in self._rules(column, row):
            yield condition, Text(f"{title}: {message.en}", f"{title}：{message.zh}")(self.lang)

    def _rules(self, column: Column, row: int | str) -> Iterator[tuple[str, Text]]:
        cell = f"${self.columns[column.name]}{row}"
        if column.default is None:
            yield f"ISBLANK({cell})", texts.IS_EMPTY
        if isinstance(column.term, Label):
            yield f"ISERROR({cell})", texts.IS_AN_ERROR
            return
        if column.is_limit:
            yield f"AND(ISBLANK({cell}),NOT({self.is_last(row)}))", NO_LIMIT
        yield f"NOT(OR(ISBLANK({cell}),ISNUMBER({cell})))", texts.no_number(column.term)
        for bound in column.term.bounds:
            holds = excel.text(bound.holds(Expr.name(cell)))
            yield f"AND(ISNUMBER({cell}),NOT({holds}))", bound.broken
        if isinstance(column.term, DateTerm):
            yield f"AND(ISNUMBER({cell}),N({cell})<>INT(N({cell})))", texts.HAS_A_TIME
        if column.is_limit:
            before = self.before(column.name, row)
            not_above = f"IF({self.number_cell(row)}>1,{cell}<=N({before}),1=0)"
            yield f"IF(ISNUMBER({cell}),{not_above},1=0)", texts.NOT_ABOVE
            yield f"AND(ISNUMBER({cell}),{self.is_last(row)})", texts.LAST_LIMIT


def when(condition: str, yes: Expr, no: Expr) -> Expr:
    """``IF`` with a condition that is written as text."""
    return Expr.of("if_else", Expr.name(condition), yes, no)
