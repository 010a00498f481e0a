"""The command line: ``lmprice demo``, ``template``, ``evaluate``, ``check`` and ``functions``.

Exit codes: 0 all is well, 1 the input has problems, 2 the command was used wrongly.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import lmprice
from lmprice.billing.book_workbook import book_workbook, example_book
from lmprice.cli.evaluate import evaluate as evaluate_command
from lmprice.cli.excel import app as excel_app
from lmprice.cli.fill import fill as fill_command
from lmprice.cli.fill import report_command
from lmprice.cli.plot import plot as plot_command
from lmprice.cli.rate import book as book_command
from lmprice.cli.rate import rate as rate_command
from lmprice.cli.simulate import sensitivity as sensitivity_command
from lmprice.cli.simulate import simulate as simulate_command
from lmprice.language.formula import PricingFunction
from lmprice.language.terms import Language
from lmprice.output.files import write
from lmprice.output.printing import shown
from lmprice.scenarios import SCENARIOS, Inference, Results, Scenario
from lmprice.workbook import WorkbookError, build, check, read
from lmprice.workbook.building import workbook_bytes
from lmprice.workbook.checking import summary

PROBLEMS = 1
WRONG_USAGE = 2
PRICE_BOOK = "price-book"
TEMPLATES = (*SCENARIOS, PRICE_BOOK)

app = typer.Typer(
    name="lmprice",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Force = Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")]

# What DeepSeek published of its day; the two ratios follow from its cost and revenue.
PUBLISHED = {
    "cost": "87,072",
    "revenue": "562,027",
    "gross_margin": "84.5 %",
    "profit_over_cost": "5.45",
}
REMARK = (
    "The published revenue comes from unrounded token counts, this one from counts rounded to "
    "billions. Profit over cost was published as 545 %."
)


def main() -> None:
    """Entry point of the ``lmprice`` command."""
    for stream in (sys.stdout, sys.stderr):
        # Redirected output may have an encoding without Chinese or Σ; a file is better in UTF-8.
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"lmprice {lmprice.__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Pricing economics of large language models: templates, results, checks."""


app.add_typer(excel_app, name="excel")
app.command(name="rate")(rate_command)
app.command(name="book")(book_command)
app.command(name="simulate")(simulate_command)
app.command(name="sensitivity")(sensitivity_command)
app.command(name="plot")(plot_command)
app.command(name="evaluate")(evaluate_command)
app.command(name="fill")(fill_command)
app.command(name="report")(report_command)


@app.command()
def demo(
    directory: Annotated[
        Path, typer.Option("--output", "-o", file_okay=False, help="Where the workbook goes.")
    ] = Path("lmprice-demo"),
    force: Force = False,
) -> None:
    """Price a published serving day: write its workbook, read it back, print the results."""
    path = directory / "inference.xlsx"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        is_there = path.exists() and path.read_bytes() == workbook_bytes(Inference())
    except OSError as error:
        _wrong_usage(f"cannot write {path}: {error.strerror}")
    if not is_there:
        _build(Inference(), path, force=force)
    scenario = read(path)
    out.print(escape(scenario.template.example.en) + "\n", soft_wrap=False)
    out.print(_result_table(scenario.evaluate(), "A serving day", PUBLISHED))
    out.print(REMARK + "\n", soft_wrap=False)
    out.print(f"Workbook: {escape(str(path.resolve()))}")
    out.print("Fill in your own numbers in its yellow cells, save it, then run:")
    out.print(f"  lmprice evaluate {escape(str(path))}")


