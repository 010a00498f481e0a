"""The functions of `lmprice export sql --dialect spark` give Python's numbers in Spark.

They need the extra ``scale`` and Java; `.ci/run scale` installs both.
"""

from __future__ import annotations

from typing import Any

import pytest

from lmprice.export.databases import sql_functions
from lmprice.language.formula import PricingFunction
from tests.dialects.batches import Batch, batch, having

pytestmark = [pytest.mark.scale, pytest.mark.filterwarnings("ignore")]
DRAWS = 40  # of each function; DuckDB gets all of them
TOGETHER = 12  # functions that one query calls


@pytest.fixture(scope="module")
def functions(spark: Any) -> list[PricingFunction]:
    """All functions that SQL has, made in Spark by the exported script."""
    statements = sql_functions("spark", checked=True).split(";\n")
    for statement in statements:
        if "CREATE" in statement:
            spark.sql(statement)
    return having("sql")


def test_exported_functions_give_pythons_numbers(
    spark: Any, functions: list[PricingFunction]
) -> None:
    assert len(functions) > 100
    for first in range(0, len(functions), TOGETHER):
        own = functions[first : first + TOGETHER]
        for f, found in zip(own, called(spark, own), strict=True):
            known = batch(f)
            few = Batch(known.drawn[:DRAWS], known.python[:DRAWS], known.largest[:DRAWS])
            few.assert_agree(found)


def called(spark: Any, functions: list[PricingFunction]) -> list[list[float | None]]:
    """What functions give for their draws, each draw a row with the arguments of all."""
    names = {f: [f"{f.name}_{p.name}" for p in f.parameters] for f in functions}
    drawn = [[float(v) for f in functions for v in batch(f).drawn[n]] for n in range(DRAWS)]
    columns = ", ".join(f"{name} double" for own in names.values() for name in own)
    table = spark.createDataFrame(drawn, columns)
    calls = [f"lm_{f.name}({', '.join(own)})" for f, own in names.items()]
    rows = table.coalesce(1).selectExpr(*calls).collect()
    return [list(found) for found in zip(*rows, strict=True)]


def test_what_is_null_nan_or_out_of_range_is_null(
    spark: Any, functions: list[PricingFunction]
) -> None:
    assert functions
    calls = ["100, 20, 10, 100", "-1, 20, 10, 100", "null, 20, 10, 100", "double('nan'), 1, 1, 1"]
    query = ", ".join(f"lm_profit({one})" for one in calls)
    assert tuple(spark.sql(f"select {query}").collect()[0]) == (900, None, None, None)
