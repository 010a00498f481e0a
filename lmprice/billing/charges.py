"""The charges of a price book: one pydantic model for each way to turn units into money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lmprice.billing.conditions import When, check_when, in_words, key
from lmprice.billing.fields import Amount, Fraction, MaybeDated, Model, Name, Positive, broken

Aggregation = Literal["sum", "max", "last", "unique", "time_weighted"]
Clock = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Annotated[int, Field(ge=1, le=7)]  # Monday is 1


class Tier(Model):
    """Units up to and including ``up_to`` (without one: all the rest) at one price."""

    up_to: Positive | None = Field(default=None, description="Its last unit; the last has none")
    unit_price: Amount = Field(description="Price of a unit")
    flat_fee: Amount = Field(default=0.0, description="Fee that is owed once the tier is entered")


class RateTier(Model):
    """Amounts up to and including ``up_to`` at one rate, a fraction."""

    up_to: Positive | None = Field(default=None, description="Its end; the last has none")
    rate: Amount = Field(description="Share of the amount: 0.02 is 2 %")
    flat_fee: Amount = Field(default=0.0, description="Fee that is owed once the tier is entered")


class Block(Model):
    """Units sold in whole blocks; at most ``max_blocks`` of them, in the last tier any number."""

    block_size: Positive = Field(description="Units in a block")
    max_blocks: Positive | None = Field(
        default=None, description="Blocks of the tier; the last has any number"
    )
    block_price: Amount = Field(description="Price of a block, a started one whole")


class Step(Model):
    """The unit price of a request with more input tokens than ``above``."""

    above: Positive = Field(description="The input of the request is longer")
    unit_price: Amount = Field(description="Price of each unit of such a request")


class Window(Model):
    """Hours of a day in UTC, the end exclusive."""

    start: Clock = Field(description="First minute, in UTC")
    end: Clock = Field(description="End, exclusive, in UTC")

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


class Factor(MaybeDated):
    """What a cost is multiplied by for the rows it is for: an uplift or a discount."""

    factor: Amount = Field(description="1.1 is an uplift of 10 %, 0.5 half the price")
    name: Name | None = Field(default=None, description="How a bill names it")
    when: When = Field(
        default={}, description="Conditions on the columns of a row; none: every row"
    )
    exclusive: bool = Field(default=False, description="Shuts out the other factors of its level")

    @model_validator(mode="after")
    def _when_can_be_asked(self) -> Self:
        check_when(self.when)
        return self


class Charge(MaybeDated):
    """One price of one meter of one model."""

    model: Name = Field(description="Name of the model, or a pattern with *")
    meter: Name = Field(description="What is counted: a meter, or any column of the usage")
    name: Name | None = Field(default=None, description="How a bill names it")
    when: When = Field(
        default={}, description="Conditions on the columns of a row; none: every row"
    )
    per: Positive = Field(
        default=1.0,
        description="Metered units in one priced unit: 1000000 where prices are per million",
    )
    discount: Fraction = Field(
        default=0.0, description="Negotiated: list cost becomes contracted cost"
    )
    currency: Name | None = Field(
        default=None,
        description="Currency or unit of its prices, with a rate; without one the book's",
    )
    factor: Amount = Field(default=1.0, description="What its cost is multiplied by")
    factors: Annotated[tuple[Factor, ...], Field(strict=False)] = Field(
        default=(), description="Factors of single rows, of the level of the charge"
    )
    row_minimum: Positive | None = Field(
        default=None, description="Least metered units of a row that has any"
    )
    row_multiple: Positive | None = Field(
        default=None, description="Metered units of a row are rounded up to a multiple of it"
    )

    @property
    def title(self) -> str:
        """How a bill names it."""
        if self.name is not None:
            return self.name
        return f"{self.model} {self.meter}" + (f" ({in_words(self.when)})" if self.when else "")

    @property
    def identity(self) -> tuple[object, ...]:
        """What the versions of one charge have in common."""
        return (self.model, self.meter, key(self.when))

    @model_validator(mode="after")
    def _when_can_be_asked(self) -> Self:
        check_when(self.when)
        return self


class CountedCharge(Charge):
    """A charge on the total of a customer and period."""

    aggregation: Aggregation = Field(
        default="sum", description="How the rows of a period make its quantity"
    )
    count_by: Annotated[tuple[Name, ...], Field(strict=False)] = Field(
        default=(), description="Columns of which each has a count, tiers and free units of its own"
    )
    round_units: Literal["up", "down", "nearest"] | None = Field(
        default=None, description="How converted units are rounded"
    )
    unit_multiple: Positive = Field(default=1.0, description="What converted units are rounded to")
    free_units: Amount = Field(default=0.0, description="Free converted units of a period")
    maximum: Amount | None = Field(default=None, description="Most that a period costs")
    minimum: Amount | None = Field(default=None, description="Least that a period costs")

    @model_validator(mode="after")
    def _rules_of_a_count(self) -> Self:
        least, most = self.minimum, self.maximum
        if least is not None and most is not None and least > most:
            raise broken(["minimum"], f"{least:.15g} is above the maximum {most:.15g}")
        if self.aggregation == "sum":
            return self
        for name in ("row_minimum", "row_multiple"):
            if getattr(self, name) is not None:
                raise broken([name], f"is for sums of rows, not for {self.aggregation}")
        if self.factor != 1 or self.factors:
            name = "factors" if self.factors else "factor"
            raise broken([name], f"is for sums of rows, not for {self.aggregation}")
        return self


class EventCharge(CountedCharge):
    """A charge that may have rules for the single row, which is an event then."""

    fixed_fee: Amount = Field(default=0.0, description="Fee of each event beyond the free units")
    event_minimum: Amount | None = Field(default=None, description="Least that a paid event costs")
    event_maximum: Amount | None = Field(default=None, description="Most that a paid event costs")

    @property
    def has_events(self) -> bool:
        """Whether each row is priced alone."""
        return bool(self.fixed_fee) or (self.event_minimum, self.event_maximum) != (None, None)

    @model_validator(mode="after")
    def _rules_of_an_event(self) -> Self:
        if not self.has_events:
            return self
        least, most = self.event_minimum, self.event_maximum
        if least is not None and most is not None and least > most:
            raise broken(["event_minimum"], f"{least:.15g} is above event_maximum {most:.15g}")
        name = next(n for n in ("fixed_fee", "event_minimum", "event_maximum") if getattr(self, n))
        if self.aggregation != "sum":
            raise broken([name], f"is for sums of rows, not for {self.aggregation}")
        return self


class StandardCharge(EventCharge):
    """Every unit at one price; ``list_unit_price`` is the public one where this is negotiated."""

    charge_model: Literal["standard"] = Field(description="How units become money")
    unit_price: Amount = Field(description="Price of a unit")
    list_unit_price: Amount | None = Field(
        default=None, description="Public price, where unit_price is negotiated"
    )


class TieredCharge(CountedCharge):
    """Graduated: each unit at the price of its tier.  Volume: all at the price of the last."""

    charge_model: Literal["graduated", "volume"] = Field(description="How units become money")
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1, strict=False)] = Field(
        description="Tiers, the last without an end"
    )
    bill_zero_quantity: bool = Field(
        default=True, description="Whether the first tier's flat fee is owed without usage"
    )
    allowance: Amount = Field(
        default=0.0, description="Free units before the first tier; the tiers move up by as many"
    )

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        _check_rising(self.tiers)
        if self.count_by and self.bill_zero_quantity and self.tiers[0].flat_fee:
            raise broken(
                ["tiers", 0, "flat_fee"],
                "is owed once with or without usage, and count_by has a tier 1 for each part: "
                "set bill_zero_quantity = false",
            )
        return self


class RateTieredCharge(CountedCharge):
    """Each part of an amount at the rate of its tier."""

    charge_model: Literal["graduated_percentage"] = Field(description="How units become money")
    tiers: Annotated[tuple[RateTier, ...], Field(min_length=1, strict=False)] = Field(
        description="Tiers, the last without an end"
    )

    @model_validator(mode="after")
    def _tiers_rise(self) -> Self:
        _check_rising(self.tiers)
        if self.count_by and self.tiers[0].flat_fee:
            raise broken(["tiers", 0, "flat_fee"], "is owed once, and count_by has many parts")
        return self


class PercentageCharge(EventCharge):
    """A share of an amount, with a fee for each row of usage."""

    charge_model: Literal["percentage"] = Field(description="How units become money")
    rate: Amount = Field(description="A fraction: 0.029 is 2.9 %")


class PackageCharge(CountedCharge):
    """Units sold in packages; a started package is paid whole."""

    charge_model: Literal["package"] = Field(description="How units become money")
    package_size: Positive = Field(description="Units in a package")
    package_price: Amount = Field(description="Price of a package, a started one whole")


class BlockCharge(CountedCharge):
    """Whole blocks, each at the price of its tier (``all_tiers``) or all at that of the last."""

    charge_model: Literal["block"] = Field(description="How units become money")
    tiers: Annotated[tuple[Block, ...], Field(min_length=1, strict=False)] = Field(
        description="Tiers, the last without an end"
    )
    mode: Literal["all_tiers", "top_tier"] = Field(
        default="all_tiers", description="Blocks of each tier, or all at the tier of the total"
    )

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

    charge_model: Literal["context"] = Field(description="How units become money")
    unit_price: Amount = Field(description="Price of a unit of the shortest requests")
    steps: Annotated[tuple[Step, ...], Field(min_length=1, strict=False)] = Field(
        description="Prices of longer requests"
    )
    inclusive: bool = Field(
        default=True, description="Whether a request of exactly so many tokens is not longer yet"
    )

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

    charge_model: Literal["off_peak"] = Field(description="How units become money")
    unit_price: Amount = Field(description="Price of a unit at peak")
    off_peak_price: Amount = Field(description="Price of a unit at all other times")
    peak_hours: Annotated[tuple[Window, ...], Field(min_length=1, strict=False)] = Field(
        description="Hours of the peak, in UTC"
    )
    peak_weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1, strict=False)] = Field(
        default=(1, 2, 3, 4, 5, 6, 7), description="Days of the peak, in UTC"
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
