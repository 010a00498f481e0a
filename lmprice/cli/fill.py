"""The commands ``lmprice fill`` and ``lmprice report``: workbooks from data, and a file to send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from lmprice.cli.evaluate import PROBLEMS, stop
from lmprice.language.terms import Language
from lmprice.output.files import write
from lmprice.scenarios import SCENARIOS, Scenario
from lmprice.workbook import WorkbookError, read
from lmprice.workbook.building import build
from lmprice.workbook.filling import SOURCES, RecordError, filled, left_out, records
from lmprice.workbook.report import KINDS, report
from lmprice.workbook.summaries import evaluated

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Force = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]


def fill(
    template: Annotated[str, typer.Argument(help="A template, or a workbook filled in already.")],
    source: Annotated[
        Path, typer.Option("--from", exists=True, dir_okay=False, help="A .csv, .json or .xlsx.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="The folder.")],
    name: Annotated[
        str, typer.Option(help="Names of the files, with columns in braces: {customer}-{row}.")
    ] = "{row}",
    lang: Annotated[Language, typer.Option(help="Language of the workbooks.")] = Language.en,
    force: Force = False,
) -> None:
    """Fill in a template for each record of a file: one workbook a record."""
    base = _base(template)
    if source.suffix.lower() not in SOURCES:
        stop(f"{source.name} does not end in {', '.join(SOURCES)}")
    try:
        found = records(source)
    except (RecordError, WorkbookError, json.JSONDecodeError, UnicodeDecodeError) as error:
        stop(f"{source}: {error}")
    if not found:
        stop(f"{source} has no records")
    as_before = left_out(type(base), found)
    if as_before:
        err.print(escape(f"Not in {source.name}, so as in {template}: {', '.join(as_before)}"))
    output.mkdir(parents=True, exist_ok=True)
    written, has_problems = 0, False
    for result in filled(base, found, name):
        if isinstance(result, RecordError):
            has_problems = True
            for line in str(result).splitlines():
                err.print(escape(f"{source}: {line}"))
            continue
        try:
            build(result.scenario, output / result.name, lang=lang.value, force=force)
        except FileExistsError:
            stop(f"{output / result.name} exists already; --force overwrites it")
        except OSError as error:
            stop(f"cannot write {output / result.name}: {error.strerror}")
        written += 1
    out.print(escape(f"Wrote {written} workbooks to {output}"))
    if has_problems:
        raise typer.Exit(PROBLEMS)


def report_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="A .html, .md or .pdf.")
    ],
    force: Force = False,
) -> None:
    """Write the answer, inputs, results and charts of a filled-in workbook to one file."""
    kind = output.suffix.lower()
    if kind not in KINDS:
        stop(f"a report ends in {', '.join(KINDS)}, not {output.name!r}")
    found = evaluated(file)
    try:
        content = report(found, kind)
    except ImportError:
        stop("a PDF needs Matplotlib: pip install 'lmprice[plot]'")
    try:
        write(content, output, force=force)
    except FileExistsError:
        stop(f"{output} exists already; --force overwrites it")
    except OSError as error:
        stop(f"cannot write {output}: {error.strerror}")
    out.print(escape(f"Wrote {output}"))
    if found.problems:
        raise typer.Exit(PROBLEMS)


def _base(template: str) -> Scenario:
    if template in SCENARIOS:
        return SCENARIOS[template]()
    if not Path(template).is_file():
        stop(f"there is no template and no file {template!r}; there are: {', '.join(SCENARIOS)}")
    try:
        return read(template)
    except WorkbookError as error:
        stop(str(error))
