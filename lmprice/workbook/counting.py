"""What a workbook counts money and tokens in: its words, and its numbers on the way in and out.

The formulas are the same whatever is counted.  The price of a billion tokens is a thousand times
that of a million, a volume is a thousandth, and money stays what it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from lmprice.language.checks import check_word
from lmprice.language.errors import PricingError
from lmprice.language.terms import Choice, Term
from lmprice.scenarios.base import Scenario
from lmprice.scenarios.tables import Label
from lmprice.workbook.cases import Cases

CURRENCIES = {"CNY": "元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑", "HKD": "港元"}
MILLION, BILLION = TOKENS = ("million", "billion")
DIGITS = 3  # by which a billion is more than a million
_WORDS = (
    (re.compile(r"\bmillion(?= (tokens|of (our|its) tokens))"), "billion"),
    (re.compile(r"\bMtok\b"), "billion tokens"),
    (re.compile("一?百万(?=(同类)? token)"), "十亿"),
)
S = TypeVar("S", bound=Scenario)


@dataclass(frozen=True)
class Counting:
    """The currency of prices, and the number of tokens that a price and a volume are given for."""

    currency: str = "USD"
    tokens: str = MILLION

    @classmethod
    def of(cls, scenario: type[Scenario], currency: str, tokens: str) -> Counting:
        """What a template can be counted in; raises where it cannot."""
        if not re.fullmatch("[A-Z]{3}", currency):
            rule = "is not three capital letters, such as CNY"
            raise PricingError("build", "currency", currency, rule)
        check_word("build", "tokens", tokens, TOKENS)
        units = [term.unit.en for term in scenario.terms().values()]
        if tokens == BILLION and "tokens" in units:
            rule = f"does not go with {scenario.template.name}, which counts single tokens too"
            raise PricingError("build", "tokens", tokens, rule)
        if tokens == BILLION and not any(map(_power, scenario.terms().values())):
            rule = f"does not go with {scenario.template.name}, which has no price of tokens"
            raise PricingError("build", "tokens", tokens, rule)
        return cls(currency, tokens)

    def words(self, text: str) -> str:
        """A text in this currency and of so many tokens."""
        if self.tokens == BILLION:
            for said, instead in _WORDS:
                text = said.sub(instead, text)
        return self.money(text)

    def money(self, text: str) -> str:
        """A text in this currency."""
        if self.currency == "USD":
            return text
        name = CURRENCIES.get(self.currency, self.currency)
        return re.sub(r"\bUSD\b", self.currency, text).replace("美元", name)

    def into(self, scenario: S) -> S:
        """The numbers of a scenario as the workbook has them."""
        return self._counted(scenario, DIGITS)

    def out_of(self, scenario: S) -> S:
        """The numbers of a workbook as a scenario has them: for a million tokens."""
        return self._counted(scenario, -DIGITS)

    def cases(self, cases: Cases, terms: Mapping[str, Term | Choice]) -> Cases:
        """The inputs of all cases as the workbook has them."""
        if self.tokens == MILLION:
            return cases
        base, *others = (
            {key: _moved(value, terms[key], DIGITS) for key, value in inputs.items()}
            for inputs in (cases.base, *cases.others)
        )
        return replace(cases, base=base, others=tuple(others))

    def _counted(self, scenario: S, digits: int) -> S:
        if self.tokens == MILLION:
            return scenario
        terms, tables = type(scenario).terms(), type(scenario).tables()
        inputs = {key: _moved(getattr(scenario, key), term, digits) for key, term in terms.items()}
        for name, table in tables.items():
            inputs[name] = [
                {c.key: _moved(getattr(row, c.key), c.term, digits) for c in table.columns}
                for row in getattr(scenario, name)
            ]
        return type(scenario)(**inputs)


def _power(term: Term | Choice | Label) -> int:
    """How the number changes with that of the tokens: 1 for a price, -1 for a volume, else 0."""
    unit = "" if isinstance(term, Label) else term.unit.en
    return ("per million tokens" in unit) - unit.startswith("million tokens")


def _moved(value: Any, term: Term | Choice | Label, digits: int) -> Any:
    """A number with its point moved, to the digit, so that the way back ends where it began."""
    power = _power(term)
    if power == 0 or value is None or not math.isfinite(value):
        return value
    return float(Decimal(repr(float(value))).scaleb(power * digits))
