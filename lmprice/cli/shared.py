"""What commands share: their arguments, their exit codes, how they print, write and stop."""

from __future__ import annotations

import errno
import json
import math
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from lmprice.language.terms import Language
from lmprice.output.files import CannotWriteError
from lmprice.output.foreign import on_terminal

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario

# 0: all is well.
PROBLEMS = 1  # of the input
WRONG_USAGE = 2

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Force = Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Lang = Annotated[Language, typer.Option(help="Language of what is written.")]

_NARROWEST = 20
# A terminal in whose size nothing can be read, or that is no number, is one that does not say it.
for _name, _least in (("COLUMNS", _NARROWEST), ("LINES", 1)):
    if not re.fullmatch(r"[0-9]{1,6}", _said := os.environ.get(_name, "")) or int(_said) < _least:
        os.environ.pop(_name, None)


class _Console(Console):
    """A console that leaves it to the command line what becomes of a broken pipe."""

    def on_broken_pipe(self) -> NoReturn:
        """Say that who reads has gone."""
        raise BrokenPipeError


out = _Console(highlight=False, soft_wrap=True, emoji=False)
err = _Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def plain(text: str) -> str:
    """A line of foreign text for what reads markup: as it is, but for what steers a terminal."""
    return escape(on_terminal(text))


def say(line: str) -> None:
    """Print one line, whatever foreign names it has."""
    out.print(plain(line))


def say_text(text: str) -> None:
    """Print a text of ours, of many lines."""
    for line in text.split("\n"):
        say(line)


def warn(message: str) -> None:
    """Say what is wrong, and go on."""
    err.print(plain(f"lmprice: {message}"))


def stop(message: str, code: int = WRONG_USAGE) -> NoReturn:
    """End the command with a message, a line a problem, and an exit code."""
    for line in message.split("\n"):
        err.print(plain(f"lmprice: {line}"))
    raise typer.Exit(code)


def apart(output: Path, *inputs: Path) -> None:
    """End the command where a file that it would write is one that it reads."""
    if output.exists() and any(path.exists() and output.samefile(path) for path in inputs):
        stop(f"{output} is read by this command; write to another file")


def for_a_book(output: Path) -> None:
    """End the command where a price book is not written under such a name."""
    from lmprice.billing.files import KINDS

    if output.suffix.lower() not in KINDS:
        stop(f"{output.name}: a price book is written as {', '.join(KINDS)}")


def regular(*paths: Path) -> None:
    """End the command where an input is no regular file: a pipe or device has no end."""
    for path in paths:
        if path.exists() and not path.is_file():
            stop(f"{path} is no regular file")


def failed(error: OSError, output: Path) -> NoReturn:
    """End the command where the system did not read or write a file: which one, and why."""
    place = None if error.filename is None else Path(error.filename)
    own = place is None or place in (output, output.parent) or place.suffix == ".part"
    own = own or isinstance(error, CannotWriteError)
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    what = (
        f"cannot write {_written_at(error, output) if own else place}"
        if own or is_full
        else f"cannot read {place}"
    )
    stop(f"{what}: {error.strerror or error}")


def _written_at(error: OSError, output: Path) -> Path:
    return Path(error.filename) if isinstance(error, CannotWriteError) else output


def written(write: Callable[[], object], path: Path) -> None:
    """Write a file; what is in the way is said in one line."""
    if not path.parent.is_dir():
        stop(f"there is no folder {path.parent}")
    try:
        write()
    except FileExistsError:
        stop(f"{path} exists already; --force overwrites it")
    except OSError as error:
        failed(error, path)


def quiet_fonts() -> None:
    """Keep Matplotlib from telling of each font that has no such weight."""
    import logging

    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def print_problems(path: Path, problems: Iterable[object]) -> None:
    """Say what is wrong with a file, a line a problem."""
    for problem in problems:
        err.print(plain(f"{path}: {problem}"))


def read_scenario(file: Path) -> Scenario:
    """The scenario of a filled-in workbook; ends the command where it has problems."""
    from lmprice.workbook import WorkbookError, read

    try:
        return read(file)
    except WorkbookError as error:
        stop("\n".join(f"{file}: {problem}" for problem in error.problems), PROBLEMS)


def print_json(**content: Any) -> None:
    """Print one line of JSON, with null where a number has no answer."""
    typer.echo(json.dumps(_without_nan(content), ensure_ascii=False, allow_nan=False))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
