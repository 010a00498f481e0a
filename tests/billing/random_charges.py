"""Random prices of every charge model, with versions, conditions and factors."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

Fields = dict[str, Any]
PRICES = [0, 0.005, 0.01, 0.015, 0.1, 0.125, 0.333, 1, 1.5, 2, 2.345, 7, 12.5]
SMALL = [0, 0, 5, 7.5, 0.005, 1]
COUNTED = [
    *("standard", "graduated", "volume", "graduated_percentage", "percentage", "package"),
    *("block", "top_tier"),
]
BY_ROW = ["context", "off_peak"]
NO_SUMS = ["max", "last", "unique", "time_weighted"]
TOKENS = ("input", "cached", "cached_audio", "output", "reasoning")


class Draw:
    """Random parts of one book; notes which features it has."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.features: set[str] = set()
        day = date(2024, 1, 1) + timedelta(days=self.random.randrange(900))
        self.first = day
        self.last = day + timedelta(days=self.random.choice([3, 25, 50, 80]))

    def chance(self, share: float, feature: str = "") -> bool:
        """True in a share of the books, with a note of the feature."""
        true = self.random.random() < share
        if true and feature:
            self.features.add(feature)
        return true

    def one(self, choices: Any) -> Any:
        """One of some things."""
        return self.random.choice(list(choices))

    def note(self, feature: str) -> None:
        """Notes a feature."""
        self.features.add(feature)

    def when(self, before: int = 0, after: int = 0) -> str:
        """A date around the log, often the first of a month; sometimes with a time."""
        days = (self.last - self.first).days
        day = self.first + timedelta(days=self.random.randint(-before, days + after))
        if self.chance(0.3):
            day = day.replace(day=1)
        if self.chance(0.25, "change within a day"):
            hour = time(self.random.randint(4, 22), self.one([0, 30]))
            return datetime.combine(day, hour).isoformat()
        return day.isoformat()

    def later(self, start: str, most: int = 90) -> str:
        """A date after another."""
        day = date.fromisoformat(start[:10]) + timedelta(days=self.random.randint(1, most))
        first = day.replace(day=1).isoformat()
        return first if first > start[:10] and self.chance(0.3) else day.isoformat()

    def tiers(self, price: str, zero_fee: bool) -> list[Fields]:
        """Two or three tiers."""
        bounds: list[Any] = sorted(
            self.random.sample([1, 2.5, 5, 10, 20, 50, 100], self.one([1, 2]))
        )
        rates = [0.01, 0.015, 0.02, 0.1]
        made: list[Fields] = []
        for number, bound in enumerate([*bounds, None]):
            tier: Fields = {price: self.one(rates if price == "rate" else PRICES)}
            if bound is not None:
                tier["up_to"] = bound
            if (number or zero_fee) and self.chance(0.4, "flat fee of a tier"):
                tier["flat_fee"] = self.one([5, 0.5, 12.345, 30])
            made.append(tier)
        return made

    def price(self, kind: str, slot: Fields) -> Fields:
        """The fields of a charge model."""
        self.note(kind)
        if kind in BY_ROW:
            return {"charge_model": kind, **getattr(self, kind)()}
        model = "block" if kind == "top_tier" else kind
        return {"charge_model": model, **getattr(self, kind)(slot), **self.counted()}

    def context(self) -> Fields:
        """A price by the length of the input."""
        steps = [{"above": self.one([100, 500]), "unit_price": self.one(PRICES)}]
        if self.chance(0.4):
            steps.append({"above": 1000, "unit_price": self.one(PRICES)})
        made: Fields = {"unit_price": self.one(PRICES), "steps": steps}
        return {**made, "inclusive": False} if self.chance(0.3) else made

    def off_peak(self) -> Fields:
        """A price by the hour."""
        hours = [{"start": "01:00", "end": "04:00"}, {"start": "08:30", "end": "18:00"}]
        made = {"unit_price": self.one(PRICES), "off_peak_price": self.one(PRICES)}
        made["peak_hours"] = hours[: self.one([1, 2])]
        return {**made, "peak_weekdays": [1, 2, 3, 4, 5]} if self.chance(0.5) else made

    def standard(self, slot: Fields) -> Fields:
        """One price."""
        return {"unit_price": self.one(PRICES), **self.event(slot)}

    def percentage(self, slot: Fields) -> Fields:
        """A share of an amount."""
        return {"rate": self.one([0.01, 0.029, 0.5]), **self.event(slot)}

    def event(self, slot: Fields) -> Fields:
        """A fee, a least and a most for each event."""
        if not slot.get("events"):
            return {}
        self.note("fee, least or most an event")
        made = {"fixed_fee": self.one([0, 0.3, 0.005])}
        if self.chance(0.6):
            made["event_minimum"] = self.one([0.05, 0.5])
        if self.chance(0.4):
            made["event_maximum"] = self.one([0.6, 3, 12])
        return made

    def graduated(self, slot: Fields) -> Fields:
        """Tiers of prices; those of volumes are drawn alike."""
        made: Fields = {"tiers": self.tiers("unit_price", not slot.get("count_by"))}
        if self.chance(0.2, "allowance of a charge"):
            made["allowance"] = self.one([1, 5, 20])
        if self.chance(0.2, "no fee at zero"):
            made["bill_zero_quantity"] = False
        return made

    volume = graduated

    def graduated_percentage(self, slot: Fields) -> Fields:
        """Tiers of rates."""
        return {"tiers": self.tiers("rate", not slot.get("count_by"))}

    def package(self, _slot: Fields) -> Fields:
        """Packages."""
        return {"package_size": self.one([0.1, 1, 3, 10]), "package_price": self.one(PRICES)}

    def block(self, _slot: Fields, mode: str = "all_tiers") -> Fields:
        """Tiers of blocks."""
        blocks = [{"block_size": self.one([0.1, 1, 5]), "max_blocks": self.one([3, 10])}]
        blocks += [{"block_size": 5, "max_blocks": 4}] if self.chance(0.4) else []
        blocks += [{"block_size": 10}]
        return {"tiers": [{**b, "block_price": self.one(PRICES)} for b in blocks], "mode": mode}

    def top_tier(self, slot: Fields) -> Fields:
        """All blocks at the price of the last tier."""
        return self.block(slot, "top_tier")

    def counted(self) -> Fields:
        """What every counted charge may have."""
        made: Fields = {}
        if self.chance(0.25, "rounded units"):
            made["round_units"] = self.one(["up", "down", "nearest"])
            made["unit_multiple"] = self.one([0.1, 1, 5])
        if self.chance(0.25, "free units"):
            made["free_units"] = self.one([0.5, 1, 3, 10])
        if self.chance(0.25, "minimum of a charge"):
            made["minimum"] = self.one([1, 10.01, 33.335])
        if self.chance(0.25, "maximum of a charge"):
            made["maximum"] = self.one([35, 60] if "minimum" in made else [2, 15.555, 60])
        return made

    def charge(self, slot: Fields, **fields: Any) -> Fields:
        """One entry of a slot: a model, a meter, and how its rows are counted."""
        kind = self.one(slot["kinds"])
        made = {"model": slot["model"], "meter": slot["meter"], **fields, **self.price(kind, slot)}
        if slot["meter"] in TOKENS:
            made["per"] = self.one([1, 100, 1000])
        elif self.chance(0.2):
            made["per"] = self.one([0.5, 3, 3600])
        if self.chance(0.3, "discount of a charge"):
            made["discount"] = self.one([0.1, 0.5, 0.333, 0.95])
        if slot.get("currency") and self.chance(0.5, "price in another currency"):
            made["currency"] = "EUR"
        if slot["aggregation"] != "sum":
            made["aggregation"] = slot["aggregation"]
            return made
        if slot.get("row_rules"):
            self.note("rule of the single row")
            made["row_minimum"] = self.one([2, 10])
            if self.chance(0.5):
                made["row_multiple"] = self.one([5, 15])
        if slot["factors"] and self.chance(0.5, "factor of a charge"):
            made["factor"] = self.one([1.1, 0.5])
        if slot["factors"] and self.chance(0.4, "factor of a charge with a condition"):
            factors = [{"factor": 0.5, "when": {"tier": "batch"}}]
            if self.chance(0.5):
                factors.append({"factor": 1.1, "when": {"region": ["eu", "us"]}})
            if self.chance(0.3, "exclusive factor"):
                factors[0]["exclusive"] = True
            made["factors"] = factors
        return made

    def versions(self, slot: Fields, **fields: Any) -> list[Fields]:
        """A charge from the beginning on, and prices that come later and may end again."""
        made = [self.charge(slot, **fields)]
        if self.chance(0.1, "charge that begins or ends in the log"):
            made[0]["valid_from"] = self.when()
            if self.chance(0.5):
                made[0]["valid_until"] = self.later(made[0]["valid_from"], 40)
        if slot.get("count_by"):
            fields["count_by"] = made[0]["count_by"] = slot["count_by"]
        for _ in range(self.one([0, 0, 1, 1, 2])):
            self.note("price version")
            start = self.when(5)
            if start in [version.get("valid_from") for version in made]:
                continue
            later = self.charge(slot, **fields, valid_from=start)
            if self.chance(0.4, "price that ends again"):
                later["valid_until"] = self.later(start, 40)
            made.append(later)
        for version in made:
            if slot.get("count_by") and "aggregation" not in version:
                version["count_by"] = slot["count_by"]
        return made

    def overrides(self, slot: Fields) -> list[Fields]:
        """Prices of a plan or an account, which need not hold from the beginning on."""
        made = self.versions(slot)
        start = self.when(5)
        taken = [entry.get("valid_from") for entry in made]
        if self.chance(0.5) and start not in taken and "valid_until" not in made[0]:
            made[0]["valid_from"] = start
        return made
