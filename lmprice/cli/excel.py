"""``lmprice excel``: the functions in Excel and LibreOffice.

Exit codes: 0 all is well, 1 there are problems, 2 wrong usage or nothing for this system.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import PROBLEMS, Force, say, say_text, stop, written

if TYPE_CHECKING:
    from lmprice.excel_setup.install import Step

excel = typer.Typer(
    help="The functions in Excel: install them, find out why they are not there.",
    no_args_is_help=True,
)


@excel.command()
def install(
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The workbook to make.")
    ] = Path("lmprice.xlsm"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be written.")
    ] = False,
    force: Force = False,
) -> None:
    """Windows: point xlwings to this Python and make a workbook with the functions."""
    from lmprice.excel_setup import install as setup
    from lmprice.excel_setup import machine
    from lmprice.excel_setup.workbook import STEPS

    try:
        steps = setup.plan(machine.this_machine(), output.absolute(), force=force)
        for step in steps:
            _tell(step, None if dry_run else setup.carry_out(step), dry_run=dry_run)
    except machine.SetupError as error:
        stop(str(error))
    if all(step.content is None for step in steps):
        say("Nothing to do.")
    elif not dry_run:
        _tell_steps(f"Open {steps[1].path} in Excel.", *STEPS)


@excel.command()
def doctor() -> None:
    """Check Python, xlwings, its settings and the functions; say what to do about each problem."""
    from lmprice.excel_setup import doctor as checks
    from lmprice.excel_setup import machine

    found = checks.examine(machine.this_machine())
    for check in found:
        say(str(check))
    if any(check.status is checks.Status.PROBLEM for check in found):
        raise typer.Exit(PROBLEMS)


@excel.command()
def lite(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", file_okay=False, help="The folder to write them to."),
    ] = None,
) -> None:
    """Mac, web and Windows: the main.py and requirements.txt for xlwings Lite."""
    from lmprice.excel_setup import lite as lite_files
    from lmprice.excel_setup.machine import SetupError

    if output is None:
        for name, text in lite_files.files().items():
            say_text(f"----- {name} -----\n{text}")
    else:
        try:
            written = lite_files.write_files(output)
        except SetupError as error:
            stop(str(error))
        for path, is_new in written.items():
            say(f"{'Wrote' if is_new else 'Unchanged:'} {path}")
    _tell_steps(*lite_files.STEPS)


@excel.command()
def libreoffice(
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The extension to build.")
    ] = Path("lmprice.oxt"),
    force: Force = False,
) -> None:
    """LibreOffice: build the extension with the functions."""
    from lmprice_excel.libreoffice import build_oxt

    written(lambda: build_oxt(output, force=force), output)
    say(f"Wrote {output}")
    say(f'Install it with: unopkg add "{output}"')


@excel.command(name="lambda")
def lambda_edition(
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The workbook to write.")
    ] = Path("lmprice-functions.xlsx"),
    force: Force = False,
) -> None:
    """Excel 365 and 2024: write the workbook with the functions as LAMBDA names."""
    from lmprice.output.files import write
    from lmprice.workbook.functions_edition import functions_workbook

    written(lambda: write(functions_workbook(), output, force=force), output)
    say(f"Wrote {output}")


def _tell(step: Step, backup: Path | None, *, dry_run: bool) -> None:
    if step.content is None:
        say(f"Unchanged: {step.path}")
    else:
        say(f"{'Would write' if dry_run else 'Wrote'} {step.path}")
    for remark in step.remarks:
        say(f"  {remark}")
    if backup is not None:
        say(f"  as it was before: {backup}")


def _tell_steps(*steps: str) -> None:
    say("Next:")
    for number, step in enumerate(steps, 1):
        say(f"  {number}. {step}")
