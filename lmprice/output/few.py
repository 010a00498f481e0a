"""The first few of many things, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 5  # of one kind


def first_few(lines: Iterable[str]) -> list[str]:
    """The first lines of a kind, and one that says how many more there are."""
    found = list(lines)
    more = [f"... and {len(found) - MOST:,} more"] if len(found) > MOST else []
    return found[:MOST] + more


def listed(names: Sequence[object], most: int = MOST) -> str:
    """The first names, and how many more there are, in one line."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(map(str, names[:most]))}{more}"
