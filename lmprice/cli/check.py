"""``lmprice check``: whether anybody has broken the workbook."""

from __future__ import annotations

import typer

from lmprice.cli.shared import PROBLEMS, File, print_problems, say


def check(file: File) -> None:
    """Compare a workbook with its template: inputs, formulas, stored numbers."""
    from lmprice.workbook import WorkbookError
    from lmprice.workbook.checking import checked, summary
    from lmprice.workbook.texts import ALL_UP_TO_DATE

    lang = "en"
    try:
        lang, problems = checked(file)
    except WorkbookError as error:
        problems = error.problems
    print_problems(file, summary(problems, lang))
    if problems:
        raise typer.Exit(PROBLEMS)
    say(f"{file}: {ALL_UP_TO_DATE(lang)}")
