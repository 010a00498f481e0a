"""Runs in LibreOffice's Python: one LibreOffice that takes job after job.

Arguments are the LibreOffice command and what it is started with.  Each line of standard input is a
job as JSON, and each line of standard output its answer, ``{"error": ...}`` where it fails.

A job to convert a file: ``source``, ``targets``, the name of the export filter by path, and
``steps``, what to do with it before, each the name of a function of `STEPS` and its arguments.  Its
answer has ``seconds``, the time of a full recalculation, where there were steps.

A job to compute a sheet:

- ``cells``: what to type into cells, by address (a number, a text or a formula);
- ``rows``: the same for whole ranges, as rows;
- ``arrays``: array formulas, by range;
- ``saved``: also save the document there, as an Excel file, and read it again.

Its answer has ``cells`` (every formula of the job as it shows after a full recalculation: a number,
a text, or an error such as "#N/A"), ``seconds`` (the time of that recalculation), ``wizard`` (what
the function wizard says, by function) and ``again`` (the cells of the saved file).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import uno  # type: ignore[import-not-found]

PATIENCE = 60  # seconds for LibreOffice to start


def connect(process: subprocess.Popen[bytes], pipe: str) -> Any:
    """LibreOffice's component context, once it has started."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:  # UNO's "no connection" has no class that Python can import early
            if time.monotonic() > deadline or process.poll() is not None:
                raise
            time.sleep(0.1)


def property_value(name: str, value: Any) -> Any:
    return uno.createUnoStruct("com.sun.star.beans.PropertyValue", name, 0, value, 0)


def opened(desktop: Any, url: str) -> Any:
    hidden = property_value("Hidden", True)
    document = desktop.loadComponentFromURL(url, "_blank", 0, (hidden,))
    if document is None:
        raise ValueError(f"{url} cannot be opened")
    return document


def convert(job: dict[str, Any], desktop: Any) -> dict[str, Any]:
    document = opened(desktop, uno.systemPathToFileUrl(job["source"]))
    for step, sheet, *arguments in job["steps"]:
        STEPS[step](document.Sheets.getByName(sheet), *arguments)
    answer = {}
    if job["steps"]:
        start = time.perf_counter()
        document.calculateAll()
        answer["seconds"] = time.perf_counter() - start
    for target, by in job["targets"].items():
        url = uno.systemPathToFileUrl(target)
        document.storeToURL(url, (property_value("FilterName", by),))
    document.close(True)
    return answer


def type_in(sheet: Any, address: str, value: str | float) -> None:
    cell = sheet.getCellRangeByName(address)
    if isinstance(value, str):
        cell.String = value
    else:
        cell.Value = value


def fill_in(sheet: Any, cells: str, rows: list[list[str | float]]) -> None:
    """Type into all cells of a range: "" leaves one empty."""
    sheet.getCellRangeByName(cells).setDataArray(tuple(map(tuple, rows)))


def delete_row(sheet: Any, row: int) -> None:
    sheet.unprotect("")  # as one has to
    sheet.Rows.removeByIndex(row - 1, 1)
    sheet.protect("")


def insert_row(sheet: Any, row: int) -> None:
    sheet.unprotect("")
    sheet.Rows.insertByIndex(row - 1, 1)
    sheet.protect("")


def sort_down(sheet: Any, cells: str) -> None:
    """Sort a range by its first column, the largest first."""
    by = uno.createUnoStruct("com.sun.star.table.TableSortField")
    by.Field, by.IsAscending = 0, False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (by,))
    sheet.getCellRangeByName(cells).sort((property_value("SortFields", fields),))


STEPS: dict[str, Callable[..., None]] = {
    "type": type_in,
    "fill in": fill_in,
    "delete": delete_row,
    "insert": insert_row,
    "sort": sort_down,
}


def content(cell: Any) -> float | str:
    """What a cell shows, numbers at full precision."""
    is_text = cell.FormulaResultType2 == uno.getConstantByName(
        "com.sun.star.sheet.FormulaResult.STRING"
    )
    shown: float | str = cell.String if cell.getError() or is_text else cell.Value
    return shown


def contents(job: dict[str, Any], document: Any) -> dict[str, Any]:
    """What the formulas of the job show."""
    sheet = document.Sheets.getByIndex(0)
    found: dict[str, Any] = {}
    for address, typed in job["cells"].items():
        if str(typed).startswith("="):
            found[address] = content(sheet.getCellRangeByName(address))
    for address in job["rows"]:
        found[address] = sheet.getCellRangeByName(address).getDataArray()
    for address in job["arrays"]:
        area = sheet.getCellRangeByName(address)
        columns, rows = range(area.Columns.Count), range(area.Rows.Count)
        found[address] = [[content(area.getCellByPosition(x, y)) for x in columns] for y in rows]
    return found


def wizard(context: Any) -> dict[str, Any]:
    """The texts of the function wizard, once Calc has looked at the add-in."""
    descriptions = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.sheet.FunctionDescriptions", context
    )
    texts: dict[str, Any] = {}
    for number in range(descriptions.getCount()):
        entry = {p.Name: p.Value for p in descriptions.getByIndex(number)}
        if entry["Name"].startswith("LM"):
            arguments = [[a.Name, a.Description] for a in entry["Arguments"]]
            texts[entry["Name"]] = [entry["Description"], arguments]
    return texts


def compute(job: dict[str, Any], context: Any, desktop: Any) -> dict[str, Any]:
    document = opened(desktop, "private:factory/scalc")
    sheet = document.Sheets.getByIndex(0)
    for address, typed in job["cells"].items():
        cell = sheet.getCellRangeByName(address)
        if isinstance(typed, str):
            cell.Formula = typed
        else:
            cell.Value = float(typed)
    for address, rows in job["rows"].items():
        sheet.getCellRangeByName(address).setFormulaArray(tuple(map(tuple, rows)))
    for address, formula in job["arrays"].items():
        sheet.getCellRangeByName(address).setArrayFormula(formula)
    start = time.perf_counter()
    document.calculateAll()
    seconds = time.perf_counter() - start
    answer = {"cells": contents(job, document), "seconds": seconds, "wizard": wizard(context)}
    if job["saved"]:
        url = uno.systemPathToFileUrl(job["saved"])
        document.storeToURL(url, (property_value("FilterName", "Calc MS Excel 2007 XML"),))
        again = opened(desktop, url)
        again.calculateAll()
        answer["again"] = contents(job, again)
        again.close(True)
    document.close(True)
    return answer


def main(soffice: str, *environment: str) -> None:
    pipe = f"lmprice{os.getpid()}"
    accept = f"--accept=pipe,name={pipe};urp"
    process = subprocess.Popen(
        [soffice, "--headless", "--norestore", "--nologo", accept, *environment],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    context = connect(process, pipe)
    desktop = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.Desktop", context
    )
    try:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                is_file = "source" in job
                answer = convert(job, desktop) if is_file else compute(job, context, desktop)
            except Exception as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), flush=True)
    finally:
        try:
            desktop.terminate()
        except Exception as error:  # it may close the connection before it answers
            print(error, file=sys.stderr)
        process.wait(PATIENCE)


if __name__ == "__main__":
    main(*sys.argv[1:])
