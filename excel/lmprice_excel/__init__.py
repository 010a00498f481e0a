"""The lmprice functions in Excel: what xlwings loads when ``UDF MODULES`` is ``lmprice_excel``.

The module has one worksheet function for each function of the registry, made when it is asked for.
So there is no second list to keep, a function registered later is there too, and only who asks for
a worksheet function needs xlwings.  In xlwings Lite, ``from lmprice_excel import *`` in main.py
brings all of them.
"""

from __future__ import annotations

from typing import Any

from lmprice_excel.wizard import worksheet_names


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return worksheet_names()
    if name.startswith("LM"):
        from lmprice_excel.udfs import worksheet_function

        found = worksheet_function(name)
        if found is not None:
            return found
    raise AttributeError(f"module 'lmprice_excel' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *worksheet_names()})
