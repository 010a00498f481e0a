"""Scenarios: pricing questions with their inputs and results, each of them a template workbook."""

from lmprice.scenarios.base import Result, Results, Scenario
from lmprice.scenarios.breakeven import Breakeven
from lmprice.scenarios.inference import Inference

__all__ = ["SCENARIOS", "Breakeven", "Inference", "Result", "Results", "Scenario"]

SCENARIOS: dict[str, type[Scenario]] = {s.template.name: s for s in (Breakeven, Inference)}
