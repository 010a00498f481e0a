"""``lmprice simulate``: what becomes of the results when inputs are uncertain."""

from __future__ import annotations

from typing import Annotated

import typer

from lmprice.cli.distributions import Vary, distributions
from lmprice.cli.shared import AsJson, File, print_json, read_scenario, say_text, stop


def simulate(
    file: File,
    vary: Vary,
    draws: Annotated[int, typer.Option(help="Number of draws.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw inputs of a filled-in workbook at random: mean, quantiles and chance of loss."""
    from lmprice.simulation.draws import monte_carlo

    scenario = read_scenario(file)
    try:
        simulated = monte_carlo(scenario, distributions(vary, scenario), draws, seed)
    except ValueError as error:
        stop(str(error))
    if as_json:
        name = scenario.template.name
        results = simulated.to_dicts()
        print_json(file=str(file), template=name, draws=draws, seed=seed, results=results)
    else:
        say_text(str(simulated))
