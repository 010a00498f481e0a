"""A Windows computer with Excel, as far as the setup can see, in a temporary folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from lmprice.excel_setup import excel
from lmprice.excel_setup.machine import Machine, Xlwings, installed_xlwings


@pytest.fixture
def xlwings() -> Xlwings:
    found = installed_xlwings()
    assert found is not None
    return found


@pytest.fixture
def windows(tmp_path: Path, xlwings: Xlwings) -> Machine:
    """A virtual environment with xlwings on Windows; nothing is set up yet."""
    environment = tmp_path / "venv"
    interpreter = environment / "Scripts" / "python.exe"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    (environment / f"xlwings64-{xlwings.version}.dll").touch()
    home = tmp_path / "home"
    home.mkdir()
    return Machine("win32", home, str(interpreter), str(environment), {}, xlwings)


@pytest.fixture
def conda(windows: Machine, tmp_path: Path) -> Machine:
    """The same with an activated conda environment named ``pricing``."""
    root = tmp_path / "miniconda"
    prefix = root / "envs" / "pricing"
    prefix.mkdir(parents=True)
    (prefix / "python.exe").touch()
    variables = {"CONDA_EXE": str(root / "Scripts" / "conda.exe"), "CONDA_PREFIX": str(prefix)}
    interpreter = str(prefix / "python.exe")
    return replace(windows, prefix=str(prefix), interpreter=interpreter, environment=variables)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return tmp_path / "lmprice.xlsm"


def write_settings(machine: Machine, text: str) -> Path:
    path = machine.configuration
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


@dataclass
class Registry:
    """A stand-in for ``winreg``: values by path and name."""

    values: dict[tuple[str, str], object] = field(default_factory=dict)
    HKEY_CLASSES_ROOT = "HKCR"
    HKEY_CURRENT_USER = "HKCU"

    def QueryValue(self, root: str, path: str) -> object:  # noqa: N802
        return self._found(f"{root}\\{path}", "")

    @contextlib.contextmanager
    def OpenKey(self, root: str, path: str) -> Iterator[str]:  # noqa: N802
        yield f"{root}\\{path}"

    def QueryValueEx(self, key: str, name: str) -> tuple[object, int]:  # noqa: N802
        return self._found(key, name), 4

    def _found(self, key: str, name: str) -> object:
        if (key, name) not in self.values:
            raise FileNotFoundError(key)
        return self.values[key, name]


SECURITY = r"Software{}\Microsoft\Office\16.0\Excel\Security"
USER_TRUST = ("HKCU\\" + SECURITY.format(""), "AccessVBOM")
POLICY_TRUST = ("HKCU\\" + SECURITY.format(r"\Policies"), "AccessVBOM")
EXCEL = (r"HKCR\Excel.Application\CurVer", "")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Excel 16 is installed, and access to macros trusted."""
    found = Registry({EXCEL: "Excel.Application.16", USER_TRUST: 1})
    monkeypatch.setattr(excel, "_winreg", lambda: found)
    return found


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Puts a machine in the place of the one the tests run on."""

    def stand_in(machine: Machine) -> None:
        monkeypatch.setattr("lmprice.excel_setup.machine.this_machine", lambda: machine)

    return SimpleNamespace(is_=stand_in)
