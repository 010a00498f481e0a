from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import lmprice
from lmprice.excel_setup import doctor
from lmprice.excel_setup.doctor import Check, Status, examine
from lmprice.excel_setup.install import carry_out, plan
from lmprice.excel_setup.machine import Machine, Xlwings
from tests.excel_setup.conftest import EXCEL, POLICY_TRUST, USER_TRUST, Registry, write_settings

pytestmark = pytest.mark.usefixtures("registry")


@pytest.fixture
def installed(windows: Machine, workbook: Path) -> Machine:
    for step in plan(windows, workbook, force=False):
        carry_out(step)
    return windows


def found(machine: Machine, subject: str) -> Check:
    (check,) = [c for c in examine(machine) if c.subject == subject]
    return check


def problem(machine: Machine, subject: str) -> tuple[str, str]:
    check = found(machine, subject)
    assert check.status is Status.PROBLEM
    assert str(check).startswith(f"problem  {subject}: ")
    assert str(check).endswith(f"; next: {check.next_step}")
    return check.finding, check.next_step


def test_all_is_well(installed: Machine) -> None:
    checks = examine(installed)
    assert {check.status for check in checks} == {Status.OK}
    assert [check.subject for check in checks] == [
        "Python",
        "LMPROFIT(100,20,10,100)",
        "xlwings",
        "lmprice_excel",
        "xlwings DLL",
        "Excel",
        "Access to macros",
        "Settings",
        "INTERPRETER_WIN",
        "UDF MODULES",
    ]
    assert str(checks[1]) == "ok       LMPROFIT(100,20,10,100): 900"


def test_all_is_well_in_conda(conda: Machine, workbook: Path, xlwings: Xlwings) -> None:
    Path(conda.prefix, f"xlwings64-{xlwings.version}.dll").touch()
    for step in plan(conda, workbook, force=False):
        carry_out(step)
    assert {check.status for check in examine(conda)} == {Status.OK}
    assert found(conda, "CONDA ENV").finding == "pricing"


