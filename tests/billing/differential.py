"""Random books and logs, billed by ``lmprice.billing`` and by the independent calculator.

``python -m tests.billing.differential --books 1000 --seed 0`` prints how many of the books have
each feature, and of each book on which the two disagree the smallest part that still does.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import time
import unittest.mock
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import polars as pl

from lmprice.billing import parse_book, partial, plain_charges, rate
from tests.billing.oracle import money
from tests.billing.oracle.matching import AmbiguousError
from tests.billing.oracle.reading import bill
from tests.billing.random_books import Case, draw_case

COLUMNS = ("contracted_cost", "effective_cost", "billed_cost", "tax")
COLUMNS_OF_CONDITIONS = ("tier", "region")
Sums = dict[tuple[str, ...], tuple[Fraction, ...]]


def by_oracle(case: Case) -> Sums:
    """What the independent calculator bills by period and by day, where anything is."""
    made = bill(case.book, case.rows, case.period)
    sums: Sums = {}
    for (customer, period), one in made.items():
        values = one.contracted, one.effective, one.billed, one.tax + one.tax_inside
        sums[customer, f"{period}"] = values
        for day, amount in one.days.items():
            sums[customer, f"{period}", f"day {day}"] = (amount,)
        for (category, _), amount in one.lines.items():
            if amount:
                case.features.add(f"billed: {category}")
        if one.tax or one.tax_inside:
            case.features.add("billed: tax")
    return {key: values for key, values in sums.items() if any(values)}


def by_lmprice(case: Case) -> Sums:
    """What lmprice bills, where anything is; its rows add up to its bill."""
    columns = sorted({column for row in case.rows for column in row})
    table = pl.DataFrame(
        [[row.get(column, "") for column in columns] for row in case.rows],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )
    book = parse_book(copy.deepcopy(case.book))
    batch = 1 + case.seed % 9
    each = case.seed % 3 == 0
    rated = rate(table, book, period=case.period, by=["day"], rows=each, batch_rows=batch)
    assert rated.detail is not None
    # Without days the table is rated part by part, and the parts are added up.
    with (
        unittest.mock.patch.object(partial, "FEW", case.seed % 40),
        unittest.mock.patch.object(plain_charges, "FEW", 1),
    ):
        plain = rate(table, book, period=case.period, batch_rows=batch)
    assert plain.bill.equals(rated.bill), "the sums of parts give another bill"
    assert plain.totals.rows_by_kind == rated.totals.rows_by_kind
    assert plain.totals.amounts_by_kind == rated.totals.amounts_by_kind
    assert plain.refused.equals(rated.refused)
    assert plain.unpriced.equals(rated.unpriced)
    assert plain.matches.equals(rated.matches)
    sums: Sums = {}
    for customer, period, *values in rated.bill.select("customer", "period", *COLUMNS).iter_rows():
        sums[customer, f"{period}"] = tuple(map(Fraction, values))
    for customer, period, day, cost in rated.detail.select(
        "customer", "period", "day", "billed_cost"
    ).iter_rows():
        key = customer, f"{period}", f"day {day}"
        sums[key] = (sums.get(key, (Fraction(),))[0] + Fraction(cost),)
    if rated.rows is not None:
        by_rows = rated.rows["billed_cost"].sum()
        assert by_rows == rated.bill["billed_cost"].sum(), f"rows add up to {by_rows}"
    return {key: values for key, values in sums.items() if any(values)}


def of_sums(case: Case) -> Case:
    """The case without what needs the moments of rows, or single ones: only sums matter then."""
    book = copy.deepcopy(case.book)
    book["factors"] = []
    book.pop("unique", None)
    book.pop("keep", None)
    for holder in (book, *book["plans"], *book["accounts"]):
        kept = [c for c in holder.get("charges", ()) if "aggregation" not in c]
        for charge in kept:
            for name in ("factors", "fixed_fee", "event_minimum", "event_maximum"):
                charge.pop(name, None)
        if "charges" in holder:
            holder["charges"] = kept
    for plan in book["plans"]:
        plan.pop("allowances", None)
    gone = ["request_id", "users", "gpu_hours", "seats"]
    book["ignore"] = list(dict.fromkeys([*book["ignore"], *gone, *COLUMNS_OF_CONDITIONS]))
    return replace(case, book=book)


def differences(case: Case) -> list[str]:
    """Each customer and period that the two bill differently."""
    money.HALVES.clear()
    try:
        expected = by_oracle(case)
    except AmbiguousError:
        expected = None
    if money.HALVES:
        case.features.add("tie at half of the smallest unit")
    try:
        got = by_lmprice(case)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        if expected is None and type(error).__name__ == "BookError":
            case.features.add("two equally specific prices")
            return []
        return [text]
    if expected is None:
        return ["two equally specific prices, and no error of the book"]
    return [
        f"{' '.join(key)}: lmprice {shown(got.get(key))}, exact {shown(expected.get(key))}"
        for key in sorted(expected.keys() | got.keys())
        if got.get(key) != expected.get(key)
    ]


def shown(values: tuple[Fraction, ...] | None) -> str:
    """Sums, as decimals."""
    return " ".join(f"{float(value):.12g}" for value in values) if values else "nothing"


def shrunk(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The case without anything that it can do without and still fail."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in without_one(case):
            if fails(candidate):
                case, smaller = candidate, True
                break
    return case


def without_one(case: Case) -> Iterator[Case]:
    """The case without one of its rows, or one of the parts of its book."""
    for number in range(len(case.rows)):
        yield replace(case, rows=case.rows[:number] + case.rows[number + 1 :])
    for path in paths(case.book):
        book = copy.deepcopy(case.book)
        holder: Any = book
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        yield replace(case, book=book)
    for column in sorted({column for row in case.rows for column in row}):
        if column not in ("timestamp", "customer", "model"):
            rows = [{k: v for k, v in row.items() if k != column} for row in case.rows]
            yield replace(case, rows=rows)
    if case.period:
        yield replace(case, period=None)


def paths(part: Any) -> Iterator[tuple[Any, ...]]:
    """The way to each entry of a nested table, the outer ones first."""
    if isinstance(part, dict | list):
        keys = list(part) if isinstance(part, dict) else range(len(part))
        for key in keys:
            yield (key,)
        for key in keys:
            for rest in paths(part[key]):
                yield (key, *rest)


def differs(case: Case) -> bool:
    """Whether both bill the case, and not alike."""
    try:
        found = differences(case)
    except Exception:
        return False
    return any(": lmprice " in line for line in found)


def raises(text: str) -> Callable[[Case], bool]:
    """Whether lmprice refuses a case as it did before, with the same kind of error."""

    def same(case: Case) -> bool:
        try:
            found = differences(case)
        except Exception:
            return False
        return any(line[:40] == text[:40] for line in found)

    return same


def report(case: Case, found: list[str]) -> None:
    """Prints a failing case as small as it gets."""
    print(f"seed {case.seed}: {len(found)} differences, such as {found[0]}")
    test = differs if ": lmprice " in found[0] else raises(found[0])
    small = shrunk(case, test) if test(case) else case
    for name, value in small.book.items():
        print(f"  {name} = {json.dumps(value)}")
    print(f"  period = {small.period}")
    for row in small.rows:
        print("  row", {name: text for name, text in row.items() if text})
    for line in differences(small):
        print("   ", line)


def main() -> int:
    """Compares as many books as asked for; 1 if any differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--books", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shown", type=int, default=3)
    parser.add_argument("--sums", action="store_true", help="only what sums of rows decide")
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    failed: list[int] = []
    started = time.monotonic()
    for seed in range(asked.seed, asked.seed + asked.books):
        case = of_sums(draw_case(seed)) if asked.sums else draw_case(seed)
        found = differences(case)
        counts.update(case.features)
        if found:
            failed.append(seed)
            if len(failed) <= asked.shown:
                report(case, found)
    print(
        f"\n{asked.books} books, seeds {asked.seed} to {seed}, {time.monotonic() - started:.0f} s"
    )
    for feature, count in sorted(counts.items(), key=lambda item: item[1]):
        print(f"{count:6} {feature}")
    print(f"{len(failed)} differ: {failed[:50]}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
