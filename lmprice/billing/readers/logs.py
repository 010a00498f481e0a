"""Logs whose lines say something together: repeats and corrections, also those in other files.

An answer that streams is written again as it grows, and a session that is resumed in a new file
begins with a copy of the old one.  So rows of such logs are held until all files are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lmprice.billing.readers.source import Entry, Notes, Source

CORRECTED = "records that another one corrects"
Rows = dict[int, dict[str, Any]]


class Logs:
    """The rows of all logs, each file's with those that no other row takes the place of."""

    def __init__(self) -> None:
        self._places: dict[Any, tuple[Rows, int]] = {}  # of a key: the rows of its file, and where
        self._by: dict[Any, Any] = {}  # a key that is corrected, and that of the correction

    def add(self, source: Source, entries: Iterable[Entry], notes: Notes) -> Rows:
        """Add the rows of a file; they are final when all files are added."""
        rows: Rows = {}
        for number, entry in enumerate(entries):
            if entry.key is None:
                rows[number] = entry.row
                continue
            key, corrected = (source, entry.key), (source, entry.corrects)
            if entry.corrects is not None and corrected not in (key, *self._chain(key)):
                # What was corrected before is corrected once more.
                for old in (corrected, self._by.get(corrected)):
                    notes.add(CORRECTED, int(self._drop(old)))
                self._by[corrected] = key
            if key in self._by:
                notes.add(CORRECTED, 1)
                continue
            place = self._places.get(key)
            notes.add(source.repeats, int(place is not None))
            if place is not None and place[0] is rows:
                rows[place[1]] = entry.row
                continue
            self._drop(key)
            rows[number] = entry.row
            self._places[key] = rows, number
        return rows

    def _chain(self, key: Any) -> Iterator[Any]:
        """What corrects a key, what corrects that, and so on."""
        while (key := self._by.get(key)) is not None:
            yield key

    def _drop(self, key: Any) -> bool:
        place = self._places.pop(key, None)
        if place is None:
            return False
        del place[0][place[1]]
        return True