def test_a_wrong_number(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    profit = next(f for f in lmprice.functions() if f.name == "profit")
    wrong = replace(profit, function=lambda *_: 1.0)
    monkeypatch.setattr("lmprice.chapters.functions", lambda: (wrong,))
    finding, step = problem(installed, "LMPROFIT(100,20,10,100)")
    assert (finding, step) == ("gives 1.0 and not 900", doctor.REINSTALL)


def test_no_function(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmprice.chapters.functions", lambda: ())
    assert problem(installed, "LMPROFIT(100,20,10,100)")[0] == "is not registered"


def test_no_xlwings(installed: Machine) -> None:
    bare = replace(installed, xlwings=None)
    assert problem(bare, "xlwings") == ("is not installed", 'pip install "lmprice[excel]"')
    # what cannot work without it is not reported again
    assert not {"lmprice_excel", "xlwings DLL"} & {check.subject for check in examine(bare)}


def test_the_module_fails(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> ModuleType:
        if name == "lmprice_excel":
            raise ImportError("DLL load failed")
        return original(name)

    original = importlib.import_module
    monkeypatch.setattr(importlib, "import_module", fail)
    finding, step = problem(installed, "lmprice_excel")
    assert finding == "cannot be loaded (ImportError: DLL load failed)"
    assert step == doctor.REINSTALL


def test_the_module_is_another(installed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[[str], ModuleType] = importlib.import_module
    other = ModuleType("lmprice_excel")
    monkeypatch.setattr(
        importlib, "import_module", lambda n: other if n == "lmprice_excel" else original(n)
    )
    assert "AttributeError" in problem(installed, "lmprice_excel")[0]


def test_the_dll_is_missing(installed: Machine, xlwings: Xlwings) -> None:
    next(Path(installed.prefix).glob("*.dll")).unlink()
    finding, step = problem(installed, "xlwings DLL")
    assert finding.startswith(f"xlwings64-{xlwings.version}.dll is neither in ")
    assert "py -m venv" in step
    assert "pip install --force-reinstall" in step


def test_the_dll_may_stand_beside_the_interpreter(installed: Machine, xlwings: Xlwings) -> None:
    dll = next(Path(installed.prefix).glob("*.dll"))
    dll.rename(Path(installed.interpreter).parent / f"xlwings32-{xlwings.version}.dll")
    assert found(installed, "xlwings DLL").status is Status.OK


def test_no_excel(installed: Machine, registry: Registry) -> None:
    del registry.values[EXCEL]
    assert problem(installed, "Excel")[0] == "is not installed"


def test_access_to_macros_is_a_note(installed: Machine, registry: Registry) -> None:
    del registry.values[USER_TRUST]
    check = found(installed, "Access to macros")
    assert check.status is Status.NOTE
    assert "Trust Center" in check.next_step


def test_a_policy_comes_before_the_user(installed: Machine, registry: Registry) -> None:
    registry.values[POLICY_TRUST] = 0
    assert found(installed, "Access to macros").status is Status.NOTE


def test_no_settings(windows: Machine) -> None:
    finding, step = problem(windows, "Settings")
    assert finding == f"there is no {windows.configuration}"
    assert step == "lmprice excel install"


def test_settings_that_cannot_be_read(windows: Machine) -> None:
    windows.configuration.mkdir(parents=True)
    assert problem(windows, "Settings")[1] == "make the file readable"


def test_an_interpreter_that_is_gone(windows: Machine) -> None:
    write_settings(windows, '"INTERPRETER_WIN","C:\\gone\\python.exe"\n')
    expected = (r"C:\gone\python.exe does not exist", "lmprice excel install")
    assert problem(windows, "INTERPRETER_WIN") == expected


def test_another_interpreter(windows: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other" / "python.exe"
    other.parent.mkdir()
    other.touch()
    write_settings(windows, f'"INTERPRETER_WIN","{other}"\n')
    finding, step = problem(windows, "INTERPRETER_WIN")
    assert finding == f"{other} is not this Python, which needs {windows.interpreter}"
    assert step == "lmprice excel install"


def test_whatever_python_comes_first(windows: Machine) -> None:
    write_settings(windows, '"INTERPRETER_WIN","python"\n')
    assert "is not this Python" in problem(windows, "INTERPRETER_WIN")[0]


def test_no_interpreter(windows: Machine) -> None:
    write_settings(windows, '"UDF MODULES","lmprice_excel"\n')
    expected = ("is not set", "lmprice excel install")
    assert problem(windows, "INTERPRETER_WIN") == expected


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("", "is not set and does not name lmprice_excel"),
        ('"UDF MODULES","mine"\n', 'is "mine" and does not name lmprice_excel'),
    ],
)
def test_modules_without_ours(windows: Machine, line: str, finding: str) -> None:
    write_settings(windows, f'"INTERPRETER_WIN","{windows.interpreter}"\n{line}')
    assert problem(windows, "UDF MODULES") == (finding, "lmprice excel install")


def test_a_conda_that_is_gone(installed: Machine, tmp_path: Path) -> None:
    path = installed.configuration
    path.write_text(path.read_text() + f'"CONDA PATH","{tmp_path}"\n')
    finding, step = problem(installed, "CONDA PATH")
    assert "no condabin" in finding
    assert step == f"delete the line CONDA PATH from {path}"
    (tmp_path / "condabin").mkdir()
    (tmp_path / "condabin" / "conda.bat").touch()
    assert "CONDA PATH" not in {check.subject for check in examine(installed)}


def test_on_linux_nothing_is_wrong(windows: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    linux = replace(windows, platform="linux", xlwings=None)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert found(linux, "LibreOffice").status is Status.OK
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert found(linux, "LibreOffice").status is Status.NOTE
    assert "there is no Excel for Linux" in found(linux, "Excel").finding
    assert "not needed" in found(linux, "xlwings").finding
    assert Status.PROBLEM not in {check.status for check in examine(linux)}


def test_on_a_mac_excel_needs_xlwings_lite(windows: Machine, tmp_path: Path) -> None:
    mac = replace(windows, platform="darwin")
    check = examine(mac, tmp_path)[-1]
    assert check.status is Status.NOTE
    assert check.finding.startswith("is not in /Applications; ")
    (tmp_path / "Applications" / "Microsoft Excel.app").mkdir(parents=True)
    check = examine(mac, tmp_path)[-1]
    assert check.finding.startswith("is installed; ")
    assert "lmprice excel lite" in check.finding
