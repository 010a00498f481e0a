"""Two ways to do the same, timed in turns."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

SHORTEST = 0.02  # seconds that one timing lasts at least
# Programs run as installed ones do: from bytecode, which the first run writes.
COMPILED = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
    "PYTHONPYCACHEPREFIX": os.path.join(tempfile.gettempdir(), "lmprice-benchmarks")
}


@dataclass(frozen=True)
class Pair:
    """What is timed, what beside, how many times as long it may take, and why it takes longer."""

    case: str
    size: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    target: float | None = None
    rounds: int = 15
    reason: str = ""
    """Why the target is missed, where it is."""
    reports: bool = False
    """Whether a call returns its seconds, because only a part of it counts."""

    def ratio(self) -> float:
        """The median of the ratios of neighbours: what disturbs a run disturbs both."""
        ours, theirs = self._timed(self.ours), self._timed(self.theirs)
        return statistics.median(ours() / theirs() for _ in range(self.rounds))

    def _timed(self, call: Callable[[], object]) -> Callable[[], float]:
        if self.reports:
            return lambda: float(str(call()))
        repeats = _repeats(call)
        return lambda: seconds(call, repeats) / repeats


def seconds(call: Callable[[], object], repeats: int = 1) -> float:
    """Processor time of some calls, of this process and of those that it starts."""
    gc.collect()
    gc.disable()  # as timeit does: garbage of one would be collected in the time of the other
    try:
        before = _processor_time()
        for _ in range(repeats):
            call()
        return _processor_time() - before
    finally:
        gc.enable()


def program(*arguments: str) -> Callable[[], object]:
    """A run of Python from start to end."""
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=COMPILED
    )


def _repeats(call: Callable[[], object]) -> int:
    call()
    repeats = 1
    while seconds(call, repeats) < SHORTEST:
        repeats *= 4
    return repeats


def _processor_time() -> float:
    times = os.times()
    # The clock of finished programs is coarse; that of this process is not.
    return time.process_time() + times.children_user + times.children_system
