"""What the fields of a price book share: moments in UTC, bounds, errors that name their path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError


def _utc(value: Any) -> Any:
    """A date or time in UTC, from a TOML date or time or from ISO 8601 text."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


Time = Annotated[datetime, BeforeValidator(_utc)]
Amount = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1)]


def broken(path: Sequence[str | int], message: str) -> PydanticCustomError:
    """The error of a rule between fields; ``path`` leads from the model to the field at fault."""
    # The message stands in the context, where braces in it mean nothing.
    return PydanticCustomError("rule", "{message}", {"path": tuple(path), "message": message})


class Model(BaseModel):
    """What all parts of a book share: nothing unknown, no conversions, no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Dated(Model):
    """Something that holds from one moment on, until another where there is one."""

    valid_from: Time
    valid_until: Time | None = None  # exclusive

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise broken(["valid_until"], f"{self.valid_until} is not after {self.valid_from}")
        return self

    def holds(self, start: datetime, end: datetime | None = None) -> bool:
        """Whether it holds at a moment, or at any time between two."""
        last = start if end is None else end
        begun = self.valid_from <= last if end is None else self.valid_from < last
        return begun and (self.valid_until is None or start < self.valid_until)
