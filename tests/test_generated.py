"""The generated files in the repository are those that the code generates."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pytest

import lmprice
from lmprice.language.formula import pricing_function
from lmprice.language.terms import Column, Term, Text
from lmprice.scenarios import SCENARIOS, Scenario
from lmprice.workbook.building import workbook_bytes
from tests.workbook.made import made

GENERATE = Path(__file__).parent.parent / ".ci" / "generate.py"
EDITIONS = [
    (f"{name}{suffix}.xlsx", scenario, lang)
    for name, scenario in SCENARIOS.items()
    for lang, suffix in (("en", ""), ("zh", "-zh"))
]
NAMES = [name for name, _, _ in EDITIONS]


LOAD = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("generate", {str(GENERATE)!r})
generate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate)
"""
DRIFTED = """
files = generate.generated().items()
print([str(path) for path, new in files if generate.has_drifted(generate.ROOT / path, new)])
"""


@pytest.mark.engine
def test_nothing_has_drifted() -> None:
    """In a Python of its own: others may have registered functions in this one."""
    command = [sys.executable, "-c", LOAD + DRIFTED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n")


@pytest.fixture(scope="module")
def generate() -> Any:
    """The generator as a module."""
    namespace: dict[str, Any] = {}
    exec(LOAD, namespace)
    return namespace["generate"]


@pytest.mark.engine
@pytest.mark.parametrize(("name", "scenario", "lang"), EDITIONS, ids=NAMES)
def test_no_template_has_drifted_and_two_builds_are_the_same_bytes(
    generate: Any, name: str, scenario: type[Scenario], lang: str
) -> None:
    content = workbook_bytes(scenario(), lang=lang)
    assert content == made(scenario(), lang).content
    assert not generate.has_drifted(generate.ROOT / "templates" / name, content)


def test_all_templates_are_asked_for(generate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(scenario: Scenario, lang: str) -> bytes:
        return f"{type(scenario).__name__}-{lang}".encode()

    monkeypatch.setattr(generate, "workbook_bytes", known)
    asked = [(name, known(scenario(), lang)) for name, scenario, lang in EDITIONS]
    assert sorted(generate.templates()) == sorted(asked)


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
