"""LibreOffice with the add-in installed, apart from what is installed on this computer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

DRIVER = Path(__file__).with_name("calc_driver.py")
PATIENCE = 120  # seconds

# LibreOffice's Python takes the first python3 of the path for its own home.  In a virtual
# environment that would be the library of another Python, and LibreOffice would fail.
OUTSIDE = {**os.environ, "PATH": "/usr/bin:/bin"}

collect_ignore = [DRIVER.name]  # it runs in LibreOffice's Python, which alone has uno

SURCHARGES = '''\
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Quantity, Revenue, UnitPrice


@pricing_function("LMSURCHARGED", "test")
def surcharged(quantity: Quantity, price: UnitPrice, surcharge: UnitPrice = 1) -> Revenue:
    """Revenue with a surcharge on every unit."""
    return quantity * (price + surcharge)
'''


class Answer(NamedTuple):
    """What Calc computed."""

    cells: dict[str, Any]
    seconds: float
    wizard: dict[str, Any]
    again: dict[str, Any]


class Calc:
    """A LibreOffice with its own profile and its own extensions."""

    def __init__(self, soffice: str, python: str, directory: Path) -> None:
        self.soffice = soffice
        self.python = python
        extensions = directory / "extensions"
        extensions.mkdir()
        self.environment = [
            f"-env:UserInstallation={(directory / 'profile').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES={extensions.as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={extensions.as_uri()}",
        ]

    def install(self, extension: Path) -> subprocess.CompletedProcess[str]:
        """Add an extension with LibreOffice's own command."""
        # unopkg refuses root without --shared, which means the directories of this Calc.
        shared = ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        unopkg = str(Path(self.soffice).with_name("unopkg"))
        command = [unopkg, "add", *shared, "--suppress-license", str(extension)]
        return subprocess.run(
            [*command, *self.environment],
            env=OUTSIDE,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def compute(
        self,
        cells: Mapping[str, float | str],
        arrays: Mapping[str, str] | None = None,
        *,
        rows: Mapping[str, list[list[str]]] | None = None,
        saved: Path | None = None,
    ) -> Answer:
        """Type into cells, enter array formulas, recalculate; what the formulas show then."""
        job = {
            "cells": cells,
            "rows": rows or {},
            "arrays": arrays or {},
            "saved": str(saved) if saved else None,
        }
        result = subprocess.run(
            [self.python, str(DRIVER), self.soffice, *self.environment],
            env=OUTSIDE,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return Answer(**{"again": {}, **json.loads(result.stdout)})


@pytest.fixture(scope="session")
def uno_python() -> str:
    """LibreOffice's Python; without it a test is skipped, but not in CI."""
    # Debian's LibreOffice uses the system's Python, whatever environment the tests run in.
    command = shutil.which("python3", path="/usr/bin")
    if command is None or subprocess.run([command, "-c", "import uno"], check=False).returncode:
        assert "CI" not in os.environ, "CI installs python3-uno; without it nothing is proved"
        pytest.skip("LibreOffice's Python is not installed")
    return command


@pytest.fixture(scope="session")
def calc(soffice: str, uno_python: str, tmp_path_factory: pytest.TempPathFactory) -> Calc:
    """Calc with the add-in, and with functions that only their decorator made known."""
    directory = tmp_path_factory.mktemp("libreoffice")
    extension = directory / "lmprice.oxt"
    (directory / "surcharges.py").write_text(SURCHARGES, encoding="utf-8")
    shutil.copy(Path(__file__).parent.parent / "language" / "toys.py", directory)
    code = (
        "import pathlib, surcharges, toys, lmprice_excel.libreoffice as libreoffice\n"
        f"libreoffice.build_oxt(pathlib.Path({str(extension)!r}))\n"
    )
    search = os.pathsep.join([str(directory), *filter(None, sys.path)])
    subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": search}, check=True
    )
    calc = Calc(soffice, uno_python, directory)
    installed = calc.install(extension)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return calc
