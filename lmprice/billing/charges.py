"""The charges of a price book: one pydantic model for each way to turn units into money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from lmprice.billing.fields import Amount, Dated, Fraction, Model, Name, Positive, broken

Meter = Literal["input", "cached", "cache_write", "output", "quantity"]
METERS: tuple[Meter, ...] = get_args(Meter)
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Annotated[int, Field(ge=1, le=7)]  # Monday is 1


class Tier(Model):
    """Units up to and including ``up_to`` (without one: all the rest) at one price."""

    up_to: Positive | None = None
    unit_price: Amount
    flat_fee: Amount = 0.0


class RateTier(Model):
    """Amounts up to and including ``up_to`` at one rate, a fraction."""

    up_to: Positive | None = None
    rate: Amount
    flat_fee: Amount = 0.0


class Block(Model):
    """Units sold in whole blocks; at most ``max_blocks`` of them, in the last tier any number."""

    block_size: Positive
    max_blocks: Positive | None = None
    block_price: Amount


class Step(Model):
    """The unit price of a request with more input tokens than ``above``."""

    above: Positive
    unit_price: Amount


class Window(Model):
    """Hours of a day in UTC, the end exclusive."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _in_one_day(self) -> Self:
        if self.end <= self.start:
            raise broken(
                ["end"], f"{self.end} is not after {self.start}; over midnight takes two windows"
            )
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes after midnight."""
        start, end = (int(t[:2]) * 60 + int(t[3:]) for t in (self.start, self.end))
        return start, end


class Charge(Dated):
    """One price of one meter of one model."""

    model: Name
    meter: Meter
    name: str | None = None
    per: Positive = 1.0  # unit conversion: 1_000_000 where prices are per million tokens
    discount: Fraction = 0.0  # negotiated: list cost becomes contracted cost

    @property
    def title(self) -> str:
        """How a bill names it."""
        return self.name or f"{self.model} {self.meter}"


class CountedCharge(Charge):
    """A charge on the total of a customer and month."""

    round_units: Literal["up", "down", "nearest"] | None = None
    unit_multiple: Positive = 1.0  # what converted units are rounded to
    free_units: Amount = 0.0  # converted and rounded units
    maximum: Amount | None = None
    minimum: Amount | None = None

    @model_validator(mode="after")
    def _minimum_within_maximum(self) -> Self:
        least, most = self.minimum, self.maximum
        if least is not None and most is not None and least > most:
            raise broken(["minimum"], f"{least:.15g} is above the maximum {most:.15g}")
        return self


class StandardCharge(CountedCharge):
    """Every unit at one price; ``list_unit_price`` is the public one where this is negotiated."""

    charge_model: Literal["standard"]
    unit_price: Amount
    list_unit_price: Amount | None = None


class TieredCharge(CountedCharge):
    """Graduated: each unit at the price of its tier.  Volume: all at the price of the last."""

    charge_model: Literal["graduated", "volume"]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, strict=False)]
    bill_zero_quantity: bool = True
    allowance: Amount = 0.0  # free units before the first tier; the tiers move up by as many

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        _check_rising(self.tiers)
        return self


class RateTieredCharge(CountedCharge):
    """Each part of an amount at the rate of its tier."""

    charge_model: Literal["graduated_percentage"]
    tiers: Annotated[tuple[RateTier, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        _check_rising(self.tiers)
        return self


class PercentageCharge(CountedCharge):
    """A share of an amount, with a fee for each row of usage."""

    charge_model: Literal["percentage"]
    rate: Amount
    fixed_fee: Amount = 0.0

    @model_validator(mode="after")
    def _free_units_or_fees(self) -> Self:
        # Which rows lie above the free amount would depend on their order in the file.
        if self.fixed_fee and self.free_units:
            raise broken(["fixed_fee"], "cannot stand beside free_units")
        return self


class PackageCharge(CountedCharge):
    """Units sold in packages; a started package is paid whole."""

    charge_model: Literal["package"]
    package_size: Positive
    package_price: Amount


class BlockCharge(CountedCharge):
    """Whole blocks, each at the price of its tier (``all_tiers``) or all at that of the last."""

    charge_model: Literal["block"]
    tiers: Annotated[tuple[Block, ...], Field(min_length=1, strict=False)]
    mode: Literal["all_tiers", "top_tier"] = "all_tiers"

    @model_validator(mode="after")
    def _only_the_last_is_endless(self) -> Self:
        for number, tier in enumerate(self.tiers[:-1]):
            if tier.max_blocks is None:
                raise broken(
                    ["tiers", number, "max_blocks"], "is missing; only the last has no end"
                )
        return self


class ContextCharge(Charge):
    """A unit price that depends on the input tokens of the request, for all its units."""

    charge_model: Literal["context"]
    unit_price: Amount
    steps: Annotated[tuple[Step, ...], Field(min_length=1, strict=False)]
    inclusive: bool = True  # a request of exactly ``above`` tokens still has the lower step's price

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        for number, (before, step) in enumerate(zip(self.steps, self.steps[1:], strict=False), 1):
            if step.above <= before.above:
                raise broken(
                    ["steps", number, "above"],
                    f"{step.above:.15g} is not above {before.above:.15g}",
                )
        return self


class OffPeakCharge(Charge):
    """One unit price in the peak hours of the peak weekdays (UTC), another at all other times."""

    charge_model: Literal["off_peak"]
    unit_price: Amount  # at peak
    off_peak_price: Amount
    peak_hours: Annotated[tuple[Window, ...], Field(min_length=1, strict=False)]
    peak_weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, strict=False)] = (
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    )


AnyCharge = Annotated[
    StandardCharge
    | TieredCharge
    | RateTieredCharge
    | PercentageCharge
    | PackageCharge
    | BlockCharge
    | ContextCharge
    | OffPeakCharge,
    Field(discriminator="charge_model"),
]


def _check_rising(tiers: Sequence[Tier | RateTier]) -> None:
    below = 0.0
    for number, tier in enumerate(tiers):
        path = ("tiers", number, "up_to")
        is_last = number == len(tiers) - 1
        if tier.up_to is None:
            if not is_last:
                raise broken(path, "is missing; only the last has no end")
            return
        if tier.up_to <= below:
            raise broken(path, f"{tier.up_to:.15g} is not above {below:.15g}")
        if is_last:
            raise broken(path, f"{tier.up_to:.15g} ends the last tier, which has no end")
        below = tier.up_to
