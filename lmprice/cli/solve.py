"""``lmprice solve``: the prices at which a revenue or a margin holds over the whole base.

Exit codes: 0 the book is written, 1 rows were refused, the input has problems or no prices reach
the target, 2 wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.backtest import Elasticity, ResponseFile, demand_of
from lmprice.cli.rate import (
    BookFile,
    CostFile,
    CustomerColumn,
    DayAfter,
    FirstDay,
    Mapped,
    Source,
    UsageName,
    columns_of,
    end_where_refused,
)
from lmprice.cli.shared import PROBLEMS, Force, Lang, apart, failed, for_a_book, say, stop
from lmprice.language.terms import Language


def solve(
    usage: UsageName,
    book: BookFile,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            dir_okay=False,
            help="The book with the new prices: .toml, .json or .xlsx.",
        ),
    ],
    revenue: Annotated[
        float | None, typer.Option(help="What all customers are to pay, without tax.")
    ] = None,
    margin: Annotated[
        str | None, typer.Option(help="What is to be left after --costs: 0.4 or 40%.")
    ] = None,
    costs: CostFile = None,
    charge: Annotated[
        list[str] | None,
        typer.Option(help="A charge whose price is to move, as a bill names it; again for more."),
    ] = None,
    elasticity: Elasticity = None,
    response: ResponseFile = None,
    start: FirstDay = None,
    end: DayAfter = None,
    source: Source = None,
    customer: CustomerColumn = None,
    mapped: Mapped = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Find the one factor on all prices, or on those of named charges, that reaches a target."""
    try:
        from lmprice.billing.solving import solve as run
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.files import load_book, save_book
    from lmprice.billing.margins import ComparisonError
    from lmprice.billing.parsing import BookError
    from lmprice.billing.price_changes import price_changes
    from lmprice.billing.taking import STANDARD_INPUT, files_of
    from lmprice.billing.usage import UsageError

    for_a_book(output)
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    if output.exists() and not force:
        stop(f"{output} exists already; --force overwrites it")
    try:
        files = () if usage == STANDARD_INPUT else files_of(usage)
        apart(output, *files, book, *([costs] if costs else []))
        old = load_book(book)
        solved = run(
            usage,
            old,
            revenue=revenue,
            margin=None if margin is None else _fraction(margin),
            costs=None if costs is None else load_book(costs),
            charges=charge or (),
            elasticity=demand_of(elasticity, response),
            source=source,
            customer=customer,
            columns=columns_of(mapped or []),
            period=(start, end),
        )
        new = solved.book.model_copy(update={"version": f"{old.version} x {solved.factor}"})
        save_book(new, output, lang=lang.value, force=force)
    except OSError as error:
        failed(error, output)
    except (BookError, UsageError, ComparisonError) as error:
        stop(str(error), PROBLEMS)
    except ValueError as error:
        stop(str(error))
    found, *then = solved.in_words()
    say(found)
    for change in price_changes(old, solved.book):
        where = f" where {change.when}" if change.when else ""
        say(f"{change.model} {change.meter}{where}: {change.new}")
    for line in then:
        say(line)
    say(f"Wrote {output}")
    end_where_refused(solved.draft.rating)


def _fraction(text: str) -> float:
    """A share as a fraction or in per cent."""
    number, is_percent = text.removesuffix("%"), text.endswith("%")
    try:
        return float(number) / (100 if is_percent else 1)
    except ValueError:
        stop(f"--margin {text}: write 0.4 or 40%")
