"""The workbook that a page makes, in Node: every formula's value is what Python stores."""

from __future__ import annotations

import base64
import importlib
import inspect
import io
import json
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openxml_audit import FileFormat, OpenXmlValidator
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.dialects.javascript import LIBRARY
from lmprice.language.dates import serial
from lmprice.language.expression import total
from lmprice.language.terms import LANGUAGES, Choice
from lmprice.page.document import LARGEST_WORKBOOK, asset, page, workbook_script
from lmprice.scenarios import SCENARIOS, Inference, Out, Row, Scenario
from lmprice.scenarios.tables import MAX_ROWS, columns
from lmprice.workbook import check, read
from lmprice.workbook.building import workbook_bytes
from lmprice.workbook.cases import Cases
from tests.engines import libreoffice
from tests.office import Office
from tests.page.inputs import random_scenario
from tests.page.node import run
from tests.workbook.test_engines import disagreements, stored_cells

SMALL = ["breakeven", "inference", "training-payback"]
RANDOM = 4
TEMPLATES = Path(__file__).parents[2] / "templates"
SCRIPT = f"""
const MODEL = {{ language: "en" }};
{LIBRARY}
{asset("text.js")}
{workbook_script()}
"""


class Plan(Row):
    """A plan that is sold."""

    name: str
    customers: float
    price: float


class Support(Scenario):
    """A scenario of one's own with a table."""

    share: float = 0.8
    plans: list[Plan] = [Plan(name="small", customers=10, price=20)]  # noqa: RUF012

    def results(self, out: Out) -> None:
        """What is kept of all plans."""
        plans = columns(self.plans)
        out("kept", self.share * total(plans.customers * plans.price))


