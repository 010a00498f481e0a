"""What is right and what is wrong with the setup, and the next step for everything wrong."""

from __future__ import annotations

import importlib
import platform
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lmprice import chapters
from lmprice.excel_setup.conf import Configuration, named_modules
from lmprice.excel_setup.excel import excel_version, trusts_macro_access
from lmprice.excel_setup.install import not_applicable
from lmprice.excel_setup.machine import (
    INSTALL_XLWINGS,
    REINSTALL_XLWINGS,
    UDF_MODULE,
    Machine,
    Xlwings,
)

INSTALL = "lmprice excel install"
REINSTALL = 'pip install --force-reinstall "lmprice[excel]"'
_MAC_EXCEL = Path("Applications/Microsoft Excel.app")


class Status(StrEnum):
    """How a check ended; a note is worth knowing, but nothing is broken."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One line of the report."""

    subject: str
    status: Status
    finding: str
    next_step: str = ""

    def __str__(self) -> str:
        step = f"; next: {self.next_step}" if self.next_step else ""
        return f"{self.status:<7}  {self.subject}: {self.finding}{step}"


def examine(machine: Machine, root: Path = Path("/")) -> list[Check]:
    """All checks that apply to this computer; ``root`` is where its file system starts."""
    checks = [_interpreter(machine), _computation(), _xlwings(machine)]
    if machine.xlwings is not None:
        checks.append(_import())
    if not machine.is_windows:
        return [*checks, *_elsewhere(machine, root)]
    if machine.xlwings is not None:
        checks.append(_library(machine, machine.xlwings))
    return [*checks, *_excel(), *_configuration(machine)]


def _interpreter(machine: Machine) -> Check:
    return Check("Python", Status.OK, f"{platform.python_version()} in {machine.interpreter}")


def _computation() -> Check:
    subject = "LMPROFIT(100,20,10,100)"
    found = [f for f in chapters.functions() if f.excel_name == "LMPROFIT"]
    value = found[0].function(100, 20, 10, 100) if found else None
    if value == 900:
        return Check(subject, Status.OK, "900")
    finding = "is not registered" if value is None else f"gives {value} and not 900"
    return Check(subject, Status.PROBLEM, finding, REINSTALL)


def _xlwings(machine: Machine) -> Check:
    if machine.xlwings is not None:
        found = f"{machine.xlwings.version} in {machine.xlwings.directory}"
        return Check("xlwings", Status.OK, found)
    if machine.is_windows:
        return Check("xlwings", Status.PROBLEM, "is not installed", INSTALL_XLWINGS)
    return Check("xlwings", Status.NOTE, "is not installed and not needed on this system")


def _import() -> Check:
    try:
        module = importlib.import_module(UDF_MODULE)
        functions = [name for name in dir(module) if name.startswith("LM")]
        module.LMPROFIT  # noqa: B018  (made when it is asked for)
    except Exception as error:  # whatever it is, the report must go on
        finding = f"cannot be loaded ({type(error).__name__}: {error})"
        return Check(UDF_MODULE, Status.PROBLEM, finding, REINSTALL)
    return Check(UDF_MODULE, Status.OK, f"{len(functions)} functions")


def _library(machine: Machine, xlwings: Xlwings) -> Check:
    """The DLL that the macros load from beside the interpreter or from the folder above."""
    names = [f"xlwings{bits}-{xlwings.version}.dll" for bits in (64, 32)]
    folder = Path(machine.interpreter).parent
    found = [p for d in (folder, folder.parent) for name in names if (p := d / name).is_file()]
    if found:
        return Check("xlwings DLL", Status.OK, str(found[0]))
    return Check(
        "xlwings DLL",
        Status.PROBLEM,
        f"{names[0]} is neither in {folder} nor in the folder above",
        f"make a virtual environment (py -m venv), and in it: {INSTALL_XLWINGS}; if this is one "
        f"already: {REINSTALL_XLWINGS}",
    )


def _excel() -> list[Check]:
    version = excel_version()
    if version is None:
        step = "install Excel for Windows, or start it once so that it registers itself"
        return [Check("Excel", Status.PROBLEM, "is not installed", step)]
    checks = [Check("Excel", Status.OK, f"version {version}")]
    if trusts_macro_access(version):
        return [*checks, Check("Access to macros", Status.OK, "is trusted")]
    step = (
        "File > Options > Trust Center > Trust Center Settings > Macro Settings: "
        'tick "Trust access to the VBA project object model"'
    )
    finding = "is not trusted, which it must be while functions are imported"
    return [*checks, Check("Access to macros", Status.NOTE, finding, step)]


def _configuration(machine: Machine) -> list[Check]:
    path = machine.configuration
    try:
        configuration = Configuration.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return [Check("Settings", Status.PROBLEM, f"there is no {path}", INSTALL)]
    except OSError as error:
        finding = f"cannot read {path}: {error.strerror}"
        return [Check("Settings", Status.PROBLEM, finding, "make the file readable")]
    checks = [Check("Settings", Status.OK, str(path))]
    checks += [_setting(machine, key, configuration.get(key)) for key in machine.settings]
    modules = configuration.get("UDF MODULES")
    if UDF_MODULE in named_modules(modules):
        checks.append(Check("UDF MODULES", Status.OK, str(modules)))
    else:
        finding = f'is "{modules}"' if modules else "is not set"
        finding = f"{finding} and does not name {UDF_MODULE}"
        checks.append(Check("UDF MODULES", Status.PROBLEM, finding, INSTALL))
    if machine.conda is None:
        checks += _stale_conda(machine, configuration.get("CONDA PATH"))
    return checks


def _setting(machine: Machine, key: str, value: str | None) -> Check:
    if not value:
        return Check(key, Status.PROBLEM, "is not set", INSTALL)
    is_path = key == "INTERPRETER_WIN" and value.lower() not in ("python", "pythonw")
    if is_path and not Path(machine.expanded(value)).is_file():
        return Check(key, Status.PROBLEM, f"{value} does not exist", INSTALL)
    if not machine.means(key, value):
        finding = f"{value} is not this Python, which needs {machine.settings[key]}"
        return Check(key, Status.PROBLEM, finding, INSTALL)
    return Check(key, Status.OK, value)


def _stale_conda(machine: Machine, value: str | None) -> list[Check]:
    # xlwings imports no functions while this names a conda that is gone, even if it is not used.
    if not value or Path(machine.expanded(value), "condabin", "conda.bat").is_file():
        return []
    finding = f"{value} has no condabin\\conda.bat, and xlwings then imports nothing"
    step = f"delete the line CONDA PATH from {machine.configuration}"
    return [Check("CONDA PATH", Status.PROBLEM, finding, step)]


def _elsewhere(machine: Machine, root: Path) -> list[Check]:
    reason = not_applicable(machine.platform)
    if machine.platform == "darwin":
        there = "is installed" if (root / _MAC_EXCEL).exists() else "is not in /Applications"
        return [Check("Excel", Status.NOTE, f"{there}; {reason}")]
    office = shutil.which("soffice")
    libreoffice = (
        Check("LibreOffice", Status.NOTE, "is not installed")
        if office is None
        else Check("LibreOffice", Status.OK, office)
    )
    return [Check("Excel", Status.NOTE, reason), libreoffice]
