"""Build the LibreOffice Calc add-in: an extension (.oxt) with every registered function.

LibreOffice has a Python of its own, so the extension carries the library with it; only NumPy and
SciPy, which are compiled for one version of Python, must be found there.  What Calc has to know of
the functions (interface, names, the texts of its function wizard) is written from the registry.
"""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from lmprice.chapters import functions as all_functions
from lmprice.language.formula import PricingFunction
from lmprice.language.record import Parameter
from lmprice.language.terms import Text
from lmprice.output.files import write
from lmprice_excel.libreoffice_component import INTERFACE, SERVICE, method_name
from lmprice_excel.text_functions import TEXT_FUNCTIONS, TextFunction, TextParameter
from lmprice_excel.wizard import argument_help, function_help, text_argument_help

IDENTIFIER = "org.lmprice.addin"
COMPONENT = "lmprice_addin.py"
INTERFACE_FILE = "XLmPrice.idl"
_MEDIA_TYPES = {
    INTERFACE_FILE: "application/vnd.sun.star.uno-typelibrary;type=RDB",
    COMPONENT: "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
}
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_HERE = Path(__file__).parent
_NUMPY_SITE = Path(np.__file__).parent.parent


def build_oxt(path: Path, *, force: bool = False, site: Path | None = _NUMPY_SITE) -> Path:
    """Build the add-in, ready for ``unopkg add`` or LibreOffice's extension manager.

    Parameters
    ----------
    path : Path
        The file to write; its name should end in ``.oxt``.
    force : bool, default False
        Overwrite a file that exists.
    site : Path, optional
        Where NumPy and SciPy are found when LibreOffice's Python has none and is of the version
        that runs now; by default where this Python found them.  None for an add-in that names no
        directory of this computer.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    FileExistsError
        The file exists and ``force`` is not given.
    ValueError
        A function cannot be bundled, because it is not defined in a module that can be imported.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(_files(site).items()):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same bytes wherever it is built
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    write(buffer.getvalue(), path, force=force)
    return path


def _files(site: Path | None) -> dict[str, bytes]:
    """The files of the extension by name."""
    functions = all_functions()
    modules = sorted({f.kernel.__module__ for f in functions})
    packages = sorted({module.partition(".")[0] for module in modules} | {"lmprice"})
    built = {
        "modules": ["lmprice", *modules],
        "python": sys.implementation.cache_tag,
        "site": str(site) if site else "",
    }
    files = {
        "META-INF/manifest.xml": _manifest(),
        "description.xml": _description(),
        "CalcAddIns.xcu": _wizard([*functions, *TEXT_FUNCTIONS]),
        INTERFACE_FILE: _interface([*functions, *TEXT_FUNCTIONS]),
        COMPONENT: (_HERE / "libreoffice_component.py").read_bytes(),
        "lmprice.json": json.dumps(built, indent=1).encode(),
    }
    for package in packages:
        files |= {f"pythonpath/{name}": content for name, content in _sources(package)}
    for file in _HERE.glob("*.py"):
        files[f"pythonpath/lmprice_excel/{file.name}"] = file.read_bytes()
    # LibreOffice has no xlwings, which the package itself is free to import.
    files["pythonpath/lmprice_excel/__init__.py"] = b""
    return files


def _sources(package: str) -> Iterator[tuple[str, bytes]]:
    """The Python files of a package or a single module, named as they are imported."""
    spec = None if package == "__main__" else importlib.util.find_spec(package)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        raise ValueError(
            f"a function registered in {package} cannot be bundled: define it in a module file"
        )
    origin = Path(spec.origin)
    is_package = spec.submodule_search_locations is not None
    for file in sorted(origin.parent.rglob("*.py")) if is_package else [origin]:
        relative = file.relative_to(origin.parent.parent if is_package else origin.parent)
        yield relative.as_posix(), file.read_bytes()


def _interface(functions: list[PricingFunction | TextFunction]) -> bytes:
    """The interface in LibreOffice's interface language.

    Arguments are of any type, which lets Calc pass a cell, a range or nothing at all.  Results are
    always rows: an element of rows can be an error, which a single result of any type cannot.
    """
    methods = [
        f"  sequence< sequence< any > > {method_name(f)}("
        + ", ".join(f"[in] any {_argument_name(p)}" for p in f.parameters)
        + ");"
        for f in functions
    ]
    *modules, name = INTERFACE.split(".")
    opening = " ".join(f"module {module} {{" for module in modules)
    closing = " ".join("};" for _ in modules)
    lines = [opening, f"interface {name} {{", *methods, "};", closing, ""]
    return "\n".join(lines).encode()


def _argument_name(p: Parameter | TextParameter) -> str:
    """A parameter's name as LibreOffice allows it: no underscores and none of its keywords."""
    return "a" + "".join(word.capitalize() for word in p.name.split("_"))


