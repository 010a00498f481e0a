"""Settings and workbook for Excel on Windows: first planned, then written.

Nothing is written if a file is in the way, and nothing that others wrote is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lmprice.excel_setup.conf import Configuration, named_modules, with_module
from lmprice.excel_setup.machine import INSTALL_XLWINGS, UDF_MODULE, Machine, SetupError, Xlwings
from lmprice.excel_setup.workbook import made_from, ready_workbook
from lmprice.output.files import write

NOT_ON_MAC = (
    "Excel for Mac cannot run functions of an installed Python; xlwings Lite can: "
    "lmprice excel lite"
)
NOT_ON_LINUX = (
    "there is no Excel for Linux; use the functions in LibreOffice (lmprice excel libreoffice), "
    "lmprice-functions.xlsx in Excel 365 without Python, or the templates (lmprice template)"
)


@dataclass(frozen=True)
class Step:
    """A file of the setup: what is written to it, if anything, and what there is to say."""

    path: Path
    content: bytes | None
    remarks: tuple[str, ...] = ()
    keeps_backup: bool = False


def plan(machine: Machine, workbook: Path, *, force: bool) -> tuple[Step, Step]:
    """What has to be done for the settings and for the workbook.

    Raises
    ------
    SetupError
        The computer is not one for it, xlwings is missing, or a file is in the way.
    """
    if not machine.is_windows:
        raise SetupError(not_applicable(machine.platform))
    if machine.xlwings is None:
        raise SetupError(f"xlwings is not installed: {INSTALL_XLWINGS}")
    return _settings(machine), _workbook(machine.xlwings, workbook, force=force)


def not_applicable(platform: str) -> str:
    """Why the functions are not set up in Excel on this system, and what there is instead."""
    return NOT_ON_MAC if platform == "darwin" else NOT_ON_LINUX


def carry_out(step: Step) -> Path | None:
    """Write the file of a step; the path of the backup, where there was something to keep."""
    if step.content is None:
        return None
    backup = None
    try:
        step.path.parent.mkdir(parents=True, exist_ok=True)
        if step.keeps_backup:
            backup = _free_backup(step.path)
            write(step.path.read_bytes(), backup)
        write(step.content, step.path, force=True)
    except OSError as error:
        raise SetupError(
            f"cannot write {step.path}: {error.strerror}; if it is open in Excel, close it"
        ) from None
    return backup


def _settings(machine: Machine) -> Step:
    path = machine.configuration
    exists = path.exists()
    try:
        content = path.read_bytes() if exists else b""
    except OSError as error:
        raise SetupError(f"cannot read {path}: {error.strerror}") from None
    configuration = Configuration.from_bytes(content)
    found = {key: configuration.get(key) for key in (*machine.settings, "UDF MODULES")}
    wanted = {
        key: value for key, value in machine.settings.items() if not machine.means(key, found[key])
    }
    if UDF_MODULE not in named_modules(found["UDF MODULES"]):
        wanted["UDF MODULES"] = with_module(found["UDF MODULES"], UDF_MODULE)
    if not wanted:
        return Step(path, None)
    remarks = [
        f'"{key}","{value}"' + (f' instead of "{found[key]}"' if found[key] else "")
        for key, value in wanted.items()
    ]
    if not found["UDF MODULES"]:
        remarks.append(
            "a workbook that names no modules of its own now imports these functions, "
            "not the module beside it"
        )
    updated = configuration.with_values(wanted).to_bytes()
    return Step(path, updated, tuple(remarks), keeps_backup=exists)


def _workbook(xlwings: Xlwings, path: Path, *, force: bool) -> Step:
    if path.suffix.lower() != ".xlsm":
        raise SetupError(f"{path} must end in .xlsm, or Excel does not open it: it has macros")
    if not path.parent.is_dir():
        raise SetupError(f"there is no folder {path.parent}")
    content = ready_workbook(xlwings)
    remarks = (f"from the workbook of xlwings {xlwings.version}",)
    if not path.exists():
        return Step(path, content, remarks)
    if path.is_file() and path.read_bytes() == content:
        return Step(path, None)
    if force:
        return Step(path, content, (*remarks, "in place of the file that was there"))
    made = made_from(path)
    if made == xlwings.version:
        # Most likely in use: functions imported, figures entered.
        return Step(path, None, ("it was made before and stays as it is",))
    if made is not None:
        raise SetupError(
            f"{path} is for xlwings {made}, but {xlwings.version} is installed; make another "
            "beside it with -o, or with --force a new one that loses what was entered"
        )
    raise SetupError(
        f"{path} exists and was not made by this command; choose another name with -o, "
        "or overwrite it with --force"
    )


def _free_backup(path: Path) -> Path:
    backup, number = path.with_name(path.name + ".bak"), 1
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.bak{number}")
    return backup
