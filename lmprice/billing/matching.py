"""Matching: which charge prices a row, and which factors weigh its cost.

Every question that a book asks of a row becomes one small column (yes, no, not known).  Rows that
answer alike, of one model and one time, are looked at once, whatever their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from lmprice.billing.book import BookFactor, PriceBook
from lmprice.billing.charges import AnyCharge, ContextCharge, Factor, OffPeakCharge
from lmprice.billing.conditions import (
    LENGTHS,
    Comparison,
    Test,
    When,
    in_words,
    plain,
)
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl
from lmprice.billing.parsing import BookError
from lmprice.billing.pricing import ONE
from lmprice.billing.scopes import LEVELS, Identity, Scope, Scopes, Version
from lmprice.billing.timeline import ALWAYS, NEVER

NO, YES, UNKNOWN = 0, 1, 2
EXACT_NAME, ALIAS, PATTERN = 3, 2, 1
HOW = {EXACT_NAME: "name", ALIAS: "alias", PATTERN: "pattern"}


@dataclass(frozen=True)
class Question:
    """Something that a book asks of a row."""

    column: str
    test: Any  # texts that the cell may be, bounds of its number, or hours and weekdays

    def unknown(self) -> str:
        """Why a row does not answer."""
        if self.column in LENGTHS:
            return f"{self.column} is not known of a row of several requests"
        if self.column == "timestamp":
            return "the hour is not known of a row that is a day"
        return f"{self.column} is not a number"


class Match(NamedTuple):
    """What prices a meter of a row."""

    identity: Identity
    version: Version
    price_class: int
    factor: Fraction
    how: int


class Names:
    """The names of models: exact ones, aliases and patterns."""

    def __init__(self, book: PriceBook) -> None:
        self._aliases = {a: m.name for m in book.models for a in m.aliases if "*" not in a}
        self._patterns = [(a, m.name) for m in book.models for a in m.aliases if "*" in a]
        self._vendors = [(m.name, m.vendor) for m in book.models if m.vendor is not None]
        self.rank = lru_cache(maxsize=100_000)(self._rank)

    def _rank(self, name: str, model: str) -> tuple[int, int] | None:
        """How closely the model of a row is the one that a name means; None for not at all."""
        if name == model:
            return (EXACT_NAME, 0)
        if self._aliases.get(model) == name:
            return (ALIAS, 0)
        patterns = [alias for alias, of in self._patterns if of == name]
        found = [p for p in (*patterns, name) if "*" in p and _regex(p).fullmatch(model)]
        return max(((PATTERN, len(p.replace("*", ""))) for p in found), default=None)

    def vendor(self, model: str) -> str | None:
        """Who sells a model, as the book knows it."""
        ranked = [(rank, vendor) for n, vendor in self._vendors if (rank := self.rank(n, model))]
        return max(ranked)[1] if ranked else None


@lru_cache(maxsize=10_000)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


class Questions:
    """The questions of a book, each with its number."""

    def __init__(self) -> None:
        self.all: dict[Question, int] = {}

    def of_when(self, when: When) -> tuple[int, ...]:
        """The numbers of the questions that conditions ask."""
        return tuple(self._number(Question(c, _asked(test))) for c, test in when.items())

    def of_classes(self, charge: AnyCharge) -> tuple[int, ...]:
        """The questions that decide between the prices of a charge."""
        if isinstance(charge, ContextCharge):
            bound = "above" if charge.inclusive else "at_least"
            return tuple(
                self._number(Question("input_length", ((bound, step.above),)))
                for step in charge.steps
            )
        if isinstance(charge, OffPeakCharge):
            spans = tuple(window.minutes for window in charge.peak_hours)
            return (self._number(Question("timestamp", (spans, charge.peak_weekdays))),)
        return ()

    def _number(self, question: Question) -> int:
        return self.all.setdefault(question, len(self.all))

    def columns(self) -> set[str]:
        """The columns that are asked about."""
        return {question.column for question in self.all}


def _asked(test: Test) -> Any:
    if isinstance(test, Comparison):
        return tuple((name, b) for name, b in test.bounds.items() if b is not None)
    return frozenset(map(plain, test)) if isinstance(test, tuple) else frozenset({plain(test)})


class _Priced(NamedTuple):
    """A charge in a scope, ready to be compared with rows."""

    identity: Identity
    asks: tuple[int, ...]


class _Weight(NamedTuple):
    """A factor, ready to be compared with rows."""

    factor: Factor
    level: str
    asks: tuple[int, ...]
    value: Fraction
    path: str


class Matcher:
    """Finds the charge, price class and factor of each meter of rows that are alike."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes, book = scopes, scopes.book
        self.names = Names(book)
        self.questions = Questions()
        self._asks = {i: self.questions.of_when(i.entry.when) for i in scopes.identities}
        self._classes: dict[int, tuple[int, ...]] = {}
        self._own: dict[int, list[_Weight]] = {}
        for _, charges in book.lists():
            for charge in charges:
                self._classes[id(charge)] = self.questions.of_classes(charge)
                self._own[id(charge)] = list(self._own_weights(charge))
        self._weights = [
            _Weight(f, f.level, self.questions.of_when(f.when), exact(f.factor), f"factors[{n}]")
            for n, f in enumerate(book.factors)
        ]
        self._by_meter: dict[int, dict[str, list[_Priced]]] = {}
        self.sources = [(source, self.questions.of_when(source.when)) for source in book.sources]

    def source(self, model: str, named: str | None, given: Mapping[int, int]) -> int | None:
        """The number of the source of a row; None for none, -1 for a name that is not known."""
        if named is not None:
            names = [source.name for source, _ in self.sources]
            return names.index(named) if named in names else -1
        for number, (source, asks) in enumerate(self.sources):
            if self.names.rank(source.model, model) is not None and all(
                given[n] == YES for n in asks
            ):
                return number
        return None

    def knows(self, scope: Scope, model: str) -> bool:
        """Whether any charge is about a model."""
        return any(self.names.rank(i.entry.model, model) is not None for i in scope.versions)

    def _own_weights(self, charge: AnyCharge) -> Iterator[_Weight]:
        if charge.factor != 1:
            plain_factor = Factor(factor=charge.factor)
            yield _Weight(plain_factor, "charge", (), exact(charge.factor), "factor")
        for number, factor in enumerate(charge.factors):
            asks = self.questions.of_when(factor.when)
            yield _Weight(factor, "charge", asks, exact(factor.factor), f"factors[{number}]")

    def dates(self, scope: Scope) -> set[int]:
        """The moments at which another charge or factor may hold."""
        found = {t for timeline in scope.versions.values() for t in timeline.starts}
        own = [w.factor for weights in self._own.values() for w in weights]
        for factor in (*own, *(w.factor for w in self._weights)):
            found |= set(_span(factor, scope))
        return found

    def match(
        self,
        scope: Scope,
        at: int,
        model: str,
        vendor: str | None,
        answers: Sequence[int],
        meter: str,
    ) -> Match | str | None:
        """What prices a meter of a row, why that is not known, or None: nothing does."""
        found: list[tuple[tuple[Any, ...], Identity, Version]] = []
        unknown: list[tuple[tuple[Any, ...], int]] = []
        for identity, asks in self._candidates(scope, meter):
            rank = self.names.rank(identity.entry.model, model)
            if rank is None or any(answers[n] == NO for n in asks):
                continue
            version = scope.versions[identity].at(at)
            if version is None:
                continue
            closeness = (version.level, rank, len(asks), version.since)
            doubts = [n for n in asks if answers[n] == UNKNOWN]
            if doubts:
                unknown.append((closeness, doubts[0]))
            else:
                found.append((closeness, identity, version))
        found.sort(key=lambda one: one[0], reverse=True)
        best = found[0] if found else None
        for closeness, number in unknown:
            if best is None or closeness >= best[0]:
                return self._doubt(number)
        if best is None:
            return None
        closeness, identity, version = best
        if len(found) > 1 and found[1][0] == closeness:
            raise BookError([self._tie(best[1:], found[1][1:], model)])
        if not version.price.has_rate:
            return f"{version.price.charge.currency} has no rate at this time"
        return self._weighed(scope, at, model, vendor, answers, identity, version, closeness[1][0])

    def _candidates(self, scope: Scope, meter: str) -> list[_Priced]:
        if scope.prices not in self._by_meter:
            by_meter: dict[str, list[_Priced]] = {}
            for identity in scope.versions:
                priced = _Priced(identity, self._asks[identity])
                by_meter.setdefault(identity.entry.meter, []).append(priced)
            self._by_meter[scope.prices] = by_meter
        return self._by_meter[scope.prices].get(meter, [])

    def _weighed(
        self, scope: Scope, at: int, model: str, vendor: str | None, answers: Sequence[int],
        identity: Identity, version: Version, how: int,
    ) -> Match | str:  # fmt: skip
        charge = version.price.charge
        price_class = 0
        for number in self._classes[id(charge)]:
            if answers[number] == UNKNOWN:
                return self._doubt(number)
            price_class += answers[number] == YES
        if isinstance(charge, OffPeakCharge):
            price_class = 1 - price_class
        weights = [*self._own[id(charge)], *self._weights]
        holding: dict[str, list[_Weight]] = {}
        for weight in weights:
            if not self._is_about(weight.factor, model, vendor, identity.entry.meter):
                continue
            start, end = _span(weight.factor, scope)
            if not start <= at < end or any(answers[n] == NO for n in weight.asks):
                continue
            doubt = next((n for n in weight.asks if answers[n] == UNKNOWN), None)
            if doubt is not None:
                return self._doubt(doubt)
            holding.setdefault(weight.level, []).append(weight)
        factor = ONE
        for level, applied in holding.items():
            alone = [weight for weight in applied if weight.factor.exclusive]
            if len(alone) > 1:
                both = " and ".join(weight.path for weight in alone[:2])
                raise BookError([f"{both}: are both exclusive and apply to one row of {model}, "
                                 f"level {level}"])  # fmt: skip
            for weight in alone or applied:
                factor *= weight.value
        if factor != 1 and not identity.is_sum:
            return f"a factor cannot weigh the {identity.aggregation} of {identity.entry.meter}"
        return Match(identity, version, price_class, factor, how)

    def _is_about(self, factor: Factor, model: str, vendor: str | None, meter: str) -> bool:
        if not isinstance(factor, BookFactor):
            return True
        if factor.meter not in (None, meter):
            return False
        if factor.model is not None:
            return self.names.rank(factor.model, model) is not None
        return factor.vendor is None or (
            vendor is not None and plain(factor.vendor) == plain(vendor)
        )

    def _doubt(self, number: int) -> str:
        return next(q for q, n in self.questions.all.items() if n == number).unknown()

    def _tie(
        self, one: tuple[Identity, Version], other: tuple[Identity, Version], model: str
    ) -> str:
        paths = " and ".join(version.path for _, version in (one, other))
        both = {**one[0].entry.when, **other[0].entry.when}
        return (
            f"{paths}: price {one[0].entry.meter} of {model} equally closely at the level of "
            f"{LEVELS[one[1].level]}; add a charge for " + (in_words(both) or f"model {model}")
        )


