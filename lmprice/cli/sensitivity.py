"""``lmprice sensitivity``: which input moves a result most."""

from __future__ import annotations

from typing import Annotated

import typer

from lmprice.cli.naming import result_key
from lmprice.cli.shared import AsJson, File, print_json, read_scenario, say_text, stop


def sensitivity(
    file: File,
    result: Annotated[str, typer.Argument(help="A result, by its key or title: profit.")],
    change: Annotated[float, typer.Option(help="Share by which each input moves.")] = 0.1,
    as_json: AsJson = False,
) -> None:
    """Show which inputs of a filled-in workbook move a result most."""
    from lmprice.language.errors import PricingError
    from lmprice.simulation import tornado as tornados

    scenario = read_scenario(file)
    result = result_key(scenario, result)
    try:
        tornado = tornados.sensitivity(scenario, result, change=change)
    except PricingError as error:
        stop(str(error))
    if as_json:
        name = scenario.template.name
        found = {"base": tornado.base, "inputs": tornado.to_dicts()}
        print_json(file=str(file), template=name, result=result, **found)
    else:
        say_text(str(tornado))
