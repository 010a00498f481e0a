"""``lmprice export``: the functions for another engine, as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.shared import Force, say, stop, written

export = typer.Typer(help="Write the functions for another engine.", no_args_is_help=True)

Output = Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="The file to write.")]


@export.command()
def sql(
    dialect: Annotated[str, typer.Option(help="duckdb, postgres, snowflake, bigquery, spark ...")],
    output: Output = Path("lmprice.sql"),
    checked: Annotated[
        bool, typer.Option("--checked", help="NULL where an argument is out of its range.")
    ] = False,
    force: Force = False,
) -> None:
    """Write functions, or macros, for a database: lm_profit and so on."""
    from lmprice.export.databases import sql_functions

    try:
        text = sql_functions(dialect, checked=checked)
    except ValueError as error:
        stop(str(error))
    except ModuleNotFoundError as error:
        stop(f"{error.name} is not installed: pip install 'lmprice[sql]'")
    _write(text, output, force=force)


@export.command("apps-script")
def apps_script(output: Output = Path("lm.gs"), force: Force = False) -> None:
    """Write custom functions for Google Sheets: LMPROFIT and so on."""
    from lmprice.export.sheets import apps_script as script

    _write(script(), output, force=force)


@export.command("office-js")
def office_js(output: Output = Path("lm.js"), force: Force = False) -> None:
    """Write custom functions for an Office add-in: LMPROFIT and so on, in Excel on the web too."""
    from lmprice.export.sheets import office_js as script

    _write(script(), output, force=force)


def _write(text: str, path: Path, *, force: bool) -> None:
    from lmprice.output.files import write

    written(lambda: write(text.encode(), path, force=force), path)
    say(f"Wrote {path}")
