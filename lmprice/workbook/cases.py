"""Base, low, high and a case of one's own: what each input is in them, and which one is in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lmprice.language.errors import PricingError
from lmprice.scenarios.base import Scenario
from lmprice.workbook import texts

CASES = (texts.BASE_CASE, texts.LOW_CASE, texts.HIGH_CASE, texts.OWN)
CASE, CASE_NUMBER = "scenario_in_use", "scenario_number"


@dataclass(frozen=True)
class Cases:
    """The inputs of all cases; an input that a case does not name is that of the base."""

    base: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...] = ({}, {}, {})  # low, high, own
    chosen: int = 0
    own: str = ""  # the name of the last one, where it has one

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """The cases of a scenario that is filled in: an example has a low and a high one."""
        base = {key: getattr(scenario, key) for key in type(scenario).terms()}
        template = scenario.template
        fields = type(scenario).model_fields.values()
        has_example = not any(field.is_required() for field in fields)
        is_example = has_example and scenario == type(scenario)()
        low, high = (
            {key: float(f"{base[key] * share:.12g}") for key, share in factors.items()}
            for factors in ((template.low, template.high) if is_example else ({}, {}))
        )
        return cls(base, (low, high, {}))

    def value(self, key: str, number: int) -> Any:
        """What stands in the cell of an input for a case; None where it is that of the base."""
        return self.base.get(key) if number == 0 else self.others[number - 1].get(key)

    def name(self, lang: str) -> str:
        """The name of the case in use."""
        names = [name(lang) for name in CASES]
        names[-1] = self.own or names[-1]
        return names[self.chosen]

    def inputs(self, number: int) -> dict[str, Any]:
        """The inputs of a case."""
        changed = {} if number == 0 else self.others[number - 1]
        return {**self.base, **changed}

    def scenario(self, like: Scenario, number: int) -> Scenario | None:
        """The scenario of a case, with the tables of another one; None where it is not valid."""
        tables = {name: getattr(like, name) for name in type(like).tables()}
        try:
            return type(like)(**self.inputs(number), **tables)
        except PricingError:
            return None
