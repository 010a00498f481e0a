"""The kinds of random input; each tries one in a folder of its own and checks the laws."""

from __future__ import annotations

import array
import contextlib
import datetime
import gzip
import io
import json
import warnings
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl
import zstandard

from lmprice.billing.book_workbook import book_workbook, example_book
from lmprice.billing.files import book_text
from lmprice.chapters import functions as pricing_functions
from lmprice.language.errors import PricingError
from lmprice.scenarios import SCENARIOS
from tests.billing.readers.exports import EXPORTS
from tests.fuzz.bytes import mutated, mutated_archive
from tests.fuzz.laws import run

TEMPLATES = [Path(__file__).parents[2] / "templates" / f"{name}.xlsx" for name in sorted(SCENARIOS)]
HEADER = "timestamp,customer,model,input_tokens,output_tokens,note"
BOOK = """name = "Fuzz"
version = "1"
currency = "USD"
ignore = ["note"]
[[charges]]
model = "chat"
meter = "input"
valid_from = 2020-01-01
per = 1_000_000
charge_model = "graduated"
tiers = [{ up_to = 100, unit_price = 3.0 }, { unit_price = 2.0 }]
[[charges]]
model = "chat"
meter = "output"
valid_from = 2020-01-01
per = 1_000_000
charge_model = "standard"
unit_price = 15.0
"""


def books(random: Random, folder: Path) -> None:
    """Price books: TOML, JSON and workbooks."""
    book = example_book()
    kind = random.choice((".toml", ".json", ".xlsx"))
    if kind == ".xlsx":
        content = mutated_archive(book_workbook(book, random.choice(("en", "zh"))), random)
    else:
        content = mutated(book_text(book, as_json=kind == ".json").encode(), random)
    (folder / f"book{kind}").write_bytes(content)
    books_again(folder)


def books_again(folder: Path) -> None:
    """Whatever a book is, it is refused, or a book that is read again."""
    (path,) = folder.glob("book.*")
    if run(folder, "book", "check", path.name).exit_code == 0:
        done = run(folder, "book", path.name, "-o", "again.json")
        assert done.exit_code == 0, done.output
        assert run(folder, "book", "check", "again.json").exit_code == 0
    else:
        assert run(folder, "book", path.name, "-o", "again.json").exit_code
        assert not (folder / "again.json").exists()


def usage(random: Random, folder: Path) -> None:
    """Usage logs: CSV and Parquet."""
    models = ("chat", "chat", "chat", "chess")
    rows = [
        f"2026-0{random.randrange(1, 7)}-05T10:00:00Z,c{random.randrange(5)},"
        f"{random.choice(models)},{random.randrange(10**6)},{random.randrange(99)},n{n}"
        for n in range(random.randrange(1, 40))
    ]
    content = "\n".join([HEADER, *rows, ""]).encode()
    if random.random() < 0.3:
        buffer = io.BytesIO()
        pl.read_csv(content).write_parquet(buffer)
        (folder / "usage.parquet").write_bytes(mutated(buffer.getvalue(), random))
    else:
        (folder / "usage.csv").write_bytes(mutated(content, random))
    usage_again(folder)


def usage_again(folder: Path) -> None:
    """A log is refused as a whole, or every row of it is rated or refused."""
    (path,) = folder.glob("usage.*")
    (folder / "book.toml").write_text(BOOK)
    result = run(folder, "rate", path.name, "--book", "book.toml", "-o", "bill.csv")
    made = {one.name for one in folder.glob("bill*")}
    if "rows:" not in result.stdout:
        assert result.exit_code, result.output
        assert not made, made
        return
    assert {"bill.csv", "bill.lines.csv"} <= made, made
    if path.suffix == ".parquet":  # it says how many rows it has
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
        assert result.stdout.startswith(f"{rows:,} rows:"), result.stdout
    assert (result.exit_code == 1) == ("bill.refused.csv" in made), result.output


