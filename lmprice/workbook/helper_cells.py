"""Where the helper cells of iterations stand: a column for each step, rows as in the tables.

Each iteration has a header row, a row for each number that it steps through, and a block of rows,
one for each row of its table, for each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from openpyxl.utils import get_column_letter

from lmprice.language.terms import Term
from lmprice.scenarios.tables import MAX_ROWS
from lmprice.scenarios.tracing import Iteration, RowCell
from lmprice.workbook.book import HEADER_ROW, Book

FILLED_COLUMN = 2
FIRST_STEP = 3  # the column of the start
FILLED = get_column_letter(FILLED_COLUMN)


@dataclass(frozen=True)
class Block:
    """The rows of one number or of one column of an iteration."""

    name: str  # in its formulas
    table: str | None
    term: Term
    first: int
    rows: int

    @property
    def last(self) -> int:
        """Its last row."""
        return self.first + self.rows - 1


@dataclass(frozen=True)
class Place:
    """The cells of an iteration; ``header`` is the row above them."""

    iteration: Iteration
    header: int

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """What it steps through by name: the value first, numbers before columns."""
        own = self.iteration
        things = [(own.before, own.table, own.term)]
        things += [(part.name, part.table, part.term) for part in own.parts]
        row = self.header + 1
        found = {}
        for name, table, term in sorted(things, key=lambda thing: thing[1] is not None):
            # The rows of a column stand under a line with its title.
            first, rows = (row, 1) if table is None else (row + 1, MAX_ROWS)
            found[name] = Block(name, table, term, first, rows)
            row = first + rows
        return found

    @property
    def values(self) -> Block:
        """The rows of the value itself."""
        return self.blocks[self.iteration.before]

    @property
    def end(self) -> int:
        """Its last row."""
        return max(block.last for block in self.blocks.values())

    @property
    def last_step(self) -> str:
        """The letter of the column with the last step."""
        return get_column_letter(FIRST_STEP + self.iteration.steps)

    @property
    def move_column(self) -> int:
        """The column with what the last step changed."""
        return FIRST_STEP + self.iteration.steps + 1


def places(book: Book) -> list[Place]:
    """Where the iterations of a book stand, one below the other."""
    found: list[Place] = []
    for iteration in book.trace.iterations:
        found.append(Place(iteration, found[-1].end + 2 if found else HEADER_ROW))
    return found


def iterated_cells(book: Book, table: str, at: str) -> dict[str, RowCell]:
    """What the names of iterated columns stand for beside the row of their table at a place."""
    return {
        name: RowCell(f"INDEX({name},{at})", "", f"INDEX({name},{at}-1)")
        for place in places(book)
        if place.iteration.table == table
        for name in (place.iteration.last, place.iteration.move)
    }
