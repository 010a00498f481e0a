"""What a figure says, as tests ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox


def the_axes(figure: Figure) -> Axes:
    (axes,) = figure.axes
    return axes


def title(figure: Figure) -> str:
    return _text(figure, "title")


def subtitle(figure: Figure) -> str:
    return _text(figure, "subtitle")


def _text(figure: Figure, name: str) -> str:
    (found,) = [text.get_text() for text in figure.texts if text.get_gid() == name]
    return found.replace("\n", " ")


def line(figure: Figure, label: str) -> Any:
    """A line by its label; the data of lines have a type too wide to work with."""
    (found,) = [line for line in the_axes(figure).lines if line.get_label() == label]
    return found


def notes(figure: Figure) -> list[str]:
    """What is written into the chart."""
    return [text.get_text() for text in the_axes(figure).texts]


def all_texts(figure: Figure) -> list[Text]:
    """Every text that is drawn; ticks beyond the limits of an axis are there, but not drawn."""
    hidden = {id(label) for axes in figure.axes for label in _hidden(axes)}
    found = figure.findobj(lambda part: isinstance(part, Text) and part.get_visible())
    return [
        text
        for text in found
        if isinstance(text, Text) and text.get_text() and id(text) not in hidden
    ]


def _hidden(axes: Axes) -> Iterator[Text]:
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        room = 1e-9 * (high - low)
        for tick in axis.get_major_ticks():
            if not low - room <= tick.get_loc() <= high + room:
                yield from (tick.label1, tick.label2)


def clipped(figure: Figure) -> list[str]:
    """Texts that reach over the edge of the figure."""
    figure.draw_without_rendering()
    page = figure.bbox
    return [
        text.get_text()
        for text in all_texts(figure)
        if _is_beyond(text, page.x0 - 1, page.y0 - 1, page.x1 + 1, page.y1 + 1)
    ]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    """Pairs of texts that are written over each other."""
    figure.draw_without_rendering()
    boxes = [(_box(text), text.get_text()) for text in all_texts(figure)]
    return [
        (mine, other)
        for number, (box, mine) in enumerate(boxes)
        for others, other in boxes[number + 1 :]
        if box.x0 + 1 < others.x1
        and others.x0 + 1 < box.x1
        and box.y0 + 1 < others.y1
        and others.y0 + 1 < box.y1
    ]


def _box(text: Text) -> Bbox:
    # The line of an annotation is no part of its text.
    return (
        Text.get_window_extent(text) if isinstance(text, Annotation) else text.get_window_extent()
    )


def _is_beyond(text: Text, x0: float, y0: float, x1: float, y1: float) -> bool:
    box = _box(text)
    return bool(box.x0 < x0 or box.y0 < y0 or box.x1 > x1 or box.y1 > y1)
