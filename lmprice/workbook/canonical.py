"""Canonical XML: the same text for the same content, whoever wrote it.

The rules are those of Canonical XML 2.0 (W3C, 2013) with its default parameters, as
``xml.etree.ElementTree.canonicalize`` has them: attributes in order of namespace and name, a
namespace declared where a name first needs it, empty elements with an end tag, no comments.  A
sheet has thousands of elements of few shapes (name and names of attributes), so the start tag of a
shape is put in order once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

_XML = {"xml": "http://www.w3.org/XML/1998/namespace"}
_IN_TEXT = {"\r": "&#xD;"}
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\r": "&#xD;", "\n": "&#xA;", "\t": "&#x9;"}
)
_SPECIAL = re.compile(r'[&<>"\r\n\t]')


def canonical(text: str) -> str:
    """The canonical form of an XML document without processing instructions."""
    parts: list[str] = []
    scopes = [_Scope(_XML, {"": "", **_XML})]

    def start(name: str, flat: list[str]) -> None:
        tag = scopes[-1].tag(name, flat)
        values = [flat[place] for place in tag.order]
        if _SPECIAL.search("".join(values)):
            values = [value.translate(_IN_ATTRIBUTE) for value in values]
        parts.append(tag.text % tuple(values))
        scopes.append(tag.inside)

    def end(name: str) -> None:
        scopes.pop()
        parts.append(f"</{name}>")

    def content(characters: str) -> None:
        parts.append(escape(characters, _IN_TEXT))

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = content
    parser.Parse(text, True)
    return "".join(parts)


class _Tag(NamedTuple):
    """The start tag of a shape."""

    text: str  # with a place for each value
    order: list[int]  # where the values stand among what the parser gives
    inside: _Scope


class _Scope:
    """The namespaces by prefix within an element, and the start tags that were seen there."""

    def __init__(self, declared: Mapping[str, str], written: Mapping[str, str]) -> None:
        self._declared = declared  # in the XML as it was read
        self._written = written  # in the canonical text
        self._tags: dict[tuple[str, ...], _Tag] = {}

    def tag(self, name: str, flat: list[str]) -> _Tag:
        """The start tag of an element with these attributes: names and values in turn."""
        shape = (name, *flat[::2])
        tag = self._tags.get(shape)
        if tag is None:
            own = {key[6:]: uri for key, uri in _pairs(flat) if _declares(key)}
            tag = self._new_tag(name, flat, {**self._declared, **own})
            if not own:  # the values of a declaration are no part of the shape
                self._tags[shape] = tag
        return tag

    def _new_tag(self, name: str, flat: list[str], declared: Mapping[str, str]) -> _Tag:
        def place(at: int) -> tuple[str, str]:
            prefix, colon, local = flat[at].rpartition(":")
            return declared.get(prefix, "") if colon else "", local

        plain = [at for at in range(0, len(flat), 2) if not _declares(flat[at])]
        prefixes = {_prefix(name), *(_prefix(flat[at]) for at in plain if ":" in flat[at])}
        fresh = {
            prefix: declared.get(prefix, "")
            for prefix in sorted(prefixes)
            if self._written.get(prefix) != declared.get(prefix, "")
        }
        order = sorted(plain, key=place)
        text = f"<{name}"
        for prefix, uri in fresh.items():
            text += f' xmlns{":" if prefix else ""}{prefix}="{uri.translate(_IN_ATTRIBUTE)}"'
        text = text.replace("%", "%%")
        text += "".join(f' {flat[at]}="%s"' for at in order) + ">"
        is_same = declared == self._declared and not fresh
        inside = self if is_same else _Scope(declared, {**self._written, **fresh})
        return _Tag(text, [at + 1 for at in order], inside)


def _pairs(flat: list[str]) -> zip[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _declares(key: str) -> bool:
    return key == "xmlns" or key.startswith("xmlns:")


def _prefix(name: str) -> str:
    return name.rpartition(":")[0]
