"""A filled workbook as one file to send on: the answer, inputs, results, charts, problems."""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lmprice.language.dates import DateTerm
from lmprice.language.terms import Choice, Term, Text
from lmprice.output.foreign import on_terminal
from lmprice.output.printing import shown, text_width, unit
from lmprice.scenarios.base import Scenario
from lmprice.workbook.summaries import Evaluated

KINDS = (".html", ".md", ".pdf")
INPUTS, RESULTS = Text("Inputs", "输入"), Text("Results", "结果")
NOTES, PROBLEMS = Text("Notes", "提示"), Text("Problems", "问题")
SOURCE = Text("From {file}, scenario {case}.", "来自 {file}，情景：{case}。")
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1f2a37;max-width:60em;margin:2em auto;padding:0 1em}
.verdict{font-size:1.3em;font-weight:600;padding:.8em 1em;border-radius:4px;background:#e2f0d9}
.caution{background:#ffefc1}.bad{background:#f8cbad}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #c5ced8;padding:.25em .5em}
th{text-align:left}td.number{text-align:right;font-variant-numeric:tabular-nums}
img{max-width:100%}h2{color:#1f4e79;margin-top:1.6em}.small{color:#5b6673;font-size:.85em}
"""


class Section(NamedTuple):
    """A table of names, numbers and units under a heading."""

    title: str
    rows: list[tuple[str, str, str]]


def report_bytes(file: Evaluated, kind: str) -> bytes:
    """The report of an evaluated workbook; ``kind`` is ".html", ".md" or ".pdf"."""
    if kind == ".md":
        return "\n".join(_markdown(file)).encode()
    if kind == ".pdf":
        return _pdf(file)
    return "\n".join(_html(file)).encode()


def _sections(file: Evaluated) -> Iterator[Section]:
    scenario, results, lang, words = file.scenario, file.results, file.lang, file.words
    if scenario is None or results is None:
        return
    yield Section(INPUTS(lang), [_input(scenario, name, file) for name in scenario.terms()])
    for table in scenario.tables().values():
        heads: tuple[list[str], list[str]] = ([], [])
        for column in table.columns:
            heads[isinstance(column.term, Term)].append(words(column.term.title))
        rows = [(" ".join(heads[0]), " · ".join(heads[1]), "")]
        for row in getattr(scenario, table.name):
            cells = [(c.term, getattr(row, c.key)) for c in table.columns]
            labels = [str(v) for _, v in cells if isinstance(v, str)]
            numbers = [f"{v:g}" for _, v in cells if isinstance(v, (int, float))]
            rows.append((" ".join(labels), " · ".join(numbers), ""))
        yield Section(words(table.title), rows)
    title, rows = RESULTS(lang), []
    for result in results.rows:
        if result.key.endswith("_residual"):
            continue
        section = words(result.section)
        if section and section != title:
            if rows:
                yield Section(title, rows)
            title, rows = section, []
        value = shown(result.value, result.term, lang)
        rows.append((words(result.term.title), value, _unit(result.term, file)))
    yield Section(title, rows)


def _input(scenario: Scenario, name: str, file: Evaluated) -> tuple[str, str, str]:
    term, value = scenario.terms()[name], getattr(scenario, name)
    title = file.words(term.title)
    if isinstance(term, Choice):
        return title, term.options[value](file.lang), ""
    if isinstance(term, DateTerm):
        return title, value.isoformat(), ""
    return title, shown(value, term), _unit(term, file)


def _unit(term: Term, file: Evaluated) -> str:
    """The unit; a share has its sign beside the number."""
    return "" if term.is_fraction else file.counting.words(unit(term, file.lang))


def _lines(file: Evaluated) -> tuple[str, str, str]:
    """Title, verdict with its sign, and where it comes from."""
    lang = file.lang
    template = file.scenario.template if file.scenario else None
    title = template.title(lang) if template else on_terminal(file.path.name)
    verdict = file.results.verdict if file.results else None
    said = f"{verdict.tone.sign} {file.verdict}" if verdict else ""
    return title, said, SOURCE(lang).format(file=on_terminal(file.path.name), case=file.case)


def _remarks(file: Evaluated) -> Iterator[tuple[str, Sequence[str]]]:
    if file.notes:
        yield NOTES(file.lang), file.notes
    if file.problems:
        yield PROBLEMS(file.lang), [str(problem) for problem in file.problems]


def _figures(file: Evaluated) -> list[Any]:
    """The charts of the scenario, where Matplotlib is installed."""
    if file.scenario is None:
        return []
    try:
        from lmprice.plots.bars import comparison
        from lmprice.plots.lines import curves
    except ImportError:
        return []
    said: Any = {"lang": file.lang, "words": file.counting.words}
    found: list[Any] = [curves(file.scenario, **said)]
    if file.scenario.template.comparison is not None:
        found.append(comparison(file.scenario, **said))
    return found


def _png(figure: Any) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _html(file: Evaluated) -> Iterator[str]:
    title, said, source = map(html.escape, _lines(file))
    tone = file.results.verdict.tone.value if file.results and file.results.verdict else ""
    yield f'<!doctype html><html lang="{file.lang}"><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{STYLE}</style><h1>{title}</h1>"
    if said:
        yield f'<p class="verdict {tone}">{said}</p>'
    yield f'<p class="small">{source}</p>'
    for heading, lines in _remarks(file):
        yield f"<h2>{html.escape(heading)}</h2><ul>"
        yield from (f"<li>{html.escape(line)}</li>" for line in lines)
        yield "</ul>"
    for figure in _figures(file):
        yield f'<p><img alt="{title}" src="{_png(figure)}"></p>'
    for section in _sections(file):
        yield f"<h2>{html.escape(section.title)}</h2><table>"
        for name, value, of in section.rows:
            cells = (html.escape(text) for text in (name, value, of))
            yield "<tr><td>{}</td><td class='number'>{}</td><td>{}</td></tr>".format(*cells)
        yield "</table>"


def _markdown(file: Evaluated) -> Iterator[str]:
    title, said, source = _lines(file)
    yield f"# {title}\n"
    if said:
        yield f"**{_plain(said)}**\n"
    yield f"{_plain(source)}\n"
    for heading, lines in _remarks(file):
        yield f"## {heading}\n"
        yield from (f"- {_plain(line)}" for line in lines)
        yield ""
    for figure in _figures(file):
        yield f"![{title}]({_png(figure)})\n"
    for section in _sections(file):
        yield f"## {_plain(section.title)}\n\n| | | |\n| --- | ---: | --- |"
        for row in section.rows:
            yield f"| {' | '.join(map(_plain, row))} |"
        yield ""


def _plain(text: str) -> str:
    """A text that is no markup."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#$" else c for c in text)


def _pdf(file: Evaluated) -> bytes:
    """The answer with its charts, then pages of inputs and results."""
    from matplotlib.backends.backend_pdf import PdfPages

    title, said, source = _lines(file)
    answer = [_Line(title, "title"), _Line(said, "verdict"), _Line(source)]
    for heading, remarks in _remarks(file):
        answer += [_Line(heading, "heading"), *map(_Line, remarks)]
    lines = []
    for section in _sections(file):
        lines.append(_Line(section.title, "heading"))
        lines += [_Line(name, right=f"{value} {of}") for name, value, of in section.rows]
    buffer = io.BytesIO()
    with PdfPages(buffer, metadata={"CreationDate": None}) as pages:
        for sheet in _answer_pages(file, [part for line in answer for part in _wrapped(line)]):
            pages.savefig(sheet)
        for start in range(0, len(lines), LINES_A_PAGE):
            pages.savefig(_page(lines[start : start + LINES_A_PAGE], file.lang)[0])
    return buffer.getvalue()


PAPER = (8.27, 11.69)  # A4, in inches
LEFT, RIGHT, TOP, BOTTOM = 0.08, 0.92, 0.95, 0.05  # shares of the page
LINES_A_PAGE = 48
SIZES = {"title": 16, "verdict": 11, "heading": 11}  # in points
PLAIN_SIZE = 9
CHARACTERS = 800  # that fit between the edges, times their size in points


class _Line(NamedTuple):
    """A line of a page: its text, how it looks, and what stands at its right end."""

    text: str
    look: str = ""
    right: str = ""


def _wrapped(line: _Line) -> Iterator[_Line]:
    """The lines that a long one takes."""
    widest = text_width(line.text) / max(len(line.text), 1)  # Chinese takes two places
    room = int(CHARACTERS / SIZES.get(line.look, PLAIN_SIZE) / max(widest, 1))
    for part in textwrap.wrap(line.text, room):
        yield _Line(part, line.look)


def _answer_pages(file: Evaluated, lines: Sequence[_Line]) -> Iterator[Any]:
    """The answer in words, and its charts below each other."""
    from matplotlib.image import imread

    for start in range(0, max(len(lines) - LINES_A_PAGE, 0), LINES_A_PAGE):
        yield _page(lines[start : start + LINES_A_PAGE], file.lang)[0]
    page, y = _page(lines[-(len(lines) % LINES_A_PAGE or LINES_A_PAGE) :], file.lang)
    for figure in _figures(file):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=200)
        picture = imread(io.BytesIO(buffer.getvalue()))
        high = (RIGHT - LEFT) * PAPER[0] * picture.shape[0] / picture.shape[1] / PAPER[1]
        if y - high < BOTTOM:
            yield page
            page, y = _page([], file.lang)
        axes = page.add_axes((LEFT, y - high, RIGHT - LEFT, high))
        axes.imshow(picture, aspect="auto")
        axes.set_axis_off()
        y -= high
    yield page


def _page(lines: Sequence[_Line], lang: str) -> tuple[Any, float]:
    """A page with its lines, and where the room below them begins."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=PAPER)
    y = TOP
    for line in lines:
        style: dict[str, Any] = {
            "fontsize": SIZES.get(line.look, PLAIN_SIZE),
            "fontweight": "bold" if line.look else "normal",
            "fontfamily": _fonts(lang),
            "parse_math": False,  # a name may have dollar signs
        }
        figure.text(LEFT, y, line.text, **style)
        if line.right:
            figure.text(RIGHT, y, line.right, ha="right", **style)
        y -= (TOP - BOTTOM) / LINES_A_PAGE
    return figure, y


def _fonts(lang: str) -> list[str]:
    chinese = ["Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei"]
    return [*chinese, "DejaVu Sans"] if lang == "zh" else ["DejaVu Sans"]
