"""The command line: puts the commands together, each of them a file of its own.

A command is a function of the same name as its file, or a group of commands.  The files are light:
what a command works with is loaded when it runs, so that ``lmprice --help`` is there at once.

Exit codes: 0 all is well, 1 the input has problems, 2 the command was used wrongly, 141 who reads
the output has gone.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Annotated

import typer

import lmprice
from lmprice.cli.backtest import backtest
from lmprice.cli.book import book
from lmprice.cli.check import check
from lmprice.cli.demo import demo
from lmprice.cli.evaluate import evaluate
from lmprice.cli.excel import excel
from lmprice.cli.export import export
from lmprice.cli.fill import fill
from lmprice.cli.functions import functions
from lmprice.cli.page import page
from lmprice.cli.plot import plot
from lmprice.cli.prices import prices
from lmprice.cli.rate import rate
from lmprice.cli.reconcile import reconcile
from lmprice.cli.report import report
from lmprice.cli.sensitivity import sensitivity
from lmprice.cli.shared import WRONG_USAGE, err, plain, say
from lmprice.cli.simulate import simulate
from lmprice.cli.solve import solve
from lmprice.cli.template import TemplateCommand, template
from lmprice.output.files import clean_up_when_told_to_stop

READER_GONE = 128 + 13  # as of a process that SIGPIPE ends

app = typer.Typer(
    name="lmprice",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
app.add_typer(excel, name="excel")
app.add_typer(book, name="book")
app.add_typer(prices, name="prices")
app.add_typer(export, name="export")
app.command()(rate)
app.command()(backtest)
app.command()(solve)
app.command()(reconcile)
app.command()(simulate)
app.command()(sensitivity)
app.command()(plot)
app.command()(page)
app.command()(demo)
app.command(cls=TemplateCommand)(template)
app.command()(evaluate)
app.command()(check)
app.command()(fill)
app.command()(report)
app.command()(functions)


def main() -> None:
    """Entry point of the ``lmprice`` command."""
    clean_up_when_told_to_stop()
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Redirected output may have an encoding without Chinese or Σ; a file is better in
            # UTF-8.  Names of files may have bytes that are none.
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    printed_to = sys.stdout
    try:
        try:
            app()
        finally:
            if sys.stdout is not printed_to:  # so Typer says that the pipe is broken
                raise BrokenPipeError
            sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = printed_to
        _let_go_of_output()  # who reads has read enough
        sys.exit(READER_GONE)
    except OSError as error:
        _let_go_of_output()
        what = "cannot write the output" if error.filename is None else f"{error.filename}"
        with contextlib.suppress(OSError):  # it may be full as well
            err.print(plain(f"lmprice: {what}: {error.strerror}"))
        sys.exit(WRONG_USAGE)


def _open_closed_streams() -> None:
    """Let what a caller has closed lead nowhere, lest a file that is written get its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r+"))


def _let_go_of_output() -> None:
    """What is still to be printed goes nowhere: Python tries again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"lmprice {lmprice.__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Pricing economics of large language models: templates, results, checks."""
