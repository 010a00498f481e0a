"""Bills for usage logs: `rate` beside queries that somebody would write by hand.

Each side is a process of its own from start to end, whose processor time counts; `rate` writes
the bill and its lines.  ``python -m tests.benchmarks.rating WAY FILE`` runs one side.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.pairs import COMPILED, Pair
from tests.benchmarks.rating_peers import by_duckdb, by_polars, read_by_polars

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
LARGEST = SIZES[-1]
MEMORY = 400  # MB
OF_ROWS = (
    "each row is checked and counted as well, and beside the query stand what does not grow with "
    "rows: imports, 95,187 lines rounded by the exact rule, and their files"
)
OF_JSON = (
    "from Parquet, where nothing is to be parsed, the bill alone takes 2.2 times as long as polars "
    "reads these lines: imports, checked sums, exact rounding, and writing 95,187 lines; reading "
    "adds what it takes polars, and a tenth more to show that no line lacks a key or has one twice"
)


def by_lmprice(path: Path, book: str = "plain") -> float:
    """What all customers pay, by `rate`; bill and lines are written."""
    from lmprice.billing.parsing import parse_book
    from lmprice.billing.rating import rate
    from lmprice.billing.report import Report
    from tests.benchmarks.usage_logs import BOOKS

    with tempfile.TemporaryDirectory() as folder, Report(Path(folder) / "bill.csv") as report:
        rating = rate(path, parse_book(BOOKS[book]()), on_refused=report.refuse)
        report.write(rating)
    return float(rating.bill["billed_cost"].sum())


def with_plans(path: Path) -> float:
    """The same by the book with conditions and plans."""
    return by_lmprice(path, "plans")


def of_relation(path: Path) -> float:
    """What all customers pay, from a relation of DuckDB."""
    import duckdb

    from lmprice.billing.parsing import parse_book
    from lmprice.billing.rating import rate
    from tests.benchmarks.usage_logs import plain_book

    relation = duckdb.read_parquet(str(path))
    rating = rate(relation, parse_book(plain_book()))
    return float(rating.bill["billed_cost"].sum())


WAYS: dict[str, Callable[[Path], float]] = {
    "lmprice": by_lmprice, "plans": with_plans, "relation": of_relation,
    "polars": by_polars, "duckdb": by_duckdb, "reading": read_by_polars,
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One side as a process."""

    seconds: float
    megabytes: float
    paid: float


def run(way: str, path: Path) -> Run:
    """Rate a file one way."""
    command = [sys.executable, "-m", __name__, way, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=COMPILED)
    return Run(*json.loads(done.stdout))


def pairs() -> Iterator[Pair]:
    """The pairs, from small logs to large ones."""
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder))
        for rows in SIZES:
            target = 1.8 if rows == LARGEST else None
            yield pair("Parquet", logs.of(rows, "parquet"), rows, target=target, reason=OF_ROWS)
        yield pair("CSV", logs.of(LARGEST, "csv"), LARGEST, target=1.2, reason=OF_ROWS)
        yield pair(
            "JSON lines", logs.of(1_000_000, "ndjson"), 1_000_000, theirs="reading",
            peer="polars reading them", target=2, reason=OF_JSON,
        )  # fmt: skip
        yield pair(
            "Parquet, book with conditions and plans", logs.of(1_000_000, "parquet", tier=True),
            1_000_000, ours="plans", peer="the polars query without them",
        )  # fmt: skip
        of_all = logs.of(LARGEST, "parquet")
        yield pair(
            "a relation of DuckDB", of_all, LARGEST, ours="relation", theirs="duckdb",
            peer="a query in DuckDB by hand",
        )  # fmt: skip
        for kind in ("parquet", "csv"):
            yield memory(kind, logs.of(LARGEST, kind))


def pair(
    case: str, path: Path, rows: int, *, ours: str = "lmprice", theirs: str = "polars",
    peer: str = "a polars query by hand", target: float | None = None, reason: str = "",
) -> Pair:  # fmt: skip
    """Processor time of both ways."""
    return Pair(
        f"rate, {case}", f"{rows:,}", peer,
        lambda: run(ours, path).seconds, lambda: run(theirs, path).seconds,
        target, rounds=3, reason=reason, reports=True,
    )  # fmt: skip


def memory(kind: str, path: Path) -> Pair:
    """Peak memory as a share of what it may be."""
    return Pair(
        f"rate, {kind.upper() if kind == 'csv' else 'Parquet'}, peak memory", f"{LARGEST:,}",
        f"{MEMORY} MB", lambda: run("lmprice", path).megabytes, lambda: MEMORY,
        1, rounds=1, reports=True,
    )  # fmt: skip


class Logs:
    """Logs that are made when they are asked for; polars would keep the memory of making them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, rows: int, kind: str, *, tier: bool = False) -> Path:
        """A log of so many rows."""
        path = self._folder / f"usage-{rows}{'-tier' * tier}.{kind}"
        if not path.exists():
            make = "from pathlib import Path; from tests.benchmarks.usage_logs import make_usage; "
            make += f"make_usage(Path({str(path)!r}), {rows}, with_tier={tier})"
            subprocess.run([sys.executable, "-c", make], check=True)
        return path


def main(way: str, path: str) -> None:
    """Seconds of the processor, peak memory in MB and the result, as JSON."""
    paid = WAYS[way](Path(path))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, paid]))


if __name__ == "__main__":
    main(*sys.argv[1:])
