from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import lmprice
from lmprice.excel_setup.lite import files, write_files
from lmprice.excel_setup.machine import SetupError

# In xlwings Lite the decorator marks a function, and the functions of main.py that are marked
# become custom functions.  Elsewhere it returns the function as it is, so here it marks by itself.
COLLECT = """
import inspect, json
import xlwings

def func(f=None, **options):
    def mark(f):
        f.__xlfunc__ = {"name": f.__name__}
        return f
    return mark if f is None else mark(f)

xlwings.func = func
import main

found = {n: f for n, f in inspect.getmembers(main) if hasattr(f, "__xlfunc__")}
print(json.dumps({"names": sorted(found), "profit": found["LMPROFIT"](100.0, 20.0, 10.0, 100.0)}))
"""


@pytest.mark.engine
def test_main_registers_every_function(tmp_path: Path) -> None:
    write_files(tmp_path)
    (tmp_path / "collect.py").write_text(COLLECT)
    run = subprocess.run(
        [sys.executable, tmp_path / "collect.py"], capture_output=True, text=True, check=True
    )
    found = json.loads(run.stdout)
    assert found["profit"] == 900
    assert {f.excel_name for f in lmprice.functions()} <= set(found["names"])


def test_requirements_can_be_installed_there() -> None:
    lines = files()["requirements.txt"].splitlines()
    requirements = {r.name: r for r in map(Requirement, lines)}
    assert requirements.keys() == {"lmprice", "xlwings"}
    # exactly this version: its functions are the ones that were tried
    assert str(requirements["lmprice"].specifier) == f"=={lmprice.__version__}"
    assert "0.37.8" in requirements["xlwings"].specifier
    assert "1.0" not in requirements["xlwings"].specifier


def test_a_second_time_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder"
    assert set(write_files(target).values()) == {True}
    assert set(write_files(target).values()) == {False}
    assert {p.name: p.read_text() for p in target.iterdir()} == files()


def test_a_file_in_the_way_stays_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("mine")
    with pytest.raises(SetupError, match=r"main\.py exists and holds something else"):
        write_files(tmp_path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("main.py", "mine")]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="cannot write to"):
        write_files(tmp_path / "file" / "folder")
