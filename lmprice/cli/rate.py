"""``lmprice rate``: a usage log becomes a bill.

Exit codes: 0 all rows are priced, 1 rows were refused or the input has problems, 2 wrong usage.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from lmprice.cli.shared import PROBLEMS, Force, Lang, err, failed, say, stop, warn
from lmprice.language.terms import Language
from lmprice.output.few import first_few, listed
from lmprice.output.focus_versions import VERSIONS, Version

if TYPE_CHECKING:
    from lmprice.billing.book import PriceBook
    from lmprice.billing.rating import Rating
    from lmprice.billing.report import Report
    from lmprice.billing.taking import Taken

UsageName = Annotated[
    str, typer.Argument(help="A file, a folder, a pattern of names, or - for standard input.")
]
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
FirstDay = Annotated[
    str | None, typer.Option("--from", help="First day that is billed: 2026-03-01.")
]
DayAfter = Annotated[
    str | None, typer.Option("--to", help="The first day after; whole periods are billed.")
]
Source = Annotated[
    str | None,
    typer.Option(help="Whose export it is, such as openai; found by itself where left out."),
]
CustomerColumn = Annotated[
    str | None, typer.Option(help="The column of an export that says who is billed.")
]
Mapped = Annotated[
    list[str] | None,
    typer.Option("--map", help="A column of one's own: customer=project_id; again for more."),
]
Output = Annotated[
    Path,
    typer.Option(
        "--output", "-o", dir_okay=False, help="The bill: .xlsx, .csv, .parquet or .focus.csv."
    ),
]


def rate(
    usage: UsageName,
    book: BookFile,
    output: Output,
    costs: CostFile = None,
    start: FirstDay = None,
    end: DayAfter = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Add up by day, meter or a column; may be given again."),
    ] = None,
    rows: Annotated[bool, typer.Option("--rows", help="Write each row with its cost.")] = False,
    source: Source = None,
    customer: CustomerColumn = None,
    focus: Annotated[
        Version | None,
        typer.Option(
            help="Version of the FOCUS dataset that -o bill.focus.csv writes: "
            f"{' or '.join(VERSIONS)}.",
        ),
    ] = None,
    mapped: Mapped = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Scheduler of Dask whose workers rate the files: tcp://10.0.0.1:8786."),
    ] = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Price usage by a price book (.toml, .json or .xlsx).

    Usage is a table of one's own, or the export of a console, a gateway, a log or a cloud as it is.
    """
    try:
        from lmprice.billing.cluster import take_there
        from lmprice.billing.report import Report
        from lmprice.billing.taking import STANDARD_INPUT, files_of, take
        from lmprice.billing.usage import UsageError
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.files import load_book
    from lmprice.billing.margins import ComparisonError
    from lmprice.billing.parsing import BookError

    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    asked = _Asked((start, end), tuple(by or ()), rows)
    try:
        is_here = usage != STANDARD_INPUT and cluster is None
        files = files_of(usage) if is_here else ()
        inputs = (*files, book, *([costs] if costs else []))
        with Report(
            output,
            force=force,
            by=bool(by),
            rows=rows,
            margins=costs is not None,
            focus=focus,
            inputs=inputs,
        ) as report:
            price_book = load_book(book)
            columns = {**price_book.columns, **columns_of(mapped or [])}
            if len(files) > 1:
                say(f"{len(files):,} files: {listed(files)}")
            if cluster is None:
                taken = take(usage, source, customer, columns)
            else:
                taken = take_there(cluster, usage, source, customer, columns)
            rating = _rate(taken, price_book, costs, report, lang.value, asked)
    except FileExistsError as error:
        stop(f"{error}; --force overwrites it")
    except OSError as error:
        failed(error, output)
    except (BookError, UsageError, ComparisonError) as error:
        stop(str(error), PROBLEMS)
    except ValueError as error:
        stop(str(error))
    _summarize(rating, report)
    end_where_refused(rating)


class _Asked(NamedTuple):
    """What to bill and at which grains."""

    period: tuple[str | None, str | None]
    by: tuple[str, ...]
    rows: bool