def _span(factor: Factor, scope: Scope) -> tuple[int, int]:
    instant = scope.calendar.instant
    start = ALWAYS if factor.valid_from is None else instant(factor.valid_from)
    return start, NEVER if factor.valid_until is None else instant(factor.valid_until)


def answers(
    questions: Iterable[Question], columns: Sequence[str], lengths: dict[str, pl.Expr]
) -> Iterator[pl.Expr]:
    """The answer of each row to each question: NO, YES or UNKNOWN."""
    for question in questions:
        column, test = question.column, question.test
        if column == "timestamp":
            answer = pl.when(pl.col("_is_day")).then(None).otherwise(_at_peak(*test))
        elif column in LENGTHS:
            answer = _between(lengths[column], test)
        elif column not in columns:
            answer = pl.lit(isinstance(test, frozenset) and "" in test)
        elif isinstance(test, frozenset):
            answer = plain_text(column).is_in(list(test))
        else:
            cell = pl.col(column).cast(pl.String, strict=False).str.strip_chars().fill_null("")
            number = _between(cell.cast(pl.Float64, strict=False), test)
            answer = pl.when(cell == "").then(False).otherwise(number)
        yield answer.cast(pl.UInt8).fill_null(UNKNOWN)


def plain_text(column: str) -> pl.Expr:
    """Cells as conditions compare them, see `conditions.plain`."""
    text = pl.col(column).cast(pl.String, strict=False).fill_null("")
    # A whole number is written without its point: 1.0 as 1.
    text = text.str.replace_all(r"\s", "").str.to_lowercase().str.replace(r"^(-?\d+)\.0+$", "$1")
    return text.str.replace_all("≤", "<=", literal=True).str.replace_all("≥", ">=", literal=True)


def _between(number: pl.Expr, bounds: tuple[tuple[str, float], ...]) -> pl.Expr:
    compare = {"above": "gt", "at_least": "ge", "below": "lt", "at_most": "le"}
    return pl.all_horizontal(getattr(number, compare[name])(bound) for name, bound in bounds)


def _at_peak(spans: tuple[tuple[int, int], ...], weekdays: tuple[int, ...]) -> pl.Expr:
    time = pl.col("_time").dt
    minute = time.hour().cast(pl.Int32) * 60 + time.minute()
    in_hours = pl.any_horizontal((minute >= start) & (minute < end) for start, end in spans)
    return in_hours & time.weekday().is_in(list(weekdays))
