"""What one process of a run of tests has made, and the others need not make again."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

folder: Path | None = None  # that all processes of this run know; none where there is one process


def once(key: tuple[Any, ...], make: Callable[[], T]) -> T:
    """What is made for a key: by whoever asks first."""
    if folder is None:
        return make()
    path = folder / hashlib.sha256(repr(key).encode()).hexdigest()
    if path.exists():
        found: T = pickle.loads(path.read_bytes())
        return found
    found = make()
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(pickle.dumps(found))
    half.replace(path)
    return found
