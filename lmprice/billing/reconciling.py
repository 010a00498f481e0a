"""Every row and every amount of a usage table is on the bill or accounted for otherwise."""

from __future__ import annotations

from decimal import Decimal

from lmprice.billing.checking import Columns, cell
from lmprice.billing.lazy import pl
from lmprice.billing.meters import column_of
from lmprice.billing.usage import REASON, ROW

KINDS = ("rated", "refused", "unpriced", "duplicate", "outside")
Amounts = dict[str, Decimal]
_NONE = Decimal(0)


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

    def __init__(self, columns: Columns, rows: pl.DataFrame, unpriced: pl.DataFrame) -> None:
        self.rows = rows.height
        lost = unpriced.group_by(ROW).agg(pl.col("meter"))
        rows = rows.join(lost, on=ROW, how="left", maintain_order="left")
        priced = pl.any_horizontal(
            pl.col(name).is_not_null() for name in rows.columns if name.startswith("_charge ")
        )
        kind = (
            pl.when(pl.col(REASON).is_not_null()).then(pl.lit("refused"))
            .when("_duplicate").then(pl.lit("duplicate"))
            .when("_outside").then(pl.lit("outside"))
            .when(pl.col("meter").is_not_null() & ~priced).then(pl.lit("unpriced"))
            .otherwise(pl.lit("rated"))
        )  # fmt: skip
        rows = rows.with_columns(kind.alias("_kind"))
        counts = dict(rows.group_by("_kind").len().iter_rows())
        self.rows_by_kind = {name: int(counts.get(name, 0)) for name in KINDS}
        names = {meter: column_of(meter) for meter in columns.amounts}
        self.amounts: Amounts = {names[m]: _sum(rows, cell(m)) for m in names}
        self.amounts_by_kind: dict[str, Amounts] = {k: {} for k in KINDS}
        is_lost = pl.col("meter").list
        for meter, name in names.items():
            lacks = (pl.col("_kind") == "rated") & is_lost.contains(meter).fill_null(value=False)
            own = pl.when(lacks).then(pl.lit("unpriced")).otherwise("_kind").alias("_kind")
            sums = dict(rows.group_by(own).agg(pl.col(cell(meter)).sum()).iter_rows())
            for kind_name in KINDS:
                self.amounts_by_kind[kind_name][name] = Decimal(sums.get(kind_name) or 0)
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


def _sum(rows: pl.DataFrame, column: str) -> Decimal:
    return Decimal(rows[column].sum() or 0)
