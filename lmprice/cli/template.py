"""``lmprice template``: a workbook to fill in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand

from lmprice.cli.shared import Force, Lang, say, stop, written
from lmprice.language.terms import Language

PRICE_BOOK = "price-book"


class Tokens(StrEnum):
    """How many tokens a price is given for."""

    million = "million"
    billion = "billion"


def names() -> tuple[str, ...]:
    """The names of all templates."""
    from lmprice.scenarios import SCENARIOS

    return (*SCENARIOS, PRICE_BOOK)


def names_from(incomplete: str) -> list[str]:
    """The names that begin so, for the completion of a shell."""
    return [name for name in names() if name.startswith(incomplete)]


class TemplateCommand(TyperCommand):
    """A command whose help lists the templates, which take long to load, when it is asked for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, with the names of the templates."""
        argument = next(p for p in self.params if isinstance(p, TyperArgument))
        argument.help = f"One of: {', '.join(names())}."
        super().format_help(ctx, formatter)


def template(
    name: Annotated[str, typer.Argument(autocompletion=names_from)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write.")
    ] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Leave the inputs empty.")] = False,
    lang: Lang = Language.en,
    currency: Annotated[str, typer.Option(help="Currency of prices, such as CNY.")] = "USD",
    tokens: Annotated[
        Tokens, typer.Option(help="How many tokens prices and volumes are given for.")
    ] = Tokens.million,
    force: Force = False,
) -> None:
    """Write a template workbook, filled in with an example."""
    from lmprice.billing.book_workbook import book_workbook, example_book
    from lmprice.language.errors import PricingError
    from lmprice.output.files import write
    from lmprice.scenarios import SCENARIOS
    from lmprice.workbook import build

    if name not in names():
        stop(f"there is no template {name!r}; there are: {', '.join(names())}")
    path = output or Path(f"{name}.xlsx")
    if path.suffix.lower() != ".xlsx":
        stop(f"the name of a workbook ends in .xlsx, not {path.name!r}")
    if name == PRICE_BOOK:
        if (currency, tokens) != ("USD", Tokens.million):
            stop("the charges of a price book say their currency and unit, in its cells")
        book = None if blank else example_book()
        written(lambda: write(book_workbook(book, lang.value), path, force=force), path)
    else:
        words = {"lang": lang.value, "currency": currency, "tokens": tokens.value}
        scenario = SCENARIOS[name]()
        try:
            written(lambda: build(scenario, path, blank=blank, force=force, **words), path)
        except PricingError as error:  # of an option
            stop(f"{error.parameter} {error.value!r} {error.rule}")
    say(f"Wrote {path}")
