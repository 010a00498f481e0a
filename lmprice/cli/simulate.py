"""The commands ``lmprice simulate`` and ``lmprice sensitivity``, for a filled-in workbook.

Exit codes: 0 all is well, 1 the workbook has problems, 2 wrong usage.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from lmprice.language.errors import PricingError

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario
    from lmprice.simulation.distributions import Distribution

PROBLEMS = 1
WRONG_USAGE = 2

Workbook = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Vary = Annotated[
    list[str],
    typer.Option(
        help="An uncertain input: price=normal:20,2 (mean, standard deviation), uniform:10,30, "
        "triangular:10,20,40 or pert:10,20,40 (low, most likely, high), lognormal:20,5 (mean, "
        "standard deviation); cut off by low=0 or high=40 behind it: price=normal:20,9,low=0.",
    ),
]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def simulate(
    file: Workbook,
    vary: Vary,
    draws: Annotated[int, typer.Option(help="Number of draws.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw inputs of a filled-in workbook at random: mean, quantiles and chance of loss."""
    from lmprice.simulation.draws import monte_carlo

    scenario = read_scenario(file)
    try:
        simulated = monte_carlo(scenario, dict(map(distribution, vary)), draws, seed)
    except ValueError as error:
        stop(str(error), WRONG_USAGE)
    if as_json:
        _print_json(file, scenario, draws=draws, seed=seed, results=simulated.to_dicts())
    else:
        out.print(escape(str(simulated)))


def sensitivity(
    file: Workbook,
    result: Annotated[str, typer.Argument(help="Key of a result, such as profit.")],
    change: Annotated[float, typer.Option(help="Share by which each input moves.")] = 0.1,
    as_json: AsJson = False,
) -> None:
    """Show which inputs of a filled-in workbook move a result most."""
    from lmprice.simulation.tornado import sensitivity as tornado_of

    scenario = read_scenario(file)
    try:
        tornado = tornado_of(scenario, result, change=change)
    except PricingError as error:
        stop(str(error), WRONG_USAGE)
    if as_json:
        bars = tornado.to_dicts()
        _print_json(file, scenario, result=result, base=tornado.base, inputs=bars)
    else:
        out.print(escape(str(tornado)))


def read_scenario(file: Path) -> Scenario:
    """The scenario of a filled-in workbook; ends the command where it has problems."""
    from lmprice.workbook import WorkbookError, read

    try:
        return read(file)
    except WorkbookError as error:
        stop("\n".join(f"{file}: {problem}" for problem in error.problems), PROBLEMS)


def distribution(text: str) -> tuple[str, Distribution]:
    """An input and its distribution: ``price=normal:20,2,low=0``."""
    from lmprice.simulation import distributions as known

    kinds: dict[str, Any] = {
        "normal": known.Normal,
        "uniform": known.Uniform,
        "triangular": known.Triangular,
        "pert": known.Pert,
        "lognormal": known.LogNormal,
    }
    name, _, rest = text.partition("=")
    kind, _, values = rest.partition(":")
    if kind not in kinds:
        wanted = f"an input, = and one of {', '.join(kinds)}: price=normal:20,2"
        raise ValueError(f"--vary {text!r} is not {wanted}")
    numbers: list[float] = []
    limits: dict[str, float] = {}
    for value in values.split(","):
        limit, _, number = value.rpartition("=")
        try:
            if limit not in ("", "low", "high"):
                raise ValueError
            limits |= {limit: float(number)} if limit else {}
            numbers += [] if limit else [float(number)]
        except ValueError:
            raise ValueError(f"--vary {text!r}: {value!r} is not a number") from None
    if len(numbers) != (wanted_numbers := len(fields(kinds[kind]))):
        rule = f"{kind} takes {wanted_numbers} numbers, not {len(numbers)}"
        raise ValueError(f"--vary {text!r}: {rule}")
    drawn = kinds[kind](*numbers)
    return name, known.Truncated(drawn, **limits) if limits else drawn


def _print_json(file: Path, scenario: Scenario, **content: Any) -> None:
    report = {"file": str(file), "template": scenario.template.name, **content}
    typer.echo(json.dumps(_without_nan(report), ensure_ascii=False, allow_nan=False))


def _without_nan(value: Any) -> Any:
    """The same with None for NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def stop(message: str, code: int) -> NoReturn:
    """End the command with a message and an exit code."""
    for line in message.splitlines():
        err.print(escape(f"lmprice: {line}"))
    raise typer.Exit(code)
