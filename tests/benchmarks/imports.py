"""Imports and whole runs of the command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from tests.benchmarks.pairs import COMPILED, Pair, program

LOADED = (
    "it loads NumPy, and then takes a fifth of that time to make the terms, the engine and the "
    "formulas of a chapter with their docstrings"
)
PLAIN_PROGRAM = """\
import typer
app = typer.Typer()
@app.command()
def rate(usage: str, book: str = "b.toml"): "Price usage."
@app.command()
def check(file: str): "Check a workbook."
app(["--help"])
"""


def pairs() -> Iterator[Pair]:
    """Ours beside NumPy's import, and beside a small program of typer."""
    for statement, target in (
        ("import lmprice", 0.3),
        ("import lmprice; lmprice.profit(100, 20, 10, 100)", 1.2),
    ):
        yield Pair(
            f"`{statement}`",
            "in process",
            "`import numpy`",
            _statement(statement),
            _statement("import numpy"),
            target,
            7,
            LOADED,
            reports=True,
        )
    yield Pair(
        "`lmprice --help`",
        "whole process",
        "a program of typer",
        program("-m", "lmprice", "--help"),
        program("-c", PLAIN_PROGRAM),
        1.3,
        7,
        "typer and rich are loaded by both, the names of the commands by ours alone",
    )


def _statement(statement: str) -> Callable[[], float]:
    """The time of a statement inside a new process, which reports it."""
    code = (
        f"import time; t = time.process_time_ns(); {statement}; print(time.process_time_ns() - t)"
    )

    def run() -> float:
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=COMPILED
        )
        return int(done.stdout) / 1e9

    return run