@app.command()
def template(
    name: Annotated[str, typer.Argument(help=f"One of: {', '.join(TEMPLATES)}.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write.")
    ] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Leave the inputs empty.")] = False,
    lang: Annotated[Language, typer.Option(help="Language of the workbook.")] = Language.en,
    currency: Annotated[str, typer.Option(help="Currency of all prices, such as CNY.")] = "USD",
    force: Force = False,
) -> None:
    """Write a template workbook, filled in with an example."""
    if name not in TEMPLATES:
        _wrong_usage(f"there is no template {name!r}; there are: {', '.join(TEMPLATES)}")
    path = output or Path(f"{name}.xlsx")
    if path.suffix.lower() != ".xlsx":
        _wrong_usage(f"the name of a workbook ends in .xlsx, not {path.name!r}")
    if not path.parent.is_dir():
        _wrong_usage(f"there is no folder {path.parent}")
    if name == PRICE_BOOK:
        book = None if blank else example_book()
        _write(lambda: write(book_workbook(book, lang.value), path, force=force), path)
    else:
        if not re.fullmatch("[A-Z]{3}", currency):
            _wrong_usage(f"a currency has three capital letters, such as CNY, not {currency!r}")
        options: dict[str, Any] = {"lang": lang.value, "blank": blank, "currency": currency}
        _build(SCENARIOS[name](), path, force=force, **options)
    out.print(f"Wrote {escape(str(path))}")


@app.command(name="check")
def check_command(file: File) -> None:
    """Compare a workbook with its template: inputs, formulas, stored numbers."""
    try:
        problems = check(file)
    except WorkbookError as error:
        problems = error.problems
    for line in summary(problems):
        err.print(escape(f"{file}: {line}"))
    if problems:
        raise typer.Exit(PROBLEMS)
    out.print(escape(f"{file}: all formulas are the template's and all numbers are up to date"))


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="A function, as in Python or Excel.")] = None,
) -> None:
    """List the functions, or explain one of them."""
    if name is None:
        out.print(_function_table())
        return
    wanted = name.casefold()
    for function in lmprice.functions():
        if wanted in (function.name.casefold(), function.excel_name.casefold()):
            _explain(function)
            return
    _wrong_usage(f"there is no function {name!r}; 'lmprice functions' lists them")


def _wrong_usage(message: str) -> NoReturn:
    err.print(escape(f"lmprice: {message}"))
    raise typer.Exit(WRONG_USAGE)


def _build(scenario: Scenario, path: Path, **options: Any) -> None:
    _write(lambda: build(scenario, path, **options), path)


def _write(write_file: Callable[[], object], path: Path) -> None:
    try:
        write_file()
    except FileExistsError:
        _wrong_usage(f"{path} exists already; --force overwrites it")
    except OSError as error:
        _wrong_usage(f"cannot write {path}: {error.strerror}")


def _result_table(
    results: Results, title: str, published: Mapping[str, str] | None = None
) -> Table:
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    values = [shown(row.value, row.term) for row in results.rows]
    table.add_column("Result")
    # In a narrow window words are folded, and numbers never.
    table.add_column("Value", justify="right", min_width=max(map(len, values), default=0))
    table.add_column("Unit")
    if published is not None:
        table.add_column("Published", justify="right", no_wrap=True)
    for row, value in zip(results.rows, values, strict=True):
        unit = "" if row.term.is_fraction else row.term.unit.en
        beside = () if published is None else (published.get(row.key, ""),)
        table.add_row(row.term.title.en, value, unit, *beside)
    return table


def _function_table() -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Python", no_wrap=True)
    table.add_column("Excel", no_wrap=True)
    table.add_column("What it gives")
    category = None
    for function in lmprice.functions():
        if function.category != category:
            category = function.category
            table.add_section()
            table.add_row(f"[bold]{category}[/bold]")
        table.add_row(function.name, function.excel_name, function.summary)
    return table


def _explain(function: PricingFunction) -> None:
    optional = [f"[{p.name}]" if p.is_optional else p.name for p in function.parameters]
    out.print(escape(f"{function.name}({', '.join(p.name for p in function.parameters)})"))
    out.print(escape(f"={function.excel_name}({', '.join(optional)})"))
    out.print()
    out.print(escape((function.function.__doc__ or "").rstrip()))
    if function.lambda_text is not None:
        out.print()
        out.print(escape(f"LAMBDA: {function.lambda_text}"))
