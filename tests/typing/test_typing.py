"""Both type checkers see float for numbers and an array wherever an argument is one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

CASES = Path(__file__).with_name("public_types.py")
EXPECTED = {
    number: match[1]
    for number, line in enumerate(CASES.read_text().splitlines(), 1)
    if (match := re.search(r"# (float|array|expression|error)$", line))
}


def _kind(message: str) -> str:
    if "ndarray" in message and "float64" in message:
        return "array"
    if re.search(r'"(polars\.expr\.expr\.)?Expr"', message):
        return "expression"
    return "float" if re.search(r'"(builtins\.)?float"', message) else message


def test_mypy() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(CASES)],
        capture_output=True,
        text=True,
        check=False,
    )
    seen: dict[int, str] = {}
    for line, level, message in re.findall(r":(\d+): (note|error): (.*)", done.stdout):
        seen.setdefault(int(line), "error" if level == "error" else _kind(message))
    assert seen == EXPECTED, done.stdout


def test_pyright() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", CASES],
        capture_output=True,
        text=True,
        check=False,
    )
    seen: dict[int, str] = {}
    for found in json.loads(done.stdout)["generalDiagnostics"]:
        line = found["range"]["start"]["line"] + 1
        is_error = found["severity"] == "error"
        seen.setdefault(line, "error" if is_error else _kind(found["message"]))
    assert seen == EXPECTED, done.stdout


USER = Path(__file__).with_name("user_script.py")


def test_a_users_script_is_clean_to_mypy() -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(USER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_users_script_is_clean_to_pyright() -> None:
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(USER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
