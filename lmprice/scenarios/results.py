"""What a scenario answers: its results, and what there is to be said about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.language.terms import Text
from lmprice.output.framed import Framed
from lmprice.output.printing import labelled, plain_text, shown, text_table
from lmprice.scenarios.tracing import Calculated, Iteration, Result
from lmprice.scenarios.verdicts import Verdict


class Results(Mapping[str, float], Framed):
    """The results of a scenario by key, with their titles and units in ``rows``.

    ``columns`` has the columns that are computed beside tables, ``warnings`` what there is to be
    said about the results, and ``iterations`` every step of those that are found by iteration.
    ``verdict`` is the answer in words, where the scenario gives one; ``questions`` has what is to
    be asked about inputs, by their names, and ``sums`` pairs of numbers that have to agree.
    """

    def __init__(
        self,
        rows: tuple[Result, ...],
        columns: tuple[Calculated, ...] = (),
        warnings: tuple[Text, ...] = (),
        iterations: tuple[Iteration, ...] = (),
        verdict: Verdict | None = None,
        questions: tuple[tuple[str, Text], ...] = (),
        sums: tuple[tuple[Text, float, float], ...] = (),
    ) -> None:
        self.rows = rows
        self.columns = columns
        self.warnings = warnings
        self.iterations = iterations
        self.verdict = verdict
        self.questions = questions
        self.sums = sums
        self._values = {row.key: row.value for row in rows}

    def __getitem__(self, key: str) -> float:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Results({self._values})"

    def __str__(self) -> str:
        table = text_table("Result", "Value")
        for row in self.rows:
            table.add_row(labelled(row.term, "en"), shown(row.value, row.term))
        said = [f"Note: {warning.en}" for warning in self.warnings]
        answer = [] if self.verdict is None else [self.verdict.text.en, ""]
        return "\n".join([*answer, plain_text(table), *said])

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a result: its key, title, value and unit."""
        return [
            {
                "key": r.key,
                "title": r.term.title.en,
                "value": float(r.value),
                "unit": r.term.unit.en,
            }
            for r in self.rows
        ]
