"""What runs inside LibreOffice, with a stand-in for LibreOffice's modules."""

from __future__ import annotations

import math
import struct
import sys
import zipfile
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import lmprice
from lmprice_excel import libreoffice_component as component
from lmprice_excel.libreoffice import COMPONENT, build_oxt


class UnoError(Exception):
    """Stands for com.sun.star.uno.RuntimeException, which takes a message and a context."""


class Helper:
    """Stands for unohelper.ImplementationHelper."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def addImplementation(  # noqa: N802
        self, create: Any, name: str, services: tuple[str, ...]
    ) -> None:
        self.known[name] = (create, services)

    def writeRegistryInfo(self, *_: Any) -> bool:  # noqa: N802
        return list(self.known) == [component.SERVICE]

    def getComponentFactory(self, name: str, *_: Any) -> Any:  # noqa: N802
        return self.known[name][0]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of an installed extension, in a Python that has LibreOffice's modules."""
    with zipfile.ZipFile(build_oxt(tmp_path / "lmprice.oxt")) as archive:
        archive.extractall(tmp_path)
    classes = {"com.sun.star.uno.RuntimeException": UnoError}
    modules: dict[str, dict[str, Any]] = {
        "uno": {"getClass": lambda name: classes.get(name) or type(name, (), {})},
        "unohelper": {"Base": type("Base", (), {}), "ImplementationHelper": Helper},
    }
    for name, content in modules.items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(component, "__file__", str(tmp_path / COMPONENT))
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def are_found(monkeypatch: pytest.MonkeyPatch, *answers: bool) -> None:
    """What is found: NumPy at first, then NumPy and SciPy."""
    given = iter(answers)
    monkeypatch.setattr(component, "_has", lambda _: next(given))


def test_calc_gets_a_method_for_every_function(installed: Path) -> None:
    assert component.writeRegistryInfo(None, None)
    add_in = component.getComponentFactory(component.SERVICE, None, None)(None)
    assert add_in.getImplementationName() == component.SERVICE
    assert all(add_in.supportsService(name) for name in add_in.getSupportedServiceNames())
    assert not add_in.supportsService("com.sun.star.sheet.Solver")
    assert all(hasattr(add_in, component.method_name(f)) for f in lmprice.functions())
    assert add_in.lmprofit(100.0, 20.0, 10.0, None) == ((1000.0,),)
    (first,), (second,) = add_in.lmprofit(((100.0,), (-1.0,)), 20.0, 10.0, 100.0)
    assert first == 900
    assert bits(second) == bits(component.error_value("#NUM!"))


def test_market_prices_are_found_where_the_add_in_was_built(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert component.writeRegistryInfo(None, None)
    add_in = component.getComponentFactory(component.SERVICE, None, None)(None)
    assert add_in.lmmodelprice("gpt-4o", "output", 45658.0, None) == ((10.0,),)
    site = str(Path(np.__file__).parent.parent)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != site])
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    ((missing,),) = add_in.lmmodelprice("gpt-4o", "output", 45658.0, None)
    assert sys.path[-1] == site
    assert missing == 10  # what is loaded of the package is enough


def bits(number: float) -> int:
    found: int = struct.unpack("<Q", struct.pack("<d", number))[0]
    return found


@pytest.mark.parametrize(
    ("code", "number"), [("#NUM!", 503), ("#N/A", 32767), ("#VALUE!", 519), ("#SPILL!", 519)]
)
def test_an_error_is_a_nan_with_its_number(code: str, number: int) -> None:
    value = component.error_value(code)
    assert math.isnan(value)
    assert bits(value) & 0xFFFFFFFF == number


def test_empty_text_inside_a_range_is_an_empty_cell() -> None:
    assert component.from_calc(((1.0, ""), ("a", 2.0))) == [[1.0, None], ["a", 2.0]]
    assert component.from_calc("") == ""
    assert component.from_calc(None) is None


def test_the_bundle_comes_first(installed: Path) -> None:
    component.load_library()
    component.load_library()
    assert sys.path[0] == str(installed / "pythonpath")
    assert sys.path.count(sys.path[0]) == 1


def test_numpy_is_taken_from_where_the_add_in_was_built(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = str(Path(np.__file__).parent.parent)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != site])
    are_found(monkeypatch, False, True, True)
    component.load_library()
    assert sys.path[-1] == site


def test_numpy_of_another_python_is_left_alone(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = SimpleNamespace(cache_tag="cpython-30", name="cpython")
    monkeypatch.setattr(sys, "implementation", old)
    are_found(monkeypatch, False, False, True)
    before = list(sys.path)
    with pytest.raises(UnoError, match=r"needs NumPy, .* apt-get install python3-numpy"):
        component.writeRegistryInfo(None, None)
    assert sys.path == [str(installed / "pythonpath"), *before]


def test_scipy_of_another_place_does_not_go_with_numpy(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = str(Path(np.__file__).parent.parent)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != site])
    are_found(monkeypatch, True, True, False)
    with pytest.raises(ImportError, match=r"^lmprice needs SciPy, and the Python 3\.\d+ of"):
        component.load_library()
    assert site not in sys.path
    are_found(monkeypatch, False, False, False)
    with pytest.raises(ImportError, match=r"^lmprice needs NumPy and SciPy, .* python3-scipy\."):
        component.load_library()


@pytest.mark.parametrize("package", ["numpy", "scipy"])
def test_what_is_not_installed_is_missed(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert component._has(package)
    monkeypatch.setitem(sys.modules, package, None)
    assert not component._has(package)
