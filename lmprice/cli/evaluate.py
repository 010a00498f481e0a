"""``lmprice evaluate``: the results of workbooks that were filled in, one or a folder of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lmprice.cli.shared import (
    PROBLEMS,
    apart,
    err,
    out,
    plain,
    print_json,
    print_problems,
    say,
    stop,
    written,
)
from lmprice.language.terms import Text

if TYPE_CHECKING:
    from rich.table import Table

    from lmprice.scenarios import Results
    from lmprice.scenarios.template import Comparison
    from lmprice.workbook.summaries import Evaluated

MANY = 20  # from so many files on a bar says how far it is

Paths = Annotated[list[Path], typer.Argument(exists=True, readable=True)]

NOTE, RANK = Text("Note", "提示"), Text("Rank", "排名")
STALE = Text(
    "{count} stored numbers are not what the inputs give: 'lmprice check' lists them",
    "存储的 {count} 个数值与按输入计算的不符：用 lmprice check 查看",
)


def evaluate(
    paths: Paths,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    summary: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="A row for each file: .xlsx, .csv or .parquet."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the summary.")] = False,
) -> None:
    """Compute the results of filled-in workbooks, or of all in a folder."""
    from lmprice.output.files import write
    from lmprice.workbook.summaries import KINDS, evaluated, summary_bytes, workbooks

    if summary is not None and summary.suffix.lower() not in KINDS:
        stop(f"a summary ends in {', '.join(KINDS)}, not {summary.name!r}")
    files = list(workbooks(paths))
    if not files:
        stop(f"there is no .xlsx in {', '.join(map(str, paths))}")
    if summary is not None:
        apart(summary, *files)
    found = []
    for file in map(evaluated, _with_progress(files)):
        found.append(file)
        if summary is None and as_json:
            print_json(**_report(file))
        elif summary is None and file.results is not None:
            _print(file, file.results)
        else:
            print_problems(file.path, file.problems)
    bad = sum(bool(file.problems) for file in found)
    if summary is not None:
        content = summary_bytes(found, summary.suffix.lower())
        written(lambda: write(content, summary, force=force), summary)
        say(f"Wrote {summary}: {len(found)} files, {bad} of them with problems")
    if bad:
        raise typer.Exit(PROBLEMS)


def _with_progress(files: list[Path]) -> Iterable[Path]:
    if len(files) < MANY or not sys.stderr.isatty():
        return files
    from rich.progress import track

    return track(files, "Evaluating", console=err)


def _report(file: Evaluated) -> dict[str, Any]:
    from lmprice.scenarios.tracing import RESIDUAL

    verdict = file.results.verdict if file.results is not None else None
    values = {k: v for k, v in file.values.items() if not k.endswith(RESIDUAL)}
    return {
        "file": str(file.path),
        "template": file.template,
        "version": file.version,
        "scenario": file.case or None,
        "currency": file.counting.currency if file.template else None,
        "tokens": file.counting.tokens if file.template else None,
        "verdict": verdict and {"tone": verdict.tone.value, "text": file.verdict},
        "results": values if file.results is not None else None,
        "notes": file.notes,
        "stale": file.stale,
        "problems": [str(problem) for problem in file.problems],
    }


def _print(file: Evaluated, results: Results) -> None:
    """The answer, the alternatives by rank, then everything else; in the workbook's language."""
    from lmprice.cli.results import result_table
    from lmprice.scenarios.tracing import RESIDUAL
    from lmprice.workbook.texts import about

    lang = file.lang
    if results.verdict is not None:
        out.print(f"[bold]{plain(f'{results.verdict.tone.sign} {file.verdict}')}[/bold]")
    for comparison in file.comparisons:
        out.print(_ranking(results, comparison, file))
    rows = [row for row in results.rows if not row.key.endswith(RESIDUAL)]
    out.print(result_table(rows, str(file.path), lang=lang, words=file.counting.words))
    for note in file.notes:
        say(about(NOTE(lang), note, lang))
    if file.stale:
        print_problems(file.path, [STALE(lang).format(count=file.stale)])


def _ranking(results: Results, spec: Comparison, file: Evaluated) -> Table:
    """The alternatives, the best first; what has no answer comes last."""
    lang, words = file.lang, file.words
    from rich import box
    from rich.table import Table

    from lmprice.output.printing import column

    table = Table(title=words(spec.title), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(RANK(lang), justify="right")
    table.add_column(words(spec.sheet), overflow="fold")
    shown_columns = dict.fromkeys((next(iter(spec.columns)), spec.best, spec.chart))
    terms = {name: spec.columns[name] for name in shown_columns}
    ranked = spec.ranked(results)
    numbers = [
        column([results[f"{key}_{name}"] for key in ranked], term, lang)
        for name, term in terms.items()
    ]
    # In a narrow window words are folded, and numbers never.
    for term, texts in zip(terms.values(), numbers, strict=True):
        widest = max(map(len, texts))
        table.add_column(words(term.title), justify="right", overflow="fold", min_width=widest)
    for place, (key, *row) in enumerate(zip(ranked, *numbers, strict=True), 1):
        table.add_row(str(place), plain(words(spec.alternatives[key])), *row)
    return table
