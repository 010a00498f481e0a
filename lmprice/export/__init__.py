"""The formulas for other engines: a query, a file with all functions, a loop in machine code."""

from lmprice.export.databases import sql, sql_functions
from lmprice.export.machine import compiled

__all__ = ["compiled", "sql", "sql_functions"]


def __dir__() -> list[str]:
    return sorted(__all__)
