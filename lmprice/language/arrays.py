"""Kinds of arguments and results: a number, what NumPy makes an array of, an array, an expression.

A formula is written for single floats and called with numbers or arrays.  :class:`Vectorized` is
what a type checker sees of it inside the package; the stub of ``lmprice`` says it function by
function.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")


class SupportsArray(Protocol):
    """What converts itself to an array, such as a column of a data frame."""

    def __array__(self) -> NDArray[Any]: ...


class Expression(Protocol):
    """An expression over the columns of a frame, as polars and narwhals have them."""

    def is_finite(self) -> Any: ...  # noqa: D102
    def over(self, *args: Any, **kwargs: Any) -> Any: ...  # noqa: D102


E = TypeVar("E", bound=Expression)
Scalar: TypeAlias = float | np.floating[Any] | np.integer[Any]
Values: TypeAlias = Scalar | SupportsArray | Sequence[float] | Sequence[Sequence[float]]
Array: TypeAlias = NDArray[np.float64]


class Vectorized(Protocol[P]):
    """A formula of floats that also takes arrays, which broadcast.

    Where only columns are given, one table, the result is one number: ``float(...)`` says so.
    """

    __name__: str

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, *args: Values | None, **kwargs: Values | None) -> Array: ...
