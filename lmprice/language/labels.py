"""The labels of what was given: columns of one table in one order, and the names of its rows.

A column of pandas has a label for each row, a frame one for each column as well.  Columns that
belong together are put in the order of the first of them, and its labels name what is found.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from lmprice.language.errors import PricingError
from lmprice.language.series import has_series, is_frame, library, same_rows

P = ParamSpec("P")
R = TypeVar("R")


def paired(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say of a function which of its parameters are columns of one table.

    Series of pandas among them come in one order; anything else comes as it was given.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        owner = function.__qualname__.removesuffix(".__init__")

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            if not has_series([*args, *kwargs.values()]):
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            given = {name: bound.arguments[name] for name in names if name in bound.arguments}
            bound.arguments.update(in_one_order(owner, given))
            return function(*bound.args, **bound.kwargs)

        return called

    return decorate


def in_one_order(owner: str, columns: dict[str, Any]) -> dict[str, Any]:
    """Columns of one table with the Series of pandas among them in the order of the first."""
    labelled = {name: column for name, column in columns.items() if library(column) == "pandas"}
    if len(labelled) < 2:
        return columns
    index = next(iter(labelled.values())).index
    arrays = same_rows(owner, columns)[0]
    return columns | {n: type(c)(arrays[n], index=index, name=c.name) for n, c in labelled.items()}


def by_columns(owner: str, name: str, values: Any, table: Any) -> Any:
    """A Series of pandas in the order of the columns of a frame; anything else as it is."""
    if library(values) != "pandas" or not is_frame(table):
        return values
    columns = table.columns
    if not (columns.is_unique and len(columns) == len(values) and columns.isin(values.index).all()):
        rule = f"has other labels than the columns of the table, {columns.tolist()}"
        raise PricingError(owner, name, values.index.tolist(), rule)
    return values.reindex(columns)


def row_names(count: int, *columns: Any) -> tuple[Any, ...]:
    """The labels of the first labelled one of some columns or frames; places from 0 without one."""
    for column in columns:
        if library(column) == "pandas" or is_frame(column):
            return tuple(column.index.tolist())
    return tuple(range(count))


def column_names(count: int, table: Any, *columns: Any) -> tuple[Any, ...]:
    """The names of the columns of a frame, or of what stands for each; places from 0 without."""
    if is_frame(table):
        return tuple(table.columns.tolist())
    names = getattr(table, "columns", None)  # of a frame of Polars
    return tuple(names) if isinstance(names, list) else row_names(count, *columns)
