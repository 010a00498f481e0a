"""A report as one page of HTML, or as Markdown; both have their pictures within them."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator

from lmprice.output.palette import ACCENT, INK, LINE, MUTED
from lmprice.workbook.report.content import Grid, answer, figures, grids, pictures, remarks
from lmprice.workbook.style import (
    BEST_FILL,
    BEST_INK,
    CAUTION_FILL,
    CAUTION_INK,
    WRONG_FILL,
    WRONG_INK,
)
from lmprice.workbook.summaries import Evaluated

DOTS = 110
STYLE = f"""
body{{font:15px/1.5 system-ui,sans-serif;color:#{INK};max-width:60em}}
body{{margin:2em auto;padding:0 1em}}
h1,h2{{color:#{ACCENT}}}h1{{margin-bottom:.4em}}h2{{font-size:1.1em;margin:2em 0 .4em}}
.verdict{{font-size:1.3em;font-weight:600;padding:.8em 1em;border-radius:4px}}
.good{{background:#{BEST_FILL};color:#{BEST_INK}}}.bad{{background:#{WRONG_FILL};color:#{WRONG_INK}}}
.caution{{background:#{CAUTION_FILL};color:#{CAUTION_INK}}}
.figures{{display:flex;flex-wrap:wrap;gap:.8em;margin:1.2em 0}}
.figures div{{flex:1 1 8em;text-align:center;font-size:.8em;color:#{MUTED}}}
.figures b{{display:block;font-size:1.9em;color:#{ACCENT};font-variant-numeric:tabular-nums}}
.wide{{overflow-x:auto}}table{{border-collapse:collapse;width:100%}}
th,td{{border-bottom:1px solid #{LINE};padding:.25em .6em;text-align:left;vertical-align:bottom}}
th{{background:#{ACCENT};color:#fff;font-weight:600}}
.number{{text-align:right;font-variant-numeric:tabular-nums}}
.best td{{background:#{BEST_FILL};color:#{BEST_INK};font-weight:600}}
img{{max-width:100%}}.small{{color:#{MUTED};font-size:.85em}}
@media print{{body{{margin:0;font-size:11px}}h2{{break-after:avoid}}tr,img{{break-inside:avoid}}}}
"""


def html_lines(file: Evaluated) -> Iterator[str]:
    """The page, which loads nothing and runs nothing."""
    title, said, tone, source = (html.escape(part) for part in answer(file))
    yield f'<!doctype html><html lang="{file.lang}"><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<style>{STYLE}</style><h1>{title}</h1>"
    if said:
        yield f'<p class="verdict {tone}">{said}</p>'
    yield f'<p class="small">{source}</p>'
    tiles = [tuple(map(html.escape, figure)) for figure in figures(file)]
    if tiles:
        yield '<div class="figures">'
        yield from (f"<div>{label}<b>{value}</b>{unit}</div>" for label, value, unit in tiles)
        yield "</div>"
    for heading, lines in remarks(file):
        yield f"<h2>{html.escape(heading)}</h2><ul>"
        yield from (f"<li>{html.escape(line)}</li>" for line in lines)
        yield "</ul>"
    for picture in pictures(file, DOTS):
        yield f'<p><img alt="{title}" src="{_inside(picture)}"></p>'
    for grid in grids(file):
        yield f"<h2>{html.escape(grid.title)}</h2>"
        yield from _html_table(grid)


def _html_table(grid: Grid) -> Iterator[str]:
    looks = [" class='number'" if is_number else "" for is_number in grid.numbers]

    def cells(kind: str, row: tuple[str, ...]) -> str:
        parts = zip(looks, map(html.escape, row), strict=True)
        return "".join(f"<{kind}{look}>{text}</{kind}>" for look, text in parts)

    yield f"<div class='wide'><table><thead><tr>{cells('th', grid.heads)}</tr></thead><tbody>"
    for number, row in enumerate(grid.rows):
        best = " class='best'" if number == grid.best else ""
        yield f"<tr{best}>{cells('td', row)}</tr>"
    yield "</tbody></table></div>"


def markdown_lines(file: Evaluated) -> Iterator[str]:
    """The text, its tables as GitHub writes them."""
    title, said, _, source = (_plain(part) for part in answer(file))
    yield f"# {title}\n"
    if said:
        yield f"**{said}**\n"
    yield f"{source}\n"
    tiles = [tuple(map(_plain, figure)) for figure in figures(file)]
    if tiles:
        yield f"| {' | '.join(label for label, _, _ in tiles)} |"
        yield "|" + " ---: |" * len(tiles)
        yield "| " + " | ".join(f"**{value}** {unit}".strip() for _, value, unit in tiles) + " |\n"
    for heading, lines in remarks(file):
        yield f"## {heading}\n"
        yield from (f"- {_plain(line)}" for line in lines)
        yield ""
    for picture in pictures(file, DOTS):
        yield f"![{title}]({_inside(picture)})\n"
    for grid in grids(file):
        yield f"## {_plain(grid.title)}\n\n| {' | '.join(map(_plain, grid.heads))} |"
        yield "|" + "".join(" ---: |" if is_number else " --- |" for is_number in grid.numbers)
        for number, row in enumerate(grid.rows):
            texts = list(map(_plain, row))
            if number == grid.best:
                texts = [text and f"**{text}**" for text in texts]
            yield f"| {' | '.join(texts)} |"
        yield ""


def _inside(picture: bytes) -> str:
    """A picture as an address that has all of it."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def _plain(text: str) -> str:
    """A text that is no markup, on one line."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#$" else c for c in " ".join(text.split()))
