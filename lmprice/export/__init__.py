"""The formulas for other engines: a query, or a file with all functions that an engine has."""

from lmprice.export.databases import sql as sql
from lmprice.export.databases import sql_functions as sql_functions
