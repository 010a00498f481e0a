"""A site of static files in both languages: calculators, live functions, the history of prices."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator
from typing import Any

from lmprice.chapters import functions
from lmprice.dialects.javascript import LIBRARY
from lmprice.language.formula import PricingFunction
from lmprice.language.terms import LANGUAGES, Text
from lmprice.page import history
from lmprice.page.document import asset, document, page, script_data
from lmprice.page.words import WORDS as PAGE_WORDS
from lmprice.scenarios import SCENARIOS

TITLE = Text("Pricing of LLM tokens: calculators", "大语言模型 token 定价：计算器")
ABOUT = Text(
    "Each page is one file that computes in the browser, offline, in the numbers of lmprice.",
    "每页为单个文件，在浏览器中离线计算，数值与 lmprice 一致。",
)
REFERENCE = Text("Functions", "函数")
ABOUT_REFERENCE = Text(
    "Every function with an example: type arguments and see value, formula and the text for Excel. "
    "A column is a list of numbers; its last one may be empty where there is no limit.",
    "每个函数均附示例：输入参数即可查看数值、公式与 Excel 写法。"
    "列为一组数字；没有上限时最后一个可留空。",
)
WORDS = {
    "filter": Text("Find a function", "查找函数"),
    "argument": Text("Argument", "参数"),
    "value": Text("Value", "数值"),
    "unit": Text("Unit", "单位"),
    "valid": Text("Valid", "有效范围"),
    "result": Text("Result", "结果"),
    "noForm": Text(
        "Computed step by step: not in JavaScript; in Python and in Excel with lmprice.",
        "逐步计算，没有 JavaScript 形式；可在 Python 和装有 lmprice 的 Excel 中使用。",
    ),
    "noAnswer": Text("no answer", "无解"),
    "leftOut": Text("may be left out", "可以省略"),
}


def site() -> Iterator[tuple[str, str]]:
    """The files of the site, each with its name."""
    home = Text(*(_file("index", lang) for lang in LANGUAGES))
    for lang in LANGUAGES:
        for name, scenario in SCENARIOS.items():
            yield _file(name, lang), page(scenario(), lang, home=home)
        yield _file("index", lang), index(lang)
        for name, (_, _, make) in _MORE.items():
            yield _file(name, lang), make(lang)


def _file(name: str, lang: str) -> str:
    return f"{name}.html" if lang == "en" else f"{name}-{lang}.html"


def index(lang: str) -> str:
    """The page that leads to all others."""
    calculators = (
        (name, scenario.template.title(lang), scenario.template.about(lang))
        for name, scenario in SCENARIOS.items()
    )
    more = ((name, title(lang), about(lang)) for name, (title, about, _) in _MORE.items())
    cards = "".join(
        f'<section class="card"><h2><a href="{_file(name, lang)}">{html.escape(title)}</a></h2>'
        f"<p>{html.escape(about)}</p></section>"
        for name, title, about in (*calculators, *more)
    )
    body = f'{_head(TITLE, ABOUT, "index", lang)}<main class="cards">{cards}</main>'
    return document(body, "", lang, TITLE(lang), ABOUT(lang))


def _head(title: Text, about: Text, name: str, lang: str) -> str:
    other = next(known for known in LANGUAGES if known != lang)
    word = {"en": "English", "zh": "中文"}[other]
    home = f'<a class="link" href="{_file("index", lang)}">{PAGE_WORDS["home"](lang)}</a>'
    back = "" if name == "index" else home
    return (
        f'<header><div class="heading"><h1>{title(lang)}</h1><div class="actions">{back}'
        f'<a class="link" lang="{other}" href="{_file(name, other)}">{word}</a></div></div>'
        f'<p id="lead">{about(lang)}</p></header>'
    )


def reference(lang: str) -> str:
    """Every function with an example that computes while arguments are typed."""
    known = functions()
    model = {
        "language": lang,
        "words": {key: text(lang) for key, text in WORDS.items()},
        "functions": [_described(f, lang) for f in known],
    }
    offered = [f for f in known if "javascript" in f.dialects]
    bodies = [f"FUNCTIONS[{script_data(f.name)}] = {f.written('javascript')}" for f in offered]
    script = "\n".join(
        [
            '"use strict";',
            f"const MODEL = {script_data(model)};",
            LIBRARY,
            "const FUNCTIONS = {};",
            *bodies,
            asset("reference.js"),
        ]
    )
    head = _head(REFERENCE, ABOUT_REFERENCE, "functions", lang)
    body = f'{head}<main class="plain" id="functions"></main>'
    return document(body, script, lang, REFERENCE(lang), ABOUT_REFERENCE(lang))


def _described(f: PricingFunction, lang: str) -> dict[str, Any]:
    example = f.example
    given = [*example, *(None for _ in range(len(f.parameters) - len(example)))]
    return {
        "name": f.name,
        "excel": f.excel_name,
        "chapter": f.category,
        "summary": f.summary,
        "formula": f.formula,
        "result": f"{f.result.help(lang)} ({f.result.unit(lang)})",
        "parameters": [
            {
                "name": p.name,
                "help": p.term.help(lang),
                "unit": p.term.unit(lang),
                "rule": p.term.rule(lang),
                "column": p.is_column,
                "flag": p.term.is_flag,
                "optional": p.default_text if p.is_optional else None,
                "value": _typed(value),
            }
            for p, value in zip(f.parameters, given, strict=True)
        ],
    }


def _typed(value: Any) -> str:
    """An argument as it is typed; a column has commas, and nothing where there is no limit."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join("" if number == math.inf else f"{number:.15g}" for number in value)
    return str(value).upper() if isinstance(value, bool) else f"{value:.15g}"


def price_history(lang: str) -> str:
    """Dated list prices with their trends."""
    head = _head(history.TITLE, history.ABOUT, "price-history", lang)
    return history.history(head, _file("price-decline", lang), lang)


_MORE: dict[str, tuple[Text, Text, Callable[[str], str]]] = {
    "functions": (REFERENCE, ABOUT_REFERENCE, reference),
    "price-history": (history.TITLE, history.ABOUT, price_history),
}
