"""One call of a function and what it must give, on every route."""

from __future__ import annotations

from typing import NamedTuple


class Vector(NamedTuple):
    """One call of a function: a list is a table column, None an argument left out."""

    excel_name: str
    arguments: tuple[float | list[float] | None, ...]
    expected: float
