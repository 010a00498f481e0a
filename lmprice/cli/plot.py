"""The command ``lmprice plot``: a chart of a filled-in workbook as a picture.

Exit codes: 0 all is well, 1 the workbook has problems, 2 wrong usage.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape

from lmprice.cli.simulate import (
    WRONG_USAGE,
    Vary,
    Workbook,
    distribution,
    out,
    read_scenario,
    stop,
)
from lmprice.language.quantities import USD_PER_MTOK
from lmprice.language.terms import Language
from lmprice.scenarios import PriceDecline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lmprice.scenarios import Scenario


def plot(
    file: Workbook,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", dir_okay=False, help="The picture: .png, .svg or .pdf."),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            help="curve, trend, waterfall, comparison, tornado, histogram or convergence; the last "
            "two need --vary. Left out: trend of a price history, curve of any other template."
        ),
    ] = None,
    result: Annotated[
        str | None,
        typer.Option(help="Key of the result of a tornado, histogram or convergence."),
    ] = None,
    change: Annotated[
        float, typer.Option(help="Share by which each input of a tornado moves.")
    ] = 0.1,
    vary: Vary = [],  # noqa: B006  # typer wants a list and makes a new one
    draws: Annotated[int, typer.Option(help="Number of draws.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    lang: Annotated[Language, typer.Option(help="Language of the chart.")] = Language.en,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
) -> None:
    """Draw a chart of a filled-in workbook."""
    try:
        from lmprice import plots
    except ModuleNotFoundError as error:
        stop(str(error), WRONG_USAGE)
    from lmprice.plots.canvas import FORMATS

    if output.suffix.lower().removeprefix(".") not in FORMATS:
        endings = ", ".join(f".{known}" for known in FORMATS)
        stop(f"the name of a chart ends in one of {endings}, not {output.name!r}", WRONG_USAGE)
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}", WRONG_USAGE)
    if output.exists() and not force:
        stop(f"{output} exists already; --force overwrites it", WRONG_USAGE)
    scenario = read_scenario(file)
    key = result or scenario.template.sensitivity.result

    def tornado() -> Figure:
        from lmprice.simulation.tornado import sensitivity

        found = sensitivity(scenario, key, change=change)
        return plots.tornado(found, lang=lang.value)

    def simulated(make: Callable[..., Figure]) -> Figure:
        from lmprice.simulation.draws import monte_carlo

        if not vary:
            raise ValueError(f"a {kind} needs --vary: an input and its distribution")
        drawn = monte_carlo(scenario, dict(map(distribution, vary)), draws, seed, results=[key])
        return make(drawn[key], lang=lang.value)

    def trend() -> Figure:
        history = cast(PriceDecline, scenario)
        return plots.trend(history.fit(), price_unit=USD_PER_MTOK(lang.value), lang=lang.value)

    kinds: dict[str, Callable[[], Figure]] = {
        "trend": trend,
        "curve": lambda: plots.curves(scenario, lang=lang.value),
        "waterfall": lambda: plots.waterfall(scenario, lang=lang.value),
        "comparison": lambda: plots.comparison(scenario, lang=lang.value),
        "tornado": tornado,
        "histogram": lambda: simulated(plots.histogram),
        "convergence": lambda: simulated(plots.convergence),
    }
    possible = [name for name in kinds if _has(scenario, name)]
    kind = kind or possible[0]
    if kind not in possible:
        name = scenario.template.name
        stop(f"{name} has no chart {kind!r}; it has: {', '.join(possible)}", WRONG_USAGE)
    try:
        plots.save(kinds[kind](), output, force=force)
    except ValueError as error:
        stop(str(error), WRONG_USAGE)
    except OSError as error:
        stop(f"cannot write {output}: {error.strerror}", WRONG_USAGE)
    out.print(f"Wrote {escape(str(output))}")


def _has(scenario: Scenario, kind: str) -> bool:
    template = scenario.template
    there = {
        "trend": isinstance(scenario, PriceDecline),
        "waterfall": template.waterfall is not None,
        "comparison": template.comparisons != (),
    }
    return there.get(kind, True)
