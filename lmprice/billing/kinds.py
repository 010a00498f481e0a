"""Kinds: rows that are alike in all that a book asks of them are looked at once.

What prices each meter of a kind is found by the matcher, kept, and joined to its rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import EventCharge
from lmprice.billing.checking import BY_DEFAULT, within
from lmprice.billing.lazy import pl
from lmprice.billing.matching import HOW, Match, Matcher
from lmprice.billing.scopes import Scope
from lmprice.billing.usage import REASON


class Kinds:
    """The kinds of rows that were met, each with what prices its meters."""

    def __init__(
        self, book: PriceBook, matcher: Matcher, scopes: Sequence[Scope], meters: Sequence[str]
    ) -> None:
        self.book, self.matcher, self.meters = book, matcher, tuple(meters)
        self.contained = [within(source) for source in book.sources]
        self._by_prices = {scope.prices: scope for scope in reversed(scopes)}
        self._questions = [f"_q{n}" for n in matcher.questions.all.values()]
        self._key = ["_prices", "_epoch", "_model", "_source", "_vendor", *self._questions]
        self._known: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        dates = [
            (prices, at, number)
            for prices, scope in self._by_prices.items()
            for number, at in enumerate(sorted(matcher.dates(scope)), 1)
        ]
        schema: dict[str, Any] = {"_prices": pl.Int32, "_from": pl.Int64, "_epoch": pl.Int32}
        self._epochs = pl.DataFrame(dates, schema=schema, orient="row").sort("_from")

    def joined(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with what prices each of their meters; for a kind without a good row nothing."""
        rows = self._with_epochs(rows)
        good = rows.filter(pl.col(REASON).is_null())
        alike = good.group_by(self._key).agg(pl.col("_at").first())
        found = [self._of(tuple(key), at) for *key, at in alike.select(*self._key, "_at").rows()]
        table = pl.DataFrame(found, schema=self._schema(), orient="row")
        alike = alike.select(self._key).hstack(table)
        joined = rows.join(alike, on=self._key, how="left", nulls_equal=True, maintain_order="left")
        return joined.drop("_epoch")

    def _with_epochs(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The number of the stretch of time in which all prices of an account stay the same."""
        rows = rows.sort("_at").join_asof(
            self._epochs, left_on="_at", right_on="_from", by="_prices", strategy="backward",
            check_sortedness=False,
        )  # fmt: skip
        return rows.with_columns(pl.col("_epoch").fill_null(0)).drop("_from", strict=False)

    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"_known": pl.Boolean}
        for meter in self.meters:
            schema |= {
                f"_charge {meter}": pl.Int32,
                f"_class {meter}": pl.Int32,
                f"_factor {meter}": pl.String,
                f"_how {meter}": pl.String,
                f"_why {meter}": pl.String,
                f"_single {meter}": pl.String,
                f"_signed {meter}": pl.Boolean,
                f"_floor {meter}": pl.Float64,
                f"_step {meter}": pl.Float64,
                f"_off {meter}": pl.List(pl.String),
            }
        return schema

    def _of(self, key: tuple[Any, ...], at: int) -> tuple[Any, ...]:
        if key not in self._known:
            self._known[key] = self._resolved(dict(zip(self._key, key, strict=True)), at)
        return self._known[key]

    def _resolved(self, key: Mapping[str, Any], at: int) -> tuple[Any, ...]:
        """What prices each meter of a kind of rows."""
        scope = self._by_prices[key["_prices"]]
        given = [key[name] for name in self._questions]
        source, model, vendor = key["_source"], key["_model"], key["_vendor"]
        if vendor is None and source is not None:
            vendor = self.book.sources[source].vendor
        if vendor is None:
            vendor = self.matcher.names.vendor(model)
        matches = {
            meter: self.matcher.match(scope, at, model, vendor, given, meter)
            for meter in self.meters
        }
        contained = BY_DEFAULT if source is None else self.contained[source]
        off = _off(matches, contained, is_said=source is not None)
        cells: list[Any] = [self.matcher.knows(scope, model)]
        for meter, match in matches.items():
            cells += [*_cells(match, scope), off.get(meter, [])]
        return tuple(cells)


def _cells(match: Match | str | None, scope: Scope) -> list[Any]:
    if not isinstance(match, Match):
        return [None, None, None, None, match, None, False, None, None]
    charge = match.version.price.charge
    rule = None
    if charge.row_minimum is not None or charge.row_multiple is not None:
        rule = "row_minimum" if charge.row_minimum is not None else "row_multiple"
    elif isinstance(charge, EventCharge) and charge.has_events:
        rule = "a fee or bound of an event"
    included = any(a.meter == charge.meter for s in scope.stints for a in s.plan.allowances)
    plain = match.factor == Fraction(1) and rule is None and not included
    return [
        match.identity.number, match.price_class, str(match.factor), HOW[match.how], None, rule,
        plain and match.identity.is_sum, charge.row_minimum, charge.row_multiple,
    ]  # fmt: skip


def _off(
    matches: Mapping[str, Match | str | None], contained: Mapping[str, str], *, is_said: bool
) -> dict[str, list[str]]:
    """The meters whose cells are taken off each meter, because they are priced on their own.

    What nothing prices stays within its whole only where the book says that it is in there.
    """
    off: dict[str, list[str]] = {}
    for child in contained:
        if child not in matches or (matches[child] is None and is_said):
            continue
        whole = contained[child]
        while whole in contained:
            if whole in matches and (matches[whole] is not None or not is_said):
                break
            whole = contained[whole]
        if whole in matches:
            off.setdefault(whole, []).append(child)
    return off
