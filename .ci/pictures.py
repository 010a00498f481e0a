"""Draws the pictures of the newcomer's walk in README.md and README.zh.md, as programs show them.

LibreOffice prints the first two sheets of a template, Chromium opens its report.  The pictures
differ a little from one version of a program to the next, so that no check compares them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from lmprice.cli.main import app
from lmprice.scenarios import Competition
from lmprice.workbook import build

FOLDER = Path(__file__).parent.parent / "templates"
DOTS = 110  # an inch of paper
WIDTH, HEIGHT = 1100, 900  # of the window with the report, in dots
EDGE = 14
COLORS = 64  # few, so that the files are small


def main() -> None:
    """Three pictures in each language."""
    for lang, suffix in (("en", ""), ("zh", "-zh")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = build(Competition(), folder / "competition.xlsx", lang=lang)
            for page, subject in enumerate(("answer", "inputs"), 1):
                _keep(_printed(path, page), f"walk-{subject}{suffix}.png")
            _keep(_report(path), f"walk-report{suffix}.png")


def _printed(path: Path, page: int) -> Path:
    """A page of a workbook."""
    folder = path.parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(folder), str(path)], check=True, capture_output=True)
    image = folder / f"page{page}"
    command = ["pdftoppm", "-r", str(DOTS), "-f", str(page), "-l", str(page), "-png"]
    subprocess.run([*command, "-singlefile", str(path.with_suffix(".pdf")), str(image)], check=True)
    return image.with_suffix(".png")


def _report(path: Path) -> Path:
    """The top of a report, as a browser shows it."""
    report, image = path.with_suffix(".html"), path.with_name("report.png")
    app(["report", str(path), "-o", str(report)], standalone_mode=False)
    window = [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={image}"]
    command = ["chromium", "--headless", "--no-sandbox", "--hide-scrollbars", *window]
    subprocess.run([*command, report.as_uri()], check=True, capture_output=True)
    return image


def _keep(picture: Path, name: str) -> None:
    """The part of a picture that is not white, without the footer of a page."""
    image = Image.open(picture).convert("RGB")
    if picture.name.startswith("page"):
        image = image.crop((0, 0, image.width, round(image.height * 0.93)))
    white = Image.new("RGB", image.size, "white")
    left, top, right, bottom = ImageChops.difference(image, white).getbbox() or (0, 0, 1, 1)
    ends = (min(right + EDGE, image.width), min(bottom + EDGE, image.height))
    box = (max(left - EDGE, 0), max(top - EDGE, 0), *ends)
    image.crop(box).quantize(COLORS).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
