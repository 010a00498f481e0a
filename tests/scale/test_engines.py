"""One usage log in every engine: bill, lines and what was refused are the same, bit for bit.

They need the extra ``scale``, and Spark needs Java; `.ci/run scale` installs both.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from lmprice.billing import PriceBook, UsageError, parse_book, rate
from lmprice.billing.rating import Rating
from lmprice.cli.main import app

# The libraries of clusters warn of their own sockets, forks and versions.
pytestmark = [pytest.mark.scale, pytest.mark.filterwarnings("ignore")]
FILES, ROWS = 12, 250
BOOK = """
format = 2
name = "Scale"
version = "1"
currency = "USD"
time_zone = "Europe/Berlin"

[[factors]]
factor = 0.5
when = { tier = "batch" }

[[charges]]
model = "chat"
meter = "input"
charge_model = "graduated"
per = 1000
tiers = [{ up_to = 3, unit_price = 2.5 }, { unit_price = 0.333 }]

[[charges]]
model = "chat"
meter = "input"
valid_from = "2026-01-17"
charge_model = "graduated"
per = 1000
tiers = [{ up_to = 1.5, unit_price = 3 }, { unit_price = 0.125 }]

[[charges]]
model = "chat"
meter = "cached"
charge_model = "standard"
unit_price = 0.0001

[[charges]]
model = "chat"
meter = "output"
charge_model = "off_peak"
unit_price = 0.00731
off_peak_price = 0.0011
peak_hours = [{ start = "08:00", end = "20:00" }]

[[charges]]
model = "*"
meter = "seats"
charge_model = "standard"
aggregation = "max"
unit_price = 7

[[accounts]]
customer = "c1"
[[accounts.commitments]]
name = "minimum"
minimum = 5000
valid_from = "2026-01-01"
[[accounts.credits]]
name = "prepaid"
amount = 3
valid_from = "2026-01-01"
"""


def log(number: int) -> pl.DataFrame:
    """One file of the log; some rows cannot be priced."""
    chance = random.Random(number)
    rows = []
    for row in range(ROWS):
        tokens = chance.randrange(900)
        at = f"2026-01-{chance.randrange(1, 29):02}T{chance.randrange(24):02}:10:00Z"
        rows.append({
            "timestamp": at, "customer": f"c{chance.randrange(40)}",
            "model": "other" if row % 83 == 7 else "chat",
            "tier": chance.choice(["batch", "", "standard"]),
            "input_tokens": tokens, "cached_tokens": min(tokens, chance.randrange(300)),
            "output_tokens": chance.randrange(300), "seats": chance.randrange(5),
            "note": f"{number}-{row}",
        })  # fmt: skip
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> PriceBook:
    import tomllib

    return parse_book(tomllib.loads(BOOK))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log as Parquet files, and as one CSV file beside them."""
    found = tmp_path_factory.mktemp("log")
    tables = [log(number) for number in range(FILES)]
    pl.concat(tables).write_csv(found / "usage.csv")
    (found / "parquet").mkdir()
    for number, table in enumerate(tables):
        at = pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us")
        table.with_columns(at.dt.replace_time_zone("UTC")).write_parquet(
            found / "parquet" / f"u{number:02}.parquet"
        )
    return found


