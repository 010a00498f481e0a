"""A filled workbook as one file to send on: the answer, inputs, results, charts, problems."""

from __future__ import annotations

from lmprice.workbook.report.markup import html_lines, markdown_lines
from lmprice.workbook.report.paper import pdf
from lmprice.workbook.summaries import Evaluated

KINDS = (".html", ".md", ".pdf")


def report_bytes(file: Evaluated, kind: str) -> bytes:
    """The report of an evaluated workbook; ``kind`` is one of ``KINDS``."""
    if kind == ".pdf":
        return pdf(file)
    lines = markdown_lines(file) if kind == ".md" else html_lines(file)
    return "\n".join(lines).encode()
