"""Long arrays through a formula a block at a time: checks, formula and result stay in the cache.

Each number then goes through memory once, instead of once for each check and each operation.  What
is unusual (NaN, a number out of its range, samples of more than one axis) sends the whole call to
the checks of whole arrays, which tell where it stands and what is wrong with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.plain import UNUSUAL, column, column_of, limits, plain
from lmprice.language.record import Definition, Parameter, Requirement

# Blocks of this many numbers, with those of intermediate results, stay in the second-level cache;
# of smaller ones NumPy does not use the room of intermediate results again.
BLOCK = 32_768

Array = NDArray[np.float64]


class Blocks:
    """A formula that gives one number a sample, ready to be called with arrays of samples."""

    def __init__(self, f: Definition) -> None:
        self._formula = f.unchecked
        self._arguments = [_Argument(f, p) for p in f.parameters]
        self._required = [_Required(f, r) for r in f.requirements]
        self._by_row = f.goes_by_row
        self._has_one_table = f.has_columns and not f.separate_columns

    def result(self, given: tuple[Any, ...]) -> Array | None:
        """The result; None where anything is unusual."""
        try:
            values, long = self._ready(given)
        except UNUSUAL:
            return None
        if not long:
            return None
        samples = values[long[0]].size
        with np.errstate(all="ignore"):
            if samples <= BLOCK:
                found = self._of_block(values, long)
                # A formula may hand on an argument, or one number for all samples.
                is_new = np.shape(found) == (samples,) and all(found is not v for v in given)
                return found if is_new or found is None else np.full(samples, found)
            return by_block(lambda parts: self._of_block(parts, long), values, long, samples)

    def _ready(self, given: tuple[Any, ...]) -> tuple[list[Any], list[int]]:
        """Arguments, all checked but the long ones, and the places of these."""
        values, long = [*given], []
        samples = rows = 0
        for i, (argument, value) in enumerate(zip(self._arguments, given, strict=True)):
            kind = type(value)
            if argument.is_column:
                table = argument.table(value, rows)
                if rows and self._has_one_table and len(table) != rows:
                    raise ValueError
                rows = len(table)
                values[i] = [*map(np.float64, table)] if self._by_row else _upright(table)
            elif kind is np.ndarray:
                if value.ndim != 1 or (samples or value.size) != value.size:
                    raise ValueError
                if not argument.takes(value.dtype):
                    raise TypeError
                samples = value.size
                long.append(i)
            else:
                values[i] = argument.number(kind, value)
        return values, long if samples else []

    def _of_block(self, values: list[Any], long: list[int]) -> Any:
        parts = [*values]
        for i in long:
            parts[i] = self._arguments[i].part(values[i])
            if parts[i] is None:
                return None
        if not all(requirement.holds(parts, long) for requirement in self._required):
            return None
        found: Any = self._formula(*parts)
        # One finite sum of all results says as much as a look at each.
        if not math.isfinite(np.add.reduce(found, axis=None)):
            found = np.where(np.isfinite(found), found, math.nan)
        return found


def by_block(
    formula: Callable[[list[Any]], Any], values: list[Any], long: list[int], samples: int
) -> Array | None:
    """What a formula gives block by block of the long arguments; None where it gives None."""
    result = np.empty(samples)
    for start in range(0, samples, BLOCK):
        block = slice(start, start + BLOCK)
        parts = [*values]
        for i in long:
            parts[i] = values[i][..., block]
        found = formula(parts)
        if found is None:
            return None
        result[block] = found
    return result


def _upright(table: list[float]) -> Array:
    """A column whose rows stand before the samples."""
    return np.array(table)[:, np.newaxis]


class _Argument:
    """A parameter, with what is asked of its numbers."""

    def __init__(self, f: Definition, p: Parameter) -> None:
        self.is_column = p.is_column
        self.is_flag = p.term.is_flag
        self.low, self.high = p.closed_range
        self._largest = np.float64(self.high).view(np.uint64)
        self._p = p
        self._is_separate = f.separate_columns

    def table(self, value: Any, rows: int) -> list[float]:
        """The rows of a column."""
        if self._p.term.unlimited:
            return limits(value, self.low, self._p.term.increasing)
        if self._p.is_optional:
            return column_of(1 if self._is_separate else rows, value, self.low, self.high)
        return column(value, self.low, self.high)

    def number(self, kind: type, value: Any) -> Any:
        """One number or flag for all samples."""
        if self.is_flag:
            if kind is not bool:
                raise TypeError
            return np.bool_(value)
        if kind is not float and kind is not int:
            raise TypeError
        if not self.low <= value <= self.high:
            raise ValueError
        return np.float64(value)

    def takes(self, kind: np.dtype[Any]) -> bool:
        """Whether arrays of a kind are numbers, or flags."""
        if self.is_flag:
            return kind.char == "?"
        return kind.char == "d" or (kind.kind in "iuf" and kind.itemsize <= 8)

    def part(self, part: NDArray[Any]) -> NDArray[Any] | None:
        """A block as floats, or as flags; None where a number in it is not valid."""
        if self.is_flag:
            return part
        numbers: Array = part.astype(np.float64, copy=False)
        if self.low == 0.0:
            # The bits of numbers that are not negative grow with them, and those of negative
            # numbers, of -0, infinity and NaN are larger: one pass instead of two.
            is_valid = np.maximum.reduce(numbers.view(np.uint64)) <= self._largest
        else:
            is_valid = np.minimum.reduce(numbers) >= self.low
            is_valid &= np.maximum.reduce(numbers) <= self.high
        return numbers if is_valid else None


class _Required:
    """A condition between arguments, by their places."""

    def __init__(self, f: Definition, requirement: Requirement) -> None:
        names = [p.name for p in f.parameters]
        self._condition = requirement.condition
        are_numbers = not any(p.is_column for p in f.parameters if p.name in requirement.names)
        self._of_numbers = plain(self._condition) if are_numbers else self._of_tables
        self._places = [names.index(name) for name in requirement.names]
        self._blamed = names.index(requirement.parameter)
        self._is_need = requirement.is_need
        self._absent = f.parameters[self._blamed].term.absent

    def holds(self, arguments: list[Any], long: list[int]) -> bool:
        """Whether it holds for all samples."""
        if not any(i in long for i in self._places):
            return bool(self._of_numbers(*[arguments[i] for i in self._places]))
        if self._is_need and self._blamed not in long and arguments[self._blamed] != self._absent:
            return True  # what some samples may need is there for all of them
        return self._of_tables(*[arguments[i] for i in self._places])

    def _of_tables(self, *arguments: Any) -> bool:
        return bool(np.logical_and.reduce(self._condition(*arguments), axis=None))
