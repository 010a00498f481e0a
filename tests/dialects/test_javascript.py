"""Functions of JavaScript, run in Node: vectors, special functions, errors, Google Sheets."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import lmprice
from lmprice.cli.main import app
from lmprice.dialects.javascript import LIBRARY
from lmprice.export.sheets import apps_script, office_js
from tests.dialects.batches import batch, having
from tests.vectors import VECTORS

FUNCTIONS = {f.excel_name: f for f in lmprice.functions()}
OFFERED = {name: f for name, f in FUNCTIONS.items() if f.has_formula}


def run(script: str, calls: list[str]) -> list[Any]:
    """What calls give: numbers, None for NaN, texts of errors."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    tries = "".join(f"told(() => {call});\n" for call in calls)
    told = "const found = []; const told = (f) => { try { found.push(f()); } catch (e) {"
    program = f"{script}\n{told} found.push(e.message); }} }};\n{tries}"
    program += "console.log(JSON.stringify(found));"
    done = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def _text(value: Any) -> str:
    return json.dumps(value) if value is not None else "undefined"


def test_vectors() -> None:
    script = LIBRARY + "".join(f.written("javascript") for f in OFFERED.values())
    vectors = [v for v in VECTORS if v.excel_name in OFFERED]
    calls = [
        f"{FUNCTIONS[v.excel_name].name}({', '.join(map(_text, v.arguments))})" for v in vectors
    ]
    for vector, found in zip(vectors, run(script, calls), strict=True):
        rows = found if isinstance(found, list) else [found]
        numbers = [math.nan if row is None else row for row in rows]
        assert numbers == pytest.approx(vector.rows, rel=1e-9, abs=1e-9, nan_ok=True), vector


@pytest.mark.engine
def test_every_function_gives_pythons_number_to_twelve_digits() -> None:
    offered = having("javascript")
    script = LIBRARY + "".join(f.written("javascript") for f in offered)
    batches = {f.name: batch(f) for f in offered}
    calls = [
        f"{name}({', '.join(map(_written, drawn))})"
        for name, known in batches.items()
        for drawn in known.drawn
    ]
    found = iter(run(script, calls))
    for known in batches.values():
        known.assert_agree([next(found) for _ in known.drawn])


def _written(value: Any) -> str:
    return json.dumps(value).replace("null", "undefined")


def test_special_functions() -> None:
    # mpmath 1.3 at 40 digits: loggamma(n + 1), gammainc(k + 1, mean, regularized), and betainc.
    expected = {
        "lmLogFactorial(0)": 0.0,
        "lmLogFactorial(5)": 4.7874917427820459942,
        "lmLogFactorial(20)": 42.33561646075348503,
        "lmLogFactorial(170)": 706.57306224578734711,
        "lmLogFactorial(1e6)": 12815518.384658169624,
        "lmPoissonCdf(0, 1)": 0.3678794411714423216,
        "lmPoissonCdf(3, 2.5)": 0.75757613313306596375,
        "lmPoissonCdf(10, 30)": 0.000022348775738450593357,
        "lmPoissonCdf(50, 40)": 0.94737195089324129238,
        "lmPoissonCdf(200, 250)": 0.00061327953614685731099,
        "lmPoissonCdf(13, 14.5)": 0.41252791738228723021,
        "lmPoissonCdf(15, 14.5)": 0.61916318572572263167,
        "lmPoissonCdf(1030, 900)": 0.99998960296972265934,
        "lmPoissonCdf(9900, 10000)": 0.15987118224528374274,
        "lmPoissonCdf(999000, 1000000)": 0.15877629981172561228,
        "lmPoissonCdf(1001000, 1000000)": 0.84146567096342815212,
        "lmPoissonCdf(-1, 2)": 0.0,
        "lmPoissonCdf(3, 0)": 1.0,
        "lmTQuantile(0.9, 5)": 2.0150483733330242378,
        "lmTQuantile(0.95, 1)": 12.706204736174704646,
        "lmTQuantile(0.5, 30)": 0.68275569332129255301,
        "lmTQuantile(0.99, 2)": 9.9248432009182931147,
        "lmTQuantile(0.9, 1000)": 1.6463788172854647156,
    }
    for (call, value), found in zip(expected.items(), run(LIBRARY, [*expected]), strict=True):
        assert found == pytest.approx(value, rel=1e-12, abs=1e-14), call


