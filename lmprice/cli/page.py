"""``lmprice page``: a template or a filled-in workbook as one web page."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import Force, Lang, read_scenario, say, stop, written
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario


def page(
    source: Annotated[
        str | None, typer.Argument(help="A template, or a workbook that is filled in.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The .html, or the folder of a site.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="A site: all templates, functions and the history of prices, in both languages.",
        ),
    ] = False,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Write a calculator as one HTML file: no install, no network, the same numbers."""
    from lmprice.output.files import write
    from lmprice.page import page as page_of

    if every:
        if source is not None:
            stop(f"--all writes every template: leave out {source!r}")
        _write_site(output or Path("site"), force=force)
        return
    if source is None:
        stop("name a template or a workbook, or give --all")
    scenario = _scenario(source)
    path = output or Path(f"{scenario.template.name}.html")
    if path.suffix.lower() not in (".html", ".htm"):
        stop(f"the name of a page ends in .html, not {path.name!r}")
    content = page_of(scenario, lang.value).encode()
    written(lambda: write(content, path, force=force), path)
    say(f"Wrote {path}")


def _write_site(folder: Path, *, force: bool) -> None:
    """All files of the site, in a folder that may be there."""
    from lmprice.output.files import write
    from lmprice.page.site import site

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        stop(f"cannot make the folder {folder}: {error.strerror}")
    count = 0
    for name, text in site():
        path, content = folder / name, text.encode()
        written(partial(write, content, path, force=force), path)
        count += 1
    say(f"Wrote {count} pages to {folder}")


def _scenario(source: str) -> Scenario:
    from lmprice.scenarios import SCENARIOS

    if source in SCENARIOS:
        return SCENARIOS[source]()
    if not Path(source).is_file():
        stop(f"there is no template and no file {source!r}; there are: {', '.join(SCENARIOS)}")
    return read_scenario(Path(source))
