"""Price books as files: TOML, JSON and workbooks."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from lmprice.billing.book import PriceBook
from lmprice.billing.charges import AnyCharge
from lmprice.language.errors import shown

KINDS = (".toml", ".json", ".xlsx")
Place = list[str | int]  # the path to a field: ["charges", 2, "tiers", 1, "up_to"]


class BookError(ValueError):
    """A price book that breaks rules; ``problems`` has each with its path, all at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.problems,))


def parse_book(data: Mapping[str, Any]) -> PriceBook:
    """A price book from plain data, such as a parsed TOML or JSON file.

    Raises
    ------
    BookError
        Naming each field at fault: ``charges[2].tiers[1].up_to: 10 is not above 20``.
    """
    book, problems = parsed(data)
    if book is None:
        raise BookError(f"{path_text(path)}: {message}" if path else message
                        for path, message in problems)  # fmt: skip
    return book


def parsed(data: Mapping[str, Any]) -> tuple[PriceBook | None, list[tuple[Place, str]]]:
    """The book, or what is wrong with it: the path to each field at fault, and a message."""
    try:
        return PriceBook.model_validate(data), []
    except ValidationError as error:
        found = [dict(e) for e in error.errors(include_url=False)]
    # pydantic also calls a list too short when it holds elements, but none that is valid.
    return None, [_problem(e) for e in found if not (e["type"] == "too_short" and e["input"])]


def load_book(path: str | Path) -> PriceBook:
    """The price book in a .toml, .json or .xlsx file.

    Raises
    ------
    BookError
        Where the file cannot be read, or the book breaks a rule; of a workbook it names the cells.
    """
    path = Path(path)
    if _kind(path) == ".xlsx":
        from lmprice.billing.book_reading import read_book

        return read_book(path)
    parse = json.loads if _kind(path) == ".json" else tomllib.loads
    try:
        data = parse(path.read_text(encoding="utf-8"))
    except ValueError as error:  # both parsers' errors, and bytes that are not UTF-8
        raise BookError([f"{path.name}: {error}"]) from None
    if not isinstance(data, dict):
        raise BookError([f"{path.name}: holds no price book"])
    return parse_book(data)


def book_text(book: PriceBook, *, as_json: bool = False) -> str:
    """A price book as TOML or JSON text, from which the same book is read again.

    Fields that have their default value are left out.
    """
    if as_json:
        return book.model_dump_json(indent=2, exclude_defaults=True) + "\n"
    try:
        import tomli_w
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "writing TOML needs tomli-w: pip install 'lmprice[data]'", name="tomli_w"
        ) from None
    return tomli_w.dumps(book.model_dump(exclude_defaults=True))


def save_book(book: PriceBook, path: str | Path, *, lang: str = "en", force: bool = False) -> None:
    """Write a price book to a .toml, .json or .xlsx file; without ``force`` never over another.

    ``lang`` ("en" or "zh") is the language of the explanations in a workbook.
    """
    from lmprice.billing.book_workbook import book_workbook
    from lmprice.output.files import write

    path = Path(path)
    kind = _kind(path)
    if kind == ".xlsx":
        content = book_workbook(book, lang)
    else:
        content = book_text(book, as_json=kind == ".json").encode()
    write(content, path, force=force)


def _kind(path: Path) -> str:
    if path.suffix.lower() not in KINDS:
        raise BookError([f"{path.name}: a price book is one of {', '.join(KINDS)}"])
    return path.suffix.lower()


# What pydantic finds, in the words of this library; {value} is what was given.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of a price book",
    "greater_than_equal": "{value} is below {ge:g}",
    "greater_than": "{value} is not above {gt:g}",
    "less_than_equal": "{value} is above {le:g}",
    "finite_number": "{value} is not a finite number",
    "float_type": "{value} is not a number",
    "int_type": "{value} is not a whole number",
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
    return _without_tags(path), words.format(value=shown(error["input"]), **context)


_TAGS = frozenset(
    tag
    for model in get_args(get_args(AnyCharge)[0])
    for tag in get_args(model.model_fields["charge_model"].annotation)
) | {"amount", "rate"}


def _without_tags(path: Place) -> Place:
    """The path without the tags that chose the kind of an element."""
    return [
        part
        for place, part in enumerate(path)
        if not (part in _TAGS and 0 < place < len(path) - 1 and isinstance(path[place - 1], int))
    ]


def path_text(path: Place) -> str:
    """``charges[2].tiers[1].up_to``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
