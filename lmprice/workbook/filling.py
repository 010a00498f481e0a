"""One workbook a record: the inputs of a template from the rows of a file."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import coordinate_from_string

from lmprice.language.dates import DateTerm
from lmprice.language.errors import InputError, PricingError, unreadable
from lmprice.language.terms import Choice
from lmprice.output.foreign import whole_texts
from lmprice.output.strict_json import TwiceError, once
from lmprice.scenarios import SCENARIOS
from lmprice.scenarios.base import Scenario
from lmprice.workbook.building import build
from lmprice.workbook.contents import WorkbookError
from lmprice.workbook.counting import Counting
from lmprice.workbook.reading import open_cells, open_template, read_inputs
from lmprice.workbook.values import validated

SOURCES = (".csv", ".json", ".xlsx")
ROW = "row"  # in the pattern of names: the number of the record
SEPARATORS = ",;\t"
FEW = 5  # records that are named one by one
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class RecordError(InputError):
    """Records that cannot be read, or one that cannot be filled in: every problem, one a line."""


@dataclass(frozen=True)
class Pattern:
    """What is filled in: a template, or a workbook with the numbers that it counts."""

    scenario: Scenario
    lang: str = "en"
    counting: Counting = field(default_factory=Counting)

    @classmethod
    def of(cls, template: str) -> Pattern:
        """The template of this name, or the workbook at this path."""
        if template in SCENARIOS:
            return cls(SCENARIOS[template]())
        path = Path(template)
        contents = open_template(path)
        inputs, problems = read_inputs(contents)
        if problems:
            raise WorkbookError(path, problems)
        return cls(contents.template(**inputs), contents.lang, contents.counting)

    def build(self, scenario: Scenario, path: Path, lang: str | None, *, force: bool) -> Path:
        """Write a workbook that counts as this one does."""
        return build(
            self.counting.out_of(scenario),
            path,
            lang=lang or self.lang,
            currency=self.counting.currency,
            tokens=self.counting.tokens,
            force=force,
        )


@dataclass(frozen=True)
class Filled:
    """A record as a scenario, and the name of its file."""

    name: str
    scenario: Scenario


@dataclass(frozen=True)
class Refused:
    """A record that cannot be filled in: its number, and what is wrong with it."""

    number: int
    problems: Sequence[str]


def records(path: Path) -> list[dict[str, Any]]:
    """The records of a .csv, .json or .xlsx file: the first row of a table has the names."""
    kind = path.suffix.lower()
    if kind == ".csv":
        try:
            return _records_of_text(path.read_text("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise RecordError(unreadable(error)) from None
        except csv.Error as error:
            raise RecordError(f"is no CSV: {error}") from None
    if kind == ".json":
        try:
            read = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=once)
            found = whole_texts(read)
        except TwiceError as error:
            raise RecordError(f"{error.key!r} stands twice in an object") from None
        except ValueError as error:
            raise RecordError(unreadable(error)) from None
        except RecursionError:
            raise RecordError("is nested too deeply") from None
        if not isinstance(found, list) or not all(isinstance(r, dict) for r in found):
            raise RecordError("is not a list of objects")
        return found
    if kind == ".xlsx":
        return _records_of_sheet(path)
    raise RecordError(f"{path.name} does not end in {', '.join(SOURCES)}")


def _records_of_text(text: str) -> list[dict[str, Any]]:
    """The records of a CSV, whose first line says what stands between its cells."""
    first = text.partition("\n")[0]
    between = max(SEPARATORS, key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=between) if row]
    return _named(rows[0], rows[1:]) if rows else []


def _records_of_sheet(path: Path) -> list[dict[str, Any]]:
    """The records of the first sheet, which has their names in its first row."""
    _, values = open_cells(path)
    grid: dict[int, dict[str, Any]] = {}
    for address, value in values.workbook.sheet(values.workbook.sheetnames[0]).values.items():
        letters, row = coordinate_from_string(address)
        if value is not None:
            grid.setdefault(row, {})[letters] = value
    columns = dict.fromkeys(letters for row in sorted(grid) for letters in grid[row])
    head, *rows = ([grid.get(row, {}).get(c) for c in columns] for row in sorted({1, *grid}))
    return _named(head, rows)


def _named(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Rows by the names of their cells; what has no name is kept without one."""
    names = ["" if cell is None else str(cell).strip() for cell in head]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise RecordError(f"the column {twice!r} stands twice")
    found = []
    for row in rows:
        cells = zip_longest(names, row[: len(names)])
        record = {name: cell for name, cell in cells if name and cell is not None}
        nameless = [cell for name, cell in zip_longest(names, row) if not name]
        if any(cell not in (None, "") for cell in nameless):
            record[""] = nameless
        found.append(record)
    return found


