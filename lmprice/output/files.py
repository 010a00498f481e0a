"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(content: bytes, path: Path, *, force: bool = False) -> None:
    """Write a file under a temporary name and rename it; without ``force`` never over another."""
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists; it is overwritten only with force")
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=path.suffix, delete=False) as file:
        file.write(content)
    try:
        os.chmod(file.name, 0o666 & ~_umask())
        os.replace(file.name, path)
    except OSError:
        os.unlink(file.name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
