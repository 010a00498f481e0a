"""What is known of the price of a model: every source side by side, with its dates.

The sources are the dated list of this library (`lmprice.list_prices`), genai-prices, and the files
that the user has.  Each says a price in its own unit and from its own day; what counts is what a
unit costs on the day that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from lmprice.billing.charges import AnyCharge, StandardCharge
from lmprice.billing.conditions import in_words
from lmprice.billing.explaining import price_in_words
from lmprice.billing.fields import moment
from lmprice.billing.market import MarketError, market_book, market_name
from lmprice.billing.prices import PriceListError, list_or_book, models_of
from lmprice.data import DatedPrice, list_prices

OWN_LIST = "list_prices"
_MILLION = 1e6
_FIELDS = {"input": "input_price", "output": "output_price", "cached": "cached_price"}


@dataclass(frozen=True)
class KnownPrice:
    """One price of a model as one source has it.

    Attributes
    ----------
    source : str
        "list_prices", the version of genai-prices, or the name of a file.
    model : str
        The model as the source calls it.
    meter, when : str
        What is counted, and the conditions in words ("" for none).
    price : str
        The price in words.
    unit_price : float or None
        The price of one metered unit, where the price is one number.
    currency : str
        Of the price.
    valid_from, valid_until : date or None
        Its dates, the end exclusive; None where the source does not say.
    page : str
        The address of the page that shows it, where the source keeps one.
    """

    source: str
    model: str
    meter: str
    when: str
    price: str
    unit_price: float | None
    currency: str
    valid_from: date | None = None
    valid_until: date | None = None
    page: str = ""

    def holds(self, day: date) -> bool:
        """Whether it is the price of a day."""
        start, end = _day(self.valid_from), _day(self.valid_until)
        return (start is None or start <= day) and (end is None or day < end)

    @property
    def answer(self) -> tuple[object, ...]:
        """What sources that agree have in common."""
        amount = self.price if self.unit_price is None else f"{self.unit_price:.12g}"
        return (self.currency, amount)


def known_prices(model: str, files: Sequence[str | Path] = ()) -> tuple[KnownPrice, ...]:
    """All prices of a model that the sources have, source by source.

    Parameters
    ----------
    model : str
        Name of the model, whatever its case; a file may write a vendor before it, with a slash.
    files : sequence of paths
        Price lists or price books to look into.

    Raises
    ------
    PriceListError
        Where a file cannot be read, or no source knows the model.

    Examples
    --------
    >>> for one in known_prices("gpt-4o-2024-08-06"):
    ...     if one.meter == "output" and not one.when:
    ...         print(one.source.split()[0], one.price, one.valid_from)
    list_prices $10 per million output tokens 2024-08-06
    genai-prices $10 per million output tokens None
    """
    found = [*_listed(model), *_market(model)]
    for path in map(Path, files):
        found += _of_file(model, path)
    if not found:
        looked = ", ".join([OWN_LIST, "genai-prices", *(Path(path).name for path in files)])
        raise PriceListError(f"no source knows the model {model}: {looked}")
    return tuple(found)


def disagreements(known: Iterable[KnownPrice], day: date) -> list[tuple[str, str]]:
    """The meters, each with its conditions, of which two sources have two prices on a day."""
    answers: dict[tuple[str, str], set[tuple[object, ...]]] = {}
    for one in known:
        if one.holds(day):
            answers.setdefault((one.meter, one.when), set()).add(one.answer)
    return [what for what, prices in answers.items() if len(prices) > 1]


def _listed(model: str) -> Iterator[KnownPrice]:
    """The rows of the list of this library, each until the next one of its model."""
    rows = [row for row in list_prices() if _is_listed(row, model)]
    for row in rows:
        later = (r.valid_from for r in rows if r.valid_from > row.valid_from)
        end = min((d for d in later), default=None)
        for meter, name in _FIELDS.items():
            price = getattr(row, name)
            if price is not None:
                charge = StandardCharge(
                    charge_model="standard", model=row.model, meter=meter, per=_MILLION,
                    unit_price=price, valid_from=row.valid_from, valid_until=end,
                )  # fmt: skip
                yield _known(OWN_LIST, charge, "USD", row.source)


def _is_listed(row: DatedPrice, model: str) -> bool:
    """Whether a row is of a model: by its name, or by what genai-prices knows as its name."""
    if row.model.casefold() == model.casefold():
        return True
    try:
        return market_name(row.model) == market_name(model)
    except (MarketError, ModuleNotFoundError):
        return False


def _market(model: str) -> Iterator[KnownPrice]:
    try:
        book = market_book([model])
    except (MarketError, ModuleNotFoundError):
        return
    yield from _of_charges(f"genai-prices {book.version}", book.charges, book.currency)


def _of_file(model: str, path: Path) -> Iterator[KnownPrice]:
    for name in [name for name in models_of(path) if _is_named(name, model)]:
        book, _ = list_or_book(path, [name])
        own = [charge for charge in book.charges if charge.model == name]
        yield from _of_charges(path.name, own, book.currency)
        for factor in book.factors:
            if factor.model == name:
                when, said = in_words(factor.when), f"times {factor.factor:g}"
                yield KnownPrice(
                    path.name, name, "factor", when, said, None, "",
                    factor.valid_from, factor.valid_until,
                )  # fmt: skip


def _of_charges(source: str, charges: Sequence[AnyCharge], currency: str) -> Iterator[KnownPrice]:
    """Charges as known prices, each until the next version of it begins."""
    for charge in charges:
        start = _start(charge)
        begins = [_start(c) for c in charges if c.identity == charge.identity]
        following = min((d for d in begins if d > start), default=None)
        end = charge.valid_until
        if following is not None and (end is None or moment(following) < moment(end)):
            end = following
        yield replace(_known(source, charge, currency), valid_until=end)


def _start(charge: AnyCharge) -> datetime:
    return moment(charge.valid_from or date.min)


def _is_named(name: str, model: str) -> bool:
    """Whether a list means a model, with or without a vendor before its name."""
    wanted, found = model.casefold(), name.casefold()
    return found == wanted or found.endswith(f"/{wanted}")


def _known(source: str, charge: AnyCharge, currency: str, page: str = "") -> KnownPrice:
    plain = isinstance(charge, StandardCharge) and charge.factor == 1 and not charge.factors
    return KnownPrice(
        source,
        charge.model,
        charge.meter,
        in_words(charge.when),
        price_in_words(charge, currency),
        charge.unit_price / charge.per if isinstance(charge, StandardCharge) and plain else None,
        charge.currency or currency,
        charge.valid_from,
        charge.valid_until,
        page,
    )


def _day(value: date | None) -> date | None:
    """The day of a moment in UTC."""
    return moment(value).date() if isinstance(value, datetime) else value
