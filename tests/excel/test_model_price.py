"""``LMMODELPRICE``, whose arguments are texts and a date."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from lmprice.billing import market, model_price
from lmprice_excel.model_prices import evaluate
from lmprice_excel.text_functions import MODEL_PRICE
from lmprice_excel.values import CellError
from tests.excel.calls import across, down, texts
from tests.excel.com_host import ERRORS, MISSING, ComRange, Excel, column, excel
from tests.excel.test_office_js import OfficeJs

NEW_YEAR = 45658.0  # the number of 1 January 2025 in Excel
# OpenAI's list of 2024 on, USD per million tokens: https://openai.com/api/pricing
GPT_4O = {"input": 2.5, "cached": 1.25, "output": 10}


@pytest.fixture(scope="module")
def host() -> Iterator[Excel]:
    with excel() as running:
        yield running


class TestExcel:
    """Through xlwings, as Excel on Windows calls it."""

    @pytest.mark.parametrize(("kind", "price"), GPT_4O.items())
    def test_one_price(self, host: Excel, kind: str, price: float) -> None:
        assert host.call("LMMODELPRICE", "gpt-4o", kind, NEW_YEAR) == price
        cells = (ComRange("gpt-4o"), ComRange(kind), ComRange(NEW_YEAR))
        assert host.call("LMMODELPRICE", *cells, MISSING) == price
        assert host.call("LMMODELPRICE", *cells, ComRange("openai")) == price

    def test_a_date_as_such(self, host: Excel) -> None:
        assert host.call("LMMODELPRICE", "gpt-4o", "output", dt.datetime(2025, 1, 1)) == 10

    def test_left_out_means_now(self, host: Excel) -> None:
        now = model_price("gpt-4o", "output")
        assert host.call("LMMODELPRICE", "gpt-4o", "output", MISSING, MISSING) == now
        assert host.call("LMMODELPRICE", "gpt-4o", "output", ComRange(None), MISSING) == now

    def test_a_column_of_models_against_a_row_of_kinds(self, host: Excel) -> None:
        models = column("gpt-4o", "no-such-model", None, "gpt-4o")
        kinds = ComRange((("input", "output"),))
        table = host.call("LMMODELPRICE", models, kinds, NEW_YEAR)
        unknown = "#N/A LMMODELPRICE: Unable to find provider with model matching 'no-such-model'"
        empty = "#VALUE! LMMODELPRICE: model is empty"
        assert table == [[2.5, 10], [unknown] * 2, [empty] * 2, [2.5, 10]]

    def test_an_error_is_explained(self, host: Excel) -> None:
        found = host.call("LMMODELPRICE", "gpt-4o", "words")
        rule = "is none of input, cached, cache_write, output"
        assert found == f"#VALUE! LMMODELPRICE: kind 'words' {rule}"
        assert host.call("LMERROR", found) == (
            f"LMMODELPRICE: kind 'words' {rule}. Here kind is: Which tokens are priced (text; "
            "input, cached, cache_write or output)."
        )

    def test_errors_are_handed_on(self, host: Excel) -> None:
        assert host.call("LMMODELPRICE", ComRange(ERRORS["#REF!"]), "input") == "#REF!"
        first = "#N/A LMCM: why"
        assert host.call("LMMODELPRICE", "gpt-4o", "input", first) == first

    def test_help(self, host: Excel) -> None:
        info = host.module.LMMODELPRICE.__xlfunc__
        assert info["category"] == "lmprice market"
        assert [a["doc"] for a in info["args"]][2] == (
            "Day, or day and time in UTC, whose price counts (date; now if left out)."
        )
        signature = "Function LMMODELPRICE(model, kind, Optional at, Optional provider)"
        assert signature in host.vba()


def test_office_js() -> None:
    with excel() as running:
        office = OfficeJs(running)
        assert office.call("LMMODELPRICE", [["gpt-4o"]], [["input"]], [[NEW_YEAR]]) == [[2.5]]
        table = office.call("LMMODELPRICE", [["gpt-4o"], ["nope"]], [["input"]], [[NEW_YEAR]])
        assert table == [[2.5], [{"type": "Error", "errorType": "NotAvailable"}]]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((5.0, "input"), "#VALUE! LMMODELPRICE: model 5 is not a text"),
        (("gpt-4o", None), "#VALUE! LMMODELPRICE: kind is empty"),
        (("gpt-4o", ""), "#VALUE! LMMODELPRICE: kind is empty"),
        (("gpt-4o", "input", "2025-01-01"), "#VALUE! LMMODELPRICE: at '2025-01-01' is not a date"),
        (("gpt-4o", "input", True), "#VALUE! LMMODELPRICE: at True is not a date"),
        (("gpt-4o", "input", 0.0), "#NUM! LMMODELPRICE: at 0 is not the number of a day"),
        (("gpt-4o", "input", 60.9), "#NUM! LMMODELPRICE: at 60.9 is not the number of a day"),
        (("gpt-4o", "input", 2_958_466.0), "#NUM! LMMODELPRICE: at 2958466 is not the number of"),
        (("gpt-4o", "input", float("inf")), "#NUM! LMMODELPRICE: at inf is not the number of"),
        (("gpt-4o", "input", NEW_YEAR, "nobody"), "#N/A LMMODELPRICE: Unable to find provider"),
        (
            ("text-embedding-3-small", "Output ", NEW_YEAR, "openai"),
            "#N/A LMMODELPRICE: text-embedding-3-small has no output price",
        ),
        (
            (down("a", "b"), across("a", "b"), down(1.0, 2.0, 3.0)),
            "#VALUE! LMMODELPRICE: the ranges do not fit each other (model 2 x 1, kind 1 x 2, "
            "at 3 x 1, provider 1 x 1)",
        ),
    ],
)
def test_what_is_wrong_is_said(arguments: Any, shown: str) -> None:
    assert str(texts(evaluate(*arguments))).startswith(shown)


def test_the_example_of_the_reference() -> None:
    assert MODEL_PRICE.example == '"gpt-4o","output",DATE(2025,1,1)'
    assert evaluate("gpt-4o", "output", NEW_YEAR) == float(MODEL_PRICE.example_result)


@pytest.mark.parametrize("hour", range(24))
def test_a_time_is_the_second_that_is_meant(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    moments = []

    def price(model: str, kind: str, at: dt.datetime, provider: str | None) -> float:
        moments.append(at)
        return 1.0

    monkeypatch.setattr(market, "model_price", price)
    # The sums that Excel stores for a date plus a time.
    assert evaluate("gpt-4o", "input", NEW_YEAR + hour / 24 + 1 / 86_400) == 1
    assert moments == [dt.datetime(2025, 1, 1, hour, 0, 1, tzinfo=dt.UTC)]


def test_a_model_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def price(*arguments: Any) -> float:
        calls.append(arguments)
        return 1.0

    monkeypatch.setattr(market, "model_price", price)
    assert evaluate(down(*["gpt-4o"] * 1000), across("input", "output")) == [[1, 1]] * 1000
    assert len(calls) == 2


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = "#VALUE! LMMODELPRICE: market prices need genai-prices: pip install 'lmprice[market]'"
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)
    assert texts(evaluate(down("gpt-4o", "b"), "input")) == [[needed], [needed]]
    # In LibreOffice pydantic may be missing as well.
    monkeypatch.setitem(sys.modules, "lmprice.billing.market", None)
    assert texts(evaluate("gpt-4o", "input")) == needed


def test_a_fault_never_shows_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> float:
        raise KeyError("of\ntwo lines")

    monkeypatch.setattr(market, "model_price", broken)
    with caplog.at_level(logging.ERROR):
        found = evaluate("gpt-4o", "input")
    assert isinstance(found, CellError)
    assert found.text.startswith("#VALUE! LMMODELPRICE: internal error, KeyError ")
    assert "\n" not in found.text
    assert "Traceback" in caplog.text