@pytest.fixture(scope="module")
def here(folder: Path, book: PriceBook) -> Rating:
    """The bill of the CSV file, by polars on this machine."""
    return rate(folder / "usage.csv", book)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two workers on this machine."""
    distributed = pytest.importorskip("distributed", reason="needs the extra scale")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as found:
        yield found


def assert_same(found: Rating, here: Rating) -> None:
    assert here.totals.refused_rows == here.refused.height > 10
    assert found.lines.equals(here.lines)
    assert found.bill.equals(here.bill)
    assert found.open == here.open
    assert found.matches.equals(here.matches)
    assert found.totals.amounts_by_kind == here.totals.amounts_by_kind
    same = ["row", "reason", "customer", "note"]
    assert found.refused.select(same).equals(here.refused.select(same))


def test_parquet_on_duckdb(folder: Path, book: PriceBook, here: Rating) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow", reason="needs the extra scale")
    relation = duckdb.sql(f"select * from '{folder}/parquet/*.parquet'")
    done: list[int] = []
    assert_same(rate(relation, book, on_progress=done.append), here)
    assert done[-1] == FILES * ROWS


def test_columns_of_no_part_are_not_computed(book: PriceBook) -> None:
    duckdb = pytest.importorskip("duckdb")
    query = """select timestamp '2026-01-05 10:00:00' as at, 'c1' as customer, 'chat' as model,
        7 as input_tokens, {note} as note"""
    columns = {"timestamp": "at"}
    relation = duckdb.sql(query.format(note="error('is computed')"))
    assert rate(relation, book, columns=columns).totals.rated_rows == 1
    refused = query.replace("7 as", "-7 as").format(note="'of no part'")
    found = rate(duckdb.sql(refused), book, columns=columns).refused
    assert found.select("timestamp", "note").row(0)[1] == "of no part"


def test_what_needs_all_rows_brings_those_of_duckdb(folder: Path, book: PriceBook) -> None:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql(f"select * from '{folder}/parquet/*.parquet'")
    found = rate(relation, book, by=["day"])
    assert found.detail is not None
    assert found.detail["billed_cost"].sum() == found.bill["billed_cost"].sum()


def test_a_frame_of_dask(folder: Path, book: PriceBook, here: Rating) -> None:
    frames = pytest.importorskip("dask.dataframe", reason="needs the extra scale")
    frame = frames.read_parquet(f"{folder}/parquet/*.parquet")
    assert_same(rate(frame, book), here)
    with pytest.raises(UsageError, match=r"^costs by row or by column need all rows on one"):
        rate(frame, book, rows=True)
    once = book.model_copy(update={"unique": ("note",)})
    with pytest.raises(UsageError, match=r"^the book keeps one of several rows that are alike"):
        rate(frame, once)


def test_spark(folder: Path, book: PriceBook, here: Rating, spark: Any) -> None:
    spark.conf.set("spark.sql.files.maxPartitionBytes", "8000")
    found = rate(spark.read.parquet(f"{folder}/parquet"), book)
    # Spark reads files in an order of its own: the same rows have other numbers.
    assert found.lines.equals(here.lines)
    assert found.bill.equals(here.bill)
    assert found.totals.amounts_by_kind == here.totals.amounts_by_kind
    names = ["note", "reason"]
    assert found.refused.select(names).sort(names).equals(here.refused.select(names).sort(names))


def test_a_killed_worker_costs_no_cent(
    folder: Path, book: PriceBook, here: Rating, cluster: Any
) -> None:
    killed: list[int] = []

    def kill_one(done: int) -> None:
        if done == 2 and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    files = f"{folder}/parquet/*.parquet"
    found = rate(files, book, cluster=cluster.scheduler_address, on_progress=kill_one)
    assert killed
    assert_same(found, here)


def test_the_command_on_a_cluster(folder: Path, cluster: Any, tmp_path: Path) -> None:
    (tmp_path / "book.toml").write_text(BOOK)
    address = cluster.scheduler_address
    command = ["rate", f"{folder}/parquet/*", "--book", f"{tmp_path}/book.toml"]
    alone = CliRunner().invoke(app, [*command, "-o", f"{tmp_path}/alone.csv"])
    there = CliRunner().invoke(app, [*command, "-o", f"{tmp_path}/there.csv", "--cluster", address])
    assert (alone.exit_code, there.exit_code) == (1, 1)  # rows were refused
    for kind in ("csv", "lines.csv", "refused.csv"):
        own = (tmp_path / f"alone.{kind}").read_bytes()
        assert (tmp_path / f"there.{kind}").read_bytes() == own


def test_a_damaged_file_on_a_cluster(
    folder: Path, book: PriceBook, here: Rating, cluster: Any, tmp_path: Path
) -> None:
    """It is refused by its name as on one machine, and the others are rated."""
    shutil.copytree(folder / "parquet", tmp_path / "log")
    whole = (tmp_path / "log" / "u00.parquet").read_bytes()
    (tmp_path / "log" / "u05-cut.parquet").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "log" / "u99.parquet").write_bytes(b"")
    alone = rate(tmp_path / "log", book)
    there = rate(tmp_path / "log", book, cluster=cluster.scheduler_address)
    assert [Path(text.partition(":")[0]).name for text in there.refused_files] == [
        "u05-cut.parquet", "u99.parquet",
    ]  # fmt: skip
    assert there.refused_files == alone.refused_files
    assert there.refused.equals(alone.refused)
    for found in (there, alone):
        assert found.lines.equals(here.lines)


def test_a_cluster_that_does_not_answer(folder: Path, book: PriceBook) -> None:
    pytest.importorskip("distributed", reason="needs the extra scale")
    with pytest.raises(UsageError, match=r"^no file matches "):
        rate(f"{folder}/nothing/*", book, cluster="tcp://127.0.0.1:9")