def end_where_refused(rating: Rating) -> None:
    """Name the files that were refused; where any were, or rows, the input has problems."""
    for text in rating.refused_files:
        warn(text)
    if rating.totals.refused_rows or rating.refused_files:
        raise typer.Exit(PROBLEMS)


def columns_of(mapped: list[str]) -> dict[str, str]:
    """Columns of a usage table, each with the column that holds it in the file."""
    pairs = [text.partition("=") for text in mapped]
    for name, sign, column in pairs:
        if not (name and sign and column):
            stop(f"--map {name}{sign}{column}: write COLUMN=COLUMN, such as customer=project_id")
    names = [name for name, _, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        stop(f"--map {twice}=: {twice} is said twice")
    return {name: column for name, _, column in pairs}


def _rate(
    usage: Taken,
    price_book: PriceBook,
    costs: Path | None,
    report: Report,
    lang: str,
    asked: _Asked,
) -> Rating:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from lmprice.billing.files import load_book
    from lmprice.billing.margins import losing_customers, margin
    from lmprice.billing.rating import rate as rate_usage

    cost_book = None if costs is None else load_book(costs)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    progress = Progress(
        *columns,
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with progress:
        task = progress.add_task("prices", total=usage.steps)
        rating = rate_usage(
            usage,
            price_book,
            period=asked.period,
            by=asked.by,
            rows=asked.rows,
            on_refused=report.refuse,
            # Margins and FOCUS are made of all lines.
            on_lines=report.add if cost_book is None and report.focus is None else None,
            on_progress=lambda done: progress.update(task, completed=done),
        )
        if cost_book is None:
            report.write(rating, lang=lang)
            return rating
        cost_task = progress.add_task("costs", total=usage.steps)
        costed = rate_usage(
            usage,
            cost_book,
            period=asked.period,
            on_refused=lambda _: None,  # the price book refuses the same rows
            on_progress=lambda done: progress.update(cost_task, completed=done),
        )
    margins = margin(rating, costed)
    report.write(rating, margins, lang)
    revenue, cost = (Decimal(margins[name].sum() or 0) for name in ("revenue", "cost"))
    share = f"{(revenue - cost) / revenue:.1%}" if revenue else "none"
    say(f"Margin {share}: {revenue:,.2f} paid, {cost:,.2f} of costs")
    _say_first(
        f"{customer} loses money: pays {revenue:,.2f}, costs {cost:,.2f}"
        for customer, revenue, cost, *_ in losing_customers(rating, costed).iter_rows()
    )
    return rating


def _summarize(rating: Rating, report: Report) -> None:
    say(rating.rows_in_words())
    if rating.sources:
        say(f"Read as: {', '.join(rating.sources)}")
    _say_first(f"Left out: {count:,} {what}" for what, count in rating.left_out.items())
    for line in report.refused_in_words():
        say(line)
    if priced := [f"{q.normalize():,f} {meter}" for meter, q in report.priced()]:
        say(f"Priced: {listed(priced)}")
    say(rating.bill_in_words())
    say(rating.prices_in_words(report.since()))
    _say_first(
        f"{model}: {quantity.normalize():,f} {meter} without a price, in {rows:,} rows"
        for model, meter, rows, quantity in rating.unpriced.iter_rows()
    )
    _say_first(
        f"{one.customer}: {one.name}: {one.amount:,} due by {one.due}"
        for one in rating.open
        if one.due is not None
    )
    _say_first(
        f"{one.customer}: {one.name}: {one.amount:,} of credit left"
        for one in rating.open
        if one.due is None
    )
    _say_first(
        f"{model} is priced as {priced} ({how}), {rows:,} rows"
        for model, priced, how, rows in rating.matches.iter_rows()
        if how != "name"
    )
    if rating.unread:
        say(f"Columns that no price is about: {listed(rating.unread)}")
    for path in reversed(report.files):
        if path.exists():
            say(f"Wrote {path}")


def _say_first(lines: Iterable[str]) -> None:
    """The first few of many lines, and how many more there are."""
    for line in first_few(lines):
        say(line)
