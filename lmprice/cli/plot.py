"""``lmprice plot``: a chart of a filled-in workbook as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from lmprice.cli.distributions import Vary, distributions
from lmprice.cli.naming import result_key
from lmprice.cli.shared import (
    File,
    Force,
    Lang,
    apart,
    failed,
    quiet_fonts,
    read_scenario,
    say,
    stop,
)
from lmprice.language.terms import Language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from lmprice.scenarios import PriceDecline, Scenario


def plot(
    file: File,
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
        typer.Option(help="The result of a tornado, histogram or convergence, by key or title."),
    ] = None,
    change: Annotated[
        float, typer.Option(help="Share by which each input of a tornado moves.")
    ] = 0.1,
    vary: Vary = [],  # noqa: B006  # typer wants a list and makes a new one
    draws: Annotated[int, typer.Option(help="Number of draws.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    lang: Lang = Language.en,
    force: Force = False,
) -> None:
    """Draw a chart of a filled-in workbook."""
    try:
        from lmprice import plots
    except ModuleNotFoundError as error:
        stop(str(error))
    from lmprice.language.quantities import USD_PER_MTOK
    from lmprice.plots.canvas import FORMATS

    if output.suffix.lower().removeprefix(".") not in FORMATS:
        endings = ", ".join(f".{known}" for known in FORMATS)
        stop(f"the name of a chart ends in one of {endings}, not {output.name!r}")
    apart(output, file)
    if not output.parent.is_dir():
        stop(f"there is no folder {output.parent}")
    if output.exists() and not force:
        stop(f"{output} exists already; --force overwrites it")
    scenario = read_scenario(file)
    quiet_fonts()
    key = result_key(scenario, result or scenario.template.sensitivity.result)

    def tornado() -> Figure:
        from lmprice.simulation.tornado import sensitivity

        found = sensitivity(scenario, key, change=change)
        return plots.tornado(found, lang=lang.value)

    def simulated(make: Callable[..., Figure]) -> Figure:
        from lmprice.simulation.draws import monte_carlo

        if not vary:
            raise ValueError(f"a {kind} needs --vary: an input and its distribution")
        drawn = monte_carlo(scenario, distributions(vary, scenario), draws, seed, results=[key])
        return make(drawn[key], lang=lang.value)

    def trend() -> Figure:
        fitted = cast("PriceDecline", scenario).fit()
        return plots.trend(fitted, price_unit=USD_PER_MTOK(lang.value), lang=lang.value)

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
        stop(f"{name} has no chart {kind!r}; it has: {', '.join(possible)}")
    try:
        plots.save(kinds[kind](), output, force=force)
    except ValueError as error:
        stop(str(error))
    except OSError as error:
        failed(error, output)
    say(f"Wrote {output}")


def _has(scenario: Scenario, kind: str) -> bool:
    from lmprice.scenarios import PriceDecline

    template = scenario.template
    there = {
        "trend": isinstance(scenario, PriceDecline),
        "waterfall": template.waterfall is not None,
        "comparison": template.comparisons != (),
    }
    return there.get(kind, True)
