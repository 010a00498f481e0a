"""Inputs as they are given: dates as texts, tables as frames, and what is wrong said by name."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from lmprice.language.dates import DateTerm
from lmprice.language.errors import PricingError
from lmprice.language.labels import in_one_order
from lmprice.language.terms import Bound


class Inputs(BaseModel):
    """Fields that are inputs; what breaks their rules raises `PricingError`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def __init__(self, /, **inputs: Any) -> None:
        owner = type(self)
        try:
            super().__init__(**{name: owner._taken(name, x) for name, x in inputs.items()})
        except ValidationError as error:
            problems = [_problem(owner, *found) for found in _found(error)]
            raise _refusal(owner.__name__, problems) from None

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        # As help shows it: kinds and defaults, without the terms.
        fields = cls.model_fields.items()
        cls.__signature__ = inspect.Signature([_parameter(*field) for field in fields])

    @classmethod
    def _taken(cls, name: str, value: Any) -> Any:  # noqa: ARG003
        """An input as its field takes it, where it was given in another form."""
        return value


class _Rows:
    """The rows of a table that are its default, as a signature shows them."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __repr__(self) -> str:
        return f"[{self._count} row{'s' * (self._count != 1)}]"


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    default = inspect.Parameter.empty if field.is_required() else field.default
    if isinstance(default, list):
        default = _Rows(len(default))
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=field.annotation)


def cell(value: Any, term: object) -> Any:
    """The value of one cell: an ISO date or a time as a date, NumPy's numbers as Python's."""
    if isinstance(term, DateTerm):
        if isinstance(value, np.datetime64):
            value = value.astype("datetime64[us]").item()
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, str):
            try:
                return datetime.date.fromisoformat(value.strip())
            except ValueError:
                return value
    return value.item() if isinstance(value, (np.number, np.bool_)) else value


def rows(owner: str, name: str, value: Any) -> Any:
    """The rows of a table, as mappings: of a frame, of columns by name, of a list as it is."""
    if callable(getattr(value, "to_dicts", None)):
        return _known(value.to_dicts())
    if callable(getattr(value, "to_dict", None)) and hasattr(value, "columns"):
        return _known(value.to_dict("records"))
    if isinstance(value, Mapping):
        columns = in_one_order(owner, {f"{name}.{key}": column for key, column in value.items()})
        lists = [_column(owner, key, column) for key, column in columns.items()]
        long = max(map(len, lists), default=0)
        for key, column in zip(columns, lists, strict=True):
            if len(column) != long:
                rule = f"is the number of rows, but another column has {long}"
                raise PricingError(owner, key, len(column), rule)
        return _known([dict(zip(value, row, strict=True)) for row in zip(*lists, strict=True)])
    return list(value) if isinstance(value, tuple) else value


def _column(owner: str, name: str, values: Any) -> list[Any]:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise PricingError(owner, name, values, "is not a column: a table is rows or columns")
    return list(values)


def _known(found: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Rows without what is missing in them: its field has a default, or asks for it."""
    return [
        {str(name): x for name, x in row.items() if x is not None and x == x}  # noqa: PLR0124
        for row in found
    ]


def _found(error: ValidationError) -> Iterator[tuple[str, Any, str]]:
    """Where each problem stands, the value and what pydantic says of it, as a rule of ours."""
    for found in error.errors():
        place = ""
        for part in found["loc"]:
            place += f"[{part}]" if isinstance(part, int) else f"{'.' if place else ''}{part}"
        yield place, found["input"], _rule(found)


_WORDS = {
    "missing": "is missing",
    "float_type": "is not a number",
    "finite_number": "is not finite",
    "date_type": "is not a date, such as 2026-03-01",
    "string_type": "is not a text",
    "list_type": "is not a list of rows, a frame, or columns by name",
}
_BOUNDS: dict[str, Any] = {
    "greater_than_equal": ">=",
    "greater_than": ">",
    "less_than_equal": "<=",
    "less_than": "<",
}


def _rule(found: Any) -> str:
    kind, context = found["type"], found.get("ctx", {})
    if kind in _WORDS:
        return _WORDS[kind]
    if kind in _BOUNDS:
        (limit,) = context.values()
        if isinstance(limit, (datetime.date, str)):
            return f"is {'before' if kind.startswith('g') else 'after'} {limit}"
        return Bound(_BOUNDS[kind], limit).broken.en
    if kind == "literal_error":
        return f"is not one of {context['expected']}"
    if kind == "extra_forbidden":
        return "is no input"
    message: str = found["msg"]
    return message.removeprefix("Value error, ")


Problem = tuple[str, Any, str]


def _problem(owner: type[BaseModel], place: str, value: Any, rule: str) -> Problem:
    if rule == "is no input":
        rule = f"is no input: there are {', '.join(owner.model_fields)}"
        return "inputs", place, rule
    return place, None if rule == "is missing" else value, rule


def _refusal(owner: str, problems: list[Problem]) -> PricingError:
    """The first problem as the error, with a line for each of the others."""
    place, value, rule = problems[0]
    if not place:  # of a table, which says itself where
        table, _, broken = rule.partition(": ")
        return PricingError.said(f"{owner}: {rule}", owner, table, value, broken or rule)
    error = PricingError(owner, place, value, rule)
    others = [str(PricingError(owner, *problem)) for problem in problems[1:]]
    return PricingError.said("\n".join([str(error), *others]), owner, place, value, rule)
