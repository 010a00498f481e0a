"""What the vocabulary is made of: texts in two languages, bounds and terms.

>>> share = Term(Text("Share", "份额"), FRACTION, Text("Part of it", "占比"), ge=0, le=1)
>>> share.rule.en
'at least 0 and at most 1'
>>> share.broken_rule(1.4)
'is above 1'
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Self,
    TypeVar,
    get_args,
)

if TYPE_CHECKING:
    from annotated_types import BaseMetadata


class Text(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str

    def __call__(self, lang: str) -> str:
        """The text in the language ``lang`` ("en" or "zh")."""
        return self.zh if lang == "zh" else self.en

    def worded(self, words: Callable[[str], str]) -> Text:
        """The text in other words; itself where they are the same."""
        found = Text(words(self.en), words(self.zh))
        return self if found == self else found


class Language(StrEnum):
    """Languages that all texts are written in."""

    en = "en"
    zh = "zh"


LANGUAGES = tuple(language.value for language in Language)


class Bound(NamedTuple):
    """One side of a valid range: ``value <operator> <limit>`` must hold."""

    operator: Literal[">=", ">", "<=", "<"]
    limit: float
    reason: Text | None = None

    @property
    def is_lower(self) -> bool:
        """Whether it bounds from below."""
        return self.operator in (">=", ">")

    @property
    def broken(self) -> Text:
        """What is said of a value that breaks this bound, and why where the reason is given."""
        limit = f"{self.limit:g}"
        broken = {
            ">=": Text(f"is below {limit}", f"小于 {limit}"),
            ">": Text(f"is not above {limit}", f"不大于 {limit}"),
            "<=": Text(f"is above {limit}", f"大于 {limit}"),
            "<": Text(f"is not below {limit}", f"不小于 {limit}"),
        }[self.operator]
        if self.reason is None:
            return broken
        return Text(f"{broken.en}: {self.reason.en}", f"{broken.zh}：{self.reason.zh}")

    @property
    def rule(self) -> Text:
        """The bound as a rule: "at least 0"."""
        limit = f"{self.limit:g}"
        return {
            ">=": Text(f"at least {limit}", f"不小于 {limit}"),
            ">": Text(f"above {limit}", f"大于 {limit}"),
            "<=": Text(f"at most {limit}", f"不大于 {limit}"),
            "<": Text(f"below {limit}", f"小于 {limit}"),
        }[self.operator]

    def holds(self, value: Any) -> Any:
        """Whether ``value`` (a number, an array or an expression) keeps the bound."""
        if self.operator == ">=":
            return value >= self.limit
        if self.operator == ">":
            return value > self.limit
        if self.operator == "<=":
            return value <= self.limit
        return value < self.limit


@dataclass(frozen=True)
class Term:
    """A quantity of the vocabulary: title, unit, help and bounds."""

    title: Text
    unit: Text
    help: Text
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    increasing: bool = False
    """A column of it grows from row to row."""
    unlimited: bool = False
    """The last row of a column is infinite: no limit; in a sheet the cell is empty."""
    absent: float | None = None
    """The number that says in a sheet that there is none of it; in Python that is ``None``."""
    is_whole: bool = False
    """A result that is always a whole number: a sheet shows no decimals."""
    usual: tuple[float, float] | None = None
    """The range of what is plausible, apart from the bounds: beyond it a sheet asks."""
    reason: Text | None = None
    """Why a value out of bounds has no answer, where the bound alone does not say it."""

    @classmethod
    def plain(
        cls,
        title: str,
        unit: str = "number",
        help: str = "",  # noqa: A002
        *,
        ge: float | None = None,
        gt: float | None = None,
        le: float | None = None,
        lt: float | None = None,
    ) -> Term:
        """A quantity with its texts in one language only.

        >>> Term.plain("Price", "USD per ticket", gt=0).rule.en
        'above 0'
        """
        kind = FRACTION if unit == FRACTION.en else Text(unit, "数" if unit == "number" else unit)
        return cls(Text(title, title), kind, Text(help, help), ge=ge, gt=gt, le=le, lt=lt)

    def titled(
        self,
        title: Text,
        help: Text | None = None,  # noqa: A002
        absent: float | None = None,
    ) -> Term:
        """The same quantity under a title (and with a help text) of its own."""
        return replace(
            self,
            title=title,
            help=help or self.help,
            absent=self.absent if absent is None else absent,
        )

    def worded(self, words: Callable[[str], str]) -> Self:
        """The same quantity in other words, such as another currency."""
        return replace(self, title=self.title.worded(words), unit=self.unit.worded(words))

    @functools.cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """The bounds, lower before upper."""
        sides: Sequence[tuple[Literal[">=", ">", "<=", "<"], float | None]]
        sides = ((">=", self.ge), (">", self.gt), ("<=", self.le), ("<", self.lt))
        return tuple(
            Bound(operator, limit, self.reason) for operator, limit in sides if limit is not None
        )

    @property
    def rule(self) -> Text:
        """All bounds in words, "" where there is none."""
        if self.is_flag:
            return self.unit
        rules = [bound.rule for bound in self.bounds]
        bounds = Text(" and ".join(r.en for r in rules), "，".join(r.zh for r in rules))
        of_rows = [
            *([Text("increasing", "逐行递增")] if self.increasing else []),
            *([Text("the last without limit", "最后一行无上限")] if self.unlimited else []),
        ]
        parts = [bounds, *of_rows] if rules else of_rows
        if self.absent is not None:
            parts = parts or [Text("any number", "任意数")]
            parts = [*parts, Text(f"{self.absent:G}: none", f"{self.absent:G}：无")]
        return Text(", ".join(p.en for p in parts), "，".join(p.zh for p in parts))

    @property
    def has_rule(self) -> bool:
        """Whether there is more to say of valid values than that they are numbers, or flags."""
        return bool(self.rule.en) and not self.is_flag

    @property
    def is_fraction(self) -> bool:
        """Whether a spreadsheet shows the quantity as a percentage."""
        return self.unit is FRACTION

    @property
    def is_flag(self) -> bool:
        """Whether it is a yes or no: a bool in Python, TRUE or FALSE (or 1 or 0) in a sheet."""
        return self.unit is FLAG

    def broken_rule(self, value: float, lang: str = "en") -> str | None:
        """What is wrong with a number ("is below 0", and why), or None when it is valid."""
        return next((b.broken(lang) for b in self.bounds if not b.holds(value)), None)

    # pydantic expands metadata that says it is grouped (the protocol of annotated-types), so a
    # template field annotated with a term is validated by the bounds that stand here.
    __is_annotated_types_grouped_metadata__ = True

    def __iter__(self) -> Iterator[BaseMetadata]:
        import annotated_types

        kinds = {
            ">=": annotated_types.Ge,
            ">": annotated_types.Gt,
            "<=": annotated_types.Le,
            "<": annotated_types.Lt,
        }
        return iter([kinds[b.operator](b.limit) for b in self.bounds])


@dataclass(frozen=True)
class Choice:
    """A quantity that is one of a few words."""

    title: Text
    help: Text
    options: Mapping[str, Text]

    unit: ClassVar[Text] = Text("choice", "选项")


class Col:
    """Marks a parameter that takes a column (one number a row of a table)."""


T = TypeVar("T")
Column = Annotated[T, Col()]


def term(annotation: Any) -> Term:
    """The term behind an annotation such as ``UnitPrice``."""
    found = term_or_choice(annotation)
    if not isinstance(found, Term):
        raise TypeError(f"{annotation!r} is a choice, not a number")
    return found


def term_or_choice(annotation: Any) -> Term | Choice:
    """The term or the choice behind an annotation."""
    for metadata in get_args(annotation)[1:]:
        if isinstance(metadata, (Term, Choice)):
            return metadata
    raise TypeError(f"{annotation!r} is not a term of the vocabulary")


def is_column(annotation: Any) -> bool:
    """Whether an annotation is a ``Column[...]`` of a term."""
    return any(isinstance(m, Col) for m in get_args(annotation)[1:])


FRACTION = Text("fraction", "比例")
FLAG = Text("TRUE or FALSE", "TRUE 或 FALSE")
INFINITY = 1e300  # what stands for no limit where infinity cannot be written, as in a sheet
