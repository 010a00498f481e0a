"""The commands of ``lmprice excel``; what they do is in the modules beside this one.

Exit codes: 0 all is well, 1 there are problems, 2 wrong usage or nothing for this system.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lmprice.excel_setup import doctor as checks
from lmprice.excel_setup import install as setup
from lmprice.excel_setup import lite as lite_files
from lmprice.excel_setup.machine import SetupError, this_machine
from lmprice.excel_setup.workbook import STEPS

PROBLEMS = 1
WRONG_USAGE = 2

app = typer.Typer(
    help="The functions in Excel: install them, find out why they are not there.",
    no_args_is_help=True,
)

Force = Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")]


@app.command()
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
    try:
        steps = setup.plan(this_machine(), output.absolute(), force=force)
        for step in steps:
            _tell(step, None if dry_run else setup.carry_out(step), dry_run=dry_run)
    except SetupError as error:
        _refuse(error)
    if all(step.content is None for step in steps):
        typer.echo("Nothing to do.")
    elif not dry_run:
        _tell_steps(f"Open {steps[1].path} in Excel.", *STEPS)


@app.command()
def doctor() -> None:
    """Check Python, xlwings, its settings and the functions; say what to do about each problem."""
    found = checks.examine(this_machine())
    for check in found:
        typer.echo(str(check))
    if any(check.status is checks.Status.PROBLEM for check in found):
        raise typer.Exit(PROBLEMS)


@app.command()
def lite(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", file_okay=False, help="The folder to write them to."),
    ] = None,
) -> None:
    """Mac, web and Windows: the main.py and requirements.txt for xlwings Lite."""
    if output is None:
        for name, text in lite_files.files().items():
            typer.echo(f"----- {name} -----\n{text}")
    else:
        try:
            written = lite_files.write_files(output)
        except SetupError as error:
            _refuse(error)
        for path, is_new in written.items():
            typer.echo(f"{'Wrote' if is_new else 'Unchanged:'} {path}")
    _tell_steps(*lite_files.STEPS)


@app.command()
def libreoffice(
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The extension to build.")
    ] = Path("lmprice.oxt"),
    force: Force = False,
) -> None:
    """LibreOffice: build the extension with the functions."""
    from lmprice_excel.libreoffice import build_oxt

    _write(output, lambda: build_oxt(output, force=force))
    typer.echo(f'Install it with: unopkg add "{output}"')


@app.command(name="lambda")
def lambda_edition(
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The workbook to write.")
    ] = Path("lmprice-functions.xlsx"),
    force: Force = False,
) -> None:
    """Excel 365 and 2024: write the workbook with the functions as LAMBDA names."""
    from lmprice.output.files import write
    from lmprice.workbook.functions_edition import functions_workbook

    _write(output, lambda: write(functions_workbook(), output, force=force))


def _write(output: Path, write: Callable[[], object]) -> None:
    """Write a file; what is in the way is said in one line."""
    if not output.parent.is_dir():
        _refuse(SetupError(f"there is no folder {output.parent}"))
    try:
        write()
    except FileExistsError:
        _refuse(SetupError(f"{output} exists already; --force overwrites it"))
    except OSError as error:
        _refuse(SetupError(f"cannot write {output}: {error.strerror}"))
    typer.echo(f"Wrote {output}")


def _tell(step: setup.Step, backup: Path | None, *, dry_run: bool) -> None:
    if step.content is None:
        typer.echo(f"Unchanged: {step.path}")
    else:
        typer.echo(f"{'Would write' if dry_run else 'Wrote'} {step.path}")
    for remark in step.remarks:
        typer.echo(f"  {remark}")
    if backup is not None:
        typer.echo(f"  as it was before: {backup}")


def _tell_steps(*steps: str) -> None:
    typer.echo("Next:")
    for number, step in enumerate(steps, 1):
        typer.echo(f"  {number}. {step}")


def _refuse(error: SetupError) -> NoReturn:
    typer.echo(f"lmprice: {error}", err=True)
    raise typer.Exit(WRONG_USAGE)
