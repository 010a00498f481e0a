"""Excel's side of the classic Windows route, without Windows and without Excel.

xlwings talks to Excel through pywin32.  Here a stand-in for pywin32 lets the Windows half of
xlwings be imported anywhere: its own code generates the VBA, and its own COM server executes the
calls with exactly what Excel hands over.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import datetime as dt
import importlib
import io
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

MISSING = -2147352572  # an optional argument that the formula leaves out
# What an error cell is over COM.
ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
_RANGE_IID = "{00020846-0000-0000-C000-000000000046}"


class ComError(Exception):
    """pywintypes.com_error."""


class ComTime(dt.datetime):
    """What pywin32 makes of a date cell's Value."""


class _ComType:
    """What COM says of the kind of an object: here always a range."""

    iid = _RANGE_IID

    def GetTypeInfo(self) -> _ComType:  # noqa: N802
        return self

    def GetTypeAttr(self) -> _ComType:  # noqa: N802
        return self


# The sheet of all ranges.  No mock: one takes longer to make than a call takes.
_APPLICATION = types.SimpleNamespace(Hwnd=1)
_BOOK = types.SimpleNamespace(Application=_APPLICATION)
_SHEET = types.SimpleNamespace(Application=_APPLICATION, Parent=_BOOK)


class ComRange:
    """A reference in a formula: Excel hands over the range, not its values."""

    def __init__(self, value2: Any, value: Any = None, *, areas: int = 1) -> None:
        self.Value2 = value2
        self.Value = value2 if value is None else value
        rows = value2 if isinstance(value2, tuple) else ((value2,),)
        self.Areas = types.SimpleNamespace(Count=areas)
        self.Row = self.Column = 1
        self.Rows = types.SimpleNamespace(Count=len(rows))
        self.Columns = types.SimpleNamespace(Count=len(rows[0]))
        self.Count = len(rows) * len(rows[0])
        self.Worksheet = _SHEET
        self._oleobj_ = _ComType()


def column(*values: Any) -> ComRange:
    """A range of one column."""
    return ComRange(tuple((value,) for value in values))


class Excel:
    """What the add-in's VBA does with the module that xlwings loads."""

    def __init__(self, server: Any, udfs: Any) -> None:
        self._server = server
        self._udfs = udfs
        self.module = importlib.import_module("lmprice_excel")

    def call(self, name: str, *arguments: Any, module: str = "lmprice_excel") -> Any:
        """The value that a cell with this formula gets."""
        try:
            return self._server.CallUDF(module, name, arguments, None, ComRange(None))
        except Exception as error:  # the VBA writes Err.Description into the cell
            return f"Err.Description {error!r}"

    def vba(self) -> str:
        """The VBA module that "Import Functions" writes."""
        text = io.StringIO()
        workbook = types.SimpleNamespace(Name="lmprice.xlam")
        self._udfs.generate_vba_wrapper("lmprice_excel", self.module, text, workbook)
        return text.getvalue()


@contextlib.contextmanager
def excel() -> Iterator[Excel]:
    """Excel with the functions loaded; every trace of it is gone afterwards."""
    # What xlwings imports from elsewhere must not see the other platform.
    importlib.import_module("xlwings")
    with contextlib.suppress(ImportError):
        importlib.import_module("PIL.ImageGrab")
    pywin32 = _pywin32()
    names = {"xlwings", "lmprice_excel", *(name.partition(".")[0] for name in pywin32)}
    before = _set_aside(names)
    with contextlib.ExitStack() as undo:
        undo.callback(sys.modules.update, before)
        undo.callback(_set_aside, names)
        sys.modules.update(pywin32)
        server = _import_for_windows()
        undo.callback(server.loop.close)
        udfs = importlib.import_module("xlwings.udfs")
        yield Excel(server.XLPython(), udfs)


def _set_aside(names: set[str]) -> dict[str, types.ModuleType]:
    """Take modules and all that is below them out of the list of imported modules."""
    found = [name for name in sys.modules if name.partition(".")[0] in names]
    return {name: sys.modules.pop(name) for name in found}


def _import_for_windows() -> Any:
    with (
        mock.patch.object(sys, "platform", "win32"),
        mock.patch.object(ctypes, "oledll", mock.MagicMock(), create=True),
        mock.patch.object(ctypes, "windll", mock.MagicMock(), create=True),
        mock.patch.object(ctypes, "PyDLL", mock.MagicMock()),
    ):
        importlib.import_module("xlwings")
    windows: Any = importlib.import_module("xlwings._xlwindows")
    atexit.unregister(windows.cleanup)  # it would look for Excel processes
    return importlib.import_module("xlwings.com_server")


class _Module(types.ModuleType):
    """A module of pywin32: what is not given is never really used."""

    def __init__(self, name: str, **contents: Any) -> None:
        super().__init__(name)
        self.__dict__.update(contents, __file__=__file__, __path__=[])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return mock.MagicMock(name=f"{self.__name__}.{name}")


def _pywin32() -> dict[str, types.ModuleType]:
    same: Callable[..., Any] = lambda x=None, *_, **__: x  # noqa: E731

    def unwrap(_: Any) -> Any:
        raise ComError  # no Python object behind it

    def new(name: str) -> type:
        return type(name, (), {})

    modules = [
        _Module("pywintypes", com_error=ComError, error=ComError, TimeType=ComTime, IID=same),
        _Module(
            "pythoncom",
            com_error=ComError,
            ole_error=ComError,
            CoInitialize=same,
            IID_IDispatch="IDispatch",
            TypeIIDs={"IDispatch": new("PyIDispatch")},
        ),
        *(_Module(f"win32{name}") for name in ("api", "con", "gui", "event")),
        _Module("win32process", GetWindowThreadProcessId=lambda _: (1, 1)),
        _Module("win32timezone"),
        _Module("win32com"),
        _Module(
            "win32com.client",
            Dispatch=same,
            DispatchEx=same,
            CDispatch=new("CDispatch"),
            CoClassBaseClass=new("CoClassBaseClass"),
            DispatchBaseClass=new("DispatchBaseClass"),
        ),
        _Module("win32com.server"),
        *(_Module(f"win32com.server.{name}") for name in ("dispatcher", "policy", "exception")),
        _Module("win32com.server.util", wrap=same, unwrap=unwrap),
    ]
    by_name: dict[str, types.ModuleType] = {module.__name__: module for module in modules}
    for name, module in by_name.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(by_name[parent], child, module)
    return by_name
