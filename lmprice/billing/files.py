"""Price books as files: TOML, JSON and workbooks."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from lmprice.billing.book import PriceBook
from lmprice.billing.parsing import BookError, parse_book
from lmprice.language.checks import check_kind, file_path
from lmprice.language.errors import shown, unreadable
from lmprice.output.strict_json import TwiceError, once

_LONG_KEY = re.compile(r"""(?<![\w.'"-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')\s*+\.\s*+){100}""")
KINDS = (".toml", ".json", ".xlsx")


def load_book(path: str | Path) -> PriceBook:
    """The price book in a .toml, .json or .xlsx file.

    Raises
    ------
    BookError
        Where the file cannot be read, or the book breaks a rule; of a workbook it names the cells.
    """
    path = file_path("load_book", "path", path)
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise BookError([f"{path.name}: is no regular file"])
    if path.exists() and path.stat().st_size > _MAX_BYTES:
        raise BookError([f"{path.name}: is larger than {_MAX_BYTES >> 20} MB"])
    if _kind(path) == ".xlsx":
        from lmprice.billing.book_reading import read_book

        return read_book(path)
    parse = _json if _kind(path) == ".json" else _toml
    try:
        data = parse(path.read_text(encoding="utf-8-sig"))
    except (TwiceError, _VanishedError) as error:
        raise BookError([f"{path.name}: {error}"]) from None
    except ValueError as error:
        raise BookError([f"{path.name}: {unreadable(error)}"]) from None
    except RecursionError:
        raise BookError([f"{path.name}: is nested too deeply to be a price book"]) from None
    if not isinstance(data, dict):
        raise BookError([f"{path.name}: holds no price book"])
    depth, values = _extent(data)
    if depth > _MAX_DEPTH:
        raise BookError([f"{path.name}: is nested too deeply to be a price book"])
    if values > _MAX_VALUES:
        raise BookError([f"{path.name}: holds more than {_MAX_VALUES:,} values"])
    try:
        return parse_book(data)
    except BookError as error:
        raise BookError(f"{path.name}: {problem}" for problem in error.problems) from None


def _toml(text: str) -> Any:
    """What a TOML text holds; the library takes memory by the square of the parts of a key."""
    if _LONG_KEY.search(text):
        raise RecursionError
    return tomllib.loads(text, parse_float=_number)


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

    check_kind("save_book", "book", book, PriceBook)
    path = file_path("save_book", "path", path)
    kind = _kind(path)
    if kind == ".xlsx":
        content = book_workbook(book, lang)
    else:
        content = book_text(book, as_json=kind == ".json").encode()
    write(content, path, force=force)


_MAX_BYTES = 32 << 20
_MAX_VALUES = 1_000_000  # ten thousand charges have some hundred thousand
_MAX_DEPTH = 20  # a condition in a factor of a charge of an account is at 9


def _extent(data: Any) -> tuple[int, int]:
    """How deeply tables and lists stand in each other, and how many values they hold."""
    depth = values = 0
    level = [data]
    while level and depth <= _MAX_DEPTH and values <= _MAX_VALUES:
        depth += 1
        values += sum(map(len, level))
        tables = [one.values() for one in level if isinstance(one, dict)]
        lists = [one for one in level if isinstance(one, list)]
        level = [part for parts in (*tables, *lists) for part in parts
                 if isinstance(part, (dict, list))]  # fmt: skip
    return depth, values


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=once, parse_float=_number)


class _VanishedError(ValueError):
    """A number that is written and would be read as 0."""


def _number(text: str) -> float:
    """A number that is written with a point or an exponent; one too small for any is not 0."""
    found = float(text)
    if found == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise _VanishedError(f"the number {shown(text)} is too close to 0")
    return found


def _kind(path: Path) -> str:
    if path.suffix.lower() not in KINDS:
        raise BookError([f"{path.name}: a price book is one of {', '.join(KINDS)}"])
    return path.suffix.lower()
