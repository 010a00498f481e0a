"""What holds of every chart: language, style, room, files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

import lmprice
from lmprice import PricingError, plots
from lmprice.output.printing import text_width
from lmprice.plots import canvas
from tests.plots.charts import CHARTS, CURVE
from tests.plots.figures import all_texts, clipped, overlapping, title

IS_CHINESE = any(font in fontManager.get_font_names() for font in canvas.CHINESE_FONTS)
LANGUAGES = ["en", pytest.param("zh", marks=pytest.mark.skipif(not IS_CHINESE, reason="no font"))]


@pytest.mark.engine
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_room_for_its_words(name: str, lang: str) -> None:
    figure = CHARTS[name](lang)
    assert isinstance(figure, Figure)
    assert clipped(figure) == []
    assert overlapping(figure) == []
    assert title(figure)
    (axes,) = figure.axes
    assert axes.get_xlabel() or axes.get_ylabel()


@pytest.mark.skipif(not IS_CHINESE, reason="no Chinese font")
@pytest.mark.parametrize("name", CHARTS)
def test_chinese_charts_have_no_english_words(name: str) -> None:
    allowed = {"token", "GPU", "Leader", "Keeper", "Dear", "Slow", "skim", "penetrate", "We",
               "Nimbus", "Cirrus"}  # fmt: skip
    for text in all_texts(CHARTS[name]("zh")):
        ascii_only = "".join(c if c.isascii() and c.isalpha() else " " for c in text.get_text())
        assert set(ascii_only.split()) <= allowed, text.get_text()


@pytest.mark.parametrize("name", ["pricing_curve", "trend", "tornado"])
def test_the_style_of_the_user_changes_nothing(name: str, tmp_path: Path) -> None:
    first = plots.save(CHARTS[name]("en"), tmp_path / "first.svg").read_bytes()
    changed: Any = {
        "font.size": 30,
        "axes.facecolor": "red",
        "lines.linewidth": 9,
        "xtick.labelsize": 3,
    }
    with mpl.rc_context(changed):
        before = dict(mpl.rcParams)
        second = plots.save(CHARTS[name]("en"), tmp_path / "second.svg").read_bytes()
        assert dict(mpl.rcParams) == before
    assert first == second


@pytest.mark.engine
def test_pyplot_is_never_loaded() -> None:
    code = (
        "import sys, lmprice; from lmprice import plots; "
        "plots.pricing_curve(lmprice.simulate_pricing([1, 2], 2, 1)); "
        "print([m for m in ('matplotlib.pyplot', 'openpyxl', 'polars') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


@pytest.mark.engine
@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml"), ("a.pdf", b"%PDF")]
)
def test_save(tmp_path: Path, name: str, start: bytes) -> None:
    figure = plots.pricing_curve(CURVE)
    path = plots.save(figure, tmp_path / name)
    content = path.read_bytes()
    assert content.startswith(start)
    with pytest.raises(FileExistsError, match="exists already"):
        plots.save(figure, path)
    again = plots.save(plots.pricing_curve(CURVE), str(path), force=True)
    assert again.read_bytes() == content
    assert [child.name for child in tmp_path.iterdir()] == [name]


def test_save_refuses_other_formats(tmp_path: Path) -> None:
    rule = r"save: path 'a\.gif' does not end in one of \.png, \.svg, \.pdf"
    with pytest.raises(PricingError, match=rule):
        plots.save(plots.pricing_curve(CURVE), tmp_path / "a.gif")


def test_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PricingError, match="pricing_curve: lang 'fr' is not one of en, zh"):
        plots.pricing_curve(CURVE, lang="fr")
    monkeypatch.setattr(fontManager, "ttflist", [
        font for font in fontManager.ttflist if font.name == "DejaVu Sans"
    ])  # fmt: skip
    with pytest.raises(PricingError, match="'zh' needs a Chinese font; install one of: Noto Sans"):
        plots.pricing_curve(CURVE, lang="zh")
    assert title(plots.pricing_curve(CURVE)) == "Cost, revenue and profit by quantity"


def test_without_matplotlib() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; import lmprice; lmprice.plots"
    done = subprocess.run([sys.executable, "-c", code], check=False, text=True, capture_output=True)
    last = done.stderr.splitlines()[-1]
    assert last == "ModuleNotFoundError: charts need matplotlib: pip install 'lmprice[plot]'"


def test_plots_is_lazy() -> None:
    assert lmprice.plots is plots
    assert set(plots.__all__) <= set(dir(plots))


@pytest.mark.parametrize(
    ("values", "is_fraction", "texts"),
    [
        ([0, 500, 1000], False, ["0", "500", "1,000"]),
        ([0, 0.25, 0.5], False, ["0.00", "0.25", "0.50"]),
        ([-2.5, 0, 2.5], False, ["−2.5", "0.0", "2.5"]),
        ([0.1 + 0.2, 0.4], False, ["0.3", "0.4"]),
        ([0, 1.5e-6, 3e-6], False, ["0", "1.5e-06", "3e-06"]),
        ([0, 2e12], False, ["0", "2e+12"]),
        ([-0.5, 0, 0.5], True, ["−50 %", "0 %", "50 %"]),
        ([0.005, 0.01], True, ["0.5 %", "1.0 %"]),
    ],
)
def test_numbers_on_axes(values: list[float], is_fraction: bool, texts: list[str]) -> None:
    assert canvas.Numbers(is_fraction=is_fraction).format_ticks(values) == texts


def test_numbers_on_logarithmic_axes() -> None:
    ticks = canvas.LogNumbers()
    assert ticks.format_ticks([0.01, 1, 2.5, 1000]) == ["0.01", "1", "2.5", "1,000"]
    assert ticks(0.5) == "0.5"


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.01, 0.2))
def test_spread(positions: list[float], gap: float) -> None:
    placed = canvas.spread(positions, gap)
    assert len(placed) == len(positions)
    ordered = np.sort(placed)
    assert (np.diff(ordered) >= gap - 1e-9).all()
    if len(positions) * gap <= 1:
        assert not len(placed) or (ordered[0] >= -1e-9 and ordered[-1] <= 1 + 1e-9)
    for i, mine in enumerate(positions):
        for j, other in enumerate(positions):
            assert not (mine < other and placed[i] > placed[j])


def test_spread_moves_nothing_that_has_room() -> None:
    assert canvas.spread([0.9, 0.1, 0.5], 0.1).tolist() == pytest.approx([0.9, 0.1, 0.5])
    # Two that meet part to both sides of their middle.
    assert canvas.spread([0.5, 0.5], 0.2).tolist() == pytest.approx([0.4, 0.6])


@given(st.text(alphabet="ab 中文，（）。", max_size=80), st.integers(4, 30))
def test_wrapped(text: str, width: int) -> None:
    lines = canvas.wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        # A word, or a character with its punctuation, may be too long for a line.
        assert text_width(line) <= width or len(list(canvas._pieces(line))) == 1


def test_lines_of_labels() -> None:
    assert canvas.label_lines("提前付款折扣", 11) == "提前付\n款折扣"
    assert canvas.label_lines("Early payment", 40) == "Early payment"
    assert canvas.label_lines("one two three four", 15) == "one two\nthree four"


def test_a_chart_on_axes_of_the_users_own() -> None:
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, layout="constrained")
    found = plots.pricing_curve(lmprice.simulate_pricing(range(101), 20, 10, 100), ax=left)
    assert found is figure
    plots.curves(lambda price=3, usage=10: price * usage, ax=right)
    assert left.get_title(loc="left").startswith("Cost, revenue and profit")
    assert len(right.lines) >= 1
    plt.close(figure)
    with pytest.raises(lmprice.PricingError, match="ax 5 is not one"):
        plots.curves(lmprice.scenarios.Breakeven(), ax=5)  # type: ignore[arg-type]
