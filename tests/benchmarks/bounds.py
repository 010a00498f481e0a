"""``python -m tests.benchmarks.bounds [NAME...]``: memory and time of what is too large.

Each file is made, given to a command in a process of its own, and removed; the table is that of
SECURITY.md.  Times are of the processor, so that a busy machine shows the same.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "templates"
HEADER = "timestamp,customer,model,input_tokens,cached_tokens,output_tokens"
PLAIN = """name = "Bounds"
version = "1"
currency = "USD"
charges = [
    { model = "chat", meter = "input", charge_model = "graduated", per = 1000, tiers = [
        { up_to = 3, unit_price = 2.5 }, { unit_price = 0.333 } ] },
    { model = "chat", meter = "cached", charge_model = "standard", per = 1000, unit_price = 0.3 },
    { model = "chat", meter = "output", charge_model = "standard", per = 1000, unit_price = 15 },
]
"""
RATE = "rate usage.csv --book book.toml -o bill.csv"


def _written(folder: Path, rows: Iterable[str], header: str = HEADER) -> None:
    with (folder / "usage.csv").open("w") as file:
        file.write(header + "\n")
        file.writelines(f"{row}\n" for row in rows)


def _row(chance: random.Random, customer: object, month: int = 1, more: str = "") -> str:
    tokens = f"{chance.randrange(1000, 9000)},{chance.randrange(500)},{chance.randrange(2000)}"
    return f"2026-{month:02}-{chance.randrange(1, 29):02},{customer},chat,{tokens}{more}"


def long_line(folder: Path) -> str:
    """A line of 600 MB"""
    _written(folder, [_row(random.Random(1), "a")])
    with (folder / "usage.csv").open("a") as file:
        for _ in range(600):
            file.write("x" * 1_000_000)
        file.write("\n" + _row(random.Random(2), "b") + "\n")
    return RATE


def wide_rows(folder: Path) -> str:
    """100,000 rows of 4 KB"""
    chance, note = random.Random(1), ",".join(["x" * 99] * 40)
    header = HEADER + "".join(f",note{n}" for n in range(40))
    _written(folder, (_row(chance, n % 99, more=f",{note}") for n in range(100_000)), header)
    return RATE


def many_columns(folder: Path) -> str:
    """20,000 columns, 1,000 rows"""
    chance, more = random.Random(1), "," + ",".join(["1"] * 20_000)
    header = HEADER + "".join(f",c{n}" for n in range(20_000))
    _written(folder, (_row(chance, n % 99, more=more) for n in range(1000)), header)
    return RATE


def refused_rows(folder: Path) -> str:
    """10,000,000 rows of a model without a price"""
    row = _row(random.Random(1), "a").replace("chat", "chess")
    _written(folder, (row for _ in range(10_000_000)))
    return RATE


def blank_lines(folder: Path) -> str:
    """300 MB of blank lines between two rows"""
    row = _row(random.Random(1), "a")
    _written(folder, (row, "\n" * 300_000_000, row))
    return RATE


def customers(folder: Path) -> str:
    """1,000,000 customers, 2 rows and 3 meters each"""
    chance = random.Random(1)
    names = [f"customer-{n:07}" for n in range(1_000_000)]
    for _ in range(2):
        chance.shuffle(names)
    _written(folder, (_row(chance, name) for _ in range(2) for name in names))
    return RATE


def customers_parquet(folder: Path) -> str:
    """The same, the bill in Parquet"""
    return customers(folder).replace("bill.csv", "bill.parquet")


def months(folder: Path) -> str:
    """5,000 customers in 12 months, with a fee and a commitment each"""
    chance = random.Random(1)
    _written(folder, (_row(chance, n, m) for n in range(5000) for m in range(1, 13)))
    (folder / "book.toml").write_text(
        PLAIN
        + """[[plans]]
