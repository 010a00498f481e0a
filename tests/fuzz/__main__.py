"""``python -m tests.fuzz KIND --seed N --minutes M``: for hours; finds are kept as files."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.fuzz.kinds import KINDS

FINDS = Path(__file__).parent / "finds"


def main() -> int:
    """Try inputs of a kind, one seed after another, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--minutes", type=float, default=60.0)
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    seed, finds = asked.seed, 0
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                KINDS[asked.kind](Random(seed), folder)
            except BaseException as error:
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    raise
                finds += 1
                kept = FINDS / asked.kind / str(seed)
                shutil.copytree(folder, kept, dirs_exist_ok=True)
                print(f"seed {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
        seed += 1
    print(f"{asked.kind}: {seed - asked.seed:,} inputs from seed {asked.seed}, {finds} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
