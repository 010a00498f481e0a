"""A priced usage table as a FOCUS Cost and Usage dataset, 1.4 or 1.2.

One row for each line of the bill: usage with its meter and unit prices, fees as purchases, coupons
and prepaid credit as credits, minimums and top-ups as adjustments, and tax.  Costs are those of the
bill, rounded as it is; a unit price is the cost before rounding by the priced quantity, so that of
tiers it is their mean.  Invoice numbers, regions and resources are not known here, and the columns
about them are left out, as the specification has it for data that has none.

Source: the FOCUS specification, github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec
(1.2: specification/columns; 1.4: specification/datasets/cost_and_usage).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lmprice.billing.accounts import EVERYONE, Account
from lmprice.billing.calendar import Calendar, as_datetime
from lmprice.billing.fields import exact
from lmprice.billing.lazy import pl
from lmprice.billing.meters import COUNT, METERS, Meter
from lmprice.billing.money import money, rounder
from lmprice.billing.pricing import as_decimal
from lmprice.billing.rating import Rating
from lmprice.language.checks import check_kind
from lmprice.language.errors import PricingError
from lmprice.output.focus_versions import VERSIONS, Version

# Kinds of lines of a bill: ChargeCategory and ChargeFrequency.
_KINDS = {
    "usage": ("Usage", "Usage-Based"),
    "fee": ("Purchase", "Recurring"),
    "minimum": ("Adjustment", "One-Time"),
    "true-up": ("Adjustment", "One-Time"),
    "coupon": ("Credit", "One-Time"),
    "credit": ("Credit", "One-Time"),
    "tax": ("Tax", "Usage-Based"),
}
_PRICED = ("Usage", "Purchase")  # rows that must have a SKU and its prices
_UNIT_DIGITS = 15


def focus_table(rating: Rating, version: Version = "1.4") -> pl.DataFrame:
    """The lines of a bill as rows of FOCUS Cost and Usage, its columns in order of their names.

    ``BillingAccountId`` is the customer, ``Tags`` are those of its account in the book;
    ``InvoiceIssuerName`` is the name of the book, ``ServiceProviderName`` the vendor of the model
    where the book names one.  ``ListCost`` and ``ContractedCost`` of a credit are its billed cost,
    and those of a tax are the tax on these costs, as the specification asks.

    Raises
    ------
    ValueError
        Where the version is none of these.

    Examples
    --------
    >>> import polars as pl
    >>> from lmprice.billing import PriceBook, StandardCharge, rate
    >>> charge = StandardCharge(
    ...     charge_model="standard", model="chat", meter="output", per=1_000_000, unit_price=15
    ... )
    >>> book = PriceBook(name="Example", version="1", currency="USD", charges=[charge])
    >>> row = {"timestamp": "2026-01-05", "customer": "acme", "model": "chat"}
    >>> rating = rate(pl.DataFrame([{**row, "output_tokens": 250_000}]), book)
    >>> names = ["SkuMeter", "PricingQuantity", "PricingUnit", "ListUnitPrice", "BilledCost"]
    >>> [str(value) for value in focus_table(rating).select(names).row(0)]
    ['Output', '0.250000000000000', '1000000 Tokens', '15.000000000000000', '3.75']
    """
    check_kind("focus_table", "rating", rating, Rating)
    if version not in VERSIONS:
        message = f"FOCUS is written as {' or '.join(VERSIONS)}, not {version}"
        raise PricingError.said(message, "focus_table", "version", version)
    rows = _Rows(rating, version)
    return pl.DataFrame(list(rows.all()), schema=rows.schema(), orient="row")


class _Rows:
    """The rows of one rating."""

    def __init__(self, rating: Rating, version: Version) -> None:
        book = rating.book
        self.rating, self.book, self.version = rating, book, version
        self.accounts = {account.customer: account for account in book.accounts}
        self.everyone = self.accounts.get(EVERYONE, Account(customer=EVERYONE))
        self.vendors = {model.name: model.vendor for model in book.models if model.vendor}
        self.calendars: dict[tuple[str, int], Calendar] = {}
        self.rounded = rounder(book)

    def schema(self) -> dict[str, Any]:
        """The columns in order of their names, as the specification lists them."""
        cost, number = pl.Decimal(38, self.book.digits), pl.Decimal(38, _UNIT_DIGITS)
        moment = pl.Datetime("us", "UTC")
        kinds = {
            **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), cost),
            **dict.fromkeys(("BillingPeriodStart", "BillingPeriodEnd"), moment),
            **dict.fromkeys(("ChargePeriodStart", "ChargePeriodEnd"), moment),
            **dict.fromkeys(
                ("ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "ConsumedQuantity",
                 "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice",
                 "PricingCurrencyEffectiveCost"),
                number,
            ),
        }  # fmt: skip
        texts = {
            *("BillingAccountId", "BillingAccountName", "BillingCurrency", "ChargeCategory"),
            *("ChargeClass", "ChargeDescription", "ChargeFrequency", "ConsumedUnit"),
            *("InvoiceIssuerName", "PricingCategory", "PricingCurrency", "PricingUnit"),
            *("ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter"),
            *("SkuPriceDetails", "SkuPriceId", "Tags", *self._entities("", None)),
        }
        names = sorted({*kinds, *texts})
        return {name: kinds.get(name, pl.String) for name in names}

    def all(self) -> Iterator[dict[str, Any]]:
        """The rows, in the order of the lines."""
        lines = list(self.rating.lines.iter_rows(named=True))
        related = self._related(lines)
        for line in lines:
            # Tax within the prices, and a charge that nothing was owed for, are no charge.
            if any(
                line[name] for name in ("billed_cost", "effective_cost", "list_cost", "quantity")
            ):
                yield self._row(line, related)

    def _related(self, lines: list[dict[str, Any]]) -> dict[tuple[Any, ...], list[Fraction]]:
        """List and contracted cost of all that is taxed, by customer and period."""
        sums: dict[tuple[Any, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 2)
        for line in lines:
            if _KINDS[line["category"]][0] in (*_PRICED, "Adjustment"):
                own = sums[line["customer"], line["period"]]
                listed = line["list_cost"] or line["contracted_cost"] or line["billed_cost"]
                contracted = line["contracted_cost"] or line["billed_cost"]
                sums[line["customer"], line["period"]] = [
                    own[0] + Fraction(listed), own[1] + Fraction(contracted)
                ]  # fmt: skip
        return sums

    def _row(
        self, line: dict[str, Any], related: dict[tuple[Any, ...], list[Fraction]]
    ) -> dict[str, Any]:
        category, frequency = _KINDS[line["category"]]
        account = self.accounts.get(line["customer"], self.everyone)
        start, end = self._period(account, line)
        title = line["charge"]
        if line["price_class"]:
            title = f"{title}, {line['price_class']}"
        rate = exact(line["rate"])
        priced = self._priced(line, rate) if category in _PRICED else {}
        listed, contracted = self._costs(line, category, account, related)
        return {
            **dict.fromkeys(self.schema()),
            "BilledCost": line["billed_cost"],
            "EffectiveCost": line["effective_cost"],
            "ContractedCost": contracted,
            "ListCost": listed,
            "BillingAccountId": line["customer"],
            "BillingAccountName": line["customer"],
            "BillingCurrency": self.book.currency,
            "BillingPeriodStart": start,
            "BillingPeriodEnd": end,
            "ChargePeriodStart": max(start, line["valid_from"] or start),
            "ChargePeriodEnd": end,
            "ChargeCategory": category,
            "ChargeFrequency": frequency,
            "ChargeDescription": title,
            "InvoiceIssuerName": self.book.name,
            "PricingCurrency": line["currency"] or self.book.currency,
            "PricingCurrencyEffectiveCost": _decimal(Fraction(line["effective_cost"]) / rate),
            "ServiceCategory": "AI and Machine Learning",
            "ServiceSubcategory": "Generative AI",
            "ServiceName": self.book.name,
            "Tags": _json(account.tags) if account.tags else None,
            **self._entities(self.book.name, self.vendors.get(line["model"])),
            **priced,
        }

    def _entities(self, seller: str, vendor: str | None) -> dict[str, str]:
        """Who takes part: 1.3 gave these columns other names."""
        maker = vendor or seller
        if self.version == "1.2":
            return {"ProviderName": seller, "PublisherName": maker}
        return {"ServiceProviderName": maker, "HostProviderName": maker}

    def _period(self, account: Account, line: dict[str, Any]) -> tuple[datetime, datetime]:
        zone = account.time_zone or self.book.time_zone
        day = account.period_day or self.book.period_day
        calendar = self.calendars.setdefault((zone, day), Calendar(zone, day))
        first = calendar.midnight(line["period"].toordinal())
        return as_datetime(first), as_datetime(calendar.start(calendar.period_of(first) + 1))

    def _costs(
        self, line: dict[str, Any], category: str, account: Account,
        related: dict[tuple[Any, ...], list[Fraction]],
    ) -> tuple[Decimal, Decimal]:  # fmt: skip
        """List and contracted cost, by the rules for what has no unit price."""
        if category in _PRICED:
            return line["list_cost"], line["contracted_cost"]
        if category != "Tax":
            return line["billed_cost"], line["billed_cost"]
        assert account.tax is not None
        tax = exact(account.tax.rate)
        listed, contracted = (
            money(self.rounded(cost * tax), self.book.digits)
            for cost in related[line["customer"], line["period"]]
        )
        return listed, contracted

    def _priced(self, line: dict[str, Any], rate: Fraction) -> dict[str, Any]:
        """What a row with a SKU says of it, its quantity and its unit prices."""
        meter, amount = line["meter"], line["quantity"]
        sku = f"{line['model']}/{meter}" if line["model"] else f"fee/{line['charge']}"
        unit, quantity = "Units", Fraction(1 if line["list_cost"] >= 0 else -1)
        found: dict[str, Any] = {}
        if line["category"] == "usage":
            consumed = unit_of(meter)
            found = {"ConsumedQuantity": amount, "ConsumedUnit": consumed}
            if amount:  # without a quantity there is only a fee, of one unit
                unit, quantity = _pricing_unit(consumed, Fraction(amount), exact(line["per"]))
        listed, contracted = (
            abs(Fraction(line[name]) / quantity) for name in ("unrounded_list", "unrounded")
        )
        known = METERS.get(meter or "")
        details = {"x_Model": line["model"], "x_Meter": meter, "x_PriceClass": line["price_class"]}
        return found | {
            "ListUnitPrice": _decimal(listed),
            "ContractedUnitPrice": _decimal(contracted),
            "PricingCategory": "Standard",
            "PricingCurrencyListUnitPrice": _decimal(listed / rate),
            "PricingCurrencyContractedUnitPrice": _decimal(contracted / rate),
            "PricingQuantity": _decimal(quantity),
            "PricingUnit": unit,
            "SkuId": sku,
            "SkuMeter": known.title("en") if known else meter or line["charge"],
            "SkuPriceId": "/".join(filter(None, (sku, line["charge"], line["price_class"]))),
            "SkuPriceDetails": _json({k: v for k, v in details.items() if v}) if meter else None,
        }


def unit_of(meter: str) -> str:
    """The unit of a meter, as FOCUS writes units: capitalized plurals.

    >>> unit_of("input"), unit_of("web_searches"), unit_of("citation_tokens")
    ('Tokens', 'Web Searches', 'Units')
    """
    known: Meter | None = METERS.get(meter)
    if known is None:
        return "Units"
    if known.unit == COUNT:
        return known.title("en").title()
    unit = known.unit("en")
    return unit if unit.isupper() else unit.title()


def _pricing_unit(unit: str, quantity: Fraction, per: Fraction) -> tuple[str, Fraction]:
    """The unit of a price and the quantity in it; a size of a unit is a whole number there."""
    if per == 1 or per.denominator != 1:
        return unit, quantity
    return f"{per.numerator} {unit}", quantity / per


def _decimal(value: Fraction) -> Decimal:
    return as_decimal(value, _UNIT_DIGITS)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
