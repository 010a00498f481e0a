"""Files that were damaged or tampered with: their bytes changed at random."""

from __future__ import annotations

import io
import zipfile
from random import Random

HOSTILE = (
    b"\xff", b"\x00", b"\x1b[31m", b'"', b"\r", b"\n\n", b",,,", b"1e400", b"-1", b"NaN", b"=1+1",
    b"9999-12-31", b"12026-01-01", "\u202e".encode(), "\U0010fc80".encode(), b"[" * 3000,
    b"9" * 400, b"_x0000_", b"&#0;", b"#REF!", b"\xc3(",
)  # fmt: skip


def mutated(content: bytes, random: Random) -> bytes:
    """Bytes with some changes: removed, doubled, flipped, or something hostile put in."""
    for _ in range(random.choice((1, 1, 2, 5))):
        place = random.randrange(len(content) + 1)
        size = random.choice((1, 1, 2, 10, 100))
        kind = random.randrange(5)
        if kind == 0:
            content = content[:place] + content[place + size :]
        elif kind == 1:
            content = content[: place + size] + content[place:]
        elif kind == 2 and place < len(content):
            flipped = content[place] ^ (1 << random.randrange(8))
            content = content[:place] + bytes([flipped]) + content[place + 1 :]
        elif kind == 3:
            content = content[:place] + random.choice(HOSTILE) + content[place:]
        else:
            content = content[:place]
    return content


def mutated_archive(content: bytes, random: Random) -> bytes:
    """A workbook that is changed as a whole, or in one of its parts."""
    if random.random() < 0.3:
        return mutated(content, random)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as made:
        changed = random.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            made.writestr(name, mutated(part, random) if name == changed else part)
    return target.getvalue()
