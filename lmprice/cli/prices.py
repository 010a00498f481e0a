"""The commands ``lmprice prices``: what is known of a model, and what changed between two lists.

Exit codes: 0 all is well, 1 a file has problems, rows of usage were refused or no source
knows the model, 2 wrong usage.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from lmprice.cli.rate import columns_of, end_where_refused
from lmprice.cli.shared import PROBLEMS, AsJson, File, print_json, say, stop
from lmprice.output.few import first_few

if TYPE_CHECKING:
    from lmprice.billing.book import PriceBook
    from lmprice.billing.known import KnownPrice
    from lmprice.billing.price_changes import PriceChange


class _Group(TyperGroup):
    """Commands on prices; without the name of one the prices of a model are shown."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Take what is no command for the name of a model."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)


prices = typer.Typer(cls=_Group, no_args_is_help=True)


@prices.callback()
def options() -> None:
    """Prices of models: `lmprice prices MODEL` shows what is known, `prices diff` what changed."""


@prices.command()
def show(
    model: Annotated[str, typer.Argument(help="Name of a model, such as gpt-4o.")],
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            exists=True,
            dir_okay=False,
            readable=True,
            help="A price list or price book to look into; again for more.",
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="The day that is asked about; today if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the prices of a model by every source that knows it, with dates and addresses."""
    from lmprice.billing.known import known_prices
    from lmprice.billing.parsing import BookError
    from lmprice.billing.prices import PriceListError

    day = _day(at)
    try:
        known = known_prices(model, files or ())
    except (PriceListError, BookError) as error:
        stop(str(error), PROBLEMS)
    if as_json:
        rows = [asdict(one) | {"holds": one.holds(day)} for one in known]
        days = ("valid_from", "valid_until")
        rows = [row | {d: row[d] and str(row[d]) for d in days} for row in rows]
        print_json(model=model, at=str(day), prices=rows)
        return
    _show(model, known, day)


def _show(model: str, known: tuple[KnownPrice, ...], day: date) -> None:
    from lmprice.billing.known import disagreements

    say(f"{model} on {day}")
    differ = disagreements(known, day)
    current = [one for one in known if one.holds(day)]
    for meter, when in dict.fromkeys((one.meter, one.when) for one in current):
        note = " - the sources differ" if (meter, when) in differ else ""
        say(f"{meter}{f' where {when}' if when else ''}{note}")
        prices_: dict[str, list[str]] = {}
        for one in current:
            if (one.meter, one.when) == (meter, when):
                called = "" if one.model == model else f" as {one.model}"
                prices_.setdefault(one.price, []).append(f"{one.source}{called}{_dates(one)}")
        for price, sources in prices_.items():
            say(f"  {price}: {', '.join(sources)}")
    others = [one for one in known if not one.holds(day)]
    if others:
        say("At other times")
    for one in others:
        where = f" where {one.when}" if one.when else ""
        say(f"  {one.source}: {one.price}{where}{_dates(one)}")
    for page in dict.fromkeys(one.page for one in current if one.page):
        say(f"Shown by {page}")


def _dates(one: KnownPrice) -> str:
    start = f" from {one.valid_from}" if one.valid_from else ""
    return start + (f" to {one.valid_until}" if one.valid_until else "")


@prices.command()
def diff(
    old: File,
    new: File,
    usage: Annotated[
        str | None,
        typer.Option(help="Usage to price by both: a file, a folder, a pattern, or - for input."),
    ] = None,
    models: Annotated[
        str, typer.Option(help="Models, with commas between; * stands for any letters.")
    ] = "*",
    source: Annotated[
        str | None,
        typer.Option(help="Whose usage it is, such as openai; found by itself where left out."),
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="A column of the usage: customer=project_id; again for more."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which prices changed between two price lists or books, and what that does to a bill."""
    try:
        from lmprice.billing.price_changes import bill_change, other_changes, price_changes
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.billing.margins import ComparisonError
    from lmprice.billing.parsing import BookError
    from lmprice.billing.prices import PriceListError
    from lmprice.billing.usage import UsageError

    columns = columns_of(mapped or [])
    if usage is None and (columns or source):
        stop("--map and --source are about the usage: give --usage")
    try:
        (first, left), (second, new_left) = (_read(path, models) for path in (old, new))
        changes, rest = price_changes(first, second), other_changes(first, second)
        bill = None if usage is None else bill_change(
            usage, first, second, source=source, columns=columns
        )  # fmt: skip
    except (PriceListError, BookError, ComparisonError, UsageError) as error:
        stop(str(error), PROBLEMS)
    if as_json:
        content: dict[str, Any] = {"changes": [asdict(c) for c in changes], "others": rest}
        content["not_compared"] = {"old": left, "new": new_left}
        if bill is not None:
            before, after = bill.totals
            by_model = [
                {"model": name, "old": float(was), "new": float(is_)}
                for name, was, is_, _ in bill.models.iter_rows()
            ]
            content["bill"] = {"old": float(before), "new": float(after), "models": by_model}
            content["bill"]["rows"] = bill.old.totals.rows_by_kind
            content["bill"]["refused"] = bill.old.refused_in_words()
        print_json(**content)
        if bill is not None:
            end_where_refused(bill.old)
        return
    for change in changes:
        _say_change(change)
    if rest:
        say(f"Also different: {', '.join(rest)}")
    if not (changes or rest):
        say("No price changed")
    for path, lines in ((old, left), (new, new_left)):
        if lines:
            say(f"Not compared, for no book holds them: {len(lines):,} entries of {path.name}, "
                f"such as {lines[0]}")  # fmt: skip
    if bill is not None:
        _say_bill(bill)
        end_where_refused(bill.old)


def _read(path: Path, models: str) -> tuple[PriceBook, tuple[str, ...]]:
    """The prices of a file, and what of it no book holds."""
    from lmprice.billing.prices import list_or_book

    wanted = [name.strip() for name in models.split(",") if name.strip()]
    return list_or_book(path, wanted)


def _say_change(change: PriceChange) -> None:
    where = f" where {change.when}" if change.when else ""
    what = f"{change.model} {change.meter}{where}"
    if change.old is None:
        say(f"{what}: new, {change.new}")
    elif change.new is None:
        say(f"{what}: gone, was {change.old}")
    else:
        share = "" if change.share is None else f" ({change.share:+.1%})"
        say(f"{what}: {change.new} instead of {change.old}{share}")


def _say_bill(bill: Any) -> None:
    before, after = bill.totals
    currency = bill.old.book.currency
    share = f" ({float((after - before) / before):+.1%})" if before else ""
    for line in (bill.old.rows_in_words(), *bill.old.refused_in_words()):
        say(line)
    say(f"The usage costs {after:,.2f} {currency} instead of {before:,.2f}{share}")
    moved = [row for row in bill.models.iter_rows() if row[3]]
    lines = first_few(
        f"{name or 'All models'}: {is_:,.2f} instead of {was:,.2f}, {change:+,.2f}"
        for name, was, is_, change in moved
    )
    for side, rating in (("old", bill.old), ("new", bill.new)):
        lines += first_few(
            f"Without a price in the {side} list: {name} {meter}, in {rows:,} rows"
            for name, meter, rows, _ in rating.unpriced.iter_rows()
        )
    for line in lines:
        say(line)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"--at {text}: write a day such as 2026-03-01")
