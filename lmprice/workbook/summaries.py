"""Many filled workbooks at once: what each of them gives, and what is wrong with it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmprice.language.dates import DateTerm, day
from lmprice.language.terms import Term, Text
from lmprice.output.foreign import in_cell, in_csv, is_like_a_formula, on_terminal
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.results import Results
from lmprice.scenarios.template import Comparison
from lmprice.workbook.contents import Contents, Problem, WorkbookError
from lmprice.workbook.counting import Counting
from lmprice.workbook.reading import open_template, read_cases, read_inputs
from lmprice.workbook.texts import about

TOLERANCE = 1e-9
KINDS = (".xlsx", ".csv", ".parquet")
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Evaluated:
    """One workbook: what it is, its results or its problems."""

    path: Path
    template: str | None = None
    version: int | None = None
    lang: str = "en"
    counting: Counting = field(default_factory=Counting)
    scenario: Scenario | None = None
    """Its inputs, counted as the workbook counts."""
    case: str = ""
    results: Results | None = None
    problems: tuple[Problem, ...] = ()
    stale: int = 0
    """How many stored results are not what the inputs give."""
    values: dict[str, float | str | None] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The answer in the words of the workbook."""
        if self.results is None or self.results.verdict is None:
            return ""
        return self.words(self.results.verdict.text)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The comparisons of its scenario."""
        return self.scenario.template.comparisons if self.scenario is not None else ()

    @property
    def notes(self) -> list[str]:
        """What there is to be said about the results, in the words of the workbook."""
        if self.results is None or self.scenario is None:
            return []
        fields = {**self.scenario.terms(), **self.scenario.tables()}
        asked = [
            about(self.words(fields[name].title), self.words(message), self.lang)
            for name, message in self.results.questions
        ]
        return [*map(self.words, self.results.warnings), *asked]

    def words(self, text: Text) -> str:
        """A text in the language of the workbook, and in what it counts."""
        return self.counting.words(text(self.lang))


def evaluated(path: Path) -> Evaluated:
    """The results of a workbook, or its problems."""
    try:
        return _evaluated(path)
    except WorkbookError as error:  # also of a sheet that only results are on
        return Evaluated(path, problems=error.problems)


def _evaluated(path: Path) -> Evaluated:
    contents = open_template(path)
    template = contents.template.template
    inputs, problems = read_inputs(contents)
    known = (template.name, contents.version, contents.lang, contents.counting)
    if problems:
        return Evaluated(path, *known, problems=tuple(problems))
    scenario = contents.template(**inputs)
    results = scenario.evaluate()
    cases, _ = read_cases(contents)
    values = {row.key: plain(row.value, row.term) for row in results.rows}
    return Evaluated(
        path,
        *known,
        scenario,
        cases.name(contents.lang),
        results,
        stale=_stale(contents, results),
        values=values,
    )


def plain(value: float, term: Term) -> float | str | None:
    """A result as JSON has it."""
    if math.isnan(value):
        return None
    return day(value).isoformat() if isinstance(term, DateTerm) else value


def _stale(contents: Contents, results: Results) -> int:
    """How many stored results differ from the computed ones; none where nothing is stored."""
    places = {row.key: contents.values.named(row.key) for row in results.rows}
    stored = contents.values.at(places)
    return sum(
        isinstance(stored[row.key], (int, float))
        and not math.isnan(row.value)
        and not isinstance(row.term, DateTerm)
        and not math.isclose(stored[row.key], row.value, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        for row in results.rows
    )


def workbooks(paths: Sequence[Path]) -> Iterator[Path]:
    """The files as given, and the spreadsheets in folders, by name; not what Excel has open.

    Those that are no .xlsx are among them, so that nobody thinks they were computed.
    """
    for path in paths:
        if path.is_dir():
            files = (p for p in path.rglob("*") if p.suffix.lower() in SPREADSHEETS)
            yield from sorted(p for p in files if not p.name.startswith("~$"))
        else:
            yield path


def summary_bytes(files: Sequence[Evaluated], kind: str) -> bytes:
    """A row for each file, as ``.xlsx``, ``.csv`` or ``.parquet``; its problems beside it."""
    keys = list(dict.fromkeys(key for f in files for key in f.values))
    head = ["file", "template", "scenario", "currency", "tokens"]
    head += ["problems", "verdict", "notes", "stale", *keys]
    rows = [
        [
            on_terminal(str(f.path)), f.template, f.case,
            *((f.counting.currency, f.counting.tokens) if f.template else (None, None)),
            "; ".join(map(str, f.problems)), f.verdict,
            ("" if f.lang == "zh" else " ").join(f.notes), f.stale,
            *(f.values.get(key) for key in keys),
        ]
        for f in files
    ]  # fmt: skip
    if kind == ".csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(head)
        for row in rows:
            writer.writerow([in_csv(x) if isinstance(x, str) else x for x in row])
        return b"\xef\xbb\xbf" + text.getvalue().encode()  # so that Excel reads it as UTF-8
    if kind == ".parquet":
        return _parquet(head, rows)
    return _sheet(head, rows)


def _sheet(head: list[str], rows: list[list[Any]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Summary")
    sheet.freeze_panes = "B2"
    sheet.append(head)
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, in_cell(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"  # whatever it looks like
                cell.quotePrefix = is_like_a_formula(value)
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _parquet(head: list[str], rows: list[list[Any]]) -> bytes:
    import polars as pl

    columns = {name: [row[number] for row in rows] for number, name in enumerate(head)}
    # A result that is a date in one file and has no answer in another stays a text.
    frame = pl.DataFrame(
        {name: pl.Series(name, values, strict=False) for name, values in columns.items()}
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()
