"""The command ``lmprice evaluate``: the results of filled-in workbooks, one or a folder of them."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from lmprice.language.terms import Text
from lmprice.output.files import write
from lmprice.output.printing import shown, unit
from lmprice.scenarios import Results
from lmprice.scenarios.template import Comparison
from lmprice.workbook.summaries import KINDS, Evaluated, evaluated, summary_bytes, workbooks

PROBLEMS, WRONG_USAGE = 1, 2
MANY = 20  # from so many files on a bar says how far it is

Paths = Annotated[list[Path], typer.Argument(exists=True, readable=True)]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

RESULT, VALUE, UNIT = Text("Result", "结果项"), Text("Value", "数值"), Text("Unit", "单位")
NOTE = Text("Note", "提示")
RANK = Text("Rank", "排名")
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
    if summary is not None and summary.suffix.lower() not in KINDS:
        stop(f"a summary ends in {', '.join(KINDS)}, not {summary.name!r}")
    files = list(workbooks(paths))
    if not files:
        stop(f"there is no .xlsx in {', '.join(map(str, paths))}")
    has_problems = False
    found = []
    for file in map(evaluated, _with_progress(files)):
        has_problems |= bool(file.problems)
        if summary is not None:
            found.append(file)
            _print_problems(file)
        elif as_json:
            typer.echo(json.dumps(_report(file), ensure_ascii=False, allow_nan=False))
        elif file.results is None:
            _print_problems(file)
        else:
            _print(file)
    if summary is not None:
        _write(summary, summary_bytes(found, summary.suffix.lower()), force=force)
        bad = sum(bool(file.problems) for file in found)
        out.print(escape(f"Wrote {summary}: {len(found)} files, {bad} of them with problems"))
    if has_problems:
        raise typer.Exit(PROBLEMS)


def _with_progress(files: list[Path]) -> Iterable[Path]:
    if len(files) < MANY or not sys.stderr.isatty():
        return files
    return track(files, "Evaluating", console=err)


def _report(file: Evaluated) -> dict[str, Any]:
    verdict = file.results and file.results.verdict
    values = {k: v for k, v in file.values.items() if not k.endswith(RESIDUAL)}
    return {
        "file": str(file.path),
        "template": file.template,
        "version": file.version,
        "scenario": file.case or None,
        "verdict": verdict and {"tone": verdict.tone.value, "text": verdict.text(file.lang)},
        "results": values if file.results is not None else None,
        "notes": file.notes,
        "stale": file.stale,
        "problems": [str(problem) for problem in file.problems],
    }


RESIDUAL = "_residual"  # how results that say how far an iteration has come end


def _print(file: Evaluated) -> None:
    """The answer, the alternatives by rank, then everything else; in the workbook's language."""
    results, scenario, lang = file.results, file.scenario, file.lang
    if results is None or scenario is None:
        return
    if results.verdict is not None:
        out.print(f"[bold]{escape(f'{results.verdict.tone.sign} {file.verdict}')}[/bold]")
    ranked = scenario.template.comparisons
    elsewhere = set[str]().union(*(c.keys() for c in ranked))
    for comparison in ranked:
        out.print(_ranking(results, comparison, lang))
    table = Table(title=escape(str(file.path)), title_justify="left", box=box.SIMPLE_HEAD)
    rows = [r for r in results.rows if r.key not in elsewhere and not r.key.endswith(RESIDUAL)]
    values = [shown(row.value, row.term) for row in rows]
    table.add_column(RESULT(lang))
    # In a narrow window words are folded, and numbers never.
    table.add_column(VALUE(lang), justify="right", min_width=max(map(len, values), default=0))
    table.add_column(UNIT(lang))
    for row, value in zip(rows, values, strict=True):
        of = "" if row.term.is_fraction else unit(row.term, lang)
        table.add_row(row.term.title(lang), value, of)
    out.print(table)
    for note in file.notes:
        out.print(escape(f"{NOTE(lang)}: {note}"))
    if file.stale:
        err.print(escape(f"{file.path}: {STALE(lang).format(count=file.stale)}"))


def _ranking(results: Results, spec: Comparison, lang: str) -> Table:
    """The alternatives, the best first; what has no answer comes last."""

    def worth(key: str) -> float:
        value = results[f"{key}_{spec.best}"]
        return -math.inf if math.isnan(value) else value

    table = Table(title=spec.title(lang), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(RANK(lang), justify="right")
    table.add_column(spec.sheet(lang))
    for term in spec.columns.values():
        table.add_column(term.title(lang), justify="right", no_wrap=True)
    for place, key in enumerate(sorted(spec.alternatives, key=worth, reverse=True), 1):
        row = [shown(results[f"{key}_{c}"], t) for c, t in spec.columns.items()]
        table.add_row(str(place), spec.alternatives[key](lang), *row)
    return table


def _print_problems(file: Evaluated) -> None:
    for problem in file.problems:
        err.print(escape(f"{file.path}: {problem}"))


def _write(path: Path, content: bytes, *, force: bool) -> None:
    try:
        write(content, path, force=force)
    except FileExistsError:
        stop(f"{path} exists already; --force overwrites it")
    except OSError as error:
        stop(f"cannot write {path}: {error.strerror}")


def stop(message: str) -> NoReturn:
    """End the command: it was used wrongly."""
    err.print(escape(f"lmprice: {message}"))
    raise typer.Exit(WRONG_USAGE)
