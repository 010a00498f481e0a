"""Partial sums: all that a part of a usage table says about a bill, in small tables that add up.

Parts are rated apart, on one machine or many, and their sums added in any grouping, in the order of
the parts; the numbers in them are exact, so the bill is the same whichever way a table is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from lmprice.billing.checking import Seen
from lmprice.billing.lazy import pl
from lmprice.billing.spool import Refused, Spool
from lmprice.billing.usage import ROW

FEW = 100_000  # rows of sums that are not worth adding up yet
Table = pl.DataFrame


@dataclass(frozen=True)
class Partial:
    """The sums of a part of a usage table.

    Attributes
    ----------
    rows : int
        The rows of the part.
    seen : Seen
        What the columns showed that no price is about.
    tables : dict
        ``groups``: rows in order, summed by all that matters of them.  Of the other rows ``uses``
        (what they add to charges), ``tally`` (what became of them), ``unpriced``, ``matches`` and
        ``moments`` (the first and the last one of each customer).
    refused : Refused
        The refused rows, with their numbers within the part and their reasons.
    """

    rows: int = 0
    seen: Seen = field(default_factory=Seen)
    tables: dict[str, Table] = field(default_factory=dict)
    refused: Refused = field(default_factory=Refused)

    @property
    def size(self) -> int:
        """How many rows its tables have."""
        return sum(table.height for table in self.tables.values())

    def table(self, name: str) -> list[Table]:
        """One of its tables, where it has that."""
        return [self.tables[name]] if name in self.tables else []

    def with_cells(self, rows: Table) -> Partial:
        """The same, its refused rows with all their cells."""
        refused = self.refused.each(lambda own: own.join(rows, on=ROW, maintain_order="left"))
        return replace(self, refused=refused)

    def on(self, spool: Spool) -> Partial:
        """The same, its refused rows on disk where they are many."""
        return replace(self, refused=self.refused.each(spool.put))


Adders = dict[str, Callable[[Table], Table]]


class Sum:
    """A running sum of parts."""

    def __init__(self, adders: Adders) -> None:
        self._adders = adders
        self._waiting: list[Partial] = []
        self._most = FEW

    def of(self, parts: Iterable[Partial]) -> Partial:
        """The sum of these parts and all before them."""
        for part in parts:
            self._waiting.append(part)
            if sum(one.size for one in self._waiting) > self._most:
                self._waiting = [self._together()]
                self._most = FEW + 2 * self._waiting[0].size
        self._waiting = [self._together()]
        return self._waiting[0]

    def _together(self) -> Partial:
        parts = self._waiting
        if len(parts) == 1:
            return parts[0]
        seen, refused, rows = Seen(), Refused(), 0
        for part in parts:
            refused += part.refused.after(rows)
            seen += part.seen
            rows += part.rows
        tables = {}
        for name, adder in self._adders.items():
            own = [table for part in parts for table in part.table(name)]
            if own:
                tables[name] = adder(pl.concat(own))
        return Partial(rows, seen, tables, refused)
