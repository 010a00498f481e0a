"""What was given for numbers, before NumPy takes it for more than it says.

NumPy takes a bool among numbers for 1 or 0, bytes for their codes, and a difference of times for an
integer.  Here none of them is a number, whether it stands alone, in a list or in an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NUMBERS = "iuf"  # kinds of NumPy: signed and unsigned integers, floats
_BYTES = (bytes, bytearray, memoryview)


def is_masked(value: Any) -> bool:
    """Whether a value is the one that masked arrays have for what is unknown."""
    return type(value).__name__ == "MaskedConstant"  # asking for it would import numpy.ma


def numbers_in(value: Any) -> NDArray[Any] | None:
    """What was given as an array; None where something in it is no number.

    Raises
    ------
    ValueError
        Rows have different lengths.
    """
    if _hides(value):
        return None
    array = np.asarray(value)
    return array if array.dtype.kind in _NUMBERS else None


def elements_of(value: Any) -> NDArray[Any]:
    """Each element as it was given, in an array of objects or of times."""
    if not isinstance(value, (list, tuple)):
        array, objects = np.asarray(value), np.asarray(value, dtype=object)
        # As objects, times of nanoseconds would be integers.
        are_integers = array.dtype.kind in "mM" and any(isinstance(x, int) for x in objects.flat)
        return array if are_integers else objects
    return np.asarray(_opaque(value), dtype=object)


def _hides(value: Any) -> bool:
    """Whether a list hides among its numbers what NumPy would take for one."""
    if isinstance(value, (list, tuple)):
        return any(map(_hides, value))
    if isinstance(value, (bool, np.bool_, *_BYTES)) or is_masked(value):
        return True
    kind = getattr(value, "dtype", None)
    return isinstance(kind, np.dtype) and kind.kind not in _NUMBERS


def _opaque(value: Any) -> Any:
    """A list in which bytes stand as what NumPy does not look into."""
    if isinstance(value, (list, tuple)):
        return [_opaque(part) for part in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value
