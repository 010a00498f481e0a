"""Pages in Chromium: numbers, bad input, tables, languages, addresses, looks and speed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import formulon
import pytest
from typer.testing import CliRunner

from lmprice.cli.main import app
from lmprice.data import list_prices
from lmprice.page.words import WORDS
from lmprice.scenarios import SCENARIOS, Discounts, Inference, Scenario
from lmprice.scenarios.verdicts import number_text
from lmprice.workbook import check, read
from tests.page.browser import VIEWPORTS, Opened, barriers
from tests.page.inputs import as_given, random_scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    # Its loop is closed when the interpreter ends.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RANDOM = 30
# Milliseconds from an input to all results on a machine for development, and what a test allows.
FAST = {"competition": 100}
SLOWEST = 3


def _agree(found: dict[str, Any], scenario: Scenario) -> None:
    expected = dict(scenario.evaluate())
    numbers = {key: math.nan if value is None else value for key, value in found.items()}
    assert numbers == pytest.approx(expected, rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", SCENARIOS)
def test_example_and_random_inputs(name: str, browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, SCENARIOS[name](), tmp_path)
    _agree(opened.results(), SCENARIOS[name]())
    for figure in SCENARIOS[name].template.answer.figures:
        row = next(r for r in SCENARIOS[name]().evaluate().rows if r.key == figure)
        assert opened.shown(figure) == number_text(row.value, row.term, "en")
    verdict = SCENARIOS[name]().evaluate().verdict
    assert verdict is not None
    assert opened.page.inner_text("#verdict") == f"{verdict.tone.sign} {verdict.text.en}"
    for seed in range(RANDOM):
        case = random_scenario(SCENARIOS[name], seed)
        # Through the state of the page, as an address brings it in.
        opened.page.evaluate(
            """(given) => {
              const state = window.lmprice.state();
              const real = (value) => (value === "inf" ? Infinity : value);
              for (const key in state.cases[0]) state.cases[0][key] = given[key];
              for (const name in state.tables) {
                const columns = Object.values(given[name]);
                state.tables[name] = columns[0].map((_, n) => columns.map((c) => real(c[n])));
              }
              window.lmprice.refresh();
            }""",
            as_given(case),
        )
        _agree(opened.results(), case)
        said = case.evaluate().verdict
        assert said is not None
        assert opened.page.inner_text("#verdict") == f"{said.tone.sign} {said.text.en}"
    opened.close()


def test_typed_inputs(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    assert opened.shown("gross_margin") == "84.5 %"
    opened.fill("gpu_hour_price", "3")
    _agree(opened.results(), Inference(gpu_hour_price=3.0))
    opened.fill("uncached_mtok", "1,266,000")
    _agree(opened.results(), Inference(gpu_hour_price=3.0, uncached_mtok=1_266_000.0))
    assert opened.page.input_value("#in-uncached_mtok") == "1,266,000"
    opened.close()


def test_list_prices_are_filled_in_by_model(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    newest = max(
        (p for p in list_prices() if p.model == "deepseek-chat"), key=lambda p: p.valid_from
    )
    assert newest.cached_price is not None
    label = f"{newest.vendor}: {newest.model}, {newest.valid_from}"
    opened.page.select_option("#list-prices", label=label)
    _agree(
        opened.results(),
        Inference(
            input_price=newest.input_price,
            cached_price=newest.cached_price,
            output_price=newest.output_price,
        ),
    )
    opened.close()


def test_bad_input_is_named_and_leaves_no_results(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    for typed, problem in (
        ("-1", "-1 is below 0"),
        ("", "is empty"),
        ("abc", "'abc' is text, not a number"),
        ("1e999", "is too large"),
    ):
        opened.fill("nodes", typed)
        assert opened.page.inner_text("#in-nodes-problem") == problem
        assert opened.page.get_attribute("#in-nodes", "aria-invalid") == "true"
        assert opened.results() == {}
        assert opened.shown("profit") == "–"
    opened.fill("nodes", "226.75")
    _agree(opened.results(), Inference())
    opened.close()


def test_table_is_edited(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Discounts(), tmp_path)
    page, before = opened.page, Discounts()
    rows = page.locator("[data-table=tiers] tbody tr")
    assert rows.count() == len(before.tiers)
    page.click("#table-tiers .actions button >> nth=0")
    assert rows.count() == len(before.tiers) + 1
    page.click(f"[data-table=tiers] tbody tr:nth-child({len(before.tiers) + 1}) button")
    page.click("#reset")
    _agree(opened.results(), before)
    # What Excel copies: a row a line, tabs between cells; the last row has no limit.
    page.evaluate("navigator.clipboard.writeText('100\\t5\\t0\\n1,000\\t4\\t0\\n\\t3\\t10')")
    while rows.count() > 1:
        page.click("[data-table=tiers] tbody tr:last-child button")
    page.click("[data-table=tiers] tbody tr:first-child input >> nth=0")
    page.keyboard.press("Control+V")
    assert rows.count() == 3
    kind = type(before.tiers[0])
    tiers = [
        kind(up_to=100.0, unit_price=5.0, flat_fee=0.0),
        kind(up_to=1000.0, unit_price=4.0, flat_fee=0.0),
        kind(up_to=math.inf, unit_price=3.0, flat_fee=10.0),
    ]
    _agree(opened.results(), before.model_copy(update={"tiers": tiers}))
    page.fill("[data-table=tiers] tbody tr:nth-child(2) input >> nth=0", "50")
    assert "is not above the row before" in page.inner_text("#table-tiers .scroll")
    assert opened.results() == {}
    opened.close()


def test_language_is_switched(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    opened.fill("gpu_hour_price", "3")
    verdict = Inference(gpu_hour_price=3.0).evaluate().verdict
    assert verdict is not None
    opened.page.click("#switch-language")
    assert opened.page.inner_text("#verdict") == f"{verdict.tone.sign} {verdict.text.zh}"
    assert opened.page.get_attribute("html", "lang") == "zh-CN"
    assert opened.page.title() == Inference.template.title.zh
    opened.page.click("#switch-language")
    assert opened.page.inner_text("#verdict") == f"{verdict.tone.sign} {verdict.text.en}"
    opened.close()


@pytest.mark.parametrize("name", SCENARIOS)
def test_address_keeps_the_state(name: str, browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, SCENARIOS[name](), tmp_path)
    page = opened.page
    first = page.locator("#inputs input.number").first
    first.fill(str(float(first.input_value().replace(",", "")) * 0.9))
    page.evaluate("document.querySelector('input[name=case][value=\"1\"]').click()")
    page.click("#switch-language")
    results, verdict = opened.results(), page.inner_text("#verdict")
    address = page.evaluate("window.lmprice.address()")
    for _ in range(50):  # it is written when typing pauses
        if page.evaluate("location.hash") == address:
            break
        page.wait_for_timeout(100)
    assert page.evaluate("location.hash") == address
    opened.open(address)
    assert opened.results() == results
    assert page.inner_text("#verdict") == verdict
    assert page.is_checked("input[name=case][value='1']")
    opened.open("#not-a-state")
    _agree(opened.results(), SCENARIOS[name]())
    opened.close()


def test_cases_are_those_of_the_workbook(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    opened.page.evaluate("document.querySelector('input[name=case][value=\"2\"]').click()")
    _agree(opened.results(), Inference(gpu_hour_price=2.0 * 0.8))
    opened.close()


def test_formula_stands_behind_a_number(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    opened.page.click("#result-gross_margin button")
    shown = opened.page.inner_text("#formula-gross_margin")
    assert "gross_margin = IF(revenue<>0,(revenue-cost)/revenue,NA())" in shown
    opened.page.click("#formula-gross_margin .actions button >> nth=1")
    copied = opened.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("=LET(")
    assert copied.endswith("IF(revenue<>0,(revenue-cost)/revenue,NA()))")
    opened.close()


def test_slider_moves_an_input(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Inference(), tmp_path)
    opened.page.select_option("#what-if", "gpu_hour_price")
    opened.page.evaluate(
        "(() => { const s = document.querySelector('#what-if-part input'); s.value = 150;"
        " s.dispatchEvent(new Event('input')); })()"
    )
    _agree(opened.results(), Inference(gpu_hour_price=3.0))
    assert "since 475,028" in opened.page.inner_text("#answer")
    opened.page.click("#what-if-part button")
    _agree(opened.results(), Inference())
    opened.close()


def test_drivers_are_those_of_python(browser: Browser, tmp_path: Path) -> None:
    from lmprice.simulation.tornado import sensitivity

    opened = Opened(browser, Inference(), tmp_path)
    found = opened.page.evaluate(
        "window.lmprice.drivers('profit', 0.1).map((b) => [b.field.key, b.atLow, b.atHigh])"
    )
    expected = sensitivity(Inference(), "profit").bars
    assert [name for name, *_ in found] == [bar.name for bar in expected]
    for (_, low, high), bar in zip(found, expected, strict=True):
        assert (low, high) == pytest.approx((bar.at_low, bar.at_high), rel=1e-12)
    opened.close()


@pytest.mark.parametrize("name", SCENARIOS)
def test_input_to_results_is_fast(name: str, browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, SCENARIOS[name](), tmp_path)
    times = opened.page.evaluate(
        """() => {
          const input = document.querySelector("#inputs input.number");
          const before = input.value;
          return Array.from({ length: 30 }, (_, n) => {
            input.value = n % 2 ? before : `${before}1`;
            input.dispatchEvent(new Event("input"));
            return window.lmprice.lastUpdate;
          }).sort((a, b) => a - b);
        }"""
    )
    median = times[len(times) // 2]
    print(f"{name}: {median:.1f} ms")
    assert median < SLOWEST * FAST.get(name, 16)
    opened.close()


LOOKS = [
    *((name, "desktop", "light", "en") for name in SCENARIOS),
    *((name, "phone", "dark", "zh") for name in SCENARIOS),
    ("inference", "phone", "light", "en"),
    ("inference", "desktop", "dark", "zh"),
]


@pytest.mark.parametrize(("name", "device", "scheme", "lang"), LOOKS)
def test_nothing_serious_for_readers_of_any_kind(
    name: str, device: str, scheme: str, lang: str, browser: Browser, tmp_path: Path
) -> None:
    look: dict[str, Any] = {"viewport": VIEWPORTS[device], "color_scheme": scheme}
    opened = Opened(browser, SCENARIOS[name](), tmp_path, lang, **look)
    opened.page.evaluate(
        "document.querySelectorAll('details.card').forEach((part) => (part.open = true))"
    )
    opened.page.wait_for_timeout(100)
    width = opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{device} scrolls sideways"
    assert barriers(opened.page) == []
    opened.close()


@pytest.mark.parametrize("name", SCENARIOS)
def test_inputs_become_a_workbook(name: str, browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, SCENARIOS[name](), tmp_path)
    page = opened.page
    first = page.locator("#inputs input.number").first
    first.fill(str(float(first.input_value().replace(",", "")) * 0.9))
    page.click("#workbook summary")
    with page.expect_download() as download:
        page.click("#download")
    record = tmp_path / download.value.suggested_filename
    download.value.save_as(record)
    command = page.inner_text("#workbook pre").split()
    assert command[:5] == ["lmprice", "fill", name, "--from", record.name]
    arguments = ["fill", name, "--from", str(record), "-o", str(tmp_path / "filled")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    (workbook,) = (tmp_path / "filled").iterdir()
    _agree(opened.results(), read(workbook))
    opened.close()


@pytest.mark.parametrize("name", ["inference", "breakeven", "training-payback"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_workbook_itself_is_downloaded(
    name: str, lang: str, browser: Browser, tmp_path: Path
) -> None:
    opened = Opened(browser, SCENARIOS[name](), tmp_path, lang)
    page = opened.page
    first = page.locator("#inputs input.number").first
    first.fill(str(float(first.input_value().replace(",", "")) * 0.9))
    page.locator(".segment input").nth(2).check()  # the high case
    with page.expect_download() as download:
        page.click("#download-file")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"{name}.xlsx"
    assert check(path) == ()
    _agree(opened.results(), read(path))
    first.fill("-1")
    page.click("#download-file")
    assert page.inner_text("#announcement") == WORDS["invalid"](lang)
    opened.close()


def test_a_large_workbook_is_left_to_the_command(browser: Browser, tmp_path: Path) -> None:
    opened = Opened(browser, Discounts(), tmp_path)
    assert opened.page.locator("#download-file").count() == 0
    assert opened.page.locator("#download").count() == 1
    opened.close()


# Results of tables, months among them, and of iterations have no formula of their own: they need
# the workbook.
OF_MONTHS = {"cash_end", "funding", "breakeven_month", "breakeven_date", "first_loss_month"}


def test_formulas_stand_by_themselves(browser: Browser, tmp_path: Path) -> None:
    with formulon.Workbook.create_default() as book:  # seconds of a process, the first time
        for name in ("inference", "breakeven", "training-payback"):
            opened = Opened(browser, SCENARIOS[name](), tmp_path)
            results = SCENARIOS[name]().evaluate()
            texts = {key: opened.page.evaluate(f"window.lmprice.excel({key!r})") for key in results}
            opened.close()
            assert {key for key, text in texts.items() if text is None} == OF_MONTHS & set(results)
            for key in texts.keys() - OF_MONTHS:
                text = texts[key]
                ((found,),) = book.evaluate_formula_array(0, 0, 0, text)
                number = math.nan if found.number is None else found.number
                assert number == pytest.approx(results[key], rel=1e-9, nan_ok=True), text
