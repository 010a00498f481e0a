"""JSON as it is written: no key may stand twice, and numbers with a point keep their digits."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Self

from lmprice.language.errors import shown
from lmprice.output.foreign import whole_texts


class TwiceError(ValueError):
    """A key that stands twice in one object: it is not known which one is meant."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"the key {shown(self.key)} stands twice"


class Written(float):
    """A number with a point or an exponent, and the text that it is written as."""

    text: str

    def __new__(cls, text: str) -> Self:
        """The number that a text says."""
        made = super().__new__(cls, text)
        made.text = text
        return made


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object none of whose keys stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise TwiceError(twice)
    return found


class _Decoder(json.JSONDecoder):
    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        """A value and its end; a sign that is half of a pair stays as it is written."""
        found, end = super().raw_decode(s, idx)
        has_pairs = s.find("\\ud", idx, end) >= 0 or s.find("\\uD", idx, end) >= 0
        return whole_texts(found) if has_pairs else found, end


DECODER = _Decoder(object_pairs_hook=once, parse_float=Written)


def text_of(value: Any) -> str | None:
    """A value as the cell of a table: its text, or its JSON."""
    if value is None or isinstance(value, str):
        return value
    return value.text if isinstance(value, Written) else json.dumps(value, ensure_ascii=False)
