"""Columns of data frames as arguments: paired as their own library pairs them.

Series and frames of pandas are aligned by their labels, as ``x * y`` aligns them; Series of Polars,
which have none, by position.  What goes in as a Series or a frame comes out as one.  Neither
library is imported here: a Series brings its own along.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.errors import PricingError

_LIBRARIES = ("pandas", "polars")


def library(value: Any) -> str:
    """The library whose Series a value is; "" for anything else."""
    kind = type(value)
    if kind.__name__ != "Series":
        return ""
    name = kind.__module__.partition(".")[0]
    return name if name in _LIBRARIES else ""


def is_frame(value: Any) -> bool:
    """Whether a value is a frame of pandas."""
    kind = type(value)
    return kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] == "pandas"


def has_series(values: Sequence[Any]) -> bool:
    """Whether a Series is among the values."""
    return any(map(library, values))


def has_labels(values: Sequence[Any]) -> bool:
    """Whether a Series, or a frame of pandas, is among the values."""
    return any(type(v).__name__ in ("Series", "DataFrame") and _has_labels(v) for v in values)


def _has_labels(value: Any) -> bool:
    return is_frame(value) or library(value) != ""


def aligned(owner: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Series]:
    """Arguments with their Series as arrays that fit each other, and how to make a Series again."""
    kinds = {found for value in values.values() if (found := library(value))}
    if any(map(is_frame, values.values())):
        return _aligned_frames(owner, values)
    if kinds == {"pandas"}:
        return _aligned_by_label(owner, values)
    arrays = {name: _array(value) if library(value) else value for name, value in values.items()}
    if kinds == {"polars"}:
        first = next(value for value in values.values() if library(value))
        return arrays, Series("polars", first.name)
    return arrays, Series("")


def same_rows(owner: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Series]:
    """Columns of one table: Series of pandas in the order of the first, which must have its labels.

    A table has no room for rows that only one of its columns knows.
    """
    labelled = {name: value for name, value in values.items() if library(value) == "pandas"}
    ordered = dict(values)
    index: Any = None
    for name, value in labelled.items():
        if index is None:
            index = value.index
        elif not index.equals(value.index):
            if not (index.is_unique and len(index) == len(value) and index.isin(value.index).all()):
                rule = "has other labels than the columns before it, or labels that stand twice"
                raise PricingError(owner, name, value.index.tolist(), rule)
            ordered[name] = value.reindex(index)
    if index is None:
        return aligned(owner, values)
    arrays = {name: _array(v) if library(v) else v for name, v in ordered.items()}
    return arrays, Series("pandas", _common_name(list(labelled.values())), index)


class Series:
    """What the results of aligned arguments become."""

    def __init__(
        self, owner: str, name: Any = None, index: Any = None, columns: Any = None
    ) -> None:
        self._owner = owner
        self._name = name
        self._index = index
        self._columns = columns

    def of(self, result: Any) -> Any:
        """A Series of one number for each row, or a frame; anything else as it is."""
        if self._columns is not None:
            is_alike = np.shape(result) == (len(self._index), len(self._columns))
            kind = sys.modules[self._owner].DataFrame
            return kind(result, self._index, self._columns) if is_alike else result
        if not self._owner or np.ndim(result) != 1:
            return result
        if self._index is not None and len(self._index) != len(result):
            return result
        kind = sys.modules[self._owner].Series
        if self._owner == "polars":
            return kind(self._name, result)
        return kind(result, index=self._index, name=self._name)


def _aligned_frames(owner: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Series]:
    """Frames as arrays of the same rows and columns: all that one of them has."""
    frames = {name: value for name, value in values.items() if is_frame(value)}
    for name, value in values.items():
        if library(value):
            rule = "is a Series beside a DataFrame, which may be its rows or its columns: give both"
            raise PricingError(owner, name, value.tolist(), f"{rule} as frames, or one as an array")
    axes = []
    for axis in ("index", "columns"):
        labels = [getattr(frame, axis) for frame in frames.values()]
        if not all(labels[0].equals(other) for other in labels):
            for name, own in zip(frames, labels, strict=True):
                if not own.is_unique:
                    rule = "has labels that stand twice, and not in the same order as the others"
                    raise PricingError(owner, name, own.tolist(), rule)
            labels[0] = functools.reduce(lambda one, other: one.union(other), labels)
        axes.append(labels[0])
    index, columns = axes
    arrays = dict(values)
    for name, frame in frames.items():
        is_alike = frame.index.equals(index) and frame.columns.equals(columns)
        arrays[name] = np.asarray(frame if is_alike else frame.reindex(index, columns=columns))
    return arrays, Series("pandas", index=index, columns=columns)


def _aligned_by_label(owner: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Series]:
    labelled = {name: value for name, value in values.items() if library(value)}
    indexes = [value.index for value in labelled.values()]
    index = indexes[0]
    if not all(index.equals(other) for other in indexes):
        twice = next((name for name, v in labelled.items() if not v.index.is_unique), None)
        if twice is not None:
            rule = "has labels that stand twice, and not in the same order as the others"
            raise PricingError(owner, twice, labelled[twice].index.tolist(), rule)
        index = functools.reduce(lambda one, other: one.union(other), indexes[1:], indexes[0])
        labelled = {name: value.reindex(index) for name, value in labelled.items()}
    arrays = {n: _array(labelled[n]) if n in labelled else value for n, value in values.items()}
    return arrays, Series("pandas", _common_name(list(labelled.values())), index)


def _common_name(series: list[Any]) -> Any:
    names = {value.name for value in series}
    return names.pop() if len(names) == 1 else None


def _array(series: Any) -> NDArray[Any]:
    """The values of a Series; what is missing in a column of numbers is NaN."""
    is_nullable = library(series) == "pandas" and hasattr(series.dtype, "numpy_dtype")
    if is_nullable and series.dtype.kind in "iuf":
        # Its missing values would make objects of all.
        found: NDArray[Any] = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return found
    if library(series) == "polars" and str(series.dtype).startswith("Struct"):
        # NumPy would take the fields of records for one more axis.
        return np.asarray(series.to_list(), dtype=object)
    return np.asarray(series)
