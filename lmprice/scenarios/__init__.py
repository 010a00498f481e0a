"""Scenarios: pricing questions with their inputs and results, each of them a template workbook."""

from lmprice.scenarios.api_vs_selfhost.scenario import ApiVsSelfhost
from lmprice.scenarios.base import Results, Scenario
from lmprice.scenarios.breakeven.scenario import Breakeven
from lmprice.scenarios.competition.scenario import Competition
from lmprice.scenarios.discounts.scenario import Discounts
from lmprice.scenarios.inference.scenario import Inference
from lmprice.scenarios.plan.scenario import Plan
from lmprice.scenarios.price_decline.scenario import PriceDecline
from lmprice.scenarios.pricing.scenario import Pricing
from lmprice.scenarios.tracing import Result
from lmprice.scenarios.training.scenario import TrainingPayback

__all__ = [
    "SCENARIOS",
    "ApiVsSelfhost",
    "Breakeven",
    "Competition",
    "Discounts",
    "Inference",
    "Plan",
    "PriceDecline",
    "Pricing",
    "Result",
    "Results",
    "Scenario",
    "TrainingPayback",
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
