"""``lmprice evaluate``: the results of workbooks that were filled in."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lmprice.cli.shared import PROBLEMS, out, print_json, print_problems, say

if TYPE_CHECKING:
    from lmprice.language.terms import Term
    from lmprice.scenarios import Results
    from lmprice.workbook import Problem

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True)]


def evaluate(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Compute the results of filled-in workbooks."""
    from lmprice.cli.results import result_table

    has_problems = False
    for path in files:
        report: dict[str, Any] = {"file": str(path), "template": None, "version": None}
        results, problems = _evaluated(path, report)
        has_problems |= bool(problems)
        if as_json:
            values = results and {row.key: _plain(row.value, row.term) for row in results.rows}
            print_json(**report, results=values, problems=[str(p) for p in problems])
        elif results is not None:
            out.print(result_table(results, str(path)))
            for warning in results.warnings:
                say(f"Note: {warning.en}")
        else:
            print_problems(path, problems)
    if has_problems:
        raise typer.Exit(PROBLEMS)


def _evaluated(path: Path, report: dict[str, Any]) -> tuple[Results | None, tuple[Problem, ...]]:
    """The results of a workbook or its problems; enters the template into the report."""
    from lmprice.workbook import WorkbookError
    from lmprice.workbook.reading import open_template, read_inputs

    try:
        contents = open_template(path)
        template = contents.template.template
        report |= {"template": template.name, "version": template.version}
        inputs, problems = read_inputs(contents)
    except WorkbookError as error:
        return None, error.problems
    return (None, tuple(problems)) if problems else (contents.template(**inputs).evaluate(), ())


def _plain(value: float, term: Term) -> float | str | None:
    """A result as JSON has it."""
    from lmprice.language.dates import DateTerm, day

    if math.isnan(value):
        return None
    return day(value).isoformat() if isinstance(term, DateTerm) else value
