"""A page in a real browser: Debian's Chromium, driven by Playwright, without the network."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lmprice.page import page
from lmprice.scenarios import Scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VIEWPORTS: dict[str, Any] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; where there is none its tests are skipped, and fail in CI."""
    lacking = pytest.fail if os.environ.get("CI") else pytest.skip
    if importlib.util.find_spec("playwright") is None:
        lacking("Playwright is not installed: pip install 'lmprice[browser]'")
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        lacking("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def barriers(page: Page) -> list[str]:
    """What keeps readers of some kind from a page, where axe calls it serious or critical."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # Its script goes around the policy of the page, as a debugger does. What passes is not listed:
    # on the page of all functions that would take four times as long.
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary')}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


class Opened:
    """A page that is open, and all that it has said or asked for."""

    def __init__(
        self, browser: Browser, scenario: Scenario, folder: Path, lang: str = "en", **options: Any
    ) -> None:
        name = scenario.template.name
        self.file = folder / f"{name}-{lang}.html"
        self.file.write_text(page(scenario, lang), "utf-8")
        self.context = browser.new_context(**{"viewport": VIEWPORTS["desktop"], **options})
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.open()

    def open(self, fragment: str = "") -> None:
        """Load the file, with a fragment of the address."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.file.as_uri()}{fragment}")

    def results(self) -> dict[str, Any]:
        """The results as the page has them; NaN is None."""
        found: dict[str, Any] = self.page.evaluate(
            "Object.fromEntries(Object.entries(window.lmprice.current().results ?? {})"
            ".map(([key, value]) => [key, Number.isNaN(value) ? null : value]))"
        )
        return found

    def fill(self, key: str, text: str) -> None:
        """Type into an input and leave it."""
        self.page.fill(f"#in-{key}", text)
        self.page.press(f"#in-{key}", "Tab")

    def shown(self, key: str) -> str:
        """A figure of the answer as it stands there."""
        return str(self.page.inner_text(f"#answer [data-result={key}]"))

    def close(self) -> None:
        """Close the page: it has said nothing, and loaded nothing but itself."""
        others = [url for url in self.requests if not url.startswith((self.file.as_uri(), "data:"))]
        self.context.close()
        assert self.said == []
        assert [url for url in others if not url.startswith(("blob:", "about:"))] == []
