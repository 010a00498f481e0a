"""What the Windows registry says about Excel."""

from __future__ import annotations

import importlib
from typing import Any


def excel_version() -> str | None:
    """The version of the installed Excel, such as "16"; None where there is none.

    Looked for is the entry through which xlwings itself finds Excel.
    """
    winreg = _winreg()
    try:
        current = winreg.QueryValue(winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CurVer")
    except OSError:
        return None
    return str(current).rpartition(".")[2]


def trusts_macro_access(version: str) -> bool:
    """Whether programs may add macros to a workbook, as xlwings does to import functions.

    What an administrator has set comes before what the user has.
    """
    winreg = _winreg()
    for office in (r"Software\Policies\Microsoft\Office", r"Software\Microsoft\Office"):
        path = rf"{office}\{version}.0\Excel\Security"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                value, _ = winreg.QueryValueEx(key, "AccessVBOM")
        except OSError:
            continue
        return bool(value == 1)
    return False


def _winreg() -> Any:
    # By name, because type checkers on other systems know nothing of it.
    return importlib.import_module("winreg")