def _inputs(scenario: Scenario, lang: str) -> list[tuple[str, int, Any]]:
    """What the page writes into the cells of a workbook."""

    def cell(value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value or None
        number = float(serial(value))
        return None if math.isinf(number) else number

    cases = Cases.of(scenario)
    found: list[tuple[str, int, Any]] = []
    for key, term in scenario.terms().items():
        for number in range(3):
            value = cases.value(key, number)
            word = term.options[value](lang) if isinstance(term, Choice) and value else None
            found.append((f"{key}_cases", number, word or cell(value)))
    for name, table in scenario.tables().items():
        rows = getattr(scenario, name)
        for column in table.columns:
            for number in range(MAX_ROWS):
                value = getattr(rows[number], column.key) if number < len(rows) else None
                found.append((column.name, number, cell(value)))
    return found


def _filled(scenarios: list[Scenario], lang: str, folder: Path) -> list[Path]:
    """The files that a page makes of the template of some scenarios, each filled in."""
    kind = type(scenarios[0])
    template = base64.b64encode(workbook_bytes(kind(), lang=lang)).decode()
    script = f"""{SCRIPT}
const text = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const answer = ({{ template, inputs }}) =>
  Promise.all(inputs.map(async (cells) => btoa(text(await filledWorkbook(template, cells)))));
"""
    data = {"template": template, "inputs": [_inputs(one, lang) for one in scenarios]}
    paths = [folder / f"{number}.xlsx" for number in range(len(scenarios))]
    for path, content in zip(paths, run(script, data), strict=True):
        path.write_bytes(base64.b64decode(content))
    return paths


@pytest.mark.engine
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", SMALL)
def test_every_stored_value_is_what_the_inputs_give(name: str, lang: str, tmp_path: Path) -> None:
    kind = SCENARIOS[name]
    scenarios = [kind(), *(random_scenario(kind, seed) for seed in range(RANDOM))]
    paths = _filled(scenarios, lang, tmp_path)
    for scenario, path in zip(scenarios, paths, strict=True):
        assert check(path) == ()
        assert read(path) == scenario
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                assert b"</f></c>" not in archive.read(part), f"no value is stored in {part}"
    assert disagreements(stored_cells(paths[-1]), scenarios[-1], lang) == []
    own = tmp_path / "own.xlsx"
    own.write_bytes(workbook_bytes(kind(), lang=lang))
    validator = OpenXmlValidator(FileFormat.OFFICE_2016, max_errors=0)
    wrong = [
        {(e.description, e.part_uri) for e in validator.validate(p).errors}
        for p in (paths[-1], own)
    ]
    assert wrong[0] <= wrong[1]


def test_tables_of_ones_own_are_filled_in(tmp_path: Path) -> None:
    rows = [
        Plan(name="=A1 & <b>", customers=3, price=40),
        Plan(name="_x0041_", customers=5, price=7),
    ]
    support = Support(share=0.5, plans=[*rows, Plan(name="more", customers=1, price=1)])
    (path,) = _filled([support], "en", tmp_path)
    assert read(path, Support) == support
    cells = stored_cells(path)
    # Hand: half of 3 x 40 + 5 x 7 + 1.
    assert cells["Results", "B5"] == 78


@pytest.mark.engine
def test_charts_keep_the_points_of_the_inputs(tmp_path: Path) -> None:
    day = Inference(gpu_hour_price=3.0)
    (path,) = _filled([day], "en", tmp_path)
    with zipfile.ZipFile(path) as made, zipfile.ZipFile(io.BytesIO(workbook_bytes(day))) as own:
        charts = [name for name in own.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 4
        for name in charts:
            found, expected = (_points(archive.read(name)) for archive in (made, own))
            assert found == pytest.approx(expected, rel=1e-12)


def _points(chart: bytes) -> list[float]:
    caches = re.findall(r"<numCache>.*?</numCache>", chart.decode(), re.DOTALL)
    return [float(v) for cache in caches for v in re.findall("<v>([^<]*)</v>", cache)]


@pytest.mark.parametrize("name", SMALL)
def test_other_programs_agree(name: str, soffice: Office, tmp_path: Path) -> None:
    scenario = random_scenario(SCENARIOS[name], 3)
    (path,) = _filled([scenario], "zh", tmp_path)
    done = CliRunner().invoke(app, ["evaluate", str(path), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["stale"], told["problems"]) == (0, [])
    recalculated = libreoffice(soffice, path, "xlsx", tmp_path)
    assert disagreements(stored_cells(recalculated), scenario, "zh") == []


@pytest.mark.engine
def test_every_function_of_formulas_is_known() -> None:
    """What a formula of a scenario may become is computed in the page."""
    source = asset("formulas.js")
    known = {*re.findall(r"^  ([A-Z]+):", source, re.MULTILINE), "OFFSET", "ROW"}
    texts = inspect.getsource(importlib.import_module("lmprice.dialects.excel"))
    used = set(re.findall(r'(?:_function|call)\("([A-Z]+)"', texts))
    assert len(used) > 15
    assert used <= known
    for path in TEMPLATES.glob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            for part in archive.namelist():
                if (
                    part.startswith("xl/worksheets/sheet")
                    and path.stem.split("-zh")[0] in SCENARIOS
                ):
                    formulas = re.findall(r"<f[^>]*>([^<]*)</f>", archive.read(part).decode())
                    words = re.sub(r'"[^"]*"', "", " ".join(formulas))
                    assert set(re.findall(r"\b([A-Z]+)\(", words)) <= known


@pytest.mark.engine
def test_a_small_template_stands_in_its_page() -> None:
    sizes = {name: (TEMPLATES / f"{name}.xlsx").stat().st_size for name in SCENARIOS}
    assert [name for name, size in sizes.items() if size < LARGEST_WORKBOOK] == SMALL
    for name, expected in (("breakeven", list(LANGUAGES)), ("plan", [])):
        kind = SCENARIOS[name]
        found = re.findall(r'<script type="text/plain" id="workbook-(\w+)">([^<]*)<', page(kind()))
        assert [lang for lang, _ in found] == expected
        for lang, content in found:
            assert base64.b64decode(content) == workbook_bytes(kind(), lang=lang)
