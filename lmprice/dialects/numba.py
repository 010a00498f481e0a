"""One loop over long arrays in machine code, compiled by numba: about as fast as a copy of them.

The loop has the checks written out.  It gives the engine's numbers to the last bit, so it has no
powers, exponentials and logarithms, which compilers compute in their own ways.  Whatever is unusual
(a number out of its range, no answer, an argument that is no array of floats) is the engine's.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from lmprice.dialects.python import DIALECT as PYTHON
from lmprice.dialects.python import NOTATION, limits_of
from lmprice.language import plain
from lmprice.language.dialect import Dialect
from lmprice.language.engine import call_formula
from lmprice.language.record import Definition, Parameter
from lmprice.language.tree import Expr
from lmprice.output.files import write

_OTHERWISE = ("power", "exp", "log", "total", "product", "count")
_COMPILED = "@njit(error_model='numpy')\n"  # with which a division by zero gives no error


class Numba(Dialect[Expr]):
    """Functions of arrays, and of numbers beside them."""

    title: ClassVar[str] = "numba"
    operations: ClassVar[dict[str, Callable[..., Expr]]] = {  # type: ignore[misc]
        name: kept for name, kept in PYTHON.operations.items() if name not in _OTHERWISE
    }

    def leaf(self, node: Expr) -> Expr:
        """A leaf as it is."""
        return node

    def written(self, f: Definition) -> Callable[..., Any]:
        """The function, compiled for the arguments that are arrays when it is first called so."""
        self.refuse_lacking(f)
        _numba()

        @functools.wraps(f.kernel)
        def compiled(*args: Any, **kwargs: Any) -> Any:
            try:
                bound = f.signature.bind(*args, **kwargs)
            except TypeError:
                return call_formula(f, args, kwargs)  # which says what is wrong
            bound.apply_defaults()
            found = _through_loop(f, bound.arguments)
            return call_formula(f, args, kwargs) if found is None else found

        return compiled

    def loop(self, f: Definition, long: frozenset[str]) -> str:
        """The text of the loop over the arguments that are arrays; it says whether all is usual."""
        assert f.expression is not None
        names = [f"all_{p.name}" if p.name in long else p.name for p in f.parameters]
        return "\n".join([
            *(_COMPILED + inspect.getsource(used) for used in _USED),
            f"def {f.name}(results, {', '.join(names)}):",
            "    usual = True",
            "    for i in range(len(results)):",
            *(f"        {name} = all_{name}[i]" for name in sorted(long)),
            *(f"        usual &= {condition}" for condition in self._conditions(f)),
            f"        result = {NOTATION.text(self.built(f.expression))}",
            "        usual &= -MAX <= result <= MAX",
            "        results[i] = result",
            "    return usual",
            "",
        ])  # fmt: skip

    def _conditions(self, f: Definition) -> Iterator[str]:
        for p in f.parameters:
            if not p.term.is_flag:
                (low, below), (high, above) = limits_of(p)
                yield f"{low} {below} {p.name} {above} {high}"
        for requirement in f.requirements:
            yield NOTATION.text(self.built(requirement.holds(f.names)))


DIALECT = Numba()
_USED = (plain.ratio, plain.maximum, plain.minimum)


def _through_loop(f: Definition, given: Mapping[str, Any]) -> Any:
    """What the loop gives; None where something is unusual."""
    try:
        values = [_value(p, given[p.name]) for p in f.parameters]
    except (OverflowError, TypeError):
        return None
    arrays = {p.name: v for p, v in zip(f.parameters, values, strict=True) if np.ndim(v)}
    if len({len(array) for array in arrays.values()}) != 1:
        return None
    results = np.empty(len(next(iter(arrays.values()))))
    return results if _compiled(f, frozenset(arrays))(results, *values) else None


def _value(p: Parameter, given: Any) -> Any:
    """An argument as the loop takes it."""
    if given is None and p.term.absent is not None:
        return p.term.absent
    if p.term.is_flag:
        is_known = isinstance(given, bool)
    elif isinstance(given, np.ndarray):
        is_known = given.dtype == np.float64 and given.ndim == 1 and given.flags.c_contiguous
        is_known &= type(given) is np.ndarray
    elif type(given) is int:
        return float(given)
    else:
        is_known = type(given) is float
    if not is_known:
        raise TypeError
    return given


@functools.cache
def _compiled(f: Definition, long: frozenset[str]) -> Callable[..., bool]:
    """The loop, compiled, or as an earlier process left it."""
    text = DIALECT.loop(f, long)
    file = _kept(text)
    numba = _numba()
    known: dict[str, Any] = {
        "__name__": __name__, "njit": numba.njit, "MAX": plain.MAX, "nan": math.nan,
        "sqrt": math.sqrt, "floor": np.floor, "ceil": np.ceil,
    }  # fmt: skip
    exec(compile(text, str(file), "exec"), known)
    loop: Callable[..., bool] = numba.njit(error_model="numpy", cache=file is not None)(
        known[f.name]
    )
    return loop


def _numba() -> Any:
    try:
        return importlib.import_module("numba")
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "compiled functions need numba: pip install 'lmprice[fast]'", name="numba"
        ) from None


def _kept(text: str) -> Path | None:
    """A file with a text, beside which numba keeps what it compiles; None where none can be."""
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    try:
        folder = (Path(home) if home else Path.home() / ".cache") / "lmprice"
        file = folder / f"{sha256(text.encode()).hexdigest()}.py"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # another process was first
                write(text.encode(), file)
    except (OSError, RuntimeError):  # no home, or no room in it
        return None
    return file
