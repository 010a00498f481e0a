"""A price book in words: what it charges, from when, and what may surprise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import (
    AnyCharge,
    BlockCharge,
    ContextCharge,
    CountedCharge,
    EventCharge,
    OffPeakCharge,
    PackageCharge,
    PercentageCharge,
    RateTieredCharge,
    StandardCharge,
)
from lmprice.billing.conditions import in_words, key
from lmprice.billing.fields import moment
from lmprice.billing.meters import METERS

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥"}
_SCALES = {1e3: "thousand ", 1e6: "million ", 1e9: "billion "}


def explained(book: PriceBook) -> Iterator[str]:
    r"""What a book charges, a line each charge, plan and account.

    >>> from lmprice.billing import parse_book
    >>> charge = {"model": "gpt-4o", "meter": "input", "charge_model": "standard", "per": 1e6}
    >>> book = parse_book({
    ...     "name": "List", "version": "1", "currency": "USD",
    ...     "charges": [
    ...         {**charge, "unit_price": 2.5},
    ...         {**charge, "unit_price": 2.0, "valid_from": "2026-03-01"},
    ...     ],
    ... })
    >>> print(*explained(book), sep="\n")
    List 1, in USD
    gpt-4o: $2.5 per million input tokens to 2026-03-01, then $2 per million input tokens
    """
    yield f"{book.name} {book.version}, in {book.currency}"
    yield from _charges(book.charges, book.currency)
    for factor in book.factors:
        about = factor.model or factor.vendor or "all models"
        when = f" where {in_words(factor.when)}" if factor.when else ""
        yield f"{about}: times {factor.factor:g}{when}{_dates(factor)}"
    for plan in book.plans:
        parts = [
            f"{_money(fee.amount, book.currency)} a {'seat and ' if fee.per_seat else ''}"
            f"{fee.period} in {fee.due}"
            for fee in plan.fees
        ]
        parts += [f"{a.amount:,.15g} {_unit(a.meter)} included" for a in plan.allowances]
        parts += [f"{d.rate * 100:.10g} % off ({d.name})" for d in plan.discounts]
        yield f"Plan {plan.name}: {', '.join(parts) or 'no fees'}"
        yield from (f"  {line}" for line in _charges(plan.charges, book.currency))
    for account in book.accounts:
        yield f"Account {account.customer}: {', '.join(_account(account, book)) or 'list prices'}"
        yield from (f"  {line}" for line in _charges(account.charges, book.currency))


def warnings(book: PriceBook) -> Iterator[str]:
    """What may surprise: charges that could price one row equally closely, and what beats what."""
    for path, charges in book.lists():
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
        for (one, first), (other, second) in combinations(enumerate(charges), 2):
            if _may_tie(first, second):
                both = in_words({**first.when, **second.when})
                yield (
                    f"{where}[{one}] and {where}[{other}] are equally close for a row with {both}: "
                    "such a row is an error until a charge for both is added"
                )
    batch = [c for c in book.charges if c.when]
    for number, account in enumerate(book.accounts):
        for charge in account.charges:
            beaten = [c for c in batch if c.meter == charge.meter and not charge.when]
            if beaten and any(c.model == charge.model for c in beaten):
                yield (
                    f"accounts[{number}]: the price of {charge.model} {charge.meter} of "
                    f"{account.customer} goes before the book's prices with conditions, such as "
                    f"{in_words(beaten[0].when)}"
                )


def _may_tie(first: AnyCharge, second: AnyCharge) -> bool:
    """Whether a row could meet both as closely."""
    if (first.model, first.meter) != (second.model, second.meter):
        return False
    if len(first.when) != len(second.when) or key(first.when) == key(second.when):
        return False
    if first.valid_from != second.valid_from:
        return False
    shared = set(first.when) & set(second.when)
    return not any(first.when[column] != second.when[column] for column in shared)


def _charges(charges: Sequence[AnyCharge], currency: str) -> Iterator[str]:
    """A line for each charge with its versions in order of time."""
    versions: dict[Any, list[AnyCharge]] = {}
    for charge in charges:
        versions.setdefault(charge.identity, []).append(charge)
    for own in versions.values():
        first = own[0]
        when = f" where {in_words(first.when)}" if first.when else ""
        yield f"{first.model}{when}: {versions_in_words(own, currency)}"


def versions_in_words(versions: Sequence[AnyCharge], currency: str) -> str:
    """What the versions of one charge ask, in order of time."""
    own = sorted(versions, key=lambda c: moment(c.valid_from).isoformat() if c.valid_from else "")
    said = [price_in_words(own[0], currency)]
    if own[0].valid_from is not None:
        said[0] += f" from {own[0].valid_from}"
    for before, charge in pairwise(own):
        ended = before.valid_until is not None
        said[-1] += f" to {before.valid_until if ended else charge.valid_from}"
        begins = f" from {charge.valid_from}" if ended or charge.valid_until else ""
        said.append(f"then {price_in_words(charge, currency)}{begins}")
    if own[-1].valid_until is not None:
        said[-1] += f" to {own[-1].valid_until}"
    return ", ".join(said)


def price_in_words(charge: AnyCharge, currency: str) -> str:
    """What a charge asks for a unit, with its rules."""
    money = charge.currency or currency
    unit = _per(charge)

    def price(amount: float) -> str:
        return _money(amount, money)

    match charge:
        case StandardCharge():
            said = f"{price(charge.unit_price)} per {unit}"
        case PercentageCharge():
            said = f"{charge.rate * 100:.10g} % of {_unit(charge.meter)}"
        case PackageCharge():
            said = f"{price(charge.package_price)} for each {charge.package_size:g} x {unit} begun"
        case ContextCharge():
            steps = (f"{price(s.unit_price)} above {s.above:,g}" for s in charge.steps)
            said = f"{price(charge.unit_price)} per {unit}, by input length {', '.join(steps)}"
        case OffPeakCharge():
            hours = ", ".join(f"{w.start}-{w.end}" for w in charge.peak_hours)
            said = (
                f"{price(charge.unit_price)} per {unit} at {hours} UTC, "
                f"{price(charge.off_peak_price)} at other times"
            )
        case BlockCharge():
            blocks = (f"{price(t.block_price)} for {t.block_size:g}" for t in charge.tiers)
            said = f"blocks of {unit}: {', '.join(blocks)}"
        case RateTieredCharge():
            rates = (f"{t.rate * 100:.10g} % {_up_to(t.up_to)}" for t in charge.tiers)
            said = f"{', '.join(rates)} of {_unit(charge.meter)}"
        case _:
            prices = (
                f"{price(t.unit_price)} {_up_to(t.up_to)}"
                + (f" and {price(t.flat_fee)}" if t.flat_fee else "")
                for t in charge.tiers
            )
            said = f"{charge.charge_model} per {unit}: {', '.join(prices)}"
    return said + "".join(_rules(charge, price))


def _rules(charge: AnyCharge, price: Any) -> Iterator[str]:
    if charge.discount:
        yield f" less {charge.discount * 100:.10g} %"
    if charge.factor != 1:
        yield f" times {charge.factor:g}"
    for factor in charge.factors:
        yield f", times {factor.factor:g} where {in_words(factor.when) or 'always'}"
    if charge.row_minimum is not None:
        yield f", at least {charge.row_minimum:g} a row"
    if charge.row_multiple is not None:
        yield f", in steps of {charge.row_multiple:g}"
    if isinstance(charge, CountedCharge):
        if charge.aggregation != "sum":
            yield f" ({charge.aggregation} of the period)"
        if charge.free_units:
            yield f", {charge.free_units:g} free"
        if charge.minimum is not None:
            yield f", at least {price(charge.minimum)} a period"
        if charge.maximum is not None:
            yield f", at most {price(charge.maximum)} a period"
    if isinstance(charge, EventCharge) and charge.fixed_fee:
        yield f", {price(charge.fixed_fee)} an event"


def _account(account: Any, book: PriceBook) -> Iterable[str]:
    for own in account.plans:
        yield f"plan {own.plan}{_dates(own)}" + (f", {own.seats:g} seats" if own.seats else "")
    for coupon in account.coupons:
        off = f"{coupon.rate * 100:.10g} %" if coupon.kind == "rate" else _money(
            coupon.amount, book.currency
        )  # fmt: skip
        yield f"{off} off ({coupon.name}){_dates(coupon)}"
    for credit in account.credits:
        amount = _money(credit.amount, credit.currency or book.currency)
        yield f"{amount} prepaid for {', '.join(credit.covers)}{_dates(credit)}"
    for one in account.commitments:
        yield f"at least {_money(one.minimum, book.currency)} a {one.period}{_dates(one)}"
    if account.tax is not None:
        how = "included" if account.tax.inclusive else "added"
        yield f"{account.tax.rate * 100:.10g} % {account.tax.name} {how}"


def _dates(entry: Any) -> str:
    start = f" from {entry.valid_from}" if entry.valid_from else ""
    return start + (f" to {entry.valid_until}" if entry.valid_until else "")


def _money(amount: float, currency: str) -> str:
    sign = _SIGNS.get(currency)
    return f"{sign}{amount:,.15g}" if sign else f"{amount:,.15g} {currency}"


def _unit(meter: str) -> str:
    if meter not in METERS:
        return meter
    known = METERS[meter]
    tokens = known.column.endswith("_tokens")
    title = known.title.en.lower().replace("gpu", "GPU")
    return f"{title} tokens" if tokens else title


def _per(charge: AnyCharge) -> str:
    if charge.per == 1:
        return _unit(charge.meter)
    return f"{_SCALES.get(charge.per, f'{charge.per:,g} ')}{_unit(charge.meter)}"


def _up_to(bound: float | None) -> str:
    return "beyond" if bound is None else f"to {bound:,g}"
