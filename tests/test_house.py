"""The house stands as the README shows it, and every import that is shown anywhere works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("excel/**/*.md"),
    *(ROOT / "lmprice").rglob("*.py"),
]
LONGEST = 400  # lines

# Where users import from, whatever stands behind it.
FACES = """
from lmprice.billing import load_book, rate
from lmprice.data import list_prices
from lmprice.offers import FlatCut, Workload, compare_strategies
from lmprice.plots import save, trend
from lmprice.scenarios import SCENARIOS, Breakeven
from lmprice.simulation import Normal, monte_carlo
from lmprice import billing, data, launch, offers, plots, scenarios, simulation
from lmprice.cli.main import app, main
"""


IMPORT = re.compile(
    r"^(?:from lmprice[\w.]* import (?:\([^)]*\)|[^\n(#]+)|import lmprice[\w.]*)", re.MULTILINE
)


def _shown() -> list[str]:
    """The imports of this package in the pages and in the examples of docstrings."""
    found = set(FACES.strip().splitlines())
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if page.suffix == ".py":
            lines = re.findall(r"^ *(?:>>>|\.\.\.) ?(.*)$", text, re.MULTILINE)
            text = "\n".join(lines)
        statements = re.findall(
            r"^((?:from lmprice[\w.]* import (?:\([^)]*\)|[^\n(#]+))|import lmprice[\w.]*)",
            text,
            re.M,
        )
        found |= {" ".join(statement.split()) for statement in statements}
    return sorted(found)


IMPORTS = _shown()


@pytest.mark.parametrize("statement", IMPORTS)
def test_an_import_that_is_shown(statement: str) -> None:
    exec(statement, {})


def test_the_imports_of_the_pages_are_found() -> None:
    assert "from lmprice import breakeven_quantity, profit, serving_cost" in IMPORTS
    assert len(IMPORTS) > 20


def test_the_root_of_the_package_has_rooms_and_nothing_else() -> None:
    files = {path.name for path in (ROOT / "lmprice").iterdir() if path.is_file()}
    assert files == {"__init__.py", "__init__.pyi", "__main__.py", "py.typed"}


def test_every_room_has_its_floor_and_its_line_in_the_readme() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = set(re.findall(r"\w+(?:\.\w+)?", " ".join(layers)))
    rooms = {f"lmprice.{path.parent.name}" for path in (ROOT / "lmprice").glob("*/__init__.py")}
    assert rooms <= floors
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## The house\n")[2].partition("\n## ")[0]
    assert rooms <= {f"lmprice.{name}" for name in re.findall(r"`(\w+)`", section)}


def test_no_file_is_too_long_for_a_chapter() -> None:
    files = [path for room in ("lmprice", "excel", "tests") for path in (ROOT / room).rglob("*.py")]
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*files, ROOT / ".ci/generate.py"]
        if (count := len(lines := path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and "enerated" not in lines[0]
    }
    assert long == {}
