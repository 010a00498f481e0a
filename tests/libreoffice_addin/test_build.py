"""The extension file, looked at without LibreOffice."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

import lmprice
from lmprice.language.formula import PricingFunction, pricing_function
from lmprice.language.quantities import Quantity, Revenue, UnitPrice
from lmprice_excel.libreoffice import build_oxt
from lmprice_excel.text_functions import MODEL_PRICE, TextFunction

OOR = "{http://openoffice.org/2001/registry}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


FUNCTIONS: list[PricingFunction | TextFunction] = [*lmprice.functions(), MODEL_PRICE]


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def nodes(parent: Element) -> dict[str, Element]:
    return {node.get(f"{OOR}name", ""): node for node in parent.findall("node")}


def texts(node: Element, name: str) -> dict[str | None, str | None]:
    values = node.findall(f"prop[@{OOR}name='{name}']/value")
    return {value.get(LANGUAGE): value.text for value in values}


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_oxt(tmp_path_factory.mktemp("built") / "lmprice.oxt")


@pytest.fixture(scope="module")
def wizard(extension: Path) -> dict[str, Element]:
    root = ElementTree.fromstring(parts(extension)["CalcAddIns.xcu"])
    service = nodes(nodes(root)["AddInInfo"])["org.lmprice.sheet.AddIn"]
    return nodes(nodes(service)["AddInFunctions"])


def test_the_same_bytes_every_time(extension: Path, tmp_path: Path) -> None:
    again = build_oxt(tmp_path / "again.oxt")
    assert again.read_bytes() == extension.read_bytes()


def test_a_file_is_overwritten_only_with_force(tmp_path: Path) -> None:
    path = tmp_path / "lmprice.oxt"
    path.write_text("precious")
    with pytest.raises(FileExistsError):
        build_oxt(path)
    assert path.read_text() == "precious"
    assert zipfile.is_zipfile(build_oxt(path, force=True))


def test_every_function_is_described_in_both_languages(wizard: dict[str, Element]) -> None:
    assert list(wizard) == [f.excel_name.lower() for f in FUNCTIONS]
    for f in FUNCTIONS:
        node = wizard[f.excel_name.lower()]
        assert texts(node, "DisplayName") == {"en": f.excel_name}
        assert texts(node, "CompatibilityName") == {"en-US": f.excel_name}
        parameters = list(nodes(nodes(node)["Parameters"]).values())
        shown = [texts(parameter, "DisplayName")["en"] for parameter in parameters]
        assert shown == [p.name for p in f.parameters]
        for described in (node, *parameters):
            help_texts = texts(described, "Description")
            english, chinese = help_texts["en"] or "", help_texts["zh"] or ""
            # Calc's wizard shows about three lines.
            assert 10 <= len(english) <= 200, english
            assert 5 <= len(chinese) <= 100, chinese
            assert english.isascii()
            assert re.search(r"[\u4e00-\u9fff]", chinese)


def test_help_says_what_may_be_left_out(wizard: dict[str, Element]) -> None:
    parameters = nodes(nodes(wizard["lmprofit"])["Parameters"])
    assert texts(parameters["aQuantity"], "Description") == {
        "en": "Units sold or served (units; at least 0). Required.",
        "zh": "售出或提供的单位数（单位；不小于 0）。必填。",
    }
    assert texts(parameters["aFixedCost"], "Description") == {
        "en": "Cost that does not depend on the quantity (USD; at least 0; 0 if left out).",
        "zh": "不随数量变化的成本（美元；不小于 0）。可省略，默认 0。",
    }


def test_help_on_texts(wizard: dict[str, Element]) -> None:
    parameters = nodes(nodes(wizard["lmmodelprice"])["Parameters"])
    assert texts(parameters["aKind"], "Description") == {
        "en": "Which tokens are priced (text; input, cached, cache_write or output). Required.",
        "zh": "计价的 token 种类（文本；input、cached、cache_write 或 output）。必填。",
    }
    assert texts(parameters["aProvider"], "Description") == {
        "en": "Who sells it, such as azure (text; the vendor if left out).",
        "zh": "由谁销售，如 azure（文本；省略时为模型厂商）。",
    }


def test_the_interface_has_a_method_for_every_function(extension: Path) -> None:
    interface = parts(extension)["XLmPrice.idl"]
    assert "_" not in interface
    methods = dict(re.findall(r"any > > (\w+)\((.*)\);", interface))
    for f in FUNCTIONS:
        arguments = methods.pop(f.excel_name.lower()).split(", ")
        assert len(arguments) == len(f.parameters)
        assert all(re.fullmatch(r"\[in\] any a[A-Z]\w*", argument) for argument in arguments)
    assert not methods


def test_it_names_no_directory_unless_it_may(tmp_path: Path) -> None:
    path = build_oxt(tmp_path / "lmprice.oxt", site=None)
    assert json.loads(parts(path)["lmprice.json"])["site"] == ""


def test_the_bundle_does_not_depend_on_xlwings(extension: Path) -> None:
    files = parts(extension)
    assert files["pythonpath/lmprice_excel/__init__.py"] == ""
    assert "pythonpath/lmprice/chapters/profit/functions.py" in files
    assert not [name for name in files if "__pycache__" in name]


def test_a_function_registered_anywhere_is_bundled_with_its_module(
    tmp_path: Path, clean_registry: None
) -> None:
    @pricing_function("LMHALF", "test")
    def half(quantity: Quantity, price: UnitPrice) -> Revenue:
        """Half of the revenue."""
        return quantity * price / 2

    files = parts(build_oxt(tmp_path / "lmprice.oxt"))
    assert "lmhalf([in] any aQuantity, [in] any aPrice)" in files["XLmPrice.idl"]
    assert __name__ in json.loads(files["lmprice.json"])["modules"]
    own_file = f"pythonpath/{__name__.replace('.', '/')}.py"
    assert files[own_file] == Path(__file__).read_text(encoding="utf-8")


def test_a_function_of_a_running_script_is_refused(tmp_path: Path, clean_registry: None) -> None:
    def half(quantity: Quantity, price: UnitPrice) -> Revenue:
        """Half of the revenue."""
        return quantity * price / 2

    half.__module__ = "__main__"
    pricing_function("LMHALF", "test")(half)
    with pytest.raises(ValueError, match="registered in __main__ cannot be bundled"):
        build_oxt(tmp_path / "lmprice.oxt")
    assert not (tmp_path / "lmprice.oxt").exists()
