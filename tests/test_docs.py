"""Every block of code in the documentation runs, and prints what is shown."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import lmprice
from lmprice.billing.readers.sources import SOURCES
from lmprice.cli.main import app

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.zh.md"])
USERS = sorted((ROOT / "docs/users").glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```$(?:\n\n^```\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
CHINESE = [p for p in PAGES if "zh" in p.parts and p.name != "formulas.md"]
MOST_LINES = 40  # of what a user writes for a task


def _blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_code_of_a_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code, shown in _blocks(page):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, page.name, "exec", dont_inherit=True), names)
        if shown:
            lines = [line.rstrip() for line in printed.getvalue().rstrip().splitlines()]
            assert lines == shown.rstrip().splitlines()


@pytest.mark.parametrize("page", USERS, ids=lambda p: p.stem)
def test_a_users_task_is_short_and_says_what_it_would_have_been(page: Path) -> None:
    blocks = _blocks(page)
    lines = [line for code, _ in blocks for line in code.splitlines() if line.strip()]
    assert 0 < len(lines) <= MOST_LINES
    assert any(shown for _, shown in blocks)
    assert "**Without the library:**" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", CHINESE, ids=lambda p: p.stem)
def test_a_page_in_chinese_has_the_code_of_the_english_one(page: Path) -> None:
    english = ROOT / "docs" / page.relative_to(ROOT / "docs/zh")
    both = ([(_bare(code), shown) for code, shown in _blocks(one)] for one in (page, english))
    assert next(both) == next(both)


def _bare(code: str) -> str:
    """Code without its comments."""
    return re.sub(r" *#.*", "", code)


WALKS = (ROOT / "docs/usage-logs.md").read_text(encoding="utf-8").split("\n## ")[1:]
_FILE = re.compile(r"^`([^`]+)`(?: in `([^`]+)`)?:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CONSOLE = re.compile(r"^```console\n\$ lmprice (.*?)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.partition("\n")[0])
def test_a_walk_from_file_to_bill(
    walk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "docs/examples/prices.toml", tmp_path)
    for name, archive, content in _FILE.findall(walk):
        if archive:
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr(name, content)
        else:
            Path(name).write_text(content, encoding="utf-8")
    ((command, printed),) = _CONSOLE.findall(walk)
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.output == printed
    assert result.exit_code == ("bill.refused.csv" in printed)


def test_every_source_has_a_walk() -> None:
    assert set(re.findall(r"^Read as: (.*)$", "\n".join(WALKS), re.MULTILINE)) == {
        *SOURCES,
        "usage",
    }


def test_there_are_five_users() -> None:
    assert len(USERS) == 5


def test_every_page_is_in_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = set(re.findall(r"[\w/-]+\.md", nav))
    docs = ROOT / "docs"
    assert listed == {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")}


def test_a_package_index_shows_no_link_into_the_repository() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hook = settings["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    (text,) = ((ROOT / part["path"]).read_text(encoding="utf-8") for part in hook["fragments"])
    for change in hook["substitutions"]:
        text = re.sub(change["pattern"], change["replacement"], text)
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_the_version_is_said_alike_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {lmprice.__version__}" in citation
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"license: {project['license']}" in citation


def test_derivatives_are_what_finite_differences_say() -> None:
    from tests.benchmarks.explanations import derivative_rows

    rows = list(derivative_rows())
    known = [r for r in rows if r[2] == r[2] and r[3] == r[3]]
    assert len(known) > 200
    for name, by, exact, difference in known:
        assert exact == pytest.approx(difference, rel=2e-4, abs=1e-9), (name, by)
