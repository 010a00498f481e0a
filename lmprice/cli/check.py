"""``lmprice check``: whether anybody has broken the workbook."""

from __future__ import annotations

import typer

from lmprice.cli.shared import PROBLEMS, File, print_problems, say


def check(file: File) -> None:
    """Compare a workbook with its template: inputs, formulas, stored numbers."""
    from lmprice import workbook
    from lmprice.workbook.checking import summary

    try:
        problems = workbook.check(file)
    except workbook.WorkbookError as error:
        problems = error.problems
    print_problems(file, summary(problems))
    if problems:
        raise typer.Exit(PROBLEMS)
    say(f"{file}: all formulas are the template's and all numbers are up to date")