def test_bad_arguments_are_named_as_in_python() -> None:
    names = ("LMPROFIT", "LMTOKENCOST", "LMGRADUATED", "LMOFFPEAK")
    script = LIBRARY + "".join(FUNCTIONS[name].written("javascript") for name in names)
    found = run(
        script,
        [
            "profit(100, 20, 10)",
            "profit(100, -1, 10, 100)",
            "profit('a', 20, 10)",
            "profit(1, Infinity, 10)",
            "profit(NaN, 20, 10)",
            "profit(1e200, 1e200, 10)",
            "token_cost(10, 0, 1, 0, 11, 0)",
            "graduated_charge(6, [5, 10, Infinity], [7, 6.5, 6])",
            "graduated_charge(6, [10, 5, Infinity], [7, 6.5, 6])",
            "graduated_charge(6, [5, 10], [7, 6.5])",
            "graduated_charge(6, [5, Infinity], [7, 6.5, 6])",
            "graduated_charge(6, [], [])",
            "graduated_charge(0, [5, Infinity], [7, 6], 2, false)",
        ],
    )
    assert found == [
        1000,
        "profit: price -1 is below 0",
        "profit: quantity a is not a number",
        "profit: price Infinity is infinite",
        None,
        None,
        "token_cost: cached_tokens 11 breaks the rule "
        "cached_tokens+cache_write_tokens<=input_tokens",
        41.5,
        "graduated_charge: up_to 5 is not above 10",
        "graduated_charge: up_to 10 is not infinite: the last row has no limit",
        "graduated_charge: unit_prices 3 is another number of rows",
        "graduated_charge: up_to  has no rows",
        0,
    ]


def test_columns_with_rows_of_their_own() -> None:
    # By hand: 100 less 20 %, less 5 %, less 6 USD once; then 100 less 20 %, less 1, 2 and 3 USD.
    calls = ["pocket_price(100, [0.2, 0.05], 6)", "pocket_price(100, [0.2], [1, 2, 3])"]
    script = LIBRARY + FUNCTIONS["LMPOCKET"].written("javascript")
    assert run(script, calls) == [70, 74]


def test_google_sheets(tmp_path: Path) -> None:
    path = tmp_path / "lm.gs"
    arguments = ["export", "apps-script", "-o", str(path)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    script = path.read_text()
    assert script == apps_script()
    assert script.count("@customfunction") == len(OFFERED)
    assert " * @param {number} [fixed_cost] " in script
    ranges = '[[5], [10], [""]], [[7], [6.5], [6]]'
    assert run(
        script,
        [
            "LMPROFIT(100, 20, 10, 100)",
            'LMPROFIT(100, 20, 10, "")',
            "LMPROFIT(-1, 20, 10)",
            f"LMGRADUATED(6, {ranges})",
            "LMSHARE([[1], [1]], [[1], [1]], 1, null)",
        ],
    ) == [900, 1000, "profit: quantity -1 is below 0", 41.5, [[0.5], [0.5]]]


def test_office_add_ins(tmp_path: Path) -> None:
    path = tmp_path / "lm.js"
    assert CliRunner().invoke(app, ["export", "office-js", "-o", str(path)]).exit_code == 0
    script = path.read_text()
    assert script == office_js()
    assert script.count("@customfunction") == len(OFFERED)
    assert " * @param {number[][]} up_to " in script
    # As the runtime of Office has it.
    runtime = """
const known = {};
const CustomFunctions = {
  associate: (name, f) => { known[name] = f; },
  ErrorCode: { invalidNumber: "#NUM!", notAvailable: "#N/A" },
  Error: class extends Error {
    constructor(code, message = "") { super(`${code} ${message}`.trim()); this.code = code; }
    toJSON() { return this.code; }
  },
};
"""
    assert run(
        runtime + script,
        [
            "known.LMPROFIT(100, 20, 10, 100)",
            "known.LMPROFIT(100, 20, 10, null)",
            "known.LMPROFIT(-1, 20, 10)",
            "known.LMBREAKEVEN(8, 10, 100)",
            'known.LMGRADUATED(6, [[5], [10], [""]], [[7], [6.5], [6]])',
            "known.LMSHARE([[1], [1]], [[1], [1]], 1, null)",
        ],
    ) == [900, 1000, "#NUM! profit: quantity -1 is below 0", "#N/A", 41.5, [[1 / 3], [1 / 3]]]
