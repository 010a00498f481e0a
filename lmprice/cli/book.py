"""``lmprice book``: a price book, checked and written as another kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.shared import PROBLEMS, File, Force, Lang, say, stop
from lmprice.language.terms import Language


def book(
    source: File,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="A .toml, .json or .xlsx file.")
    ],
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Check a price book, and write it as another kind of file: .toml, .json or .xlsx."""
    from lmprice.billing.files import BookError, load_book, save_book

    try:
        save_book(load_book(source), output, lang=lang.value, force=force)
    except FileExistsError:
        stop(f"{output} exists already; --force overwrites it")
    except OSError as error:
        stop(f"cannot write {output}: {error.strerror}")
    except ModuleNotFoundError as error:
        stop(str(error))
    except BookError as error:
        stop(str(error), PROBLEMS)
    say(f"Wrote {output}")
