"""What there is to know of the computer: system, home, interpreter, xlwings."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from lmprice.language.errors import InputError

UDF_MODULE = "lmprice_excel"
# Double quotes, because cmd.exe passes single quotes on to pip.
INSTALL_XLWINGS = 'pip install "lmprice[excel]"'
REINSTALL_XLWINGS = 'pip install --force-reinstall "xlwings>=0.33"'

_PYTHONS = ("python.exe", "pythonw.exe")


class SetupError(InputError):
    """Something is in the way of the setup; the message says what, and what to do."""


@dataclass(frozen=True)
class Xlwings:
    """The installed xlwings."""

    version: str
    directory: Path


@dataclass(frozen=True)
class Machine:
    """A computer, as far as setting up Excel is concerned."""

    platform: str
    home: Path
    interpreter: str
    prefix: str
    environment: Mapping[str, str]
    xlwings: Xlwings | None

    @property
    def is_windows(self) -> bool:
        """Whether Excel can run functions of this Python through the xlwings add-in."""
        return self.platform == "win32"

    @property
    def configuration(self) -> Path:
        """The file of the user's xlwings settings on Windows."""
        return self.home / ".xlwings" / "xlwings.conf"

    @property
    def conda(self) -> tuple[str, str] | None:
        """Where conda is and which of its environments runs; None outside of conda.

        Conda's variables alone are no proof: in a virtual environment on top of an activated conda
        they name conda's own Python.
        """
        executable = self.environment.get("CONDA_EXE")
        active = self.environment.get("CONDA_PREFIX")
        if not executable or not active or not same_path(active, self.prefix):
            return None
        root = PureWindowsPath(executable).parent.parent
        environment = PureWindowsPath(active)
        if same_path(str(root), active):
            return str(root), "base"
        is_named = same_path(str(environment.parent), str(root / "envs"))
        return str(root), environment.name if is_named else active

    @property
    def settings(self) -> dict[str, str]:
        """The xlwings settings with which Excel starts this interpreter.

        A conda environment has to be activated for its DLLs to be found; xlwings does so only
        where the interpreter is plain ``python``.
        """
        if self.conda is None:
            return {"INTERPRETER_WIN": self.interpreter}
        root, environment = self.conda
        return {"INTERPRETER_WIN": "python", "CONDA PATH": root, "CONDA ENV": environment}

    def expanded(self, value: str) -> str:
        """A setting with its ``%VARIABLES%`` replaced, as Excel reads it."""
        known = {name.upper(): content for name, content in self.environment.items()}
        return re.sub("%([^%]+)%", lambda m: known.get(m[1].upper(), m[0]), value)

    def means(self, key: str, value: str | None) -> bool:
        """Whether the setting found under a key of :attr:`settings` leads to this interpreter."""
        if value is None:
            return False
        found, wanted = self.expanded(value), self.settings[key]
        if key == "INTERPRETER_WIN" and PureWindowsPath(wanted).name.lower() in _PYTHONS:
            # With or without a console it is the same Python.
            path = PureWindowsPath(found)
            if path.name.lower() in _PYTHONS:
                return path.parent == PureWindowsPath(wanted).parent
        return same_path(found, wanted)


def this_machine() -> Machine:
    """The computer this runs on."""
    return Machine(
        platform=sys.platform,
        home=Path.home(),
        interpreter=sys.executable,
        prefix=sys.prefix,
        environment=os.environ,
        xlwings=installed_xlwings(),
    )


def installed_xlwings() -> Xlwings | None:
    """The xlwings of this interpreter, found without importing it; None where there is none."""
    spec = importlib.util.find_spec("xlwings")
    if spec is None or spec.origin is None:
        return None
    return Xlwings(importlib.metadata.version("xlwings"), Path(spec.origin).parent)


def same_path(one: str, other: str) -> bool:
    """Whether two texts name the same path on Windows, where neither case nor slashes matter."""
    return PureWindowsPath(one) == PureWindowsPath(other)
