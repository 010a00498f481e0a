"""How a distribution is written on the command line: ``price=normal:20,2,low=0``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lmprice.cli.naming import input_key

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario
    from lmprice.simulation.distributions import Distribution

Vary = Annotated[
    list[str],
    typer.Option(
        help="An uncertain input: price=normal:20,2 (mean, standard deviation), uniform:10,30, "
        "triangular:10,20,40 or pert:10,20,40 (low, most likely, high), lognormal:20,5 (mean, "
        "standard deviation); cut off by low=0 or high=40 behind it: price=normal:20,9,low=0.",
    ),
]


def distributions(texts: Iterable[str], scenario: Scenario) -> dict[str, Distribution]:
    """The distributions of all inputs that vary, each named once, by its key or its title."""
    found: dict[str, Distribution] = {}
    for text in texts:
        name, drawn = distribution(text)
        name = input_key(scenario, name)
        if name in found:
            raise ValueError(f"--vary {text!r}: {name} varies already, as {found[name]}")
        found[name] = drawn
    return found


def distribution(text: str) -> tuple[str, Distribution]:
    """An input and its distribution: ``price=normal:20,2,low=0``."""
    from lmprice import simulation as known

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
