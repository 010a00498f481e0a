"""The error that bad input raises."""

from __future__ import annotations

from typing import Any

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

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self.function, self.parameter, self.value, self.rule, self.index, self.mask)
        return (type(self), parts)


def shown(value: Any) -> str:
    """A value as an error message shows it: numbers plainly, text in quotes, all of it short."""
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.15g}"
    text = " ".join(repr(value).split("\n"))  # tables have several lines
    return text if len(text) <= 60 else text[:57] + "..."
