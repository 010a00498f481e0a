"""Spark on this machine, started once for all tests that need it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of Spark on two cores."""
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra scale")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    warehouse: Path = tmp_path_factory.mktemp("spark")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    found = builder.config("spark.sql.warehouse.dir", str(warehouse)).getOrCreate()
    yield found
    found.stop()
