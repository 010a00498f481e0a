"""``lmprice functions``: what there is, and what one of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import out, say, stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from lmprice.language.formula import PricingFunction


def functions(
    name: Annotated[str | None, typer.Argument(help="A function, as in Python or Excel.")] = None,
) -> None:
    """List the functions, or explain one of them."""
    from lmprice.chapters import functions as all_functions

    if name is None:
        out.print(_table(all_functions()))
        return
    wanted = name.casefold()
    for function in all_functions():
        if wanted in (function.name.casefold(), function.excel_name.casefold()):
            _explain(function)
            return
    stop(f"there is no function {name!r}; 'lmprice functions' lists them")


def _table(functions: Iterable[PricingFunction]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Python", no_wrap=True)
    table.add_column("Excel", no_wrap=True)
    table.add_column("What it gives")
    category = None
    for function in functions:
        if function.category != category:
            category = function.category
            table.add_section()
            table.add_row(f"[bold]{category}[/bold]")
        table.add_row(function.name, function.excel_name, function.summary)
    return table


def _explain(function: PricingFunction) -> None:
    optional = [f"[{p.name}]" if p.is_optional else p.name for p in function.parameters]
    say(f"{function.name}({', '.join(p.name for p in function.parameters)})")
    say(f"={function.excel_name}({', '.join(optional)})")
    say("")
    say((function.function.__doc__ or "").rstrip())
    if function.lambda_text is not None:
        say("")
        say(f"LAMBDA: {function.lambda_text}")
