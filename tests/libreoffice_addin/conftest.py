"""LibreOffice with the add-in installed, apart from what is installed on this computer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import OUTSIDE, PATIENCE, Office

SURCHARGES = '''\
from lmprice.language.formula import pricing_function
from lmprice.language.quantities import Quantity, Revenue, UnitPrice


@pricing_function("LMSURCHARGED", "test")
def surcharged(quantity: Quantity, price: UnitPrice, surcharge: UnitPrice = 1) -> Revenue:
    """Revenue with a surcharge on every unit."""
    return quantity * (price + surcharge)
'''


class Calc(Office):
    """A LibreOffice with extensions of its own."""

    def __init__(self, soffice: str, python: str, folder: Path):
        super().__init__(soffice, python, folder)
        extensions = folder / "extensions"
        extensions.mkdir()
        self.environment += [
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


@pytest.fixture(scope="session")
def calc(
    soffice_command: str, uno_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calc]:
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
    with Calc(soffice_command, uno_python, directory) as calc:
        installed = calc.install(extension)
        assert installed.returncode == 0, installed.stdout + installed.stderr
        yield calc
