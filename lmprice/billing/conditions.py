"""Conditions: which rows of usage a price, a factor or a source is for.

Texts are compared without case, blanks or the spelling of the signs ≤ and ≥.

>>> plain("≤ 200K") == plain("<=200k")
True
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from lmprice.billing.fields import Model, Name, broken

# The length of a request, as its row says it: all input, all output.
INPUT_LENGTH, OUTPUT_LENGTH = "input_length", "output_length"
LENGTHS = (INPUT_LENGTH, OUTPUT_LENGTH)
_POINT_ZERO = re.compile(r"^(-?\d+)\.0+$")  # a whole number is written without its point
_TAKEN = ("model", "customer", "timestamp")


class Comparison(Model):
    """A number of a row between bounds; a row without one does not meet it."""

    above: float | None = Field(default=None, description="The number is larger")
    at_least: float | None = Field(default=None, description="The number is as large or larger")
    below: float | None = Field(default=None, description="The number is smaller")
    at_most: float | None = Field(default=None, description="The number is as small or smaller")

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if all(bound is None for bound in self.bounds.values()):
            raise broken([], "says neither above, at_least, below nor at_most")
        return self

    @property
    def bounds(self) -> dict[str, float | None]:
        """The bounds by name."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def _value(value: Any) -> Any:
    if not isinstance(value, (str, bool, int, float)):
        raise PydanticCustomError("string_type", "Input is not text")
    return value


def _kind(test: Any) -> str:
    if isinstance(test, (dict, Comparison)):
        return "comparison"
    return "any_of" if isinstance(test, (list, tuple)) else "value"


Value = Annotated[
    str | bool | int | float,
    PlainValidator(_value),
    WithJsonSchema({"type": ["string", "boolean", "number"]}),
]
Test = Annotated[
    Annotated[Value, Tag("value")]
    | Annotated[tuple[Value, ...], Field(min_length=1, strict=False), Tag("any_of")]
    | Annotated[Comparison, Tag("comparison")],
    Discriminator(_kind),
]
When = dict[Name, Test]
Key = tuple[tuple[str, Any], ...]


def plain(value: Any) -> str:
    """A value as conditions compare it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _POINT_ZERO.sub(r"\1", "".join(str(value).split()).lower())
    return text.replace("≤", "<=").replace("≥", ">=")


def check_when(when: When, path: str = "when") -> None:
    """Refuse conditions on what has a place of its own."""
    for column, test in when.items():
        if column in _TAKEN:
            raise broken([path, column], "is no condition: it has a field of its own")
        if column in LENGTHS and not isinstance(test, Comparison):
            raise broken([path, column], "is a number: write { above = 200_000 } or the like")


def key(when: When) -> Key:
    """What two equal conditions have in common, however they are written."""
    return tuple(sorted((column, _test_key(test)) for column, test in when.items()))


def _test_key(test: Test) -> Any:
    if isinstance(test, Comparison):
        return tuple((n, b) for n, b in test.bounds.items() if b is not None)
    return tuple(sorted(map(plain, test))) if isinstance(test, tuple) else (plain(test),)


def in_words(when: When) -> str:
    """Conditions as a sentence says them: ``batch = true, input_length above 200000``."""
    return ", ".join(f"{column} {_test_words(test)}" for column, test in when.items())


def _test_words(test: Test) -> str:
    if isinstance(test, Comparison):
        bounds = ((n.replace("_", " "), b) for n, b in test.bounds.items() if b is not None)
        return " and ".join(f"{name} {bound:.15g}" for name, bound in bounds)
    values = test if isinstance(test, tuple) else (test,)
    return "= " + " or ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in values)
