"""Building the template workbook of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lmprice.language.checks import check_kind, check_word, file_path
from lmprice.output.files import write
from lmprice.scenarios.base import Scenario
from lmprice.workbook import texts
from lmprice.workbook.answer import add_answer
from lmprice.workbook.book import KEYWORDS, Book
from lmprice.workbook.cases import Cases
from lmprice.workbook.chart import add_curves, cache_points
from lmprice.workbook.checks_sheet import add_checks
from lmprice.workbook.comparison import add_comparison
from lmprice.workbook.contents import TablePlace
from lmprice.workbook.counting import MILLION, Counting
from lmprice.workbook.greying import grey_while_wrong
from lmprice.workbook.guide import add_guide
from lmprice.workbook.inputs import add_inputs
from lmprice.workbook.iteration import add_iterations
from lmprice.workbook.monthly import add_months
from lmprice.workbook.more_sheets import add_more
from lmprice.workbook.navigation import arrange
from lmprice.workbook.package import package
from lmprice.workbook.results import add_results, add_sensitivity
from lmprice.workbook.side_by_side import add_cases
from lmprice.workbook.tables import add_tables
from lmprice.workbook.waterfall import add_waterfall
from lmprice.workbook.words import Words


def build(
    scenario: Scenario,
    path: str | Path,
    *,
    lang: str = "en",
    blank: bool = False,
    currency: str = "USD",
    tokens: str = MILLION,
    force: bool = False,
) -> Path:
    """Write the workbook of a scenario, filled in with its inputs.

    Parameters
    ----------
    scenario : Scenario
        The inputs to fill in.
    path : str or Path
        The file to write.
    lang : str, default "en"
        The language of the workbook, "en" or "zh".
    blank : bool, default False
        Leave the input cells empty.
    currency : str, default "USD"
        What prices are in; the formulas and the numbers stay the same.
    tokens : str, default "million"
        What prices and volumes are given for: a "million" or a "billion" tokens.  The formulas stay
        the same; a price of the scenario, which is that of a million tokens, is written as that of
        a billion, and `read` turns it back.
    force : bool, default False
        Overwrite the file when it exists.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    FileExistsError
        The file exists and ``force`` is not given.
    PricingError
        The currency or the number of tokens is unknown, or does not go with the scenario.

    Examples
    --------
    >>> import lmprice
    >>> lmprice.build(lmprice.scenarios.Breakeven(price=25), "b.xlsx")  # doctest: +SKIP
    PosixPath('b.xlsx')
    """
    path = file_path("build", "path", path)
    if path.exists() and not force:
        raise FileExistsError(f"{path} exists already")
    content = workbook_bytes(scenario, lang=lang, blank=blank, currency=currency, tokens=tokens)
    write(content, path, force=force)
    return path


def workbook_bytes(
    scenario: Scenario,
    *,
    lang: str = "en",
    blank: bool = False,
    currency: str = "USD",
    tokens: str = MILLION,
) -> bytes:
    """The workbook of a scenario as the bytes of an .xlsx file, always the same ones."""
    check_kind("build", "scenario", scenario, Scenario, "scenario with its inputs")
    kind = type(scenario)
    counting = Counting.of(kind, currency, tokens)
    book = make_book(
        counting.into(scenario),
        lang=lang,
        blank=blank,
        cases=counting.cases(Cases.of(scenario), kind.terms()),
        counting=counting,
    )
    return package(book.workbook, book.values)


def make_book(
    scenario: Scenario,
    *,
    lang: str,
    blank: bool = False,
    settings: Mapping[str, Any] | None = None,
    cases: Cases | None = None,
    places: Mapping[str, TablePlace] | None = None,
    counting: Counting | None = None,
) -> Book:
    """The workbook in memory, with the values of its formulas; inputs are as it counts them."""
    check_word("build", "lang", lang, texts.LANGUAGES)
    cases = cases or Cases.of(scenario)
    book = Book(
        scenario,
        lang,
        blank,
        cases=cases,
        settings=settings or {},
        places=places or {},
        counting=counting or Counting(),
    )
    add_inputs(book)
    add_tables(book)
    add_results(book)
    if scenario.template.comparison is not None:
        add_comparison(book, scenario.template.comparison)
    add_sensitivity(book)
    curves = add_curves(book, scenario.template.curves, "axis1")
    add_waterfall(book)
    add_months(book)
    add_more(book)
    add_iterations(book)
    add_guide(book)
    chain, drivers = add_cases(book)
    add_checks(book)
    words = Words(book)
    add_answer(book, words, curves, chain, drivers)
    words.finish()
    grey_while_wrong(book)
    arrange(book)
    book.workbook.active = 0
    cache_points(book)
    properties = book.workbook.properties
    properties.title = book.say(scenario.template.title)
    properties.subject = book.counting.words(book.say(scenario.template.about))
    properties.creator = "lmprice"
    properties.keywords = KEYWORDS.format(*book.marks)
    properties.language = lang
    properties.version = str(scenario.template.version)
    return book
