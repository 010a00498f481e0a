"""The page as one file: markup, style, data and script, with the hashes that its policy names."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from lmprice.dialects.javascript import LIBRARY
from lmprice.language.terms import LANGUAGES, Text
from lmprice.output import palette
from lmprice.page.engine import script_of
from lmprice.page.model import model_of
from lmprice.page.words import WORDS
from lmprice.scenarios.base import Scenario
from lmprice.workbook.building import workbook_bytes

_ASSETS = resources.files("lmprice.page") / "assets"
_SCRIPTS = (
    "text.js", "checks.js", "dom.js", "state.js", "points.js", "chart.js", "inputs.js", "tables.js",
    "results.js", "views.js", "share.js", "app.js",
)  # fmt: skip
_WORKBOOK_SCRIPTS = ("archive.js", "formulas.js", "workbook.js")
LARGEST_WORKBOOK = 100_000  # bytes of a template that stands in its page
NEEDS_SCRIPT = Text("This page computes in your browser: allow its script.",
                    "本页在浏览器中计算：请允许运行脚本。")  # fmt: skip


def page(scenario: Scenario, lang: str = "en", home: Text | None = None) -> str:
    """The page of a scenario, filled in with its inputs, in a language that can be switched.

    One HTML file: it loads nothing and sends nothing.  ``home`` is the page of its site that leads
    to all others.

    Raises
    ------
    TypeError
        A formula of the scenario has an operation that JavaScript does not have.
    """
    model = {"language": lang, "home": home, **model_of(scenario)}
    template = scenario.template
    workbooks = _workbooks(scenario)
    script = "\n".join(
        [
            '"use strict";',
            f"const MODEL = {script_data(model)};",
            LIBRARY,
            script_of(type(scenario)),
            workbook_script() if workbooks else "const filledWorkbook = null;",
            *(asset(name) for name in _SCRIPTS),
        ]
    )
    title, about = template.title(lang), template.about(lang)
    words = {
        "needs_script": NEEDS_SCRIPT(lang),
        "inputs": WORDS["inputs"](lang),
        "answer": WORDS["answer"](lang),
        "title": html.escape(title),
        "about": html.escape(about),
        "workbooks": "\n".join(
            f'<script type="text/plain" id="workbook-{lang}">{text}</script>'
            for lang, text in workbooks.items()
        ),
    }
    return document(filled("calculator.html", words), script, lang, title, about)


def workbook_script() -> str:
    """The text of ``filledWorkbook``, which keeps its many names to itself."""
    inner = "".join(asset(name) for name in _WORKBOOK_SCRIPTS)
    return f"const filledWorkbook = (() => {{\n{inner}return filled;\n}})();"


def _workbooks(scenario: Scenario) -> dict[str, str]:
    """The template of each language as text, where they are small enough to stand in a page."""
    kind = type(scenario)
    # Its inputs are filled in by the page; an example is the same template for all of them.
    is_given = any(field.is_required() for field in kind.model_fields.values())
    return _encoded(scenario) if is_given else _of_example(kind)


@lru_cache(maxsize=32)
def _of_example(kind: type[Scenario]) -> dict[str, str]:
    return _encoded(kind())


def _encoded(scenario: Scenario) -> dict[str, str]:
    found = {}
    for lang in LANGUAGES:
        content = workbook_bytes(scenario, lang=lang)
        if len(content) >= LARGEST_WORKBOOK:
            return {}
        found[lang] = base64.b64encode(content).decode()
    return found


def document(body: str, script: str, lang: str, title: str, description: str) -> str:
    """The file around a body and its script."""
    style = f"{_colours()}{asset('page.css')}"
    parts = {
        "lang": "zh-CN" if lang == "zh" else "en",
        "script_hash": _hash(script),
        "style_hash": _hash(style),
        "title": html.escape(title),
        "description": html.escape(description),
    }
    text = filled("page.html", parts)
    return text.replace("{style}", style).replace("{body}", body).replace("{script}", script)


def filled(name: str, parts: Mapping[str, str]) -> str:
    """A file that pages are made of with texts for the names in braces."""
    text = asset(name)
    for key, value in parts.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def asset(name: str) -> str:
    """A file that pages are made of."""
    return (_ASSETS / name).read_text("utf-8")


def script_data(value: Any) -> str:
    """Data as it may stand in a script within markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _colours() -> str:
    """The colours of workbooks and charts, as the style sheet names them."""
    colours = {
        "ink": palette.INK,
        "muted": palette.MUTED,
        "accent": palette.ACCENT,
        "line": palette.LINE,
        "grid": palette.GRID,
        "level": palette.LEVEL_FILL,
        "off": palette.TAKEN_OFF_FILL,
        **{f"s{number}": colour for number, colour in enumerate(palette.SERIES)},
    }
    return ":root{" + "".join(f"--{name}:#{value};" for name, value in colours.items()) + "}\n"
