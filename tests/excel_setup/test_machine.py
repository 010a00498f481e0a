from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lmprice.excel_setup.machine import Machine, installed_xlwings, this_machine


def test_this_machine_is_the_one_that_runs() -> None:
    found = this_machine()
    assert found.interpreter == sys.executable
    assert found.home == Path.home()
    assert found.xlwings is not None
    assert (found.xlwings.directory / "quickstart_standalone.xlsm").is_file()


@pytest.mark.parametrize("spec", [None, SimpleNamespace(origin=None)])
def test_no_xlwings(monkeypatch: pytest.MonkeyPatch, spec: object) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    assert installed_xlwings() is None


def test_settings_file_is_where_xlwings_reads_it() -> None:
    # xlwings' own rule for Windows and Linux
    import xlwings

    assert str(this_machine().configuration) == xlwings.USER_CONFIG_FILE


def test_a_virtual_environment_is_named_by_its_interpreter(windows: Machine) -> None:
    assert windows.conda is None
    assert windows.settings == {"INTERPRETER_WIN": windows.interpreter}


def test_conda_environments_have_to_be_activated(conda: Machine) -> None:
    root = conda.environment["CONDA_EXE"].removesuffix("/Scripts/conda.exe").replace("/", "\\")
    expected = {"INTERPRETER_WIN": "python", "CONDA PATH": root, "CONDA ENV": "pricing"}
    assert conda.settings == expected


def test_the_base_environment_of_conda(conda: Machine) -> None:
    root = str(Path(conda.prefix).parent.parent)
    base = replace(conda, prefix=root, environment={**conda.environment, "CONDA_PREFIX": root})
    assert base.settings["CONDA ENV"] == "base"


def test_a_conda_environment_elsewhere_is_named_by_its_path(conda: Machine) -> None:
    other = r"D:\projects\env"
    found = replace(conda, prefix=other, environment={**conda.environment, "CONDA_PREFIX": other})
    assert found.settings["CONDA ENV"] == other


def test_a_virtual_environment_made_by_conda_python_is_none_of_conda(conda: Machine) -> None:
    assert replace(conda, prefix=r"C:\work\.venv").conda is None


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (r"C:\venv\Scripts\python.exe", True),
        (r"c:/VENV/scripts/PYTHON.EXE", True),
        (r"C:\venv\Scripts\pythonw.exe", True),
        (r"%venv%\Scripts\python.exe", True),
        (r"%OTHER%\Scripts\python.exe", False),
        (r"C:\other\Scripts\python.exe", False),
        ("python", False),
        (None, False),
    ],
)
def test_which_interpreters_are_this_one(windows: Machine, value: str | None, same: bool) -> None:
    here = replace(
        windows, interpreter=r"C:\venv\Scripts\python.exe", environment={"VENV": r"C:\venv"}
    )
    assert here.means("INTERPRETER_WIN", value) is same
