"""The other pages of the site in Chromium: functions that compute, the history of prices, index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lmprice.chapters import functions
from lmprice.chapters.decline.fit import fit_decline
from lmprice.data import list_prices
from lmprice.language.terms import Text
from lmprice.page import page
from lmprice.page.site import index, price_history, reference
from lmprice.scenarios import PriceDecline
from tests.page.browser import VIEWPORTS, barriers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    # Its loop is closed when the interpreter ends.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_functions_compute_their_examples(lang: str, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "functions.html"
    path.write_text(reference(lang), "utf-8")
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    answers = page.evaluate(
        "(names) => names.map((name) =>"
        " document.querySelector(`#${name} .answer`)?.textContent ?? null)",
        [f.name for f in functions()],
    )
    for f, answer in zip(functions(), answers, strict=True):
        assert (answer is not None) == ("javascript" in f.dialects), f.name
        if answer is not None:
            rows = answer.removeprefix("= ").split("; ")
            assert [float(row) for row in rows] == pytest.approx(f.example_result, rel=1e-9), f.name
    page.fill("#profit input >> nth=0", "200")
    assert page.inner_text("#profit .answer") == "= 1900"
    assert page.inner_text("#profit pre >> nth=1") == "=LMPROFIT(200,20,10,100)"
    page.fill("#profit input >> nth=0", "-1")
    assert page.inner_text("#profit .answer") == "profit: quantity -1 is below 0"
    page.fill("#filter", "LMGRADUATED")
    assert page.locator("#graduated_charge").is_visible()
    assert page.locator("#profit").is_hidden()
    assert said == []
    page.close()


@pytest.mark.parametrize("make", [index, reference, price_history])
def test_site_serves_readers_of_any_kind(make: Any, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(make("en"), "utf-8")
    page = browser.new_page(viewport=VIEWPORTS["phone"])
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert barriers(page) == []
    page.close()


def test_a_history_of_prices_opens_in_the_calculator(browser: Browser, tmp_path: Path) -> None:
    home = Text("index.html", "index-zh.html")
    pages = {
        "price-history": price_history("zh"),
        "price-decline": page(PriceDecline(), "zh", home),
    }
    for name, text in pages.items():
        (tmp_path / f"{name}-zh.html").write_text(text, "utf-8")
    tab = browser.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto((tmp_path / "price-history-zh.html").as_uri())
    card = tab.locator("#openai-flagship")
    prices = list_prices("OpenAI flagship")
    assert card.locator(".series circle.dot").count() == 2 * (len(prices) + 1)  # and the legend
    assert card.locator("tbody tr").count() == len(prices)
    card.locator("a[href^=price-decline]").click()
    trend = fit_decline(
        [p.valid_from for p in prices], [p.output_price for p in prices], basis="lineage"
    )
    found = tab.evaluate("window.lmprice.current().results")
    assert found["price_count"] == len(prices)
    assert found["factor"] == pytest.approx(trend.annual_factor, rel=1e-9)
    assert tab.get_attribute("#home", "href") == "index-zh.html"
    assert said == []
    tab.close()
