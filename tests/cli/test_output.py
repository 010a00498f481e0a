"""What commands print: foreign names on a terminal, and an output that takes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lmprice.cli.main import READER_GONE, app
from lmprice.cli.shared import PROBLEMS, WRONG_USAGE

TEMPLATE = Path(__file__).parents[2] / "templates" / "breakeven.xlsx"
BOOK = """name = "b"
version = "1"
currency = "USD"
charges = [{ model = "a", meter = "quantity", charge_model = "standard", unit_price = 1 }]
"""


def lmprice(*arguments: object, stdout: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "lmprice", *map(str, arguments)]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False)


@pytest.mark.engine
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("arguments", [["functions"], ["evaluate", TEMPLATE, "--json"]])
def test_an_output_that_is_full_is_said_in_one_line(arguments: list[object]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    done = lmprice(*arguments, stdout=full)
    os.close(full)
    assert done.returncode == WRONG_USAGE
    assert done.stderr == b"lmprice: cannot write the output: No space left on device\n"


@pytest.mark.engine
def test_who_reads_no_further_is_no_error() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    done = lmprice("functions", stdout=writes)
    os.close(writes)
    assert (done.returncode, done.stderr) == (READER_GONE, b"")


@pytest.mark.engine
@pytest.mark.skipif(sys.platform == "win32", reason="there it is the shell that closes it")
@pytest.mark.parametrize("closed", [">&-", "<&- >&-"])
def test_an_output_that_is_closed_takes_nothing(tmp_path: Path, closed: str) -> None:
    """And no file that is written gets its number."""
    usage = "timestamp,customer,model,quantity\n2026-01-05,acme,a,2\n"
    (tmp_path / "usage.csv").write_text(usage)
    (tmp_path / "book.toml").write_text(BOOK)
    command = f"{sys.executable} -m lmprice rate usage.csv --book book.toml -o bill.csv {closed}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "acme,2026-01-01,2.00," in (tmp_path / "bill.csv").read_text()


@pytest.mark.engine
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_two_outputs_that_are_full() -> None:
    command = f"{sys.executable} -m lmprice functions > /dev/full 2> /dev/full"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == WRONG_USAGE


@pytest.mark.parametrize("columns", ["0", "1", "²", "-5", "9" * 5000])
def test_a_terminal_without_a_width(columns: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lmprice", "--version"],
        capture_output=True, check=False, env={**os.environ, "COLUMNS": columns},
    )  # fmt: skip
    assert done.stdout.startswith(b"lmprice ")


@pytest.mark.engine
@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode")
def test_bytes_of_a_name_that_are_no_text_stand_escaped(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff :bomb: [red].xlsx")
    shutil.copy(TEMPLATE, tmp_path / name)
    done = lmprice("evaluate", tmp_path / name, stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert r"\udcff :bomb: [red].xlsx" in done.stdout.decode()
    done = lmprice("evaluate", tmp_path / name, "--json", stdout=subprocess.PIPE)
    assert rf'{tmp_path}/\udcff :bomb: [red].xlsx"' in done.stdout.decode()
    summary = tmp_path / "all.csv"
    done = lmprice("evaluate", tmp_path, "--summary", summary, stdout=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert r"\udcff :bomb: [red].xlsx" in summary.read_text(encoding="utf-8-sig")


def test_a_model_cannot_write_lines_of_its_own(tmp_path: Path) -> None:
    usage, book = tmp_path / "usage.csv", tmp_path / "book.toml"
    book.write_text(BOOK)
    usage.write_text(
        "timestamp,customer,model,quantity\n"
        "2026-01-05,acme,:bomb: [red] \x1b[31m\u202e,1\n"
        "2026-01-05,acme,a,1\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(
        app, ["rate", str(usage), "--book", str(book), "-o", str(tmp_path / "bill.csv")]
    )
    assert result.exit_code == PROBLEMS
    assert r"has no model :bomb: [red] \x1b[31m\u202e" in result.stdout
