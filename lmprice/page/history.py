"""The history of list prices as a page: chart, trend and prices of each line of models."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lmprice.chapters.decline.cautions import FEW
from lmprice.data import DatedPrice, list_prices
from lmprice.language.dates import serial
from lmprice.language.quantities import USD_PER_MTOK
from lmprice.language.terms import Text
from lmprice.page.document import asset, document, script_data
from lmprice.page.words import WORDS
from lmprice.scenarios import PriceDecline
from lmprice.scenarios.verdicts import number_text

TITLE = Text("History of list prices", "标价历史")
ABOUT = Text(
    "Dated list prices of public models with their sources, by line of models, and how fast the "
    "price of output falls. Each history opens in the calculator, where it can be changed.",
    "公开模型的标价、日期与来源，按模型系列列出，以及输出价格下降的快慢。"
    "每段历史都可在计算器中打开并修改。",
)
CHEAPER = Text(
    "{times} times cheaper a year (90 % interval {low} to {high}).",
    "每年降至 1/{times}（90% 区间 {low} 至 {high}）。",
)
DEARER = Text(
    "Rises: the price is multiplied by {times} in a year (90 % interval {low} to {high}).",
    "上涨：每年变为 {times} 倍（90% 区间 {low} 至 {high}）。",
)
FEWER = Text("Too few prices to speak of a trend.", "价格太少，谈不上趋势。")
OPEN = Text("Open in the calculator", "在计算器中打开")
PRICES = Text("Prices", "价格")
DATE, MODEL = Text("Date", "日期"), Text("Model", "模型")
INPUT, CACHED, OUTPUT = (
    Text("Input", "输入"),
    Text("Cached input", "缓存输入"),
    Text("Output", "输出"),
)
TREND, SOURCE = Text("Trend of output", "输出价格趋势"), Text("Source", "来源")


@dataclass(frozen=True)
class _Line:
    """A line of models with the trend of its output price."""

    name: str
    prices: Sequence[DatedPrice]
    scenario: PriceDecline


def _lines() -> list[_Line]:
    """All lines, the longest history first."""
    names = {price.line for price in list_prices()} - {""}
    found = []
    for name in names:
        prices = sorted(list_prices(name), key=lambda price: price.valid_from)
        rows: list[Any] = [
            {"date": p.valid_from, "price": p.output_price, "note": p.model} for p in prices
        ]
        found.append(_Line(name, prices, PriceDecline(history=rows)))
    return sorted(found, key=lambda line: (-len(line.prices), line.name))


def history(head: str, calculator: str, lang: str) -> str:
    """The page under its heading, with links to the calculator of the same site."""
    lines = _lines()
    model = {
        "language": lang,
        "words": {key: WORDS[key] for key in ("noAnswer", "tooLarge")},
        "titles": {"date": DATE, "input": INPUT, "output": OUTPUT, "trend": TREND},
        "unit": USD_PER_MTOK,
        "lines": [_points(line) for line in lines],
    }
    scripts = (asset(name) for name in ("text.js", "dom.js", "chart.js", "history.js"))
    script = "\n".join(['"use strict";', f"const MODEL = {script_data(model)};", *scripts])
    cards = "".join(_card(line, number, calculator, lang) for number, line in enumerate(lines))
    body = f'{head}<main class="plain">{cards}</main>'
    return document(body, script, lang, TITLE(lang), ABOUT(lang))


def _points(line: _Line) -> dict[str, Any]:
    days = [serial(price.valid_from) for price in line.prices]
    trend = next(
        column.value
        for column in line.scenario.evaluate().columns
        if column.name == "history_trend"
    )
    has_trend = len(line.prices) >= FEW
    return {
        "name": line.name,
        "output": [[day, p.output_price] for day, p in zip(days, line.prices, strict=True)],
        "input": [[day, p.input_price] for day, p in zip(days, line.prices, strict=True)],
        "trend": [[day, float(x)] for day, x in zip(days, trend, strict=True)] if has_trend else [],
    }


def _card(line: _Line, number: int, calculator: str, lang: str) -> str:
    notes = "".join(f"<li>{html.escape(text)}</li>" for text in _notes(line, lang))
    rows = "".join(_row(price) for price in line.prices)
    heads = "".join(
        f'<th scope="col"{side}>{html.escape(title(lang))}</th>'
        for title, side in (
            (DATE, ""), (MODEL, ""), *((t, ' class="number"') for t in (INPUT, CACHED, OUTPUT)),
            (SOURCE, ""),
        )
    )  # fmt: skip
    name = html.escape(line.name)
    return (
        f'<section class="card" id="{_anchor(line.name)}"><h2>{name}</h2>'
        f'<p class="headline">{html.escape(_says(line, lang))}</p><ul class="notes">{notes}</ul>'
        f'<div class="plot" data-line="{number}"></div>'
        f'<details class="numbers"><summary>{PRICES(lang)} ({USD_PER_MTOK(lang)})</summary>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table class="grid">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
        f'<p><a class="link" href="{calculator}#{_state(line, lang)}">{OPEN(lang)}</a></p>'
        "</section>"
    )


def _says(line: _Line, lang: str) -> str:
    """How fast the price falls, or that nobody can tell."""
    if len(line.prices) < FEW:
        return FEWER(lang)
    results = line.scenario.evaluate()
    term = next(row.term for row in results.rows if row.key == "factor")
    factors = [results[key] for key in ("factor", "factor_low", "factor_high")]
    falls = factors[0] >= 1
    if not falls:
        factors = [1 / factors[0], 1 / factors[2], 1 / factors[1]]
    times, low, high = (number_text(factor, term, lang) for factor in factors)
    return (CHEAPER if falls else DEARER)(lang).format(times=times, low=low, high=high)


def _notes(line: _Line, lang: str) -> list[str]:
    return [] if len(line.prices) < FEW else [w(lang) for w in line.scenario.evaluate().warnings]


def _row(price: DatedPrice) -> str:
    known = [price.input_price, price.cached_price, price.output_price]
    numbers = "".join(
        f'<td class="number">{"–" if number is None else f"{number:g}"}</td>' for number in known
    )
    source = html.escape(price.source)
    host = source.split("/")[2].removeprefix("www.")
    return (
        f"<tr><td>{price.valid_from}</td><td>{html.escape(price.model)}</td>{numbers}"
        f'<td><a class="link" href="{source}">{host}</a></td></tr>'
    )


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-").replace(".", "-")


def _state(line: _Line, lang: str) -> str:
    """The state of a calculator that holds this history, as its address has it."""
    (table,) = PriceDecline.tables().values()
    rows = [
        [serial(getattr(row, column.key)) for column in table.columns]
        for row in line.scenario.history
    ]
    state = {"c": [], "t": {table.name: rows}, "n": 0, "g": lang}
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
