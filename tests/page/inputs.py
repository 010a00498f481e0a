"""Random valid inputs of any scenario, and how a page takes and gives them."""

from __future__ import annotations

import datetime
import math
import random
from typing import Any

from lmprice.language.dates import DateTerm, serial
from lmprice.language.quantities import USD_PER_MTOK
from lmprice.language.terms import Choice, Term
from lmprice.scenarios import Results, Scenario
from lmprice.scenarios.tables import Label, TableSpec

MOST_ROWS = 7


def random_scenario(kind: type[Scenario], seed: int) -> Scenario:
    """Inputs around those of the example; some at their bounds, some far away."""
    source = random.Random(f"{kind.template.name} {seed}")
    while True:
        wild = source.random()
        values: dict[str, Any] = {
            key: _value(getattr(kind(), key), term, source, wild)
            for key, term in kind.terms().items()
        }
        for name, table in kind.tables().items():
            values[name] = _rows(getattr(kind(), name), table, source, wild)
        try:
            return kind(**values)
        except ValueError:
            continue


def _value(value: Any, term: Term | Choice | Label, source: random.Random, wild: float) -> Any:
    if isinstance(term, Choice):
        return source.choice(list(term.options))
    if isinstance(term, Label):
        return value
    if isinstance(term, DateTerm):
        return value + datetime.timedelta(days=source.randint(-200, 200))
    limits = [b.limit for b in term.bounds if b.holds(b.limit) and abs(b.limit) < 1e6]
    # A tier for nothing is reached by steps of price, as in a sheet: 1e-15 is left of it, and where
    # demand at no price has no answer, it has one at that.
    if term.unit is not USD_PER_MTOK and limits and source.random() < 0.1 * wild:
        return float(source.choice(limits))
    if value == 0 or math.isinf(value):
        return value if source.random() < 0.7 else source.choice((0.1, 1.0, 25.0))
    changed = float(f"{value * source.lognormvariate(0, 0.05 + wild):.6g}")
    return changed if term.broken_rule(changed) is None else value


def _rows(rows: list[Any], table: TableSpec, source: random.Random, wild: float) -> list[Any]:
    """Some of the rows, changed; in the order that a limit needs."""
    chosen = source.sample(range(len(rows)), source.randint(1, min(MOST_ROWS, len(rows))))
    if source.random() < 0.5:
        chosen = list(range(len(rows)))
    made = []
    for number in sorted(chosen):
        row = rows[number]
        made.append(
            {c.key: _value(getattr(row, c.key), c.term, source, wild) for c in table.columns}
        )
    for column in table.columns:
        if column.is_limit:
            for row, limit in zip(made, sorted(row[column.key] for row in made), strict=True):
                row[column.key] = limit
            made[-1][column.key] = math.inf
    return [table.row(**row) for row in made]


def as_given(scenario: Scenario) -> dict[str, Any]:
    """The inputs as a page holds them, for JSON: what has no limit is "inf"."""
    given = {key: _plain(getattr(scenario, key)) for key in scenario.terms()}
    for name, table in scenario.tables().items():
        rows = getattr(scenario, name)
        given[name] = {c.key: [_plain(getattr(row, c.key)) for row in rows] for c in table.columns}
    return given


def _plain(value: Any) -> Any:
    number = serial(value)
    return "inf" if number == math.inf else number


def as_found(results: Results, scenario: Scenario) -> dict[str, Any]:
    """What a page has to find."""
    return {
        "results": dict(results),
        "columns": {c.name: [float(x) for x in c.value] for c in results.columns},
        "questions": [q.en for _, q in results.questions],
        "warnings": [w.en for w in results.warnings],
        "verdict": None if results.verdict is None else list(results.verdict.text),
        "sums": [[s[1], s[2]] for s in results.sums],
    }
