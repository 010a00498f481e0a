"""The xlwings settings file: one ``"KEY","value"`` a line, shared with all the user's workbooks.

Settings of others are kept as they are, line by line.
"""

from __future__ import annotations

import locale
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lmprice.excel_setup.machine import SetupError

# VBA reads the quotes as optional, and in both places the key's case does not matter.
_SETTING = re.compile(r'\s*(?:"([^"]*)"|([^",]*?))\s*,\s*(?:"([^"]*)"|([^"]*?))\s*')


@dataclass(frozen=True)
class Configuration:
    """The lines of a settings file, with their ends."""

    lines: tuple[str, ...] = ()

    @classmethod
    def from_bytes(cls, content: bytes) -> Configuration:
        """Read a settings file; bytes that mean nothing here are kept for writing."""
        text = content.decode(_encoding(), "surrogateescape")
        return cls(tuple(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)))

    def to_bytes(self) -> bytes:
        """The file, in the encoding in which Excel reads it."""
        try:
            return "".join(self.lines).encode(_encoding(), "surrogateescape")
        except UnicodeEncodeError as error:
            character = error.object[error.start]
            raise SetupError(
                f"xlwings reads its settings in this computer's code page ({error.encoding}), "
                f"which has no {character!r}; install Python in a folder without that character"
            ) from None

    def get(self, key: str) -> str | None:
        """The value of a key; of several the first, which is the one that Excel uses."""
        for line in self.lines:
            setting = _parsed(line)
            if setting is not None and setting[0].upper() == key:
                return setting[1]
        return None

    def with_values(self, values: Mapping[str, str]) -> Configuration:
        """The file with these settings; every other setting and the order stay.

        Empty lines go, as xlwings itself drops them: Excel takes one for half of a setting.
        """
        missing = dict(values)
        lines = []
        for line in self.lines:
            setting = _parsed(line)
            key = "" if setting is None else setting[0].upper()
            missing.pop(key, None)
            if key in values and setting is not None and setting[1] != values[key]:
                lines.append(_line(setting[0], values[key]))
            elif line.strip():
                lines.append(line if line.endswith(("\r", "\n")) else line + "\r\n")
        return Configuration((*lines, *(_line(key, value) for key, value in missing.items())))


def with_module(modules: str | None, module: str) -> str:
    """A list of modules, separated by semicolons, that names this module too."""
    names = named_modules(modules)
    return ";".join(names if module in names else [*names, module])


def named_modules(modules: str | None) -> list[str]:
    """The modules that a list names."""
    return [name.strip() for name in (modules or "").split(";") if name.strip()]


def _parsed(line: str) -> tuple[str, str] | None:
    match = _SETTING.fullmatch(line)
    return None if match is None else (match[1] or match[2] or "", match[3] or match[4] or "")


def _line(key: str, value: str) -> str:
    return f'"{key}","{value}"\r\n'


def _encoding() -> str:
    # Not UTF-8 mode's encoding: VBA knows only the code page of the system.
    return locale.getencoding()
