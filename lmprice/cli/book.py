"""The commands ``lmprice book``: check a price book, explain it, convert it, describe the format.

Exit codes: 0 all is well, 1 the book has problems, 2 wrong usage.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lmprice.cli.shared import (
    PROBLEMS,
    File,
    Force,
    Lang,
    apart,
    failed,
    for_a_book,
    regular,
    say,
    stop,
)
from lmprice.language.terms import Language


class _Group(TyperGroup):
    """Commands on price books; without the name of one a book is converted."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments; ``--from LIST`` says the same as ``from LIST``."""
        if args[:1] == ["--from"]:
            args = ["from", *args[1:]]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name."""
        if args and args[0] not in self.commands:
            args = ["convert", *args]
        return super().resolve_command(ctx, args)


book = typer.Typer(cls=_Group, no_args_is_help=True)


@book.callback()
def options() -> None:
    """Price books: check, convert, describe. `lmprice book FILE -o OTHER` converts."""


@book.command(name="from")
def from_list(
    prices: File,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="A .toml, .json or .xlsx file.")
    ],
    models: Annotated[
        str, typer.Option(help="Models, with commas between; * stands for any letters.")
    ] = "*",
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Make a price book from a price list: LiteLLM, models.dev, OpenRouter, Langfuse, Portkey."""
    from lmprice.billing.files import save_book
    from lmprice.billing.parsing import BookError
    from lmprice.billing.prices import PriceListError, book_from

    for_a_book(output)
    apart(output, prices)
    regular(prices)
    wanted = [name.strip() for name in models.split(",") if name.strip()]
    try:
        made, left = book_from(prices, wanted)
        save_book(made, output, lang=lang.value, force=force)
    except FileExistsError:
        stop(f"{output} exists already; --force overwrites it")
    except OSError as error:
        failed(error, output)
    except (BookError, PriceListError) as error:
        stop(str(error), PROBLEMS)
    for line in left:
        say(f"Not in the book: {line}")
    say(f"Wrote {output}: {len(made.charges):,} prices")


@book.command()
def convert(
    source: File,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="A .toml, .json or .xlsx file.")
    ],
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Check a price book, and write it as another kind of file: .toml, .json or .xlsx."""
    from lmprice.billing.files import load_book, save_book
    from lmprice.billing.parsing import BookError

    for_a_book(output)
    apart(output, source)
    try:
        save_book(load_book(source), output, lang=lang.value, force=force)
    except FileExistsError:
        stop(f"{output} exists already; --force overwrites it")
    except OSError as error:
        failed(error, output)
    except ModuleNotFoundError as error:
        stop(str(error))
    except BookError as error:
        stop(str(error), PROBLEMS)
    say(f"Wrote {output}")


@book.command()
def check(source: File) -> None:
    """Say every problem of a price book with its path, or in words what it charges."""
    from lmprice.billing.explaining import explained, warnings
    from lmprice.billing.files import load_book
    from lmprice.billing.parsing import BookError

    try:
        found = load_book(source)
    except BookError as error:
        stop(str(error), PROBLEMS)
    for line in explained(found):
        say(line)
    for line in warnings(found):
        say(f"Note: {line}")


@book.command()
def schema() -> None:
    """Print the JSON schema of price books, for editors."""
    from lmprice.billing.reference import json_schema

    found: dict[str, Any] = json_schema()
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
