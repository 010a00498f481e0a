"""What the ``results`` of a scenario report to: numbers are computed, names of cells are traced."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lmprice.language.arrays import Array
from lmprice.language.dates import DateTerm, known_day
from lmprice.language.expression import Expr, known_or, largest, maximum, smallest
from lmprice.language.terms import Term, Text
from lmprice.scenarios.plain import plain_term
from lmprice.scenarios.tables import MONTHS
from lmprice.scenarios.tracing import (
    MONTH_NUMBERS,
    RESIDUAL,
    Calculated,
    Iteration,
    Part,
    Questioned,
    Result,
    Summed,
    Verdicted,
    Warned,
)
from lmprice.scenarios.verdicts import Tone

Step = Callable[[float], float]

AT_REST = 1e-6  # an iteration has come to rest when its last step changed a smaller share
_RESIDUAL = Text(
    "By how much the last step of the iteration changed the value: 0 once it has come to rest",
    "迭代的最后一步使数值改变了多少：收敛后为 0",
)


class Enough(Exception):  # noqa: N818  # no error: it ends a run early
    """All results that were asked for are there."""


class Recorder:
    """Keeps what is reported; ``keep`` and ``keep_column`` say what later results are to use."""

    def __init__(
        self,
        keep: Callable[[str, Any], Any],
        keep_column: Callable[[Calculated, Any], Any],
        axes: int = 0,
    ) -> None:
        self.rows: list[Result] = []
        self.columns: list[Calculated] = []
        self.warnings: list[Warned] = []
        self.iterations: list[Iteration] = []
        self.verdicts: list[Verdicted] = []
        self.questions: list[Questioned] = []
        self.totals: list[Summed] = []
        self._keep = keep
        self._keep_column = keep_column
        self._axes = axes  # of a what-if
        self._section = Text("", "")
        self._name = ""  # of the iteration whose step runs
        self._parts: dict[str, Part] = {}

    def __call__(self, key: str, value: float, term: Term | None = None) -> float:
        """Report a number."""
        term = term or plain_term(key)
        if self._name:
            return self._part(key, None, value, term)
        kept = self._keep(key, _as_day(value, term))
        self.rows.append(Result(key, kept, term, self._section))
        return kept  # type: ignore[no-any-return]

    def section(self, title: Text) -> None:
        """Begin a group of results."""
        self._section = title

    def column(
        self, table: str, key: str, value: float, term: Term, *, is_alarm: bool = False
    ) -> float:
        """Report a column beside a table."""
        if self._name:
            return self._part(key, table, value, term)
        column = Calculated(table, key, _as_day(value, term), term, is_alarm)
        self.columns.append(column)
        return self._keep_column(column, column.value)  # type: ignore[no-any-return]

    def months(self) -> float:
        """The numbers of the months."""
        raise NotImplementedError

    def warn(self, condition: bool, message: Text) -> None:
        """Say something while the condition holds."""
        if self._name:
            raise TypeError(f"{self._name}: a step of an iteration cannot warn")
        self.warnings.append(Warned(condition, message))

    def question(self, field: str, condition: bool, message: Text) -> None:
        """Ask beside an input."""
        self.questions.append(Questioned(field, condition, message))

    def sums(self, title: Text, left: float, right: float) -> None:
        """Two numbers that have to agree."""
        self.totals.append(Summed(title, left, right))

    def verdict(self, condition: bool, text: Text, tone: Tone) -> None:
        """Say what to make of the results."""
        self.verdicts.append(Verdicted(condition, text, tone))

    def iterate(
        self,
        key: str,
        step: Step,
        start: float,
        steps: int,
        term: Term,
        *,
        table: str | None = None,
    ) -> float:
        """Take the steps of an iteration, and report what they lead to."""
        if self._name or steps < 1:
            raise TypeError(f"{key}: an iteration has at least one step and none within another")
        self._name = key if table is None else f"{table}_{key}"
        self._parts = {}
        iteration, last, move = self._iterated(step, start, steps, term, table)
        self.iterations.append(iteration)
        self._name = ""
        title = term.title
        residual_term = term.titled(Text(f"{title.en}: residual", f"{title.zh}：残差"), _RESIDUAL)
        if table is None:
            value = self(key, last, term)
            size, moved = maximum(value, -value), move
        else:
            value = self.column(table, key, last, term)
            size, moved = maximum(largest(value), -smallest(value)), largest(move)
        residual = self(f"{key}{RESIDUAL}", moved, residual_term)
        self.warn(
            residual > AT_REST * size,
            Text(
                f"{title.en} has not come to rest: see its residual.",
                f"{title.zh}的迭代尚未收敛：请查看其残差。",
            ),
        )
        return value

    def _part(self, key: str, table: str | None, value: float, term: Term) -> float:
        raise NotImplementedError

    def _iterated(
        self, step: Step, start: float, steps: int, term: Term, table: str | None
    ) -> tuple[Iteration, float, float]:
        """The iteration, its last value, and what the last step changed."""
        raise NotImplementedError


class Computing(Recorder):
    """Keeps numbers: each step of an iteration is taken."""

    def months(self) -> float:
        """The numbers of the months, before the axes of a what-if."""
        numbers = np.arange(1.0, MONTHS + 1)
        return numbers.reshape((-1,) + (1,) * self._axes)  # type: ignore[return-value]

    def _part(self, key: str, table: str | None, value: float, term: Term) -> float:
        name = f"{self._name}_{key}"
        kept = finite(value)
        self._parts.setdefault(name, Part(name, table, term, [])).values.append(kept)
        return kept  # type: ignore[return-value]

    def _iterated(
        self, step: Step, start: float, steps: int, term: Term, table: str | None
    ) -> tuple[Iteration, float, float]:
        values: list[Any] = [finite(start)]
        for _ in range(steps):
            values.append(finite(step(values[-1])))
        parts = tuple(self._parts.values())
        iteration = Iteration(self._name, table, term, steps, values, parts)
        return iteration, values[-1], np.abs(values[-1] - values[-2])


class Tracing(Recorder):
    """Keeps expressions: all steps of an iteration share those of the first."""

    def months(self) -> float:
        """The name of the numbers of the months."""
        return Expr.name(MONTH_NUMBERS, is_column=True)  # type: ignore[return-value]

    def warn(self, condition: Any, message: Text) -> None:
        """Say nothing where there is no number to compare, as in NumPy."""
        super().warn(known_or(condition, 0), message)  # type: ignore[arg-type]

    def question(self, field: str, condition: Any, message: Text) -> None:
        """Ask nothing where there is no number to compare."""
        super().question(field, known_or(condition, 0), message)  # type: ignore[arg-type]

    def verdict(self, condition: Any, text: Text, tone: Tone) -> None:
        """Say nothing where there is no number to compare, as in NumPy."""
        holds = condition if condition is True else known_or(condition, 0)
        super().verdict(holds, text, tone)  # type: ignore[arg-type]

    def _part(self, key: str, table: str | None, value: float, term: Term) -> float:
        name = f"{self._name}_{key}"
        if name in self._parts:
            raise TypeError(f"{key} is reported twice in a step of {self._name}")
        self._parts[name] = Part(name, table, term, [Expr.lift(value)])
        return Expr.name(name, is_column=table is not None)  # type: ignore[return-value]

    def _iterated(
        self, step: Step, start: float, steps: int, term: Term, table: str | None
    ) -> tuple[Iteration, float, float]:
        iteration = Iteration(self._name, table, term, steps, [], ())
        before, last, move = (
            Expr.name(name, is_column=table is not None)
            for name in (iteration.before, iteration.last, iteration.move)
        )
        after: Any = step(before)  # type: ignore[arg-type]
        values = [Expr.lift(start), Expr.lift(after)]
        parts = tuple(self._parts.values())
        iteration = Iteration(self._name, table, term, steps, values, parts)
        return iteration, last, move  # type: ignore[return-value]


def finite(value: Any) -> Array:
    """NaN in place of what is too large for a number: like any overflow it is no answer."""
    numbers = np.asarray(value, dtype=np.float64)
    with np.errstate(all="ignore"):
        total = np.add.reduce(numbers, axis=None)
    if math.isfinite(total):  # which says as much as a look at each, and is faster
        return numbers
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _as_day(value: float, term: Term) -> float:
    """A number that a sheet can show as a date, or no answer."""
    return known_day(value) if isinstance(term, DateTerm) else value
