"""``lmprice reconcile``: our cost beside the provider's bill, and the gap taken apart.

Exit codes: 0 the report is written, 1 rows were refused or the input has problems, 2 wrong usage.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.rate import (
    BookFile,
    UsageName,
    columns_of,
    end_where_refused,
)
from lmprice.cli.shared import PROBLEMS, Force, Lang, failed, regular, say, stop
from lmprice.language.terms import Language

KINDS = (".xlsx", ".json")


def reconcile(
    usage: UsageName,
    book: BookFile,
    bill: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, readable=True, help="The provider's costs."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The report: .xlsx or .json.")
    ],
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="A column of the bill: amount=cost_eur; again for more."),
    ] = None,
    usage_mapped: Annotated[
        list[str] | None,
        typer.Option("--map-usage", help="A column of the usage: customer=project_id; again."),
    ] = None,
    models: Annotated[
        list[str] | None,
        typer.Option("--model", help="A model of the bill and of the usage: 'GPT X=gpt-x'; again."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help="Whose usage it is, such as openai; found by itself where left out."),
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="The first day: 2026-03-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The first day after.")] = None,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Compare a bill of a provider with what the usage costs by a price book.

    Bills are the cost exports of OpenAI, Anthropic and DeepSeek, FOCUS, those of AWS, Azure and
    Google, or any CSV file with --map.
    """
    try:
        from lmprice.billing.gap import reconcile as run
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.files import load_book
    from lmprice.billing.gap_report import gap_json, gap_workbook
    from lmprice.billing.parsing import BookError
    from lmprice.billing.provider_bill import read_bill
    from lmprice.billing.taking import STANDARD_INPUT, files_of
    from lmprice.billing.usage import UsageError
    from lmprice.output.files import NewFiles

    if output.suffix.lower() not in KINDS:
        stop(f"{output.name}: a reconciliation is written as {' or '.join(KINDS)}")
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    regular(bill)
    days = _day("--from", start), _day("--to", end)
    try:
        inputs = () if usage == STANDARD_INPUT else files_of(usage)
        with NewFiles(output, force=force, inputs=(*inputs, book, bill)) as files:
            gap = run(
                usage,
                load_book(book),
                read_bill(bill, columns_of(mapped or [])),
                source=source,
                columns=columns_of(usage_mapped or []),
                models=columns_of(models or []),
                start=days[0],
                end=days[1],
            )
            is_json = output.suffix.lower() == ".json"
            files.temporary(output).write_bytes(
                gap_json(gap) if is_json else gap_workbook(gap, lang.value)
            )
            files.publish()
    except FileExistsError as error:
        stop(f"{error}; --force overwrites it")
    except OSError as error:
        failed(error, output)
    except (BookError, UsageError) as error:
        stop(str(error), PROBLEMS)
    except ValueError as error:
        stop(str(error))
    for line in gap.in_words():
        say(line)
    say(f"Wrote {output}")
    end_where_refused(gap.rating)


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        stop(f"{option} {text}: write a day such as 2026-03-01")
