"""``lmprice fill``: one workbook for each record of a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import (
    PROBLEMS,
    Force,
    apart,
    err,
    plain,
    print_problems,
    regular,
    say,
    stop,
    written,
)
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from lmprice.workbook.filling import Pattern


def fill(
    template: Annotated[str, typer.Argument(help="A template, or a workbook filled in already.")],
    source: Annotated[
        Path, typer.Option("--from", exists=True, dir_okay=False, help="A .csv, .json or .xlsx.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="The folder.")],
    name: Annotated[
        str, typer.Option(help="Names of the files, with columns in braces: {customer}-{row}.")
    ] = "{row}",
    lang: Annotated[
        Language | None, typer.Option(help="Language; by default that of the workbook, or en.")
    ] = None,
    force: Force = False,
) -> None:
    """Fill in a template for each record of a file: one workbook a record."""
    from lmprice.workbook import WorkbookError
    from lmprice.workbook.filling import (
        SOURCES,
        RecordError,
        Refused,
        filled,
        left_out,
        problems,
        records,
    )

    regular(source)
    pattern = _pattern(template)
    base = pattern.scenario
    if source.suffix.lower() not in SOURCES:
        stop(f"{source.name} does not end in {', '.join(SOURCES)}")
    try:
        found = records(source)
    except (RecordError, WorkbookError) as error:
        stop(f"{source}: {error}")
    if not found:
        stop(f"{source} has no records")
    as_before = left_out(type(base), found)
    if as_before:
        err.print(plain(f"Not in {source.name}, so as in {template}: {', '.join(as_before)}"))
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"cannot make the folder {output}: {error.strerror}")
    try:
        results = filled(base, found, name)
    except RecordError as error:
        stop(str(error))
    count, refused = 0, []
    for result in results:
        if isinstance(result, Refused):
            refused.append(result)
            continue
        path, scenario = output / result.name, result.scenario
        apart(path, source, Path(template))
        write = partial(pattern.build, scenario, path, lang and lang.value, force=force)
        written(write, path)
        count += 1
    say(f"Wrote {count} workbook{'' if count == 1 else 's'} to {output}")
    if refused:
        print_problems(source, problems(refused))
        raise typer.Exit(PROBLEMS)


def _pattern(template: str) -> Pattern:
    from lmprice.scenarios import SCENARIOS
    from lmprice.workbook import WorkbookError
    from lmprice.workbook.filling import Pattern

    if template not in SCENARIOS and not Path(template).is_file():
        stop(f"there is no template and no file {template!r}; there are: {', '.join(SCENARIOS)}")
    try:
        return Pattern.of(template)
    except WorkbookError as error:
        stop("\n".join(f"{template}: {problem}" for problem in error.problems), PROBLEMS)
