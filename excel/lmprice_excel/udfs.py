"""The worksheet functions, as xlwings wants them, made from the registry.

One module serves every host of xlwings.  What differs between them is read off the engine that
xlwings names with each argument and each result:

- classic Windows ("excel") has no way to return an error value, so a cell shows its text,
  ``#NUM! LMCOST: quantity -1 is below 0``; ``LMERROR`` explains it, and a function that is given
  such a text hands it on as it would an error value;
- Office.js and xlwings Lite ("officejs") have error values: in a range each bad element is one, and
  a single cell shows ``#VALUE!`` with the message where the pointer rests on it.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
from collections.abc import Callable
from itertools import chain
from typing import Any

import xlwings as xw
from xlwings.conversion import Accessor, Pipeline

from lmprice.chapters import functions
from lmprice.language.formula import PricingFunction
from lmprice_excel import wizard
from lmprice_excel.cells import Block, Cell, CellError, evaluate
from lmprice_excel.text_functions import TEXT_FUNCTIONS, TextFunction
from lmprice_excel.values import FIRST_DAY, NA, VALUE

OFFICE_JS = "officejs"

# Over COM an error value is a number: this one plus Excel's own number of the error.
_COM_ERROR = -2146828288
_COM_ERRORS = {
    _COM_ERROR + number: CellError(code)
    for number, code in (
        *((2000, "#NULL!"), (2007, "#DIV/0!"), (2015, "#VALUE!"), (2023, "#REF!")),
        *((2029, "#NAME?"), (2036, "#NUM!"), (2042, "#N/A"), (2043, "#GETTING_DATA")),
        *((2045, "#SPILL!"), (2046, "#CONNECT!"), (2047, "#BLOCKED!"), (2048, "#UNKNOWN!")),
        *((2049, "#FIELD!"), (2050, "#CALC!")),
    )
}


class Cells(Accessor):
    """Arguments as cells and blocks of cells, results as the host shows them."""

    @classmethod
    def reader(cls, options: dict[str, Any]) -> Pipeline:
        """Called by xlwings for each argument; the option ``where`` names it in messages."""
        return Pipeline([functools.partial(_read, where=options["where"])])

    @classmethod
    def writer(cls, options: dict[str, Any]) -> Pipeline:
        """Called by xlwings for each result."""
        return Pipeline([functools.partial(_write, options=options)])


def _read(context: Any, *, where: str) -> None:
    value = context.value
    if context.range is not None:
        cells = context.range.api
        if cells.Areas.Count > 1:  # the value would be that of the first area alone
            context.value = CellError(VALUE, f"{where} is a reference to several ranges")
            return
        # Value would round a cell in currency format to four decimals.
        value = cells.Value2
    is_office_js = context.engine.name == OFFICE_JS
    if not isinstance(value, (list, tuple)):
        context.value = _cell(value, is_office_js)
        return
    # A single row may come without a row around it.
    rows = value if value and isinstance(value[0], (list, tuple)) else [value]
    if set(map(type, chain.from_iterable(rows))) != {float}:
        rows = [[_cell(v, is_office_js) for v in row] for row in rows]
    context.value = rows


def _cell(value: Any, is_office_js: bool) -> Any:
    """A value that a host delivers, as a cell."""
    if type(value) is int:
        return _COM_ERRORS.get(value, value)
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - FIRST_DAY) / dt.timedelta(days=1)
    if is_office_js and isinstance(value, dict):  # an error, or a number with its own format
        basic = value.get("basicValue")
        return CellError(str(basic)) if value.get("type") == "Error" else _cell(basic, True)
    if is_office_js and (value == "" or type(value).__name__ == "JsNull"):
        return None  # an empty cell inside a range
    return value


def _write(context: Any, *, options: dict[str, Any]) -> None:
    value = context.value
    is_office_js = context.engine.name == OFFICE_JS
    if is_office_js and isinstance(value, CellError) and value.message and value != NA:
        # The one way to a message: #NUM! could not carry it.  IFNA and charts rely on #N/A.
        raise xw.XlwingsError(value.text)
    rows = value if isinstance(value, list) else [[value]]
    kinds = list(map(type, chain.from_iterable(rows)))
    if CellError in kinds:
        prepare = context.engine.impl.prepare_xl_data_element
        width = len(rows[0])
        for place, kind in enumerate(kinds):
            if kind is CellError:
                row, column = rows[place // width], place % width
                cell: Any = row[column]
                row[column] = prepare(str(cell), options) if is_office_js else cell.text
    context.value = rows


def worksheet_function(name: str) -> Callable[..., Any] | None:
    """The worksheet function of a name; None where no such function is registered."""
    if name == wizard.LMERROR:
        return _lmerror()
    for f in TEXT_FUNCTIONS:
        if f.excel_name == name:
            return _of_texts(f)
    return next((_udf(f) for f in functions() if f.excel_name == name), None)


@functools.cache
def _udf(f: PricingFunction) -> Callable[..., Any]:
    def run(*arguments: Cell | Block) -> Cell | Block:
        return evaluate(f, arguments)

    parameters = [
        inspect.Parameter(
            p.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=p.default if p.is_optional else inspect.Parameter.empty,
        )
        for p in f.parameters
    ]
    helps = {p.name: wizard.argument_help(p) for p in f.parameters}
    return _for_xlwings(
        run, f.excel_name, wizard.function_help(f), wizard.category(f), parameters, helps
    )


@functools.cache
def _of_texts(f: TextFunction) -> Callable[..., Any]:
    def run(*arguments: Cell | Block) -> Cell | Block:
        return f.evaluate(*arguments)

    parameters = [
        inspect.Parameter(
            p.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=None if p.is_optional else inspect.Parameter.empty,
        )
        for p in f.parameters
    ]
    helps = {p.name: wizard.text_argument_help(p) for p in f.parameters}
    category = f"lmprice {f.category}"
    return _for_xlwings(run, f.excel_name, f.help.en, category, parameters, helps)


@functools.cache
def _lmerror() -> Callable[..., Any]:
    def run(cell: Cell | Block) -> Cell | Block:
        if isinstance(cell, (list, tuple)):
            return [[wizard.explain(c) for c in row] for row in cell]
        return wizard.explain(cell)

    parameters = [inspect.Parameter("cell", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    helps = {"cell": "A cell, or a range, that shows an error."}
    help_text = "What the error in a cell means, and what its argument should be."
    return _for_xlwings(run, wizard.LMERROR, help_text, "lmprice", parameters, helps)


def _for_xlwings(
    run: Callable[..., Any],
    name: str,
    help_text: str,
    category: str,
    parameters: list[inspect.Parameter],
    argument_helps: dict[str, str],
) -> Callable[..., Any]:
    """Dress a function as xlwings expects it: by name, signature and docstring."""
    run.__name__ = run.__qualname__ = name
    run.__module__ = "lmprice_excel"
    run.__doc__ = help_text
    run.__annotations__ = {}  # xlwings would take them for converters
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    for argument, text in argument_helps.items():
        xw.arg(argument, Cells, doc=text, where=f"{name}: {argument}")(run)
    xw.ret(Cells)(run)
    # Last, because the two others set the category back.
    decorated: Callable[..., Any] = xw.func(category=category)(run)
    return decorated
