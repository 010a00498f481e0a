"""A few seconds of each kind, and everything that was ever found."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.kinds import AGAIN, KINDS

FINDS = sorted((Path(__file__).parent / "finds").glob("*/*"))
BUDGET = {"books": 12, "usage": 25, "exports": 25, "workbooks": 8, "cells": 1500}


@pytest.mark.engine
@pytest.mark.parametrize("kind", KINDS)
def test_random_input_is_answered_or_told(kind: str, tmp_path: Path) -> None:
    for seed in range(BUDGET[kind]):
        folder = tmp_path / str(seed)
        folder.mkdir()
        KINDS[kind](Random(seed), folder)


@pytest.mark.engine
@pytest.mark.parametrize("find", FINDS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_finds_stay_mended(find: Path, tmp_path: Path) -> None:
    shutil.copytree(find, tmp_path / "find")
    AGAIN[find.parent.name](tmp_path / "find")
