"""Formulas for databases: in a query, or as functions that a database keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lmprice.chapters import function_named, functions
from lmprice.dialects.sql import DIALECT
from lmprice.language.errors import PricingError
from lmprice.language.formula import PricingFunction

if TYPE_CHECKING:
    from sqlglot.expressions import Condition

DATABASES = (
    "duckdb", "postgres", "snowflake", "bigquery", "spark", "databricks", "clickhouse", "redshift",
    "trino",
)  # fmt: skip


def sql(name: str | PricingFunction, dialect: str, *, checked: bool = False) -> str:
    """The formula of a function as an expression of SQL.

    Parameters
    ----------
    name : str or PricingFunction
        The function, as in Python; or one of `functions`, or a derivative.
    dialect : str
        duckdb, postgres, snowflake, bigquery, spark, databricks, clickhouse, redshift or trino.
    checked : bool, default False
        Give NULL also where an argument is out of its range.

    Returns
    -------
    str
        An expression over columns that have the names of the parameters, for a query.  It is NULL
        where there is no answer and where an argument is NULL, NaN or infinite.

    Raises
    ------
    PricingError
        There is no such function or database.
    TypeError
        The function has no formula in SQL: it takes a table or is computed step by step.

    Examples
    --------
    >>> print(sql("training_compute", "postgres")[:60])
    CASE WHEN CAST(parameters AS DOUBLE PRECISION) BETWEEN CAST(
    """
    found = function_named("sql", name)
    _check_database(dialect)
    return DIALECT.expression(found, checked=checked).sql(dialect=dialect)


def sql_functions(dialect: str, *, checked: bool = False) -> str:
    """A script that makes functions ``lm_profit`` and so on in a database, all that it can have."""
    _check_database(dialect)
    offered = [f for f in functions() if "sql" in f.dialects]
    left_out = [f.name for f in functions() if "sql" not in f.dialects]
    head = [
        f"-- lmprice: {len(offered)} functions for {dialect}.",
        "-- No answer is NULL, as is what NULL, NaN or infinity go into.",
        "-- An argument out of its range gives NULL."
        if checked
        else "-- Arguments are taken to be in their ranges; export with --checked to be sure.",
        f"-- Not in SQL: {', '.join(left_out)}.",
    ]
    return "\n".join([*head, "", *(_function(f, dialect, checked) for f in offered)])


def _check_database(dialect: str) -> None:
    if not isinstance(dialect, str) or dialect not in DATABASES:
        rule = f"is no dialect of SQL here: {', '.join(DATABASES)}"
        raise PricingError("sql", "dialect", dialect, rule)


def _function(f: PricingFunction, dialect: str, checked: bool) -> str:
    """The statement that makes one function, with its summary as a comment."""
    from sqlglot import exp

    names: dict[str, Condition] = {p.name: exp.column(p.name) for p in f.parameters}
    if dialect == "redshift":  # whose functions know their arguments by number only
        names = {
            p.name: exp.Parameter(this=exp.Literal.number(n)) for n, p in enumerate(f.parameters, 1)
        }
    body = DIALECT.expression(f, checked=checked, names=names).sql(dialect=dialect)
    double = exp.DataType.build("double").sql(dialect=dialect)
    arguments = [f"{p.name} {double}" for p in f.parameters]
    return f"-- {f.summary}\n{_STATEMENTS[dialect](f'lm_{f.name}', f, arguments, double, body)};\n"


def _macro(name: str, f: PricingFunction, _arguments: list[str], _double: str, body: str) -> str:
    optional = [f"{p.name} := {p.default!r}" if p.is_optional else p.name for p in f.parameters]
    return f"CREATE OR REPLACE MACRO {name}({', '.join(optional)}) AS {body}"


def _lambda(name: str, f: PricingFunction, _arguments: list[str], _double: str, body: str) -> str:
    names = ", ".join(p.name for p in f.parameters)
    return f"CREATE OR REPLACE FUNCTION {name} AS ({names}) -> {body}"


def _statement(form: str) -> Callable[..., str]:
    def write(name: str, _: PricingFunction, arguments: list[str], double: str, body: str) -> str:
        return form.format(name=name, arguments=", ".join(arguments), double=double, body=body)

    return write


def _redshift(name: str, f: PricingFunction, _arguments: list[str], double: str, body: str) -> str:
    types = ", ".join([double] * len(f.parameters))
    return (
        f"CREATE OR REPLACE FUNCTION {name}({types}) RETURNS {double} IMMUTABLE AS $$\n"
        f"SELECT {body}\n$$ LANGUAGE sql"
    )


_RETURN = _statement(
    "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {double} RETURN {body}"
)
_STATEMENTS: Mapping[str, Callable[..., str]] = {
    "duckdb": _macro,
    "postgres": _statement(
        "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {double} LANGUAGE sql IMMUTABLE "
        "AS $$\nSELECT {body}\n$$"
    ),
    "snowflake": _statement(
        "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {double} AS $$\n{body}\n$$"
    ),
    "bigquery": _statement(
        "CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {double} AS (\n{body}\n)"
    ),
    "spark": _RETURN,
    "databricks": _RETURN,
    "trino": _RETURN,
    "clickhouse": _lambda,
    "redshift": _redshift,
}
