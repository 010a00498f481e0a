"""What a cell can hold: numbers, text, booleans, nothing, and error values with their reason."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeAlias

FIRST_DAY = dt.datetime(1899, 12, 30)  # whose serial number is 0

NUM, NA, VALUE = "#NUM!", "#N/A", "#VALUE!"
ERROR_CODES = (
    *("#NULL!", "#DIV/0!", VALUE, "#REF!", "#NAME?", NUM, NA, "#GETTING_DATA", "#SPILL!"),
    *("#CONNECT!", "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!"),
)
_ERROR_TEXT = re.compile(rf"({'|'.join(map(re.escape, ERROR_CODES))})(?: (LM[A-Z]+: .+))?")


class CellError(str):
    """An Excel error value: the code as text, and why it stands there.

    Parameters
    ----------
    code : str
        The error value, such as "#NUM!".
    message : str, default ""
        What is wrong, such as "LMCOST: quantity -1 is below 0".

    Attributes
    ----------
    message : str
        The same message.

    Examples
    --------
    >>> error = CellError("#NUM!", "LMCOST: quantity -1 is below 0")
    >>> error == "#NUM!", error.text
    (True, '#NUM! LMCOST: quantity -1 is below 0')
    """

    __slots__ = ("message",)  # there may be one in each of many cells
    message: str

    def __new__(cls, code: str, message: str = "") -> CellError:  # noqa: D102
        error = str.__new__(cls, code)
        error.message = message
        return error

    def __repr__(self) -> str:
        return f"CellError({str(self)!r}, {self.message!r})"

    @property
    def text(self) -> str:
        """Code and message, for a host whose functions can only return text."""
        message = self.message
        return f"{self} {message}" if message else str(self)

    @classmethod
    def parse(cls, text: str) -> CellError | None:
        """The error behind a text that :attr:`text` gave; None for any other text."""
        match = _ERROR_TEXT.fullmatch(text)
        return cls(match[1], match[2] or "") if match else None


def fault(excel_name: str, error: Exception) -> CellError:
    """What a cell shows of a fault of the library: one line, while the log has the traceback."""
    cause = " ".join(f"{type(error).__name__} {error}".split())[:160]
    return CellError(VALUE, f"{excel_name}: internal error, {cause}")


Cell: TypeAlias = float | str | bool | CellError | None
"""A number (a date is its serial number), text, a boolean, an error or None.

``None`` is an empty cell and also an omitted argument.
"""

Block: TypeAlias = list[list[Cell]]
"""The rows of a range."""
