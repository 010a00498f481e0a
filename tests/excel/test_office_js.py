"""The same module in Office.js and xlwings Lite, where a cell can hold an error value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.excel.com_host import Excel, excel

_TYPES = {"#N/A": "NotAvailable", "#NUM!": "Num", "#VALUE!": "Value", "#DIV/0!": "Div0"}


class _Engine:
    """How the Office.js side of xlwings turns results into cells."""

    name = "officejs"

    @staticmethod
    def prepare_xl_data_element(value: Any, options: dict[str, Any]) -> Any:
        assert options["runtime"] == "1.4"
        return {"type": "Error", "errorType": _TYPES[value]}


class JsNull:
    """What Pyodide makes of an empty cell."""


class OfficeJs:
    """Calls a function as xlwings does there: every argument is an array of rows."""

    def __init__(self, host: Excel) -> None:
        self.module = host.module
        self.xlwings: Any = sys.modules["xlwings"]
        self.xlwings.engines.add(self.xlwings.main.Engine(_Engine()))

    def call(self, name: str, *arguments: Any) -> Any:
        function = getattr(self.module, name)
        info = function.__xlfunc__
        conversion = self.xlwings.conversion
        values = []
        for argument, about in zip(arguments, info["args"], strict=False):
            value = argument
            if isinstance(value, list) and len(value) == 1:
                value = value[0][0] if len(value[0]) == 1 else value[0]
            if value is None or isinstance(value, JsNull):
                values.append(about.get("optional"))
            else:
                options = about["options"]
                values.append(conversion.read(None, value, options, engine_name="officejs"))
        options = {**info["ret"]["options"], "runtime": "1.4", "date_format": None}
        return conversion.write(function(*values), None, options, engine_name="officejs")


@pytest.fixture(scope="module")
def office() -> Iterator[OfficeJs]:
    with excel() as host:
        yield OfficeJs(host)


def error(code: str) -> dict[str, str]:
    return {"type": "Error", "errorType": _TYPES[code]}


def test_cells_and_ranges(office: OfficeJs) -> None:
    assert office.call("LMPROFIT", [[100]], [[20]], [[10]], None) == [[1000]]
    assert office.call("LMPROFIT", [[1], [2]], [[11, 12]], [[10]]) == [[1, 2], [2, 4]]


def test_bad_elements_are_error_values(office: OfficeJs) -> None:
    cells = [
        *([1], [-1], [""], [None], [JsNull()], ["12"]),
        [{"type": "Error", "basicValue": "#DIV/0!"}],
        [{"type": "FormattedNumber", "basicValue": 0.00000015, "numberFormat": "$0.00"}],
    ]
    assert office.call("LMCM", cells, [[0]]) == [
        *([1], [error("#NUM!")], [error("#VALUE!")], [error("#VALUE!")], [error("#VALUE!")]),
        *([error("#VALUE!")], [error("#DIV/0!")], [0.00000015]),
    ]


def test_a_single_bad_argument_shows_its_message(office: OfficeJs) -> None:
    with pytest.raises(office.xlwings.XlwingsError) as raised:
        office.call("LMCOST", [[-1]], [[2]])
    assert str(raised.value) == "#NUM! LMCOST: quantity -1 is below 0"


def test_an_error_cell_is_handed_on(office: OfficeJs) -> None:
    given = [[{"type": "Error", "basicValue": "#DIV/0!"}]]
    assert office.call("LMCOST", given, [[2]]) == [[error("#DIV/0!")]]


def test_no_answer_is_a_real_na(office: OfficeJs) -> None:
    assert office.call("LMBREAKEVEN", [[8]], [[10]], [[100]]) == [[error("#N/A")]]


def test_an_empty_optional_argument_is_its_default(office: OfficeJs) -> None:
    assert office.call("LMPROFIT", [[100]], [[20]], [[10]], [[JsNull()]]) == [[1000]]
    assert office.call("LMPROFIT", [[100]], [[20]], [[10]], [[""]]) == [[1000]]


def test_lmerror(office: OfficeJs) -> None:
    given = [[{"type": "Error", "basicValue": "#NUM!"}], [5]]
    assert office.call("LMERROR", given) == [["#NUM! A number is out of its range."], [""]]
    assert office.call("LMERROR", [[None]]) == [[""]]
