"""What the fields of a price book share: moments, bounds, errors that name their path."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction as Exact
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _time(value: Any) -> date:
    """A date or a time, from a TOML date or time or from ISO 8601 text."""
    if isinstance(value, str):
        text = value.strip()
        with suppress(ValueError):
            value = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    if not isinstance(value, date):
        raise PydanticCustomError("datetime_type", "Input is not a date or time")
    return value


def _written(value: date, info: SerializationInfo) -> Any:
    return value.isoformat() if info.mode == "json" else value


# A date is midnight, and a time without an offset a time of day, in the zone of the account.
Time = Annotated[
    date,
    PlainValidator(_time),
    PlainSerializer(_written),
    WithJsonSchema({"type": "string", "description": "date, or date and time, as in ISO 8601"}),
]
Amount = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def moment(value: date, zone: tzinfo = UTC) -> datetime:
    """The moment in UTC of a date or time; without an offset it is in ``zone``.

    The ends of time are taken to be at the years 2 and 9999.
    """
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    if value.year < FIRST.year:
        return FIRST
    if value.year >= LAST.year:
        return LAST
    return min(max(value.astimezone(UTC), FIRST), LAST)


@lru_cache(maxsize=4096)
def exact(value: float | Decimal) -> Exact:
    """A number as it was written: its shortest decimal, as a fraction."""
    return Exact(value if isinstance(value, Decimal) else Decimal(repr(value)))


def broken(path: Sequence[str | int], message: str) -> PydanticCustomError:
    """The error of a rule between fields; ``path`` leads from the model to the field at fault."""
    # The message stands in the context, where braces in it mean nothing.
    return PydanticCustomError("rule", "{message}", {"path": tuple(path), "message": message})


class Model(BaseModel):
    """What all parts of a book share: nothing unknown, no conversions, no changes."""

    # Parts of a book are made ready with the book that they are in, and not once more each.
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True
    )


class Dated(Model):
    """Something that holds from one moment on, until another where there is one."""

    valid_from: Time = Field(description="First moment")
    valid_until: Time | None = Field(
        default=None, description="End, exclusive; without one it goes on"
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        check_span(self.valid_from, self.valid_until)
        return self


class MaybeDated(Model):
    """Something that always holds where it has no dates."""

    valid_from: Time | None = Field(
        default=None, description="First moment; without one it always held"
    )
    valid_until: Time | None = Field(
        default=None, description="End, exclusive; without one it goes on"
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        check_span(self.valid_from, self.valid_until)
        return self


def check_span(start: date | None, end: date | None) -> None:
    """Refuse an end that is not after its start, by more than zones can make up for."""
    if start is None or end is None:
        return
    gap = moment(end) - moment(start)
    alike = _kind(start) == _kind(end)
    if gap <= (timedelta(0) if alike else timedelta(days=-1)):
        raise broken(["valid_until"], f"{end} is not after {start}")


def _kind(value: date) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None
