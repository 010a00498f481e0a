"""The file of a page: whole, closed to the network, small; and the command that writes it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.page import page
from lmprice.scenarios import SCENARIOS, Inference
from lmprice.workbook import build

LARGEST = 500_000


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.engine
@pytest.mark.parametrize("name", SCENARIOS)
def test_one_closed_file(name: str) -> None:
    text = page(SCENARIOS[name]())
    assert len(text.encode()) < LARGEST
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    for tag in ("script", "style"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert f"{tag}-src 'sha256-{_hash(content)}'" in policy[1]
    # The picture of the tab is empty; names of SVG's elements are no addresses to load from.
    loaded = re.findall(r'(?:src|href)="(?!#|data:,)[^"]*"', text)
    assert loaded == []
    assert "eval(" not in text.replace("lmEval", "")
    assert "new Function" not in text


def test_no_name_is_declared_twice() -> None:
    """All scripts of a page are one: a second function of a name would hide the first."""
    (script,) = re.findall("<script>(.*?)</script>", page(SCENARIOS["breakeven"]()), re.DOTALL)
    script = re.sub(
        r"const filledWorkbook = .*?^}\)\(\);", "", script, flags=re.DOTALL | re.MULTILINE
    )
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
    assert len(names) > 100
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_what_is_typed_into_texts_stays_text() -> None:
    text = page(Inference())
    data = re.search(r"const MODEL = (.*);\n", text)
    assert data is not None
    assert "<" not in data[1]


def test_command(tmp_path: Path) -> None:
    path = tmp_path / "day.html"
    done = CliRunner().invoke(app, ["page", "inference", "-o", str(path), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert path.read_text("utf-8") == page(Inference(), "zh")
    again = CliRunner().invoke(app, ["page", "inference", "-o", str(path)])
    assert again.exit_code == 2
    assert "--force overwrites it" in again.output


def test_page_of_a_filled_workbook(tmp_path: Path) -> None:
    day = Inference(gpu_hour_price=3.0)
    build(day, tmp_path / "day.xlsx")
    path = tmp_path / "day.html"
    done = CliRunner().invoke(app, ["page", str(tmp_path / "day.xlsx"), "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert path.read_text("utf-8") == page(day)
    assert '"key":"gpu_hour_price"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there is no template and no file 'nothing'"),
        ([], "name a template or a workbook, or give --all"),
        (["inference", "--all"], "--all writes every template: leave out 'inference'"),
        (["inference", "-o", "day.txt"], "the name of a page ends in .html, not 'day.txt'"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["page", *arguments])
    assert done.exit_code == 2
    assert message in done.output


@pytest.mark.engine
def test_site(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["page", "--all", "-o", str(tmp_path / "site")])
    assert done.exit_code == 0, done.output
    files = {path.name: path.read_text("utf-8") for path in (tmp_path / "site").iterdir()}
    assert len(files) == 2 * (len(SCENARIOS) + 3)
    assert files["inference-zh.html"] != page(Inference(), "zh")
    assert '"home":["index.html","index-zh.html"]' in files["inference-zh.html"]
    for name, text in files.items():
        assert len(text.encode()) < LARGEST
        for link in re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', text):
            assert link in files, f"{name} leads to {link}"
