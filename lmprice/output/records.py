"""Facts of one kind, such as the prices of a list: a tuple of records that is a frame as well."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

from lmprice.output.framed import Framed
from lmprice.output.printing import plain_text, text_table

T = TypeVar("T")


class Records(tuple[T, ...], Framed):
    """A tuple of records, printed as a table and handed on as a frame with a row each."""

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row each."""
        return [dataclasses.asdict(cast(Any, record)) for record in self]

    def __str__(self) -> str:
        # Addresses are too long for a table on a screen; a frame has them.
        rows = [{k: v for k, v in r.items() if not k.endswith("source")} for r in self.to_dicts()]
        if not rows:
            return "none"
        table = text_table(*rows[0])
        for row in rows:
            table.add_row(*map(_word, row.values()))
        return plain_text(table)


def _word(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,.15g}" if isinstance(value, float) else str(value)
