"""``lmprice page``: a template or a filled-in workbook as one web page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import Force, Lang, read_scenario, say, stop, written
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario


def page(
    source: Annotated[str, typer.Argument(help="A template, or a workbook that is filled in.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The .html to write.")
    ] = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Write a calculator as one HTML file: no install, no network, the same numbers."""
    from lmprice.output.files import write
    from lmprice.page import page as page_of

    scenario = _scenario(source)
    path = output or Path(f"{scenario.template.name}.html")
    if path.suffix.lower() not in (".html", ".htm"):
        stop(f"the name of a page ends in .html, not {path.name!r}")
    content = page_of(scenario, lang.value).encode()
    written(lambda: write(content, path, force=force), path)
    say(f"Wrote {path}")


def _scenario(source: str) -> Scenario:
    from lmprice.scenarios import SCENARIOS

    if source in SCENARIOS:
        return SCENARIOS[source]()
    if not Path(source).is_file():
        stop(f"there is no template and no file {source!r}; there are: {', '.join(SCENARIOS)}")
    return read_scenario(Path(source))
