"""Random JSON lines: what is read a block at a time is what a strict reader reads line by line."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from lmprice.billing.plain_json import plain_records
from lmprice.output.strict_json import DECODER, text_of

WHOLE = frozenset({"i", "a,b"})
KEYS = ("i", "t", "a,b", "ü", "x:", "k ey")
STYLES = ((",", ":"), (", ", ": "), (", ", ":"), (" ,", " : "))
TEXTS = ("", "a", "köln", "a, b", "null", "{x}", "[", "公司", "x:y", "\x7f", "\u2028", " 0 ", "a,")
VALUES = (
    "0", "5", "-3", "007", "+5", "1.5", "-0", "-0.0", "1E+2", "1.", "0.10", "9" * 18, "9" * 19,
    "1" * 30, "NaN", "true", "True", "null", "{}", "[]", '{"a":1}', "1 ", "0x1", "1_0", "٣",
)  # fmt: skip
# What makes a line something else; some of it may be put anywhere.
ODD = (
    b'"', b",", b"\\", b"{", b"}", b":", b" ", b"\n", b"\r", b"\t", b"\x1f", b"\x00", b"\xff",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"null", b"0", b"-", b',"', b'":', b'"i":1,',
)  # fmt: skip


def block(random: Random) -> bytes:
    """Some lines, mostly with the same keys, and at times something odd in them."""
    keys = random.sample(KEYS, random.randrange(1, 5))
    comma, colon = random.choice(STYLES)
    usual = [random.choice(('"x"', "7", "0.25", "null", random.choice(VALUES))) for _ in keys]
    lines = []
    for _ in range(random.randrange(1, 5)):
        cells = [
            f'"{key}"{colon}'
            + random.choice((value, value, value, f'"{random.choice(TEXTS)}"', "null"))
            for key, value in zip(keys, usual, strict=True)
        ]
        if random.random() < 0.05:
            cells.append(random.choice(cells))
        lines.append("{" + comma.join(cells) + "}")
    made = random.choice(("\n", "\n", "\r\n")).join(lines).encode()
    made += random.choice((b"\n", b"", b"\n\n"))
    for _ in range(random.choice((0, 0, 0, 1))):
        at = random.randrange(len(made) + 1)
        made = made[:at] + random.choice((*ODD, b"")) + made[at + random.randrange(2) :]
    return made


def read_strictly(content: bytes) -> list[dict[str, Any]] | None:
    """The objects of all lines; None where one is none."""
    try:
        found = [DECODER.decode(line.rstrip("\r")) for line in content.decode().split("\n") if line]
    except (ValueError, RecursionError):
        return None
    return found if all(isinstance(one, dict) for one in found) else None


@pytest.mark.engine
@pytest.mark.parametrize("seed", range(4))
def test_a_block_is_read_as_its_lines_or_not_at_all(seed: int) -> None:
    random = Random(seed)
    plain = 0
    for _ in range(1_000):
        content = block(random)
        found = plain_records(content, WHOLE)
        if found is None:
            continue
        plain += 1
        records = read_strictly(content)
        assert records is not None, content
        assert [list(record) for record in records] == [found.columns] * found.height, content
        expected = [[text_of(value) for value in record.values()] for record in records]
        cells = [[None if cell is None else str(cell) for cell in row] for row in found.rows()]
        assert cells == expected, content
    assert plain > 200  # most others have something odd in them


def test_a_long_number_is_no_reason_to_read_by_the_line() -> None:
    content = b'{"i": 1.10, "t": "a, b"}\n{"i": 20e-1, "t": "null"}\n{"i": null, "t": ""}'
    found = plain_records(content, WHOLE)
    assert found is not None
    assert found.rows() == [("1.10", "a, b"), ("20e-1", "null"), (None, "")]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"5\n", b"[1]\n", b"{}\n", b"[" * 100_000, b'{"a":\n}', b'{"a":1}\n\n'],
    ids=str,
)  # fmt: skip
def test_what_is_no_line_of_ours_is_not_read_at_once(content: bytes) -> None:
    assert plain_records(content) is None
