"""Forecasts at many dates, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lmprice.output.framed import Framed
from lmprice.output.printing import plain_text, text_table


@dataclass(frozen=True)
class Forecasts(Framed):
    """Forecast prices, a row a date: ``at``, ``price``, ``low`` and ``high``."""

    rows: tuple[dict[str, Any], ...]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a date."""
        return [dict(row) for row in self.rows]

    def __str__(self) -> str:
        table = text_table("At", "Price", "Low", "High")
        for row in self.rows:
            table.add_row(str(row["at"]), *(f"{row[key]:.4g}" for key in ("price", "low", "high")))
        return plain_text(table)
