"""The formulas for other engines: a query, or a file with all functions that an engine has."""

from lmprice.export.databases import sql, sql_functions

__all__ = ["sql", "sql_functions"]


def __dir__() -> list[str]:
    return sorted(__all__)
