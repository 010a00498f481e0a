"""What the command line loads before it knows which command is to run."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("numpy", "pydantic", "polars", "openpyxl", "scipy", "lmprice.billing")


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, lmprice.cli.main; print(*sys.modules, sep=chr(10))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = done.stdout.split()
    assert "lmprice.cli.rate" in loaded
    assert [name for name in HEAVY if name in loaded] == []
