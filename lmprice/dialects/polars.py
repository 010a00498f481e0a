"""Expressions of polars: ``lmprice.profit(pl.col("quantity"), pl.col("price"), 10, 100)``."""

from __future__ import annotations

from typing import Any, ClassVar

from lmprice.dialects.bases.frame_columns import FrameColumns


class Polars(FrameColumns):
    """Expressions of polars, which computes in 64-bit floats as NumPy does."""

    title: ClassVar[str] = "polars"

    @property
    def library(self) -> Any:
        """The library, imported where it is needed."""
        import polars

        return polars


DIALECT = Polars()