name = "base"
fees = [{ name = "base", amount = 5 }]
[[accounts]]
customer = "*"
plans = [{ plan = "base", valid_from = "2026-01-01" }]
commitments = [{ name = "least", minimum = 20, valid_from = "2026-01-01" }]
"""
    )
    return RATE


def rounded_tiers(folder: Path) -> str:
    """2,000 tiers with rounded units"""
    tiers = ",".join(f"{{ up_to = {n}, unit_price = {1 + n / 1e4} }}" for n in range(1, 2000))
    (folder / "book.toml").write_text(
        'name = "b"\nversion = "1"\ncurrency = "USD"\nignore = ["cached_tokens", "output_tokens"]\n'
        '[[charges]]\nmodel = "chat"\nmeter = "input"\ncharge_model = "graduated"\n'
        f'round_units = "up"\nunit_multiple = 1\ntiers = [{tiers}, {{ unit_price = 9 }}]\n'
    )
    chance = random.Random(1)
    _written(folder, (_row(chance, n % 99) for n in range(1000)))
    return RATE


def folder_of_exports(folder: Path) -> str:
    """20 files of 20 MB JSON lines in a folder"""
    (folder / "log").mkdir()
    chance = random.Random(1)
    row = {"model": "chat", "input_tokens": 5, "output_tokens": 7, "prompt": "x" * 300}
    for number in range(20):
        with (folder / "log" / f"{number}.jsonl").open("w") as file:
            for _ in range(45_000):
                who = {"timestamp": "2026-01-05T10:00:00Z", "customer": str(chance.randrange(999))}
                file.write(json.dumps(who | row) + "\n")
    return RATE.replace("usage.csv", "log")


def one_list(folder: Path) -> str:
    """A JSON list of 400 MB"""
    with (folder / "usage.json").open("w") as file:
        row = {"timestamp": "2026-01-05", "customer": "a", "model": "chat", "input_tokens": 5}
        text = json.dumps(row | {"prompt": "x" * 300}, indent=1)
        file.write("[" + ",\n".join([text] * 10))
        for _ in range(100_000):
            file.write(",\n" + ",\n".join([text] * 10))
        file.write("]")
    return RATE.replace("csv", "json", 1)


def one_value(folder: Path) -> str:
    """One JSON value of 400 MB"""
    with (folder / "usage.json").open("w") as file:
        file.write('{"data":\n["' + "x" * 400_000_000 + '"]}')
    return RATE.replace("csv", "json", 1)


def deep_json(folder: Path) -> str:
    """A book in JSON, 100,000 deep"""
    (folder / "book.json").write_text("[" * 100_000)
    return "book check book.json"


def deep_toml(folder: Path) -> str:
    """A book in TOML, 100,000 deep"""
    (folder / "book.toml").write_text("a = " + "[" * 100_000)
    return "book check book.toml"


def dotted_keys(folder: Path) -> str:
    """A key of 20,000 dots in a book"""
    (folder / "book.toml").write_text("a" + ".a" * 20_000 + " = 1")
    return "book check book.toml"


def unknown_keys(folder: Path) -> str:
    """A book with 200,000 unknown keys"""
    (folder / "book.json").write_text(json.dumps({f"key{n}": n for n in range(200_000)}))
    return "book check book.json"


def draws(folder: Path) -> str:
    """20,000,000 draws of a simulation"""
    return f"simulate {TEMPLATES / 'breakeven.xlsx'} --vary price=normal:20,2 --draws 20000000"


def too_many_draws(folder: Path) -> str:
    """10,000,000,000 draws"""
    return draws(folder).replace("20000000", "10000000000")


CASES: dict[str, Callable[[Path], str]] = {
    case.__name__: case
    for case in (
        long_line, wide_rows, many_columns, refused_rows, blank_lines, customers,
        customers_parquet, months, rounded_tiers, folder_of_exports, one_list, one_value,
        deep_json, deep_toml, dotted_keys, unknown_keys, draws, too_many_draws,
    )
}  # fmt: skip


def measured(case: Callable[[Path], str]) -> str:
    """A line of the table: what it is, memory, time, and how the command ended."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "book.toml").write_text(PLAIN)
        command = case(folder)
        child = os.fork()
        if not child:
            os.chdir(folder)
            asked = [sys.executable, "-m", "lmprice", *command.split()]
            done = subprocess.run(asked, check=False, capture_output=True, text=True)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            said = (done.stderr or done.stdout).strip().splitlines() or [""]
            print(
                f"| {case.__doc__} | {used.ru_maxrss / 1024:,.0f} MB | "
                f"{used.ru_utime + used.ru_stime:.1f} s | {done.returncode}: {said[0][:90]} |",
                flush=True,
            )
            os._exit(0)
        os.waitpid(child, 0)
    return case.__name__


def main() -> None:
    """Measure all cases, or those that are named."""
    print("| What | Peak memory | Processor time | Exit code and first line |", flush=True)
    print("| --- | --- | --- | --- |", flush=True)
    for name in sys.argv[1:] or CASES:
        measured(CASES[name])


if __name__ == "__main__":
    main()
