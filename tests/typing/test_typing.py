"""Both type checkers see float for numbers and an array wherever an argument is one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_house import IMPORTS

pytestmark = pytest.mark.engine

CASES = Path(__file__).with_name("public_types.py")
USER = Path(__file__).with_name("user_script.py")
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


def test_mypy(tmp_path: Path) -> None:
    """Each kind as expected; what a user writes, and all imports that are shown, are clean."""
    imports = tmp_path / "imports.py"
    imports.write_text("\n".join(IMPORTS) + "\n")
    command = [sys.executable, "-m", "mypy", "--strict", str(CASES), str(USER), str(imports)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seen: dict[int, str] = {}
    found = re.findall(r"^(.*):(\d+): (note|error): (.*)$", done.stdout, re.M)
    for path, line, level, message in found:
        assert Path(path).name == CASES.name, done.stdout
        seen.setdefault(int(line), "error" if level == "error" else _kind(message))
    assert seen == EXPECTED, done.stdout
    assert "(checked 3 source files)" in done.stdout


def test_pyright() -> None:
    """Each kind as expected, and what a user writes is clean."""
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run([*command, CASES, USER], capture_output=True, text=True, check=False)
    seen: dict[int, str] = {}
    told = json.loads(done.stdout)
    for found in told["generalDiagnostics"]:
        assert Path(found["file"]).name == CASES.name, found
        line = found["range"]["start"]["line"] + 1
        is_error = found["severity"] == "error"
        seen.setdefault(line, "error" if is_error else _kind(found["message"]))
    assert seen == EXPECTED, done.stdout
    assert told["summary"]["filesAnalyzed"] == 2
