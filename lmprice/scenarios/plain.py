"""What a scenario looks like where its author says no more: names become titles.

A field that is a ``float``, a date, a few words or a list of rows needs no term, and a scenario
needs no template: its first result is what a workbook and a chart show over its first input.
"""

from __future__ import annotations

import datetime
import inspect
import re
from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

from lmprice.language.dates import date_term
from lmprice.language.terms import Choice, Term, Text, term_or_choice
from lmprice.scenarios.template import Answer, Around, Curves, Sensitivity, Span, Template

_STEP = 0.1
_MOST_FIGURES = 6


def title_of(name: str) -> str:
    """A name as a title: "gpu_hours" is "Gpu hours"."""
    return name.replace("_", " ").capitalize()


def plain_text(name: str) -> Text:
    """A name as a title in both languages."""
    return Text(title_of(name), title_of(name))


def plain_term(name: str) -> Term:
    """The term of a number that has none."""
    return Term.plain(title_of(name))


def cell_term(name: str, annotation: Any) -> Term | Choice:
    """The term behind the annotation of a field that is one cell, or one made of its name."""
    if get_origin(annotation) is Literal:
        options = {str(word): plain_text(str(word)) for word in get_args(annotation)}
        return Choice(plain_text(name), Text("", ""), options)
    if annotation in (float, int):
        return plain_term(name)
    if annotation is datetime.date:
        return date_term(plain_text(name), Text("", ""))
    return term_or_choice(annotation)


def plain_template(
    name: str, about: str | None, inputs: Sequence[str], results: Sequence[str]
) -> Template:
    """A template that shows the first results over the first inputs."""
    title = plain_text(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name))
    first = inputs[0] if inputs else ""
    second = inputs[1] if len(inputs) > 1 else first
    down, across = (Around((key,), _STEP) for key in (first, second))
    text = inspect.cleandoc(about or "")
    return Template(
        name=title.en.replace(" ", "-").lower(),
        version=1,
        title=title,
        about=Text(text, text),
        example=Text("", ""),
        sensitivity=Sensitivity(results[0], down, across),
        curves=Curves(title, Span((first,), (first,), (first,)), (results[0],)),
        answer=Answer(tuple(results[:_MOST_FIGURES])),
    )
