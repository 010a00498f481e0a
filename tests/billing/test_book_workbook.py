"""Price books as workbooks: read back without loss, problems named by their cells."""

from __future__ import annotations

import shutil
import tomllib
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from typer.testing import CliRunner

from lmprice.billing import BookError, PriceBook, load_book, parse_book, save_book
from lmprice.billing.book_workbook import book_workbook, example_book
from lmprice.cli.main import app
from tests.billing.books import SINCE, book, standard
from tests.billing.test_book import ACCOUNTS, EVERYTHING

run = CliRunner().invoke
Change = Callable[[Any], None]


@pytest.fixture
def everything() -> PriceBook:
    accounts = [
        *ACCOUNTS,
        {"customer": "empty"},
        {
            "customer": "*",
            "coupons": [
                {"kind": "rate", "name": "a", "rate": 0.5, **SINCE},
                {"kind": "amount", "name": "=1+1", "amount": 5, "each_month": True, **SINCE},
                {"kind": "rate", "name": "b", "rate": 0.1, **SINCE},
            ],
        },
    ]
    return book(*EVERYTHING, accounts=accounts, currency="CNY", digits=3, rounding="half_even")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_round_trip(everything: PriceBook, lang: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    save_book(everything, path, lang=lang)
    assert load_book(path) == everything
    assert openpyxl.load_workbook(path).sheetnames[0] == {"en": "Book", "zh": "价目"}[lang]
    with pytest.raises(FileExistsError):
        save_book(everything, path)


def changed(tmp_path: Path, change: Change, content: bytes | None = None) -> Path:
    """The example book with something changed as in a spreadsheet."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(content or book_workbook(example_book()))
    workbook = openpyxl.load_workbook(path)
    change(workbook)
    workbook.save(path)
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(BookError) as caught:
        load_book(path)
    return list(caught.value.problems)


def setting(sheet: str, **cells: Any) -> Change:
    def change(workbook: Any) -> None:
        for address, value in cells.items():
            workbook[sheet][address] = value

    return change


# In the sheet Charges: A charge, B charge_model, C model, D meter; in Tiers: B up_to.
@pytest.mark.engine
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (setting("Tiers", B6=10), ["Tiers!B6 up_to: 10 is not above 100"]),
        (setting("Tiers", B5=None), ["Tiers!B5 up_to: is missing; only the last has no end"]),
        (setting("Tiers", A6=9), ["Tiers!A6 charge: 9 is no charge's number",
                                  "Tiers!B5 up_to: 100 ends the last tier, which has no end"]),
        (setting("Tiers", A6=None)
         , ["Tiers!A6 charge: is empty",
            "Tiers!B5 up_to: 100 ends the last tier, which has no end"]),
        (setting("Charges", B6="flat"), ["Charges!B6 charge_model: 'flat' is none of 'standard', "
                                         "'graduated', 'volume', 'graduated_percentage', "
                                         "'percentage', 'package', 'block', 'context', "
                                         "'off_peak'"]),
        (setting("Charges", C6=None), ["Charges!C6 model: is missing"]),
        (setting("Charges", A6=1), ["Charges!A6 charge: 1 stands twice"]),
        (setting("Charges", A6=None), ["Charges!A6 charge: is empty"]),
        (setting("Charges", C6=4.5), ["Charges!C6 model: 4.5 is not text"]),
        (setting("Charges", D6=4), ["Charges!D6 meter: 4 is not text"]),
        (setting("Charges", C3="modell"),
         ["Charges!C3: 'modell' is not a field of a price book",
          *(f"Charges!{cell} {what}" for row in (5, 6, 7) for cell, what in (
              (f"A{row}", "model: is missing"),
              (f"C{row}", "modell: is not a field of a price book")))]),
        (setting("Book", B5="dollars"), ["Book!B5 currency: 'dollars' does not look like "
                                         "^[A-Z]{3}$"]),
        (setting("Book", B5="=1/0"), ["Book!B5: holds a formula without a stored value: "
                                      "recalculate and save the workbook",
                                      "Book!B5 currency: is missing"]),
        (setting("Accounts", B5="gift"),
         ["Accounts!B5 kind: 'gift' is none of amount, rate, credit, commitment, tax, plan"]),
        (setting("Accounts", B5=None), ["Accounts!B5 kind: is empty"]),
        (setting("Accounts", A5=None), ["Accounts!A5 customer: is missing"]),
        (setting("Accounts", F5=-1), ["Accounts!F5 amount: -1 is not above 0"]),
    ],
)  # fmt: skip
def test_problems_name_their_cells(change: Change, expected: list[str], tmp_path: Path) -> None:
    found = problems(changed(tmp_path, change))
    assert sorted(found) == sorted(expected)


def test_a_sheet_that_is_missing(tmp_path: Path) -> None:
    def without_charges(workbook: Any) -> None:
        del workbook["Charges"]

    found = problems(changed(tmp_path, without_charges))
    assert "the sheet Charges is missing" in found

    def without_book(workbook: Any) -> None:
        del workbook["Book"]

    assert "the sheet Book is missing" in problems(changed(tmp_path, without_book))


@pytest.mark.parametrize("title", ["Factors", "Plans", "Rates", "Models", "Sources"])
def test_a_sheet_that_is_called_otherwise_is_not_left_out(title: str, tmp_path: Path) -> None:
    def renamed(workbook: Any) -> None:
        workbook[title].title = "Of 2027"

    said = f"Of 2027: has the columns of the sheet {title}: call it that"
    assert said in problems(changed(tmp_path, renamed))


def test_a_sheet_beside_its_translation(tmp_path: Path) -> None:
    def doubled(workbook: Any) -> None:
        workbook.copy_worksheet(workbook["Factors"]).title = "系数"

    assert "系数: stands beside Factors: one of them counts" in problems(changed(tmp_path, doubled))


def test_notes_of_ones_own_are_no_sheets_of_a_book(tmp_path: Path) -> None:
    def noted(workbook: Any) -> None:
        del workbook["Rates"]
        workbook.create_sheet("Notes").append(["currency", "is", "USD"])

    load_book(changed(tmp_path, noted))  # no error


def test_no_charges_at_all(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(book_workbook(None))
    assert problems(path) == [
        "Book!B3 name: is missing",
        "Book!B4 version: is missing",
        "Book!B5 currency: is missing",
    ]


def test_too_many_rows_are_refused_not_cut_off(tmp_path: Path) -> None:
    found = problems(changed(tmp_path, setting("Tiers", A20001=1)))
    assert "Tiers: has 20001 rows, more than the 20000 allowed" in found


def test_cells_as_people_type_them(tmp_path: Path) -> None:
    def change(workbook: Any) -> None:
        hours, charges = workbook["Peak hours"], workbook["Charges"]
        hours["B5"] = time(1)  # Excel makes a time of it
        heads = {cell.value: cell.column_letter for cell in charges[3]}
        charges[heads["valid_until"] + "6"] = datetime(2027, 1, 1, 8, 30)
        charges[heads["valid_from"] + "6"] = date(2026, 2, 1)
        charges[heads["peak_weekdays"] + "7"] = "1,2 , 3"

    found = load_book(changed(tmp_path, change))
    assert [str(c.valid_from) for c in found.charges] == [
        "2026-01-01", "2026-02-01", "2026-01-01"]  # fmt: skip
    assert str(found.charges[1].valid_until) == "2027-01-01 08:30:00"
    peak = found.charges[2].model_dump()
    assert peak["peak_weekdays"] == (1, 2, 3)
    assert peak["peak_hours"][0] == {"start": "01:00", "end": "04:00"}


@pytest.mark.parametrize("days", ["weekdays", "0, 9"])
def test_weekdays_that_are_none(days: str, tmp_path: Path) -> None:
    def change(workbook: Any) -> None:
        heads = {cell.value: cell.column_letter for cell in workbook["Charges"][3]}
        workbook["Charges"][heads["peak_weekdays"] + "7"] = days

    (cell,) = {problem.split()[0] for problem in problems(changed(tmp_path, change))}
    assert cell.startswith("Charges!")
    assert cell.endswith("7")


def test_what_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("name = 'x'")
    assert problems(path) == ["book.xlsx: is not an Excel workbook, or is damaged"]
    with pytest.raises(BookError, match=r"a price book is one of \.toml, \.json, \.xlsx"):
        load_book(tmp_path / "book.ods")


def test_every_column_is_explained_and_offered(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(changed(tmp_path, lambda _: None))
    charges = workbook["Charges"]
    assert all(cell.value for cell in charges[4])
    lists = {rule.formula1 for rule in charges.data_validations.dataValidation}
    assert '"up,down,nearest"' in lists
    guide = {row[0].value: row[1].value for row in workbook["Guide"].iter_rows(min_row=4)}
    assert guide["package"] == "package_size, package_price"
    assert guide["graduated, volume"] == "tiers"


class TestCommands:
    def test_there_and_back(self, tmp_path: Path) -> None:
        sheet, text, again = (str(tmp_path / n) for n in ("b.xlsx", "b.toml", "c.xlsx"))
        assert run(app, ["template", "price-book", "-o", sheet]).exit_code == 0
        assert run(app, ["book", sheet, "-o", text]).output.endswith("b.toml\n")
        assert parse_book(tomllib.loads(Path(text).read_text())) == example_book()
        assert run(app, ["book", text, "-o", again, "--lang", "zh"]).exit_code == 0
        assert "收费项" in openpyxl.load_workbook(again).sheetnames
        taken = run(app, ["book", text, "-o", again])
        assert (taken.exit_code, "exists already" in taken.output) == (2, True)

    def test_problems_are_listed(self, tmp_path: Path) -> None:
        sheet = str(tmp_path / "b.xlsx")
        assert run(app, ["template", "price-book", "--blank", "-o", sheet]).exit_code == 0
        found = run(app, ["book", sheet, "-o", str(tmp_path / "b.toml")])
        assert found.exit_code == 1
        assert "lmprice: Book!B3 name: is missing" in found.output
        assert not (tmp_path / "b.toml").exists()

    @pytest.mark.parametrize("command", ["convert", "from"])
    def test_another_kind_of_file(self, command: str, tmp_path: Path) -> None:
        source = changed(tmp_path, lambda _: None)
        result = run(app, ["book", command, str(source), "-o", str(tmp_path / "book.ods")])
        assert (result.exit_code, result.stderr) == (
            2, "lmprice: book.ods: a price book is written as .toml, .json, .xlsx\n",
        )  # fmt: skip

    def test_nowhere_to_write(self, tmp_path: Path) -> None:
        sheet = tmp_path / "b.xlsx"
        shutil.copy(Path("templates/price-book.xlsx"), sheet)
        found = run(app, ["book", str(sheet), "-o", str(tmp_path / "no" / "b.json")])
        assert (found.exit_code, "cannot write" in found.output) == (2, True)

    def test_a_usage_log_is_priced_by_it(self, tmp_path: Path) -> None:
        usage = tmp_path / "usage.csv"
        usage.write_text(
            "timestamp,customer,model,output_tokens\n2026-01-10T02:00:00Z,acme,chat,4000000\n"
        )
        bill = tmp_path / "bill.xlsx"
        args = ["rate", str(usage), "--book", "templates/price-book.xlsx", "-o", str(bill)]
        # Four million output tokens on a Saturday at 7.5 are 30, which the coupon takes off; the
        # commitment tops them up to 500, and a fifth of the 470 is VAT.
        assert "Billed 564.00 USD (list 30.00, " in run(app, [*args, "--lang", "zh"]).output
        workbook = openpyxl.load_workbook(bill)
        assert workbook.sheetnames == ["账单", "核对"]
        assert workbook["账单"]["A2"].value == "客户"


def test_the_example_is_that_of_the_readme() -> None:
    readme = Path("README.md").read_text(encoding="utf-8")
    text = readme.partition('```toml\nformat = 2\nname = "Price list"')[2].partition("```")[0]
    assert parse_book(tomllib.loads('name = "Price list"' + text)) == example_book()


def test_standard_charge_survives_odd_numbers(tmp_path: Path) -> None:
    odd = book(standard(1 / 3), standard(1e-17, valid_from="2026-06-01T00:00:00.000001"))
    save_book(odd, tmp_path / "b.xlsx")
    assert load_book(tmp_path / "b.xlsx") == odd


def test_a_workbook_that_counts_days_from_1904(tmp_path: Path) -> None:
    """Its dates are the ones that Excel for Mac shows: 2026-01-01 is written as another number."""
    workbook = openpyxl.load_workbook("templates/price-book.xlsx")
    workbook.epoch = CALENDAR_MAC_1904
    workbook.save(tmp_path / "book.xlsx")
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        assert b'date1904="1"' in archive.read("xl/workbook.xml")
    first = load_book(tmp_path / "book.xlsx").charges[0]
    assert first.valid_from == date(2026, 1, 1)


@pytest.mark.parametrize("name", ["a\x01b", "a\uffffb", "x" * 40_000])
def test_a_name_that_no_workbook_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    made = book(standard(1, model=name))
    with pytest.raises(BookError, match=r"^Charges!C5 model: .* has signs that no workbook can"):
        save_book(made, tmp_path / "book.xlsx")
    assert not (tmp_path / "book.xlsx").exists()
    save_book(made, tmp_path / "book.toml")
    assert load_book(tmp_path / "book.toml") == made
