"""The errors that bad input raises: one family, each with parameter, value and rule."""

from __future__ import annotations

import re
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class PricingError(ValueError):
    """An argument that breaks a rule.

    The message says it all on one line: ``profit: quantity[2] -1 is below 0``.  The parts are
    attributes, for callers that answer element by element.

    Attributes
    ----------
    function : str
        Name of the function that was called.
    parameter : str
        Name of the parameter at fault.
    value : object
        The first offending value.
    index : tuple of int
        Where that value stands in its array; () for a scalar.
    rule : str
        The rule it breaks, such as "is below 0".
    mask : numpy.ndarray
        True where the argument named by ``parameter`` breaks the rule, in that argument's own
        shape (for a rule between arguments, in the shape they broadcast to); True alone where the
        argument is unusable as a whole.
    """

    def __init__(
        self,
        function: str,
        parameter: str,
        value: Any,
        rule: str,
        index: tuple[int, ...] = (),
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        self.function = function
        self.parameter = parameter
        self.value = value
        self.rule = rule
        self.index = index
        self.mask = np.array(True) if mask is None else mask
        where = f"[{', '.join(map(str, index))}]" if index else ""
        bad = int(self.mask.sum())
        more = f" ({bad} of {self.mask.size} elements are bad)" if bad > 1 else ""
        super().__init__(f"{function}: {parameter}{where} {shown(value)} {rule}{more}")

    @classmethod
    def said(
        cls,
        message: str,
        function: str = "",
        parameter: str = "",
        value: Any = None,
        rule: str = "",
    ) -> Self:
        """An error with a message of its own, such as one with a line for each problem."""
        error = cls.__new__(cls, message)
        _tell(error, message, function, parameter, value, rule)
        return error

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), str(self), self.__dict__)


class InputError(PricingError):
    """Something is wrong with what was given as a whole, such as a file; the message says what.

    The base of `BookError`, `UsageError`, `WorkbookError` and others of their kind.
    """

    def __init__(self, message: str, parameter: str = "", value: Any = None) -> None:
        _tell(self, message, "", parameter, value, message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), str(self), self.__dict__)


def _tell(
    error: PricingError, message: str, function: str, parameter: str, value: Any, rule: str
) -> None:
    error.function, error.parameter, error.value = function, parameter, value
    error.rule, error.index, error.mask = rule or message, (), np.array(True)
    ValueError.__init__(error, message)


def _again(kind: type[PricingError], message: str, parts: dict[str, Any]) -> PricingError:
    """An error as it was, from another process."""
    error = kind.__new__(kind, message)
    ValueError.__init__(error, message)
    error.__dict__.update(parts)
    return error


def unreadable(error: ValueError, first_line: int = 1) -> str:
    """Where a text is no JSON or TOML, from what the standard library raises."""
    import json
    import tomllib

    if isinstance(error, json.JSONDecodeError):
        return f"line {first_line + error.lineno - 1}, column {error.colno} is no JSON"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1:,} is not UTF-8"
    if not isinstance(error, tomllib.TOMLDecodeError):
        return "has a whole number of more than 4,300 digits"
    found = re.search(r"line \d+, column \d+", str(error))
    twice = str(error).startswith("Cannot ")  # overwrite a value, or declare a table twice
    return f"{found[0] if found else 'its end'} {'says a name again' if twice else 'is no TOML'}"


def shown(value: Any) -> str:
    """A value as an error message shows it: numbers plainly, text in quotes, all of it short."""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.15g}"
    text = " ".join(repr(value).split("\n"))  # tables have several lines
    return text if len(text) <= 60 else text[:57] + "..."
