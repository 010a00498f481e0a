"""Inputs and results by name: a title, as it stands in a workbook, is taken where a key is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lmprice.cli.shared import stop
from lmprice.language.terms import Text

if TYPE_CHECKING:
    from lmprice.scenarios import Scenario


def result_key(scenario: Scenario, name: str) -> str:
    """The key of a result that is named by its key or its title."""
    return _key(name, {row.key: row.term.title for row in scenario.evaluate().rows})


def input_key(scenario: Scenario, name: str) -> str:
    """The key of an input that is named by its key or its title."""
    return _key(name, {key: term.title for key, term in type(scenario).terms().items()})


def _key(name: str, titles: Mapping[str, Text]) -> str:
    """The key with a title, in whichever language; a name that is no title stays as it is."""
    if name in titles:
        return name
    wanted = name.strip().casefold()
    found = [key for key, title in titles.items() if wanted in (part.casefold() for part in title)]
    if len(found) > 1:
        stop(f"{name!r} is the title of several: say which of {', '.join(found)}")
    return found[0] if found else name
