"""Worksheet functions beside the conversion of their cells, with a stand-in for Excel."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from tests.benchmarks.pairs import Pair
from tests.excel.com_host import column, excel

ROWS = 20_000
REST = (20.0, 10.0, 100.0)


def pairs() -> Iterator[Pair]:
    """LMPROFIT of many cells beside NumPy that makes an array of them and cells again."""
    with excel() as host:
        known = {
            "all valid": (column(*map(float, range(ROWS))), 2.0),
            "1 % invalid": (column(*(float(i) if i % 100 else -1.0 for i in range(ROWS))), 3.0),
            "all invalid": (column(*(-1.0 for _ in range(ROWS))), 10.0),
        }
        valid = known["all valid"][0]
        conversion = functools.partial(_converted, valid)
        for title, (cells, target) in known.items():
            call = functools.partial(host.call, "LMPROFIT", cells, *REST)
            yield Pair(
                f"CallUDF LMPROFIT, {title}",
                f"{ROWS:,} cells",
                "NumPy there and back",
                call,
                conversion,
                target,
                reason="a message is written for each cell, with its number and the rule",
            )


def _converted(cells: object) -> object:
    return np.array(cells.Value2).tolist()  # type: ignore[attr-defined]
