"""What a report says: the answer and its figures, remarks, charts, and tables of all numbers."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.foreign import on_terminal
from lmprice.output.printing import column, exact, labelled, shown, unit
from lmprice.scenarios import SCENARIOS
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.tables import Label, TableSpec
from lmprice.scenarios.template import Comparison
from lmprice.scenarios.tracing import RESIDUAL
from lmprice.scenarios.verdicts import Tone
from lmprice.workbook import texts
from lmprice.workbook.summaries import Evaluated

NOTES, PROBLEMS = Text("Notes", "提示"), Text("Problems", "问题")
SOURCE = Text("From {file}, scenario {case}.", "来自 {file}，情景：{case}。")
NO_RESULTS = Text("No results: {count} to be mended.", "没有结果：有 {count} 处待修正。")
BROKEN = Text("From {file}.", "来自 {file}。")


class Answer(NamedTuple):
    """What a report begins with; the tone is that of the verdict."""

    title: str
    said: str
    tone: str
    source: str


class Figure(NamedTuple):
    """One of the numbers below the answer."""

    label: str
    value: str
    unit: str


class Grid(NamedTuple):
    """A table: its columns, which of them are numbers, and the row that is best."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: tuple[bool, ...]
    best: int | None = None


def answer(file: Evaluated) -> Answer:
    """Title, verdict with its sign, and where it comes from."""
    name, lang = on_terminal(file.path.name), file.lang
    if file.scenario is None or file.results is None:
        known = SCENARIOS.get(file.template or "")
        title = name if known is None else file.words(known.template.title)
        said = f"{Tone.BAD.sign} {NO_RESULTS(lang).format(count=len(file.problems))}"
        return Answer(title, said, Tone.BAD.value, BROKEN(lang).format(file=name))
    title, verdict = file.words(file.scenario.template.title), file.results.verdict
    source = SOURCE(lang).format(file=name, case=file.case)
    if verdict is None:
        return Answer(title, "", "", source)
    return Answer(title, f"{verdict.tone.sign} {file.verdict}", verdict.tone.value, source)


def figures(file: Evaluated) -> list[Figure]:
    """The numbers that the first sheet shows below the answer."""
    if file.scenario is None or file.results is None:
        return []
    rows = {row.key: row for row in file.results.rows}
    keys = file.scenario.template.answer.figures
    return [
        Figure(
            file.words(rows[key].term.title),
            shown(rows[key].value, rows[key].term, file.lang),
            _unit(rows[key].term, file),
        )
        for key in keys
    ]


def remarks(file: Evaluated) -> Iterator[tuple[str, Sequence[str]]]:
    """The notes and the problems, under their headings."""
    if file.notes:
        yield NOTES(file.lang), file.notes
    if file.problems:
        yield PROBLEMS(file.lang), [str(problem) for problem in file.problems]


def grids(file: Evaluated) -> Iterator[Grid]:
    """All inputs, then all results."""
    scenario, results = file.scenario, file.results
    if scenario is None or results is None:
        return
    heads = tuple(head(file.lang) for head in (texts.INPUT_NAME, texts.VALUE, texts.UNIT))
    rows = [_input(scenario, name, file) for name in scenario.terms()]
    yield Grid(texts.INPUTS(file.lang), heads, rows, (False, True, False))
    for table in scenario.tables().values():
        yield _table(scenario, table, file)
    for comparison in file.comparisons:
        yield _compared(comparison, file)
    yield from _sections(file)


def _input(scenario: Scenario, name: str, file: Evaluated) -> tuple[str, str, str]:
    term, value = scenario.terms()[name], getattr(scenario, name)
    title = file.words(term.title)
    if isinstance(term, Choice):
        return title, term.options[value](file.lang), ""
    return title, _given(value, term, file.lang), _unit(term, file)


def _given(value: Any, term: Term, lang: str) -> str:
    """A number as it was filled in."""
    if isinstance(term, DateTerm):
        return str(value.isoformat())
    return texts.NO_LIMIT(lang) if math.isinf(value) else exact(value, term)


def _table(scenario: Scenario, table: TableSpec, file: Evaluated) -> Grid:
    """A table of the inputs, its units in the heads."""
    terms = [column.term for column in table.columns]
    heads = tuple(_head(term, file) for term in terms)
    rows = [
        tuple(_cell(getattr(row, column.key), column.term, file) for column in table.columns)
        for row in getattr(scenario, table.name)
    ]
    return Grid(file.words(table.title), heads, rows, tuple(isinstance(t, Term) for t in terms))


def _head(term: Term | Label, file: Evaluated) -> str:
    """What stands over a column: its title and its unit."""
    if isinstance(term, Label):
        return file.words(term.title)
    return file.counting.words(labelled(term, file.lang))


def _cell(value: Any, term: Term | Label, file: Evaluated) -> str:
    """What was filled in, as it is."""
    return _given(value, term, file.lang) if isinstance(term, Term) else str(value)


def _compared(spec: Comparison, file: Evaluated) -> Grid:
    """The alternatives, the best first; what has no answer comes last."""
    results: Any = file.results
    ranked = spec.ranked(results)
    numbers = [
        column([results[f"{key}_{name}"] for key in ranked], term, file.lang)
        for name, term in spec.columns.items()
    ]
    names = [file.words(spec.alternatives[key]) for key in ranked]
    heads = [_head(term, file) for term in spec.columns.values()]
    has_best = not math.isnan(results[f"{ranked[0]}_{spec.best}"])
    return Grid(
        file.words(spec.title),
        (file.words(spec.sheet), *heads),
        list(zip(names, *numbers, strict=True)),
        (False, *[True] * len(heads)),
        0 if has_best else None,
    )


def _sections(file: Evaluated) -> Iterator[Grid]:
    """The results that no comparison has, in their sections."""
    results: Any = file.results
    elsewhere = set[str]().union(*(comparison.keys() for comparison in file.comparisons))
    heads = tuple(head(file.lang) for head in (texts.RESULT, texts.VALUE, texts.UNIT))
    found: dict[str, list[tuple[str, ...]]] = {}
    title = texts.RESULTS(file.lang)
    for row in results.rows:
        if row.key in elsewhere or row.key.endswith(RESIDUAL):
            continue
        title = file.words(row.section) or title
        name, value = file.words(row.term.title), shown(row.value, row.term, file.lang)
        of = "" if math.isnan(row.value) else _unit(row.term, file)
        found.setdefault(title, []).append((name, value, of))
    for title, rows in found.items():
        yield Grid(title, heads, rows, (False, True, False))


def _unit(term: Term, file: Evaluated) -> str:
    """The unit; a share has its sign beside the number, and a date has none."""
    if term.is_fraction or isinstance(term, DateTerm):
        return ""
    return file.counting.words(unit(term, file.lang))


def pictures(file: Evaluated, dots: int) -> list[bytes]:
    """The charts of the scenario as PNG, where Matplotlib is installed."""
    if file.scenario is None:
        return []
    try:
        from lmprice.plots.bars import comparison
        from lmprice.plots.lines import curves
    except ImportError:
        return []
    said: Any = {"lang": file.lang, "words": file.counting.words}
    found: list[Any] = [curves(file.scenario, **said)]
    if file.scenario.template.comparison is not None:
        found.append(comparison(file.scenario, **said))
    return [_png(figure, dots) for figure in found]


def _png(figure: Any, dots: int) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dots)
    return buffer.getvalue()
