"""``lmprice demo``: the main job in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lmprice.cli.shared import Force, out, say, say_text, stop, written

# What DeepSeek published of its day; the two ratios follow from its cost and revenue.
PUBLISHED = {
    "cost": "87,072",
    "revenue": "562,027",
    "gross_margin": "84.5 %",
    "profit_over_cost": "5.45",
}
REMARK = (
    "The published revenue comes from unrounded token counts, this one from counts rounded to "
    "billions. Profit over cost was published as 545 %."
)


def demo(
    directory: Annotated[
        Path, typer.Option("--output", "-o", file_okay=False, help="Where the workbook goes.")
    ] = Path("lmprice-demo"),
    force: Force = False,
) -> None:
    """Price a published serving day: write its workbook, read it back, print the results."""
    from lmprice.cli.results import result_table
    from lmprice.scenarios import Inference
    from lmprice.workbook import build, read
    from lmprice.workbook.building import workbook_bytes

    path = directory / "inference.xlsx"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        is_there = path.exists() and path.read_bytes() == workbook_bytes(Inference())
    except OSError as error:
        stop(f"cannot write {path}: {error.strerror}")
    if not is_there:
        written(lambda: build(Inference(), path, force=force), path)
    scenario = read(path)
    results = scenario.evaluate()
    if results.verdict is not None:
        say_text(f"{results.verdict.text.en}\n")
    out.print(scenario.template.example.en + "\n", soft_wrap=False, markup=False)
    out.print(result_table(results.rows, "A serving day", PUBLISHED))
    out.print(REMARK + "\n", soft_wrap=False)
    say(f"Workbook: {path.resolve()}")
    say("Fill in your own numbers in its yellow cells, save it, then run:")
    say(f"  lmprice evaluate {path}")