def _wizard(functions: list[PricingFunction | TextFunction]) -> bytes:
    """The configuration from which Calc takes the names and the texts of its function wizard."""
    root = Element("oor:component-data")
    root.set("xmlns:oor", "http://openoffice.org/2001/registry")
    root.set("xmlns:xs", "http://www.w3.org/2001/XMLSchema")
    root.set("oor:name", "CalcAddIns")
    root.set("oor:package", "org.openoffice.Office")
    service = _node(SubElement(root, "node", {"oor:name": "AddInInfo"}), SERVICE)
    entries = SubElement(service, "node", {"oor:name": "AddInFunctions"})
    for f in functions:
        function = _node(entries, method_name(f))
        # Calc has fixed categories; there is none for a chapter.
        _property(function, "Category", {"": "Financial"})
        # The name in files of Excel.
        _property(function, "CompatibilityName", {"en-US": f.excel_name})
        _property(function, "DisplayName", {"en": f.excel_name})
        _property(function, "Description", _about(f)._asdict())
        parameters = SubElement(function, "node", {"oor:name": "Parameters"})
        for p in f.parameters:
            parameter = _node(parameters, _argument_name(p))
            _property(parameter, "DisplayName", {"en": p.name})
            _property(parameter, "Description", _help(p)._asdict())
    return _xml(root)


def _about(f: PricingFunction | TextFunction) -> Text:
    """What a function gives; in Chinese from the term of its result."""
    if isinstance(f, TextFunction):
        return f.help
    result = f.result
    return Text(function_help(f), f"{result.title.zh}：{result.help.zh}（{result.unit.zh}）。")


def _help(p: Parameter | TextParameter) -> Text:
    """Help on a parameter: meaning, unit, rule, and whether it may be left out.

    That stands in the text because Calc itself calls every argument optional.
    """
    if isinstance(p, TextParameter):
        english, chinese = text_argument_help(p), text_argument_help(p, "zh")
        if p.is_optional:
            return Text(english, chinese)
        return Text(f"{english} Required.", f"{chinese}必填。")
    parts = [p.term.unit.zh, "一列或一行单元格" if p.is_column else "", p.term.rule.zh]
    chinese = f"{p.term.help.zh}（{'；'.join(filter(None, parts))}）。"
    if p.default is None:
        return Text(f"{argument_help(p)} Required.", f"{chinese}必填。")
    return Text(argument_help(p), f"{chinese}可省略，默认 {p.default_text}。")


def _node(parent: Element, name: str) -> Element:
    return SubElement(parent, "node", {"oor:name": name, "oor:op": "replace"})


def _property(node: Element, name: str, values: dict[str, str]) -> None:
    """A property with its values by language; the language "" for one that is in none."""
    prop = SubElement(node, "prop", {"oor:name": name})
    for language, text in values.items():
        value = SubElement(prop, "value", {"xml:lang": language} if language else {})
        value.text = text


def _manifest() -> bytes:
    root = Element("manifest:manifest")
    root.set("xmlns:manifest", "http://openoffice.org/2001/manifest")
    for file, media_type in _MEDIA_TYPES.items():
        entry = SubElement(root, "manifest:file-entry")
        entry.set("manifest:media-type", media_type)
        entry.set("manifest:full-path", file)
    return _xml(root)


def _description() -> bytes:
    root = Element("description")
    root.set("xmlns", "http://openoffice.org/extensions/description/2006")
    SubElement(root, "identifier", {"value": IDENTIFIER})
    SubElement(root, "version", {"value": version("lmprice")})
    names = SubElement(root, "display-name")
    titles = Text("lmprice: pricing functions for Calc", "lmprice：Calc 定价函数")
    for language, title in titles._asdict().items():
        SubElement(names, "name", {"lang": language}).text = title
    return _xml(root)


def _xml(root: Element) -> bytes:
    indent(root)
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"
