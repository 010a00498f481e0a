"""Scripts of pages, run in Node."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from typing import Any

import pytest


def run(script: str, data: Any = None) -> Any:
    """What a script gives as ``answer``, or promises; in ``data`` "inf" is Infinity."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed: apt-get install nodejs")
    program = f"""{script}
const read = (_, value) => (value === "inf" ? Infinity : value);
const written = (_, value) =>
  typeof value === "number" && !Number.isFinite(value) ? {{ number: String(value) }} : value;
const data = JSON.parse({json.dumps(json.dumps(data))}, read);
Promise.resolve(answer(data)).then((found) => console.log(JSON.stringify(found, written)));
"""
    done = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, object_hook=_read)


def _read(found: dict[str, Any]) -> Any:
    if set(found) != {"number"}:
        return found
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[found["number"]]
