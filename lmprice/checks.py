"""Checks of what workloads, strategies and demands are made of, by the bounds of the vocabulary."""

from __future__ import annotations

from typing import Any, NoReturn, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lmprice.errors import PricingError
from lmprice.terms import Term

_LARGEST = 1e100


def numbers(owner: str, name: str, value: Any, kind: Term) -> NDArray[np.float64]:
    """One number, or one for each customer, as float64; all finite and within their bounds."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise PricingError(owner, name, value, "has rows of different lengths") from None
    if array.dtype.kind not in "iuf":
        _refuse_first(owner, name, value)
    if array.ndim > 1:
        raise PricingError(owner, name, array.shape, "is a shape of more than one dimension")
    array = array.astype(np.float64)
    rules = [(np.isnan(array), "is not a number"), (np.isinf(array), "is infinite")]
    rules += [(~bound.holds(array), bound.broken.en) for bound in kind.bounds]
    for bad, rule in rules:
        if bad.any():
            first = tuple(int(i) for i in np.argwhere(bad)[0])
            raise PricingError(owner, name, array[first], rule, first, bad)
    return array


def _refuse_first(owner: str, name: str, value: Any) -> NoReturn:
    """Raise for the first element of a row that is no number; for what is no row, as a whole."""
    rule = "is not a number"
    if np.ndim(value) != 1:
        raise PricingError(owner, name, value, rule)
    elements = list(value)
    # Element by element: among texts, NumPy would take every number for a text.
    bad = np.array([np.asarray(element).dtype.kind not in "iuf" for element in elements])
    first = int(np.argmax(bad))
    raise PricingError(owner, name, elements[first], rule, (first,), bad)


def refuse_huge(owner: str, name: str, values: NDArray[np.float64]) -> None:
    """Raise where sums of squares would leave the range of 64-bit floats."""
    bad = np.abs(values) > _LARGEST
    if bad.any():
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        rule = f"is beyond {_LARGEST:g}, too large for a fit"
        raise PricingError(owner, name, values[first], rule, first, bad)


def check_fields(instance: object) -> None:
    """Check the fields that are annotated with a term, each of them one number."""
    owner = type(instance).__name__
    for name, hint in get_type_hints(type(instance), include_extras=True).items():
        for kind in [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Term)]:
            single_number(owner, name, getattr(instance, name), kind)


def single_number(owner: str, name: str, value: Any, kind: Term) -> float:
    """One number, finite and within its bounds."""
    array = numbers(owner, name, value, kind)
    if array.ndim:
        raise PricingError(owner, name, value, "is not a single number")
    return float(array)
