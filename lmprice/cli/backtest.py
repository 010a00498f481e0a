"""``lmprice backtest``: the past under a new price.

Exit codes: 0 all guards hold, 1 a guard is broken, rows were refused or the input has
problems, 2 wrong usage.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
from lmprice.cli.shared import PROBLEMS, Force, Lang, failed, say, stop
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from lmprice.billing.backtesting import Backtest
    from lmprice.billing.guards import Guard
    from lmprice.chapters.demand.fit import DemandFit

KINDS = (".xlsx", ".json")

Elasticity = Annotated[
    str | None,
    typer.Option(help="Of demand: -1.2, or how low, likely and high it is: -2,-1.2,-0.5."),
]
ResponseFile = Annotated[
    Path | None,
    typer.Option(
        "--response",
        exists=True,
        dir_okay=False,
        readable=True,
        help="Instead: what was sold at which price, a CSV with the columns price and quantity.",
    ),
]


def backtest(
    usage: UsageName,
    book: BookFile,
    against: Annotated[
        list[Path],
        typer.Option(exists=True, dir_okay=False, readable=True, help="A draft; again for more."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The report: .xlsx or .json.")
    ],
    costs: CostFile = None,
    elasticity: Elasticity = None,
    response: ResponseFile = None,
    guard: Annotated[
        list[str] | None,
        typer.Option(
            help="What must hold, such as p95<10%: median, p05, p95, max, total or losing; again."
        ),
    ] = None,
    start: FirstDay = None,
    end: DayAfter = None,
    source: Source = None,
    customer: CustomerColumn = None,
    mapped: Mapped = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Price the usage of the past by the book of today and by drafts of another."""
    try:
        from lmprice.billing.backtesting import backtest as run
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.backtest_report import as_json, as_workbook
    from lmprice.billing.files import load_book
    from lmprice.billing.guards import parse_guard
    from lmprice.billing.margins import ComparisonError
    from lmprice.billing.parsing import BookError
    from lmprice.billing.taking import STANDARD_INPUT, files_of
    from lmprice.billing.usage import UsageError
    from lmprice.output.files import NewFiles

    if output.suffix.lower() not in KINDS:
        stop(f"{output.name}: a backtest is written as {' or '.join(KINDS)}")
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    try:
        guards = [parse_guard(text) for text in guard or ()]
        if costs is None and any(g.measure == "losing" for g in guards):
            stop("a guard on losing needs --costs")
        inputs = () if usage == STANDARD_INPUT else files_of(usage)
        inputs = (*inputs, book, *against, *([costs] if costs else []))
        with NewFiles(output, force=force, inputs=inputs) as files:
            result = run(
                usage,
                load_book(book),
                [load_book(path) for path in against],
                None if costs is None else load_book(costs),
                demand_of(elasticity, response),
                source=source,
                customer=customer,
                columns=columns_of(mapped or []),
                period=(start, end),
            )
            is_json = output.suffix.lower() == ".json"
            made = as_json(result, guards) if is_json else as_workbook(result, guards, lang.value)
            files.temporary(output).write_bytes(made)
            files.publish()
    except FileExistsError as error:
        stop(f"{error}; --force overwrites it")
    except OSError as error:
        failed(error, output)
    except (BookError, UsageError, ComparisonError) as error:
        stop(str(error), PROBLEMS)
    except ValueError as error:
        stop(str(error))
    broken = _summarize(result, guards)
    say(f"Wrote {output}")
    if broken:
        raise typer.Exit(PROBLEMS)
    end_where_refused(result.now)


def demand_of(elasticity: str | None, response: Path | None) -> Sequence[float] | DemandFit | None:
    """How demand answers prices: as numbers say, or as observations do, which is said."""
    from lmprice.billing.responding import observed_demand

    if elasticity is not None and response is not None:
        stop("give either --elasticity or --response")
    if response is not None:
        fit = observed_demand(response)
        say(f"Demand by {response.name}: {fit}")
        return fit
    if elasticity is None:
        return None
    try:
        return [float(part) for part in elasticity.split(",")]
    except ValueError:
        stop(f"--elasticity {elasticity}: write -1.2, or three numbers such as -2,-1.2,-0.5")


def _summarize(result: Backtest, guards: list[Guard]) -> bool:
    """Say what each draft does; whether a guard is broken."""
    for line in (result.now.rows_in_words(), *result.now.refused_in_words()):
        say(line)
    broken = False
    for draft in result.drafts:
        for line in draft.in_words():
            say(line)
        for guard in guards:
            found = guard.measured(draft)
            holds = guard.holds(draft)
            unit = "%" if guard.is_share else ""
            shown = "nothing to measure" if found is None else f"{found:,.2f}{unit}"
            say(f"Guard {guard.text}: {shown}, {'holds' if holds else 'broken'}")
            broken = broken or not holds
    return broken
