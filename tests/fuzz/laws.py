"""What holds for every command on every input."""

from __future__ import annotations

import os
import re
from pathlib import Path

from typer.testing import CliRunner, Result

from lmprice.cli.main import app

LIBRARIES = re.compile(
    r"polars|pydantic|openpyxl|zipfile|expat|pyo3|numpy\.|Traceback|ColumnNotFound|site-packages",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def run(folder: Path, *arguments: str) -> Result:
    """Run a command in a folder; it ends well, or says why in lines of its own."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(app, list(arguments))
    finally:
        os.chdir(before)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(
        result.exception
    )
    assert result.exit_code in (0, 1, 2), result.exit_code
    assert result.exit_code == 0 or result.output.strip(), "it ends without a word"
    assert not LIBRARIES.search(result.stderr), result.stderr[:500]
    assert not CONTROL.search(result.output), repr(result.output[:500])
    left = [path.name for path in folder.iterdir() if path.name.endswith(".part")]
    assert not left, left
    return result
