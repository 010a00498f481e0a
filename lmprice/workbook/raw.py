"""Reading the cells of a workbook file, each as it stands there.

What a file says of its own size is not believed: only cells that are there are read, whatever the
stated dimension or the number of a row.  Values come as openpyxl gives them: numbers as int or
float, dates where the number format shows one, errors and texts as text; formulas with their equals
sign.  One pass reads values and formulas.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any
from xml.parsers import expat

from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601
from openpyxl.workbook.defined_name import DefinedName

_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_PROPERTIES = "docProps/core.xml"
_WHOLE = re.compile(r"-?\d{1,15}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Sheet:
    """The cells of a sheet that are there, by address."""

    values: dict[str, Any] = field(default_factory=dict)
    formulas: dict[str, Any] = field(default_factory=dict)


class RawWorkbook:
    """A workbook file: its sheets, names and properties.

    What is damaged in it raises whatever the parsers raise; `lmprice.workbook.reading` turns that
    into one line.
    """

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(BytesIO(content))
        self.defined_names: dict[str, DefinedName] = {}
        self.repeated_names: list[str] = []
        self.epoch = WINDOWS_EPOCH
        relations: dict[str, str] = {}
        for tag, attributes, text in self._elements(_WORKBOOK):
            if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = MAC_EPOCH
            elif tag == "sheet":
                key = next(v for k, v in attributes.items() if k.endswith(":id"))
                relations[attributes["name"]] = key
            elif tag == "definedName" and "localSheetId" not in attributes:
                self._add_name(attributes, text)
        targets = {
            attributes["Id"]: attributes["Target"]
            for tag, attributes, _ in self._elements("xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        self._parts = {name: _part(targets[key]) for name, key in relations.items()}
        self._sheets: dict[str, Sheet] = {}

    def _add_name(self, attributes: dict[str, str], text: str) -> None:
        name = attributes["name"]
        if any(name.casefold() == known.casefold() for known in self.defined_names):
            self.repeated_names.append(name)
        self.defined_names[name] = DefinedName(name, attr_text=text)

    @property
    def sheetnames(self) -> list[str]:
        """The titles of the sheets in their order."""
        return list(self._parts)

    @cached_property
    def properties(self) -> dict[str, str]:
        """What the document says of itself: title, keywords and the like."""
        if _PROPERTIES not in self._archive.namelist():
            return {}
        return {tag: text for tag, _, text in self._elements(_PROPERTIES)}

    def sheet(self, title: str) -> Sheet:
        """The cells of a sheet."""
        if title not in self._sheets:
            self._sheets[title] = self._read(self._parts[title])
        return self._sheets[title]

    def _read(self, part: str) -> Sheet:
        sheet = Sheet()
        shared: dict[str, Translator] = {}
        for cell in _Cells().parsed(self._archive.read(part)):
            formula = _formula(cell, shared)
            value = self._value(cell)
            if value is not None:
                sheet.values[cell.address] = value
            if formula is not None or value is not None:
                sheet.formulas[cell.address] = value if formula is None else formula
        return sheet

    def _value(self, cell: _Cell) -> Any:
        if cell.kind == "inlineStr":
            return cell.inline or None
        text = cell.value
        if text is None or text == "":
            return None
        kinds: dict[str, Callable[[str], Any]] = {
            "s": lambda number: self._texts[int(number)],
            "b": lambda flag: flag in ("1", "true"),
            "str": _unescaped,
            "e": _unescaped,
            "d": from_ISO8601,
        }
        if cell.kind in kinds:
            return kinds[cell.kind](text)
        return self._number(text, cell.style)

    def _number(self, text: str, style: int) -> Any:
        number = int(text) if _WHOLE.fullmatch(text) else float(text)
        kind = self._formats[style] if style < len(self._formats) else ""
        if not kind:
            return number
        try:
            return from_excel(number, self.epoch, timedelta=kind == "span")
        except (OverflowError, ValueError):
            return "#VALUE!"  # a number that is no date, in a cell for dates

    @cached_property
    def _texts(self) -> list[str]:
        """The texts that cells refer to by number."""
        name = "xl/sharedStrings.xml"
        if name not in self._archive.namelist():
            return []
        return _Texts().parsed(self._archive.read(name))

    @cached_property
    def _formats(self) -> list[str]:
        """What each style of a cell shows: "date", "span" of time, or "" for plain numbers."""
        if _STYLES not in self._archive.namelist():
            return []
        own: dict[int, str] = {}
        found: list[str] = []
        for tag, attributes, _ in self._elements(_STYLES, within="cellXfs"):
            if tag == "numFmt":
                own[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif tag == "cellXfs/xf":
                number = int(attributes.get("numFmtId", 0))
                code = own.get(number) or BUILTIN_FORMATS.get(number) or "General"
                is_span = is_timedelta_format(code)
                found.append("span" if is_span else "date" if is_date_format(code) else "")
        return found

    def _elements(
        self, part: str, within: str | None = None
    ) -> Iterator[tuple[str, dict[str, str], str]]:
        """The elements of a small part: tag, attributes, text; of one tag with its parent's."""
        found: list[tuple[str, dict[str, str], list[str]]] = []
        stack: list[tuple[str, dict[str, str], list[str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            local = tag.rpartition(":")[2]
            if within is not None and stack and stack[-1][0] == within:
                local = f"{within}/{local}"
            stack.append((local, attributes, []))
            found.append(stack[-1])

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = lambda _: stack.pop()
        parser.CharacterDataHandler = lambda text: stack[-1][2].append(text) if stack else None
        parser.Parse(self._archive.read(part), True)  # positional in expat
        for tag, attributes, texts in found:
            yield tag, attributes, "".join(texts)


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


@dataclass
class _Cell:
    """A cell as the file has it."""

    address: str
    kind: str
    style: int
    value: str | None = None
    formula: str | None = None
    group: str | None = None  # of cells that share one formula
    inline: str = ""


class _Cells:
    """Collects the cells of a sheet; one without an address stands beside the one before."""

    def __init__(self) -> None:
        self._found: list[_Cell] = []
        self._cell: _Cell | None = None
        self._text: list[str] | None = None
        self._row = 0
        self._column = 0

    def parsed(self, content: bytes) -> list[_Cell]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(content, True)  # positional in expat
        return self._found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif local == "c":
            self._open(attributes)
        elif local in ("v", "f", "t") and self._cell is not None:
            self._text = []
            if local == "f" and attributes.get("t") == "shared":
                self._cell.group = attributes.get("si", "")

    def _open(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        if address is None:
            self._column += 1
            address = f"{_letters(self._column)}{self._row}"
        else:
            self._column = _number_of(address.rstrip("0123456789"))
        kind, style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self._cell = _Cell(address, kind, style)
        self._found.append(self._cell)

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            self._cell = None
        elif local in ("v", "f", "t") and self._cell is not None and self._text is not None:
            text = "".join(self._text)
            self._text = None
            if local == "v":
                self._cell.value = text
            elif local == "f":
                self._cell.formula = text
            else:
                self._cell.inline += _unescaped(text)


class _Texts:
    """Collects shared texts; how a part is pronounced is no part of it."""

    def __init__(self) -> None:
        self._found: list[str] = []
        self._parts: list[str] = []
        self._takes = False
        self._aside = False

    def parsed(self, content: bytes) -> list[str]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = lambda text: self._parts.append(text) if self._takes else None
        parser.Parse(content, True)  # positional in expat
        return self._found

    def _start(self, tag: str, _: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "si":
            self._parts = []
        elif local == "rPh":
            self._aside = True
        self._takes = local == "t" and not self._aside

    def _end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        self._takes = False
        if local == "rPh":
            self._aside = False
        elif local == "si":
            self._found.append(_unescaped("".join(self._parts)))


def _formula(cell: _Cell, shared: dict[str, Translator]) -> str | None:
    """The formula of a cell with its equals sign; one that is shared, as its cell has it."""
    if cell.group is None:
        return None if not cell.formula else f"={cell.formula}"
    if cell.formula:
        shared[cell.group] = Translator(f"={cell.formula}", cell.address)
        return f"={cell.formula}"
    return str(shared[cell.group].translate_formula(cell.address))


def _unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which the format writes as _x0007_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
