"""Checks of what workloads, strategies and demands are made of, by the bounds of the vocabulary."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lmprice.language.errors import PricingError
from lmprice.language.given import elements_of, numbers_in
from lmprice.language.terms import Term

# Prices, quantities and slopes of up to this size can be multiplied with each other.
LARGEST = 1e60
SMALLEST = 1e-60
_FITTED = 1e100
Check = Callable[[str, str, Any, Term], NDArray[np.float64]]


def numbers(owner: str, name: str, value: Any, kind: Term) -> NDArray[np.float64]:
    """One number, or one for each customer, as float64; all finite and within their bounds."""
    array = as_array(owner, name, value)
    if array.dtype.kind not in "iuf":
        _refuse_first(owner, name, value)
    if array.ndim > 1:
        raise PricingError(owner, name, array.shape, "is a shape of more than one dimension")
    with np.errstate(over="ignore"):  # of longer floats
        array = array.astype(np.float64)
    rules = [(np.isnan(array), "is not a number"), (np.isinf(array), "is infinite")]
    rules += [(~bound.holds(array), bound.broken.en) for bound in kind.bounds]
    _refuse_any(owner, name, array, rules)
    return array


def _refuse_first(owner: str, name: str, value: Any) -> NoReturn:
    """Raise for the first element of a row that is no number; for what is no row, as a whole."""
    rule = "is not a number"
    # Element by element: among texts, NumPy would take every number for a text.
    elements = elements_of(value)
    if elements.ndim != 1 or isinstance(value, (bytes, bytearray, memoryview)):
        raise PricingError(owner, name, value, rule)
    bad = np.array([numbers_in(element) is None for element in elements])
    if not bad.any():  # records of numbers are no numbers
        raise PricingError(owner, name, value, rule)
    first = int(np.argmax(bad))
    raise PricingError(owner, name, elements[first], rule, (first,), bad)


def _refuse_any(
    owner: str, name: str, array: NDArray[np.float64], rules: list[tuple[Any, str]]
) -> None:
    for bad, rule in rules:
        if bad.any():
            first = tuple(int(i) for i in np.argwhere(bad)[0])
            raise PricingError(owner, name, array[first], rule, first, bad)


def as_array(owner: str, name: str, value: Any) -> NDArray[Any]:
    """What was given as an array, of objects where no numbers; a masked element is NaN."""
    # A masked array; asking for its type would import numpy.ma.
    if hasattr(value, "filled") and value.dtype.kind in "iuf":
        return np.asarray(value.astype(np.float64).filled(np.nan))
    try:
        array = numbers_in(value)
        return elements_of(value) if array is None else array
    except ValueError:
        raise PricingError(owner, name, value, "has rows of different lengths") from None


def moderate(owner: str, name: str, value: Any, kind: Term) -> NDArray[np.float64]:
    """Numbers whose squares and products are sure to be no infinite ones."""
    array = numbers(owner, name, value, kind)
    is_divisor = any(bound.is_lower and not bound.holds(0.0) for bound in kind.bounds)
    rules = [(abs(array) > LARGEST, f"is too large to compute with: beyond {LARGEST:g}")]
    if is_divisor:
        rules += [(array < SMALLEST, f"is too small to compute with: below {SMALLEST:g}")]
    _refuse_any(owner, name, array, rules)
    return array


def refuse_huge(owner: str, name: str, values: NDArray[np.float64]) -> None:
    """Raise where sums of squares would leave the range of 64-bit floats."""
    rule = f"is beyond {_FITTED:g}, too large for a fit"
    _refuse_any(owner, name, values, [(np.abs(values) > _FITTED, rule)])


def check_kind(owner: str, name: str, value: Any, kind: type, what: str = "") -> None:
    """Raise where an argument is of another kind than what has to be passed."""
    if not isinstance(value, kind):
        word = what or kind.__name__
        article = "an" if word[0] in "AEIOUaeiou" else "a"
        raise PricingError(owner, name, value, f"is not {article} {word}")


def check_word(owner: str, name: str, value: Any, words: Iterable[str]) -> None:
    """Raise where an argument is none of a few words."""
    known = list(words)
    if not isinstance(value, str) or value not in known:
        raise PricingError(owner, name, value, f"is not one of {', '.join(known)}")


def file_path(owner: str, name: str, value: Any) -> Path:
    """The path of a file, given as a text or as a path."""
    if isinstance(value, (str, os.PathLike)) and str(value):
        return Path(value)
    raise PricingError(owner, name, value, "is not the path of a file")


def check_mapping(owner: str, name: str, value: Any) -> None:
    """Raise where something is not given by name."""
    if not isinstance(value, Mapping):
        raise PricingError(owner, name, value, "is not a mapping by name")


def check_fields(instance: object, check: Check = numbers) -> None:
    """Check the fields that are annotated with a term, each of them one number."""
    owner = type(instance).__name__
    for name, hint in get_type_hints(type(instance), include_extras=True).items():
        for kind in [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Term)]:
            single_number(owner, name, getattr(instance, name), kind, check)


def single_number(owner: str, name: str, value: Any, kind: Term, check: Check = numbers) -> float:
    """One number, finite and within its bounds."""
    array = check(owner, name, value, kind)
    if array.ndim:
        raise PricingError(owner, name, value, "is not a single number")
    return float(array)
