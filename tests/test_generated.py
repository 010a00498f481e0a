"""The generated files in the repository are those that the code generates."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest

import lmprice
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column, Term, Text

GENERATE = Path(__file__).parent.parent / ".ci" / "generate.py"


@pytest.mark.engine
def test_nothing_has_drifted() -> None:
    done = subprocess.run(
        [sys.executable, str(GENERATE), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture
def generate() -> Any:
    """The generator as a module."""
    spec = importlib.util.spec_from_file_location("generate", GENERATE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PLAIN = Term(Text("Quality", "质量"), Text("utils", "效用"), Text("Its quality", "质量"))
Quality = Annotated[float, PLAIN]
Outside = Annotated[float, replace(PLAIN, absent=-1e200)]


@pytest.mark.usefixtures("clean_registry")
def test_none_and_columns_in_the_stub_and_the_reference(generate: Any) -> None:
    @pricing_function("LMBEST", "dummy")
    def best(quality: Quality, outside: Outside = 0) -> Quality:
        """The sum of two.

        Examples
        --------
        >>> best(1)
        1.0
        """
        return quality + outside

    @pricing_function("LMGAINS", "dummy")
    def gains(qualities: Column[Quality], outside: Outside = 0) -> Column[Quality]:
        """What each is better.

        Examples
        --------
        >>> gains([3, 1.5])
        array([3. , 1.5])
        """
        return qualities - outside

    assert best(1) == 1
    assert gains([3, 1.5], None)[0] > 1e199
    one, column = lmprice.functions()[-2:]
    stub = generate._overloads(one)
    assert "def best(quality: Scalar, outside: Scalar | None = ...) -> float:\n" in stub
    assert "def best(quality: Values, outside: Values | None = ...) -> Array: ...\n" in stub
    stub = generate._overloads(column)
    assert "def gains(qualities: Values, outside: Values | None = ...) -> Array:\n" in stub
    about = "| outside | Its quality | utils | any number, -1E+200: none | 0 |\n"
    assert about in generate._entry(one)
    entry = generate._entry(column)
    assert about in entry
    assert "\nResult: a column; its quality (utils).\n" in entry
    assert entry.endswith("\n    =LMGAINS({3;1.5})  ->  {3;1.5}\n")
