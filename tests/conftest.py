"""Fixtures for all tests."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

import lmprice.language.formula
from tests import shared
from tests.office import Office

# Where Python is asked to leave no bytecode among the sources, it stands in pytest's own folder:
# otherwise each worker, and each program that a test starts, compiles everything again.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parent.parent / ".pytest_cache" / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# Read by type checkers and never run; and what registers functions wherever it is imported.
collect_ignore = ["typing/public_types.py", "language/toys.py"]
collect_ignore += ["office/driver.py"]  # it runs in LibreOffice's Python, which alone has uno

# Who asks for one of these meets LibreOffice.
OFFICE = {"soffice", "soffice_command", "uno_python", "calc"}

# Formulas are compared with spreadsheet engines on more examples; see test_parity.
settings.register_profile("laws", max_examples=100, deadline=None, print_blob=True)
settings.register_profile("loop", settings.get_profile("laws"), max_examples=25)
settings.load_profile("laws")


def pytest_configure(config: pytest.Config) -> None:
    """A quarter of the examples in the working loop."""
    if config.option.markexpr == "not engine":
        settings.load_profile("loop")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as tests with an engine those that meet LibreOffice, a browser or a cluster."""
    for item in items:
        meets_office = OFFICE & set(getattr(item, "fixturenames", ()))
        if meets_office or item.get_closest_marker("browser") or item.get_closest_marker("scale"):
            item.add_marker(pytest.mark.engine)


def pytest_collection_finish() -> None:
    """What has been imported and collected stays: looking for garbage in it takes time.

    A workbook is a hundred thousand objects that live for a while, so it is looked for less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared.folder = tmp_path_factory.getbasetemp().parent / "shared"
        shared.folder.mkdir(exist_ok=True)


@pytest.fixture
def clean_registry() -> Iterator[None]:
    """Takes functions that a test registers out of the registry again."""
    lmprice.functions()  # loads all chapters, which register theirs once
    before = dict(lmprice.language.formula._registry)
    yield
    lmprice.language.formula._registry.clear()
    lmprice.language.formula._registry.update(before)


@pytest.fixture
def toys(clean_registry: None) -> Iterator[ModuleType]:
    """Functions whose result is a column, registered for one test."""
    yield importlib.import_module("tests.language.toys")
    del sys.modules["tests.language.toys"]


@pytest.fixture(scope="session")
def soffice_command() -> str:
    """The LibreOffice command; without it a test is skipped, but not in CI."""
    command = shutil.which("soffice")
    if command is None:
        assert "CI" not in os.environ, "CI installs LibreOffice; without it nothing is proved"
        pytest.skip("LibreOffice is not installed")
    return command


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
def soffice(
    soffice_command: str, uno_python: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """A LibreOffice that stays open for all tests."""
    with Office(soffice_command, uno_python, tmp_path_factory.mktemp("office")) as office:
        yield office
