"""What a scenario is: inputs as fields, results as calls of the library's functions.

``results`` is written once.  Run with numbers it gives the results; run with the names of cells it
gives the formulas of the template workbook; run with arrays it gives a what-if table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from lmprice.expr import Expr
from lmprice.terms import Choice, Term, Text, term_or_choice

Self = TypeVar("Self", bound="Scenario")


class Out(Protocol):
    """What ``results`` reports to."""

    def __call__(self, key: str, value: float, term: Term) -> float:
        """Report a result; gives back what later results are to use."""
        ...

    def section(self, title: Text) -> None:
        """Begin a group of results."""
        ...


@dataclass(frozen=True)
class Result:
    """One result of a scenario."""

    key: str
    value: float
    term: Term
    section: Text


class Results(Mapping[str, float]):
    """The results of a scenario by key, with their titles and units in ``rows``."""

    def __init__(self, rows: tuple[Result, ...]) -> None:
        self.rows = rows
        self._values = {row.key: row.value for row in rows}

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Results({self._values})"


@dataclass(frozen=True)
class Sweep:
    """Points for a what-if: inputs times step / per, for each of the steps.

    With one input the points are values of that input; with several they are the common factor,
    and ``axis`` says what that factor means.
    """

    inputs: tuple[str, ...]
    steps: tuple[int, ...]
    per: int
    axis: Term | None = None


@dataclass(frozen=True)
class Sensitivity:
    """A two-way table of one result."""

    result: str
    rows: Sweep
    columns: Sweep


@dataclass(frozen=True)
class Curves:
    """A line chart of results over one sweep."""

    title: Text
    x: Sweep
    series: tuple[str, ...]


@dataclass(frozen=True)
class Template:
    """What a workbook needs to know of a scenario beyond its fields and results."""

    name: str
    version: int
    title: Text
    about: Text
    example: Text  # what the filled-in numbers are, and where they come from
    sensitivity: Sensitivity
    curves: Curves


class Scenario(BaseModel):
    """Inputs of a pricing question, and how its results are computed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    template: ClassVar[Template]

    def results(self, out: Out) -> None:
        """Report the results, each computed from the fields and from earlier results."""
        raise NotImplementedError

    @classmethod
    def terms(cls) -> dict[str, Term | Choice]:
        """The term behind each field."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: term_or_choice(hints[name]) for name in cls.model_fields}

    def evaluate(self) -> Results:
        """The results of these inputs."""
        return Results(tuple(_run(self, lambda _, value: float(value))))

    def evaluate_at(self, changes: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
        """The results with some inputs replaced by arrays, which broadcast."""
        changed = self.model_construct(**{**dict(self), **changes})
        return {row.key: row.value for row in _run(changed, lambda _, value: value)}

    @classmethod
    def trace(cls, lang: str) -> Trace:
        """The results as Excel expressions over the names of inputs and of earlier results."""
        names: dict[str, Any] = {k: _input_name(k, term, lang) for k, term in cls.terms().items()}
        expressions: dict[str, Expr] = {}

        def name(key: str, value: Any) -> Any:
            expressions[key] = Expr.lift(value)
            return Expr.name(key)

        rows = tuple(_run(cls.model_construct(**names), name))
        return Trace(rows, expressions)


class _ChoiceName(Expr):  # noqa: PLW1641
    """The name of a cell that holds a choice; the workbook spells it in its own language."""

    __slots__ = ("words",)

    def __init__(self, name: str, words: Mapping[str, str]) -> None:
        super().__init__("name", name)
        self.words = words

    def __eq__(self, other: object) -> Expr:  # type: ignore[override]
        return super().__eq__(self.words[str(other)])

    def __ne__(self, other: object) -> Expr:  # type: ignore[override]
        return super().__ne__(self.words[str(other)])


def _input_name(key: str, term: Term | Choice, lang: str) -> Expr:
    if isinstance(term, Term):
        return Expr.name(key)
    return _ChoiceName(key, {option: text(lang) for option, text in term.options.items()})


@dataclass(frozen=True)
class Trace:
    """A traced scenario: the result rows, and the expression behind each result."""

    rows: tuple[Result, ...]
    expressions: Mapping[str, Expr]

    def what_if(self, key: str, changes: Mapping[str, Expr]) -> Expr:
        """The expression of a result with inputs replaced.

        What does not depend on them still refers to the result cell; what does is written out.
        """

        def change(node: Expr) -> Expr | None:
            if node.kind != "name":
                return None
            if node.head in changes:
                return changes[node.head]
            if node.head in self.expressions and self._depends(node.head, changes):
                return self.expressions[node.head].rewrite(change)
            return None

        return Expr.name(key).rewrite(change)

    def _depends(self, key: str, changes: Mapping[str, Expr]) -> bool:
        names = {node.head for node in self.expressions[key].walk() if node.kind == "name"}
        return any(
            n in changes or (n in self.expressions and self._depends(n, changes)) for n in names
        )


class _Recorder:
    def __init__(self, keep: Callable[[str, Any], Any]) -> None:
        self.rows: list[Result] = []
        self._keep = keep
        self._section = Text("", "")

    def __call__(self, key: str, value: float, term: Term) -> float:
        kept = self._keep(key, value)
        self.rows.append(Result(key, kept, term, self._section))
        return kept  # type: ignore[no-any-return]

    def section(self, title: Text) -> None:
        self._section = title


def _run(scenario: Scenario, keep: Callable[[str, Any], Any]) -> list[Result]:
    recorder = _Recorder(keep)
    with np.errstate(all="ignore"):
        scenario.results(recorder)
    return recorder.rows
