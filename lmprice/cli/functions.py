"""``lmprice functions``: what there is, and what one of them says."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lmprice.cli.shared import AsJson, out, print_json, say, say_text, stop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from lmprice.language.formula import PricingFunction


def _names_from(incomplete: str) -> list[str]:
    """The names that begin so, for the completion of a shell."""
    from lmprice.chapters import functions as formulas

    names = [n for f in formulas() for n in (f.name, f.excel_name)] + [*_no_formulas()]
    return [name for name in names if name.startswith(incomplete)]


def functions(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A function, as in Python or Excel, or a word of its name.",
            autocompletion=_names_from,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the functions, or explain one of them."""
    from lmprice.chapters import functions as formulas

    known, more = list(formulas()), _no_formulas()
    if name is None:
        if as_json:
            print_json(functions=list(map(_record, known)), more=more)
        else:
            out.print(_table(known, more))
        return
    wanted = name.casefold()
    for function in known:
        if wanted in (function.name.casefold(), function.excel_name.casefold()):
            if as_json:
                print_json(**_record(function))
            else:
                _explain(function)
            return
    if wanted in more:
        _explain_other(wanted, more[wanted], as_json=as_json)
        return
    stop(f"there is no function {name!r}; {_suggestion(wanted, known, more)}")


def _no_formulas() -> dict[str, str]:
    """What is there in Python besides the formulas, with the first line of each."""
    import inspect

    import lmprice

    formulas = {f.name for f in lmprice.functions()}
    found = {}
    for name in dir(lmprice):
        thing = getattr(lmprice, name, None) if name != "plots" else None
        if inspect.isfunction(thing) and name not in formulas:
            found[name] = (thing.__doc__ or "").strip().partition("\n")[0]
    return found


def _suggestion(wanted: str, known: list[PricingFunction], more: dict[str, str]) -> str:
    """The functions that have the word in their name, or names that are spelled alike."""
    names = {name.casefold(): name for f in known for name in (f.name, f.excel_name)}
    names |= {name: name for name in more}
    found = [name for key, name in names.items() if wanted in key]
    found += [names[key] for key in difflib.get_close_matches(wanted, names, cutoff=0.7)]
    if not found:
        return "'lmprice functions' lists them"
    return f"did you mean {', '.join(dict.fromkeys(found[:6]))}?"


def _record(function: PricingFunction) -> dict[str, Any]:
    """What a program wants to know of a function."""
    return {
        "name": function.name,
        "excel_name": function.excel_name,
        "chapter": function.category,
        "summary": function.summary,
        "parameters": [
            {
                "name": p.name,
                "unit": p.term.unit.en,
                "rule": p.term.rule.en,
                "is_column": p.is_column,
                "is_optional": p.is_optional,
            }
            for p in function.parameters
        ],
        "unit": function.result.unit.en,
        "formula": function.formula,
    }


def _table(functions: Iterable[PricingFunction], more: dict[str, str]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Python", no_wrap=True)
    table.add_column("Excel", no_wrap=True)
    table.add_column("What it gives")
    category = None
    for function in functions:
        if function.category != category:
            category = function.category
            table.add_section()
            table.add_row(f"[bold]{category}[/bold]")
        table.add_row(function.name, function.excel_name, function.summary)
    table.add_section()
    table.add_row("[bold]in Python alone[/bold]")
    for name, summary in more.items():
        table.add_row(name, "", summary)
    return table


def _explain(function: PricingFunction) -> None:
    optional = [f"[{p.name}]" if p.is_optional else p.name for p in function.parameters]
    say(f"{function.name}({', '.join(p.name for p in function.parameters)})")
    say(f"={function.excel_name}({', '.join(optional)})")
    say("")
    say_text((function.function.__doc__ or "").rstrip())
    if function.lambda_text is not None:
        say("")
        say(f"LAMBDA: {function.lambda_text}")


def _explain_other(name: str, summary: str, *, as_json: bool) -> None:
    """What the documentation of a function says that is no formula."""
    import inspect

    import lmprice

    function = getattr(lmprice, name)
    parameters = list(inspect.signature(function).parameters)
    if as_json:
        print_json(name=name, summary=summary, parameters=parameters)
        return
    say(f"{name}({', '.join(parameters)})")
    say("")
    say_text(inspect.getdoc(function) or "")