def fields(scenario: type[Scenario]) -> dict[str, str]:
    """The inputs by every name that a record may use: their own and their titles."""
    named = {**scenario.terms(), **scenario.tables()}
    found = {name: name for name in named}
    for name, kind in named.items():
        for title in kind.title:
            found.setdefault(title.casefold(), name)
    return found


def filled(
    base: Scenario, found: Sequence[Mapping[str, Any]], pattern: str
) -> Iterator[Filled | Refused]:
    """Each record as a scenario: what it does not name is as in ``base``."""
    return _filled(base, found, pattern, _names_in(pattern))


def _filled(
    base: Scenario, found: Sequence[Mapping[str, Any]], pattern: str, in_names: set[str]
) -> Iterator[Filled | Refused]:
    known = fields(type(base))
    used: set[str] = set()
    for number, record in enumerate(found, 1):
        try:
            name = _name(pattern, record, number)
            if name.casefold() in used:
                raise RecordError(f"there is another record for the file {name}")
            used.add(name.casefold())
            yield Filled(name, _scenario(base, record, known, in_names))
        except RecordError as error:
            yield Refused(number, str(error).splitlines())


def problems(refused: Sequence[Refused]) -> list[str]:
    """What is wrong with the records, a line a problem, with the records that have it."""
    found: dict[str, list[int]] = {}
    for record in refused:
        for problem in dict.fromkeys(record.problems):
            found.setdefault(problem, []).append(record.number)
    return [f"{_numbered(numbers)}: {problem}" for problem, numbers in found.items()]


def _numbered(numbers: Sequence[int]) -> str:
    """Some records, by their numbers as long as they are few."""
    first, last, count = numbers[0], numbers[-1], len(numbers)
    if count == 1:
        return f"record {first}"
    if last - first == count - 1:
        return f"records {first} to {last}"
    named = ", ".join(map(str, numbers[:FEW]))
    return f"records {named}" if count <= FEW else f"{count} records, among them {named}"


def left_out(base: type[Scenario], found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The inputs that no record names."""
    known = fields(base)
    named = {known.get(_key(key)) for record in found for key in record}
    return [name for name in (*base.terms(), *base.tables()) if name not in named]


def _scenario(
    base: Scenario, record: Mapping[str, Any], known: Mapping[str, str], in_names: set[str]
) -> Scenario:
    terms, tables = type(base).terms(), type(base).tables()
    values: dict[str, Any] = {name: getattr(base, name) for name in (*terms, *tables)}
    problems: list[str] = []
    named: dict[str, str] = {}
    for key, value in record.items():
        name = known.get(_key(key))
        if not key:
            problems.append("a value stands in a column without a name")
        elif name is None:
            if key not in in_names:
                problems.append(f"there is no input {key!r}")
        elif named.setdefault(name, key) != key:
            problems.append(f"{key}: is the same input as {named[name]}")
        elif name in tables:
            if not isinstance(value, list):
                problems.append(f"{key}: is a table, which takes a list of objects in JSON")
                continue
            values[name] = value
        elif value not in (None, ""):
            read, message = validated(_read(value, terms[name]), terms[name], "en")
            values[name] = read
            if message is not None:
                problems.append(f"{key}: {message}")
    if problems:
        raise RecordError("\n".join(problems))
    try:
        return type(base)(**values)
    except PricingError as error:
        raise RecordError(str(error)) from None


def _read(value: Any, term: Any) -> Any:
    """A text of a table as the number, date or word that it is."""
    if not isinstance(value, str) or isinstance(term, Choice):
        return value
    text = value.strip()
    if isinstance(term, DateTerm):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            return text
    share = text.removesuffix("%")
    try:
        return float(share) / 100 if share != text else float(text)
    except ValueError:
        return text


def _names_in(pattern: str) -> set[str]:
    """The columns that a pattern of names has in braces."""
    try:
        return {key for _, key, _, _ in string.Formatter().parse(pattern) if key}
    except ValueError as error:
        raise RecordError(f"the name pattern {pattern!r} cannot be read: {error}") from None


def _name(pattern: str, record: Mapping[str, Any], number: int) -> str:
    try:
        name = pattern.format(**{**record, ROW: number})
    except (KeyError, IndexError, ValueError) as error:
        raise RecordError(f"the name pattern {pattern!r} needs {error}") from None
    name = _UNSAFE.sub("-", name).strip(". ")
    if not name:
        raise RecordError(f"the name pattern {pattern!r} gives no name")
    return f"{name}.xlsx"


def _key(name: str) -> str:
    return name if name.isidentifier() and name == name.lower() else name.casefold()
