"""``lmprice rate``: a usage log becomes a bill.

Exit codes: 0 all rows are priced, 1 rows were refused or the input has problems, 2 wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lmprice.cli.shared import PROBLEMS, File, Force, Lang, err, out, say, stop
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from lmprice.billing.rating import Rating
    from lmprice.billing.report import Report

BookFile = Annotated[
    Path,
    typer.Option("--book", exists=True, dir_okay=False, readable=True, help="The price book."),
]
CostFile = Annotated[
    Path | None,
    typer.Option(
        "--costs",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A book with costs for prices: shows margins and who loses money.",
    ),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", dir_okay=False, help="The bill: .xlsx, .csv or .parquet."),
]


def rate(
    usage: File,
    book: BookFile,
    output: Output,
    costs: CostFile = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Price a usage log (.csv or .parquet) by a price book (.toml, .json or .xlsx)."""
    try:
        from lmprice.billing.report import Report
        from lmprice.billing.usage import UsageError
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.files import BookError
    from lmprice.billing.margins import ComparisonError

    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    try:
        with Report(output, force=force) as report:
            if usage.resolve() in (path.resolve() for path in report.files):
                stop(f"{usage} would be overwritten by the result")
            rating = _rate(usage, book, costs, report, lang.value)
    except FileExistsError as error:
        stop(f"{error}; --force overwrites it")
    except OSError as error:
        stop(f"cannot write {output}: {error.strerror}")
    except (BookError, UsageError, ComparisonError) as error:
        stop(str(error), PROBLEMS)
    except ValueError as error:
        stop(str(error))
    _summarize(rating, report)
    if rating.totals.refused_rows:
        raise typer.Exit(PROBLEMS)


def _rate(usage: Path, book: Path, costs: Path | None, report: Report, lang: str) -> Rating:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from lmprice.billing.files import load_book
    from lmprice.billing.margins import losing_customers, margin, unrounded
    from lmprice.billing.rating import rate as rate_usage
    from lmprice.billing.usage import count_rows

    price_book = load_book(book)
    cost_book = None if costs is None else unrounded(load_book(costs))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(
        *columns,
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with progress:
        rows = count_rows(usage)
        task = progress.add_task("prices", total=rows)
        rating = rate_usage(
            usage,
            price_book,
            on_refused=report.refuse,
            on_progress=lambda done: progress.update(task, completed=done),
        )
        if cost_book is None:
            report.write(rating, lang=lang)
            return rating
        cost_task = progress.add_task("costs", total=rows)
        costed = rate_usage(
            usage,
            cost_book,
            on_refused=lambda _: None,  # the price book refuses the same rows
            on_progress=lambda done: progress.update(cost_task, completed=done),
        )
    report.write(rating, margin(rating, costed), lang)
    for customer, revenue, cost, *_ in losing_customers(rating, costed).iter_rows():
        say(f"{customer} loses money: pays {revenue:,.2f}, costs {cost:,.2f}")
    return rating


def _summarize(rating: Rating, report: Report) -> None:
    totals, currency = rating.totals, rating.book.currency
    billed = rating.bill["billed_cost"].sum()
    customers = rating.bill["customer"].n_unique()
    out.print(f"{totals.rows:,} rows: {totals.rated_rows:,} rated, {totals.refused_rows:,} refused")
    out.print(f"Billed {billed:,} {currency} to {customers:,} customers")
    for path in reversed(report.files):
        if path.exists():
            say(f"Wrote {path}")
