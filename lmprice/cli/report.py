"""``lmprice report``: a filled-in workbook as one file to send on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.shared import PROBLEMS, File, Force, apart, quiet_fonts, say, stop, written


def report(
    file: File,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="A .html, .md or .pdf.")
    ],
    force: Force = False,
) -> None:
    """Write the answer, inputs, results and charts of a filled-in workbook to one file."""
    from lmprice.output.files import write
    from lmprice.workbook.report import KINDS, report_bytes
    from lmprice.workbook.summaries import evaluated

    apart(output, file)
    kind = output.suffix.lower()
    if kind not in KINDS:
        stop(f"a report ends in {', '.join(KINDS)}, not {output.name!r}")
    found = evaluated(file)
    quiet_fonts()
    try:
        content = report_bytes(found, kind)
    except ImportError:
        stop("a PDF needs Matplotlib: pip install 'lmprice[plot]'")
    written(lambda: write(content, output, force=force), output)
    say(f"Wrote {output}")
    if found.problems:
        raise typer.Exit(PROBLEMS)
