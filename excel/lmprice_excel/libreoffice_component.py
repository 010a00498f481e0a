"""The lmprice functions inside LibreOffice Calc.

This file runs in LibreOffice's own Python, at the root of the add-in that
:mod:`lmprice_excel.libreoffice` builds.  LibreOffice calls the two functions at its end, under the
names that it prescribes.  Nothing of LibreOffice is imported before that, so the file can be read
and checked anywhere.
"""

from __future__ import annotations

import importlib
import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmprice.language.formula import PricingFunction
    from lmprice_excel.cells import Block, Cell
    from lmprice_excel.text_functions import TextFunction

SERVICE = "org.lmprice.sheet.AddIn"
INTERFACE = "org.lmprice.sheet.XLmPrice"
SERVICES = (SERVICE, "com.sun.star.sheet.AddIn")

# Calc's numbers of the errors that Excel has, too.
_ERROR_NUMBERS = {
    "#NULL!": 521,
    "#DIV/0!": 532,
    "#VALUE!": 519,
    "#REF!": 524,
    "#NAME?": 525,
    "#NUM!": 503,
    "#N/A": 32767,
}
_QUIET_NAN = 0x7FF8 << 48

_NEEDED = {"numpy": "NumPy", "scipy": "SciPy"}
_NOT_FOUND = """\
lmprice needs {missing}, and the Python {version} of LibreOffice has none. \
On Debian and Ubuntu: apt-get install python3-numpy python3-scipy. \
Elsewhere: install both for that Python, or neither; then install lmprice in a Python {version} \
on this computer, build the add-in there with 'lmprice excel libreoffice' and add it again."""


def method_name(f: PricingFunction | TextFunction) -> str:
    """The name of a function in LibreOffice's interface."""
    return f.excel_name.lower()


def error_value(code: str) -> float:
    """An error as Calc keeps it in a number: a NaN whose lower bits are the number of the error."""
    number = _ERROR_NUMBERS.get(code, _ERROR_NUMBERS["#VALUE!"])
    value: float = struct.unpack("<d", struct.pack("<Q", _QUIET_NAN | number))[0]
    return value


def from_calc(argument: Any) -> Cell | Block:
    """An argument as Calc hands it over, as a cell or the rows of a range.

    A missing argument comes as None.  Inside a range an empty cell comes as empty text.
    """
    if isinstance(argument, tuple):
        return [[None if cell == "" else cell for cell in row] for row in argument]
    cell: Cell = argument
    return cell


def to_calc(result: Cell | Block) -> tuple[tuple[Any, ...], ...]:
    """A result as the rows that Calc takes, errors as error values."""
    from lmprice_excel.cells import CellError

    rows = result if isinstance(result, list) else [[result]]
    return tuple(
        tuple(error_value(cell) if isinstance(cell, CellError) else cell for cell in row)
        for row in rows
    )


def load_library() -> None:
    """Make the bundled packages, NumPy and SciPy importable and register the functions."""
    built = _built()
    bundle = str(Path(__file__).parent / "pythonpath")
    # LibreOffice puts the folder last, where an lmprice of another version would hide the bundle.
    if sys.path[0] != bundle:
        sys.path.insert(0, bundle)
    # Both from the same place: a SciPy compiled for another NumPy may fail later.
    if not _has("numpy"):
        _look_where_built(built)
    missing = [title for name, title in _NEEDED.items() if not _has(name)]
    if missing:
        version = ".".join(map(str, sys.version_info[:2]))
        raise ImportError(_NOT_FOUND.format(missing=" and ".join(missing), version=version))
    for module in built["modules"]:
        importlib.import_module(module)


def _built() -> dict[str, Any]:
    """What the add-in knows of the Python that built it."""
    path = Path(__file__).with_name("lmprice.json")
    built: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return built


def _look_where_built(built: dict[str, Any]) -> None:
    """Let packages be found in the Python that built the add-in, if it is of the same version."""
    site = built["site"]
    if site and site not in sys.path and built["python"] == sys.implementation.cache_tag:
        sys.path.append(site)


def _has(package: str) -> bool:
    try:
        importlib.import_module(package)
    except ImportError:
        return False
    return True


def _method(f: PricingFunction) -> Callable[..., tuple[tuple[Any, ...], ...]]:
    from lmprice_excel.cells import evaluate

    def method(_self: object, *arguments: Any) -> tuple[tuple[Any, ...], ...]:
        return to_calc(evaluate(f, [from_calc(argument) for argument in arguments]))

    return method


def _text_method(f: TextFunction) -> Callable[..., tuple[tuple[Any, ...], ...]]:
    def method(_self: object, *arguments: Any) -> tuple[tuple[Any, ...], ...]:
        if not _has(f.package):
            _look_where_built(_built())
        return to_calc(f.evaluate(*map(from_calc, arguments)))

    return method


def create_add_in(_context: Any) -> Any:
    """The object whose methods Calc calls: one for each function."""
    load_library()
    from lmprice.chapters import functions
    from lmprice_excel.text_functions import TEXT_FUNCTIONS

    uno, unohelper = _libreoffice()
    interfaces = [uno.getClass(name) for name in (INTERFACE, "com.sun.star.lang.XServiceInfo")]
    methods: dict[str, Any] = {method_name(f): _method(f) for f in functions()}
    methods |= {method_name(f): _text_method(f) for f in TEXT_FUNCTIONS}
    methods["getImplementationName"] = lambda _self: SERVICE
    methods["getSupportedServiceNames"] = lambda _self: SERVICES
    methods["supportsService"] = lambda _self, name: name in SERVICES
    return type("AddIn", (unohelper.Base, *interfaces), methods)()


def _libreoffice() -> tuple[Any, Any]:
    """LibreOffice's own modules, which no other Python has."""
    return importlib.import_module("uno"), importlib.import_module("unohelper")


def _implementations() -> Any:
    _, unohelper = _libreoffice()
    helper = unohelper.ImplementationHelper()
    helper.addImplementation(create_add_in, SERVICE, SERVICES)
    return helper


def writeRegistryInfo(service_manager: Any, key: Any) -> Any:  # noqa: N802
    """Called when the add-in is installed; it fails with a message if NumPy or SciPy is missing."""
    uno, _ = _libreoffice()
    try:
        load_library()
    except ImportError as error:
        # An exception of LibreOffice's is shown without a traceback.
        refusal = uno.getClass("com.sun.star.uno.RuntimeException")
        raise refusal(str(error), None) from error
    return _implementations().writeRegistryInfo(key, service_manager)


def getComponentFactory(name: str, service_manager: Any, key: Any) -> Any:  # noqa: N802
    """Called when Calc first needs one of the functions."""
    return _implementations().getComponentFactory(name, key, service_manager)
