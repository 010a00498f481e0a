"""The report: all that was filled in, digit by digit, and no page with a few rows alone."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from lmprice.language.quantities import UnitPrice
from lmprice.language.terms import FRACTION, Term, Text, term
from lmprice.output.printing import exact, shown
from lmprice.scenarios import Discounts, PriceDecline, Pricing
from lmprice.scenarios.discounts.scenario import Customer
from lmprice.workbook import build
from lmprice.workbook.report import report_bytes
from lmprice.workbook.report.content import grids
from lmprice.workbook.report.paper import FEW, TALL, Piece, _nothing, _pages, _wrapped
from lmprice.workbook.summaries import Evaluated, evaluated

pytestmark = pytest.mark.engine
SHARE = Term(Text("Share", "份额"), FRACTION, Text("", ""))


@pytest.fixture(scope="module")
def discounts(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    workload = [Customer(customer="A | B", usage=1234567.25), Customer(customer="C", usage=2.5e-6)]
    scenario = Discounts(workload=workload)
    return evaluated(build(scenario, tmp_path_factory.mktemp("d") / "d.xlsx", lang="zh"))


def test_tables_have_heads_units_and_all_digits(discounts: Evaluated) -> None:
    found = {grid.title: grid for grid in grids(discounts)}
    workload = found["用量"]
    assert workload.heads == ("客户", "用量（百万 token）")
    assert workload.rows == [("A | B", "1,234,567.25"), ("C", "0.0000025")]
    assert found["阶梯"].rows[-1] == ("无上限", "7", "0")
    page = report_bytes(discounts, ".html").decode()
    assert "<td>A | B</td><td class='number'>1,234,567.25</td>" in page
    assert "| A \\| B | 1,234,567.25 |" in report_bytes(discounts, ".md").decode()


def test_the_best_alternative_comes_first_and_stands_out(discounts: Evaluated) -> None:
    grid = next(grid for grid in grids(discounts) if grid.title == "折扣策略对比")
    assert grid.best == 0
    profits = [float(row[4].replace(",", "")) for row in grid.rows]
    assert profits == sorted(profits, reverse=True)
    assert report_bytes(discounts, ".html").decode().count("<tr class='best'>") == 1
    # What is compared is not said once more among the results.
    names = [row[0] for other in grids(discounts) if other is not grid for row in other.rows]
    assert not any(name.endswith("：利润变动") for name in names)


def test_dates_in_tables_are_there(tmp_path: Path) -> None:
    file = evaluated(build(PriceDecline(), tmp_path / "p.xlsx"))
    history = next(grid for grid in grids(file) if grid.title == "History")
    assert history.rows[0][0] == "2022-11-30"
    assert len(history.rows) == 7


def test_what_has_no_results_says_so(tmp_path: Path) -> None:
    file = evaluated(build(Pricing(), tmp_path / "b.xlsx", blank=True, lang="zh"))
    lines = report_bytes(file, ".md").decode().splitlines()
    assert lines[0] == "# 定价"
    assert lines[2] == "**! 没有结果：有 28 处待修正。**"
    assert "- 输入!B5 现价: 为空" in lines
    assert 'class="verdict bad"' in report_bytes(file, ".html").decode()
    assert report_bytes(file, ".pdf").startswith(b"%PDF")


def test_no_page_has_the_last_few_rows_alone(tmp_path: Path) -> None:
    file = evaluated(build(Pricing(), tmp_path / "p.xlsx"))
    content = report_bytes(file, ".pdf")
    assert len(re.findall(rb"/Type /Page\b", content)) >= 4
    for count in range(1, 200):
        pieces = [Piece(14.8, _nothing) for _ in range(count)]
        pages = _pages(pieces)
        assert sum(map(len, pages)) == count
        assert len(pages) == math.ceil(count / (TALL // 14.8))
        assert len(pages) == 1 or len(pages[-1]) >= FEW


def test_heads_stand_on_every_page_and_headings_with_their_table() -> None:
    head = Piece(15, _nothing, stays=True)
    rows = [Piece(15, _nothing, head=head) for _ in range(70)]
    pages = _pages([Piece(33, _nothing, stays=True), head, *rows])
    assert all(page[0] is head for page in pages[1:])
    full = [Piece(15, _nothing) for _ in range(int(TALL // 15) - 2)]
    first, second = _pages([*full, Piece(33, _nothing, stays=True), head, *rows[:9]])
    assert len(first) == len(full)
    assert second[1] is head


def test_lines_end_between_words() -> None:
    assert _wrapped("one two three", 40, 10) == ["one", "two", "three"]
    assert _wrapped("一二三，四五", 35, 10) == ["一二", "三，四", "五"]  # none begins with "，"
    assert _wrapped("abcdefghijkl", 35, 10) == ["abcdef", "ghijkl"]
    assert _wrapped("", 35, 10) == [""]


@pytest.mark.parametrize(
    ("value", "text"),
    [(20.0, "20"), (2.19, "2.19"), (1234567.25, "1,234,567.25"), (1.5e-6, "0.0000015"),
     (-0.0, "0"), (1e-30, "1e-30"), (2e20, "2e+20")],
)  # fmt: skip
def test_what_was_filled_in_has_all_its_digits(value: float, text: str) -> None:
    assert exact(value, term(UnitPrice)) == text


def test_shares_and_small_numbers() -> None:
    assert exact(0.125, SHARE) == "12.5 %"
    assert exact(0.29, SHARE) == "29 %"
    price = term(UnitPrice)
    assert shown(1.5e-6, price) == "0.0000015"
    assert shown(-0.000012345678, price) == "-0.00001235"
    assert shown(1e-20, price) == "1e-20"
