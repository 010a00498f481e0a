"""Every row and every amount of a usage table is on the bill or accounted for otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from lmprice.billing.checking import EXACT, Columns, cell
from lmprice.billing.lazy import pl
from lmprice.billing.metering import ROWS
from lmprice.billing.meters import column_of
from lmprice.billing.usage import REASON, ROW
from lmprice.output.few import first_few

KINDS = ("rated", "refused", "unpriced", "duplicate", "outside")
Amounts = dict[str, Decimal]
_NONE = Decimal(0)
# Numbers and times, but no digits of a name (of gpt-4o none) and no bound of a rule.
_NUMBER = re.compile(r"(?<![\w-])(?<!at least )(?<!at most )-?\d[\d.,:TZ+-]*(?![\w-])")


class Totals:
    """Rows, and the sum of each amount, by what became of them.

    A row is refused, a duplicate, outside the span, unpriced (nothing of it has a price) or rated.
    A cell that holds no number counts as a row and adds nothing to its amount.

    Attributes
    ----------
    rows : int
        All rows.
    rows_by_kind : dict
        Rows by what became of them: rated, refused, unpriced, duplicate, outside.
    amounts : dict
        The sum of each column of amounts.
    amounts_by_kind : dict
        The same by what became of them; unpriced is here also what lacks a price in a rated row.
    """

    def __init__(self, columns: Columns, tally: pl.DataFrame) -> None:
        counts = dict(tally.group_by("kind").agg(pl.col(ROWS).sum()).iter_rows())
        self.rows = sum(counts.values())
        self.rows_by_kind = {kind: int(counts.get(kind, 0)) for kind in KINDS}
        names = {meter: column_of(meter) for meter in columns.amounts}
        self.amounts: Amounts = {names[m]: Decimal(tally[cell(m)].sum() or 0) for m in names}
        self.amounts_by_kind: dict[str, Amounts] = {kind: {} for kind in KINDS}
        for meter, name in names.items():
            sums = tally.group_by("kind").agg(pl.col(cell(meter), lost(meter)).sum())
            own = {kind: (amount or _NONE, gone or _NONE) for kind, amount, gone in sums.rows()}
            # What lacks a price in a rated row is unpriced.
            gone = {"rated": -own.get("rated", (_NONE, _NONE))[1]}
            gone["unpriced"] = -gone["rated"]
            for kind in KINDS:
                amount = own.get(kind, (_NONE, _NONE))[0]
                self.amounts_by_kind[kind][name] = amount + gone.get(kind, _NONE)
        self._check()

    @property
    def rated_rows(self) -> int:
        """Rows that are on the bill."""
        return self.rows_by_kind["rated"]

    @property
    def refused_rows(self) -> int:
        """Rows that could not be priced."""
        return self.rows_by_kind["refused"]

    @property
    def rated_amounts(self) -> Amounts:
        """The amounts that are on the bill."""
        return self.amounts_by_kind["rated"]

    @property
    def refused_amounts(self) -> Amounts:
        """The amounts of refused rows."""
        return self.amounts_by_kind["refused"]

    def _check(self) -> None:
        for name, total in self.amounts.items():
            parts = {kind: self.amounts_by_kind[kind][name] for kind in KINDS}
            if sum(parts.values(), _NONE) != total:
                raise RuntimeError(f"{name}: the totals do not reconcile: {parts}, {total} in all")


def reasons_of(refused: pl.DataFrame) -> Counter[str]:
    """Why rows were refused, with counts; rows without a number of their own stand for files.

    A reason is given without the numbers of its row, so that rows of one kind count together.
    """
    rows = refused.filter(pl.col(ROW).is_not_null())
    return Counter(_NUMBER.sub("...", reason) for reason in rows[REASON])


MOST_REASONS = 10_000  # that are told apart: each row may have one of its own
OTHERS = "for other reasons"


def add_reasons(reasons: Counter[str], more: Counter[str]) -> None:
    """Add reasons; where they become too many, the rarest are counted together."""
    reasons.update(more)
    if len(reasons) > MOST_REASONS:
        kept = dict(reasons.most_common(MOST_REASONS // 2))
        kept[OTHERS] = kept.get(OTHERS, 0) + reasons.total() - sum(kept.values())
        reasons.clear()
        reasons.update(kept)


def reasons_in_words(reasons: Counter[str]) -> list[str]:
    """The most frequent reasons, a line each."""
    return first_few(f"Refused: {count:,} rows: {why}" for why, count in reasons.most_common())


def lost(meter: str) -> str:
    """The name of the amount of a meter that has no price in its row."""
    return f"_lost {meter}"


def tally(columns: Columns, rows: pl.DataFrame, unpriced: pl.DataFrame | None) -> pl.DataFrame:
    """Rows and amounts by what became of them and by the period that they lie in.

    Which periods are billed is known when all rows are; until then nothing is outside.
    """
    meters = columns.amounts
    if unpriced is None:
        kind, gone = pl.lit("rated"), []
    else:
        losses = unpriced.group_by(ROW).agg(pl.col("meter").alias("_meters"))
        rows = rows.join(losses, on=ROW, how="left", maintain_order="left")
        priced = pl.any_horizontal(
            pl.col(name).is_not_null() for name in rows.columns if name.startswith("_charge ")
        )
        kind = (
            pl.when(pl.col(REASON).is_not_null()).then(pl.lit("refused"))
            .when("_duplicate").then(pl.lit("duplicate"))
            .when(pl.col("_meters").is_not_null() & ~priced).then(pl.lit("unpriced"))
            .otherwise(pl.lit("rated"))
        )  # fmt: skip
        gone = [m for m in meters if m in losses["_meters"].explode().unique().to_list()]
    lacks = (
        pl.when(pl.col("_meters").list.contains(m).fill_null(value=False)).then(cell(m))
        if m in gone else pl.lit(None, EXACT)
        for m in meters
    )  # fmt: skip
    marked = rows.select(
        kind.alias("kind"),
        pl.col("_scope").alias("scope"),
        pl.col("_period").alias("period"),
        ROWS,
        *(cell(meter) for meter in meters),
        *(loss.alias(lost(m)) for m, loss in zip(meters, lacks, strict=True)),
    )
    return summed(marked, meters)


def summed(tallies: pl.DataFrame, meters: Iterable[str]) -> pl.DataFrame:
    """Tallies added up."""
    sums = [ROWS, *(name for meter in meters for name in (cell(meter), lost(meter)))]
    return tallies.group_by("kind", "scope", "period").agg(pl.col(sums).sum())


def tally_schema(columns: Columns) -> dict[str, Any]:
    """The columns of a tally."""
    amounts = {name: EXACT for m in columns.amounts for name in (cell(m), lost(m))}
    keys = {"kind": pl.String, "scope": pl.Int32, "period": pl.Int32}
    return {**keys, ROWS: pl.Int64, **amounts}
