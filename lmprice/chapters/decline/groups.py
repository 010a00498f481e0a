"""Trends of several histories in one table, such as one a vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lmprice.chapters.decline.trend_fit import TrendFit
from lmprice.output.framed import Framed


class TrendFits(Mapping[Any, TrendFit], Framed):
    """The trend of each group, by its name, in the order in which the groups first stand."""

    def __init__(self, fits: Mapping[Any, TrendFit]) -> None:
        self._fits: dict[Any, TrendFit] = dict(fits)

    def __getitem__(self, name: Any) -> TrendFit:
        return self._fits[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._fits)

    def __len__(self) -> int:
        return len(self._fits)

    def __str__(self) -> str:
        return "\n\n".join(f"{name}: {fit}" for name, fit in self._fits.items())

    def __repr__(self) -> str:
        return f"TrendFits({self._fits})"

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row a group, with the figures of its trend."""
        return [{"group": name, **fit.to_dicts()[0]} for name, fit in self._fits.items()]
