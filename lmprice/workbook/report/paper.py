"""A report on A4 paper: the answer with its charts, then tables whose heads are repeated.

Lengths are in points.  What a report has is a row of pieces, each as high as it is; a page takes as
many as fit, and the last page is not left with a few rows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lmprice.output.palette import ACCENT, INK, LINE, MUTED
from lmprice.output.printing import text_width
from lmprice.workbook.report.content import (
    Figure,
    Grid,
    answer,
    figures,
    grids,
    pictures,
    remarks,
)
from lmprice.workbook.style import (
    BEST_FILL,
    BEST_INK,
    CAUTION_FILL,
    CAUTION_INK,
    SECTION_FILL,
    WRONG_FILL,
    WRONG_INK,
)
from lmprice.workbook.summaries import Evaluated

WIDE, HIGH = 595.3, 841.9
EDGE, TOP, BOTTOM = 45.0, 45.0, 60.0
ROOM, TALL = WIDE - 2 * EDGE, HIGH - TOP - BOTTOM
LEADING = 1.35  # the height of a line, in sizes of its letters
LETTER, BOLD = 0.58, 0.67  # the width of a letter, in sizes
PAD = 4.0
NAMED = 0.5, 0.18, 0.32  # shares of the room: a name, its number, its unit
LEAST_WIDE = 55.0
LEAST_PICTURE = 0.62  # of the room across
DOTS = 200
CLOSING, OPENING = "，。、；：）”", "（“"  # which begin no line, or end none
FEW = 8  # pieces that a last page has at least
TINTS = {
    "good": (BEST_FILL, BEST_INK),
    "caution": (CAUTION_FILL, CAUTION_INK),
    "bad": (WRONG_FILL, WRONG_INK),
}


@dataclass(frozen=True)
class Piece:
    """Something as high as it is; ``head`` stands above it at the top of another page."""

    height: float
    draw: Callable[[Sheet, float], None]
    head: Piece | None = None
    stays: bool = False  # with what follows it


class Sheet:
    """A page on which points are counted from its upper left corner."""

    def __init__(self, lang: str) -> None:
        from matplotlib.figure import Figure as Canvas

        self.figure = Canvas(figsize=(WIDE / 72, HIGH / 72))
        self.axes: Any = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDE)
        self.axes.set_ylim(HIGH, 0)
        self.axes.set_axis_off()
        self.lang = lang

    def text(
        self, x: float, y: float, text: str, size: float, *, ink: str = INK,
        bold: bool = False, side: str = "left",
    ) -> None:  # fmt: skip
        """A line of text whose letters stand below ``y``."""
        self.axes.text(
            x, y + size, text, fontsize=size, color=f"#{ink}", ha=side, va="baseline",
            fontweight="bold" if bold else "normal", fontfamily=_fonts(self.lang),
            parse_math=False,  # a name may have dollar signs
        )  # fmt: skip

    def band(self, y: float, width: float, height: float, fill: str) -> None:
        """A tinted stripe."""
        from matplotlib.patches import Rectangle

        self.axes.add_patch(Rectangle((EDGE, y), width, height, facecolor=f"#{fill}", linewidth=0))

    def line(self, y: float, width: float) -> None:
        """A thin line."""
        self.axes.plot((EDGE, EDGE + width), (y, y), color=f"#{LINE}", linewidth=0.5)

    def foot(self, left: str, right: str) -> None:
        """What stands at the foot of the page."""
        self.text(EDGE, HIGH - 40, left, 8, ink=MUTED)
        self.text(WIDE - EDGE, HIGH - 40, right, 8, ink=MUTED, side="right")

    def picture(self, y: float, image: Any, width: float, height: float) -> None:
        """A picture in the middle."""
        left = (WIDE - width) / 2
        place = (left / WIDE, 1 - (y + height) / HIGH, width / WIDE, height / HIGH)
        axes = self.figure.add_axes(place)
        axes.imshow(image, aspect="auto")
        axes.set_axis_off()


def pdf(file: Evaluated) -> bytes:
    """The report as a PDF."""
    from matplotlib.backends.backend_pdf import PdfPages

    opening = list(_opening(file))
    first = [*opening, *_pictures(file, TALL - sum(piece.height for piece in opening))]
    pages = [*_pages(first), *_pages([piece for grid in grids(file) for piece in _grid(grid)])]
    buffer = io.BytesIO()
    title = answer(file).title
    with PdfPages(buffer, metadata={"CreationDate": None, "Title": title}) as paper:
        for number, pieces in enumerate(pages, 1):
            sheet, y = Sheet(file.lang), TOP
            for piece in pieces:
                piece.draw(sheet, y)
                y += piece.height
            sheet.foot(title, f"{number} / {len(pages)}")
            paper.savefig(sheet.figure)
    return buffer.getvalue()


def _pages(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces page by page, on pages that are less full where the last had a few rows alone."""
    pages = _filled(pieces, TALL)
    if len(pages) > 1 and len(pages[-1]) < FEW:
        total = sum(piece.height for page in pages for piece in page)
        for share in (1.02, 1.05, 1.1, 1.2):
            fuller = _filled(pieces, min(TALL, total / len(pages) * share))
            if len(fuller) == len(pages):
                return fuller
    return pages


