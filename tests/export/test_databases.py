"""SQL for databases: DuckDB runs it, the others' is read back by sqlglot."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from typer.testing import CliRunner

import lmprice
from lmprice.cli.main import app
from lmprice.export.databases import DATABASES, sql_functions

FUNCTIONS = {f.name: f for f in lmprice.functions()}
OFFERED = [f for f in FUNCTIONS.values() if "sql" in f.dialects]


def run(query: str, connection: Any = duckdb) -> Any:
    (value,) = connection.sql(query).fetchall()[0]
    return value


def profit(quantity: str, price: str, *, checked: bool = True) -> Any:
    query = f"SELECT {lmprice.sql('profit', 'duckdb', checked=checked)} FROM (SELECT"
    return run(
        f"{query} {quantity} AS quantity, {price} AS price, 10 AS unit_cost, 100 fixed_cost)"
    )


def test_null_nan_infinity_and_bounds() -> None:
    assert profit("100", "20") == 900
    assert profit("100::UTINYINT", "'20'") == 900
    assert profit("NULL", "20") is None
    assert profit("'nan'::DOUBLE", "20") is None
    assert profit("'inf'::DOUBLE", "20") is None
    assert profit("1e200", "1e200") is None  # beyond a double
    assert profit("-1", "20") is None
    assert profit("-1", "20", checked=False) == -110


def test_decimals_are_doubles() -> None:
    # As decimals of three digits the product would be cut off.
    assert profit("1.111::DECIMAL(4,3)", "1.111::DECIMAL(4,3)") == pytest.approx(
        1.111 * 1.111 - 11.11 - 100, rel=1e-15
    )


def test_what_a_database_would_stop_at_is_null() -> None:
    query = f"SELECT {lmprice.sql('gross_margin', 'duckdb')} FROM (SELECT 0 price, 1 unit_cost)"
    assert run(query) is None
    written = lmprice.sql("half_life", "duckdb")
    assert "LN(CASE WHEN" in written
    assert "/ NULLIF(" in written


def test_a_rule_between_arguments_is_checked() -> None:
    names = [p.name for p in FUNCTIONS["token_cost"].parameters]
    values = dict.fromkeys(names, 0) | {"input_tokens": 10, "cached_tokens": 11}
    columns = ", ".join(f"{value} AS {name}" for name, value in values.items())
    checked, unchecked = (lmprice.sql("token_cost", "duckdb", checked=c) for c in (True, False))
    assert run(f"SELECT {checked} FROM (SELECT {columns})") is None
    assert run(f"SELECT {unchecked} FROM (SELECT {columns})") is not None


@pytest.mark.engine
def test_the_macros_run_in_duckdb() -> None:
    connection = duckdb.connect()
    connection.execute(sql_functions("duckdb", checked=True))
    assert run("SELECT lm_profit(100, 20, 10, 100)", connection) == 900
    assert run("SELECT lm_profit(100, 20, 10)", connection) == 1000  # fixed cost left out
    assert run("SELECT lm_profit(-1, 20, 10, 100)", connection) is None
    assert run("SELECT lm_serving_cost(2, 1000)", connection) == pytest.approx(5 / 9)
    count = "SELECT count(*) FROM duckdb_functions() WHERE function_name LIKE 'lm\\_%' ESCAPE '\\'"
    assert run(count, connection) == len(OFFERED)


@pytest.mark.engine
@pytest.mark.parametrize("dialect", DATABASES)
def test_every_database_reads_its_own(dialect: str) -> None:
    for f in OFFERED:
        text = lmprice.sql(f.name, dialect, checked=True)
        tree = sqlglot.parse_one(text, dialect=dialect)
        assert {c.name for c in tree.find_all(exp.Column)} == {p.name for p in f.parameters}
        # No operand is anything but a double.
        for leaf in tree.find_all(exp.Literal, exp.Column):
            assert isinstance(leaf.find_ancestor(exp.Cast, exp.Binary), exp.Cast), text


@pytest.mark.engine
@pytest.mark.parametrize("dialect", DATABASES)
def test_every_script_has_all_functions(dialect: str) -> None:
    script = sql_functions(dialect)
    assert script.count("CREATE OR REPLACE") == len(OFFERED)
    assert "-- Not in SQL: " in script
    assert "graduated_charge" in script.partition("\n\n")[0]
    if dialect in ("postgres", "snowflake", "bigquery", "databricks"):
        trees = sqlglot.parse(script, dialect=dialect)
        assert sum(isinstance(tree, exp.Create) for tree in trees) == len(OFFERED)


@pytest.mark.engine
def test_redshift_counts_its_arguments() -> None:
    script = sql_functions("redshift")
    assert "FUNCTION lm_revenue(DOUBLE PRECISION, DOUBLE PRECISION) RETURNS DOUBLE" in script
    assert "CAST($2 AS DOUBLE PRECISION) * CAST($1 AS DOUBLE PRECISION)" in script


def test_what_is_not_to_be_had() -> None:
    with pytest.raises(lmprice.PricingError, match="name 'nothing' is no function"):
        lmprice.sql("nothing", "duckdb")
    with pytest.raises(
        lmprice.PricingError, match="'mysql' is no dialect of SQL here: duckdb, postgres"
    ):
        lmprice.sql("profit", "mysql")
    with pytest.raises(TypeError, match="graduated_charge is not to be had in SQL: no tables"):
        lmprice.sql("graduated_charge", "duckdb")


@pytest.mark.engine
def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lm.sql"
    arguments = ["export", "sql", "--dialect", "snowflake", "--checked", "-o", str(path)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert path.read_text() == sql_functions("snowflake", checked=True)
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, "exists already" in again.output) == (2, True)
    wrong = CliRunner().invoke(app, ["export", "sql", "--dialect", "mysql", "-o", str(path)])
    assert (wrong.exit_code, "'mysql' is no dialect" in wrong.output) == (2, True)
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    missing = CliRunner().invoke(app, [*arguments, "--force"])
    assert missing.exit_code == 2
    assert "sqlglot is not installed: pip install 'lmprice[sql]'" in missing.output
