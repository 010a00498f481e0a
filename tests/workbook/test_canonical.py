"""Canonical XML, against the program of libxml2 (exclusive, without comments)."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lmprice.workbook.canonical import canonical

DOCUMENTS = [
    "<a/>",
    '<?xml version="1.0"?>\n<a y="2" x="1" >\n <b/> text </a>\n',
    '<a q="&quot;\'&gt;&lt;&amp;" r="&#13;&#10;&#9;"> &gt; &lt; &amp; &quot; &#13; </a>',
    "<a>before<!-- a comment -->after<![CDATA[<x> & ]]></a>",
    # A default namespace that is taken back, and one that is declared again.
    '<a xmlns="urn:u"><b xmlns=""><c xmlns="urn:u"/><d/></b><b xmlns="urn:u"/></a>',
    # Prefixes: declared where they are used, not where they were declared.
    '<a xmlns:p="urn:u" xmlns:q="urn:v" xmlns:r="urn:w"><p:b/><b q:x="1" p:x="2" x="3"/></a>',
    '<p:a xmlns:p="urn:u"><p:b xmlns:p="urn:v" p:x="1"><p:c/></p:b><p:d/></p:a>',
    # Attributes stand in order of namespace, not of prefix.
    '<a xmlns:a="urn:z" xmlns:z="urn:a" a:x="1" z:x="2" b="3" xml:space="preserve"/>',
    '<a xmlns:p="urn:u?a=%25s"><p:b c="%s 50%">%d</p:b><p:b c="%%"/></a>',
    "<价格 单位='美元'>一百</价格>",
]


def libxml2(document: str) -> str:
    tree = etree.fromstring(document.encode()).getroottree()
    text: bytes = etree.tostring(tree, method="c14n", exclusive=True, with_comments=False)
    return text.decode()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_hard_cases(document: str) -> None:
    assert canonical(document) == libxml2(document)


names = st.sampled_from(["a", "b", "p:a", "p:c", "q:a"])
texts = st.text(st.sampled_from(list("ab &<>\"'\t\n%价")), max_size=4)
# No two prefixes mean one namespace, so that no two names of attributes are one.
spaces = st.fixed_dictionaries(
    {},
    optional={
        "xmlns": st.sampled_from(["", "urn:r", "urn:s"]),
        "xmlns:p": st.sampled_from(["urn:t", "urn:u"]),
        "xmlns:q": st.sampled_from(["urn:v", "urn:w"]),
    },
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """An element; its prefixes are declared in it or above."""
    name = draw(names)
    attributes = {**draw(spaces), **draw(st.dictionaries(names, texts, max_size=3))}
    tag = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    inside = [] if depth == 0 else draw(st.lists(elements(depth - 1), max_size=3))
    text = "".join(part + escape(draw(texts)) for part in inside)
    return f"<{name}{tag}>{text}</{name}>"


@given(elements())
def test_any_document(element: str) -> None:
    document = f'<top xmlns:p="urn:u" xmlns:q="urn:v">{element}</top>'
    assert canonical(document) == libxml2(document)
