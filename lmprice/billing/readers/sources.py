"""All sources of usage by name, each a module of this folder with a SOURCE (or SOURCES)."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from lmprice.billing.readers.source import Source

_OTHERS = {"logs", "opening", "pieces", "reading", "skus", "source", "sources", "tables"}


def _found() -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.name in _OTHERS:
            continue
        found = importlib.import_module(f"{__package__}.{module.name}")
        for source in getattr(found, "SOURCES", None) or (found.SOURCE,):
            sources[source.name] = source
    return sources


SOURCES = _found()
