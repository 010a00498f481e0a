"""Scenarios: pricing questions with their inputs and results, each of them a template workbook.

One of your own is a class with fields and results; `Term` gives a field its title, unit and bounds.
Results are written with arithmetic, the functions of lmprice, and `where`, `exp`, `log`, `sqrt`,
`floor`, `ceil`, `minimum` and `maximum`, which compute with numbers and write the formulas of a
workbook; `columns` and `total` go through a table:

>>> from typing import Annotated
>>> class Support(Scenario):
...     tickets: Annotated[float, Term.plain("Tickets a month", "tickets", ge=0)] = 40_000
...     price: float = 0.3
...
...     def results(self, out: Out) -> None:
...         out("revenue", self.price * self.tickets)
>>> Support(price=0.25).evaluate()["revenue"]
10000.0
"""

from lmprice.language.expression import (
    ceil,
    exp,
    floor,
    log,
    maximum,
    minimum,
    sqrt,
    total,
    where,
)
from lmprice.language.terms import Choice, Term, Text
from lmprice.scenarios.api_vs_selfhost.scenario import ApiVsSelfhost
from lmprice.scenarios.base import Out, Scenario
from lmprice.scenarios.breakeven.scenario import Breakeven
from lmprice.scenarios.competition.scenario import Competition
from lmprice.scenarios.discounts.scenario import Discounts
from lmprice.scenarios.inference.scenario import Inference
from lmprice.scenarios.plan.scenario import Plan
from lmprice.scenarios.price_decline.scenario import PriceDecline
from lmprice.scenarios.pricing.scenario import Pricing
from lmprice.scenarios.results import Results
from lmprice.scenarios.tables import Label, Row, Table, columns
from lmprice.scenarios.tracing import Result
from lmprice.scenarios.training.scenario import TrainingPayback
from lmprice.scenarios.verdicts import Tone

__all__ = [
    "SCENARIOS",
    "ApiVsSelfhost",
    "Breakeven",
    "Choice",
    "Competition",
    "Discounts",
    "Inference",
    "Label",
    "Out",
    "Plan",
    "PriceDecline",
    "Pricing",
    "Result",
    "Results",
    "Row",
    "Scenario",
    "Table",
    "Term",
    "Text",
    "Tone",
    "TrainingPayback",
    "ceil",
    "columns",
    "exp",
    "floor",
    "log",
    "maximum",
    "minimum",
    "sqrt",
    "total",
    "where",
]

SCENARIOS: dict[str, type[Scenario]] = {
    s.template.name: s
    for s in (
        Breakeven,
        Inference,
        Pricing,
        Discounts,
        Competition,
        PriceDecline,
        TrainingPayback,
        ApiVsSelfhost,
        Plan,
    )
}


def __dir__() -> list[str]:
    return sorted(__all__)
