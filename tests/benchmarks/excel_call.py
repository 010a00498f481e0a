"""What a worksheet function costs beside the conversion of its cells, and what importing costs.

Run: ``python -m tests.benchmarks.excel_call``
"""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import timeit
import types
from collections.abc import Callable

import numpy as np

from tests.excel.com_host import MISSING, column, excel

ROWS = 20_000
NUMPY_AND_XLWINGS = "import numpy, xlwings"
FUNCTIONS = "import lmprice_excel; [getattr(lmprice_excel, n) for n in dir(lmprice_excel)]"


def main() -> None:
    """Print the measurements."""
    with excel() as host:
        _add_identity()
        cells = column(*map(float, range(ROWS)))
        some_bad = column(*(float(i) if i % 100 else -1.0 for i in range(ROWS)))
        rest = (20.0, 10.0, 100.0)
        theirs = _seconds(lambda: host.call("IDENTITY", cells, module="identity"))
        print(f"{ROWS} rows there and back through NumPy by xlwings: {theirs * 1e3:.1f} ms")
        ours = _seconds(lambda: np.array(cells.Value2).tolist())
        print(f"the same by NumPy alone: {ours * 1e3:.1f} ms")
        for title, given in (("all rows valid", cells), ("each 100th row invalid", some_bad)):
            seconds = _seconds(functools.partial(host.call, "LMPROFIT", given, *rest))
            print(
                f"LMPROFIT, {title}: {seconds * 1e3:.1f} ms, "
                f"{seconds / theirs:.2f} and {seconds / ours:.2f} times"
            )
        seconds = _seconds(lambda: [host.call("LMPROFIT", 1.0, 20.0, 10.0, MISSING)])
        print(f"LMPROFIT of four numbers, with the stand-in for Excel: {seconds * 1e6:.0f} µs")
    base, ours = _import_seconds(NUMPY_AND_XLWINGS), _import_seconds(FUNCTIONS)
    print(f"import of numpy and xlwings: {base * 1e3:.0f} ms")
    print(
        f"import of lmprice_excel, all functions made: {ours * 1e3:.0f} ms, {ours / base:.2f} times"
    )


def _add_identity() -> None:
    """A worksheet function that only converts, as xlwings does it for NumPy arrays."""
    import xlwings as xw

    def identity(cells: object) -> object:
        return cells

    identity.__name__ = "IDENTITY"
    identity.__annotations__ = {}
    xw.arg("cells", np.array, ndim=2)(identity)
    module = types.ModuleType("identity")
    module.__file__ = __file__
    module.__dict__["IDENTITY"] = xw.func(identity)
    sys.modules["identity"] = module


def _seconds(call: Callable[[], object]) -> float:
    call()
    return min(timeit.repeat(call, number=5, repeat=7)) / 5


def _import_seconds(statement: str) -> float:
    program = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", program]
    runs = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(9)]
    return statistics.median(float(run.stdout) for run in runs)


if __name__ == "__main__":
    main()
