"""What all charts have in common: style, fonts, numbers on axes, labels that do not overlap."""

from __future__ import annotations

import functools
import io
import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.ticker import Formatter, LogLocator, MaxNLocator, NullLocator

from lmprice.language.arrays import Array
from lmprice.language.checks import check_kind, file_path
from lmprice.language.errors import PricingError
from lmprice.language.terms import LANGUAGES, Term, Text
from lmprice.output.files import write
from lmprice.output.palette import GRID, INK, MUTED, SERIES
from lmprice.output.printing import labelled, shown, text_width

P = ParamSpec("P")
FORMATS = ("png", "svg", "pdf")
# The first that is installed is used: Linux, Windows, macOS.
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Noto Sans CJK JP",  # the name under which some systems have the whole collection
    "Microsoft YaHei",
    "SimHei",
    "DengXian",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Arial Unicode MS",
)
WIDTH, HEIGHT = 8.0, 4.8  # inches
DPI = 150
TITLE_WIDTH, SUBTITLE_WIDTH = 66, 98  # digits
ROW_GAP = 0.062  # of labels one above the other, as a share of the axes

# Lines are told apart by dash and, beyond four of them, by marker: colour is not needed.
Dash = str | tuple[float, tuple[float, ...]]
DASHES: tuple[Dash, ...] = ("-", (0, (6, 2)), (0, (1, 1.2)), (0, (7, 2, 1.2, 2)))
MARKERS = ("", "o", "s", "^", "D", "v")

_STYLE: dict[str, Any] = {
    "font.size": 10,
    "text.color": f"#{INK}",
    "text.parse_math": False,  # two dollar signs are no formula
    "axes.edgecolor": f"#{MUTED}",
    "axes.labelcolor": f"#{MUTED}",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": f"#{GRID}",
    "grid.linewidth": 0.7,
    "xtick.color": f"#{MUTED}",
    "ytick.color": f"#{MUTED}",
    "lines.linewidth": 2,
    "lines.dash_capstyle": "butt",
    "hatch.linewidth": 0.8,
    "legend.frameon": False,
    "svg.hashsalt": "lmprice",  # the same file every time
}


def chart(make: Callable[P, Figure]) -> Callable[P, Figure]:
    """A function that makes a figure, in the style of the library and the language ``lang``."""

    @functools.wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> Figure:
        words = kwargs.get("words", str)
        if not callable(words):
            raise PricingError(make.__name__, "words", words, "is not a function")
        with _style(make.__name__, kwargs.get("lang", "en")):
            figure = make(*args, **kwargs)
            # Ticks and places are made when a figure is drawn first: not in another style.
            figure.draw_without_rendering()
            return figure

    return made


@contextmanager
def _style(owner: str, lang: object) -> Iterator[None]:
    """The style of the library, whatever that of the user, who gets it back."""
    if not isinstance(lang, str) or lang not in LANGUAGES:
        raise PricingError(owner, "lang", lang, f"is not one of {', '.join(LANGUAGES)}")
    installed = set(fontManager.get_font_names())
    chinese = [font for font in CHINESE_FONTS if font in installed][:1]
    if lang == "zh" and not chinese:
        rule = f"needs a Chinese font; install one of: {', '.join(CHINESE_FONTS)}"
        raise PricingError(owner, "lang", lang, rule)
    # An English chart too may have a Chinese name in it.
    families = ["DejaVu Sans", *chinese] if lang == "en" else [*chinese, "DejaVu Sans"]
    fonts = logging.getLogger("matplotlib.font_manager")
    fonts.addFilter(_is_worth_saying)
    try:
        with matplotlib.style.context(["default", {**_STYLE, "font.family": families}]):
            yield
    finally:
        fonts.removeFilter(_is_worth_saying)


def _is_worth_saying(record: logging.LogRecord) -> bool:
    """Not that a Chinese font has no bold letters."""
    return "font weight" not in record.getMessage()


def save(figure: Figure, path: str | Path, *, force: bool = False) -> Path:
    """Write a figure to a file; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    path : str or Path
        The file: its name ends in .png, .svg or .pdf.
    force : bool, default False
        Overwrite the file when it exists.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    PricingError
        The name of the file has another ending.
    FileExistsError
        The file exists and ``force`` is not given.

    Examples
    --------
    >>> from lmprice import simulate_pricing
    >>> from lmprice.plots import pricing_curve
    >>> figure = pricing_curve(simulate_pricing(range(101), 20, 10, fixed_cost=100))
    >>> save(figure, "profit.svg")  # doctest: +SKIP
    PosixPath('profit.svg')
    """
    check_kind("save", "figure", figure, Figure)
    path = file_path("save", "path", path)
    write(image(figure, image_format(path)), path, force=force)
    return path


