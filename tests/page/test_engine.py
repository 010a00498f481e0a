"""The arithmetic of pages in Node: every template gives what Python gives."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from lmprice.dialects.javascript import LIBRARY
from lmprice.page.engine import script_of
from lmprice.scenarios import SCENARIOS, Scenario
from tests.page.inputs import as_found, as_given, random_scenario
from tests.page.node import run

RANDOM = 30


@functools.cache
def _cases(name: str) -> list[Scenario]:
    kind = SCENARIOS[name]
    return [kind(), *(random_scenario(kind, seed) for seed in range(RANDOM))]


@functools.cache
def _found() -> dict[str, list[dict[str, Any]]]:
    """What one run of Node gives for all cases of all templates."""
    engines = "".join(
        f"engines[{json.dumps(name)}] = (() => {{ {script_of(kind)} return lmEvaluate; }})();\n"
        for name, kind in SCENARIOS.items()
    )
    script = f"""{LIBRARY} const engines = {{}}; {engines}
const answer = (data) =>
  Object.fromEntries(Object.entries(data).map(([name, cases]) => [name, cases.map(engines[name])]));
"""
    found: dict[str, list[dict[str, Any]]] = run(
        script, {name: [as_given(case) for case in _cases(name)] for name in SCENARIOS}
    )
    return found


@pytest.mark.engine
@pytest.mark.parametrize("name", SCENARIOS)
def test_results_are_those_of_python(name: str) -> None:
    for case, found in zip(_cases(name), _found()[name], strict=True):
        expected = as_found(case.evaluate(), case)
        for part in ("results", "columns"):
            assert found[part].keys() == expected[part].keys()
            for key, value in expected[part].items():
                # What cancels out leaves rounding in the place of 0.
                near = pytest.approx(value, rel=1e-12, abs=1e-12, nan_ok=True)
                assert found[part][key] == near, (key, case)
        for pair, sums in zip(found["sums"], expected["sums"], strict=True):
            assert pair == pytest.approx(sums, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", SCENARIOS)
def test_sentences_hold_where_they_hold_in_python(name: str) -> None:
    trace = SCENARIOS[name].trace("en")
    for case, found in zip(_cases(name), _found()[name], strict=True):
        results = case.evaluate()
        warnings = zip((w.message for w in trace.warnings), found["warnings"], strict=True)
        assert [text for text, holds in warnings if holds] == list(results.warnings)
        questions = zip((q.message for q in trace.questions), found["questions"], strict=True)
        assert [text for text, holds in questions if holds] == [t for _, t in results.questions]
        verdict = next(
            (v for v, h in zip(trace.verdicts, found["verdicts"], strict=True) if h), None
        )
        assert (verdict and verdict.tone) == (results.verdict and results.verdict.tone)


def test_the_published_day() -> None:
    # DeepSeek's day: 87,072 USD of GPUs at 2 USD an hour, 562,027 USD of revenue in its own count.
    day = _found()["inference"][0]["results"]
    assert round(day["cost"]) == 87_072
    assert round(day["gross_margin"], 3) == 0.845