def _filled(pieces: Sequence[Piece], room: float) -> list[list[Piece]]:
    pages: list[list[Piece]] = []
    page: list[Piece] = []
    used = 0.0
    for number, piece in enumerate(pieces):
        needed = piece.height + _kept(pieces, number)
        if page and used + needed > room:
            pages.append(page)
            page = [piece.head] if piece.head else []
            used = sum(above.height for above in page)
        page.append(piece)
        used += piece.height
    return [*pages, page] if page else pages


def _kept(pieces: Sequence[Piece], number: int) -> float:
    """How high what has to stand on the same page below a piece is."""
    height = 0.0
    while pieces[number].stays and number + 1 < len(pieces):
        number += 1
        height += pieces[number].height
    return height


def _opening(file: Evaluated) -> Iterator[Piece]:
    """Title, verdict, figures and remarks."""
    title, said, tone, source = answer(file)
    yield from _lines(title, 18, ink=ACCENT, bold=True)
    yield Piece(6, _nothing)
    if said:
        yield _verdict(said, *TINTS.get(tone, (SECTION_FILL, INK)))
    yield from _lines(source, 8, ink=MUTED)
    found = figures(file)
    if found:
        yield _tiles(found)
    for heading, lines in remarks(file):
        yield _heading(heading)
        for line in lines:
            yield from _lines(line, 9)
    yield Piece(10, _nothing)


def _nothing(sheet: Sheet, y: float) -> None:
    """What room is made of."""


def _lines(text: str, size: float, *, ink: str = INK, bold: bool = False) -> Iterator[Piece]:
    """The lines of a text, each a piece."""
    for part in _wrapped(text, ROOM, size):

        def draw(sheet: Sheet, y: float, part: str = part) -> None:
            sheet.text(EDGE, y, part, size, ink=ink, bold=bold)

        yield Piece(size * LEADING, draw)


def _verdict(said: str, fill: str, ink: str) -> Piece:
    """The answer on its tint."""
    size = 12.0
    parts = _wrapped(said, ROOM - 20, size, BOLD)
    height = len(parts) * size * LEADING + 16

    def draw(sheet: Sheet, y: float) -> None:
        sheet.band(y, ROOM, height, fill)
        for number, part in enumerate(parts):
            at = y + 8 + number * size * LEADING
            sheet.text(EDGE + 10, at, part, size, ink=ink, bold=True)

    return Piece(height + 6, draw)


def _tiles(found: Sequence[Figure]) -> Piece:
    """The figures beside each other: what each is, the number, its unit."""
    wide = ROOM / len(found)
    labels = [_wrapped(figure.label, wide - 6, 7) for figure in found]
    units = [_wrapped(figure.unit, wide - 6, 7) for figure in found]
    above = max(map(len, labels)) * 7 * LEADING
    below = max(map(len, units)) * 7 * LEADING
    longest = max(text_width(figure.value) for figure in found)
    size = min(15.0, (wide - 8) / (longest * BOLD))

    def draw(sheet: Sheet, y: float) -> None:
        for number, figure in enumerate(found):
            middle = EDGE + (number + 0.5) * wide
            for line, part in enumerate(labels[number]):
                sheet.text(middle, y + 8 + line * 7 * LEADING, part, 7, ink=MUTED, side="center")
            at = y + 10 + above
            sheet.text(middle, at, figure.value, size, ink=ACCENT, bold=True, side="center")
            for line, part in enumerate(units[number]):
                under = at + 20 + line * 7 * LEADING
                sheet.text(middle, under, part, 7, ink=MUTED, side="center")

    return Piece(above + below + 38, draw)


def _heading(text: str) -> Piece:
    def draw(sheet: Sheet, y: float) -> None:
        sheet.text(EDGE, y + 14, text, 11, ink=ACCENT, bold=True)

    return Piece(33, draw, stays=True)


