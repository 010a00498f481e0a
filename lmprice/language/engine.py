"""What happens around a formula when it is called: binding, checks, broadcasting, NaN.

Formulas know nothing of all this.  They see float64 scalars or arrays that are valid and broadcast
against each other, and they answer without looking at NaN.

An array gives, element by element, what its numbers give one by one.  Only a power may differ, in
its last two digits in binary, since NumPy computes powers of arrays with other instructions, and
with it what is computed from it; what is solved step by step agrees to 1e-12.
"""

from __future__ import annotations

import functools
import math
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmprice.language.blocks import BLOCK, Blocks, by_block
from lmprice.language.dialect import dialect_of
from lmprice.language.errors import PricingError, shown
from lmprice.language.given import elements_of, is_masked, numbers_in
from lmprice.language.record import Definition, Parameter, Requirement
from lmprice.language.series import aligned, has_labels, same_rows
from lmprice.language.terms import INFINITY
from lmprice.language.tree import Expr

_NOT_A_NUMBER = "is not a number"
_NOT_A_FLAG = "is neither true nor false"
_INFINITE = "is infinite"
_EMPTY = "has no rows"
_LIMITED = "is not infinite: the last row has no limit"
_TOO_LARGE = "is too large for a 64-bit float"


def call_formula(f: Definition, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call a registered formula with what the user gave: numbers, arrays or expressions."""
    given = _bind(f, args, kwargs)
    if f.knows_absence:
        given = tuple(
            p.term.absent if value is None and p.term.absent is not None else value
            for p, value in zip(f.parameters, given, strict=True)
        )
    if not f.returns_column and np.ndarray in map(type, given):
        found = _blocks(f).result(given)
        if found is not None:
            return found
    if any(isinstance(value, Expr) for value in given):
        return f.trace({p.name: Expr.lift(v) for p, v in zip(f.parameters, given, strict=True)})
    if f.has_columns or not all(type(value) in (float, int, bool) for value in given):
        if has_labels(given):
            return _on_series(f, given)
        # An expression of another library becomes one more expression of it.
        known = next((d for value in given if (d := dialect_of(value)) is not None), None)
        return _on_arrays(f, given) if known is None else known.applied(f, given)
    # Plain numbers, the common case, skip what only arrays need: this is five times faster.
    values = [checked_number(f, p, v) for p, v in zip(f.parameters, given, strict=True)]
    for requirement in f.requirements:
        require(f, requirement, values)
    with np.errstate(all="ignore"):
        result = float(_computed(f, values, ())) + 0.0  # which makes 0 of -0
    return math.nan if not math.isfinite(result) or any(map(math.isnan, values)) else result


@functools.cache
def _blocks(f: Definition) -> Blocks:
    return Blocks(f)


def _on_series(f: Definition, given: tuple[Any, ...]) -> Any:
    """Arguments among which are columns of a data frame, and a column of it as the result."""
    named = dict(zip((p.name for p in f.parameters), given, strict=True))
    if not f.has_columns:
        arrays, series = aligned(f.name, named)
        return series.of(call_formula(f, tuple(arrays.values()), {}))
    table = {p.name for p in f.parameters if p.is_column}
    columns, series = same_rows(f.name, {n: v for n, v in named.items() if n in table})
    samples, others = aligned(f.name, {n: v for n, v in named.items() if n not in table})
    both = {**columns, **samples}
    result = call_formula(f, tuple(both[name] for name in named), {})
    # Samples stand behind the rows of a column; without one, a row is what the table has.
    if not f.returns_column:
        return others.of(result)
    return series.of(result) if f.result_has_rows else result


def _on_arrays(f: Definition, given: tuple[Any, ...]) -> Any:
    values, unknown = [], []
    for p, value in zip(f.parameters, given, strict=True):
        array, has_unknown = checked(f, p, value)
        values.append(array)
        unknown.append(has_unknown)
    shape = align(f, values)
    for requirement in f.requirements:
        require(f, requirement, values)
    with np.errstate(all="ignore"):
        result = _computed(f, values, shape)
        # One finite sum of all results says as much as a look at each, and is faster.
        if any(unknown) or not math.isfinite(result.sum()):
            result = _without_unknowns(f, values, result)
    return float(result) + 0.0 if shape == () and not f.returns_column else result


def _computed(f: Definition, values: list[Any], shape: tuple[int, ...]) -> Any:
    """The formula on valid arguments, block by block where the samples are many."""
    arguments = [v != 0 if p.term.is_flag else v for p, v in zip(f.parameters, values, strict=True)]
    if f.returns_column:
        return _rows(np.asarray(f.unchecked(*arguments), dtype=np.float64), shape)
    if len(shape) != 1 or shape[0] <= BLOCK:
        return np.asarray(f.unchecked(*arguments), dtype=np.float64)
    long = [i for i, v in enumerate(arguments) if v.shape[-1:] == shape]
    return by_block(lambda parts: f.unchecked(*parts), arguments, long, shape[0])


def _rows(column: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A column that a formula gives, with all samples behind its rows."""
    rows = column.shape[:1]
    missing = (1,) * (len(shape) + 1 - column.ndim)
    column = column.reshape(rows + missing + column.shape[1:])
    # A copy, because the formula may have handed on an argument or one row for all samples.
    return np.array(np.broadcast_to(column, rows + shape))


def _bind(f: Definition, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    if len(args) == len(f.parameters) and not kwargs:
        return args
    try:
        bound = f.signature.bind(*args, **kwargs)
    except TypeError:
        f.kernel(*args, **kwargs)  # which says in Python's own words what is missing or unknown
        raise
    bound.apply_defaults()
    return tuple(bound.arguments.values())


def checked_number(f: Definition, p: Parameter, value: Any) -> np.float64:
    """The argument as a float64 that is valid or NaN."""
    number = _number(p, value)
    broken = _not_a_number(p, value) if number is None else _broken_rule(p, number)
    if number is None or broken is not None:
        raise PricingError(f.name, p.name, value, str(broken))
    return number


def checked(f: Definition, p: Parameter, value: Any) -> tuple[Any, bool]:
    """The argument as float64 scalar or array, valid or NaN, and whether an element is NaN."""
    array = _as_floats(f, p, value)
    if p.is_column and not (array.ndim == 0 and p.is_optional and not f.separate_columns):
        array = np.atleast_1d(array)
        _check_rows(f, p, array)
    if not array.size:
        return array, False
    # The extremes (NaN where an element is) show in two fast passes that nothing is wrong.
    extremes = np.array([array.min(), array.max()])
    if all(map(math.isfinite, extremes)) and all(b.holds(extremes).all() for b in p.term.bounds):
        return array[()], False
    bad = np.isinf(array)
    if p.is_column and p.term.unlimited:
        bad[-1:] = False
    for bound in p.term.bounds:
        bad = bad | ~(bound.holds(array) | np.isnan(array))
    if bad.any():
        first = _first(bad)
        raise PricingError(
            f.name, p.name, array[first], str(_broken_rule(p, array[first])), first, bad
        )
    return array[()], bool(np.isnan(array).any())


def _check_rows(f: Definition, p: Parameter, column: NDArray[np.float64]) -> None:
    """Raise where a column breaks a rule about its rows."""
    if not len(column):
        raise PricingError(f.name, p.name, column.tolist(), _EMPTY)
    if p.term.increasing and (column[1:] <= column[:-1]).any():
        bad = np.zeros(column.shape, dtype=bool)
        bad[1:] = column[1:] <= column[:-1]
        first = _first(bad)
        before = column[(first[0] - 1, *first[1:])]
        raise PricingError(
            f.name, p.name, column[first], f"is not above {shown(before)}", first, bad
        )
    if p.term.unlimited and (column[-1:] < INFINITY).any():
        bad = np.zeros(column.shape, dtype=bool)
        bad[-1:] = column[-1:] < INFINITY
        first = _first(bad)
        raise PricingError(f.name, p.name, column[first], _LIMITED, first, bad)


def _broken_rule(p: Parameter, value: np.float64) -> str | None:
    if math.isnan(value):
        return None
    if p.term.is_flag:
        return None if value in (0, 1) else _NOT_A_FLAG
    return p.term.broken_rule(value) or (_INFINITE if math.isinf(value) else None)


def _as_floats(f: Definition, p: Parameter, value: Any) -> NDArray[np.float64]:
    # A masked array; asking for its type would import numpy.ma.
    if isinstance(value, np.ndarray) and hasattr(value, "filled"):
        kind = np.float64 if value.dtype.kind in "iuf" else object
        masked: Any = value.astype(kind)
        value = masked.filled(math.nan)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        raise PricingError(f.name, p.name, value, _not_a_number(p, value))
    if p.term.is_flag and (flags := _flags_in(value)) is not None:
        return flags
    try:
        array = None if p.term.is_flag else numbers_in(value)
        # Anything else is looked at one by one, so that the error can name the element.
        objects = elements_of(value) if array is None else array
    except ValueError:
        raise PricingError(f.name, p.name, value, "has rows of different lengths") from None
    if array is not None:
        with np.errstate(over="ignore"):  # of longer floats
            return array.astype(np.float64, copy=False)
    floats = np.empty(objects.shape)
    bad = np.zeros(objects.shape, dtype=bool)
    for index, element in np.ndenumerate(objects):
        number = _number(p, element)
        bad[index] = number is None
        floats[index] = math.nan if number is None else number
    if bad.any():
        first = _first(bad)
        rule = _not_a_number(p, objects[first])
        raise PricingError(f.name, p.name, objects[first], rule, first, bad)
    return floats


def _flags_in(value: Any) -> NDArray[np.float64] | None:
    """An array of flags, or of zeros and ones, as floats; None for anything else."""
    if type(value) is not np.ndarray or value.dtype.kind not in "biuf":
        return None
    with np.errstate(over="ignore"):  # of longer floats
        flags = value.astype(np.float64)
    return flags if bool(np.all((flags == 0) | (flags == 1) | np.isnan(flags))) else None


def _number(p: Parameter, value: Any) -> np.float64 | None:
    """A valid kind of argument as float64; None for anything else, and beyond float64."""
    if isinstance(value, (bool, np.bool_)):
        return np.float64(value) if p.term.is_flag else None
    if is_masked(value):
        return np.float64(math.nan)
    # A difference of times passes for an integer.
    if not isinstance(value, (Real, Decimal)) or isinstance(value, np.timedelta64):
        return None
    try:
        with np.errstate(over="ignore"):  # of a longer float
            number = np.float64(value)
    except (OverflowError, ValueError):  # too large, or a signaling NaN
        return None
    return number if not p.term.is_flag or number in (0, 1) or math.isnan(number) else None


def _not_a_number(p: Parameter, value: Any) -> str:
    if p.term.is_flag:
        return _NOT_A_FLAG
    is_huge = isinstance(value, int) and not isinstance(value, bool)
    return _TOO_LARGE if is_huge else _NOT_A_NUMBER


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def align(f: Definition, values: list[Any]) -> tuple[int, ...]:
    """Set the rows of columns against the samples of the other arguments; the samples' shape.

    A column keeps its rows on the first axis, every other argument has its samples behind it, so
    that a sum over the first axis answers for each sample.  One number that stands for every row
    of an optional column is repeated.
    """
    shape: tuple[int, ...] = ()
    rows: int | None = None
    seen: list[str] = []
    for p, value in zip(f.parameters, values, strict=True):
        own = value.shape[1:] if p.is_column else value.shape
        try:
            shape = np.broadcast_shapes(shape, own)
        except ValueError:
            rule = f"is a shape that does not fit {' and '.join(seen)} of shape {shape}"
            raise PricingError(f.name, p.name, own, rule) from None
        if p.is_column and value.shape:
            if rows not in (None, value.shape[0]) and not f.separate_columns:
                rule = f"is the number of rows, but the columns before it have {rows}"
                raise PricingError(f.name, p.name, value.shape[0], rule)
            rows = value.shape[0]
        if own:
            seen.append(p.name)
    for i, p in enumerate(f.parameters):
        if p.is_column:
            column = values[i] if values[i].shape else np.broadcast_to(values[i], (rows or 1,))
            missing = (1,) * (len(shape) - (column.ndim - 1))
            values[i] = column.reshape(column.shape[:1] + missing + column.shape[1:])
    return shape


def require(f: Definition, requirement: Requirement, values: list[Any]) -> None:
    """Raise where a condition between arguments does not hold."""
    arguments = dict(zip((p.name for p in f.parameters), values, strict=True))
    with np.errstate(all="ignore"):
        holds = np.asarray(requirement.holds(arguments))
    if holds.all():
        return
    named = np.broadcast_arrays(*(arguments[name] for name in requirement.names))
    bad = ~(holds | np.any([np.isnan(v) for v in named], axis=0))
    if bad.any():
        first = _first(bad)
        argument = arguments[requirement.parameter]
        value = np.broadcast_to(argument, bad.shape)[first]
        index = first if np.ndim(argument) else ()
        absent = next(p.term.absent for p in f.parameters if p.name == requirement.parameter)
        shown_value = None if value == absent else value
        raise PricingError(f.name, requirement.parameter, shown_value, requirement.rule, index, bad)


def _without_unknowns(
    f: Definition, values: list[Any], result: NDArray[np.float64]
) -> NDArray[np.float64]:
    """NaN wherever an argument is NaN or the result is not a finite number."""
    unknown = ~np.isfinite(result)
    for p, value in zip(f.parameters, values, strict=True):
        missing = np.isnan(value)
        if missing.any():
            if p.is_column:
                missing = missing.any(axis=0, keepdims=f.returns_column)
            unknown = unknown | missing
    return np.where(unknown, math.nan, result) if unknown.any() else result
