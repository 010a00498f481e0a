"""What may be set in a workbook besides the inputs of its scenario: steps and ends of tables.

Settings change what is looked at, never the answer, so that a scenario does not know them.
"""

from __future__ import annotations

from dataclasses import dataclass

from lmprice.language.terms import FRACTION, Choice, Term, Text
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.template import Around
from lmprice.workbook import texts

STEP_DOWN, STEP_ACROSS = "step_down", "step_across"
CHANGE = "driver_change"  # by which share inputs are made lower and higher
DRIVEN = "driven_result"  # the title of the result that they move
SHARE = Term(
    Text("Step", "步长"),
    FRACTION,
    Text("By which share of the input the points are apart", "相邻各点之间相差输入值的比例"),
    gt=0,
    le=1,
)

MOVED = Term(
    texts.CHANGE,
    FRACTION,
    Text("Share by which each input is made lower and higher", "各输入上下变动的比例"),
    gt=0,
    lt=1,
)
ABSOLUTE = Text("How far the points are apart", "相邻各点之间的距离")


@dataclass(frozen=True)
class Setting:
    """A number that may be set: its name in formulas, what it means, and what it is at first."""

    name: str
    term: Term
    default: float


def settings(scenario: type[Scenario]) -> dict[str, Setting]:
    """The settings of a template, by name."""
    template, terms = scenario.template, scenario.terms()

    def step(name: str, points: Around) -> Setting:
        kind = terms[points.inputs[0]]
        if points.is_absolute and isinstance(kind, Term):
            return Setting(name, Term(SHARE.title, kind.unit, ABSOLUTE, gt=0), points.step)
        return Setting(name, SHARE, points.step)

    table = template.sensitivity
    found = [step(STEP_DOWN, table.rows), step(STEP_ACROSS, table.columns)]
    found.append(Setting(CHANGE, MOVED, 0.1))
    for name, span in template.spans.items():
        kind = span.axis or terms[span.inputs[0]]
        if isinstance(kind, Choice):
            raise TypeError(f"{span.inputs[0]} is a choice and cannot be varied")
        for end, title, value in (("from", texts.FROM, span.start), ("to", texts.TO, span.end)):
            if not isinstance(value, tuple):
                titled = kind.titled(title, texts.END_OF_POINTS)
                found.append(Setting(f"{name}_{end}", titled, value))
    return {setting.name: setting for setting in found}
