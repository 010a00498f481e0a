"""Fixtures for all tests."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from hypothesis import settings

import lmprice.language.formula

# Read by type checkers and never run; and what registers functions wherever it is imported.
collect_ignore = ["typing/public_types.py", "language/toys.py"]

# Formulas are compared with spreadsheet engines on more examples; see test_parity.
settings.register_profile("laws", max_examples=100, deadline=None, print_blob=True)
settings.load_profile("laws")


@pytest.fixture
def clean_registry() -> Iterator[None]:
    """Takes functions that a test registers out of the registry again."""
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
def soffice() -> str:
    """The LibreOffice command; without it a test is skipped, but not in CI."""
    command = shutil.which("soffice")
    if command is None:
        assert "CI" not in os.environ, "CI installs LibreOffice; without it nothing is proved"
        pytest.skip("LibreOffice is not installed")
    return command
