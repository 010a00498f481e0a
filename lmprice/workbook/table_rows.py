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
from lmprice.scenarios.tracing import Calculated
from lmprice.workbook import texts
from lmprice.workbook.book import FIRST_ROW

LAST_ROW = FIRST_ROW + MAX_ROWS - 1


@dataclass(frozen=True)
class Layout:
    """The columns of a table on its sheet: those to fill in, the status, those calculated."""

    table: TableSpec
    calculated: tuple[Calculated, ...]
    lang: str

    @cached_property
    def columns(self) -> dict[str, str]:
        """The letter of each column by its name in formulas."""
        names = [column.name for column in self.table.columns]
        names += [self.status_name, *(column.name for column in self.calculated)]
        return {name: get_column_letter(number) for number, name in enumerate(names, 1)}

    @property
    def status_name(self) -> str:
        """The name of the status column in formulas."""
        return f"{self.table.name}_status"

    def range(self, name: str) -> str:
        """All rows of a column."""
        letter = self.columns[name]
        return f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}"

    def filled(self, row: int, sheet: str = "") -> str:
        """How many cells of a row are filled in; ``sheet`` stands before cells of other sheets."""
        return f"COUNTA({sheet}$A{row}:{self._last_input}{row})"

    def below(self, row: int) -> str:
        """How many cells below a row are filled in."""
        return f"COUNTA($A{row + 1}:{self._last_input}${LAST_ROW})" if row < LAST_ROW else "0"

    @property
    def _last_input(self) -> str:
        return f"${get_column_letter(len(self.table.columns))}"

    def cells(self, row: int, sheet: str = "") -> dict[str, tuple[str, str | None]]:
        """What the name of each column stands for in a row, and in the row above it."""
        limits = {column.name for column in self.table.columns if column.is_limit}
        found: dict[str, tuple[str, str | None]] = {}
        for name, letter in self.columns.items():
            cell, above = f"{sheet}${letter}{row}", f"{sheet}${letter}{row - 1}"
            here = f"IF(ISBLANK({cell}),1E+300,{cell})" if name in limits else cell
            found[name] = (here, above if row > FIRST_ROW else None)
        return found

    def status(self, row: int) -> Expr:
        """What the status cell of a row says: the first rule that is broken, "ok", or nothing."""
        answer = self._word(texts.OK)
        checks = [check for column in self.table.columns for check in self._checks(column, row)]
        for condition, message in reversed(checks):
            answer = when(condition, Expr.lift(message), answer)
        empty = self._word(texts.IS_EMPTY)  # a table needs its first row
        if row > FIRST_ROW:
            empty = when(f"{self.below(row)}>0", self._word(texts.ROW_IS_EMPTY), Expr.lift(""))
        return when(f"{self.filled(row)}=0", empty, answer)

    def _word(self, text: Text) -> Expr:
        return Expr.lift(text(self.lang))

    def _checks(self, column: Column, row: int) -> Iterator[tuple[str, str]]:
        """What can be wrong with a cell, each condition where those before it do not hold."""
        title = column.term.title(self.lang)
        for condition, message in self._rules(column, row):
            yield condition, Text(f"{title}: {message.en}", f"{title}：{message.zh}")(self.lang)

    def _rules(self, column: Column, row: int) -> Iterator[tuple[str, Text]]:
        letter = self.columns[column.name]
        cell, above = f"${letter}{row}", f"${letter}{row - 1}"
        if column.default is None:
            yield f"ISBLANK({cell})", texts.IS_EMPTY
        if isinstance(column.term, Label):
            yield f"ISERROR({cell})", texts.IS_AN_ERROR
            return
        if column.is_limit:
            yield f"AND(ISBLANK({cell}),{self.below(row)}>0)", NO_LIMIT
        yield f"NOT(OR(ISBLANK({cell}),ISNUMBER({cell})))", texts.no_number(column.term)
        for bound in column.term.bounds:
            holds = excel.text(bound.holds(Expr.name(cell)))
            yield f"AND(ISNUMBER({cell}),NOT({holds}))", bound.broken
        if isinstance(column.term, DateTerm):
            yield f"AND(ISNUMBER({cell}),N({cell})<>INT(N({cell})))", texts.HAS_A_TIME
        if column.is_limit and row > FIRST_ROW:
            yield f"AND(ISNUMBER({cell}),{cell}<=N({above}))", texts.NOT_ABOVE
        if column.is_limit:
            yield f"AND(ISNUMBER({cell}),{self.below(row)}=0)", texts.LAST_LIMIT


def when(condition: str, yes: Expr, no: Expr) -> Expr:
    """``IF`` with a condition that is written as text."""
    return Expr.of("if_else", Expr.name(condition), yes, no)
