"""The command ``lmprice plot``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner, Result

import lmprice
from lmprice import plots
from lmprice.cli.main import app
from lmprice.scenarios import Breakeven, Discounts, PriceDecline
from lmprice.simulation import Normal
from tests.workbook.made import build

SCENARIO = Breakeven(price=25.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("charts")
    build(SCENARIO, path / "b.xlsx")
    build(Discounts(), path / "d.xlsx")
    return path


def run(folder: Path, file: str, output: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["plot", str(folder / file), "-o", str(output), *options])


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["curve", "waterfall", "comparison", "tornado"])
def test_kinds(folder: Path, tmp_path: Path, kind: str) -> None:
    shown = run(folder, "d.xlsx", str(tmp_path / "a.png"), "--kind", kind)
    assert (shown.exit_code, shown.stdout) == (0, f"Wrote {tmp_path / 'a.png'}\n")
    kinds: dict[str, Callable[[Discounts], Figure]] = {
        "curve": plots.curves,
        "waterfall": plots.waterfall,
        "comparison": plots.comparison,
        "tornado": lambda s: plots.tornado(lmprice.sensitivity(s, "flat_profit_change")),
    }
    same = plots.save(kinds[kind](Discounts()), tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == same.read_bytes()


@pytest.mark.engine
@pytest.mark.parametrize("options", [(), ("--kind", "trend")])
def test_a_history_shows_its_trend(tmp_path: Path, options: tuple[str, ...]) -> None:
    build(PriceDecline(confidence=0.8), tmp_path / "p.xlsx")
    assert run(tmp_path, "p.xlsx", str(tmp_path / "a.svg"), *options).exit_code == 0
    rows = PriceDecline().history
    fit = lmprice.fit_decline(
        [row.date for row in rows], [row.price for row in rows], confidence=0.8, basis="lineage"
    )
    figure = plots.trend(fit, price_unit="USD per million tokens")
    assert (tmp_path / "a.svg").read_bytes() == plots.save(figure, tmp_path / "b.svg").read_bytes()


@pytest.mark.engine
@pytest.mark.parametrize("kind", ["histogram", "convergence"])
def test_kinds_of_draws(folder: Path, tmp_path: Path, kind: str) -> None:
    options = ("--vary", "price=normal:20,2", "--result", "profit", "--draws", "200", "--seed", "3")
    shown = run(folder, "b.xlsx", str(tmp_path / "a.svg"), "--kind", kind, *options)
    assert shown.exit_code == 0
    drawn = lmprice.monte_carlo(SCENARIO, {"price": Normal(20, 2)}, 200, 3)["profit"]
    same = plots.save(getattr(plots, kind)(drawn), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == same.read_bytes()


@pytest.mark.engine
def test_options(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    options = ("--kind", "tornado", "--result", "profit", "--change", "0.2")
    assert run(folder, "b.xlsx", str(path), *options).exit_code == 0
    tornado = lmprice.sensitivity(SCENARIO, "profit", change=0.2)
    same = plots.save(plots.tornado(tornado), tmp_path / "b.svg").read_bytes()
    assert path.read_bytes() == same
    again = run(folder, "b.xlsx", str(path), "--kind", "curve")
    assert (again.exit_code, path.read_bytes()) == (2, same)
    assert again.stderr == f"lmprice: {path} exists already; --force overwrites it\n"
    assert run(folder, "b.xlsx", str(path), "--force").exit_code == 0
    assert path.read_bytes() != same


def test_chinese(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, str] = {}
    monkeypatch.setattr("lmprice.plots.curves", lambda _, lang: made.setdefault("lang", lang))
    monkeypatch.setattr("lmprice.plots.save", lambda *_, **__: None)
    assert run(folder, "d.xlsx", str(tmp_path / "a.svg"), "--lang", "zh").exit_code == 0
    assert made == {"lang": "zh"}


def test_without_a_chinese_font(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lmprice.plots.canvas.CHINESE_FONTS", ("No such font",))
    shown = run(folder, "d.xlsx", str(tmp_path / "c.svg"), "--lang", "zh")
    assert shown.exit_code == 2
    rule = "needs a Chinese font; install one of: No such font"
    assert shown.stderr == f"lmprice: curves: lang 'zh' {rule}\n"


@pytest.mark.parametrize(
    ("output", "options", "message"),
    [
        ("a.gif", (), "the name of a chart ends in one of .png, .svg, .pdf, not 'a.gif'"),
        ("a.png", ("--kind", "waterfall"),
         "breakeven has no chart 'waterfall'; it has: curve, tornado, histogram, convergence"),
        ("a.png", ("--kind", "pie"), "breakeven has no chart 'pie'; it has: curve, tornado, "),
        ("a.png", ("--kind", "histogram"),
         "a histogram needs --vary: an input and its distribution"),
        ("a.png", ("--kind", "histogram", "--vary", "price"), "--vary 'price' is not an input, = "),
        ("a.png", ("--kind", "tornado", "--result", "x"), "sensitivity: result 'x' is no result"),
        ("nowhere/a.png", (), "there is no folder nowhere"),
    ],
)  # fmt: skip
def test_wrong_usage(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    output: str,
    options: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = run(folder, "b.xlsx", output, *options)
    assert shown.exit_code == 2
    assert shown.stderr.startswith(f"lmprice: {message}")
    assert shown.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lmprice.plots.save", fail)
    shown = run(folder, "b.xlsx", str(tmp_path / "a.png"))
    assert (shown.exit_code, shown.stderr.endswith(": No space left on device\n")) == (2, True)


def test_problems_of_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_text("no workbook")
    shown = run(tmp_path, "bad.xlsx", str(tmp_path / "a.png"))
    assert shown.exit_code == 1
    assert shown.stderr.startswith(f"lmprice: {tmp_path / 'bad.xlsx'}: ")


def test_without_matplotlib(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lmprice.plots", "matplotlib"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delattr(lmprice, "plots", raising=False)
    monkeypatch.delitem(sys.modules, "lmprice.plots")
    shown = run(folder, "b.xlsx", str(tmp_path / "a.png"))
    assert shown.exit_code == 2
    assert shown.stderr == "lmprice: charts need matplotlib: pip install 'lmprice[plot]'\n"
