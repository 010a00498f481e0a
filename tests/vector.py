"""One call of a function and what it must give, on every route."""

from __future__ import annotations

from typing import NamedTuple


class Vector(NamedTuple):
    """One call of a function: a list is a table column, None an argument left out."""

    excel_name: str
    arguments: tuple[float | list[float] | None, ...]
    expected: float | list[float]

    @property
    def rows(self) -> list[float]:
        """The rows of the result; one number has one."""
        return self.expected if isinstance(self.expected, list) else [self.expected]

    @property
    def height(self) -> int:
        """The rows that the call takes on a sheet."""
        columns = [a for a in self.arguments if isinstance(a, list)]
        return max(len(self.rows), *map(len, columns), 1)
