"""The versions of FOCUS that a bill is written in, which the command line names without it."""

from __future__ import annotations

from typing import Literal, get_args

Version = Literal["1.4", "1.2"]
VERSIONS: tuple[Version, ...] = get_args(Version)