def image_format(path: Path) -> str:
    """The format that the name of a file asks for; raises where it is none of those written."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        rule = f"does not end in one of {', '.join(f'.{known}' for known in FORMATS)}"
        raise PricingError("save", "path", path.name, rule)
    return kind


def image(figure: Figure, kind: str) -> bytes:
    """The bytes of a figure in a format, without the date and the program in them."""
    unwanted = {"png": ("Software",), "svg": ("Date", "Creator"), "pdf": ("CreationDate",)}
    content = io.BytesIO()
    with _style("save", "en"):
        figure.savefig(content, format=kind, metadata=dict.fromkeys(unwanted[kind]))
    return content.getvalue()


# The sheet -------------------------------------------------------------------------------------


def new_chart(
    title: str, subtitle: str = "", *, height: float = HEIGHT, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """A figure with its title, and what it says in a line or two below it, over empty axes.

    On axes of the user's own the title alone stands, and their figure stays as it is.
    """
    if ax is not None:
        return _given(ax, title)
    heads, lines = wrapped(title, TITLE_WIDTH), wrapped(subtitle, SUBTITLE_WIDTH)
    top = 0.16 + 0.24 * len(heads)
    header = top + 0.19 * len(lines) + (0.12 if lines else 0.02)
    height += header - 0.5
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    engine: Any = figure.get_layout_engine()
    engine.set(rect=(0.01, 0.01, 0.98, 1 - header / height - 0.01), w_pad=0.06, h_pad=0.06)
    figure.text(
        0.02, 1 - 0.14 / height, "\n".join(heads), fontsize=13, weight="bold", va="top"
    ).set_gid("title")
    if lines:
        note = figure.text(
            0.02, 1 - top / height, "\n".join(lines), fontsize=10, color=f"#{MUTED}", va="top"
        )
        note.set_gid("subtitle")
        note.set_linespacing(1.25)
    axes = figure.add_subplot()
    axes.tick_params(length=3)
    return figure, axes


def _given(ax: Axes, title: str) -> tuple[Figure, Axes]:
    """Axes of the user's own in the style of a chart."""
    if not isinstance(ax, Axes):
        raise PricingError("plots", "ax", ax, "is not one matplotlib.axes.Axes")
    ax.set_title("\n".join(wrapped(title, TITLE_WIDTH)), loc="left", weight="bold", pad=18)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(visible=True, color=f"#{GRID}", linewidth=0.7)
    ax.tick_params(length=3)
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure, ax


