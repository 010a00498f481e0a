"""LibreOffice as a program that stays: started once, it takes job after job."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

DRIVER = Path(__file__).with_name("driver.py")
PATIENCE = 180  # seconds for a job

# LibreOffice's Python takes the first python3 of the path for its own home.  In a virtual
# environment that would be the library of another Python, and LibreOffice would fail.
OUTSIDE = {**os.environ, "PATH": "/usr/bin:/bin"}

FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "pdf": "calc_pdf_Export"}

RECALCULATE_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""


# What is done, on which sheet, with which arguments; see STEPS in driver.py.
Step = tuple[Any, ...]


class OfficeGoneError(RuntimeError):
    """LibreOffice hangs, or has crashed."""


class Answer(NamedTuple):
    """What Calc computed."""

    cells: dict[str, Any]
    seconds: float
    wizard: dict[str, Any]
    again: dict[str, Any]


class Office:
    """A LibreOffice with a profile of its own, which starts with its first job.

    It recalculates every file that it opens, unless it is to keep the stored numbers.
    """

    def __init__(self, soffice: str, python: str, folder: Path, *, recalculate: bool = True):
        self.soffice = soffice
        self._python = python
        self._process: subprocess.Popen[bytes] | None = None
        profile = folder / "profile"
        self.environment = [f"-env:UserInstallation={profile.as_uri()}"]
        if recalculate:
            (profile / "user").mkdir(parents=True)
            (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def convert(self, path: Path, to: str, folder: Path) -> Path:
        """Save a file as another type in a folder; gives the new file."""
        target = folder / f"{path.stem}.{to}"
        self._save(path, [target], [])
        return target

    def change(self, path: Path, steps: Sequence[Step], *targets: Path) -> float:
        """Do something with a file, recalculate it, and save it; the seconds of recalculation."""
        seconds: float = self._save(path, targets, steps)["seconds"]
        return seconds

    def _save(self, path: Path, targets: Sequence[Path], steps: Sequence[Step]) -> dict[str, Any]:
        filters = {str(target): FILTERS[target.suffix[1:]] for target in targets}
        return self._do({"source": str(path), "targets": filters, "steps": list(steps)})

    def compute(
        self,
        cells: Mapping[str, float | str],
        arrays: Mapping[str, str] | None = None,
        *,
        rows: Mapping[str, list[list[str]]] | None = None,
        saved: Path | None = None,
    ) -> Answer:
        """Type into cells, enter array formulas, recalculate; what the formulas show then."""
        job = {
            "cells": cells,
            "rows": rows or {},
            "arrays": arrays or {},
            "saved": str(saved) if saved else None,
        }
        return Answer(**{"again": {}, **self._do(job)})

    def _do(self, job: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self._ask(job)
        except OfficeGoneError:  # it crashes once in some hundreds of jobs, whichever they are
            return self._ask(job)

    def _ask(self, job: Mapping[str, Any]) -> dict[str, Any]:
        process = self._process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{json.dumps(job)}\n".encode())
        process.stdin.flush()
        is_ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
        line = process.stdout.readline() if is_ready else b""
        answer: dict[str, Any] = json.loads(line) if line else {"error": "LibreOffice is silent"}
        if not line or "bridge" in answer.get("error", ""):  # the next job gets another one
            self.close()
            raise OfficeGoneError(answer["error"])
        assert "error" not in answer, answer["error"]
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        command = [self._python, str(DRIVER), self.soffice, *self.environment]
        return subprocess.Popen(
            command,
            env=OUTSIDE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # so that LibreOffice can be ended with it
        )

    def close(self) -> None:
        """End the program."""
        if self._process:
            process, self._process = self._process, None
            try:
                process.communicate(timeout=30)  # it ends with its input
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