def exports(random: Random, folder: Path) -> None:
    """Exports of consoles, gateways and logs beside a file that is whole; compressed or not."""
    export = random.choice(EXPORTS)
    content = mutated(export.text.encode(), random)
    if random.random() < 0.3:
        content = mutated(random.choice((gzip.compress, zstandard.compress))(content), random)
    (folder / "log").mkdir()
    (folder / "log" / export.file).write_bytes(content)
    (folder / "log" / "whole.csv").write_text(
        "timestamp,customer,model,input_tokens\n2026-01-05,whole,chat,1000000\n"
    )
    exports_again(folder)


def exports_again(folder: Path) -> None:
    """A log is refused as a whole, or what is whole is billed and the rest rated or refused."""
    meters = ("input", "cached", "cache_write", "output", "input_audio", "output_audio")
    price = {"model": "*", "charge_model": "standard", "per": 10**6, "unit_price": 2}
    charges = [{**price, "meter": meter} for meter in meters]
    book = {"name": "Fuzz", "version": "1", "currency": "USD", "charges": charges}
    (folder / "book.json").write_text(json.dumps({**book, "format": 2}))
    result = run(folder, "rate", "log", "--book", "book.json", "-o", "bill.csv")
    made = {one.name for one in folder.glob("bill*")}
    if "rows:" not in result.stdout:
        assert result.exit_code == 1, result.output
        assert not made, made
        return
    assert "whole,2026-01-01,2.00" in (folder / "bill.csv").read_text(), result.output
    assert (result.exit_code == 1) == ("bill.refused.csv" in made), result.output
    assert bool(result.stderr) == ("could not be read" in result.stdout), result.output


def workbooks(random: Random, folder: Path) -> None:
    """Filled-in templates."""
    template = random.choice(TEMPLATES)
    content = mutated_archive(template.read_bytes(), random)
    (folder / "book.xlsx").write_bytes(content)
    workbooks_again(folder)


def workbooks_again(folder: Path) -> None:
    """A workbook is evaluated and checked, or both say what is wrong."""
    evaluated = run(folder, "evaluate", "book.xlsx", "--json")
    run(folder, "check", "book.xlsx")
    done = run(folder, "report", "book.xlsx", "-o", "report.md")
    assert (folder / "report.md").exists() or done.exit_code, done.output
    assert evaluated.exit_code or done.exit_code == 0, done.output


def cells(random: Random, folder: Path) -> None:
    """Arguments of any kind for any function."""
    f = random.choice(pricing_functions())
    given = [_hostile(random) if random.random() < 0.5 else 2.0 for _ in f.parameters]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            f.function(*given)
        except (PricingError, TypeError) as error:
            said = str(error)
        else:
            return
    assert said.startswith(f.name), f"{f.name}{given!r}: {said}"
    assert "\n" not in said, said


def _hostile(random: Random) -> Any:
    single: list[Any] = [
        *(0.0, -1.0, 1e308, 5e-324, np.nan, np.inf, -np.inf, 10**400, True, None, "1", "", b"1"),
        *(bytearray(b"1"), memoryview(b"1"), 1j, Decimal("sNaN"), Decimal("1e999"), object()),
        *(datetime.timedelta(1), datetime.date(2026, 1, 1), np.timedelta64(1, "ns"), np.float16(2)),
        *(np.longdouble("1e400"), np.bool_(True), np.ma.masked, 1.0, 2, 3.0, {"a": 1}, {1, 2}),
        array.array("d", [1.0]),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    ]
    value = random.choice(single)
    kind = random.randrange(5)
    if kind == 1:
        return [value, 1.0]
    if kind == 2:
        return [[1.0, value], [1.0, 2.0]]
    if kind == 3:
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.array([value, 2.0], dtype=random.choice((None, object)))
    return value


KINDS: dict[str, Callable[[Random, Path], None]] = {
    "books": books,
    "usage": usage,
    "exports": exports,
    "workbooks": workbooks,
    "cells": cells,
}
AGAIN: dict[str, Callable[[Path], None]] = {
    "books": books_again,
    "usage": usage_again,
    "exports": exports_again,
    "workbooks": workbooks_again,
}