def _pictures(file: Evaluated, left: float) -> Iterator[Piece]:
    """The charts below each other, all on the first page where they can be seen so."""
    from matplotlib.image import imread

    images = [imread(io.BytesIO(picture)) for picture in pictures(file, DOTS)]
    ratios = [image.shape[0] / image.shape[1] for image in images]
    gap = 8.0
    width = min(ROOM, (left - gap * len(images)) / sum(ratios)) if images else ROOM
    if width < LEAST_PICTURE * ROOM:
        width = ROOM
    for image, ratio in zip(images, ratios, strict=True):

        def draw(sheet: Sheet, y: float, image: Any = image, height: float = width * ratio) -> None:
            sheet.picture(y, image, width, height)

        yield Piece(width * ratio + gap, draw)


def _grid(grid: Grid) -> Iterator[Piece]:
    """A table: its heading, its heads, and a piece for each row."""
    size = 8.0 if len(grid.heads) <= 6 else 6.5
    widths = _widths(grid, size)
    heads = _row(grid, grid.heads, widths, size, fill=ACCENT, ink="FFFFFF")
    yield _heading(grid.title)
    yield heads
    for number, row in enumerate(grid.rows):
        look = {"fill": BEST_FILL, "ink": BEST_INK} if number == grid.best else {}
        piece = _row(grid, row, widths, size, **look)
        yield Piece(piece.height, piece.draw, head=heads, stays=number == 0 and len(grid.rows) > 1)


def _widths(grid: Grid, size: float) -> list[float]:
    """As wide as the longest line of each column needs; names with their numbers are all alike."""
    if grid.numbers == (False, True, False):
        return [ROOM * share for share in NAMED]
    widths = []
    for number, head in enumerate(grid.heads):
        longest = max((text_width(row[number]) for row in grid.rows), default=0)
        words = max(text_width(word) for word in _words(head))
        letters = min(40.0, max(longest, words, text_width(head) / 2))
        widths.append(max(LEAST_WIDE, letters * size * BOLD + 2 * PAD))
    return [width * min(1.0, ROOM / sum(widths)) for width in widths]


def _row(
    grid: Grid, row: Sequence[str], widths: Sequence[float], size: float,
    *, fill: str | None = None, ink: str = INK,
) -> Piece:  # fmt: skip
    """A row of a table, its texts on as many lines as they take."""
    letter = LETTER if fill is None else BOLD
    cells = [
        _wrapped(text, width - 2 * PAD, size, letter)
        for text, width in zip(row, widths, strict=True)
    ]
    height = max(map(len, cells)) * size * LEADING + 4
    stays = fill == ACCENT

    def draw(sheet: Sheet, y: float) -> None:
        if fill:
            sheet.band(y, sum(widths), height, fill)
        left = EDGE
        for parts, width, is_number in zip(cells, widths, grid.numbers, strict=True):
            x, side = (left + width - PAD, "right") if is_number else (left + PAD, "left")
            for number, part in enumerate(parts):
                at = y + 1.5 + number * size * LEADING
                sheet.text(x, at, part, size, ink=ink, bold=fill is not None, side=side)
            left += width
        sheet.line(y + height, sum(widths))

    return Piece(height, draw, stays=stays)


def _wrapped(text: str, room: float, size: float, letter: float = LETTER) -> list[str]:
    """The lines that a text takes; between words, or anywhere in a word that is too long."""
    most = max(room / (size * letter), 2.0)
    lines, line = [], ""
    for word in _words(" ".join(text.split())):
        if line and text_width((line + word).rstrip()) > most:
            lines.append(line.rstrip())
            line = ""
        line += word
        while text_width(line.rstrip()) > most:
            fits = max(n for n in range(1, len(line)) if n == 1 or text_width(line[:n]) <= most)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line.rstrip()] if line or not lines else lines


def _words(text: str) -> Iterator[str]:
    """The parts of a text between which a line may end: words, and each Chinese character."""
    word = ""
    for character in text:
        is_wide = text_width(character) > 1
        if word and is_wide and character not in CLOSING and word[-1] not in OPENING:
            yield word
            word = ""
        word += character
        if character == " ":
            yield word
            word = ""
    if word:
        yield word


def _fonts(lang: str) -> list[str]:
    chinese = ["Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei"]
    return [*chinese, "DejaVu Sans"] if lang == "zh" else ["DejaVu Sans"]
