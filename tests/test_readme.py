"""What the README shows is what the code prints."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lmprice.cli import app

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(heading: str, language: str) -> list[str]:
    """The code blocks of a language under a heading."""
    section = f"\n{TEXT}".partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [code for fence, code in fenced if fence == language]


def test_the_first_screen() -> None:
    (code, *_) = blocks("# lmprice", "python")
    names: dict[str, Any] = {"array": list, "nan": math.nan}
    lines = code.splitlines()
    exec(lines[0], names)
    for line in lines[2:]:
        call, shown = line.split("#")
        value = eval(call, names)
        expected = eval(re.split(r": | USD", shown)[0].strip(), names)
        if isinstance(expected, list):
            value = value.tolist()
        assert value == pytest.approx(expected, rel=0.01, nan_ok=True), line


def test_which_discount_to_offer(capsys: pytest.CaptureFixture[str]) -> None:
    heading = "## Which discount to offer"
    (code,) = blocks(heading, "python")
    (printed,) = blocks(heading, "")
    exec(code, {})
    assert capsys.readouterr().out == printed


def test_how_fast_does_a_price_fall(capsys: pytest.CaptureFixture[str]) -> None:
    heading = "## How fast does a price fall"
    (code,) = blocks(heading, "python")
    (printed,) = blocks(heading, "")
    exec(code, {})
    assert capsys.readouterr().out == printed


def test_how_sure_is_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "## How sure is a plan"
    monkeypatch.chdir(tmp_path)
    ((template, sensitivity, *printed),) = (b.splitlines() for b in blocks(heading, "console"))
    run = CliRunner().invoke
    assert run(app, template.removeprefix("$ lmprice ").split()).exit_code == 0
    found = run(app, sensitivity.removeprefix("$ lmprice ").split()).output
    assert found.splitlines()[: len(printed)] == printed
    (simulate,) = blocks(heading, "")
    found = run(app, simulate.replace("\\\n", "").removeprefix("lmprice ").split()).output
    (margin,) = (line for line in found.splitlines() if line.startswith("Gross margin"))
    assert [part in margin for part in ("84.5 %", "71.9 %", "88.9 %")] == [True] * 3


def test_price_a_usage_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heading = "## Price a usage log"
    monkeypatch.chdir(tmp_path)
    for name, language in (("book.toml", "toml"), ("usage.csv", "csv")):
        (content,) = blocks(heading, language)
        Path(name).write_text(content, encoding="utf-8")
    ((command, *printed),) = (block.splitlines() for block in blocks(heading, "console"))
    result = CliRunner().invoke(app, command.removeprefix("$ lmprice ").split())
    assert result.exit_code == 1  # one row was refused
    assert [line for line in result.output.splitlines() if line in printed] == printed
    # Hand: 100 at 3, 40 at 2, cached 9, peak 30 and off-peak 30 make 449; less 100, 51 true-up;
    # beta pays 0.8 at 3, 0.2 at 0.3 and 0.3 at 7.5.
    assert "404.71" in result.output
