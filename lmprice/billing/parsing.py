"""Price books from plain data: what is wrong in it is said with its path, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import ValidationError

from lmprice.billing.book import FORMAT, PriceBook
from lmprice.billing.charges import AnyCharge
from lmprice.billing.meters import METERS
from lmprice.language.checks import check_mapping
from lmprice.language.errors import InputError, shown

_SHOWN = 20  # problems of a book that its message lists
Place = list[str | int]  # the path to a field: ["charges", 2, "tiers", 1, "up_to"]


class BookError(InputError):
    """A price book that breaks rules; ``problems`` has each with its path, all at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - _SHOWN
        rest = (f"... and {more:,} more problems",) if more > 0 else ()
        super().__init__("\n".join((*self.problems[:_SHOWN], *rest)), "book")


def parse_book(data: Mapping[str, Any]) -> PriceBook:
    """A price book from plain data, such as a parsed TOML or JSON file.

    Raises
    ------
    BookError
        Naming each field at fault: ``charges[2].tiers[1].up_to: 10 is not above 20``.
    """
    check_mapping("parse_book", "data", data)
    book, problems = parsed(data)
    if book is None:
        raise BookError(f"{path_text(path)}: {message}" if path else message
                        for path, message in problems)  # fmt: skip
    return book


def parsed(data: Mapping[str, Any]) -> tuple[PriceBook | None, list[tuple[Place, str]]]:
    """The book, or what is wrong with it: the path to each field at fault, and a message."""
    data, problems = _upgraded(data)
    if problems:
        return None, problems
    try:
        return PriceBook.model_validate(data), []
    except ValidationError as error:
        found = [dict(e) for e in error.errors(include_url=False)]
    # pydantic also calls a list too short when it holds elements, but none that is valid.
    return None, [_problem(e) for e in found if not (e["type"] == "too_short" and e["input"])]


def _upgraded(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[Place, str]]]:
    """A book of format 1 as one of format 2.

    In format 1 a flag of the book said whether input contains cached tokens; now the source of a
    row says it.
    """
    new = dict(data)
    version = new.get("format", 1)
    if version == FORMAT and isinstance(version, int):
        return new, []
    if version != 1 or isinstance(version, bool):
        return new, [(["format"], f"{shown(version)} is none of 1, {FORMAT}")]
    new["format"] = FORMAT
    contains_cached = new.pop("input_includes_cached", True)
    if not isinstance(contains_cached, bool):
        return new, [(["input_includes_cached"], f"{shown(contains_cached)} is not true or false")]
    if not contains_cached:
        if new.get("sources"):
            return new, [(["input_includes_cached"], "stands beside sources, which say it")]
        new["sources"] = [{"name": "all", "contains": CACHE_APART}]
    return new, []


# What contains what where cached tokens are counted beside the input.
CACHE_APART: dict[str, list[str]] = {}
for _name, _meter in METERS.items():
    if _meter.within is not None and not (
        _meter.within == "input" and _name.startswith(("cached", "cache_write"))
    ):
        CACHE_APART.setdefault(_meter.within, []).append(_name)


# What pydantic finds, in the words of this library; {value} is what was given.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of a price book",
    "greater_than_equal": "{value} is below {ge:g}",
    "greater_than": "{value} is not above {gt:g}",
    "less_than_equal": "{value} is above {le:g}",
    "finite_number": "{value} is not a finite number",
    "float_type": "{value} is not a number",
    "bool_type": "{value} is not true or false",
    "int_type": "{value} is not a whole number",
    "time_zone": "{value} is no IANA time zone",
    "string_type": "{value} is not text",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "{value} does not look like {pattern}",
    "datetime_type": "{value} is not a date or time",
    "literal_error": "{value} is not {expected}",
    "too_short": "is empty",
    "union_tag_not_found": "is missing",
    "union_tag_invalid": "{tag!r} is none of {expected_tags}",
    "rule": "{message}",
}


def _problem(error: dict[str, Any]) -> tuple[Place, str]:
    context: dict[str, Any] = error.get("ctx", {})
    path = [*error["loc"], *context.get("path", ())]
    if "discriminator" in context:  # the field that says which kind it is
        path.append(context["discriminator"].strip("'"))
    words: str = _WORDS.get(error["type"], "{value} is not valid")
    if error["type"] == "extra_forbidden":
        name = "rollover" if "rollover" in str(path[-1]) else str(path[-1])
        words = _NOT_BUILT.get((_owner(path), name), words)
    return _without_tags(path), words.format(value=shown(error["input"]), **context)


# What people look for in a price book, and what to write instead.
_NOT_BUILT = {
    ("plans", "discount"): "is not a field of a plan: write discounts, a list",
    ("allowances", "rollover"): "is not built: what is left of an allowance ends with its period",
    ("credits", "rollover"): "is not built: write a later valid_until",
    ("charges", "customer"): "is not a field of a charge: write it under charges of the account",
    ("", "input_includes_cached"): "is of format 1: write contains of a source",
}


def _owner(path: Place) -> str:
    """The list that a field's element stands in."""
    names = [part for part in _without_tags(path)[:-1] if isinstance(part, str)]
    return names[-1] if names else ""


_TAGS = frozenset(
    tag
    for model in get_args(get_args(AnyCharge)[0])
    for tag in get_args(model.model_fields["charge_model"].annotation)
) | {"amount", "rate"}
_TEST_TAGS = frozenset({"value", "any_of", "comparison"})


def _without_tags(path: Place) -> Place:
    """The path without the tags that chose the kind of an element."""
    return [
        part
        for place, part in enumerate(path)
        if not (part in _TAGS and 0 < place < len(path) - 1 and isinstance(path[place - 1], int))
        and not (part in _TEST_TAGS and place > 1 and path[place - 2] == "when")
    ]


def path_text(path: Place) -> str:
    """``charges[2].tiers[1].up_to``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