def wrapped(text: str, width: float) -> list[str]:
    """The lines of a text, broken at blanks and between Chinese characters."""
    lines = [""] if text else []
    for piece in _pieces(text):
        if lines[-1] and text_width((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def label_lines(text: str, width: float) -> str:
    """The same in lines of about the same length, none of them a last character alone."""
    lines = wrapped(text, width)
    for narrower in range(int(width) - 1, 0, -1):
        tried = wrapped(text, narrower)
        if len(tried) > len(lines) or max(map(text_width, tried)) > narrower:
            break
        lines = tried
    return "\n".join(lines)


def _pieces(text: str) -> Iterator[str]:
    """What a line may not break: words with the blank behind them, Chinese characters."""
    piece = ""
    for character, following in itertools.pairwise(f"{text} "):
        piece += character
        is_wide = text_width(character) > 1 or text_width(following) > 1
        closes = following in "，。；：、）”！？,.;:)"
        if (character == " " or is_wide) and not closes and character not in "（“":
            yield piece
            piece = ""
    if piece:
        yield piece


def y_title(axes: Axes, title: str) -> None:
    """Title and unit of the vertical axis, to be read without turning the head."""
    axes.set_ylabel(title, rotation=0, ha="left", va="bottom", y=1.02)


# Numbers on axes -------------------------------------------------------------------------------


class Numbers(Formatter):
    """Numbers on an axis: 1,000, 0.25 or 25 %, with the decimals that all of them need."""

    def __init__(self, *, is_fraction: bool = False) -> None:
        self.is_fraction = is_fraction

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        """One number, such as that under the pointer."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:  # noqa: D102
        numbers = np.asarray(values, dtype=np.float64) * (100 if self.is_fraction else 1)
        unit = " %" if self.is_fraction else ""
        size = float(np.max(np.abs(numbers), initial=0))
        if size >= 1e12 or 0 < size < 1e-3:
            return [with_minus(f"{number:.4g}{unit}") for number in numbers]
        digits = next((d for d in range(7) if _are_exact(numbers, d, size)), 7)
        texts = (f"{round(float(x), digits) + 0.0:,.{digits}f}{unit}" for x in numbers)
        return [with_minus(text) for text in texts]


class LogNumbers(Numbers):
    """Numbers on a logarithmic axis, each with the decimals that it needs: 100, 10, 1, 0.1."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:  # noqa: D102
        return [super(LogNumbers, self).format_ticks([value])[0] for value in values]


def _are_exact(numbers: Array, digits: int, size: float) -> bool:
    """Whether that many decimals say it all, but for rounding errors."""
    return bool(np.allclose(numbers, np.round(numbers, digits), rtol=0, atol=1e-9 * size))


def number_axis(axes: Axes, which: str, term: Term | None = None, *, is_log: bool = False) -> None:
    """Readable ticks on the "x" or "y" axis, for limits that are final."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    is_fraction = term is not None and term.is_fraction
    if is_log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    low, high = axis.get_view_interval()
    if is_log and high / low > 10:
        decades = np.log10(high / low)
        axis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 3.5 else (1,), numticks=9))
    else:
        axis.set_major_locator(MaxNLocator(nbins=4 if high >= 1e8 else 7, steps=[1, 2, 2.5, 5, 10]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter((LogNumbers if is_log else Numbers)(is_fraction=is_fraction))


def number_text(value: float, kind: Term) -> str:
    """A number as the text of a chart has it: 10 rather than 10.00."""
    return with_minus(shown(value, kind).removesuffix(".00"))


def with_minus(text: str) -> str:
    """The sign of a negative number as wide as a plus."""
    return text.replace("-", "−", 1) if text.startswith("-") else text


def axis_title(kind: Term, lang: str) -> str:
    """A title with its unit, which is left out where it says the same: hours."""
    is_same = kind.title(lang).casefold() == kind.unit(lang).casefold()
    return kind.title(lang) if is_same else labelled(kind, lang)


# Labels ----------------------------------------------------------------------------------------


def line_look(number: int, points: int = 0) -> dict[str, Any]:
    """How the line with a number looks: colour, dash, and a marker on some of its points."""
    marker = MARKERS[number // len(SERIES) % len(MARKERS)]
    look: dict[str, Any] = {
        "color": f"#{SERIES[number % len(SERIES)]}",
        "linestyle": DASHES[number % len(DASHES)],
    }
    every = {"marker": marker, "markevery": max(1, points // 8), "markersize": 5}
    return look | (every if marker else {})


def spread(positions: Sequence[float], gap: float, low: float = 0.0, high: float = 1.0) -> Array:
    """Positions moved as little as it takes to keep a gap between them, in the same order."""
    from scipy.optimize import isotonic_regression

    given = np.asarray(positions, dtype=np.float64)
    if not given.size:
        return given
    order = np.argsort(given, kind="stable")
    steps = gap * np.arange(given.size)
    moved = isotonic_regression(given[order] - steps).x
    placed = np.empty_like(given)
    placed[order] = np.clip(moved, low, max(low, high - steps[-1])) + steps
    return placed


def label_ends(axes: Axes, lines: Sequence[Line2D]) -> None:
    """Write the label of each line beside its last point."""
    axes.set_xlim(axes.get_xlim())
    axes.set_ylim(axes.get_ylim())
    ends = [end for line in lines if (end := _last_point(line)) is not None]
    known = [line for line in lines if _last_point(line) is not None]
    to_axes = axes.transAxes.inverted()
    heights = [float(to_axes.transform(axes.transData.transform(end))[1]) for end in ends]
    for line, end, height in zip(known, ends, spread(heights, ROW_GAP), strict=True):
        axes.annotate(
            str(line.get_label()),
            end,
            xytext=(1.045, float(height)),
            textcoords="axes fraction",
            va="center",
            color=line.get_color(),
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "relpos": (0, 0.5),
                "color": line.get_color(),
                "linewidth": 1,
                "shrinkA": 1,
                "shrinkB": 0,
            },
        )


def _last_point(line: Line2D) -> tuple[float, float] | None:
    points = np.asarray(line.get_xydata(), dtype=np.float64)
    known = points[np.isfinite(points).all(axis=1)]
    return (float(known[-1, 0]), float(known[-1, 1])) if len(known) else None


def both(en: str, zh: str, lang: str, **values: str) -> str:
    """A sentence in the language of the chart, with its values filled in."""
    return Text(en, zh)(lang).format(**values)
